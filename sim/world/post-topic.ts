/**
 * The topic and the appeal of an original post, drawn from its author and its tick: what readers judge it by.
 *
 * Topic: the author's interests and a drawn direction, weighed by `topicFocusShare`, scaled to length 127. Appeal: normal with the
 * scenario's spread. Both are functions of the seed, the author's key, the tick and the sequence, so that a reader of the log draws
 * them again and needs no state.
 * Pure. Invariant: the same order gives the same numbers as `sim/engine/apply-posts.ts` wrote (`test/sim/record/post-texts.test.ts`).
 */
import { normalQuantile } from '../ground/detmath.ts';
import { drawWord, openUnitOf, purposes, unitOf } from '../ground/random.ts';
import { topicCount, topicScale } from './agents.ts';
import { appealScale } from './posts.ts';

/** Numbers that one post may draw. */
const drawsOfPost = 16;

/** Who posts, and when: `a` and `b` are the author's lanes of the tick. Whoever writes many posts fills in one and the same order. */
export interface TopicDraw {
  a: number;
  b: number;
  /** The author's how-manieth act of the tick. */
  sequence: number;
  /** Where the author's interests begin in `interest`. */
  start: number;
  readonly interest: Int8Array;
  readonly topicFocusShare: number;
}

/** Writes the topic vector, whole numbers in [-127, 127], into `vector`. */
export function drawTopic(draw: Readonly<TopicDraw>, vector: Float64Array): void {
  const { a, b, sequence, start, interest, topicFocusShare } = draw;
  for (let k = 0; k < topicCount; k++) {
    vector[k] = 2 * unitOf(drawWord(a, b, purposes.topic, sequence * drawsOfPost + k)) - 1;
  }
  scaleTo(vector, 1 - topicFocusShare);
  for (let k = 0; k < topicCount; k++) vector[k] += topicFocusShare * (interest[start + k] / topicScale);
  scaleTo(vector, topicScale);
  for (let k = 0; k < topicCount; k++) vector[k] = Math.round(vector[k]);
}

/** The appeal, in 1/256 of a logit. */
export function drawAppeal({ a, b, sequence }: Pick<TopicDraw, 'a' | 'b' | 'sequence'>, appealSpread: number): number {
  const word = drawWord(a, b, purposes.topic, sequence * drawsOfPost + topicCount);
  return Math.round(appealSpread * normalQuantile(openUnitOf(word)) * appealScale);
}

function scaleTo(vector: Float64Array, length: number): void {
  let square = 0;
  for (let k = 0; k < topicCount; k++) square += vector[k] * vector[k];
  const factor = square > 0 ? length / Math.sqrt(square) : 0;
  for (let k = 0; k < topicCount; k++) vector[k] *= factor;
}
