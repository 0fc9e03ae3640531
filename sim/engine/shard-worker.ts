/**
 * A worker's long task: one shard, from the first tick to the last. Between barriers it is synchronous: it fires no timer and
 * reads no socket, so whatever needs either is the main thread's.
 */
import { mix32 } from '../ground/random.ts';
import { newPostCount } from './apply.ts';
import { control, meet, signalMain, stopAll, Stopped, waitWhile } from './barrier.ts';
import { requestCount } from './ask.ts';
import { loadOwnCode } from './own-code.ts';
import { isCheckpointTick } from './plan.ts';
import { createShard } from './shard.ts';
import { beginTick, faultOf } from './step.ts';
import type { Placement } from './plan.ts';
import type { Shard, ShardOrder } from './shard.ts';
import type { FaultReport } from './step.ts';

/** Runs one shard to the end of the run. Returns what went wrong, if anything did. */
export async function runShard(order: ShardOrder & { readonly firstTick: number }): Promise<FaultReport | undefined> {
  const code = await loadOwnCode(order.plan.module);
  const shard = createShard(order, code);
  const words = shard.attached.control;
  let number = order.firstTick;
  try {
    for (; number < Atomics.load(words, control.endTick); number++) {
      waitForTables(words, number);
      if (number > order.firstTick) waitForCheckpoint(words, number, order.placement);
      runTick(shard, number);
    }
    return undefined;
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    stopAll(words, shard.owner.shard, number, -1);
    return faultOf(error, shard, number);
  }
}

/** The tables of tick t - 2 are used again at tick t: the main thread must have read them. */
function waitForTables(words: Int32Array, number: number): void {
  for (;;) {
    const taken = Atomics.load(words, control.ticksTaken);
    if (taken >= number - 1) return;
    waitWhile(words, control.ticksTaken, taken);
  }
}

/** Nobody goes on while the state before a tick is copied. */
function waitForCheckpoint(words: Int32Array, number: number, placement: Placement): void {
  if (!isCheckpointTick(number - 1, placement)) return;
  for (;;) {
    const saved = Atomics.load(words, control.ticksSaved);
    if (saved >= number) return;
    waitWhile(words, control.ticksSaved, saved);
  }
}

function runTick(shard: Shard, number: number): void {
  const { shardCount } = shard.owner;
  const words = shard.attached.control;
  const running = beginTick(shard, number);
  for (let phase = 0; ; phase++) {
    stagger(shard, number, phase);
    const pause = running.next();
    if (pause === undefined) break;
    meet(words, shardCount, pause === 'ask' ? () => layRequests(shard) : undefined);
    if (pause === 'ask') waitForAnswers(words);
  }
  meet(words, shardCount, () => finishTick(shard, number));
}

/** Sleeps before a phase, if the placement says so: a hash of shard, tick and phase tells how long. */
function stagger({ owner, placement }: Shard, number: number, phase: number): void {
  const { staggerMsMax = 0 } = placement;
  if (staggerMsMax === 0) return;
  const lot = (mix32(mix32(number * 64 + phase) ^ mix32(owner.shard)) >>> 0) / 0x1_0000_0000;
  Atomics.wait(asleep, 0, 0, lot * staggerMsMax);
}

/** A word that nobody else knows: who waits on it wakes by the time alone. */
const asleep = new Int32Array(new SharedArrayBuffer(4));

function layRequests(shard: Shard): void {
  if (requestCount(shard.all) === 0) return;
  const words = shard.attached.control;
  Atomics.add(words, control.asked, 1);
  signalMain(words);
}

function waitForAnswers(words: Int32Array): void {
  const asked = Atomics.load(words, control.asked);
  for (;;) {
    const answered = Atomics.load(words, control.answered);
    if (answered >= asked) return;
    waitWhile(words, control.answered, answered);
  }
}

/** Runs in the shard that comes last, while the others wait. */
function finishTick(shard: Shard, number: number): void {
  const words = shard.attached.control;
  words[control.nextPost] += newPostCount(shard.all);
  Atomics.store(words, control.ticksDone, number + 1);
  if (Atomics.load(words, control.pleaseStop) !== 0) Atomics.store(words, control.endTick, number + 1);
  signalMain(words);
}
