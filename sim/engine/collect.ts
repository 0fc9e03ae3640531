/**
 * Reads a finished tick out of the shards' tables, in canonical order: by actor's ordinal, then by the order of its intents.
 *
 * Runs while the shards work on the next tick, whose tables are the other half. Addresses become ordinals.
 * Exposures are counted for every agent and kept in full for a sample, drawn by key so that it depends on neither seed nor layout.
 * Oracle: sorting intents as objects (`test/sim/engine/collect.test.ts`).
 */
import { createRadixScratch, sortPairs } from '../ground/radix.ts';
import { mix32 } from '../ground/random.ts';
import { postRow, topicOfPost } from '../world/posts.ts';
import { outcomes, reasonNumber } from '../exchange/reasons.ts';
import { makesPost } from '../exchange/verbs.ts';
import { counts, requestWords } from '../exchange/tables.ts';
import { appendText, bytesOf } from '../world/texts.ts';
import { noDetails } from '../record/chunk.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { RadixScratch } from '../ground/radix.ts';
import type { DetailRow, IntentRow, PerceptRow, RequestRow, ShardTables } from '../exchange/tables.ts';
import type { DetailRecord, SeenRecord, TickRecord, TickTotals } from '../record/chunk.ts';
import type { Verb } from '../exchange/verbs.ts';
import type { State } from './state.ts';

/** What the verbs' targets are, by their numbers: the part of a rule book that other threads can be sent. */
export interface TargetBook {
  readonly verbs: readonly (Pick<Verb, 'target'> | undefined)[];
}

/** What collecting needs, kept from tick to tick. */
export interface Collector {
  readonly state: State;
  readonly book: TargetBook;
  readonly radix: RadixScratch;
  /** Agents whose exposures are kept in full: those with a hash of their key below this, of 2^32. */
  readonly sampleBelow: number;
  keys: Int32Array;
  values: Int32Array;
  /** Where the columns of a record come from. */
  readonly room: ColumnRoom;
}

/** Gives out columns by name. */
interface ColumnRoom {
  readonly words: (name: string, length: number) => Int32Array;
  readonly bytes: (name: string, length: number) => Uint8Array;
}

const freshRoom: ColumnRoom = {
  words: (_, length) => new Int32Array(length),
  bytes: (_, length) => new Uint8Array(length),
};

/** Columns in memory that is used again, zero as new ones are: what was given out under a name before stands in the same place. */
function reusedRoom(): ColumnRoom {
  const kept = new Map<string, ArrayBuffer>();
  const bytesOf = (name: string, length: number): ArrayBuffer => {
    let buffer = kept.get(name);
    if (buffer === undefined || buffer.byteLength < length) {
      buffer = new ArrayBuffer(Math.max(4096, length * 2));
      kept.set(name, buffer);
    }
    return buffer;
  };
  return {
    words: (name, length) => new Int32Array(bytesOf(name, length * 4), 0, length).fill(0),
    bytes: (name, length) => new Uint8Array(bytesOf(name, length), 0, length).fill(0),
  };
}

/**
 * A collector. With `isReused` each record stands in the memory of the one before: for whoever is done with a record when the next one is
 * made. New memory a tick, some 0.4 MB at 10,000 awake, had the recorder's garbage collected so often that it took 2 to 4 % of the time.
 */
export function createCollector(state: State, book: TargetBook, sampleShare: number, isReused = false): Collector {
  const sampleBelow = Math.round(sampleShare * 0x1_0000_0000);
  return {
    ...{ state, book, sampleBelow, radix: createRadixScratch(4096) },
    room: isReused ? reusedRoom() : freshRoom,
    keys: new Int32Array(4096),
    values: new Int32Array(4096),
  };
}

/** Whether an agent belongs to the sample: a hash of its key, so that the sample does not depend on rows. */
export function isSampled(collector: Collector, agent: AgentRow): boolean {
  const { keyLo, keyHi } = collector.state.agents;
  return mix32(keyLo[agent] ^ mix32(keyHi[agent] ^ 0x51ed270b)) >>> 0 < collector.sampleBelow;
}

/** The record of one tick. */
export function collectTick(collector: Collector, all: readonly ShardTables[], tick: number): TickRecord {
  const { intents: intentCount, ...totals } = totalsOf(all);
  const order = orderIntents(collector, all, intentCount);
  const { room } = collector;
  const columns = {
    actor: room.words('actor', intentCount),
    target: room.words('target', intentCount),
    amount: room.words('amount', intentCount),
    result: room.words('result', intentCount),
    verb: room.bytes('verb', intentCount),
    sequence: room.bytes('sequence', intentCount),
    outcome: room.bytes('outcome', intentCount),
    reason: room.bytes('reason', intentCount),
    rule: room.bytes('rule', intentCount),
    topic: room.bytes('topic', intentCount),
  };
  for (let to = 0; to < intentCount; to++) copyIntent(collector, all, order[to], columns, to);
  const [answers, seen] = [collectAnswers(collector, all), collectSeen(collector, all)];
  return { tick, intentCount, ...columns, answers, totals, seen, details: collectDetails(all, order, intentCount) };
}

/** Totals of a finished tick over all shards. */
export function totalsOf(all: readonly ShardTables[]): TickTotals & { readonly intents: number } {
  const sum = (place: number): number => all.reduce((total, tables) => total + tables.count[place], 0);
  return {
    intents: sum(counts.intents),
    awake: sum(counts.percepts),
    exposures: sum(counts.exposures),
    granted: sum(counts.granted),
    refused: sum(counts.refused),
    posts: sum(counts.newPosts),
  };
}

const shardShift = 26;

/** Places of intents (shard in the high bits, row in the low) in canonical order: a stable sort by ordinal. */
function orderIntents(collector: Collector, all: readonly ShardTables[], intentCount: number): Int32Array {
  if (collector.keys.length < intentCount) {
    collector.keys = new Int32Array(intentCount * 2);
    collector.values = new Int32Array(intentCount * 2);
  }
  const { keys, values, state } = collector;
  let at = 0;
  all.forEach(({ intents, count }, shard) => {
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      keys[at] = state.agents.ordinal[intents.actor[row] as AgentRow];
      values[at++] = (shard << shardShift) | row;
    }
  });
  sortPairs(keys, values, intentCount, collector.radix);
  return values;
}

type Columns = Pick<TickRecord, 'actor' | 'target' | 'amount' | 'result' | 'verb' | 'sequence'> &
  Pick<TickRecord, 'outcome' | 'reason' | 'rule' | 'topic'>;

function copyIntent(collector: Collector, all: readonly ShardTables[], place: number, to: Columns, row: number): void {
  const { intents } = all[place >>> shardShift];
  const from = (place & ((1 << shardShift) - 1)) as IntentRow;
  const { agents, posts } = collector.state;
  const verb = intents.verb[from];
  const target = intents.target[from];
  const isAgent =
    collector.book.verbs[verb]?.target === 'agent' && target >= 0 && target < collector.state.sizes.agentCount;
  to.actor[row] = agents.ordinal[intents.actor[from] as AgentRow];
  to.verb[row] = verb;
  to.target[row] = isAgent ? agents.ordinal[target as AgentRow] : target;
  to.amount[row] = intents.amount[from];
  to.sequence[row] = intents.sequence[from];
  to.outcome[row] = intents.outcome[from];
  to.reason[row] = reasonOf(all[place >>> shardShift], from);
  to.rule[row] = intents.rule[from];
  const result = intents.result[from];
  to.result[row] = result;
  // Of a refused post `result` is a tick.
  if (makesPost(verb) && to.outcome[row] === outcomes.granted) {
    to.topic[row] = topicOfPost(posts.face, postRow(posts, result));
  }
}

/** The reason of a ruling; a grant of something said in free words says who read it. */
function reasonOf({ intents, details }: ShardTables, row: IntentRow): number {
  const detail = intents.detail[row];
  if (detail === 0 || intents.outcome[row] !== outcomes.granted) return intents.reason[row];
  return readerReasons[details.readBy[(detail - 1) as DetailRow]] ?? intents.reason[row];
}

/** Reasons of grants, by reader. */
const readerReasons: readonly (number | undefined)[] = [
  undefined,
  reasonNumber.READ_BY_GRAMMAR,
  reasonNumber.READ_BY_JUDGE,
  reasonNumber.READ_BY_CACHE,
  reasonNumber.READ_BY_FALLBACK,
];

/** What intents say beside target and amount, in the order of the intents, with their texts one after the other. */
function collectDetails(all: readonly ShardTables[], order: Int32Array, intentCount: number): DetailRecord {
  if (all.every(({ count }) => count[counts.details] === 0)) return noDetails;
  const rows: { readonly row: number; readonly tables: ShardTables; readonly detail: DetailRow }[] = [];
  for (let row = 0; row < intentCount; row++) {
    const tables = all[order[row] >>> shardShift];
    const detail = tables.intents.detail[(order[row] & ((1 << shardShift) - 1)) as IntentRow];
    if (detail > 0) rows.push({ row, tables, detail: (detail - 1) as DetailRow });
  }
  const words = all.reduce((sum, { texts }) => sum + texts.used[0], 1);
  const texts = { words: new Int32Array(words), used: new Int32Array(1) };
  const columns = {
    row: Int32Array.from(rows, ({ row }) => row),
    argument: Int32Array.from(rows, ({ tables, detail }) => tables.details.argument[detail]),
    price: Int32Array.from(rows, ({ tables, detail }) => tables.details.price[detail]),
    text: Int32Array.from(rows, ({ tables, detail }) => {
      const text = tables.details.text[detail];
      return text === 0 ? 0 : appendText(texts, bytesOf(tables.texts, text));
    }),
  };
  return { ...columns, texts: texts.words.slice(0, texts.used[0]) };
}

/** Answers in canonical order, seven words each. */
function collectAnswers(collector: Collector, all: readonly ShardTables[]): Int32Array {
  const rows: number[][] = [];
  for (const { requests, count } of all) {
    for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
      const start = row * requestWords;
      const ordinal = collector.state.agents.ordinal[requests.agent[row] as AgentRow];
      const words = requests.answer.subarray(start, start + requestWords);
      rows.push([ordinal, requests.sequence[row], requests.status[row], ...words]);
    }
  }
  rows.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  return Int32Array.from(rows.flat());
}

function collectSeen(collector: Collector, all: readonly ShardTables[]): SeenRecord {
  const rows: { agent: number; tables: ShardTables; percept: number }[] = [];
  let total = 0;
  if (collector.sampleBelow > 0) {
    for (const tables of all) {
      for (let percept = 0 as PerceptRow; percept < tables.count[counts.percepts]; percept++) {
        const row = tables.percepts.agent[percept] as AgentRow;
        if (!isSampled(collector, row)) continue;
        rows.push({ agent: collector.state.agents.ordinal[row], tables, percept });
        total += tables.percepts.itemCount[percept];
      }
    }
  }
  rows.sort((x, y) => x.agent - y.agent);
  return copySeen(rows, total, collector.state.sizes.feedLength, collector.room);
}

function copySeen(
  rows: readonly { agent: number; tables: ShardTables; percept: number }[],
  total: number,
  feedLength: number,
  room: ColumnRoom,
): SeenRecord {
  const seen = {
    agent: room.words('seen agent', total),
    post: room.words('seen post', total),
    origin: room.words('seen origin', total),
    source: room.bytes('seen source', total),
    position: room.bytes('seen position', total),
  };
  let at = 0;
  for (const { agent, tables, percept } of rows) {
    const { post, origin, source } = tables.items as unknown as Record<string, Int32Array>;
    for (let k = 0; k < tables.percepts.itemCount[percept as PerceptRow]; k++, at++) {
      const place = percept * feedLength + k;
      seen.agent[at] = agent;
      seen.post[at] = post[place];
      seen.origin[at] = origin[place];
      seen.source[at] = source[place];
      seen.position[at] = k;
    }
  }
  return seen;
}
