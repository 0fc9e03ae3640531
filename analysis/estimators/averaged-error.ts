/**
 * Error of the mean of several agents whose errors go together, and how far correlation takes a crowd.
 *
 * With variance 1 and correlation rho between any two, the mean of n has the variance (1 + (n - 1) rho) / n. So 16 agents are worse than 2 independent
 * ones exactly where rho > 7/15. This is another number than the cosine at which K* of 16 reaches 2: of errors, not of directions.
 * Oracle: the formula against simulation in the test and in `test/check/polarization.ts`. Source: textbook (intraclass correlation); arXiv 2602.03794.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Variance of the mean of n errors of variance 1 with pairwise correlation rho, in [0, 1]. */
export function meanErrorVariance(n: number, rho: number): number {
  return (1 + (n - 1) * rho) / n;
}

/** The correlation above which n agents are worse than m independent ones, m <= n: (n / m - 1) / (n - 1). */
export function crossoverCorrelation(n: number, m: number): number {
  return (n / m - 1) / (n - 1);
}

/** The same variance by simulation: a shared normal error and one of its own for each agent. */
export function simulatedErrorVariance(n: number, rho: number, drawCount: number, stream: RandomStream): number {
  const [shared, own] = [Math.sqrt(rho), Math.sqrt(1 - rho)];
  let squares = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    let sum = 0;
    for (let agent = 0; agent < n; agent++) sum += stream.normal();
    const mean = shared * stream.normal() + (own * sum) / n;
    squares += mean * mean;
  }
  return squares / drawCount;
}

/**
 * The correlation at which the simulated error of n agents meets that of m independent ones, by a straight line through simulated variances on a grid.
 * Common random numbers on all points, so that the line is smooth.
 */
export function simulatedCrossover(n: number, m: number, drawCount: number, streamOf: () => RandomStream): number {
  const grid = Array.from({ length: 11 }, (_, k) => k / 10);
  const bar = simulatedErrorVariance(m, 0, drawCount, streamOf());
  const found = grid.map((rho) => simulatedErrorVariance(n, rho, drawCount, streamOf()) - bar);
  const meanX = grid.reduce((sum, x) => sum + x, 0) / grid.length;
  const meanY = found.reduce((sum, y) => sum + y, 0) / grid.length;
  let [xy, xx] = [0, 0];
  grid.forEach((x, k) => {
    xy += (x - meanX) * (found[k] - meanY);
    xx += (x - meanX) * (x - meanX);
  });
  return meanX - meanY / (xy / xx);
}
