/**
 * Acts of planted members: those that stand in a list for the tick, and votes on what members are shown or on what was just posted.
 *
 * They are intents like any other, numbered apart from an agent's own, and ruled like any other. Reads the state at the start of the tick
 * and the percepts; no measure, and nothing that another shard writes in the tick.
 * Order: acts of the list, then votes, plant by plant; rows of percepts within one. Draws are keyed by agent and tick, so that which shard
 * holds an agent cannot be seen. Oracle: the probabilities in closed form (`test/sim/engine/plants.test.ts`).
 *
 * A conformist's vote on a post that is shown with score s is in favour with probability
 *
 *     (1 - strength) * own + strength * [s > 0]   where s != 0 is shown, else own;   own = logistic(logit(upShare) + appeal)
 *
 * where s leaves out the member's own vote. Source of the design: Muchnik, Aral and Taylor 2013, Science 341, 647-651.
 */
import { logistic, logit } from '../ground/detmath.ts';
import { InputError } from '../ground/errors.ts';
import { drawWord, laneA, laneB, mix32, purposes, seedWords, unitOf } from '../ground/random.ts';
import { pairValue, reactionBits } from '../world/pairs.ts';
import { appealOf, appealScale, isLive, postKinds, postRow } from '../world/posts.ts';
import { counts, firstPlantedSequence, plantedPerAgentMax } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from './act.ts';
import type { AgentRow } from '../ground/ids.ts';
import type {
  ConformistsPlan,
  PlantedAct,
  PlantedAim,
  PlantedVoters,
  PlantsOrder,
  SeedArm,
  SeedVotesPlan,
} from '../exchange/plants.ts';
import type { IntentRow, PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Turn } from './act.ts';

/** What a shard keeps of the plants of its agents. */
export interface Planted {
  readonly byTick: ReadonlyMap<number, readonly PlantedAct[]>;
  readonly voters: readonly Voters[];
  /** Acts of each member in the tick at hand, by row. */
  readonly done: Map<number, number>;
}

interface Voters extends PlantedVoters {
  /** By row: 1 for members. */
  readonly isMember: Uint8Array;
}

/** The part of a run's plants that concerns the agents of a shard. Seed accounts are all known to all, since posts are dealt to them. */
export function plantedOf(order: PlantsOrder, agentCount: number, isOwn: (row: number) => boolean): Planted {
  return {
    byTick: Map.groupBy(
      order.acts.filter(({ row }) => isOwn(row)),
      ({ tick }) => tick,
    ),
    voters: order.votes.map((one) => {
      const isMember = new Uint8Array(agentCount);
      for (const row of one.rows) if (isOwn(row)) isMember[row] = 1;
      return { ...one, isMember };
    }),
    done: new Map(),
  };
}

/** Writes what members of this shard do in the tick at hand. `seed` is the run's. */
export function actPlanted(planted: Planted, state: StateView, tables: ShardTables, turn: Turn, seed: number): void {
  planted.done.clear();
  for (const act of planted.byTick.get(state.now.tick) ?? []) {
    const target = targetOf(state, act.aim);
    if (target < 0 || isDone(state, act, target)) continue;
    attemptPlanted(planted, tables, turn, act.row, act.verb, target, act);
  }
  for (const voters of planted.voters) {
    const { plant } = voters;
    if (state.now.tick < plant.fromTick || state.now.tick >= plant.untilTick) continue;
    if (plant.kind === 'conformists') conform(planted, voters, plant, state, tables, turn);
    else seedVotes(planted, voters, plant, state, tables, turn, seed);
  }
}

function attemptPlanted(
  { done }: Planted,
  tables: ShardTables,
  turn: Turn,
  actor: number,
  verb: number,
  target: number,
  { amount, detail }: Pick<PlantedAct, 'amount' | 'detail'> = { amount: 0 },
): void {
  const number = done.get(actor) ?? 0;
  if (number >= plantedPerAgentMax) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      found: `a member of a plant has more than ${plantedPerAgentMax} acts in one tick`,
      next: 'Give the plant more members, such as accounts of seed votes, or fewer acts.',
    });
  }
  done.set(actor, number + 1);
  turn.actor = actor;
  turn.sequence = 0;
  const row = tables.count[counts.intents] as IntentRow;
  attempt(tables, turn, verb, target, amount, detail);
  tables.intents.sequence[row] = firstPlantedSequence + number;
}

/** The target of an act, or -1 where there is none. */
function targetOf(state: StateView, aim: PlantedAim): number {
  switch (aim.kind) {
    case 'nothing':
      return 0;
    case 'number':
      return aim.target;
    case 'recent': {
      const from = firstPostSince(state, aim.fromTick);
      const count = firstPostSince(state, aim.untilTick) - from;
      if (count <= 0) return -1;
      const post = from + Math.floor(aim.lot * count);
      const origin = state.posts.origin[postRow(state.posts, post)];
      return isLive(state.now, origin) ? origin : post;
    }
    case 'authored':
      for (let post = firstPostSince(state, aim.fromTick); post < state.now.nextPost; post++) {
        const row = postRow(state.posts, post);
        if (state.posts.author[row] === aim.author && state.posts.kind[row] === postKinds.post) return post;
      }
      return -1;
  }
}

/** The first live post of a tick or a later one: ids grow with ticks. */
export function firstPostSince({ posts, now }: Pick<StateView, 'posts' | 'now'>, tick: number): number {
  let [low, high] = [now.oldestPost, now.nextPost];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (posts.tick[postRow(posts, middle)] < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A vote toggles and a like is refused the second time: who reacted so already leaves it at that, and so does a post's author. */
function isDone(state: StateView, { row, verb, aim }: PlantedAct, target: number): boolean {
  if (aim.kind === 'nothing' || aim.kind === 'number') return false;
  if (state.posts.author[postRow(state.posts, target)] === row) return true;
  const bits = pairValue(state.reactions, row, target);
  if (verb === verbs.upvote || verb === verbs.like) return (bits & reactionBits.like) !== 0;
  if (verb === verbs.downvote || verb === verbs.dislike) return (bits & reactionBits.dislike) !== 0;
  return verb === verbs.repost && (bits & reactionBits.repost) !== 0;
}

/** Draws of one look: whether to judge, one's own judgement, whether to conform. Items of a feed are at most 64, plants 16. */
const drawsOfLook = 1024;

function conform(
  planted: Planted,
  { number, isMember }: Voters,
  plant: ConformistsPlan,
  state: StateView,
  tables: ShardTables,
  turn: Turn,
): void {
  const { percepts, items } = tables;
  const origins = items.origin as unknown as Int32Array;
  for (let percept = 0 as PerceptRow; percept < tables.count[counts.percepts]; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (isMember[agent] === 0) continue;
    const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
    const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
    for (let k = 0; k < percepts.itemCount[percept]; k++) {
      const draw = (which: number): number =>
        unitOf(drawWord(a, b, purposes.plant, which * drawsOfLook + number * 64 + k));
      if (draw(0) >= plant.votesPerLook) continue;
      const origin = origins[percept * state.sizes.feedLength + k];
      const verb = voteOn(state, plant, agent, origin, draw(1), draw(2));
      if (verb > 0) attemptPlanted(planted, tables, turn, agent, verb, origin);
    }
  }
}

/** The vote of a member on a content, or 0 where it has none to cast. */
function voteOn(
  state: StateView,
  { strength, upShare, scoreShown, revotes, ageTicksMin }: ConformistsPlan,
  agent: AgentRow,
  origin: number,
  judgement: number,
  conformity: number,
): number {
  if (!isLive(state.now, origin)) return 0;
  const row = postRow(state.posts, origin);
  if (state.now.tick - state.posts.tick[row] < ageTicksMin) return 0;
  const bits = pairValue(state.reactions, agent, origin);
  const own = (bits & reactionBits.like) !== 0 ? 1 : (bits & reactionBits.dislike) !== 0 ? -1 : 0;
  if (own !== 0 && !revotes) return 0;
  const score = state.posts.likeCount[row] - state.posts.dislikeCount[row] - own;
  const isPulled = scoreShown && score !== 0 && conformity < strength;
  const appeal = appealOf(state.posts.face, row) / appealScale;
  const vote = (isPulled ? score > 0 : judgement < favourShare(upShare, appeal)) ? 1 : -1;
  if (vote === own) return 0;
  return vote > 0 ? verbs.upvote : verbs.downvote;
}

/** Probability that a member's own judgement of a post is in favour. */
export function favourShare(upShare: number, appeal: number): number {
  if (appeal === 0 || upShare <= 0 || upShare >= 1) return upShare;
  return logistic(logit(upShare) + appeal);
}

/** The first votes on posts of the tick before, by the accounts in turn. */
function seedVotes(
  planted: Planted,
  { rows, number, isMember }: Voters,
  plant: SeedVotesPlan,
  state: StateView,
  tables: ShardTables,
  turn: Turn,
  seed: number,
): void {
  for (let post = firstPostSince(state, state.now.tick - 1); post < state.now.nextPost; post++) {
    const account = rows[post % rows.length];
    const row = postRow(state.posts, post);
    if (isMember[account] === 0 || state.posts.kind[row] !== postKinds.post) continue;
    const arm = seedArmOf(seed, number, plant, post);
    if (arm === 'control' || state.posts.author[row] === account) continue;
    attemptPlanted(planted, tables, turn, account, arm === 'up' ? verbs.upvote : verbs.downvote, post);
  }
}

/** Which arm a post is in: a draw keyed by the post, so that neither its author nor the tick decides. Pure. */
export function seedArmOf(
  seed: number,
  plantNumber: number,
  { upShare, downShare }: Pick<SeedVotesPlan, 'upShare' | 'downShare'>,
  post: number,
): SeedArm {
  const { lo, hi } = seedWords(seed);
  const lot = unitOf(drawWord(mix32(lo ^ mix32(post)), mix32(hi + plantNumber), purposes.plant, 0xffff));
  if (lot < upShare) return 'up';
  return lot < upShare + downShare ? 'down' : 'control';
}
