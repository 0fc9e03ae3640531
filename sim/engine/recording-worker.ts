/**
 * The recorder's thread: takes the ticks that the main thread hands over and writes them to the log, from the first to the last.
 *
 * Unlike a shard it never blocks: it waits asynchronously, because its files and the timer of its groups are its own. Shards meet it
 * only where a table is to be used again two ticks later, and where a checkpoint is due.
 * Order: a tick is taken whole before the next is begun. What goes wrong stops the shards and is told at the end.
 */
import { InputError } from '../ground/errors.ts';
import { control, stopAll } from './barrier.ts';
import { openLogRecorder } from './log-recorder.ts';
import { attachState } from './state.ts';
import { countTick, takeHere } from './take.ts';
import type { LogOrder } from './log-recorder.ts';
import type { Counts, Taker, TakingOrder } from './take.ts';

/** What the thread is sent. */
export interface RecordingOrder {
  readonly taking: TakingOrder;
  readonly log: LogOrder;
  readonly firstTick: number;
  /** What was counted before the first tick. */
  readonly counts: Readonly<Counts>;
}

/** What it says at the end. */
export interface RecordingReport {
  readonly link: Uint8Array;
  /** Seconds of work on ticks. */
  readonly seconds: number;
  readonly fault?: RecordingFault;
}

/** An error as it crosses threads. */
export type RecordingFault =
  | { readonly kind: 'input'; readonly problems: InputError['problems'] }
  | { readonly kind: 'invariant'; readonly message: string; readonly stack: string };

/** Takes ticks until the main thread says that there are no more. */
export async function recordTicks(order: RecordingOrder): Promise<RecordingReport> {
  const { control: words } = attachState(order.taking.handle, 0);
  let link = order.taking.link;
  let seconds = 0;
  try {
    const log = await openLogRecorder(order.log);
    const counts = { ...order.counts };
    const taker = takeHere(order.taking, counts, log);
    try {
      await takeTold(order, words, counts, taker);
    } finally {
      link = await taker.finish();
      seconds = taker.seconds();
      await log.close();
    }
    return { link, seconds };
  } catch (error) {
    stopAll(words, -1, -1, -1);
    return { link, seconds, fault: faultOf(error) };
  }
}

/** Takes every tick that was handed over, and waits for the next. */
async function takeTold(order: RecordingOrder, words: Int32Array, counts: Counts, taker: Taker): Promise<void> {
  const { tables } = attachState(order.taking.handle, 0);
  for (let number = order.firstTick; ;) {
    const seen = Atomics.load(words, control.recordSignal);
    const isLast = Atomics.load(words, control.recordEnd) !== 0;
    for (; number < Atomics.load(words, control.ticksTold); number++) {
      countTick(counts, tables[number & 1]);
      await taker.take(number);
    }
    if (isLast) return;
    const wait = Atomics.waitAsync(words, control.recordSignal, seen);
    if (wait.async) await wait.value;
  }
}

function faultOf(error: unknown): RecordingFault {
  if (error instanceof InputError) return { kind: 'input', problems: error.problems };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'invariant', message, stack: (error instanceof Error ? error.stack : undefined) ?? '' };
}
