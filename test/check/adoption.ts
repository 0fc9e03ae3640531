/**
 * Line 6.5: what is called contagion, and what complex, in 100 planted worlds of each kind.
 *
 * Worlds are those of `test/analysis/adoption-worlds.ts`, one seed a world; sizes, ties, chances and thresholds differ from seed to seed.
 * Complex and simple contagion must be told apart, random times called `no contagion`, and likeness not contagion, nor adopters of
 * real cascades at shuffled times, each in 90 of 100. Some ten minutes on one core.
 */
import { measureAdoption } from '../../analysis/measures/adoption.ts';
import type { AdoptionMeasure } from '../../analysis/measures/adoption.ts';
import { adoptionWorld } from '../analysis/adoption-worlds.ts';
import type { WorldKind } from '../analysis/adoption-worlds.ts';
import type { Report } from './figure.ts';

/** Worlds of one kind: how many, and the seed of the first. */
export interface AdoptionWorlds {
  readonly kind: WorldKind;
  readonly worldCount: number;
  readonly seed: number;
}

/** How often each verdict is given, as `contagion, complex`. */
export function verdictsOf({ kind, worldCount, seed }: AdoptionWorlds): Map<string, number> {
  const verdicts = new Map<string, number>();
  for (let world = seed; world < seed + worldCount; world++) {
    const verdict = nameOf(measureAdoption(adoptionWorld(kind, world), { seed: world, isVerdictOnly: true }));
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  return verdicts;
}

function nameOf({ verdict, complexity }: AdoptionMeasure): string {
  return verdict === 'contagion' ? `${verdict}, ${complexity}` : verdict;
}

/** How many of the worlds were given one of these verdicts. */
export function countOf(verdicts: ReadonlyMap<string, number>, isMet: (verdict: string) => boolean): number {
  return [...verdicts].reduce((count, [verdict, worlds]) => count + (isMet(verdict) ? worlds : 0), 0);
}

interface Expectation {
  readonly kind: WorldKind;
  readonly bar: string;
  readonly isMet: (verdict: string) => boolean;
}

const isNoContagion = (verdict: string): boolean => !verdict.startsWith('contagion');

const expectations: readonly Expectation[] = [
  { kind: 'simple', bar: 'contagion, simple', isMet: (verdict) => verdict === 'contagion, simple' },
  { kind: 'complex', bar: 'contagion, complex', isMet: (verdict) => verdict === 'contagion, complex' },
  { kind: 'standing simple', bar: 'contagion, simple', isMet: (verdict) => verdict === 'contagion, simple' },
  { kind: 'standing complex', bar: 'contagion, complex', isMet: (verdict) => verdict === 'contagion, complex' },
  { kind: 'random times', bar: 'no contagion', isMet: (verdict) => verdict === 'no contagion' },
  { kind: 'homophily', bar: 'not contagion', isMet: isNoContagion },
  { kind: 'homophily without interests', bar: 'not contagion', isMet: isNoContagion },
  { kind: 'homophily of a trait', bar: 'not contagion', isMet: isNoContagion },
  { kind: 'shuffled among adopters', bar: 'not contagion', isMet: isNoContagion },
];

const worldCount = 100;
const metMin = 90;

/** Reports one row for each kind. */
export async function checkAdoption(report: Report): Promise<void> {
  for (const { kind, bar, isMet } of expectations) {
    const verdicts = verdictsOf({ kind, worldCount, seed: firstSeed });
    const met = countOf(verdicts, isMet);
    const all = [...verdicts].sort((a, b) => b[1] - a[1]).map(([verdict, worlds]) => `${verdict} ${worlds}`);
    report({
      command: `adoption: ${kind}, seeds ${firstSeed} to ${firstSeed + worldCount - 1}`,
      figure: all.join('; '),
      bar: `${bar} in ${metMin} of ${worldCount}`,
      met: met >= metMin,
    });
    // Rows are shown as they come.
    await Promise.resolve();
  }
}

/** Not a seed on which anything was chosen. */
const firstSeed = 7001;
