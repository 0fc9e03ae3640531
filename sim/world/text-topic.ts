/**
 * The topic of a post that carries a text of its own, out of its words: so that the interest feed ranks what agents wrote.
 *
 * Each side of each topic has a vocabulary, what rule-driven posts about it say. A dimension of the topic is the cosine of the text and the one
 * side less that of the text and the other; the vector is scaled as every topic is. A text with no word of any side in it has no
 * topic of its own, and keeps the one that its author's interests gave it.
 * Words are weighed over the sixteen vocabularies, so nothing is learned from a run: the topic of a text is a function of the text.
 * Lexical: it knows these words and no others. Pure; made once, when it is first used. Oracle: texts of rule-driven posts, whose topics are
 * known (`test/sim/world/text-topic.test.ts`).
 */
import { topicCount, topicScale } from './agents.ts';
import { countDocument, createDocumentCounts, embedText, wordsOf } from './lexical-embedding.ts';
import { claims, closings, doubts, postOpenings, quoteOpenings } from './wording-grammar.ts';
import { remarks, replyOpenings, sideNames, tails } from './wording-grammar.ts';
import type { DocumentCounts } from './lexical-embedding.ts';

/** Room enough that the few hundred words of the vocabularies hardly meet. */
const dimensions = 4096;

interface Vocabulary {
  readonly counts: DocumentCounts;
  /** By topic board. */
  readonly sides: readonly Float64Array[];
}

let made: Vocabulary | undefined;

function vocabulary(): Vocabulary {
  if (made !== undefined) return made;
  const counts = createDocumentCounts(dimensions);
  const texts = claims.map((ofSide, board) => [sideNames[board], ...ofSide].join(' '));
  for (const text of texts) countDocument(counts, text);
  const words = texts.map(wordsOf);
  const sidesOf = (word: string): number => words.filter((ofSide) => ofSide.includes(word)).length;
  const openings = [postOpenings, replyOpenings, quoteOpenings].flatMap((forms): string[] => {
    return Object.values<readonly string[]>(forms).flat();
  });
  const neutral = new Set([...openings, ...tails, ...remarks, ...doubts, ...closings].flatMap(wordsOf));
  const isTelling = (word: string): boolean => sidesOf(word) <= sidesOfWordMost && !neutral.has(word);
  const telling = words.map((ofSide) => ofSide.filter(isTelling));
  made = { counts, sides: telling.map((ofSide) => embedText(counts, ofSide.join(' '))) };
  return made;
}

/**
 * A word that more sides use tells nothing of any: of, the, should. Both sides of a topic, and one more by chance. Nor does a word that
 * stands around claims whatever they say.
 */
const sidesOfWordMost = 3;

/** Writes the topic of a text, whole numbers in [-127, 127], into `vector`; false where the text has none, and nothing is written. */
export function topicOfText(text: string, vector: Float64Array): boolean {
  const { counts, sides } = vocabulary();
  const words = embedText(counts, text);
  const matches = sides.map((side) => dot(words, side));
  const topic = Array.from({ length: topicCount }, (_, k) => matches[2 * k] - matches[2 * k + 1]);
  const length = Math.sqrt(topic.reduce((sum, one) => sum + one * one, 0));
  if (length < weakest) return false;
  topic.forEach((one, k) => (vector[k] = Math.round((one / length) * topicScale)));
  return true;
}

/** Below it a text shares nothing with one side rather than another but words that fell into one dimension by chance. */
const weakest = 0.02;

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}
