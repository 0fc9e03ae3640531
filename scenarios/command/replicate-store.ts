/**
 * Replicates that are done, as files of a directory: what makes a sweep, a calibration and a study go on where they were stopped.
 *
 * A replicate is one small file, written aside, synced and renamed, so it is there whole or not at all; it carries the digest of its
 * order, and one that does not fit is simulated again. Who simulates (threads, or recorded runs where models are asked) is handed in. Order: results stand in the order of the
 * orders, whichever came first and whoever simulated it. Invariant: a batch ends with the same results however often it was stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEnsemble } from '../../sim/engine/ensemble.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import type { Ensemble } from '../../sim/engine/ensemble.ts';
import type { Asked, ReplicateOrder, ReplicateResult } from './replicate.ts';

/** A replicate with the name of its file. */
export interface NamedOrder {
  readonly name: string;
  readonly order: ReplicateOrder;
}

/** Values of one world; null for all where it failed. */
export interface Replicate {
  readonly values: readonly (number | null)[];
  /** What models were asked in it, where it may ask any. */
  readonly asked?: Asked;
  readonly failure?: string;
}

/** How a batch is going. */
export interface StoreProgress {
  readonly done: number;
  readonly all: number;
}

/** Who simulates what is missing. `onDone` is told each result with the place of its order; what it throws ends the batch. */
export interface Simulator {
  run(
    orders: readonly NamedOrder[],
    onDone: (at: number, result: ReplicateResult) => void,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  close(): Promise<void>;
}

const replicateModule = new URL(`./replicate${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** What turns an order into values: a function of a module. */
export interface ReplicateTask {
  readonly module: URL;
  readonly name: string;
}

const measuredReplicate: ReplicateTask = { module: replicateModule, name: 'simulateReplicate' };

/** Raised where a signal ended a batch: what is done is on disk. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Worlds in memory, one a thread. */
export function inThreads(workers: number, task: ReplicateTask = measuredReplicate): Simulator {
  let ensemble: Ensemble<ReplicateOrder, ReplicateResult> | undefined;
  return {
    async run(orders, onDone, signal) {
      ensemble ??= openEnsemble(task.module, task.name, workers);
      const inputs = orders.map(({ order }) => order);
      await ensemble.run(inputs, (_, at, result) => onDone(at, result), signal);
    },
    async close() {
      await ensemble?.close();
      ensemble = undefined;
    },
  };
}

/** Done replicates of one directory, and whoever makes more of them. */
export class ReplicateStore {
  readonly #folder: string;
  readonly #simulator: Simulator;
  readonly #signal: AbortSignal | undefined;

  constructor(directory: string, simulator: Simulator, signal?: AbortSignal) {
    this.#folder = join(directory, 'replicates');
    this.#simulator = simulator;
    this.#signal = signal;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** What is on disk for an order. */
  done({ name, order }: NamedOrder): Replicate | undefined {
    const file = join(this.#folder, `${name}.json`);
    if (!existsSync(file)) return undefined;
    try {
      const kept = JSON.parse(readFileSync(file, 'utf8')) as { order: string } & Replicate;
      if (kept.order !== digestOf(order) || !Array.isArray(kept.values)) return undefined;
      return { values: kept.values, ...(kept.asked === undefined ? {} : { asked: kept.asked }) };
    } catch {
      return undefined;
    }
  }

  /** Results of all orders: those on disk, and those that are simulated now. Throws `Stopped` when the signal came. */
  async run(orders: readonly NamedOrder[], onProgress: (progress: StoreProgress) => void): Promise<Replicate[]> {
    const found = orders.map((one) => this.done(one));
    const missing = orders.flatMap((_, index) => (found[index] === undefined ? [index] : []));
    const all = orders.length;
    let done = all - missing.length;
    onProgress({ done, all });
    if (missing.length === 0) return found as Replicate[];
    const keep = (at: number, result: ReplicateResult): void => {
      found[missing[at]] = this.#keep(orders[missing[at]], result);
      onProgress({ done: ++done, all });
    };
    try {
      const wanted = missing.map((index) => orders[index]);
      await this.#simulator.run(wanted, keep, this.#signal);
    } catch (error) {
      if (this.#signal?.aborted === true) throw new Stopped('stopped by a signal');
      throw error;
    }
    return found as Replicate[];
  }

  close(): Promise<void> {
    return this.#simulator.close();
  }

  /** Commits a result. One that failed is not written: it is tried again when the batch is taken up. */
  #keep({ name, order }: NamedOrder, result: ReplicateResult): Replicate {
    if ('problems' in result) throw new InputError(result.problems);
    if ('failure' in result) return { values: order.measures.map(() => null), failure: result.failure };
    const kept = { order: digestOf(order), seed: order.seed, set: order.set, ...result };
    writeWhole(join(this.#folder, `${name}.json`), JSON.stringify(kept) + '\n');
    return result;
  }
}

/** The digest of what decides a replicate. */
function digestOf({ sha256, set, seed, measures, layer, models }: ReplicateOrder): string {
  const parts = [sha256, set, seed, measures, layer ?? null, ...(models === undefined ? [] : [models])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
