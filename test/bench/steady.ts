/**
 * One long measurement: a recorded run with checkpoints, and of each of its ticks after a warm-up how long it took; garbage collection
 * and heap of every thread over the same window.
 *
 * Ticks are timed where they end: by a shard when shards are workers, else by this thread when it takes the tick. Kinds of ticks are
 * told apart by their number, never by their time: `merge` (ties are merged), `root` (the tick before a checkpoint: ties are merged and
 * the whole state is hashed), `checkpoint` (the next one, in which the state is copied), `plain` (all others, those in which a
 * checkpoint is written to disk among them). Worlds of recorded runs begin empty, so the warm-up is long enough to fill feeds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordRun } from '../../sim/engine/run.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { GcMeter, liveHeapBytes } from './gc-meter.ts';
import { Stopwatch } from './stopwatch.ts';
import { shareSteadyThreads, slot, takenSlots } from './steady-threads.ts';
import { planOf, populate } from './world.ts';
import type { Observer } from '../../sim/exchange/ports.ts';
import type { Sample } from './interleave.ts';
import type { SteadyThreads } from './steady-threads.ts';
import type { Times } from './stopwatch.ts';
import type { WorldOrder } from './world.ts';

export interface SteadyOrder extends WorldOrder {
  readonly kind: 'steady';
  readonly workers: number;
  readonly warmTicks: number;
}

const mergeTicks = 24;
/** The command line's default. State roots are taken as often. */
const checkpointTicks = 100;

type TickKind = 'plain' | 'merge' | 'root' | 'checkpoint';

/** `ticks` of the order are those that are measured, after the warm-up. */
export async function measureSteady(order: SteadyOrder): Promise<Sample> {
  const from = order.warmTicks;
  const to = from + order.ticks;
  const shared = shareSteadyThreads(from, to);
  const observer = new MainMeter(shared, order.workers === 1);
  const directory = mkdtempSync(join(tmpdir(), 'mesocosm-steady-'));
  try {
    // One tick more than is measured: the last one hashes the whole state.
    const world = { ...order, ticks: to + 1 };
    const compiled = { plan: planOf(world), population: populate(world) };
    const placement = { workers: order.workers, layout: 'degree', mergeTicks, checkpointTicks } as const;
    const source = { name: 'bench', sha256: '' };
    const run = { compiled, placement, directory, source, exposureSampleShare: 0.01, observer };
    const { digest } = await recordRun(run);
    return { ...observer.result(), ...tickTimes(shared), ...threadFigures(shared, observer), digest };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The main thread's part: its own collections and heap, and the end of each tick where there is no shard to see it. */
class MainMeter implements Observer {
  readonly #shared: SteadyThreads;
  readonly #keepsClock: boolean;
  readonly #stopwatch = new Stopwatch();
  #meter: GcMeter | undefined;
  #residentEarly = 0;
  #times: Times | undefined;
  gcMs = 0;
  heapGrowthShare = 0;
  residentGrowthShare = 0;
  #heapEarly = 0;

  constructor(shared: SteadyThreads, keepsClock: boolean) {
    this.#shared = shared;
    this.#keepsClock = keepsClock;
  }

  onTick({ tick }: { readonly tick: number }): void {
    const { from, to, tickEnd } = this.#shared;
    if (tick === to) this.#end();
    if (tick === from) this.#begin();
    if (this.#keepsClock && tick <= to) tickEnd[tick] = performance.now();
  }

  #begin(): void {
    this.#heapEarly = liveHeapBytes();
    this.#residentEarly = process.memoryUsage().rss;
    this.#meter = new GcMeter();
    this.#stopwatch.start();
  }

  #end(): void {
    if (this.#keepsClock) this.#shared.tickEnd[this.#shared.to] = performance.now();
    this.#times = this.#stopwatch.timesPer(this.#shared.to - this.#shared.from);
    this.gcMs = this.#meter?.takeMilliseconds() ?? 0;
    this.residentGrowthShare = process.memoryUsage().rss / this.#residentEarly - 1;
    this.heapGrowthShare = liveHeapBytes() / this.#heapEarly - 1;
  }

  result(): Times {
    if (this.#times === undefined) throw new InvariantError('the run ended before the window did');
    return this.#times;
  }
}

/** What kind a tick is, by its number from 0 on. */
function kindOf(tick: number): TickKind {
  if (tick % checkpointTicks === 0) return 'checkpoint';
  if ((tick + 1) % checkpointTicks === 0) return 'root';
  return (tick + 1) % mergeTicks === 0 ? 'merge' : 'plain';
}

/** Median and 99th percentile of plain ticks; of the others, the longest and the median. */
function tickTimes({ from, to, tickEnd }: SteadyThreads): Record<string, number> {
  const times: Record<TickKind, number[]> = { plain: [], merge: [], root: [], checkpoint: [] };
  for (let tick = from; tick < to; tick++) times[kindOf(tick)].push(tickEnd[tick + 1] - tickEnd[tick]);
  for (const one of Object.values(times)) one.sort((x, y) => x - y);
  const { plain, merge, root, checkpoint } = times;
  const median = quantile(plain, 0.5);
  return {
    medianMs: median,
    plainP99: quantile(plain, 0.99) / median,
    plainMost: quantile(plain, 1) / median,
    ...{ mergeMedian: quantile(merge, 0.5) / median, mergeMost: quantile(merge, 1) / median },
    ...{ rootMedian: quantile(root, 0.5) / median, rootMost: quantile(root, 1) / median },
    ...{ checkpointMedian: quantile(checkpoint, 0.5) / median, checkpointMost: quantile(checkpoint, 1) / median },
  };
}

/** The least value that at least such a share of the sorted values does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Collections of all threads as a share of wall time, and the greatest growth of any heap. */
function threadFigures(shared: SteadyThreads, main: MainMeter): Record<string, number> {
  const { from, to } = shared;
  const wallMs = main.result().wallMs * (to - from);
  const slots = takenSlots(shared);
  const shards = slots.filter((one) => one[slot.isShard] === 1);
  const gcMs = [main.gcMs, ...slots.map((one) => one[slot.gcMs])];
  const growths = shards.map((one) => one[slot.heapBytesLate] / one[slot.heapBytesEarly] - 1);
  return {
    threads: gcMs.length,
    shardThreads: shards.length,
    gcShare: gcMs.reduce((sum, one) => sum + one, 0) / wallMs,
    gcShareMost: Math.max(...gcMs) / wallMs,
    heapGrowthMain: main.heapGrowthShare,
    heapGrowthShards: Math.max(0, ...growths),
    residentGrowth: main.residentGrowthShare,
  };
}
