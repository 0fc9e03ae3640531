/**
 * Which texts have vectors, from which model, and in which tick one that was asked for got none.
 *
 * Filled from a log of answers in the order of its lines, and from live answers. Of several answers to one text the first holds; a failure holds for its
 * tick alone, and only while no later line of that tick answers. So a replay finds what the run found, whatever was asked for later.
 * Keys: model, dimensions, SHA-256 of the text. Oracle: a run and its replay, `test/sim/engine/embeddings.test.ts`.
 */
import { decodeVectors } from './embedding-reply.ts';
import { digestOf } from './request.ts';
import type { Outcome, OutcomeKind } from './outcome.ts';
import type { CallKey, EmbeddingOrder, Message } from './request.ts';

/** Purpose of requests for embeddings among the purposes of calls. */
export const embeddingPurpose = 'embedding';

/** A text's vector, or why it has none in this tick. */
export type Embedded =
  | { readonly vector: Int8Array; readonly failure?: undefined }
  | { readonly vector?: undefined; readonly failure: Exclude<OutcomeKind, 'ANSWERED'> };

/** The vectors of a run. */
export class EmbeddingBook {
  readonly #vectors = new Map<string, Int8Array>();
  readonly #failures = new Map<string, Exclude<OutcomeKind, 'ANSWERED'>>();

  /** Takes in what came of one request. */
  note(key: Pick<CallKey, 'tick'>, order: EmbeddingOrder, messages: readonly Message[], outcome: Outcome): void {
    const { kind } = outcome;
    const vectors = kind === 'ANSWERED' ? decodeVectors(outcome.text) : [];
    messages.forEach(({ text }, i) => {
      const name = nameOf(order, text);
      const place = `${key.tick} ${name}`;
      if (kind !== 'ANSWERED') {
        this.#failures.set(place, kind);
        return;
      }
      this.#failures.delete(place);
      if (!this.#vectors.has(name)) this.#vectors.set(name, vectors[i]);
    });
  }

  /** What is known of a text in a tick; undefined where it must be asked for. */
  find(tick: number, order: EmbeddingOrder, text: string): Embedded | undefined {
    const name = nameOf(order, text);
    const failure = this.#failures.get(`${tick} ${name}`);
    if (failure !== undefined) return { failure };
    const vector = this.#vectors.get(name);
    return vector === undefined ? undefined : { vector };
  }
}

function nameOf({ model, dimensions }: EmbeddingOrder, text: string): string {
  return `${JSON.stringify([model, dimensions ?? 0])} ${digestOf(text)}`;
}

/** Most texts of one request. */
const textsMost = 64;
/** Longest part of a text that is embedded, in UTF-16 units: near the 512 tokens that OASIS cuts at. */
const textLengthMost = 2048;

/** A text as it is embedded: its beginning, with no half of a character at the end. */
export function embeddedPart(text: string): string {
  const cut = text.slice(0, textLengthMost);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Distinct texts in parts of one request each. */
export function batchesOf(texts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(texts.length / textsMost) }, (_, i) => {
    return texts.slice(i * textsMost, (i + 1) * textsMost);
  });
}

/** The requests for the vectors of distinct texts, in their order, which is the order of keys: who gets BUDGET depends on it. */
export function embeddingRequests(tick: number, order: EmbeddingOrder, texts: readonly string[]) {
  return batchesOf(texts).map((batch, i) => ({
    // The hash keeps apart what a tick that is run again asks for under one number.
    key: {
      tick,
      agent: `${String(i).padStart(6, '0')}-${digestOf(JSON.stringify(batch)).slice(0, 12)}`,
      purpose: embeddingPurpose,
      attempt: 0,
    },
    messages: batch.map((text): Message => ({ role: 'user', text })),
    ...{ maxTokens: 0, temperature: 0, modelClass: '', embedding: order },
  }));
}
