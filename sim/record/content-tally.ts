/**
 * Counters of some contents and agents as a log makes them: who reacted, shared, replied, followed.
 *
 * Reads tick records in their order. Reactions go by the table of steps that rules and applies them (`sim/exchange/reactions.ts`), so that
 * a like that was taken back, or a vote that was turned round, counts as in the state.
 * Memory: one entry for each agent that reacted to a content that is counted. Oracle: the state's columns (`test/command/inspect.test.ts`).
 */
import { outcomes } from '../exchange/reasons.ts';
import { isReaction, nextReaction } from '../exchange/reactions.ts';
import { verbs } from '../exchange/verbs.ts';
import { reactionBits } from '../world/pairs.ts';
import type { TickRecord } from './chunk.ts';
import type { PostTable } from './database-effects.ts';

/** How often a content was reacted to, and answered; reposts and quotes are shares. */
export interface ContentCounters {
  readonly likes: number;
  readonly dislikes: number;
  readonly reports: number;
  readonly shares: number;
  readonly replies: number;
}

/** No reaction yet. */
export const noCounters: ContentCounters = { likes: 0, dislikes: 0, reports: 0, shares: 0, replies: 0 };

interface Counting {
  readonly bitsOf: Map<number, number>;
  shares: number;
  replies: number;
}

/** Counts what happens to the contents that it is given. `posts` must know the posts of the records that are taken. */
export class ContentTally {
  readonly #posts: PostTable;
  readonly #contents: ReadonlyMap<number, Counting>;

  constructor(posts: PostTable, contents: Iterable<number>) {
    this.#posts = posts;
    this.#contents = new Map(Array.from(contents, (one) => [one, { bitsOf: new Map(), shares: 0, replies: 0 }]));
  }

  take({ intentCount, actor, target, verb, outcome }: TickRecord): void {
    const { origin } = this.#posts.columns;
    for (let i = 0; i < intentCount; i++) {
      const isShare = verb[i] === verbs.repost || verb[i] === verbs.quote;
      if (outcome[i] !== outcomes.granted || !(isShare || verb[i] === verbs.reply || isReaction(verb[i]))) continue;
      const content = this.#contents.get(origin[target[i]]);
      if (content === undefined) continue;
      if (isReaction(verb[i])) content.bitsOf.set(actor[i], nextReaction(verb[i], content.bitsOf.get(actor[i]) ?? 0));
      if (isShare) content.shares++;
      else if (verb[i] === verbs.reply) content.replies++;
    }
  }

  /** The counters of a content as they stand now. */
  countersOf(content: number): ContentCounters {
    const counting = this.#contents.get(content);
    if (counting === undefined) return noCounters;
    const all = [...counting.bitsOf.values()];
    const having = (bit: number): number => all.filter((bits) => (bits & bit) !== 0).length;
    const { like, dislike, report } = reactionBits;
    const { shares, replies } = counting;
    return { likes: having(like), dislikes: having(dislike), reports: having(report), shares, replies };
  }
}
