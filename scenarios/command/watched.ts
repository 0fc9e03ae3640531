/**
 * A run that is watched while it goes on: its dashboard is a process of its own, started with the first tick, and its gate hears a socket.
 *
 * Order: with the first tick the directory is the run's own, and manifest, genesis and head are on disk. The process ends with the run; at a
 * terminal it stays until it is interrupted, so that a short run can be looked at.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { note } from './output.ts';
import { holdRun } from './run-control.ts';
import type { ChildProcess } from 'node:child_process';
import type { Gate, Observer } from '../../sim/exchange/ports.ts';

/** What a command that is watched does beside its run. */
export interface Watched extends Observer {
  readonly gate: Gate;
  /** The run has ended: it can be held no more. */
  ended(): void;
  /** Waits at a terminal until it is interrupted. */
  lookedAt(signal: AbortSignal): Promise<void>;
  close(): void;
}

const program = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** In a checkout Node keeps the code that it made of TypeScript, below node_modules as other caches: the watcher starts for half the work. */
function environment(): NodeJS.ProcessEnv {
  if (!import.meta.url.endsWith('.ts')) return process.env;
  const cache = fileURLToPath(new URL('../../node_modules/.cache/mesocosm/code', import.meta.url));
  return { NODE_COMPILE_CACHE: cache, ...process.env };
}

/**
 * Watches a run; `told` hears of its ticks. Of a run that is resumed `recordedTicks` are on record: those are computed again without a halt,
 * since a page shows what is on record and would not see them pass.
 */
export function watched(
  directory: string,
  port: number,
  signal: AbortSignal,
  told: Observer,
  recordedTicks = 0,
): Watched {
  const held = holdRun(directory, signal);
  let tick = 0;
  let child: ChildProcess | undefined;
  const begin = (): void => {
    if (!held.open()) note('the path of the run is too long for a socket: it can be watched, not paused');
    // A group of its own, so that an interrupt at the terminal reaches the run first.
    child = fork(program, ['serve', directory, '--port', String(port)], {
      detached: true,
      execArgv: [],
      env: environment(),
    });
    child.on('message', (message) => {
      note(`watch it at ${String((message as { url?: unknown }).url)}`);
    });
    child.on('exit', (status) => {
      if (status !== 0 && status !== null) note(`the dashboard ended with ${status}; the run goes on`);
    });
    child.on('error', (error) => {
      note(`the dashboard cannot be started: ${error.message}; the run goes on`);
    });
    child.unref();
    child.channel?.unref();
  };
  return {
    gate: { pass: () => (tick <= recordedTicks ? undefined : held.gate.pass()) },
    onTick(progress) {
      tick = progress.tick;
      if (child === undefined) begin();
      told.onTick(progress);
    },
    ended: () => {
      held.close();
    },
    async lookedAt(stop) {
      if (child === undefined || child.exitCode !== null || stop.aborted || !process.stderr.isTTY) return;
      note('the run has ended; its dashboard is served until it is interrupted (Ctrl-C)');
      const alive = setInterval(() => undefined, 60_000);
      await new Promise<void>((done) => {
        stop.addEventListener('abort', () => done(), { once: true });
        child?.once('exit', () => done());
      });
      clearInterval(alive);
    },
    close() {
      held.close();
      if (child?.connected === true) child.disconnect();
    },
  };
}
