/**
 * Posts that carry texts, in runs that take topics from words: what feeds by interest then show, and to whom.
 */
import { describe, expect, test } from 'vitest';
import { postRow, topicOfPost } from '../../../sim/world/posts.ts';
import { topicOfText } from '../../../sim/world/text-topic.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { Plan } from '../../../sim/engine/plan.ts';

const texts = [
  'More homes should be built where people want to live',
  'Railways should come before new motorways',
  'Bananas are yellow.',
];

const writer = {
  decide(hand: Hand): void {
    if (hand.draw(0) < 0.4) hand.act('post', undefined, 0, { text: texts[Math.floor(hand.draw(1) * 3)] });
  },
};
const code = codeOf({ policies: { writer } });
const feed = { ...smallPlan().feed, recommender: 'interest' } as const;
const base: Partial<Plan> = { policies: [{ kind: 'own', name: 'writer' }], ticks: 16, allowedVerbs: ['post'] };
const population = smallPopulation({ agents: 100 });

function boardOf(text: string): number | undefined {
  const vector = new Float64Array(8);
  if (!topicOfText(text, vector)) return undefined;
  const [best] = [...vector.keys()].sort((x, y) => Math.abs(vector[y]) - Math.abs(vector[x]));
  return best * 2 + (vector[best] < 0 ? 1 : 0);
}

describe('feed.embedding: lexical', () => {
  test('writeTopic: a post stands on the board of its words; one without such words on that of a draw', async () => {
    const plan = smallPlan({ ...base, feed: { ...feed, embedding: 'lexical' } });
    const world = openWorld({ plan, population, code, placement: { workers: 2 } });
    const boards = new Map<string, Set<number>>();
    for (let tick = 0; tick < 12; tick++) {
      const { verb, result, details } = await world.step();
      const { row, text } = details;
      row.forEach((intent, k) => {
        if (verb[intent] !== 1) return;
        const bytes = new Uint8Array(
          details.texts.buffer,
          details.texts.byteOffset + (text[k] + 1) * 4,
          details.texts[text[k]],
        );
        const words = new TextDecoder().decode(bytes);
        const board = topicOfPost(world.state.posts.face, postRow(world.state.posts, result[intent]));
        boards.set(words, (boards.get(words) ?? new Set()).add(board));
      });
    }
    expect([...(boards.get(texts[0]) ?? [])]).toEqual([boardOf(texts[0])]);
    expect([...(boards.get(texts[1]) ?? [])]).toEqual([boardOf(texts[1])]);
    expect(boardOf(texts[2])).toBeUndefined();
    expect(boards.get(texts[2])?.size).toBeGreaterThan(3);
  });

  test('writeTopic: in any order of shards records are the same, and without the setting words change nothing', async () => {
    const recordsOf = async (plan: Plan, workers: number): Promise<readonly Uint8Array[]> => {
      const world = openWorld({ plan, population, code, placement: { workers } }, (count) => count - 1);
      const topics: Uint8Array[] = [];
      for (let tick = 0; tick < 12; tick++) topics.push((await world.step()).topic);
      return topics;
    };
    const lexical = smallPlan({ ...base, feed: { ...feed, embedding: 'lexical' } });
    const [one, three] = [await recordsOf(lexical, 1), await recordsOf(lexical, 3)];
    expect(three).toEqual(one);
    expect(await recordsOf(smallPlan({ ...base, feed }), 1)).not.toEqual(one);
  });
});
