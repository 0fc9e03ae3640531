/**
 * How often an agent may act: limits as a scenario states them, and as the Game Master and apply use them.
 */
import type { Verb } from './verbs.ts';

/** A limit as a plan holds it. */
export interface LimitPlan {
  readonly verbs: readonly string[];
  /** Acts that fit into one window. */
  readonly count: number;
  /** Length of the window, in simulated seconds. */
  readonly seconds: number;
  /** From and until when it holds, in simulated hours after the start; always where nothing is said. */
  readonly fromHours?: number;
  readonly untilHours?: number;
}

/** A limit as kernels read it. */
export interface Limit {
  readonly index: number;
  /** By number of the verb: 1 if the limit counts it. */
  readonly verbs: Uint8Array;
  readonly count: number;
  readonly fromTick: number;
  readonly untilTick: number;
  /** Ticks that must lie between an act and the `count`-th after it. */
  readonly ticks: number;
  /** Where the ring of this limit begins among an agent's `stride` words. */
  readonly offset: number;
  readonly stride: number;
}

/** Words of ring that all limits of a plan take for one agent. */
export function quotaStride(limits: readonly LimitPlan[]): number {
  return limits.reduce((sum, { count }) => sum + count, 0);
}

/** Makes the limits of a run. `table` lists its verbs. */
export function compileLimits(limits: readonly LimitPlan[], table: readonly Verb[], tickSeconds: number): Limit[] {
  let offset = 0;
  const tickOf = (hours: number): number => Math.ceil((hours * 3600) / tickSeconds);
  return limits.map(({ verbs, count, seconds, fromHours = 0, untilHours = Infinity }, index) => {
    const [fromTick, untilTick] = [tickOf(fromHours), tickOf(untilHours)];
    const flags = new Uint8Array(256);
    for (const { name, number } of table) if (verbs.includes(name)) flags[number] = 1;
    const ticks = Math.ceil(seconds / tickSeconds);
    const limit = { index, verbs: flags, count, fromTick, untilTick, ticks, offset };
    offset += count;
    return { ...limit, stride: quotaStride(limits) };
  });
}
