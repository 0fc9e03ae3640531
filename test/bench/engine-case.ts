/**
 * One measurement of the engine: a run in this process, CPU time of all its threads a warm tick, and the digest of its chain.
 *
 * CPU is read on the main thread whenever it takes a tick; the first third of the ticks is warm-up, and the last tick, which also
 * hashes the whole state, is left out. With several workers the main thread lags a tick behind at both ends alike.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hexOf } from '../../sim/ground/digest.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { prepare, simulate } from '../../sim/engine/simulate.ts';
import { fillFeeds, planOf, populate } from './world.ts';
import type { Observer } from '../../sim/exchange/ports.ts';
import type { Placement } from '../../sim/engine/plan.ts';
import type { Sample } from './interleave.ts';
import type { WorldOrder } from './world.ts';

export interface EngineOrder extends WorldOrder {
  readonly kind: 'engine';
  readonly workers: number;
  /** `full`: chained, feeds filled. `bare`: no chain, no recorder. `recorded`: with a directory. The last two begin empty. */
  readonly mode: 'full' | 'bare' | 'recorded';
}

/** Counts ticks and reads clocks. */
class Meter implements Observer {
  readonly #ticks: number;
  #first = { cpu: 0, wall: 0, tick: 0, awake: 0 };
  #last = { cpu: 0, wall: 0, tick: 0, awake: 0 };
  #awake = 0;

  constructor(ticks: number) {
    this.#ticks = ticks;
  }

  onTick({ tick, awake }: { readonly tick: number; readonly awake: number }): void {
    const { user, system } = process.cpuUsage();
    this.#awake += awake;
    const now = { cpu: (user + system) / 1000, wall: performance.now(), tick, awake: this.#awake };
    if (tick <= this.#ticks / 3) this.#first = now;
    if (tick < this.#ticks) this.#last = now;
  }

  result(): { cpuMs: number; wallMs: number; awake: number } {
    const ticks = this.#last.tick - this.#first.tick;
    return {
      cpuMs: (this.#last.cpu - this.#first.cpu) / ticks,
      wallMs: (this.#last.wall - this.#first.wall) / ticks,
      awake: (this.#last.awake - this.#first.awake) / ticks,
    };
  }
}

export async function measureEngine(order: EngineOrder): Promise<Sample> {
  const meter = new Meter(order.ticks);
  const compiled = { plan: planOf(order), population: populate(order) };
  const placement: Placement = { workers: order.workers, layout: 'degree', mergeTicks: 24 };
  const run = order.mode === 'recorded' ? runRecorded : runUnrecorded;
  const { digest, counts, stateBytes } = await run(order, compiled, placement, meter);
  const { awake, cpuMs, wallMs } = meter.result();
  return {
    ...{ cpuMs, wallMs, awake, digest },
    microsecondsPerAwake: (cpuMs * 1000) / awake,
    itemsPerAwake: counts.exposures / counts.awake,
    intentsPerAwake: counts.intents / counts.awake,
    stateBytesPerAgent: stateBytes / order.agents,
    rssBytesPerAgent: process.memoryUsage().rss / order.agents,
  };
}

type Run = (
  order: EngineOrder,
  compiled: { readonly plan: ReturnType<typeof planOf>; readonly population: ReturnType<typeof populate> },
  placement: Placement,
  observer: Observer,
) => Promise<{ digest: string; counts: Readonly<Record<string, number>>; stateBytes: number }>;

const runUnrecorded: Run = async (order, compiled, placement, observer) => {
  const unchained = order.mode === 'bare';
  const simulation = prepare({ ...compiled, placement, observer, code: noOwnCode, sampleShare: 0, unchained });
  if (order.mode === 'full') fillFeeds(simulation);
  const { link, counts, stateBytes } = await simulate(simulation);
  return { digest: unchained ? '' : hexOf(link), counts: { ...counts }, stateBytes };
};

const runRecorded: Run = async (_order, compiled, placement, observer) => {
  const directory = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'));
  try {
    const source = { name: 'bench', sha256: '' };
    const manifest = await recordRun({ compiled, placement, directory, source, exposureSampleShare: 0.01, observer });
    return { digest: manifest.digest, counts: { ...manifest.counts }, stateBytes: 0 };
  } finally {
    rmSync(directory, { recursive: true });
  }
};
