/**
 * When agents are there, as spells of whole ticks.
 *
 * In a run everybody is there from tick 0 until the tick in which they quit, if they do. In a data set nobody knows when somebody came: an agent
 * is there from the first act that it did or that was done to it; agents without any from the start, because a tie without a time says so.
 * Reads the log once. Memory: 8 bytes an agent.
 */
import { outcomes } from '../sim/exchange/reasons.ts';
import { verbs } from '../sim/exchange/verbs.ts';
import { dataSetOf } from '../sim/record/data-set-reader.ts';
import type { Records } from '../sim/record/reader.ts';
import type { Spell } from './network-file.ts';

/** The spells of each agent; who stays is there until after the last tick. */
export function agentSpells(records: Records): (agent: number) => readonly Spell[] {
  const { count } = records.population;
  const isObserved = dataSetOf(records.manifest) !== undefined;
  const first = new Int32Array(count).fill(isObserved ? -1 : 0);
  const last = new Int32Array(count).fill(-1);
  const author: number[] = [0];
  for (const { tick, intentCount, actor, target, verb, outcome, result } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      const who = actor[i];
      if (verb[i] === verbs.quit && outcome[i] === outcomes.granted && who < count && last[who] < 0) last[who] = tick;
      if (!isObserved) continue;
      if (result[i] > 0) author[result[i]] = who;
      const isTie = verb[i] === verbs.follow || verb[i] === verbs.unfollow;
      const other = isTie ? target[i] : target[i] > 0 ? (author[target[i]] ?? -1) : -1;
      for (const agent of [who, other]) if (agent >= 0 && agent < count && first[agent] < 0) first[agent] = tick;
    }
  }
  return (agent) => {
    const start = Math.max(0, first[agent]);
    return [{ start, end: last[agent] < 0 ? records.head.ticks : Math.max(start, last[agent]) }];
  };
}
