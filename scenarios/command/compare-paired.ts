/**
 * `compare ARM ARM --paired`: worlds of one seed in both arms are a pair; every headline measure by its differences over pairs.
 *
 * Pure. Takes values and seeds of two arms. What forks and arms on common seeds share (population, draws) leaves the difference. One pair is described and
 * nothing is claimed of it. Invariant: q is Benjamini and Hochberg's over all measures that were tested.
 */
import { benjaminiHochberg } from '../../analysis/estimators/multiplicity.ts';
import { pairSupport, pairedD, pairedTest } from '../../analysis/estimators/paired.ts';
import { finiteInterval, finiteOrNull } from '../../analysis/measures/measured.ts';

/** An arm with the seeds of its worlds. */
export interface SeededArm {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** One measure over pairs: the other arm less the first. */
export interface PairedEffect {
  readonly measure: string;
  readonly pairs: number;
  readonly difference: number | null;
  readonly interval: [number, number] | null;
  readonly d: number | null;
  readonly signShare: number | null;
  readonly pValue: number | null;
  readonly qValue: number | null;
  readonly claim: 'higher' | 'lower' | null;
}

const claimQ = 0.05;

/** Compares two arms by pairs of one seed. */
export function comparePaired(first: SeededArm, other: SeededArm, measures: readonly string[]): PairedEffect[] {
  const raw = measures.map((measure) => {
    const differences = other.seeds.flatMap((seed, at) => {
      const one = first.values[measure][first.seeds.indexOf(seed)] ?? null;
      const two = other.values[measure][at];
      return one === null || two === null ? [] : [two - one];
    });
    const { value, interval, pValue, n } = pairedTest(differences);
    return {
      ...{ measure, pairs: n, difference: finiteOrNull(value), interval: finiteInterval(interval) ?? null },
      d: n < 2 ? null : finiteOrNull(pairedD(differences).value),
      signShare: n < 2 ? null : pairSupport(differences).signShare,
      pValue: finiteOrNull(pValue),
    };
  });
  const q = benjaminiHochberg(raw.map(({ pValue }) => pValue ?? Number.NaN));
  return raw.map((one, at) => {
    const qValue = finiteOrNull(q[at]);
    const isClaimed = qValue !== null && qValue <= claimQ;
    return { ...one, qValue, claim: isClaimed ? ((one.difference ?? 0) > 0 ? 'higher' : 'lower') : null };
  });
}
