/**
 * The nearest of all users: the same for any number of threads, and what one search after the other gives.
 */
import { expect, test } from 'vitest';
import { createSearcher, search } from '../../../sim/world/embedding-index.ts';
import { topOfAll } from '../../../sim/engine/embedding-threads.ts';
import { drawVectors } from '../../bench/embedding.ts';

test('topOfAll: one thread and three find for each user what a search for it finds', async () => {
  const dimensions = 16;
  const vectors = { dimensions, components: drawVectors(2000, dimensions, 'clustered', 1) };
  const users = { dimensions, components: drawVectors(700, dimensions, 'clustered', 2) };
  const order = { vectors, users, length: 12, probeCount: 3, cellCount: 16 };
  const [one, three] = await Promise.all([topOfAll({ ...order, threads: 1 }), topOfAll({ ...order, threads: 3 })]);
  expect(three.found).toEqual(one.found);
  const found = new Int32Array(12);
  search(createSearcher(one.index), { components: users.components, from: 699 * 16, length: 12, probeCount: 3 }, found);
  expect([...one.found.subarray(699 * 12)]).toEqual([...found]);
  expect(found[11]).toBeGreaterThanOrEqual(0);
});
