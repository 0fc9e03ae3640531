/**
 * The network of OASIS: ordinary agents follow core agents ("stars") of their own topics, and nobody else follows anybody.
 *
 * Each core agent has one topic, each ordinary agent a pair. An ordinary agent follows each core agent whose topic is in its pair with
 * probability `followShare`, independently. Core agents stand first and follow nobody; ordinary agents have no followers.
 * So an agent's expected number of followees is followShare x the core agents of its two topics, and a core agent's followers are
 * binomial: audiences of one topic are alike, and only the gap between core and ordinary agents makes the tail heavy.
 * Time is linear in ties and agents. Invariant: every tie runs from an ordinary to a core agent of its pair.
 * Oracle: one draw a pair, and binomial counts (`test/sim/social-graph/generators/star-and-topic.test.ts`).
 * Source: Yang et al., "OASIS: open agent social interaction simulations with one million agents", arXiv 2411.11581 (0.2 in its text
 * and code, 0.1 in its appendix); pairs and counts as in camel-ai/oasis 0.2.5.
 */
import { shuffle } from '../../ground/philox.ts';
import { graphDraws, graphStream, skip, skipRate } from './streams.ts';
import { addTie, createTieList, rowsOfTies } from './tie-list.ts';
import type { FollowRows } from '../prominent.ts';
import type { RandomStream } from '../../ground/philox.ts';
import type { TieList } from './tie-list.ts';

/** Topics of all agents, two an agent; the second of a core agent is not read. */
export interface StarTopics {
  /** Agents 0 .. coreCount - 1 are the core. OASIS has 196. */
  readonly coreCount: number;
  /** Integers from 0, n x 2. */
  readonly topics: Uint8Array;
}

/** Parameters of the network. */
export interface StarAndTopicParameters {
  /** Probability, [0, 1], that an ordinary agent follows a core agent of one of its topics. OASIS has 0.2. */
  readonly followShare: number;
}

/** A graph of the agents that `topics` describes. `seed` is an integer in [0, 2^53). */
export function starAndTopicGraph(seed: number, agents: StarTopics, parameters: StarAndTopicParameters): FollowRows {
  const { coreCount, topics } = agents;
  const count = topics.length / 2;
  const share = Math.min(1, parameters.followShare);
  const byTopic = coreByTopic(agents);
  const ties = createTieList(share * matchesOf(agents, byTopic));
  const stream = graphStream(seed, graphDraws.stars);
  const rate = skipRate(share);
  for (let agent = coreCount; agent < count && share > 0; agent++) {
    const first = byTopic[topics[2 * agent]];
    const second = topics[2 * agent] === topics[2 * agent + 1] ? none : byTopic[topics[2 * agent + 1]];
    followStars(ties, agent, { first, second }, rate, stream);
  }
  const { followOffset, followee } = rowsOfTies(count, ties);
  return { followOffset, followee };
}

const none = new Int32Array(0);

/** Walks the core agents of two topics, one list after the other. */
function followStars(
  ties: TieList,
  agent: number,
  { first, second }: { readonly first: Int32Array; readonly second: Int32Array },
  rate: number,
  stream: RandomStream,
): void {
  const end = first.length + second.length;
  for (let at = skip(stream, rate); at < end; at += 1 + skip(stream, rate)) {
    addTie(ties, agent, at < first.length ? first[at] : second[at - first.length]);
  }
}

function coreByTopic({ coreCount, topics }: StarTopics): Int32Array[] {
  const size = new Int32Array(256);
  for (let core = 0; core < coreCount; core++) size[topics[2 * core]]++;
  const found = Array.from(size, (count) => new Int32Array(count));
  const end = new Int32Array(256);
  for (let core = 0; core < coreCount; core++) {
    const topic = topics[2 * core];
    found[topic][end[topic]++] = core;
  }
  return found;
}

/** Pairs of an ordinary agent and a core agent of one of its topics. */
function matchesOf({ coreCount, topics }: StarTopics, byTopic: readonly Int32Array[]): number {
  let total = 0;
  for (let at = 2 * coreCount; at < topics.length; at += 2) {
    total += byTopic[topics[at]].length + (topics[at] === topics[at + 1] ? 0 : byTopic[topics[at + 1]].length);
  }
  return total;
}

/**
 * Topics as OASIS gives them: the pairs of `topicCount` topics in turn, shuffled over the ordinary agents, so that each pair is had
 * by equally many, give or take one. Core agents get topics in turn, likewise shuffled (OASIS reads theirs from real accounts).
 * `topicCount` is an integer in [2, 256]: 8 in OASIS, whose ninth topic its code never reaches.
 */
export function starTopics(
  seed: number,
  agents: { readonly count: number; readonly coreCount: number; readonly topicCount: number },
): StarTopics {
  const { count, topicCount } = agents;
  const coreCount = Math.min(count, agents.coreCount);
  const pairs: [number, number][] = [];
  for (let a = 0; a < topicCount; a++) for (let b = a + 1; b < topicCount; b++) pairs.push([a, b]);
  const stream = graphStream(seed, graphDraws.topics);
  const coreTurn = shuffledTurns(coreCount, topicCount, stream);
  const pairTurn = shuffledTurns(count - coreCount, pairs.length, stream);
  const topics = new Uint8Array(2 * count);
  coreTurn.forEach((topic, core) => topics.fill(topic, 2 * core, 2 * core + 2));
  pairTurn.forEach((pair, i) => {
    topics.set(pairs[pair], 2 * (coreCount + i));
  });
  return { coreCount, topics };
}

/** 0, 1 .. turnCount - 1, 0, 1 ... in random order. */
function shuffledTurns(length: number, turnCount: number, stream: RandomStream): Int32Array {
  const turns = Int32Array.from({ length }, (_, i) => i % turnCount);
  shuffle(turns, stream);
  return turns;
}
