/**
 * Replicates that are done, as files of a directory: what makes a sweep, a calibration and a study go on where they were stopped.
 *
 * A replicate is one small file, written aside, synced and renamed, so it is there whole or not at all; it carries the digest of its
 * order, and one that does not fit is simulated again. Nothing else is kept of a world. Order: results stand in the order of the
 * orders, whichever came first and whoever simulated it. Invariant: a batch ends with the same results however often it was stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEnsemble } from '../../sim/engine/ensemble.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import type { Ensemble } from '../../sim/engine/ensemble.ts';
import type { ReplicateOrder, ReplicateResult } from './replicate.ts';

/** A replicate with the name of its file. */
export interface NamedOrder {
  readonly name: string;
  readonly order: ReplicateOrder;
}

/** Values of one world; null for all where it failed. */
export interface Replicate {
  readonly values: readonly (number | null)[];
  readonly failure?: string;
}

/** How a batch is going. */
export interface StoreProgress {
  readonly done: number;
  readonly all: number;
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

/** Done replicates of one directory, and the threads that make more of them. */
export class ReplicateStore {
  readonly #folder: string;
  readonly #workers: number;
  readonly #signal: AbortSignal | undefined;
  readonly #task: ReplicateTask;
  #ensemble: Ensemble<ReplicateOrder, ReplicateResult> | undefined;

  constructor(directory: string, workers: number, signal?: AbortSignal, task: ReplicateTask = measuredReplicate) {
    this.#folder = join(directory, 'replicates');
    this.#workers = workers;
    this.#signal = signal;
    this.#task = task;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** What is on disk for an order. */
  done({ name, order }: NamedOrder): Replicate | undefined {
    const file = join(this.#folder, `${name}.json`);
    if (!existsSync(file)) return undefined;
    try {
      const kept = JSON.parse(readFileSync(file, 'utf8')) as { order: string; values: (number | null)[] };
      return kept.order === digestOf(order) && Array.isArray(kept.values) ? { values: kept.values } : undefined;
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
    this.#ensemble ??= openEnsemble(this.#task.module, this.#task.name, this.#workers);
    const inputs = missing.map((index) => orders[index].order);
    try {
      const keep = (_: number, at: number, result: ReplicateResult): void => {
        found[missing[at]] = this.#keep(orders[missing[at]], result);
        onProgress({ done: ++done, all });
      };
      await this.#ensemble.run(inputs, keep, this.#signal);
    } catch (error) {
      if (this.#signal?.aborted === true) throw new Stopped('stopped by a signal');
      throw error;
    }
    return found as Replicate[];
  }

  async close(): Promise<void> {
    await this.#ensemble?.close();
    this.#ensemble = undefined;
  }

  /** Commits a result. One that failed is not written: it is tried again when the batch is taken up. */
  #keep({ name, order }: NamedOrder, result: ReplicateResult): Replicate {
    if ('problems' in result) throw new InputError(result.problems);
    if ('failure' in result) return { values: order.measures.map(() => null), failure: result.failure };
    const text = JSON.stringify({ order: digestOf(order), seed: order.seed, set: order.set, values: result.values });
    writeWhole(join(this.#folder, `${name}.json`), text + '\n');
    return result;
  }
}

/** The digest of what decides a replicate. */
function digestOf(order: ReplicateOrder): string {
  const { sha256, set, seed, measures, layer } = order;
  return createHash('sha256')
    .update(JSON.stringify([sha256, set, seed, measures, layer ?? null]))
    .digest('hex');
}
