/**
 * What the body of an answer to a request for embeddings means: one vector a text, in the order of the texts, or which fault it is.
 *
 * Vectors are ordered by `index`, whatever order they come in. Refused: another number of vectors than texts, an index twice or out of range, vectors
 * of different lengths or of another length than was asked for, components that are no finite numbers. The answer's text is JSON: the
 * dimensions, and each vector as signed bytes in base64. So what is recorded is what is used.
 * Pure. Order: shape, count, indices, dimensions, numbers. Oracle: `test/sim/engine/embeddings.test.ts`.
 */
import { z } from 'zod';
import { quantizeDirection } from '../ground/direction.ts';
import { excerpt } from './redaction.ts';
import { usageOf } from './reply.ts';
import type { OutcomeReason } from './outcome.ts';
import type { Redact } from './redaction.ts';
import type { Verdict } from './reply.ts';

const bodySchema = z.object({
  model: z.string().max(500).optional().catch(undefined),
  data: z.array(z.object({ index: z.int().optional(), embedding: z.array(z.unknown()).min(1).max(65_536) })),
});

/** What was asked for. */
export interface EmbeddingsWanted {
  readonly textCount: number;
  /** Where the request named a number. */
  readonly dimensions?: number;
}

/** Judges the JSON of an answer. */
export function judgeEmbeddings(body: unknown, wanted: EmbeddingsWanted, redact: Redact): Verdict {
  const usage = usageOf({ completion_tokens: 0, ...(body as { usage?: object } | null)?.usage });
  const common = { sign: 'alive', isCharged: true, ...(usage === undefined ? {} : { usage }) } as const;
  const read = bodySchema.safeParse(body);
  const fault = (reason: OutcomeReason, detail: string): Verdict => ({
    ...common,
    result: { kind: 'fault', reason, next: 'retry', detail },
  });
  if (!read.success) return fault('BODY_SHAPE', 'no list of embeddings');
  const { data, model } = read.data;
  if (data.length !== wanted.textCount) {
    return fault('EMBEDDING_COUNT', `${data.length} vectors for ${wanted.textCount} texts`);
  }
  const vectors = new Array<unknown[] | undefined>(data.length).fill(undefined);
  data.forEach(({ index = -1, embedding }) => {
    if (index >= 0 && index < vectors.length) vectors[index] = embedding;
  });
  const missing = vectors.findIndex((vector) => vector === undefined);
  if (missing >= 0) return fault('EMBEDDING_ORDER', `no vector has the index ${missing}`);
  const dimensions = wanted.dimensions ?? data[0].embedding.length;
  const other = data.find(({ embedding }) => embedding.length !== dimensions);
  if (other !== undefined) {
    return fault(
      'EMBEDDING_DIMENSIONS',
      `a vector of ${other.embedding.length} dimensions among those of ${dimensions}`,
    );
  }
  const complete = vectors as unknown[][];
  if (!complete.every((vector): vector is number[] => vector.every((one) => Number.isFinite(one)))) {
    return fault('EMBEDDING_NUMBERS', 'a component is no finite number');
  }
  const text = encodeVectors(complete.map(quantizeDirection));
  const told = model === undefined ? {} : { servedModel: excerpt(redact, model) };
  return { ...common, ...told, result: { kind: 'answer', text } };
}

/** Vectors as the text that is recorded. */
export function encodeVectors(vectors: readonly Int8Array[]): string {
  const dimensions = vectors[0]?.length ?? 0;
  return JSON.stringify({ dimensions, vectors: vectors.map((vector) => Buffer.from(vector).toString('base64')) });
}

/** The vectors that a recorded text holds. */
export function decodeVectors(text: string): Int8Array[] {
  const { vectors } = JSON.parse(text) as { vectors: string[] };
  return vectors.map((vector) => new Int8Array(Buffer.from(vector, 'base64')));
}
