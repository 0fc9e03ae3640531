/**
 * Part of apply: new posts, with the topic and appeal that their readers judge by.
 *
 * Reads intents, the posts that they are about and the authors' interests; writes the rows of the shard's own new posts.
 */
import { laneA, laneB } from '../ground/random.ts';
import { topicCount } from '../world/agents.ts';
import { drawAppeal, drawTopic } from '../world/post-topic.ts';
import { faceWords, postKinds, postRow, standings, writeFace } from '../world/posts.ts';
import { counts } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { writeTopicOfText } from './embed-posts.ts';
import { writeVector } from './embed-readers.ts';
import { dealNewPost } from './keep-topics.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { DetailRow, IntentRow, ShardTables } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { Shard } from './shard.ts';

/**
 * Writes the shard's new posts in the order of their ids, so that every column is written from front to back: in the order of their
 * authors' rows each write was a miss.
 */
export function writePosts(shard: Shard): void {
  const { newPostIntent, count } = shard.tables;
  const end = count[counts.newPosts];
  for (let i = 0; i < end; i++) writePost(shard, newPostIntent[i] as IntentRow);
}

function writePost(shard: Shard, row: IntentRow): void {
  const { state, tables } = shard;
  const { posts } = state;
  const { intents } = tables;
  const verb = intents.verb[row];
  const id = intents.result[row];
  const to = postRow(posts, id);
  const target = verb === verbs.post ? 0 : intents.target[row];
  const parentRow = postRow(posts, target);
  if (verb === verbs.post) writeTopic(shard, row, to);
  else copyTopic(shard, postRow(posts, intents.subject[row]), to);
  const about = verb === verbs.post ? undefined : postRow(posts, intents.subject[row]);
  dealNewPost(shard, to, about);
  writeVector(shard, row, to, about);
  posts.author[to] = intents.actor[row];
  posts.parent[to] = target;
  posts.origin[to] = verb === verbs.repost ? intents.subject[row] : id;
  posts.root[to] = verb === verbs.post ? id : posts.root[parentRow];
  posts.tick[to] = state.now.tick;
  posts.kind[to] = kindOf(verb);
  const community = communityOf(shard, row, parentRow);
  if (posts.community[to] !== community) posts.community[to] = community;
  posts.likeCount[to] = 0;
  posts.replyCount[to] = 0;
  // Cold columns are touched only where the row's last post left something.
  if (posts.standing[to] !== standings.good) posts.standing[to] = standings.good;
  if (posts.dislikeCount[to] !== 0) posts.dislikeCount[to] = 0;
  if (posts.reportCount[to] !== 0) posts.reportCount[to] = 0;
  if (posts.text[to] !== 0) posts.text[to] = 0;
  if (posts.engagedTick[to] !== 0) posts.engagedTick[to] = posts.engager[to] = 0;
  if (community !== 0) tables.count[counts.placed]++;
  if (hasText(tables, row)) tables.count[counts.written]++;
}

/** The community that a new post stands in, plus one: the one that it names, or that of what it answers. */
function communityOf({ tables, state }: Shard, row: IntentRow, parent: PostRow): number {
  const { intents, details } = tables;
  const verb = intents.verb[row];
  if (verb === verbs.reply) return state.posts.community[parent];
  const detail = intents.detail[row];
  return verb === verbs.post && detail > 0 ? details.argument[(detail - 1) as DetailRow] + 1 : 0;
}

function hasText({ intents, details }: ShardTables, row: IntentRow): boolean {
  const detail = intents.detail[row];
  return detail > 0 && details.text[(detail - 1) as DetailRow] !== 0;
}

function kindOf(verb: number): number {
  if (verb === verbs.post) return postKinds.post;
  return verb === verbs.reply ? postKinds.reply : verb === verbs.repost ? postKinds.repost : postKinds.quote;
}

/** Topic and appeal of an original post: drawn, but for an appeal that an intervention gives. */
function writeTopic(shard: Shard, row: IntentRow, to: PostRow): void {
  const { state, plan, scratch } = shard;
  const { intents } = shard.tables;
  const actor = intents.actor[row] as AgentRow;
  const { draw } = scratch;
  draw.a = laneA(state.now.seedA, state.agents.keyLo[actor]);
  draw.b = laneB(state.now.seedB, state.agents.keyHi[actor]);
  draw.sequence = intents.sequence[row];
  draw.start = actor * topicCount;
  if (!writeTopicOfText(shard, row, scratch.vector)) drawTopic(draw, scratch.vector);
  const isGiven = intents.subject[row] === 1;
  writeFace(state.posts.face, to, scratch.vector, isGiven ? intents.amount[row] : drawAppeal(draw, plan.appealSpread));
}

/** A repost, quote or reply takes topic and appeal from what it is about. */
function copyTopic(shard: Shard, from: PostRow, to: PostRow): void {
  const { face } = shard.state.posts;
  const [source, at] = [from * faceWords.length, to * faceWords.length];
  for (let word = 0; word < faceWords.length; word++) face[at + word] = face[source + word];
  face[at + faceWords.shareCount] = 0;
}
