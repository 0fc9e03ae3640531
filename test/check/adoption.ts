/**
 * Line 6.5: what is called contagion, and what complex, in 100 runs of the engine and 100 planted worlds of each kind.
 *
 * Runs are those of `test/fixtures/adoption-code.ts`, recorded and read back; worlds those of `test/analysis/adoption-worlds.ts`, where
 * sizes, ties, chances and thresholds differ from seed to seed. One seed a run or world.
 * Complex and simple contagion must be told apart, random times called `no contagion`, and likeness not contagion, nor adopters of
 * real cascades at shuffled times, each in 90 of 100. Some twenty-five minutes on one core.
 */
import { measureAdoption } from '../../analysis/measures/adoption.ts';
import type { AdoptionMeasure } from '../../analysis/measures/adoption.ts';
import { adoptionWorld, worldKinds } from '../analysis/adoption-worlds.ts';
import { adoptionRuns, measureRun } from '../fixtures/adoption-code.ts';
import type { WorldKind } from '../analysis/adoption-worlds.ts';
import type { AdoptionRun } from '../fixtures/adoption-code.ts';
import type { Report } from './figure.ts';

/** Worlds of one kind: how many, and the seed of the first. */
export interface AdoptionWorlds {
  readonly kind: WorldKind;
  readonly worldCount: number;
  readonly seed: number;
  /** Draws of each placebo; as many as the command takes, by default. */
  readonly drawCount?: number;
}

/** How often each verdict is given, as `contagion, complex`. */
export function verdictsOf({ kind, worldCount, seed, ...options }: AdoptionWorlds): Map<string, number> {
  const verdicts = new Map<string, number>();
  for (let world = seed; world < seed + worldCount; world++) {
    count(verdicts, measureAdoption(adoptionWorld(kind, world), { seed: world, isVerdictOnly: true, ...options }));
  }
  return verdicts;
}

async function verdictsOfRuns(kind: AdoptionRun): Promise<Map<string, number>> {
  const verdicts = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + worldCount; seed++) count(verdicts, await measureRun(kind, seed));
  return verdicts;
}

function count(verdicts: Map<string, number>, measured: AdoptionMeasure): void {
  const verdict = nameOf(measured);
  verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
}

function nameOf({ verdict, complexity }: AdoptionMeasure): string {
  return verdict === 'contagion' ? `${verdict}, ${complexity}` : verdict;
}

/** How many of the worlds were given one of these verdicts. */
export function countOf(verdicts: ReadonlyMap<string, number>, isMet: (verdict: string) => boolean): number {
  return [...verdicts].reduce((sum, [verdict, worlds]) => sum + (isMet(verdict) ? worlds : 0), 0);
}

interface Expectation {
  readonly bar: string;
  readonly isMet: (verdict: string) => boolean;
}

const isOnly = (wanted: string): Expectation => ({ bar: wanted, isMet: (verdict) => verdict === wanted });
const simple = isOnly('contagion, simple');
const complex = isOnly('contagion, complex');
const none = isOnly('no contagion');
const notContagion: Expectation = { bar: 'not contagion', isMet: (verdict) => !verdict.startsWith('contagion') };

const ofRuns: Readonly<Record<AdoptionRun, Expectation>> = { simple, complex, random: none, alike: notContagion };
const ofWorlds: Readonly<Record<WorldKind, Expectation>> = {
  ...{ simple, complex, 'standing simple': simple, 'standing complex': complex, 'random times': none },
  ...{ 'shuffled among adopters': notContagion, homophily: notContagion },
  ...{ 'homophily without interests': notContagion, 'homophily of a trait': notContagion },
};

const worldCount = 100;
const metMin = 90;
/** Not a seed on which anything was chosen. */
const firstSeed = 7001;

/** Reports one row for each kind. */
export async function checkAdoption(report: Report): Promise<void> {
  const say = (name: string, verdicts: ReadonlyMap<string, number>, { bar, isMet }: Expectation): void => {
    const all = [...verdicts].sort((a, b) => b[1] - a[1]).map(([verdict, worlds]) => `${verdict} ${worlds}`);
    report({
      command: `adoption: ${name}, seeds ${firstSeed} to ${firstSeed + worldCount - 1}`,
      figure: all.join('; '),
      bar: `${bar} in ${metMin} of ${worldCount}`,
      met: countOf(verdicts, isMet) >= metMin,
    });
  };
  for (const kind of adoptionRuns) say(`runs, ${kind}`, await verdictsOfRuns(kind), ofRuns[kind]);
  for (const kind of worldKinds) say(kind, verdictsOf({ kind, worldCount, seed: firstSeed }), ofWorlds[kind]);
}
