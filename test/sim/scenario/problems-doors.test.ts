/**
 * The narrow doors of a scenario: paths that it names, secrets that it holds, and fields that the command line sets.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPath, withSetting } from '../../../sim/scenario/document-set.ts';
import { parseDocument } from '../../../sim/scenario/document.ts';
import { resolveInside } from '../../../sim/scenario/problems-paths.ts';
import { looksSecret, refuseSecrets } from '../../../sim/scenario/problems-secrets.ts';
import { editDistance, nearestName } from '../../../sim/scenario/problems-words.ts';
import { validate } from '../../../sim/scenario/problems.ts';
import { problemLines, smallScenario, soundLines } from './small-scenario.ts';

describe('resolveInside', () => {
  let outer = '';
  let scenario = '';
  beforeAll(() => {
    outer = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-paths-')));
    const folder = join(outer, 'study');
    scenario = join(folder, 'scenario.yaml');
    mkdirSync(join(folder, 'data'), { recursive: true });
    mkdirSync(join(outer, 'study-other'));
    for (const name of ['study/data/a.csv', 'study/b.csv', 'secret.csv', 'study-other/c.csv'])
      writeFileSync(join(outer, name), 'x');
    symlinkSync(join(outer, 'secret.csv'), join(folder, 'link-out.csv'));
    symlinkSync(outer, join(folder, 'folder-out'));
    symlinkSync(join(folder, 'b.csv'), join(folder, 'link-in.csv'));
  });
  afterAll(() => rmSync(outer, { recursive: true }));

  test('files in the folder or below it, links among them included: come back as real paths', () => {
    expect(resolveInside(scenario, 'data/a.csv')).toBe(join(outer, 'study/data/a.csv'));
    expect(resolveInside(scenario, './data/../b.csv')).toBe(join(outer, 'study/b.csv'));
    expect(resolveInside(scenario, 'link-in.csv')).toBe(join(outer, 'study/b.csv'));
  });

  test('every other path: is refused without being opened', () => {
    const hostile = [
      ...['../secret.csv', 'data/../../secret.csv', '../study-other/c.csv', 'link-out.csv', 'folder-out/secret.csv'],
      ...['/etc/passwd', '//host/share', '\\\\host\\share', 'C:\\x', 'c:x.csv', 'data\\..\\..\\secret.csv', '~/x.csv'],
      ...['file:///etc/passwd', 'http://example.org/x.csv', 'a\0b.csv', 'a\nb.csv', '', '..', 'a.csv:stream'],
    ];
    for (const path of hostile) {
      const place = { file: 'scenario.yaml', line: 3, column: 9 };
      const [line] = problemLines(() => resolveInside(scenario, path, place));
      expect([path, line?.split(' the path')[0]]).toEqual([path, 'INPUT_PATH_OUTSIDE scenario.yaml:3:9']);
    }
  });

  test('a file that is not there: is not found', () => {
    expect(problemLines(() => resolveInside(scenario, 'data/none.csv'))).toEqual([
      'INPUT_NOT_FOUND the file "data/none.csv" does not exist. Paths are taken from the folder of the file that names them.',
    ]);
    expect(problemLines(() => resolveInside(scenario, '%2e%2e/secret.csv'))[0]).toContain('INPUT_NOT_FOUND');
  });
});

describe('refuseSecrets', () => {
  const refusal = (text: string) => problemLines(() => refuseSecrets(parseDocument(text, 's.yaml', 'yaml')));

  test('names and values of secrets: are refused, and never repeated', () => {
    const bad = [
      ...['apiKey: hunter2hunter2', 'api-key: hunter2hunter2', 'OPENAI_API_KEY: hunter2', 'token: hunter2hunter2'],
      ...['llm: { models: [{ secret: hunter2 }] }', 'password: hunter2', 'accessToken: hunter2hunter2'],
      ...[
        'x: sk-hunter2hunter2',
        'x: "Bearer hunter2hunter2"',
        'x: https://user:hunter2@example.org/',
        'sk-hunter2hunter2: 1',
      ],
      ...['x: ghp_hunter2hunter2hunter2', 'x: "-----BEGIN RSA PRIVATE KEY----- hunter2"'],
    ];
    for (const text of bad) {
      const lines = refusal(text);
      expect([text, lines.length, lines[0]?.slice(0, 28)]).toEqual([text, 1, 'INPUT_SECRET_IN_FILE s.yaml:']);
      expect(lines[0]).toContain('apiKeyEnv');
      expect(lines[0]?.replace(/sk-hunter2hunter2(?=\]?"? has)/, '')).not.toContain('hunter2');
    }
  });

  test('names and values that only resemble them: pass', () => {
    const good = [
      ...['apiKeyEnv: OPENAI_API_KEY', 'maxTokens: 512', 'tokenBudget: 5', 'pricePerToken: 0.1', 'tokens: many'],
      ...[
        'name: sk-learn-based-approach',
        'name: risk-assessment-2024-a',
        'stopToken: end',
        'token: none',
        'secret: true',
      ],
      ...['url: https://example.org:8080/v1', 'bio: a secret admirer', 'keywords: [password, token]'],
    ];
    for (const text of good) expect([text, ...refusal(text)]).toEqual([text, 'no problem']);
  });

  test('a megabyte of what almost matches: is searched at once', () => {
    for (const text of ['sk-', 'eyJa.', 'Bearer ', 'a', 'gh', '-----BEGIN ', 'a://']) looksSecret(text.repeat(200_000));
  });
});

describe('setPath', () => {
  const base = { agents: { count: 5, groups: [{ id: 'a' }, { id: 'b' }] } };

  test('a path: is set in a copy, and everything beside it is shared', () => {
    const changed = setPath(base, 'agents.groups[1].id', 'c') as typeof base;
    expect(changed).toEqual({ agents: { count: 5, groups: [{ id: 'a' }, { id: 'c' }] } });
    expect(base.agents.groups[1]?.id).toBe('b');
    expect(changed.agents.groups[0]).toBe(base.agents.groups[0]);
    expect(setPath({}, 'feed["in.network"].share', '0.4')).toEqual({ feed: { 'in.network': { share: 0.4 } } });
  });

  test('raw values: are scalars of YAML, or JSON, or the text as it is given', () => {
    const raw = (text: string) => (setPath({}, 'x', text) as { x: unknown }).x;
    expect([raw('0.4'), raw('1e3'), raw('true'), raw('~'), raw('"5"'), raw("'it''s'")]).toEqual([
      0.4,
      1000,
      true,
      null,
      '5',
      "it's",
    ]);
    expect([raw('Study: the second #1'), raw('12:30'), raw('*x'), raw('NO'), raw('- a')]).toEqual([
      ...['Study: the second #1', '12:30', '*x', 'NO', '- a'],
    ]);
    expect([raw('[1, {"a": 2}]'), raw('{a: [b]}')]).toEqual([[1, { a: 2 }], { a: ['b'] }]);
  });

  const bad: readonly (readonly [string, string, string])[] = [
    ['agents.__proto__.x', '1', 'INPUT_FORBIDDEN_KEY'],
    ['constructor', '1', 'INPUT_FORBIDDEN_KEY'],
    ['name', '{"__proto__": 1}', 'INPUT_FORBIDDEN_KEY'],
    ['agents.cuont', '1', 'INPUT_UNKNOWN_FIELD'],
    ['agents.groups[2].id', 'x', 'INPUT_FIELD_RANGE'],
    ['agents.groups.id', 'x', 'INPUT_UNKNOWN_FIELD'],
    ['agents.count.x', '1', 'INPUT_UNKNOWN_FIELD'],
    ['agents..count', '1', 'INPUT_USAGE'],
    ['', '1', 'INPUT_USAGE'],
    ['agents[', '1', 'INPUT_USAGE'],
    ['seed', '', 'INPUT_EMPTY'],
    ['seed', '[1', 'INPUT_SYNTAX'],
    ['seed', '9007199254740993', 'INPUT_UNSAFE_INTEGER'],
    ['seed', '&a 1', 'INPUT_TYPE'],
    ['name', 'a\u0007', 'INPUT_SYNTAX'],
  ];

  test.each(bad)('%s=%s: is refused at --set', (path, raw, code) => {
    const document = parseDocument(
      'agents: { count: 5, groups: [{ id: a, share: 1 }] }\nname: x\nticks: 1\n',
      's.yaml',
      'yaml',
    );
    const lines = problemLines(() => validate(smallScenario, withSetting(document, path, raw, smallScenario)));
    const forFlag = lines.filter((line) => line.includes(' --set'));
    expect(forFlag.map((line) => line.split(' ')[0])).toEqual([code]);
  });

  test('a field set badly: is named at --set by validation, the file at its own lines', () => {
    const document = withSetting(parseDocument(`${soundLines}activity: no\n`, 's.yaml', 'yaml'), 'agents.count', '-5');
    expect(problemLines(() => validate(smallScenario, document)).map((line) => line.split(' must')[0])).toEqual([
      'INPUT_FIELD_RANGE --set agents.count',
      'INPUT_UNKNOWN_NAME s.yaml:5:11 activity',
    ]);
  });
});

describe('nearestName', () => {
  test('one slip, another case, a forgotten unit: are recognised; a stranger is not', () => {
    const names = ['agents', 'inNetworkShare', 'halfLifeHours', 'seed'];
    const meant = ['agnets', 'in-network-share', 'halfLife', 'sede', 'AGENTS', 'colour', 'x'].map((name) =>
      nearestName(name, names),
    );
    expect(meant).toEqual(['agents', 'inNetworkShare', 'halfLifeHours', 'seed', 'agents', undefined, undefined]);
  });

  test('distance: counts insertions, deletions, substitutions and swaps', () => {
    expect([
      editDistance('kitten', 'sitting'),
      editDistance('ab', 'ba'),
      editDistance('', 'abc'),
      editDistance('a', 'a'),
    ]).toEqual([...[3, 1, 3, 0]]);
  });
});
