/**
 * Parents of shares where nobody recorded them: from whom among those one follows could it have come?
 *
 * Reads shares in the order of time, the content of each, and who follows whom since when. A share may come from an earlier share of the same
 * content by somebody whom the sharer followed by then (time-respecting: strictly earlier, within a window if there is one). Of several, `latest` takes the
 * last one before the share, `earliest` the first, `equal` draws one with equal chances.
 * Where nobody fits, `orphan` says what is done: `root` hangs the share on the first share of its content (it came by another way: a feed, a search), `alone`
 * makes it the root of a tree of its own. Shares by one agent of one content after its first are repeats: they hang on its own first share.
 * Order: ties within one moment go by row; shares of one moment cannot have come from one another.
 * Invariant: a parent stands before its child. Oracle: all earlier shares tried one by one (`test/analysis/estimators/attribution.test.ts`).
 * Source: the followee who shared last before, as in Goel, Anderson, Hofman and Watts 2016, Manage. Sci. 62. That the rules differ is part of
 * the result.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Shares by row, times ascending. */
export interface ShareColumns {
  readonly agent: Int32Array;
  readonly content: Int32Array;
  readonly time: Float64Array;
}

/** Follows: `source` follows `target` from `since` (inclusive) until `until` (exclusive). */
export interface FollowSpans {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly since: Float64Array;
  readonly until: Float64Array;
}

/** Which of several possible parents. */
export const attributionRules = ['latest', 'earliest', 'equal'] as const;
export type AttributionRule = (typeof attributionRules)[number];

/** How to attribute. */
export interface AttributionOptions {
  readonly rule: AttributionRule;
  readonly orphan: 'root' | 'alone';
  /** A share older than this cannot be a parent; in the unit of `time`. By default none. */
  readonly window?: number;
  /** For `equal`. */
  readonly stream?: RandomStream;
}

/** What was found, by row. */
export interface Attribution {
  /** Row of the parent; -1 for a root. */
  readonly parent: Int32Array;
  /** How many earlier shares it could have come from: one of each followee. 0 for roots, repeats and those that hang on the root for want of any. */
  readonly candidateCount: Int32Array;
  /** First shares of their content, by others: those of whom there is a question. */
  readonly askedCount: number;
  /** Of these, those with at least one candidate. */
  readonly explainedCount: number;
}

/** Spans by who follows: those of agent a are `rows[starts[a] .. starts[a + 1])`. */
export interface FollowIndex {
  readonly spans: FollowSpans;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Sorts spans by who follows, by counting. */
export function indexFollows(spans: FollowSpans, agentCount: number): FollowIndex {
  const starts = new Int32Array(agentCount + 1);
  for (const agent of spans.source) starts[agent + 1]++;
  for (let agent = 0; agent < agentCount; agent++) starts[agent + 1] += starts[agent];
  const cursor = starts.slice();
  const rows = new Int32Array(spans.source.length);
  for (let tie = 0; tie < spans.source.length; tie++) rows[cursor[spans.source[tie]]++] = tie;
  return { spans, starts, rows };
}

/** Whether an agent followed another at a moment. */
export function followedAt({ spans, starts, rows }: FollowIndex, agent: number, other: number, time: number): boolean {
  for (let at = starts[agent]; at < starts[agent + 1]; at++) {
    const tie = rows[at];
    if (spans.target[tie] === other && spans.since[tie] <= time && spans.until[tie] > time) return true;
  }
  return false;
}

/** Attributes every share. */
export function attributeParents(shares: ShareColumns, follows: FollowIndex, options: AttributionOptions): Attribution {
  const { agent, content, time } = shares;
  const parent = new Int32Array(agent.length).fill(-1);
  const candidateCount = new Int32Array(agent.length);
  let [askedCount, explainedCount] = [0, 0];
  for (const rows of Map.groupBy(agent.keys(), (row) => content[row]).values()) {
    const firstOf = new Map<number, number>();
    const [root] = rows;
    for (const row of rows) {
      const own = firstOf.get(agent[row]);
      if (own !== undefined) {
        parent[row] = own;
        continue;
      }
      firstOf.set(agent[row], row);
      if (row === root) continue;
      askedCount++;
      const found = candidateOf(row, { follows, firstOf, time, agent, options });
      candidateCount[row] = found.count;
      if (found.count > 0) explainedCount++;
      parent[row] = found.count > 0 ? found.row : options.orphan === 'root' ? root : -1;
    }
  }
  return { parent, candidateCount, askedCount, explainedCount };
}

interface Search {
  readonly follows: FollowIndex;
  /** First share of this content by each agent, so far. */
  readonly firstOf: ReadonlyMap<number, number>;
  readonly time: Float64Array;
  readonly agent: Int32Array;
  readonly options: AttributionOptions;
}

/** Walks the sharer's followees: of each its first share of the content, if it was made by then. */
function candidateOf(row: number, search: Search): { row: number; count: number } {
  const { firstOf, time, agent, options } = search;
  const { spans: follows, starts, rows } = search.follows;
  const now = time[row];
  const { rule, window = Infinity, stream } = options;
  let [chosen, count] = [-1, 0];
  for (let at = starts[agent[row]]; at < starts[agent[row] + 1]; at++) {
    const tie = rows[at];
    const candidate = firstOf.get(follows.target[tie]);
    if (candidate === undefined || candidate === row || follows.since[tie] > now || follows.until[tie] <= now) continue;
    if (time[candidate] >= now || now - time[candidate] > window) continue;
    count++;
    if (isBetter(candidate, chosen, count, rule, stream)) chosen = candidate;
  }
  return { row: chosen, count };
}

/** Rows ascend with time. `equal` keeps the k-th candidate with chance 1 / k. */
function isBetter(
  candidate: number,
  chosen: number,
  count: number,
  rule: AttributionRule,
  stream: RandomStream | undefined,
): boolean {
  if (chosen < 0) return true;
  if (rule === 'latest') return candidate > chosen;
  if (rule === 'earliest') return candidate < chosen;
  return (stream?.below(count) ?? 0) === 0;
}
