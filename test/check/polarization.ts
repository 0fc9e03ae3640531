/**
 * Lines 8.1.polarization, 8.5 and 9.3.polarization: formula values to the printed digits; K* and the error of sixteen against two; the study of group polarization at full size.
 *
 * The unit of 9.3 is the pair of worlds, seeds 101 to 130, which no number of the study was chosen on; sizes have the same pairs.
 */
import { cpus } from 'node:os';
import { crossoverCorrelation, simulatedCrossover } from '../../analysis/estimators/averaged-error.ts';
import {
  channelsAtEqualCosine,
  cosineOfChannels,
  effectiveChannels,
  gramOf,
} from '../../analysis/estimators/diversity.ts';
import { gini } from '../../analysis/estimators/inequality.ts';
import { bimodalityCoefficient, estebanRay } from '../../analysis/estimators/polarization.ts';
import { resilienceOf, singleAgentResilience } from '../../analysis/estimators/resilience.ts';
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import { describePolarizationStudy, runPolarizationStudy } from '../../scenarios/group-polarization/study.ts';
import { say } from './figure.ts';
import type { Report } from './figure.ts';

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const levels = oneTo(101).map((k) => k / 100);
const fall = (f: (p: number) => number): number => resilienceOf({ levels, performance: levels.map(f) }, 0).resilience;
const basis = (n: number): number[][] => oneTo(n).map((i) => oneTo(n).map((k) => (i === k ? 1 : 0)));
const third = 1 / 3;

/** What, as printed, as computed here, and a unit of the last printed digit, with the error of the trapezoid rule where it is used. */
const values: readonly (readonly [string, number, number, number])[] = [
  ['Esteban-Ray, two equal groups', 0.25, estebanRay({ shares: [0.5, 0.5], positions: [0, 1] }), 1e-9],
  ['Esteban-Ray, three equal', 0.148148, estebanRay({ shares: [third, third, third], positions: [0, 0.5, 1] }), 1e-6],
  ['Esteban-Ray, 90/10', 0.09, estebanRay({ shares: [0.9, 0.1], positions: [0, 1] }), 1e-9],
  ['bimodality, 50 zeros and 50 ones', 0.950695, bimodalityCoefficient(oneTo(100).map((i) => i % 2)), 1e-6],
  ['bimodality, 0..100', 0.5285, bimodalityCoefficient(oneTo(101)), 1e-6],
  [
    'bimodality, 999 normal quantiles',
    0.334761,
    bimodalityCoefficient(oneTo(999).map((i) => normalQuantile((i + 0.5) / 999))),
    1e-6,
  ],
  ['Gini of 1..5', 0.266667, gini([1, 2, 3, 4, 5]), 1e-6],
  ['Gini of 0, 0, 0, 1', 0.75, gini([0, 0, 0, 1]), 1e-9],
  ['R of F = 1 - p', 0.5, fall((p) => 1 - p), 1e-9],
  ['R of F = 1 - p^2', 0.666667, fall((p) => 1 - p * p), 2 / 12 / 1e4 + 1e-6],
  ['R of a constant', 1, fall(() => 0.4), 1e-9],
  ['R of one agent, a 0.8, c 0.5', 0.8125, singleAgentResilience(0.8, 0.5), 1e-9],
];

/** Line 8.1: formula values of polarization, inequality and resilience. */
export function checkPolarizationValues(report: Report): Promise<void> {
  reportValues(report, values);
  return Promise.resolve();
}

function reportValues(report: Report, rows: typeof values): void {
  for (const [command, printed, found, error] of rows) {
    const met = Math.abs(found - printed) <= error;
    report({ command, figure: found.toFixed(7), bar: `${printed} ± ${error.toPrecision(2)}`, met });
  }
}

/** Line 8.5: closed forms of K*, and apart from them the error of the mean of 16 against that of 2. */
export function checkChannels(report: Report): Promise<void> {
  const root = Math.sqrt(0.75);
  reportValues(report, [
    ['K*, 16 orthonormal rows', 16, effectiveChannels(gramOf(basis(16))), 1e-9],
    [
      'K*, identical rows',
      1,
      effectiveChannels(
        gramOf([
          [1, 2],
          [1, 2],
          [1, 2],
        ]),
      ),
      1e-9,
    ],
    [
      'K*, three and one orthogonal',
      1.754765,
      effectiveChannels(
        gramOf([
          [1, 0],
          [1, 0],
          [1, 0],
          [0, 1],
        ]),
      ),
      1e-6,
    ],
    [
      'K*, two rows at cosine 0.5',
      1.754765,
      effectiveChannels(
        gramOf([
          [1, 0],
          [0.5, root],
        ]),
      ),
      1e-6,
    ],
    ['K*, two rows at cosine 0.9', 1.21959, channelsAtEqualCosine(2, 0.9), 1e-6],
    ['K*, 16 rows at cosine 0.9', 1.759, channelsAtEqualCosine(16, 0.9), 5e-4],
    ['cosine at which 16 rows have K* 2', 0.872, cosineOfChannels(16, 2), 5e-4],
    ['crossover of error, closed form', 7 / 15, crossoverCorrelation(16, 2), 1e-9],
    [
      'crossover of error, 200,000 draws, seed 1',
      7 / 15,
      simulatedCrossover(16, 2, 200_000, () => randomStream(1, 6, 85)),
      0.02,
    ],
  ]);
  return Promise.resolve();
}

const seeds = 30;
const firstSeed = 101;
const sizes = [100, 1000, 10_000];
const sizeSeeds = 30;

/** Line 9.3: what a feed by interest does to how far opinions stand apart, beside a placebo and over sizes. */
export async function checkPolarizationStudy(report: Report): Promise<void> {
  const study = await runPolarizationStudy({ seeds, firstSeed, sizes, sizeSeeds, workers: cpus().length });
  say(describePolarizationStudy(study));
  const { linked, placebo, excess, size, placeboSize } = study;
  const shown = ({ value, interval }: typeof excess): string =>
    `${value.toFixed(4)}, 95 % ${interval.map((end) => end.toFixed(4)).join(' to ')}`;
  const isOff = ({ interval }: typeof excess): boolean => interval[0] > 0 || interval[1] < 0;
  report({
    command: `spread of opinions at the end, interest less random feed, ${seeds} pairs`,
    figure: shown(linked.means.spread),
    bar: 'interval off 0',
    met: isOff(linked.means.spread),
  });
  report({ command: 'the same in the placebo world', figure: shown(placebo.means.spread), bar: 'stated beside it' });
  report({
    command: 'linked less placebo, paired by seed',
    figure: shown(excess),
    bar: 'interval off 0',
    met: isOff(excess),
  });
  for (const arm of size.arms)
    report({
      command: `${arm.agents} agents, ${sizeSeeds} pairs`,
      figure: shown(arm.means.spread),
      bar: 'stated, growth not assumed',
    });
  report({
    command: 'for ten times as many agents',
    figure: shown(size.perTenfold),
    bar: 'stated, growth not assumed',
  });
  for (const arm of placeboSize.arms)
    report({ command: `placebo, ${arm.agents} agents`, figure: shown(arm.means.spread), bar: 'stated beside it' });
}
