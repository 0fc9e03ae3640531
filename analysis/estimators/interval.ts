/**
 * Intervals: of a mean over replicates, of a share, and of any statistic by bootstrap.
 *
 * The unit of replication is the caller's choice and decides what an interval means: claims between arms use worlds, since an
 * interval over agents of a few worlds covered 41 % where it promised 95 (`design.md`, section 7).
 * Oracles: scipy.stats (t.interval, bootstrap with method BCa), in `test/data/two-samples.json`; Wilson's formula by hand.
 */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { normalQuantile } from '../../sim/ground/detmath.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { quantileSorted } from './distribution.ts';
import { normalTail, studentQuantile } from './special-functions.ts';

/** An estimate and its interval; the ends are NaN where none exists. */
export interface Estimate {
  readonly value: number;
  readonly interval: [number, number];
  /** Independent units that it rests on. */
  readonly n: number;
}

/** Mean over independent replicates with a Student t interval; one replicate has no interval. */
export function meanInterval(values: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const list = Array.from(values);
  const n = list.length;
  if (n === 0) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], n };
  const value = mean(list);
  if (n === 1) return { value, interval: [Number.NaN, Number.NaN], n };
  const half = (studentQuantile((1 + confidenceShare) / 2, n - 1) * sampleStandardDeviation(list)) / Math.sqrt(n);
  return { value, interval: [value - half, value + half], n };
}

/** Share of `hitCount` in `drawCount` independent draws with Wilson's interval (1927, JASA 22): inside [0, 1], also at 0 and 1 hits. */
export function wilsonInterval(hitCount: number, drawCount: number, confidenceShare = 0.95): Estimate {
  if (drawCount === 0) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], n: 0 };
  const z = normalQuantile((1 + confidenceShare) / 2);
  const share = hitCount / drawCount;
  const scale = 1 + (z * z) / drawCount;
  const centre = (share + (z * z) / (2 * drawCount)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / drawCount + (z * z) / (4 * drawCount * drawCount));
  return {
    value: share,
    interval: [hitCount === 0 ? 0 : centre - half, hitCount === drawCount ? 1 : centre + half],
    n: drawCount,
  };
}

/**
 * Sum of `above` over sum of `below`, a row a unit, with the interval of a ratio over units by linearisation (Cochran 1977, Sampling Techniques,
 * chapter 6) and the normal quantile: for many units. NaN without any; no interval of one.
 */
export function ratioInterval(above: ArrayLike<number>, below: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const n = above.length;
  const none: [number, number] = [Number.NaN, Number.NaN];
  let [sumAbove, sumBelow] = [0, 0];
  for (let unit = 0; unit < n; unit++) {
    sumAbove += above[unit];
    sumBelow += below[unit];
  }
  const value = sumAbove / sumBelow;
  if (sumBelow === 0 || n < 2) return { value, interval: none, n };
  let squares = 0;
  for (let unit = 0; unit < n; unit++) squares += (above[unit] - value * below[unit]) ** 2;
  const error = Math.sqrt((squares * n) / (n - 1)) / Math.abs(sumBelow);
  const half = normalQuantile((1 + confidenceShare) / 2) * error;
  return { value, interval: [value - half, value + half], n };
}

/** How to resample. */
export interface BootstrapOptions {
  readonly replicateCount: number;
  /** `percentile`, or `bca`: bias-corrected and accelerated (Efron 1987, JASA 82), n further evaluations for the jackknife. */
  readonly kind?: 'percentile' | 'bca';
  readonly confidenceShare?: number;
}

/** Interval of any statistic of independent values, by resampling them with replacement. */
export function bootstrapInterval(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  stream: RandomStream,
  options: BootstrapOptions,
): Estimate {
  const { replicateCount, kind = 'bca', confidenceShare = 0.95 } = options;
  const data = Float64Array.from(values);
  const value = statistic(data);
  const replicates = new Float64Array(replicateCount);
  const drawn = new Float64Array(data.length);
  for (let replicate = 0; replicate < replicateCount; replicate++) {
    for (let index = 0; index < drawn.length; index++) drawn[index] = data[stream.below(data.length)];
    replicates[replicate] = statistic(drawn);
  }
  replicates.sort();
  const tail = (1 - confidenceShare) / 2;
  const shares = kind === 'bca' ? correctedShares(data, statistic, value, replicates, tail) : [tail, 1 - tail];
  return {
    value,
    interval: [quantileSorted(replicates, shares[0]), quantileSorted(replicates, shares[1])],
    n: data.length,
  };
}

/** Where to cut the replicates. */
function correctedShares(
  data: Float64Array,
  statistic: (sample: Float64Array) => number,
  value: number,
  replicates: Float64Array,
  tail: number,
): [number, number] {
  return acceleratedShares(replicates, value, accelerationOf(data, statistic), tail);
}

/**
 * BCa's cuts of the replicates for an interval that leaves `tail` out at each end: shares in (0, 1). Ties with the estimate count one
 * half, so that a discrete statistic is not called biased. `bootstrap.ts` has the acceleration of several groups.
 */
export function acceleratedShares(
  replicates: Float64Array,
  value: number,
  acceleration: number,
  tail: number,
): [number, number] {
  let below = 0;
  for (let index = 0; index < replicates.length; index++) {
    below += replicates[index] < value ? 1 : replicates[index] === value ? 0.5 : 0;
  }
  const share = Math.min(Math.max(below, 0.5), replicates.length - 0.5) / replicates.length;
  const bias = normalQuantile(share);
  const cut = (z: number): number => 1 - normalTail(bias + (bias + z) / (1 - acceleration * (bias + z)));
  return [cut(normalQuantile(tail)), cut(normalQuantile(1 - tail))];
}

function accelerationOf(data: Float64Array, statistic: (sample: Float64Array) => number): number {
  const rest = data.slice(1);
  const jackknife: number[] = [];
  for (let left = 0; left < data.length; left++) {
    jackknife.push(statistic(rest));
    // The gap moves one place to the right: the value just left out comes back where the next one stood.
    if (left < rest.length) rest[left] = data[left];
  }
  const centre = mean(jackknife);
  let squares = 0;
  let cubes = 0;
  for (const one of jackknife) {
    squares += (centre - one) ** 2;
    cubes += (centre - one) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
