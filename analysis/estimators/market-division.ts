/**
 * Division of markets among sellers, and rotation of winners among bidders.
 *
 * Division: each seller keeps to its own market, so that markets are concentrated one by one and not as a whole. Rotation: who wins next
 * hangs on who won last. Both are signs, not proofs: costs or distance divide markets without any agreement.
 * Pure. Oracles: tables by hand and scipy in the test. Sources: Herfindahl-Hirschman index; runs of several kinds, Mood, "The distribution
 * theory of runs", Annals of Mathematical Statistics 11, 1940; entropy in bits.
 */
import { shuffle } from '../../sim/ground/philox.ts';
import { entropyBits } from './entropy.ts';
import { normalTail } from './special-functions.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Herfindahl-Hirschman index of sales, in [1/n, 1]. NaN without sales. */
export function herfindahl(sales: ArrayLike<number>): number {
  const list = Array.from(sales);
  const total = list.reduce((sum, one) => sum + one, 0);
  return total === 0 ? Number.NaN : list.reduce((sum, one) => sum + (one / total) * (one / total), 0);
}

/** How markets are divided. */
export interface MarketDivision {
  /** Index of all sales together. */
  readonly pooledHhi: number;
  /** Mean index of single markets, weighted by their sales. */
  readonly meanMarketHhi: number;
  /** The second less the first: 0 where all markets look alike, up to 1 - 1/n where each seller has its own. */
  readonly crossMarketHhi: number;
  /** Share of (market, period) cells with sales in which one seller sells. */
  readonly singleSellerShare: number;
  /** Mutual information of seller and market over sales, in bits: I = H(seller) + H(market) - H(both). */
  readonly mutualInformationBits: number;
}

/** Measures division. `sales[period][market][seller]`, not negative. */
export function marketDivision(sales: readonly (readonly ArrayLike<number>[])[]): MarketDivision {
  const markets = sales[0]?.length ?? 0;
  const sellers = sales[0]?.[0]?.length ?? 0;
  const table = Array.from({ length: markets }, () => new Float64Array(sellers));
  let [cells, single] = [0, 0];
  for (const period of sales) {
    period.forEach((row, market) => {
      const active = Array.from(row).filter((one) => one > 0).length;
      if (active > 0) cells++;
      if (active === 1) single++;
      for (let seller = 0; seller < sellers; seller++) table[market][seller] += row[seller];
    });
  }
  const pooled = Float64Array.from({ length: sellers }, (_, seller) =>
    table.reduce((sum, row) => sum + row[seller], 0),
  );
  const weights = table.map((row) => row.reduce((sum, one) => sum + one, 0));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const meanMarketHhi = table.reduce(
    (sum, row, m) => (weights[m] === 0 ? sum : sum + (weights[m] / total) * herfindahl(row)),
    0,
  );
  const pooledHhi = herfindahl(pooled);
  const both = entropyBits(table.flatMap((row) => [...row]));
  return {
    pooledHhi,
    meanMarketHhi: total === 0 ? Number.NaN : meanMarketHhi,
    crossMarketHhi: meanMarketHhi - pooledHhi,
    singleSellerShare: cells === 0 ? Number.NaN : single / cells,
    mutualInformationBits: total === 0 ? Number.NaN : entropyBits(pooled) + entropyBits(weights) - both,
  };
}

/** How winners follow one another. */
export interface BidRotation {
  /** Entropy of winners in bits. */
  readonly winnerBits: number;
  /** Entropy of the next winner when the last one is known. */
  readonly nextWinnerBits: number;
  /** Mutual information of one winner and the next in bits: 0 under independence, up to log2 n in a strict rotation. */
  readonly rotationBits: number;
  /** Share of shuffled orders (which keep each one's wins) with as much or more; the order itself counts as one. */
  readonly rotationP: number;
  /** Stretches of one winner. */
  readonly runs: number;
  readonly expectedRuns: number;
  /** Above 0: winners change more often than in a random order of the same wins. NaN where one has won all. */
  readonly runsZ: number;
  /** Two-sided, by the normal approximation. */
  readonly runsP: number;
}

/** Measures rotation in a sequence of winners, numbered from 0. At least two rounds. */
export function bidRotation(winners: ArrayLike<number>, stream: RandomStream, permutationCount = 999): BidRotation {
  const order = Int32Array.from(winners);
  const bidders = order.reduce((most, one) => Math.max(most, one), 0) + 1;
  const rotationBits = successorBits(order, bidders);
  const shuffled = Int32Array.from(order);
  let asMuch = 1;
  for (let k = 0; k < permutationCount; k++) {
    shuffle(shuffled, stream);
    if (successorBits(shuffled, bidders) >= rotationBits - 1e-12) asMuch++;
  }
  const winnerBits = entropyBits(countsOf(order, bidders));
  const nextBits = entropyBits(countsOf(order.subarray(1), bidders)) - rotationBits;
  const runs = runsOf(order, countsOf(order, bidders));
  return { winnerBits, nextWinnerBits: nextBits, rotationBits, rotationP: asMuch / (permutationCount + 1), ...runs };
}

function countsOf(order: ArrayLike<number>, bidders: number): Float64Array {
  const counts = new Float64Array(bidders);
  for (let t = 0; t < order.length; t++) counts[order[t]]++;
  return counts;
}

/** Mutual information of consecutive winners, over the n - 1 pairs. */
function successorBits(order: Int32Array, bidders: number): number {
  const pairs = new Float64Array(bidders * bidders);
  for (let t = 1; t < order.length; t++) pairs[order[t - 1] * bidders + order[t]]++;
  const first = entropyBits(countsOf(order.subarray(0, -1), bidders));
  return first + entropyBits(countsOf(order.subarray(1), bidders)) - entropyBits(pairs);
}

/** Runs of several kinds: mean (n(n + 1) - Σn_i²)/n and Mood's variance, in a random order of these counts. */
function runsOf(order: Int32Array, counts: Float64Array) {
  const n = order.length;
  const runs = order.reduce((sum, one, t) => (t > 0 && one === order[t - 1] ? sum : sum + 1), 0);
  const squares = counts.reduce((sum, one) => sum + one * one, 0);
  const cubes = counts.reduce((sum, one) => sum + one * one * one, 0);
  const expectedRuns = (n * (n + 1) - squares) / n;
  const variance = (squares * (squares + n * (n + 1)) - 2 * n * cubes - n * n * n) / (n * n * (n - 1));
  const runsZ = variance > 0 ? (runs - expectedRuns) / Math.sqrt(variance) : Number.NaN;
  return { runs, expectedRuns, runsZ, runsP: Math.min(1, 2 * normalTail(Math.abs(runsZ))) };
}
