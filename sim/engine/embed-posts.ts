/**
 * Has the texts of a tick's new posts embedded, between ruling and applying: only what was granted is asked for.
 *
 * Each shard lays before the model the texts of its own agents' new posts, in the order of the posts, and reads the topics that come back. A text that got no
 * vector takes its topic from its words, as under `lexical`; one that leans to nothing keeps the drawn one.
 * Writes requests. Invariant: every shard yields alike. Oracle: `test/sim/engine/embeddings.test.ts`.
 */
import { topicCount, topicScale } from '../world/agents.ts';
import { textOf } from '../world/texts.ts';
import { topicOfText } from '../world/text-topic.ts';
import { callPurposes, encodePrompt } from '../exchange/prompts.ts';
import { openRequest, replyTo, writePrompt } from '../exchange/requests.ts';
import { counts } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import type { DetailRow, IntentRow, RequestRow, ShardTables } from '../exchange/tables.ts';
import type { Shard } from './shard.ts';

/** Asks for the tick's texts, where a model embeds in this run. New posts must be listed. */
export function* embedPosts(shard: Shard): Generator<'ask', void, void> {
  const { plan, tables, embedded } = shard;
  if (typeof plan.feed.embedding !== 'object') return;
  embedded.clear();
  for (let i = 0; i < tables.count[counts.newPosts]; i++) {
    const row = tables.newPostIntent[i] as IntentRow;
    const text = tables.intents.verb[row] === verbs.post ? textOfIntent(tables, row) : '';
    if (text === '') continue;
    const { actor, sequence } = tables.intents;
    const request = openRequest(tables, { agent: actor[row], at: row, sequence: sequence[row], question: [] });
    writePrompt(tables, request, callPurposes.embedding, encodePrompt({ ...nothingElse, now: text }));
    embedded.set(row, request);
  }
  yield 'ask';
}

const nothingElse = { fixed: '', persona: '', tokensMax: 0 } as const;

function textOfIntent({ intents, details, texts }: ShardTables, row: IntentRow): string {
  const detail = intents.detail[row];
  return detail > 0 ? textOf(texts, details.text[(detail - 1) as DetailRow]) : '';
}

/** Writes the topic of a new post's own text into `vector`, as the scenario has texts measured; false where it is to be drawn. */
export function writeTopicOfText({ plan, tables, embedded }: Shard, row: IntentRow, vector: Float64Array): boolean {
  const { embedding } = plan.feed;
  if (embedding === undefined) return false;
  const text = textOfIntent(tables, row);
  if (text === '') return false;
  const request = embedded.get(row);
  if (request === undefined) return topicOfText(text, vector);
  const topic = embeddingOfReply(tables, request)?.topic;
  if (topic === undefined) return topicOfText(text, vector);
  topic.forEach((one, k) => (vector[k] = one));
  return topic.length > 0;
}

/** A text's topic, eight whole numbers or none, and its vector where readers are vectors; undefined where nobody answered, or in other words. */
export function embeddingOfReply(
  tables: ShardTables,
  request: RequestRow,
): { readonly topic: readonly number[]; readonly vector?: Int8Array } | undefined {
  const reply = replyTo(tables, request);
  if (reply.status !== 'answered') return undefined;
  let said: unknown;
  try {
    said = JSON.parse(reply.text);
  } catch {
    return undefined;
  }
  if (said === null || typeof said !== 'object') return undefined;
  if (Array.isArray(said)) return isTopic(said) ? { topic: said } : undefined;
  const { topic, vector } = said as { topic?: unknown; vector?: unknown };
  if (!isTopic(topic) || typeof vector !== 'string') return undefined;
  return { topic, vector: new Int8Array(Buffer.from(vector, 'base64')) };
}

function isTopic(one: unknown): one is number[] {
  if (!Array.isArray(one) || (one.length !== 0 && one.length !== topicCount)) return false;
  return one.every((part) => Number.isInteger(part) && Math.abs(part as number) <= topicScale);
}
