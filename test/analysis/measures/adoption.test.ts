/** The adoption measure on planted worlds: verdicts, fields, and what no placebo lets pass. */
import { describe, expect, test } from 'vitest';
import { measureAdoption } from '../../../analysis/measures/adoption.ts';
import { countOf, verdictsOf } from '../../check/adoption.ts';
import { adoptionWorld } from '../adoption-worlds.ts';
import type { WorldKind } from '../adoption-worlds.ts';

describe('measureAdoption', () => {
  /** At full size: line 6.5 of `npm run check`. Of 12 worlds each of which is right with chance 0.95, 9 are with chance 0.998. */
  const worldCount = 12;
  test.each<[WorldKind, string]>([
    ['simple', 'contagion, simple'],
    ['complex', 'contagion, complex'],
    ['standing simple', 'contagion, simple'],
    ['standing complex', 'contagion, complex'],
    ['random times', 'no contagion'],
  ])('%s is called %s in 9 of 12 worlds and more', { timeout: 120_000 }, (kind, expected) => {
    const verdicts = verdictsOf({ kind, worldCount, seed: 4000, drawCount: 99 });
    expect(countOf(verdicts, (verdict) => verdict === expected)).toBeGreaterThanOrEqual(9);
  });

  test.each<[WorldKind]>([
    ['homophily'],
    ['homophily without interests'],
    ['homophily of a trait'],
    ['shuffled among adopters'],
  ])('%s is not called contagion in 11 of 12 worlds and more', { timeout: 120_000 }, (kind) => {
    const verdicts = verdictsOf({ kind, worldCount, seed: 5000, drawCount: 99 });
    expect(countOf(verdicts, (verdict) => !verdict.startsWith('contagion'))).toBeGreaterThanOrEqual(11);
  });

  test('likeness alone raises the ratio: only everyone’s placebo levels it, and the verdict is clustered adoption', () => {
    const { verdict, complexity, spread, words } = measureAdoption(adoptionWorld('homophily', 2), {
      seed: 1,
      isVerdictOnly: true,
    });
    const { everyone, strata } = spread.placebos;
    expect(verdict).toBe('clustered adoption');
    expect(complexity).toBe('undecided');
    expect(words).toMatch(/^clustered adoption, no contagion shown/);
    expect(spread.hazardRatio).toBeGreaterThan(1.1);
    expect(everyone.pValue).toBeLessThanOrEqual(0.01);
    expect(everyone.hazardRatio).toBeCloseTo(1, 1);
    expect(strata.hazardRatio).toBeGreaterThan(1.1);
  });

  test('a whole measure has the fields of the contract, no NaN, and is the same twice', { timeout: 120_000 }, () => {
    const columns = adoptionWorld('simple', 4);
    const options = { seed: 3, drawCount: 99, replicateCount: 40 };
    const measured = measureAdoption(columns, options);
    expect(measured).toMatchObject({
      verdict: 'contagion',
      method: expect.stringContaining('99 draws') as unknown,
      definition: expect.stringContaining('clustered adoption') as unknown,
      nullModel: expect.stringContaining('dealt out anew') as unknown,
      pValue: 0.01,
      n: measured.spread.adoptions,
      truth: null,
    });
    expect(Object.keys(measured.spread.placebos)).toEqual(['everyone', 'adopters', 'strata', 'alike']);
    expect(measured.interval?.[0]).toBeLessThan(measured.spread.hazardRatio ?? 0);
    expect(measured.interval?.[1]).toBeGreaterThan(measured.spread.hazardRatio ?? Infinity);
    expect(measured.models?.finalCount.terms[0].hazardRatio).not.toBe(
      measured.models?.timeVarying.linear.terms[0].hazardRatio,
    );
    expect(measured.warnings.some((one) => one.startsWith('finalCount: '))).toBe(true);
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
    expect(measureAdoption(columns, options)).toEqual(measured);
  });

  test('of a sample of contents the output says of how many, and its interval holds the ratio of all in 27 of 30 samples', () => {
    const columns = adoptionWorld('simple', 5);
    const whole = measureAdoption(columns, { seed: 1, drawCount: 1, isVerdictOnly: true });
    expect(whole.spread.sampledFrom).toBeNull();
    let held = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const options = { seed, drawCount: 1, isVerdictOnly: true, adoptionsMax: whole.n / 2 };
      const { spread, interval, method, warnings } = measureAdoption(columns, options);
      expect(spread.sampledFrom).toEqual({ contents: whole.spread.contents, adoptions: whole.spread.adoptions });
      expect(warnings[0]).toBe(`measured on ${/\d+ of \d+ adopted contents[^;]*/.exec(method)?.[0]}`);
      const [low, high] = interval ?? [NaN, NaN];
      if (low <= whole.spread.hazardRatio! && whole.spread.hazardRatio! <= high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(27);
  });

  test('nobody adopts anything: an object without holes that says so', () => {
    const { adoptions, ...rest } = adoptionWorld('simple', 4);
    const isSeed = adoptions.isSeed.map(() => 1);
    const measured = measureAdoption({ ...rest, adoptions: { ...adoptions, isSeed } }, { seed: 1 });
    expect(measured).toMatchObject({ verdict: 'no contagion', n: 0, response: null, models: null });
    expect(measured.words).toMatch(/^no contagion: nobody adopted/);
    expect('pValue' in measured).toBe(false);
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
  });
});
