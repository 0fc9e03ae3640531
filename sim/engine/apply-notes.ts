/**
 * Part of apply: what agents noted goes to their memories, on their own shard, each agent's in the order in which it was noted.
 */
import { keepMemory } from '../world/memories.ts';
import { bytesOf } from '../world/texts.ts';
import { counts } from '../exchange/tables.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { NoteRow } from '../exchange/tables.ts';
import type { Shard } from './shard.ts';

/** Moves the tick's notes to the memories of who took them. */
export function applyNotes({ state, tables }: Shard): void {
  const { notes, texts, count } = tables;
  for (let row = 0 as NoteRow; row < count[counts.notes]; row++) {
    keepMemory(state, notes.agent[row] as AgentRow, {
      tick: state.now.tick,
      importance: notes.importance[row],
      text: bytesOf(texts, notes.text[row]),
      kind: notes.kind[row],
    });
  }
}
