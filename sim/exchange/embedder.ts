/**
 * The port through which texts become vectors: the lexical embedding, which is there, or a model behind an endpoint, which is handed in.
 *
 * A measure of meaning asks `forMeaning` first, which refuses vectors that know words alone. A cache answers equal texts once for each model;
 * its keys are hashes, and a hit counts only where the text is the same.
 * Reads and writes what it is given. Oracle: `test/sim/exchange/embedder.test.ts`.
 */
import { InputError } from '../ground/errors.ts';
import { keyOfText } from '../ground/keys.ts';
import { createDocumentCounts, embedText } from '../world/lexical-embedding.ts';
import type { DocumentCounts } from '../world/lexical-embedding.ts';

/** What makes vectors out of texts. Vectors have length 1, or 0 for a text that says nothing. */
export interface Embedder {
  /** Name and version: vectors of different models are not compared, nor does a cache mix them. */
  readonly model: string;
  readonly dimensions: number;
  /** Whether vectors stand for words alone, or for what words mean. */
  readonly kind: 'lexical' | 'meaning';
  /** One vector a text, in the order of the texts. */
  embed(texts: readonly string[]): Promise<readonly Float64Array[]>;
}

/** The lexical embedder, over counts of documents or over none. `model` tells them apart. */
export function lexicalEmbedder(
  dimensions: number,
  counts: DocumentCounts = createDocumentCounts(dimensions),
): Embedder {
  const fitted = counts.documentCount === 0 ? '' : `-of-${counts.documentCount}-${digestOf(counts)}`;
  return {
    model: `lexical-1-${dimensions}${fitted}`,
    dimensions,
    kind: 'lexical',
    embed: (texts) => Promise.resolve(texts.map((text) => embedText(counts, text))),
  };
}

function digestOf({ documentsOf }: DocumentCounts): string {
  return hexKey(documentsOf.join());
}

/** Gives the embedder back where a measure of meaning may use it. Throws INPUT_COMBINATION for a lexical one unless `lexical` is set. */
export function forMeaning(embedder: Embedder, { lexical }: { readonly lexical: boolean }): Embedder {
  if (embedder.kind === 'meaning' || lexical) return embedder;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `${embedder.model} compares words and knows no meaning`,
    next: 'Name an embedding endpoint, or say --lexical to measure likeness of words.',
  });
}

/** What is kept of a text. */
export interface CachedEmbedding {
  readonly text: string;
  readonly vector: Float64Array;
}

/** Where embeddings are kept; a Map is one. */
export interface EmbeddingStore {
  get(key: string): CachedEmbedding | undefined;
  set(key: string, value: CachedEmbedding): unknown;
}

/** Keys of a cache: the model, and the hash of the text. */
export function embeddingKey(model: string, text: string): string {
  return `${model}:${hexKey(text)}`;
}

function hexKey(text: string): string {
  const { lo, hi } = keyOfText(text);
  return [hi, lo].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The same embedder, which asks for each text once: what the store holds is not asked for, nor is a text twice in one call. */
export function cachedEmbedder(embedder: Embedder, store: EmbeddingStore): Embedder {
  const lookUp = (text: string): Float64Array | undefined => {
    const kept = store.get(embeddingKey(embedder.model, text));
    return kept?.text === text ? kept.vector : undefined;
  };
  return {
    ...embedder,
    async embed(texts) {
      const known = new Map<string, Float64Array>();
      for (const text of texts) {
        const vector = lookUp(text);
        if (vector !== undefined) known.set(text, vector);
      }
      const missing = [...new Set(texts)].filter((text) => !known.has(text));
      const made = missing.length === 0 ? [] : await embedder.embed(missing);
      missing.forEach((text, i) => {
        known.set(text, made[i]);
        store.set(embeddingKey(embedder.model, text), { text, vector: made[i] });
      });
      return texts.map((text) => known.get(text) ?? new Float64Array(embedder.dimensions));
    },
  };
}
