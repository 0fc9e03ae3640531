/**
 * The thread that fills run.db behind a run: it looks at the head of the log, which names what is acknowledged, and nothing else of the
 * run, so that it could as well be another process.
 *
 * Messages in: `end` once the log has ended, `stop`. Messages out: one `IndexReport` at the end.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../ground/errors.ts';
import { followDatabase } from './database-sqlite.ts';
import type { FollowSummary, IndexLevel } from './database-sqlite.ts';

/** What the thread is given. */
export interface IndexThreadOrder {
  readonly directory: string;
  readonly level: IndexLevel;
}

/** What it is told while it works. */
export type IndexMessage = 'end' | 'stop';

/** What it says at the end. */
export type IndexReport =
  | { readonly kind: 'filled'; readonly summary: FollowSummary }
  | { readonly kind: 'input'; readonly problems: InputError['problems'] }
  | { readonly kind: 'invariant'; readonly message: string; readonly stack: string };

/** How long to wait before looking at the head again: a head is at least some 200 ms old when the next comes. */
const lookMs = 250;

const port = parentPort;
if (port !== null) {
  const report = await fill(workerData as IndexThreadOrder, (hear) => port.on('message', hear));
  port.postMessage(report);
  port.close();
}

async function fill(
  order: IndexThreadOrder,
  listen: (hear: (message: IndexMessage) => void) => void,
): Promise<IndexReport> {
  const stopper = new AbortController();
  let isEnded = false;
  let wake = (): void => undefined;
  listen((message) => {
    if (message === 'end') isEnded = true;
    else stopper.abort();
    wake();
  });
  const more = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, lookMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  try {
    const summary = await followDatabase({ ...order, isEnded: () => isEnded, more, signal: stopper.signal });
    return { kind: 'filled', summary };
  } catch (error) {
    if (error instanceof InputError) return { kind: 'input', problems: error.problems };
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
    return { kind: 'invariant', message, stack: stack ?? '' };
  }
}
