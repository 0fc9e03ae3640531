/**
 * The index of topics against cells kept as lists: adding, dropping, crowding, and the memory of segments that were given back.
 */
import { describe, expect, test } from 'vitest';
import { mix32 } from '../../../sim/ground/random.ts';
import {
  addPost,
  allocateTopics,
  attachTopics,
  cellPostsMax,
  clearTopics,
  dropOldest,
  idsOfCell,
  levelOf,
  oldestOfCell,
} from '../../../sim/world/topic-index.ts';

const topic = Int8Array.of(10, -20, 30, -40, 50, -60, 70, 5);

describe('topic index', () => {
  test('addPost, dropOldest: through 20,000 posts in a window of 1,024 every cell holds what a list of it holds, newest first', () => {
    const index = attachTopics(allocateTopics({ agentCount: 1, postCapacity: 1024, shardCount: 1 }));
    clearTopics(index, 16);
    const lists = Array.from({ length: 16 }, (): number[] => []);
    const cellOf = (id: number): number => Math.min(15, 31 - Math.clz32((mix32(id) >>> 16) | 1));
    for (let id = 1; id <= 20_000; id++) {
      const gone = id - 1024;
      if (gone > 0) {
        const cell = cellOf(gone);
        expect(oldestOfCell(index, cell)).toBe(gone);
        dropOldest(index, cell);
        lists[cell].pop();
      }
      addPost(index, cellOf(id), id, topic);
      lists[cellOf(id)].unshift(id);
      if (id % 997 === 0) lists.forEach((list, cell) => expect(idsOfCell(index, cell)).toEqual(list));
    }
  });

  test('addPost: a crowded cell keeps its newest', () => {
    const index = attachTopics(allocateTopics({ agentCount: 1, postCapacity: 4096, shardCount: 1 }));
    clearTopics(index, 16);
    for (let id = 1; id <= 3000; id++) addPost(index, 3, id, topic);
    expect(idsOfCell(index, 3)).toEqual(Array.from({ length: cellPostsMax }, (_, k) => 3000 - k));
  });

  test('levelOf: there are some 40 to 160 posts a cell, however many there are, up to what there is room for', () => {
    for (let posts = 2560; posts < 2_600_000; posts = Math.ceil(posts * 1.3)) {
      const perCell = posts / levelOf(posts);
      expect(perCell).toBeGreaterThanOrEqual(40);
      expect(perCell).toBeLessThan(160);
    }
    expect(levelOf(0)).toBe(16);
    expect(levelOf(1 << 24)).toBe(16_384);
  });
});
