/** Verdicts on samples whose law is known: none claims more than its tests. */
import { describe, expect, test } from 'vitest';
import { reportTail } from '../../../analysis/estimators/tail-verdict.ts';
import { drawZeta, zetaSampler } from '../../../analysis/estimators/zeta.ts';
import { isNoPowerLaw, isZeta, plantedTail, tailsMet } from '../../check/coverage-tails.ts';
import { readReference, testStream } from '../worlds.ts';

const cautious = /^(not a|undecided|consistent with a power law, not distinguished from)/;

describe('reportTail', () => {
  test('zeta sample: consistent with a power law, not distinguished from lognormal', () => {
    const sampler = zetaSampler(2.57, 1);
    const stream = testStream(1);
    const report = reportTail(
      Float64Array.from({ length: 10_323 }, () => drawZeta(sampler, stream)),
      50,
      testStream(2),
    );
    expect(report?.verdict).toBe('consistent with a power law, not distinguished from lognormal');
    expect(report?.pValue).toBeGreaterThan(0.1);
  });

  test('lognormal samples: never called a power law', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const stream = testStream(seed);
      const values = Array.from({ length: 1000 }, () => Math.max(1, Math.round(Math.exp(1 + stream.normal()))));
      expect(reportTail(values, 20, testStream(100 + seed))?.verdict).toMatch(cautious);
    }
  });

  test('a lognormal whose whole range is the tail: a lognormal fits better', () => {
    const stream = testStream(3);
    const values = Array.from({ length: 2000 }, () => Math.max(1, Math.round(Math.exp(2 + stream.normal()))));
    const report = reportTail(values, 0, stream, { xmin: 2 });
    expect(report?.verdict).toBe('not a power law: a lognormal fits better');
    expect(reportTail(values, 50, stream, { xmin: 2 })?.verdict).toMatch(
      /^not a power law: the bootstrap rejects the fit \(p = 0\.02.*a lognormal fits better$/,
    );
  });

  test('a branching process with R 0.9: an exponent, but no claim of a pure power law', () => {
    const stream = testStream(4);
    const sizes = Array.from({ length: 3000 }, () => {
      let size = 1;
      for (let open = 1; open > 0 && size < 1e6; open--) {
        // Poisson(0.9) by waiting times.
        for (let time = stream.exponential(); time < 0.9; time += stream.exponential()) {
          size++;
          open++;
        }
      }
      return size;
    });
    const report = reportTail(sizes, 50, testStream(5));
    expect(report?.verdict).not.toBe('power law');
    expect(report?.alpha).toBeGreaterThan(1);
  });

  test.each([
    ['zeta', 'within 0.06 of 2.57 and not rejected for another law', isZeta, 8],
    ['branching', 'not called a power law', isNoPowerLaw, 9],
    ['lognormal', 'not called a power law', isNoPowerLaw, 9],
  ] as const)('%s, 10,323 values: %s in most of 10 worlds (line 6.3 of the check has 100)', (kind, _, isMet, least) => {
    expect(tailsMet(kind, { worldCount: 10, seed: 500 }, isMet, 20)).toBeGreaterThanOrEqual(least);
  });

  test('two fields: the fit with its share of the values, and which law the likelihoods favour', () => {
    const stream = testStream(7);
    const values = plantedTail('branching', stream);
    const report = reportTail(values, 20, testStream(8));
    const tailShare = values.filter((value) => value >= (report?.xmin ?? 0)).length / values.length;
    expect(report?.fit).toMatchObject({ tailShare, replicateCount: 20, isTailOnly: tailShare < 0.05 });
    expect(tailShare).toBeLessThan(0.05);
    expect(report?.verdict).toMatch(/^tail only \(\d\.\d % of the values\): /);
    const lognormal = Array.from({ length: 2000 }, () => Math.max(1, Math.round(Math.exp(2 + stream.normal()))));
    expect(reportTail(lognormal, 50, stream, { xmin: 2 })).toMatchObject({
      comparison: 'lognormal',
      fit: { outcome: 'rejected', isTailOnly: false },
    });
  });

  test('without a bootstrap the verdict says so', () => {
    const moby = readReference<{ values: number[]; counts: number[] }>('moby.json');
    const values = moby.values.flatMap((value, row) => Array<number>(moby.counts[row]).fill(value));
    const report = reportTail(values, 0, testStream(1));
    expect(report?.pValue).toBeNull();
    expect(report?.verdict).toBe(
      'consistent with a power law, not distinguished from lognormal; goodness of fit not tested',
    );
  });

  test('a short tail is undecided, and no tail is no report', () => {
    expect(reportTail([1, 1, 2, 3, 8], 0, testStream(1))?.fit.outcome).toBe('too few values');
    expect(reportTail([1, 1, 2, 3, 8], 10, testStream(1))?.verdict).toMatch(/^undecided: only \d+ values in the tail/);
    expect(reportTail([4, 4], 10, testStream(1))).toBeUndefined();
  });
});
