/**
 * The state of a run: every table of the world in one place, allocated once by the main thread and attached by each shard.
 *
 * Tables are declared with what their columns mean, so that the state root and the count of memory need no list of their own.
 * Invariant: the state is written by `sim/engine/apply.ts` and `sim/engine/load.ts` alone, but for the states of invariants, which move
 * as the Game Master grants.
 */
import { allocateTable, attachTable, rowBytes } from '../ground/table.ts';
import { createAllocator } from '../ground/arena.ts';
import { archetypeCellSpec, archetypeNodeSpec, auditSpec } from '../world/archetypes.ts';
import { agentSpec, attributeSpec, exposureSpec, recentLength, recentSpec } from '../world/agents.ts';
import { boardCount, boardLength, boardSpec } from '../world/boards.ts';
import { postSpec } from '../world/posts.ts';
import { memoryCapacity, memorySpec, memoryTextBytes } from '../world/memories.ts';
import { vectorSpec } from '../world/reader-vectors.ts';
import { allocateTopics, attachTopics } from '../world/topic-index.ts';
import { messageCapacity, messageSpec } from '../world/messages.ts';
import { pairMetaLength, pairNames, pairSpec } from '../world/pairs.ts';
import { ownershipOf, ownRowCountMax } from '../world/ownership.ts';
import { tieLogSpec, tiePoolSpec, tieRowSpec } from '../social-graph/ties.ts';
import {
  detailSpec,
  intentSpec,
  noteSpec,
  perceptItemSpec,
  perceptSpec,
  requestSpec,
  counts,
} from '../exchange/tables.ts';
import { bucketCount } from '../ground/digest.ts';
import { kernelScratchWords } from '../kernels/kernels.ts';
import type { Allocator, ArenaHandle, ColumnHandle } from '../ground/arena.ts';
import type { TableHandle } from '../ground/table.ts';
import type { Agents, Attributes, Exposures, Recents } from '../world/agents.ts';
import type { Archetypes } from '../world/archetypes.ts';
import type { Boards } from '../world/boards.ts';
import type { Memories } from '../world/memories.ts';
import type { Messages } from '../world/messages.ts';
import type { Texts } from '../world/texts.ts';
import type { TopicHandle, TopicIndex } from '../world/topic-index.ts';
import type { ReaderVectors } from '../world/reader-vectors.ts';
import type { Posts } from '../world/posts.ts';
import type { PairKind, Pairs } from '../world/pairs.ts';
import type { InvariantPlan } from '../exchange/invariants.ts';
import { moderationQueueLength } from '../exchange/moderation.ts';
import { wheelWords } from './timing-wheel.ts';
import type { Quotas } from '../world/quotas.ts';
import type { Ties, TieSide } from '../social-graph/ties.ts';
import type { ShardTables } from '../exchange/tables.ts';
import type { Sizes, StateView, TickNumbers } from '../exchange/view.ts';
import type { Ownership } from '../world/ownership.ts';

/** Words of the control block: see `sim/engine/barrier.ts`. */
export const controlLength = 64;

/** The state, writable. */
export interface State extends StateView {
  readonly agents: Agents;
  readonly rowOfOrdinal: Int32Array;
  readonly recents: Recents;
  readonly exposures: Exposures;
  readonly attributes: Attributes;
  readonly posts: Posts;
  /** Boards as of the start of the tick: a replica a shard. */
  readonly boards: Boards;
  readonly ties: Ties;
  readonly reactions: Pairs;
  readonly bonds: Pairs;
  readonly ledger: Pairs;
  readonly messages: Messages;
  readonly memories: Memories;
  readonly texts: Texts;
  readonly archetypes: Archetypes;
  readonly quotas: Quotas;
  readonly topics: TopicIndex | undefined;
  readonly meaning: ReaderVectors | undefined;
  /** States of the invariants' monitors: of each a byte an agent, or one for the run. */
  readonly invariants: readonly Uint8Array[];
  now: TickNumbers;
}

/** Memory of one shard's pairs of one kind. */
interface PairHandle {
  readonly halves: readonly [TableHandle, TableHandle];
  readonly meta: SharedArrayBuffer;
}

/** Memory of one shard's notes. */
interface MemoriesHandle {
  readonly rows: TableHandle;
  readonly used: SharedArrayBuffer;
  readonly texts: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

/** Memory of one shard. */
interface ShardHandle {
  readonly kernelScratch: ColumnHandle;
  readonly tables: readonly [Record<string, TableHandle>, Record<string, TableHandle>];
  readonly count: readonly [SharedArrayBuffer, SharedArrayBuffer];
  readonly newPosts: readonly [SharedArrayBuffer, SharedArrayBuffer];
  readonly texts: readonly [SharedArrayBuffer, SharedArrayBuffer];
  readonly boards: TableHandle;
  readonly offers: TableHandle;
  readonly pairs: Readonly<Record<PairKind, PairHandle>>;
  readonly wheel: SharedArrayBuffer;
  /** Two sets: one is read while the next tick fills the other. */
  readonly buckets: SharedArrayBuffer;
  readonly moderation: SharedArrayBuffer;
  readonly tieLog: TableHandle;
  readonly memories: MemoriesHandle;
  /** What the shard's audits of a tick came to. */
  readonly auditTally: SharedArrayBuffer;
}

/** Memory of vectors of meaning. */
interface MeaningHandle {
  readonly dimensions: number;
  readonly readers: TableHandle;
  readonly posts: TableHandle;
}

/** Memory of a run: it can be posted to other threads. */
export interface StateHandle {
  readonly arena: ArenaHandle;
  readonly sizes: Sizes;
  readonly shardCount: number;
  readonly tables: Record<string, TableHandle>;
  readonly rowOfOrdinal: SharedArrayBuffer;
  readonly awake: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly tieTails: readonly [SharedArrayBuffer, SharedArrayBuffer];
  readonly tieLogCount: SharedArrayBuffer;
  readonly quotaTick: SharedArrayBuffer;
  readonly quotaUsed: SharedArrayBuffer;
  readonly invariants: readonly SharedArrayBuffer[];
  readonly ledger: PairHandle;
  readonly archetypes: Readonly<Record<'cells' | 'nodes' | 'audits', TableHandle>>;
  /** Texts, and the words of them in use. */
  readonly texts: readonly [SharedArrayBuffer, SharedArrayBuffer];
  /** The index of topics, where a feed reads it. */
  readonly topics: TopicHandle | undefined;
  readonly meaning: MeaningHandle | undefined;
  readonly shards: readonly ShardHandle[];
  readonly allocatedBytes: number;
}

/** How much to allocate. */
export interface Capacity {
  readonly tieCount: number;
  /** So many agents never wake in one tick; the number of agents where nothing better is known. */
  readonly awakeMost: number;
  readonly postCapacity: number;
  /** Whether a feed of the run reads the index of topics. */
  readonly hasTopics: boolean;
  /** Dimensions of vectors of readers and posts; left out where there are none. */
  readonly vectorLength?: number;
  /** Most attempts of one agent in a tick: with fewer places they would be lost, and how many would show the number of shards. */
  readonly intentsPerAgent: number;
  readonly interventionCount: number;
  /** Words of quota ring an agent, and limits. */
  readonly quotaStride: number;
  readonly limitCount: number;
  /** What each invariant is about. */
  readonly invariantScopes: readonly InvariantPlan['scope'][];
  /** Entries that the ledger has room for; 0 where no verb of the run is settled in rank. */
  readonly ledgerEntries: number;
  /** Whether agents may take notes. */
  readonly hasNotes: boolean;
  /** Requests of one agent in a tick that there is room for, and requests that concern no agent. */
  readonly requestsPerAgent: number;
  readonly requestsOfRun: number;
  /** Groups of archetypes, groups in contexts, ticks of audits that are kept, and words of a shard's tally. */
  readonly archetypes: ArchetypeRoom;
  /** Bytes of texts that the run may keep, and that one shard's agents may write in a tick. */
  readonly textBytes: number;
  readonly tickTextBytes: number;
}

/** Rows for archetypes; 1 each where there are none. */
export interface ArchetypeRoom {
  readonly nodes: number;
  readonly cells: number;
  readonly auditTicks: number;
  readonly tallyWords: number;
}

const arenaBytesMax = 4 * 1024 * 1024 * 1024 - 65536;

/**
 * Allocates the state of a run. Untouched pages cost nothing, so tables that may grow are given room at once. Where all that is hot would not
 * fit into the arena, room goes to what kernels read, and is cut to what can be needed.
 */
export function allocateState(
  sizes: Sizes,
  shardCount: number,
  capacity: Capacity,
  arenaBytesMost = arenaBytesMax,
): StateHandle {
  const n = sizes.agentCount;
  // A row that outgrows its places moves to the tail with half as many again: room for four such moves, and 64 ties for each agent.
  const poolLength = Math.min(0x7fff0000, capacity.tieCount * 4 + n * 64 + shardCount * 4096);
  const wantedBytes = arenaBytesOf(sizes, shardCount, capacity, poolLength);
  const isTight = wantedBytes > arenaBytesMost;
  const everything = createAllocator(Math.min(arenaBytesMost, wantedBytes));
  const allocator = isTight ? forKernels(everything) : everything;
  const shards = Array.from({ length: shardCount }, (_, shard) =>
    allocateShard(sizes, shard, shardCount, isTight ? capacity : { ...capacity, awakeMost: n }, allocator),
  );
  const others = {
    // One row more: the platform, which acts by its own rules.
    agents: allocateTable(agentSpec, n + 1, allocator),
    recents: allocateTable(recentSpec, n * recentLength * 2, allocator),
    exposures: allocateTable(exposureSpec, n * sizes.memoryLength, allocator),
    attributes: allocateTable(attributeSpec, Math.max(1, n * sizes.attributeNames.length), allocator),
    posts: allocateTable(postSpec, capacity.postCapacity, allocator),
    messages: allocateTable(messageSpec, capacity.ledgerEntries > 0 ? messageCapacity : 1, allocator),
    followeeRows: allocateTable(tieRowSpec, n, allocator),
    followerRows: allocateTable(tieRowSpec, n, coldOnly(allocator)),
  };
  const fitting = Math.floor(allocator.freeBytes() / 4) - lineWords;
  const isCut = isTight && fitting >= capacity.tieCount * 1.5;
  const tables = {
    ...others,
    followees: allocateTable(tiePoolSpec, isCut ? Math.min(poolLength, fitting) : poolLength, allocator),
    followers: allocateTable(tiePoolSpec, poolLength, coldOnly(allocator)),
  };
  const words = (length: number) => new SharedArrayBuffer(Math.max(1, length) * 4);
  return {
    arena: allocator.handle,
    sizes,
    shardCount,
    tables,
    rowOfOrdinal: words(n + 1),
    awake: words(Math.ceil(n / 32) + 32),
    control: words(controlLength),
    tieTails: [words(shardCount * 2), words(shardCount * 2)],
    tieLogCount: words(shardCount),
    quotaTick: words(n * capacity.quotaStride),
    quotaUsed: words(n * capacity.limitCount),
    ledger: allocatePairs(Math.max(1024, capacity.ledgerEntries), allocator),
    archetypes: {
      cells: allocateTable(archetypeCellSpec, capacity.archetypes.cells, allocator),
      nodes: allocateTable(archetypeNodeSpec, capacity.archetypes.nodes, allocator),
      audits: allocateTable(auditSpec, capacity.archetypes.auditTicks, allocator),
    },
    texts: [words(capacity.textBytes / 4), words(1)],
    topics: capacity.hasTopics
      ? allocateTopics({ agentCount: n, postCapacity: capacity.postCapacity, shardCount })
      : undefined,
    meaning: allocateMeaning(n, capacity, allocator),
    invariants: capacity.invariantScopes.map((scope) => new SharedArrayBuffer(scope === 'world' ? 1 : n)),
    shards,
    allocatedBytes: allocator.allocatedBytes(),
  };
}

function allocateMeaning(
  agentCount: number,
  { vectorLength: dimensions, postCapacity }: Capacity,
  allocator: Allocator,
): MeaningHandle | undefined {
  if (dimensions === undefined) return undefined;
  const cold = coldOnly(allocator);
  return {
    dimensions,
    readers: allocateTable(vectorSpec('readers', dimensions), agentCount, cold),
    posts: allocateTable(vectorSpec('postVectors', dimensions), postCapacity, cold),
  };
}

function attachMeaning(arena: ArenaHandle, handle: MeaningHandle | undefined): ReaderVectors | undefined {
  if (handle === undefined) return undefined;
  const { dimensions, readers, posts } = handle;
  return {
    dimensions,
    readers: attachTable(vectorSpec('readers', dimensions), arena, readers),
    posts: attachTable(vectorSpec('postVectors', dimensions), arena, posts),
  };
}

/**
 * Bytes of the arena: agents and posts, the rows of followees, and of each shard percepts and items of both parities and the kernels'
 * scratch memory. The rest are lines that columns begin on. What does not fit in 4 GiB gets buffers of its own, where no kernel sees it.
 */
function arenaBytesOf(sizes: Sizes, shardCount: number, capacity: Capacity, poolLength: number): number {
  const agentBytes = sizes.agentCount * (220 + sizes.memoryLength * 5);
  const rowsOfShard = Array.from({ length: shardCount }, (_, shard) =>
    ownRowCountMax(ownershipOf(shard, shardCount, sizes.agentCount)),
  );
  const rows = rowsOfShard.reduce((sum, one) => sum + one + 1, 0);
  const perceptBytes = 2 * rows * (rowBytes(perceptSpec) + sizes.feedLength * rowBytes(perceptItemSpec));
  const shardBytes = perceptBytes + shardCount * (kernelScratchWords * 4 + 4096);
  return agentBytes + capacity.postCapacity * 64 + poolLength * 4 + shardBytes + (1 << 22);
}

function allocateShard(
  sizes: Sizes,
  shard: number,
  shardCount: number,
  capacity: Capacity,
  allocator: Allocator,
): ShardHandle {
  const rows = ownRowCountMax(ownershipOf(shard, shardCount, sizes.agentCount));
  const awakeMost = Math.min(rows, capacity.awakeMost);
  const intentCapacity = rows * capacity.intentsPerAgent + capacity.interventionCount;
  const words = (length: number) => new SharedArrayBuffer(length * 4);
  const coldAllocator = coldOnly(allocator);
  const phaseTables = () => ({
    intents: allocateTable(intentSpec, intentCapacity, coldAllocator),
    percepts: allocateTable(perceptSpec, awakeMost + 1, allocator),
    items: allocateTable(perceptItemSpec, (awakeMost + 1) * sizes.feedLength, allocator),
    requests: allocateTable(
      requestSpec,
      rows * capacity.requestsPerAgent + capacity.requestsOfRun + 1024,
      coldAllocator,
    ),
    details: allocateTable(detailSpec, intentCapacity, coldAllocator),
    notes: allocateTable(noteSpec, capacity.hasNotes ? rows * notesPerAgentMax + 1024 : 1, coldAllocator),
  });
  // Room for 64 pairs an agent, reactions also for 16 a post, whichever is more: untouched, it costs nothing.
  const room = (entries: number) => 1 << Math.min(27, 32 - Math.clz32(entries));
  const pairCapacity = { reactions: room(Math.max(rows * 64, capacity.postCapacity * 16)), bonds: room(rows * 64) };
  return {
    kernelScratch: allocator.allocate('i32', kernelScratchWords, true),
    tables: [phaseTables(), phaseTables()],
    count: [words(counts.length), words(counts.length)],
    newPosts: [words(intentCapacity * 2), words(intentCapacity * 2)],
    texts: [words(capacity.tickTextBytes / 4), words(capacity.tickTextBytes / 4)],
    boards: allocateTable(boardSpec, boardCount * boardLength, coldAllocator),
    offers: allocateTable(boardSpec, boardCount * boardLength, coldAllocator),
    pairs: eachPair((name) => allocatePairs(pairCapacity[name], coldAllocator)),
    wheel: words(wheelWords(rows)),
    buckets: words(bucketCount * 4 * 2),
    moderation: words(moderationQueueLength),
    auditTally: words(capacity.archetypes.tallyWords),
    tieLog: allocateTable(tieLogSpec, rows * 16 + 4096, coldAllocator),
    memories: {
      rows: allocateTable(memorySpec, capacity.hasNotes ? memoryCapacity(rows) : 1, coldAllocator),
      used: words(2),
      texts: [words(capacity.hasNotes ? memoryTextBytes / 4 : 1), words(1)],
    },
  };
}

/** Notes of one agent in a tick that there is room for, on average over a shard's agents. */
const notesPerAgentMax = 8;

/** Words of a line, on which a column begins. */
const lineWords = 16;

/** Columns that kernels read or write: see `feed-kernel.ts`, `looks-kernel.ts` and `memory-kernel.ts`. */
const kernelColumns: ReadonlySet<string> = new Set([
  ...['percepts.agent', 'percepts.itemCount', 'perceptItems.post'],
  ...['perceptItems.origin', 'perceptItems.source', 'perceptItems.seen', 'posts.face'],
  ...['agents.pendingTie', 'agents.policy', 'agents.keyLo', 'agents.keyHi', 'agents.interest', 'agents.exposureHead'],
  ...['recents.entry', 'exposures.origin', 'exposures.seen', 'tieRows.start', 'tieRows.length', 'ties.neighbour'],
]);

/** An allocator that gives the arena to what kernels read; a column without a name is asked for by one of them. */
function forKernels(allocator: Allocator): Allocator {
  return {
    ...allocator,
    allocate: (cell, length, hot, name) =>
      allocator.allocate(cell, length, hot && (name === undefined || kernelColumns.has(name))),
  };
}

/** An allocator that keeps everything out of the arena. */
function coldOnly(allocator: Allocator): Allocator {
  return { ...allocator, allocate: (cell, length) => allocator.allocate(cell, length, false) };
}

function allocatePairs(entries: number, allocator: Allocator): PairHandle {
  const cold = coldOnly(allocator);
  return {
    halves: [allocateTable(pairSpec, entries, cold), allocateTable(pairSpec, entries, cold)],
    meta: new SharedArrayBuffer(pairMetaLength * 4),
  };
}

/** One shard's view of the run: the state, its own tables and everybody's. */
export interface Attached {
  readonly state: State;
  readonly owner: Ownership;
  /** Tables of every shard, by parity of the tick. */
  readonly tables: readonly (readonly ShardTables[])[];
  /** What each shard offers to the boards in this tick. */
  readonly offers: readonly Boards[];
  readonly awake: Int32Array;
  readonly wheel: Int32Array;
  readonly control: Int32Array;
  /** Reports that reached a threshold, by shard: see `sim/exchange/moderation.ts`. */
  readonly moderation: readonly Int32Array[];
  /** What audits of the tick came to, by shard. */
  readonly auditTallies: readonly Int32Array[];
  /** Buckets of the state root, by parity of the tick and by shard. */
  readonly buckets: readonly (readonly Int32Array[])[];
}

/** Makes the typed arrays of a run in this thread, as shard `shard` sees them. */
export function attachState(handle: StateHandle, shard: number): Attached {
  const { arena, tables, sizes, shardCount } = handle;
  const owner = ownershipOf(shard, shardCount, sizes.agentCount);
  const own = handle.shards[shard];
  const side = (rows: TableHandle, pool: TableHandle, tail: SharedArrayBuffer): TieSide => ({
    rows: attachTable(tieRowSpec, arena, rows),
    pool: attachTable(tiePoolSpec, arena, pool),
    tail: new Int32Array(tail),
  });
  const state: State = {
    sizes,
    agents: attachTable(agentSpec, arena, tables.agents),
    rowOfOrdinal: new Int32Array(handle.rowOfOrdinal),
    recents: attachTable(recentSpec, arena, tables.recents),
    exposures: attachTable(exposureSpec, arena, tables.exposures),
    attributes: attachTable(attributeSpec, arena, tables.attributes),
    posts: attachTable(postSpec, arena, tables.posts),
    boards: attachTable(boardSpec, arena, own.boards),
    ties: {
      followees: side(tables.followeeRows, tables.followees, handle.tieTails[0]),
      followers: side(tables.followerRows, tables.followers, handle.tieTails[1]),
      logs: handle.shards.map((one) => attachTable(tieLogSpec, arena, one.tieLog)),
      logCount: new Int32Array(handle.tieLogCount),
    },
    ...eachPair((name) => attachPairs(arena, own.pairs[name])),
    ledger: attachPairs(arena, handle.ledger),
    messages: attachTable(messageSpec, arena, tables.messages),
    memories: {
      rows: attachTable(memorySpec, arena, own.memories.rows),
      used: new Int32Array(own.memories.used),
      texts: { words: new Int32Array(own.memories.texts[0]), used: new Int32Array(own.memories.texts[1]) },
    },
    archetypes: {
      cells: attachTable(archetypeCellSpec, arena, handle.archetypes.cells),
      nodes: attachTable(archetypeNodeSpec, arena, handle.archetypes.nodes),
      audits: attachTable(auditSpec, arena, handle.archetypes.audits),
    },
    texts: { words: new Int32Array(handle.texts[0]), used: new Int32Array(handle.texts[1]) },
    quotas: { tick: new Int32Array(handle.quotaTick), used: new Int32Array(handle.quotaUsed) },
    topics: handle.topics === undefined ? undefined : attachTopics(handle.topics),
    meaning: attachMeaning(arena, handle.meaning),
    invariants: handle.invariants.map((one) => new Uint8Array(one)),
    owner,
    now: { tick: 0, tickSeconds: 0, hourOfDay: 0, seed: 0, seedA: 0, seedB: 0, nextPost: 1, oldestPost: 1 },
  };
  return {
    state,
    owner,
    tables: [0, 1].map((parity) => handle.shards.map((one) => attachShardTables(arena, one, parity as 0 | 1))),
    offers: handle.shards.map((one) => attachTable(boardSpec, arena, one.offers)),
    awake: new Int32Array(handle.awake),
    wheel: new Int32Array(own.wheel),
    control: new Int32Array(handle.control),
    moderation: handle.shards.map((one) => new Int32Array(one.moderation)),
    auditTallies: handle.shards.map((one) => new Int32Array(one.auditTally)),
    buckets: [0, 1].map((parity) =>
      handle.shards.map((one) => new Int32Array(one.buckets, parity * bucketCount * 16, bucketCount * 4)),
    ),
  };
}

function eachPair<Value>(of: (name: PairKind) => Value): Record<PairKind, Value> {
  return Object.fromEntries(pairNames.map((name) => [name, of(name)])) as Record<PairKind, Value>;
}

function attachPairs(arena: ArenaHandle, { halves, meta }: PairHandle): Pairs {
  const [one, other] = halves.map((half) => attachTable(pairSpec, arena, half));
  return { halves: [one, other], meta: new Int32Array(meta) };
}

function attachShardTables(arena: ArenaHandle, one: ShardHandle, parity: 0 | 1): ShardTables {
  const tables = one.tables[parity];
  const words = new Int32Array(one.newPosts[parity]);
  const half = words.length / 2;
  const count = new Int32Array(one.count[parity]);
  const used = count.subarray(counts.textWords, counts.textWords + 1);
  return {
    details: attachTable(detailSpec, arena, tables.details),
    notes: attachTable(noteSpec, arena, tables.notes),
    texts: { words: new Int32Array(one.texts[parity]), used },
    intents: attachTable(intentSpec, arena, tables.intents),
    percepts: attachTable(perceptSpec, arena, tables.percepts),
    items: attachTable(perceptItemSpec, arena, tables.items),
    requests: attachTable(requestSpec, arena, tables.requests),
    count,
    newPostOrdinal: words.subarray(0, half),
    newPostIntent: words.subarray(half),
  };
}
