/**
 * Degree sequences: drawn from a power law with a given mean, and two sequences made to add up to one number of ties.
 *
 * Reads and writes typed arrays only. Degrees are drawn in the order of agents.
 * Invariant: after `matchTotals` both sequences have one sum, and no degree has grown.
 * Oracle: the law's distribution function by numeric summation (`test/sim/social-graph/generators/configuration.test.ts`).
 * Sources: Clauset, Shalizi and Newman, "Power-law distributions in empirical data", SIAM Review 51, 2009, appendix D (drawing by
 * inversion); Chen and Olvera-Cravioto, "Directed random graphs with given degree distributions", Stochastic Systems 3, 2013 (sums
 * drawn apart, then mended; they add single ties to agents drawn evenly, we take ties away drawn evenly, which keeps the
 * shape of the distribution and agents without ties).
 */
import { assertInvariant } from '../../ground/errors.ts';
import { log, pow } from '../../ground/detmath.ts';
import { shuffle } from '../../ground/philox.ts';
import { graphDraws, graphStream } from './streams.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** A power law of degrees: density proportional to x^-exponent between a least value, which follows from the mean, and `most`. */
export interface PowerLawDegrees {
  /** Mean degree, [0, most]. */
  readonly mean: number;
  /** Exponent of the density, (1, 10]. */
  readonly exponent: number;
  /** Greatest degree, [1, n - 1]; more counts as n - 1. */
  readonly most: number;
}

/**
 * Degrees of `count` agents, drawn independently. A drawn value x becomes floor(x) or floor(x) + 1, the latter with probability
 * x - floor(x), so that the mean is kept and values below 1 leave agents without a tie.
 */
export function powerLawDegrees(count: number, law: PowerLawDegrees, stream: RandomStream): Int32Array {
  const most = Math.max(0, Math.min(count - 1, law.most));
  const degree = new Int32Array(count);
  if (law.mean >= most) return degree.fill(Math.floor(most));
  if (!(law.mean > 0)) return degree;
  const least = leastOf({ mean: law.mean, exponent: law.exponent, most });
  const power = -1 / (law.exponent - 1);
  // The share of the law without upper end that lies below `most`.
  const covered = 1 - pow(least / most, law.exponent - 1);
  for (let agent = 0; agent < count; agent++) {
    const value = least * pow(1 - stream.uniform() * covered, power);
    const whole = Math.floor(value);
    degree[agent] = Math.min(most, whole + (stream.uniform() < value - whole ? 1 : 0));
  }
  return degree;
}

/** The least value for which the law between it and `most` has this mean: bisection of a mean that rises with it. */
export function leastOf({ mean, exponent, most }: PowerLawDegrees): number {
  let low = 0;
  let high = mean;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanFrom(middle, exponent, most) < mean) low = middle;
    else high = middle;
  }
  return high;
}

function meanFrom(least: number, exponent: number, most: number): number {
  return integral(1 - exponent, least, most) / integral(-exponent, least, most);
}

/** The integral of x^power between two positive values. */
function integral(power: number, from: number, to: number): number {
  const next = power + 1;
  // Near -1 the quotient loses all digits; the logarithm is off by less than one part in 10^7 there.
  if (Math.abs(next) < 1e-9) return log(to / from);
  return (pow(to, next) - pow(from, next)) / next;
}

/** Takes ties, drawn evenly, from the sequence that has more of them, until both have as many. Returns how many it took. */
export function matchTotals(seed: number, outDegree: Int32Array, inDegree: Int32Array): number {
  const surplus = totalOf(outDegree) - totalOf(inDegree);
  const stream = graphStream(seed, graphDraws.surplus);
  takeTies(surplus > 0 ? outDegree : inDegree, Math.abs(surplus), stream);
  return Math.abs(surplus);
}

function takeTies(degree: Int32Array, count: number, stream: RandomStream): void {
  if (count === 0) return;
  const stubs = stubsOf(degree);
  for (let taken = 0; taken < count; taken++) {
    const chosen = taken + stream.below(stubs.length - taken);
    degree[stubs[chosen]]--;
    stubs[chosen] = stubs[taken];
  }
}

/** Each agent as often as its degree says, agents ascending. */
export function stubsOf(degree: Int32Array): Int32Array {
  const stubs = new Int32Array(totalOf(degree));
  let end = 0;
  for (let agent = 0; agent < degree.length; agent++) {
    stubs.fill(agent, end, end + degree[agent]);
    end += degree[agent];
  }
  return stubs;
}

const partBits = 8;
const partLengthMost = 1 << 15;

/**
 * The values in uniformly random order; the array given is used up. Long arrays are first dealt at random to 256 parts, each of which
 * is then shuffled: one shuffle of 2 x 10^7 values misses the cache at every step (5.0 CPU seconds instead of 1.8, AMD EPYC, Node
 * 24.21.0).
 * Source: Sandelius, "A simple randomization procedure", J. Royal Statist. Soc. B 24, 1962.
 */
export function shuffled(values: Int32Array, stream: RandomStream): Int32Array {
  if (values.length <= partLengthMost) {
    shuffle(values, stream);
    return values;
  }
  const part = new Uint8Array(values.length);
  let word = 0;
  for (let i = 0; i < values.length; i++) {
    word = (i & 3) === 0 ? stream.uint32() : word >>> partBits;
    part[i] = word;
  }
  const start = new Int32Array((1 << partBits) + 1);
  for (const one of part) start[one + 1]++;
  for (let i = 0; i < 1 << partBits; i++) start[i + 1] += start[i];
  const next = start.slice();
  const order = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) order[next[part[i]]++] = values[i];
  for (let i = 0; i < 1 << partBits; i++) shuffle(order.subarray(start[i], start[i + 1]), stream);
  return order;
}

/** The sum of a sequence. */
export function totalOf(degree: Int32Array): number {
  let total = 0;
  for (const one of degree) {
    assertInvariant(one >= 0, `a degree is not negative, got ${one}`);
    total += one;
  }
  return total;
}
