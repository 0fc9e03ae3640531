/**
 * What the studies of this package have alike: their flags, their directory, figures with their points, progress and verdicts.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InputError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import type { Figure } from '../../viz/figure.ts';
import type { ModelFlags } from './model-caps.ts';
import type { Verdict } from '../../viz/report.ts';

/** Flags of `study`. */
export interface StudyFlags extends ModelFlags {
  readonly agents?: number;
  readonly replicates?: number;
  /** Of misinformation: numbers of agents, with commas, and whether all arms are run. */
  readonly sizes?: string;
  readonly arms?: 'all' | 'main';
  readonly seed: number;
  readonly workers?: number;
  readonly out?: string;
  /** Of information spreading: cascades to compare with that no parameter was fitted to, and whether mechanisms are taken away one by one. */
  readonly against?: string;
  readonly ablations?: boolean;
  /** Pairs of generated worlds for each mechanism taken away. */
  readonly ablationPairs?: number;
  /** Of study files: why it departs from what was registered. */
  readonly deviation?: string;
  readonly json?: boolean;
}

/** A figure with the name of its files. */
export interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
  readonly caption: string;
}

/** A verdict as a line of the terminal. */
export function verdictLine(one: Verdict): string {
  const mark = one.met === null ? '  –  ' : one.met ? ' met ' : 'MISSED';
  return `${mark} ${one.claim}: ${one.measured} (${one.bar})`;
}

/** The directory of a study: the one that was named, or the first free one. */
export function freeDirectory(study: string, flags: { readonly out?: string }): string {
  const wanted = flags.out ?? join('runs', `${study}-study`);
  for (let i = 1; ; i++) {
    const directory = i === 1 ? wanted : `${wanted}-${i}`;
    if (!existsSync(directory)) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return directory;
    }
    if (flags.out !== undefined) {
      throw new InputError({
        code: 'INPUT_EXISTS',
        place: { file: directory },
        found: 'the directory exists',
        next: 'Name another with --out, or remove it.',
      });
    }
  }
}

/** Writes figures and their points. */
export function writeFigures(directory: string, figures: readonly NamedFigure[]): void {
  const folder = join(directory, 'figures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, figure } of figures) {
    writeWhole(join(folder, `${name}.svg`), figure.svg);
    writeWhole(join(folder, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
  }
}

/** One line of progress: first worlds, then ticks of the recorded world. */
export function worldProgress() {
  let bar: SingleBar | undefined;
  let label = '';
  const show = (what: string, total: number, unit: string): SingleBar => {
    if (bar === undefined || label !== what) {
      bar?.stop();
      label = what;
      bar = new SingleBar({
        format: `{what} {bar} {value}/{total} ${unit} · {duration_formatted} so far`,
        stream: process.stderr,
        noTTYOutput: true,
        notTTYSchedule: 5000,
        linewrap: false,
      });
      bar.start(total, 0, { what });
    }
    return bar;
  };
  return {
    observer: {
      onTick: ({ tick, ticks }: { tick: number; ticks: number }) => show('recorded world', ticks, 'ticks').update(tick),
    },
    onWorld: (done: number, all: number, what: string) => show(what, all, 'worlds').update(done),
    stop: () => bar?.stop(),
  };
}
