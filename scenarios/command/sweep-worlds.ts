/**
 * The worlds of a sweep, cell by cell, until every cell has enough: a fixed number, or as many as its interval needs.
 *
 * Reads the plan and what is done; simulates the rest. With a wanted width a cell begins with `replicates` worlds and takes a quarter more at a time
 * (at least one) until the interval of its own first n worlds is narrow enough or it has the most. So the decision rests on values in
 * the order of their seeds, never on which world came first. Invariant: the worlds of a cell are those of the seeds from `seed` on, without a gap.
 * Where prompts are paraphrased, a cell has a world a wording of each seed, wordings of one seed side by side, and numbers of worlds here count seeds.
 * An interval at which one stopped covers a little less than it says while n is small (Chow and Robbins, Ann. Math. Stat. 36, 1965).
 */
import { estimateOf } from './sweep-estimates.ts';
import { settingsOf, wordingsOf } from './sweep-plan.ts';
import type { NamedOrder, Replicate, ReplicateStore, StoreProgress } from './replicate-store.ts';
import type { SweepPlan } from './sweep-plan.ts';

/** The worlds of all cells: values by cell, replicate and measure; undefined where one is not done. */
export type SweepWorlds = readonly (readonly (Replicate | undefined)[])[];

/** Which part of the worlds a task of an array simulates. */
export interface Part {
  readonly task: number;
  readonly of: number;
}

/** The order of one world. */
export function orderOf(plan: SweepPlan, cell: number, world: number): NamedOrder {
  const { scenario, seed, measures, allowCode, layer, source, paraphrases, models, modelsFile } = plan;
  const digits = (value: number): string => String(value).padStart(5, '0');
  const wordings = wordingsOf(plan);
  const replicate = Math.floor(world / wordings);
  const wording = paraphrases?.[world % wordings];
  return {
    name: [digits(cell), digits(replicate), ...(wording === undefined ? [] : [wording.name])].join('-'),
    order: {
      ...{ scenario, sha256: source.sha256, seed: seed + replicate },
      set: [...settingsOf(plan, cell), ...(wording?.set ?? [])],
      ...{ measures, allowCode, isStrict: cell === 0 && world === 0 },
      ...(modelsFile === undefined ? {} : { models }),
      ...(layer === undefined ? {} : { layer }),
    },
  };
}

/** Simulates what is missing. Throws `Stopped` when a signal came. */
export async function sweepWorlds(
  plan: SweepPlan,
  store: ReplicateStore,
  onProgress: (progress: StoreProgress) => void,
  part: Part = { task: 0, of: 1 },
): Promise<SweepWorlds> {
  const { until, replicates } = plan;
  const counts = plan.cells.map((_, cell) => (until === undefined || isMine(plan, part, cell, 0) ? replicates : 0));
  for (;;) {
    const orders = counts.flatMap((count, cell) =>
      Array.from({ length: count * wordingsOf(plan) }, (_, world) => ({ cell, world })),
    );
    const mine = orders.filter(({ cell, world }) => isMine(plan, part, cell, world));
    const named = mine.map(({ cell, world }) => orderOf(plan, cell, world));
    const found = await store.run(named, onProgress);
    const worlds: Replicate[][] = plan.cells.map(() => []);
    mine.forEach(({ cell }, at) => worlds[cell].push(found[at]));
    const isGrown = counts.map((count, cell) => count > 0 && grow(plan, counts, cell, worlds[cell]));
    if (!isGrown.includes(true)) return worlds;
  }
}

/** A task of an array has every so-manieth world, or whole cells where a cell decides how many it needs. */
function isMine(plan: SweepPlan, { task, of }: Part, cell: number, world: number): boolean {
  if (plan.until !== undefined) return cell % of === task;
  return (cell * plan.replicates * wordingsOf(plan) + world) % of === task;
}

/** Gives a cell more worlds if it needs them; says whether it did. */
function grow(plan: SweepPlan, counts: number[], cell: number, worlds: readonly Replicate[]): boolean {
  const { until } = plan;
  const count = counts[cell];
  if (until === undefined || count >= until.replicatesMax || worlds.some(({ failure }) => failure !== undefined))
    return false;
  const at = plan.measures.indexOf(until.measure);
  const { interval } = estimateOf(
    worlds.map(({ values }) => values[at]),
    wordingsOf(plan),
  );
  if (interval[1] - interval[0] <= until.width) return false;
  counts[cell] = Math.min(until.replicatesMax, count + Math.max(1, Math.ceil(count / 4)));
  return true;
}

/** What is on disk of the worlds that the plan asks for at least, for a table of an unfinished sweep. */
export function worldsOnDisk(plan: SweepPlan, store: ReplicateStore): { worlds: SweepWorlds; missing: number } {
  let missing = 0;
  const wordings = wordingsOf(plan);
  const most = (plan.until?.replicatesMax ?? plan.replicates) * wordings;
  const worlds = plan.cells.map((_, cell) => {
    const found: (Replicate | undefined)[] = [];
    for (let world = 0; world < most; world++) {
      const done = store.done(orderOf(plan, cell, world));
      if (done === undefined && world >= plan.replicates * wordings) break;
      if (done === undefined) missing++;
      found.push(done);
    }
    return found;
  });
  return { worlds, missing };
}
