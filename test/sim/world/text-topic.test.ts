/**
 * Topics out of words, against texts whose topics are known: those that rules write.
 */
import { describe, expect, test } from 'vitest';
import { topicCount } from '../../../sim/world/agents.ts';
import { postKinds, topicOf } from '../../../sim/world/posts.ts';
import { topicOfText } from '../../../sim/world/text-topic.ts';
import { ruleText, stances } from '../../../sim/world/wording.ts';

describe('topicOfText', () => {
  test('topicOfText: nine of ten texts that rules write fall to the topic and the side that they were written about', () => {
    const vector = new Float64Array(topicCount);
    let right = 0;
    for (let board = 0; board < 16; board++) {
      for (let i = 0; i < 50; i++) {
        const about = { tick: i, sequence: 1, kind: postKinds.post, topicBoard: board, appeal: 0 };
        const text = ruleText({ authorKeyLo: i * 77, authorKeyHi: i * 13, ...about, stance: stances.agree });
        if (topicOfText(text, vector) && topicOf(vector, 0) === board) right++;
      }
    }
    // By chance one of sixteen.
    expect(right / 800).toBeGreaterThan(0.9);
  });

  test('topicOfText: a topic has the length of every topic; a text about nothing of it has none, and leaves the vector alone', () => {
    const vector = new Float64Array(topicCount).fill(7);
    expect(topicOfText('Bananas are yellow.', vector)).toBe(false);
    expect([...vector]).toEqual(new Array(topicCount).fill(7));
    expect(topicOfText('More homes should be built, and railways should come before new motorways', vector)).toBe(true);
    expect(Math.abs(Math.hypot(...vector) - 127)).toBeLessThan(2);
    expect(vector[4]).toBeGreaterThan(50);
    expect(vector[5]).toBeGreaterThan(50);
  });
});
