/**
 * The port of embedders: what a measure of meaning accepts, and how often a model is asked.
 */
import { describe, expect, test } from 'vitest';
import { cachedEmbedder, embeddingKey, forMeaning, lexicalEmbedder } from '../../../sim/exchange/embedder.ts';
import { countDocument, createDocumentCounts } from '../../../sim/world/lexical-embedding.ts';
import type { CachedEmbedding, Embedder } from '../../../sim/exchange/embedder.ts';

function countingEmbedder(model: string): Embedder & { readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    ...{ asked, model, dimensions: 2, kind: 'meaning' },
    embed(texts) {
      asked.push([...texts]);
      return Promise.resolve(texts.map((text) => Float64Array.of(text.length, 1)));
    },
  };
}

describe('forMeaning', () => {
  test('forMeaning: a lexical embedder is refused with a way out, and accepted where it is asked for', () => {
    const lexical = lexicalEmbedder(64);
    const problem = expect.objectContaining({ code: 'INPUT_COMBINATION' }) as unknown;
    expect(() => forMeaning(lexical, { lexical: false })).toThrow(
      expect.objectContaining({ problems: [problem] }) as Error,
    );
    expect(() => forMeaning(lexical, { lexical: false })).toThrow(/--lexical/);
    expect(forMeaning(lexical, { lexical: true })).toBe(lexical);
    const model = countingEmbedder('m');
    expect(forMeaning(model, { lexical: false })).toBe(model);
  });
});

describe('cachedEmbedder', () => {
  test('cachedEmbedder: a text is asked for once, in one call or in several, and answers stand in the order of the texts', async () => {
    const model = countingEmbedder('m');
    const cached = cachedEmbedder(model, new Map<string, CachedEmbedding>());
    const first = await cached.embed(['ab', 'c', 'ab']);
    expect(first.map(([length]) => length)).toEqual([2, 1, 2]);
    const second = await cached.embed(['c', 'def']);
    expect(second.map(([length]) => length)).toEqual([1, 3]);
    expect(model.asked).toEqual([['ab', 'c'], ['def']]);
  });

  test('cachedEmbedder: models do not share what is kept, and a key of another text is no hit', async () => {
    const store = new Map<string, CachedEmbedding>();
    const [one, other] = [countingEmbedder('one'), countingEmbedder('other')];
    await cachedEmbedder(one, store).embed(['x']);
    await cachedEmbedder(other, store).embed(['x']);
    expect(other.asked).toEqual([['x']]);
    store.set(embeddingKey('one', 'yes'), { text: 'another', vector: Float64Array.of(99, 99) });
    const [vector] = await cachedEmbedder(one, store).embed(['yes']);
    expect([...vector]).toEqual([3, 1]);
  });

  test('lexicalEmbedder: embedders over other documents have other names', () => {
    const counts = createDocumentCounts(64);
    countDocument(counts, 'some words');
    const names = [lexicalEmbedder(64), lexicalEmbedder(128), lexicalEmbedder(64, counts)].map(({ model }) => model);
    expect(new Set(names).size).toBe(3);
  });
});
