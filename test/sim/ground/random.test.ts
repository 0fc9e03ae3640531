/**
 * The tick's generator: pinned words, a BigInt reading as oracle, marginals, avalanche, and the two ways in which a hash of
 * counters can replay. The generators that do replay stand here too, so that each test is seen to catch one.
 *
 * Statistical claims are made on fixed seeds with bounds of five standard deviations: they hold or fail for good. The long
 * battery is `test/bench/random-battery.ts`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { philox4x32 } from '../../../sim/ground/philox.ts';
import {
  belowOf,
  draw,
  drawWord,
  laneA,
  laneB,
  mix32,
  purposes,
  seedWords,
  tickSeedA,
  tickSeedB,
  unitOf,
} from '../../../sim/ground/random.ts';
import type { Purpose } from '../../../sim/ground/random.ts';

interface Coordinates {
  readonly seed: number;
  readonly tick: number;
  readonly lo: number;
  readonly hi: number;
  readonly purpose: number;
  readonly index: number;
}

/** The word behind a draw, unsigned. */
function wordAt({ seed, tick, lo, hi, purpose, index }: Coordinates): number {
  const words = seedWords(seed);
  const a = laneA(tickSeedA(words.lo, words.hi, tick), lo);
  const b = laneB(tickSeedB(words.lo, words.hi, tick), hi);
  return drawWord(a, b, purpose as Purpose, index) >>> 0;
}

/** The definition of `sim/ground/RANDOM.md`, read once more in BigInt. */
function oracleAt({ seed, tick, lo, hi, purpose, index }: Coordinates): number {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const mix = (value: bigint): bigint => {
    let x = word(value);
    x = word((x ^ (x >> 16n)) * 0x7feb352dn);
    x = word((x ^ (x >> 15n)) * 0x846ca68bn);
    return x ^ (x >> 16n);
  };
  const [seedLo, seedHi, t] = [word(BigInt(seed)), word(BigInt(seed) >> 32n), BigInt(tick)];
  const seedA = mix(mix(mix(seedLo ^ 0x2545f491n) + seedHi) + t * 0x9e3779b1n);
  const seedB = mix(mix(mix(seedHi ^ 0x6a09e667n) ^ word(t * 0xc2b2ae35n)) + seedLo * 0x27d4eb2fn);
  const a = mix(seedA + BigInt(lo));
  const b = mix(word(BigInt(hi)) ^ seedB);
  return Number(mix(word(a + BigInt(purpose * 65536 + index) * 0x85ebca77n) ^ b));
}

const block = new Int32Array(4);

/** A 64-bit key as hashing gives it: two independent words. */
function hashedKey(agent: number): { lo: number; hi: number } {
  philox4x32(agent, 0, 0, 0, 1, 1, block);
  return { lo: block[0] ?? 0, hi: block[1] ?? 0 };
}

describe('purposes', () => {
  test('purposes: no two share a number, and each fits in 8 bits and is not 0', () => {
    const numbers = Object.values(purposes);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(number >= 1 && number <= 255 && Number.isInteger(number)).toBe(true);
  });
});

describe('pinned words', () => {
  test('mix32: known answers', () => {
    expect([0, 1, 2, -1, 0x12345678].map((word) => mix32(word) >>> 0)).toEqual([
      0, 0x688990c0, 0xd1132181, 0x6768824a, 0xf5e71c96,
    ]);
  });

  test('draw: known answers, upper half of the seed and both halves of the key included', () => {
    const key = { lo: 0x89abcdef, hi: 0x01234567 };
    const seed = 20260101;
    const [a, b] = [tickSeedA(seed, 0, 3), tickSeedB(seed, 0, 3)];
    expect([a >>> 0, b >>> 0, laneA(a, key.lo) >>> 0, laneB(b, key.hi) >>> 0]).toEqual([
      0x0a12412f, 0x079b47f5, 0xeed5fb4a, 0x76e68f2a,
    ]);
    const draws = [
      draw(0, 0, { lo: 0, hi: 0 }, purposes.wake),
      draw(seed, 3, key, purposes.wake),
      draw(seed, 3, key, purposes.wake, 1),
      draw(seed, 3, key, purposes.adopt),
      draw(seed, 4, key, purposes.wake),
      draw(seed + 0x1_0000_0000, 3, key, purposes.wake),
      draw(seed, 3, { ...key, hi: 0 }, purposes.wake),
      draw(seed, 3, { ...key, lo: 0 }, purposes.wake),
    ];
    const words = [0x36d49985, 0x09368edd, 0xc1e83b02, 0xfdb3f9c4, 0x7e5e6fc2, 0x0bf03804, 0x06456771, 0x65d3fcc0];
    expect(draws).toEqual(words.map(unitOf));
  });

  test('drawWord: agrees with its definition in BigInt on any coordinates', () => {
    const coordinates = fc.record({
      seed: fc.maxSafeNat(),
      tick: fc.nat(1_000_000),
      lo: fc.integer(),
      hi: fc.integer(),
      purpose: fc.integer({ min: 1, max: 255 }),
      index: fc.nat(65535),
    });
    fc.assert(
      fc.property(coordinates, (at) => wordAt(at) === oracleAt(at)),
      { numRuns: 2000 },
    );
  });

  test('mix32: two words never meet, since every step can be undone', () => {
    const inverse = (word: number): number => {
      let x = word ^ (word >>> 16);
      x = Math.imul(x, 0x43021123);
      x = x ^ (x >>> 15) ^ (x >>> 30);
      x = Math.imul(x, 0x1d69e2a5);
      return x ^ (x >>> 16);
    };
    fc.assert(
      fc.property(fc.integer(), (word) => inverse(mix32(word)) === word),
      { numRuns: 2000 },
    );
  });
});

describe('words as numbers', () => {
  test('unitOf: the ends of the range are 0 and 1 - 2^-32', () => {
    expect([unitOf(0), unitOf(-1), unitOf(0x80000000 | 0)]).toEqual([0, 0xffffffff / 0x1_0000_0000, 0.5]);
  });

  test('belowOf: stays below its bound for every word, and is the high part of the product', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 0x100000 }), (word, bound) => {
        return belowOf(word, bound) === Number((BigInt(word >>> 0) * BigInt(bound)) >> 32n);
      }),
    );
  });
});

const base: Coordinates = { seed: 7, tick: 11, ...hashedKey(0), purpose: purposes.wake, index: 0 };

/** Each axis moves one coordinate and holds the others. */
const axes: readonly [string, (step: number) => Coordinates][] = [
  ['index', (step) => ({ ...base, index: step })],
  ['agent', (step) => ({ ...base, ...hashedKey(step) })],
  ['lower key word', (step) => ({ ...base, lo: step, hi: 0 })],
  ['upper key word', (step) => ({ ...base, lo: 0, hi: step })],
  ['tick', (step) => ({ ...base, tick: step })],
  ['seed', (step) => ({ ...base, seed: step })],
  ['upper half of the seed', (step) => ({ ...base, seed: step * 0x1_0000_0000 })],
  ['purpose', (step) => ({ ...base, ...hashedKey(step >>> 4), purpose: 1 + (step & 15) })],
];

describe('marginals', () => {
  const count = 65536;
  test.each(axes)('drawWord: along the %s axis bytes, neighbouring pairs and the mean are uniform', (_, at) => {
    const words = Uint32Array.from({ length: count }, (_unused, step) => wordAt(at(step)));
    const views: readonly ((place: number) => number)[] = [
      (place) => words[place] >>> 24,
      (place) => (words[place] >>> 12) & 255,
      (place) => words[place] & 255,
      (place) => ((words[place] >>> 28) << 4) | (words[(place + 1) % count] >>> 28),
      (place) => ((words[place] & 15) << 4) | (words[(place + 1) % count] & 15),
    ];
    // 255 degrees of freedom: mean 255, standard deviation 22.6. Too even is as wrong as too uneven.
    for (const view of views) {
      const distance = chiSquare(Array.from({ length: count }, (_unused, place) => view(place)));
      expect(Math.abs(distance - 255)).toBeLessThan(5 * 22.6);
    }
    const mean = words.reduce((sum, word) => sum + unitOf(word), 0) / count;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * count));
  });

  function chiSquare(bytes: readonly number[]): number {
    const seen = new Float64Array(256);
    for (const byte of bytes) seen[byte] += 1;
    const expected = bytes.length / 256;
    return seen.reduce((sum, cell) => sum + ((cell - expected) * (cell - expected)) / expected, 0);
  }
});

describe('avalanche', () => {
  const flips: readonly [string, number, (at: Coordinates, bit: number) => Coordinates][] = [
    ['lower half of the seed', 32, (at, bit) => ({ ...at, seed: withHalves(at.seed, 1 << bit, 0) })],
    ['upper half of the seed', 21, (at, bit) => ({ ...at, seed: withHalves(at.seed, 0, 1 << bit) })],
    ['tick', 20, (at, bit) => ({ ...at, tick: at.tick ^ (1 << bit) })],
    ['lower key word', 32, (at, bit) => ({ ...at, lo: at.lo ^ (1 << bit) })],
    ['upper key word', 32, (at, bit) => ({ ...at, hi: at.hi ^ (1 << bit) })],
    ['purpose', 8, (at, bit) => ({ ...at, purpose: at.purpose ^ (1 << bit) })],
    ['index', 16, (at, bit) => ({ ...at, index: at.index ^ (1 << bit) })],
  ];
  const contextCount = 4096;

  test.each(flips)(
    'drawWord: flipping any bit of the %s flips every output bit about half of the time',
    (_, bits, flip) => {
      for (let bit = 0; bit < bits; bit += 1) {
        const flipped = new Float64Array(32);
        for (let context = 0; context < contextCount; context += 1) {
          const at = contextAt(context);
          countBits(wordAt(at) ^ wordAt(flip(at, bit)), flipped);
        }
        // A standard deviation is 0.0078.
        for (const count of flipped) expect(Math.abs(count / contextCount - 0.5)).toBeLessThan(5 * 0.0078);
      }
    },
  );

  function contextAt(context: number): Coordinates {
    philox4x32(context, 1, 0, 0, 2, 2, block);
    const [lo = 0, hi = 0, seedLo = 0, rest = 0] = block;
    const seed = withHalves(0, seedLo, (rest ^ hi) & 0x1fffff);
    return { seed, tick: rest >>> 22, lo, hi, purpose: rest & 255, index: (rest >>> 8) & 0x3fff };
  }

  /** A seed with bits of its halves flipped. */
  function withHalves(seed: number, lo: number, hi: number): number {
    const halves = seedWords(seed);
    return ((halves.lo ^ lo) >>> 0) + (halves.hi ^ hi) * 0x1_0000_0000;
  }

  function countBits(word: number, counts: Float64Array): void {
    for (let bit = 0; bit < 32; bit += 1) counts[bit] += (word >>> bit) & 1;
  }
});

/** A draw as a function of tick, agent and index alone. */
type WordOf = (tick: number, agent: number, index: number) => number;

const runLength = 8;

describe('replay between ticks', () => {
  /**
   * Pairs of ticks of which one is a shifted copy of the other somewhere among a million agents with consecutive numbers:
   * baby steps through the first thousand agents of every tick, giant steps of a thousand through all, and a match counts
   * when the agents that follow match too. Chance gives about 9 single matches and no run of eight; a flaw gives about 9 runs.
   */
  function replaysBetweenTicks(wordOf: WordOf): number {
    const [tickCount, stride] = [192, 1024];
    const seenAt = new Map<number, number>();
    for (let tick = 0; tick < tickCount; tick += 1) {
      for (let agent = 0; agent < stride; agent += 1) seenAt.set(wordOf(tick, agent, 0), tick * stride + agent);
    }
    let replayCount = 0;
    for (let tick = 0; tick < tickCount; tick += 1) {
      for (let agent = stride; agent < stride * stride; agent += stride) {
        const place = seenAt.get(wordOf(tick, agent, 0));
        if (place === undefined) continue;
        const [otherTick, otherAgent] = [Math.floor(place / stride), place % stride];
        if (agrees((step) => wordOf(tick, agent + step, 0) === wordOf(otherTick, otherAgent + step, 0)))
          replayCount += 1;
      }
    }
    return replayCount;
  }

  const seedOf = (tick: number): number => tickSeedA(5, 0, tick);
  const replaying: readonly [string, WordOf][] = [
    ['one mix of seed + agent x C', (tick, agent) => mix32(seedOf(tick) + Math.imul(agent, 0x9e3779b1))],
    ['a nested mix', (tick, agent, index) => mix32(mix32(seedOf(tick) + Math.imul(agent, 0x9e3779b1)) + index * 3)],
    ['the first lane alone', (tick, agent, index) => drawWord(laneA(seedOf(tick), agent), 0, purposes.wake, index)],
  ];

  test.each(replaying)('replaysBetweenTicks: catches %s', (_, wordOf) => {
    expect(replaysBetweenTicks(wordOf)).toBeGreaterThan(0);
  });

  const lanes = (hiOf: (agent: number) => number): WordOf => {
    return (tick, agent, index) =>
      drawWord(laneA(seedOf(tick), agent), laneB(tickSeedB(5, 0, tick), hiOf(agent)), purposes.wake, index);
  };

  test('drawWord: no tick is a shifted copy of another, even when keys are consecutive numbers', () => {
    expect(replaysBetweenTicks(lanes(() => 0))).toBe(0);
    expect(replaysBetweenTicks(lanes((agent) => agent))).toBe(0);
  });
});

describe('replay between agents', () => {
  /** Pairs of agents of whom one draws, some indexes later, what the other draws: within one tick. */
  function replaysBetweenAgents(wordOf: WordOf): number {
    const [agentCount, indexCount] = [40_000, 24];
    const seenAt = new Map<number, number>();
    for (let agent = 0; agent < agentCount; agent += 1) seenAt.set(wordOf(0, agent, 0), agent);
    let replayCount = 0;
    for (let agent = 0; agent < agentCount; agent += 1) {
      for (let index = 0; index < indexCount; index += 1) {
        const other = seenAt.get(wordOf(0, agent, index));
        if (other === undefined || other === agent) continue;
        if (agrees((step) => wordOf(0, agent, index + step) === wordOf(0, other, step))) replayCount += 1;
      }
    }
    return replayCount;
  }

  const seedA = tickSeedA(5, 0, 1);
  const seedB = tickSeedB(5, 0, 1);
  const keys = Array.from({ length: 40_000 }, (_, agent) => hashedKey(agent));

  test('replaysBetweenAgents: catches a second lane that all agents share', () => {
    const wordOf: WordOf = (_, agent, index) => drawWord(laneA(seedA, keys[agent].lo), seedB, purposes.wake, index);
    expect(replaysBetweenAgents(wordOf)).toBeGreaterThan(0);
  });

  test('drawWord: no agent draws a shifted copy of what another draws', () => {
    const wordOf: WordOf = (_, agent, index) => {
      const key = keys[agent];
      return drawWord(laneA(seedA, key.lo), laneB(seedB, key.hi), purposes.wake, index);
    };
    expect(replaysBetweenAgents(wordOf)).toBe(0);
  });
});

function agrees(isEqualAt: (step: number) => boolean): boolean {
  for (let step = 1; step < runLength; step += 1) if (!isEqualAt(step)) return false;
  return true;
}

describe('independence of the population', () => {
  interface Agent {
    readonly id: number;
    readonly key: { readonly lo: number; readonly hi: number };
  }

  /** Draws as a kernel does, row after row over hoisted lanes, and files them under the agent's id. */
  function drawsById(rows: readonly Agent[]): Map<number, number[]> {
    const [seedA, seedB] = [tickSeedA(9, 0, 2), tickSeedB(9, 0, 2)];
    const a = Int32Array.from(rows, ({ key }) => laneA(seedA, key.lo));
    const b = Int32Array.from(rows, ({ key }) => laneB(seedB, key.hi));
    return new Map(
      rows.map(({ id }, row) => [
        id,
        Object.values(purposes).map((purpose) => unitOf(drawWord(a[row], b[row], purpose, 0))),
      ]),
    );
  }

  const agents = Array.from({ length: 500 }, (_, id) => ({ id, key: hashedKey(id) }));

  test('drawWord: adding an agent, in whatever row, moves no draw of the others', () => {
    const before = drawsById(agents);
    const newcomer = { id: 500, key: hashedKey(500) };
    const after = drawsById([...agents.slice(0, 100), newcomer, ...agents.slice(100)].reverse());
    expect(after.size).toBe(501);
    after.delete(500);
    for (const [id, draws] of before) expect(after.get(id)).toEqual(draws);
  });

  test('draw: the whole draw in one call is the hoisted one', () => {
    for (const [id, draws] of drawsById(agents)) {
      const { key } = agents[id];
      expect(Object.values(purposes).map((purpose) => draw(9, 2, key, purpose))).toEqual(draws);
    }
  });
});
