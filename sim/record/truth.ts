/**
 * The truth file of a run: what was planted in it, and who. Scorers read it; an analysis may not (`test/architecture.test.ts`).
 *
 * A file of its own beside the records, so that every measure runs as it would on data of unknown truth. Written once, before the first
 * tick; it is a function of plan and population and no part of the digest.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { damaged, fileNames, readWhole, writeWhole } from './store.ts';

/** One plant with its members by external ids; sock-puppets have a group a hand, others one. */
export interface PlantedGroup {
  readonly name: string;
  readonly kind: string;
  /** Place among the plants of the scenario. */
  readonly number: number;
  readonly groups: readonly (readonly string[])[];
  /** The plant as the plan has it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What was planted in a run. */
export interface Truth {
  readonly version: 1;
  readonly scenario: string;
  readonly seed: number;
  readonly plants: readonly PlantedGroup[];
}

/** Writes the truth of a run that has plants; others have no such file. */
export function writeTruth(directory: string, truth: Truth): void {
  if (truth.plants.length > 0) writeWhole(join(directory, fileNames.truth), `${JSON.stringify(truth, null, 1)}\n`);
}

/** Reads the truth of a run. Throws INPUT_NOT_FOUND where nothing was planted. */
export function readTruth(directory: string): Truth {
  const file = join(directory, fileNames.truth);
  if (!existsSync(file)) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: directory },
      found: 'nothing was planted in this run: it has no truth file',
      next: 'Name a run of a scenario with plants, or give labels of your own with --truth FILE.',
    });
  }
  try {
    const truth = JSON.parse(Buffer.from(readWhole(directory, fileNames.truth)).toString()) as Partial<Truth> | null;
    if (truth?.version === 1 && Array.isArray(truth.plants)) return truth as Truth;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
  }
  throw damaged(file, 'the truth file is not whole');
}
