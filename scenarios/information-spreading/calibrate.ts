/**
 * How the parameters of this scenario were fitted. `minutes` ends with the numbers in `false-business-0.yaml`; those of the generated
 * worlds were found by hand on the seeds 1 and 2, which the report uses too, and `worlds` shows the grid around them.
 *
 *     node scenarios/information-spreading/calibrate.ts minutes    the cascade false-business-0, its minutes 0 to 30 alone
 *     node scenarios/information-spreading/calibrate.ts worlds     sizes and depths of the 99 cascades, on seeds kept for it
 *
 * Minutes: a random search, then a random walk from the best; the loss is the normalised error of scale plus that of breadth, mean
 * over seeds. Worlds: a grid of intercept and audience; the loss is the sum of the two Kolmogorov-Smirnov distances. The grid's
 * seeds are not the report's.
 */
import { exp, log } from '../../sim/ground/detmath.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { normalisedError } from '../../analysis/estimators/curve-error.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { dataFile, scenarioFile } from '../load.ts';
import { compareCascades, fitMinutes, readMinuteCascade, readRealCascades } from './comparison.ts';
import { simulateWorld } from './world.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { WorldResult } from './world.ts';

/** What is fitted of the minute-by-minute cascade. */
interface MinuteParameters {
  readonly wakesPerDayMean: number;
  readonly activityExponent: number;
  readonly outOfNetworkShare: number;
  readonly intercept: number;
  readonly fatiguePerExposure: number;
  readonly startHour: number;
}

interface Candidate {
  readonly parameters: MinuteParameters;
  readonly loss: number;
}

const searchCount = 400;
const searchSeeds = 4;
const keptCount = 12;
const walkCount = 220;
const walkSeeds = 20;
const wakesMax = 1440;

const stream: RandomStream = randomStream(1, streamPurposes.calibration);
const around = (width: number): number => (stream.uniform() - 0.5) * width;
const between = (low: number, high: number): number => low + stream.uniform() * (high - low);
const betweenLogs = (low: number, high: number): number => exp(between(log(low), log(high)));

function drawParameters(): MinuteParameters {
  return {
    wakesPerDayMean: betweenLogs(100, 1400),
    activityExponent: between(0.2, 1.4),
    outOfNetworkShare: betweenLogs(0.003, 0.15),
    intercept: between(-3, 1),
    fatiguePerExposure: between(0, 0.6),
    startHour: stream.below(24),
  };
}

function step(from: MinuteParameters): MinuteParameters {
  return {
    wakesPerDayMean: Math.min(wakesMax, from.wakesPerDayMean * exp(around(0.4))),
    activityExponent: Math.max(0, from.activityExponent + around(0.3)),
    outOfNetworkShare: Math.min(1, from.outOfNetworkShare * exp(around(0.8))),
    intercept: from.intercept + around(0.6),
    fatiguePerExposure: Math.max(0, from.fatiguePerExposure + around(0.15)),
    startHour: (from.startHour + 22 + stream.below(5)) % 24,
  };
}

function settingsOf(parameters: MinuteParameters): string[] {
  return [
    `population.wakesPerDayMean=${parameters.wakesPerDayMean}`,
    `population.activityExponent=${parameters.activityExponent}`,
    `feed.outOfNetworkShare=${parameters.outOfNetworkShare}`,
    `policies[0].rules.intercept=${parameters.intercept}`,
    `policies[0].rules.fatiguePerExposure=${parameters.fatiguePerExposure}`,
    `startHour=${parameters.startHour}`,
  ];
}

/** Normalised error of scale and breadth over the fitted minutes, mean over seeds 1 to n. */
async function minuteLoss(parameters: MinuteParameters, seedCount: number): Promise<number> {
  const real = readMinuteCascade(dataFile('cascades/false-business-0.json'));
  const range = { fromMinute: 0, toMinute: fitMinutes };
  const losses: number[] = [];
  for (let seed = 1; seed <= seedCount; seed++) {
    const world = await simulateWorld({
      file: scenarioFile('information-spreading', 'false-business-0'),
      set: [`seed=${seed}`, `ticks=${fitMinutes}`, ...settingsOf(parameters)],
      curveMinutes: fitMinutes,
      largest: false,
    });
    const { curves } = world;
    if (curves === undefined) continue;
    losses.push(
      normalisedError(curves.scale, real.scale, range) + normalisedError(curves.maxBreadth, real.max_breadth, range),
    );
  }
  return meanInterval(losses).value;
}

async function fitToMinutes(): Promise<Candidate> {
  const found: Candidate[] = [];
  for (let i = 0; i < searchCount; i++) {
    const parameters = drawParameters();
    found.push({ parameters, loss: await minuteLoss(parameters, searchSeeds) });
  }
  const kept: Candidate[] = [];
  for (const { parameters } of found.sort(byLoss).slice(0, keptCount)) {
    kept.push({ parameters, loss: await minuteLoss(parameters, walkSeeds) });
  }
  for (let i = 0; i < walkCount; i++) {
    const parameters = step(kept[stream.below(kept.length)].parameters);
    kept.push({ parameters, loss: await minuteLoss(parameters, walkSeeds) });
    kept.sort(byLoss).pop();
  }
  return kept[0];
}

function byLoss(a: Candidate, b: Candidate): number {
  return a.loss - b.loss;
}

const gridSeeds = [1001, 1002];

async function fitWorlds(): Promise<void> {
  const { columns: real } = readRealCascades(dataFile('cascades/twitter1516-calibration.csv'));
  for (const intercept of [-5.7, -5.55, -5.4]) {
    for (const audience of [0.2, 0.24, 0.28]) {
      const worlds: WorldResult[] = [];
      for (const seed of gridSeeds) {
        worlds.push(
          await simulateWorld({
            file: scenarioFile('information-spreading'),
            set: [
              `seed=${seed}`,
              `policies[0].rules.intercept=${intercept}`,
              `population.prominent.audienceShareMedian=${audience}`,
            ],
            curveMinutes: 0,
            largest: false,
          }),
        );
      }
      const { users, depth, spearman } = compareCascades(real, worlds, 1);
      const loss = users.value + depth.value;
      process.stdout.write(
        `${JSON.stringify({ intercept, audience, loss, users: users.value, depth: depth.value, spearman: spearman.value })}\n`,
      );
    }
  }
}

if (process.argv[2] === 'worlds') await fitWorlds();
else process.stdout.write(`${JSON.stringify(await fitToMinutes(), null, 2)}\n`);
