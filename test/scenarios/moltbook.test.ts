/** The MoltBook study: its targets, its statistics and its scorecard. */
import { expect, test } from 'vitest';
import { independentDiscussion } from '../../scenarios/moltbook/baselines.ts';
import { windowOf } from '../../scenarios/moltbook/discussion.ts';
import { fittedParameters } from '../../scenarios/command/calibrate-moltbook.ts';
import { scoreMoltbook } from '../../scenarios/moltbook/scorecard.ts';
import { cheapStatistics, discussionStatistics } from '../../scenarios/moltbook/statistics.ts';
import { readRealFigures } from '../../scenarios/moltbook/study.ts';
import { moltbookTargets } from '../../scenarios/moltbook/targets.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import type { Discussion } from '../../scenarios/moltbook/discussion.ts';

/** Agent 0 posts at 0 s; 1 comments at 10 s; 0 answers at 40 s; 2 posts at 100 s the words of 1's comment; 1 comments on it at 160 s. */
const small: Discussion = {
  agentCount: 4,
  count: 5,
  author: Int32Array.of(0, 1, 0, 2, 1),
  parent: Int32Array.of(-1, 0, 1, -1, 3),
  seconds: Float64Array.of(0, 10, 40, 100, 160),
  community: Int32Array.of(0, -1, -1, 1, -1),
  text: Int32Array.of(0, 1, 2, 1, 3),
  upvotes: Int32Array.of(3, 0, 0, 1, 0),
};

test('targets: each names a statistic, its value lies in its interval, and fewer parameters are fitted than targets', () => {
  const names = Object.keys({ ...discussionStatistics(small, 1), largestClusterShare: 0, silhouette: 0, clusters: 0 });
  for (const { id, statistic, value, interval } of moltbookTargets) {
    expect(names, id).toContain(statistic);
    expect(value, id).toBeGreaterThanOrEqual(interval[0]);
    expect(value, id).toBeLessThanOrEqual(interval[1]);
  }
  const calibrated = moltbookTargets.filter(({ kind }) => kind === 'calibrated');
  expect(new Set(moltbookTargets.map(({ id }) => id)).size).toBe(moltbookTargets.length);
  expect(calibrated.length).toBeGreaterThan(fittedParameters.length);
});

test('cheapStatistics: five messages whose counts can be made by hand', () => {
  expect(cheapStatistics(small)).toMatchObject({
    ...{ messages: 5, activeAgents: 3, commentsPerPost: 1.5, answeredShare: 1, duplicateShare: 0.4 },
    ...{ depthZeroShare: 2 / 3, depthOneShare: 1 / 3, flatThreadShare: 0.5, neverReturnShare: 0.5 },
    // 0 answers 1 and 1 answers 0, and 1 answers 2: two ties of three.
    ...{ reciprocity: 2 / 3, firstCommentSeconds: 35, replySeconds: 30, topCommunityShare: 0.5, upvoteGini: 0.25 },
  });
});

test('windowOf: comments below posts of before are left out, and parents keep their children', () => {
  const late = windowOf(small, 20, Infinity);
  expect(Array.from(late.seconds)).toEqual([100, 160]);
  expect(Array.from(late.parent)).toEqual([-1, 0]);
});

test('independentDiscussion: parents stand before their answers, and as many messages as agents have rates for', () => {
  const drawn = independentDiscussion(small, 300, randomStream(1, 6, 1));
  drawn.parent.forEach((above, row) => {
    expect(above).toBeLessThan(row);
  });
  expect(drawn.count / 300).toBeGreaterThan(5 / 3 - 0.25);
  expect(drawn.count / 300).toBeLessThan(5 / 3 + 0.25);
});

test('scoreMoltbook: worlds at the published values meet everything, and worlds elsewhere are missed in words', () => {
  const at = (shift: number) =>
    Object.fromEntries(moltbookTargets.map(({ statistic, value }) => [statistic, value + shift]));
  const real = readRealFigures();
  const met = scoreMoltbook([at(0), at(0)], real).counts;
  expect([met.calibratedInside, met.heldOutInside]).toEqual([met.calibrated, met.heldOut]);
  expect(met.beatBoth).toBe(met.comparedWithBoth);
  const missed = scoreMoltbook([at(1000), at(1001)], real);
  expect(missed.misses).toHaveLength(moltbookTargets.length);
  expect(missed.misses[0]).toMatch(
    /^activityGini \(posts and comments over agents that wrote any\): ours 1000 .* lies above the published 0\.839/,
  );
});
