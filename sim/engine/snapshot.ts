/**
 * The state between two ticks as columns that any number of shards can take up again.
 *
 * What is addressed by rows is copied as it lies; what is kept a shard (reactions, wheel, boards, logs) is brought into a form that
 * does not know shards: a list of reactions, one merged set of boards, wake times, and ties whose log has been merged, which is
 * why a merge is always due before a snapshot. The layout of rows goes with it: it cannot be seen in any outcome.
 * Invariant: restore(take(state)) goes on to the same chain, with any number of shards.
 */
import { archetypeTables } from '../world/archetypes.ts';
import { boardCount, boardLength } from '../world/boards.ts';
import { keepMemory, memoryRows } from '../world/memories.ts';
import { oldestLive } from '../world/posts.ts';
import { bytesOf, wordsOfText } from '../world/texts.ts';
import type { Texts } from '../world/texts.ts';
import { agentShard, forOwnBlocks } from '../world/ownership.ts';
import { fallenPosts } from '../exchange/falls.ts';
import { noteHit } from '../exchange/moderation.ts';
import type { Vectors } from '../world/reader-vectors.ts';
import type { PairKind, Pairs } from '../world/pairs.ts';
import { forPairs, initPairs, pairKinds, pairNames, setPair } from '../world/pairs.ts';
import { queueWake } from './activate.ts';
import { control } from './barrier.ts';
import { markPlatform, splitTail, transposeTies } from './load.ts';
import { mergeOffersInto } from './shard.ts';
import { attachState } from './state.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { CellArray, Cell } from '../ground/arena.ts';
import type { CheckpointColumn } from '../record/checkpoint.ts';
import type { Boards } from '../world/boards.ts';
import type { Attached, State, StateHandle } from './state.ts';

/** Columns by name, such as `agents.keyLo`. */
export type SnapshotColumns = Record<string, CheckpointColumn>;

/** The state before tick `tick`. */
export interface Snapshot {
  readonly tick: number;
  readonly nextPost: number;
  readonly columns: SnapshotColumns;
}

const rowTables = ['agents', 'recents', 'exposures', 'attributes', 'posts'] as const;
/** Columns that are addresses within one arrangement of shards: they are made anew. */
const remade = new Set(['agents.pendingTie', 'agents.memoryLatest']);

/** Copies the state while every shard waits. `tick` is the next one. */
export function takeSnapshot(handle: StateHandle, tick: number): Snapshot {
  const all = handle.shards.map((_, shard) => attachState(handle, shard));
  const { state, control: words } = all[0];
  const nextPost = words[control.nextPost];
  const columns: SnapshotColumns = {};
  for (const table of rowTables) {
    for (const [name, column] of columnsOf(state[table])) {
      if (!remade.has(`${table}.${name}`)) columns[`${table}.${name}`] = copyOf(column);
    }
  }
  for (const [table, vectors] of vectorTables(state)) {
    for (const [name, column] of columnsOf(vectors)) columns[`${table}.${name}`] = copyOf(column);
  }
  copyTies(state, columns);
  const oldest = oldestLive(state.posts, nextPost);
  for (const name of pairNames) columns[`pairs.${name}`] = copyPairs(all, name, oldest);
  columns.moderation = Int32Array.from(all.flatMap(({ moderation, owner }) => waiting(moderation[owner.shard])));
  columns['quotas.tick'] = Int32Array.from(state.quotas.tick);
  columns['quotas.used'] = Int32Array.from(state.quotas.used);
  copyGrounds(state, columns);
  copyMemories(all, columns);
  copyArchetypes(state, columns);
  state.invariants.forEach((column, k) => (columns[`invariants.${k}`] = Uint8Array.from(column)));
  copyBoards(all, tick - 1, oldest, columns);
  return { tick, nextPost, columns };
}

/** Vectors of readers and posts, where there are any. */
function vectorTables({ meaning }: State): [string, Vectors][] {
  return meaning === undefined
    ? []
    : [
        ['readers', meaning.readers],
        ['postVectors', meaning.posts],
      ];
}

function columnsOf(table: object): [string, CellArray<Cell>][] {
  return Object.entries(table).filter(([, column]) => ArrayBuffer.isView(column)) as [string, CellArray<Cell>][];
}

/** A copy in memory of its own, outside the shared buffers. */
function copyOf<Column extends CellArray<Cell>>(column: Column): Column {
  return column.slice() as Column;
}

function copyTies(state: State, columns: SnapshotColumns): void {
  const { rows, pool } = state.ties.followees;
  const { agentCount } = state.sizes;
  const offset = new Int32Array(agentCount + 1);
  for (let row = 0 as AgentRow; row < agentCount; row++) offset[row + 1] = offset[row] + rows.length[row];
  const followee = new Int32Array(offset[agentCount]);
  const from = pool.neighbour as unknown as Int32Array;
  for (let row = 0 as AgentRow; row < agentCount; row++) {
    const start = rows.start[row];
    followee.set(from.subarray(start, start + rows.length[row]), offset[row]);
  }
  columns['ties.offset'] = offset;
  columns['ties.followee'] = followee;
}

/** The ledger, the messages and the texts in use, of runs that have them. */
function copyGrounds({ ledger, messages, texts }: State, columns: SnapshotColumns): void {
  const words = pairWords([ledger], 0);
  if (words.length > 0) columns.ledger = words;
  if ((messages.id as unknown as Int32Array).some((id) => id !== 0)) {
    for (const [name, column] of columnsOf(messages)) columns[`messages.${name}`] = copyOf(column);
  }
  if (texts.used[0] > 0) columns.texts = texts.words.slice(0, texts.used[0]);
}

/** What is known of archetypes, where anything is. */
function copyArchetypes({ archetypes }: State, columns: SnapshotColumns): void {
  const { cells, audits } = archetypes;
  const isUsed = [cells.answered, audits.tick].some((column) =>
    (column as unknown as Int32Array).some((one) => one !== 0),
  );
  if (!isUsed) return;
  for (const [table] of archetypeTables) {
    for (const [name, column] of columnsOf(archetypes[table])) columns[`archetypes.${table}.${name}`] = copyOf(column);
  }
}

function restoreArchetypes({ archetypes }: State, columns: Partial<SnapshotColumns>): void {
  for (const [table] of archetypeTables) {
    for (const [name, column] of columnsOf(archetypes[table])) {
      const from = columns[`archetypes.${table}.${name}`];
      // Audits are kept for as many ticks as the run has, which may have changed; groups are what they were.
      const fits = from !== undefined && (table === 'audits' || from.length === column.length);
      if (fits) column.set(from.subarray(0, column.length));
    }
  }
}

/** Notes of all agents, by row of the agent and then in the order in which they were taken: agent, tick, importance, kind, then the text in its words. */
function copyMemories(all: readonly Attached[], columns: SnapshotColumns): void {
  if (all.every(({ state }) => state.memories.used[0] === 0)) return;
  const words: number[] = [];
  for (const { state, owner } of all) {
    const { rows, texts } = state.memories;
    forOwnBlocks(owner, (start, end) => {
      for (let agent = start as AgentRow; agent < end; agent++) {
        for (const row of memoryRows(state, agent)) {
          words.push(agent, rows.tick[row], rows.importance[row], rows.kind[row]);
          const ref = rows.text[row];
          for (let at = ref; at < ref + wordsOfText(texts.words[ref]); at++) words.push(texts.words[at]);
        }
      }
    });
  }
  columns.memories = Int32Array.from(words);
}

function restoreMemories(all: readonly Attached[], words: CheckpointColumn | undefined): void {
  if (words === undefined) return;
  const { owner } = all[0];
  const texts: Texts = { words: words as Int32Array, used: new Int32Array(1) };
  for (let at = 0; at < words.length; at += 4 + wordsOfText(words[at + 4])) {
    const agent = words[at] as AgentRow;
    const [tick, importance, kind] = [words[at + 1], words[at + 2], words[at + 3]];
    const note = { tick, importance, kind, text: bytesOf(texts, at + 4) };
    keepMemory(all[agentShard(owner, agent)].state, agent, note);
  }
}

/** Pairs (post, rule) that wait in a queue. */
function waiting(queue: Int32Array): number[] {
  return Array.from(queue.subarray(1, 1 + 2 * queue[0]));
}

/** Pairs of one kind, from every shard: subject, object, value. */
function copyPairs(all: readonly Attached[], name: PairKind, oldestPost: number): Int32Array {
  const dropBelow = pairKinds[name].object === 'post' ? oldestPost : 0;
  return pairWords(
    all.map(({ state }) => state[name]),
    dropBelow,
  );
}

function pairWords(tables: readonly Pairs[], dropBelow: number): Int32Array {
  let count = 0;
  for (const pairs of tables) forPairs(pairs, dropBelow, () => count++);
  const words = new Int32Array(count * 3);
  let at = 0;
  for (const pairs of tables) {
    forPairs(pairs, dropBelow, (subject, object, value) => {
      words[at++] = subject;
      words[at++] = object;
      words[at++] = value;
    });
  }
  return words;
}

function copyBoards(all: readonly Attached[], tick: number, oldest: number, columns: SnapshotColumns): void {
  const { boards } = all[0].state;
  const post = Int32Array.from(boards.post as unknown as Int32Array);
  const score = Float64Array.from(boards.score as unknown as Float64Array);
  const copy = { post, score, rowCapacity: boards.rowCapacity } as unknown as Boards;
  mergeOffersInto(copy, all[0].offers, fallenPosts(all[0].tables[tick & 1]), oldest);
  columns['boards.post'] = post;
  columns['boards.score'] = score;
}

/** Fills freshly allocated memory from a snapshot. Main thread, before any shard starts. */
export function restoreSnapshot(handle: StateHandle, snapshot: Snapshot): void {
  const all = handle.shards.map((_, shard) => attachState(handle, shard));
  const { state, control: words } = all[0];
  const { columns } = snapshot;
  words[control.nextPost] = snapshot.nextPost;
  for (const table of rowTables) {
    for (const [name, column] of columnsOf(state[table])) {
      const from = columns[`${table}.${name}`] as CheckpointColumn | undefined;
      if (from !== undefined) column.set(from);
    }
  }
  for (const [table, vectors] of vectorTables(state)) {
    for (const [name, column] of columnsOf(vectors)) {
      const from = (columns as Partial<SnapshotColumns>)[`${table}.${name}`];
      // A fork may ask for other vectors: its readers begin anew.
      if (from?.length === column.length) column.set(from);
    }
  }
  (state.agents.pendingTie as unknown as Int32Array).fill(-1);
  for (let row = 0 as AgentRow; row < state.sizes.agentCount; row++) {
    state.rowOfOrdinal[state.agents.ordinal[row]] = row;
  }
  markPlatform(state);
  restoreTies(state, columns, handle.shardCount);
  const hits = columns.moderation as Int32Array;
  for (let i = 0; i < hits.length; i += 2) noteHit(all[0].moderation[0], hits[i], hits[i + 1]);
  for (const name of pairNames) restorePairs(all, name, columns[`pairs.${name}`] as Int32Array);
  restoreGrounds(state, columns);
  restoreMemories(all, (columns as Partial<SnapshotColumns>).memories);
  restoreArchetypes(state, columns);
  state.quotas.tick.set(columns['quotas.tick']);
  state.quotas.used.set(columns['quotas.used']);
  state.invariants.forEach((column, k) => {
    column.set(columns[`invariants.${k}`]);
  });
  for (const one of all) restoreShard(one, snapshot);
}

function restoreGrounds({ ledger, messages, texts }: State, columns: Partial<SnapshotColumns>): void {
  initPairs(ledger);
  const words = columns.ledger ?? [];
  for (let i = 0; i < words.length; i += 3) setPair(ledger, words[i], words[i + 1], words[i + 2], 0);
  for (const [name, column] of columnsOf(messages)) {
    const from = columns[`messages.${name}`];
    if (from !== undefined) column.set(from);
  }
  if (columns.texts === undefined) return;
  texts.words.set(columns.texts);
  texts.used[0] = columns.texts.length;
}

function restoreTies(state: State, columns: SnapshotColumns, shardCount: number): void {
  const { followees, followers } = state.ties;
  const offset = columns['ties.offset'] as Int32Array;
  const followee = columns['ties.followee'] as Int32Array;
  (followees.pool.neighbour as unknown as Int32Array).set(followee);
  for (let row = 0 as AgentRow; row < state.sizes.agentCount; row++) {
    const length = offset[row + 1] - offset[row];
    followees.rows.start[row] = offset[row];
    followees.rows.length[row] = length;
    followees.rows.capacity[row] = length;
  }
  transposeTies(state, state.sizes.agentCount);
  splitTail(followees, followee.length, shardCount);
  splitTail(followers, followee.length, shardCount);
}

function restorePairs(all: readonly Attached[], name: PairKind, words: Int32Array): void {
  for (const { state } of all) initPairs(state[name]);
  const { owner } = all[0];
  for (let i = 0; i < words.length; i += 3) {
    const { state } = all[agentShard(owner, words[i])];
    setPair(state[name], words[i], words[i + 1], words[i + 2], 0);
  }
}

/** Boards and wheel of one shard. */
function restoreShard({ state, owner, wheel }: Attached, snapshot: Snapshot): void {
  const { columns, tick } = snapshot;
  const cells = boardCount * boardLength;
  (state.boards.post as unknown as Int32Array).set((columns['boards.post'] as Int32Array).subarray(0, cells));
  (state.boards.score as unknown as Float64Array).set((columns['boards.score'] as Float64Array).subarray(0, cells));
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      queueWake(state.agents, wheel, row, tick - 1, state.agents.wakeTick[row]);
    }
  });
}
