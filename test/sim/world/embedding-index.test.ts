/**
 * The index by cells against all dot products, sorted; and what its numbers must never show.
 */
import { describe, expect, test } from 'vitest';
import { createPlainScan } from '../../../sim/world/embedding-kernel.ts';
import { buildIndex, createSearcher, search } from '../../../sim/world/embedding-index.ts';
import { longestOf, quantizeQuery, storeVectors } from '../../../sim/world/embedding-vectors.ts';
import { drawVectors, recallOf } from '../../bench/embedding.ts';
import type { EmbeddingIndex } from '../../../sim/world/embedding-index.ts';

const count = 3000;

/** All stored vectors by (dot product with the query of seven bits, number), descending. */
function sorted(
  index: EmbeddingIndex,
  vectors: Float32Array,
  users: Float32Array,
  user: number,
  length: number,
): number[] {
  const { dimensions, lengthMax } = index;
  const { components } = storeVectors({ dimensions, components: vectors });
  const query = new Int8Array(dimensions);
  quantizeQuery(users, user * dimensions, dimensions, lengthMax, query);
  const scores = Array.from({ length: count }, (_, i) =>
    query.reduce((sum, one, k) => sum + one * components[i * dimensions + k], 0),
  );
  const numbers = Array.from({ length: count }, (_, i) => i);
  return numbers.sort((x, y) => scores[y] - scores[x] || y - x).slice(0, length);
}

describe('search', () => {
  test.each([8, 64])(
    'search: through all cells of %i dimensions it finds what sorting all finds, in order',
    (dimensions) => {
      const vectors = drawVectors(count, dimensions, 'uniform', 3);
      const users = drawVectors(40, dimensions, 'uniform', 4);
      const index = buildIndex({ dimensions, components: vectors }, { cellCount: 20 });
      const searcher = createSearcher(index);
      const found = new Int32Array(70);
      for (let user = 0; user < 40; user++) {
        const length = user % 2 === 0 ? 70 : 7;
        const question = { components: users, from: user * dimensions, length, probeCount: 20 };
        expect(search(searcher, question, found)).toBe(length);
        expect([...found.subarray(0, length)]).toEqual(sorted(index, vectors, users, user, length));
      }
    },
  );

  test('search: where many vectors are equal, the greatest numbers come first, however cells and blocks lie', () => {
    const vectors = new Float32Array(500 * 4).map((_, k) => (k % 4 === 0 ? 1 : 0));
    const index = buildIndex({ dimensions: 4, components: vectors }, { cellCount: 5 });
    const found = new Int32Array(3);
    const question = { components: [1, 0, 0, 0], from: 0, length: 3, probeCount: 5 };
    expect(search(createSearcher(index), question, found)).toBe(3);
    expect([...found]).toEqual([499, 498, 497]);
  });

  test('search: the kernel in WebAssembly and the one in plain code find the same', () => {
    const vectors = drawVectors(count, 16, 'clustered', 5);
    const index = buildIndex({ dimensions: 16, components: vectors }, { cellCount: 12 });
    const searchers = [createSearcher(index), createSearcher(index, 0, createPlainScan)];
    for (let user = 0; user < 30; user++) {
      const question = { components: vectors, from: user * 16, length: 20, probeCount: 3 };
      const [ours, plain] = searchers.map((searcher) => {
        const found = new Int32Array(20);
        search(searcher, question, found);
        return [...found];
      });
      expect(ours).toEqual(plain);
      expect(ours[0]).toBeGreaterThanOrEqual(0);
    }
  });

  test('search: of clustered vectors in 64 dimensions an eighth of the cells hold 0.9 of the ten nearest', () => {
    const order = { dimensions: 64, length: 10 };
    const vectors = drawVectors(6000, 64, 'clustered', 6);
    const users = drawVectors(60, 64, 'clustered', 7);
    const index = buildIndex({ dimensions: 64, components: vectors }, { cellCount: 32 });
    const searcher = createSearcher(index);
    const found = new Int32Array(600);
    for (let user = 0; user < 60; user++) {
      search(searcher, { components: users, from: user * 64, length: 10, probeCount: 4 }, found, user * 10);
    }
    const sample = Array.from({ length: 60 }, (_, user) => user);
    expect(recallOf({ ...order, vectors, users, found, sample })).toBeGreaterThan(0.9);
  });

  test('buildIndex: an odd number of dimensions is refused with its code', () => {
    const code = expect.objectContaining({ code: 'INPUT_FIELD_RANGE' }) as unknown;
    expect(() => buildIndex({ dimensions: 7, components: new Float32Array(70) })).toThrow(
      expect.objectContaining({ problems: [code] }) as Error,
    );
  });
});

describe('quantizeQuery', () => {
  test('quantizeQuery: no dot product with what is stored leaves 16 bits, and no component seven', () => {
    for (const arrangement of ['uniform', 'clustered'] as const) {
      const vectors = drawVectors(500, 64, arrangement, 8);
      const { components, lengthMax } = storeVectors({ dimensions: 64, components: vectors });
      expect(lengthMax).toBe(longestOf(components, 64));
      const query = new Int8Array(64);
      for (let user = 0; user < 100; user++) {
        quantizeQuery(vectors, user * 64, 64, lengthMax, query);
        expect(Math.max(...query.map(Math.abs))).toBeLessThanOrEqual(63);
        expect(longestOf(query, 64) * lengthMax).toBeLessThanOrEqual(32_767);
      }
    }
  });
});
