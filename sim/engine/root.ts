/**
 * The root of the whole state: every live row of every table, as canonical numbers, summed into 256 buckets by agent key.
 *
 * Sums do not depend on the order of rows, so layout, merge interval and number of shards cannot be seen. Each shard adds the
 * rows that it owns; ties are hashed as pairs, unmerged log included.
 */
import { addRow, addRowsOf, addWord, beginRow, createRowHash, wordsOfNumber } from '../ground/digest.ts';
import { InvariantError } from '../ground/errors.ts';
import { agentSpec, recentLength, topicCount } from '../world/agents.ts';
import { boardCount, boardLength } from '../world/boards.ts';
import { postSpec, postRow } from '../world/posts.ts';
import { forPairs, pairKinds, pairNames } from '../world/pairs.ts';
import { forOwnBlocks, postShard } from '../world/ownership.ts';
import { noTie } from '../social-graph/ties.ts';
import { newPostCount } from './apply.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { RowHash } from '../ground/digest.ts';
import type { ColumnSpecs } from '../ground/table.ts';
import type { Shard } from './shard.ts';

/** Numbers of the tables in the hash: never reused. */
const tableNumber = {
  agents: 1,
  memory: 2,
  attributes: 3,
  posts: 4,
  ties: 5,
  reactions: 6,
  boards: 7,
  bonds: 8,
  quotas: 9,
  moderation: 10,
  invariants: 11,
  worldInvariants: 12,
} as const;

/** Adds the shard's rows to its buckets, which are emptied first. */
export function hashState(shard: Shard): void {
  const buckets = shard.attached.buckets[shard.state.now.tick & 1][shard.owner.shard];
  buckets.fill(0);
  const hash = createRowHash();
  hashAgents(shard, buckets, hash);
  hashPosts(shard, buckets, hash);
  hashPairs(shard, buckets, hash);
  hashQuotas(shard, buckets, hash);
  hashModeration(shard, buckets, hash);
  if (shard.plan.invariants !== undefined) hashInvariants(shard, buckets, hash);
  if (shard.owner.shard === 0) hashBoards(shard, buckets, hash);
}

type Columns = Readonly<Record<string, ArrayLike<number>>>;

/** Adds one row's columns in the order of their declaration; addresses are translated or left out. */
function addColumns(shard: Shard, specs: ColumnSpecs, columns: Columns, row: number, hash: RowHash): void {
  for (const name in specs) {
    const spec = specs[name];
    if (spec.meaning === 'address') continue;
    const column = columns[name];
    for (let k = row * spec.width; k < (row + 1) * spec.width; k++) {
      const value = column[k];
      if (spec.meaning === 'agentRow') addWord(hash, shard.state.agents.ordinal[value as AgentRow]);
      else if (spec.cell === 'f32' || spec.cell === 'f64') addNumber(shard, name, row, value, hash);
      else addWord(hash, value);
    }
  }
}

function addNumber(shard: Shard, name: string, row: number, value: number, hash: RowHash): void {
  if (Number.isNaN(value)) {
    throw new InvariantError(`NaN in ${name}[${row}]`, { seed: shard.plan.seed, tick: shard.state.now.tick });
  }
  const { lo, hi } = wordsOfNumber(value);
  addWord(hash, lo);
  addWord(hash, hi);
}

function hashAgents(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { state, owner } = shard;
  const { agents, sizes } = state;
  const attributeCount = sizes.attributeNames.length;
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      const bucket = agents.keyLo[row];
      beginRow(hash, tableNumber.agents);
      addWord(hash, agents.ordinal[row]);
      addColumns(shard, agentSpec.columns, agents as unknown as Columns, row, hash);
      addRow(buckets, bucket, hash);
      beginRow(hash, tableNumber.memory);
      addWord(hash, agents.ordinal[row]);
      addCells(state.recents.entry, row, recentLength * 2, hash);
      addCells(state.exposures.origin, row, sizes.memoryLength, hash);
      addCells(state.exposures.seen, row, sizes.memoryLength, hash);
      addRow(buckets, bucket, hash);
      if (attributeCount > 0) {
        beginRow(hash, tableNumber.attributes);
        addWord(hash, agents.ordinal[row]);
        addCells(state.attributes.value, row, attributeCount, hash);
        addRow(buckets, bucket, hash);
      }
      hashTies(shard, buckets, hash, row);
    }
  });
}

function addCells(column: ArrayLike<number>, row: number, width: number, hash: RowHash): void {
  for (let k = row * width; k < (row + 1) * width; k++) addWord(hash, column[k]);
}

/** A tie is a row of the two ends' ordinals; what its follower's ties have in common is hashed once. */
function hashTies(shard: Shard, buckets: Int32Array, hash: RowHash, row: AgentRow): void {
  const { agents, ties } = shard.state;
  const ordinal = agents.ordinal as unknown as Int32Array;
  const neighbours = ties.followees.pool.neighbour as unknown as Int32Array;
  const start = ties.followees.rows.start[row];
  const bucket = agents.keyLo[row];
  beginRow(hash, tableNumber.ties);
  addWord(hash, ordinal[row]);
  addRowsOf(buckets, bucket, hash, ordinal, neighbours, start, start + ties.followees.rows.length[row]);
  const log = ties.logs[shard.owner.shard];
  for (let entry = agents.pendingTie[row] as Id<'tieLogs'>; entry !== noTie; entry = log.next[entry] as Id<'tieLogs'>) {
    beginRow(hash, tableNumber.ties);
    addWord(hash, ordinal[row]);
    addWord(hash, ordinal[log.followee[entry]]);
    addRow(buckets, bucket, hash, log.sign[entry] > 0 ? 1 : -1);
  }
}

function hashPosts(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { state, owner } = shard;
  const end = state.now.nextPost + newPostCount(shard.all);
  for (let id = state.now.oldestPost; id < end; id++) {
    if (postShard(owner, id) !== owner.shard) continue;
    const row = postRow(state.posts, id);
    beginRow(hash, tableNumber.posts);
    addWord(hash, id);
    addColumns(shard, postSpec.columns, state.posts as unknown as Columns, row, hash);
    addRow(buckets, state.agents.keyLo[state.posts.author[row] as AgentRow], hash);
  }
}

/** Pairs of archived posts may or may not have been dropped yet, so they do not count. */
function hashPairs(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { agents, now } = shard.state;
  for (const name of pairNames) {
    const isAgent = pairKinds[name].object === 'agent';
    forPairs(shard.state[name], isAgent ? 0 : now.oldestPost, (subject, object, value) => {
      beginRow(hash, tableNumber[name]);
      addWord(hash, agents.ordinal[subject as AgentRow]);
      addWord(hash, isAgent ? agents.ordinal[object as AgentRow] : object);
      addWord(hash, value);
      addRow(buckets, agents.keyLo[subject as AgentRow], hash);
    });
  }
}

/** What agents have used of their limits: by agent, where anything was used. */
function hashQuotas(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { agents, quotas } = shard.state;
  const { limits } = shard.book.conduct;
  if (limits.length === 0) return;
  const { stride } = limits[0];
  forOwnBlocks(shard.owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      beginRow(hash, tableNumber.quotas);
      addWord(hash, agents.ordinal[row]);
      addCells(quotas.used, row, limits.length, hash);
      addCells(quotas.tick, row, stride, hash);
      addRow(buckets, agents.keyLo[row], hash);
    }
  });
}

/** States of invariants about actors by agent; of those about the run, once. */
function hashInvariants(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { state, plan, owner } = shard;
  const columnsOf = (wanted: string): Uint8Array[] =>
    state.invariants.filter((_, k) => plan.invariants?.[k].scope === wanted);
  const ofActors = columnsOf('actor');
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      beginRow(hash, tableNumber.invariants);
      addWord(hash, state.agents.ordinal[row]);
      for (const column of ofActors) addWord(hash, column[row]);
      addRow(buckets, state.agents.keyLo[row], hash);
    }
  });
  if (owner.shard !== 0) return;
  beginRow(hash, tableNumber.worldInvariants);
  for (const column of columnsOf('world')) addWord(hash, column[0]);
  addRow(buckets, topicCount, hash);
}

/** Reports that wait for the platform. */
function hashModeration(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const queue = shard.attached.moderation[shard.owner.shard];
  for (let i = 0; i < queue[0]; i++) {
    beginRow(hash, tableNumber.moderation);
    addWord(hash, queue[1 + 2 * i]);
    addWord(hash, queue[2 + 2 * i]);
    addRow(buckets, queue[1 + 2 * i], hash);
  }
}

function hashBoards(shard: Shard, buckets: Int32Array, hash: RowHash): void {
  const { boards } = shard.state;
  for (let place = 0 as Id<'boardEntries'>; place < boardCount * boardLength; place++) {
    if (boards.post[place] === 0) continue;
    beginRow(hash, tableNumber.boards);
    addWord(hash, place);
    addWord(hash, boards.post[place]);
    addNumber(shard, 'boards.score', place, boards.score[place], hash);
    addRow(buckets, topicCount, hash);
  }
}
