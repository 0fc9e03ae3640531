/**
 * One world of the study, as a task for a core: simulated in memory, reduced to how far apart its agents stand at the start and at the end.
 */
import { followOpinions } from '../../analysis/measures/opinion-course.ts';
import { estebanRayOf } from '../../analysis/measures/polarization.ts';
import { bimodalityCoefficient, spreadOf } from '../../analysis/estimators/polarization.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadScenario } from '../load.ts';

/** Which world to simulate. */
export interface PolarizationWorldOrder {
  /** A scenario file. */
  readonly file: string;
  readonly seed: number;
  readonly feed: string;
  readonly agents: number;
  /** Further changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
}

/** Indices of one world, at the end less the start. */
export const polarizationIndices = ['estebanRay', 'spread', 'bimodality'] as const;
export type PolarizationIndex = (typeof polarizationIndices)[number];

/** What the study needs of a world. */
export interface PolarizationWorldResult {
  readonly seed: number;
  readonly leanings: number;
  readonly start: Readonly<Record<PolarizationIndex, number>>;
  readonly end: Readonly<Record<PolarizationIndex, number>>;
}

/** Simulates one world. Named by the ensemble. */
export async function simulatePolarizationWorld(order: PolarizationWorldOrder): Promise<PolarizationWorldResult> {
  const { file, seed, feed, agents, set } = order;
  // The window holds as much of the past at every size: ten posts an agent or up to twice as many.
  const posts = 1 << (32 - Math.clz32(agents * 10 - 1));
  const sizes = [`population.agents=${agents}`, `postCapacity=${Math.max(1024, posts)}`];
  const changes = [`seed=${seed}`, `feed.recommender=${feed}`, ...sizes, ...set];
  const loaded = await loadScenario(file, { set: changes, allowCode: false });
  const records = await runInMemory(compileScenario(loaded.data, loaded.find));
  const { range, start, end, leaningCount } = followOpinions(records);
  if (range === undefined) throw new InvariantError('a world of the study has no scale of opinions', { seed });
  const indicesOf = (values: Int32Array): Record<PolarizationIndex, number> => ({
    estebanRay: estebanRayOf(values, ...range),
    // As a share of the greatest there can be, half of the range.
    spread: Math.sqrt(spreadOf(values).variance) / ((range[1] - range[0]) / 2),
    bimodality: bimodalityCoefficient(values),
  });
  return { seed, leanings: leaningCount, start: indicesOf(start), end: indicesOf(end) };
}
