/**
 * The study of resilience: R of ResMAS over topologies of equal size, where failing agents are drawn or are those whom most follow, and answer at random or leave.
 *
 * The unit is the world, a seed; all arms share seeds. R is of the mean curve over worlds, by the trapezoid rule on the levels that are run, with a bootstrap over worlds. F(0)
 * and the index that takes chance out stand beside it, since R alone rewards a weak start. Ties of degree are broken by lot: in a regular graph hubs are nobody in particular.
 * Run it: node scenarios/resilience/study.ts [--seeds N] [--quit] [--workers N], in a checkout.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrapInterval, meanInterval } from '../../analysis/estimators/interval.ts';
import { resilienceOf } from '../../analysis/estimators/resilience.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { scenarioFile } from '../load.ts';
import { topologies } from './world.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { ResilienceWorldOrder, Topology } from './world.ts';

/** Shares of agents that fail. */
export const failureLevels = [0, 0.1, 0.2, 0.3, 0.4, 0.5] as const;
/** A random answer of two is right as often. */
const chanceShare = 0.5;
const replicateCount = 499;

/** What to run. */
export interface ResilienceStudyOrder {
  readonly seeds: number;
  readonly workers: number;
  /** How agents fail; at random where nothing is said. */
  readonly modes?: readonly ('random' | 'quit')[];
  readonly onWorld?: (done: number, all: number) => void;
}

/** One arm over all worlds. */
export interface ResilienceArm {
  readonly topology: Topology;
  readonly target: 'random' | 'hubs';
  readonly mode: 'random' | 'quit';
  /** F at each level, with intervals over worlds. */
  readonly performance: readonly Estimate[];
  readonly resilience: Estimate;
  readonly chanceCorrected: Estimate;
}

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Runs the study. */
export async function runResilienceStudy(order: ResilienceStudyOrder): Promise<ResilienceArm[]> {
  const { seeds, workers, modes = ['random'], onWorld } = order;
  const arms = modes.flatMap((mode) =>
    (['random', 'hubs'] as const).flatMap((target) =>
      (Object.keys(topologies) as Topology[]).map((topology) => ({ mode, target, topology })),
    ),
  );
  const file = scenarioFile('resilience', 'scenario');
  const orders = arms.flatMap((arm) =>
    Array.from({ length: seeds }, (_, i): ResilienceWorldOrder => ({
      file,
      ...arm,
      levels: failureLevels,
      seed: i + 1,
    })),
  );
  const curves = await runEnsemble<ResilienceWorldOrder, number[]>(
    worldModule,
    'simulateResilienceWorld',
    orders,
    workers,
    (done) => onWorld?.(done, orders.length),
  );
  return arms.map((arm, k) => ({ ...arm, ...armOf(curves.slice(k * seeds, (k + 1) * seeds)) }));
}

function armOf(
  curves: readonly (readonly number[])[],
): Pick<ResilienceArm, 'performance' | 'resilience' | 'chanceCorrected'> {
  const indexOf = (rows: ArrayLike<number>): ReturnType<typeof resilienceOf> => {
    const performance = failureLevels.map(
      (_, level) => Array.from(rows).reduce((sum, row) => sum + curves[row][level], 0) / rows.length,
    );
    return resilienceOf({ levels: failureLevels, performance }, chanceShare);
  };
  const rows = Array.from(curves.keys());
  const interval = (name: 'resilience' | 'chanceCorrected'): Estimate =>
    bootstrapInterval(rows, (drawn) => indexOf(drawn)[name], randomStream(1, streamPurposes.bootstrap, 5), {
      replicateCount,
      kind: 'percentile',
    });
  return {
    performance: failureLevels.map((_, level) => meanInterval(curves.map((curve) => curve[level]))),
    ...{ resilience: interval('resilience'), chanceCorrected: interval('chanceCorrected') },
  };
}

/** The study in words, a line an arm. */
export function describeResilienceStudy(arms: readonly ResilienceArm[]): string {
  const shown = ({ value, interval }: Estimate): string =>
    `${value.toFixed(3)} [${interval.map((end) => end.toFixed(3)).join(', ')}]`;
  return arms
    .map(({ topology, target, mode, performance, resilience, chanceCorrected }) =>
      [
        `${mode === 'quit' ? 'leave' : 'answer at random'}, ${target === 'hubs' ? 'hubs first' : 'anybody'}, ${topology}`,
        `F(0) ${shown(performance[0])}, F(${failureLevels.at(-1)}) ${shown(performance[performance.length - 1])}`,
        `R ${shown(resilience)}, without chance ${shown(chanceCorrected)}, ${resilience.n} worlds`,
      ].join('; '),
    )
    .join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '200' }, workers: { type: 'string' }, quit: { type: 'boolean' } },
  });
  const workers = Number(values.workers ?? availableParallelism());
  const arms = await runResilienceStudy({
    seeds: Number(values.seeds),
    workers,
    modes: values.quit === true ? ['quit'] : ['random'],
  });
  process.stdout.write(`${describeResilienceStudy(arms)}\n`);
}
