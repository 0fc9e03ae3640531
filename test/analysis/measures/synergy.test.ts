/** Synergy of recorded discussions: calls read from replies and requests, planted partners found, and none where there are none. */
import { expect, test } from 'vitest';
import { measureSynergy } from '../../../analysis/measures/synergy.ts';
import { testStream } from '../worlds.ts';
import { discussionRecords } from './discussion-records.ts';
import type { Records } from '../../../sim/record/reader.ts';

const agents = 12;

/** Threads of six replies in a chain; with `chance` whoever is answered is answered by the partner next door. */
function threads(seed: number, chance: number, threadCount = 120): Records {
  const stream = testStream(seed);
  const posts: [number, number][] = [];
  const replies: [number, number, number][] = [];
  for (let thread = 0; thread < threadCount; thread++) {
    let author = stream.below(agents);
    let above = posts.push([thread * 10, author]);
    for (let depth = 1; depth <= 6; depth++) {
      const drawn = stream.below(agents - 1);
      author = stream.uniform() < chance ? author ^ 1 : drawn < author ? drawn : drawn + 1;
      replies.push([thread * 10 + depth, author, above]);
      above = threadCount + replies.length;
    }
  }
  return discussionRecords({ posts, replies, agents });
}

test('partners who answer one another: bits above the null, the full recommender ahead, pairs and teams of partners', () => {
  const measured = measureSynergy(threads(1, 0.6), { seed: 1 });
  expect(measured).toMatchObject({ calls: 720, trees: 120, heldOutTrees: 24, heldOutCalls: 144 });
  expect(measured.interval?.[0]).toBeGreaterThan(0.3);
  expect(measured.pValue).toBe(1 / 200);
  const [popularity, relevance, full] = measured.hits;
  expect(full.hitAt1).toBeGreaterThan(0.4);
  for (const one of [popularity, relevance]) expect(one.fullLess?.interval?.[0]).toBeGreaterThan(0.1);
  for (const { caller, callee } of measured.pairs.slice(0, 8)) {
    const [one, other] = [caller, callee].map((name) => Number(name.slice('agent-'.length)));
    expect(other).toBe(one ^ 1);
  }
  const [first, second] = measured.teams[0].agents.map((name) => Number(name.slice('agent-'.length)));
  expect(second).toBe(first ^ 1);
  expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
});

test('answers at random: bits around 0, and p below 5 % in at most 5 of 30 worlds', () => {
  let hits = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const { synergyBits, pValue } = measureSynergy(threads(100 + seed, 0, 60), { seed });
    expect(Math.abs(synergyBits ?? 1)).toBeLessThan(0.2);
    if ((pValue ?? 1) <= 0.05) hits++;
  }
  expect(hits).toBeLessThanOrEqual(5);
});

test('replies to oneself are no calls, and without calls everything is null with a warning', () => {
  const alone = measureSynergy(discussionRecords({ posts: [[0, 1]], replies: [[1, 1, 1]] }), { seed: 1 });
  expect(alone).toMatchObject({ calls: 0, synergyBits: null, hits: [], pairs: [], teams: [], n: 0 });
  expect(alone.warnings).toEqual(['there are no calls: nobody replied to anybody']);
});
