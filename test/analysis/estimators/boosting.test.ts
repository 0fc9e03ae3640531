/** Boosting and synchrony beside counting by hand. */
import { describe, expect, test } from 'vitest';
import { groupIndex, reciprocityExcess } from '../../../analysis/estimators/boosting.ts';
import { coincidences, synchrony } from '../../../analysis/estimators/synchrony.ts';
import { randomEdges, testStream } from '../worlds.ts';

describe('reciprocityExcess', () => {
  test('random edges: mutual pairs as degrees give, by closed form and by rewiring', () => {
    const { sources, targets } = randomEdges(300, 2500, 3);
    const found = reciprocityExcess(300, sources, targets, { rewirings: 39, stream: testStream(1) });
    const edges = new Set(
      Array.from(sources, (one, k) => `${one} ${targets[k]}`).filter((edge) => new Set(edge.split(' ')).size === 2),
    );
    const mutual = [...edges].filter((edge) => edges.has(edge.split(' ').reverse().join(' '))).length / 2;
    expect(found).toMatchObject({ edges: edges.size, mutualPairs: mutual });
    expect(found.pValue).toBeGreaterThan(0.05);
    expect(Math.abs(found.expectedPairs / (found.rewiredPairs ?? 0) - 1)).toBeLessThan(0.25);
  });

  test('a circle of eight who all act on one another: far more mutual pairs than degrees give', () => {
    const { sources, targets } = randomEdges(300, 2500, 3);
    const ring = Array.from({ length: 8 }, (_, one) => 200 + one);
    const pairs = ring.flatMap((one) => ring.filter((other) => other !== one).map((other) => [one, other]));
    const found = reciprocityExcess(
      300,
      Int32Array.from([...sources, ...pairs.map(([one]) => one)]),
      Int32Array.from([...targets, ...pairs.map(([, other]) => other)]),
      { rewirings: 39, stream: testStream(2) },
    );
    expect(found.pValue).toBeCloseTo(1 / 40, 12);
  });
});

describe('groupIndex', () => {
  test('share of members’ acts within the group, over their share of agents; acts on oneself left out', () => {
    const actor = Int32Array.of(0, 0, 1, 1, 2, 0);
    const author = Int32Array.of(1, 5, 0, 1, 0, 1);
    const found = groupIndex(11, actor, author, new Set([0, 1]));
    // Members act four times on others, three of them within: 0.75 over one of ten others.
    expect(found).toMatchObject({ actsOfMembers: 4, actsWithin: 3, withinShare: 0.75, groupShare: 0.1 });
    expect(found.eIndex).toBeCloseTo(7.5, 12);
  });
});

describe('synchrony', () => {
  test('coincidences are pairs of times within the window', () => {
    const stream = testStream(4);
    const times = (count: number): Float64Array =>
      Float64Array.from({ length: count }, () => stream.uniform() * 1000).sort();
    const [one, other] = [times(40), times(60)];
    const naive = [...one].reduce((sum, a) => sum + [...other].filter((b) => Math.abs(a - b) <= 15).length, 0);
    expect(coincidences(one, other, 15)).toBe(naive);
  });

  test('shared phases stand out against shifts, phases of their own do not', () => {
    const beats = (phase: number): Float64Array =>
      Float64Array.from({ length: 20 }, (_, k) => phase + k * 1000 + 37 * (k % 3));
    const options = { windowSeconds: 10, spanSeconds: 20_000, shifts: 99 };
    expect(synchrony(beats(100), beats(105), { ...options, stream: testStream(5) }).pValue).toBeLessThan(0.05);
    expect(synchrony(beats(100), beats(600), { ...options, stream: testStream(6) }).pValue).toBeGreaterThan(0.5);
  });
});
