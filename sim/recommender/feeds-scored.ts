/**
 * Feeds that score their candidates anew as of now: rising, trending, and OASIS's interest recommender.
 */
import { topicCount, topicScale } from '../world/agents.ts';
import { boardLength, mainBoards } from '../world/boards.ts';
import { dotFace, postRow, votesOf } from '../world/posts.ts';
import { matchOf } from '../world/reader-vectors.ts';
import { sources } from '../exchange/tables.ts';
import { rank, takeBoard, takeRecent } from './candidates.ts';
import { takeByInterest } from './neighbours.ts';
import { interestScore } from './interest-score.ts';
import { risingScore } from './scores.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';
import type { Fill } from './feed.ts';

const hoursOfTrend = 7 * 24;

function ageHoursOf({ posts, now }: StateView, post: number): number {
  return ((now.tick - posts.tick[postRow(posts, post)]) * now.tickSeconds) / 3600;
}

/** The hot board by votes against age now. */
export const fillRising: Fill = (state, feed, _agent, scratch, slots) => {
  takeBoard(state, feed, scratch, mainBoards.hot, boardLength, sources.popular);
  for (let k = scratch.from; k < scratch.count; k++) {
    const post = scratch.post[k];
    scratch.score[k] = risingScore(votesOf(state.posts, postRow(state.posts, post)), ageHoursOf(state, post));
  }
  rank(scratch, slots);
};

/** What has most votes of what was written in the last seven days. */
export const fillTrending: Fill = (state, feed, _agent, scratch, slots) => {
  takeBoard(state, feed, scratch, mainBoards.top, boardLength, sources.popular);
  for (let k = scratch.from; k < scratch.count; k++) {
    const row = postRow(state.posts, scratch.post[k]);
    const isOld = ageHoursOf(state, scratch.post[k]) > hoursOfTrend;
    scratch.score[k] = isOld ? -Number.MAX_VALUE : votesOf(state.posts, row);
  }
  rank(scratch, slots);
  while (scratch.count > scratch.from && scratch.score[scratch.order[scratch.count - 1]] === -Number.MAX_VALUE)
    scratch.count--;
};

/**
 * By match, recency and the author's reach. The cosine of two vectors of a model counts as it is, and below 0 as 0; that of interest and topic, c,
 * counts as (1 + c) / 2, since it is often negative.
 */
export const fillTwhin: Fill = (state, feed, agent, scratch, slots) => {
  takeRecent(state, feed, agent, scratch, slots);
  takeByInterest(state, feed, agent, scratch, boardLength / 2);
  takeBoard(state, feed, scratch, mainBoards.hot, boardLength / 2, sources.popular);
  const interest = state.agents.interest as Int8Array;
  const face = state.posts.face as Int32Array;
  const { meaning } = state;
  for (let k = scratch.from; k < scratch.count; k++) {
    const row = postRow(state.posts, scratch.post[k]);
    const match = meaning === undefined ? NaN : matchOf(meaning, agent, row);
    const cosine = dotFace(interest, agent * topicCount, face, row) / (topicScale * topicScale);
    scratch.score[k] = interestScore({
      ageMinutes: ageHoursOf(state, scratch.post[k]) * 60,
      similarity: Number.isNaN(match) ? (1 + cosine) / 2 : Math.max(0, match),
      followerCount: state.agents.followerCount[state.posts.author[row] as AgentRow],
    });
  }
  rank(scratch, slots);
};
