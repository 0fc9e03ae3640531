/**
 * Resilience of a group to failures of its members: how performance falls as ever more of them fail.
 *
 * F(p) is performance where a share p of the members answers at random or not at all. R = integral of F over p / (F(0) * length), by the trapezoid rule on the
 * levels that were run; R is relative to F(0) and so rewards systems that are weak from the start. Beside it stand F(0) and the index that takes chance out:
 * the same integral of (F - c) / (1 - c), c the performance of random answers, not divided by F(0).
 * The trapezoid rule errs by at most h^2 / 12 times the greatest curvature: for F = 1 - p^2 on 11 levels by 1/600.
 * Oracles: closed forms in the test. Source: ResMAS, arXiv 2601.04694 (secondary), R; the chance-corrected index is ours.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Performance at levels of failure. */
export interface FailureCurve {
  /** Ascending shares of failed members, from 0. */
  readonly levels: readonly number[];
  readonly performance: readonly number[];
}

/** What a curve comes to. */
export interface Resilience {
  /** F(0). */
  readonly atStart: number;
  /** R; NaN where F(0) is 0. */
  readonly resilience: number;
  /** Mean over levels of (F - c) / (1 - c): 1 where nothing ever fails, 0 where it is no better than chance. */
  readonly chanceCorrected: number;
}

/** Resilience of a curve. `chanceShare` in [0, 1): performance of random answers. */
export function resilienceOf({ levels, performance }: FailureCurve, chanceShare: number): Resilience {
  assertInvariant(levels.length >= 2 && levels[0] === 0, 'a curve starts at 0 and has two levels or more');
  const span = levels[levels.length - 1];
  const area = trapezoid(levels, performance) / span;
  return {
    atStart: performance[0],
    resilience: performance[0] === 0 ? Number.NaN : area / performance[0],
    chanceCorrected: (area - chanceShare) / (1 - chanceShare),
  };
}

/** Integral of a curve through points, by straight lines. */
export function trapezoid(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let area = 0;
  for (let k = 1; k < x.length; k++) area += ((x[k] - x[k - 1]) * (y[k] + y[k - 1])) / 2;
  return area;
}

/** R of one agent that is right with chance a, and with chance c when it fails: (a + c) / (2a). */
export function singleAgentResilience(rightShare: number, chanceShare: number): number {
  return (rightShare + chanceShare) / (2 * rightShare);
}
