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
import { emptyScore, exactScore, writeQuery } from '../world/embedding-kernel.ts';
import { keepFrom, nthScore, sortRecords } from '../world/embedding-ranking.ts';
import { quantizeQuery } from '../world/embedding-vectors.ts';
import { noCell, probesPerAgent, seatOf, standOf, topicForm, topicLengthMax } from '../world/topic-index.ts';
import { postKinds, postRow, standings } from '../world/posts.ts';
import { sources } from '../exchange/tables.ts';
import { suits, take, takeInterestBoards } from './candidates.ts';
import { poolMax } from './feed.ts';
import { createLookup, neighboursFirst, neighboursMax, noGuess, roomFor } from './neighbour-scratch.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { TopicIndex } from '../world/topic-index.ts';
import type { Ahead, Lookup, NeighbourScratch } from './neighbour-scratch.ts';
import type { PerceptRow, Percepts } from '../exchange/tables.ts';
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
  const end = Math.min(poolMax, scratch.count + limit);
  if (feed.candidates === 'exact') {
    const count = findExactNeighbours(state, agent, scratch.neighbours, neighboursMax);
    takeFound(state, feed, scratch, scratch.neighbours.found, 0, count, end);
    return;
  }
  if (state.topics === undefined) return;
  const { ahead } = lookupOf(scratch.neighbours, state.topics, state.sizes.agentCount);
  const percept = ahead.perceptOf[agent];
  const isAhead = ahead.tick === state.now.tick && ahead.agent[percept] === agent;
  const first = isAhead ? ahead.count[percept] : findNeighbours(state, agent, scratch.neighbours, neighboursFirst);
  const [found, at] = isAhead ? [ahead.found, percept * neighboursFirst] : [scratch.neighbours.found, 0];
  takeFound(state, feed, scratch, found, at, first, end);
  if (scratch.count === end || first < neighboursFirst) return;
  const count = findNeighbours(state, agent, scratch.neighbours, neighboursMax);
  takeFound(state, feed, scratch, scratch.neighbours.found, 0, count, end);
}

function takeFound(
  state: StateView,
  feed: FeedSettings,
  scratch: FeedScratch,
  found: Int32Array,
  at: number,
  count: number,
  end: number,
): void {
  const mayBeKept = feed.candidates === 'exact' || state.topics === undefined || standOf(state.topics).standingsSeen;
  for (let k = at; k < at + count && scratch.count < end; k++) {
    if (mayBeKept && isLimited(state, found[k])) continue;
    take(state, feed, scratch, found[k], found[k], sources.interest);
  }
}

function isLimited({ posts }: StateView, post: number): boolean {
  return (posts.standing[postRow(posts, post)] & ~standings.labelled) !== 0;
}

/** Writes the nearest posts of the index into `scratch.found`, best first, at most `wanted`, and gives how many there are. */
export function findNeighbours(state: StateView, agent: AgentRow, scratch: NeighbourScratch, wanted: number): number {
  const { topics, owner, agents } = state;
  if (topics === undefined) return 0;
  const { views, handle } = topics;
  const { words } = views;
  const { query, out } = seatOf(handle, owner.shard);
  const lookup = lookupOf(scratch, topics, state.sizes.agentCount);
  const { scan, guess, ranking } = lookup;
  const first = out >> 2;
  quantizeQuery(agents.interest, agent * topicCount, topicCount, topicLengthMax, scratch.query);
  writeQuery(views, query, scratch.query, topicCount);
  const list = handle.probes + agent * probesPerAgent * 2;
  // Seven bits misplace neighbours in rank by a few places: so many more are scored anew.
  const close = wanted + roundingPlaces;
  const places = { list, query, out, close };
  let kept =
    guess[agent] === noGuess ? 0 : (scan(list, probesPerAgent, handle.heads, query, guess[agent], out) - out) >> 3;
  if (kept < close && guess[agent] !== emptyScore) kept = scanInTwo(lookup, places);
  if (kept > close) {
    const last = nthScore(ranking, words, first, kept, close);
    kept = keepFrom(words, first, kept, last);
    guess[agent] = Math.max(emptyScore, last - ((ownScore(state, agent, scratch.query) - last) >> 2));
  } else guess[agent] = emptyScore;
  for (let at = first; at < first + 2 * kept; at += 2) {
    words[at] = exactScore(views, topicForm, words[at + 1], agents.interest, agent * topicCount);
  }
  return sortRecords(ranking, words, topicForm, { first, count: kept, wanted }, scratch.found, 0);
}

const roundingPlaces = 6;
/**
 * What a post on an agent's very interests would score. A guess lies a quarter further from it than the last neighbour did, which lets through
 * twice as many in seven dimensions of direction: some will have left when the agent wakes again.
 */
function ownScore({ agents }: StateView, agent: AgentRow, query: Int8Array): number {
  let sum = 0;
  for (let k = 0; k < topicCount; k++) sum += agents.interest[agent * topicCount + k] * query[k];
  return sum;
}

function lookupOf(scratch: NeighbourScratch, topics: TopicIndex, agentCount: number): Lookup {
  if (scratch.lookup?.topics !== topics) scratch.lookup = createLookup(topics, agentCount);
  return scratch.lookup;
}

/**
 * Looks up the neighbours of all who are awake, in the order of their first cells, so that what one scanned is near at hand for the next.
 * Feeds find the same without it, at about twice the cost in a world of a million posts.
 */
export function seekNeighbours(state: StateView, percepts: Percepts, count: number, scratch: NeighbourScratch): void {
  const { topics, sizes, now } = state;
  if (topics === undefined) return;
  const { ahead } = lookupOf(scratch, topics, sizes.agentCount);
  if (ahead.agent.length < count) Object.assign(ahead, roomFor(count + (count >> 1)));
  sortByCell(topics, percepts, count, ahead);
  for (let k = 0; k < count; k++) {
    const percept = ahead.order[k];
    const agent = percepts.agent[percept as PerceptRow] as AgentRow;
    const found = findNeighbours(state, agent, scratch, neighboursFirst);
    const at = percept * neighboursFirst;
    for (let i = 0; i < found; i++) ahead.found[at + i] = scratch.found[i];
    ahead.count[percept] = found;
    ahead.agent[percept] = agent;
    ahead.perceptOf[agent] = percept;
  }
  ahead.tick = now.tick;
}

/** A counting sort. */
function sortByCell({ probes }: TopicIndex, percepts: Percepts, count: number, { order, starts }: Ahead): void {
  const agents = percepts.agent as unknown as Int32Array;
  starts.fill(0);
  for (let percept = 0; percept < count; percept++) starts[probes[agents[percept] * probesPerAgent] + 1]++;
  for (let cell = 0; cell <= noCell; cell++) starts[cell + 1] += starts[cell];
  for (let percept = 0; percept < count; percept++) order[starts[probes[agents[percept] * probesPerAgent]]++] = percept;
}

interface Places {
  readonly list: number;
  readonly query: number;
  readonly out: number;
  readonly close: number;
}

/** The nearest cells first: they set a threshold that leaves little of the others. */
function scanInTwo({ topics: { views, handle }, scan, ranking }: Lookup, places: Places): number {
  const { list, query, out, close } = places;
  const rest = list + firstProbes * 2;
  let kept = (scan(list, firstProbes, handle.heads, query, emptyScore, out) - out) >> 3;
  let threshold = emptyScore;
  if (kept > close) {
    const last = nthScore(ranking, views.words, out >> 2, kept, close);
    kept = keepFrom(views.words, out >> 2, kept, last);
    threshold = last - 1;
  }
  return (scan(rest, probesPerAgent - firstProbes, handle.heads, query, threshold, out + kept * 8) - out) >> 3;
}

/** Cells scanned before the first threshold is set. */
const firstProbes = 2;

/** The same out of all live posts, by the dot product itself, or by vectors where readers have such: a bounded insertion. */
export function findExactNeighbours(
  state: StateView,
  agent: AgentRow,
  { found, score }: NeighbourScratch,
  wanted: number,
): number {
  const { posts, now } = state;
  let count = 0;
  for (let post = now.oldestPost; post < now.nextPost; post++) {
    const row = postRow(posts, post);
    if (posts.kind[row] === postKinds.repost) continue;
    const one = suits(state, agent, row);
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
