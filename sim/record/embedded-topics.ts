/**
 * Topics of texts, and the vectors themselves, by what a log of answers holds: the run asks here, and so does who reads the run afterwards.
 *
 * A vector of another length than those of the sides' texts is no answer. Reads a book and nothing else.
 * Oracle: a run and its replay (`test/sim/engine/embeddings.test.ts`).
 */
import { embeddedPart } from '../llm/embedding-book.ts';
import { sideTexts, topicOfMeaning } from '../world/meaning.ts';
import type { Embedded, EmbeddingBook } from '../llm/embedding-book.ts';
import type { EmbeddingOrder } from '../llm/request.ts';

/** A topic or none, with the vector that it was taken from, or why it is not known. */
export type TopicOfRecord =
  | { readonly topic: readonly number[] | undefined; readonly vector: Int8Array; readonly failure?: undefined }
  | { readonly failure: NonNullable<Embedded['failure']> };

/** The topic of a text as a book has it in a tick. */
export function topicOfRecord(book: EmbeddingBook, tick: number, order: EmbeddingOrder, text: string): TopicOfRecord {
  const sides = sideTexts().map((side) => book.find(tick, order, embeddedPart(side)));
  const own = book.find(tick, order, text);
  const failed = [own, ...sides].find((one) => one?.vector === undefined);
  if (failed !== undefined || own?.vector === undefined) return { failure: failed?.failure ?? 'UNAVAILABLE' };
  const vectors = sides.flatMap((side) => side?.vector ?? []);
  if (vectors.length < sides.length) return { failure: 'UNAVAILABLE' };
  if (vectors.some(({ length }) => length !== own.vector.length)) return { failure: 'INVALID' };
  return { topic: topicOfMeaning(own.vector, vectors), vector: own.vector };
}

/** Bytes of an answer that holds a topic and a vector of so many dimensions, at most. */
export function vectorTextBytes(dimensions: number): number {
  return 80 + Math.ceil(dimensions / 3) * 4;
}
