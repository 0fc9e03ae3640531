/** Rings: cliques by hand, and planted worlds at small size; the full sizes are `npm run check -- --only 8.3`. */
import { describe, expect, test } from 'vitest';
import { findCollusion } from '../../../analysis/estimators/collusion.ts';
import { findRings } from '../../../analysis/estimators/rings.ts';
import { collusionWorld } from '../collusion-worlds.ts';
import type { CoActingPair } from '../../../analysis/estimators/co-action-null.ts';

function pair(one: number, other: number): CoActingPair {
  return { one, other, window: 0, joint: 5, expected: 0.1, logP: -12 };
}

function clique(members: readonly number[]): CoActingPair[] {
  return members.flatMap((one) => members.filter((other) => other > one).map((other) => pair(one, other)));
}

describe('findRings', () => {
  test('two cliques joined by one pair are two rings; a chain and a star are none', () => {
    const pairs = [
      ...clique([1, 2, 3, 4]),
      ...clique([10, 11, 12]),
      pair(4, 10),
      pair(20, 21),
      pair(21, 22),
      pair(22, 23),
    ];
    const star = [31, 32, 33, 34].map((leaf) => pair(30, leaf));
    const rings = findRings([...pairs, ...star]);
    expect(rings.map(({ agents }) => agents)).toEqual([
      [1, 2, 3, 4],
      [10, 11, 12],
    ]);
    expect(rings[0].evidence).toBeCloseTo(6 * 12, 12);
  });

  test('the order of pairs does not matter', () => {
    const pairs = [...clique([1, 2, 3, 4, 5]), ...clique([5, 6, 7]), pair(2, 9)];
    expect(findRings(pairs.toReversed())).toEqual(findRings(pairs));
  });

  test('who hangs on by a triangle at the edge of a large clique leaves it', () => {
    const members = Array.from({ length: 16 }, (_, one) => one);
    const [ring] = findRings([...clique(members), pair(0, 40), pair(1, 40)]);
    expect(ring.agents).toEqual(members);
  });
});

describe('findCollusion', () => {
  const size = { agentCount: 1500 };

  test('a clean world with shared heartbeats, one new feed and viral posts: no ring', () => {
    const { rings } = findCollusion(collusionWorld(11, size).columns, { seed: 1 });
    expect(rings.filter(({ pValue }) => pValue <= 0.05)).toEqual([]);
  });

  test('rings of 5 and 10 with ten joint targets at participation 0.8 are found, all of them and nobody else', () => {
    const planted = [5, 10].map((one) => ({ size: one, targets: 10, participation: 0.8 }));
    const world = collusionWorld(12, { ...size, rings: planted });
    const found = findCollusion(world.columns, { seed: 1, deals: 39 });
    expect(found.rings.map(({ agents }) => agents).toReversed()).toEqual(world.rings);
    expect(found.rings.every(({ pValue, qValue }) => pValue <= 0.05 && qValue <= 0.05)).toBe(true);
    expect(found.rings.every(({ targets }) => targets.length >= 8)).toBe(true);
  });

  test('the same columns and seed give the same rings, whatever the order of rows', () => {
    const { columns } = collusionWorld(13, { agentCount: 600, rings: [{ size: 6, targets: 8, participation: 0.9 }] });
    const order = Array.from(columns.agent.keys()).toReversed();
    const turned = {
      ...columns,
      agent: Int32Array.from(order, (row) => columns.agent[row]),
      target: Int32Array.from(order, (row) => columns.target[row]),
      timeSeconds: Float64Array.from(order, (row) => columns.timeSeconds[row]),
    };
    const ringsOf = (one: typeof columns): unknown =>
      findCollusion(one, { seed: 3, deals: 19 }).rings.map(({ agents }) => agents);
    expect(ringsOf(turned)).toEqual(ringsOf(columns));
  });
});
