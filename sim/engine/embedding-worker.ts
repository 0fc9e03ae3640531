/**
 * A thread that finds neighbours: gets one task, works on it beside the others, says that it is done.
 */
import { parentPort } from 'node:worker_threads';
import { workOn } from './embedding-threads.ts';
import type { TopTask } from './embedding-threads.ts';

parentPort?.once('message', (task: TopTask) => {
  workOn(task);
  parentPort?.postMessage('done');
});
