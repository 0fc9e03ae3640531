/** What signals carry: information against scikit-learn, disentanglement of planted codes. */
import { describe, expect, test } from 'vitest';
import { mutualInformationBits, positionalDisentanglement } from '../../../analysis/estimators/signalling.ts';
import { readReference, testStream } from '../worlds.ts';

const { columns } = readReference<{ columns: { first: number[]; second: number[]; bits: number }[] }>(
  'roc-curves.json',
);

test('mutualInformationBits: scikit-learn’s values, symmetric, bounded by entropy', () => {
  for (const { first, second, bits } of columns) {
    expect(mutualInformationBits(first, second)).toBeCloseTo(bits, 10);
    expect(mutualInformationBits(second, first)).toBeCloseTo(bits, 10);
    expect(bits).toBeLessThanOrEqual(mutualInformationBits(second, second) + 1e-12);
  }
  expect(mutualInformationBits([], [])).toBe(0);
});

describe('positionalDisentanglement', () => {
  const stream = testStream(3);
  const attributes = [0, 1].map(() => Array.from({ length: 2000 }, () => stream.below(3)));

  test('1 for a word a attribute, near 0 for a code drawn at random, NaN for silence', () => {
    expect(positionalDisentanglement([attributes[1], attributes[0]], attributes)).toBeCloseTo(1, 2);
    const code = Array.from({ length: 9 }, () => [stream.below(9), stream.below(9)]);
    const drawn = [0, 1].map((position) => attributes[0].map((a, i) => code[a * 3 + attributes[1][i]][position]));
    expect(positionalDisentanglement(drawn, attributes)).toBeLessThan(0.35);
    expect(positionalDisentanglement([attributes[0].map(() => 1)], attributes)).toBeNaN();
    expect(positionalDisentanglement([attributes[0]], [attributes[0]])).toBeNaN();
  });
});
