/**
 * One tick on plain objects: the oracle of the whole engine, for the rule policy, for agents who attempt everything, and for the
 * built-in feeds.
 *
 * Written from the headers and the design, not from the kernels: agents and posts are objects, ties are sets, lists are sorted
 * whole, and every draw is the one-call form of `sim/ground/random.ts`. There are no columns, rows, shards, logs or buffers.
 * Only what two programs must share bit for bit is shared: `draw`, `detmath`, and the numbers of verbs, outcomes, reasons and rules.
 * Order: agents act in the order of their ordinals, interventions of an agent before its own acts, the platform after all; all see
 * world(t), and what is granted appears in world(t + 1). Rulings stand in `oracle-ruling.ts`, their effects in `oracle-effects.ts`,
 * feeds in `oracle-feed.ts`. Slow on purpose: some 10^4 wakings a second.
 */
import { log, logistic } from '../../../sim/ground/detmath.ts';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { keyOfText } from '../../../sim/ground/keys.ts';
import { externalId } from '../../../sim/world/population.ts';
import { outcomes, reasons } from '../../../sim/exchange/reasons.ts';
import { wildActs } from '../../fixtures/chaos-code.ts';
import { dot, numberOfVerb, targetOf } from './oracle-world.ts';
import { applyTick } from './oracle-effects.ts';
import { emptyBoards, feedOf, mainTopic } from './oracle-feed.ts';
import { rulePlatform, ruleTurn, settleRemovals } from './oracle-ruling.ts';
import type { WildAct } from '../../fixtures/chaos-code.ts';
import type { Purpose } from '../../../sim/ground/random.ts';
import type { BuiltInVerb } from '../../../sim/exchange/verbs.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Act, Agent, Attempt, Item, OracleTick, OracleVerb, Post, World } from './oracle-world.ts';

/** Builds the world before the first tick. The population must be canonical. */
export function createWorld(plan: Plan, population: Population): World {
  const agents = Array.from({ length: population.count }, (_, ordinal) => createAgent(plan, population, ordinal));
  for (const agent of agents) {
    const { followOffset, followee } = population;
    for (let k = followOffset[agent.ordinal]; k < followOffset[agent.ordinal + 1]; k++) {
      agent.follows.add(agents[followee[k]]);
    }
    agent.wakeTick = nextWake(plan, agent, 0, open(draw(plan.seed, 0, agent.key, purposes.firstWake)));
  }
  return { plan, agents, posts: new Map<number, Post>(), nextPost: 1, oldestPost: 1, boards: emptyBoards(), hits: [] };
}

function createAgent(plan: Plan, population: Population, ordinal: number): Agent {
  const { keyLo, keyHi, interest, profile, profileShares, wakesPerDay, policy } = population;
  const chosen = plan.policies[policy[ordinal]];
  return {
    ordinal,
    key: { lo: keyLo[ordinal], hi: keyHi[ordinal] },
    interest: Array.from(interest.subarray(ordinal * 8, ordinal * 8 + 8)),
    hourShares: Array.from(profileShares.subarray(profile[ordinal] * 24, profile[ordinal] * 24 + 24)),
    wakesPerDay: wakesPerDay[ordinal],
    parameters: chosen.kind === 'rules' ? chosen.parameters : undefined,
    isModerator: plan.conduct.moderators.includes(externalId(population.ids, ordinal)),
    wakeTick: Infinity,
    ...{ follows: new Set(), mutes: new Set(), blocks: new Set(), reactions: new Map() },
    ...{ latest: [], memory: [], spent: plan.conduct.limits.map(() => []) },
    ...{ karma: 0, bannedUntil: 0, posts: 0, refusals: 0, lastRefusal: undefined },
  };
}

/** A draw in (0, 1): the middle of its 2^-32. */
function open(unit: number): number {
  return unit + 2 ** -33;
}

/** The tick in which the hourly rate, integrated from the start of tick `from`, reaches -log(u): hour by hour. */
function nextWake(plan: Plan, agent: Agent, from: number, u: number): number {
  if (agent.wakesPerDay <= 0) return Infinity;
  const start = plan.startHour * 3600;
  let wanted = -log(u) / agent.wakesPerDay;
  let seconds = start + from * plan.tickSeconds;
  const last = start + plan.ticks * plan.tickSeconds;
  while (seconds < last) {
    const hour = Math.floor(seconds / 3600);
    const ahead = (hour + 1) * 3600 - seconds;
    const share = agent.hourShares[hour % 24];
    if ((share * ahead) / 3600 > wanted) {
      return Math.max(from, Math.floor((seconds + (wanted / share) * 3600 - start) / plan.tickSeconds));
    }
    wanted -= (share * ahead) / 3600;
    seconds += ahead;
  }
  return Infinity;
}

/** Runs one tick: everyone looks and attempts on world(t), then the granted acts make world(t + 1). */
export function runTick(world: World, population: Population, tick: number): OracleTick {
  const { agents } = world;
  const awake = agents.filter((agent) => agent.wakeTick === tick);
  const feeds = new Map(awake.map((agent) => [agent, feedOf(world, agent, tick)]));
  const turns = agents.map((agent) => {
    const feed = feeds.get(agent);
    const own = feed === undefined ? [] : decide(world, agent, feed, tick);
    return ruleTurn(world, tick, [...scheduled(world, population, agent, tick), ...own]);
  });
  const acts = settleRemovals(world, [...turns, rulePlatform(world, tick)]).flat();
  applyTick(world, acts, feeds, tick);
  for (const agent of awake) {
    agent.wakeTick = nextWake(world.plan, agent, tick + 1, open(draw(world.plan.seed, tick, agent.key, purposes.wake)));
  }
  return {
    acts: acts.map((act) => rowOfAct(world, act)),
    seen: awake.flatMap((agent) => (feeds.get(agent) ?? []).map((item, position) => rowOfItem(agent, item, position))),
    awake: awake.map((agent) => agent.ordinal),
  };
}

function rowOfAct(world: World, act: Act): OracleTick['acts'][number] {
  return {
    actor: act.actor?.ordinal ?? world.agents.length,
    verb: numberOfVerb(act.verb),
    sequence: act.sequence,
    target: act.target,
    amount: act.amount,
    outcome: act.reason === 'OK' ? outcomes.granted : outcomes.refused,
    reason: reasons[act.reason].number,
    rule: act.rule,
    result: act.made?.id ?? act.result,
    topic: act.made === undefined ? 0 : mainTopic(act.made.topic),
  };
}

function rowOfItem(agent: Agent, { post, source }: Item, position: number): OracleTick['seen'][number] {
  return { agent: agent.ordinal, post: post.id, origin: post.origin.id, source, position };
}

/** What the scenario makes an agent do: sequence numbers from 200 on, one more for each of its acts in the tick. */
function scheduled(world: World, population: Population, agent: Agent, tick: number): Attempt[] {
  const isHis = (id: string, key: Agent['key']): boolean => keyOfText(id).lo === key.lo && keyOfText(id).hi === key.hi;
  const due = world.plan.interventions.filter((one) => one.tick === tick && isHis(one.agent, agent.key));
  return due.map((one, i) => {
    if (one.agent !== externalId(population.ids, agent.ordinal)) throw new TypeError('two ids have one key');
    const other = world.agents.find(({ key }) => one.target !== undefined && isHis(one.target, key));
    const given = one.appeal === undefined ? {} : { amount: Math.round(one.appeal * 256), isAppealGiven: true };
    const base = { actor: agent, verb: one.verb, sequence: 200 + i, target: other?.ordinal ?? 0 };
    return { ...base, amount: one.amount ?? 0, ...given };
  });
}

/** What an agent that is awake attempts, by rules or wildly. */
function decide(world: World, agent: Agent, feed: readonly Item[], tick: number): Attempt[] {
  if (agent.parameters === undefined) return decideWildly(world, agent, feed, tick);
  return decideByRules(world, agent, agent.parameters, feed, tick);
}

function decideWildly(world: World, agent: Agent, feed: readonly Item[], tick: number): Attempt[] {
  const acts = wildActs({
    items: feed.map(({ post }) => ({ post: post.id, author: post.origin.author.ordinal })),
    agentCount: world.agents.length,
    nextPost: world.nextPost,
    draw: (index) => draw(world.plan.seed, tick, agent.key, purposes.own, index),
  });
  return acts.map((act, sequence) => ({ actor: agent, sequence, ...formed(act) }));
}

/** An attempt as it is written down: what is no 32-bit integer is not kept, and said to be a flaw. */
function formed({ verb, target, amount }: WildAct): Omit<Attempt, 'actor' | 'sequence'> {
  const isWord = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  const known: OracleVerb = verb === 'fly' ? 'unknown' : (verb as BuiltInVerb);
  const kept = { verb: known, target: target ?? -1, amount: isWord(amount) ? amount : 0 };
  if (target !== undefined && !isWord(target)) return { ...kept, target: -1, flaw: 'TARGET_INVALID' };
  if (!isWord(amount)) return { ...kept, flaw: 'AMOUNT_RANGE' };
  if (target !== undefined || known === 'unknown') return kept;
  return targetOf(known) === 'none' ? { ...kept, target: 0 } : { ...kept, flaw: 'TARGET_MISSING' };
}

/** The rule policy: one reaction at most to each item, then an own post and the dropping of a followee. */
function decideByRules(
  world: World,
  agent: Agent,
  parameters: RuleParameters,
  feed: readonly Item[],
  tick: number,
): Attempt[] {
  const attempts: Attempt[] = [];
  const attempt = (verb: BuiltInVerb, target = 0): void => {
    if (attempts.length < 64) attempts.push({ actor: agent, verb, sequence: attempts.length, target, amount: 0 });
  };
  const unit = (purpose: Purpose, index: number): number => draw(world.plan.seed, tick, agent.key, purpose, index);
  feed.forEach((item, k) => {
    const spread = spreadProbability(agent, parameters, item.post.origin);
    const verb = reaction(parameters, spread, unit(purposes.adopt, k));
    const { origin } = item.post;
    const vote = verb === 'upvote' ? 'like' : 'dislike';
    // A vote toggles: who voted so already leaves it at that.
    const isTaken = (verb === 'upvote' || verb === 'downvote') && agent.reactions.get(origin)?.has(vote) === true;
    if (verb === undefined || isTaken) return;
    attempt(verb, item.post.id);
    const spreads = verb === 'repost' || verb === 'quote';
    const { author } = origin;
    if (spreads && author !== agent && unit(purposes.follow, k) < parameters.followShare) {
      attempt('follow', author.ordinal);
    }
  });
  if (unit(purposes.post, 0) < parameters.postShare) attempt('post');
  if (unit(purposes.unfollow, 0) < parameters.unfollowShare && agent.follows.size > 0) {
    const followees = [...agent.follows].sort((x, y) => x.ordinal - y.ordinal);
    attempt('unfollow', followees[Math.floor(unit(purposes.select, 0) * followees.length)].ordinal);
  }
  return attempts;
}

function spreadProbability(agent: Agent, parameters: RuleParameters, origin: Post): number {
  const memory = agent.memory.find((one) => one.origin === origin);
  if (memory?.acted === true) return 0;
  const { intercept, interestWeight, socialWeight, fatiguePerExposure, capShare } = parameters;
  const match = dot(agent.interest, origin.topic) / (127 * 127);
  const pull = interestWeight * match + socialWeight * logOfCount(1 + origin.shares) + origin.appeal / 256;
  return Math.min(capShare, logistic(intercept + pull - fatiguePerExposure * (memory?.seen ?? 0)));
}

/** log2, straight between powers of two. */
function logOfCount(count: number): number {
  let exponent = 0;
  while (2 ** (exponent + 1) <= count) exponent++;
  return exponent + count / 2 ** exponent - 1;
}

/** Odds of the reactions relative to repost, laid end to end above the draw. */
function reaction(parameters: RuleParameters, spread: number, u: number): BuiltInVerb | undefined {
  const { quoteRatio, replyRatio, likeRatio, dislikeRatio, reportRatio, votes, spreads } = parameters;
  const ladder = [
    ['repost', spreads === false ? 0 : 1],
    ['quote', quoteRatio],
    ['reply', replyRatio],
    [votes === true ? 'upvote' : 'like', likeRatio],
    [votes === true ? 'downvote' : 'dislike', dislikeRatio],
    ['report', reportRatio],
  ] as const;
  let edge = 0;
  for (const [verb, ratio] of ladder) {
    edge += ratio;
    if (u < spread * edge) return verb;
  }
  return undefined;
}
