/**
 * The plan of a sweep: which cells, which worlds in each, what is measured, and when a cell has enough of them. Written before the first world.
 *
 * Takes flags and the scenario; gives a plan that holds all that decides the table, and nothing of the machine. Cells are settings; replicate r
 * of every cell has the seed `seed + r`, so cells share their draws (common random numbers) and are compared by pairs.
 * Order: cells as the design lists them. Invariant: one plan, one table, byte for byte.
 */
import { gridDesign, latinHypercube, oneAtATimeDesign, zipDesign } from '../../analysis/estimators/sampling-design.ts';
import { sobolDimensionMax, sobolPoints } from '../../analysis/estimators/sobol-sequence.ts';
import { saltelliPoints } from '../../analysis/estimators/variance-shares.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { valueAt } from './factors.ts';
import type { ModelChoice } from './asking.ts';
import type { Factor } from './factors.ts';
import type { Paraphrase, PromptHash } from './paraphrases.ts';

/** Ways to choose cells. */
export const designNames = ['grid', 'zip', 'lhs', 'sobol', 'one-at-a-time', 'saltelli'] as const;
export type DesignName = (typeof designNames)[number];

/** Everything that decides a sweep's table. */
export interface SweepPlan {
  readonly format: 1;
  readonly engine: string;
  readonly scenario: string;
  readonly source: { readonly name: string; readonly sha256: string };
  readonly set: readonly string[];
  readonly allowCode: boolean;
  readonly layer?: string;
  readonly design: DesignName;
  /** Wordings with which every cell is crossed: worlds of one seed differ in words alone. Left out without any. */
  readonly paraphrases?: readonly Paraphrase[];
  /** File of models in the place of the scenario's own; which models it gives is sealed, where they are served is not. */
  readonly modelsFile?: string;
  readonly models?: ModelChoice;
  /** Fixed parts of prompts: of the first cell, and of others where they differ from it. */
  readonly prompts?: readonly PromptHash[];
  readonly factors: readonly Factor[];
  /** A value a factor, for each cell. */
  readonly cells: readonly (readonly string[])[];
  readonly seed: number;
  readonly replicates: number;
  readonly measures: readonly string[];
  /** Cells take more worlds until the interval of the measure is no wider, or they have the most. */
  readonly until?: { readonly measure: string; readonly width: number; readonly replicatesMax: number };
}

/** Cells that a sweep may have: each is at least one file. */
const cellsMax = 100_000;

/** The cells of a design. Refuses factors and numbers that it cannot take. */
export function cellsOf(
  design: DesignName,
  factors: readonly Factor[],
  samples: number | undefined,
  seed: number,
): string[][] {
  const needsSamples = design === 'lhs' || design === 'sobol' || design === 'saltelli';
  if (needsSamples !== (samples !== undefined)) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--samples' },
      found: needsSamples ? `design ${design} needs a number of points` : `design ${design} takes no number of points`,
      next: needsSamples ? 'Add for example --samples 64.' : 'Leave it out, or choose --design lhs, sobol or saltelli.',
    });
  }
  const cells = needsSamples ? filled(design, factors, samples ?? 0, seed) : listed(design, factors);
  if (cells.length <= cellsMax) return cells;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    place: { file: '--vary' },
    found: `the design has ${cells.length} cells`,
    next: `Name fewer values, or sample the space with --design lhs; at most ${cellsMax}.`,
  });
}

/** Cells of designs that list levels. */
function listed(design: DesignName, factors: readonly Factor[]): string[][] {
  const levels = factors.map((factor) => {
    if (factor.kind === 'levels') return factor.levels;
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--vary' },
      found: `${factor.path} has a range, and design ${design} takes levels`,
      next: `Write ${factor.path}=a,b,c, or choose --design lhs, sobol or saltelli.`,
    });
  });
  const counts = levels.map(({ length }) => length);
  if (design === 'zip' && new Set(counts).size > 1) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--vary' },
      found: `side by side need equally many values, got ${counts.join(' and ')}`,
      next: 'Give every --vary as many, or choose --design grid.',
    });
  }
  const points = design === 'zip' ? zipDesign : design === 'grid' ? gridDesign : oneAtATimeDesign;
  return points(counts).map((point) => point.map((level, at) => levels[at][level]));
}

/** Cells of designs that fill a space. */
function filled(design: DesignName, factors: readonly Factor[], samples: number, seed: number): string[][] {
  const stream = randomStream(seed, streamPurposes.design);
  const dimension = design === 'saltelli' ? 2 * factors.length : factors.length;
  if (design !== 'lhs' && dimension > sobolDimensionMax) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      place: { file: '--vary' },
      found: `${factors.length} factors need ${dimension} dimensions, and the sequence has ${sobolDimensionMax}`,
      next: 'Name fewer factors, or choose --design lhs.',
    });
  }
  const points =
    design === 'lhs' ? latinHypercube(dimension, samples, stream) : sobolPoints(dimension, samples, stream);
  const rows: ArrayLike<number>[] = design === 'saltelli' ? saltelliPoints(points, factors.length) : points;
  return rows.map((row) => factors.map((factor, at) => valueAt(factor, row[at])));
}

/** Worlds that a cell has of each seed. */
export function wordingsOf({ paraphrases }: Pick<SweepPlan, 'paraphrases'>): number {
  return paraphrases?.length ?? 1;
}

/** Changes of the scenario that make a cell. */
export function settingsOf({ set, factors, cells }: SweepPlan, cell: number): string[] {
  return [...set, ...factors.map(({ path }, at) => `${path}=${cells[cell][at]}`)];
}

/** Refuses to go on where the scenario's file is not the one that the sweep began with. */
export function refuseChangedSource(plan: SweepPlan, sha256: string, directory: string): void {
  if (plan.source.sha256 === sha256) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: directory },
    found: `${echo(plan.source.name)} has changed since the sweep began`,
    next: 'Undo the change, or begin a new sweep.',
  });
}

/** Refuses to go on with other models: where they are served may change, which they are may not. */
export function refuseOtherModels(plan: SweepPlan, now: ModelChoice | undefined, directory: string): void {
  if (JSON.stringify(plan.models ?? null) === JSON.stringify(now ?? null)) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: directory },
    found: 'the models are not those with which the sweep began',
    next: 'Name the same models, on whatever endpoint, or begin a new sweep.',
  });
}
