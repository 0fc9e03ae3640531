/**
 * The kernel's task as one would write it first: a Map of agent objects, a graphology graph of follows, one object a post and an
 * act, one thread.
 *
 * Draws, interests and topics are the kernel's, so the digest must be the kernel's too; that is the check that both do the same
 * work. Math.exp stands in for our own logistic: a draw would have to fall between two neighbouring doubles to tell them apart.
 * Kept small and honest: nothing here is slower on purpose, and nothing is packed.
 */
import { DirectedGraph } from 'graphology';
import { draw, purposes } from '../../sim/ground/random.ts';
import { topicCount, topicScale } from '../../sim/world/agents.ts';
import { Stopwatch } from './stopwatch.ts';
import { readGraph } from './world.ts';
import { checksumOf, component, feedLength, intercept, kernelKey, kernelSeed, matchWeight } from './kernel-task.ts';
import { recentLength, tenth, topicComponent } from './kernel-task.ts';
import type { Purpose } from '../../sim/ground/random.ts';
import type { Sample } from './interleave.ts';

export interface NaiveKernelOrder {
  readonly kind: 'naive-kernel';
  readonly graph: string;
  readonly ticks: number;
}

interface Post {
  readonly id: number;
  readonly topic: readonly number[];
  shares: number;
}

interface Agent {
  readonly id: string;
  readonly key: { readonly lo: number; readonly hi: number };
  readonly interest: readonly number[];
  /** Newest first. */
  recent: Post[];
}

type Act =
  | { readonly verb: 'share'; readonly actor: Agent; readonly post: Post }
  | { readonly verb: 'post'; readonly actor: Agent };

interface World {
  readonly agents: Map<string, Agent>;
  readonly follows: DirectedGraph;
  readonly posts: Post[];
}

const tenthShare = tenth / 0x1_0000_0000;
const warmTicks = 5;

export function measureNaiveKernel(order: NaiveKernelOrder): Sample {
  const world = createWorld(order);
  const totals = { active: 0, items: 0, reshares: 0 };
  const stopwatch = new Stopwatch();
  for (let tick = 0; tick < order.ticks; tick++) {
    if (tick === warmTicks) stopwatch.start();
    runTick(world, tick, totals);
  }
  const times = stopwatch.timesPer(order.ticks - warmTicks);
  const recents = Array.from(world.agents.values(), ({ recent }) =>
    Array.from({ length: recentLength }, (_, k) => recent[k]?.id ?? 0),
  );
  return {
    ...times,
    digest: checksumOf([0, ...world.posts.map((post) => post.shares)], recents.flat()),
    ...{ active: totals.active / order.ticks, items: totals.items, reshares: totals.reshares },
    posts: world.posts.length,
  };
}

function createWorld(order: NaiveKernelOrder): World {
  const { followOffset, followee } = readGraph(order.graph);
  const world: World = { agents: new Map(), follows: new DirectedGraph(), posts: [] };
  const count = followOffset.length - 1;
  for (let i = 0; i < count; i++) {
    const interest = Array.from({ length: topicCount }, (_, k) => component(i * topicCount + k));
    const agent: Agent = { id: `agent-${i}`, key: kernelKey(i), interest, recent: [] };
    world.agents.set(agent.id, agent);
    world.follows.addNode(agent.id);
    write(world, agent);
  }
  for (let i = 0; i < count; i++) {
    for (let k = followOffset[i]; k < followOffset[i + 1]; k++) {
      world.follows.addDirectedEdge(`agent-${i}`, `agent-${followee[k]}`);
    }
  }
  return world;
}

function runTick(world: World, tick: number, totals: { active: number; items: number; reshares: number }): void {
  const acts: Act[] = [];
  for (const actor of world.agents.values()) {
    const drawFor = (purpose: Purpose, index = 0): number => draw(kernelSeed, tick, actor.key, purpose, index);
    if (drawFor(purposes.wake) >= tenthShare) continue;
    const feed = feedOf(world, actor, drawFor(purposes.feed));
    totals.active++;
    totals.items += feed.length;
    for (const [k, post] of feed.entries()) {
      if (drawFor(purposes.adopt, k) >= adoption(actor, post)) continue;
      acts.push({ verb: 'share', actor, post });
      totals.reshares++;
    }
    if (drawFor(purposes.post) < tenthShare) acts.push({ verb: 'post', actor });
  }
  for (const act of acts) {
    if (act.verb === 'post') write(world, act.actor);
    else share(act.actor, act.post);
  }
}

/** The newest of each followee in turn, then the second of each, and so on, from a drawn start. */
function feedOf({ agents, follows }: World, reader: Agent, start: number): Post[] {
  const followees = follows.outNeighbors(reader.id);
  const first = Math.floor(start * followees.length);
  const turn = [...followees.slice(first), ...followees.slice(0, first)];
  const feed: Post[] = [];
  for (let age = 0; age < recentLength; age++) {
    for (const followee of turn) {
      const post = agents.get(followee)?.recent[age];
      if (post === undefined) continue;
      feed.push(post);
      if (feed.length === feedLength) return feed;
    }
  }
  return feed;
}

function adoption(agent: Agent, post: Post): number {
  const match = agent.interest.reduce((sum, one, k) => sum + one * post.topic[k], 0) / (topicScale * topicScale);
  return 1 / (1 + Math.exp(intercept - matchWeight * match));
}

function share(actor: Agent, post: Post): void {
  post.shares++;
  actor.recent = [post, ...actor.recent].slice(0, recentLength);
}

function write(world: World, author: Agent): void {
  const id = world.posts.length + 1;
  const topic = author.interest.map((own, k) => topicComponent(own, id, k));
  const post: Post = { id, topic, shares: 0 };
  world.posts.push(post);
  author.recent = [post, ...author.recent].slice(0, recentLength);
}
