/**
 * The built-in feeds, each as candidates and their ranking.
 *
 * `recency`: newest of whom one follows. `hot`, `top`, `controversial`: a board of all, by that score. `rising`: the hot board by votes
 * against age now. `trending`: the top board of the last seven days. `interest`: boards of one's main topics and in-network candidates, by
 * match. `twhin`: the same by match, recency and the author's reach, as OASIS has it. `mix`: in-network by recency; the out-of-network share
 * by match, from the boards of one's main topics and of all. `random`: live contents, each as likely. `friends-of-friends`: newest of those
 * whom one's followees follow. `collaborative`: newest of those who acted last on what one acted on. `community`: newest of the
 * communities one is subscribed to, by hot score. A study's own recommender scores the candidates of `interest` and `hot`.
 * A blend gives each part its share of the places, rounded by one draw a feed; what a part cannot fill goes to the next.
 * Oracle: `test/sim/recommender/feeds.test.ts` makes each naively.
 */
import { boardLength, mainBoards } from '../world/boards.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { sources } from '../exchange/tables.ts';
import { rank, scoreByInterest, takeBoard, takeInterestBoards, takeRecent } from './candidates.ts';
import { takeByInterest } from './neighbours.ts';
import { fillCollaborative, fillCommunity, fillFriendsOfFriends, fillRandom } from './feeds-beyond.ts';
import { fillRising, fillTrending, fillTwhin } from './feeds-scored.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings, Fill, OwnRecommender, RecommenderName } from './feed.ts';

const builtIn: Readonly<Record<RecommenderName, Fill>> = {
  ...{ recency: fillRecency, hot: fillHot, interest: fillInterest, mix: fillMix, none: () => undefined },
  ...{ random: fillRandom, rising: fillRising, trending: fillTrending, twhin: fillTwhin },
  top: (state, feed, _agent, scratch, slots) => {
    takeBoard(state, feed, scratch, mainBoards.top, slots, sources.popular);
  },
  controversial: (state, feed, _agent, scratch, slots) => {
    takeBoard(state, feed, scratch, mainBoards.controversial, slots, sources.popular);
  },
  ...{ 'friends-of-friends': fillFriendsOfFriends, collaborative: fillCollaborative, community: fillCommunity },
};

/** What fills the feeds of these settings. */
export function fillerOf(feed: FeedSettings): Fill {
  const { recommender, blend } = feed;
  const fill = blend !== undefined ? fillBlend : typeof recommender === 'function' ? fillOwn : builtIn[recommender];
  return feed.ownHidden === true ? hidingOwn(fill) : fill;
}

/** The same, where every candidate is asked who wrote it. */
function hidingOwn(fill: Fill): Fill {
  return (state, feed, agent, scratch, slots) => {
    scratch.isPicky = true;
    fill(state, feed, agent, scratch, slots);
  };
}

/** Place of the draw that rounds the parts of a blend, among a feed's draws. */
const blendDraw = 1;

function fillBlend(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, slots: number): void {
  const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
  const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  let goal = unitOf(drawWord(a, b, purposes.feed, blendDraw));
  let end = 0;
  for (const { recommender, share } of feed.blend ?? []) {
    goal += share * slots;
    end = Math.min(slots, Math.floor(goal + roundingRoom));
    scratch.from = scratch.count;
    if (end > scratch.from) builtIn[recommender](state, feed, agent, scratch, end - scratch.from);
    closeRanks(scratch, end);
  }
  scratch.from = 0;
}

/** Shares that add up to 1 may miss it by a few units in the last place. */
const roundingRoom = 1e-9;

/** Brings what a part chose to the places after those of the parts before it. */
function closeRanks(scratch: FeedScratch, end: number): void {
  const { from, order, post, origin, source, seen } = scratch;
  const count = Math.min(scratch.count, end);
  const chosen = Array.from({ length: count - from }, (_, k) => order[from + k]);
  const moved = chosen.map((place) => [post[place], origin[place], source[place], seen[place]]);
  moved.forEach((one, k) => {
    [post[from + k], origin[from + k], source[from + k], seen[from + k]] = one;
    order[from + k] = from + k;
  });
  scratch.count = count;
}

function fillRecency(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, slots: number): void {
  takeRecent(state, feed, agent, scratch, slots);
}

function fillHot(state: StateView, feed: FeedSettings, _agent: AgentRow, scratch: FeedScratch, slots: number): void {
  takeBoard(state, feed, scratch, 0, slots, sources.popular);
}

function fillInterest(
  state: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  scratch: FeedScratch,
  slots: number,
): void {
  takeRecent(state, feed, agent, scratch, slots);
  takeByInterest(state, feed, agent, scratch, interestRoom(feed, slots));
  scoreByInterest(state, agent, scratch);
  rank(scratch, slots);
}

/** Boards are read to the depth that they always were; of neighbours, which come in order, little more than can be shown. */
function interestRoom({ candidates }: FeedSettings, slots: number): number {
  return candidates === undefined || candidates === 'boards' ? boardLength / 2 : slots + slots / 2;
}

function fillMix(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, slots: number): void {
  const wanted = slots * feed.outOfNetworkShare;
  const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
  const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  const whole = Math.floor(wanted);
  const outCount = whole + (unitOf(drawWord(a, b, purposes.feed, 0)) < wanted - whole ? 1 : 0);
  takeRecent(state, feed, agent, scratch, slots - outCount);
  const inCount = scratch.count - scratch.from;
  if (outCount > 0) {
    takeByInterest(state, feed, agent, scratch, outCount * 4);
    takeBoard(state, feed, scratch, 0, outCount * 4, sources.popular);
    scoreByInterest(state, agent, scratch);
    for (let k = 0; k < inCount; k++) scratch.score[scratch.from + k] = Number.MAX_VALUE;
    rank(scratch, Math.min(inCount + outCount, slots));
  }
}

function fillOwn(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, slots: number): void {
  const score = feed.recommender as OwnRecommender;
  takeRecent(state, feed, agent, scratch, slots * 2);
  takeBoard(state, feed, scratch, 0, boardLength, sources.popular);
  takeInterestBoards(state, feed, agent, scratch, boardLength / 2);
  for (let k = scratch.from; k < scratch.count; k++)
    scratch.score[k] = score(state, agent, scratch.post[k], scratch.source[k]);
  rank(scratch, slots);
}
