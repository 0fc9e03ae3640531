/** Votes and looks of a small world, against a map of pairs that is kept tick by tick. */
import { expect, test } from 'vitest';
import { readVotes } from '../../../analysis/measures/votes.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { nextReaction } from '../../../sim/exchange/reactions.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { readPosts } from '../../../sim/record/post-reader.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { reactionBits } from '../../../sim/world/pairs.ts';
import type { Records } from '../../../sim/record/reader.ts';

const data = {
  ...{ version: 1, name: 'votes', seed: 2, ticks: 30, tickSeconds: 3600 },
  population: { kind: 'generated', agents: 80, wakesPerDayMean: 12 },
  feed: { recommender: 'random', length: 6, exposuresMax: 8 },
  verbs: ['post', 'repost', 'upvote', 'downvote'],
  policies: [{ share: 1, rules: { postShare: 0.1, likeRatio: 3, dislikeRatio: 2, intercept: -1 } }],
  plants: [{ name: 'all', kind: 'conformists', share: 0.6, strength: 0.5, votesPerLook: 0.4, revotes: true }],
};

const voting = new Set<number>([verbs.upvote, verbs.downvote]);
const voteIn = (bits: number): number =>
  ((bits & reactionBits.like) === 0 ? 0 : 1) - ((bits & reactionBits.dislike) === 0 ? 0 : 1);

/** Rows as text: votes in the order of the log, looks sorted. */
function naive(records: Records): { votes: string[]; looks: string[] } {
  const { origin } = readPosts(records);
  const bits = new Map<string, number>();
  const score = new Map<number, number>();
  const known = new Set<string>();
  const [votes, looks] = [[] as string[], [] as string[]];
  for (const record of records.ticks()) {
    const { tick, seen } = record;
    const scoreBefore = new Map(score);
    const shown = (content: number, own: number): number => (scoreBefore.get(content) ?? 0) - own;
    const seenNow = Array.from(seen.agent, (agent, i) => ({ agent, content: origin[seen.origin[i] - 1] })).map(
      (one) => {
        return { ...one, pair: `${one.agent} ${one.content}` };
      },
    );
    const before = seenNow.map(({ pair }) => voteIn(bits.get(pair) ?? 0));
    for (let i = 0; i < record.intentCount; i++) {
      if (record.outcome[i] !== outcomes.granted || !voting.has(record.verb[i])) continue;
      const content = origin[record.target[i] - 1];
      const pair = `${record.actor[i]} ${content}`;
      const stood = bits.get(pair) ?? 0;
      const stands = nextReaction(record.verb[i], stood);
      bits.set(pair, stands);
      score.set(content, (score.get(content) ?? 0) + voteIn(stands) - voteIn(stood));
      votes.push([tick, pair, voteIn(stood), voteIn(stands), shown(content, voteIn(stood))].join());
    }
    seenNow.forEach(({ content, pair }, i) => {
      looks.push(
        [tick, pair, before[i], voteIn(bits.get(pair) ?? 0), shown(content, before[i]), known.has(pair) ? 0 : 1].join(),
      );
      known.add(pair);
    });
  }
  return { votes, looks: looks.sort() };
}

test('readVotes: votes, looks, scores that were shown and what stood before and after are those of a map of pairs', async () => {
  const scenario = scenarioOf(documentOf(data, 'made'));
  const records = await runInMemory(
    compileScenario(scenario, () => ''),
    noOwnCode,
    { sampleShare: 1 },
  );
  const { votes, looks } = readVotes(records);
  const rowOf = (of: typeof votes, row: number): unknown[] => [
    ...[of.tick[row], `${of.agent[row]} ${of.content[row]}`, of.before[row], of.after[row], of.scoreShown[row]],
  ];
  const expected = naive(records);
  expect(expected.votes.length).toBeGreaterThan(1000);
  expect(Array.from({ length: votes.count }, (_, row) => rowOf(votes, row).join())).toEqual(expected.votes);
  const found = Array.from({ length: looks.count }, (_, row) => [...rowOf(looks, row), looks.isFirst[row]].join());
  expect(found.sort()).toEqual(expected.looks);
});
