/**
 * Ownership: every row has one owner, and what a shard walks through is what it owns.
 */
import { describe, expect, test } from 'vitest';
import { agentShard, forOwnBlocks, ownershipOf, ownRowCountMax, postShard } from '../../../sim/world/ownership.ts';

const shardCounts = [1, 2, 3, 4, 5, 6, 7, 8];
const agentCounts = [1, 31, 32, 33, 255, 1000, 1024, 8191, 70_001];

describe('ownership', () => {
  test.each(shardCounts)(
    'forOwnBlocks: %i shards walk through every row exactly once, each its own, upwards',
    (shardCount) => {
      for (const agentCount of agentCounts) {
        const visits = new Uint8Array(agentCount);
        for (let shard = 0; shard < shardCount; shard++) {
          const owner = ownershipOf(shard, shardCount, agentCount);
          let previous = -1;
          let own = 0;
          forOwnBlocks(owner, (start, end) => {
            expect(start % 32).toBe(0);
            expect(start).toBeGreaterThan(previous);
            expect(end).toBeGreaterThan(start);
            for (let row = start; row < end; row++) {
              visits[row]++;
              own++;
              if (agentShard(owner, row) !== shard) throw new RangeError(`row ${row} is not of shard ${shard}`);
            }
            previous = end - 1;
          });
          expect(own).toBeLessThanOrEqual(ownRowCountMax(owner));
        }
        expect(visits.every((count) => count === 1)).toBe(true);
      }
    },
  );

  test.each(shardCounts)('agentShard and postShard: all of %i shards agree on who owns what', (shardCount) => {
    const owners = shardCounts.slice(0, shardCount).map((_, shard) => ownershipOf(shard, shardCount, 5000));
    for (let row = 0; row < 5000; row += 7) {
      expect(new Set(owners.map((owner) => agentShard(owner, row))).size).toBe(1);
      const shard = postShard(owners[0], row);
      expect(shard >= 0 && shard < shardCount).toBe(true);
      expect(owners.every((owner) => postShard(owner, row) === shard)).toBe(true);
    }
  });

  test('ownershipOf: no shard owns a quarter more than its share', () => {
    for (const shardCount of shardCounts) {
      for (const agentCount of [10_000, 100_000]) {
        for (let shard = 0; shard < shardCount; shard++) {
          let own = 0;
          forOwnBlocks(ownershipOf(shard, shardCount, agentCount), (start, end) => (own += end - start));
          expect(own).toBeLessThan((agentCount / shardCount) * 1.25);
        }
      }
    }
  });
});
