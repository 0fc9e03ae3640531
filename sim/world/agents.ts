/**
 * Agents: who they are, when they wake, what they saw and what they wrote last.
 *
 * Reads and writes nothing by itself; `sim/engine/apply.ts` is the only writer. A row is an address: rows may be ordered by
 * degree for locality, so whatever must not depend on the layout uses the key or the ordinal (the rank by key).
 * Memory: 160 hot bytes an agent with its latest posts and 16 remembered exposures, and 31 cold ones; `test/sim/engine/memory.test.ts` counts the whole state.
 */
import { cold, column, defineTable, wideColumn } from '../ground/table.ts';
import type { Table, TableView } from '../ground/table.ts';
import type { AgentRow, Id } from '../ground/ids.ts';

/** Dimensions of interest and topic space. */
export const topicCount = 8;

/** An interest or topic vector is a unit vector scaled by this and rounded, so that dot products are exact integers. */
export const topicScale = 127;

/** Posts remembered as an author's latest: a pair (post, origin) each, newest first. */
export const recentLength = 4;

/** Agents by row. Rates are per hour; ticks count from 0; `wakeTick` is `neverWakes` for who never does. */
export const agentSpec = defineTable<AgentRow>()('agents', {
  keyLo: column('i32'),
  keyHi: column('i32'),
  ordinal: column('i32', 'address'),
  interest: wideColumn('i8', topicCount),
  profile: column('u16'),
  policy: column('u8'),
  wakesPerDay: column('f32'),
  wakeTick: column('i32'),
  followerCount: column('i32'),
  followeeCount: column('i32'),
  postCount: column('i32'),
  exposureHead: column('u8'),
  pendingTie: column('i32', 'address'),
  refusalTick: cold(column('i32')),
  refusalReason: cold(column('u8')),
  refusalCount: cold(column('i32')),
  retryTick: cold(column('i32')),
  /** Refusals since the last grant, in runs whose agents back off. */
  refusalRun: cold(column('u8')),
  role: cold(column('u8')),
  karma: cold(column('i32')),
  bannedUntil: cold(column('i32')),
  bondCount: cold(column('i32')),
  /** The newest of the agent's notes, plus one, or 0: see `memories.ts`. */
  memoryLatest: cold(column('i32', 'address')),
});
export type Agents = Table<AgentRow, (typeof agentSpec)['columns']>;
export type AgentsView = TableView<AgentRow, (typeof agentSpec)['columns']>;

/** What an agent may do beyond others. */
export const roles = { member: 0, moderator: 1 } as const;

/** A wake time that never comes. */
export const neverWakes = 0x7fffffff;

/** The latest posts of each author, at `agent * recentLength * 2 + 2 * k`: post id, then the id of the content it shows. */
export const recentSpec = defineTable<Id<'recents'>>()('recents', { entry: column('i32', 'postId') });
export type Recents = Table<Id<'recents'>, (typeof recentSpec)['columns']>;

/**
 * Exposure memory: the last m contents an agent saw, at `agent * m + k`, with how often. The high bit of `seen` says that the
 * agent itself spread or wrote the content.
 */
export const exposureSpec = defineTable<Id<'exposures'>>()('exposures', {
  origin: column('i32', 'postId'),
  seen: column('u8'),
});
export type Exposures = Table<Id<'exposures'>, (typeof exposureSpec)['columns']>;

/** Bit of `seen` that marks content the agent spread itself. */
export const actedBit = 0x80;
/** Greatest count of exposures that is kept. */
export const seenMax = 0x7f;

/** Integer attributes that a scenario declares, at `agent * attributeCount + k`. */
export const attributeSpec = defineTable<Id<'attributes'>>()('attributes', { value: column('i32') });
export type Attributes = Table<Id<'attributes'>, (typeof attributeSpec)['columns']>;

/**
 * Place of some content in an agent's exposure memory, or -1.
 *
 *     for k in 0..m: if exposures.origin[start + k] == origin: return start + k
 */
export function findExposure(origins: Int32Array, start: number, length: number, origin: number): number {
  for (let place = start; place < start + length; place++) if (origins[place] === origin) return place;
  return -1;
}
