/**
 * Acts on targets that so many act on that a search among all targets passes them over: which of them are looked through, and at which windows.
 *
 * Reads act columns; gives rows of the acts on targets with more than `actsMin` actors. They are looked through apart from other targets, because their pairs
 * are the square of their acts and because acting on them says less: looked at together they would cost the others power.
 * Windows are kept from the shortest on while the pairs of acts on one target within them are at most `pairsMax`; where even the shortest has more, the
 * targets with the most pairs are passed over and counted. Both go by sums over all agents, on which a ring has next to no influence, so
 * the null of what is kept stands. Order: rows ascending. Oracle: all pairs counted, in `test/analysis/estimators/popular-targets.test.ts`.
 */
import { groupSlots } from './act-index.ts';
import type { ActColumns } from './act-index.ts';
import type { CollusionOptions } from './collusion.ts';

/** What is looked through. */
export interface PopularRows {
  /** Rows of the columns, an agent's later acts on a target included. */
  readonly rows: Int32Array;
  readonly windowsSeconds: readonly number[];
  /** First acts on popular targets that are passed over. */
  readonly passedOverCount: number;
}

/** Pairs of acts that are met in the data and again in each deal: some seconds for all of them. */
const pairsMaxDefault = 4_000_000;

/**
 * How acts on popular targets are looked through. The bar: two who act on popular targets share several by chance, and each says little; only
 * a whole ring says much, and p of rings holds at any bar.
 */
export const popularOptions: Partial<CollusionOptions> = { targetActsMax: Infinity, pairBarMax: 0.03 };

/** The acts on targets with more than `actsMin` actors. `windowsSeconds` ascending. */
export function popularRows(
  columns: ActColumns,
  windowsSeconds: readonly number[],
  actsMin: number,
  pairsMax = pairsMaxDefault,
): PopularRows {
  const byTarget = groupSlots(columns.target, columns.targetCount);
  const popular: { target: number; times: Float64Array; pairs: number }[] = [];
  for (let target = 0; target < columns.targetCount; target++) {
    const rows = byTarget.slot.subarray(byTarget.offset[target], byTarget.offset[target + 1]);
    if (rows.length <= actsMin) continue;
    const times = firstTimes(rows, columns);
    if (times.length > actsMin) popular.push({ target, times, pairs: pairsWithin(times, windowsSeconds[0]) });
  }
  popular.sort((a, b) => a.pairs - b.pairs || a.target - b.target);
  const kept: typeof popular = [];
  let pairs = 0;
  for (const one of popular) {
    pairs += one.pairs;
    if (pairs > pairsMax) break;
    kept.push(one);
  }
  const passedOverCount = popular.slice(kept.length).reduce((sum, { times }) => sum + times.length, 0);
  const isAffordable = (window: number): boolean =>
    kept.reduce((sum, { times }) => sum + pairsWithin(times, window), 0) <= pairsMax;
  const isKept = new Uint8Array(columns.targetCount);
  for (const { target } of kept) isKept[target] = 1;
  return {
    rows: Int32Array.from(columns.target.keys()).filter((row) => isKept[columns.target[row]] === 1),
    windowsSeconds: windowsSeconds.filter(isAffordable),
    passedOverCount,
  };
}

/** Times of each agent's first act on a target, ascending. */
function firstTimes(rows: Int32Array, { agent, timeSeconds }: ActColumns): Float64Array {
  const first = new Map<number, number>();
  for (const row of rows) {
    const known = first.get(agent[row]);
    if (known === undefined || timeSeconds[row] < known) first.set(agent[row], timeSeconds[row]);
  }
  return Float64Array.from(first.values()).sort();
}

/** Pairs of moments at most `window` apart; `times` ascending. */
function pairsWithin(times: Float64Array, window: number): number {
  let [from, pairs] = [0, 0];
  for (let at = 0; at < times.length; at++) {
    while (times[at] - times[from] > window) from++;
    pairs += at - from;
  }
  return pairs;
}

/** Some rows of columns; agents and targets keep their numbers. */
export function columnsOfRows(columns: ActColumns, rows: Int32Array): ActColumns {
  const { stratum } = columns;
  return {
    ...columns,
    agent: rows.map((row) => columns.agent[row]),
    target: rows.map((row) => columns.target[row]),
    timeSeconds: Float64Array.from(rows, (row) => columns.timeSeconds[row]),
    ...(stratum === undefined ? {} : { stratum: rows.map((row) => stratum[row]) }),
  };
}
