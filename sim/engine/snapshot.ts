/**
 * The state between two ticks as columns that any number of shards can take up again.
 *
 * What is addressed by rows is copied as it lies; what is kept a shard (reactions, wheel, boards, logs) is brought into a form that
 * does not know shards: a list of reactions, one merged set of boards, wake times, and ties whose log has been merged, which is
 * why a merge is always due before a snapshot. The layout of rows goes with it: it cannot be seen in any outcome.
 * Invariant: restore(take(state)) goes on to the same chain, with any number of shards.
 */
import { boardCount, boardLength } from '../world/boards.ts';
import { oldestLive } from '../world/posts.ts';
import { agentShard, forOwnBlocks } from '../world/ownership.ts';
import { addReaction, initReactions } from '../world/reactions.ts';
import { queueWake } from './activate.ts';
import { control } from './barrier.ts';
import { splitTail, transposeTies } from './load.ts';
import { mergeOffersInto } from './shard.ts';
import { attachState } from './state.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
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
const remade = new Set(['agents.wakeNext', 'agents.pendingTie']);

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
  copyTies(state, columns);
  copyReactions(all, oldestLive(state.posts, nextPost), columns);
  copyBoards(all, oldestLive(state.posts, nextPost), columns);
  return { tick, nextPost, columns };
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

function copyReactions(all: readonly Attached[], oldest: number, columns: SnapshotColumns): void {
  const found: number[] = [];
  for (const { state } of all) {
    const table = state.reactions.halves[state.reactions.meta[0] as 0 | 1];
    for (let place = 0 as Id<'reactions'>; place < state.reactions.meta[1]; place++) {
      if (table.actor[place] === 0 || table.post[place] < oldest) continue;
      found.push(table.actor[place] - 1, table.post[place], table.done[place]);
    }
  }
  columns.reactions = Int32Array.from(found);
}

function copyBoards(all: readonly Attached[], oldest: number, columns: SnapshotColumns): void {
  const { boards } = all[0].state;
  const post = Int32Array.from(boards.post as unknown as Int32Array);
  const score = Float64Array.from(boards.score as unknown as Float64Array);
  const copy = { post, score, rowCapacity: boards.rowCapacity } as unknown as Boards;
  mergeOffersInto(copy, all[0].offers, oldest);
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
  (state.agents.pendingTie as unknown as Int32Array).fill(-1);
  for (let row = 0 as AgentRow; row < state.sizes.agentCount; row++) {
    state.rowOfOrdinal[state.agents.ordinal[row]] = row;
  }
  restoreTies(state, columns, handle.shardCount);
  restoreReactions(all, columns.reactions as Int32Array);
  for (const one of all) restoreShard(one, snapshot);
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

function restoreReactions(all: readonly Attached[], reactions: Int32Array): void {
  for (const { state } of all) initReactions(state.reactions);
  const { owner } = all[0];
  for (let i = 0; i < reactions.length; i += 3) {
    const { state } = all[agentShard(owner, reactions[i])];
    addReaction(state.reactions, reactions[i], reactions[i + 1], reactions[i + 2], 0);
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
