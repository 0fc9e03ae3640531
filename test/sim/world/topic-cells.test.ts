/**
 * Cells of topics: a function of the interests, and near to what all dot products give.
 */
import { describe, expect, test } from 'vitest';
import { topicCount } from '../../../sim/world/agents.ts';
import { cellOfTopic, createTopicCells, writeProbes } from '../../../sim/world/topic-cells.ts';
import { noCell, probesPerAgent } from '../../../sim/world/topic-index.ts';
import { drawVectors } from '../../bench/embedding.ts';

const interests = Int8Array.from(drawVectors(3000, topicCount, 'clustered', 3), (one) => Math.round(one * 127));

describe('createTopicCells', () => {
  test('createTopicCells: made twice, cells are the same, and so is where a topic falls', () => {
    const [one, other] = [createTopicCells(interests, 64), createTopicCells(interests, 64)];
    const places = [one, other].map((cells) =>
      Array.from({ length: 300 }, (_, i) => cellOfTopic(cells, interests.subarray(i * 8, i * 8 + 8))),
    );
    expect(places[0]).toEqual(places[1]);
    expect(new Set(places[0]).size).toBeGreaterThan(20);
  });

  test('writeProbes: the first cell of an agent is the one in which a post on its very interests stands', () => {
    for (const cellCount of [16, 64, 1024]) {
      const cells = createTopicCells(interests, cellCount);
      const probes = new Uint16Array(probesPerAgent);
      let same = 0;
      for (let agent = 0; agent < 200; agent++) {
        writeProbes(cells, interests, agent * topicCount, probes, 0);
        const count = Math.min(probesPerAgent, cells.cellCount);
        expect(new Set(probes.subarray(0, count)).size).toBe(count);
        expect([...probes.subarray(count)].every((cell) => cell === noCell)).toBe(true);
        if (probes[0] === cellOfTopic(cells, interests.subarray(agent * 8, agent * 8 + 8))) same++;
      }
      // In two steps a centre of a group that is not looked through may be missed.
      expect(same).toBeGreaterThanOrEqual(cellCount > 256 ? 195 : 200);
    }
  });
});
