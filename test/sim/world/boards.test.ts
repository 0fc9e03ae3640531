/**
 * Boards against a sort of everything that was ever offered.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { boardCount, boardLength, boardSpec, clearBoard, offer } from '../../../sim/world/boards.ts';
import type { Boards } from '../../../sim/world/boards.ts';

interface Offer {
  readonly post: number;
  readonly score: number;
}

function emptyBoards(): Boards {
  const allocator = createAllocator(1 << 16);
  return attachTable(boardSpec, allocator.handle, allocateTable(boardSpec, boardCount * boardLength, allocator));
}

function entries(boards: Boards, board: number): Offer[] {
  const posts = boards.post as unknown as Int32Array;
  const scores = boards.score as unknown as Float64Array;
  const places = Array.from({ length: boardLength }, (_, k) => board * boardLength + k);
  return places.filter((at) => posts[at] > 0).map((at) => ({ post: posts[at], score: scores[at] }));
}

/** The best `boardLength` posts by their highest score, then by id, both descending. */
function bestOf(offers: readonly Offer[]): Offer[] {
  const highest = new Map<number, number>();
  for (const { post, score } of offers) highest.set(post, Math.max(score, highest.get(post) ?? -Infinity));
  const all = [...highest].map(([post, score]) => ({ post, score }));
  return all.sort((x, y) => y.score - x.score || y.post - x.post).slice(0, boardLength);
}

/** Few posts and few scores, so that equal scores, repeated posts and a full board all happen. */
const offers = (postCount: number) =>
  fc.array(
    fc.record({
      post: fc.integer({ min: 1, max: postCount }),
      score: fc.integer({ min: 0, max: 9 }).map((n) => n / 4),
    }),
    { maxLength: 400 },
  );

describe('offer', () => {
  test.each([20, 90, 500])(
    'offer: keeps the best of everything offered, each post once at its highest score (%i posts)',
    (postCount) => {
      fc.assert(
        fc.property(offers(postCount), (given) => {
          const boards = emptyBoards();
          for (const { post, score } of given) offer(boards, 3, post, score);
          expect(entries(boards, 3)).toEqual(bestOf(given));
          expect(entries(boards, 2)).toEqual([]);
          expect(entries(boards, 4)).toEqual([]);
        }),
        { seed: 8, numRuns: 60 },
      );
    },
  );

  test('offer: merging the boards of several shards gives the board of one', () => {
    fc.assert(
      fc.property(offers(200), fc.integer({ min: 2, max: 4 }), (given, shards) => {
        const merged = emptyBoards();
        for (let shard = 0; shard < shards; shard++) {
          const own = emptyBoards();
          for (const { post, score } of given) if (post % shards === shard) offer(own, 0, post, score);
          for (const { post, score } of entries(own, 0)) offer(merged, 0, post, score);
        }
        expect(entries(merged, 0)).toEqual(bestOf(given));
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  test('offer: a lower score of a post that stands already changes nothing, a higher one moves it up', () => {
    const boards = emptyBoards();
    for (const [post, score] of [
      [5, 2],
      [6, 2],
      [7, 1],
      [5, 1],
      [7, 3],
    ] as const)
      offer(boards, 0, post, score);
    expect(entries(boards, 0)).toEqual([
      { post: 7, score: 3 },
      { post: 6, score: 2 },
      { post: 5, score: 2 },
    ]);
  });

  test('clearBoard: empties one board and leaves its neighbours', () => {
    const boards = emptyBoards();
    for (const board of [0, 1, 2]) offer(boards, board, board + 1, 1);
    clearBoard(boards, 1);
    expect([0, 1, 2].map((board) => entries(boards, board).length)).toEqual([1, 0, 1]);
  });
});
