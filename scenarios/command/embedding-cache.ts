/**
 * Vectors for `analyze --embedding`: out of a cache in the run's directory, else from the endpoint, and then into the cache.
 *
 * `embeddings.jsonl`: a line a text, with model, dimensions that were asked for, SHA-256 of the text, and the vector as signed bytes in base64. No text
 * and no key stands in it. A line that cannot be read is passed over and asked for again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { embedTexts } from '../../sim/llm/embedder.ts';
import { checkModelSettings } from '../../sim/llm/settings.ts';
import { note } from './output.ts';

/** Flags that name who embeds. */
export interface EmbeddingFlags {
  readonly embedding?: string;
  readonly endpoint?: string;
  readonly embeddingKeyEnv?: string;
}

/** A model's vectors of texts. */
export interface Meaning {
  readonly model: string;
  readonly vectors: ReadonlyMap<string, Int8Array>;
}

/** Embeds texts, where the flags name a model; throws INPUT_COMBINATION where they name half of what it takes. */
export async function meaningOf(
  directory: string,
  { embedding: model, endpoint, embeddingKeyEnv }: EmbeddingFlags,
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
  const known = readCache(file, model);
  const distinct = [...new Set(texts())];
  const missing = distinct.filter((text) => !known.has(hashOf(text)));
  const key = embeddingKeyEnv === undefined ? {} : { apiKeyEnv: embeddingKeyEnv };
  const settings = checkModelSettings(
    { endpoints: [{ name: 'embedding', url: endpoint, models: [model], ...key }] },
    'flags',
  );
  const made = missing.length === 0 ? [] : await embedTexts(settings, { model }, missing);
  const lines = missing.map((text, i) =>
    JSON.stringify({ model, hash: hashOf(text), vector: Buffer.from(made[i]).toString('base64') }),
  );
  if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`);
  missing.forEach((text, i) => known.set(hashOf(text), made[i]));
  note(`${missing.length} texts embedded by ${model}, ${distinct.length - missing.length} from ${file}`);
  return { model, vectors: new Map(distinct.flatMap((text) => pairOf(text, known.get(hashOf(text))))) };
}

function pairOf(text: string, vector: Int8Array | undefined): [string, Int8Array][] {
  return vector === undefined ? [] : [[text, vector]];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function readCache(file: string, model: string): Map<string, Int8Array> {
  const known = new Map<string, Int8Array>();
  if (!existsSync(file)) return known;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    try {
      const one = JSON.parse(line) as { model: string; hash: string; vector: string };
      if (one.model === model) known.set(one.hash, new Int8Array(Buffer.from(one.vector, 'base64')));
    } catch {
      continue;
    }
  }
  return known;
}
