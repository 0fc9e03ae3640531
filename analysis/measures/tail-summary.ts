/**
 * The tail of a count in a few numbers, for measures that have several: exponent, where it begins, how well it fits, and what may be said.
 *
 * Without a bootstrap: the verdict says that the fit was not tested.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { reportTail } from '../estimators/tail-verdict.ts';
import type { TailReport } from '../estimators/tail-verdict.ts';

/** A fitted tail of positive counts. */
export interface TailSummary {
  readonly alpha: number;
  readonly xmin: number;
  readonly ks: number;
  readonly tailCount: number;
  /** From the observed information, for the given xmin. */
  readonly se: number;
  /** (alpha - 1) / sqrt(tailCount), which most papers print. */
  readonly seApproximate: number;
  /** Positive counts. */
  readonly n: number;
  readonly verdict: string;
  readonly fit: TailReport['fit'];
  readonly comparison: TailReport['comparison'];
}

const streamKey = 5;

/** The tail of the positive ones of some counts; null when they hold fewer than two distinct values. */
export function summaryOfTail(counts: ArrayLike<number>, seed: number): TailSummary | null {
  const report = reportTail(counts, 0, randomStream(seed, streamPurposes.bootstrap, streamKey));
  if (report === undefined) return null;
  const { alpha, xmin, ks, tailCount, se, n, verdict, fit, comparison } = report;
  const seApproximate = (alpha - 1) / Math.sqrt(tailCount);
  return { alpha, xmin, ks, tailCount, se, seApproximate, n, verdict, fit, comparison };
}
