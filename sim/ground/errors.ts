/**
 * The two kinds of error, and the one catalogue of codes.
 *
 * `InputError` is the user's to mend: it carries one or more problems, each with a code, a place, what was found and the next
 * step. `InvariantError` is ours: it stops the run and names seed, tick and shard. There is no third kind.
 * Invariant: codes are never reused; `test/sim/ground/errors.test.ts` compares them with `sim/ERRORS.md`.
 */

/** What each code means, and the exit status that a command ends with when it is raised. */
export const inputCodes = {
  INPUT_NOT_FOUND: { exit: 2, meaning: 'a file or directory that was named does not exist' },
  INPUT_NOT_READABLE: { exit: 2, meaning: 'a file exists, but the system refuses to let this user read it' },
  INPUT_NOT_A_FILE: { exit: 2, meaning: 'a file was expected, something else was found' },
  INPUT_EMPTY: { exit: 2, meaning: 'a file or a table holds nothing' },
  INPUT_TOO_LARGE: { exit: 2, meaning: 'a file, a field or a number of things is above its limit' },
  INPUT_ENCODING: { exit: 2, meaning: 'a text file is not valid UTF-8' },
  INPUT_SYNTAX: { exit: 2, meaning: 'a file is not well-formed YAML, JSON or CSV, or a formula in it is none' },
  INPUT_YAML_FEATURE: { exit: 2, meaning: 'YAML anchors, aliases, tags and merge keys are refused' },
  INPUT_DUPLICATE_KEY: { exit: 2, meaning: 'a key stands twice in one mapping' },
  INPUT_FORBIDDEN_KEY: { exit: 2, meaning: 'a key that could change an object’s prototype' },
  INPUT_TOO_DEEP: { exit: 2, meaning: 'a file is nested too deeply' },
  INPUT_UNKNOWN_FIELD: { exit: 2, meaning: 'a field that does not exist' },
  INPUT_REQUIRED: { exit: 2, meaning: 'a field that must be given is missing' },
  INPUT_TYPE: { exit: 2, meaning: 'a value of another type was expected' },
  INPUT_FIELD_RANGE: { exit: 2, meaning: 'a number lies outside its range' },
  INPUT_SHARE_RANGE: { exit: 2, meaning: 'a share must lie in [0, 1]' },
  INPUT_UNSAFE_INTEGER: { exit: 2, meaning: 'an integer above 2^53 cannot be held exactly' },
  INPUT_UNKNOWN_NAME: { exit: 2, meaning: 'a name that is not among those that can be chosen' },
  INPUT_COMBINATION: { exit: 2, meaning: 'fields that are each allowed, but not together' },
  INPUT_SUM: { exit: 2, meaning: 'shares that must add up to 1 do not' },
  INPUT_DANGLING_REF: { exit: 2, meaning: 'a reference to something that is not defined' },
  INPUT_DUPLICATE_ID: { exit: 2, meaning: 'two rows carry one id, or two ids have one key' },
  INPUT_DUPLICATE_EDGE: { exit: 2, meaning: 'one tie stands twice in a list of ties' },
  INPUT_SELF_FOLLOW: { exit: 2, meaning: 'an agent cannot follow itself' },
  INPUT_PATH_OUTSIDE: { exit: 2, meaning: 'a path leaves the folder of the file that names it' },
  INPUT_SECRET_IN_FILE: { exit: 2, meaning: 'a key or password stands in a file; name an environment variable' },
  INPUT_NAME: { exit: 2, meaning: 'a name with characters that names may not have' },
  INPUT_VERSION: { exit: 2, meaning: 'a file of another version than this program reads' },
  INPUT_HEADER: { exit: 2, meaning: 'a table lacks a column, or has one twice' },
  INPUT_ROW: { exit: 2, meaning: 'a row of a table has too few or too many fields' },
  INPUT_NUMBER: { exit: 2, meaning: 'a field of a table is not a plain decimal number' },
  INPUT_MORE_PROBLEMS: { exit: 2, meaning: 'further problems of one pass that are counted but not listed' },
  INPUT_CODE_REFUSED: { exit: 2, meaning: 'a scenario names a module of code; --allow-code permits it' },
  INPUT_MODULE: { exit: 2, meaning: 'a module of own code cannot be loaded or does not export a scenario' },
  INPUT_USAGE: { exit: 2, meaning: 'the command line is not understood' },
  INPUT_EXISTS: { exit: 2, meaning: 'the output directory already holds something' },
  INPUT_NOT_A_RUN: { exit: 2, meaning: 'a directory is not a run' },
  INPUT_NO_RENDERER: { exit: 2, meaning: 'this machine lacks what it takes to make a picture of pixels' },
  INPUT_WORKER: { exit: 2, meaning: 'run() was called inside a worker' },
  INPUT_REPLAY_MISS: { exit: 3, meaning: 'a replay asks a model what the recorded run did not ask' },
  INPUT_REPLAY_DIVERGED: { exit: 3, meaning: 'a replay asks a model something else than the recorded run did' },
  INPUT_STORE_DAMAGED: { exit: 4, meaning: 'a recorded file is damaged' },
  INPUT_DISK: { exit: 5, meaning: 'the disk refused an operation' },
  INPUT_ENDPOINT: { exit: 6, meaning: 'an endpoint of models cannot be used' },
  INPUT_RUN_BUSY: { exit: 75, meaning: 'another process is writing this run directory' },
} as const;

/** A code of the catalogue. */
export type InputCode = keyof typeof inputCodes;

/** Where a problem stands: a file with line and column (from 1), a flag, or a field. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that the user can mend. `found` says what stands there, `next` what to do. */
export interface Problem {
  readonly code: InputCode;
  readonly place?: Place;
  readonly found: string;
  readonly next: string;
}

const longestEcho = 60;

/** A value as it may be echoed in a message: control characters escaped, at most 60 characters. */
export function echo(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 4 * longestEcho)) : describe(value);
  const plain = escapeControls(text);
  if (plain.length <= longestEcho) return plain;
  const cut = plain.slice(0, longestEcho - 1);
  return (isHighSurrogate(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut) + '…';
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Text with control, direction and invisible characters written as escapes: no file name or id drives a terminal, or looks like another. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g,
    (character) => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

function describe(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a mapping' : typeof value;
}

/** `CODE file:line:column found. Next step.` */
export function formatProblem(problem: Problem): string {
  const { place } = problem;
  const position = place?.line === undefined ? '' : `:${place.line}:${place.column ?? 1}`;
  const where = place === undefined ? '' : ` ${escapeControls(place.file)}${position}`;
  return `${problem.code}${where} ${problem.found}. ${problem.next}`;
}

/** The user can mend it. Holds every problem that one pass found; its message lists them, one a line. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join('\n'));
    this.problems = list;
  }

  /** The exit status of a command that ends with this error. */
  get exitCode(): number {
    const first = this.problems[0];
    return first === undefined ? 2 : inputCodes[first.code].exit;
  }
}

/** Where in a run an invariant broke. */
export interface RunPlace {
  readonly seed?: number;
  readonly tick?: number;
  readonly shard?: number;
  /** External id of the agent whose turn it was. */
  readonly agent?: string;
}

/** Our bug, or own code that threw: it stops the run and says where. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly place: RunPlace;

  constructor(message: string, place: RunPlace = {}, cause?: unknown) {
    const where = Object.entries(place)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${escapeControls(String(value))}`)
      .join(', ');
    super(where === '' ? message : `${message} (${where})`, cause === undefined ? undefined : { cause });
    this.place = place;
  }
}

/** Throws an `InvariantError` unless the condition holds. For phase boundaries, not for kernels. */
export function assertInvariant(condition: boolean, message: string, place?: RunPlace): asserts condition {
  if (!condition) throw new InvariantError(message, place);
}
