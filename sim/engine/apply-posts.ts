/**
 * Part of apply: a new post's topic and appeal, which its readers judge by.
 */
import { normalQuantile } from '../ground/detmath.ts';
import { drawWord, laneA, laneB, openUnitOf, purposes, unitOf } from '../ground/random.ts';
import { topicCount, topicScale } from '../world/agents.ts';
import { appealScale, faceWords, writeFace } from '../world/posts.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { Shard } from './shard.ts';

/**
 * Topic and appeal of an original post. Topic: the author's interests and a drawn direction, weighed by `topicFocusShare`,
 * scaled to length 127. Appeal: given by an intervention, or normal with the scenario's spread.
 */
export function writeTopic(shard: Shard, row: IntentRow, to: PostRow): void {
  const { state, plan, scratch } = shard;
  const { intents } = shard.tables;
  const actor = intents.actor[row] as AgentRow;
  const a = laneA(state.now.seedA, state.agents.keyLo[actor]);
  const b = laneB(state.now.seedB, state.agents.keyHi[actor]);
  const draws = intents.sequence[row] * 16;
  const { vector } = scratch;
  for (let k = 0; k < topicCount; k++) {
    vector[k] = 2 * unitOf(drawWord(a, b, purposes.topic, draws + k)) - 1;
  }
  scaleTo(vector, 1 - plan.topicFocusShare);
  for (let k = 0; k < topicCount; k++) {
    vector[k] += plan.topicFocusShare * (state.agents.interest[actor * topicCount + k] / topicScale);
  }
  scaleTo(vector, topicScale);
  for (let k = 0; k < topicCount; k++) vector[k] = Math.round(vector[k]);
  const given = intents.subject[row] === 1;
  const drawn = plan.appealSpread * normalQuantile(openUnitOf(drawWord(a, b, purposes.topic, draws + topicCount)));
  const appeal = given ? intents.amount[row] : Math.round(drawn * appealScale);
  writeFace(state.posts.face, to, vector, appeal);
}

function scaleTo(vector: Float64Array, length: number): void {
  let square = 0;
  for (let k = 0; k < topicCount; k++) square += vector[k] * vector[k];
  const factor = square > 0 ? length / Math.sqrt(square) : 0;
  for (let k = 0; k < topicCount; k++) vector[k] *= factor;
}

/** A repost, quote or reply takes topic and appeal from what it is about. */
export function copyTopic(shard: Shard, from: PostRow, to: PostRow): void {
  const { face } = shard.state.posts;
  const [source, at] = [from * faceWords.length, to * faceWords.length];
  for (let word = 0; word < faceWords.length; word++) face[at + word] = face[source + word];
  face[at + faceWords.shareCount] = 0;
}
