/**
 * Texts of rule-driven posts: pinned for ever, within bounds for every combination of phrases, varied, and found by their topic.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mix32 } from '../../../sim/ground/random.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { postKinds } from '../../../sim/world/posts.ts';
import { matches } from '../../../sim/world/search.ts';
import {
  boardName,
  opposingBoard,
  ruleText,
  slotsOf,
  stanceOf,
  stances,
  wordingVersion,
} from '../../../sim/world/wording.ts';
import { claims, sideNames, topicNames } from '../../../sim/world/wording-grammar.ts';
import type { RulePost } from '../../../sim/world/wording.ts';

const boards = Array.from({ length: 2 * topicCount }, (_, board) => board);
const first: RulePost = {
  authorKeyLo: 0x1234567,
  authorKeyHi: -0x7654321,
  tick: 0,
  sequence: 0,
  kind: postKinds.post,
  topicBoard: 0,
  appeal: 0,
  stance: stances.neutral,
};

/** Every board, kind, tone and stance, once each. */
const forms: RulePost[] = boards.flatMap((topicBoard) =>
  [
    ...[-256, 0, 256].map((appeal) => ({ kind: postKinds.post, appeal })),
    ...Object.values(stances).map((stance) => ({ kind: postKinds.reply, stance })),
    ...Object.values(stances).map((stance) => ({ kind: postKinds.quote, stance })),
  ].map((form) => ({ ...first, ...form, topicBoard })),
);

/** Posts of many authors and ticks, spread over all forms that `form` leaves open. */
function manyPosts(count: number, form: (index: number) => Partial<RulePost>): string[] {
  return Array.from({ length: count }, (_, i) =>
    ruleText({ ...first, authorKeyLo: mix32(i), authorKeyHi: mix32(~i), tick: i % 97, ...form(i) }),
  );
}

describe('texts that stay', () => {
  test('ruleText: reads as it always did', () => {
    expect(wordingVersion).toBe(1);
    expect(ruleText(first)).toBe(
      'In the work debate I hold that parents should get shorter hours without losing their post, and I would vote for it tomorrow. That is all for today.',
    );
    expect(ruleText({ ...first, tick: 1, topicBoard: 5, appeal: 300 })).toBe(
      'It cannot be said too often about climate: inventions should solve this and not bans, which is what most of my neighbours say too. Thank you for reading.',
    );
    const answer = { ...first, kind: postKinds.reply, sequence: 2, topicBoard: 9 };
    expect(ruleText({ ...answer, stance: stances.agree })).toBe(
      'I agree about housing: repairing what stands should come before building anew, even if it takes a while to pay off. Has anyone tried it?',
    );
    expect(ruleText({ ...answer, stance: stances.disagree })).toBe(
      'I disagree about housing: empty land in cities should be built on, even if it takes a while to pay off. Has anyone tried it?',
    );
    expect(ruleText({ ...answer, stance: stances.neutral })).toBe(
      'I am undecided on housing: I can see who gains and who loses, at least from where I stand. Has anyone tried it?',
    );
    expect(ruleText({ ...answer, kind: postKinds.quote, stance: stances.disagree })).toBe(
      'Quoting this on housing because I disagree: empty land in cities should be built on, even if it takes a while to pay off. Has anyone tried it?',
    );
  });

  test('ruleText: 14,400 texts of every form have the digest of wording version 1', () => {
    const texts = forms.flatMap((form) =>
      manyPosts(100, (i) => ({ ...form, authorKeyLo: mix32(i), tick: i, sequence: i % 3 })),
    );
    expect(texts).toHaveLength(14_400);
    expect(createHash('sha256').update(texts.join('\n')).digest('hex')).toBe(
      '488accce1c6ce42a7089d811deb96a39c5ac4de5090aacf2bf89e00623a8483e',
    );
  });

  test('ruleText: each of author key, tick and sequence alone makes another text', () => {
    const variants = [{}, { authorKeyLo: 5 }, { authorKeyHi: 5 }, { tick: 5 }, { sequence: 5 }];
    const texts = variants.map((variant) => ruleText({ ...first, ...variant }));
    expect(new Set(texts).size).toBe(variants.length);
  });

  test('ruleText: a repost has no word of its own', () => {
    expect(ruleText({ ...first, kind: postKinds.repost })).toBe('');
  });
});

describe('what texts say', () => {
  test('slotsOf: every combination of phrases has 40 to 280 printable characters, in two sentences', () => {
    for (const form of forms) {
      const lengths = slotsOf(form).map((phrases) => phrases.map(({ length }) => length));
      const shortest = lengths.reduce((sum, slot) => sum + Math.min(...slot), 0);
      const longest = lengths.reduce((sum, slot) => sum + Math.max(...slot), 0);
      expect(shortest).toBeGreaterThanOrEqual(40);
      expect(longest).toBeLessThanOrEqual(280);
      expect(slotsOf(form).flat().join('')).toMatch(/^[ -~]+$/);
    }
    for (const text of manyPosts(2000, (i) => forms[i % forms.length])) {
      expect(text).toMatch(/^[A-Z][^.?!#]*[a-z]\. [A-Z][^.?!#]*[.?]$/);
    }
  });

  test('ruleText: names its topic, and no other topic in the opening', () => {
    for (const form of forms) {
      const topic = form.topicBoard >> 1;
      const openings = slotsOf(form)[0];
      const named = openings.map((opening) => topicNames.filter((name) => matches(opening, name)));
      expect(named).toEqual(openings.map(() => [topicNames[topic]]));
    }
  });

  test('ruleText: a search for a topic finds every post about it', () => {
    for (const board of boards) {
      const texts = manyPosts(500, (i) => ({ ...forms[i % forms.length], topicBoard: board }));
      expect(texts.filter((text) => !matches(text, topicNames[board >> 1].toUpperCase()))).toEqual([]);
    }
  });

  test('ruleText: a post and an agreeing answer claim the board’s side, a disagreeing one the other side, a neutral one neither', () => {
    const sidesOf = (text: string): number[] =>
      boards.filter((board) => claims[board].some((claim) => text.includes(claim)));
    for (const form of forms) {
      const [text] = manyPosts(1, () => form);
      const isPost = form.kind === postKinds.post;
      const isNeutral = !isPost && form.stance === stances.neutral;
      const side = isPost || form.stance === stances.agree ? form.topicBoard : opposingBoard(form.topicBoard);
      expect(sidesOf(text)).toEqual(isNeutral ? [] : [side]);
    }
  });

  test('slotsOf: answers say in so many words whether they agree, disagree or do neither; posts say none of it', () => {
    const signs = [/\bdisagree\b/, /\b(neutral|undecided)\b/, /\bagree\b/];
    for (const form of forms) {
      const signed = slotsOf(form)[0].map((opening) => signs.findIndex((sign) => sign.test(opening)) - 1);
      expect(new Set(signed)).toEqual(new Set([form.kind === postKinds.post ? -2 : form.stance]));
    }
  });

  test('slotsOf: replies, quotes and the three tones of posts begin each in their own way', () => {
    const openings = forms.filter(({ topicBoard }) => topicBoard === 0).flatMap((form) => [...slotsOf(form)[0]]);
    expect(openings).toHaveLength(9 * 8);
    expect(new Set(openings).size).toBe(openings.length);
  });
});

describe('variety', () => {
  test('ruleText: 100,000 posts on one side of one topic in one tone have more than 10,000 different texts', () => {
    expect(new Set(manyPosts(100_000, () => ({ topicBoard: 8 }))).size).toBeGreaterThan(10_000);
  });

  test('ruleText: every phrase is drawn about as often as the others of its place', () => {
    const texts = manyPosts(20_000, () => ({ topicBoard: 3 }));
    for (const phrases of slotsOf({ ...first, topicBoard: 3 })) {
      const counts = phrases.map((phrase) => texts.filter((text) => text.includes(phrase)).length);
      const expected = texts.length / phrases.length;
      // Five standard deviations of a count that is binomial.
      const slack = 5 * Math.sqrt(expected * (1 - 1 / phrases.length));
      expect(Math.max(...counts.map((count) => Math.abs(count - expected)))).toBeLessThan(slack);
    }
  });
});

describe('names and stances', () => {
  test('topicNames: eight topics and sixteen sides, none named twice', () => {
    expect([topicNames.length, sideNames.length, claims.length]).toEqual([topicCount, 2 * topicCount, 2 * topicCount]);
    expect(new Set([...topicNames, ...sideNames, ...claims.flat()]).size).toBe(topicCount * 3 + claims.flat().length);
    expect(boardName(8)).toBe('housing: more house building');
    expect(boardName(9)).toBe('housing: protected neighbourhoods');
  });

  test('stanceOf: agrees from a cosine of a quarter on and disagrees from its negative', () => {
    const full = 127 * 127;
    const given = [full, full / 4, full / 4 - 1, 0, 1 - full / 4, -full / 4, -full].map(stanceOf);
    expect(given).toEqual([1, 1, 0, 0, 0, -1, -1]);
  });
});
