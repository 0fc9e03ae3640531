/**
 * Worlds for measuring feeds by interest: so many live posts and readers, arranged uniformly or in clusters, and one tick's index of them.
 *
 * Readers follow nobody and sleep, so that what is measured is the lookup alone. Topics of posts and interests of readers are arranged alike.
 */
import { topicCount } from '../../sim/world/agents.ts';
import { canonicalPopulation } from '../../sim/world/population.ts';
import { generateAttributes } from '../../sim/world/generate.ts';
import { dotFace, postKinds, postRow, writeFace } from '../../sim/world/posts.ts';
import { idsOfCell, noCell, probesPerAgent, standOf } from '../../sim/world/topic-index.ts';
import { control } from '../../sim/engine/barrier.ts';
import { createShard, openTick } from '../../sim/engine/shard.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { prepare } from '../../sim/engine/simulate.ts';
import { renewTopics } from '../../sim/engine/keep-topics.ts';
import { createNeighbourScratch } from '../../sim/recommender/neighbour-scratch.ts';
import { findExactNeighbours, findNeighbours, seekNeighbours } from '../../sim/recommender/neighbours.ts';
import { drawVectors } from './embedding.ts';
import { planOf } from './world.ts';
import type { AgentRow } from '../../sim/ground/ids.ts';
import type { PerceptRow } from '../../sim/exchange/tables.ts';
import type { TopicIndex } from '../../sim/world/topic-index.ts';
import type { Arrangement } from './embedding.ts';

/** What is measured. */
export interface NeighbourOrder {
  readonly agents: number;
  readonly posts: number;
  readonly arrangement: Arrangement;
  /** Neighbours asked for, and readers whose exact ones are looked up to compare. */
  readonly length: number;
  readonly compared: number;
}

/** What was measured: CPU of this thread alone. */
export interface NeighbourSample {
  readonly cells: number;
  readonly recallAt10: number;
  readonly indexMicroseconds: number;
  readonly exactMicroseconds: number;
  /** Posts that a lookup scans, the mean: a count, which no other work on the machine moves. */
  readonly scanned: number;
  readonly buildSeconds: number;
}

/** Builds a world, its index, and looks up everybody's neighbours, in turns. */
export function measureNeighbours(order: NeighbourOrder): NeighbourSample {
  const shard = openedShard(order);
  const { state } = shard;
  const before = process.threadCpuUsage();
  for (const pause of renewTopics(shard)) if (pause !== 'meet') break;
  const buildSeconds = secondsSince(before);
  const scratch = createNeighbourScratch();
  const stride = Math.max(1, Math.floor(order.agents / order.compared));
  let hits = 0;
  const begun = process.threadCpuUsage();
  const lasts = Array.from({ length: order.compared }, (_, k) => {
    findExactNeighbours(state, (k * stride) as AgentRow, scratch, 10);
    return matchOf((k * stride) as AgentRow, scratch.found[9]);
  });
  const exactMicroseconds = (secondsSince(begun) * 1e6) / order.compared;
  lasts.forEach((last, k) => {
    const count = findNeighbours(state, (k * stride) as AgentRow, scratch, order.length);
    for (let i = 0; i < Math.min(10, count); i++)
      if (matchOf((k * stride) as AgentRow, scratch.found[i]) >= last) hits++;
  });
  // As a tick does it: so many readers awake at once, in the order of their first cells.
  const { percepts } = shard.tables;
  const awake = Math.min(order.agents, 50_000);
  const awakenAll = (round: number): void => {
    for (let k = 0; k < awake; k++) percepts.agent[k as PerceptRow] = (round + k * 7919) % order.agents;
    seekNeighbours(state, percepts, awake, scratch);
  };
  awakenAll(0);
  const start = process.threadCpuUsage();
  for (let round = 1; round <= 4; round++) awakenAll(round);
  const indexMicroseconds = (secondsSince(start) * 1e6) / (4 * awake);
  const cells = state.topics === undefined ? 0 : standOf(state.topics).cellCount;
  let scanned = 0;
  for (let reader = 0; reader < order.compared; reader++) scanned += scannedFor(state.topics, reader * stride);
  return {
    cells,
    scanned: scanned / order.compared,
    recallAt10: hits / (10 * order.compared),
    indexMicroseconds,
    exactMicroseconds,
    buildSeconds,
  };

  function matchOf(agent: AgentRow, post: number): number {
    return dotFace(state.agents.interest, agent * topicCount, state.posts.face, postRow(state.posts, post));
  }
}

/** Posts in the cells that an agent looks through. */
function scannedFor(topics: TopicIndex | undefined, agent: number): number {
  if (topics === undefined) return 0;
  const probes = topics.probes.subarray(agent * probesPerAgent, (agent + 1) * probesPerAgent);
  return probes.reduce((sum, cell) => sum + (cell === noCell ? 0 : idsOfCell(topics, cell).length), 0);
}

function openedShard({ agents, posts, arrangement }: NeighbourOrder): ReturnType<typeof createShard> {
  const bytes = (count: number, seed: number): Int8Array =>
    Int8Array.from(drawVectors(count, topicCount, arrangement, seed), (one) => Math.round(one * 127));
  const attributes = generateAttributes(7, {
    ...{ count: agents, idPrefix: 'agent-', wakesPerDayMean: 1e-9, activitySpread: 0, focusShare: 0.6 },
    profileShares: new Float64Array(24).fill(1 / 24),
  });
  const ties = { followOffset: new Int32Array(agents + 1), followee: new Int32Array(0) };
  const population = canonicalPopulation({ ...attributes, ...ties, interest: bytes(agents, 21) });
  const base = planOf({ agents, ticks: 2, feed: 'interest' });
  const postCapacity = 1 << (32 - Math.clz32(Math.ceil((posts * 4) / 3)));
  const plan = { ...base, postCapacity, feed: { ...base.feed, candidates: 'index' as const } };
  const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
  const simulation = prepare({ plan, population, placement, code: noOwnCode, sampleShare: 0, unchained: true });
  const shard = createShard(simulation.orders[0], noOwnCode);
  const topics = bytes(posts, 22);
  for (let id = 1; id <= posts; id++) {
    const row = postRow(shard.state.posts, id);
    shard.state.posts.kind[row] = postKinds.post;
    shard.state.posts.origin[row] = id;
    writeFace(shard.state.posts.face, row, topics.subarray((id - 1) * topicCount, id * topicCount), 0);
  }
  shard.attached.control[control.nextPost] = posts + 1;
  openTick(shard, 0);
  return shard;
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1e6;
}
