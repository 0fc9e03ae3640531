/** Cox regression against R survival, against a double loop written from the formula, and on planted worlds. */
import { describe, expect, test } from 'vitest';
import { concordanceOf } from '../../../analysis/estimators/concordance.ts';
import { coxDesignOf, evaluateCox } from '../../../analysis/estimators/cox-likelihood.ts';
import type { Ties } from '../../../analysis/estimators/cox-likelihood.ts';
import { schoenfeldResiduals, scoreResiduals } from '../../../analysis/estimators/cox-residuals.ts';
import { fitCox } from '../../../analysis/estimators/cox.ts';
import { testProportionalHazards } from '../../../analysis/estimators/proportional-hazards.ts';
import type { SurvivalColumns } from '../../../analysis/estimators/risk-sets.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import type { RandomStream } from '../../../sim/ground/philox.ts';
import { modelData, plantedWorld, survivalReference } from '../survival-sets.ts';
import type { FitReference } from '../survival-sets.ts';
import { readReference, testStream } from '../worlds.ts';

/** Greatest |ours - theirs| / |theirs|. */
function apart(ours: ArrayLike<number>, theirs: readonly number[]): number {
  expect(ours.length).toBe(theirs.length);
  return Math.max(...theirs.map((value, index) => Math.abs(ours[index] - value) / Math.abs(value)));
}

const fits = survivalReference.fits.map((fit) => [fit.name, fit] as const);
const named = (name: string): FitReference => survivalReference.fits.find((fit) => fit.name === name)!;

function fitted(reference: FitReference) {
  const { columns, covariates, cluster } = modelData(reference);
  return fitCox(columns, covariates, { ties: reference.ties, ...(cluster === undefined ? {} : { cluster }) });
}

describe('fitCox', () => {
  test.each(fits)('%s: coefficients, errors, likelihoods and tests lie within 10^-6 of R’s', (_, reference) => {
    const fit = fitted(reference);
    const of = (field: 'coef' | 'se' | 'robustSe'): number[] => fit.coefficients.map((one) => one[field] ?? Number.NaN);
    expect([fit.n, fit.events]).toEqual([reference.n, reference.events]);
    expect(apart(of('coef'), reference.coef)).toBeLessThan(1e-6);
    expect(apart(of('se'), reference.se)).toBeLessThan(1e-6);
    if (reference.robustSe !== null) expect(apart(of('robustSe'), reference.robustSe)).toBeLessThan(1e-6);
    expect(apart([fit.logLikelihood.null, fit.logLikelihood.model], reference.logLikelihood)).toBeLessThan(1e-9);
    expect(
      apart([fit.tests.score.statistic, fit.tests.wald.statistic], [reference.score, reference.wald]),
    ).toBeLessThan(1e-6);
    expect(fit.converged).toBe(true);
    expect(fit.infinite).toEqual([]);
  });

  test.each(fits)('%s: concordance, its pairs and its error are R’s', (_, reference) => {
    const fit = fitted(reference);
    const { columns, cluster } = modelData(reference);
    const found = concordanceOf(columns, fit.linearPredictor, cluster === undefined ? {} : { cluster });
    expect([found.concordantCount, found.discordantCount, found.tiedCount]).toEqual(reference.pairs);
    expect(apart([found.value, found.se], [reference.concordance, reference.concordanceSe])).toBeLessThan(1e-6);
  });

  test.each(fits)('%s: residuals of leaving out a row, and Schoenfeld’s, have R’s sums of squares', (_, reference) => {
    const { columns, covariates } = modelData(reference);
    const plain = fitCox(columns, covariates, { ties: reference.ties });
    const count = covariates.length;
    const scores = scoreResiduals(plain.design, plain.scaledBeta);
    const { scales } = plain.design;
    const moved = new Float64Array(count);
    for (let row = 0; row < columns.stop.length; row++) {
      for (let a = 0; a < count; a++) {
        let dfbeta = 0;
        for (let b = 0; b < count; b++) dfbeta += plain.variance[a * count + b] * scales[b] * scores[row * count + b];
        moved[a] += dfbeta * dfbeta;
      }
    }
    expect(apart(moved, reference.dfbetaSquares)).toBeLessThan(1e-6);
    const { values } = schoenfeldResiduals(plain.design, plain.scaledBeta);
    const squares = new Float64Array(count);
    values.forEach((value, at) => (squares[at % count] += value * value));
    expect(apart(squares, reference.schoenfeldSquares)).toBeLessThan(1e-6);
  });

  test.each(fits)('%s: the test of proportional hazards is R’s under each transform of time', (_, reference) => {
    const fit = fitted(reference);
    const terms = reference.covariates.map((name, index) => ({ name, covariates: [index] }));
    for (const transform of ['km', 'rank', 'identity', 'log'] as const) {
      const expected = reference.zph[transform];
      if (expected === null) continue;
      const found = testProportionalHazards(fit.design, fit.scaledBeta, terms, transform);
      const statistics = [...found.terms.map((term) => term.statistic), found.global.statistic];
      const pValues = [...found.terms.map((term) => term.pValue), found.global.pValue];
      expect(apart(statistics, expected.chisq)).toBeLessThan(1e-5);
      expect(apart(pValues, expected.p)).toBeLessThan(1e-5);
    }
  });

  test('an offset, robust errors and both ties: coefficients, errors and likelihood are R’s', () => {
    interface OffsetFit {
      readonly coef: number[];
      readonly se: number[];
      readonly robustSe: number[];
      readonly logLikelihood: number[];
    }
    type Rows = Readonly<Record<'start' | 'time' | 'event' | 'dose' | 'arm' | 'id' | 'offset', number[]>>;
    const reference = readReference<{ rows: Rows } & Record<Ties, OffsetFit>>('cox-offset.json');
    const { start, time, event, dose, arm, id, offset } = reference.rows;
    const covariates = [
      { name: 'dose', values: dose },
      { name: 'arm', values: arm },
    ];
    for (const ties of ['efron', 'breslow'] as const) {
      const fit = fitCox({ start, stop: time, event }, covariates, { ties, cluster: id, offset });
      const of = (field: 'coef' | 'se' | 'robustSe'): number[] =>
        fit.coefficients.map((one) => one[field] ?? Number.NaN);
      for (const field of ['coef', 'se', 'robustSe'] as const) {
        expect(apart(of(field), reference[ties][field])).toBeLessThan(1e-6);
      }
      expect(apart([fit.logLikelihood.null, fit.logLikelihood.model], reference[ties].logLikelihood)).toBeLessThan(
        1e-9,
      );
    }
  });

  test('lung: the reference values 5, 6, 7 and 9 to their printed digits', () => {
    const sex = fitted(named('lung by sex'));
    expect(sex.coefficients[0].coef).toBeCloseTo(-0.53102, 5);
    expect(sex.coefficients[0].hazardRatio).toBeCloseTo(0.588, 5);
    expect(sex.coefficients[0].se).toBeCloseTo(0.16718, 5);
    const [efron, breslow] = [fitted(named('lung')), fitted(named('lung, Breslow'))];
    expect(efron.coefficients.map((one) => one.coef.toFixed(6))).toEqual(['0.011067', '-0.552612', '0.463728']);
    expect(breslow.coefficients.map((one) => one.coef.toFixed(6))).toEqual(['0.011041', '-0.551890', '0.462947']);
    expect(efron.logLikelihood.null.toFixed(4)).toBe('-744.4805');
    expect(efron.logLikelihood.model.toFixed(4)).toBe('-729.2301');
    const terms = efron.coefficients.map(({ name }, index) => ({ name, covariates: [index] }));
    const zph = testProportionalHazards(efron.design, efron.scaledBeta, terms);
    expect(zph.terms.map((term) => term.statistic.toFixed(3))).toEqual(['0.188', '2.305', '2.054']);
    expect([zph.global.statistic.toFixed(3), zph.global.pValue.toFixed(3)]).toEqual(['4.464', '0.216']);
  });

  test('units: minutes instead of years change the coefficient by their ratio and nothing else', () => {
    const { columns, covariates } = modelData(named('lung'));
    const years = fitCox(columns, covariates);
    const minutes = Array.from(covariates[0].values, (value) => value * 525_600 + 1e9);
    const other = fitCox(columns, [{ name: 'age', values: minutes }, ...covariates.slice(1)]);
    expect(other.coefficients[0].coef * 525_600).toBeCloseTo(years.coefficients[0].coef, 9);
    expect(other.coefficients[2].coef).toBeCloseTo(years.coefficients[2].coef, 9);
    expect(other.logLikelihood.model).toBeCloseTo(years.logLikelihood.model, 9);
  });
});

/** Score and log-likelihood written from the formula: for each event time, all rows are asked whether they are at risk. */
function naiveLogLikelihood(
  columns: SurvivalColumns,
  values: readonly number[][],
  beta: readonly number[],
  ties: Ties,
) {
  const { stop, event, start, stratum } = columns;
  const rows = Array.from({ length: stop.length }, (_, row) => row);
  const eta = rows.map((row) => beta.reduce((sum, one, index) => sum + one * values[index][row], 0));
  const stratumOf = (row: number): number => stratum?.[row] ?? 0;
  const deaths = rows.filter((row) => event[row] === 1);
  let sum = 0;
  for (const moment of new Set(deaths.map((row) => `${stratumOf(row)} ${stop[row]}`))) {
    const tied = deaths.filter((row) => `${stratumOf(row)} ${stop[row]}` === moment);
    const [{ time, inStratum }] = tied.map((row) => ({ time: stop[row], inStratum: stratumOf(row) }));
    const isAtRisk = (row: number): boolean =>
      stratumOf(row) === inStratum && stop[row] >= time && (start === undefined || start[row] < time);
    const total = rows.filter(isAtRisk).reduce((risk, row) => risk + Math.exp(eta[row]), 0);
    const dying = tied.reduce((risk, row) => risk + Math.exp(eta[row]), 0);
    tied.forEach((row, index) => {
      sum += eta[row] - Math.log(total - (ties === 'efron' ? (index / tied.length) * dying : 0));
    });
  }
  return sum;
}

interface RandomRows {
  readonly columns: SurvivalColumns;
  readonly values: number[][];
}

function randomRows(seed: number, rowCount: number): RandomRows {
  const stream = testStream(seed);
  const start = Array.from({ length: rowCount }, () => stream.below(6));
  const stop = start.map((value) => value + 1 + stream.below(4));
  const event = start.map(() => stream.below(2));
  const stratum = start.map(() => stream.below(3));
  const values = [start.map(() => stream.normal()), start.map(() => stream.below(3))];
  return { columns: { stop, event, start, stratum }, values };
}

describe('evaluateCox', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'seed %i: the log-likelihood is that of the formula, with ties, strata and late starts',
    (seed) => {
      const { columns, values } = randomRows(seed, 60);
      for (const ties of ['efron', 'breslow'] as const) {
        const design = coxDesignOf(columns, values, ties);
        const beta = [0.7, -1.1];
        const scaled = Float64Array.from(beta, (one, index) => one * design.scales[index]);
        const found = evaluateCox(design, scaled).logLikelihood;
        expect(found).toBeCloseTo(naiveLogLikelihood(columns, values, beta, ties), 9);
      }
    },
  );

  test('score and information are the slopes of the log-likelihood and of the score', () => {
    const { columns, values } = randomRows(9, 80);
    const design = coxDesignOf(columns, values, 'efron');
    const at = (a: number, b: number) => evaluateCox(design, Float64Array.of(a, b));
    const { score, information } = at(0.3, -0.2);
    const step = 1e-5;
    const slope = (at(0.3 + step, -0.2).logLikelihood - at(0.3 - step, -0.2).logLikelihood) / (2 * step);
    expect(score[0]).toBeCloseTo(slope, 6);
    const bend = (at(0.3, -0.2 + step).score[0] - at(0.3, -0.2 - step).score[0]) / (2 * step);
    expect(information[1]).toBeCloseTo(-bend, 6);
  });

  test('a row of great weight that leaves takes no digits with it', () => {
    const { columns, values } = randomRows(12, 60);
    // One row is heavier than all others by e^25 and leaves early.
    const stop = [9, ...Array.from(columns.stop)];
    const start = [8, ...Array.from(columns.start!)];
    const wide = { stop, start, event: [0, ...Array.from(columns.event)] };
    const heavy = [
      [25, ...values[0]],
      [0, ...values[1]],
    ];
    const design = coxDesignOf(wide, heavy, 'efron');
    const scaled = Float64Array.from([1, 0.5], (one, index) => one * design.scales[index]);
    const found = evaluateCox(design, scaled).logLikelihood;
    expect(found).toBeCloseTo(naiveLogLikelihood(wide, heavy, [1, 0.5], 'efron'), 9);
  });

  test('score residuals sum to the score', () => {
    const { columns, values } = randomRows(10, 80);
    for (const ties of ['efron', 'breslow'] as const) {
      const design = coxDesignOf(columns, values, ties);
      const beta = Float64Array.of(0.5, -0.4);
      const sums = new Float64Array(2);
      scoreResiduals(design, beta).forEach((value, at) => (sums[at % 2] += value));
      const { score } = evaluateCox(design, beta);
      expect(sums[0]).toBeCloseTo(score[0], 9);
      expect(sums[1]).toBeCloseTo(score[1], 9);
    }
  });
});

describe('what cannot be estimated', () => {
  const lung = modelData(named('lung'));

  test('fitCox: a covariate that is a combination of others is refused by name, with them', () => {
    const [age, sex, ecog] = lung.covariates;
    const sum = Array.from(age.values, (value, row) => 3 * value - 2 * ecog.values[row] + 7);
    expect(() => fitCox(lung.columns, [age, sex, ecog, { name: 'mixed', values: sum }])).toThrow(
      /INPUT_COMBINATION "mixed" is a linear combination of "age", "ph.ecog" among/,
    );
  });

  test('fitCox: a covariate that is constant inside every stratum is refused as such', () => {
    const [age, sex] = lung.covariates;
    const columns = { ...lung.columns, stratum: sex.values };
    expect(() => fitCox(columns, [age, sex])).toThrow(/INPUT_COMBINATION "sex" is constant among all/);
  });

  test('fitCox: no event is refused', () => {
    expect(() => fitCox({ stop: [1, 2, 3], event: [0, 0, 0] }, [{ name: 'x', values: [1, 2, 3] }])).toThrow(InputError);
  });

  test('fitCox: a coefficient that runs to infinity is named, and the others are not', () => {
    const stream = testStream(3);
    const rows = Array.from({ length: 200 }, (_, row) => row);
    const exposed = rows.map((row) => row % 2);
    const other = rows.map(() => stream.normal());
    const stop = rows.map(() => stream.exponential());
    // Nobody who was not exposed has an event.
    const fit = fitCox({ stop, event: exposed }, [
      { name: 'exposed', values: exposed },
      { name: 'other', values: other },
    ]);
    expect(fit.infinite).toEqual(['exposed']);
    expect(fit.warnings.join()).toMatch(/exposed: .*runs to infinity/);
    expect(fit.tests.likelihoodRatio.pValue).toBeLessThan(1e-6);
  });

  test.each([
    ['a covariate that gives the order of all events', (row: number) => -row],
    ['an outlier of 10^9 that is the first to go', (row: number) => (row === 0 ? 1e9 : Math.sin(row))],
  ])('fitCox: %s is named, where weights underflow, and every likelihood is finite', (_, valueOf) => {
    const rows = Array.from({ length: 100 }, (_row, row) => row);
    const stream = testStream(4);
    const fit = fitCox({ stop: rows.map((row) => row + 1), event: rows.map(() => 1) }, [
      { name: 'x', values: rows.map(valueOf) },
      { name: 'other', values: rows.map(() => stream.normal()) },
    ]);
    expect(fit.infinite).toContain('x');
    expect(fit.logLikelihood.model).toBeGreaterThan(fit.logLikelihood.null);
    expect(fit.logLikelihood.model).toBeLessThanOrEqual(0);
    expect(fit.tests.likelihoodRatio.pValue).toBeLessThan(0.05);
  });
});

/** Agents that adopt at a constant rate and are exposed, three times as often, to no effect: one row an agent, and one row between exposures. */
function idleExposures(agentCount: number, stream: RandomStream) {
  const final = { stop: [] as number[], event: [] as number[], count: [] as number[] };
  const soFar = { start: [] as number[], stop: [] as number[], event: [] as number[], count: [] as number[] };
  for (let agent = 0; agent < agentCount; agent++) {
    const adoption = stream.exponential();
    const end = Math.min(adoption, 2);
    const adopts = adoption <= 2 ? 1 : 0;
    let exposures = 0;
    for (let begin = 0; begin < end; exposures++) {
      const next = Math.min(end, begin + stream.exponential() / 3);
      soFar.start.push(begin);
      soFar.stop.push(next);
      soFar.event.push(next === end ? adopts : 0);
      soFar.count.push(exposures);
      begin = next;
    }
    final.stop.push(end);
    final.event.push(adopts);
    final.count.push(exposures - 1);
  }
  return { final, soFar };
}

describe('planted worlds', () => {
  test('fitCox: 95 % intervals of the hazard ratio cover the planted one in 91 to 99 % of 200 worlds', () => {
    const covered = [0, 0];
    for (let world = 0; world < 200; world++) {
      const { columns, covariates } = plantedWorld(
        { rowCount: 150, normalEffect: 0.5, coinEffect: -0.7 },
        testStream(1000 + world),
      );
      fitCox(columns, covariates).coefficients.forEach(({ interval: [low, high] }, index) => {
        const truth = Math.exp([0.5, -0.7][index]);
        if (low <= truth && truth <= high) covered[index]++;
      });
    }
    // Four standard errors of a share of 0.95 over 200 worlds are 0.062.
    for (const count of covered) expect(count / 200).toBeGreaterThan(0.888);
    for (const count of covered) expect(count / 200).toBeLessThan(1);
  });

  test('fitCox: with frailty in clusters of 10, naive intervals of a null effect cover too seldom and robust ones do not', () => {
    let naive = 0;
    let robust = 0;
    for (let world = 0; world < 150; world++) {
      const { columns, covariates, cluster } = plantedWorld(
        { rowCount: 600, normalEffect: 0, coinEffect: 0, clusterSize: 10, frailtyDeviation: 1 },
        testStream(3000 + world),
      );
      const { coef, se, robustSe } = fitCox(columns, covariates, { cluster }).coefficients[1];
      if (Math.abs(coef) < 1.96 * se) naive++;
      if (Math.abs(coef) < 1.96 * (robustSe ?? 0)) robust++;
    }
    expect(naive / 150).toBeLessThan(0.8);
    expect(robust / 150).toBeGreaterThan(0.87);
  });

  test('ticks of up to 30 % hazard: Efron stays within 0.02 of a planted 0.53, Breslow falls short', () => {
    const sums = { efron: 0, breslow: 0 };
    for (let world = 0; world < 10; world++) {
      const { columns, covariates } = plantedWorld(
        { rowCount: 4000, normalEffect: 0, coinEffect: 0.53 },
        testStream(5000 + world),
      );
      // Continuous times, seen at ticks of a quarter of the mean waiting time.
      const stop = Array.from(columns.stop, (value) => Math.ceil(value * 4));
      for (const ties of ['efron', 'breslow'] as const) {
        sums[ties] += fitCox({ ...columns, stop }, [covariates[1]], { ties }).coefficients[0].coef / 10;
      }
    }
    expect(Math.abs(sums.efron - 0.53)).toBeLessThan(0.02);
    expect(sums.breslow).toBeLessThan(0.5);
  });

  test('exposures that do nothing: a Cox model of their final count finds an effect in 40 of 40 worlds, of their count so far in at most 6', () => {
    let finalFound = 0;
    let soFarFound = 0;
    for (let world = 0; world < 40; world++) {
      const { final, soFar } = idleExposures(300, testStream(11_000 + world));
      const [wrong] = fitCox(final, [{ name: 'finalCount', values: final.count }]).coefficients;
      const [right] = fitCox(soFar, [{ name: 'countSoFar', values: soFar.count }]).coefficients;
      // Who adopts late has had time for more exposures.
      if (wrong.interval[1] < 1) finalFound++;
      if (right.pValue < 0.05) soFarFound++;
    }
    expect(finalFound).toBe(40);
    // Two are expected; more than six have a probability of 0.003.
    expect(soFarFound).toBeLessThanOrEqual(6);
  });

  test('fitCox: 100,000 rows of five covariates, late starts and 100 ticks, take less than five seconds', () => {
    const stream = testStream(7);
    const rows = Array.from({ length: 100_000 }, (_, row) => row);
    const covariates = [0, 1, 2, 3, 4].map((index) => ({ name: `x${index}`, values: rows.map(() => stream.normal()) }));
    const start = rows.map(() => stream.below(30));
    const stop = start.map(
      (value, row) => value + Math.ceil(20 * stream.exponential() * Math.exp(-0.3 * covariates[0].values[row])),
    );
    const event = rows.map(() => (stream.below(10) < 7 ? 1 : 0));
    const columns = { start, stop, event };
    const begun = performance.now();
    const fit = fitCox(columns, covariates, { cluster: rows.map((row) => row >> 1) });
    const { value } = concordanceOf(columns, fit.linearPredictor, { sets: fit.design.sets });
    const terms = covariates.map(({ name }, index) => ({ name, covariates: [index] }));
    testProportionalHazards(fit.design, fit.scaledBeta, terms);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(fit.coefficients[0].coef).toBeGreaterThan(0.2);
    expect(value).toBeGreaterThan(0.55);
  });
});
