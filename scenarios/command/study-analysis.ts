/**
 * What a study finds: each hypothesis by pairs of worlds, power before, equivalence, what rests on single seeds, exploratory differences apart.
 *
 * Pure. Takes the registration and values by arm, measure and seed. Confirmatory p values are Holm's over all registered hypotheses; exploratory ones
 * Benjamini and Hochberg's over all exploratory measures and arms beside the first, and are called exploratory wherever they stand.
 * Where prompts are paraphrased, differences are means over wordings and seeds as crossed random factors; what is said of seeds is then said of means over wordings.
 * Invariant: a hypothesis that the registration on disk does not have, word for word and with the same worlds for it, is exploratory.
 */
import { hedgesGInterval } from '../../analysis/estimators/effect-size.ts';
import { crossedEquivalence, crossedMean } from '../../analysis/estimators/crossed-effects.ts';
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { compareMatched } from '../../analysis/estimators/matched-sets.ts';
import { benjaminiHochberg, holm } from '../../analysis/estimators/multiplicity.ts';
import { pairSupport, pairedD, pairedTest } from '../../analysis/estimators/paired.ts';
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { finiteInterval, finiteOrNull } from '../../analysis/measures/measured.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { byWording } from './sweep-estimates.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Hypothesis, Registration } from './study-file.ts';

/** Values by arm and measure, a place a world: a seed, or a seed in each wording, wordings of one seed side by side. */
export type StudyValues = Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>;

/** One hypothesis. */
export interface Finding {
  readonly id: string;
  readonly says: string;
  readonly status: 'confirmatory' | 'exploratory';
  readonly isPrimary: boolean;
  readonly measure: string;
  readonly arms: readonly [string, string];
  readonly pairs: number;
  readonly means: readonly [number | null, number | null];
  readonly difference: number | null;
  readonly interval: [number, number] | null;
  readonly pValue: number | null;
  /** Holm over the confirmatory hypotheses; null for exploratory ones. */
  readonly adjustedP: number | null;
  readonly signFlipP: number | null;
  readonly pairedD: number | null;
  readonly hedgesG: { readonly value: number | null; readonly interval: [number, number] | null };
  readonly equivalence: {
    readonly margin: number;
    readonly pValue: number;
    readonly isEquivalent: boolean;
    readonly interval: [number, number] | null;
  };
  readonly signShare: number | null;
  readonly leftOut: readonly [number, number] | null;
  readonly keepsSign: boolean | null;
  /** What wordings of the prompts do; null where nothing is paraphrased. */
  readonly wording: WordingSupport | null;
  readonly verdict: 'supported' | 'not supported' | 'contradicted';
  readonly words: string;
}

/** How far a difference rests on wordings of the prompts. */
export interface WordingSupport {
  /** Components of the difference between wordings, between seeds, and the rest. */
  readonly variance: number | null;
  readonly seedVariance: number | null;
  readonly restVariance: number | null;
  readonly degreesOfFreedom: number | null;
  /** Share of wordings whose mean difference has the sign of the whole. */
  readonly signShare: number | null;
  /** The mean difference of each wording, and of all others without it. */
  readonly each: readonly { readonly name: string; readonly difference: number; readonly without: number }[];
  readonly keepsSign: boolean | null;
}

/** A difference that was not registered. */
export interface ExploratoryRow {
  readonly measure: string;
  readonly arms: readonly [string, string];
  readonly difference: number | null;
  readonly interval: [number, number] | null;
  readonly pValue: number | null;
  readonly qValue: number | null;
}

/** How often the study would find the smallest effect, were it there. */
export interface Power {
  readonly pilotPairs: number;
  /** Standard deviation of the pilot's differences. */
  readonly sd: number | null;
  readonly smallestEffect: number;
  readonly pairs: number;
  readonly studies: number;
  readonly power: number | null;
  readonly interval: [number, number] | null;
}

const studies = 2000;
const drawCount = 9999;

/** First less second, a place a world; null where one has no value. */
function differencesOf(
  values: StudyValues,
  measure: string,
  [first, second]: readonly [string, string],
): (number | null)[] {
  const other = values[second][measure];
  return values[first][measure].map((one, world) => {
    const two = other[world] ?? null;
    return one === null || two === null ? null : one - two;
  });
}

/** A difference between two arms as a study estimates it: over pairs of worlds of one seed, and over wordings where there are any. */
export function differenceIn(
  registration: Pick<Registration, 'paraphrases'>,
  values: StudyValues,
  measure: string,
  arms: readonly [string, string],
): { readonly value: number; readonly interval: readonly [number, number]; readonly pValue: number } {
  const differences = differencesOf(values, measure, arms);
  const { paraphrases } = registration;
  return paraphrases === undefined
    ? pairedTest(known(differences))
    : crossedMean(byWording(differences, paraphrases.length));
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((one) => one !== null);
}

/** Power by simulation: studies of so many pairs whose differences are normal with the pilot's spread and the smallest effect as their mean. */
export function powerOf(registration: Registration, hypothesis: Hypothesis, pilot: StudyValues): Power {
  const { seed, replicates, alpha, paraphrases } = registration;
  const all = differencesOf(pilot, hypothesis.measure, hypothesis.arms);
  const wordings = paraphrases?.length ?? 1;
  const matrix = byWording(all, wordings);
  const sd = Math.sqrt(momentsOf(matrix.flat()).variance);
  const { smallestEffect, expects } = hypothesis;
  const base = { pilotPairs: matrix[0].length, smallestEffect, pairs: replicates, studies };
  if (!(sd > 0)) return { ...base, sd: finiteOrNull(sd), power: null, interval: null };
  const stream = randomStream(seed, streamPurposes.bootstrap, 77);
  const mean = expects === 'equivalent' ? 0 : smallestEffect;
  const draw = wordings === 1 ? () => drawnPairs(sd, replicates, stream) : crossedDraw(matrix, replicates, stream);
  let hits = 0;
  for (let study = 0; study < studies; study++) {
    const drawn = draw().map((row) => row.map((one) => mean + one));
    if (expects === 'equivalent') hits += equivalenceIn(drawn, smallestEffect, alpha).isEquivalent ? 1 : 0;
    else {
      const { pValue, value } = testIn(drawn);
      hits += pValue <= alpha && value > 0 ? 1 : 0;
    }
  }
  const { value, interval } = wilsonInterval(hits, studies);
  return { ...base, sd, power: value, interval };
}

function drawnPairs(sd: number, pairs: number, stream: RandomStream): number[][] {
  return [Array.from({ length: pairs }, () => sd * stream.normal())];
}

/** Studies with the pilot's components of wordings, seeds and the rest. */
function crossedDraw(pilot: readonly (readonly number[])[], seeds: number, stream: RandomStream): () => number[][] {
  const { rows, columns, rest } = crossedMean(pilot).components;
  const [ofRows, ofColumns, ofRest] = [Math.sqrt(rows), Math.sqrt(columns), Math.sqrt(rest)];
  return () => {
    const bySeed = Array.from({ length: seeds }, () => ofColumns * stream.normal());
    return pilot.map(() => {
      const row = ofRows * stream.normal();
      return bySeed.map((seed) => row + seed + ofRest * stream.normal());
    });
  };
}

/** The test of a matrix of differences, a row a wording. */
function testIn(matrix: readonly (readonly number[])[]) {
  return matrix.length === 1 ? pairedTest(matrix[0]) : crossedMean(matrix);
}

function equivalenceIn(matrix: readonly (readonly number[])[], margin: number, alpha: number) {
  return matrix.length === 1 ? equivalenceToZero(matrix[0], margin, alpha) : crossedEquivalence(matrix, margin, alpha);
}

/** Whether a hypothesis stands in a registration word for word, and has the worlds, tests and prompts that were registered for it. */
function isRegistered(hypothesis: Hypothesis, now: Registration, registered: Registration): boolean {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const whole = ({ engine, seed, replicates, until, alpha, paraphrases }: Registration): unknown => [
    engine,
    seed,
    replicates,
    until ?? null,
    alpha,
    paraphrases ?? null,
  ];
  const ofArms = ({ arms, models, prompts = [] }: Registration): unknown => [
    arms.filter(({ name }) => hypothesis.arms.includes(name)),
    models.filter(({ arm }) => hypothesis.arms.includes(arm)),
    prompts.filter(({ arm }) => hypothesis.arms.includes(arm)),
  ];
  const isThere = registered.hypotheses.some((one) => same(one, hypothesis));
  return isThere && same(whole(now), whole(registered)) && same(ofArms(now), ofArms(registered));
}

/** All hypotheses. `registered`: the registration on disk. */
export function findingsOf(registration: Registration, registered: Registration, values: StudyValues): Finding[] {
  const raw = registration.hypotheses.map((one, at) => rawFinding(registration, one, values, at));
  const isConfirmatory = registration.hypotheses.map((one) => isRegistered(one, registration, registered));
  const p = raw.map(({ pValue, equivalence, expects }, at) =>
    isConfirmatory[at] ? (expects === 'equivalent' ? equivalence.pValue : (pValue ?? 1)) : Number.NaN,
  );
  const adjusted = holm(p);
  return raw.map(({ expects, ...one }, at) => {
    const adjustedP = finiteOrNull(adjusted[at]);
    const deciding = adjustedP ?? (expects === 'equivalent' ? one.equivalence.pValue : (one.pValue ?? 1));
    const verdict = verdictOf(expects, one.difference ?? 0, deciding, one.equivalence.isEquivalent, registration.alpha);
    const status = isConfirmatory[at] ? 'confirmatory' : 'exploratory';
    return { ...one, status, adjustedP, verdict, words: wordsOf(status, verdict, one, expects) };
  });
}

type RawFinding = Omit<Finding, 'status' | 'adjustedP' | 'verdict' | 'words'> & Pick<Hypothesis, 'expects'>;

function rawFinding(
  { seed, alpha, paraphrases }: Registration,
  hypothesis: Hypothesis,
  values: StudyValues,
  at: number,
): RawFinding {
  const { id, says, isPrimary, measure, arms, expects, smallestEffect } = hypothesis;
  const wordings = paraphrases?.length ?? 1;
  const matrix = byWording(differencesOf(values, measure, arms), wordings);
  const [first, second] = arms.map((arm) => seedMeans(byWording(values[arm][measure], wordings)));
  const differences = seedMeans(matrix);
  const test = testIn(matrix);
  const sets = differences.map((_, pair) => ({ treated: 2 * pair, controls: [2 * pair + 1] }));
  const outcome = differences.flatMap((one) => [one, 0]);
  const flips = compareMatched(sets, outcome, randomStream(seed, streamPurposes.permutation, 78, at), drawCount);
  const isMany = differences.length > 1;
  const support = isMany ? pairSupport(differences) : undefined;
  const g = isMany ? hedgesGInterval(first, second) : undefined;
  const equivalence = equivalenceIn(matrix, smallestEffect, alpha);
  return {
    ...{ id, says, isPrimary, measure, arms, expects, pairs: differences.length },
    means: [finiteOrNull(momentsOf(first).mean), finiteOrNull(momentsOf(second).mean)],
    difference: finiteOrNull(test.value),
    interval: finiteInterval(test.interval) ?? null,
    pValue: finiteOrNull(test.pValue),
    signFlipP: finiteOrNull(flips.pValue),
    pairedD: isMany ? finiteOrNull(pairedD(differences).value) : null,
    hedgesG: {
      value: finiteOrNull(g?.value ?? Number.NaN),
      interval: g === undefined ? null : (finiteInterval(g.interval) ?? null),
    },
    equivalence: {
      ...{ margin: smallestEffect, pValue: equivalence.pValue, isEquivalent: equivalence.isEquivalent },
      interval: finiteInterval(equivalence.interval) ?? null,
    },
    signShare: support?.signShare ?? null,
    leftOut: support?.leftOut ?? null,
    keepsSign: support?.keepsSign ?? null,
    wording: paraphrases === undefined ? null : wordingSupport(matrix, paraphrases),
  };
}

/** Means over wordings, a place a seed. */
function seedMeans(matrix: readonly (readonly number[])[]): number[] {
  return matrix[0].map((_, seed) => matrix.reduce((sum, row) => sum + row[seed], 0) / matrix.length);
}

function wordingSupport(
  matrix: readonly (readonly number[])[],
  paraphrases: readonly { readonly name: string }[],
): WordingSupport {
  const { components, degreesOfFreedom, rowMeans, n } = crossedMean(matrix);
  const sum = rowMeans.reduce((all, one) => all + one, 0);
  const support = n === 0 ? undefined : pairSupport(rowMeans);
  return {
    ...{ variance: finiteOrNull(components.rows), seedVariance: finiteOrNull(components.columns) },
    ...{ restVariance: finiteOrNull(components.rest), degreesOfFreedom: finiteOrNull(degreesOfFreedom) },
    signShare: support?.signShare ?? null,
    each: rowMeans.map((difference, at) => ({
      ...{ name: paraphrases[at].name, difference, without: (sum - difference) / (rowMeans.length - 1) },
    })),
    keepsSign: support?.keepsSign ?? null,
  };
}

function verdictOf(
  expects: Hypothesis['expects'],
  difference: number,
  p: number,
  isEquivalent: boolean,
  alpha: number,
): Finding['verdict'] {
  const isShown = p <= alpha;
  if (expects === 'equivalent') return isShown ? 'supported' : 'not supported';
  const fits = expects === 'different' || (expects === 'higher' ? difference > 0 : difference < 0);
  if (isShown) return fits ? 'supported' : 'contradicted';
  return isEquivalent ? 'contradicted' : 'not supported';
}

function wordsOf(
  status: Finding['status'],
  verdict: Finding['verdict'],
  { difference, interval, equivalence, pairs, keepsSign, wording }: Omit<RawFinding, 'expects'>,
  expects: Hypothesis['expects'],
): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const range = interval === null ? '' : ` (95 % ${interval.map(short).join(' to ')})`;
  const head = `${verdict}: ${difference === null ? 'no difference exists' : `${short(difference)}${range}`}, ${pairs} pairs of ${wording === null ? 'worlds' : `seeds in ${wording.each.length} wordings`}`;
  const notes = [
    ...(status === 'exploratory' ? ['exploratory: not what was registered before the first world'] : []),
    ...(equivalence.isEquivalent && expects !== 'equivalent'
      ? [`below the smallest effect of interest, ${equivalence.margin}`]
      : []),
    ...(keepsSign === false ? ['one seed left out turns the sign'] : []),
    ...(wording?.keepsSign === false ? ['one wording left out turns the sign'] : []),
  ];
  return [head, ...notes].join('; ');
}

/** Differences of exploratory measures, of every arm from the first. */
export function exploratoryRows(registration: Registration, values: StudyValues): ExploratoryRow[] {
  const { arms, exploratory } = registration;
  const [first, ...others] = arms.map((arm) => arm.name);
  const rows = exploratory.flatMap((measure) =>
    others.map((other) => {
      const pair: [string, string] = [other, first];
      const { value, interval, pValue } = differenceIn(registration, values, measure, pair);
      return {
        measure,
        arms: pair,
        difference: finiteOrNull(value),
        interval: finiteInterval(interval) ?? null,
        pValue: finiteOrNull(pValue),
      };
    }),
  );
  const q = benjaminiHochberg(rows.map(({ pValue }) => pValue ?? Number.NaN));
  return rows.map((row, at) => ({ ...row, qValue: finiteOrNull(q[at]) }));
}
