/**
 * Platforms fill in what a scenario leaves out, and nothing else.
 */
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../sim/scenario/document.ts';
import { platforms, scenarioOf } from '../../../sim/scenario/platforms.ts';
import { platformNames } from '../../../sim/scenario/schema.ts';
import { verbNames } from '../../../sim/scenario/schema-acts.ts';

function read(more: string) {
  const text = `version: 1\nname: small\nticks: 5\npopulation: {kind: generated, agents: 10}\n${more}`;
  return scenarioOf(parseDocument(text, 'small.yaml', 'yaml'));
}

describe('scenarioOf', () => {
  test.each(platformNames)(
    'scenarioOf: the platform %s gives a complete scenario with its verbs, feed and conduct',
    (name) => {
      const data = read(`platform: ${name}\n`);
      const { verbs, feed } = platforms[name] as { verbs: string[]; feed: { recommender: string; length: number } };
      expect(data.verbs).toEqual(verbs);
      expect(data.feed).toMatchObject(feed);
      expect(verbs.every((verb) => (verbNames as readonly string[]).includes(verb))).toBe(true);
    },
  );

  test('scenarioOf: what the scenario says itself stands, field by field', () => {
    const data = read('platform: reddit\nfeed: {length: 9}\nverbs: [post, like]\nconduct: {selfRating: false}\n');
    expect(data.verbs).toEqual(['post', 'like']);
    expect(data.feed).toMatchObject({ recommender: 'hot', length: 9 });
    expect(data.conduct).toMatchObject({ selfRating: false, moderation: [{ id: 'warn', reports: 2, does: 'label' }] });
  });

  test('scenarioOf: without a platform the usual seven verbs and no rules of conduct', () => {
    const data = read('');
    expect(data.verbs).toEqual(['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow']);
    expect(data.conduct).toEqual({
      ...{ selfRating: true, moderators: [], limits: [], moderation: [], backsOff: false, veils: false },
    });
  });

  test('scenarioOf: an unknown platform is refused at its place', () => {
    expect(() => read('platform: myspace\n')).toThrow(/small\.yaml:5:11.*platform/s);
  });

  test('OASIS-06: the platforms of OASIS allow its 6 and 13 acts, doing nothing among them and comments as replies', () => {
    expect(read('platform: oasis-x\n').verbs).toEqual(['post', 'like', 'repost', 'follow', 'quote']);
    // Likes and dislikes of comments are likes and dislikes: 10 verbs and doing nothing stand for its 13 acts.
    expect(read('platform: oasis-reddit\n').verbs).toEqual([
      ...['like', 'dislike', 'post', 'reply', 'search', 'searchAgents', 'trend', 'refresh', 'follow', 'mute'],
    ]);
    expect(read('platform: oasis-x\n').conduct.compat).toBe('oasis');
  });

  test('OASIS-34: at most five items a feed on both, two of five from outside one’s network on x', () => {
    expect(read('platform: oasis-x\n').feed).toMatchObject({ length: 5, outOfNetworkShare: 0.4 });
    expect(read('platform: oasis-reddit\n').feed).toMatchObject({ length: 5, recommender: 'hot' });
  });

  test('moltbook 1.11.0: the limits of the first day give way to others after 24 hours', () => {
    const { limits } = read('platform: moltbook-1.11.0\n').conduct;
    const posts = limits.filter(({ verbs }) => verbs.includes('post'));
    expect(posts.map(({ seconds, fromHours, untilHours }) => [seconds, fromHours, untilHours])).toEqual([
      [7200, undefined, 24],
      [1800, 24, undefined],
    ]);
  });

  test('moltbook: posts keep half an hour apart, replies twenty seconds, fifty a day', () => {
    const { limits } = read('platform: moltbook\n').conduct;
    expect(limits.map(({ verbs, count, seconds }) => [verbs.join(), count, seconds])).toEqual([
      ['post', 1, 1800],
      ['reply', 1, 20],
      ['reply', 50, 86_400],
    ]);
  });
});
