/**
 * What stands between an agent and something else: exact, one whole number a pair (agent, object). Who reacted to which post, who
 * muted whom: each kind of pair is a table of its own. One open-addressed table a shard, in a region that only the agent's shard
 * writes; other shards may read it between two applications.
 *
 * A value of 0 means that there is nothing; such entries, and those whose object left (`dropBelow`), go when the table is rebuilt,
 * which happens at six tenths full; it grows by doubling within its region. No such moment can be seen. Oracle: a Map of strings.
 */
import { column, defineTable } from '../ground/table.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';
import { mix32 } from '../ground/random.ts';
import { InvariantError } from '../ground/errors.ts';

/** `subject` is the agent's row plus one: 0 is an empty place. */
export const pairSpec = defineTable<Id<'pairs'>>()('pairs', {
  subject: column('i32', 'address'),
  object: column('i32', 'address'),
  value: column('i32'),
});
export type PairTable = Table<Id<'pairs'>, (typeof pairSpec)['columns']>;

/** Kinds of pairs, with what the object is: the state root, checkpoints and `inspect` go through this list. */
export const pairKinds = {
  /** Bits of `reactionBits`, by post. */
  reactions: { object: 'post' },
  /** Bits of `bondBits`, by other agent. */
  bonds: { object: 'agent' },
} as const;
export type PairKind = keyof typeof pairKinds;
export const pairNames = Object.keys(pairKinds) as readonly PairKind[];

/** What an agent did to a post. */
export const reactionBits = { like: 1, repost: 2, dislike: 4, report: 8, quote: 16 } as const;

/** What stands between two agents: what the first did, and what the other did to it. */
export const bondBits = { mute: 1, block: 2, blockedBy: 4 } as const;

/** A shard's pairs of one kind: two halves of a region, of which one is in use. */
export interface Pairs {
  readonly halves: readonly [PairTable, PairTable];
  /** [half in use, size (a power of two), places used]. */
  readonly meta: Int32Array;
}

export const pairMetaLength = 16;
const firstSize = 1024;

/** Begins with an empty small table. */
export function initPairs(pairs: Pairs): void {
  pairs.meta[0] = 0;
  pairs.meta[1] = Math.min(firstSize, pairs.halves[0].rowCapacity);
  pairs.meta[2] = 0;
}

function placeOf(table: PairTable, size: number, subject: number, object: number): number {
  const subjects = table.subject as unknown as Int32Array;
  const objects = table.object as unknown as Int32Array;
  let place = (mix32(subject ^ Math.imul(object, 0x9e3779b1)) >>> 0) & (size - 1);
  while (subjects[place] !== 0 && (subjects[place] !== subject + 1 || objects[place] !== object))
    place = (place + 1) & (size - 1);
  return place;
}

/** The value of a pair; 0 if there is nothing. */
export function pairValue(pairs: Pairs, subject: number, object: number): number {
  const table = pairs.halves[pairs.meta[0] as 0 | 1];
  const place = placeOf(table, pairs.meta[1], subject, object) as Id<'pairs'>;
  // A place that is empty after a rebuild still holds what an older entry left in its other columns.
  return table.subject[place] === 0 ? 0 : table.value[place];
}

/** Sets the value of a pair. Entries of objects below `dropBelow` may be dropped. */
export function setPair(pairs: Pairs, subject: number, object: number, value: number, dropBelow: number): void {
  const { meta } = pairs;
  if (meta[2] * 10 >= meta[1] * 6) rebuild(pairs, dropBelow);
  const table = pairs.halves[meta[0] as 0 | 1];
  const place = placeOf(table, meta[1], subject, object) as Id<'pairs'>;
  if (table.subject[place] === 0) {
    if (value === 0) return;
    table.subject[place] = subject + 1;
    table.object[place] = object;
    meta[2]++;
  }
  table.value[place] = value;
}

/** How many places of the table are used; entries of 0 included. */
export function pairPlacesUsed({ meta }: Pairs): number {
  return meta[2];
}

/** Calls `visit(subject, object, value)` for each pair, in no order that may be relied on. */
export function forPairs(
  pairs: Pairs,
  dropBelow: number,
  visit: (subject: number, object: number, value: number) => void,
): void {
  const table = pairs.halves[pairs.meta[0] as 0 | 1];
  for (let place = 0 as Id<'pairs'>; place < pairs.meta[1]; place++) {
    if (isKept(table, place, dropBelow)) visit(table.subject[place] - 1, table.object[place], table.value[place]);
  }
}

function isKept(table: PairTable, place: Id<'pairs'>, dropBelow: number): boolean {
  return table.subject[place] !== 0 && table.object[place] >= dropBelow && table.value[place] !== 0;
}

function rebuild(pairs: Pairs, dropBelow: number): void {
  const { meta } = pairs;
  const from = pairs.halves[meta[0] as 0 | 1];
  const to = pairs.halves[(1 - meta[0]) as 0 | 1];
  const size = meta[1];
  let live = 0;
  for (let i = 0 as Id<'pairs'>; i < size; i++) if (isKept(from, i, dropBelow)) live++;
  const wanted = live * 10 > size * 4 ? size * 2 : size;
  if (wanted > to.rowCapacity) throw new InvariantError(`a table of pairs is full: ${live} live entries`);
  (to.subject as unknown as Int32Array).fill(0, 0, wanted);
  for (let i = 0 as Id<'pairs'>; i < size; i++) {
    if (!isKept(from, i, dropBelow)) continue;
    const place = placeOf(to, wanted, from.subject[i] - 1, from.object[i]) as Id<'pairs'>;
    to.subject[place] = from.subject[i];
    to.object[place] = from.object[i];
    to.value[place] = from.value[i];
  }
  meta[0] = 1 - meta[0];
  meta[1] = wanted;
  meta[2] = live;
}
