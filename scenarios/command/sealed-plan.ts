/**
 * The plan of what takes many worlds (a sweep, a calibration, a study), as a file of its directory that is written before the first world.
 *
 * Writes once, aside and renamed; a seal, the SHA-256 of the rest, tells one that was changed. Invariant: a directory holds the worlds of one plan.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';

/** Kinds of plans, and the names of their files. */
const fileNames = { sweep: 'sweep.json', calibrate: 'calibration-plan.json', study: 'preregistration.json' } as const;
export type PlanKind = keyof typeof fileNames;

/** Whether a directory holds a plan of that kind. */
export function holdsPlan(kind: PlanKind, directory: string): boolean {
  return existsSync(join(directory, fileNames[kind]));
}

/** Reads the plan of a directory. */
export function readPlan<Plan extends object>(kind: PlanKind, directory: string): Plan {
  const file = join(directory, fileNames[kind]);
  try {
    const { seal, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Plan & { seal: string };
    if (seal === sealOf(rest)) return rest as unknown as Plan;
  } catch {
    // Told below: whatever is wrong with it, it is not what was written.
  }
  throw new InputError({
    code: 'INPUT_STORE_DAMAGED',
    place: { file },
    found: 'the plan is not as it was written',
    next: 'Begin anew in another directory.',
  });
}

/**
 * Writes the plan into a new directory, or finds that the directory has the same plan: then the work goes on. A directory with another plan, or
 * with something else, is refused. Returns the seal.
 */
export function claimDirectory(kind: PlanKind, directory: string, plan: object): string {
  const seal = sealOf(plan);
  if (holdsPlan(kind, directory)) {
    if (sealOf(readPlan(kind, directory)) === seal) return seal;
    throw new InputError({
      code: 'INPUT_EXISTS',
      place: { file: directory },
      found: `another ${kind === 'calibrate' ? 'calibration' : kind} is here`,
      next: 'Go on with it by what it began with, or name another directory with --out.',
    });
  }
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new InputError({
      code: 'INPUT_EXISTS',
      place: { file: directory },
      found: 'the directory holds something else',
      next: 'Name another with --out.',
    });
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeWhole(join(directory, fileNames[kind]), JSON.stringify({ ...plan, seal }, null, 2) + '\n');
  return seal;
}

/** The digest of a plan. */
export function sealOf(plan: object): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
