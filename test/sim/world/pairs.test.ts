/**
 * Pairs against a Map of strings: thousands of additions and questions while the window moves on and the table is rebuilt.
 */
import { describe, expect, test } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { initPairs, pairMetaLength, pairSpec, pairValue, reactionBits, setPair } from '../../../sim/world/pairs.ts';
import type { Pairs } from '../../../sim/world/pairs.ts';
import type { Id } from '../../../sim/ground/ids.ts';

function emptyPairs(capacity: number): Pairs {
  const allocator = createAllocator(1 << 20);
  const half = () => attachTable(pairSpec, allocator.handle, allocateTable(pairSpec, capacity, allocator));
  const reactions: Pairs = { halves: [half(), half()], meta: new Int32Array(pairMetaLength) };
  initPairs(reactions);
  return reactions;
}

/** Adds bits to what stands there. */
function addBits(pairs: Pairs, subject: number, object: number, bits: number, oldest: number): void {
  setPair(pairs, subject, object, pairValue(pairs, subject, object) | bits, oldest);
}

/** A world of acts on a window that moves: what the table says of live posts must be what the map says. */
function actAtRandom(
  reactions: Pairs,
  seed: number,
  acts: number,
  window: number,
): { rebuilds: number; sizes: number[] } {
  const stream = randomStream(seed, 1000);
  const done = new Map<string, number>();
  let rebuilds = 0;
  const sizes = new Set<number>();
  for (let act = 0; act < acts; act++) {
    const newest = 1 + Math.floor(act / 4);
    const oldest = Math.max(1, newest - window);
    const actor = stream.below(40);
    const post = oldest + stream.below(newest - oldest + 1);
    const key = `${actor},${post}`;
    expect(pairValue(reactions, actor, post)).toBe(done.get(key) ?? 0);
    const bit = stream.below(2) === 0 ? reactionBits.like : reactionBits.repost;
    const half = reactions.meta[0];
    addBits(reactions, actor, post, bit, oldest);
    if (half !== reactions.meta[0]) rebuilds++;
    sizes.add(reactions.meta[1]);
    done.set(key, (done.get(key) ?? 0) | bit);
    expect(pairValue(reactions, actor, post)).toBe(done.get(key));
  }
  return { rebuilds, sizes: [...sizes] };
}

describe('pairs', () => {
  test.each([1, 2, 3])('pairs: answer as a map of strings does while the window moves (seed %i)', (seed) => {
    const reactions = emptyPairs(1 << 14);
    const { rebuilds, sizes } = actAtRandom(reactions, seed, 12_000, 250 * seed);
    expect(rebuilds).toBeGreaterThan(3);
    expect(sizes.length).toBeGreaterThan(seed === 1 ? 1 : 2);
  });

  test('pairValue: a place that a rebuild emptied does not answer with the bits of an older entry', () => {
    const reactions = emptyPairs(1 << 12);
    const old = { first: 1, last: 400 };
    for (let post = old.first; post <= old.last; post++) addBits(reactions, 3, post, reactionBits.like, 1);
    // Both halves come to hold what the first posts left behind; then the window passes them and the halves change twice.
    for (let round = 0, post = 1000; round < 6; round++) {
      const half = reactions.meta[0];
      while (reactions.meta[0] === half) addBits(reactions, 5, ++post, reactionBits.repost, post - 3);
    }
    for (let actor = 0; actor < 8; actor++) {
      for (let post = old.first; post <= old.last; post++) expect(pairValue(reactions, actor, post)).toBe(0);
    }
  });

  test('setPair: a new entry in a place that an older one held begins without its bits', () => {
    const reactions = emptyPairs(1 << 12);
    for (let post = 1, oldest = 1; post < 20_000; post++, oldest = Math.max(1, post - 50)) {
      addBits(reactions, post % 7, post, reactionBits.like, oldest);
      addBits(reactions, post % 5, post, reactionBits.repost, oldest);
      const expected = post % 7 === post % 5 ? 3 : 1;
      expect(pairValue(reactions, post % 7, post)).toBe(expected);
    }
  });

  test('setPair: when more live entries stand than the region holds, it refuses loudly and loses none', () => {
    const reactions = emptyPairs(2048);
    let added = 0;
    expect(() => {
      for (let post = 1; ; post++) {
        addBits(reactions, 1, post, reactionBits.like, 1);
        added = post;
      }
    }).toThrow(/table of pairs is full/);
    for (let post = 1; post <= added; post++) expect(pairValue(reactions, 1, post)).toBe(reactionBits.like);
    const used = Array.from(reactions.halves[reactions.meta[0] as 0 | 1].subject as unknown as Int32Array);
    expect(used.filter((one) => one !== 0).length).toBe(reactions.meta[2 as Id<'pairs'>]);
  });
});
