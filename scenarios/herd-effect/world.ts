/**
 * Worlds of the study, each a task for a core: simulated in memory, reduced to sums of votes and looks.
 *
 * Reads the records of the run, and who was planted from plan and population. Looks that count: by readers who have not voted on the post,
 * after its first vote could be seen; seed accounts are no readers, and what they wrote is left out.
 */
import { seedArms } from '../../analysis/estimators/vote-herding.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { plantedMembers } from '../../sim/engine/plants.ts';
import { seedArmOf } from '../../sim/policy/plants.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { loadScenario } from '../load.ts';
import type { SeedArmName } from '../../analysis/estimators/vote-herding.ts';
import type { Compiled } from '../../sim/engine/compile.ts';

/** Which world to simulate. */
export interface WorldOrder {
  /** A scenario file. */
  readonly file: string;
  /** Changes of the scenario, as for `--set`; the seed among them. */
  readonly set: readonly string[];
}

/** Sums over the posts of one arm: votes in favour less votes against, without the seed vote, and looks. */
export interface ArmSums {
  readonly posts: number;
  readonly netVotes: number;
  readonly looks: number;
}

/** A world of the herd effect; an arm that no post is in has no posts. */
export type HerdWorld = Readonly<Record<SeedArmName, ArmSums>>;

/** One group of readers who judge twice: second judgements by who had voted against the majority, and those that went over. */
export interface GroupHits {
  readonly hitCount: number;
  readonly drawCount: number;
}

/** A world of the majority: both groups, and the majority on each post after the first judgement. */
export interface MajorityWorld {
  readonly shown: GroupHits;
  readonly hidden: GroupHits;
  readonly majority: readonly number[];
}

async function compiledOf({ file, set }: WorldOrder): Promise<Compiled> {
  const loaded = await loadScenario(file, { set, allowCode: false });
  return compileScenario(loaded.data, loaded.find);
}

/** Simulates a world of the herd effect. Named by the ensemble. */
export async function simulateHerdWorld(order: WorldOrder): Promise<HerdWorld> {
  const compiled = await compiledOf(order);
  const { plan, population } = compiled;
  const number = (plan.plants ?? []).findIndex(({ kind }) => kind === 'seed-votes');
  const plant = plan.plants?.[number];
  if (plant?.kind !== 'seed-votes') throw new InvariantError('the scenario has no seed votes');
  const isAccount = new Set(plantedMembers(plan, population)[number]);
  const records = await runInMemory(compiled, noOwnCode, { sampleShare: 1 });
  const posts = readPosts(records);
  const { votes, looks } = readVotes(records);
  const sums = seedArms.map(() => ({ posts: 0, netVotes: 0, looks: 0 }));
  const armOf = Int8Array.from({ length: posts.count }, (_, row) =>
    isAccount.has(posts.author[row]) ? -1 : seedArms.indexOf(seedArmOf(plan.seed, number, plant, row + 1)),
  );
  for (const arm of armOf) if (arm >= 0) sums[arm].posts++;
  // A post of tick t is first shown in t + 1, in which its seed vote is cast, and with that vote from t + 2 on.
  const counts = (agent: number, content: number, tick: number): boolean =>
    armOf[content] >= 0 && !isAccount.has(agent) && tick > posts.tick[content] + 1;
  for (let look = 0; look < looks.count; look++) {
    const content = looks.content[look];
    if (looks.before[look] !== 0 || !counts(looks.agent[look], content, looks.tick[look])) continue;
    sums[armOf[content]].looks++;
  }
  for (let vote = 0; vote < votes.count; vote++) {
    const content = votes.content[vote];
    if (!counts(votes.agent[vote], content, votes.tick[vote])) continue;
    sums[armOf[content]].netVotes += votes.after[vote] - votes.before[vote];
  }
  return { up: sums[0], control: sums[1], down: sums[2] };
}

/** Simulates a world of the majority. Named by the ensemble. */
export async function simulateMajorityWorld(order: WorldOrder): Promise<MajorityWorld> {
  const compiled = await compiledOf(order);
  const { plan, population } = compiled;
  const members = plantedMembers(plan, population);
  const group = new Int8Array(population.count).fill(-1);
  members.forEach((ordinals, plant) => {
    for (const ordinal of ordinals) group[ordinal] = plant;
  });
  const records = await runInMemory(compiled, noOwnCode, { sampleShare: 1 });
  const { looks, votes, contentCount } = readVotes(records);
  const hits = [0, 1].map(() => ({ hitCount: 0, drawCount: 0 }));
  for (let look = 0; look < looks.count; look++) {
    const [before, majority] = [looks.before[look], Math.sign(looks.scoreShown[look])];
    const sums = hits[group[looks.agent[look]]];
    if (before === 0 || majority !== -before) continue;
    sums.drawCount++;
    if (looks.after[look] === majority) sums.hitCount++;
  }
  const score = new Int32Array(contentCount);
  for (let vote = 0; vote < votes.count; vote++) {
    if (votes.before[vote] === 0) score[votes.content[vote]] += votes.after[vote];
  }
  return { shown: hits[0], hidden: hits[1], majority: Array.from(score, Math.sign) };
}
