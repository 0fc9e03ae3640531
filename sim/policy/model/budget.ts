/**
 * Tokens of a prompt: what still fits, part by part. Blocks are taken whole or not at all.
 *
 * Estimates of blocks are rounded up and each pays for its line end, so their sum is never below the estimate of the whole.
 */
import { estimateTokens } from '../../llm/tokens.ts';

/** What is left of a prompt. */
export interface Budget {
  /** Takes blocks in order while they fit into `share` of what was there at the start, and into the rest; says how many. */
  take(blocks: readonly string[], share: number): number;
  readonly text: string;
}

/** An empty text of at most so many tokens. */
export function createBudget(tokensMax: number): Budget {
  const blocks: string[] = [];
  let left = tokensMax;
  return {
    take(some, share) {
      let own = Math.min(left, Math.floor(tokensMax * share));
      let count = 0;
      for (const block of some) {
        const tokens = estimateTokens(block) + 1;
        if (tokens > own) break;
        own -= tokens;
        left -= tokens;
        blocks.push(block);
        count++;
      }
      return count;
    },
    get text() {
      return blocks.join('\n');
    },
  };
}

/** A text of at most so many estimated tokens; what is cut is said. */
export function cutToTokens(text: string, tokensMax: number): string {
  if (estimateTokens(text) <= tokensMax) return text;
  const characters = Array.from(text);
  const end = ' […]';
  let least = 0;
  let most = characters.length;
  while (least < most) {
    const middle = (least + most + 1) >>> 1;
    if (estimateTokens(characters.slice(0, middle).join('') + end) <= tokensMax) least = middle;
    else most = middle - 1;
  }
  return characters.slice(0, least).join('') + end;
}
