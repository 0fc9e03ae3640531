/**
 * R: how many further shares a share brings about, over all, by generation, and with an interval over cascades.
 *
 * A share's children are the rows that name it as parent. `overall` is children over shares, (rows - cascades) / rows: for a branching process
 * with a mean of R followers a sharer it tends to R, whatever R below 1. `seed` is children of roots over roots; `later` children of other shares
 * over other shares; where they differ, cascades are no branching process of one R. Generation g: shares at depth g + 1 over shares at
 * depth g. Intervals are those of a ratio over cascades, the unit of replication.
 * Invariant: over generations the shares add up to the rows. Oracle: counting children one by one; planted branching processes.
 * Trap: shares that came late are not yet answered at the end of the record, which lowers R.
 */
import { groupRows } from './cascade.ts';
import { ratioInterval } from './interval.ts';
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
  const ones = new Float64Array(cascadeCount).fill(1);
  const others = rows.map((count) => count - 1);
  return {
    overall: ratioInterval(others, rows, confidenceShare),
    seed: ratioInterval(direct, ones, confidenceShare),
    later: ratioInterval(
      others.map((count, c) => count - direct[c]),
      others,
      confidenceShare,
    ),
    byGeneration: atDepth.map((shares, generation) => ({ shares, mean: (atDepth[generation + 1] ?? 0) / shares })),
  };
}
