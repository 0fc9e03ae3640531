/**
 * Starts the thread that lays a graph out, and keeps the places it has sent last.
 */
import { Worker } from 'node:worker_threads';
import type { LayoutOrder, LayoutReport } from './layout-worker.ts';

/** A layout that is under way or done. */
export interface Layout {
  /** The last places; undefined before the first. */
  latest(): LayoutReport | undefined;
  /** Finishes what a frugal layout left rough. */
  goOn(): void;
  stop(): Promise<void>;
}

const workerFile = new URL(`./layout-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Lays out in a thread of its own; `told` hears of each report. */
export function startLayout(order: LayoutOrder, told: (report: LayoutReport) => void): Layout {
  const worker = new Worker(workerFile, { workerData: order, name: 'layout' });
  let latest: LayoutReport | undefined;
  worker.on('message', (report: LayoutReport) => {
    latest = report;
    told(report);
  });
  // A thread that fails leaves the last places; the page goes on with them.
  worker.on('error', () => undefined);
  worker.unref();
  return {
    latest: () => latest,
    goOn: () => worker.postMessage('go on'),
    stop: async () => {
      await worker.terminate();
    },
  };
}
