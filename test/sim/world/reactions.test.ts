/**
 * Reactions against a Map of strings: thousands of additions and questions while the window moves on and the table is rebuilt.
 */
import { describe, expect, test } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import {
  addReaction,
  initReactions,
  reactionBits,
  reactionMetaLength,
  reactionOf,
  reactionSpec,
} from '../../../sim/world/reactions.ts';
import type { Reactions } from '../../../sim/world/reactions.ts';
import type { Id } from '../../../sim/ground/ids.ts';

function emptyReactions(capacity: number): Reactions {
  const allocator = createAllocator(1 << 20);
  const half = () => attachTable(reactionSpec, allocator.handle, allocateTable(reactionSpec, capacity, allocator));
  const reactions: Reactions = { halves: [half(), half()], meta: new Int32Array(reactionMetaLength) };
  initReactions(reactions);
  return reactions;
}

/** A world of acts on a window that moves: what the table says of live posts must be what the map says. */
function actAtRandom(
  reactions: Reactions,
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
    expect(reactionOf(reactions, actor, post)).toBe(done.get(key) ?? 0);
    const bit = stream.below(2) === 0 ? reactionBits.like : reactionBits.repost;
    const half = reactions.meta[0];
    addReaction(reactions, actor, post, bit, oldest);
    if (half !== reactions.meta[0]) rebuilds++;
    sizes.add(reactions.meta[1]);
    done.set(key, (done.get(key) ?? 0) | bit);
    expect(reactionOf(reactions, actor, post)).toBe(done.get(key));
  }
  return { rebuilds, sizes: [...sizes] };
}

describe('reactions', () => {
  test.each([1, 2, 3])('reactions: answer as a map of strings does while the window moves (seed %i)', (seed) => {
    const reactions = emptyReactions(1 << 14);
    const { rebuilds, sizes } = actAtRandom(reactions, seed, 12_000, 250 * seed);
    expect(rebuilds).toBeGreaterThan(3);
    expect(sizes.length).toBeGreaterThan(seed === 1 ? 1 : 2);
  });

  test('reactionOf: a place that a rebuild emptied does not answer with the bits of an older entry', () => {
    const reactions = emptyReactions(1 << 12);
    const old = { first: 1, last: 400 };
    for (let post = old.first; post <= old.last; post++) addReaction(reactions, 3, post, reactionBits.like, 1);
    // Both halves come to hold what the first posts left behind; then the window passes them and the halves change twice.
    for (let round = 0, post = 1000; round < 6; round++) {
      const half = reactions.meta[0];
      while (reactions.meta[0] === half) addReaction(reactions, 5, ++post, reactionBits.repost, post - 3);
    }
    for (let actor = 0; actor < 8; actor++) {
      for (let post = old.first; post <= old.last; post++) expect(reactionOf(reactions, actor, post)).toBe(0);
    }
  });

  test('addReaction: a new entry in a place that an older one held begins without its bits', () => {
    const reactions = emptyReactions(1 << 12);
    for (let post = 1, oldest = 1; post < 20_000; post++, oldest = Math.max(1, post - 50)) {
      addReaction(reactions, post % 7, post, reactionBits.like, oldest);
      addReaction(reactions, post % 5, post, reactionBits.repost, oldest);
      const expected = post % 7 === post % 5 ? 3 : 1;
      expect(reactionOf(reactions, post % 7, post)).toBe(expected);
    }
  });

  test('addReaction: when more live entries stand than the region holds, it refuses loudly and loses none', () => {
    const reactions = emptyReactions(2048);
    let added = 0;
    expect(() => {
      for (let post = 1; ; post++) {
        addReaction(reactions, 1, post, reactionBits.like, 1);
        added = post;
      }
    }).toThrow(/reaction table is full/);
    for (let post = 1; post <= added; post++) expect(reactionOf(reactions, 1, post)).toBe(reactionBits.like);
    const used = Array.from(reactions.halves[reactions.meta[0] as 0 | 1].actor as unknown as Int32Array);
    expect(used.filter((one) => one !== 0).length).toBe(reactions.meta[2 as Id<'reactions'>]);
  });
});
