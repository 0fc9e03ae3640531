/**
 * Elementary functions against references of 50 digits, at their edges, and bit for bit against a pinned digest.
 *
 * Reads `test/data/detmath-reference.json`, made by `test/fixtures/detmath-reference.py`: the true value of a row is the sum
 * of its last two numbers. The digests are the claim that every machine computes the same bits: one that differs is seen here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exp, log, log1p, logistic, logit, normalQuantile, pow, tanh } from '../../../sim/ground/detmath.ts';
import { mix32 } from '../../../sim/ground/random.ts';

const functions: Record<string, (x: number, y: number) => number> = {
  exp,
  log,
  log1p,
  pow,
  tanh,
  logistic,
  logit,
  normalQuantile,
};

/** Largest error allowed, in units in the last place of the true value. */
const ulpsMax: Record<string, number> = {
  exp: 0.9,
  log: 0.8,
  log1p: 0.8,
  pow: 1.35,
  tanh: 1.35,
  logistic: 2.25,
  logit: 1.5,
  normalQuantile: 6,
};

const reference = JSON.parse(
  readFileSync(new URL('../../data/detmath-reference.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>;

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** Distance from a double's magnitude to the next one up. */
function ulpOf(value: number): number {
  float[0] = Math.abs(value);
  bits[0] = (bits[0] ?? 0n) + 1n;
  return float[0] - Math.abs(value);
}

describe('accuracy', () => {
  test.each(Object.keys(functions))('%s: no reference value is missed by more than its stated error', (name) => {
    const rows = reference[name] ?? [];
    let worst = 0;
    for (const row of rows) {
      const [low = NaN, high = NaN] = [row.at(-1), row.at(-2)];
      const result = functions[name]?.(row[0] ?? NaN, row[1] ?? NaN) ?? NaN;
      const error = Math.abs(result - high - low) / ulpOf(high);
      expect(error, `${name}(${row.slice(0, -2).join(', ')})`).toBeLessThanOrEqual(ulpsMax[name] ?? 0);
      worst = Math.max(worst, error);
    }
    expect(rows.length).toBe(150);
    // A fixture made from this implementation's own results would show no error at all.
    expect(worst).toBeGreaterThan(0.25);
  });
});

describe('edges', () => {
  const edges: readonly [string, number, number][] = [
    ['exp(0)', exp(0), 1],
    ['exp(-0)', exp(-0), 1],
    ['exp(Infinity)', exp(Infinity), Infinity],
    ['exp(-Infinity)', exp(-Infinity), 0],
    ['exp(NaN)', exp(NaN), NaN],
    ['exp just above overflow', exp(709.7827128933841), Infinity],
    ['exp just above underflow', exp(-745.1332191019411), 5e-324],
    ['exp just below underflow', exp(-745.1332191019412), 0],
    ['exp(1e300)', exp(1e300), Infinity],
    ['log(0)', log(0), -Infinity],
    ['log(-0)', log(-0), -Infinity],
    ['log(1)', log(1), 0],
    ['log(-1)', log(-1), NaN],
    ['log(Infinity)', log(Infinity), Infinity],
    ['log(NaN)', log(NaN), NaN],
    ['log1p(0)', log1p(0), 0],
    ['log1p(-0)', log1p(-0), -0],
    ['log1p(-1)', log1p(-1), -Infinity],
    ['log1p(-1.5)', log1p(-1.5), NaN],
    ['log1p(NaN)', log1p(NaN), NaN],
    ['log1p(Infinity)', log1p(Infinity), Infinity],
    ['log1p(5e-324)', log1p(5e-324), 5e-324],
    ['pow(0, 2)', pow(0, 2), 0],
    ['pow(0, -2)', pow(0, -2), Infinity],
    ['pow(NaN, 0)', pow(NaN, 0), 1],
    ['pow(1, NaN)', pow(1, NaN), NaN],
    ['pow(1, Infinity)', pow(1, Infinity), NaN],
    ['pow(2, Infinity)', pow(2, Infinity), Infinity],
    ['pow(0.5, Infinity)', pow(0.5, Infinity), 0],
    ['pow(0.5, -Infinity)', pow(0.5, -Infinity), Infinity],
    ['pow(Infinity, -1)', pow(Infinity, -1), 0],
    ['pow(-8, 1 / 3)', pow(-8, 1 / 3), NaN],
    ['pow(2, 1024)', pow(2, 1024), Infinity],
    ['pow(2, -1074)', pow(2, -1074), 5e-324],
    ['pow(2, -1080)', pow(2, -1080), 0],
    ['tanh(-0)', tanh(-0), -0],
    ['tanh(Infinity)', tanh(Infinity), 1],
    ['tanh(-Infinity)', tanh(-Infinity), -1],
    ['tanh(NaN)', tanh(NaN), NaN],
    ['logistic(0)', logistic(0), 0.5],
    ['logistic(Infinity)', logistic(Infinity), 1],
    ['logistic(-Infinity)', logistic(-Infinity), 0],
    ['logistic(NaN)', logistic(NaN), NaN],
    ['logit(0.5)', logit(0.5), 0],
    ['logit(0)', logit(0), -Infinity],
    ['logit(1)', logit(1), Infinity],
    ['logit(-0.1)', logit(-0.1), NaN],
    ['logit(1.1)', logit(1.1), NaN],
    ['logit(NaN)', logit(NaN), NaN],
    ['normalQuantile(0.5)', normalQuantile(0.5), 0],
    ['normalQuantile(0)', normalQuantile(0), -Infinity],
    ['normalQuantile(1)', normalQuantile(1), Infinity],
    ['normalQuantile(-0.1)', normalQuantile(-0.1), NaN],
    ['normalQuantile(1.1)', normalQuantile(1.1), NaN],
    ['normalQuantile(NaN)', normalQuantile(NaN), NaN],
  ];
  test.each(edges)('%s: the value at an edge is exact', (_, result, expected) => {
    expect(result).toBe(expected);
  });
});

describe('laws', () => {
  const wide = fc.double({ min: -700, max: 700, noNaN: true });
  const openShare = fc.double({ min: 1e-300, max: 1 - 2e-16, noNaN: true });
  const positive = fc.double({ min: 5e-324, max: 1.7e308, noNaN: true });

  test('log: the logarithm of an exponential is its argument', () => {
    fc.assert(fc.property(wide, (x) => Math.abs(log(exp(x)) - x) <= 1e-15 + 2.3e-16 * Math.abs(x)));
  });

  test('log: every power of two that a double holds gives its exponent times log 2', () => {
    let power = 5e-324;
    for (let exponent = -1074; exponent <= 1023; exponent += 1, power *= 2) {
      expect(Math.abs(log(power) - exponent * Math.LN2)).toBeLessThanOrEqual(2.3e-13);
    }
  });

  test('pow: the first power is the base to the bit, and the second its square within an ulp', () => {
    fc.assert(fc.property(positive, (x) => pow(x, 1) === x));
    fc.assert(
      fc.property(fc.double({ min: 1e-150, max: 1e150, noNaN: true }), (x) => {
        return Math.abs(pow(x, 2) - x * x) <= ulpOf(x * x);
      }),
    );
  });

  test('tanh: odd to the bit, never beyond 1', () => {
    fc.assert(fc.property(wide, (x) => Object.is(tanh(-x), -tanh(x)) && Math.abs(tanh(x)) <= 1));
  });

  test('logit: undoes logistic as well as the rounding of its value lets it', () => {
    // Near 1 a share is known to 2^-53, which moves its logit by 2^-53 / (p (1 - p)).
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        const p = logistic(x);
        return Math.abs(logit(p) - x) <= 1e-14 + 4e-16 / (p * (1 - p));
      }),
    );
  });

  test('logit and normalQuantile: shares that add up to 1 give opposite values', () => {
    const upper = fc.double({ min: 0.5, max: 1 - 2e-16, noNaN: true });
    fc.assert(fc.property(upper, (p) => normalQuantile(1 - p) === -normalQuantile(p) || p === 0.5));
    fc.assert(fc.property(upper, (p) => Math.abs(logit(1 - p) + logit(p)) <= 3 * ulpOf(logit(p))));
  });

  test('every function: a larger argument never gives a result that is smaller by more than its error', () => {
    const rising: readonly [(x: number) => number, number, fc.Arbitrary<number>][] = [
      [exp, 1, wide],
      [log, 1, positive],
      [log1p, 1, positive],
      [tanh, 2, wide],
      [logistic, 3, wide],
      [logit, 2, openShare],
      [normalQuantile, 12, openShare],
    ];
    for (const [f, ulps, argument] of rising) {
      fc.assert(
        fc.property(argument, argument, (x, y) => {
          const [below, above] = x <= y ? [f(x), f(y)] : [f(y), f(x)];
          return below <= above + ulps * ulpOf(above);
        }),
      );
    }
  });
});

const outputCount = 100_000;

/** An argument of a function from two words: the full range in which its result is neither 0 nor infinite. */
const argumentOf: Record<string, (u: number, v: number) => [number, number]> = {
  exp: (u, v) => [(u - 0.5) * (v < 0.5 ? 1400 : 20), 0],
  log: (u, v) => [scaled(1 + u, v), 0],
  log1p: (u, v) => [v < 0.5 ? u * 2 - 1 : scaled(1 + u, v), 0],
  pow: (u, v) => [u * 3 + 1e-9, (v - 0.5) * 60],
  tanh: (u, v) => [(u - 0.5) * (v < 0.5 ? 2 : 40), 0],
  logistic: (u, v) => [(u - 0.5) * (v < 0.5 ? 10 : 700), 0],
  logit: (u) => [u, 0],
  normalQuantile: (u, v) => [v < 0.5 ? u : scaled(1 + u, -v), 0],
};

/** x times 2 to the power of some 1000 v, by exact steps. */
function scaled(x: number, v: number): number {
  let result = x;
  for (let count = Math.floor(Math.abs(v) * 1000); count > 0; count -= 1) result *= v < 0 ? 0.5 : 2;
  return result;
}

function digestOf(name: string): string {
  const bytes = new DataView(new ArrayBuffer(outputCount * 8));
  const unit = (word: number): number => ((mix32(word) >>> 0) + 0.5) / 0x1_0000_0000;
  for (let place = 0; place < outputCount; place += 1) {
    const [x, y] = argumentOf[name]?.(unit(2 * place + 1), unit(2 * place + 2)) ?? [NaN, NaN];
    bytes.setFloat64(place * 8, functions[name]?.(x, y) ?? NaN, true);
  }
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

describe('bits', () => {
  test.each(Object.keys(functions))('%s: 100,000 results have the pinned digest on every machine', (name) => {
    expect(digestOf(name)).toBe(pinnedDigests[name]);
  });
});

const pinnedDigests: Record<string, string> = {
  exp: '2fa4272dd4392e2e6482f79cad41faa7',
  log: '8f8e7e8fd67d56895cbbf4ebe5f89ba4',
  log1p: '5c4c5f3e5c2d51954e814997e46d4e92',
  pow: '5d9949b8f2253d506c30dfbeb2fccce2',
  tanh: 'fed7d5296e8723e8567332d32bc3cdaa',
  logistic: 'a79e0fd9ba4773bb36f79fb73ce1c257',
  logit: '947a3ab423017dae8c3b4a523bf88302',
  normalQuantile: '361343119f3b7e96acc1da10129a3106',
};
