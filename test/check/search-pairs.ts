/**
 * The search of `calibrate` beside random search: twenty planted truths, both searches on each with the same ranges, targets, seed and number of evaluations.
 *
 * Worlds are small (information-spreading, 100 agents, 30 ticks), so that forty searches take minutes. Targets are means over 40 worlds on seeds from 5001 on, which no search uses.
 * Each pair has a truth and a seed of its own. What a search answers is simulated on 16 fresh seeds, the same for both, and judged on scales that neither search made: the noise of a
 * mean of two worlds at the truth, at least 1 % of the target. Order: pairs. Invariant: both searches evaluate exactly as many candidates, of two worlds each.
 */
import { join } from 'node:path';
import { evolve, searchAtRandom } from '../../analysis/estimators/evolutionary-search.ts';
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { Problem, columnOf, meanOf } from '../../scenarios/command/calibrate-problem.ts';
import { numberAt } from '../../scenarios/command/factors.ts';
import { ReplicateStore, inThreads } from '../../scenarios/command/replicate-store.ts';
import { median, temporary } from './figure.ts';
import type { CalibrationPlan, Statistics } from '../../scenarios/command/calibrate-problem.ts';
import type { Range } from '../../scenarios/command/factors.ts';
import type { Simulator } from '../../scenarios/command/replicate-store.ts';
import type { Report } from './figure.ts';

const pairs = 20;
const evaluations = 150;
const worlds = 2;
const targetWorlds = 40;
const freshWorlds = 16;
const freshSeed = 900_001;

const base = { kind: 'range', isWhole: false } as const;
const parameters: readonly Range[] = [
  { ...base, path: 'population.wakesPerDayMean', low: 5, high: 100, scale: 'log' },
  { ...base, path: 'policies[0].rules.postShare', low: 0.02, high: 0.6, scale: 'log' },
  { ...base, path: 'policies[0].rules.intercept', low: -8, high: -2, scale: 'linear' },
];
const measures = ['counts.awake', 'counts.posts', 'counts.exposures', 'cascades.count', 'cascades.meanSize'];
const empty: CalibrationPlan = {
  ...{ format: 1, engine: '', scenario: 'information-spreading', source: { name: '', sha256: '' } },
  ...{ figures: { name: 'planted', sha256: '' }, set: ['population.agents=100', 'ticks=30'], allowCode: false },
  ...{ parameters, search: 'evolution', evaluations, replicates: worlds, seed: 1 },
  targets: measures.map((measure) => ({ id: measure, measure, value: 0 })),
};

/** Runs the comparison. */
export async function checkSearchPairs(report: Report): Promise<void> {
  const simulator = inThreads(1);
  const stream = randomStream(1, streamPurposes.design, 96);
  const ratios: number[] = [];
  for (let pair = 1; pair <= pairs; pair++) {
    // Within the middle of each range: a truth at its end would be found by clipping.
    const truth = parameters.map(() => 0.15 + 0.7 * stream.uniform());
    const ratio = await ratioOf(pair, truth, simulator);
    ratios.push(ratio);
    const planted = truth.map((unit, at) => numberAt(parameters[at], unit).toPrecision(3)).join(', ');
    process.stderr.write(`pair ${pair} (planted ${planted}): loss ratio ${ratio.toPrecision(3)}\n`);
  }
  await simulator.close();
  ratios.sort((a, b) => a - b);
  // Of 20 values the 6th and the 15th enclose the median with a probability of 0.959.
  const [low, high] = [ratios[5], ratios[14]];
  report({
    command: `loss on ${freshWorlds} fresh seeds, evolution over random search, ${pairs} planted truths, ${evaluations} evaluations of ${worlds} worlds for each search`,
    figure: `median ${median(ratios).toPrecision(3)} (${low.toPrecision(3)} to ${high.toPrecision(3)})`,
    bar: 'interval below 1',
    met: high < 1,
  });
}

async function ratioOf(pair: number, truth: readonly number[], simulator: Simulator): Promise<number> {
  const directory = (name: string): string => join(temporary, `search-pair-${pair}-${name}`);
  const planted = problemOf(empty, directory('truth'), simulator);
  const at = await statisticsAt(planted, truth, 5001, targetWorlds);
  const targets = empty.targets.map((one, k) => ({ ...one, value: meanOf(at, k) }));
  const scales = targets.map(({ value }, k) =>
    Math.max(Math.sqrt(momentsOf(columnOf(at, k)).variance / worlds), 0.01 * Math.abs(value)),
  );
  const losses: number[] = [];
  for (const search of ['evolution', 'random'] as const) {
    const plan: CalibrationPlan = { ...empty, targets, search, seed: 100 * pair };
    const problem = problemOf(plan, directory(search), simulator);
    const residualsOf = (slot: number): number[] => problem.residualsOf(problem.statistics[slot]);
    const searching = search === 'random' ? searchAtRandom : evolve;
    const options = { dimension: parameters.length, evaluations, seed: plan.seed, residualsOf };
    const { answer, candidates } = await searching(problem.evaluate, options);
    if (candidates.length !== evaluations) throw new TypeError(`${search} evaluated ${candidates.length} candidates`);
    const found = await statisticsAt(problem, answer, freshSeed, freshWorlds);
    losses.push(targets.reduce((sum, { value }, k) => sum + ((meanOf(found, k) - value) / scales[k]) ** 2, 0));
  }
  return losses[0] / losses[1];
}

function problemOf(plan: CalibrationPlan, directory: string, simulator: Simulator): Problem {
  return new Problem(plan, new ReplicateStore(directory, simulator), () => undefined);
}

async function statisticsAt(
  problem: Problem,
  place: readonly number[],
  seed: number,
  count: number,
): Promise<Statistics> {
  const [found] = await problem.simulate([place], { seed, worlds: count }, () => `from-${seed}`);
  return found;
}
