/**
 * What commands print: results on standard output, progress and warnings on standard error; errors as one line each.
 */
import { SingleBar } from 'cli-progress';
import { InputError, InvariantError, escapeControls } from '../../sim/ground/errors.ts';
import type { Observer, Progress } from '../../sim/exchange/ports.ts';

/** Prints the one object of a command that was called with --json, or the words of one that was not. */
export function printResult(json: boolean, value: unknown, words: () => string): void {
  process.stdout.write((json ? jsonText(value) : words()) + '\n');
}

/** JSON in which what could drive a terminal is written as escapes: JSON itself leaves those above U+001F as they are. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(escapeControls).join('\n');
}

/** A line on standard error. */
export function note(text: string): void {
  process.stderr.write(text + '\n');
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

/** How far audits of archetypes lie from what these predict. */
function auditsText(divergence: Progress['divergence']): string {
  if (divergence === undefined) return '';
  const { audits, bits, chanceBits } = divergence;
  return ` · ${audits} audits diverge by ${bits.toFixed(3)} bits (chance ${chanceBits.toFixed(3)})`;
}

const sparkWidth = 24;
const sparkSigns = '▁▂▃▄▅▆▇█';

/** The last values of a measure as one row of signs, scaled to the greatest of them; nothing is kept beyond that many. */
class Spark {
  private readonly values: number[] = [];

  add(value: number): void {
    this.values.push(value);
    if (this.values.length > sparkWidth) this.values.shift();
  }

  get row(): string {
    const most = Math.max(1, ...this.values);
    return this.values.map((value) => sparkSigns[Math.min(7, Math.floor((8 * value) / most))]).join('');
  }
}

/** Least time between two drawings of the line, in milliseconds: the bar draws no oftener, so no more is computed either. */
const drawnEveryMs = 100;

/**
 * A progress line: ticks a second, the last ticks of agents awake and of new posts as spark lines, what audits of archetypes found, time left. Plain lines without
 * spark lines every few seconds where there is no terminal.
 */
export function progressBar(label: string, ticks: number): Observer & { stop(): void } {
  const isTerminal = process.stderr.isTTY;
  const drawn = isTerminal ? '{awakeRow} {awake} awake · {postsRow} {posts} posts' : '{awake} awake · {posts} posts';
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} ticks · {rate} ticks/s · ${drawn}{audits} · {eta_formatted} left`,
    barsize: isTerminal ? 16 : 40,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    hideCursor: false,
    clearOnComplete: false,
    linewrap: false,
  });
  const begun = performance.now();
  bar.start(ticks, 0, { rate: '-', awake: 0, posts: 0, awakeRow: '', postsRow: '', audits: '' });
  const [awakeSpark, postsSpark] = [new Spark(), new Spark()];
  let drawnAt = -Infinity;
  return {
    onTick({ tick, awake, posts, divergence }) {
      const now = performance.now();
      if (now - drawnAt < drawnEveryMs && tick < ticks) return;
      drawnAt = now;
      awakeSpark.add(awake);
      postsSpark.add(posts);
      const rate = (tick * 1000) / Math.max(1, now - begun);
      const rows = { awakeRow: awakeSpark.row, postsRow: postsSpark.row, audits: auditsText(divergence) };
      bar.update(tick, { rate: rate < 10 ? rate.toFixed(1) : Math.round(rate), awake, posts, ...rows });
    },
    stop() {
      bar.stop();
    },
  };
}
