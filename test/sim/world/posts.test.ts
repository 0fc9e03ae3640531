/**
 * The window of posts: what is live, what a tick may add without touching what the tick reads, and which board a post stands on.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLive, newPostsMax, oldestLive, postRow, topicOf } from '../../../sim/world/posts.ts';

const window = fc.record({ bits: fc.integer({ min: 2, max: 12 }), nextPost: fc.integer({ min: 1, max: 100_000 }) });

describe('the window of posts', () => {
  test('oldestLive: live posts and the most posts of one tick never share a row, and fill the window together', () => {
    fc.assert(
      fc.property(window, ({ bits, nextPost }) => {
        const posts = { rowCapacity: 1 << bits };
        const oldestPost = oldestLive(posts, nextPost);
        const ids = Array.from({ length: nextPost - oldestPost + newPostsMax(posts) }, (_, i) => oldestPost + i);
        const rows = new Set(ids.map((id) => postRow(posts, id)));
        expect(rows.size).toBe(ids.length);
        expect(ids.length).toBe(Math.min(posts.rowCapacity, nextPost - 1 + newPostsMax(posts)));
      }),
      { seed: 10 },
    );
  });

  test('isLive: holds from the oldest post to the one before the next, and for no other id', () => {
    fc.assert(
      fc.property(window, fc.integer({ min: -3, max: 100_010 }), ({ bits, nextPost }, id) => {
        const oldestPost = oldestLive({ rowCapacity: 1 << bits }, nextPost);
        expect(isLive({ oldestPost, nextPost }, id)).toBe(id >= 1 && id < nextPost && id >= oldestPost);
        expect(isLive({ oldestPost, nextPost }, oldestPost)).toBe(nextPost > 1);
        expect(isLive({ oldestPost, nextPost }, nextPost)).toBe(false);
        expect(isLive({ oldestPost, nextPost }, 0)).toBe(false);
      }),
      { seed: 11 },
    );
  });

  test('oldestLive: never goes back as posts are made', () => {
    const posts = { rowCapacity: 64 };
    for (let nextPost = 1; nextPost < 500; nextPost++) {
      const step = oldestLive(posts, nextPost + 1) - oldestLive(posts, nextPost);
      expect([0, 1]).toContain(step);
    }
  });

  test('topicOf: names the greatest absolute component and its sign, the lowest dimension among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 8, maxLength: 8 }), (vector) => {
        const greatest = Math.max(...vector.map(Math.abs));
        const best = vector.findIndex((one) => Math.abs(one) === greatest);
        expect(topicOf([99, ...vector], 1)).toBe(best * 2 + (vector[best] < 0 ? 1 : 0));
      }),
      { seed: 12 },
    );
  });
});
