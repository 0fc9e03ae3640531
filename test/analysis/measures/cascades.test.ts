/** The cascades measure: the contract's fields, sorted lists, and a tail that is tested before it is named. */
import { describe, expect, test } from 'vitest';
import { measureCascadesOf } from '../../../analysis/measures/cascades.ts';
import type { SharingColumns } from '../../../analysis/estimators/cascade.ts';
import { testStream } from '../worlds.ts';

/** Posts that are shared until a coin says stop: geometric cascades, every sharer a new user. */
function world(rootCount: number, goOnShare: number, seed: number): SharingColumns {
  const stream = testStream(seed);
  const parent: number[] = [];
  for (let post = 0; post < rootCount; post++) {
    const root = parent.push(-1) - 1;
    while (stream.uniform() < goOnShare) parent.push(root + stream.below(parent.length - root));
  }
  const column = Int32Array.from(parent);
  return { parent: column, author: column.map((_, row) => row), timeHours: Float64Array.from(parent.keys()) };
}

describe('measureCascadesOf', () => {
  test('lists descend and add up; structural virality is the mean over cascades of two rows and more', () => {
    const columns = world(500, 0.6, 1);
    const measured = measureCascadesOf(columns, { seed: 1, replicateCount: 20 });
    expect(measured.count).toBe(500);
    expect(measured.sizes).toHaveLength(500);
    expect(measured.sizes.reduce((a, b) => a + b)).toBe(columns.parent.length);
    for (const list of [measured.sizes, measured.depths, measured.breadths])
      expect(list).toEqual(list.toSorted((a, b) => b - a));
    expect(measured.structuralViralityBySize[0].count).toBe(measured.sizes.filter((size) => size >= 2).length);
    expect(measured.structuralVirality).toBe(measured.structuralViralityBySize[0].mean);
    expect(measured.structuralVirality).toBeGreaterThan(1);
  });

  test('geometric cascades are no power law, and the p value names its null model', () => {
    const measured = measureCascadesOf(world(3000, 0.9, 2), { seed: 1, replicateCount: 40 });
    expect(measured.powerLaw.verdict).not.toBe('power law');
    expect(measured.pValue).toBe(measured.powerLaw.pValue);
    expect(measured.nullModel).toContain('xmin chosen again');
    expect(measured.powerLaw.alphaInterval?.[0]).toBeLessThan(measured.powerLaw.alpha ?? 0);
  });

  test('equal sizes have no tail, and the fields stand all the same', () => {
    const measured = measureCascadesOf(world(5, 0, 3), { seed: 1 });
    expect(measured.powerLaw).toMatchObject({ alpha: null, xmin: null, se: null, ks: null, pValue: null });
    expect(measured.powerLaw.verdict).toMatch(/^undecided/);
    expect(measured.structuralVirality).toBeNull();
    expect(measured.warnings).toEqual(['5 of 5 posts were never shared: they count as cascades of size 1']);
    expect('pValue' in measured).toBe(false);
  });

  test('no posts at all: an object without holes', () => {
    const measured = measureCascadesOf(world(0, 0, 4), { seed: 1 });
    expect(measured.count).toBe(0);
    expect(measured.warnings).toEqual(['there are no posts']);
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
  });

  test('more cascades than the lists hold: the largest stand there, with a warning', () => {
    const measured = measureCascadesOf(world(120_000, 0.2, 5), { seed: 1, replicateCount: 0 });
    expect(measured.sizes).toHaveLength(100_000);
    expect(measured.count).toBe(120_000);
    expect(measured.warnings[0]).toBe('the lists hold the largest 100000 of 120000 values');
  });

  test('one seed gives one object', () => {
    const columns = world(400, 0.7, 6);
    expect(measureCascadesOf(columns, { seed: 9, replicateCount: 10 })).toEqual(
      measureCascadesOf(columns, { seed: 9, replicateCount: 10 }),
    );
  });
});
