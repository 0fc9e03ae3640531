/**
 * Which model an agent of a class is asked with: drawn once by the agent's key and the seed, and kept for the whole run.
 *
 * An agent that changed its model between ticks would change its mind with it. The draw hashes seed, class and external id, so that adding an agent
 * moves nobody else, and shares of agents follow the weights.
 */
import { InputError } from '../ground/errors.ts';
import { keyOfText } from '../ground/keys.ts';
import { unitOf } from '../ground/random.ts';
import type { ModelSettings } from './settings.ts';

/** The model of an agent. Throws an `InputError` for a class that the settings do not have. */
export function modelOf(settings: ModelSettings, seed: number, modelClass: string, agent: string): string {
  const models = Object.hasOwn(settings.classes, modelClass) ? settings.classes[modelClass] : undefined;
  if (models === undefined) {
    const next = `Choose one of ${Object.keys(settings.classes).join(', ')}, or add it to models.classes.`;
    throw new InputError({ code: 'INPUT_UNKNOWN_NAME', found: `there is no class of models ${modelClass}`, next });
  }
  const total = models.reduce((sum, { weight }) => sum + weight, 0);
  let left = unitOf(keyOfText(JSON.stringify([seed, modelClass, agent])).lo) * total;
  for (const { model, weight } of models) {
    if (left < weight) return model;
    left -= weight;
  }
  return models[models.length - 1].model;
}
