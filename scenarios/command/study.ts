/**
 * `study SCENARIO`: replicates, comparison with data, report with figures and their points. A study file goes to `study-run.ts`.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { rebuildDatabase } from '../../sim/record/database-sqlite.ts';
import { renderReport } from '../../viz/report.ts';
import { runStudy } from '../information-spreading/study.ts';
import { studyPage } from './spreading-page.ts';
import { ablationLines, summaryVerdicts } from './spreading-tables.ts';
import { printResult } from './output.ts';
import { freeDirectory, verdictLine, worldProgress, writeFigures } from './study-output.ts';
import type { StudyFlags } from './study-output.ts';

const minuteSeeds = 20;

/** Runs the command. Returns its exit status. */
export async function studyCommand(named: string, flags: StudyFlags): Promise<number> {
  if (/\.(ya?ml|json)$/.test(named)) return (await import('./study-run.ts')).studyFileCommand(named, flags);
  if (named === 'misinformation') return (await import('./study-misinformation.ts')).misinformationCommand(flags);
  if (named === 'moltbook') return (await import('./study-moltbook.ts')).moltbookCommand(flags);
  if (named !== 'information-spreading') {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `${echo(named)} has no study`,
      next: 'Known: information-spreading, misinformation, moltbook. Or name a study file in YAML or JSON.',
    });
  }
  const directory = freeDirectory('information-spreading', flags);
  const progress = worldProgress();
  const result = await runStudy({
    agents: flags.agents ?? 100_000,
    replicates: flags.replicates ?? 6,
    seed: flags.seed,
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    runDirectory: join(directory, 'world'),
    minuteSeeds,
    ablations: flags.ablations !== false,
    ablationPairs: flags.ablationPairs ?? 0,
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
  const { comparison, fit, floor, spreadOff, branching, minutes, seconds, against } = result;
  printResult(
    flags.json === true,
    {
      study: directory,
      report: page,
      verdicts,
      minutes: minutes.comparison,
      comparison,
      against,
      real: {
        cascades: result.real.columns.users.length,
        negative: result.real.negativeCount,
        small: result.real.smallCount,
      },
      fit,
      floor,
      spreadOff,
      branching: { ...branching, columns: undefined },
      ablations: result.ablations,
      seconds,
    },
    () => [...verdicts.map(verdictLine), '', ...ablationLines(result), page].join('\n'),
  );
  return 0;
}
