/**
 * Which agents and ties a dashboard draws, and into which groups all agents fall.
 *
 * Up to `shownMax` agents all are drawn. Of more, the most followed and a draw among their followers: a plain sample of a large sparse graph
 * has hardly a tie to show. Of ties, a share is drawn that is decided by a hash of the pair, so that a tie made later is drawn or not by the
 * same rule. Both are said in words beside the picture; figures of groups count everybody.
 * Groups: an attribute with up to eight words if the population has one, else the topic that an agent cares for most.
 * Reads the population alone. Memory: 5 bytes an agent beside what is drawn.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { mix32 } from '../../sim/ground/random.ts';
import { topicCount } from '../../sim/world/agents.ts';
import { boardName } from '../../sim/world/wording.ts';
import { topicOf } from '../../sim/world/posts.ts';
import type { Population } from '../../sim/world/population.ts';

/** What is drawn. */
export interface Shown {
  /** Ordinals, ascending. */
  readonly agents: Int32Array;
  /** Node of each agent, -1 for those that are not drawn. */
  readonly nodeOf: Int32Array;
  readonly followers: Int32Array;
  /** Which agents, in words; empty where all are. */
  readonly note: string;
  /** Ties among the drawn at the start: nodes. */
  readonly source: Int32Array;
  readonly target: Int32Array;
  /** Ties among the drawn at the start, drawn or not. */
  readonly tiesAmong: number;
  /** Whether a tie between two agents is drawn. */
  readonly isDrawn: (source: number, target: number) => boolean;
}

/** Groups of all agents. */
export interface Groups {
  readonly kind: string;
  readonly names: readonly string[];
  /** Group of each agent. */
  readonly of: Uint8Array;
  readonly sizes: readonly number[];
}

/** More agents than these are sampled: beyond it a layout takes minutes and a page drops frames. */
export const shownMax = 50_000;
const sampledCount = 4000;
const hubShare = 0.1;
const edgesPerNode = 3;
const edgesMin = 20_000;

/** Chooses. `count`: how many agents at most; by default all up to `shownMax`, else 4,000. */
export function chooseShown(
  population: Population,
  count = population.count <= shownMax ? shownMax : sampledCount,
): Shown {
  const followers = followersOf(population);
  const isAll = population.count <= count;
  const agents = isAll
    ? Int32Array.from({ length: population.count }, (_, i) => i)
    : sample(population, followers, count);
  const nodeOf = new Int32Array(population.count).fill(-1);
  agents.forEach((agent, node) => (nodeOf[agent] = node));
  const tiesAmong = countAmong(population, nodeOf);
  const wanted = Math.max(edgesMin, agents.length * edgesPerNode);
  const bound = tiesAmong <= wanted ? 2 ** 32 : Math.floor((wanted / tiesAmong) * 2 ** 32);
  const isDrawn = (source: number, target: number): boolean =>
    mix32(Math.imul(source, 0x9e3779b1) ^ target) >>> 0 < bound;
  const [source, target] = [[] as number[], [] as number[]];
  const { followOffset, followee } = population;
  for (const agent of agents) {
    for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) {
      const other = followee[tie];
      if (nodeOf[other] < 0 || other === agent || !isDrawn(agent, other)) continue;
      source.push(nodeOf[agent]);
      target.push(nodeOf[other]);
    }
  }
  return {
    ...{ agents, nodeOf, followers, tiesAmong, isDrawn },
    ...{ source: Int32Array.from(source), target: Int32Array.from(target) },
    note: isAll ? '' : noteOf(population.count, agents.length, Math.round(agents.length * hubShare)),
  };
}

function noteOf(all: number, shown: number, hubs: number): string {
  return `${counted(shown)} of ${counted(all)} agents are drawn: the ${counted(hubs)} most followed and a draw among their followers. Figures and groups count everybody.`;
}

/** A number with commas, the same on every machine. */
export function counted(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function followersOf({ count, followee }: Population): Int32Array {
  const followers = new Int32Array(count);
  for (let tie = 0; tie < followee.length; tie++) followers[followee[tie]]++;
  return followers;
}

/** The most followed, then followers of theirs in a drawn order, then anybody if those are too few. */
function sample(population: Population, followers: Int32Array, count: number): Int32Array {
  const hubs = mostFollowed(followers, Math.round(count * hubShare));
  const isTaken = new Uint8Array(population.count);
  for (const hub of hubs) isTaken[hub] = 1;
  const candidates: number[] = [];
  for (let agent = 0; agent < population.count; agent++) {
    if (isTaken[agent] === 0 && followsOneOf(population, agent, isTaken)) candidates.push(agent);
  }
  const stream = randomStream(1, streamPurposes.sample, 10);
  const drawn = draw(candidates, count - hubs.length, stream);
  for (const agent of drawn) isTaken[agent] = 1;
  while (hubs.length + drawn.length < Math.min(count, population.count)) {
    const agent = stream.below(population.count);
    if (isTaken[agent] === 1) continue;
    isTaken[agent] = 1;
    drawn.push(agent);
  }
  return Int32Array.from([...hubs, ...drawn]).sort();
}

function followsOneOf({ followOffset, followee }: Population, agent: number, wanted: Uint8Array): boolean {
  for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++)
    if (wanted[followee[tie]] === 1) return true;
  return false;
}

/** The first places of a shuffle. */
function draw(values: number[], count: number, stream: { below(bound: number): number }): number[] {
  const taken = Math.min(count, values.length);
  for (let place = 0; place < taken; place++) {
    const from = place + stream.below(values.length - place);
    [values[place], values[from]] = [values[from], values[place]];
  }
  return values.slice(0, taken);
}

/** By a threshold that so many pass; equal ones in the order of ordinals. */
function mostFollowed(followers: Int32Array, count: number): number[] {
  const sorted = followers.slice().sort();
  const least = sorted[Math.max(0, sorted.length - count)];
  const above: number[] = [];
  const equal: number[] = [];
  followers.forEach((value, agent) => {
    if (value > least) above.push(agent);
    else if (value === least && equal.length < count) equal.push(agent);
  });
  return [...above, ...equal].slice(0, count);
}

function countAmong({ followOffset, followee, count }: Population, nodeOf: Int32Array): number {
  let among = 0;
  for (let agent = 0; agent < count; agent++) {
    if (nodeOf[agent] < 0) continue;
    for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) if (nodeOf[followee[tie]] >= 0) among++;
  }
  return among;
}

const groupsMax = 8;

/** The groups of a population. */
export function groupsOf(population: Population): Groups {
  const { count, traits = [], interest } = population;
  const trait = traits.find(({ labels }) => labels !== undefined && labels.length > 1 && labels.length <= groupsMax);
  const of = new Uint8Array(count);
  if (trait?.labels !== undefined) of.set(trait.value);
  else for (let agent = 0; agent < count; agent++) of[agent] = topicOf(interest, agent * topicCount) >> 1;
  const names = trait?.labels ?? Array.from({ length: topicCount }, (_, topic) => boardName(topic * 2).split(':')[0]);
  const sizes = names.map(() => 0);
  for (const group of of) sizes[group]++;
  return { kind: trait === undefined ? 'topic cared for most' : trait.name, names, of, sizes };
}
