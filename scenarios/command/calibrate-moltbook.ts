/**
 * Fits numbers of the MoltBook scenario to the calibrated targets by the search of `mesocosm calibrate`, and writes what was found beside the scenario.
 *
 * Reads `targets.ts` (the calibrated ones alone) and the scenario; writes `calibration.json`: every evaluation, the answer, with --profiles the intervals and profiles
 * of its parameters, and how the whole scenario does on seeds that the search did not see. Replicates are kept below the directory, so that the same command goes on.
 * The loss is that of `command/calibrate-problem.ts`; what each statistic should have is the middle of its target's interval, since being inside is the bar.
 * Each batch of candidates has seeds of its own. Held-out targets are not computed here.
 * Order: slots. Invariant: the same file whatever the number of workers; fewer parameters than targets.
 * Run it: node scenarios/command/calibrate-moltbook.ts [--evaluations N] [--worlds N] [--seed S] [--workers N] [--profiles] [--out DIR], in a checkout.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { searchParameters } from './calibrate.ts';
import { identify } from './calibrate-profile.ts';
import { meanOf } from './calibrate-problem.ts';
import { numberAt } from './factors.ts';
import { runBatch } from './replicate-batch.ts';
import { claimDirectory } from './sealed-plan.ts';
import { scenarioFile } from '../load.ts';
import { moltbookTargets } from '../moltbook/targets.ts';
import type { CalibrationPlan, Statistics } from './calibrate-problem.ts';
import type { Range } from './factors.ts';
import type { ReplicateStore } from './replicate-store.ts';

function whole(path: string, low: number, high: number): Range {
  return { kind: 'range', path, low, high, scale: 'linear', isWhole: true };
}

/**
 * What is fitted: the spread of wakings, then comments a beat, the share of them at the newest post, answers to who wrote, comments inside a thread, repeated
 * words, and posts in the first community. Ranges are what is left of wider ones after searches of models that were given up (`moltbook/README.md`, section 9).
 */
export const fittedParameters: readonly Range[] = [
  { kind: 'range', path: 'population.activitySpread', low: 2.4, high: 2.75, scale: 'linear', isWhole: false },
  whole('attributes[2].initial', 850, 1450),
  whole('attributes[3].initial', 150, 320),
  whole('attributes[4].initial', 25, 80),
  whole('attributes[5].initial', 45, 100),
  whole('attributes[6].initial', 170, 230),
  whole('attributes[7].initial', 680, 710),
];

const targets = moltbookTargets.filter(({ kind }) => kind === 'calibrated');
/** The search leaves out those who are registered and silent: nothing that is measured depends on them. The fresh worlds have them. */
const withoutSilent = ['population.agents=2000', 'policies[0].share=1', 'policies[1].share=0'];
const worldModule = new URL(`../moltbook/world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
const firstFreshSeed = 2001;
const freshWorlds = 10;

/** What a search does: how many candidates, worlds of each, its seed, which is also the first of its worlds. */
export interface CalibrationOrder {
  readonly evaluations: number;
  readonly worlds: number;
  readonly seed: number;
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Everything that decides a calibration, in the form of `mesocosm calibrate`. The digests are those of the scenario with its agents, and of the targets. */
export function planOf({ evaluations, worlds, seed }: CalibrationOrder): CalibrationPlan {
  const beside = (name: string): string => fileURLToPath(new URL(`../moltbook/${name}`, import.meta.url));
  const scenario = sha256Of(scenarioFile('moltbook')) + sha256Of(beside('agents.ts'));
  return {
    ...{ format: 1, engine: engineVersion, scenario: 'moltbook', allowCode: true, set: withoutSilent },
    source: { name: 'scenario.yaml, agents.ts', sha256: createHash('sha256').update(scenario).digest('hex') },
    figures: { name: 'targets.ts', sha256: sha256Of(beside('targets.ts')) },
    parameters: fittedParameters,
    targets: targets.map(({ id, statistic, interval }) => ({
      ...{ id, measure: statistic, value: (interval[0] + interval[1]) / 2, interval },
    })),
    ...{ search: 'evolution', evaluations, replicates: worlds, seed },
  };
}

/** Changes of the scenario at a position of the unit cube, with the digits that the scenario's file has. */
export function settingsOf(position: readonly number[]): string[] {
  return fittedParameters.map((parameter, axis) => {
    const value = numberAt(parameter, position[axis]);
    return `${parameter.path}=${parameter.isWhole ? value : value.toFixed(4)}`;
  });
}

/** How far to look beyond the search: profiles take half as many worlds again. */
interface CalibrationLook {
  readonly profiles: boolean;
  readonly onProgress: (progress: { done: number; all: number }) => void;
}

/** Searches as `mesocosm calibrate` does, and looks at the answer in the whole scenario on fresh seeds; with `profiles` also at how sharply parameters are known. */
export async function calibrateMoltbook(
  plan: CalibrationPlan,
  store: ReplicateStore,
  { profiles, onProgress }: CalibrationLook,
) {
  const { problem, search } = await searchParameters(plan, store, onProgress);
  const settings = settingsOf(search.answer);
  const orders = Array.from({ length: freshWorlds }, (_, k) => ({
    name: `whole-${k}`,
    order: {
      ...{ scenario: plan.scenario, sha256: plan.source.sha256, allowCode: true, isStrict: false, set: settings },
      ...{ seed: firstFreshSeed + k, measures: targets.map(({ statistic }) => statistic) },
    },
  }));
  const fresh = (await store.run(orders, onProgress)).map(({ values }) => values);
  const { evaluations, replicates, seed, source, figures } = plan;
  return {
    ...{ evaluations, worldsAnEvaluation: replicates, seed, source, figures, settings },
    ...{ loss: finiteOrNull(search.best.loss), foundAt: search.best.slot, scales: problem.scales },
    fresh: { seeds: [firstFreshSeed, firstFreshSeed + freshWorlds - 1], targets: placesOf(fresh) },
    identification: profiles ? await identify(problem, search.answer) : null,
    columns: [...plan.parameters.map(({ path }) => path), ...plan.targets.map(({ id }) => id), 'loss'],
    rows: search.candidates.map(({ slot, position, loss }) => [
      ...plan.parameters.map((parameter, at) => numberAt(parameter, position[at])),
      ...plan.targets.map((_, at) => finiteOrNull(meanOf(problem.statistics[slot], at))),
      finiteOrNull(loss),
    ]),
  };
}

function placesOf(worlds: Statistics) {
  return targets.map(({ id, interval }, at) => {
    const mean = meanOf(worlds, at);
    return { id, mean: finiteOrNull(mean), interval, isInside: mean >= interval[0] && mean <= interval[1] };
  });
}

async function main(): Promise<number> {
  const options = {
    evaluations: { type: 'string', default: '60' },
    worlds: { type: 'string', default: '2' },
    seed: { type: 'string', default: '3001' },
    workers: { type: 'string' },
    profiles: { type: 'boolean', default: false },
    out: { type: 'string', default: 'runs/moltbook-calibration' },
  } as const;
  const { values } = parseArgs({ options });
  const plan = planOf({
    evaluations: Number(values.evaluations),
    worlds: Number(values.worlds),
    seed: Number(values.seed),
  });
  const workers = values.workers === undefined ? undefined : Number(values.workers);
  claimDirectory('calibrate', values.out, plan);
  const task = { module: worldModule, name: 'simulateFittedWorld' };
  const batch = { label: 'moltbook', directory: values.out, workers, goOn: 'go on with the same command', task };
  return runBatch(batch, async (store, bar) => {
    const result = await calibrateMoltbook(plan, store, { profiles: values.profiles, onProgress: bar.update });
    bar.stop();
    writeWhole(
      fileURLToPath(new URL('../moltbook/calibration.json', import.meta.url)),
      `${JSON.stringify(result, null, 1)}\n`,
    );
    const places = result.fresh.targets.map(
      ({ id, mean, isInside }) => `${id} ${String(mean)}${isInside ? '' : ': outside'}`,
    );
    process.stdout.write(`${[...result.settings, ...places].join('\n')}\n`);
    return 0;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
