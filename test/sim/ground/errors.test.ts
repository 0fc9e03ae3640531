/**
 * The catalogue of codes against its page `sim/ERRORS.md`, both ways, and what the two kinds of error print.
 *
 * A message reaches a terminal, and may quote a stranger's file: what it echoes must be short, on one line and without control
 * characters.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  assertInvariant,
  echo,
  formatProblem,
  InputError,
  inputCodes,
  InvariantError,
} from '../../../sim/ground/errors.ts';
import type { InputCode, Problem } from '../../../sim/ground/errors.ts';

const page = readFileSync(new URL('../../../sim/ERRORS.md', import.meta.url), 'utf8');

interface PageRow {
  readonly exit: number;
  readonly meaning: string;
  readonly next: string;
}

/** The rows of the page's tables whose first cell is a code. */
function rowsOfPage(): Map<string, PageRow> {
  const rows = page.matchAll(/^\| `(\w+)` \| (\d+) \| (.*?) \| (.*?) \|$/gm);
  return new Map(
    [...rows].map(([, code = '', exit, meaning = '', next = '']) => [code, { exit: Number(exit), meaning, next }]),
  );
}

/** The exit statuses of the page's second table. */
function exitsOfPage(): number[] {
  return [...page.matchAll(/^\| (\d+(?:, \d+)*) \|/gm)].flatMap(([, exits = '']) => exits.split(', ').map(Number));
}

function problem(parts: Partial<Problem> = {}): Problem {
  return { code: 'INPUT_TYPE', found: 'agents must be a number', next: 'Write 1000.', ...parts };
}

/** What must not reach a terminal: control characters, other line ends, what turns the direction of text. */
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/;

describe('the catalogue and its page', () => {
  test('ERRORS.md: has a row for each code of the catalogue, and no other, in the same order', () => {
    expect([...rowsOfPage().keys()]).toEqual(Object.keys(inputCodes));
  });

  test('ERRORS.md: gives each code the exit status and the meaning of the catalogue', () => {
    const told = [...rowsOfPage()].map(([code, { exit, meaning }]) => [code, { exit, meaning }]);
    expect(Object.fromEntries(told)).toEqual(inputCodes);
  });

  test('ERRORS.md: names a next step for each code, as a sentence', () => {
    const unclear = [...rowsOfPage()].filter(([, { next }]) => !/^[`A-Z].{10,}\.$/.test(next));
    expect(unclear).toEqual([]);
  });

  test('ERRORS.md: has each code once, and explains each exit status that a code ends with', () => {
    expect(page.match(/^\| `INPUT_/gm)).toHaveLength(Object.keys(inputCodes).length);
    expect(exitsOfPage()).toEqual(expect.arrayContaining(Object.values(inputCodes).map(({ exit }) => exit)));
  });

  test('inputCodes: a code is INPUT_ and capitals, and never ends a command with success or as our bug', () => {
    const odd = Object.entries(inputCodes).filter(([code, { exit }]) => !/^INPUT_[A-Z_]+$/.test(code) || exit < 2);
    expect(odd).toEqual([]);
  });
});

describe('echo', () => {
  test.each([
    'a\nb',
    'bell\u0007',
    'red\u001b[31m',
    'del\u007f',
    'csi\u009b31m',
    'rows\u2028',
    'flip\u202eevil',
    'a\u200bnn',
    '\ufeffann',
    'an\u00adn',
    '\u0000',
  ])('echo: %j comes back without a control character', (value) => {
    expect(echo(value)).not.toMatch(unprintable);
    expect(echo({ toString: () => value })).not.toMatch(unprintable);
  });

  test('echo: text is quoted, so that "40" and 40 can be told apart', () => {
    expect(echo('40')).toBe('"40"');
    expect(echo(40)).toBe('40');
  });

  test('echo: sixty characters stay whole, and one more is cut to sixty that end in an ellipsis', () => {
    expect(echo('x'.repeat(58))).toBe(`"${'x'.repeat(58)}"`);
    expect(echo('x'.repeat(59))).toHaveLength(60);
    expect(echo('x'.repeat(59))).toMatch(/…$/);
  });

  test.each(['\u001b'.repeat(60), '😀'.repeat(60), '"'.repeat(100_000)])(
    'echo: is never longer than sixty characters, whatever escaping adds (%#)',
    (value) => {
      expect(echo(value).length).toBeLessThanOrEqual(60);
    },
  );

  test('echo: a list and a mapping are named and not printed', () => {
    expect([[1, 2], { a: 1 }, null, undefined, 2n ** 60n, Number.NaN, true].map(echo)).toEqual([
      'a list',
      'a mapping',
      'null',
      'undefined',
      '1152921504606846976',
      'NaN',
      'true',
    ]);
  });
});

describe('formatProblem', () => {
  test('formatProblem: says code, place, what was found and the next step', () => {
    const place = { file: 'scenario.json', line: 14, column: 18 };
    const found = 'rewireShare must lie in [0, 1], got 40';
    expect(formatProblem({ code: 'INPUT_SHARE_RANGE', place, found, next: 'Write 0.4 for 40 %.' })).toBe(
      'INPUT_SHARE_RANGE scenario.json:14:18 rewireShare must lie in [0, 1], got 40. Write 0.4 for 40 %.',
    );
  });

  test.each([
    [undefined, 'INPUT_TYPE agents must be a number. Write 1000.'],
    [{ file: 'a.yaml' }, 'INPUT_TYPE a.yaml agents must be a number. Write 1000.'],
    [{ file: 'a.yaml', line: 3 }, 'INPUT_TYPE a.yaml:3:1 agents must be a number. Write 1000.'],
  ])('formatProblem: leaves out what is not known of the place %j', (place, line) => {
    expect(formatProblem(problem(place === undefined ? {} : { place }))).toBe(line);
  });

  test('formatProblem: a file name with control characters is printed without them', () => {
    expect(formatProblem(problem({ place: { file: 'a\n\u001b[2Jb.yaml' } }))).not.toMatch(unprintable);
  });
});

describe('InputError', () => {
  test('InputError: several problems stand one a line, in the order given', () => {
    const codes: InputCode[] = ['INPUT_REQUIRED', 'INPUT_SUM', 'INPUT_TYPE'];
    const error = new InputError(codes.map((code) => problem({ code, found: `${code} with ${echo('two\nlines')}` })));
    expect(error.message.split('\n').map((line) => line.split(' ')[0])).toEqual(codes);
    expect(error.problems.map(({ code }) => code)).toEqual(codes);
  });

  test('InputError: one problem need not be a list', () => {
    expect(new InputError(problem()).problems).toEqual([problem()]);
  });

  test.each<[InputCode, number]>([
    ['INPUT_TYPE', 2],
    ['INPUT_STORE_DAMAGED', 4],
    ['INPUT_DISK', 5],
    ['INPUT_RUN_BUSY', 75],
  ])('InputError: %s ends a command with %i', (code, exit) => {
    expect(new InputError(problem({ code })).exitCode).toBe(exit);
  });
});

describe('InvariantError', () => {
  test('InvariantError: names the place in the run, as far as it is known', () => {
    const place = { seed: 7, tick: 12, shard: 3, agent: 'a-41' };
    const error = new InvariantError('karma went below zero', place);
    expect(error.message).toBe('karma went below zero (seed 7, tick 12, shard 3, agent a-41)');
    expect(error.place).toEqual(place);
    expect(new InvariantError('ties overlap', { tick: 0 }).message).toBe('ties overlap (tick 0)');
    expect(new InvariantError('no place').message).toBe('no place');
  });

  test('InvariantError: an agent’s own id cannot write to the terminal', () => {
    expect(new InvariantError('row lost', { agent: 'a\u001b]0;owned\u0007' }).message).not.toMatch(unprintable);
  });

  test('InvariantError: keeps what caused it', () => {
    const cause = new RangeError('own code threw');
    expect(new InvariantError('a policy threw', {}, cause).cause).toBe(cause);
  });

  test('assertInvariant: throws with the place when the condition fails, and only then', () => {
    expect(() => {
      assertInvariant(true, 'never said');
    }).not.toThrow();
    expect(() => {
      assertInvariant(false, 'counts differ', { seed: 1, tick: 2 });
    }).toThrow(new InvariantError('counts differ', { seed: 1, tick: 2 }));
  });
});
