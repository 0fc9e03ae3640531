/**
 * Feeds from beyond one's own network: live contents at random, followees of followees, those who acted on the same, communities.
 *
 * Draws are keyed by agent and tick. Whom one follows is listed in canonical order, the unmerged log included, so that neither layout
 * nor merge interval can be seen.
 */
import { actedBit, recentLength } from '../world/agents.ts';
import { itemKinds, ledgerOf } from '../world/ledger.ts';
import { agentShard } from '../world/ownership.ts';
import { isLive, postRow, votesOf } from '../world/posts.ts';
import { currentFollowees } from '../social-graph/ties.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { sources } from '../exchange/tables.ts';
import { rank, take } from './candidates.ts';
import { poolMax } from './feed.ts';
import { hotScore } from './scores.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings, Fill } from './feed.ts';

/** Draws of a feed from here on are those of this file. */
const firstDraw = 2;

function drawer(state: StateView, agent: AgentRow): (index: number) => number {
  const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
  const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  return (index) => unitOf(drawWord(a, b, purposes.feed, firstDraw + index));
}

/** Live rows at random, four tries a place: what may not be shown is passed over. */
export const fillRandom: Fill = (state, feed, agent, scratch, slots) => {
  const { oldestPost, nextPost } = state.now;
  const draw = drawer(state, agent);
  const end = Math.min(poolMax, scratch.count + slots);
  for (let k = 0; k < slots * 4 && scratch.count < end && nextPost > oldestPost; k++) {
    const post = oldestPost + Math.floor(draw(k) * (nextPost - oldestPost));
    take(state, feed, scratch, post, state.posts.origin[postRow(state.posts, post)], sources.random);
  }
};

/** Pairs of a followee and one of its followees that are looked at. */
const friendPairs = 16;

/** Newest contents of those whom one's followees follow, by age. */
export const fillFriendsOfFriends: Fill = (state, feed, agent, scratch, slots) => {
  const draw = drawer(state, agent);
  const own = followeesOf(state, agent);
  for (let k = 0; k < friendPairs && own.length > 0; k++) {
    const friend = own[Math.floor(draw(2 * k) * own.length)] as AgentRow;
    const theirs = followeesOf(state, friend);
    const other = theirs[Math.floor(draw(2 * k + 1) * theirs.length)];
    if (other !== undefined && other !== agent) takeLatest(state, feed, scratch, other, sources.friends);
  }
  rankByAge(scratch, slots);
};

function followeesOf({ ties, agents, owner }: StateView, agent: AgentRow): number[] {
  const log = ties.logs[agentShard(owner, agent)];
  const ordinal = agents.ordinal as unknown as Int32Array;
  return currentFollowees(ties, log, agents.pendingTie[agent], agent, ordinal);
}

/** Newest contents of those who acted last on what one acted on, by age. */
export const fillCollaborative: Fill = (state, feed, agent, scratch, slots) => {
  const { exposures, posts, now, sizes } = state;
  const origins = exposures.origin as unknown as Int32Array;
  const seen = exposures.seen as unknown as Uint8Array;
  const start = agent * sizes.memoryLength;
  for (let place = start; place < start + sizes.memoryLength; place++) {
    if ((seen[place] & actedBit) === 0 || !isLive(now, origins[place])) continue;
    const row = postRow(posts, origins[place]);
    const engager = state.rowOfOrdinal[posts.engager[row]];
    if (posts.engagedTick[row] > 0 && engager !== agent) takeLatest(state, feed, scratch, engager, sources.engaged);
  }
  rankByAge(scratch, slots);
};

function takeLatest(state: StateView, feed: FeedSettings, scratch: FeedScratch, author: number, source: number): void {
  const entries = state.recents.entry as unknown as Int32Array;
  const start = author * recentLength * 2;
  for (let k = start; k < start + recentLength * 2 && scratch.count < poolMax; k += 2) {
    if (entries[k] >= state.now.oldestPost) take(state, feed, scratch, entries[k], entries[k + 1], source);
  }
}

function rankByAge(scratch: FeedScratch, slots: number): void {
  for (let k = scratch.from; k < scratch.count; k++) scratch.score[k] = scratch.post[k];
  rank(scratch, slots);
}

/** Communities that are looked through for those that one is subscribed to. */
const communitiesMax = 1024;

/** The newest posts of one's communities, by hot score. */
export const fillCommunity: Fill = (state, feed, agent, scratch, slots) => {
  const ledger = ledgerOf(state.ledger);
  const { posts, now } = state;
  const communityCount = Math.min(communitiesMax, ledger.get('itemCount', itemKinds.community));
  for (let community = 0; community < communityCount; community++) {
    if (ledger.get('subscription', agent, community) === 0) continue;
    let post = ledger.get('communityLatest', community);
    for (let k = 0; k < slots * 2 && isLive(now, post) && scratch.count < poolMax; k++) {
      take(state, feed, scratch, post, post, sources.community);
      post = posts.communityBefore[postRow(posts, post)];
    }
  }
  for (let k = scratch.from; k < scratch.count; k++) {
    const row = postRow(posts, scratch.post[k]);
    scratch.score[k] = hotScore(votesOf(posts, row), posts.tick[row], now.tickSeconds);
  }
  rank(scratch, slots);
};
