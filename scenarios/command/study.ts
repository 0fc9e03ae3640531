/**
 * `study SCENARIO`: replicates, comparison with data, report with figures and their points. A study file goes to `study-run.ts`.
 */
import { availableParallelism } from 'node:os';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { rebuildDatabase } from '../../sim/record/database-sqlite.ts';
import { renderReport } from '../../viz/report.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { runStudy } from '../information-spreading/study.ts';
import { studyPage } from './spreading-page.ts';
import { ablationLines, summaryVerdicts } from './spreading-tables.ts';
import { printResult } from './output.ts';
import type { NamedFigure } from './spreading-page.ts';

/** Flags of `study`. */
export interface StudyFlags {
  readonly agents: number;
  readonly replicates: number;
  readonly seed: number;
  readonly workers?: number;
  readonly out?: string;
  /** Cascades to compare with that no parameter was fitted to. */
  readonly against?: string;
  /** Whether mechanisms are taken away one by one. */
  readonly ablations?: boolean;
  /** Of study files: why it departs from what was registered. */
  readonly deviation?: string;
  readonly json?: boolean;
}

const minuteSeeds = 20;

/** Runs the command. Returns its exit status. */
export async function studyCommand(named: string, flags: StudyFlags): Promise<number> {
  if (/\.(ya?ml|json)$/.test(named)) return (await import('./study-run.ts')).studyFileCommand(named, flags);
  if (named !== 'information-spreading') {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `${echo(named)} has no study`,
      next: 'Known: information-spreading. Or name a study file in YAML or JSON.',
    });
  }
  const directory = freeDirectory(flags);
  const progress = worldProgress();
  const result = await runStudy({
    agents: flags.agents,
    replicates: flags.replicates,
    seed: flags.seed,
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    runDirectory: join(directory, 'world'),
    minuteSeeds,
    ablations: flags.ablations !== false,
    ...(flags.against === undefined ? {} : { against: flags.against }),
    observer: progress.observer,
    onWorld: progress.onWorld,
  });
  progress.stop();
  await rebuildDatabase(join(directory, 'world'), 'core');
  const { report, figures } = studyPage(result);
  writeFigures(directory, figures);
  const page = join(directory, 'report.html');
  writeWhole(page, renderReport(report));
  const verdicts = summaryVerdicts(result);
  const { comparison, spreadOff, branching, minutes, seconds, isInSample } = result;
  printResult(
    flags.json === true,
    {
      study: directory,
      report: page,
      verdicts,
      minutes: minutes.comparison,
      comparison,
      isInSample,
      spreadOff,
      branching: { ...branching, columns: undefined },
      ablations: result.ablations,
      seconds,
    },
    () => [...verdicts.map(verdictLine), '', ...ablationLines(result), page].join('\n'),
  );
  return 0;
}

function verdictLine(one: ReturnType<typeof summaryVerdicts>[number]): string {
  const mark = one.met === null ? '  –  ' : one.met ? ' met ' : 'MISSED';
  return `${mark} ${one.claim}: ${one.measured} (${one.bar})`;
}

/** The directory of the study: the one that was named, or the first free one. */
function freeDirectory(flags: StudyFlags): string {
  const wanted = flags.out ?? join('runs', 'information-spreading-study');
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

function writeFigures(directory: string, figures: readonly NamedFigure[]): void {
  const folder = join(directory, 'figures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, figure } of figures) {
    writeWhole(join(folder, `${name}.svg`), figure.svg);
    writeWhole(join(folder, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
  }
}

/** One line of progress: first worlds, then ticks of the recorded world. */
function worldProgress() {
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
