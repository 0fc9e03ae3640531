/**
 * One world of the MoltBook study, as a task for a core: simulated in memory, burned in, reduced to the statistics of its window.
 */
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { loadScenario, scenarioFile } from '../load.ts';
import { discussionOfRun, windowOf } from './discussion.ts';
import { cheapStatistics, discussionStatistics } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import type { Discussion } from './discussion.ts';

/** Which world to simulate, and how much to measure. */
export interface MoltbookWorldOrder {
  readonly seed: number;
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
  readonly burnInSeconds: number;
  /** Only what parameters are fitted to. */
  readonly isCheap: boolean;
}

/** Seconds of a run that are not measured: until then the feed is not stationary. */
export const burnInSeconds = 43_200;

/** Simulates and measures one world. Named by the ensemble. */
export async function simulateMoltbookWorld(order: MoltbookWorldOrder): Promise<Statistics> {
  const window = await moltbookWindow(order);
  return order.isCheap ? cheapStatistics(window) : discussionStatistics(window, order.seed);
}

/** The discussion of one world's window. */
export async function moltbookWindow({ seed, set, burnInSeconds: from }: MoltbookWorldOrder): Promise<Discussion> {
  const changes = { set: [...set, `seed=${seed}`], allowCode: true };
  const loaded = await loadScenario(scenarioFile('moltbook'), changes);
  const compiled = compileScenario(loaded.data, loaded.find, loaded.module);
  const records = await runInMemory(compiled, await loadOwnCode(compiled.plan.module));
  return windowOf(discussionOfRun(records), from, Infinity);
}
