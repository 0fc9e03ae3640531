/**
 * How often intervals of a power law's exponent hold the truth, and what tails of known laws are called, at full size.
 *
 * Worlds are drawn from Philox streams, one seed a world, from `seed` on, none left out. Pure zeta samples, and samples in which a body of
 * values precedes the tail: there the interval for a given xmin covers too seldom, since xmin is chosen. Tails: zeta, total sizes of a
 * branching process, lognormal. The tests of the estimators call the same functions with fewer worlds.
 */
import { bootstrapExponent, countValues, fitPowerLaw } from '../../analysis/estimators/power-law.ts';
import { reportTail } from '../../analysis/estimators/tail-verdict.ts';
import type { TailReport } from '../../analysis/estimators/tail-verdict.ts';
import { drawZeta, zetaSampler } from '../../analysis/estimators/zeta.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Worlds } from './coverage-groups.ts';
import type { Report } from './figure.ts';

/** Belongs to no part of the program. */
const checkPurpose = 998;
const keys = { exponents: 10, tails: 11 };

/** A sample whose tail is known. */
interface Planted {
  readonly values: Float64Array;
  readonly alpha: number;
}

/** Kinds of samples of planted exponents. */
export const exponentKinds = ['zeta', 'body and tail'] as const;
export type ExponentKind = (typeof exponentKinds)[number];

/**
 * 2,000 values with an exponent in [2, 3]. `body and tail`: a zeta tail from an xmin of 5 to 12 on, and before it half of the values, from 1 to
 * xmin - 1 with an exponent of 1 less than that of the tail, so that both meet without a step that would show where the tail begins.
 */
function plantedExponent(kind: ExponentKind, stream: RandomStream): Planted {
  const alpha = 2 + stream.uniform();
  if (kind === 'zeta') {
    const sampler = zetaSampler(alpha, 1);
    return { alpha, values: Float64Array.from({ length: valueCount }, () => drawZeta(sampler, stream)) };
  }
  const xmin = 5 + stream.below(8);
  const sampler = zetaSampler(alpha, xmin);
  const bodyLimit = xmin - 1;
  const drawBody = (): number => {
    for (;;) {
      const value = 1 + stream.below(bodyLimit);
      if (stream.uniform() < value ** -bodyExponent) return value;
    }
  };
  const values = Float64Array.from({ length: valueCount }, () =>
    stream.uniform() < bodyShare ? drawBody() : drawZeta(sampler, stream),
  );
  return { alpha, values };
}

const valueCount = 2000;
const bodyShare = 0.5;
const bodyExponent = 0.5;

/** Shares of the worlds in which the bootstrap that chooses xmin again, and ± 1.96 errors for the given xmin, hold the exponent. */
export function exponentCoverage(
  kind: ExponentKind,
  { worldCount, seed }: Worlds,
  replicateCount = 200,
): { readonly bootstrap: number; readonly given: number } {
  const covered = { bootstrap: 0, given: 0 };
  for (let world = seed; world < seed + worldCount; world++) {
    const stream = randomStream(world, checkPurpose, keys.exponents, exponentKinds.indexOf(kind));
    const { values, alpha } = plantedExponent(kind, stream);
    const sample = countValues(values);
    const fit = fitPowerLaw(sample);
    const [low, high] = bootstrapExponent(sample, replicateCount, stream);
    if (low <= alpha && alpha <= high) covered.bootstrap++;
    if (fit !== undefined && Math.abs(fit.alpha - alpha) <= 1.96 * fit.se) covered.given++;
  }
  return { bootstrap: covered.bootstrap / worldCount, given: covered.given / worldCount };
}

/** Laws whose samples must be called what they are. */
export const tailKinds = ['zeta', 'branching', 'lognormal'] as const;
export type TailKind = (typeof tailKinds)[number];

const tailValueCount = 10_323;

/** 10,323 values: zeta(2.57), total sizes of a Poisson branching process with R = 0.3, or a rounded lognormal of deviation 1. */
export function plantedTail(kind: TailKind, stream: RandomStream): Float64Array {
  const sampler = zetaSampler(2.57, 1);
  const draw: Readonly<Record<TailKind, () => number>> = {
    zeta: () => drawZeta(sampler, stream),
    branching: () => branchingSize(0.3, stream),
    lognormal: () => Math.max(1, Math.round(Math.exp(1 + stream.normal()))),
  };
  return Float64Array.from({ length: tailValueCount }, draw[kind]);
}

function branchingSize(mean: number, stream: RandomStream): number {
  let size = 1;
  for (let open = 1; open > 0; open--) {
    // Poisson by waiting times.
    for (let time = stream.exponential(); time < mean; time += stream.exponential()) {
      size++;
      open++;
    }
  }
  return size;
}

/** How many of the worlds' tails meet an expectation. */
export function tailsMet(
  kind: TailKind,
  { worldCount, seed }: Worlds,
  isMet: (report: TailReport) => boolean,
  replicateCount = 100,
): number {
  let met = 0;
  for (let world = seed; world < seed + worldCount; world++) {
    const stream = randomStream(world, checkPurpose, keys.tails, tailKinds.indexOf(kind));
    const report = reportTail(plantedTail(kind, stream), replicateCount, stream);
    if (report !== undefined && isMet(report)) met++;
  }
  return met;
}

/** Alpha within 0.06 of 2.57, and no other law is called the better one. */
export function isZeta({ alpha, comparison, comparisons }: TailReport): boolean {
  const { exponential } = comparisons;
  const isExponential = exponential.statistic < 0 && exponential.pValue < 0.05;
  return Math.abs(alpha - 2.57) <= 0.06 && comparison !== 'lognormal' && !isExponential;
}

/** Neither field nor sentence says that it is a power law. */
export function isNoPowerLaw({ comparison, verdict }: TailReport): boolean {
  return comparison !== 'power law' && !/^(tail only \([^)]*\): )?power law$/.test(verdict);
}

/** Line 6.2: exponents, 1,000 worlds of each kind. */
export function checkExponents(report: Report): void {
  const worlds = { worldCount: 1000, seed: 1 };
  for (const kind of exponentKinds) {
    const { bootstrap, given } = exponentCoverage(kind, worlds);
    report({
      command: `coverage of alpha, ${kind}, bootstrap that chooses xmin again, 1,000 worlds`,
      figure: `${bootstrap.toFixed(3)} (± 1.96 errors for the given xmin: ${given.toFixed(3)})`,
      bar: '0.93 to 0.97',
      met: bootstrap >= 0.93 && bootstrap <= 0.97,
    });
  }
}

/** Line 6.3: what the tails of 100 worlds of each kind are called. */
export async function checkTails(report: Report): Promise<void> {
  const hundred = { worldCount: 100, seed: 1 };
  const row = (kind: TailKind, what: string, isMet: (tail: TailReport) => boolean, least: number): void => {
    const met = tailsMet(kind, hundred, isMet);
    report({
      command: `tails, ${kind}, ${tailValueCount} values: ${what}`,
      figure: `${met} of 100`,
      bar: `${least} of 100`,
      met: met >= least,
    });
  };
  row('zeta', 'alpha within 0.06 of 2.57, not rejected for another law', isZeta, 90);
  row('branching', 'not called a power law', isNoPowerLaw, 95);
  row('lognormal', 'not called a power law', isNoPowerLaw, 95);
  await Promise.resolve();
}
