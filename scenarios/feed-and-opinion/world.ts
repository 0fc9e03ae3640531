/**
 * One world of the study, as a task for a core: simulated in memory, reduced to how far its follow network was sorted by opinion.
 */
import { measureOpinions } from '../../analysis/measures/opinions.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadScenario } from '../load.ts';

/** Which world to simulate. */
export interface FeedWorldOrder {
  /** A scenario file. */
  readonly file: string;
  readonly seed: number;
  readonly feed: string;
  /** Further changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
}

/** What the study needs of a world. */
export interface FeedWorldResult {
  readonly seed: number;
  readonly start: number;
  readonly change: number;
  /** Ties at the end. */
  readonly edges: number;
}

/** No permutations are wanted: between worlds the unit is the world. */
const permutationCount = 0;

/** Simulates one world. Named by the ensemble. */
export async function simulateFeedWorld({ file, seed, feed, set }: FeedWorldOrder): Promise<FeedWorldResult> {
  const changes = [`seed=${seed}`, `feed.recommender=${feed}`, ...set];
  const loaded = await loadScenario(file, { set: changes, allowCode: false });
  const records = await runInMemory(compileScenario(loaded.data, loaded.find));
  const measured = measureOpinions(records, { seed, permutationCount });
  const { opinionAssortativityAtStart: start, opinionAssortativityChange: change, edges } = measured;
  if (start === null || change === null)
    throw new InvariantError('a world of the study has no assortativity', { seed });
  return { seed, start, change, edges };
}
