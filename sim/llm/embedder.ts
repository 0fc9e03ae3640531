/**
 * Vectors of texts from an endpoint, for measures: through the one client, so that limits, retries and keys are as in a run.
 *
 * Nothing is recorded here: whoever measures keeps what it gets (`scenarios/command/embedding-cache.ts`).
 * Throws INPUT_ENDPOINT where a text gets no vector. Invariant: one vector a text, in the order of the texts.
 */
import { InputError, echo } from '../ground/errors.ts';
import { createModelClient } from './client.ts';
import { batchesOf, embeddedPart, embeddingRequests } from './embedding-book.ts';
import { decodeVectors } from './embedding-reply.ts';
import { createModelPool } from './pool.ts';
import type { EmbeddingOrder } from './request.ts';
import type { ModelSettings } from './settings.ts';

/** Embeds distinct texts. */
export async function embedTexts(
  settings: ModelSettings,
  order: EmbeddingOrder,
  texts: readonly string[],
): Promise<Int8Array[]> {
  const pool = createModelPool(settings);
  const nothing = (): Promise<void> => Promise.resolve();
  const client = createModelClient(pool, {
    seed: 0,
    journal: { reserve: nothing, commit: nothing, submitted: nothing },
  });
  try {
    const parts = texts.map(embeddedPart);
    const distinct = [...new Set(parts)];
    const { outcomes } = await client.answerAll(embeddingRequests(0, order, distinct));
    const failed = outcomes.find(({ kind }) => kind !== 'ANSWERED');
    if (failed !== undefined) {
      throw new InputError({
        code: 'INPUT_ENDPOINT',
        found: `${echo(order.model)} embeds nothing: ${failed.reason ?? failed.kind}${failed.detail === undefined ? '' : `, ${failed.detail}`}`,
        next: 'Mend the endpoint or its settings, and measure again: what is in the cache is not asked for.',
      });
    }
    const vectors = new Map<string, Int8Array>();
    batchesOf(distinct).forEach((batch, i) => {
      const made = decodeVectors(outcomes[i].text);
      batch.forEach((text, k) => vectors.set(text, made[k]));
    });
    return parts.map((part) => vectors.get(part) ?? new Int8Array(0));
  } finally {
    pool.close();
  }
}
