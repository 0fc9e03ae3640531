/**
 * Part of apply: from every shard's intents, what belongs to the posts and agents that this shard owns.
 *
 * Order: none. Counts are sums, bans are greatest values, standings and bonds are bits that no two intents of a tick set apart, so
 * any order gives the same. Boards are offered final scores only, after all counts.
 */
import { bondBits, pairValue, reactionBits, setPair } from '../world/pairs.ts';
import { mainBoards, offer } from '../world/boards.ts';
import { agentShard, postShard } from '../world/ownership.ts';
import { faceWords, oldestLive, postKinds, postRow, shareCountOf, standings, topicOfPost } from '../world/posts.ts';
import { controversialScore, hotScore } from '../recommender/scores.ts';
import { noteHit } from '../exchange/moderation.ts';
import { changeOf, voteOf } from '../exchange/reactions.ts';
import { standingAfter } from '../exchange/standing.ts';
import { outcomes } from '../exchange/reasons.ts';
import { changesCounts, changesStanding, firstOwnVerb, verbs } from '../exchange/verbs.ts';
import { counts } from '../exchange/tables.ts';
import { attributePlace } from './apply-attributes.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** Counters, standings, bans and bonds; then the posts they concern are offered to the boards. */
export function applyCounters(shard: Shard): void {
  for (const { intents, count } of shard.all) {
    const end = count[counts.intents];
    for (let row = 0 as IntentRow; row < end; row++) {
      const verb = intents.verb[row];
      if (verb < verbs.reply || intents.outcome[row] !== outcomes.granted) continue;
      if (changesCounts(verb)) countOnPost(shard, intents, row);
      else if (changesStanding(verb)) changeStanding(shard, intents, row);
      else countOnAgent(shard, intents, row);
    }
  }
  if (shard.usesBoards) offerChanged(shard);
}

function countOnPost(shard: Shard, intents: Intents, row: IntentRow): void {
  const { state, owner } = shard;
  const { posts } = state;
  const verb = intents.verb[row];
  const subject = intents.subject[row];
  const to = postRow(posts, subject);
  if (postShard(owner, subject) === owner.shard) {
    if (verb === verbs.like) posts.likeCount[to]++;
    else if (verb === verbs.reply) posts.replyCount[to]++;
    else if (verb <= verbs.quote) posts.face[to * faceWords.length + faceWords.shareCount]++;
    else countReaction(shard, intents.change[row], to, subject);
    if (shard.boards.engagers && verb !== verbs.report) noteEngager(state, to, intents.actor[row]);
  }
  if (verb < verbs.like || verb === verbs.report) return;
  const author = posts.author[to] as AgentRow;
  if (agentShard(owner, author) !== owner.shard) return;
  state.agents.karma[author] += voteOf(intents.change[row]);
}

/** Who acted on a content last; of several in one tick the one with the greatest ordinal, whatever the order of shards. */
function noteEngager({ posts, agents, now }: State, to: PostRow, actor: number): void {
  const isFirst = posts.engagedTick[to] !== now.tick + 1;
  const ordinal = agents.ordinal[actor as AgentRow];
  if (!isFirst && posts.engager[to] >= ordinal) return;
  posts.engager[to] = ordinal;
  posts.engagedTick[to] = now.tick + 1;
}

function countReaction(shard: Shard, change: number, to: PostRow, id: number): void {
  const { posts } = shard.state;
  posts.likeCount[to] += changeOf(change, reactionBits.like);
  posts.dislikeCount[to] += changeOf(change, reactionBits.dislike);
  if (changeOf(change, reactionBits.report) === 0) return;
  posts.reportCount[to]++;
  const queue = shard.attached.moderation[shard.owner.shard];
  shard.book.conduct.moderation.forEach(({ reports }, rule) => {
    if (posts.reportCount[to] === reports) noteHit(queue, id, rule);
  });
}

function changeStanding({ state, owner }: Shard, intents: Intents, row: IntentRow): void {
  const post = intents.subject[row];
  if (postShard(owner, post) !== owner.shard) return;
  const to = postRow(state.posts, post);
  state.posts.standing[to] = standingAfter(intents.verb[row], state.posts.standing[to]);
}

function countOnAgent(shard: Shard, intents: Intents, row: IntentRow): void {
  const { agents } = shard.state;
  const subject = intents.subject[row] as AgentRow;
  if (agentShard(shard.owner, subject) !== shard.owner.shard) return;
  const verb = intents.verb[row];
  if (verb === verbs.follow) agents.followerCount[subject]++;
  else if (verb === verbs.unfollow) agents.followerCount[subject]--;
  else if (verb === verbs.block) changeBond(shard.state, subject, intents.actor[row], bondBits.blockedBy, true);
  else if (verb === verbs.unblock) changeBond(shard.state, subject, intents.actor[row], bondBits.blockedBy, false);
  else if (verb === verbs.ban) agents.bannedUntil[subject] = Math.max(agents.bannedUntil[subject], intents.result[row]);
  else if (verb === verbs.unban) agents.bannedUntil[subject] = 0;
  else if (verb >= firstOwnVerb) addToTarget(shard, verb, subject);
}

/** Sets or clears a bit between two agents, on the shard of the first. */
export function changeBond(
  { agents, bonds }: State,
  agent: AgentRow,
  other: number,
  bit: number,
  isSet: boolean,
): void {
  const before = pairValue(bonds, agent, other);
  const after = isSet ? before | bit : before & ~bit;
  if (after === before) return;
  setPair(bonds, agent, other, after, 0);
  if (before === 0) agents.bondCount[agent]++;
  else if (after === 0) agents.bondCount[agent]--;
}

function addToTarget(shard: Shard, verb: number, row: number): void {
  for (const effect of shard.book.verbs[verb]?.own?.effects ?? []) {
    if (effect.op === 'addToTarget')
      shard.state.attributes.value[attributePlace(shard, row, effect.attribute)] += effect.amount;
  }
}

/** By the low bits of its id: the post that was offered last. Thousands react to one post in a tick: it is offered once, or a few times. */
const offeredLast = new Int32Array(4096);

/** Offers every post whose counts changed, with its final score. */
function offerChanged(shard: Shard): void {
  offeredLast.fill(0);
  for (const { intents, count } of shard.all) {
    const end = count[counts.intents];
    for (let row = 0 as IntentRow; row < end; row++) {
      const verb = intents.verb[row];
      if (!changesCounts(verb) || intents.outcome[row] !== outcomes.granted) continue;
      const subject = intents.subject[row];
      const place = subject & (offeredLast.length - 1);
      if (offeredLast[place] === subject || postShard(shard.owner, subject) !== shard.owner.shard) continue;
      offeredLast[place] = subject;
      offerPost(shard, subject, postRow(shard.state.posts, subject));
    }
  }
}

/** Posts that leave the window with this tick are not offered: they would take places, more or fewer by the number of shards. */
export function offerPost(shard: Shard, id: number, row: PostRow): void {
  const { posts, now } = shard.state;
  if (id < oldestLive(posts, now.nextPost + shard.madeCount)) return;
  if (posts.kind[row] === postKinds.repost || (posts.standing[row] & ~standings.labelled) !== 0) return;
  const ups = shareCountOf(posts.face, row) + posts.likeCount[row];
  const downs = posts.dislikeCount[row];
  const score = hotScore(ups - downs, posts.tick[row], shard.plan.tickSeconds);
  offer(shard.offers, mainBoards.hot, id, score);
  offer(shard.offers, 1 + topicOfPost(posts.face, row), id, score);
  if (shard.boards.top) offer(shard.offers, mainBoards.top, id, ups - downs);
  if (shard.boards.controversial) offer(shard.offers, mainBoards.controversial, id, controversialScore(ups, downs));
}
