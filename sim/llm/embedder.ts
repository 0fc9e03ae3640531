/**
 * Vectors of texts from an endpoint, for measures: through the one client, so that limits, retries and keys are as in a run.
 *
 * Nothing is recorded here: whoever measures keeps what it gets (`scenarios/command/embedding-cache.ts`), some requests at a time, so that an endpoint that ends
 * loses no more than those. Throws INPUT_ENDPOINT where a text gets no vector, after what came with it was handed over. Order: texts as given.
 */
import { InputError, echo } from '../ground/errors.ts';
import { createModelClient } from './client.ts';
import { batchesOf, embeddedPart, embeddingRequests } from './embedding-book.ts';
import { decodeVectors } from './embedding-reply.ts';
import { createModelPool } from './pool.ts';
import type { Outcome } from './outcome.ts';
import type { EmbeddingOrder } from './request.ts';
import type { ModelSettings } from './settings.ts';

/** Requests that are asked together; what they bring is handed over before the next ones are asked. */
const requestsAtOnce = 8;

/** Embeds distinct texts; tells `onVectors` of texts and their vectors as they come. */
export async function embedTexts(
  settings: ModelSettings,
  order: EmbeddingOrder,
  texts: readonly string[],
  onVectors: (texts: readonly string[], vectors: readonly Int8Array[]) => void,
): Promise<void> {
  const pool = createModelPool(settings);
  const nothing = (): Promise<void> => Promise.resolve();
  const client = createModelClient(pool, {
    seed: 0,
    journal: { reserve: nothing, commit: nothing, submitted: nothing },
  });
  try {
    const textsOfPart = new Map<string, string[]>();
    for (const text of texts) {
      const part = embeddedPart(text);
      textsOfPart.set(part, [...(textsOfPart.get(part) ?? []), text]);
    }
    const batches = batchesOf([...textsOfPart.keys()]);
    for (let from = 0; from < batches.length; from += requestsAtOnce) {
      const some = batches.slice(from, from + requestsAtOnce);
      const { outcomes } = await client.answerAll(embeddingRequests(from, order, some.flat()));
      some.forEach((batch, i) => {
        if (outcomes[i].kind !== 'ANSWERED') return;
        const made = decodeVectors(outcomes[i].text);
        const answered = batch.flatMap((part, k) => (textsOfPart.get(part) ?? []).map((text) => ({ text, k })));
        onVectors(
          answered.map(({ text }) => text),
          answered.map(({ k }) => made[k]),
        );
      });
      const failed = outcomes.find(({ kind }) => kind !== 'ANSWERED');
      if (failed !== undefined) throw unanswered(order, failed);
    }
  } finally {
    pool.close();
  }
}

function unanswered({ model }: EmbeddingOrder, { reason, kind, detail }: Outcome): InputError {
  return new InputError({
    code: 'INPUT_ENDPOINT',
    found: `${echo(model)} embeds nothing: ${reason ?? kind}${detail === undefined ? '' : `, ${detail}`}`,
    next: 'Mend the endpoint or its settings, and measure again: what is in the cache is not asked for.',
  });
}
