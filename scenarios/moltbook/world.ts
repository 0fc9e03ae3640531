/**
 * One world of the MoltBook study, as a task for a core: simulated in memory, burned in, reduced to the statistics of its window.
 *
 * Reads the scenario; writes nothing. A stretch of time is cut by `windowOf`, the window and its halves alike. Invariant: what comes back is a function of the order alone.
 */
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { loadScenario, scenarioFile } from '../load.ts';
import { censusOf } from './census.ts';
import { discussionOfRun, windowOf } from './discussion.ts';
import { fragilityOf } from './recipe.ts';
import { cheapStatistics, discussionStatistics } from './statistics.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { Census } from './census.ts';
import type { Fragility } from './recipe.ts';
import type { Statistics } from './statistics.ts';
import type { Discussion } from './discussion.ts';

/** Which world to simulate, and how much to measure. */
export interface MoltbookWorldOrder {
  readonly seed: number;
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
  readonly burnInSeconds: number;
}

/** What the study needs of a world. */
export interface MoltbookWorld {
  readonly seed: number;
  readonly statistics: Statistics;
  readonly census: Census;
  /** Statistics of the last half window before it, of its first and of its second half: whether it is stationary. */
  readonly stretches: readonly Statistics[];
  readonly fragility: Fragility | undefined;
}

/** A world of another version of the platform: what was written, and what limits refused. */
export interface VersionWorld {
  readonly census: Census;
  readonly statistics: Statistics;
}

/** Seconds of a run that are not measured: until then the feed is not stationary. */
export const burnInSeconds = 129_600;

/** Which statistics of which world: the part of a calibration's order that is read here. */
interface FittedOrder extends Pick<MoltbookWorldOrder, 'seed' | 'set'> {
  readonly measures: readonly string[];
}

/** Values in the order of the names, or why there are none. */
type FittedResult =
  { readonly values: (number | null)[] } | { readonly problems: readonly Problem[] } | { readonly failure: string };

/** Simulates one world and gives the statistics that are named: what a calibration evaluates. Named by its store. */
export async function simulateFittedWorld({ set, seed, measures }: FittedOrder): Promise<FittedResult> {
  try {
    const statistics = cheapStatistics(await moltbookWindow({ set, seed, burnInSeconds }));
    return { values: measures.map((name) => finiteOrNull(statistics[name])) };
  } catch (error) {
    if (error instanceof InputError) return { problems: error.problems };
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Simulates one world and measures everything. Named by the ensemble. */
export async function simulateMoltbookWorld(order: MoltbookWorldOrder): Promise<MoltbookWorld> {
  const { seed, burnInSeconds: from } = order;
  const { records, whole, window } = await simulated(order);
  const fragility = fragilityOf(window, seed);
  const { k, silhouette, largestShare } = fragility?.recipe ?? { k: NaN, silhouette: NaN, largestShare: NaN };
  const roles = { largestClusterShare: largestShare, silhouette, clusters: k };
  const half = (records.head.ticks * records.manifest.tickSeconds - from) / 2;
  const stretches = [from - half, from, from + half].map((start) =>
    cheapStatistics(windowOf(whole, start, start + half)),
  );
  const statistics = { ...discussionStatistics(window, seed), ...roles };
  return { seed, statistics, census: censusOf(records, whole, window, from), stretches, fragility };
}

/** Simulates one world and counts what limits do to it. Named by the ensemble. */
export async function simulateVersionWorld(order: MoltbookWorldOrder): Promise<VersionWorld> {
  const { records, whole, window } = await simulated(order);
  return { census: censusOf(records, whole, window, order.burnInSeconds), statistics: cheapStatistics(window) };
}

/** The discussion of one world's window. */
export async function moltbookWindow(order: MoltbookWorldOrder): Promise<Discussion> {
  return (await simulated(order)).window;
}

async function simulated({ seed, set, burnInSeconds: from }: MoltbookWorldOrder) {
  const changes = { set: [...set, `seed=${seed}`], allowCode: true };
  const loaded = await loadScenario(scenarioFile('moltbook'), changes);
  const compiled = compileScenario(loaded.data, loaded.find, loaded.module);
  const records = await runInMemory(compiled, await loadOwnCode(compiled.plan.module));
  const whole = discussionOfRun(records);
  return { records, whole, window: windowOf(whole, from, Infinity) };
}
