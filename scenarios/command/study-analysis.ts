/**
 * What a study finds: each hypothesis by pairs of worlds, power before, equivalence, what rests on single seeds, exploratory differences apart.
 *
 * Pure. Takes the registration and values by arm, measure and seed. Confirmatory p values are Holm's over all registered hypotheses; exploratory ones
 * Benjamini and Hochberg's over all exploratory measures and arms beside the first, and are called exploratory wherever they stand.
 * Invariant: a hypothesis that the registration on disk does not have, word for word, is exploratory.
 */
import { hedgesGInterval } from '../../analysis/estimators/effect-size.ts';
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { compareMatched } from '../../analysis/estimators/matched-sets.ts';
import { benjaminiHochberg, holm } from '../../analysis/estimators/multiplicity.ts';
import { pairSupport, pairedD, pairedTest } from '../../analysis/estimators/paired.ts';
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { finiteInterval, finiteOrNull } from '../../analysis/measures/measured.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { Hypothesis, Registration } from './study-file.ts';

/** Values by arm and measure, a place a seed. */
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
  readonly verdict: 'supported' | 'not supported' | 'contradicted';
  readonly words: string;
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

/** First less second, of the seeds that have both. */
export function differencesOf(
  values: StudyValues,
  measure: string,
  [first, second]: readonly [string, string],
): number[] {
  const other = values[second][measure];
  return values[first][measure].flatMap((one, seed) => {
    const two = other[seed] ?? null;
    return one === null || two === null ? [] : [one - two];
  });
}

/** Power by simulation: studies of so many pairs whose differences are normal with the pilot's spread and the smallest effect as their mean. */
export function powerOf(registration: Registration, hypothesis: Hypothesis, pilot: StudyValues): Power {
  const { seed, replicates, alpha } = registration;
  const differences = differencesOf(pilot, hypothesis.measure, hypothesis.arms);
  const sd = Math.sqrt(momentsOf(differences).variance);
  const { smallestEffect, expects } = hypothesis;
  const base = { pilotPairs: differences.length, smallestEffect, pairs: replicates, studies };
  if (!(sd > 0)) return { ...base, sd: finiteOrNull(sd), power: null, interval: null };
  const stream = randomStream(seed, streamPurposes.bootstrap, 77);
  const mean = expects === 'equivalent' ? 0 : smallestEffect;
  let hits = 0;
  for (let study = 0; study < studies; study++) {
    const drawn = Float64Array.from({ length: replicates }, () => mean + sd * stream.normal());
    if (expects === 'equivalent') hits += equivalenceToZero(drawn, smallestEffect, alpha).isEquivalent ? 1 : 0;
    else {
      const { pValue, value } = pairedTest(drawn);
      hits += pValue <= alpha && value > 0 ? 1 : 0;
    }
  }
  const { value, interval } = wilsonInterval(hits, studies);
  return { ...base, sd, power: value, interval };
}

/** All hypotheses. `registered`: those that stand in the registration on disk. */
export function findingsOf(
  registration: Registration,
  registered: readonly Hypothesis[],
  values: StudyValues,
): Finding[] {
  const words = registered.map((one) => JSON.stringify(one));
  const raw = registration.hypotheses.map((one, at) => rawFinding(registration, one, values, at));
  const isConfirmatory = registration.hypotheses.map((one) => words.includes(JSON.stringify(one)));
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
  { seed, alpha }: Registration,
  hypothesis: Hypothesis,
  values: StudyValues,
  at: number,
): RawFinding {
  const { id, says, isPrimary, measure, arms, expects, smallestEffect } = hypothesis;
  const differences = differencesOf(values, measure, arms);
  const [first, second] = arms.map((arm) => values[arm][measure].filter((one) => one !== null));
  const test = pairedTest(differences);
  const sets = differences.map((_, pair) => ({ treated: 2 * pair, controls: [2 * pair + 1] }));
  const outcome = differences.flatMap((one) => [one, 0]);
  const flips = compareMatched(sets, outcome, randomStream(seed, streamPurposes.permutation, 78, at), drawCount);
  const isMany = differences.length > 1;
  const support = isMany ? pairSupport(differences) : undefined;
  const g = isMany ? hedgesGInterval(first, second) : undefined;
  const equivalence = equivalenceToZero(differences, smallestEffect, alpha);
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
  { difference, interval, equivalence, pairs, keepsSign }: Omit<RawFinding, 'expects'>,
  expects: Hypothesis['expects'],
): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const range = interval === null ? '' : ` (95 % ${interval.map(short).join(' to ')})`;
  const head = `${verdict}: ${difference === null ? 'no difference exists' : `${short(difference)}${range}`}, ${pairs} pairs of worlds`;
  const notes = [
    ...(status === 'exploratory' ? ['exploratory: not registered before the first world'] : []),
    ...(equivalence.isEquivalent && expects !== 'equivalent'
      ? [`below the smallest effect of interest, ${equivalence.margin}`]
      : []),
    ...(keepsSign === false ? ['one seed left out turns the sign'] : []),
  ];
  return [head, ...notes].join('; ');
}

/** Differences of exploratory measures, of every arm from the first. */
export function exploratoryRows({ arms, exploratory }: Registration, values: StudyValues): ExploratoryRow[] {
  const [first, ...others] = arms.map((arm) => arm.name);
  const rows = exploratory.flatMap((measure) =>
    others.map((other) => {
      const pair: [string, string] = [other, first];
      const { value, interval, pValue } = pairedTest(differencesOf(values, measure, pair));
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
