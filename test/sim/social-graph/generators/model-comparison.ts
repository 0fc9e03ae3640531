/**
 * A generator's graphs beside what they should be: means over graphs with their intervals, and how far they are off.
 *
 * The unit is the graph. A difference from a library's graphs is a Welch test, one from theory a t test. What theory leaves open (terms of
 * order 1/n, said with the case) is taken off the difference first. Every quantity of every generator is a comparison: `pLeast` is what
 * all of them together have by chance once in some thirty times.
 */
import { meanInterval } from '../../../../analysis/estimators/interval.ts';
import { studentTail } from '../../../../analysis/estimators/special-functions.ts';
import { quantities } from './model-cases.ts';
import type { Expected, ModelCase, Quantity } from './model-cases.ts';
import type { Estimate } from '../../../../analysis/estimators/interval.ts';

/** One quantity of one generator. */
export interface Comparison {
  readonly quantity: Quantity;
  readonly found: Estimate;
  readonly expected: Expected;
  /** Two-sided; undefined where nothing is expected. */
  readonly pValue?: number;
}

/** Below this a difference is one. */
export const pLeast = 0.0005;

/** Draws `replicates` graphs, seeds 1 .., and compares. */
export function compareModel(model: ModelCase, replicates: number): Comparison[] {
  const rows = Array.from({ length: replicates }, (_, i) => model.measure(i + 1));
  return quantities.map((quantity) => {
    const found = meanInterval(rows.map((row) => row[quantity]));
    const expected = model.expected[quantity];
    const p = pOf(
      rows.map((row) => row[quantity]),
      found.value,
      expected,
    );
    return { quantity, found, expected, ...(p === undefined ? {} : { pValue: p }) };
  });
}

function pOf(values: readonly number[], mean: number, { value, error, n, slack }: Expected): number | undefined {
  if (Number.isNaN(value)) return undefined;
  // Nine digits of an expected value are stored.
  const difference = Math.max(0, Math.abs(mean - value) - slack - 1e-8 * Math.abs(value));
  if (difference === 0) return 1;
  const own = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1) / values.length;
  const variance = own + error * error;
  if (variance === 0) return 0;
  const freedom =
    (variance * variance) / ((own * own) / (values.length - 1) + (error === 0 ? 0 : error ** 4 / (n - 1)));
  return 2 * studentTail(difference / Math.sqrt(variance), freedom);
}

/** `0.0159 [0.0157, 0.0161] beside 0.0159 (binomial)`. */
export function textOf({ found, expected, pValue }: Comparison): string {
  const number = (value: number): string => value.toPrecision(4);
  const range = found.interval.map(number).join(', ');
  if (pValue === undefined) return `${number(found.value)} [${range}] (${expected.source})`;
  const error = expected.error > 0 ? ` ± ${number(1.96 * expected.error)}` : '';
  return `${number(found.value)} [${range}] beside ${number(expected.value)}${error} (${expected.source}), p ${pValue.toPrecision(2)}`;
}
