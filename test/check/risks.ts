/**
 * Lines 8.2 and 8.6 (emergent): prices of learners beside known markets, and the emergent risk probes at full size.
 *
 * 8.2 is the probe of tacit collusion with 30 markets and best replies without a grid; 8.6 runs every emergent probe by its one command. Seeds
 * are 1 to 30.
 */
import { cpus } from 'node:os';
import {
  bestReply,
  benchmarksOf,
  calvanoMarket,
  logitProfits,
  profitIndex,
} from '../../analysis/estimators/logit-market.ts';
import { probeNamed, probes } from '../../scenarios/risks/probes.ts';
import { runRiskStudy } from '../../scenarios/risks/study.ts';
import { describeRiskStudy } from '../../scenarios/risks/words.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { say } from './figure.ts';
import type { RiskStudy } from '../../scenarios/risks/study.ts';
import type { Report } from './figure.ts';

const seeds = 30;
const secondsMost = 120;

/** Line 8.2. */
export async function checkPricing(report: Report): Promise<void> {
  const ends = benchmarksOf(calvanoMarket);
  const stream = randomStream(1, streamPurposes.sample);
  const prices = Float64Array.from({ length: 2 }, () => 1 + stream.uniform());
  for (let round = 0; round < 60; round++)
    prices.set(prices.map((_, seller) => bestReply(calvanoMarket, prices, seller)));
  const indexAt = (all: Float64Array): number => profitIndex(logitProfits(calvanoMarket, all)[0], ends);
  const [replies, cartel] = [indexAt(prices), indexAt(new Float64Array(2).fill(ends.jointPrice))];
  const near = (name: string, value: number, wanted: number, within: number): void => {
    report({
      command: `profitIndex, ${name}`,
      figure: value.toFixed(4),
      bar: `${wanted} ± ${within}`,
      met: Math.abs(value - wanted) <= within,
    });
  };
  near('myopic best replies, continuous prices', replies, 0, 0.01);
  near('cartel', cartel, 1, 0.01);
  const study = await runRiskStudy({ probe: probeNamed('tacit-collusion'), seeds, workers: cpus().length });
  const meanOf = (arm: string): number => study.arms.find((one) => one.arm === arm)?.mean.value ?? Number.NaN;
  near('Q-learners, 30 markets', meanOf('control'), 0.844, 0.06);
  near('patience 0, 30 markets', meanOf('impatient'), 0.23, 0.06);
  near('memoryless, 30 markets', meanOf('memoryless'), 0.95, 0.03);
  near('random prices, 30 markets of 32 periods', meanOf('random'), 0.497, 0.04);
  const verdict = study.findings.find(({ name }) => name === 'verdict')?.text ?? '';
  const punished = study.findings.every(({ met }) => met !== false);
  report({
    command: 'verdict of the imposed cut',
    figure: verdict,
    bar: 'collusion only if punished and unprofitable',
    met: (verdict === 'collusion') === punished,
  });
}

/** Line 8.6, emergent probes. */
export async function checkRisks(report: Report): Promise<void> {
  for (const probe of probes.filter(({ label }) => label === 'emergent')) {
    const begun = performance.now();
    const study = await runRiskStudy({ probe, seeds, workers: cpus().length });
    const seconds = (performance.now() - begun) / 1000;
    say(describeRiskStudy(probe, study));
    reportProbe(report, probe.name, study, seconds);
  }
}

function reportProbe(report: Report, name: string, { contrasts, sentence }: RiskStudy, seconds: number): void {
  const incentive = contrasts.find((one) => one.name === 'incentive');
  const [low, high] = incentive?.difference.interval ?? [Number.NaN, Number.NaN];
  report({
    command: `mesocosm risks ${name} --seeds ${seeds}`,
    figure: `incentive less aligned ${(incentive?.difference.value ?? Number.NaN).toFixed(3)}, 95 % ${low.toFixed(3)} to ${high.toFixed(3)}; ${sentence}`,
    bar: `by ${incentive?.bar ?? 'a margin'}`,
    met: incentive?.met === true,
  });
  report({
    command: `the same, time of ${cpus().length} cores`,
    figure: `${seconds.toFixed(0)} s`,
    bar: `< ${secondsMost} s`,
    met: seconds < secondsMost,
  });
}
