/**
 * Bad scenarios, each with the line that a user reads: wrong form first, then wrong content. The lines are pinned, since they
 * are what a user mends a file by; all of them together take less than a second.
 */
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { documentOf, parseDocument } from '../../../sim/scenario/document.ts';
import { validate } from '../../../sim/scenario/problems.ts';
import { problemLines, problemsOfText, smallScenario, soundLines } from './small-scenario.ts';

const featureHint = 'Write the value itself, in quotes if it is text.';

/** Name, text, lines. */
const badForms: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', ['INPUT_EMPTY scenario.yaml holds nothing. Write the fields of a scenario into it.']],
  ['spaces', ' \n\t\n', ['INPUT_EMPTY scenario.yaml holds nothing. Write the fields of a scenario into it.']],
  ['a comment only', '# later\n', ['INPUT_EMPTY scenario.yaml holds nothing. Write the fields of a scenario into it.']],
  [
    'a key twice',
    'seed: 1\nname: x\nseed: 2\n',
    ['INPUT_DUPLICATE_KEY scenario.yaml:3:1 the key "seed" stands twice, first on line 1. Keep one of them.'],
  ],
  [
    'a tab as indentation',
    'agents:\n\tcount: 5\n',
    ['INPUT_SYNTAX scenario.yaml:2:1 tabs are not allowed as indentation. Indent with spaces.'],
  ],
  [
    'a colon in a text',
    'name: Study: the second\n',
    [
      'INPUT_SYNTAX scenario.yaml:1:7 nested mappings are not allowed in compact mappings. ' +
        'Put text that holds a colon in quotes.',
    ],
  ],
  [
    'an open quote',
    'name: "small\nseed: 7\n',
    ['INPUT_SYNTAX scenario.yaml:1:7 a quote that opens here is not closed. Add what is missing.'],
  ],
  [
    'an anchor and its alias',
    'seed: &s 7\nticks: *s\n',
    [
      `INPUT_YAML_FEATURE scenario.yaml:1:7 an anchor, "&s", is a feature of YAML that is refused here. ${featureHint}`,
      `INPUT_YAML_FEATURE scenario.yaml:2:8 an alias, "*s", is a feature of YAML that is refused here. ${featureHint}`,
    ],
  ],
  [
    'a tag',
    'name: !!js/function "x"\n',
    [
      'INPUT_YAML_FEATURE scenario.yaml:1:7 a tag, "!!js/function", is a feature of YAML that is refused here. ' +
        featureHint,
    ],
  ],
  [
    'a merge key',
    'agents:\n  <<: { count: 5 }\n',
    [
      'INPUT_YAML_FEATURE scenario.yaml:2:3 a merge key, "<<", is a feature of YAML that is refused here. ' +
        'Write the fields themselves.',
    ],
  ],
  [
    'a directive',
    '%YAML 1.1\n---\nverbose: NO\n',
    [
      'INPUT_YAML_FEATURE scenario.yaml:1:1 a directive, "%YAML 1.1", is a feature of YAML that is refused here. ' +
        featureHint,
    ],
  ],
  [
    'two documents',
    'seed: 1\n---\nseed: 2\n',
    ['INPUT_YAML_FEATURE scenario.yaml:2:1 a second document begins. Keep one document to a file.'],
  ],
  [
    'keys of prototypes',
    '__proto__: { polluted: 1 }\nagents:\n  constructor: 1\n  "prototype": 2\n',
    ['__proto__', 'constructor', 'prototype'].map(
      (key, index) =>
        `INPUT_FORBIDDEN_KEY scenario.yaml:${['1:1', '3:3', '4:3'][index]} the key "${key}" is refused, ` +
        "since it could change an object's prototype. Remove it.",
    ),
  ],
  [
    'numbers that cannot be held',
    'a: 0123\nb: .nan\nc: 9007199254740993\nd: 1e999\n',
    [
      'INPUT_TYPE scenario.yaml:1:4 a number must not begin with 0, got 0123. Write 123, or put it in quotes if it is a name.',
      'INPUT_FIELD_RANGE scenario.yaml:2:4 a number must be finite, got .nan. Write a number below 1e308.',
      'INPUT_UNSAFE_INTEGER scenario.yaml:3:4 the integer 9007199254740993 lies beyond 2^53 and cannot be held exactly. ' +
        'Write a smaller one, or put it in quotes if it is a name.',
      'INPUT_FIELD_RANGE scenario.yaml:4:4 a number must be finite, got 1e999. Write a number below 1e308.',
    ],
  ],
  [
    'a key that is a list',
    '? [a, b]\n: 1\n',
    ['INPUT_SYNTAX scenario.yaml:1:3 a key must be a text, and not empty. Write key: value.'],
  ],
  [
    'half of a surrogate pair',
    'name: "\\ud83d"\n',
    [
      'INPUT_ENCODING scenario.yaml:1:7 an escape leaves half of a surrogate pair. ' +
        'Write the character itself, or both halves.',
    ],
  ],
  [
    'a control character',
    'name: a\u0000b\n',
    ['INPUT_SYNTAX scenario.yaml:1:8 a control character, "\\u0000", stands in the text. Remove it.'],
  ],
];

/** Name, what follows the sound lines (from line 5 on), lines. */
const badContents: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an unknown field',
    'agnets: {}\n',
    ['INPUT_UNKNOWN_FIELD scenario.yaml:5:1 agnets is not a field. Did you mean agents?'],
  ],
  [
    'an unknown field that resembles none',
    'colour: red\n',
    [
      'INPUT_UNKNOWN_FIELD scenario.yaml:5:1 colour is not a field. ' +
        'Fields here: version, name, seed, ticks, agents, feed, activity, recommender, dwell, ranking, verbose.',
    ],
  ],
  [
    'another spelling of a field',
    'feed: { in_network_share: 0.4 }\n',
    [
      'INPUT_REQUIRED scenario.yaml:5:1 feed.inNetworkShare is missing. Add it: a number from 0 to 1.',
      'INPUT_UNKNOWN_FIELD scenario.yaml:5:9 feed.in_network_share is not a field. Did you mean inNetworkShare?',
    ],
  ],
  [
    'a percentage for a share, by name and by metadata',
    'feed:\n  inNetworkShare: 40\n  noise: 33.3\n',
    [
      'INPUT_SHARE_RANGE scenario.yaml:6:19 feed.inNetworkShare must lie in [0, 1], got 40. Write 0.4 for 40 %.',
      'INPUT_SHARE_RANGE scenario.yaml:7:10 feed.noise must lie in [0, 1], got 33.3. Write 0.333 for 33.3 %.',
    ],
  ],
  [
    'a negative share',
    'feed: { inNetworkShare: -0.1 }\n',
    [
      'INPUT_SHARE_RANGE scenario.yaml:5:25 feed.inNetworkShare must lie in [0, 1], got -0.1. ' +
        'Write a share of 1, such as 0.4.',
    ],
  ],
  [
    'a choice that is not there',
    'activity: possion\n',
    [
      'INPUT_UNKNOWN_NAME scenario.yaml:5:11 activity must be one of poisson, heartbeat, diurnal, got "possion". ' +
        'Did you mean poisson?',
    ],
  ],
  [
    'a number for a choice',
    'activity: 3\n',
    [
      'INPUT_TYPE scenario.yaml:5:11 activity must be one of poisson, heartbeat, diurnal, got 3. ' +
        'Write one of poisson, heartbeat, diurnal.',
    ],
  ],
  [
    'a kind that is not there',
    'recommender: { kind: popularr, halfLifeHours: 3 }\n',
    [
      'INPUT_UNKNOWN_NAME scenario.yaml:5:22 recommender.kind must be one of chronological, popular, got "popularr". ' +
        'Did you mean popular?',
    ],
  ],
  [
    'no kind',
    'recommender: { halfLifeHours: 3 }\n',
    ['INPUT_REQUIRED scenario.yaml:5:1 recommender.kind is missing. Add it: one of chronological, popular.'],
  ],
  [
    'a field of the chosen kind',
    'recommender:\n  kind: popular\n  halfLife: 3\n',
    [
      'INPUT_REQUIRED scenario.yaml:5:1 recommender.halfLifeHours is missing. Add it: a number above 0.',
      'INPUT_UNKNOWN_FIELD scenario.yaml:7:3 recommender.halfLife is not a field. Did you mean halfLifeHours?',
    ],
  ],
  [
    'neither member of a union',
    'dwell: soon\n',
    [
      'INPUT_TYPE scenario.yaml:5:8 dwell must be a number above 0 or a mapping, got "soon". ' +
        'Write a number above 0 or a mapping.',
    ],
  ],
  [
    'the mapping of a union, out of range',
    'dwell: { mean: 0 }\n',
    ['INPUT_FIELD_RANGE scenario.yaml:5:16 dwell.mean must be a number above 0, got 0. Write more than 0.'],
  ],
  [
    'a choice of a union that is not there',
    'ranking: mixx\n',
    [
      'INPUT_UNKNOWN_NAME scenario.yaml:5:10 ranking must be a mapping or one of recency, hot, mix, got "mixx". ' +
        'Did you mean mix?',
    ],
  ],
  [
    'a newer version',
    'version: 2\n',
    ['INPUT_VERSION scenario.yaml:5:10 version must be 1, got 2. Use a newer version of this program.'],
  ],
  [
    'YAML 1.1 for true',
    'verbose: yes\n',
    ['INPUT_TYPE scenario.yaml:5:10 verbose must be true or false, got "yes". Write true without quotes.'],
  ],
];

/** Texts of their own. */
const badScenarios: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a number in quotes and a name without',
    'name: 1.10\nseed: "7"\nticks: 10\nagents: { count: 5 }\n',
    [
      'INPUT_TYPE scenario.yaml:1:7 name must be text of 1 to 64 characters, got 1.1. Put it in quotes.',
      'INPUT_TYPE scenario.yaml:2:7 seed must be an integer of at least 0, got "7". Write 7 without quotes.',
    ],
  ],
  [
    'no agents at all, and ticks that never end',
    'name: small\nseed: -1\nticks: 1e7\n',
    [
      'INPUT_REQUIRED scenario.yaml:1:1 agents is missing. Add it: a mapping.',
      'INPUT_FIELD_RANGE scenario.yaml:2:7 seed must be an integer of at least 0, got -1. Write 0 or more.',
      'INPUT_FIELD_RANGE scenario.yaml:3:8 ticks must be an integer from 1 to 1000000, got 10000000. Write 1000000 or less.',
    ],
  ],
  [
    'one and a half agents, and a long name',
    `name: ${'n'.repeat(300)}\nseed: 0\nticks: 1\nagents:\n  count: 1.5\n`,
    [
      'INPUT_FIELD_RANGE scenario.yaml:1:7 name must be text of 1 to 64 characters, got 300 characters. ' +
        'Write a text of that length.',
      'INPUT_FIELD_RANGE scenario.yaml:5:10 agents.count must be an integer from 1 to 1000000, got 1.5. Write 1 or 2.',
    ],
  ],
  [
    'a list for a mapping, and no group',
    'name: small\nseed: 0\nticks: 1\nagents:\n  count: [5]\n  groups: []\n',
    [
      'INPUT_TYPE scenario.yaml:5:10 agents.count must be an integer from 1 to 1000000, got a list. ' +
        'Write an integer from 1 to 1000000.',
      'INPUT_FIELD_RANGE scenario.yaml:6:11 agents.groups must be a list of at least 1 item, got 0 items. ' +
        'Add or remove items.',
    ],
  ],
  [
    'groups with one id, whose shares do not add up',
    'name: small\nseed: 0\nticks: 1\nagents:\n  count: 5\n  groups:\n' +
      '    - { id: a, share: 0.5 }\n    - { id: a, share: 0.25 }\n',
    [
      'INPUT_SUM scenario.yaml:7:5 agents.groups must have shares that add up to 1, got 0.75. ' +
        'Change one of the fields concerned.',
      'INPUT_DUPLICATE_ID scenario.yaml:8:13 agents.groups[1].id is the id of agents.groups[0] too. ' +
        'Give each group its own id.',
    ],
  ],
  [
    'a group with a bad name and a negative rate',
    'name: small\nseed: 0\nticks: 1\nagents:\n  count: 5\n  groups:\n' +
      '    - id: "../x"\n      share: 1\n      rates: { posts per day: -3 }\n',
    [
      'INPUT_NAME scenario.yaml:7:11 agents.groups[0].id is no name that is allowed here, got "../x". ' +
        'Use lower-case letters, digits, -, _ and points.',
      'INPUT_FIELD_RANGE scenario.yaml:9:31 agents.groups[0].rates["posts per day"] must be a number of at least 0, got -3. ' +
        'Write 0 or more.',
    ],
  ],
  [
    'a list as a scenario',
    '- name: small\n',
    ['INPUT_TYPE scenario.yaml:1:1 the file must be a mapping, got a list. Write a mapping.'],
  ],
  [
    'a key of a model service, and one by its name',
    'name: sk-proj-Abc123def456ghi789\nllm:\n  apiKey: hunter2\n  apiKeyEnv: OPENAI_API_KEY\n  maxTokens: 5\n',
    ['1:1 name looks like a secret', '3:3 llm.apiKey holds a secret'].map(
      (found) =>
        `INPUT_SECRET_IN_FILE scenario.yaml:${found}. ` +
        'Put it in an environment variable and name that in apiKeyEnv, as in apiKeyEnv: OPENAI_API_KEY.',
    ),
  ],
];

describe('bad scenarios', () => {
  test.each(badForms)('parseDocument: refuses %s, at its place', (_, text, lines) => {
    expect(problemsOfText(text)).toEqual(lines);
  });

  test.each(badContents)('validate: refuses %s, at its place', (_, text, lines) => {
    expect(problemsOfText(soundLines + text)).toEqual(lines);
  });

  test.each(badScenarios)('validate: refuses %s, in one pass', (_, text, lines) => {
    expect(problemsOfText(text)).toEqual(lines);
  });

  test('all of them together: take less than a second', () => {
    const startedMs = performance.now();
    for (const [, text] of [...badForms, ...badContents, ...badScenarios]) problemsOfText(text);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('validate', () => {
  test('a sound scenario: comes back with its defaults, from YAML and from JSON', () => {
    const json = '{"name": "small", "seed": 7, "ticks": 10, "agents": {"count": 100}}';
    const fromYaml = validate(smallScenario, parseDocument(soundLines, 's.yaml', 'yaml'));
    expect(fromYaml).toEqual({
      name: 'small',
      seed: 7,
      ticks: 10,
      agents: { count: 100 },
      version: 1,
      activity: 'poisson',
      ranking: 'mix',
    });
    expect(validate(smallScenario, parseDocument(json, 's.json', 'json'))).toEqual(fromYaml);
  });

  test('more than twenty problems: twenty are listed, the rest counted', () => {
    const lines = problemsOfText(soundLines + Array.from({ length: 50 }, (_, index) => `x${index}y: 1\n`).join(''));
    expect(lines).toHaveLength(21);
    expect(lines[0]).toContain('scenario.yaml:5:1 x0y is not a field');
    expect(lines[20]).toBe('INPUT_MORE_PROBLEMS scenario.yaml 30 further problems, 50 in all. Mend those above first.');
  });

  test('a hundred thousand unknown fields: are counted in a second', () => {
    const fields = Array.from({ length: 100_000 }, (_, index) => `"agents${index}":1`).join(',');
    const startedMs = performance.now();
    expect(problemsOfText(`{${fields}}`, 'json')[20]).toContain('in all');
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test('values in messages: are clipped, escaped, and never a secret', () => {
    const long = problemsOfText(soundLines + `activity: ${'z'.repeat(5000)}\n`)[0] ?? '';
    expect(long.length).toBeLessThan(220);
    const escaped = problemsOfText(soundLines + 'activity: "\\e]8;;x\\u202e"\n')[0] ?? '';
    expect(escaped).not.toMatch(/[\u001b\u202e]/);
    const document = parseDocument('activity: sk-proj-Abc123def456ghi789', 's.yaml', 'yaml');
    const schema = z.strictObject({ activity: z.enum(['a']) });
    expect(problemLines(() => validate(schema, document))[0]).toContain('got [redacted]');
  });

  test('a scenario made in code: has places without lines', () => {
    const document = documentOf({ name: 'small', seed: 1.5, ticks: 1, agents: { count: 1 } }, 'study.ts');
    expect(problemLines(() => validate(smallScenario, document))).toEqual([
      'INPUT_FIELD_RANGE study.ts seed must be an integer of at least 0, got 1.5. Write 1 or 2.',
    ]);
  });

  test('a refinement without a code: is INPUT_COMBINATION, and an unknown code is not invented', () => {
    const refuse = (params?: Record<string, unknown>) =>
      z.strictObject({ a: z.number() }).superRefine((_, context) => {
        context.addIssue({ code: 'custom', message: 'must fit.', path: ['a'], ...(params && { params }) });
      });
    const document = parseDocument('a: 1', 's.yaml', 'yaml');
    for (const params of [undefined, { code: 'toString' }, { code: 5 }]) {
      expect(problemLines(() => validate(refuse(params), document))).toEqual([
        'INPUT_COMBINATION s.yaml:1:4 a must fit. Change one of the fields concerned.',
      ]);
    }
  });
});
