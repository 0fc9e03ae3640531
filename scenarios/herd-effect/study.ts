/**
 * The study of the herd effect: do readers follow the score that they are shown, and what does the feed make of it?
 *
 * Three parts. *Herding*: a first vote at random on posts, under a feed that does not read scores and under `hot`, dealt post by post within a
 * world (the human design) and to whole worlds that are the same but for it (the counterfactual one). *Majority*: readers judge twice, half
 * of them shown the majority in between. *Evidence*: seven against three, counted plainly and by weight of evidence.
 * The unit is the seed: a contrast of one seed is one number. Run it: node scenarios/herd-effect/study.ts [--seeds N] [--agents N,N] [--workers N].
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { weightedVerdict } from '../../analysis/estimators/majority-vote.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadScenario, scenarioFile } from '../load.ts';
import type { Equivalence } from '../../analysis/estimators/equivalence.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { ArmSums, HerdWorld, MajorityWorld, WorldOrder } from './world.ts';

/** Feeds: the first does not read scores. */
export const herdFeeds = ['random', 'hot'] as const;
export type HerdFeed = (typeof herdFeeds)[number];

/** How the first vote is dealt. */
export const assignments = ['post', 'world'] as const;

/** A difference that is called none. */
export const excessMargin = 0.02;

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** What to run. */
export interface HerdStudyOrder {
  readonly agents: number;
  readonly strengths: readonly number[];
  /** Their numbers are 1, 2 … */
  readonly seeds: number;
  readonly workers: number;
  readonly set?: readonly string[];
}

/** Contrasts of an arm with the control, over seeds; and by post less by world, paired by seed. */
export interface ArmContrasts {
  /** Votes per look, the seed vote removed. */
  readonly herding: AssignedContrast;
  /** Votes per post, the seed vote removed: what the feed made of it. */
  readonly amplificationByFeed: AssignedContrast;
}

export interface AssignedContrast {
  readonly post: Estimate;
  readonly world: Estimate;
  readonly difference: Estimate;
}

/** One cell of the study. */
export interface HerdCell {
  readonly agents: number;
  readonly feed: HerdFeed;
  readonly strength: number;
  readonly up: ArmContrasts;
  readonly down: ArmContrasts;
}

/** The four worlds of a seed: posts dealt to arms, and all posts in one arm. */
const worldKinds = [
  { upShare: 1 / 3, downShare: 1 / 3 },
  { upShare: 1, downShare: 0 },
  { upShare: 0, downShare: 0 },
  { upShare: 0, downShare: 1 },
] as const;

/** Runs herding at one size: all feeds and strengths. */
export async function runHerdStudy(order: HerdStudyOrder): Promise<HerdCell[]> {
  const { agents, strengths, seeds, workers, set = [] } = order;
  const cells = herdFeeds.flatMap((feed) => strengths.map((strength) => ({ agents, feed, strength })));
  const orders = cells.flatMap(({ feed, strength }) =>
    seedsUpTo(seeds).flatMap((seed) =>
      worldKinds.map(({ upShare, downShare }): WorldOrder => {
        const plants = [`plants[0].upShare=${upShare}`, `plants[0].downShare=${downShare}`];
        const fields = [`seed=${seed}`, `population.agents=${agents}`, `feed.recommender=${feed}`];
        return {
          file: scenarioFile('herd-effect'),
          set: [...fields, ...plants, `plants[1].strength=${strength}`, ...set],
        };
      }),
    ),
  );
  const worlds = await runEnsemble<WorldOrder, HerdWorld>(worldModule, 'simulateHerdWorld', orders, workers);
  return cells.map((cell, i) => {
    const bySeed = seedsUpTo(seeds).map((_, s) => worlds.slice((i * seeds + s) * 4, (i * seeds + s) * 4 + 4));
    return { ...cell, up: contrastsOf(bySeed, 'up', 1), down: contrastsOf(bySeed, 'down', 3) };
  });
}

function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function contrastsOf(bySeed: readonly (readonly HerdWorld[])[], arm: 'up' | 'down', armWorld: number): ArmContrasts {
  const of = (numberOf: (sums: ArmSums) => number): AssignedContrast => {
    const post = bySeed.map(([dealt]) => numberOf(dealt[arm]) - numberOf(dealt.control));
    const world = bySeed.map((worlds) => numberOf(worlds[armWorld][arm]) - numberOf(worlds[2].control));
    const difference = meanInterval(post.map((one, i) => one - world[i]));
    return { post: meanInterval(post), world: meanInterval(world), difference };
  };
  return {
    herding: of(({ netVotes, looks }) => netVotes / looks),
    amplificationByFeed: of(({ netVotes, posts }) => netVotes / posts),
  };
}

/** What majorities do to second judgements, at one strength. */
export interface MajorityCell {
  readonly strength: number;
  /** Excess of each seed: the rate of those who are shown the majority, less that of those who are not, in one world. */
  readonly excesses: readonly number[];
  readonly excess: Estimate;
  readonly equivalence: Equivalence;
  readonly agentsPerArm: number;
}

/** Runs the majority at each strength. */
export async function runMajorityStudy(
  order: Omit<HerdStudyOrder, 'agents'> & { readonly agentsPerArm: number },
): Promise<MajorityCell[]> {
  const { agentsPerArm, strengths, seeds, workers, set = [] } = order;
  const orders = strengths.flatMap((strength) =>
    seedsUpTo(seeds).map((seed): WorldOrder => {
      const plants = [0, 1].map((i) => `plants[${i}].strength=${strength}`);
      const fields = [`seed=${seed}`, `population.agents=${2 * agentsPerArm}`];
      return { file: scenarioFile('herd-effect', 'majority'), set: [...fields, ...plants, ...set] };
    }),
  );
  const worlds = await runEnsemble<WorldOrder, MajorityWorld>(worldModule, 'simulateMajorityWorld', orders, workers);
  return strengths.map((strength, i) => {
    const excesses = worlds
      .slice(i * seeds, (i + 1) * seeds)
      .map(({ shown, hidden }) => shown.hitCount / shown.drawCount - hidden.hitCount / hidden.drawCount);
    const equivalence = equivalenceToZero(excesses, excessMargin);
    return { strength, excesses, excess: meanInterval(excesses), equivalence, agentsPerArm };
  });
}

/** Which of the two claims a recorded vote of seven against three chooses; `undefined` at a tie. */
export interface EvidenceVerdict {
  readonly weight: number;
  readonly isRight: boolean | undefined;
}

/** Runs the vote of seven against three once, and counts it with a weight of each vote of the minority. */
export async function runEvidence(weights: readonly number[]): Promise<EvidenceVerdict[]> {
  const loaded = await loadScenario(scenarioFile('herd-effect', 'evidence'), { set: [], allowCode: false });
  const { votes } = readVotes(await runInMemory(compileScenario(loaded.data, loaded.find)));
  // Content 1 is the second post: the claim that is right.
  return weights.map((weight) => {
    const each = Float64Array.from(votes.content, (content) => (content === 1 ? weight : 1));
    const verdict = weightedVerdict(votes.content, each);
    return { weight, isRight: verdict === undefined ? undefined : verdict === 1 };
  });
}

/** Contrasts in words, a line a cell, an arm and a number. */
export function describeHerd(cells: readonly HerdCell[]): string {
  const line = (name: string, { post, world, difference }: AssignedContrast): string =>
    `    ${name}: by post ${rangeOf(post)}, by world ${rangeOf(world)}, difference ${rangeOf(difference)}`;
  return cells
    .flatMap((cell) => [
      `${cell.agents} agents, feed ${cell.feed}, strength ${cell.strength}, ${cell.up.herding.world.n} seeds`,
      ...(['up', 'down'] as const).flatMap((arm) => [
        `  ${arm} less control`,
        line('herding, votes per look without the seed vote', cell[arm].herding),
        line('amplification by the feed, votes per post without it', cell[arm].amplificationByFeed),
      ]),
    ])
    .join('\n');
}

/** The majority in words, a line a strength. */
export function describeMajority(cells: readonly MajorityCell[]): string {
  return cells
    .map(({ strength, excess, equivalence, agentsPerArm }) => {
      const range = equivalence.interval.map((end) => end.toFixed(4)).join(', ');
      const p = equivalence.pValue.toPrecision(3);
      return (
        `majorityFollowingExcess, strength ${strength}, ${agentsPerArm} agents an arm, ${excess.n} worlds: ${rangeOf(excess)}; ` +
        `equivalent to 0 within ±${equivalence.margin}: p ${p}, 90 % [${range}]`
      );
    })
    .join('\n');
}

function rangeOf({ value, interval }: Estimate): string {
  return `${value.toFixed(4)} [${interval.map((end) => end.toFixed(4)).join(', ')}]`;
}

async function main(): Promise<void> {
  const options = {
    seeds: { type: 'string', default: '30' },
    agents: { type: 'string', default: '100,1000' },
    workers: { type: 'string' },
  } as const;
  const { values } = parseArgs({ options });
  const [seeds, workers] = [Number(values.seeds), Number(values.workers ?? availableParallelism())];
  for (const agents of values.agents.split(',').map(Number)) {
    const cells = await runHerdStudy({ agents, strengths: [0, 0.4], seeds, workers });
    process.stdout.write(`${describeHerd(cells)}\n`);
  }
  const strengths = [0, 0.2, 0.4, 0.6, 0.8];
  const majority = await runMajorityStudy({ agentsPerArm: 20_000, strengths, seeds: Math.min(10, seeds), workers });
  process.stdout.write(`${describeMajority(majority)}\n`);
  for (const { weight, isRight } of await runEvidence([1, 2.3, 2.4])) {
    process.stdout.write(`seven against three, weight ${weight}: ${isRight === true ? 'right' : 'wrong'}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
