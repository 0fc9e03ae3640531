/**
 * How far a command is, on standard error: a block of lines that is drawn over at a terminal, a plain line every few seconds elsewhere.
 *
 * Shows ticks with their rate and the time left, agents awake, acts and posts a tick with their course as spark lines, what models cost so
 * far, and how far audits of archetypes lie. Order: a note that comes between clears the block, is printed, and the block follows below it.
 * Bound: at most ten drawings a second, 60 kept values a measure. Texts that others chose have their controls written out.
 * Invariant: nothing here is read by a run. Oracle: `test/command/progress.test.ts`, at a real pseudo-terminal.
 */
import { escapeControls } from '../../sim/ground/errors.ts';
import type { Observer, Progress } from '../../sim/exchange/ports.ts';

/** What is drawn of a run: counts a tick and the rate are those since the drawing before. */
export interface ProgressView extends Observer {
  stop(): void;
}

/** Where lines go: standard error, or what a test reads. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const drawnEveryMs = 100;
const plainEveryMs = 5000;
const keptValues = 60;
/** Rates are taken over so many drawings: a rate since the start would not tell a run that slows down. */
const rateDrawings = 50;
const sparkSigns = '▁▂▃▄▅▆▇█';
const eraseBelow = '\u001b[0J';

let shown: { readonly stream: ProgressStream; readonly lines: readonly string[] } | undefined;

/** Prints a line on standard error, above what is drawn there. */
export function printAside(text: string): void {
  const block = shown;
  if (block === undefined) {
    process.stderr.write(text + '\n');
    return;
  }
  block.stream.write(`${cleared(block.lines)}${text}\n${block.lines.join('\n')}\n`);
}

/** Back to the first line of a block, with nothing below. */
function cleared(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\u001b[${lines.length}A\r${eraseBelow}`;
}

/** One measure of the last drawings. */
class Course {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > keptValues) this.#values.shift();
  }

  get last(): number {
    return this.#values.at(-1) ?? 0;
  }

  /** Scaled to its greatest value; what is not zero is never drawn as zero is. */
  row(width: number): string {
    const values = this.#values.slice(-width);
    const most = Math.max(1, ...values);
    return values.map((value) => sparkSigns[Math.min(7, Math.ceil((7 * value) / most))]).join('');
  }
}

/** Shows a command's ticks. `now` gives milliseconds. */
export function progressView(
  label: string,
  ticks: number,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressView {
  const state = new ProgressState(escapeControls(label), ticks);
  const isTerminal = stream.isTTY === true;
  const begun = now();
  let [drawnAt, isStopped, drawnTick] = [isTerminal ? -Infinity : begun, false, -1];
  const draw = (): void => {
    if (state.told === undefined || isStopped) return;
    drawnTick = state.told.tick;
    if (!isTerminal) {
      stream.write(state.plainLine() + '\n');
      return;
    }
    const lines = state.block((stream.columns ?? 80) - 1);
    stream.write(cleared(shown?.stream === stream ? shown.lines : []) + lines.join('\n') + '\n');
    shown = { stream, lines };
  };
  return {
    onTick(progress) {
      state.told = progress;
      const time = now();
      if (time - drawnAt < (isTerminal ? drawnEveryMs : plainEveryMs)) {
        // The first tick is where the rate of plain lines begins.
        if (!isTerminal && state.isFirst) state.take(time);
        return;
      }
      drawnAt = time;
      state.take(time);
      draw();
    },
    stop() {
      if (isStopped) return;
      if (state.told !== undefined && state.told.tick !== drawnTick) {
        state.take(now());
        draw();
      }
      isStopped = true;
      if (shown?.stream === stream) shown = undefined;
    },
  };
}

/** What is known of a run, and its words. */
class ProgressState {
  told: Progress | undefined;
  readonly #label: string;
  readonly #ticks: number;
  readonly #courses = { awake: new Course(), acts: new Course(), posts: new Course() };
  readonly #drawings: { readonly ms: number; readonly tick: number }[] = [];
  #before: Progress | undefined;

  constructor(label: string, ticks: number) {
    this.#label = label;
    this.#ticks = ticks;
  }

  get isFirst(): boolean {
    return this.#before === undefined;
  }

  /** Takes what was told last as a drawing. */
  take(ms: number): void {
    const { told } = this;
    if (told === undefined) return;
    const before = this.#before;
    const passed = Math.max(1, told.tick - (before?.tick ?? told.tick - 1));
    this.#courses.awake.add(told.awake);
    this.#courses.acts.add(told.intents);
    // Posts are told in all: the first of a resumed run are those of before.
    this.#courses.posts.add(before === undefined ? 0 : Math.max(0, told.posts - before.posts) / passed);
    this.#before = told;
    this.#drawings.push({ ms, tick: told.tick });
    if (this.#drawings.length > rateDrawings) this.#drawings.shift();
  }

  /** Ticks a second over the last drawings; undefined before two of them. */
  get #rate(): number | undefined {
    const [first, last] = [this.#drawings[0], this.#drawings.at(-1)];
    if (first === undefined || last === undefined || last.ms <= first.ms || last.tick <= first.tick) return undefined;
    return ((last.tick - first.tick) * 1000) / (last.ms - first.ms);
  }

  get #leftText(): string {
    const rate = this.#rate;
    const left = this.#ticks - (this.told?.tick ?? 0);
    if (left <= 0) return 'done';
    return rate === undefined ? '– left' : `${duration(left / rate)} left`;
  }

  get #rateText(): string {
    const rate = this.#rate;
    return `${rate === undefined ? '–' : short(rate)} ticks/s`;
  }

  plainLine(): string {
    const { tick = 0, awake = 0, posts = 0 } = this.told ?? {};
    const share = this.#ticks > 0 ? ` (${Math.floor((100 * tick) / this.#ticks)} %)` : '';
    const parts = [
      `${this.#label}: ${counted(tick)} of ${counted(this.#ticks)} ticks${share}`,
      this.#rateText,
      `${counted(awake)} awake`,
      `${counted(this.#courses.acts.last)} acts`,
      `${counted(posts)} posts`,
      ...[this.#spentText(), this.#auditText()].filter((text) => text !== ''),
      this.#leftText,
    ];
    return parts.join(' · ');
  }

  /** The lines of a terminal, none longer than `width`. */
  block(width: number): string[] {
    const { tick = 0, posts = 0 } = this.told ?? {};
    const { awake, acts, posts: made } = this.#courses;
    const barWidth = Math.max(8, Math.min(30, width - 60));
    const full = this.#ticks > 0 ? Math.round((barWidth * tick) / this.#ticks) : 0;
    const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
    const spark = Math.max(8, Math.min(keptValues, width - 44));
    const row = (name: string, course: Course, words: string): string =>
      `  ${name.padEnd(6)} ${course.row(spark).padEnd(spark)} ${words}`;
    const lines = [
      `${bar} ${counted(tick)}/${counted(this.#ticks)} ticks · ${this.#rateText} · ${this.#leftText} · ${this.#label}`,
      row('awake', awake, `${counted(awake.last)} agents`),
      row('acts', acts, `${counted(acts.last)} a tick`),
      row('posts', made, `${short(made.last)} a tick, ${counted(posts)} in all`),
    ];
    if (this.#spentText() !== '') lines.push(`  models ${this.#spentText()}`);
    if (this.#auditText() !== '') lines.push(`  ${this.#auditText()}`);
    return lines.map((line) => Array.from(line).slice(0, width).join(''));
  }

  /** What models cost so far, and what the run will have cost at this rate. */
  #spentText(): string {
    const { spent, tick = 0 } = this.told ?? {};
    if (spent === undefined) return '';
    const { calls, tokens, cost, currency } = spent;
    const money = currency === undefined ? '' : `, ${cost.toFixed(4)} ${currency}`;
    const all = currency === undefined || tick === 0 ? '' : ` (${((cost * this.#ticks) / tick).toFixed(2)} at the end)`;
    return `${counted(calls)} calls, ${counted(tokens)} tokens${money}${all}`;
  }

  #auditText(): string {
    const divergence = this.told?.divergence;
    if (divergence === undefined) return '';
    const { audits, bits, chanceBits } = divergence;
    return `${audits} audits diverge by ${bits.toFixed(3)} bits (chance ${chanceBits.toFixed(3)})`;
  }
}

function counted(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function short(value: number): string {
  return value < 10 ? value.toFixed(1) : counted(value);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
