/** Cascades against searches over all pairs, on seeded trees, and by hand. */
import { describe, expect, test } from 'vitest';
import { cascadeCurves, measureCascades } from '../../../analysis/estimators/cascade.ts';
import type { SharingColumns } from '../../../analysis/estimators/cascade.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { testStream } from '../worlds.ts';

/** A cascade of different users, one an hour. */
function tree(parent: number[], author = parent.map((_, row) => row)): SharingColumns {
  return {
    parent: Int32Array.from(parent),
    author: Int32Array.from(author),
    timeHours: Float64Array.from(parent.keys()),
  };
}

/** A forest whose rows pick earlier rows at random, with few authors, so that users share twice. */
function randomForest(rowCount: number, rootShare: number, seed: number): SharingColumns {
  const stream = testStream(seed);
  const parent = Int32Array.from({ length: rowCount }, (_, row) =>
    row === 0 || stream.uniform() < rootShare ? -1 : stream.below(row),
  );
  const author = Int32Array.from({ length: rowCount }, () => stream.below(25));
  const timeHours = Float64Array.from({ length: rowCount }, (_, row) => row / 10 + stream.uniform());
  return { parent, author, timeHours };
}

function naiveCascade(columns: SharingColumns, root: number, until = Infinity) {
  const ancestors = (row: number): number[] =>
    columns.parent[row] === -1 ? [row] : [row, ...ancestors(columns.parent[row])];
  const rows = [...columns.parent.keys()].filter(
    (row) => ancestors(row).at(-1) === root && columns.timeHours[row] <= until,
  );
  const depth = (row: number): number => ancestors(row).length - 1;
  const distance = (a: number, b: number): number => {
    const shared = ancestors(a).filter((row) => ancestors(b).includes(row)).length - 1;
    return depth(a) + depth(b) - 2 * shared;
  };
  const firstRows = rows.filter(
    (row) => !rows.some((other) => other < row && columns.author[other] === columns.author[row]),
  );
  const levels = firstRows.map(depth);
  const pairs = rows.flatMap((a) => rows.filter((b) => b !== a).map((b) => distance(a, b)));
  return {
    size: firstRows.length,
    depth: Math.max(...rows.map(depth)),
    maxBreadth: Math.max(...levels.map((level) => levels.filter((other) => other === level).length)),
    structuralVirality: pairs.length === 0 ? Number.NaN : pairs.reduce((a, b) => a + b) / pairs.length,
  };
}

describe('measureCascades', () => {
  test('structural virality: star of 10 1.8, path of 10 3.666667, binary tree of depth 3 3.504762, undefined for one row', () => {
    const star = tree([-1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const path = tree([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const binary = tree([-1, ...Array.from({ length: 14 }, (_, row) => Math.floor(row / 2))]);
    expect(measureCascades(star).structuralVirality[0]).toBeCloseTo(1.8, 12);
    expect(measureCascades(path).structuralVirality[0]).toBeCloseTo(3.666667, 6);
    expect(measureCascades(binary).structuralVirality[0]).toBeCloseTo(3.504762, 6);
    expect(measureCascades(tree([-1])).structuralVirality[0]).toBeNaN();
  });

  test.each([1, 2, 3])('equals a search over all pairs in every cascade (seed %i)', (seed) => {
    const columns = randomForest(90, 0.08, seed);
    const table = measureCascades(columns);
    expect(table.root.length).toBeGreaterThan(3);
    for (let c = 0; c < table.root.length; c++) {
      const expected = naiveCascade(columns, table.root[c]);
      expect(table.size[c]).toBe(expected.size);
      expect(table.depth[c]).toBe(expected.depth);
      expect(table.maxBreadth[c]).toBe(expected.maxBreadth);
      if (Number.isNaN(expected.structuralVirality)) expect(table.structuralVirality[c]).toBeNaN();
      else expect(table.structuralVirality[c]).toBeCloseTo(expected.structuralVirality, 10);
    }
  });

  test('a user who shares twice, and an author who shares his own post, count once', () => {
    const table = measureCascades(tree([-1, 0, 0, 1], [7, 3, 3, 7]));
    expect(table.size[0]).toBe(2);
    expect(table.rowCount[0]).toBe(4);
    expect(table.depth[0]).toBe(2);
    expect(table.maxBreadth[0]).toBe(1);
  });

  test('times run from the root; a share older than its post is counted and does no harm', () => {
    const columns = { ...tree([-1, 0, 0, 0]), timeHours: Float64Array.of(10, 9.5, 12, 11) };
    const table = measureCascades(columns);
    expect([table.firstHours[0], table.medianHours[0], table.lastHours[0]]).toEqual([-0.5, 1, 2]);
    expect(table.negativeTimeCount).toBe(1);
    expect(measureCascades(tree([-1])).medianHours[0]).toBeNaN();
  });

  test('a child before its parent is an error of ours', () => {
    expect(() => measureCascades(tree([-1, 2, 0]))).toThrow(InvariantError);
  });

  test('no rows, no cascades; 10^6 rows in one chain do not overflow', () => {
    expect(measureCascades(tree([])).root).toHaveLength(0);
    const rowCount = 1_000_000;
    const parent = Int32Array.from({ length: rowCount }, (_, row) => row - 1);
    const table = measureCascades({
      parent,
      author: parent.map((_, row) => row),
      timeHours: new Float64Array(rowCount),
    });
    expect(table.depth[0]).toBe(rowCount - 1);
    expect(table.structuralVirality[0]).toBeCloseTo((rowCount + 1) / 3, 4);
  });
});

describe('cascadeCurves', () => {
  test.each([1, 2])('each minute is the cascade of the rows seen so far (seed %i)', (seed) => {
    const plain = randomForest(60, 0.05, seed);
    // Times ascend here, so that whoever shares first by row also shares first by time.
    const columns = { ...plain, timeHours: plain.timeHours.toSorted().map((hours) => hours / 20) };
    const { root } = measureCascades(columns);
    const start = columns.timeHours[root[0]];
    const { scale, depth, maxBreadth } = cascadeCurves(columns, root[0], 30);
    for (let minute = 0; minute < 30; minute++) {
      const expected = naiveCascade(columns, root[0], start + minute / 60);
      expect([scale[minute], depth[minute], maxBreadth[minute]]).toEqual([
        expected.size,
        expected.depth,
        expected.maxBreadth,
      ]);
    }
  });

  test('the root counts at minute 0, a share at 7 minutes from minute 7, an older one from minute 0', () => {
    const columns = { ...tree([-1, 0, 0]), timeHours: Float64Array.of(1, 1 + 7 / 60, 0.5) };
    expect(Array.from(cascadeCurves(columns, 0, 9).scale)).toEqual([2, 2, 2, 2, 2, 2, 2, 3, 3]);
  });
});
