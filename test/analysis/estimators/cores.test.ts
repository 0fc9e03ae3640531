/** Core numbers against repeated pruning. */
import { expect, test } from 'vitest';
import { coreNumbers, maxCore } from '../../../analysis/estimators/cores.ts';
import { undirected } from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import { directedOf, karateGraph, randomGraph, randomReferences, rowOf, undirectedOf } from '../worlds.ts';

function coresByPruning(symmetric: Graph): number[] {
  const core = Array<number>(symmetric.nodeCount).fill(0);
  for (let k = 1; k <= symmetric.nodeCount; k++) {
    const kept = new Set(core.keys());
    for (let before = -1; before !== kept.size;) {
      before = kept.size;
      for (const node of [...kept])
        if (rowOf(symmetric, node).filter((other) => kept.has(other)).length < k) kept.delete(node);
    }
    for (const node of kept) core[node] = k;
  }
  return core;
}

test.each([1, 2, 3])('coreNumbers: equal those of repeated pruning (seed %i)', (seed) => {
  const symmetric = undirected(randomGraph(50, 250, seed));
  expect(Array.from(coreNumbers(symmetric))).toEqual(coresByPruning(symmetric));
});

test('maxCore: 4 for karate, 0 without edges, and networkx’s on random graphs', () => {
  expect(maxCore(karateGraph)).toBe(4);
  expect(maxCore(undirectedOf(3, []))).toBe(0);
  for (const world of randomReferences)
    expect(maxCore(undirected(directedOf(world.nodeCount, world.edges)))).toBe(world.undirected.maxCore);
});
