/**
 * The lexical embedding against scikit-learn's weights and cosines, and against words counted in a Map.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { log } from '../../../sim/ground/detmath.ts';
import {
  countDocument,
  createDocumentCounts,
  embedText,
  placeOf,
  wordsOf,
} from '../../../sim/world/lexical-embedding.ts';

interface Reference {
  readonly documents: readonly string[];
  readonly idf: Readonly<Record<string, number>>;
  readonly cosines: readonly (readonly number[])[];
  readonly countCosines: readonly (readonly number[])[];
}

const reference = JSON.parse(
  readFileSync(new URL('../../data/lexical-embedding.json', import.meta.url), 'utf8'),
) as Reference;
const { documents } = reference;
/** So many that no two words of the documents share one. */
const wide = 1 << 16;

function cosinesOf(vectors: readonly Float64Array[]): number[][] {
  return vectors.map((x) => vectors.map((y) => x.reduce((sum, one, k) => sum + one * y[k], 0)));
}

function countsOf(dimensions: number): ReturnType<typeof createDocumentCounts> {
  const counts = createDocumentCounts(dimensions);
  for (const text of documents) countDocument(counts, text);
  return counts;
}

describe('embedText', () => {
  test('embedText: cosines of texts are those of scikit-learn, with idf over the documents and without documents', () => {
    const cases = [
      [countsOf(wide), reference.cosines],
      [createDocumentCounts(wide), reference.countCosines],
    ] as const;
    for (const [counts, wanted] of cases) {
      const ours = cosinesOf(documents.map((text) => embedText(counts, text)));
      ours.forEach((row, i) => {
        row.forEach((cosine, j) => {
          expect(cosine).toBeCloseTo(wanted[i][j], 12);
        });
      });
    }
  });

  test('countDocument: idf is that of scikit-learn', () => {
    const { documentCount, documentsOf } = countsOf(wide);
    for (const [word, idf] of Object.entries(reference.idf)) {
      const { place } = placeOf(word, wide);
      expect(log((1 + documentCount) / (1 + documentsOf[place])) + 1).toBeCloseTo(idf, 12);
    }
  });

  test('embedText: in few dimensions it is the sum of signed weights by word', () => {
    const counts = countsOf(64);
    for (const text of documents) {
      const weights = new Map<string, number>();
      for (const word of wordsOf(text)) weights.set(word, (weights.get(word) ?? 0) + 1);
      const sums = new Float64Array(64);
      for (const [word, count] of weights) {
        const { place, sign } = placeOf(word, 64);
        sums[place] += sign * count * (log((1 + 10) / (1 + counts.documentsOf[place])) + 1);
      }
      const length = Math.hypot(...sums) || 1;
      embedText(counts, text).forEach((one, k) => {
        expect(one).toBeCloseTo(sums[k] / length, 12);
      });
    }
  });

  test('embedText: case and order of words change nothing, a text without words is the null vector', () => {
    const counts = createDocumentCounts(256);
    expect(embedText(counts, 'Cats LIKE Ünnamed dogs')).toEqual(embedText(counts, 'dogs like ünnamed cats'));
    expect(embedText(counts, '! a ?').every((one) => one === 0)).toBe(true);
  });

  test('placeOf: signs are as often + as -, and dimensions are used evenly', () => {
    const places = Array.from({ length: 6400 }, (_, i) => placeOf(`word${i}`, 64));
    const positive = places.filter(({ sign }) => sign > 0).length;
    // Five standard deviations of a fair coin, and of a fair die of 64 faces.
    expect(Math.abs(positive - 3200)).toBeLessThan(200);
    for (let face = 0; face < 64; face++) {
      expect(Math.abs(places.filter(({ place }) => place === face).length - 100)).toBeLessThan(50);
    }
  });
});
