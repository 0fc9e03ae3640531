/**
 * What a calibration minimises: how far statistics of a scenario's worlds lie from their targets, in units of their uncertainty.
 *
 * Candidates of one batch share their seeds (common random numbers), so that their order is hardly noise; the next batch has others, or the search would fit
 * the luck of a few seeds. Each statistic is the mean over a candidate's worlds. The loss is Σ ((statistic - target) / scale)². A scale joins what the
 * target's own interval leaves open (half its width / 1.96) with the noise of a mean over so many seeds where the statistic is near its target: the mean
 * variance between seeds of those candidates of the cold start that come nearest to it. It is never below 1 % of the target, so that a statistic
 * without noise does not rule alone. Scales are fixed by the first batch and hold for the whole search.
 * Order: slots. Invariant: the same plan, the same losses, whoever simulated what. A candidate of which a statistic does not exist has no loss.
 */
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { numberAt } from './factors.ts';
import type { Evaluate } from '../../analysis/estimators/evolutionary-search.ts';
import type { ModelChoice } from './asking.ts';
import type { Range } from './factors.ts';
import type { NamedOrder, Replicate, ReplicateStore, StoreProgress } from './replicate-store.ts';

/** A statistic and the value that it should have. */
export interface Target {
  readonly id: string;
  readonly measure: string;
  readonly value: number;
  readonly interval?: readonly [number, number];
}

/** Everything that decides a calibration. */
export interface CalibrationPlan {
  readonly format: 1;
  readonly engine: string;
  readonly scenario: string;
  readonly source: { readonly name: string; readonly sha256: string };
  readonly figures: { readonly name: string; readonly sha256: string };
  readonly set: readonly string[];
  readonly allowCode: boolean;
  readonly parameters: readonly Range[];
  readonly targets: readonly Target[];
  readonly search: 'evolution' | 'random';
  readonly evaluations: number;
  readonly replicates: number;
  readonly seed: number;
  /** Models in the place of the scenario's own, as far as they decide its worlds. */
  readonly models?: ModelChoice;
}

const scaleFloorShare = 0.01;

/** Statistics of a candidate: a row a world, a column a target; null where one does not exist. */
export type Statistics = readonly (readonly (number | null)[])[];

/** Simulates candidates and keeps what they gave. */
export class Problem {
  readonly plan: CalibrationPlan;
  /** Statistics by slot. */
  readonly statistics: Statistics[] = [];
  scales: readonly number[] = [];
  /** Batches that were handed out: each has seeds of its own. */
  #batches = 0;
  readonly #store: ReplicateStore;
  readonly #onProgress: (progress: StoreProgress) => void;

  constructor(plan: CalibrationPlan, store: ReplicateStore, onProgress: (progress: StoreProgress) => void) {
    this.plan = plan;
    this.#store = store;
    this.#onProgress = onProgress;
  }

  /** Losses of positions, for the search. */
  readonly evaluate: Evaluate = async (positions, firstSlot) => {
    const { replicates, evaluations } = this.plan;
    const seed = this.plan.seed + replicates * this.#batches++;
    const name = (slot: number): string => `evaluation-${String(firstSlot + slot).padStart(5, '0')}`;
    const report = ({ done }: StoreProgress): void =>
      this.#onProgress({ done: firstSlot * replicates + done, all: evaluations * replicates });
    const found = await this.simulate(positions, { seed, worlds: replicates }, name, report);
    this.statistics.push(...found);
    if (this.scales.length === 0) this.scales = scalesOf(this.plan.targets, found, replicates);
    return found.map((one) => this.lossOf(one));
  };

  /** Statistics of positions on some seeds. */
  async simulate(
    positions: readonly (readonly number[])[],
    { seed, worlds }: { readonly seed: number; readonly worlds: number },
    name: (at: number) => string,
    onProgress: (progress: StoreProgress) => void = () => undefined,
  ): Promise<Statistics[]> {
    const { scenario, source, set, allowCode, targets, models } = this.plan;
    const orders = positions.flatMap((position, at): NamedOrder[] =>
      Array.from({ length: worlds }, (_, k) => ({
        name: `${name(at)}-${k}`,
        order: {
          ...{ scenario, sha256: source.sha256, allowCode, isStrict: at === 0 && k === 0 },
          ...{ set: [...set, ...settingsAt(this.plan, position)], seed: seed + k },
          measures: targets.map(({ measure }) => measure),
          ...(models === undefined ? {} : { models }),
        },
      })),
    );
    const found = await this.#store.run(orders, onProgress);
    return positions.map((_, at) => found.slice(at * worlds, (at + 1) * worlds).map(({ values }: Replicate) => values));
  }

  /** The loss of statistics; NaN where a target has none. */
  lossOf(statistics: Statistics): number {
    return this.residualsOf(statistics).reduce((sum, one) => sum + one * one, 0);
  }

  /** (mean - target) / scale of every target. */
  residualsOf(statistics: Statistics): number[] {
    return this.plan.targets.map(({ value }, at) => (meanOf(statistics, at) - value) / this.scales[at]);
  }
}

/** Mean of a target's statistic over worlds where it exists; NaN if it exists in none. */
export function meanOf(statistics: Statistics, target: number): number {
  return momentsOf(columnOf(statistics, target)).mean;
}

/** A target's statistic, of the worlds that have it. */
export function columnOf(statistics: Statistics, target: number): number[] {
  return statistics.flatMap((world) => world[target] ?? []);
}

/** Changes of the scenario at a position of the unit cube. */
export function settingsAt({ parameters }: Pick<CalibrationPlan, 'parameters'>, position: readonly number[]): string[] {
  return parameters.map((parameter, at) => `${parameter.path}=${numberAt(parameter, position[at])}`);
}

/** Share of the cold start whose noise is taken for the target's. */
const nearShare = 0.2;

function scalesOf(targets: readonly Target[], cold: readonly Statistics[], worlds: number): number[] {
  return targets.map(({ value, interval }, at) => {
    const found = cold
      .map((one) => momentsOf(columnOf(one, at)))
      .filter(({ mean, variance }) => Number.isFinite(mean) && Number.isFinite(variance))
      .map(({ mean, variance }) => ({ distance: Math.abs(mean - value), variance }))
      .sort((one, other) => one.distance - other.distance || one.variance - other.variance);
    const near = found.slice(0, Math.max(3, Math.ceil(nearShare * found.length))).map(({ variance }) => variance);
    const noise = near.length === 0 ? 0 : momentsOf(near).mean / worlds;
    const half = interval === undefined ? 0 : (interval[1] - interval[0]) / 2 / 1.959964;
    const floor = scaleFloorShare * Math.abs(value);
    return Math.max(Math.sqrt(noise + half * half), floor === 0 ? 1e-9 : floor);
  });
}
