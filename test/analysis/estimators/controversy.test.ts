/**
 * Controversy by random walks: exact beside walks stepped as distributions, sampled beside exact.
 */
import { describe, expect, test } from 'vitest';
import { endsOf, exactControversy, sampledControversy } from '../../../analysis/estimators/controversy.ts';
import { graphFromEdges, undirected } from '../../../analysis/estimators/graph.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';

const stream = (key: number) => randomStream(21, 6, key);

/** Two halves of `size`, with chances of a tie within and between. */
function halves(size: number, within: number, between: number, seed: number): { graph: Graph; side: number[] } {
  const s = stream(seed);
  const side = Array.from({ length: 2 * size }, (_, node) => (node < size ? 0 : 1));
  const edges: [number, number][] = [];
  for (let a = 0; a < 2 * size; a++)
    for (let b = a + 1; b < 2 * size; b++)
      if (s.uniform() < (side[a] === side[b] ? within : between)) edges.push([a, b]);
  const { graph } = graphFromEdges(
    2 * size,
    Int32Array.from(edges, ([a]) => a),
    Int32Array.from(edges, ([, b]) => b),
  );
  return { graph: undirected(graph), side };
}

const endsIn = (graph: Graph, side: number[], count = 3): [number[], number[]] => [
  endsOf(graph, side, 0, count, stream(90)),
  endsOf(graph, side, 1, count, stream(91)),
];

/** The oracle: distributions of walks, stepped until next to nothing is under way. */
function stepped(graph: Graph, side: readonly number[], ends: readonly [number[], number[]]): number {
  const endSide = new Map([...ends[0].map((n) => [n, 0] as const), ...ends[1].map((n) => [n, 1] as const)]);
  const stays = [0, 1].map((own) => {
    const starts = side.flatMap((one, node) =>
      one === own && graph.offsets[node + 1] > graph.offsets[node] ? [node] : [],
    );
    let mass = new Float64Array(graph.nodeCount);
    for (const node of starts) mass[node] = 1 / starts.length;
    const ended = [0, 0];
    for (let step = 0; step < 5000; step++) {
      const next = new Float64Array(graph.nodeCount);
      for (let node = 0; node < graph.nodeCount; node++) {
        const end = endSide.get(node);
        if (end !== undefined) ended[end] += mass[node];
        else
          for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++)
            next[graph.targets[edge]] += mass[node] / (graph.offsets[node + 1] - graph.offsets[node]);
      }
      mass = next;
    }
    return ended[own] / (ended[0] + ended[1]);
  });
  const [a, b] = stays;
  const [xx, yy, xy, yx] = [a / (a + 1 - b), b / (b + 1 - a), (1 - a) / (1 - a + b), (1 - b) / (1 - b + a)];
  return xx * yy - xy * yx;
}

describe('exactControversy', () => {
  test.each([1, 2, 3])('seed %i: what stepped distributions of walks give, by the four chances', (seed) => {
    const { graph, side } = halves(25, 0.3, 0.03, seed);
    const ends = endsIn(graph, side);
    expect(exactControversy(graph, side, ends).value).toBeCloseTo(stepped(graph, side, ends), 8);
  });
  test('halves without a tie between them 1; one random graph cut in two about 0', () => {
    const apart = halves(25, 0.4, 0, 4);
    expect(exactControversy(apart.graph, apart.side, endsIn(apart.graph, apart.side)).value).toBeCloseTo(1, 10);
    const mixed = halves(100, 0.1, 0.1, 5);
    expect(Math.abs(exactControversy(mixed.graph, mixed.side, endsIn(mixed.graph, mixed.side, 10)).value)).toBeLessThan(
      0.15,
    );
  });
});

describe('sampledControversy', () => {
  test('the interval covers the exact value in at least 17 of 20 draws of walks', () => {
    const { graph, side } = halves(60, 0.15, 0.02, 6);
    const ends = endsIn(graph, side, 4);
    const { value } = exactControversy(graph, side, ends);
    const covered = Array.from({ length: 20 }, (_, k) =>
      sampledControversy(graph, side, ends, { walkCount: 500 }, stream(100 + k)),
    );
    expect(
      covered.filter(({ interval }) => interval !== undefined && interval[0] <= value && value <= interval[1]).length,
    ).toBeGreaterThanOrEqual(17);
  });
});
