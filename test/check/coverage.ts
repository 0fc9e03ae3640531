/**
 * Line 6.2, of survival: coverage of intervals at full size: 95 % intervals over 1,000 planted worlds each must cover within 93 to 97 %.
 *
 * Worlds are those of `test/analysis/survival-sets.ts`, one seed a world. Hazard ratios of a normal covariate and of a coin, with
 * distinct times and with ticks; robust intervals where frailty ties rows in clusters; the median of a curve. A share of 0.95 over
 * 1,000 worlds has a standard error of 0.007, so the bar is three of them wide. About half a minute.
 */
import { fitCox } from '../../analysis/estimators/cox.ts';
import { kaplanMeier, survivalQuantile } from '../../analysis/estimators/kaplan-meier.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import { plantedWorld } from '../analysis/survival-sets.ts';
import type { ModelData, PlantedHazards } from '../analysis/survival-sets.ts';
import type { Report } from './figure.ts';

const worldCount = 1000;
const shareMin = 0.93;
const shareMax = 0.97;
/** A stream purpose of the checks alone. */
const checkPurpose = 998;

/** Reports one row for each estimand. */
export function checkSurvivalCoverage(report: Report): void {
  const effects = { normalEffect: 0.5, coinEffect: -0.7 };
  const truths = [0.5, -0.7];
  const plain = { rowCount: 200, ...effects };
  const rowsOf = (name: string, covered: readonly number[], more = ''): void => {
    ['normal covariate', 'coin'].forEach((covariate, index) => {
      reportShare(report, `${name}: hazard ratio of a ${covariate}${more}`, covered[index]);
    });
  };
  rowsOf(
    'Cox, 200 rows',
    coverageOf(plain, 1, (world) => coversEffects(world, truths)),
  );
  rowsOf(
    'Cox, 200 rows seen at ticks of an eighth of the mean wait, Efron',
    coverageOf(plain, 2, (world) => coversEffects(atTicks(world, 8), truths)),
  );
  const clustered = { rowCount: 1000, normalEffect: 0, coinEffect: 0, clusterSize: 10, frailtyDeviation: 0.8 };
  rowsOf(
    'Cox, 100 clusters of 10 with frailty, robust',
    coverageOf(clustered, 3, (world) => coversEffects(world, [0, 0], world.cluster)),
    ' without effect',
  );
  reportNull(report);
  const [medians] = coverageOf({ rowCount: 200, normalEffect: 0, coinEffect: 0 }, 4, coversMedian);
  reportShare(report, 'Kaplan-Meier, 200 rows: median', medians);
}

/** Without an effect: the ratio of 1 is covered, and called significant at 5 % as often as 5 % of the worlds. */
function reportNull(report: Report): void {
  const effects = { rowCount: 200, normalEffect: 0, coinEffect: 0 };
  ['normal covariate', 'coin'].forEach((covariate, index) => {
    const [covered, significant] = coverageOf(effects, 5, (world) => {
      const { interval, pValue } = fitCox(world.columns, world.covariates).coefficients[index];
      return [interval[0] <= 1 && 1 <= interval[1], pValue <= 0.05];
    });
    reportShare(report, `Cox, 200 rows, no effect: hazard ratio 1 of a ${covariate}`, covered);
    const share = significant / worldCount;
    report({
      command: `Cox, 200 rows, no effect: ${covariate} significant at 5 %`,
      figure: `${(100 * share).toFixed(1)} % of ${worldCount} worlds`,
      bar: '3 to 7 %',
      met: share >= 0.03 && share <= 0.07,
    });
  });
}

function reportShare(report: Report, command: string, covered: number): void {
  const share = covered / worldCount;
  report({
    command,
    figure: `${(100 * share).toFixed(1)} % of ${worldCount} worlds covered`,
    bar: '93 to 97 %',
    met: share >= shareMin && share <= shareMax,
  });
}

type World = Required<ModelData>;

/** In how many worlds each estimand was covered. */
function coverageOf(planted: PlantedHazards, key: number, covers: (world: World) => readonly boolean[]): number[] {
  const covered: number[] = [];
  for (let world = 0; world < worldCount; world++) {
    covers(plantedWorld(planted, randomStream(world, checkPurpose, key))).forEach((isCovered, index) => {
      covered[index] = (covered[index] ?? 0) + (isCovered ? 1 : 0);
    });
  }
  return covered;
}

function coversEffects(world: World, truths: readonly number[], cluster?: readonly number[]): boolean[] {
  const fit = fitCox(world.columns, world.covariates, cluster === undefined ? {} : { cluster });
  return fit.coefficients.map(({ interval: [low, high] }, index) => {
    const ratio = Math.exp(truths[index]);
    return low <= ratio && ratio <= high;
  });
}

function atTicks(world: World, ticksPerMeanWait: number): World {
  const stop = Array.from(world.columns.stop, (time) => Math.ceil(time * ticksPerMeanWait));
  return { ...world, columns: { ...world.columns, stop } };
}

/** Without effects the event times are exponential with mean 1: half of them lie below log 2. */
function coversMedian({ columns }: World): boolean[] {
  const [low, high] = survivalQuantile(kaplanMeier(columns)).interval;
  return [low <= Math.LN2 && !(high < Math.LN2)];
}
