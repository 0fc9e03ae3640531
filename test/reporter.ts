/**
 * Prints, as the very last line of a test run, `N passed, N failed` (and `, N skipped`, when there are any), for whoever reads
 * a run by its end: a person, a script, a pipeline. It stands beside Vitest's default reporter and replaces none of it.
 *
 * The convention of skips: a test that leaves because the machine lacks something (a browser, nats-server, a Python module)
 * says so with the word `skipped:`, either in its name (`test.skipIf(browser === undefined)('dashboard: … (skipped: no
 * chromium)')`) or in its note (`context.skip('skipped: no chromium')`). On a developer's machine that is a skip. With CI=true
 * it is a failure, counted as one, named, and the run exits 1: there the tools are installed, and a test that leaves unnoticed
 * tests nothing. Any other skip stays a skip everywhere.
 *
 * Reads: Vitest's results, the environment variable CI. Writes: standard output, `process.exitCode`.
 * Order: the line is written when the process exits, because Vitest prints coverage and warnings after the last reporter.
 * Invariant: a run that exits with another status than 0 never says `0 failed` (a file that cannot be loaded, a failed hook and
 * an error outside any test count as one failure each), unless it counted nothing: stopped early, or no test was found.
 */
import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node';

/** What a run came to. `missing` names the tests that left for want of a tool. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  missing: string[];
}

/** The reporter to hand to Vitest. */
export class LastLineReporter implements Reporter {
  private tally: Tally = emptyTally();

  onInit(): void {
    process.once('exit', () => {
      this.printLastLine();
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.tally = tallyOf(modules, unhandled.length);
    if (isCi() && this.tally.missing.length > 0) process.exitCode = 1;
  }

  private printLastLine(): void {
    const missing = isCi() ? this.tally.missing : [];
    for (const name of missing) writeAll(`CI has no test without its tool: ${name}\n`);
    writeAll(lastLine(this.tally, isCi()) + '\n');
  }
}

/** Writes to standard output; a pipe that is full for the moment is tried again. */
function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

/** `N passed, N failed[, N skipped]`. With `strict`, a test that left for want of a tool is a failed one. */
export function lastLine(tally: Tally, strict: boolean): string {
  const moved = strict ? tally.missing.length : 0;
  const skipped = tally.skipped - moved;
  const line = `${tally.passed} passed, ${tally.failed + moved} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

function tallyOf(modules: readonly TestModule[], unhandledCount: number): Tally {
  const tally = emptyTally();
  tally.failed = unhandledCount;
  for (const module of modules) {
    tally.failed += ownFailures(module);
    for (const suite of module.children.allSuites()) tally.failed += ownFailures(suite);
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed' || result.state === 'failed') tally[result.state] += 1;
      else tally.skipped += 1;
      const note = result.state === 'skipped' ? (result.note ?? '') : '';
      if (result.state === 'skipped' && `${test.fullName} ${note}`.includes('skipped:')) {
        tally.missing.push(note === '' ? test.fullName : `${test.fullName} (${note})`);
      }
    }
  }
  return tally;
}

/** Failures of a file or a group itself: it did not load, or a hook threw. The tests in it count on their own. */
function ownFailures(group: TestModule | TestSuite): number {
  return group.errors().length > 0 ? 1 : 0;
}

function emptyTally(): Tally {
  return { passed: 0, failed: 0, skipped: 0, missing: [] };
}

function isCi(): boolean {
  return process.env['CI'] === 'true';
}
