/**
 * What phases of a tick hand to one another: percepts, intents with their rulings, requests and answers. One set a shard, and
 * two of each by the parity of the tick, so that the recorder reads tick t while the shards work on t + 1.
 *
 * A ruling is written back at its intent's own place. Invariant: between two barriers each row is written by one shard only.
 */
import { column, defineTable, wideColumn } from '../ground/table.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';
import type { Texts } from '../world/texts.ts';

/** Row of a shard's table of intents. */
export type IntentRow = Id<'intents'>;
/** Row of a shard's table of percepts: one agent that is awake. */
export type PerceptRow = Id<'percepts'>;
/** Row of a shard's table of requests to a model. */
export type RequestRow = Id<'requests'>;

/** Most attempts of one agent in a tick; the last of so many is refused with LIMIT_REACHED. */
export const intentsPerAgentMax = 64;

/** Sequence number of the first act that a scenario makes an agent do in a tick: apart from the agent's own. */
export const firstInterventionSequence = 200;

/** Sequence number of the first attempt of an earlier tick that is made again, because a judge had no time for it. */
export const firstReattemptSequence = 136;

/** Sequence number of the first act of a plant's member in a tick, and the most of them: between an agent's own and what is attempted again. */
export const firstPlantedSequence = 72;
export const plantedPerAgentMax = 64;

/** Most items that a feed may show. */
export const feedLengthMax = 64;

/** Where an item of a feed came from. */
export const sources = {
  ...{ followee: 1, popular: 2, interest: 3, own: 4, random: 5, friends: 6, engaged: 7, community: 8 },
} as const;

/** Intents and their rulings. `target` is a post id or an agent row, as the verb says; `subject` the content or
 * the agent that the verb touches. `result` is a new post's id, the tick at which a ban ends or a quota frees a place, or 0; `change`
 * what a granted reaction changes (see `packChange`). */
export const intentSpec = defineTable<IntentRow>()('intents', {
  actor: column('i32', 'agentRow'),
  verb: column('u8'),
  sequence: column('u8'),
  outcome: column('u8'),
  reason: column('u8'),
  rule: column('u8'),
  target: column('i32'),
  subject: column('i32'),
  amount: column('i32'),
  result: column('i32'),
  change: column('u16'),
  /** Row of its details plus one, or 0. */
  detail: column('i32', 'address'),
});
export type Intents = Table<IntentRow, (typeof intentSpec)['columns']>;

/** Row of a shard's table of details. */
export type DetailRow = Id<'details'>;

/**
 * What some intents say beside target and amount: what the verb is about (a good, a community, a choice), a price, a text. What is not
 * said is -1, 0 and 0.
 */
export const detailSpec = defineTable<DetailRow>()('details', {
  argument: column('i32'),
  price: column('i32'),
  text: column('i32'),
  /** Who read it, where it was said in free words: see `readers`. */
  readBy: column('u8'),
  /** Number of the reason that a judge gave for what no verb does; 0: it comes about. */
  judgement: column('u8'),
});
export type Details = Table<DetailRow, (typeof detailSpec)['columns']>;

/** Who is awake. Items shown to percept p stand at `p * feedLength` in `perceptItemSpec`. */
export const perceptSpec = defineTable<PerceptRow>()('percepts', {
  agent: column('i32', 'agentRow'),
  itemCount: column('u8'),
});
export type Percepts = Table<PerceptRow, (typeof perceptSpec)['columns']>;

/** Items shown: the row that was seen, the content behind it, which source showed it, and how often it was seen before. */
export const perceptItemSpec = defineTable<Id<'perceptItems'>>()('perceptItems', {
  post: column('i32', 'postId'),
  origin: column('i32', 'postId'),
  source: column('u8'),
  seen: column('u8'),
});
export type PerceptItems = Table<Id<'perceptItems'>, (typeof perceptItemSpec)['columns']>;

/** Words a request carries to a model, and an answer back. */
export const requestWords = 4;

/**
 * Requests to a model and its answers. `status` 0 open, 1 answered, 2 failed; `purpose` and `failure` by the numbers of `prompts.ts`; `prompt` and
 * `reply` are texts of the tick, or 0. `percept` is that of who asks, or the intent that a judge is asked about.
 */
export const requestSpec = defineTable<RequestRow>()('requests', {
  agent: column('i32', 'agentRow'),
  percept: column('i32', 'address'),
  sequence: column('u8'),
  status: column('u8'),
  purpose: column('u8'),
  failure: column('u8'),
  prompt: column('i32', 'address'),
  reply: column('i32', 'address'),
  question: wideColumn('i32', requestWords),
  answer: wideColumn('i32', requestWords),
});
export type Requests = Table<RequestRow, (typeof requestSpec)['columns']>;

/** Row of a shard's table of notes. */
export type NoteRow = Id<'notes'>;

/** What agents want to remember of the tick: see `sim/world/memories.ts`. */
export const noteSpec = defineTable<NoteRow>()('notes', {
  agent: column('i32', 'agentRow'),
  importance: column('u8'),
  kind: column('u8'),
  text: column('i32', 'address'),
});
export type Notes = Table<NoteRow, (typeof noteSpec)['columns']>;

/** Everything one shard hands on in one tick. */
export interface ShardTables {
  readonly intents: Intents;
  readonly percepts: Percepts;
  readonly items: PerceptItems;
  readonly requests: Requests;
  readonly details: Details;
  readonly notes: Notes;
  /** Texts of the tick's attempts: see `sim/world/texts.ts`. */
  readonly texts: Texts;
  /** Counts of rows in use, at the places of `counts`. */
  readonly count: Int32Array;
  /** New posts of this shard in canonical order: author's ordinal, and the intent's row. */
  readonly newPostOrdinal: Int32Array;
  readonly newPostIntent: Int32Array;
}

/** Places in `ShardTables.count`. */
export const counts = {
  intents: 0,
  percepts: 1,
  requests: 2,
  newPosts: 3,
  contested: 4,
  exposures: 5,
  granted: 6,
  refused: 7,
  mergeWanted: 8,
  boardRescan: 9,
  removals: 10,
  falls: 11,
  details: 12,
  textWords: 13,
  /** Intents that wait to be settled in rank. */
  ranked: 14,
  /** Granted posts with a text of their own, and granted posts in communities. */
  written: 15,
  placed: 16,
  notes: 17,
  length: 32,
} as const;
