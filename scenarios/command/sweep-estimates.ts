/**
 * The mean of a cell and its difference from another: Student's over worlds or, where prompts are paraphrased, with wordings and seeds as crossed random factors.
 *
 * Pure. Takes values a world, wordings of one seed side by side. A seed of which a wording has no value is left out whole: the layout must be full. Then `n` counts seeds.
 * Invariant: with one wording this is Student's mean and the paired test.
 */
import { crossedMean } from '../../analysis/estimators/crossed-effects.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { pairedTest } from '../../analysis/estimators/paired.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';

/** A mean over worlds. */
export interface WorldEstimate {
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly n: number;
  readonly pValue: number;
  /** Null with one wording, or with too few to know. */
  readonly wordingVariance: number | null;
}

/** Values by wording and seed: a row a wording. */
export function byWording(values: readonly (number | null)[], wordings: number): number[][] {
  const seeds = Math.floor(values.length / wordings);
  const whole = Array.from({ length: seeds }, (_, seed) => values.slice(seed * wordings, (seed + 1) * wordings)).filter(
    (ones): ones is number[] => ones.every((one) => one !== null && one !== undefined),
  );
  return Array.from({ length: wordings }, (_, wording) => whole.map((ones) => ones[wording]));
}

/** The mean of a cell. NaN for what does not exist. */
export function estimateOf(values: readonly (number | null)[], wordings: number): WorldEstimate {
  if (wordings === 1) {
    const list = values.filter((one) => one !== null && one !== undefined);
    return { ...meanInterval(list), pValue: Number.NaN, wordingVariance: null };
  }
  const { value, interval, n, pValue, components } = crossedMean(byWording(values, wordings));
  return { value, interval, n, pValue, wordingVariance: finiteOrNull(components.rows) };
}

/** The difference of two cells, by worlds of one seed and wording; undefined where no pair has both. */
export function differenceOf(
  mine: readonly (number | null)[],
  base: readonly (number | null)[],
  wordings: number,
): WorldEstimate | undefined {
  const differences = mine.map((one, world) => {
    const other = base[world] ?? null;
    return one === null || other === null ? null : one - other;
  });
  if (wordings > 1) {
    const found = estimateOf(differences, wordings);
    return found.n === 0 ? undefined : found;
  }
  const known = differences.filter((one) => one !== null);
  return known.length === 0 ? undefined : { ...pairedTest(known), wordingVariance: null };
}
