/**
 * The `inequality` measure: how evenly attention, followers and activity are shared out among agents.
 *
 * Reads the log once for reactions, and posts and ties as columns. Each quantity has its Gini coefficient with an interval, what the largest hundredth holds, who has nothing, its Lorenz curve,
 * and the Gini coefficient that chance gives: the same total dealt out unit by unit, each to any agent alike.
 * Order: agents as in the population. Invariant: quantities are counts, never negative. Interval over agents of one world.
 * Source: Gini 1912, Lorenz 1905; the null is ours: without it small counts look unequal that are not.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { readFollows, readPosts } from '../../sim/record/post-reader.ts';
import { groupJackknife } from '../estimators/group-jackknife.ts';
import { gini, lorenzCurve, topHeldShare } from '../estimators/inequality.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Measured } from './measured.ts';

/** One quantity. */
export interface InequalityRow {
  readonly quantity: string;
  readonly total: number;
  readonly gini: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly giniByChance: number | null;
  /** How often chance gives as much; at least 1 / 20. */
  readonly pValue: number;
  readonly topHundredthShare: number | null;
  readonly nothingShare: number;
}

/** The object under `measures.inequality`. */
export interface InequalityMeasure extends Measured {
  readonly quantities: readonly InequalityRow[];
  /** Lorenz curves: what the poorest tenth, two tenths … of agents have of each quantity. */
  readonly lorenz: Readonly<Record<string, readonly (number | null)[]>>;
}

const keys = { jackknife: 81, dealt: 82 } as const;
const dealtCount = 19;
/** Units that all draws of the null deal out together: some two seconds. */
const dealtUnitsMax = 60_000_000;

const definition =
  'n: agents, those with nothing too. attention: reposts, quotes, replies, likes and up-votes that an agent’s posts got, for each post itself; followers: at the end; posts: what an agent wrote or spread; attempts granted: of all verbs. ' +
  'gini: population form, 0 where all are equal; topHundredthShare: what the largest hundredth of agents hold; nothingShare: agents with none. Interval: that of attention';

/** Measures a recorded population. */
export function measureInequality(records: Records, { seed }: { readonly seed: number }): InequalityMeasure {
  const columns = quantitiesOf(records);
  const rows = Object.entries(columns).map(([quantity, column]) => rowOf(quantity, column, seed));
  const interval = finiteInterval([rows[0].low ?? NaN, rows[0].high ?? NaN]);
  const empty = rows.filter(({ total }) => total === 0).map(({ quantity }) => `nobody has any ${quantity}`);
  return {
    quantities: rows,
    lorenz: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        lorenzCurve(column).map(({ held }) => finiteOrNull(held)),
      ]),
    ),
    method: `exact; intervals over agents by a jackknife over 30 groups of them; chance by at most ${dealtCount} dealings, seed ${seed}`,
    definition,
    n: records.population.count,
    ...(interval === undefined ? {} : { interval }),
    nullModel:
      'the same total dealt out unit by unit, each to any agent alike: keeps the total and the number of agents',
    warnings: [...empty, 'intervals are over agents of one world; compare worlds with several seeds'],
  };
}

const liking: readonly number[] = [verbs.like, verbs.upvote];

function quantitiesOf(records: Records): Record<string, Int32Array> {
  const { count } = records.population;
  const none = (): Int32Array => new Int32Array(count);
  const columns = { attention: none(), followers: none(), posts: none(), granted: none() };
  const posts = readPosts(records);
  for (let row = 0; row < posts.count; row++) {
    columns.posts[posts.author[row]]++;
    if (posts.parent[row] >= 0 && posts.author[posts.parent[row]] !== posts.author[row])
      columns.attention[posts.author[posts.parent[row]]]++;
  }
  for (const { intentCount, verb, outcome, target, actor } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || actor[i] >= count) continue;
      columns.granted[actor[i]]++;
      const row = target[i] - 1;
      if (liking.includes(verb[i]) && row >= 0 && row < posts.count) columns.attention[posts.author[row]]++;
    }
  }
  for (const followee of readFollows(records).target) columns.followers[followee]++;
  return columns;
}

function rowOf(quantity: string, column: Int32Array, seed: number): InequalityRow {
  const total = column.reduce((sum, one) => sum + one, 0);
  const { value, interval } = groupJackknife(column, gini, randomStream(seed, streamPurposes.sample, keys.jackknife));
  const draws = Math.max(1, Math.min(dealtCount, Math.floor(dealtUnitsMax / Math.max(1, total))));
  const stream = randomStream(seed, streamPurposes.permutation, keys.dealt);
  const dealt = total === 0 ? [] : Array.from({ length: draws }, () => gini(dealtOut(column.length, total, stream)));
  return {
    ...{ quantity, total, gini: finiteOrNull(value), low: finiteOrNull(interval[0]), high: finiteOrNull(interval[1]) },
    giniByChance: finiteOrNull(dealt.reduce((sum, one) => sum + one, 0) / dealt.length),
    pValue: (1 + dealt.filter((one) => one >= value).length) / (1 + dealt.length),
    topHundredthShare: finiteOrNull(topHeldShare(column, 0.01)),
    nothingShare: column.filter((one) => one === 0).length / Math.max(1, column.length),
  };
}

function dealtOut(count: number, total: number, stream: ReturnType<typeof randomStream>): Int32Array {
  const column = new Int32Array(count);
  for (let unit = 0; unit < total; unit++) column[stream.below(count)]++;
  return column;
}
