/**
 * Part of apply: a new post's topic and appeal, which its readers judge by.
 */
import { laneA, laneB } from '../ground/random.ts';
import { topicCount } from '../world/agents.ts';
import { drawAppeal, drawTopic } from '../world/post-topic.ts';
import { faceWords, writeFace } from '../world/posts.ts';
import { topicOfText } from '../world/text-topic.ts';
import { textOf } from '../world/texts.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { DetailRow, IntentRow } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { Shard } from './shard.ts';

/** Topic and appeal of an original post: drawn, but for an appeal that an intervention gives. */
export function writeTopic(shard: Shard, row: IntentRow, to: PostRow): void {
  const { state, plan, scratch } = shard;
  const { intents } = shard.tables;
  const actor = intents.actor[row] as AgentRow;
  const draw = {
    a: laneA(state.now.seedA, state.agents.keyLo[actor]),
    b: laneB(state.now.seedB, state.agents.keyHi[actor]),
    sequence: intents.sequence[row],
    start: actor * topicCount,
    interest: state.agents.interest as Int8Array,
    topicFocusShare: plan.topicFocusShare,
  };
  if (!hasTopicOfText(shard, row)) drawTopic(draw, scratch.vector);
  const isGiven = intents.subject[row] === 1;
  writeFace(state.posts.face, to, scratch.vector, isGiven ? intents.amount[row] : drawAppeal(draw, plan.appealSpread));
}

/** Writes the topic of the post's own text into the scratch vector, where the scenario asks for it and the text has one. */
function hasTopicOfText({ plan, tables, scratch }: Shard, row: IntentRow): boolean {
  if (plan.feed.embedding !== 'lexical') return false;
  const detail = tables.intents.detail[row];
  const text = detail > 0 ? tables.details.text[(detail - 1) as DetailRow] : 0;
  return text !== 0 && topicOfText(textOf(tables.texts, text), scratch.vector);
}

/** A repost, quote or reply takes topic and appeal from what it is about. */
export function copyTopic(shard: Shard, from: PostRow, to: PostRow): void {
  const { face } = shard.state.posts;
  const [source, at] = [from * faceWords.length, to * faceWords.length];
  for (let word = 0; word < faceWords.length; word++) face[at + word] = face[source + word];
  face[at + faceWords.shareCount] = 0;
}
