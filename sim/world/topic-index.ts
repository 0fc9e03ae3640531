/**
 * The index of live posts by their topics: cells of posts that are alike, each a chain of blocks, newest first.
 *
 * A post stands in the cell whose centre its topic has the greatest dot product with; an agent is shown what lies in the `probesPerAgent` cells whose
 * centres match its interests best. How many cells there are follows from how many posts are live (`levelOf`), so that a cell holds some
 * 40 to 160 posts whatever their number; where that changes, all is dealt anew. Of a cell only the newest `cellPostsMax` count,
 * so that posts that are all alike cannot make a feed dear.
 * What stands here is a function of the live posts, the interests and nothing else: it is in no checkpoint and no root, and a run that
 * is resumed builds it again (`sim/engine/keep-topics.ts`, the only writer). Addresses of blocks depend on what came before; the set
 * that a scan sees does not.
 * Reads and writes a memory of its own, 18 bytes a post of the window and 48 an agent. Invariant: a chain holds ids in falling order.
 * Oracle: `test/sim/world/topic-index.test.ts` keeps cells as lists.
 */
import { clearLane, idWord, queryBytes, segmentForm, segmentWords, writeVector } from './embedding-kernel.ts';
import { blockVectors } from './embedding-kernel.ts';
import { viewsOf } from './embedding-index.ts';
import { topicCount, topicScale } from './agents.ts';
import { InvariantError } from '../ground/errors.ts';
import type { MemoryViews } from './embedding-kernel.ts';

/** Cells that a feed looks through. */
export const probesPerAgent = 24;
/** Posts of a cell that count, the newest. */
export const cellPostsMax = 1024;
/** Posts a cell from which on there are four times as many cells. */
const postsPerCellMost = 160;
const cellsLeast = 16;
/** Cells are numbered in 16 bits; more would make dealing dearer than scanning. */
export const cellsMost = 16384;
/** Of a repost, and where an agent has fewer cells than it looks through: a chain that stays empty. */
export const noCell = 0xffff;
/** Greatest length that interests and topics are taken to have: unit vectors, rounded. Longer ones would not fit 16 bits. */
export const topicLengthMax = topicScale + 2;

/** Form of the blocks: segments of 64 posts, ten bytes each for what is scanned. */
export const topicForm = segmentForm(topicCount);
const shape = topicForm.segment ?? { bytes: 0, blockCount: 0, blockOffset: 0, idOffset: 0 };
const segmentPosts = shape.blockCount * blockVectors;
/** Words of a segment beside those that the scan reads: the newer one, and its posts: the first that counts, and past the last. */
const own = { newer: 3, first: 4, past: 5 } as const;

/** Words at the beginning of the memory. */
const control = { cellCount: 0, nextPost: 1, free: 2, unused: 3, standingsSeen: 4, words: 16 } as const;

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
  readonly segments: number;
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
  const segments = Math.ceil((seats + seatBytes * shardCount) / shape.bytes) * shape.bytes;
  // The first and the last segment of each cell may be partly filled.
  const end = segments + (Math.ceil(postCapacity / segmentPosts) + 2 * cells) * shape.bytes;
  const pages = Math.ceil(end / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { memory, heads, tails, counts, cells: cellAt, probes, seats, seatBytes, segments, end };
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
  words[control.free] = 0;
  words[control.unused] = handle.segments;
  words[control.standingsSeen] = 0;
}

/** Adds a post, newer than all of its cell, and drops the cell's oldest where it holds too many. */
export function addPost(index: TopicIndex, cell: number, id: number, topic: ArrayLike<number>): void {
  const { views, handle } = index;
  const { words } = views;
  const head = (handle.heads >> 2) + cell;
  if (words[head] === 0 || words[(words[head] >> 2) + own.past] === segmentPosts) prependSegment(index, cell);
  const segment = words[head];
  const post = words[(segment >> 2) + own.past]++;
  const block = blockOf(segment, post);
  const lane = post % blockVectors;
  if (lane === 0) {
    for (let k = 0; k < blockVectors; k++) clearLane(views, topicForm, block, k);
    words[(segment >> 2) + segmentWords.end] = block + topicForm.blockBytes;
  }
  writeVector(views, topicForm, { block, lane, id }, topic, 0);
  if (++words[(handle.counts >> 2) + cell] > cellPostsMax) dropOldest(index, cell);
}

function blockOf(segment: number, post: number): number {
  return segment + shape.blockOffset + Math.floor(post / blockVectors) * topicForm.blockBytes;
}

/** Puts an empty segment before the newest of a cell. */
function prependSegment({ views, handle }: TopicIndex, cell: number): void {
  const { words } = views;
  let segment = words[control.free];
  if (segment !== 0) words[control.free] = words[(segment >> 2) + segmentWords.next];
  else {
    segment = words[control.unused];
    words[control.unused] += shape.bytes;
    if (segment + shape.bytes > handle.end) throw new InvariantError('the index of topics is full');
  }
  const head = (handle.heads >> 2) + cell;
  const older = words[head];
  const at = segment >> 2;
  words[at + segmentWords.next] = older;
  words[at + segmentWords.start] = segment + shape.blockOffset;
  words[at + segmentWords.end] = segment + shape.blockOffset;
  words[at + own.newer] = 0;
  words[at + own.first] = 0;
  words[at + own.past] = 0;
  if (older === 0) words[(handle.tails >> 2) + cell] = segment;
  else words[(older >> 2) + own.newer] = segment;
  words[head] = segment;
}

/** Drops a cell's oldest post, which must be there. */
export function dropOldest({ views, handle }: TopicIndex, cell: number): void {
  const { words } = views;
  const segment = words[(handle.tails >> 2) + cell];
  const at = segment >> 2;
  const post = words[at + own.first]++;
  clearLane(views, topicForm, blockOf(segment, post), post % blockVectors);
  words[at + segmentWords.start] = blockOf(segment, post + 1);
  words[(handle.counts >> 2) + cell]--;
  if (post + 1 < words[at + own.past]) return;
  const newer = words[at + own.newer];
  words[(handle.tails >> 2) + cell] = newer;
  if (newer === 0) words[(handle.heads >> 2) + cell] = 0;
  else words[(newer >> 2) + segmentWords.next] = 0;
  words[at + segmentWords.next] = words[control.free];
  words[control.free] = segment;
}

/** The oldest post of a cell, or 0 if it is empty. */
export function oldestOfCell({ views, handle }: TopicIndex, cell: number): number {
  const { words } = views;
  const segment = words[(handle.tails >> 2) + cell];
  if (segment === 0) return 0;
  const post = words[(segment >> 2) + own.first];
  return words[idWord(topicForm, blockOf(segment, post) | (post % blockVectors))];
}

/** Ids of a cell, newest first: for tests and for those who look. */
export function idsOfCell({ views: { words }, handle }: TopicIndex, cell: number): number[] {
  const ids: number[] = [];
  for (let at = words[(handle.heads >> 2) + cell] >> 2; at !== 0; at = words[at + segmentWords.next] >> 2) {
    for (let post = words[at + own.past] - 1; post >= words[at + own.first]; post--) {
      ids.push(words[idWord(topicForm, blockOf(at * 4, post) | (post % blockVectors))]);
    }
  }
  return ids;
}

/** Where the shard of a number works: its query, then its records. */
export function seatOf({ seats, seatBytes: bytes }: TopicHandle, shard: number) {
  const query = seats + shard * bytes;
  return { query, out: query + queryBytes(topicCount) };
}
