/**
 * In-network candidates: the newest posts of the agents that one follows, exactly.
 *
 * The newest post of every followee first, then the second of the winners only, and so on: a followee's second can only enter
 * if its newest did. Post ids are canonical and grow with time, so one comparison orders by recency and breaks ties.
 * Oracle: all remembered posts of all followees, sorted (`test/sim/recommender/gather.test.ts`).
 */
import { recentLength } from '../world/agents.ts';
import { currentFollowees, noTie } from '../social-graph/ties.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';

/** Candidates of one agent, newest first: post ids, and where in `recents` each stands. One a shard, reused. */
export interface Candidates {
  readonly post: Int32Array;
  readonly place: Int32Array;
  /** Newest posts of a part of the followees, loaded without a branch in between, so that the loads overlap. */
  readonly newest: Int32Array;
  count: number;
}

export function createCandidates(capacity: number): Candidates {
  return {
    post: new Int32Array(capacity + 1),
    place: new Int32Array(capacity + 1),
    newest: new Int32Array(64),
    count: 0,
  };
}

const stride = recentLength * 2;

/**
 * Fills `into` with the `limit` newest posts in the window by agents whom `agent` follows.
 *
 *     newest(limit, [post for followee of agent for post in recents[followee] if post >= oldestPost])
 */
export function gatherRecent(state: StateView, agent: AgentRow, limit: number, into: Candidates): void {
  const { followees } = state.ties;
  const neighbours = followees.pool.neighbour as unknown as Int32Array;
  const recent = state.recents.entry as unknown as Int32Array;
  const start = followees.rows.start[agent];
  const end = start + followees.rows.length[agent];
  const pending = state.agents.pendingTie[agent];
  into.count = 0;
  const oldest = state.now.oldestPost;
  if (pending === noTie) gatherRow(neighbours, start, end, recent, limit, oldest, into);
  else gatherWithLog(state, agent, limit, into);
  deepen(recent, limit, oldest, into);
}

function gatherRow(
  neighbours: Int32Array,
  start: number,
  end: number,
  recent: Int32Array,
  limit: number,
  oldest: number,
  into: Candidates,
): void {
  const { newest } = into;
  let threshold = oldest - 1;
  for (let from = start; from < end; from += newest.length) {
    const length = Math.min(newest.length, end - from);
    for (let i = 0; i < length; i++) newest[i] = recent[neighbours[from + i] * stride];
    for (let i = 0; i < length; i++) {
      if (newest[i] <= threshold) continue;
      insert(into, newest[i], neighbours[from + i] * stride, limit);
      if (into.count === limit) threshold = into.post[limit - 1];
    }
  }
}

/** The same where follows or unfollows are not merged yet. */
function gatherWithLog(state: StateView, agent: AgentRow, limit: number, into: Candidates): void {
  const recent = state.recents.entry as unknown as Int32Array;
  const log = state.ties.logs[state.owner.shard];
  const { ordinal, pendingTie } = state.agents;
  const followees = currentFollowees(state.ties, log, pendingTie[agent], agent, ordinal);
  for (const followee of followees) {
    const post = recent[followee * stride];
    if (post < state.now.oldestPost || (into.count === limit && post <= into.post[limit - 1])) continue;
    insert(into, post, followee * stride, limit);
  }
}

/** Looks behind each winner: its author's next older post stands two places on. A post so found is older, hence met later. */
function deepen(recent: Int32Array, limit: number, oldest: number, into: Candidates): void {
  for (let k = 0; k < into.count; k++) {
    const place = into.place[k] + 2;
    if (place % stride === 0) continue;
    const post = recent[place];
    if (post < oldest || (into.count === limit && post <= into.post[limit - 1])) continue;
    insert(into, post, place, limit);
  }
}

function insert(into: Candidates, post: number, place: number, limit: number): void {
  const { post: posts, place: places } = into;
  let k = into.count < limit ? into.count++ : limit - 1;
  while (k > 0 && posts[k - 1] < post) {
    posts[k] = posts[k - 1];
    places[k] = places[k - 1];
    k--;
  }
  posts[k] = post;
  places[k] = place;
}
