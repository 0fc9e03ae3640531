/**
 * The topic of a text out of the vector that a model of meaning made of it.
 *
 * Measured as `text-topic.ts` measures it: by what a text shares with what the one side of a topic says, less what it shares with the other's. The
 * sides' texts are those that rule-driven posts are made of, so that a topic means the same whoever wrote.
 * Pure. Oracle: texts of the sides themselves (`test/sim/ground/direction.test.ts`).
 */
import { cosineOf } from '../ground/direction.ts';
import { topicCount, topicScale } from './agents.ts';
import { claims, sideNames } from './wording-grammar.ts';

/** What each side of each topic says, by topic board: the texts that topics are measured against. */
export function sideTexts(): string[] {
  return claims.map((ofSide, board) => `${sideNames[board]}: ${ofSide.join('; ')}.`);
}

/**
 * The topic of a text by its vector and those of the sides: whole numbers in [-127, 127], of length 127. Undefined where the text leans to no side of any topic.
 */
export function topicOfMeaning(vector: Int8Array, sides: readonly Int8Array[]): number[] | undefined {
  const matches = sides.map((side) => cosineOf(vector, side));
  const topic = Array.from({ length: topicCount }, (_, k) => matches[2 * k] - matches[2 * k + 1]);
  const length = Math.sqrt(topic.reduce((sum, one) => sum + one * one, 0));
  return length < weakest ? undefined : topic.map((one) => Math.round((one / length) * topicScale));
}

/** Bytes misplace a cosine by less: below it a topic would be made of rounding. */
const weakest = 0.02;
