/**
 * The graph against a Set of pairs: random follows and unfollows, merged at random moments by several shards.
 */
import { describe, expect, test } from 'vitest';
import { randomStream, shuffle } from '../../../sim/ground/philox.ts';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { agentShard, ownershipOf } from '../../../sim/world/ownership.ts';
import {
  currentFollowees,
  follows,
  logTie,
  mergeTie,
  noTie,
  tieLogSpec,
  tiePoolSpec,
  tieRowSpec,
} from '../../../sim/social-graph/ties.ts';
import type { Ties, TieSide } from '../../../sim/social-graph/ties.ts';
import type { AgentRow, Id } from '../../../sim/ground/ids.ts';

const shardCount = 3;

/** A graph in the making beside its oracle: pairs `follower,followee`. */
interface Graph {
  readonly ties: Ties;
  readonly pending: Int32Array;
  readonly ordinal: Int32Array;
  readonly agentCount: number;
  readonly pairs: Set<string>;
  readonly shardOf: (row: number) => number;
}

function emptyGraph(agentCount: number, poolLength: number, seed: number): Graph {
  const allocator = createAllocator(1 << 20);
  const side = (): TieSide => ({
    rows: attachTable(tieRowSpec, allocator.handle, allocateTable(tieRowSpec, agentCount, allocator)),
    pool: attachTable(tiePoolSpec, allocator.handle, allocateTable(tiePoolSpec, poolLength, allocator)),
    tail: Int32Array.from({ length: shardCount * 2 }, (_, i) => Math.floor((poolLength / shardCount) * ((i + 1) >> 1))),
  });
  const log = () => attachTable(tieLogSpec, allocator.handle, allocateTable(tieLogSpec, 4096, allocator));
  const ordinal = Int32Array.from({ length: agentCount }, (_, i) => i);
  shuffle(ordinal, randomStream(seed, 1000));
  const owner = ownershipOf(0, shardCount, agentCount);
  return {
    ties: { followees: side(), followers: side(), logs: [log(), log(), log()], logCount: new Int32Array(shardCount) },
    ...{ ordinal, agentCount, pairs: new Set(), pending: new Int32Array(agentCount).fill(noTie) },
    shardOf: (row) => agentShard(owner, row),
  };
}

/** Follows or unfollows as a ruling would allow it. */
function change({ ties, pending, pairs, shardOf }: Graph, follower: number, followee: number): void {
  const pair = `${follower},${followee}`;
  const sign = pairs.has(pair) ? -1 : 1;
  pending[follower] = logTie(ties, shardOf(follower), pending[follower], { follower, followee, sign });
  if (sign > 0) pairs.add(pair);
  else pairs.delete(pair);
}

/** What each shard does in its turn, one shard after the other: logs are emptied when all have merged. */
function mergeAll({ ties, pending, ordinal, shardOf }: Graph): void {
  for (let shard = 0; shard < shardCount; shard++) {
    ties.logs.forEach((log, from) => {
      for (let entry = 0 as Id<'tieLogs'>; entry < ties.logCount[from]; entry++) {
        const [follower, followee, sign] = [log.follower[entry], log.followee[entry], log.sign[entry]];
        if (shardOf(follower) === shard)
          mergeTie(ties.followees, shard, ordinal, { row: follower, neighbour: followee, sign });
        if (shardOf(followee) === shard)
          mergeTie(ties.followers, shard, ordinal, { row: followee, neighbour: follower, sign });
        pending[follower] = noTie;
      }
    });
  }
  ties.logCount.fill(0);
}

function rowOf(side: TieSide, row: number): number[] {
  const start = side.rows.start[row as AgentRow];
  return Array.from(
    (side.pool.neighbour as unknown as Int32Array).subarray(start, start + side.rows.length[row as AgentRow]),
  );
}

function expectAnswers({ ties, pending, ordinal, agentCount, pairs, shardOf }: Graph): void {
  for (let follower = 0; follower < agentCount; follower++) {
    const log = ties.logs[shardOf(follower)];
    const expected: number[] = [];
    for (let followee = 0; followee < agentCount; followee++) {
      const has = pairs.has(`${follower},${followee}`);
      if (has) expected.push(followee);
      if (follows(ties, log, pending[follower], follower as AgentRow, followee) !== has) {
        throw new RangeError(`${follower} follows ${followee}: ${String(!has)}`);
      }
    }
    expected.sort((x, y) => ordinal[x] - ordinal[y]);
    expect(currentFollowees(ties, log, pending[follower], follower as AgentRow, ordinal)).toEqual(expected);
  }
}

function expectMerged({ ties, ordinal, agentCount, pairs }: Graph): void {
  for (let row = 0; row < agentCount; row++) {
    const out = Array.from({ length: agentCount }, (_, other) => other).filter((other) => pairs.has(`${row},${other}`));
    const into = Array.from({ length: agentCount }, (_, other) => other).filter((other) =>
      pairs.has(`${other},${row}`),
    );
    expect(rowOf(ties.followees, row)).toEqual(out.sort((x, y) => ordinal[x] - ordinal[y]));
    expect(rowOf(ties.followers, row)).toEqual(into.sort((x, y) => ordinal[x] - ordinal[y]));
  }
}

/** No two rows share a place of the pool. */
function expectApart({ ties, agentCount }: Graph): void {
  for (const side of [ties.followees, ties.followers]) {
    const spans = Array.from({ length: agentCount }, (_, row) => ({
      start: side.rows.start[row as AgentRow],
      end: side.rows.start[row as AgentRow] + side.rows.capacity[row as AgentRow],
    })).filter(({ start, end }) => end > start);
    spans.sort((x, y) => x.start - y.start);
    for (let i = 1; i < spans.length; i++) expect(spans[i].start).toBeGreaterThanOrEqual(spans[i - 1].end);
  }
}

describe('ties', () => {
  test.each([1, 2, 3, 4])('ties: answer as a set of pairs does, whenever the log is merged (seed %i)', (seed) => {
    const graph = emptyGraph(100, 60_000, seed);
    const stream = randomStream(seed, 1001);
    for (let step = 0; step < 3000; step++) {
      // A few agents do most of it, so that rows grow, shrink and move, and one pair changes often between two merges.
      const follower = stream.below(2) === 0 ? stream.below(100) : stream.below(4) * 32;
      const followee = stream.below(2) === 0 ? stream.below(100) : stream.below(5);
      if (follower !== followee) change(graph, follower, followee);
      if (stream.below(60) === 0) {
        if (stream.below(4) === 0) expectAnswers(graph);
        mergeAll(graph);
        if (stream.below(4) === 0) expectMerged(graph);
      }
    }
    expectAnswers(graph);
    mergeAll(graph);
    expectAnswers(graph);
    expectMerged(graph);
    expectApart(graph);
  });

  test('follows: the newest of several unmerged changes of one pair decides', () => {
    const graph = emptyGraph(64, 4096, 1);
    for (let times = 1; times <= 5; times++) {
      change(graph, 40, 2);
      change(graph, 40, 3);
      const log = graph.ties.logs[graph.shardOf(40)];
      expect(follows(graph.ties, log, graph.pending[40], 40 as AgentRow, 2)).toBe(times % 2 === 1);
    }
    mergeAll(graph);
    expect(rowOf(graph.ties.followees, 40).sort((x, y) => x - y)).toEqual([2, 3]);
  });

  test('mergeTie: a pool without room refuses loudly and leaves other rows as they were', () => {
    const graph = emptyGraph(96, 36, 2);
    change(graph, 0, 1);
    mergeAll(graph);
    for (let followee = 2; followee < 30; followee++) change(graph, 0, followee);
    expect(() => mergeAll(graph)).toThrow(/pool of ties is full/);
    expect(rowOf(graph.ties.followers, 1)).toEqual([0]);
  });

  test('logTie: a full log refuses loudly', () => {
    const graph = emptyGraph(40, 4096, 3);
    expect(() => {
      for (let i = 0; i < 5000; i++) change(graph, 1, 2 + (i % 30));
    }).toThrow(/log of ties is full/);
  });
});
