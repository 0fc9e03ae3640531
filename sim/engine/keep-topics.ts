/**
 * Keeps the index of topics what it must be at the start of every tick: all live posts but reposts, dealt to as many cells as their
 * number asks for.
 *
 * At the end of a tick one shard adds the tick's posts in the order of their ids and drops those that leave the window. At the start
 * of a tick, where the index does not go up to the next post (a run that begins or is resumed) or another number of cells is due, all
 * is made anew: every shard deals the posts and the agents that it owns, then one builds the chains. What is due follows from the ids of
 * posts alone, so all shards see it alike, and a run that was interrupted has the same index as one that was not.
 * Writes the index and nothing else. Oracle: an index built anew at every tick (`test/sim/engine/keep-topics.test.ts`).
 */
import { agentShard, forOwnBlocks, postShard } from '../world/ownership.ts';
import { topicCount } from '../world/agents.ts';
import { cellOfTopic, createTopicCells, writeProbes } from '../world/topic-cells.ts';
import {
  addPost,
  clearTopics,
  dropOldest,
  levelOf,
  noCell,
  noteStandings,
  oldestOfCell,
  probesPerAgent,
  setNextPost,
  standOf,
} from '../world/topic-index.ts';
import { oldestLive, postKinds, postRow, standings, topicComponent } from '../world/posts.ts';
import { outcomes } from '../exchange/reasons.ts';
import { changesStanding } from '../exchange/verbs.ts';
import { counts } from '../exchange/tables.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { TopicCells } from '../world/topic-cells.ts';
import type { TopicIndex } from '../world/topic-index.ts';
import type { PostRow } from '../world/posts.ts';
import type { IntentRow } from '../exchange/tables.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** Makes the index anew where it is due; shards meet before and after one of them builds it. */
export function* renewTopics(shard: Shard): Generator<'meet', void, void> {
  const { state, owner } = shard;
  const { topics, now } = state;
  if (topics === undefined) return;
  const cells = cellsOf(shard, levelOf(now.nextPost - now.oldestPost));
  const { nextPost, cellCount } = standOf(topics);
  if (nextPost === now.nextPost && cellCount === cells.cellCount) return;
  dealOwn(shard, topics, cells);
  yield 'meet';
  if (owner.shard === 0) buildTopics(state, topics, cells.cellCount);
  yield 'meet';
}

/** The centres of a level: a function of the population, made in every shard when they are first needed. */
function cellsOf(shard: Shard, level: number): TopicCells {
  const known = shard.topicCells;
  if (known.level === level && known.cells !== undefined) return known.cells;
  const { agents, rowOfOrdinal, sizes } = shard.state;
  const interests = new Int8Array(sizes.agentCount * topicCount);
  for (let ordinal = 0; ordinal < sizes.agentCount; ordinal++) {
    const from = rowOfOrdinal[ordinal] * topicCount;
    for (let k = 0; k < topicCount; k++) interests[ordinal * topicCount + k] = agents.interest[from + k];
  }
  const cells = createTopicCells(interests, level);
  shard.topicCells = { level, cells };
  return cells;
}

function dealOwn(shard: Shard, topics: TopicIndex, cells: TopicCells): void {
  const { state, owner } = shard;
  for (let id = state.now.oldestPost; id < state.now.nextPost; id++) {
    if (postShard(owner, id) === owner.shard) dealPost(shard, topics, cells, postRow(state.posts, id));
  }
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      if (agentShard(owner, row) !== owner.shard) continue;
      writeProbes(cells, state.agents.interest, row * topicCount, topics.probes, row * probesPerAgent);
    }
  });
}

function dealPost({ state, scratch }: Shard, topics: TopicIndex, cells: TopicCells, row: PostRow): void {
  for (let k = 0; k < topicCount; k++) scratch.vector[k] = topicComponent(state.posts.face, row, k);
  topics.cellOf[row] = cellOfTopic(cells, scratch.vector);
}

function buildTopics(state: State, topics: TopicIndex, cellCount: number): void {
  const { oldestPost, nextPost } = state.now;
  clearTopics(topics, cellCount);
  for (let id = oldestPost; id < nextPost; id++) {
    addTo(state, topics, id);
    if (state.posts.standing[postRow(state.posts, id)] !== standings.good) noteStandings(topics);
  }
  setNextPost(topics, nextPost);
}

const topic = new Int8Array(topicCount);

function addTo({ posts }: State, topics: TopicIndex, id: number): void {
  const row = postRow(posts, id);
  if (posts.kind[row] === postKinds.repost || topics.cellOf[row] === noCell) return;
  for (let k = 0; k < topicCount; k++) topic[k] = topicComponent(posts.face, row, k);
  addPost(topics, topics.cellOf[row], id, topic);
}

/** Part of apply: notes the cell of a new post; one that answers or quotes stands where what it is about stands. */
export function dealNewPost(shard: Shard, row: PostRow, about: PostRow | undefined): void {
  const { topics } = shard.state;
  const { cells } = shard.topicCells;
  if (topics === undefined || cells === undefined) return;
  if (about !== undefined) topics.cellOf[row] = topics.cellOf[about];
  else dealPost(shard, topics, cells, row);
}

/** Part of apply, by one shard after all faces are written: what the tick made comes in, what left the window goes. */
export function updateTopics(shard: Shard): void {
  const { state, madeCount } = shard;
  const { topics, now, posts } = state;
  if (topics === undefined) return;
  const end = now.nextPost + madeCount;
  const oldest = oldestLive(posts, end);
  for (let id = now.oldestPost; id < oldest; id++) {
    const cell = topics.cellOf[postRow(posts, id)];
    // A repost stands nowhere, and a crowded cell dropped it before.
    if (cell !== noCell && oldestOfCell(topics, cell) === id) dropOldest(topics, cell);
  }
  for (let id = now.nextPost; id < end; id++) addTo(state, topics, id);
  setNextPost(topics, end);
  if (!standOf(topics).standingsSeen && shard.all.some(({ count }) => count[counts.granted] > 0))
    noteChanges(shard, topics);
}

function noteChanges({ all }: Shard, topics: TopicIndex): void {
  for (const { intents, count } of all) {
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (intents.outcome[row] === outcomes.granted && changesStanding(intents.verb[row])) noteStandings(topics);
    }
  }
}
