/**
 * `study SCENARIO`: replicates, comparison with data, report with figures and their points. A study file goes to `study-run.ts`.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { rebuildDatabase } from '../../sim/record/database-sqlite.ts';
import { renderReport } from '../../viz/report.ts';
import { runStudy } from '../information-spreading/study.ts';
import { studyPage } from './spreading-page.ts';
import { summaryVerdicts } from './spreading-tables.ts';
import { printResult } from './output.ts';
import { freeDirectory, writeFigures } from './study-directory.ts';
import type { StudyFlags } from './study-directory.ts';

const minuteSeeds = 20;
const usual = { agents: 100_000, replicates: 6 };

/** Runs the command. Returns its exit status. */
export async function studyCommand(named: string, flags: StudyFlags): Promise<number> {
  if (/\.(ya?ml|json)$/.test(named)) return (await import('./study-run.ts')).studyFileCommand(named, flags);
  if (named === 'moltbook') return (await import('./study-moltbook.ts')).moltbookCommand(flags);
  if (named !== 'information-spreading') {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `${echo(named)} has no study`,
      next: 'Known: information-spreading, moltbook. Or name a study file in YAML or JSON.',
    });
  }
  const directory = freeDirectory('information-spreading-study', flags.out);
  const progress = worldProgress();
  const result = await runStudy({
    agents: flags.agents ?? usual.agents,
    replicates: flags.replicates ?? usual.replicates,
    seed: flags.seed,
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    runDirectory: join(directory, 'world'),
    minuteSeeds,
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
  const { comparison, spreadOff, branching, minutes, seconds } = result;
  printResult(
    flags.json === true,
    {
      study: directory,
      report: page,
      verdicts,
      minutes: minutes.comparison,
      comparison,
      spreadOff,
      branching: { ...branching, columns: undefined },
      seconds,
    },
    () => [...verdicts.map(verdictLine), '', page].join('\n'),
  );
  return 0;
}

function verdictLine(one: ReturnType<typeof summaryVerdicts>[number]): string {
  const mark = one.met === null ? '  –  ' : one.met ? ' met ' : 'MISSED';
  return `${mark} ${one.claim}: ${one.measured} (${one.bar})`;
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
