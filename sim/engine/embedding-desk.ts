/**
 * What a run's model of meaning says of texts of posts: their topics, out of vectors that are on record before they are used.
 *
 * A tick's texts are asked for in one go, many a request, each text once a run; with the first go the texts of the sixteen sides. What the log holds is not
 * asked for, so a replay makes no request. A vector of another length than the sides' is no answer.
 * Reads and writes its book. Order: sides, then texts as the tick's requests stand. Invariant: a text's topic is a function of the records.
 */
import { InputError, echo } from '../ground/errors.ts';
import { embeddedPart, embeddingRequests } from '../llm/embedding-book.ts';
import { topicOfRecord } from '../record/embedded-topics.ts';
import { sideTexts } from '../world/meaning.ts';
import type { ModelAnswer, ModelRequest } from '../exchange/ports.ts';
import type { EmbeddingBook } from '../llm/embedding-book.ts';
import type { Outcome } from '../llm/outcome.ts';
import type { EmbeddingOrder, ModelRequest as ClientRequest } from '../llm/request.ts';
import type { TopicOfRecord } from '../record/embedded-topics.ts';
import type { EmbeddingsSummary } from '../record/manifest.ts';

/** Answers what is asked for vectors. */
export interface EmbeddingDesk {
  answer(requests: readonly ModelRequest[]): Promise<ModelAnswer[]>;
  /** Undefined where nothing was asked for. */
  report(): EmbeddingsSummary | undefined;
}

/** Sends requests; throws where the run shall end. */
export type Send = (requests: readonly ClientRequest[]) => Promise<readonly Outcome[]>;

/** A desk for one run. With a length of vectors, answers hold vectors beside topics, and another length is the scenario's mistake. */
export function createEmbeddingDesk(
  order: EmbeddingOrder,
  book: EmbeddingBook,
  send: Send,
  vectorLength?: number,
): EmbeddingDesk {
  const counts = { texts: 0, requests: 0 };
  return {
    async answer(requests) {
      if (requests.length === 0) return [];
      const { tick } = requests[0];
      const texts = requests.map(({ prompt }) => embeddedPart(prompt?.now ?? ''));
      const unknown = unknownTexts(tick, order, book, texts);
      const asked = embeddingRequests(tick, order, unknown);
      counts.texts += unknown.length;
      counts.requests += asked.length;
      const outcomes = asked.length === 0 ? [] : await send(asked);
      asked.forEach(({ key, messages }, i) => book.note(key, order, messages, outcomes[i]));
      if (vectorLength !== undefined) refuseOtherLength(tick, order, book, vectorLength);
      return texts.map((text) => answerOf(topicOfRecord(book, tick, order, text), vectorLength));
    },
    report: () => (counts.texts === 0 ? undefined : { model: order.model, ...counts }),
  };
}

/** Distinct texts of a tick, those of the sides first, of which the book says nothing. */
export function unknownTexts(
  tick: number,
  order: EmbeddingOrder,
  book: EmbeddingBook,
  texts: readonly string[],
): string[] {
  return [...new Set([...sideTexts().map(embeddedPart), ...texts])].filter(
    (text) => book.find(tick, order, text) === undefined,
  );
}

function refuseOtherLength(tick: number, order: EmbeddingOrder, book: EmbeddingBook, wanted: number): void {
  for (const side of sideTexts()) {
    const length = book.find(tick, order, embeddedPart(side))?.vector?.length ?? wanted;
    if (length === wanted) continue;
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `feed.embedding.readers.vectorLength is ${wanted}, and vectors of ${echo(order.model)} have ${length} dimensions`,
      next: `Write vectorLength: ${length}, or ask the model for that many with dimensions: ${wanted}.`,
    });
  }
}

function answerOf(found: TopicOfRecord, vectorLength: number | undefined): ModelAnswer {
  if (found.failure !== undefined) return { status: 'failed', failure: found.failure };
  const { topic = [], vector } = found;
  if (vectorLength === undefined) return { status: 'answered', answer: [], text: JSON.stringify(topic) };
  const text = JSON.stringify({ topic, vector: Buffer.from(vector).toString('base64') });
  return { status: 'answered', answer: [], text };
}
