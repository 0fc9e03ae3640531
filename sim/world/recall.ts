/**
 * What an agent can call to mind without going through all it ever noted: its last notes, those that matter most, the newest of each kind,
 * and what it did since it last counted.
 *
 * An index of each agent's own list, made when it is first asked for and carried on by the rows that are new since then, so that a look
 * costs the new notes and not the old ones. It is a function of the list alone: a run that goes on from a checkpoint makes it anew.
 * Order: newest first; of notes that matter alike the newer first. Reads only. Oracle: sorting the whole list
 * (`test/sim/world/recall.test.ts`).
 */
import { memoryAt, memoryKinds } from './memories.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { Memory, MemoryRow, Remembering } from './memories.ts';

/** How much is kept in the index, an agent. */
export const recallBounds = { last: 32, important: 32, beliefs: 16, done: 256 } as const;

/** What comes to mind. */
export interface Recollection {
  /** Notes and reflections: the last ones and those that matter most, each once, newest first. */
  readonly notes: readonly Memory[];
  /** The newest plan. */
  readonly plan: Memory | undefined;
  /** What is held of partners, newest first. */
  readonly beliefs: readonly Memory[];
  /** What was done since the last count, oldest first: at most the last `recallBounds.done`. */
  readonly done: readonly Memory[];
  /** The last count of what was done before. */
  readonly fold: Memory | undefined;
  /** Tick of the newest note of whatever kind, -1 before the first. */
  readonly latestTick: number;
  /** Tick of the last reflection, -1 before the first. */
  readonly reflectedTick: number;
  /** How much the notes since then matter, added up. */
  readonly importanceSince: number;
}

interface Index {
  /** The agent's `memoryLatest` when it was last looked at. */
  latest: number;
  readonly last: MemoryRow[];
  readonly important: MemoryRow[];
  readonly beliefs: MemoryRow[];
  done: MemoryRow[];
  plan: MemoryRow | undefined;
  fold: MemoryRow | undefined;
  reflectedTick: number;
  importanceSince: number;
}

/** Calls to mind what agents of one shard noted. */
export interface Recall {
  of(state: Remembering, agent: AgentRow): Recollection;
}

/** An empty index. One a shard; it holds rows of one state only. */
export function createRecall(): Recall {
  const indexes = new Map<AgentRow, Index>();
  return {
    of(state, agent) {
      let index = indexes.get(agent);
      if (index === undefined) indexes.set(agent, (index = emptyIndex()));
      carryOn(index, state, agent);
      return recollectionOf(index, state);
    },
  };
}

function emptyIndex(): Index {
  return {
    ...{ latest: 0, last: [], important: [], beliefs: [], done: [], plan: undefined, fold: undefined },
    ...{ reflectedTick: -1, importanceSince: 0 },
  };
}

/** Takes in the rows that are new since the last look. */
function carryOn(index: Index, { memories, agents }: Remembering, agent: AgentRow): void {
  const fresh: MemoryRow[] = [];
  for (let next = agents.memoryLatest[agent]; next !== index.latest;) {
    const row = (next - 1) as MemoryRow;
    fresh.push(row);
    next = memories.rows.previous[row];
  }
  index.latest = agents.memoryLatest[agent];
  for (const row of fresh.reverse()) take(index, memories.rows, row);
}

type Rows = Remembering['memories']['rows'];

function take(index: Index, rows: Rows, row: MemoryRow): void {
  switch (rows.kind[row]) {
    case memoryKinds.note:
      index.importanceSince += rows.importance[row];
      takeNote(index, rows, row);
      return;
    case memoryKinds.reflection:
      index.importanceSince = 0;
      index.reflectedTick = rows.tick[row];
      takeNote(index, rows, row);
      return;
    case memoryKinds.plan:
      index.plan = row;
      return;
    case memoryKinds.belief:
      keepFirst(index.beliefs, row, recallBounds.beliefs);
      return;
    case memoryKinds.done:
      index.done.push(row);
      if (index.done.length > recallBounds.done) index.done.shift();
      return;
    case memoryKinds.fold:
      index.fold = row;
      index.done = [];
  }
}

function takeNote(index: Index, rows: Rows, row: MemoryRow): void {
  keepFirst(index.last, row, recallBounds.last);
  const { important } = index;
  const place = important.findIndex((one) => rows.importance[one] <= rows.importance[row]);
  if (place >= 0) important.splice(place, 0, row);
  else important.push(row);
  if (important.length > recallBounds.important) important.pop();
}

function keepFirst(list: MemoryRow[], row: MemoryRow, most: number): void {
  list.unshift(row);
  if (list.length > most) list.pop();
}

function recollectionOf(index: Index, { memories }: Remembering): Recollection {
  const at = (row: MemoryRow): Memory => memoryAt(memories, row);
  // Rows of one agent grow with time, so the greater row is the newer one.
  const rows = [...new Set([...index.last, ...index.important])].sort((x, y) => y - x);
  return {
    notes: rows.map(at),
    plan: index.plan === undefined ? undefined : at(index.plan),
    beliefs: index.beliefs.map(at),
    done: index.done.map(at),
    fold: index.fold === undefined ? undefined : at(index.fold),
    latestTick: index.latest === 0 ? -1 : memories.rows.tick[(index.latest - 1) as MemoryRow],
    reflectedTick: index.reflectedTick,
    importanceSince: index.importanceSince,
  };
}
