/**
 * The root of the whole state: every live row of every table, as canonical numbers, summed into 256 buckets by agent key.
 *
 * Sums do not depend on the order of rows, so layout, merge interval and number of shards cannot be seen. Each shard adds the
 * rows that it owns. All that belongs to an agent is one row, whatever tables it lies in; whom it follows is a sum within the row,
 * which the unmerged log adds to and takes from. What a row guards against: see `sim/ground/digest.ts`.
 *
 * A list of columns is made once a table and root; rows then pass in blocks, column by column. Row by row, with a look at the
 * declaration for each cell, and with four lanes, a root took 7.0 plain ticks; two lanes made it 6.1, columns 2.8 (one worker, 10^5
 * agents, seed 7, AMD EPYC with 2 cores).
 */
import {
  addRow,
  addRows,
  addWord,
  beginRow,
  beginRows,
  blockRowsMax,
  createRowHash,
  pushRow,
  wordsOfNumber,
} from '../ground/digest.ts';
import { InvariantError } from '../ground/errors.ts';
import { agentSpec, recentLength, topicCount } from '../world/agents.ts';
import { archetypeTables } from '../world/archetypes.ts';
import { boardCount, boardLength } from '../world/boards.ts';
import { postSpec, postRow } from '../world/posts.ts';
import { accounts, entryOf } from '../world/ledger.ts';
import { memoryBytes, memoryRows } from '../world/memories.ts';
import { messageSpec } from '../world/messages.ts';
import { vectorSpec } from '../world/reader-vectors.ts';
import { forPairs, pairKinds, pairNames } from '../world/pairs.ts';
import { forOwnBlocks, postShard } from '../world/ownership.ts';
import { newPostCount } from './apply.ts';
import { addCellsIn, addNumbersIn, addTies, addTranslatedIn, createRowRoom } from './rows-kernel.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { RowHash } from '../ground/digest.ts';
import type { Cell, CellArray } from '../ground/arena.ts';
import type { ColumnSpecs } from '../ground/table.ts';
import type { ReaderVectors } from '../world/reader-vectors.ts';
import type { MessageRow } from '../world/messages.ts';
import type { RowRoom } from './rows-kernel.ts';
import type { Shard } from './shard.ts';

/** Numbers of the tables in the hash: never reused. 2, 3, 5, 9 and 11 are gone: what they stood for is part of an agent's row. */
const tableNumber = {
  agents: 1,
  posts: 4,
  reactions: 6,
  boards: 7,
  bonds: 8,
  moderation: 10,
  worldInvariants: 12,
  ledger: 13,
  messages: 14,
  texts: 15,
  memories: 16,
  archetypes: 17,
} as const;

/** What a root is made with. `room` holds rows on their way; `hash` a row of what is too little for columns. */
interface Hashing {
  readonly shard: Shard;
  readonly buckets: Int32Array;
  readonly room: RowRoom;
  readonly hash: RowHash;
}

/** Adds the shard's rows to its buckets, which are emptied first. */
export function hashState(shard: Shard): void {
  const buckets = shard.attached.buckets[shard.state.now.tick & 1][shard.owner.shard];
  buckets.fill(0);
  const hashing = { shard, buckets, room: createRowRoom(shard.kernels.rows), hash: createRowHash() };
  hashAgents(hashing);
  hashPosts(hashing);
  hashPairs(hashing);
  hashModeration(hashing);
  hashMemories(hashing);
  if (shard.owner.shard !== 0) return;
  hashWorldInvariants(hashing);
  hashBoards(hashing);
  hashLedger(hashing);
  hashMessages(hashing);
  hashTexts(hashing);
  hashArchetypes(hashing);
}

/** A column as it enters the hash: `width` cells a row. */
type HashedColumn = { readonly width: number } & (
  | { readonly as: 'cells'; readonly cells: Int32Array | Uint8Array }
  | { readonly as: 'ordinals'; readonly cells: Int32Array }
  | { readonly as: 'numbers'; readonly cells: Float32Array | Float64Array; readonly name: string }
);

/** Whole numbers: as words where a row of them fills words, since columns begin on whole ones, else byte by byte. */
function wholeColumn(column: ArrayLike<number>, width: number): HashedColumn {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = column as CellArray<Cell>;
  const rowBytes = width * BYTES_PER_ELEMENT;
  const isWords = rowBytes % 4 === 0;
  const cells = isWords
    ? new Int32Array(buffer, byteOffset, byteLength >>> 2)
    : new Uint8Array(buffer, byteOffset, byteLength);
  return { as: 'cells', cells, width: isWords ? rowBytes >>> 2 : rowBytes };
}

/** Columns of a table in the order of their declaration; addresses are translated or left out. */
function columnsOf(specs: ColumnSpecs, table: object): HashedColumn[] {
  const columns: HashedColumn[] = [];
  for (const [name, { cell, width, meaning }] of Object.entries(specs)) {
    const cells = (table as Record<string, CellArray<Cell>>)[name];
    if (meaning === 'address') continue;
    if (meaning === 'agentRow') columns.push({ as: 'ordinals', cells: cells as Int32Array, width });
    else if (cell === 'f32' || cell === 'f64')
      columns.push({ as: 'numbers', cells: cells as Float32Array, width, name });
    else columns.push(wholeColumn(cells, width));
  }
  return columns;
}

function addColumns({ shard, room }: Hashing, columns: readonly HashedColumn[]): void {
  const ordinal = shard.state.agents.ordinal as unknown as Int32Array;
  for (const column of columns) {
    if (column.as === 'cells') addCellsIn(room, column.cells, column.width);
    else if (column.as === 'ordinals') addTranslatedIn(room, column.cells, column.width, ordinal);
    else {
      const place = addNumbersIn(room, column.cells, column.width);
      if (place >= 0) refuseNaN(shard, column.name, Math.floor(place / column.width));
    }
  }
}

function refuseNaN({ plan, state }: Shard, name: string, row: number): never {
  throw new InvariantError(`NaN in ${name}[${row}]`, { seed: plan.seed, tick: state.now.tick });
}

function hashAgents(hashing: Hashing): void {
  const { shard, buckets, room } = hashing;
  const { block } = room;
  const { agents } = shard.state;
  const columns = agentColumns(shard);
  forOwnBlocks(shard.owner, (start, end) => {
    for (let from = start; from < end; from += blockRowsMax) {
      const to = Math.min(end, from + blockRowsMax) as AgentRow;
      for (let row = from as AgentRow; row < to; row++) pushRow(block, row, agents.ordinal[row], agents.keyLo[row]);
      beginRows(block, tableNumber.agents);
      addColumns(hashing, columns);
      addTies(room, shard);
      addRows(buckets, block);
    }
  });
}

/** Columns of every table that has a row an agent; those of limits and of invariants, where the scenario has such. */
function agentColumns({ state, book, plan }: Shard): HashedColumn[] {
  const { agents, recents, exposures, attributes, quotas, sizes } = state;
  const { limits } = book.conduct;
  const ofActors = state.invariants.filter((_, k) => plan.invariants?.[k].scope === 'actor');
  return [
    ...columnsOf(agentSpec.columns, agents),
    wholeColumn(recents.entry, recentLength * 2),
    wholeColumn(exposures.origin, sizes.memoryLength),
    wholeColumn(exposures.seen, sizes.memoryLength),
    wholeColumn(attributes.value, sizes.attributeNames.length),
    wholeColumn(quotas.used, limits.length),
    wholeColumn(quotas.tick, limits.length === 0 ? 0 : limits[0].stride),
    ...ofActors.map((column) => wholeColumn(column, 1)),
    ...vectorColumns(state.meaning, 'readers'),
  ];
}

/** Vectors of agents or of posts, where there are any. */
function vectorColumns(meaning: ReaderVectors | undefined, table: 'readers' | 'posts'): HashedColumn[] {
  if (meaning === undefined) return [];
  return columnsOf(vectorSpec('readers', meaning.dimensions).columns, meaning[table]);
}

function hashPosts(hashing: Hashing): void {
  const { shard } = hashing;
  const { block } = hashing.room;
  const { agents, posts, now } = shard.state;
  const columns = [...columnsOf(postSpec.columns, posts), ...vectorColumns(shard.state.meaning, 'posts')];
  const end = now.nextPost + newPostCount(shard.all);
  for (let id = now.oldestPost; id < end; id++) {
    if (postShard(shard.owner, id) !== shard.owner.shard) continue;
    const row = postRow(posts, id);
    pushRow(block, row, id, agents.keyLo[posts.author[row] as AgentRow]);
    if (block.count === blockRowsMax) hashBlock(hashing, tableNumber.posts, columns);
  }
  hashBlock(hashing, tableNumber.posts, columns);
}

/** Hashes the rows of the block, all of whose cells stand in these columns, and empties it. */
function hashBlock(hashing: Hashing, table: number, columns: readonly HashedColumn[]): void {
  beginRows(hashing.room.block, table);
  addColumns(hashing, columns);
  addRows(hashing.buckets, hashing.room.block);
}

/** Pairs of archived posts may or may not have been dropped yet, so they do not count. */
function hashPairs({ shard, buckets, hash }: Hashing): void {
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

/** Entries of the ledger: agents among their subjects, objects and values stand as ordinals. */
function hashLedger({ shard, buckets, hash }: Hashing): void {
  const { agents, ledger } = shard.state;
  const ordinalOf = (row: number): number => agents.ordinal[row as AgentRow];
  forPairs(ledger, 0, (pairSubject, object, value) => {
    const { account, subject } = entryOf(pairSubject);
    const spec = accounts[account];
    const isAgent = spec.subject === 'agent';
    beginRow(hash, tableNumber.ledger);
    addWord(hash, spec.number);
    addWord(hash, isAgent ? ordinalOf(subject) : subject);
    addWord(hash, spec.object === 'agent' ? ordinalOf(object) : object);
    addWord(hash, spec.value === 'agent' ? ordinalOf(value - 1) + 1 : value);
    addRow(buckets, isAgent ? agents.keyLo[subject as AgentRow] : topicCount, hash);
  });
}

/** Messages in the window. */
function hashMessages(hashing: Hashing): void {
  const { shard } = hashing;
  const { block } = hashing.room;
  const { messages } = shard.state;
  const columns = columnsOf(messageSpec.columns, messages);
  for (let row = 0 as MessageRow; row < messages.rowCapacity; row++) {
    if (messages.id[row] === 0) continue;
    pushRow(block, row, messages.id[row], topicCount);
    if (block.count === blockRowsMax) hashBlock(hashing, tableNumber.messages, columns);
  }
  hashBlock(hashing, tableNumber.messages, columns);
}

/** All texts, as one row. */
function hashTexts({ shard, buckets, hash }: Hashing): void {
  const { words, used } = shard.state.texts;
  if (used[0] === 0) return;
  beginRow(hash, tableNumber.texts);
  for (let at = 0; at < used[0]; at++) addWord(hash, words[at]);
  addRow(buckets, topicCount, hash);
}

/** What is known of archetypes: rows that hold something, each with its table and place. */
function hashArchetypes({ shard, buckets, hash }: Hashing): void {
  if (shard.archetypes.length === 0) return;
  archetypeTables.forEach(([name, spec], number) => {
    const table = shard.state.archetypes[name];
    const columns = Object.entries<ColumnSpecs[string]>(spec.columns).map(([column, { width }]) => ({
      cells: (table as unknown as Record<string, CellArray<Cell>>)[column],
      width,
    }));
    for (let row = 0; row < table.rowCapacity; row++) {
      const values = columns.flatMap(({ cells, width }) => Array.from(cells.subarray(row * width, (row + 1) * width)));
      if (values.every((value) => value === 0)) continue;
      beginRow(hash, tableNumber.archetypes);
      addWord(hash, number);
      addWord(hash, row);
      for (const value of values) {
        const { lo, hi } = wordsOfNumber(value);
        addWord(hash, lo);
        addWord(hash, hi);
      }
      addRow(buckets, topicCount, hash);
    }
  });
}

/** Each agent's notes, with their places in its list. */
function hashMemories({ shard, buckets, hash }: Hashing): void {
  const { state, owner } = shard;
  if (state.memories.used[0] === 0) return;
  const { rows } = state.memories;
  forOwnBlocks(owner, (start, end) => {
    for (let agent = start as AgentRow; agent < end; agent++) {
      memoryRows(state, agent).forEach((row, place) => {
        beginRow(hash, tableNumber.memories);
        const words = [state.agents.ordinal[agent], place, rows.tick[row], rows.importance[row], rows.kind[row]];
        for (const word of words) addWord(hash, word);
        for (const byte of memoryBytes(state.memories, row)) addWord(hash, byte);
        addRow(buckets, state.agents.keyLo[agent], hash);
      });
    }
  });
}

/** Reports that wait for the platform. */
function hashModeration({ shard, buckets, hash }: Hashing): void {
  const queue = shard.attached.moderation[shard.owner.shard];
  for (let i = 0; i < queue[0]; i++) {
    beginRow(hash, tableNumber.moderation);
    addWord(hash, queue[1 + 2 * i]);
    addWord(hash, queue[2 + 2 * i]);
    addRow(buckets, queue[1 + 2 * i], hash);
  }
}

/** States of invariants about the whole run. */
function hashWorldInvariants({ shard, buckets, hash }: Hashing): void {
  const { invariants } = shard.plan;
  if (invariants === undefined) return;
  beginRow(hash, tableNumber.worldInvariants);
  shard.state.invariants.forEach((column, k) => {
    if (invariants[k].scope === 'world') addWord(hash, column[0]);
  });
  addRow(buckets, topicCount, hash);
}

function hashBoards({ shard, buckets, hash }: Hashing): void {
  const { boards } = shard.state;
  for (let place = 0 as Id<'boardEntries'>; place < boardCount * boardLength; place++) {
    if (boards.post[place] === 0) continue;
    if (Number.isNaN(boards.score[place])) refuseNaN(shard, 'boards.score', place);
    const { lo, hi } = wordsOfNumber(boards.score[place]);
    beginRow(hash, tableNumber.boards);
    for (const word of [place, boards.post[place], lo, hi]) addWord(hash, word);
    addRow(buckets, topicCount, hash);
  }
}
