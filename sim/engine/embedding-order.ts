/**
 * Whether somebody serves, and has a price for, the model by which a scenario embeds texts.
 */
import { InputError, echo } from '../ground/errors.ts';
import { modelsOrderOf } from './models.ts';
import type { ScenarioData } from '../scenario/schema.ts';

/** Throws an `InputError` where `feed.embedding` names a model that no endpoint serves, or that a cap on money cannot price. */
export function refuseUnservedEmbedding(scenario: ScenarioData): void {
  const { embedding } = scenario.feed;
  if (embedding === undefined || embedding === 'lexical') return;
  const { endpoints = [], prices = [], caps } = modelsOrderOf(scenario)?.settings ?? {};
  if (!endpoints.some(({ models }) => models.includes(embedding.model))) {
    throw new InputError({
      code: 'INPUT_DANGLING_REF',
      found: `feed.embedding.model names ${echo(embedding.model)}, which no endpoint serves`,
      next: 'Add it to the models of one of models.endpoints; mesocosm stand-in serves one to try with.',
    });
  }
  if (caps?.money === undefined || prices.some(({ model }) => model === embedding.model)) return;
  throw new InputError({
    code: 'INPUT_REQUIRED',
    found: `models.caps.money needs a price of ${echo(embedding.model)}`,
    next: 'Add its price with date and source; 0 if nobody is charged for it.',
  });
}
