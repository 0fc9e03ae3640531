/**
 * What plants of a scenario must be to its other fields: verbs that must be allowed, windows that hold a tick, shares that leave a rest.
 *
 * Pure; each flaw has its place and the next step. Names of goods are resolved when the scenario is compiled.
 */
import type { InputCode } from '../ground/errors.ts';
import type { PlantData } from './schema-plants.ts';

/** Something that is wrong. */
export interface Flaw {
  readonly input: unknown;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code: InputCode;
  readonly next: string;
}

/** The fields that plants hang together with. */
interface Planted {
  readonly plants?: readonly PlantData[] | undefined;
  readonly verbs: readonly string[];
  readonly ticks: number;
}

/** All that is wrong with the plants of a scenario. */
export function plantFlaws({ plants = [], verbs, ticks }: Planted): Flaw[] {
  return plants.flatMap((plant, i) => [
    ...missingVerbs(plant, verbs).map((needed) =>
      flawOf(plant, [i], `needs ${needed} among the verbs`, `Add ${needed} to verbs.`),
    ),
    ...windowFlaws(plant, i, ticks),
    ...shareFlaws(plant, i),
  ]);
}

function flawOf(input: unknown, place: readonly (string | number)[], message: string, next: string): Flaw {
  return { input, path: ['plants', ...place], message, code: 'INPUT_COMBINATION', next };
}

/** What a plant does and the scenario does not allow. */
function missingVerbs(plant: PlantData, verbs: readonly string[]): string[] {
  const missing = (needed: readonly string[]): string[] => needed.filter((verb) => !verbs.includes(verb));
  switch (plant.kind) {
    case 'ring':
      return missing(plant.aims === 'members' ? [plant.verb, 'post'] : [plant.verb]);
    case 'cartel':
      return missing(['ask']);
    case 'sock-puppets':
      return missing(['post']);
    case 'conformists':
    case 'seed-votes':
      return missing(['upvote', 'downvote']);
  }
}

function windowFlaws({ fromTick, untilTick }: PlantData, i: number, ticks: number): Flaw[] {
  const end = Math.min(untilTick ?? ticks, ticks);
  if (fromTick < end) return [];
  const message = `has no tick between fromTick ${fromTick} and ${end}`;
  return [flawOf(fromTick, [i, 'fromTick'], message, 'Let it begin before it ends, and before the last tick.')];
}

function shareFlaws(plant: PlantData, i: number): Flaw[] {
  if (plant.kind !== 'seed-votes' || plant.upShare + plant.downShare <= 1 + 1e-9) return [];
  const message = `has shares up and down of ${plant.upShare + plant.downShare} together`;
  return [{ ...flawOf(plant, [i], message, 'Let both add up to 1 at most.'), code: 'INPUT_SUM' }];
}
