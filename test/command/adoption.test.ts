/** `analyze RUN adoption` on runs whose adoption is known: what is recorded gives back what was planted. */
import { beforeAll, describe, expect, test } from 'vitest';
import { measureRun } from '../fixtures/adoption-code.ts';
import { objectOf, temporaryFolder } from './start.ts';
import type { AdoptionMeasure } from '../../analysis/measures/adoption.ts';

const folder = temporaryFolder();

describe('a run by rules', () => {
  let adoption: AdoptionMeasure & { readonly adoption: string; readonly ties: string };

  beforeAll(async () => {
    const size = ['--agents', '1500', '--ticks', '120', '--seed', '11', '--set', 'exposureSampleShare=1'];
    await objectOf(['run', 'information-spreading', ...size, '--index', 'none', '--out', 'run'], folder);
    ({ adoption } = (
      await objectOf<{ measures: { adoption: typeof adoption } }>(['analyze', 'run', 'adoption'], folder)
    ).measures);
  }, 120_000);

  test('the verdict is that of the plan, which is printed beside it', () => {
    expect(adoption).toMatchObject({
      ...{ verdict: 'contagion', complexity: 'simple', trend: 'falling', adoption: 'repost or quote', ties: 'follow' },
      response: { clock: 'recorded' },
      truth: { contagion: true, complexity: 'simple', trend: 'falling', shownMax: 4 },
      truthBesideEstimate: expect.stringContaining('odds ratio of 0.368 planted') as unknown,
    });
    expect(adoption.pValue).toBeLessThanOrEqual(0.01);
    expect(adoption.nullModel).toContain('dealt out anew');
  });

  test('the hazard ratio per look among the first four holds the fatigue of the plan, exp(-1)', () => {
    const [low, high] = adoption.models?.firstLooks?.terms[0].interval ?? [Number.NaN, Number.NaN];
    expect(low).toBeLessThan(Math.exp(-1));
    expect(high).toBeGreaterThan(Math.exp(-1));
    expect(high).toBeLessThan(0.6);
  });
});

describe('runs by code of their own', () => {
  test(
    'looks that count alike are simple, a second look that counts for more is complex, P(k) as planted',
    { timeout: 120_000 },
    async () => {
      const [simple, complex] = [await measureRun('simple', 31), await measureRun('complex', 31)];
      expect([simple.verdict, simple.complexity]).toEqual(['contagion', 'simple']);
      expect([complex.verdict, complex.complexity]).toEqual(['contagion', 'complex']);
      const shares = ({ response }: AdoptionMeasure): number[] =>
        (response?.curve as { share: number }[]).slice(0, 4).map(({ share }) => share);
      for (const share of shares(simple)) expect(share).toBeCloseTo(0.12, 1);
      const [first, ...later] = shares(complex);
      expect(first).toBeLessThan(0.02);
      for (const share of later) expect(Math.abs(share - 0.35)).toBeLessThan(0.04);
      expect(simple.truth).toMatchObject({
        contagion: null,
        words: expect.stringContaining('code of its own') as unknown,
      });
    },
  );

  test(
    'agents who spread what they never saw are called no contagion, or clustered adoption if they are alike',
    { timeout: 120_000 },
    async () => {
      expect((await measureRun('random', 31)).verdict).toBe('no contagion');
      expect((await measureRun('alike', 31)).verdict).toBe('clustered adoption');
    },
  );
});
