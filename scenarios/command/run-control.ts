/**
 * Pause, go on and step of a run, through a socket in its directory: the end in the run's process and the end in whoever watches it.
 *
 * Messages are lines of JSON: `{"do":"pause"}` to the run, `{"state":"paused"}` from it, at the beginning and at every change. Whoever may open
 * the socket may hold the run, so it is its owner's alone. Nothing that is held changes what is decided: a run that was paused has the
 * digest of one that was not. Order: a step lets one finished tick pass; a signal that ends the run lets all pass.
 * Oracle: `test/command/serve.test.ts`.
 */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import type { Server, Socket } from 'node:net';
import type { Gate } from '../../sim/exchange/ports.ts';
import type { ControlAct, RunControl } from '../../viz/dashboard/run-control.ts';

const socketName = 'control.sock';
/** Systems end the name of a socket at 104 or 108 bytes. */
const nameBytesMax = 100;

/** The socket's name, from here if that is shorter; undefined where it is too long for the system. */
function socketOf(directory: string): string | undefined {
  const file = join(resolve(directory), socketName);
  const fromHere = relative(process.cwd(), file);
  const shorter = fromHere.length < file.length ? fromHere : file;
  return Buffer.byteLength(shorter) <= nameBytesMax ? shorter : undefined;
}

/** The run's end: a gate, and a socket once the directory is the run's own. */
export interface HeldRun {
  readonly gate: Gate;
  /** Opens the socket. Returns whether it could be. */
  open(): boolean;
  /** Pauses the run, as whoever is connected may. */
  hold(): void;
  close(): void;
}

/** Makes a gate that is held and opened by whoever connects. `signal` opens it for good. */
export function holdRun(directory: string, signal: AbortSignal): HeldRun {
  const listeners = new Set<Socket>();
  let server: Server | undefined;
  let isHeld = false;
  let steps = 0;
  let waiting: (() => void)[] = [];
  const tell = (): void => {
    for (const socket of listeners) socket.write(JSON.stringify({ state: isHeld ? 'paused' : 'running' }) + '\n');
  };
  const letPass = (): void => {
    const passing = waiting;
    waiting = [];
    for (const pass of passing) pass();
  };
  const take = (act: unknown): void => {
    if (signal.aborted) return;
    if (act === 'pause') isHeld = true;
    else if (act === 'go') [isHeld, steps] = [false, 0];
    else if (act === 'step' && isHeld && waiting.length > 0) steps = 1;
    else return;
    if (!isHeld || steps > 0) {
      steps = 0;
      letPass();
    }
    tell();
  };
  const openForGood = (): void => {
    isHeld = false;
    letPass();
  };
  signal.addEventListener('abort', openForGood, { once: true });
  return {
    gate: { pass: () => (isHeld && !signal.aborted ? new Promise<void>((done) => waiting.push(done)) : undefined) },
    hold: () => {
      take('pause');
    },
    open() {
      const file = socketOf(directory);
      if (file === undefined) return false;
      rmSync(file, { force: true });
      server = createServer((socket) => {
        listeners.add(socket);
        socket.on('close', () => listeners.delete(socket));
        socket.on('error', () => socket.destroy());
        readLines(socket, (value) => take(value['do']));
        socket.write(JSON.stringify({ state: isHeld ? 'paused' : 'running' }) + '\n');
      });
      server.on('error', () => undefined);
      server.listen(file, () => chmodSync(file, 0o600));
      return true;
    },
    close() {
      signal.removeEventListener('abort', openForGood);
      openForGood();
      for (const socket of listeners) socket.destroy();
      server?.close();
      const file = socketOf(directory);
      if (server !== undefined && file !== undefined) rmSync(file, { force: true });
    },
  };
}

const againMs = 500;

/** The watcher's end. It connects when the run's socket is there, and again when it comes back. */
export function controlOf(directory: string): RunControl {
  let state: ReturnType<RunControl['state']> = 'none';
  let socket: Socket | undefined;
  const look = (): void => {
    const file = socketOf(directory);
    if (socket !== undefined || file === undefined || !existsSync(file)) return;
    socket = connect(file);
    socket.unref();
    readLines(socket, (value) => {
      state = value['state'] === 'paused' ? 'paused' : 'running';
    });
    socket.on('error', () => socket?.destroy());
    socket.on('close', () => {
      [socket, state] = [undefined, 'none'];
    });
  };
  const timer = setInterval(look, againMs);
  timer.unref();
  look();
  return {
    state: () => state,
    ask: (act: ControlAct) => socket?.write(JSON.stringify({ do: act }) + '\n'),
    close() {
      clearInterval(timer);
      socket?.destroy();
    },
  };
}

/** A line that is no object is not for us. */
function readLines(socket: Socket, take: (value: Record<string, unknown>) => void): void {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = (lines.pop() ?? '').slice(-1000);
    for (const line of lines) {
      try {
        const value: unknown = JSON.parse(line);
        if (typeof value === 'object' && value !== null) take(value as Record<string, unknown>);
      } catch {
        continue;
      }
    }
  });
}
