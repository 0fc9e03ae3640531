/** Power-law fits against R poweRlaw, the genesis reference, and samples whose law is known. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { inDegrees } from '../../../analysis/estimators/degree.ts';
import { graphFromEdges, outDegrees } from '../../../analysis/estimators/graph.ts';
import { bootstrapExponent, countValues, fitPowerLaw, goodnessOfFit } from '../../../analysis/estimators/power-law.ts';
import { drawZeta, zetaSampler } from '../../../analysis/estimators/zeta.ts';
import { genesis, readReference, testStream } from '../worlds.ts';

interface Fits {
  readonly fits: {
    readonly name: string;
    readonly discrete: boolean;
    readonly alpha: number;
    readonly xmin: number;
    readonly ks: number;
    readonly tailCount: number;
    readonly values?: number[];
  }[];
}

const { fits } = readReference<Fits>('power-law.json');
const moby = readReference<{ values: number[]; counts: number[] }>('moby.json');
const mobyValues = moby.values.flatMap((value, row) => Array<number>(moby.counts[row]).fill(value));
const mobySample = countValues(mobyValues);

function zetaDraws(count: number, alpha: number, xmin: number, seed: number): Float64Array {
  const sampler = zetaSampler(alpha, xmin);
  const stream = testStream(seed);
  return Float64Array.from({ length: count }, () => drawZeta(sampler, stream));
}

describe('fitPowerLaw', () => {
  test('moby: xmin 7, alpha 1.9527 ± 0.0175, KS 0.00825, 2,958 words in the tail', () => {
    const fit = fitPowerLaw(mobySample);
    expect(fit?.xmin).toBe(7);
    expect(fit?.alpha).toBeCloseTo(1.9527, 4);
    expect(fit?.se).toBeCloseTo(0.0175, 4);
    expect(fit?.ks).toBeCloseTo(0.00825, 5);
    expect(fit?.tailCount).toBe(2958);
    expect(fit?.n).toBe(18_855);
    expect(fit?.candidateCount).toBe(271);
  });

  test.each(fits.filter((fit) => fit.discrete).map((fit) => [fit.name, fit] as const))(
    '%s: as R poweRlaw has it',
    (_, expected) => {
      const fit = fitPowerLaw(countValues(expected.values ?? mobyValues));
      expect(fit?.xmin).toBe(expected.xmin);
      expect(fit?.tailCount).toBe(expected.tailCount);
      expect(fit?.alpha).toBeCloseTo(expected.alpha, 3);
      expect(fit?.ks).toBeCloseTo(expected.ks, 4);
    },
  );

  test('a Pareto sample: R’s exponent at R’s xmin; its KS differs by up to 1/n, since it looks at one side of each step', () => {
    const expected = fits.find((fit) => !fit.discrete);
    const fit = fitPowerLaw(countValues(expected?.values ?? []), { discrete: false, xmin: expected?.xmin ?? 0 });
    expect(fit?.alpha).toBeCloseTo(expected?.alpha ?? 0, 6);
    expect(fit?.tailCount).toBe(expected?.tailCount);
    expect(Math.abs((fit?.ks ?? 0) - (expected?.ks ?? 0))).toBeLessThanOrEqual(1 / 165);
  });

  test('10,000 quantiles of Pareto(2.5, 1): alpha 2.5001, standard error 0.0150, with xmin given or chosen', () => {
    const sample = countValues(
      Array.from({ length: 10_000 }, (_, index) => (1 - (index + 0.5) / 10_000) ** (-1 / 1.5)),
    );
    for (const options of [{ discrete: false, xmin: 1 }, { discrete: false }]) {
      const fit = fitPowerLaw(sample, options);
      expect(fit?.alpha).toBeCloseTo(2.5001, 4);
      expect(fit?.se).toBeCloseTo(0.015, 4);
    }
  });

  test('degrees and activity of the genesis data: as the reference has them', () => {
    const { graph } = graphFromEdges(
      genesis.nodeCount,
      Int32Array.from(genesis.sources),
      Int32Array.from(genesis.targets),
    );
    const comments = new Float64Array(genesis.postCount);
    for (const post of genesis.commentPost) comments[post]++;
    const cases = [
      ['indeg_pl', inDegrees(graph)],
      ['outdeg_pl', outDegrees(graph)],
      ['comments_per_post_pl', comments],
    ] as const;
    for (const [name, values] of cases) {
      const expected = genesis.expected[name];
      const fit = fitPowerLaw(countValues(values));
      expect(fit?.xmin).toBe(expected.xmin);
      expect(fit?.tailCount).toBe(expected.n_tail);
      expect(fit?.alpha).toBeCloseTo(expected.alpha, 3);
      expect(fit?.ks).toBeCloseTo(expected.KS, 4);
    }
  });

  test('10,323 draws of zeta(2.57): with xmin chosen, alpha has mean 2.571 and standard deviation 0.0189', () => {
    const alphas = Array.from(
      { length: 60 },
      (_, seed) => fitPowerLaw(countValues(zetaDraws(10_323, 2.57, 1, seed)))?.alpha ?? 0,
    );
    // Five standard errors of a mean and of a standard deviation over 60 samples.
    expect(Math.abs(mean(alphas) - 2.571)).toBeLessThan((5 * 0.0189) / Math.sqrt(60));
    expect(Math.abs(sampleStandardDeviation(alphas) - 0.0189)).toBeLessThan((5 * 0.0189) / Math.sqrt(120));
  });

  test('no distinct values, no fit', () => {
    expect(fitPowerLaw(countValues([]))).toBeUndefined();
    expect(fitPowerLaw(countValues([5, 5, 5, 0, -1, Number.NaN]))).toBeUndefined();
    expect(fitPowerLaw(countValues([1, 2, 3]), { xmin: 9 })).toBeUndefined();
  });

  test('a limit on candidates is kept and told', () => {
    const fit = fitPowerLaw(mobySample, { candidateCountMax: 50 });
    expect(fit?.candidateCount).toBe(50);
    expect(fit?.distinctCount).toBe(272);
  });
});

describe('bootstraps', () => {
  test('goodnessOfFit: a zeta sample is not rejected, a geometric one is', () => {
    const zeta = countValues(zetaDraws(1000, 2.3, 1, 4));
    const stream = testStream(5);
    const geometric = countValues(Array.from({ length: 1000 }, () => 1 + Math.floor(stream.exponential() * 8)));
    for (const [sample, isPower] of [
      [zeta, true],
      [geometric, false],
    ] as const) {
      const fit = fitPowerLaw(sample, { xmin: 1 });
      const { pValue } = goodnessOfFit(sample, fit!, 99, testStream(6), { xmin: 1 });
      if (isPower) expect(pValue).toBeGreaterThan(0.1);
      else expect(pValue).toBe(0.01);
    }
  });

  test('goodnessOfFit: one stream gives one p value, and 100 replicates of 2,000 values stay below five seconds', () => {
    const sample = countValues(zetaDraws(2000, 2.1, 3, 7));
    const fit = fitPowerLaw(sample);
    const start = performance.now();
    const { pValue } = goodnessOfFit(sample, fit!, 100, testStream(8));
    expect(performance.now() - start).toBeLessThan(5000);
    expect(goodnessOfFit(sample, fit!, 100, testStream(8)).pValue).toBe(pValue);
  });

  test('goodnessOfFit: moby is not rejected', () => {
    expect(goodnessOfFit(mobySample, fitPowerLaw(mobySample)!, 60, testStream(1)).pValue).toBeGreaterThan(0.1);
  });

  test('bootstrapExponent: where a body precedes the tail, the interval is wider than ± 1.96 standard errors', () => {
    const stream = testStream(9);
    const body = Array.from({ length: 600 }, () => 1 + stream.below(9));
    const sample = countValues([...body, ...zetaDraws(400, 2.5, 10, 10)]);
    const fit = fitPowerLaw(sample);
    const [low, high] = bootstrapExponent(sample, 100, testStream(11));
    expect(low).toBeLessThan(2.5);
    expect(high).toBeGreaterThan(2.5);
    expect(high - low).toBeGreaterThan(2 * 1.96 * (fit?.se ?? 1));
  });
});
