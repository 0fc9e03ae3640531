/**
 * The nearest vectors of all users at once: one index, searched by several threads that share its memory.
 *
 * Users are claimed in stretches from a shared counter; where a user's neighbours stand does not depend on who claimed it, so the
 * outcome is the same for any number of threads. This thread builds the index while the others start, and then works beside them.
 * Reads vectors; writes memory that it allocates. Oracle: `search` in one thread (`test/sim/engine/embedding-threads.test.ts`).
 */
import { Worker } from 'node:worker_threads';
import { buildIndex, createSearcher, search } from '../world/embedding-index.ts';
import { vectorCount } from '../world/embedding-vectors.ts';
import type { EmbeddingIndex } from '../world/embedding-index.ts';
import type { VectorSet } from '../world/embedding-vectors.ts';

/** What is asked: the `length` nearest of `vectors` for each of `users`, which have as many dimensions. */
export interface TopOrder {
  readonly vectors: VectorSet;
  readonly users: VectorSet;
  readonly length: number;
  /** Cells that are made and, of these, looked through for each user; all of them: exact but for seven bits of the users. */
  readonly cellCount?: number;
  readonly probeCount: number;
  readonly threads: number;
}

/** Numbers of vectors: `length` a user, best first, -1 beyond the last. */
export interface TopResult {
  readonly found: Int32Array;
  readonly index: EmbeddingIndex;
}

/** What a thread works on: it can be posted. */
export interface TopTask {
  readonly index: EmbeddingIndex;
  readonly seat: number;
  readonly users: Float32Array;
  readonly length: number;
  readonly probeCount: number;
  /** One word: the first user that nobody claimed. */
  readonly claimed: Int32Array;
  readonly found: Int32Array;
}

/** Finds the nearest vectors of all users. */
export async function topOfAll(order: TopOrder): Promise<TopResult> {
  const { vectors, users, length, probeCount, threads } = order;
  const workers = Array.from({ length: threads - 1 }, () => {
    return new Worker(new URL('./embedding-worker.ts', import.meta.url));
  });
  try {
    const choice = order.cellCount === undefined ? {} : { cellCount: order.cellCount };
    const index = buildIndex(vectors, { ...choice, seatCount: threads });
    const found = new Int32Array(new SharedArrayBuffer(vectorCount(users) * length * 4)).fill(-1);
    const claimed = new Int32Array(new SharedArrayBuffer(4));
    const task = { index, users: shared(users), length, probeCount, claimed, found };
    const others = workers.map((worker, k) => askOf(worker, { ...task, seat: k + 1 }));
    workOn({ ...task, seat: 0 });
    await Promise.all(others);
    return { found, index };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The users' vectors where every thread sees them: copied only if they are not there. */
function shared({ components }: VectorSet): Float32Array {
  if (components instanceof Float32Array && components.buffer instanceof SharedArrayBuffer) return components;
  const copy = new Float32Array(new SharedArrayBuffer(components.length * 4));
  copy.set(components);
  return copy;
}

function askOf(worker: Worker, task: TopTask): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      resolve();
    });
    worker.once('error', reject);
    worker.postMessage(task);
  });
}

/** Users that are claimed at once. */
const stretch = 128;

/** Claims users and finds their neighbours until none is left. */
export function workOn({ index, seat, users, length, probeCount, claimed, found }: TopTask): void {
  const { dimensions } = index;
  const count = users.length / dimensions;
  const searcher = createSearcher(index, seat);
  for (let from = Atomics.add(claimed, 0, stretch); from < count; from = Atomics.add(claimed, 0, stretch)) {
    for (let user = from; user < Math.min(count, from + stretch); user++) {
      search(searcher, { components: users, from: user * dimensions, length, probeCount }, found, user * length);
    }
  }
}
