/**
 * Whether somebody serves, and has a price for, the model by which a scenario embeds texts, and whether there is room for its vectors.
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

/** Bytes that vectors of readers and posts may take: 2 GiB, which is 10^6 agents and a window of 2^20 posts at 1,048 dimensions. */
const vectorBytesMost = 2 * 1024 * 1024 * 1024;

/** Throws INPUT_TOO_LARGE where vectors of agents and of the window of posts would take more room than a machine may be asked for. */
export function refuseLargeReaders(
  embedding: ScenarioData['feed']['embedding'],
  agentCount: number,
  postCapacity: number,
): void {
  const readers = typeof embedding === 'object' ? embedding.readers : undefined;
  if (readers === undefined) return;
  const rows = agentCount + postCapacity;
  const bytes = rows * readers.vectorLength;
  if (bytes <= vectorBytesMost) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `feed.embedding.readers.vectorLength of ${readers.vectorLength} takes ${bytes} bytes for ${agentCount} agents and a window of ${postCapacity} posts, more than ${vectorBytesMost}`,
    next: `Ask the model for dimensions: ${Math.floor(vectorBytesMost / rows)} or fewer, or set a smaller postCapacity.`,
  });
}
