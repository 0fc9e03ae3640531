/**
 * One tick on plain objects: the oracle of the whole engine, for the rule policy and the built-in feeds.
 *
 * Written from the headers and the design, not from the kernels: agents and posts are objects, ties are sets, lists are sorted
 * whole, and every draw is the one-call form of `sim/ground/random.ts`. There are no columns, rows, shards, logs or buffers.
 * Only what two programs must share bit for bit is shared: `draw`, `detmath`, and the numbers of verbs, outcomes, reasons and rules.
 * Order: agents act in the order of their ordinals, interventions of an agent before its own acts; all see world(t), and what is
 * granted appears in world(t + 1). Feeds stand in `oracle-feed.ts`. Slow on purpose: some 10^4 wakings a second.
 */
import { log, logistic, normalQuantile } from '../../../sim/ground/detmath.ts';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { keyOfText } from '../../../sim/ground/keys.ts';
import { externalId } from '../../../sim/world/population.ts';
import { outcomes, reasons, rules } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { dot } from './oracle-world.ts';
import { emptyBoards, feedOf, mainTopic, nextBoards } from './oracle-feed.ts';
import type { Purpose } from '../../../sim/ground/random.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';
import type { BuiltInVerb } from '../../../sim/exchange/verbs.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Act, Agent, Attempt, Item, Memory, OracleTick, Post, World } from './oracle-world.ts';

/** Builds the world before the first tick. The population must be canonical. */
export function createWorld(plan: Plan, population: Population): World {
  const agents = Array.from({ length: population.count }, (_, ordinal): Agent => {
    const { keyLo, keyHi, interest, profile, profileShares, wakesPerDay, policy } = population;
    const chosen = plan.policies[policy[ordinal]];
    if (chosen.kind !== 'rules') throw new TypeError('the oracle knows rules only');
    return {
      ordinal,
      key: { lo: keyLo[ordinal], hi: keyHi[ordinal] },
      interest: Array.from(interest.subarray(ordinal * 8, ordinal * 8 + 8)),
      hourShares: Array.from(profileShares.subarray(profile[ordinal] * 24, profile[ordinal] * 24 + 24)),
      wakesPerDay: wakesPerDay[ordinal],
      parameters: chosen.parameters,
      wakeTick: Infinity,
      follows: new Set(),
      latest: [],
      memory: [],
      done: new Set(),
    };
  });
  for (const agent of agents) {
    const { followOffset, followee } = population;
    for (let k = followOffset[agent.ordinal]; k < followOffset[agent.ordinal + 1]; k++) {
      agent.follows.add(agents[followee[k]]);
    }
    agent.wakeTick = nextWake(plan, agent, 0, open(draw(plan.seed, 0, agent.key, purposes.firstWake)));
  }
  return { plan, agents, nextPost: 1, oldestPost: 1, boards: emptyBoards() };
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
  const acts = agents.flatMap((agent) => {
    const feed = feeds.get(agent);
    const own = feed === undefined ? [] : decide(world, agent, feed, tick);
    return rule(world, [...scheduled(world, population, agent, tick), ...own]);
  });
  apply(world, acts, feeds, tick);
  for (const agent of awake) {
    agent.wakeTick = nextWake(world.plan, agent, tick + 1, open(draw(world.plan.seed, tick, agent.key, purposes.wake)));
  }
  return {
    acts: acts.map(rowOfAct),
    seen: awake.flatMap((agent) => (feeds.get(agent) ?? []).map((item, position) => rowOfItem(agent, item, position))),
    awake: awake.map((agent) => agent.ordinal),
  };
}

function rowOfAct(act: Act): OracleTick['acts'][number] {
  return {
    actor: act.actor.ordinal,
    verb: verbs[act.verb],
    sequence: act.sequence,
    target: act.post?.id ?? act.agent?.ordinal ?? 0,
    amount: act.appeal === undefined ? 0 : Math.round(act.appeal * 256),
    outcome: act.reason === 'OK' ? outcomes.granted : outcomes.refused,
    reason: reasons[act.reason].number,
    rule: act.rule,
    result: act.result?.id ?? 0,
    topic: act.result === undefined ? 0 : mainTopic(act.result.topic),
  };
}

function rowOfItem(agent: Agent, { post, source }: Item, position: number): OracleTick['seen'][number] {
  return { agent: agent.ordinal, post: post.id, origin: post.origin.id, source, position };
}

/** What the scenario makes an agent do: sequence numbers from 200 on, one more for each of its acts in the tick. */
function scheduled(world: World, population: Population, agent: Agent, tick: number): Attempt[] {
  const due = world.plan.interventions.filter((one) => {
    return one.tick === tick && keyOfText(one.agent).lo === agent.key.lo && keyOfText(one.agent).hi === agent.key.hi;
  });
  return due.map((one, i) => {
    if (one.agent !== externalId(population.ids, agent.ordinal)) throw new TypeError('two ids have one key');
    return { actor: agent, verb: 'post', sequence: 200 + i, post: undefined, agent: undefined, appeal: one.appeal };
  });
}

/** The rule policy: one reaction at most to each item, then an own post and the dropping of a followee. */
function decide(world: World, agent: Agent, feed: readonly Item[], tick: number): Attempt[] {
  const { parameters } = agent;
  const attempts: Attempt[] = [];
  const attempt = (verb: BuiltInVerb, post?: Post, other?: Agent): void => {
    if (attempts.length < 64) attempts.push({ actor: agent, verb, sequence: attempts.length, post, agent: other });
  };
  const unit = (purpose: Purpose, index: number): number => draw(world.plan.seed, tick, agent.key, purpose, index);
  feed.forEach((item, k) => {
    const spread = spreadProbability(agent, item.post.origin);
    const verb = reaction(parameters, spread, unit(purposes.adopt, k));
    if (verb === undefined) return;
    attempt(verb, item.post);
    const spreads = verb === 'repost' || verb === 'quote';
    const { author } = item.post.origin;
    if (spreads && author !== agent && unit(purposes.follow, k) < parameters.followShare) {
      attempt('follow', undefined, author);
    }
  });
  if (unit(purposes.post, 0) < parameters.postShare) attempt('post');
  if (unit(purposes.unfollow, 0) < parameters.unfollowShare && agent.follows.size > 0) {
    const followees = [...agent.follows].sort((x, y) => x.ordinal - y.ordinal);
    attempt('unfollow', undefined, followees[Math.floor(unit(purposes.select, 0) * followees.length)]);
  }
  return attempts;
}

function spreadProbability(agent: Agent, origin: Post): number {
  const memory = agent.memory.find((one) => one.origin === origin);
  if (memory?.acted === true) return 0;
  const { intercept, interestWeight, socialWeight, fatiguePerExposure, capShare } = agent.parameters;
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

/** Odds of the four reactions relative to repost, laid end to end above the draw. */
function reaction(parameters: RuleParameters, spread: number, u: number): BuiltInVerb | undefined {
  const ladder = [
    ['repost', 1],
    ['quote', parameters.quoteRatio],
    ['reply', parameters.replyRatio],
    ['like', parameters.likeRatio],
  ] as const;
  let edge = 0;
  for (const [verb, ratio] of ladder) {
    edge += ratio;
    if (u < spread * edge) return verb;
  }
  return undefined;
}

/** Rules on one agent's attempts in their order: each sees world(t) and what was granted to the agent before it. */
function rule(world: World, attempts: readonly Attempt[]): Act[] {
  const granted: Attempt[] = [];
  return attempts.map((attempt) => {
    const ruling = rulingOf(world, attempt, granted);
    if (ruling.reason === 'OK') granted.push(attempt);
    return { ...attempt, ...ruling };
  });
}

function rulingOf(world: World, attempt: Attempt, granted: readonly Attempt[]): Pick<Act, 'reason' | 'rule'> {
  const { actor, verb, post, agent } = attempt;
  const refused = (reason: Reason, by: keyof typeof rules) => ({ reason, rule: rules[by] });
  if (!world.plan.allowedVerbs.includes(verb)) return refused('VERB_NOT_ALLOWED', 'allowedVerb');
  if (post !== undefined) {
    if (Math.min(post.id, post.origin.id) < world.oldestPost) return refused('POST_ARCHIVED', 'targetExists');
    const isSame = (one: Attempt): boolean => one.verb === verb && one.post?.origin === post.origin;
    const isRepeated = actor.done.has(`${verb} ${post.origin.id}`) || granted.some(isSame);
    if (isRepeated && verb === 'repost') return refused('ALREADY_REPOSTED', 'onceOnly');
    if (isRepeated && verb === 'like') return refused('ALREADY_LIKED', 'onceOnly');
  }
  if (agent !== undefined) {
    if (agent === actor) return refused('SELF_TARGET', 'ownRelation');
    const changed = granted.findLast((one) => one.agent === agent);
    const follows = changed === undefined ? actor.follows.has(agent) : changed.verb === 'follow';
    if (verb === 'follow' && follows) return refused('ALREADY_FOLLOWING', 'ownRelation');
    if (verb === 'unfollow' && !follows) return refused('NOT_FOLLOWING', 'ownRelation');
  }
  return { reason: 'OK', rule: rules.none };
}

/** Makes world(t + 1): acts in canonical order, then exposures, then the window and the boards. */
function apply(world: World, acts: readonly Act[], feeds: ReadonlyMap<Agent, readonly Item[]>, tick: number): void {
  for (const act of acts) if (act.reason === 'OK') applyAct(world, act, tick);
  for (const [agent, feed] of feeds) {
    for (const item of feed) {
      const memory = recall(world, agent, item.post.origin);
      memory.seen = Math.min(127, memory.seen + 1);
    }
  }
  const { postCapacity } = world.plan;
  world.oldestPost = Math.max(1, world.nextPost - (postCapacity * 3) / 4);
  const isVote = (act: Act): boolean => act.reason === 'OK' && act.post !== undefined && act.verb !== 'reply';
  const votedFor = acts.filter(isVote).flatMap((act) => act.post?.origin ?? []);
  world.boards = nextBoards(world, [...votedFor, ...acts.flatMap((act) => act.result ?? [])]);
}

function applyAct(world: World, act: Act, tick: number): void {
  const { actor, verb, post, agent } = act;
  if (verb === 'follow' && agent !== undefined) actor.follows.add(agent);
  if (verb === 'unfollow' && agent !== undefined) actor.follows.delete(agent);
  if (post !== undefined && (verb === 'repost' || verb === 'quote')) post.origin.shares++;
  if (post !== undefined && verb === 'like') post.origin.likes++;
  if (post !== undefined && (verb === 'repost' || verb === 'like')) actor.done.add(`${verb} ${post.origin.id}`);
  if (verb === 'follow' || verb === 'unfollow' || verb === 'like') return;
  const made = write(world, act, tick);
  act.result = made;
  const isShown = world.plan.feed.repostsShown || (verb !== 'repost' && verb !== 'quote');
  if (isShown) actor.latest = [made, ...actor.latest].slice(0, 4);
  recall(world, actor, made.origin).acted = true;
  if (verb === 'quote' && post !== undefined) recall(world, actor, post.origin).acted = true;
}

function write(world: World, act: Act, tick: number): Post {
  const id = world.nextPost++;
  const counters = { shares: 0, likes: 0 };
  const head = { id, author: act.actor, tick, kind: act.verb, ...counters };
  if (act.post === undefined) return withOrigin({ ...head, ...originalContent(world.plan, act, tick) });
  const { origin } = act.post;
  const { topic, appeal } = origin;
  return act.verb === 'repost' ? { ...head, origin, topic, appeal } : withOrigin({ ...head, topic, appeal });
}

function withOrigin(post: Omit<Post, 'origin'>): Post {
  const made = { ...post } as { origin: Post } & Omit<Post, 'origin'>;
  made.origin = made;
  return made;
}

/** Topic: interests and a drawn direction, weighed by `topicFocusShare`, of length 127. Sixteen draws an act are reserved. */
function originalContent(plan: Plan, act: Act, tick: number): Pick<Post, 'topic' | 'appeal'> {
  const unit = (k: number): number => draw(plan.seed, tick, act.actor.key, purposes.topic, act.sequence * 16 + k);
  const drawn = scaled(
    act.actor.interest.map((_, k) => 2 * unit(k) - 1),
    1 - plan.topicFocusShare,
  );
  const mixed = act.actor.interest.map((one, k) => drawn[k] + plan.topicFocusShare * (one / 127));
  const topic = scaled(mixed, 127).map(Math.round);
  const logits = act.appeal ?? plan.appealSpread * normalQuantile(open(unit(8)));
  return { topic, appeal: Math.round(logits * 256) };
}

function scaled(vector: readonly number[], length: number): number[] {
  const now = Math.sqrt(dot(vector, vector));
  return vector.map((one) => (now > 0 ? (one * length) / now : 0));
}

/** The agent's memory of some content; met for the first time, it takes the place of the oldest. */
function recall(world: World, agent: Agent, origin: Post): Memory {
  const known = agent.memory.find((one) => one.origin === origin);
  if (known !== undefined) return known;
  const memory = { origin, seen: 0, acted: false };
  agent.memory = [...agent.memory, memory].slice(-world.plan.memoryLength);
  return memory;
}
