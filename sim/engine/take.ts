/**
 * Taking a finished tick: it is read out of the shards' tables, the chain grows by a link, the record goes on to whoever keeps it,
 * and the state is copied where a checkpoint is due. Only then do the control words say that the shards may go on with the tables.
 *
 * Runs in the thread that drives the shards, or in the recorder's own (`sim/engine/recording-worker.ts`): the code is the same.
 * Reads tables, buckets and state; writes the words `ticksTaken` and `ticksSaved`.
 * Order: record, checkpoint, words; a tick that is not taken whole is not taken.
 */
import { addBuckets, bytesOfWords, chainLink, createBuckets } from '../ground/digest.ts';
import { encodeDecided } from '../record/chunk.ts';
import { sha256 } from '../record/genesis.ts';
import { control } from './barrier.ts';
import { secondsNow } from './clock.ts';
import { collectTick, createCollector, totalsOf } from './collect.ts';
import { isCheckpointTick, isRootTick } from './plan.ts';
import { takeSnapshot } from './snapshot.ts';
import { attachState } from './state.ts';
import { callFailures } from '../exchange/prompts.ts';
import { counts as places } from '../exchange/tables.ts';
import type { RequestRow, ShardTables } from '../exchange/tables.ts';
import type { EncodingRoom, TickRecord } from '../record/chunk.ts';
import type { RunCounts } from '../record/manifest.ts';
import type { Collector, TargetBook } from './collect.ts';
import type { Placement, Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import type { Attached, StateHandle } from './state.ts';

/** What was counted since the run began. */
export interface Counts {
  intents: number;
  granted: number;
  refused: number;
  posts: number;
  exposures: number;
  awake: number;
  /** Calls to models that were made, and those that brought nothing. */
  asked: number;
  unanswered: number;
}

/** A state between two ticks, with what was counted so far. */
export interface StartingPoint {
  readonly snapshot: Snapshot;
  readonly link: Uint8Array;
  readonly counts: RunCounts;
}

/** Where records go. `encoded` is the part that is hashed; `root` is empty where none was taken. */
export interface Recorder {
  /** Whether it is done with a record and its encoding when `record` returns, so that their memory can be used again. */
  readonly isDoneAtOnce?: boolean;
  record(record: TickRecord, encoded: Uint8Array, root: Uint8Array, link: Uint8Array): Promise<void> | void;
  /** Takes a checkpoint: called while every shard waits, so it must only keep what it is given. */
  checkpoint?(point: StartingPoint): void;
}

/** Whoever takes the finished ticks of a run, in their order. */
export interface Taker {
  /** Takes a tick or sees to it: the control words say when it is done. Who gets a promise waits for it before the next tick. */
  take(number: number): Promise<void> | undefined;
  /** Waits until every tick that was handed over is taken. Returns the chain's last link; throws what went wrong. */
  finish(): Promise<Uint8Array>;
  /** Seconds of work on ticks, without waiting; known once finished. */
  seconds(): number;
}

/** What taking needs. It can be posted to another thread, but for the recorder. */
export interface TakingOrder {
  readonly handle: StateHandle;
  readonly plan: Pick<Plan, 'ticks'>;
  readonly placement: Placement;
  readonly book: TargetBook;
  /** Share of agents whose exposures are recorded in full. */
  readonly sampleShare: number;
  /** Without a chain, no digest is computed and the link stays the first. */
  readonly unchained?: boolean;
  /** The chain's link before the first tick that is taken. */
  readonly link: Uint8Array;
}

/** Reads ticks in this thread. `counts` hold what was counted up to the tick that is taken, that tick included. */
export function takeHere(order: TakingOrder, counts: Readonly<Counts>, recorder: Recorder | undefined): Taker {
  const attached = attachState(order.handle, 0);
  const isDoneAtOnce = recorder?.isDoneAtOnce === true;
  const collector = createCollector(attached.state, order.book, order.sampleShare, isDoneAtOnce);
  const room = isDoneAtOnce ? { bytes: new Uint8Array(0) } : undefined;
  const taking: Taking = { ...order, attached, collector, room, counts, recorder, link: order.link };
  let seconds = 0;
  return {
    take(number) {
      const before = secondsNow();
      const wait = recordTick(taking, number);
      if (wait === undefined) letGo(taking, number);
      seconds += secondsNow() - before;
      return wait?.then(() => letGo(taking, number));
    },
    finish: () => Promise.resolve(taking.link),
    seconds: () => seconds,
  };
}

interface Taking extends Omit<TakingOrder, 'link'> {
  readonly attached: Attached;
  readonly collector: Collector;
  readonly room: EncodingRoom | undefined;
  readonly counts: Readonly<Counts>;
  readonly recorder: Recorder | undefined;
  link: Uint8Array;
}

const nothing = new Uint8Array(0);

function recordTick(taking: Taking, number: number): Promise<void> | undefined {
  const { attached, collector, plan, recorder } = taking;
  const record = collectTick(collector, attached.tables[number & 1], number);
  if (taking.unchained === true) return recorder?.record(record, nothing, nothing, taking.link) ?? undefined;
  const encoded = encodeDecided(record, taking.room);
  const root = isRootTick(number, plan.ticks) ? rootOf(attached, number) : nothing;
  taking.link = chainLink(sha256, taking.link, number, [encoded, root]);
  return recorder?.record(record, encoded, root, taking.link) ?? undefined;
}

/** The state root out of every shard's buckets, of which there are two sets by the parity of the tick. */
export function rootOf(attached: Pick<Attached, 'buckets'>, number: number): Uint8Array {
  const sum = createBuckets();
  for (const buckets of attached.buckets[number & 1]) addBuckets(sum, buckets);
  return sha256(bytesOfWords(sum));
}

/** Copies the state after a tick that a checkpoint is due for, and lets the shards go on. */
function letGo(taking: Taking, number: number): void {
  const { handle, placement, recorder, attached } = taking;
  if (isCheckpointTick(number, placement)) {
    const point = recorder?.checkpoint === undefined ? undefined : takeSnapshot(handle, number + 1);
    if (point !== undefined)
      recorder?.checkpoint?.({ snapshot: point, link: taking.link, counts: { ...taking.counts } });
    setWord(attached.control, control.ticksSaved, number + 1);
  }
  setWord(attached.control, control.ticksTaken, number + 1);
}

function setWord(words: Int32Array, word: number, value: number): void {
  Atomics.store(words, word, value);
  Atomics.notify(words, word);
}

/** Adds a finished tick to what was counted. Its tables must not have been let go yet. */
export function countTick(counts: Counts, all: readonly ShardTables[]): { awake: number; intents: number } {
  const { intents, ...totals } = totalsOf(all);
  counts.intents += intents;
  counts.granted += totals.granted;
  counts.refused += totals.refused;
  counts.posts += totals.posts;
  counts.exposures += totals.exposures;
  counts.awake += totals.awake;
  countCalls(counts, all);
  return { awake: totals.awake, intents };
}

/** Counts calls; what a judge knew already, or has put off, was none. */
function countCalls(counts: Counts, all: readonly ShardTables[]): void {
  for (const { requests, count } of all) {
    for (let row = 0 as RequestRow; row < count[places.requests]; row++) {
      if (requests.status[row] > 2 || requests.failure[row] === callFailures.DEFERRED) continue;
      counts.asked++;
      if (requests.status[row] === 2) counts.unanswered++;
    }
  }
}
