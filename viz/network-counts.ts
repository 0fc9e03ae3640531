/**
 * What an export says of every agent beside what it is: followers, followees and posts after the last recorded tick.
 *
 * Reads the log once, and the ties of the follow layer. Memory: 12 bytes an agent.
 */
import { outcomes } from '../sim/exchange/reasons.ts';
import { makesPost } from '../sim/exchange/verbs.ts';
import { readTies } from '../sim/record/tie-reader.ts';
import type { Records } from '../sim/record/reader.ts';
import type { Ties } from '../sim/record/tie-reader.ts';

/** By ordinal. */
export interface AgentCounts {
  readonly followers: Int32Array;
  readonly followees: Int32Array;
  /** Posts, reposts, quotes and replies that were granted. */
  readonly posts: Int32Array;
}

/** Counts of a recorded population; `follows` are the ties that hold at its end, if they are at hand. */
export function countsOf(records: Records, follows?: Ties): AgentCounts {
  const { count } = records.population;
  const [followers, followees, posts] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (const { source, target } of (follows ?? readTies(records, 'follow', { ended: false })).walk()) {
    followees[source]++;
    followers[target]++;
  }
  for (const { intentCount, actor, verb, outcome, result } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] === outcomes.granted && result[i] > 0 && makesPost(verb[i])) posts[actor[i]]++;
    }
  }
  return { followers, followees, posts };
}
