/**
 * Agreement: between two clusterings of the same rows (adjusted Rand, mutual information, Jaccard), and between raters (kappa).
 *
 * Sources: Hubert and Arabie (1985), J. Classif. 2; Strehl and Ghosh (2002), arithmetic normalisation; Hennig (2007), Comput.
 * Stat. Data Anal. 52, for the Jaccard overlap of clusters; Cohen (1960); Fleiss (1971), Psychol. Bull. 76.
 * Oracles: scikit-learn (ARI([0,0,1,1], [0,0,1,2]) = 0.571429, NMI 0.8) and statsmodels; Cohen's kappa of 20/5/10/15 is 0.4,
 * Fleiss' of the 10 × 14 textbook table 0.209931.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import type { NodeColumn } from './graph.ts';

/** How many rows carry label i in the first and j in the second, with the margins. */
interface Contingency {
  readonly cells: Map<number, number>;
  readonly firstSizes: Map<number, number>;
  readonly secondSizes: Map<number, number>;
  readonly rowCount: number;
  readonly stride: number;
}

function contingency(first: NodeColumn, second: NodeColumn): Contingency {
  assertInvariant(first.length === second.length, 'clusterings of the same rows differ in length');
  let stride = 1;
  for (let row = 0; row < second.length; row++) stride = Math.max(stride, second[row] + 1);
  const cells = new Map<number, number>();
  const firstSizes = new Map<number, number>();
  const secondSizes = new Map<number, number>();
  const count = (map: Map<number, number>, key: number): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  for (let row = 0; row < first.length; row++) {
    count(cells, first[row] * stride + second[row]);
    count(firstSizes, first[row]);
    count(secondSizes, second[row]);
  }
  return { cells, firstSizes, secondSizes, rowCount: first.length, stride };
}

function pairsIn(sizes: Map<number, number>): number {
  let pairs = 0;
  for (const size of sizes.values()) pairs += (size * (size - 1)) / 2;
  return pairs;
}

/** Adjusted Rand index: 1 for equal partitions, 0 on average for independent ones, negative below chance. Labels are integers >= 0. */
export function adjustedRand(first: NodeColumn, second: NodeColumn): number {
  const table = contingency(first, second);
  const both = pairsIn(table.cells);
  const inFirst = pairsIn(table.firstSizes);
  const inSecond = pairsIn(table.secondSizes);
  const all = (table.rowCount * (table.rowCount - 1)) / 2;
  const most = (inFirst + inSecond) / 2;
  // Written so that all rows in one cluster, or each in its own, on both sides are in full agreement.
  const expected = all === 0 ? 0 : (inFirst / all) * inSecond;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/** Mutual information over the arithmetic mean of the two entropies: in [0, 1], 1 for equal partitions. */
export function normalisedMutualInformation(first: NodeColumn, second: NodeColumn): number {
  const { cells, firstSizes, secondSizes, rowCount, stride } = contingency(first, second);
  let information = 0;
  for (const [key, size] of cells) {
    const expected = (firstSizes.get(Math.floor(key / stride)) ?? 0) * (secondSizes.get(key % stride) ?? 0);
    information += (size / rowCount) * Math.log((size * rowCount) / expected);
  }
  const entropies = entropyOf(firstSizes, rowCount) + entropyOf(secondSizes, rowCount);
  return entropies === 0 ? 1 : Math.max(0, (2 * information) / entropies);
}

function entropyOf(sizes: Map<number, number>, rowCount: number): number {
  let entropy = 0;
  for (const size of sizes.values()) entropy -= (size / rowCount) * Math.log(size / rowCount);
  return entropy;
}

/** For each cluster of the first partition, the greatest Jaccard overlap (shared rows / rows of either) with one of the second. */
export function clusterOverlaps(first: NodeColumn, second: NodeColumn, clusterCount: number): Float64Array {
  const { cells, firstSizes, secondSizes, stride } = contingency(first, second);
  const overlap = new Float64Array(clusterCount);
  for (const [key, shared] of cells) {
    const one = Math.floor(key / stride);
    const either = (firstSizes.get(one) ?? 0) + (secondSizes.get(key % stride) ?? 0) - shared;
    overlap[one] = Math.max(overlap[one], shared / either);
  }
  return overlap;
}

/** Cohen's kappa of a square table of counts, rows by the first rater, columns by the second. NaN for an empty table, or when chance alone agrees fully. */
export function cohenKappa(table: readonly (readonly number[])[]): number {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  let agreed = 0;
  let expected = 0;
  table.forEach((row, category) => {
    assertInvariant(row.length === table.length, 'the table of two raters is square');
    const byFirst = row.reduce((sum, count) => sum + count, 0);
    const bySecond = table.reduce((sum, other) => sum + other[category], 0);
    agreed += row[category] / total;
    expected += (byFirst / total) * (bySecond / total);
  });
  return expected === 1 ? Number.NaN : (agreed - expected) / (1 - expected);
}

/** Fleiss' kappa: `table[subject][category]` counts raters, the same number, at least two, for every subject. NaN when only one category was used. */
export function fleissKappa(table: readonly (readonly number[])[]): number {
  const raterCount = (table[0] ?? []).reduce((sum, count) => sum + count, 0);
  const shares = new Float64Array(table[0]?.length ?? 0);
  let agreed = 0;
  for (const row of table) {
    assertInvariant(
      row.reduce((sum, count) => sum + count, 0) === raterCount,
      'every subject has the same number of raters',
    );
    let pairs = 0;
    row.forEach((count, category) => {
      pairs += count * (count - 1);
      shares[category] += count / (table.length * raterCount);
    });
    agreed += pairs / (raterCount * (raterCount - 1)) / table.length;
  }
  const expected = shares.reduce((sum, share) => sum + share * share, 0);
  return expected === 1 ? Number.NaN : (agreed - expected) / (1 - expected);
}
