/**
 * Typed contexts of a decision, and the choices in each: whether an item matches interests, how many shared it; and, where posting is
 * among the acts, what an agent does that no item prompts.
 *
 * A context is a bucket, so that one answer serves all who look at such an item. Pure.
 */
import { shareCountOf } from '../../world/posts.ts';
import type { PostRow } from '../../world/posts.ts';
import type { ArchetypePlan } from './settings.ts';

/** A context in words, and the choices in it: places in the list of all choices. */
export interface Context {
  readonly words: string;
  readonly choices: readonly number[];
}

/** Contexts and choices of a policy. */
export interface ChoiceBook {
  /** `nothing`, then the acts in the order of the plan. */
  readonly choices: readonly string[];
  readonly contexts: readonly Context[];
  /** Whether items are decided on; their contexts are 0 to 3. */
  readonly looksAtItems: boolean;
  /** The context without an item; -1: none. */
  readonly unprompted: number;
}

/** The act that no item prompts. */
const unpromptedAct = 'post';

export function choiceBook({ acts }: Pick<ArchetypePlan, 'acts'>): ChoiceBook {
  const choices = ['nothing', ...acts];
  const places = choices.map((_, place) => place);
  const onItems = places.filter((place) => choices[place] !== unpromptedAct);
  const looksAtItems = onItems.length > 1;
  const posts = choices.includes(unpromptedAct);
  const items = [0, 1, 2, 3].map((context) => ({ words: itemWords(context), choices: onItems }));
  const alone = { words: 'nothing in particular prompts them', choices: [0, choices.indexOf(unpromptedAct)] };
  return {
    choices,
    contexts: [...(looksAtItems ? items : []), ...(posts ? [alone] : [])],
    looksAtItems,
    unprompted: posts ? (looksAtItems ? items.length : 0) : -1,
  };
}

function itemWords(context: number): string {
  const match = (context & 1) === 0 ? 'lies outside what interests them' : 'matches what interests them';
  return `they see a post that ${match} and that ${(context & 2) === 0 ? 'few' : 'many'} have shared`;
}

/** The context of a look at an item: `match` is the cosine of interest and topic. */
export function contextOfItem(plan: ArchetypePlan, match: number, face: ArrayLike<number>, row: PostRow): number {
  return (match >= plan.matchFrom ? 1 : 0) + (shareCountOf(face, row) >= plan.sharesFrom ? 2 : 0);
}
