/**
 * Vectors for `analyze --embedding`: out of a cache in the run's directory, else from the endpoint, and then into the cache.
 *
 * `embeddings.jsonl`: a line a text, with model, dimensions that were asked for, SHA-256 of the text, and the vector as signed bytes in base64. No text
 * and no key stands in it. Lines are written as answers come; one that cannot be read is passed over and asked for again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { embedTexts } from '../../sim/llm/embedder.ts';
import { checkModelSettings } from '../../sim/llm/settings.ts';
import { note } from './output.ts';
import type { EmbeddingOrder } from '../../sim/llm/request.ts';

/** Flags that name who embeds. */
export interface EmbeddingFlags {
  readonly embedding?: string;
  readonly endpoint?: string;
  readonly embeddingKeyEnv?: string;
  readonly embeddingDimensions?: number;
}

/** A model's vectors of texts. */
export interface Meaning {
  readonly model: string;
  readonly vectors: ReadonlyMap<string, Int8Array>;
}

/** Embeds texts, where the flags name a model; throws INPUT_COMBINATION where they name half of what it takes. */
export async function meaningOf(
  directory: string,
  { embedding: model, endpoint, embeddingKeyEnv, embeddingDimensions: dimensions }: EmbeddingFlags,
  texts: () => readonly string[],
): Promise<Meaning | undefined> {
  if (model === undefined && endpoint === undefined) return undefined;
  if (model === undefined || endpoint === undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `${model === undefined ? '--endpoint' : '--embedding'} stands alone`,
      next: 'Write --embedding MODEL --endpoint URL; mesocosm stand-in serves one to try with.',
    });
  }
  const file = join(directory, 'embeddings.jsonl');
  const order = { model, ...(dimensions === undefined ? {} : { dimensions }) };
  const known = readCache(file, order);
  const distinct = [...new Set(texts())];
  const missing = distinct.filter((text) => !known.has(hashOf(text)));
  const key = embeddingKeyEnv === undefined ? {} : { apiKeyEnv: embeddingKeyEnv };
  const settings = checkModelSettings(
    { endpoints: [{ name: 'embedding', url: endpoint, models: [model], ...key }] },
    'flags',
  );
  const keep = (texts: readonly string[], vectors: readonly Int8Array[]): void => {
    const lines = texts.map((text, i) => lineOf(order, hashOf(text), vectors[i]));
    appendFileSync(file, lines.join(''));
    texts.forEach((text, i) => known.set(hashOf(text), vectors[i]));
  };
  endLine(file);
  if (missing.length > 0) await embedTexts(settings, order, missing, keep);
  note(`${missing.length} texts embedded by ${model}, ${distinct.length - missing.length} from ${file}`);
  return { model, vectors: new Map(distinct.flatMap((text) => pairOf(text, known.get(hashOf(text))))) };
}

function pairOf(text: string, vector: Int8Array | undefined): [string, Int8Array][] {
  return vector === undefined ? [] : [[text, vector]];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function lineOf({ model, dimensions }: EmbeddingOrder, hash: string, vector: Int8Array): string {
  return `${JSON.stringify({ model, dimensions, hash, vector: Buffer.from(vector).toString('base64') })}\n`;
}

/** A line that a killed process left half is ended, so that the next one stands alone. */
function endLine(file: string): void {
  if (existsSync(file) && !/(^|\n)$/.test(readFileSync(file, 'utf8'))) appendFileSync(file, '\n');
}

function readCache(file: string, { model, dimensions }: EmbeddingOrder): Map<string, Int8Array> {
  const known = new Map<string, Int8Array>();
  if (!existsSync(file)) return known;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    try {
      const one = JSON.parse(line) as EmbeddingOrder & { hash: string; vector: string };
      if (one.model === model && one.dimensions === dimensions)
        known.set(one.hash, new Int8Array(Buffer.from(one.vector, 'base64')));
    } catch {
      continue;
    }
  }
  return known;
}
