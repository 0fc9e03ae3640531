/** Whether a voter follows shown scores: against all deals listed, and against scipy’s hypergeometric where two columns stand. */
import { expect, test } from 'vitest';
import { scoreFollowingTail } from '../../../analysis/estimators/score-following.ts';
import { readReference } from '../worlds.ts';

const { tails } = readReference<{ tails: { above: [number, number]; below: [number, number]; p: number }[] }>(
  'detection.json',
);
const of = ([votes, ups]: readonly [number, number]) => ({ votes, ups });

test('scoreFollowingTail: with scores above and below alone it is the hypergeometric tail', () => {
  for (const { above, below, p } of tails) {
    expect(scoreFollowingTail({ above: of(above), zero: of([0, 0]), below: of(below) })).toBeCloseTo(p, 9);
  }
});

test('scoreFollowingTail: with three columns it counts all deals of the votes in favour', () => {
  const signs = [1, 1, 1, 1, 0, 0, -1, -1, -1];
  const votes = [1, 1, 1, 0, 1, 0, 0, 1, 0];
  const statistic = (dealt: readonly number[]): number => dealt.reduce((sum, one, k) => sum + one * signs[k], 0);
  let [all, asGreat] = [0, 0];
  for (let code = 0; code < 512; code++) {
    const dealt = signs.map((_, k) => (code >> k) & 1);
    if (dealt.reduce((sum, one) => sum + one, 0) !== 5) continue;
    all++;
    if (statistic(dealt) >= statistic(votes)) asGreat++;
  }
  const columns = (sign: number) => {
    const rows = signs.flatMap((one, k) => (one === sign ? [k] : []));
    return { votes: rows.length, ups: rows.filter((k) => votes[k] === 1).length };
  };
  const found = scoreFollowingTail({ above: columns(1), zero: columns(0), below: columns(-1) });
  expect(found).toBeCloseTo(asGreat / all, 9);
});

test('scoreFollowingTail: who approves of everything is no follower', () => {
  expect(scoreFollowingTail({ above: of([20, 20]), zero: of([5, 5]), below: of([3, 3]) })).toBeCloseTo(1, 9);
});
