/**
 * Fills run.db in a thread of its own, behind whoever writes the log.
 *
 * Oracle: the tables are those of a database that was built at once (`test/sim/record/database-follow.test.ts`).
 */
import { Worker } from 'node:worker_threads';
import { InputError, InvariantError } from '../ground/errors.ts';
import type { FollowSummary } from './database-sqlite.ts';
import type { IndexMessage, IndexReport, IndexThreadOrder } from './database-worker.ts';

/** A database that is being filled. */
export interface DatabaseThread {
  /** Fills it to the end of the log, which has ended, and makes its indexes. */
  finish(): Promise<FollowSummary>;
  /** Leaves it with whole ticks in its tables. */
  stop(): Promise<FollowSummary>;
}

const workerFile = new URL(`./database-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Starts filling the database of a run whose manifest, genesis and head are on disk. */
export function startDatabaseThread(order: IndexThreadOrder): DatabaseThread {
  const worker = new Worker(workerFile, { workerData: order, name: 'run.db' });
  const ended = new Promise<FollowSummary>((resolve, reject) => {
    worker.on('message', (report: IndexReport) => {
      if (report.kind === 'filled') resolve(report.summary);
      else reject(errorOf(report));
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      reject(new InvariantError(`the thread that fills run.db ended with ${status}`));
    });
  });
  // It may fail long before anybody asks.
  ended.catch(() => undefined);
  const tell = (message: IndexMessage): Promise<FollowSummary> => {
    worker.postMessage(message);
    return ended;
  };
  return { finish: () => tell('end'), stop: () => tell('stop') };
}

function errorOf(report: Exclude<IndexReport, { kind: 'filled' }>): Error {
  if (report.kind === 'input') return new InputError(report.problems);
  const error = new InvariantError(report.message);
  error.stack = `${error.message}\n${report.stack}`;
  return error;
}
