/**
 * R: how many further shares a share brings about, over all, by generation, and with an interval over cascades.
 *
 * A share's children are the rows that name it as parent. `overall` is children over shares, (rows - cascades) / rows: for a branching process
 * with a mean of R followers a sharer it tends to R, whatever R below 1. `seed` is children of roots over roots; `later` children of other shares
 * over other shares; where they differ, cascades are no branching process of one R. Generation g: shares at depth g + 1 over shares at
 * depth g. The interval is that of a ratio over cascades, the unit of replication, by linearisation (Cochran 1977, section 6.3), with the normal quantile.
 * Invariant: over generations the shares add up to the rows. Oracle: counting children one by one; planted branching processes.
 * Trap: shares that came late are not yet answered at the end of the record, which lowers R.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { groupRows } from './cascade.ts';
import type { Estimate } from './interval.ts';

/** R of a set of cascades. Values are NaN where nobody is counted. */
export interface Reproduction {
  readonly overall: Estimate;
  readonly seed: Estimate;
  readonly later: Estimate;
  /** Entry g: children a share of depth g had on average, and how many shares there are at that depth. */
  readonly byGeneration: readonly { readonly shares: number; readonly mean: number }[];
}

/** R from trees: `parent` of each row, -1 for a root, a parent before its children. */
export function reproductionOf(parent: Int32Array, confidenceShare = 0.95): Reproduction {
  const { cascade, depth, roots } = groupRows(parent);
  const cascadeCount = roots.length;
  const rows = new Float64Array(cascadeCount);
  const direct = new Float64Array(cascadeCount);
  const atDepth: number[] = [];
  for (let row = 0; row < parent.length; row++) {
    rows[cascade[row]]++;
    if (depth[row] === 1) direct[cascade[row]]++;
    atDepth[depth[row]] = (atDepth[depth[row]] ?? 0) + 1;
  }
  const z = normalQuantile((1 + confidenceShare) / 2);
  const ones = new Float64Array(cascadeCount).fill(1);
  const others = rows.map((count) => count - 1);
  return {
    overall: ratioOf(others, rows, z),
    seed: ratioOf(direct, ones, z),
    later: ratioOf(
      others.map((count, c) => count - direct[c]),
      others,
      z,
    ),
    byGeneration: atDepth.map((shares, generation) => ({ shares, mean: (atDepth[generation + 1] ?? 0) / shares })),
  };
}

/** Sum over sum, with the interval of a ratio estimator over units; an end below 0 is 0. */
function ratioOf(above: Float64Array, below: Float64Array, z: number): Estimate {
  const n = above.length;
  const [sumAbove, sumBelow] = [above, below].map((column) => column.reduce((sum, one) => sum + one, 0));
  const value = sumAbove / sumBelow;
  if (!(sumBelow > 0)) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], n };
  if (n < 2) return { value, interval: [Number.NaN, Number.NaN], n };
  let squares = 0;
  for (let unit = 0; unit < n; unit++) squares += (above[unit] - value * below[unit]) ** 2;
  const half = (z * Math.sqrt((squares * n) / (n - 1))) / sumBelow;
  return { value, interval: [Math.max(0, value - half), value + half], n };
}
