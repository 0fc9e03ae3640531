/**
 * Attempts that the judge had no time for are made again in the next tick, before their agents decide, under numbers of their own.
 *
 * Reads the notes that apply kept of them; `amount` says how often an attempt was put off. Order: each agent's in the order in which it
 * made them. Invariant: each is made again in exactly one tick, whatever the number of shards, and after a checkpoint.
 */
import { memoryKinds } from '../world/memories.ts';
import { textOf } from '../world/texts.ts';
import { counts, firstReattemptSequence } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from '../policy/act.ts';
import type { IntentRow } from '../exchange/tables.ts';
import type { MemoryRow } from '../world/memories.ts';
import type { Shard } from './shard.ts';

/** Makes the attempts again that were put off in the tick before. */
export function reattempt({ state, tables }: Shard): void {
  const { memories, now } = state;
  if (memories.used[1] !== now.tick) return;
  const { rows, used, texts } = memories;
  const made = new Map<number, number>();
  for (let note = 0 as MemoryRow; note < used[0]; note++) {
    if (rows.tick[note] !== now.tick - 1 || rows.kind[note] !== memoryKinds.attempt) continue;
    const agent = rows.agent[note];
    const row = tables.count[counts.intents] as IntentRow;
    const text = textOf(texts, rows.text[note]);
    attempt(tables, { actor: agent, sequence: 0 }, verbs.try, 0, rows.importance[note], { text });
    const number = made.get(agent) ?? 0;
    tables.intents.sequence[row] = firstReattemptSequence + number;
    made.set(agent, number + 1);
  }
}
