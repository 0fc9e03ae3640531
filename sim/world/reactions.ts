/**
 * Who did what to which post, once only: exact, for posts in the window. One open-addressed table a shard, in a region that only
 * the actor's shard touches; an entry is (actor, post, bits of verbs).
 *
 * Entries of archived posts are dropped when the table is rebuilt, which happens at six tenths full; it grows by doubling within
 * its region. Neither moment can be seen: an archived post is refused before the table is asked. Oracle: a Set of strings.
 */
import { column, defineTable } from '../ground/table.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';
import { mix32 } from '../ground/random.ts';
import { InvariantError } from '../ground/errors.ts';

/** `actor` is the row plus one: 0 is an empty place. */
export const reactionSpec = defineTable<Id<'reactions'>>()('reactions', {
  actor: column('i32', 'address'),
  post: column('i32', 'postId'),
  done: column('u8'),
});
export type ReactionTable = Table<Id<'reactions'>, (typeof reactionSpec)['columns']>;

/** Bits of `done`. */
export const reactionBits = { like: 1, repost: 2 } as const;

/** A shard's reactions: two halves of a region, of which one is in use. `size` and `used` live in shared `meta`. */
export interface Reactions {
  readonly halves: readonly [ReactionTable, ReactionTable];
  /** [half in use, size (a power of two), places used]. */
  readonly meta: Int32Array;
}

export const reactionMetaLength = 16;
const firstSize = 1024;

/** Begins with an empty small table. */
export function initReactions(reactions: Reactions): void {
  reactions.meta[0] = 0;
  reactions.meta[1] = Math.min(firstSize, reactions.halves[0].rowCapacity);
  reactions.meta[2] = 0;
}

function placeOf(table: ReactionTable, size: number, actor: number, post: number): number {
  const actors = table.actor as unknown as Int32Array;
  const posts = table.post as unknown as Int32Array;
  let place = (mix32(actor ^ Math.imul(post, 0x9e3779b1)) >>> 0) & (size - 1);
  while (actors[place] !== 0 && (actors[place] !== actor + 1 || posts[place] !== post))
    place = (place + 1) & (size - 1);
  return place;
}

/** What the actor did to the post, as bits. */
export function reactionOf(reactions: Reactions, actor: number, post: number): number {
  const table = reactions.halves[reactions.meta[0] as 0 | 1];
  const place = placeOf(table, reactions.meta[1], actor, post) as Id<'reactions'>;
  // A place that is empty after a rebuild still holds what an older entry left in its other columns.
  return table.actor[place] === 0 ? 0 : table.done[place];
}

/** Notes that the actor did something to the post. `oldestPost`: entries of older posts may be dropped. */
export function addReaction(reactions: Reactions, actor: number, post: number, bit: number, oldestPost: number): void {
  const { meta } = reactions;
  if (meta[2] * 10 >= meta[1] * 6) rebuild(reactions, oldestPost);
  const table = reactions.halves[meta[0] as 0 | 1];
  const place = placeOf(table, meta[1], actor, post) as Id<'reactions'>;
  if (table.actor[place] === 0) {
    table.actor[place] = actor + 1;
    table.post[place] = post;
    table.done[place] = 0;
    meta[2]++;
  }
  table.done[place] |= bit;
}

function rebuild(reactions: Reactions, oldestPost: number): void {
  const { meta } = reactions;
  const from = reactions.halves[meta[0] as 0 | 1];
  const to = reactions.halves[(1 - meta[0]) as 0 | 1];
  const size = meta[1];
  let live = 0;
  for (let i = 0 as Id<'reactions'>; i < size; i++) if (from.actor[i] !== 0 && from.post[i] >= oldestPost) live++;
  const wanted = live * 10 > size * 4 ? size * 2 : size;
  if (wanted > to.rowCapacity) throw new InvariantError(`the reaction table is full: ${live} live entries`);
  (to.actor as unknown as Int32Array).fill(0, 0, wanted);
  for (let i = 0 as Id<'reactions'>; i < size; i++) {
    if (from.actor[i] === 0 || from.post[i] < oldestPost) continue;
    const place = placeOf(to, wanted, from.actor[i] - 1, from.post[i]) as Id<'reactions'>;
    to.actor[place] = from.actor[i];
    to.post[place] = from.post[i];
    to.done[place] = from.done[i];
  }
  meta[0] = 1 - meta[0];
  meta[1] = wanted;
  meta[2] = live;
}
