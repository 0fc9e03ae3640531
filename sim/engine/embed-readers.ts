/**
 * Readers as vectors of a model of meaning: what an agent is, asked for when it first wakes, and what it posts and approves of, from then on.
 *
 * Between waking and recommending, each shard lays before the model the descriptions of its own agents that are awake and have no vector yet; equal
 * descriptions are one text. An agent whose text got no vector reads by its topics, and is asked for again when it wakes next.
 * Writes the vectors of the shard's own agents; they alone are written before apply, and nobody but their owner reads them.
 * Order: requests as percepts stand; acts of an agent in their sequence. Invariant: every shard yields alike.
 * Oracle: `test/sim/engine/readers.test.ts`, worlds over workers, and the vectors of its texts in plain numbers.
 */
import { postRow } from '../world/posts.ts';
import { personaOf } from '../world/people.ts';
import { copyVector, drawNearer, hasVector, setVector } from '../world/reader-vectors.ts';
import { callPurposes, encodePrompt } from '../exchange/prompts.ts';
import { openRequest, writePrompt } from '../exchange/requests.ts';
import { counts } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { embeddingOfReply } from './embed-posts.ts';
import { vectorTextBytes } from '../record/embedded-topics.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, PerceptRow, RequestRow } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { Plan } from './plan.ts';
import type { Shard } from './shard.ts';

/** What a plan says of readers as vectors. */
export function readersOf({ feed: { embedding } }: Pick<Plan, 'feed'>) {
  return typeof embedding === 'object' ? embedding.readers : undefined;
}

/** Stands apart from an agent's own requests and from those about its posts. */
const readerSequence = 255;

/** Asks who is awake and has no vector, where readers are vectors. */
export function* embedReaders(shard: Shard): Generator<'ask', void, void> {
  const { state, tables, people } = shard;
  const { meaning } = state;
  if (meaning === undefined || people === undefined) return;
  const first = tables.count[counts.requests] as RequestRow;
  for (let percept = 0 as PerceptRow; percept < tables.count[counts.percepts]; percept++) {
    const agent = tables.percepts.agent[percept] as AgentRow;
    if (hasVector(meaning.readers, agent)) continue;
    const request = openRequest(tables, { agent, at: percept, sequence: readerSequence, question: [] });
    const prompt = { fixed: '', persona: '', now: personaOf(people, state, agent), tokensMax: 0 };
    writePrompt(tables, request, callPurposes.embedding, encodePrompt(prompt));
  }
  const end = tables.count[counts.requests];
  yield 'ask';
  for (let request = first; request < end; request++) {
    const vector = embeddingOfReply(tables, request)?.vector;
    if (vector !== undefined) setVector(meaning.readers, tables.requests.agent[request], vector);
  }
}

/** Bytes that a description and its vector take among a tick's texts, at most. */
export function readerTextBytes(vectorLength: number): number {
  return descriptionBytes + vectorTextBytes(vectorLength);
}

/** 400 characters of up to three bytes, and the names of a prompt's fields. */
const descriptionBytes = 1400;

/** Part of apply: the vector of a new post: its own text's, or that of what it is about. */
export function writeVector({ state, tables, embedded }: Shard, row: IntentRow, to: PostRow, about?: PostRow): void {
  const { meaning } = state;
  if (meaning === undefined) return;
  if (about !== undefined) {
    copyVector(meaning.posts, about, to);
    return;
  }
  const request = embedded.get(row);
  setVector(meaning.posts, to, request === undefined ? undefined : embeddingOfReply(tables, request)?.vector);
}

const approving = new Set<number>([verbs.repost, verbs.quote, verbs.like, verbs.upvote]);

/** Part of apply: a granted act draws its agent nearer to what it posted or approved of. Posts of the tick must be written. */
export function applyReading({ state, plan, tables, scratch }: Shard, row: IntentRow): void {
  const { meaning, posts, sizes } = state;
  const readers = readersOf(plan);
  if (meaning === undefined || readers === undefined) return;
  const { intents } = tables;
  const [actor, verb] = [intents.actor[row], intents.verb[row]];
  const isOwn = verb === verbs.post;
  if (actor >= sizes.agentCount || (!isOwn && !approving.has(verb))) return;
  const post = postRow(posts, isOwn ? intents.result[row] : intents.subject[row]);
  drawNearer(meaning, actor, post, readers.actShare, scratch.direction);
}
