/**
 * Arms beside the first one: effect sizes, intervals and tests of every headline measure, with worlds as units of replication.
 *
 * Takes values of worlds, arm by arm; gives the comparisons of `compare --json`. Within an arm an interval over agents would promise 95 %
 * and cover 41 % (`design.md`, section 7), so an arm of one world is described and nothing is claimed of it.
 * Order: arms as given, the first one is what the others are compared with; measures as `quantities.ts` lists them.
 * Invariant: `claim` is null, or rests on a Benjamini-Hochberg q of the Welch test over all comparisons that were tested.
 */
import { cliffsDelta, hedgesGInterval, welchTest } from '../../analysis/estimators/effect-size.ts';
import { benjaminiHochberg } from '../../analysis/estimators/multiplicity.ts';
import { permuteMeans } from '../../analysis/estimators/permutation.ts';
import { finiteInterval, finiteOrNull } from '../../analysis/measures/measured.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';

/** An arm: a name, and for each measure the values of its worlds. */
export interface Arm {
  readonly name: string;
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** A size with its interval; null where it does not exist. */
export interface Size {
  readonly value: number | null;
  readonly interval: [number, number] | null;
}

/** One measure of two arms. Every sign is the other arm less the first. */
export interface Effect {
  readonly measure: string;
  readonly first: ArmSummary;
  readonly other: ArmSummary;
  readonly difference: Size;
  readonly hedgesG: Size;
  readonly cliffsDelta: Size;
  readonly welchP: number | null;
  /** Of the difference of means over all, or 9,999 drawn, labellings of the worlds. */
  readonly permutationP: number | null;
  /** Least p that a permutation of so few worlds can show. */
  readonly permutationPMin: number | null;
  /** Benjamini-Hochberg over all tested comparisons. */
  readonly welchQ: number | null;
  readonly permutationQ: number | null;
  readonly claim: 'higher' | 'lower' | null;
  readonly words: string;
}

/** An arm in one measure. */
export interface ArmSummary {
  readonly mean: number | null;
  readonly n: number;
}

/** One arm beside the first. */
export interface Comparison {
  readonly first: string;
  readonly other: string;
  readonly measures: Effect[];
}

/** False discovery rate at which a difference is claimed. */
export const claimQ = 0.05;
const drawCount = 9999;
const exactCountMax = 20_000;
const permutationKey = 41;

type Tested = Omit<Effect, 'welchQ' | 'permutationQ' | 'claim' | 'words'>;

/** Compares every further arm with the first. */
export function compareArms(
  arms: readonly Arm[],
  measures: readonly string[],
  seed: number,
): { comparisons: Comparison[]; testCount: number } {
  const [first, ...others] = arms;
  const tested = others.map((other) =>
    measures.map((measure, at) => testOf(measure, first.values[measure], other.values[measure], seed, at)),
  );
  const flat = tested.flat();
  const welch = benjaminiHochberg(flat.map(({ welchP }) => welchP ?? Number.NaN));
  const permutation = benjaminiHochberg(flat.map(({ permutationP }) => permutationP ?? Number.NaN));
  const comparisons = others.map((other, which) => ({
    first: first.name,
    other: other.name,
    measures: tested[which].map((effect, at) => {
      const place = which * measures.length + at;
      return judged(effect, finiteOrNull(welch[place]), finiteOrNull(permutation[place]));
    }),
  }));
  return { comparisons, testCount: flat.filter(({ welchP }) => welchP !== null).length };
}

function testOf(
  measure: string,
  firstValues: readonly (number | null)[],
  otherValues: readonly (number | null)[],
  seed: number,
  at: number,
): Tested {
  const one = known(firstValues);
  const two = known(otherValues);
  const summary = { measure, first: summaryOf(one), other: summaryOf(two) };
  const none: Size = { value: null, interval: null };
  if (one.length < 2 || two.length < 2) {
    const { first, other } = summary;
    const value = first.mean === null || other.mean === null ? null : other.mean - first.mean;
    return {
      ...summary,
      ...{ difference: { value, interval: null }, hedgesG: none, cliffsDelta: none },
      ...{ welchP: null, permutationP: null, permutationPMin: null },
    };
  }
  const welch = welchTest(two, one);
  const stream = randomStream(seed, streamPurposes.permutation, permutationKey, at);
  const permuted = permuteMeans(two, one, stream, { drawCount, exactCountMax });
  // Arms of one size: the labelling that exchanges them is as far from zero.
  const mirrored = permuted.isExact && one.length === two.length ? 2 : 1;
  return {
    ...summary,
    difference: sizeOf(welch),
    hedgesG: sizeOf(hedgesGInterval(two, one)),
    cliffsDelta: sizeOf(cliffsDelta(two, one)),
    welchP: finiteOrNull(welch.pValue),
    permutationP: permuted.isBlind ? null : permuted.pValue,
    permutationPMin: permuted.isBlind ? null : mirrored / (permuted.labellingCount + (permuted.isExact ? 0 : 1)),
  };
}

function judged(effect: Tested, welchQ: number | null, permutationQ: number | null): Effect {
  const isClaimed = welchQ !== null && welchQ <= claimQ;
  const claim = isClaimed ? ((effect.difference.value ?? 0) > 0 ? 'higher' : 'lower') : null;
  return { ...effect, welchQ, permutationQ, claim, words: wordsOf(effect, welchQ, claim) };
}

function wordsOf(
  { first, other, difference, welchP, permutationP }: Tested,
  q: number | null,
  claim: Effect['claim'],
): string {
  if (first.n === 0 || other.n === 0) return 'not defined in both arms';
  const fewest = Math.min(first.n, other.n);
  if (fewest < 2) return `n = ${fewest} world: the difference is described, nothing is claimed`;
  if (welchP === null) {
    return difference.value === 0
      ? 'the same in every world'
      : 'no world of an arm differs from another: no test of means';
  }
  const tests = `q = ${shortly(q)}${permutationP === null ? '' : `, permutation p = ${shortly(permutationP)}`}`;
  return claim === null ? `no difference shown (${tests})` : `${claim} (${tests})`;
}

function shortly(value: number | null): string {
  return value === null ? 'none' : value < 0.0005 ? value.toExponential(1) : value.toFixed(3);
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function summaryOf(values: readonly number[]): ArmSummary {
  const n = values.length;
  return { mean: n === 0 ? null : values.reduce((sum, value) => sum + value, 0) / n, n };
}

function sizeOf({ value, interval }: Estimate): Size {
  return { value: finiteOrNull(value), interval: finiteInterval(interval) ?? null };
}
