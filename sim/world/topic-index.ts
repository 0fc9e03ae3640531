/**
 * The index of live posts by their topics: cells of posts that are alike, each a chain of blocks, newest first.
 *
 * A post stands in the cell whose centre its topic has the greatest dot product with; an agent is shown what lies in the `probesPerAgent` cells whose
 * centres match its interests best. How many cells there are follows from how many posts are live (`levelOf`), so that a cell holds some
 * 24 to 96 posts whatever their number; where that changes, all is dealt anew. Of a cell only the newest `cellPostsMax` count,
 * so that posts that are all alike cannot make a feed dear.
 * What stands here is a function of the live posts, the interests and nothing else: it is in no checkpoint and no root, and a run that
 * is resumed builds it again (`sim/engine/keep-topics.ts`, the only writer). Addresses of blocks depend on what came before; the set
 * that a scan sees does not.
 * Reads and writes a memory of its own, 32 bytes a post of the window and 50 an agent. Invariant: a chain holds ids in falling order.
 * Oracle: `test/sim/world/topic-index.test.ts` keeps cells as lists.
 */
import { blockVectors, chainForm, clearLane, emptyScore, queryBytes, writeVector } from './embedding-kernel.ts';
import { viewsOf } from './embedding-index.ts';
import { topicCount, topicScale } from './agents.ts';
import { InvariantError } from '../ground/errors.ts';
import type { MemoryViews } from './embedding-kernel.ts';

/** Cells that a feed looks through. */
export const probesPerAgent = 24;
/** Posts of a cell that count, the newest. */
export const cellPostsMax = 1024;
/** Posts a cell from which on there are four times as many cells. */
const postsPerCellMost = 96;
const cellsLeast = 16;
/** Cells are numbered in 16 bits; more would make dealing dearer than scanning. */
export const cellsMost = 16384;
/** Of a repost, and where an agent has fewer cells than it looks through: a chain that stays empty. */
export const noCell = 0xffff;
/** Greatest length that interests and topics are taken to have: unit vectors, rounded. Longer ones would not fit 16 bits. */
export const topicLengthMax = topicScale + 2;

/** Form of the blocks: topics in two lines of the cache. The word after the next block's address is the newer one's. */
export const topicForm = chainForm(topicCount);
const newerOffset = (topicForm.nextOffset ?? 0) + 4;

/** Words at the beginning of the memory. */
const control = {
  cellCount: 0,
  nextPost: 1,
  freeBlock: 2,
  unusedBlock: 3,
  oldestPost: 4,
  standingsSeen: 5,
  words: 16,
} as const;

/** Where everything lies, in bytes: it can be posted to another thread. */
export interface TopicHandle {
  readonly memory: WebAssembly.Memory;
  readonly heads: number;
  readonly tails: number;
  readonly counts: number;
  readonly cells: number;
  readonly probes: number;
  readonly seats: number;
  readonly seatBytes: number;
  readonly blocks: number;
  readonly end: number;
}

/** Sizes that the index is allocated for. */
export interface TopicSizes {
  readonly agentCount: number;
  readonly postCapacity: number;
  readonly shardCount: number;
}

const pageBytes = 65536;

/** How many cells a number of live posts asks for. */
export function levelOf(livePosts: number): number {
  let cells = cellsLeast;
  while (cells < cellsMost && livePosts >= cells * postsPerCellMost) cells *= 4;
  return cells;
}

/** Room for a query, and for all that a feed's cells may let through. */
const seatBytes =
  Math.ceil((queryBytes(topicCount) + (probesPerAgent * (cellPostsMax + blockVectors) + 64) * 8) / 64) * 64;

/** Allocates an index; pages that nothing touches cost nothing. */
export function allocateTopics({ agentCount, postCapacity, shardCount }: TopicSizes): TopicHandle {
  const cells = levelOf(postCapacity);
  const line = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const heads = line(control.words * 4);
  const tails = heads + line((noCell + 1) * 4);
  const counts = tails + line(cells * 4);
  const cellAt = counts + line(cells * 4);
  const probes = cellAt + line(postCapacity * 2);
  const seats = probes + line(agentCount * probesPerAgent * 2);
  const blocks = seats + seatBytes * shardCount;
  // Every cell's first and last block may be partly filled, and a block must lie at no address 0.
  const end = blocks + (Math.ceil(postCapacity / blockVectors) + 2 * cells + 1) * topicForm.blockBytes;
  const pages = Math.ceil(end / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { memory, heads, tails, counts, cells: cellAt, probes, seats, seatBytes, blocks, end };
}

/** The index as one thread sees it. */
export interface TopicIndex {
  readonly handle: TopicHandle;
  readonly views: MemoryViews;
  /** Cell by row of the post; cells by row of the agent, best first. */
  readonly cellOf: Uint16Array;
  readonly probes: Uint16Array;
}

export function attachTopics(handle: TopicHandle): TopicIndex {
  const { memory, cells, probes, seats } = handle;
  return {
    handle,
    views: viewsOf(memory),
    cellOf: new Uint16Array(memory.buffer, cells, (probes - cells) >> 1),
    probes: new Uint16Array(memory.buffer, probes, (seats - probes) >> 1),
  };
}

/** What the index holds at present: posts up to `nextPost`, in so many cells. */
export function standOf({ views: { words } }: TopicIndex) {
  return {
    cellCount: words[control.cellCount],
    nextPost: words[control.nextPost],
    /** Whether a live post may be limited or taken away. */
    standingsSeen: words[control.standingsSeen] !== 0,
  };
}

/** Notes that posts may be limited or taken away. */
export function noteStandings({ views: { words } }: TopicIndex): void {
  words[control.standingsSeen] = 1;
}

/** Notes up to which post the index goes. */
export function setNextPost({ views: { words } }: TopicIndex, nextPost: number): void {
  words[control.nextPost] = nextPost;
}

/** Empties the index for so many cells. */
export function clearTopics({ views: { words }, handle }: TopicIndex, cellCount: number): void {
  words.fill(0, handle.heads >> 2, handle.cells >> 2);
  words[control.cellCount] = cellCount;
  words[control.nextPost] = 0;
  words[control.freeBlock] = 0;
  words[control.unusedBlock] = handle.blocks;
  words[control.standingsSeen] = 0;
}

/** Adds a post, newer than all of its cell, and drops the cell's oldest where it holds too many. */
export function addPost(index: TopicIndex, cell: number, id: number, topic: ArrayLike<number>): void {
  const { views, handle } = index;
  const { words } = views;
  const head = (handle.heads >> 2) + cell;
  let block = words[head];
  let lane = block === 0 ? blockVectors : freeLane(views, block);
  if (lane === blockVectors) {
    block = takeBlock(index);
    lane = 0;
    const older = words[head];
    words[(block + (topicForm.nextOffset ?? 0)) >> 2] = older;
    words[(block + newerOffset) >> 2] = 0;
    if (older === 0) words[(handle.tails >> 2) + cell] = block;
    else words[(older + newerOffset) >> 2] = block;
    words[head] = block;
  }
  writeVector(views, topicForm, { block, lane, id }, topic, 0);
  if (++words[(handle.counts >> 2) + cell] > cellPostsMax) dropOldest(index, cell);
}

/** Lanes are filled from the first on; an id of 0 marks one that never was. */
function freeLane({ words }: MemoryViews, block: number): number {
  const ids = (block + topicForm.idOffset) >> 2;
  for (let lane = 0; lane < blockVectors; lane++) if (words[ids + lane] === 0) return lane;
  return blockVectors;
}

function takeBlock({ views, handle }: TopicIndex): number {
  const { words } = views;
  let block = words[control.freeBlock];
  if (block !== 0) words[control.freeBlock] = words[(block + (topicForm.nextOffset ?? 0)) >> 2];
  else {
    block = words[control.unusedBlock];
    words[control.unusedBlock] += topicForm.blockBytes;
    if (block + topicForm.blockBytes > handle.end) throw new InvariantError('the index of topics is full');
  }
  for (let lane = 0; lane < blockVectors; lane++) clearLane(views, topicForm, block, lane);
  words.fill(0, (block + topicForm.idOffset) >> 2, (block + topicForm.idOffset) / 4 + blockVectors);
  return block;
}

/** Drops a cell's oldest post, which must be there. */
export function dropOldest({ views, handle }: TopicIndex, cell: number): void {
  const { words } = views;
  const block = words[(handle.tails >> 2) + cell];
  const lane = oldestLane(views, block);
  clearLane(views, topicForm, block, lane);
  words[(block + topicForm.idOffset) / 4 + lane] = -1;
  words[(handle.counts >> 2) + cell]--;
  const isSpent = lane === blockVectors - 1 || words[(block + topicForm.idOffset) / 4 + lane + 1] === 0;
  if (!isSpent) return;
  const newer = words[(block + newerOffset) >> 2];
  words[(handle.tails >> 2) + cell] = newer;
  if (newer === 0) words[(handle.heads >> 2) + cell] = 0;
  else words[(newer + (topicForm.nextOffset ?? 0)) >> 2] = 0;
  words[(block + (topicForm.nextOffset ?? 0)) >> 2] = words[control.freeBlock];
  words[control.freeBlock] = block;
}

/** Dropped lanes have the id -1 and come first. */
function oldestLane({ words }: MemoryViews, block: number): number {
  const ids = (block + topicForm.idOffset) >> 2;
  let lane = 0;
  while (words[ids + lane] === -1) lane++;
  return lane;
}

/** The oldest post of a cell, or 0 if it is empty. */
export function oldestOfCell({ views, handle }: TopicIndex, cell: number): number {
  const { words } = views;
  const block = words[(handle.tails >> 2) + cell];
  return block === 0 ? 0 : words[(block + topicForm.idOffset) / 4 + oldestLane(views, block)];
}

/** Ids of a cell, newest first: for tests and for those who look. */
export function idsOfCell({ views: { words, halves }, handle }: TopicIndex, cell: number): number[] {
  const ids: number[] = [];
  for (let block = words[(handle.heads >> 2) + cell]; block !== 0;) {
    for (let lane = blockVectors - 1; lane >= 0; lane--) {
      const id = words[(block + topicForm.idOffset) / 4 + lane];
      if (id > 0 && halves[block / 2 + lane] !== emptyScore) ids.push(id);
    }
    block = words[(block + (topicForm.nextOffset ?? 0)) >> 2];
  }
  return ids;
}

/** Where the shard of a number works: its query, then its records. */
export function seatOf({ seats, seatBytes: bytes }: TopicHandle, shard: number) {
  const query = seats + shard * bytes;
  return { query, out: query + queryBytes(topicCount) };
}
