/**
 * One measurement of the engine: a run in this process, CPU time of all its threads a warm tick, and the digest of its chain.
 *
 * Clocks are read on the main thread when it takes the tick at either end of the window; unless the order names one, the first third
 * of the ticks is warm-up, and the last tick, which also hashes the whole state, is left out. With several workers the main thread
 * lags a tick behind at both ends alike.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hexOf } from '../../sim/ground/digest.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { prepare, simulate } from '../../sim/engine/simulate.ts';
import { fileNames } from '../../sim/record/store.ts';
import { Stopwatch } from './stopwatch.ts';
import { fillFeeds, planOf, populate } from './world.ts';
import type { Observer } from '../../sim/exchange/ports.ts';
import type { Placement } from '../../sim/engine/plan.ts';
import type { Sample } from './interleave.ts';
import type { Times } from './stopwatch.ts';
import type { WorldOrder } from './world.ts';

export interface EngineOrder extends WorldOrder {
  readonly kind: 'engine';
  readonly workers: number;
  /** `full`: chained, feeds filled. `bare`: no chain, no recorder. `recorded`: with a directory. The last two begin empty. */
  readonly mode: 'full' | 'bare' | 'recorded';
  /** Ticks that are measured: those after the first `from`, up to `to`. */
  readonly window?: readonly [from: number, to: number];
}

/** Reads clocks where the window begins and ends, and counts who was awake in it. */
class Meter implements Observer {
  readonly #window: readonly [from: number, to: number];
  readonly #stopwatch = new Stopwatch();
  #awake = 0;
  #times: Times | undefined;

  constructor({ ticks, window }: EngineOrder) {
    this.#window = window ?? [Math.floor(ticks / 3), ticks - 1];
  }

  onTick({ tick, awake }: { readonly tick: number; readonly awake: number }): void {
    const [from, to] = this.#window;
    if (tick > from && tick <= to) this.#awake += awake;
    if (tick === from) this.#stopwatch.start();
    if (tick === to) this.#times = this.#stopwatch.timesPer(to - from);
  }

  result(): Times & { readonly awake: number } {
    if (this.#times === undefined) throw new InvariantError('the run ended before the window did');
    const [from, to] = this.#window;
    return { ...this.#times, awake: this.#awake / (to - from) };
  }
}

export async function measureEngine(order: EngineOrder): Promise<Sample> {
  const meter = new Meter(order);
  const compiled = { plan: planOf(order), population: populate(order) };
  const placement: Placement = { workers: order.workers, layout: 'degree', mergeTicks: 24 };
  const run = order.mode === 'recorded' ? runRecorded : runUnrecorded;
  const { digest, counts, stateBytes, logBytes } = await run(order, compiled, placement, meter);
  const times = meter.result();
  return {
    ...times,
    digest,
    microsecondsPerAwake: (times.cpuMs * 1000) / times.awake,
    itemsPerAwake: counts.exposures / counts.awake,
    intentsPerAwake: counts.intents / counts.awake,
    stateBytesPerAgent: stateBytes / order.agents,
    rssBytesPerAgent: process.memoryUsage().rss / order.agents,
    logBytesPerTick: logBytes / order.ticks,
  };
}

type Run = (
  order: EngineOrder,
  compiled: { readonly plan: ReturnType<typeof planOf>; readonly population: ReturnType<typeof populate> },
  placement: Placement,
  observer: Observer,
) => Promise<{ digest: string; counts: Readonly<Record<string, number>>; stateBytes: number; logBytes: number }>;

const runUnrecorded: Run = async (order, compiled, placement, observer) => {
  const unchained = order.mode === 'bare';
  const simulation = prepare({ ...compiled, placement, observer, code: noOwnCode, sampleShare: 0, unchained });
  if (order.mode === 'full') fillFeeds(simulation);
  const { link, counts, stateBytes } = await simulate(simulation);
  return { digest: unchained ? '' : hexOf(link), counts: { ...counts }, stateBytes, logBytes: 0 };
};

const runRecorded: Run = async (_order, compiled, placement, observer) => {
  const directory = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'));
  try {
    const source = { name: 'bench', sha256: '' };
    const manifest = await recordRun({ compiled, placement, directory, source, exposureSampleShare: 0.01, observer });
    const logBytes = statSync(join(directory, fileNames.events)).size;
    return { digest: manifest.digest, counts: { ...manifest.counts }, stateBytes: 0, logBytes };
  } finally {
    rmSync(directory, { recursive: true });
  }
};
