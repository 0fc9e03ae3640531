/**
 * What may be said of a tail: the whole report of a power-law fit, with a verdict in words.
 *
 * The order of the questions is Clauset, Shalizi and Newman's (2009): enough values? is the power law ruled out by itself (bootstrap,
 * p < 0.1)? by another law (Vuong, p < 0.05)? and only then, does it beat the others? The verdict never says more than the tests
 * do: "power law" alone stands only where lognormal and exponential are both significantly worse, and of a tail of less than a twentieth of
 * the values only "tail only". Two fields keep apart what the sentence joins: `fit`, of the law by itself, and `comparison` with others.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { compareTails } from './tail-models.ts';
import type { TailComparison } from './tail-models.ts';
import { countValues, fitPowerLaw, goodnessOfFit } from './power-law.ts';
import type { GoodnessOfFit, PowerLawFit, PowerLawOptions } from './power-law.ts';

/** What may be said of the law by itself. */
export interface TailFit {
  readonly outcome: 'too few values' | 'not tested' | 'rejected' | 'not rejected';
  /** Over synthetic samples in each of which xmin is chosen again; null when there were none. */
  readonly pValue: number | null;
  readonly replicateCount: number;
  /** Share of the positive values that the law is about: those from xmin on. */
  readonly tailShare: number;
  /** Whether that is so small that nothing is said of the values as a whole. */
  readonly isTailOnly: boolean;
}

/**
 * Which law the likelihoods favour: `power law` only beside lognormal and exponential both, and not beside one with a cut-off; `lognormal` where
 * it is the better one; else `undecided`. It says nothing of whether either fits.
 */
export type TailComparisonVerdict = 'power law' | 'lognormal' | 'undecided';

/** A fit, its tests, and what they allow to be said. */
export interface TailReport extends PowerLawFit {
  /** Of the bootstrap; null when it was not asked for. */
  readonly pValue: number | null;
  readonly replicateCount: number;
  readonly comparisons: {
    readonly lognormal: TailComparison;
    readonly exponential: TailComparison;
    readonly truncated: TailComparison;
  };
  readonly fit: TailFit;
  readonly comparison: TailComparisonVerdict;
  /** Both in a sentence. */
  readonly verdict: string;
}

/** Below this share of the values a tail is called a tail only. */
export const tailShareMin = 0.05;

/** Below this many values in the tail nothing is claimed: Clauset et al. find fits unreliable below about 50. */
export const tailCountMin = 50;
const rejectionLevel = 0.1;
const comparisonLevel = 0.05;

/**
 * Fit, bootstrap of `replicateCount` synthetic samples (0 leaves it out; 1,000 give the p value to ± 0.02), comparisons and verdict
 * for the positive ones of `values`; undefined when they hold fewer than two distinct values.
 */
export function reportTail(
  values: ArrayLike<number>,
  replicateCount: number,
  stream: RandomStream,
  options: PowerLawOptions = {},
): TailReport | undefined {
  const sample = countValues(values);
  const fit = fitPowerLaw(sample, options);
  if (fit === undefined) return undefined;
  const fitness = replicateCount > 0 ? goodnessOfFit(sample, fit, replicateCount, stream, options) : undefined;
  const comparisons = compareTails(sample, fit);
  return {
    ...fit,
    pValue: fitness?.pValue ?? null,
    replicateCount,
    comparisons,
    fit: fitOf(fit, fitness),
    comparison: fit.tailCount < tailCountMin ? 'undecided' : comparisonOf(comparisons),
    verdict: verdictOf(fit, fitness, comparisons),
  };
}

function fitOf({ tailCount, n }: PowerLawFit, fitness: GoodnessOfFit | undefined): TailFit {
  const tested = fitness === undefined ? 'not tested' : fitness.pValue < rejectionLevel ? 'rejected' : 'not rejected';
  const tailShare = tailCount / n;
  return {
    outcome: tailCount < tailCountMin ? 'too few values' : tested,
    pValue: fitness?.pValue ?? null,
    replicateCount: fitness?.replicateCount ?? 0,
    ...{ tailShare, isTailOnly: tailShare < tailShareMin },
  };
}

function comparisonOf({ lognormal, exponential, truncated }: TailReport['comparisons']): TailComparisonVerdict {
  if (favoursOther(lognormal)) return 'lognormal';
  const isBetter = ({ statistic, pValue }: TailComparison): boolean => statistic > 0 && pValue < comparisonLevel;
  return isBetter(lognormal) && isBetter(exponential) && !favoursOther(truncated) ? 'power law' : 'undecided';
}

/** The sentence that the tests allow. */
export function verdictOf(
  fit: PowerLawFit,
  fitness: GoodnessOfFit | undefined,
  comparisons: TailReport['comparisons'],
): string {
  const said = tailVerdictOf(fit, fitness, comparisons);
  const tailShare = fit.tailCount / fit.n;
  return tailShare < tailShareMin ? `tail only (${(100 * tailShare).toFixed(1)} % of the values): ${said}` : said;
}

function tailVerdictOf(
  fit: PowerLawFit,
  fitness: GoodnessOfFit | undefined,
  comparisons: TailReport['comparisons'],
): string {
  if (fit.tailCount < tailCountMin)
    return `undecided: only ${fit.tailCount} values in the tail, fewer than ${tailCountMin}`;
  if (fitness !== undefined && fitness.pValue < rejectionLevel) {
    return `not a power law: the bootstrap rejects the fit (p = ${fitness.pValue.toPrecision(2)})${betterLaw(comparisons)}`;
  }
  const { lognormal, exponential, truncated } = comparisons;
  if (favoursOther(lognormal)) return 'not a power law: a lognormal fits better';
  if (favoursOther(exponential)) return 'not a power law: an exponential fits better';
  if (favoursOther(truncated)) return 'not a pure power law: one with an exponential cut-off fits better';
  const rivals = [
    ...(lognormal.pValue < comparisonLevel ? [] : ['lognormal']),
    ...(exponential.pValue < comparisonLevel ? [] : ['exponential']),
  ];
  const untested = fitness === undefined ? '; goodness of fit not tested' : '';
  if (rivals.length > 0) return `consistent with a power law, not distinguished from ${rivals.join(' or ')}${untested}`;
  return fitness === undefined ? `closer to a power law than to lognormal or exponential${untested}` : 'power law';
}

function favoursOther(comparison: TailComparison): boolean {
  return comparison.statistic < 0 && comparison.pValue < comparisonLevel;
}

function betterLaw({ lognormal, exponential, truncated }: TailReport['comparisons']): string {
  if (favoursOther(lognormal)) return '; a lognormal fits better';
  if (favoursOther(exponential)) return '; an exponential fits better';
  return favoursOther(truncated) ? '; one with an exponential cut-off fits better' : '';
}
