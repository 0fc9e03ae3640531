/**
 * Memory of a run: bytes that the state gives out, and resident bytes that it touches, both an agent.
 *
 * Resident memory is read after a full collection, before the state is made and after some ticks, so that the population's own columns
 * and the interpreter are told apart from the state. Pages that nothing touches are given out but not resident.
 */
import { noOwnCode } from '../../sim/engine/plan.ts';
import { prepare, simulate } from '../../sim/engine/simulate.ts';
import { fillFeeds, planOf, populate } from './world.ts';
import type { Sample } from './interleave.ts';
import type { WorldOrder } from './world.ts';

export interface MemoryOrder extends WorldOrder {
  readonly kind: 'memory';
}

declare const gc: (() => void) | undefined;

function residentBytes(): number {
  gc?.();
  return process.memoryUsage().rss;
}

export async function measureMemory(order: MemoryOrder): Promise<Sample> {
  const plan = planOf(order);
  const begun = performance.now();
  const bare = residentBytes();
  const population = populate(order);
  const peopled = residentBytes();
  const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
  const simulation = prepare({ plan, population, placement, code: noOwnCode, sampleShare: 0, unchained: true });
  fillFeeds(simulation);
  const ready = performance.now();
  const { stateBytes, counts } = await simulate(simulation);
  const ended = performance.now();
  const running = residentBytes();
  return {
    ...{ cpuMs: 0, digest: `${counts.posts}` },
    tiesPerAgent: population.followee.length / order.agents,
    givenOutPerAgent: stateBytes / order.agents,
    stateResidentPerAgent: (running - peopled) / order.agents,
    populationResidentPerAgent: (peopled - bare) / order.agents,
    ...{ secondsSetup: (ready - begun) / 1000, secondsTicks: (ended - ready) / 1000 },
    residentMb: running / 1e6,
    peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
}
