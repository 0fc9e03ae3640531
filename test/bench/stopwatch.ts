/**
 * CPU and wall time of a stretch of work, and how much of the machine others used meanwhile.
 *
 * CPU is user + system time of all threads of this process. What others used is the machine's busy time less our own, in cores:
 * a figure that needs the machine to itself is read beside it. The kernel counts busy time in steps of 10 ms, so below a tenth of
 * a second it says little.
 */
import { cpus } from 'node:os';

/** Milliseconds for each unit of work. `othersCores`: cores that other processes kept busy. */
export interface Times {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly othersCores: number;
}

/** Others' use of the machine below which wall times are worth reading. */
export const othersCoresMax = 0.1;

export class Stopwatch {
  #cpu = 0;
  #wall = 0;
  #busy = 0;

  start(): void {
    this.#cpu = cpuMilliseconds();
    this.#wall = performance.now();
    this.#busy = busyMilliseconds();
  }

  /** Since the start, for each of `count` units. */
  timesPer(count: number): Times {
    const cpu = cpuMilliseconds() - this.#cpu;
    const wall = performance.now() - this.#wall;
    const busy = busyMilliseconds() - this.#busy;
    return { cpuMs: cpu / count, wallMs: wall / count, othersCores: Math.max(0, (busy - cpu) / wall) };
  }
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function busyMilliseconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
