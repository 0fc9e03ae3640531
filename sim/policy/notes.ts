/**
 * Writing notes: what an agent wants to remember of this tick. Apply moves them to its memory (`sim/world/memories.ts`).
 */
import { InvariantError } from '../ground/errors.ts';
import { importanceMax } from '../world/memories.ts';
import { appendText, encodeText, textBytesMost } from '../world/texts.ts';
import { counts } from '../exchange/tables.ts';
import type { NoteRow, ShardTables } from '../exchange/tables.ts';

/** Appends a note. `importance` lies in [0, 10] and is rounded; an empty text is no note. Throws where the text is too long. */
export function writeNote({ notes, texts, count }: ShardTables, agent: number, text: string, importance: number): void {
  if (text === '') return;
  const bytes = encodeText(text);
  const row = count[counts.notes] as NoteRow;
  if (row >= notes.rowCapacity) throw new InvariantError(`the table of notes is full: ${row} in one tick`);
  if (bytes.length > textBytesMost) throw new InvariantError(`a note of ${bytes.length} bytes is too long`);
  notes.agent[row] = agent;
  notes.importance[row] = Math.round(Math.min(importanceMax, Math.max(0, importance)));
  notes.text[row] = appendText(texts, bytes);
  count[counts.notes] = row + 1;
}
