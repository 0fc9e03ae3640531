/**
 * What commands print: results on standard output, progress and warnings on standard error; errors as one line each.
 */
import { InputError, InvariantError, escapeControls } from '../../sim/ground/errors.ts';
import { printAside } from './progress.ts';

/** Prints the one object of a command that was called with --json, or the words of one that was not. */
export function printResult(json: boolean, value: unknown, words: () => string): void {
  process.stdout.write((json ? jsonText(value) : words()) + '\n');
}

/** JSON in which what could drive a terminal is written as escapes: JSON itself leaves those above U+001F as they are. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(escapeControls).join('\n');
}

/** A line on standard error, above the progress that is shown there. */
export function note(text: string): void {
  printAside(text);
}

/** Prints an error and returns the exit status. Stack traces only when asked for. */
export function reportError(error: unknown, debug: boolean): number {
  if (error instanceof InputError) {
    note(error.message);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const ours = error instanceof InvariantError ? 'the run was stopped' : 'this is a bug of mesocosm';
  note(`${ours}: ${message}`);
  if (debug && error instanceof Error) note(error.stack ?? '');
  else note('Add --debug for the place in the code.');
  return 1;
}
