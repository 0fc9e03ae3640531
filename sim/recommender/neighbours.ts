/**
 * Candidates by interest out of all live posts: the nearest to an agent's interests, by the index or exactly.
 *
 * `index`: the best of the cells that match the agent's interests best (`sim/world/topic-index.ts`), scored with the interests at seven bits.
 * `exact`: the best of all, by the dot product itself; its cost grows with the number of posts, so it is there to compare with, and for small
 * worlds. Reposts stand in neither, nor do posts that are limited or taken away. Order: by (score, post id) descending, so that neither cells nor
 * blocks nor rows can be seen.
 * Reads the state and writes scratch memory. Nothing is allocated for a feed.
 * Oracle: `exact` for `index` (recall), all posts sorted for `exact` (`test/sim/recommender/neighbours.test.ts`).
 */
import { topicCount } from '../world/agents.ts';
import { createScan, emptyScore, writeQuery } from '../world/embedding-kernel.ts';
import { keepFrom, nthScore, sortRecords } from '../world/embedding-ranking.ts';
import { quantizeQuery } from '../world/embedding-vectors.ts';
import { probesPerAgent, seatOf, standOf, topicForm, topicLengthMax } from '../world/topic-index.ts';
import { dotFace, postKinds, postRow, standings } from '../world/posts.ts';
import { sources } from '../exchange/tables.ts';
import { take, takeInterestBoards } from './candidates.ts';
import { poolMax } from './feed.ts';
import { neighboursMax } from './neighbour-scratch.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { NeighbourScratch } from './neighbour-scratch.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings } from './feed.ts';

/** Appends what matches the agent's interests best and passes the filter, at most `limit`: from where the feed's settings say. */
export function takeByInterest(
  state: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  scratch: FeedScratch,
  limit: number,
): void {
  if (feed.candidates === undefined || feed.candidates === 'boards') {
    takeInterestBoards(state, feed, agent, scratch, limit);
    return;
  }
  const { neighbours } = scratch;
  const count =
    feed.candidates === 'index'
      ? findNeighbours(state, agent, neighbours, neighboursMax)
      : findExactNeighbours(state, agent, neighbours, neighboursMax);
  const end = Math.min(poolMax, scratch.count + limit);
  const mayBeKept = feed.candidates === 'exact' || state.topics === undefined || standOf(state.topics).standingsSeen;
  for (let k = 0; k < count && scratch.count < end; k++) {
    const post = neighbours.found[k];
    if (mayBeKept && isLimited(state, post)) continue;
    take(state, feed, scratch, post, post, sources.interest);
  }
}

function isLimited({ posts }: StateView, post: number): boolean {
  return (posts.standing[postRow(posts, post)] & ~standings.labelled) !== 0;
}

/** Writes the nearest posts of the index into `scratch.found`, best first, at most `wanted`, and gives how many there are. */
export function findNeighbours(state: StateView, agent: AgentRow, scratch: NeighbourScratch, wanted: number): number {
  const { topics, owner } = state;
  if (topics === undefined) return 0;
  if (scratch.lookup?.topics !== topics) {
    scratch.lookup = { topics, scan: createScan(topics.handle.memory, topicForm) };
  }
  const { views, handle } = topics;
  const { words } = views;
  const { query, out } = seatOf(handle, owner.shard);
  const { ranking } = scratch;
  const first = out >> 2;
  quantizeQuery(state.agents.interest, agent * topicCount, topicCount, topicLengthMax, scratch.query);
  writeQuery(views, query, scratch.query, topicCount);
  const list = handle.probes + agent * probesPerAgent * 2;
  let kept = 0;
  let threshold = emptyScore;
  for (let from = 0; from < probesPerAgent;) {
    const to = from === 0 ? firstProbes : probesPerAgent;
    const end = scratch.lookup.scan(list + from * 2, to - from, handle.heads, query, threshold, out + kept * 8);
    from = to;
    kept = (end - out) >> 3;
    if (kept <= wanted) continue;
    const last = nthScore(ranking, words, first, kept, wanted);
    kept = keepFrom(words, first, kept, last);
    threshold = last - 1;
  }
  return sortRecords(ranking, words, topicForm, { first, count: kept, wanted }, scratch.found, 0);
}

/** Cells scanned before the first threshold is set. */
const firstProbes = 3;

/** The same out of all live posts, by the dot product itself: a bounded insertion. */
export function findExactNeighbours(
  { agents, posts, now }: StateView,
  agent: AgentRow,
  { found, score }: NeighbourScratch,
  wanted: number,
): number {
  const interest = agents.interest as Int8Array;
  const face = posts.face as Int32Array;
  let count = 0;
  for (let post = now.oldestPost; post < now.nextPost; post++) {
    const row = postRow(posts, post);
    if (posts.kind[row] === postKinds.repost) continue;
    const one = dotFace(interest, agent * topicCount, face, row);
    // Posts come in rising order, so that one with an equal score goes before.
    if (count === wanted && score[count - 1] > one) continue;
    let k = count < wanted ? count++ : count - 1;
    for (; k > 0 && score[k - 1] <= one; k--) {
      score[k] = score[k - 1];
      found[k] = found[k - 1];
    }
    score[k] = one;
    found[k] = post;
  }
  return count;
}
