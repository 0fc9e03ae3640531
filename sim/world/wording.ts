/**
 * The text of a rule-driven post, rendered on demand, so that people, searches and language models can read what a rule wrote.
 *
 * A rule-driven post carries an author, a tick, a topic vector, a kind and an appeal, and no text. Its text is a pure function of
 * these: an opening that names the topic, a claim of its side, a tail, a closing, each drawn by the author's key, the tick and
 * the sequence. So nothing is stored, and the same post reads the same on every machine, in every run and whenever it is asked for.
 * The words say no more than the columns do: the topic by the board, the side by its sign, the tone by the appeal.
 * Reads the phrases of `wording-grammar.ts`; writes nothing. One call makes one string, in about a microsecond (x64, Node 24).
 * Invariant: 40 to 280 characters of ASCII; the topic's name occurs in the text. Oracle: the bounds over all phrases, and pinned texts.
 */
import { belowOf, drawWord, laneA, laneB, purposes, tickSeedA, tickSeedB } from '../ground/random.ts';
import { topicCount, topicScale } from './agents.ts';
import { appealScale, postKinds } from './posts.ts';
import {
  claims,
  closings,
  doubts,
  postOpenings,
  quoteOpenings,
  remarks,
  replyOpenings,
  sideNames,
  tails,
  topicNames,
} from './wording-grammar.ts';

/** Rises whenever the same post would read otherwise than before; a record that keeps rendered texts notes it. */
export const wordingVersion = 1;

/** How a reply or a quote stands towards what it answers. */
export const stances = { disagree: -1, neutral: 0, agree: 1 } as const;
export type Stance = (typeof stances)[keyof typeof stances];

/** What the text of a rule-driven post depends on. */
export interface RulePost {
  readonly authorKeyLo: number;
  readonly authorKeyHi: number;
  readonly tick: number;
  /** What tells the author's posts of a tick apart: readers of states and logs give the post's id. */
  readonly sequence: number;
  /** One of `postKinds`. */
  readonly kind: number;
  /** What it is about: see `topicOfPost`. Replies and quotes take it from what they answer. */
  readonly topicBoard: number;
  /** Of a post, in 1/256 of a logit: sets its tone. Replies and quotes carry that of what they answer, so it is not read. */
  readonly appeal: number;
  /** Of a reply or a quote. A post states its own side, so it is not read. */
  readonly stance: Stance;
}

/** The text, in English; empty for a repost, which shows another's content and adds no word. */
export function ruleText(post: RulePost): string {
  const slots = slotsOf(post);
  // The sequence stands where a run's seed would: a text does not depend on the seed, so that it can be rendered without the run.
  const a = laneA(tickSeedA(post.sequence, 0, post.tick), post.authorKeyLo);
  const b = laneB(tickSeedB(post.sequence, 0, post.tick), post.authorKeyHi);
  let text = '';
  for (let slot = 0; slot < slots.length; slot++) {
    const phrases = slots[slot];
    text += phrases[belowOf(drawWord(a, b, purposes.text, slot), phrases.length)];
  }
  return text;
}

/** The phrases that may stand in each place of a post's text, in order: the text is one of each, end to end. */
export function slotsOf({ kind, topicBoard, appeal, stance }: RulePost): readonly (readonly string[])[] {
  if (kind === postKinds.repost) return [];
  const topic = topicBoard >> 1;
  if (kind === postKinds.post) return [openings.post[toneOf(appeal)][topic], claims[topicBoard], tails, spacedClosings];
  const forms = kind === postKinds.quote ? openings.quote : openings.reply;
  if (stance === stances.neutral) return [forms.neutral[topic], remarks, doubts, spacedClosings];
  if (stance === stances.agree) return [forms.agree[topic], claims[topicBoard], tails, spacedClosings];
  return [forms.disagree[topic], claims[opposingBoard(topicBoard)], tails, spacedClosings];
}

/** How strongly a post speaks. A guess: half a logit of appeal (odds of 1.65) from the middle. */
function toneOf(appeal: number): keyof typeof postOpenings {
  if (appeal <= -appealScale / 2) return 'hedged';
  return appeal < appealScale / 2 ? 'plain' : 'emphatic';
}

/** The board of the other side of a topic. */
export function opposingBoard(topicBoard: number): number {
  return topicBoard ^ 1;
}

/**
 * The stance of somebody towards content, from the exact dot product of interest and topic (see `dotFace`): agreement from a cosine
 * of 1/4 on, disagreement from -1/4. The bound is a guess: of two independent directions in eight dimensions about half lie within it.
 */
export function stanceOf(dot: number): Stance {
  const bound = (topicScale * topicScale) / 4;
  if (dot >= bound) return stances.agree;
  return dot <= -bound ? stances.disagree : stances.neutral;
}

/** What a topic board is called: `housing: more house building`. */
export function boardName(topicBoard: number): string {
  return `${topicNames[topicBoard >> 1]}: ${sideNames[topicBoard]}`;
}

const spacedClosings: readonly string[] = closings.map((closing) => ` ${closing}`);

/** Openings with the topic's name put in, by form and topic: done once, so that rendering only looks up. */
const openings = { post: named(postOpenings), reply: named(replyOpenings), quote: named(quoteOpenings) };

function named<Form extends string>(
  forms: Readonly<Record<Form, readonly string[]>>,
): Record<Form, readonly string[][]> {
  const filled = Object.entries<readonly string[]>(forms).map(([form, phrases]) => [
    form,
    Array.from({ length: topicCount }, (_, topic) => phrases.map((phrase) => phrase.replace('#', topicNames[topic]))),
  ]);
  return Object.fromEntries(filled) as Record<Form, readonly string[][]>;
}
