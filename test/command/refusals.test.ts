/**
 * Wrong scenario files: each gives its code, the place, the value and the next step, exit 2, and nothing is written.
 *
 * Every case is a file as a user would write it, `mistake.yaml` beside what it names, run in a folder of its own.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mesocosm, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const sound = 'version: 1\nname: small\nticks: 10\npopulation: { kind: generated, agents: 100 }\n';
const fromFiles =
  'version: 1\nname: small\nticks: 10\npopulation: { kind: files, agents: agents.csv, follows: follows.csv }\n';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** One line of standard error each, in order: code, `file:line:column`, and what must stand after it. */
  readonly says: readonly (readonly [code: string, place: string, rest: RegExp])[];
}

function yaml(text: string): Readonly<Record<string, string>> {
  return { 'mistake.yaml': text };
}

const cases: readonly Case[] = [
  {
    name: 'an unknown key, with the one that was meant',
    files: yaml(`${sound}tikcs: 5\n`),
    says: [['INPUT_UNKNOWN_FIELD', 'mistake.yaml:5:1', /^tikcs is not a field\. Did you mean ticks\?$/]],
  },
  {
    name: 'a share in percent',
    files: yaml(`${sound}topicFocusShare: 40\n`),
    says: [['INPUT_SHARE_RANGE', 'mistake.yaml:5:18', /must lie in \[0, 1\], got 40\. Write 0\.4 for 40 %\.$/]],
  },
  {
    name: 'an unknown recommender',
    files: yaml(`${sound}feed: { recommender: hott }\n`),
    says: [['INPUT_UNKNOWN_NAME', 'mistake.yaml:5:22', /^feed\.recommender .* got "hott"\. Did you mean hot\?$/]],
  },
  {
    name: 'a negative count',
    files: yaml('version: 1\nname: small\nticks: 10\npopulation:\n  kind: generated\n  agents: -5\n'),
    says: [['INPUT_FIELD_RANGE', 'mistake.yaml:6:11', /^population\.agents .* from 1 .* got -5\. Write 1 or more\.$/]],
  },
  {
    name: 'a name that is declared twice',
    files: yaml(`${sound}attributes:\n  - name: goods\n  - name: goods\n`),
    says: [['INPUT_DUPLICATE_ID', 'mistake.yaml:7:11', /goods .*twice\. Give it another name\.$/]],
  },
  {
    name: 'a key that stands twice',
    files: yaml(`${sound}ticks: 11\n`),
    says: [['INPUT_DUPLICATE_KEY', 'mistake.yaml:5:1', /"ticks" stands twice, first on line 3\. Keep one of them\.$/]],
  },
  {
    name: 'YAML that is not well-formed',
    files: yaml('version: 1\nname: [small\nticks: 10\n'),
    says: [['INPUT_SYNTAX', 'mistake.yaml:3:1', /\. \S.*\.$/]],
  },
  {
    name: 'an alias bomb',
    files: yaml(`a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${Array(9).fill('*a').join(', ')}]\nc: [*b, *b]\n`),
    says: [
      ['INPUT_YAML_FEATURE', 'mistake.yaml:1:4', /^an anchor, "&a", .*Write the value itself/],
      ['INPUT_YAML_FEATURE', 'mistake.yaml:2:4', /^an anchor, "&b", /],
      ...Array.from({ length: 9 }, (_, i): Case['says'][number] => [
        ...(['INPUT_YAML_FEATURE', `mistake.yaml:2:${8 + 4 * i}`, /^an alias, "\*a", /] as const),
      ]),
      ['INPUT_YAML_FEATURE', 'mistake.yaml:3:5', /^an alias, "\*b", /],
      ['INPUT_YAML_FEATURE', 'mistake.yaml:3:9', /^an alias, "\*b", /],
    ],
  },
  {
    name: 'a path that leaves the folder',
    files: yaml(fromFiles.replace('agents.csv', '../agents.csv')),
    says: [['INPUT_PATH_OUTSIDE', 'mistake.yaml:4:36', /"\.\.\/agents\.csv" leaves its folder\. Name a file beside/]],
  },
  {
    name: 'text where a number belongs',
    files: yaml(`${sound}seed: "seven"\n`),
    says: [['INPUT_TYPE', 'mistake.yaml:5:7', /^seed must be an integer.* got "seven"\. Write an integer/]],
  },
  {
    name: 'policies whose shares do not add up',
    files: yaml(`${sound}policies:\n  - share: 0.5\n  - share: 0.4\n`),
    says: [['INPUT_SUM', 'mistake.yaml:6:3', /^policies.* 0\.9\. Change the shares/]],
  },
  {
    name: 'a key of a service, which is not repeated',
    files: yaml(`${sound}apiKey: sk-${'abcdefgh1234'.repeat(2)}\n`),
    says: [['INPUT_SECRET_IN_FILE', 'mistake.yaml:5:1', /^apiKey [a-z ]+\. Put it in an environment variable/]],
  },
  {
    name: 'a field that is missing',
    files: yaml('version: 1\nname: small\npopulation: { kind: generated, agents: 100 }\n'),
    says: [['INPUT_REQUIRED', 'mistake.yaml:1:1', /^ticks is missing\. Add it: an integer/]],
  },
  {
    name: 'own code without leave',
    files: { ...yaml(`${sound}module: study.ts\n`), 'study.ts': 'throw new TypeError("ran");\n' },
    says: [['INPUT_CODE_REFUSED', '(mistake.yaml:5:9|study.ts)', /code.*--allow-code\.$/]],
  },
  {
    name: 'an intervention by an agent who is not there',
    files: yaml(`${sound}interventions:\n  - { tick: 0, agent: nobody }\n`),
    says: [['INPUT_DANGLING_REF', '(mistake.yaml:6:22)?', /"nobody".*\. Name an agent of the population\.$/]],
  },
  {
    name: 'an agent that stands twice in a table',
    files: { ...yaml(fromFiles), 'agents.csv': 'agent\na\nb\na\n', 'follows.csv': 'follower,followee\n' },
    says: [['INPUT_DUPLICATE_ID', 'agents.csv:4:1', /"a" stands twice, first on line 2\. Give each row its own id\.$/]],
  },
  {
    name: 'three ties that cannot be',
    files: {
      ...yaml(fromFiles),
      'agents.csv': 'agent\na\nb\nc\n',
      'follows.csv': 'follower,followee\na,b\nb,zed\nb,b\na,b\n',
    },
    says: [
      ['INPUT_DANGLING_REF', 'follows.csv:3:1', /"zed"/],
      ['INPUT_SELF_FOLLOW', 'follows.csv:4:1', /"b" follows itself\. Remove the row\.$/],
      ['INPUT_DUPLICATE_EDGE', 'follows.csv:5:1', /"a" -> "b" stands twice, first on line 2\. Keep one of them\.$/],
    ],
  },
  {
    name: 'five mistakes in one pass, by line',
    files: yaml(
      'version: 1\nname: Small Name\nticks: 0\npopulation: { kind: generated, agents: 9, focusShare: 2 }\n' +
        'feed: { lenght: 5, recommender: best }\n',
    ),
    says: [
      ['INPUT_NAME', 'mistake.yaml:2:7', /got "Small Name"\. Use lower-case letters/],
      ['INPUT_FIELD_RANGE', 'mistake.yaml:3:8', /^ticks .* got 0\./],
      ['INPUT_SHARE_RANGE', 'mistake.yaml:4:55', /^population\.focusShare .* got 2\. Write 0\.02 for 2 %\.$/],
      ['INPUT_UNKNOWN_FIELD', 'mistake.yaml:5:9', /^feed\.lenght is not a field\. Did you mean length\?$/],
      ['INPUT_UNKNOWN_NAME', 'mistake.yaml:5:33', /^feed\.recommender .* got "best"\. Choose one of them\.$/],
    ],
  },
];

test.each(cases)('run: $name is refused with code, place, value and next step', async ({ name, files, says }) => {
  const own = join(folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(own);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(own, file), text);
  const { status, stdout, stderr } = await mesocosm(['run', 'mistake.yaml', '--out', 'run', '--json'], own);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(says.length);
  says.forEach(([code, place, rest], i) => {
    const [, foundCode, foundPlace, foundRest] =
      /^(INPUT_\w+) (?:(?:\S*\/)?([\w.-]+\.(?:yaml|csv|ts)(?::\d+:\d+)?) )?(.*)$/.exec(lines[i]) ?? [];
    expect(foundCode).toBe(code);
    expect(foundPlace ?? '').toMatch(new RegExp(`^${place}$`));
    expect(foundRest).toMatch(rest);
  });
  expect(stderr).not.toMatch(/abcdefgh1234|^ +at /m);
  expect(readdirSync(own).sort()).toEqual(Object.keys(files).sort());
});
