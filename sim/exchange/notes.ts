/**
 * Writing notes: what an agent wants to remember of this tick, and attempts that a later tick makes again. Apply moves them to the
 * agent's memory (`sim/world/memories.ts`).
 */
import { InvariantError } from '../ground/errors.ts';
import { importanceMax, memoryKinds } from '../world/memories.ts';
import { appendText, encodeText, textBytesMost } from '../world/texts.ts';
import { counts } from './tables.ts';
import type { NoteRow, ShardTables } from './tables.ts';

/** Appends a note. `importance` lies in [0, 10] and is rounded; an empty text is no note. Throws where the text is too long. */
export function writeNote(
  { notes, texts, count }: ShardTables,
  agent: number,
  text: string,
  importance: number,
  kind: number = memoryKinds.note,
): void {
  if (text === '') return;
  const bytes = encodeText(text);
  const row = count[counts.notes] as NoteRow;
  if (row >= notes.rowCapacity) throw new InvariantError(`the table of notes is full: ${row} in one tick`);
  if (bytes.length > textBytesMost) throw new InvariantError(`a note of ${bytes.length} bytes is too long`);
  notes.agent[row] = agent;
  notes.importance[row] = Math.round(Math.min(importanceMax, Math.max(0, importance)));
  notes.kind[row] = kind;
  notes.text[row] = appendText(texts, bytes);
  count[counts.notes] = row + 1;
}
