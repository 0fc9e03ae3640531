/**
 * Harrell's concordance: how often, of two rows at risk together, the one with the higher score has the event first.
 *
 * A pair is an event and a row that is at risk at its time and outlasts it (or is censored then), in one stratum; rows (start, stop]
 * are at risk between start and stop only. Two events of one time are no pair. A pair with equal scores counts one half.
 * The standard error is the infinitesimal jackknife: how far each row, or each cluster of rows, moves the share.
 * One pass over moments with a binary indexed tree over ranks of scores: O(n log n), also for the jackknife, where the pairs of a row
 * as the surviving one are the events between its two ends, a difference of two counts.
 * Oracle: the double loop in `test/analysis/estimators/concordance.test.ts`, and R's survival::concordance, `test/data/survival.json`.
 * Source: Harrell et al. (1982, JAMA 247); Therneau and Watson (2015, the concordance of time-dependent scores).
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { riskSetsOf } from './risk-sets.ts';
import type { RiskSets, SurvivalColumns } from './risk-sets.ts';

/** The share and what it is made of. */
export interface Concordance {
  /** NaN without a pair. */
  readonly value: number;
  readonly se: number;
  readonly interval: [number, number];
  readonly concordantCount: number;
  readonly discordantCount: number;
  readonly tiedCount: number;
}

/** Choices. */
export interface ConcordanceOptions {
  /** Rows with equal numbers depend on one another; the error is robust to that. */
  readonly cluster?: ArrayLike<number>;
  /** Risk sets of the same columns, if they are at hand. */
  readonly sets?: RiskSets;
  readonly confidenceShare?: number;
}

/** Concordance of a score with survival: a higher score is taken to mean an earlier event. */
export function concordanceOf(
  columns: SurvivalColumns,
  score: ArrayLike<number>,
  options: ConcordanceOptions = {},
): Concordance {
  const { cluster, sets = riskSetsOf(columns), confidenceShare = 0.95 } = options;
  const pairs = emptyPairs(sets.rowCount);
  const rank = ranksOf(score, sets.rowOf);
  countAsEvent(sets, rank, pairs);
  let concordantCount = 0;
  let discordantCount = 0;
  let tiedCount = 0;
  for (let row = 0; row < sets.rowCount; row++) {
    concordantCount += pairs.concordant[row];
    discordantCount += pairs.discordant[row];
    tiedCount += pairs.tied[row];
  }
  countAsSurvivor(columns, sets, rank, pairs);
  const total = concordantCount + discordantCount + tiedCount;
  const value = (concordantCount + tiedCount / 2) / total;
  const se = jackknifeError(pairs, value, total, cluster);
  const reach = normalQuantile((1 + confidenceShare) / 2) * se;
  const interval: [number, number] = [Math.max(0, value - reach), Math.min(1, value + reach)];
  return { value, se, interval, concordantCount, discordantCount, tiedCount };
}

/** Pairs of each of the caller's rows. */
interface Pairs {
  readonly concordant: Float64Array;
  readonly discordant: Float64Array;
  readonly tied: Float64Array;
}

function emptyPairs(rowCount: number): Pairs {
  return {
    concordant: new Float64Array(rowCount),
    discordant: new Float64Array(rowCount),
    tied: new Float64Array(rowCount),
  };
}

/** Rank of the score at each place, from 1; equal scores share a rank. */
function ranksOf(score: ArrayLike<number>, rowOf: Int32Array): Int32Array {
  const order = Int32Array.from({ length: rowOf.length }, (_, place) => place).sort(
    (a, b) => score[rowOf[a]] - score[rowOf[b]] || a - b,
  );
  const rank = new Int32Array(rowOf.length);
  let current = 0;
  for (let index = 0; index < order.length; index++) {
    if (index === 0 || score[rowOf[order[index]]] !== score[rowOf[order[index - 1]]]) current++;
    rank[order[index]] = current;
  }
  return rank;
}

/** Counts by rank, with sums over ranks below. */
class RankCounts {
  total = 0;
  private readonly tree: Int32Array;
  private readonly own: Int32Array;

  constructor(rankMax: number) {
    this.tree = new Int32Array(rankMax + 1);
    this.own = new Int32Array(rankMax + 1);
  }

  add(rank: number, change: number): void {
    this.total += change;
    this.own[rank] += change;
    for (let at = rank; at < this.tree.length; at += at & -at) this.tree[at] += change;
  }

  at(rank: number): number {
    return this.own[rank];
  }

  below(rank: number): number {
    let sum = 0;
    for (let at = rank - 1; at > 0; at -= at & -at) sum += this.tree[at];
    return sum;
  }
}

/** For each event: rows at risk that outlast it, by whether their score is lower, higher or equal. */
function countAsEvent(sets: RiskSets, rank: Int32Array, pairs: Pairs): void {
  const { enteredEnd, leftEnd, leaving, deathStart, deathCount, opensStratum, rowOf } = sets;
  const counts = new RankCounts(rank.length);
  const isIn = new Uint8Array(rank.length);
  let entered = 0;
  let left = 0;
  let stratumStart = 0;
  const change = (place: number, by: 1 | -1): void => {
    isIn[place] = by === 1 ? 1 : 0;
    counts.add(rank[place], by);
  };
  for (let moment = 0; moment < deathStart.length; moment++) {
    const firstDeath = deathStart[moment];
    const deathEnd = firstDeath + deathCount[moment];
    if (opensStratum[moment] === 1) {
      for (let place = stratumStart; place < entered; place++) if (isIn[place] === 1) change(place, -1);
      stratumStart = entered;
    }
    for (; entered < enteredEnd[moment]; entered++) {
      if (entered < firstDeath || entered >= deathEnd) change(entered, 1);
    }
    for (; left < leftEnd[moment]; left++) if (isIn[leaving[left]] === 1) change(leaving[left], -1);
    for (let place = firstDeath; place < deathEnd; place++) {
      const row = rowOf[place];
      const lower = counts.below(rank[place]);
      pairs.concordant[row] = lower;
      pairs.tied[row] = counts.at(rank[place]);
      pairs.discordant[row] = counts.total - lower - pairs.tied[row];
    }
    for (let place = firstDeath; place < deathEnd; place++) change(place, 1);
  }
}

/** Adds, for each row, the events that it outlasts while at risk. */
function countAsSurvivor({ event }: SurvivalColumns, sets: RiskSets, rank: Int32Array, pairs: Pairs): void {
  const { rowOf, firstMoment, endMoment, deathStart, deathCount, leaving } = sets;
  const counts = new RankCounts(rank.length);
  const addEvents = (place: number, sign: 1 | -1): void => {
    const row = rowOf[place];
    const lower = counts.below(rank[place]);
    const equal = counts.at(rank[place]);
    pairs.discordant[row] += sign * lower;
    pairs.tied[row] += sign * equal;
    pairs.concordant[row] += sign * (counts.total - lower - equal);
  };
  const endAt = (index: number): number => (leaving.length === 0 ? index : leaving[index]);
  let begun = 0;
  let ended = 0;
  for (let moment = 0; moment <= deathStart.length; moment++) {
    for (; ended < rowOf.length && endMoment[endAt(ended)] <= moment; ended++) addEvents(endAt(ended), 1);
    if (moment === deathStart.length) break;
    const from = begun;
    for (; begun < rowOf.length && firstMoment[begun] <= moment; begun++) {
      if (event[rowOf[begun]] !== 1) addEvents(begun, -1);
    }
    for (let tied = 0; tied < deathCount[moment]; tied++) counts.add(rank[deathStart[moment] + tied], 1);
    // A row that ends with an event is no pair with the events of its own moment.
    for (let place = from; place < begun; place++) if (event[rowOf[place]] === 1) addEvents(place, -1);
  }
}

function jackknifeError(
  { concordant, tied, discordant }: Pairs,
  value: number,
  total: number,
  cluster: ArrayLike<number> | undefined,
): number {
  const moved = new Map<number, number>();
  let squares = 0;
  for (let row = 0; row < concordant.length; row++) {
    const count = concordant[row] + discordant[row] + tied[row];
    const influence = (concordant[row] + tied[row] / 2 - value * count) / total;
    if (cluster === undefined) squares += influence * influence;
    else moved.set(cluster[row], (moved.get(cluster[row]) ?? 0) + influence);
  }
  for (const influence of moved.values()) squares += influence * influence;
  return Math.sqrt(squares);
}
