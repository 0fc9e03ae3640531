/**
 * The dip of a sample: how far its distribution function is from the nearest one with a single mode, and whether that is farther than chance takes it.
 *
 * The modal interval is narrowed from both ends, by the greatest convex minorant before it and the least concave majorant behind, until the gap
 * between the two is no more than what they miss outside. O(n log n) with the sort, O(n) after it.
 * Invariant: 1 / (2n) <= dip < 1/4. Oracle: linear programs over all places of the mode (`test/fixtures/dip-reference.py`).
 * Source: Hartigan and Hartigan, Ann. Statist. 13, 1985; P. Hartigan, Appl. Statist. 34, 1985, AS 217, with the loop's end as Maechler corrected it.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';

/** The dip of values, in [1 / (2n), 1/4). NaN of none. */
export function dipOf(values: ArrayLike<number>): number {
  const x = Float64Array.from(values).sort();
  const n = x.length;
  if (n === 0) return Number.NaN;
  if (n < 2 || x[0] === x[n - 1]) return 1 / (2 * n);
  const before = convexPredecessors(x);
  const behind = concaveSuccessors(x);
  let [low, high] = [0, n - 1];
  let dip = 1;
  for (;;) {
    const minorant = chain(before, high, low);
    const majorant = chain(behind, low, high);
    const gap = widestGap(x, minorant, majorant);
    if (gap.size < dip) return dip / (2 * n);
    dip = Math.max(dip, missBelow(x, minorant, gap.ofMinorant), missAbove(x, majorant, gap.ofMajorant));
    if (low === minorant[gap.ofMinorant] && high === majorant[gap.ofMajorant]) return dip / (2 * n);
    low = minorant[gap.ofMinorant];
    high = majorant[gap.ofMajorant];
  }
}

/** For each point the one before it on the greatest convex minorant of the points up to it. */
function convexPredecessors(x: Float64Array): Int32Array {
  const before = new Int32Array(x.length);
  for (let j = 1; j < x.length; j++) {
    let at = j - 1;
    while (at > 0 && (x[j] - x[at]) * (at - before[at]) >= (x[at] - x[before[at]]) * (j - at)) at = before[at];
    before[j] = at;
  }
  return before;
}

/** For each point the one behind it on the least concave majorant of the points from it on. */
function concaveSuccessors(x: Float64Array): Int32Array {
  const last = x.length - 1;
  const behind = new Int32Array(x.length).fill(last);
  for (let k = last - 1; k >= 0; k--) {
    let at = k + 1;
    while (at < last && (x[k] - x[at]) * (at - behind[at]) >= (x[at] - x[behind[at]]) * (k - at)) at = behind[at];
    behind[k] = at;
  }
  return behind;
}

/** The points from one to another along links. */
function chain(links: Int32Array, from: number, to: number): number[] {
  const points = [from];
  while (points[points.length - 1] !== to) points.push(links[points[points.length - 1]]);
  return points;
}

/** The widest gap between the two, in counts, and the places in either list where it stands. The minorant's list descends. */
function widestGap(
  x: Float64Array,
  minorant: readonly number[],
  majorant: readonly number[],
): { readonly size: number; readonly ofMinorant: number; readonly ofMajorant: number } {
  let best = { size: 0, ofMinorant: minorant.length - 1, ofMajorant: majorant.length - 1 };
  if (minorant.length === 2 && majorant.length === 2) return { ...best, size: 1, ofMinorant: 1, ofMajorant: 1 };
  let i = minorant.length - 2;
  let j = 1;
  do {
    const g = minorant[i];
    const l = majorant[j];
    if (g > l) {
      const from = minorant[i + 1];
      const size = l - from + 1 - ((x[l] - x[from]) * (g - from)) / (x[g] - x[from]);
      j++;
      if (size >= best.size) best = { size, ofMinorant: i + 1, ofMajorant: j - 1 };
    } else {
      const from = majorant[j - 1];
      const size = ((x[g] - x[from]) * (l - from)) / (x[l] - x[from]) - (g - from - 1);
      i--;
      if (size >= best.size) best = { size, ofMinorant: i + 1, ofMajorant: j };
    }
    i = Math.max(i, 0);
    j = Math.min(j, majorant.length - 1);
  } while (minorant[i] !== majorant[j]);
  return best;
}

/** Most by which points lie above the minorant outside the modal interval, in counts. */
function missBelow(x: Float64Array, minorant: readonly number[], from: number): number {
  let most = 0;
  for (let k = from; k < minorant.length - 1; k++) {
    const [start, end] = [minorant[k + 1], minorant[k]];
    let here = 1;
    if (end - start > 1 && x[end] !== x[start]) {
      const slope = (end - start) / (x[end] - x[start]);
      for (let at = start; at <= end; at++) here = Math.max(here, at - start + 1 - (x[at] - x[start]) * slope);
    }
    most = Math.max(most, here);
  }
  return most;
}

/** The same for the majorant. */
function missAbove(x: Float64Array, majorant: readonly number[], from: number): number {
  let most = 0;
  for (let k = from; k < majorant.length - 1; k++) {
    const [start, end] = [majorant[k], majorant[k + 1]];
    let here = 1;
    if (end - start > 1 && x[end] !== x[start]) {
      const slope = (end - start) / (x[end] - x[start]);
      for (let at = start; at <= end; at++) here = Math.max(here, (x[at] - x[start]) * slope - (at - start - 1));
    }
    most = Math.max(most, here);
  }
  return most;
}

/** A dip and how often chance gives as much. */
export interface DipTest {
  readonly dip: number;
  readonly pValue: number;
  readonly n: number;
  readonly drawCount: number;
}

/**
 * The test against the uniform distribution, the worst case of one mode: p = (1 + hits) / (1 + draws). Where values stand on a grid, so do those that
 * are drawn: `grid` has its least value, step and number of places, and must hold all values; ties would else look like modes.
 */
export function dipTest(
  values: ArrayLike<number>,
  stream: RandomStream,
  drawCount: number,
  grid?: { readonly least: number; readonly step: number; readonly placeCount: number },
): DipTest {
  const dip = dipOf(values);
  const n = values.length;
  const drawn = new Float64Array(n);
  let hits = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    for (let i = 0; i < n; i++)
      drawn[i] = grid === undefined ? stream.uniform() : grid.least + grid.step * stream.below(grid.placeCount);
    // Equal dips of equal samples may differ in the last digit.
    if (dipOf(drawn) >= dip - 1e-12) hits++;
  }
  return { dip, pValue: (1 + hits) / (1 + drawCount), n, drawCount };
}
