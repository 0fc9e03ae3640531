/**
 * Matched sets: units under a condition, each beside units without it that are like it, and what the difference of their outcomes is.
 *
 * Matching is exact on a stratum, within a slack on size, and takes the nearest in time; without replacement. It goes in rounds: each unit
 * gets its first control before any gets a second, so that early units do not take all there is. In a round units come in the order of
 * (time, row); of two controls equally far in size and time the earlier one is taken. A unit without any control is left out and counted.
 * The test draws in each set which of its units is the one under the condition: sets, sizes and outcomes stay as they are, so that what differs
 * between sets (stratum, size, time) cannot be seen in it. With one control a set it is the test of signs of paired differences.
 * Invariant: no unit stands in two sets. Oracles: search over all controls (`test/analysis/estimators/matched-sets.test.ts`), and
 * scipy.stats.permutation_test over pairs (`test/data/matched.json`).
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { meanInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** What units are matched on, a row a unit. */
export interface MatchedUnits {
  /** 1: under the condition; 0: a control. */
  readonly isTreated: Uint8Array;
  readonly stratum: Int32Array;
  /** A whole number, such as acts in an event. */
  readonly size: Int32Array;
  readonly time: Float64Array;
}

/** How near controls must be. */
export interface MatchRule {
  readonly sizeSlack: number;
  /** In the unit of `time`; by default none. */
  readonly timeSlack?: number;
  readonly controlsMax: number;
}

/** A unit under the condition and its controls, by rows. */
export interface MatchedSet {
  readonly treated: number;
  readonly controls: readonly number[];
}

/** Matched sets in the order of (time, row) of their units under the condition. */
export function matchUnits(units: MatchedUnits, rule: MatchRule): MatchedSet[] {
  const { isTreated, stratum, size, time } = units;
  const pools = poolsOf(units);
  const order = Array.from(isTreated.keys()).filter((row) => isTreated[row] === 1);
  order.sort((a, b) => time[a] - time[b] || a - b);
  const sets = order.map((treated) => ({ treated, controls: [] as number[] }));
  for (let round = 0; round < rule.controlsMax; round++) {
    for (const { treated, controls } of sets) {
      if (controls.length < round) continue;
      const found = nearest(pools, stratum[treated], size[treated], time[treated], rule);
      if (found !== undefined) controls.push(found);
    }
  }
  return sets.filter(({ controls }) => controls.length > 0);
}

/** Controls of one stratum and size, by time; those that are taken are skipped by pointers that are shortened as they are followed. */
class Pool {
  readonly rows: readonly number[];
  private readonly time: Float64Array;
  private readonly next: Int32Array;
  private readonly before: Int32Array;

  constructor(rows: readonly number[], time: Float64Array) {
    this.rows = rows;
    this.time = Float64Array.from(rows, (row) => time[row]);
    this.next = Int32Array.from({ length: rows.length + 1 }, (_, at) => at);
    this.before = Int32Array.from({ length: rows.length + 1 }, (_, at) => at);
  }

  /** The place of the free control nearest to a moment; undefined when all are taken. */
  nearest(moment: number): number | undefined {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.time[middle] < moment) low = middle + 1;
      else high = middle;
    }
    const after = follow(this.next, low);
    // `before` counts places from 1, so that 0 is "none".
    const place = follow(this.before, low) - 1;
    if (place < 0) return after === this.rows.length ? undefined : after;
    if (after === this.rows.length) return place;
    return this.time[after] - moment < moment - this.time[place] ? after : place;
  }

  distance(place: number, moment: number): number {
    return Math.abs(this.time[place] - moment);
  }

  take(place: number): number {
    this.next[place] = place + 1;
    this.before[place + 1] = place;
    return this.rows[place];
  }
}

/** Follows pointers to one that points at itself, and lets those on the way point there. */
function follow(pointers: Int32Array, from: number): number {
  let end = from;
  while (pointers[end] !== end) end = pointers[end];
  for (let at = from; pointers[at] !== at;) {
    const following = pointers[at];
    pointers[at] = end;
    at = following;
  }
  return end;
}

function poolsOf({ isTreated, stratum, size, time }: MatchedUnits): Map<number, Map<number, Pool>> {
  const rows = Array.from(isTreated.keys()).filter((row) => isTreated[row] === 0);
  rows.sort((a, b) => time[a] - time[b] || a - b);
  const pools = new Map<number, Map<number, Pool>>();
  for (const [one, members] of Map.groupBy(rows, (row) => stratum[row])) {
    const bySize = Map.groupBy(members, (row) => size[row]);
    pools.set(one, new Map(Array.from(bySize, ([of, list]) => [of, new Pool(list, time)])));
  }
  return pools;
}

/** The nearest free control, first by size and then by time; it is taken. */
function nearest(
  pools: ReadonlyMap<number, ReadonlyMap<number, Pool>>,
  stratum: number,
  size: number,
  time: number,
  { sizeSlack, timeSlack = Infinity }: MatchRule,
): number | undefined {
  const bySize = pools.get(stratum);
  if (bySize === undefined) return undefined;
  for (let gap = 0; gap <= sizeSlack; gap++) {
    let best: { pool: Pool; place: number; distance: number } | undefined;
    for (const pool of [bySize.get(size - gap), gap === 0 ? undefined : bySize.get(size + gap)]) {
      const place = pool?.nearest(time);
      if (pool === undefined || place === undefined) continue;
      const distance = pool.distance(place, time);
      if (distance <= timeSlack && (best === undefined || distance < best.distance)) best = { pool, place, distance };
    }
    if (best !== undefined) return best.pool.take(best.place);
  }
  return undefined;
}

/** Outcomes of matched sets compared. */
export interface MatchedDifference {
  /** Mean over sets of the unit's outcome less the mean of its controls', with Student's interval over sets. */
  readonly difference: Estimate;
  /** Two-sided, (1 + hits) / (1 + draws); NaN where no labelling changes anything. */
  readonly pValue: number;
  readonly drawCount: number;
}

/** Two statistics this close, relatively, are equal. */
const closeness = 1e-12;

/** Compares the outcomes within sets. `outcome`: of each unit, by row. */
export function compareMatched(
  sets: readonly MatchedSet[],
  outcome: ArrayLike<number>,
  stream: RandomStream,
  drawCount: number,
): MatchedDifference {
  const values = sets.map(({ treated, controls }) => Float64Array.from([treated, ...controls], (row) => outcome[row]));
  const sums = values.map((list) => list.reduce((sum, one) => sum + one, 0));
  const gap = (set: number, chosen: number): number => {
    const own = values[set][chosen];
    return own - (sums[set] - own) / (values[set].length - 1);
  };
  const differences = values.map((_, set) => gap(set, 0));
  const observed = differences.reduce((sum, one) => sum + one, 0);
  const scale = values.reduce((sum, list) => sum + list.reduce((most, one) => Math.max(most, Math.abs(one)), 0), 0);
  let hits = 0;
  let isBlind = true;
  for (let draw = 0; draw < drawCount; draw++) {
    let sum = 0;
    for (let set = 0; set < values.length; set++) sum += gap(set, stream.below(values[set].length));
    if (Math.abs(sum) >= Math.abs(observed) - closeness * scale) hits++;
    if (Math.abs(sum - observed) > closeness * scale) isBlind = false;
  }
  return {
    difference: meanInterval(differences),
    pValue: isBlind ? Number.NaN : (1 + hits) / (1 + drawCount),
    drawCount,
  };
}
