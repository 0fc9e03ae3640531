/**
 * Line 8.4: conformity and herding over planted strengths, as the scenario herd-effect has them.
 *
 * The majority: ten worlds of 20,000 agents an arm, both arms in one world, so that one hidden majority is the reference of both. Herding: 30
 * seeds at 100, 1,000 and 10,000 agents, a world with posts dealt to the arms and three that are the same but for the first votes. Then
 * seven against three, and the detector of followers on runs of the command line with planted conformists, scored by `validity`.
 * The unit is the seed; seeds are 1, 2 …
 */
import { cpus } from 'node:os';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeHerd,
  describeMajority,
  runEvidence,
  runHerdStudy,
  runMajorityStudy,
} from '../../scenarios/herd-effect/study.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { objectOf, say, temporary } from './figure.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { HerdCell } from '../../scenarios/herd-effect/study.ts';
import type { Report } from './figure.ts';

const workers = cpus().length;
const strengths = [0, 0.2, 0.4, 0.6, 0.8];

/** Runs the check. */
export async function checkConformity(report: Report): Promise<void> {
  await checkMajority(report);
  for (const agents of [100, 1000, 10_000]) await checkHerding(report, agents);
  await checkEvidence(report);
  await checkFollowers(report);
}

async function checkMajority(report: Report): Promise<void> {
  const cells = await runMajorityStudy({ agentsPerArm: 20_000, strengths, seeds: 10, workers });
  say(describeMajority(cells));
  const [independent] = cells;
  const { equivalence } = independent;
  report({
    command: 'majorityFollowingExcess of independent agents, 20,000 an arm, 10 worlds',
    figure: `${rangeOf(independent.excess)}; two one-sided tests: p ${equivalence.pValue.toPrecision(2)}`,
    bar: `equivalent to 0 within ±${equivalence.margin}`,
    met: equivalence.isEquivalent,
  });
  const steps = cells
    .slice(1)
    .map((cell, i) => meanInterval(cell.excesses.map((one, k) => one - cells[i].excesses[k])));
  report({
    command: `the same at strengths ${strengths.join(', ')}`,
    figure: cells.map(({ excess }) => excess.value.toFixed(4)).join(', '),
    bar: 'each step up, by an interval off 0',
    met: steps.every(({ interval }) => interval[0] > 0),
  });
}

async function checkHerding(report: Report, agents: number): Promise<void> {
  const cells = await runHerdStudy({ agents, strengths: [0, 0.4], seeds: 30, workers });
  say(describeHerd(cells));
  for (const cell of cells) {
    const { herding, amplificationByFeed } = cell.up;
    const name = `${agents} agents, feed ${cell.feed}, strength ${cell.strength}, up less control`;
    const isPlanted = cell.strength > 0;
    report({
      command: `herding: votes per look without the seed vote, ${name}`,
      figure: threeOf(herding),
      bar: isPlanted ? 'by post and by world off 0, above it' : 'by post and by world cover 0',
      met: [herding.post, herding.world].every((one) => (isPlanted ? one.interval[0] > 0 : covers(one))),
    });
    report({
      command: `amplification by the feed, no herding: votes per post without the seed vote, ${name}`,
      figure: threeOf(amplificationByFeed),
      bar: 'printed',
    });
  }
}

function covers({ interval }: Estimate): boolean {
  return interval[0] <= 0 && interval[1] >= 0;
}

async function checkEvidence(report: Report): Promise<void> {
  const weights = [1, 2, 2.3, 2.33, 2.34, 2.4, 3];
  const verdicts = await runEvidence(weights);
  report({
    command: 'seven against three, the seven wrong: verdict by weight of each of the three',
    figure: verdicts.map(({ weight, isRight }) => `${weight} ${isRight === true ? 'right' : 'wrong'}`).join(', '),
    bar: 'unweighted wrong; right iff the weight exceeds 7/3',
    met: verdicts.every(({ weight, isRight }) => isRight === weight > 7 / 3),
  });
}

/** Runs of 2,000 agents with 200 conformists among rule voters and independent ones, scored from the outside. */
async function checkFollowers(report: Report): Promise<void> {
  const file = join(temporary, 'conformists.json');
  writeFileSync(file, JSON.stringify(plantedScenario));
  const runs: string[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const out = join(temporary, `conformists-${seed}`);
    await objectOf(['run', file, '--seed', String(seed), '--out', out, '--index', 'none']);
    runs.push(out);
  }
  const { rows } = await objectOf<{ rows: FoundRow[] }>(['validity', ...runs]);
  const pooled = rows[rows.length - 1];
  report({
    command: 'mesocosm validity: conformists of strength 0.8, 200 of 2,000 agents, 5 runs pooled',
    figure: `precision ${rangeOf(pooled.precision)}, recall ${rangeOf(pooled.recall)}, AUC ${pooled.auc.toFixed(3)}, Brier ${pooled.brier.toFixed(3)}`,
    bar: 'AUC 0.95 or more',
    met: pooled.auc >= 0.95,
  });
}

interface FoundRow {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly auc: number;
  readonly brier: number;
}

const plantedScenario = {
  ...{ version: 1, name: 'conformists', ticks: 200, tickSeconds: 1800 },
  population: { kind: 'generated', agents: 2000, wakesPerDayMean: 12 },
  feed: { recommender: 'random', length: 10, exposuresMax: 2 },
  verbs: ['post', 'reply', 'repost', 'upvote', 'downvote', 'follow'],
  policies: [{ share: 1, rules: { postShare: 0.05, likeRatio: 2, dislikeRatio: 1 } }],
  plants: [
    { name: 'sheep', kind: 'conformists', share: 0.1, strength: 0.8, votesPerLook: 0.2 },
    { name: 'loners', kind: 'conformists', share: 0.3, strength: 0, votesPerLook: 0.2 },
  ],
};

function rangeOf({ value, interval }: Estimate): string {
  return `${value.toFixed(4)} (${interval.map((end) => end.toFixed(4)).join(' to ')})`;
}

function threeOf({ post, world, difference }: HerdCell['up']['herding']): string {
  return `by post ${rangeOf(post)}, by world ${rangeOf(world)}, difference ${rangeOf(difference)}`;
}
