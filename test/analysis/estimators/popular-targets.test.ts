/** Popular targets: what is kept and at which windows, beside all pairs counted; a ring on popular targets is found, and a clean world has none. */
import { describe, expect, test } from 'vitest';
import { findCollusion } from '../../../analysis/estimators/collusion.ts';
import { columnsOfRows, popularOptions, popularRows } from '../../../analysis/estimators/popular-targets.ts';
import { testStream } from '../worlds.ts';
import type { ActColumns } from '../../../analysis/estimators/act-index.ts';

/** Acts of 1,500 agents in two days on 40 targets that live for a day; members of a ring act on 14 of them at one moment each. */
function busyWorld(seed: number, ringSize: number): ActColumns & { ring: number[] } {
  const stream = testStream(seed);
  const [agentCount, targetCount, span] = [1500, 40, 172_800];
  const born = Float64Array.from({ length: targetCount }, () => stream.uniform() * span);
  const rows: { agent: number; target: number; time: number }[] = [];
  for (let k = 0; k < 16_000; k++) {
    const target = Math.floor(stream.uniform() * targetCount);
    rows.push({
      agent: Math.floor(stream.uniform() * agentCount),
      target,
      time: born[target] + stream.uniform() * 86_400,
    });
  }
  const ring = Array.from({ length: ringSize }, (_, k) => 7 + 100 * k);
  for (let target = 0; target < 14; target++) {
    const start = born[target] + stream.uniform() * 43_200;
    for (const agent of ring) {
      if (stream.uniform() < 0.7) rows.push({ agent, target, time: start + 300 * stream.uniform() });
    }
  }
  return {
    ...{ agentCount, targetCount, bornSeconds: born, ring },
    agent: Int32Array.from(rows, ({ agent }) => agent),
    target: Int32Array.from(rows, ({ target }) => target),
    timeSeconds: Float64Array.from(rows, ({ time }) => time),
  };
}

const windowsSeconds = [60, 600, 3600];

describe('popularRows', () => {
  test('keeps windows and targets whose pairs, all counted, fit', () => {
    const columns = busyWorld(1, 0);
    const pairsAt = (window: number): number => {
      const first = new Map<string, number>();
      columns.agent.forEach((agent, row) => {
        const key = `${columns.target[row]} ${agent}`;
        first.set(key, Math.min(first.get(key) ?? Infinity, columns.timeSeconds[row]));
      });
      const byTarget = new Map<string, number[]>();
      for (const [key, time] of first) {
        const target = key.split(' ')[0];
        const times = byTarget.get(target) ?? [];
        times.push(time);
        byTarget.set(target, times);
      }
      let pairs = 0;
      for (const times of byTarget.values()) {
        if (times.length <= 200) continue;
        for (const [i, a] of times.entries()) for (let k = 0; k < i; k++) if (Math.abs(a - times[k]) <= window) pairs++;
      }
      return pairs;
    };
    const all = pairsAt(600);
    expect(popularRows(columns, windowsSeconds, 200, all)).toMatchObject({
      windowsSeconds: [60, 600],
      passedOverCount: 0,
    });
    expect(popularRows(columns, windowsSeconds, 200, all - 1).windowsSeconds).toEqual([60]);
    const few = popularRows(columns, windowsSeconds, 200, Math.floor(pairsAt(60) / 2));
    expect(few.passedOverCount).toBeGreaterThan(0);
    expect(few.rows.length).toBeLessThan(columns.agent.length);
    expect(popularRows(columns, windowsSeconds, 10_000).rows).toHaveLength(0);
  });
});

describe('rings on popular targets', () => {
  const lookThrough = (columns: ActColumns, given: object) => {
    const popular = popularRows(columns, windowsSeconds, 200);
    return findCollusion(columnsOfRows(columns, popular.rows), {
      ...{ windowsSeconds: popular.windowsSeconds, deals: 39, seed: 1 },
      ...given,
    });
  };

  test('a ring that acts on popular targets alone is found by the bar that a deal sets, and not by the one for even p values', () => {
    const world = busyWorld(2, 10);
    const [found] = lookThrough(world, popularOptions).rings;
    expect(found.pValue).toBe(1 / 40);
    expect(found.agents.filter((one) => !world.ring.includes(one))).toEqual([]);
    expect(found.agents.length).toBeGreaterThanOrEqual(8);
    expect(lookThrough(world, { targetActsMax: Infinity }).rings).toEqual([]);
  });

  test.each([3, 4, 5])('a world without a ring has none at p <= 0.05, seed %i', (seed) => {
    const { rings } = lookThrough(busyWorld(seed, 0), popularOptions);
    expect(rings.filter(({ pValue }) => pValue <= 0.05)).toEqual([]);
  });
});
