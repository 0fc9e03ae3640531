/**
 * Bootstrap intervals of a statistic of several groups: each group is resampled within itself, at its own size.
 *
 * BCa (Efron 1987, JASA 82) with the acceleration of stratified samples: a = Σ_g Σ_i U³ / n_g³ / (6 (Σ_g Σ_i U² / n_g²)^1.5), with
 * U = (n_g - 1)(mean of the group's jackknife values - the one that leaves i out) (Davison and Hinkley 1997, section 5.3.2).
 * One sample is `bootstrapInterval` in `interval.ts`. Oracle: scipy.stats.bootstrap of two samples, method BCa.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { quantileSorted } from './distribution.ts';
import { acceleratedShares } from './interval.ts';
import type { BootstrapOptions, Estimate } from './interval.ts';

type GroupStatistic = (groups: readonly Float64Array[]) => number;

/** Interval of a statistic of groups of independent values. Replicates without a finite value are left out. */
export function bootstrapGroups(
  groups: readonly ArrayLike<number>[],
  statistic: GroupStatistic,
  stream: RandomStream,
  options: BootstrapOptions,
): Estimate {
  const { replicateCount, kind = 'bca', confidenceShare = 0.95 } = options;
  const data = groups.map((group) => Float64Array.from(group));
  const value = statistic(data);
  const drawn = data.map((group) => new Float64Array(group.length));
  const found: number[] = [];
  for (let replicate = 0; replicate < replicateCount; replicate++) {
    for (const [g, group] of data.entries()) {
      const sample = drawn[g];
      for (let row = 0; row < group.length; row++) sample[row] = group[stream.below(group.length)];
    }
    const one = statistic(drawn);
    if (Number.isFinite(one)) found.push(one);
  }
  const replicates = Float64Array.from(found).sort();
  const n = data.reduce((sum, group) => sum + group.length, 0);
  if (replicates.length === 0) return { value, interval: [Number.NaN, Number.NaN], n };
  const tail = (1 - confidenceShare) / 2;
  const shares =
    kind === 'bca'
      ? acceleratedShares(replicates, value, groupAcceleration(data, statistic), tail)
      : ([tail, 1 - tail] as const);
  const interval: [number, number] = [quantileSorted(replicates, shares[0]), quantileSorted(replicates, shares[1])];
  return { value, interval, n };
}

/** The acceleration, by leaving out one value of one group at a time; 0 where nothing varies. */
export function groupAcceleration(data: readonly Float64Array[], statistic: GroupStatistic): number {
  let squares = 0;
  let cubes = 0;
  data.forEach((group, g) => {
    const rest = group.slice(1);
    const others = data.map((other, at) => (at === g ? rest : other));
    const left = new Float64Array(group.length);
    let sum = 0;
    for (let row = 0; row < group.length; row++) {
      left[row] = statistic(others);
      sum += left[row];
      // The gap moves one place to the right.
      if (row < rest.length) rest[row] = group[row];
    }
    const centre = sum / group.length;
    for (const one of left) {
      const influence = ((group.length - 1) * (centre - one)) / group.length;
      squares += influence * influence;
      cubes += influence * influence * influence;
    }
  });
  return squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0;
}
