/**
 * Posts that fell in a tick: their score went down, or they were limited or taken away.
 *
 * Boards keep the best of what was offered; a post that fell leaves its place before the tick's offers are merged, in which it stands
 * anew if it still belongs there.
 */
import { outcomes } from './reasons.ts';
import { isReaction, voteOf } from './reactions.ts';
import { counts } from './tables.ts';
import { changesStanding, verbs } from './verbs.ts';
import type { IntentRow, Intents, ShardTables } from './tables.ts';

/** Whether a granted intent lowers a post's score, or keeps it from boards. */
export function isFall(intents: Intents, row: IntentRow): boolean {
  const verb = intents.verb[row];
  if (intents.outcome[row] !== outcomes.granted) return false;
  if (changesStanding(verb)) return verb !== verbs.label;
  return isReaction(verb) && voteOf(intents.change[row]) < 0;
}

/** The posts of a finished tick's falls. */
export function fallenPosts(all: readonly ShardTables[]): ReadonlySet<number> {
  const fallen = new Set<number>();
  for (const { intents, count } of all) {
    if (count[counts.falls] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (isFall(intents, row)) fallen.add(intents.subject[row]);
    }
  }
  return fallen;
}
