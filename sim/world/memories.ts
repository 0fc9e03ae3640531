/**
 * Memories: what agents noted, each with its tick and how much it matters. A row a note, in a table a shard that only grows; an agent's
 * notes hang together from the newest back.
 *
 * Rows and texts are addresses within one arrangement of shards; what counts is each agent's own list, oldest first. Only agents that
 * take notes have any, so that a million others cost nothing.
 * Bounds: `memoryCapacity` notes and `memoryTextBytes` of text a shard. Oracle: lists of objects (`test/sim/world/recall.test.ts`).
 */
import { InputError } from '../ground/errors.ts';
import { column, cold, defineTable } from '../ground/table.ts';
import { appendText, bytesOf, textOf } from './texts.ts';
import type { Table } from '../ground/table.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { Texts } from './texts.ts';

/** Row of a note. */
export type MemoryRow = Id<'memories'>;

/**
 * What a row holds: a note of the agent's, or an attempt in free words that a later tick makes again. Agents that think in words keep more:
 * what they plan, what they make of what they know, what they hold of a partner, what they did, and counts of what they did before.
 */
export const memoryKinds = { note: 0, attempt: 1, plan: 2, reflection: 3, belief: 4, done: 5, fold: 6 } as const;
export type MemoryKind = keyof typeof memoryKinds;

/** How much a note can matter at most. */
export const importanceMax = 10;

/** `previous` is the agent's note before, plus one, or 0. */
export const memorySpec = defineTable<MemoryRow>()('memories', {
  agent: cold(column('i32', 'agentRow')),
  tick: cold(column('i32')),
  importance: cold(column('u8')),
  /** See `memoryKinds`. */
  kind: cold(column('u8')),
  text: cold(column('i32', 'address')),
  previous: cold(column('i32', 'address')),
});
export type MemoryTable = Table<MemoryRow, (typeof memorySpec)['columns']>;

/**
 * Notes that a shard of so many agents keeps: 1,024 an agent, at most 4 Mi of 18 bytes; and 256 MiB of text. Small worlds get small tables, because
 * what is below 32 MiB may come from memory that was used before, and is cleared then: a thousand test worlds took 17 GB.
 */
export function memoryCapacity(agents: number): number {
  return Math.min(1 << 22, agents * 1024 + 1024);
}
export const memoryTextBytes = 1 << 28;

/** The notes of one shard's agents. `used` holds two words: the rows in use, and the tick after the last attempt among them. */
export interface Memories {
  readonly rows: MemoryTable;
  readonly used: Int32Array;
  readonly texts: Texts;
}

/** One note. */
export interface Memory {
  readonly tick: number;
  readonly importance: number;
  readonly text: string;
}

/** What is read of the state to find an agent's notes. */
export interface Remembering {
  readonly memories: Memories;
  /** The newest note of each agent, plus one, or 0. */
  readonly agents: { readonly memoryLatest: { readonly [Row in AgentRow]: number } };
}

/** An agent's notes, oldest first. The agent must be one of the shard whose notes these are. */
export function memoriesOf({ memories, agents }: Remembering, agent: AgentRow): Memory[] {
  const rows = memoryRows({ memories, agents }, agent);
  const notes = rows.filter((row) => memories.rows.kind[row] === memoryKinds.note);
  return notes.map((row) => memoryAt(memories, row));
}

/** One note. */
export function memoryAt({ rows, texts }: Memories, row: MemoryRow): Memory {
  return { tick: rows.tick[row], importance: rows.importance[row], text: textOf(texts, rows.text[row]) };
}

/** Rows of an agent's notes, oldest first. */
export function memoryRows({ memories, agents }: Remembering, agent: AgentRow): MemoryRow[] {
  const rows: MemoryRow[] = [];
  for (let next = agents.memoryLatest[agent]; next !== 0; next = memories.rows.previous[(next - 1) as MemoryRow]) {
    rows.push((next - 1) as MemoryRow);
  }
  return rows.reverse();
}

/** Appends a note to an agent's. Throws INPUT_TOO_LARGE where there is no room. */
export function keepMemory(
  { memories, agents }: Remembering & { readonly agents: { readonly memoryLatest: { [Row in AgentRow]: number } } },
  agent: AgentRow,
  note: { readonly tick: number; readonly importance: number; readonly text: Uint8Array; readonly kind: number },
): void {
  const { rows, used, texts } = memories;
  const row = used[0] as MemoryRow;
  if (row >= rows.rowCapacity) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      found: `the agents of one shard took more than ${rows.rowCapacity} notes`,
      next: 'Let fewer agents take notes, or run fewer ticks.',
    });
  }
  rows.agent[row] = agent;
  rows.tick[row] = note.tick;
  rows.importance[row] = note.importance;
  rows.kind[row] = note.kind;
  // A checkpoint gives notes back agent by agent, so the latest need not come last.
  if (note.kind === memoryKinds.attempt) used[1] = Math.max(used[1], note.tick + 1);
  rows.text[row] = appendText(texts, note.text);
  rows.previous[row] = agents.memoryLatest[agent];
  agents.memoryLatest[agent] = row + 1;
  used[0] = row + 1;
}

/** The bytes of a note's text, in place. */
export function memoryBytes({ texts, rows }: Memories, row: MemoryRow): Uint8Array {
  return bytesOf(texts, rows.text[row]);
}
