/**
 * `study misinformation`: all arms, controls and sizes, into a directory with the plan, the results, figures and a page.
 *
 * Writes `plan.json` (what is claimed, by which measure, seeds and margin) before the first world, then `results.json` with a row a world
 * (its changes, seed and digest, so that `mesocosm run misinformation` makes it again), figures with their points, and `report.html`.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { renderReport } from '../../viz/report.ts';
import { dataFile } from '../load.ts';
import { mainArm, otherArms, sizeSettings, worldSettings } from '../misinformation/arms.ts';
import { readVeracity } from '../misinformation/published.ts';
import { claimMeasures, equivalenceMargin, primaryMeasure, runMisinformationStudy } from '../misinformation/study.ts';
import { misinformationPage } from './misinformation-page.ts';
import { misinformationVerdicts } from './misinformation-tables.ts';
import { printResult } from './output.ts';
import { freeDirectory, verdictLine, worldProgress, writeFigures } from './study-output.ts';
import type { ArmResult, MisinformationOrder, MisinformationStudy } from '../misinformation/study.ts';
import type { StudyFlags } from './study-output.ts';

const usualSizes = [100, 1000, 10_000, 100_000];
const usualAgents = 10_000;
const usualSeeds = 30;
const agentsMin = 100;

/** Runs the command. Returns its exit status. */
export async function misinformationCommand(flags: StudyFlags): Promise<number> {
  const { agents = usualAgents, replicates = usualSeeds } = flags;
  const isMain = flags.arms === 'main';
  const sizes = flags.sizes === undefined ? (isMain ? [] : usualSizes) : sizesOf(flags.sizes);
  refuseSmall([agents, ...sizes]);
  const progress = worldProgress();
  const order: MisinformationOrder = {
    ...{ agents, seeds: replicates, firstSeed: flags.seed, sizes, onWorld: progress.onWorld },
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    ...(isMain ? { arms: [], hasControls: false } : {}),
  };
  const directory = freeDirectory('misinformation', flags);
  writeWhole(join(directory, 'plan.json'), `${JSON.stringify(planOf(order), null, 2)}\n`);
  const begun = performance.now();
  const study = await runMisinformationStudy(order);
  progress.stop();
  const seconds = (performance.now() - begun) / 1000;
  const result = { study, seconds, real: readVeracity(dataFile('cascades/twitter1516-calibration.csv')), order };
  writeWhole(join(directory, 'results.json'), `${JSON.stringify(resultsOf(study, seconds), null, 2)}\n`);
  const { report, figures } = misinformationPage(result);
  writeFigures(directory, figures);
  const page = join(directory, 'report.html');
  writeWhole(page, renderReport(report));
  const verdicts = misinformationVerdicts(result);
  const { main, contrasts, controls, perTenfold } = study;
  const summary = { study: directory, report: page, verdicts, seconds, main: armSummary(main), controls, perTenfold };
  printResult(
    flags.json === true,
    {
      ...summary,
      contrasts: contrasts.map(({ arm, ...rest }) => ({ arm: arm.name, ...rest })),
      worlds: worldsOf(main),
    },
    () => [...verdicts.map(verdictLine), '', page].join('\n'),
  );
  return 0;
}

function sizesOf(text: string): number[] {
  const sizes = text.split(',').filter((one) => one.trim() !== '');
  const bad = sizes.find((one) => !/^\s*[1-9]\d{0,7}\s*$/.test(one));
  if (bad === undefined) return sizes.map(Number);
  throw new InputError({
    code: 'INPUT_USAGE',
    place: { file: '--sizes' },
    found: `${echo(bad)} is no number of agents`,
    next: 'Write whole numbers with commas between them, such as 100,1000.',
  });
}

function refuseSmall(sizes: readonly number[]): void {
  const small = sizes.find((one) => one < agentsMin);
  if (small === undefined) return;
  throw new InputError({
    code: 'INPUT_FIELD_RANGE',
    place: { file: '--agents or --sizes' },
    found: `${small} agents are too few: four pairs of core accounts of one topic are needed`,
    next: `Write at least ${agentsMin}.`,
  });
}

/** What is decided before the first world. */
function planOf({ agents, seeds, firstSeed, sizes, arms = otherArms, hasControls = true }: MisinformationOrder) {
  return {
    question:
      'How much further do rumours reach than the truth, given how much more readily they are spread at a look?',
    primaryMeasure,
    measures: claimMeasures,
    estimate: 'log of the ratio of sums over both mirrored worlds of all seeds; jackknife over seeds',
    unit: 'the seed',
    claims: [
      'rumours reach more agents than truths in the main arm: 95 % interval above a ratio of 1',
      'at equal odds both worlds of every seed have one digest',
      `at equal odds one account of a pair over the other, unmirrored, lies within ${equivalenceMargin} of 0 (two one-sided t tests, 0.05)`,
    ],
    multiplicity: 'arms against the main one: Holm',
    ...{ agents, seeds, firstSeed, sizes, hasControls },
    arms: [mainArm, ...arms].map((arm) => ({
      ...arm,
      plain: worldSettings(arm, false),
      mirrored: worldSettings(arm, true),
    })),
    sizeSettings: Object.fromEntries([agents, ...sizes].map((size) => [size, sizeSettings(size)])),
  };
}

function armSummary({ arm, agents, logRatio, perLook, amplification, pairs }: ArmResult) {
  return { arm: arm.name, agents, seeds: pairs.length, logRatio, perLook, amplification };
}

function worldsOf({ arm, agents, pairs }: ArmResult) {
  return pairs.flatMap(({ plain, mirrored }) =>
    [plain, mirrored].map((world, i) => {
      const { seed, digest, first, second, counts, seconds, rssBytes } = world;
      const set = [...sizeSettings(agents), ...worldSettings(arm, i === 1)];
      return { arm: arm.name, agents, seed, set, digest, first, second, counts, seconds, rssBytes };
    }),
  );
}

function resultsOf(study: MisinformationStudy, seconds: number) {
  const { main, arms, sizes, contrasts, controls, perTenfold } = study;
  const all = [main, ...arms, ...sizes.filter((one) => one !== main)];
  return {
    ...{ seconds, controls, perTenfold, arms: all.map(armSummary) },
    contrasts: contrasts.map(({ arm, ...rest }) => ({ arm: arm.name, ...rest })),
    worlds: all.flatMap(worldsOf),
  };
}
