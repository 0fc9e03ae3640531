/**
 * Acts on targets that so many act on that the search among all targets passes them over: a kind of evidence of its own.
 *
 * Reads act columns; gives the acts on targets with more than `actsMax` actors, and the windows at which they are looked through. Apart from other targets,
 * because their pairs are the square of their acts and because acting on them says less: looked at together they would cost the others power.
 * Windows are kept from the shortest on while the pairs of acts on one target within them are at most `pairsMax`; where even the shortest has more, the
 * targets with the most pairs are passed over and counted. Both go by sums over all agents, on which a ring has next to no influence, so
 * the null of what is kept stands. Order: acts as given. Oracle: all pairs counted, in `test/analysis/measures/collusion-popular.test.ts`.
 */
import { groupSlots } from '../estimators/act-index.ts';
import type { CollusionActs } from './collusion-acts.ts';

/** What is looked through. */
export interface PopularActs {
  /** Undefined where no target has so many acts. */
  readonly acts?: CollusionActs;
  readonly windowsSeconds: readonly number[];
  /** Acts on targets that are passed over. */
  readonly passedOverCount: number;
}

/** Pairs of acts that are met in the data and again in each deal: some seconds for all of them. */
const pairsMaxDefault = 4_000_000;

/** The acts on popular targets. An agent's later acts on a target are left in; the search leaves them out. */
export function popularActs(
  acts: CollusionActs,
  windowsSeconds: readonly number[],
  actsMax: number,
  pairsMax = pairsMaxDefault,
): PopularActs {
  const { columns } = acts;
  const byTarget = groupSlots(columns.target, columns.targetCount);
  const shortest = windowsSeconds[0];
  const popular: { target: number; times: Float64Array; pairs: number }[] = [];
  for (let target = 0; target < columns.targetCount; target++) {
    const rows = byTarget.slot.subarray(byTarget.offset[target], byTarget.offset[target + 1]);
    if (rows.length <= actsMax) continue;
    const times = firstTimes(rows, columns);
    if (times.length > actsMax) popular.push({ target, times, pairs: pairsWithin(times, shortest) });
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
  if (kept.length === 0) return { windowsSeconds: [], passedOverCount };
  const isAffordable = (window: number): boolean =>
    kept.reduce((sum, { times }) => sum + pairsWithin(times, window), 0) <= pairsMax;
  const isKept = new Uint8Array(columns.targetCount);
  for (const { target } of kept) isKept[target] = 1;
  return { acts: actsOn(acts, isKept), windowsSeconds: windowsSeconds.filter(isAffordable), passedOverCount };
}

/** Times of each agent's first act on a target, ascending. */
function firstTimes(rows: Int32Array, { agent, timeSeconds }: CollusionActs['columns']): Float64Array {
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

function actsOn(acts: CollusionActs, isKept: Uint8Array): CollusionActs {
  const { columns } = acts;
  const rows = Int32Array.from(columns.target.keys()).filter((row) => isKept[columns.target[row]] === 1);
  const { stratum } = columns;
  return {
    ...acts,
    basis: 'popular',
    columns: {
      ...columns,
      agent: rows.map((row) => columns.agent[row]),
      target: rows.map((row) => columns.target[row]),
      timeSeconds: Float64Array.from(rows, (row) => columns.timeSeconds[row]),
      ...(stratum === undefined ? {} : { stratum: rows.map((row) => stratum[row]) }),
    },
    kind: Uint8Array.from(rows, (row) => acts.kind[row]),
    postOfRow: rows.map((row) => acts.postOfRow[row]),
  };
}
