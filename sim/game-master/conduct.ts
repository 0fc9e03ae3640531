/**
 * The rules of conduct that a scenario sets for its platform: who moderates, who may rate what, how often one may act.
 *
 * Limits are sliding windows in simulated time, each over one or several verbs: an act is refused while the last `count` acts of the
 * agent that the limit counts all lie within the window. A limit may hold for a stretch of ticks: versions of one follow one another. What they remember is a ring of ticks a limit and agent, in the state.
 */
import { outcomes } from '../exchange/reasons.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Limit } from '../exchange/limits.ts';
import type { ModerationRule } from '../exchange/moderation.ts';

/** What the Game Master asks of the scenario's conduct. */
export interface Conduct {
  /** Whether one may like or dislike what one wrote. */
  readonly selfRating: boolean;
  isModerator(row: number): boolean;
  /** See `COMPAT.md`. */
  readonly compat: 'oasis' | undefined;
  readonly limits: readonly Limit[];
  /** The platform's own rules, in the order of the scenario. */
  readonly moderation: readonly ModerationRule[];
}

/**
 * The first tick at which a limit lets the agent act again, or 0 if it may act now. Acts that were granted earlier in the tick, in
 * [first, row), count.
 */
export function retryTick(
  state: StateView,
  limits: readonly Limit[],
  intents: Intents,
  row: IntentRow,
  first: number,
): number {
  const verb = intents.verb[row];
  const actor = intents.actor[row] as AgentRow;
  let retry = 0;
  for (const limit of limits) {
    if (limit.verbs[verb] === 0 || state.now.tick < limit.fromTick || state.now.tick >= limit.untilTick) continue;
    const before = state.quotas.used[actor * limits.length + limit.index];
    const used = before + countNow(limit, intents, row, first);
    if (used < limit.count) continue;
    // The act that must have left the window: the `count`-th last. Acts of this tick have not been written yet.
    const oldest = used - limit.count;
    const tick =
      oldest < before
        ? state.quotas.tick[actor * limit.stride + limit.offset + (oldest % limit.count)]
        : state.now.tick;
    if (tick + limit.ticks > state.now.tick) retry = Math.max(retry, tick + limit.ticks);
  }
  return retry;
}

function countNow(limit: Limit, intents: Intents, row: IntentRow, first: number): number {
  let count = 0;
  for (let at = first as IntentRow; at < row; at++) {
    if (limit.verbs[intents.verb[at]] !== 0 && intents.outcome[at] === outcomes.granted) count++;
  }
  return count;
}
