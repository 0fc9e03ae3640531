/**
 * Permutation tests: group labels are dealt out anew, values stay where they are.
 *
 * What is permuted decides what is tested. The labels move over the pooled values, so that a statistic of the groups changes;
 * a statistic that reads the pooled list alone is the same under every labelling, its p is 1 whatever the data, and `isBlind`
 * says so. Up to `exactCountMax` labellings all are listed; otherwise they are drawn and the observed one counts as one of them,
 * p = (1 + hits) / (1 + draws), which keeps the test's level (Phipson and Smyth 2010).
 * Oracles: scipy.stats.permutation_test, exact; the share of false positives in `test/check/coverage-groups.ts`.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** A permutation test. */
export interface PermutationTest {
  readonly statistic: number;
  /** Share of the labellings whose statistic is at least as far from zero. */
  readonly pValue: number;
  readonly labellingCount: number;
  readonly isExact: boolean;
  /** Every labelling gave the observed statistic: the test says nothing. */
  readonly isBlind: boolean;
}

/** How many labellings. */
export interface PermutationOptions {
  /** Labellings to draw where there are too many to list. */
  readonly drawCount: number;
  readonly exactCountMax?: number;
}

const exactCountMaxDefault = 20_000;
/** Two statistics this close, relatively, are equal: sums of the same values in another order. */
const closeness = 1e-12;

/** Whether the means of two groups differ, two-sided. Needs the smaller group's sum only, hence min(n₁, n₂) draws a labelling. */
export function permuteMeans(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  stream: RandomStream,
  options: PermutationOptions,
): PermutationTest {
  const pooled = centred([...Array.from(first), ...Array.from(second)]);
  const n = first.length;
  const m = second.length;
  const isFirstSmaller = n <= m;
  const chosenCount = Math.min(n, m);
  const sign = isFirstSmaller ? 1 : -1;
  // With the pooled values centred, the other group's sum is the negative of the chosen one's.
  const difference = (sum: number): number => sign * sum * (1 / n + 1 / m);
  const ownSum = sumOf(isFirstSmaller ? pooled.subarray(0, n) : pooled.subarray(n));
  const tally = new Tally(difference(ownSum), difference(sumOf(pooled.map(Math.abs))));
  const isExact = choices(n + m, chosenCount) <= (options.exactCountMax ?? exactCountMaxDefault);
  if (isExact) {
    listChoices(pooled.length, chosenCount, (rows) => {
      let sum = 0;
      for (let at = 0; at < chosenCount; at++) sum += pooled[rows[at]];
      tally.add(difference(sum));
    });
  } else {
    for (let draw = 0; draw < options.drawCount; draw++) {
      let sum = 0;
      for (let at = 0; at < chosenCount; at++) sum += drawAt(pooled, at, stream);
      tally.add(difference(sum));
    }
  }
  return tally.result(isExact);
}

/** Any statistic of values and labels that is 0 under no difference; labels are permuted, values never. */
export function permuteLabels(
  values: Float64Array,
  labels: Int32Array,
  statistic: (values: Float64Array, labels: Int32Array) => number,
  stream: RandomStream,
  drawCount: number,
): PermutationTest {
  assertInvariant(values.length === labels.length, 'every value has a label');
  const observed = statistic(values, labels);
  const tally = new Tally(observed, Math.abs(observed));
  const permuted = labels.slice();
  for (let draw = 0; draw < drawCount; draw++) {
    for (let at = 0; at < permuted.length; at++) drawAt(permuted, at, stream);
    tally.add(statistic(values, permuted));
  }
  return tally.result(false);
}

class Tally {
  private hitCount = 0;
  private totalCount = 0;
  private isBlind = true;
  private readonly observed: number;
  private readonly slack: number;

  /** `scale`: size of the numbers that were added up, from which rounding follows. */
  constructor(observed: number, scale: number) {
    this.observed = observed;
    this.slack = closeness * Math.abs(scale);
  }

  add(value: number): void {
    this.totalCount++;
    if (Math.abs(value) >= Math.abs(this.observed) - this.slack) this.hitCount++;
    if (Math.abs(value - this.observed) > this.slack) this.isBlind = false;
  }

  result(isExact: boolean): PermutationTest {
    const drawnP = (1 + this.hitCount) / (1 + this.totalCount);
    return {
      statistic: this.observed,
      pValue: isExact ? this.hitCount / this.totalCount : drawnP,
      labellingCount: this.totalCount,
      isExact,
      isBlind: this.isBlind,
    };
  }
}

/** One step of Fisher and Yates: the value that comes to stand at `at`, drawn from there on. */
function drawAt(values: Float64Array | Int32Array, at: number, stream: RandomStream): number {
  const chosen = at + stream.below(values.length - at);
  const value = values[chosen];
  values[chosen] = values[at];
  values[at] = value;
  return value;
}

/** Calls `visit` with every choice of `chosenCount` of `count` rows, in lexicographic order; the array is reused. */
function listChoices(count: number, chosenCount: number, visit: (rows: Int32Array) => void): void {
  const rows = Int32Array.from({ length: chosenCount }, (_, at) => at);
  for (;;) {
    visit(rows);
    let at = chosenCount - 1;
    while (at >= 0 && rows[at] === count - chosenCount + at) at--;
    if (at < 0) return;
    rows[at]++;
    for (let next = at + 1; next < chosenCount; next++) rows[next] = rows[next - 1] + 1;
  }
}

/** Binomial coefficient, as a double. */
function choices(count: number, chosenCount: number): number {
  let product = 1;
  for (let at = 1; at <= chosenCount; at++) product = (product * (count - chosenCount + at)) / at;
  return product;
}

function centred(values: number[]): Float64Array {
  const mean = sumOf(Float64Array.from(values)) / values.length;
  return Float64Array.from(values, (value) => value - mean);
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
