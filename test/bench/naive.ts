/**
 * The same model as one would write it first: a Map of agent objects, a graphology graph of follows, arrays of posts.
 *
 * Rules, recency feed and exposure memory are those of the engine (`sim/policy/rules.ts`), ticks are bulk-synchronous as well, and
 * every agent keeps objects for what it saw. It spares what a first version spares: no ruling with reasons, no record, no digest
 * chain, no keyed draws (one seeded sequence of numbers), no shards. So it does less, with the same population and parameters:
 * awake agents, items shown and acts must come out near the engine's, and are printed beside the ratio. Draws differ, so
 * digests do not compare.
 */
import { DirectedGraph } from 'graphology';
import { topicCount } from '../../sim/world/agents.ts';
import { planOf, populate } from './world.ts';
import type { RuleParameters } from '../../sim/policy/rules.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { Sample } from './interleave.ts';
import type { WorldOrder } from './world.ts';

export interface NaiveOrder extends WorldOrder {
  readonly kind: 'naive';
}

interface Post {
  readonly id: number;
  readonly author: Agent;
  readonly origin: Post | undefined;
  readonly topic: readonly number[];
  readonly appeal: number;
  shares: number;
  likes: number;
}

interface Agent {
  readonly id: string;
  readonly interest: readonly number[];
  readonly wakeShare: number;
  posts: Post[];
  readonly seen: Map<Post, number>;
  readonly acted: Set<Post>;
}

interface World {
  readonly plan: Plan;
  readonly parameters: RuleParameters;
  readonly agents: Map<string, Agent>;
  readonly follows: DirectedGraph;
  readonly random: () => number;
  nextPost: number;
}

type Act =
  | { readonly verb: 'post'; readonly actor: Agent }
  | { readonly verb: 'repost' | 'quote' | 'reply' | 'like'; readonly actor: Agent; readonly post: Post }
  | { readonly verb: 'follow' | 'unfollow'; readonly actor: Agent; readonly other: string };

/** A seeded sequence of numbers in [0, 1): mulberry32. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

function createWorld(order: NaiveOrder): World {
  const plan = planOf(order);
  const population = populate(order);
  const [policy] = plan.policies;
  if (policy.kind !== 'rules') throw new TypeError('rules only');
  const follows = new DirectedGraph();
  const world: World = {
    ...{ plan, follows, parameters: policy.parameters, random: sequence(plan.seed) },
    agents: new Map(),
    nextPost: 1,
  };
  for (let i = 0; i < population.count; i++) {
    const interest = Array.from(population.interest.subarray(i * topicCount, (i + 1) * topicCount), (one) => one / 127);
    const wakeShare = 1 - Math.exp((-population.wakesPerDay[i] * plan.tickSeconds) / 86400);
    const id = `agent-${i}`;
    const agent: Agent = { id, interest, wakeShare, posts: [], seen: new Map(), acted: new Set() };
    world.agents.set(id, agent);
    follows.addNode(id);
    write(world, agent, undefined);
  }
  for (let i = 0; i < population.count; i++) {
    for (let k = population.followOffset[i]; k < population.followOffset[i + 1]; k++) {
      follows.mergeDirectedEdge(`agent-${i}`, `agent-${population.followee[k]}`);
    }
  }
  return world;
}

export function measureNaive(order: NaiveOrder): Sample {
  const world = createWorld(order);
  const totals = { awake: 0, items: 0, acts: 0 };
  const warmTicks = Math.floor(order.ticks / 3);
  let start = process.cpuUsage();
  for (let tick = 0; tick < order.ticks; tick++) {
    if (tick === warmTicks) start = process.cpuUsage();
    runTick(world, totals);
  }
  const { user, system } = process.cpuUsage(start);
  return {
    cpuMs: (user + system) / 1000 / (order.ticks - warmTicks),
    digest: `${world.nextPost}/${totals.acts}`,
    awake: totals.awake / order.ticks,
    itemsPerAwake: totals.items / totals.awake,
    intentsPerAwake: totals.acts / totals.awake,
    rssBytesPerAgent: process.memoryUsage().rss / order.agents,
  };
}

function runTick(world: World, totals: { awake: number; items: number; acts: number }): void {
  const acts: Act[] = [];
  const looks: { agent: Agent; feed: Post[] }[] = [];
  for (const agent of world.agents.values()) {
    if (world.random() >= agent.wakeShare) continue;
    const feed = feedOf(world, agent);
    decide(world, agent, feed, acts);
    looks.push({ agent, feed });
    totals.items += feed.length;
  }
  for (const act of acts) apply(world, act);
  for (const { agent, feed } of looks) for (const post of feed) remember(world, agent, post);
  totals.awake += looks.length;
  totals.acts += acts.length;
}

function feedOf(world: World, agent: Agent): Post[] {
  const { length, exposuresMax } = world.plan.feed;
  const oldest = world.nextPost - (world.plan.postCapacity * 3) / 4;
  const candidates: Post[] = [];
  for (const followee of world.follows.outNeighbors(agent.id)) {
    for (const post of world.agents.get(followee)?.posts ?? []) if (post.id >= oldest) candidates.push(post);
  }
  candidates.sort((x, y) => y.id - x.id);
  const feed: Post[] = [];
  const shown = new Set<Post>();
  for (const post of candidates.slice(0, length * 2)) {
    if (feed.length === length) break;
    const origin = post.origin ?? post;
    if (
      origin.id < oldest ||
      shown.has(origin) ||
      agent.acted.has(origin) ||
      (agent.seen.get(origin) ?? 0) >= exposuresMax
    )
      continue;
    shown.add(origin);
    feed.push(post);
  }
  return feed;
}

function decide(world: World, actor: Agent, feed: readonly Post[], acts: Act[]): void {
  const { parameters, random } = world;
  const { quoteRatio, replyRatio, likeRatio } = parameters;
  for (const post of feed) {
    const origin = post.origin ?? post;
    const p = spreadProbability(parameters, actor, origin);
    const odds = random() / p;
    if (odds < 1) acts.push({ verb: 'repost', actor, post });
    else if (odds < 1 + quoteRatio) acts.push({ verb: 'quote', actor, post });
    else if (odds < 1 + quoteRatio + replyRatio) acts.push({ verb: 'reply', actor, post });
    else if (odds < 1 + quoteRatio + replyRatio + likeRatio) acts.push({ verb: 'like', actor, post });
    if (odds < 1 + quoteRatio && random() < parameters.followShare && origin.author !== actor) {
      acts.push({ verb: 'follow', actor, other: origin.author.id });
    }
  }
  if (random() < parameters.postShare) acts.push({ verb: 'post', actor });
  if (random() < parameters.unfollowShare) {
    const followees = world.follows.outNeighbors(actor.id);
    const other = followees[Math.floor(random() * followees.length)];
    if (other !== undefined) acts.push({ verb: 'unfollow', actor, other });
  }
}

function spreadProbability(parameters: RuleParameters, agent: Agent, post: Post): number {
  const match = agent.interest.reduce((sum, one, k) => sum + one * post.topic[k], 0);
  const score =
    parameters.intercept +
    parameters.interestWeight * match +
    parameters.socialWeight * Math.log2(1 + post.shares) +
    post.appeal -
    parameters.fatiguePerExposure * (agent.seen.get(post) ?? 0);
  return Math.min(parameters.capShare, 1 / (1 + Math.exp(-score)));
}

function apply(world: World, act: Act): void {
  if ('post' in act) react(world, act.actor, act.post.origin ?? act.post, act.verb);
  else if ('other' in act) changeTie(world, act.actor, act.other, act.verb);
  else write(world, act.actor, undefined);
}

function changeTie({ follows }: World, actor: Agent, other: string, verb: 'follow' | 'unfollow'): void {
  if (verb === 'follow') follows.mergeDirectedEdge(actor.id, other);
  else if (follows.hasDirectedEdge(actor.id, other)) follows.dropDirectedEdge(actor.id, other);
}

function react(world: World, actor: Agent, origin: Post, verb: 'repost' | 'quote' | 'reply' | 'like'): void {
  if (verb === 'like') origin.likes++;
  else write(world, actor, origin, verb === 'repost');
  if (verb !== 'repost' && verb !== 'quote') return;
  origin.shares++;
  actor.acted.add(origin);
}

function write(world: World, author: Agent, about: Post | undefined, isRepost = false): void {
  const { random, plan } = world;
  const topic = about?.topic ?? topicBy(author, random);
  const appeal = about?.appeal ?? plan.appealSpread * (random() + random() + random() - 1.5) * 2;
  const origin = isRepost ? about : undefined;
  const post: Post = { id: world.nextPost++, author, origin, topic, appeal, shares: 0, likes: 0 };
  author.posts = [post, ...author.posts].slice(0, 4);
  author.acted.add(origin ?? post);
}

/** A unit vector: the author's interests and a drawn direction. */
function topicBy(author: Agent, random: () => number): number[] {
  const drawn = unit(author.interest.map(() => random() * 2 - 1));
  return unit(author.interest.map((one, k) => 0.6 * one + 0.4 * drawn[k]));
}

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
  return vector.map((one) => one / length);
}

/** The memory forgets what it met first once it holds more than sixteen. */
function remember(world: World, agent: Agent, post: Post): void {
  const origin = post.origin ?? post;
  agent.seen.set(origin, (agent.seen.get(origin) ?? 0) + 1);
  if (agent.seen.size <= world.plan.memoryLength) return;
  const [oldest] = agent.seen.keys();
  agent.seen.delete(oldest);
  agent.acted.delete(oldest);
}
