/**
 * Keeps taken ticks in a run's log, and checkpoints behind its head.
 *
 * Runs wherever ticks are taken: in the calling thread or in the recorder's own. Ticks that stand in the log already, because the run
 * is taken up again, are compared with it and not written twice.
 * Order on disk: events.log, head, checkpoint; a checkpoint waits until the head covers it.
 */
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { writeCheckpoint } from '../record/checkpoint.ts';
import { encodeFrame, encodeSeen } from '../record/chunk.ts';
import { LogWriter } from '../record/writer.ts';
import type { Head } from '../record/writer.ts';
import type { Recorder, StartingPoint } from './take.ts';

/** Which log, from where on. */
export interface LogOrder {
  readonly directory: string;
  readonly head: Head;
  /** Links of ticks that are recorded already: computed again, they must come out the same. */
  readonly knownLinks?: readonly string[];
}

/** A recorder with an open log. */
export interface LogRecorder extends Recorder {
  /** Writes what waits and closes the log. Throws what went wrong since the log was opened. */
  close(): Promise<void>;
}

/** Opens a log at its head. */
export async function openLogRecorder({ directory, head, knownLinks }: LogOrder): Promise<LogRecorder> {
  const writer = await LogWriter.append(directory, head);
  const checkpoints = checkpointsBehind(directory, writer);
  const settled = async (): Promise<void> => {
    await writer.drain();
    await checkpoints.settled();
  };
  let closing: Promise<void> | undefined;
  const seenRoom = { bytes: new Uint8Array(0) };
  return {
    isDoneAtOnce: true,
    close: () => (closing ??= settled().finally(() => writer.close())),
    checkpoint: checkpoints.keep,
    record(record, decided, root, link) {
      checkpoints.throwFailure();
      const expected = knownLinks?.[record.tick];
      if (expected !== undefined) {
        if (expected !== hexOf(link)) throw differs(directory, record.tick);
        return undefined;
      }
      const seen = encodeSeen(record.seen, seenRoom);
      const frame = encodeFrame({ tick: record.tick, decided, seen, root, link }, writer.frameRoom);
      return writer.push(frame, link);
    },
  };
}

interface Checkpoints {
  readonly keep: (point: StartingPoint) => void;
  readonly throwFailure: () => void;
  readonly settled: () => Promise<void>;
}

/** Writes each checkpoint once its ticks are acknowledged, one at a time. */
function checkpointsBehind(directory: string, writer: LogWriter): Checkpoints {
  let waiting: StartingPoint | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown;
  const writeIfSafe = (acknowledged: number): void => {
    const point = waiting;
    if (point === undefined || point.snapshot.tick > acknowledged) return;
    waiting = undefined;
    const { snapshot, link, counts } = point;
    // A failure is kept for the next tick: thrown here, nobody would hear of it until the end, and the process would die of it.
    writing = writing
      .then(() => writeCheckpoint(directory, { ...snapshot, link, counts }))
      .catch((cause: unknown) => void (failure ??= cause));
  };
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure as Error;
  };
  writer.onAcknowledged = writeIfSafe;
  return {
    keep(point) {
      // The one that waits goes first: were it replaced, a run with checkpoints closer than acknowledgements would never write any.
      waiting ??= point;
      writeIfSafe(writer.acknowledgedTicks);
    },
    throwFailure,
    settled: () => writing.then(throwFailure),
  };
}

/** A tick that was computed again and is not what the log says. */
export function differs(directory: string, tick: number): InputError {
  return new InputError({
    code: 'INPUT_STORE_DAMAGED',
    place: { file: directory },
    found: `tick ${tick}, computed again, differs from the record`,
    next: 'Run verify; if own code or the engine changed since, run the scenario again.',
  });
}
