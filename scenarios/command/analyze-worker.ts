/**
 * The thread of `analyze-thread.ts`: opens a recorded population, measures what it is asked for, says it and ends.
 *
 * Message out: one `BesideReport`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { measuresOf } from './analyze.ts';
import type { BesideOrder, BesideReport } from './analyze-thread.ts';

parentPort?.postMessage(measure(workerData as BesideOrder));

function measure({ directory, names, layer, seed }: BesideOrder): BesideReport {
  try {
    const flags = { seed, ...(layer === undefined ? {} : { layer }) };
    return { kind: 'measured', measures: measuresOf(openRecords(directory), names, flags) };
  } catch (error) {
    if (error instanceof InputError) return { kind: 'input', problems: error.problems };
    throw error;
  }
}
