/**
 * Embeddings of the stand-in: vectors of hashed words, and the ways in which a server of embeddings can be wrong.
 *
 * A vector is a pure function of text and dimensions (`answers.ts`), and no model's: texts with common words lie near one another, and that is all. The
 * answer's model is the stand-in's own name. A fault bends a right answer; `embeddingFaults` are their names beside those of `faults.ts`.
 */
import { embeddingOf, standInModel, standInTokens } from './answers.ts';

/** A request for vectors, as far as it is read. */
export interface EmbeddingRequest {
  readonly model: string;
  readonly input: string | readonly string[];
  readonly dimensions?: number;
}

interface Item {
  readonly object: 'embedding';
  readonly index: number;
  readonly embedding: readonly (number | null)[];
}

/** The answer to a request. */
export interface EmbeddingAnswer {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/** Dimensions where the request names none. */
const usualDimensions = 256;

/** The right answer. */
export function answerEmbeddings({ input, dimensions = usualDimensions }: EmbeddingRequest): EmbeddingAnswer {
  const texts = typeof input === 'string' ? [input] : input;
  const data = texts.map((text, index) => {
    return { object: 'embedding' as const, index, embedding: embeddingOf(text, dimensions) };
  });
  const tokens = texts.reduce((sum, text) => sum + standInTokens(text), 0);
  return { object: 'list', data, model: standInModel, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** Wrong answers by name, out of right ones. */
export const embeddingFaults: Readonly<Record<string, (answer: EmbeddingAnswer) => EmbeddingAnswer>> = {
  'vectors-missing': (answer) => ({ ...answer, data: answer.data.slice(1) }),
  'vectors-extra': (answer) => ({
    ...answer,
    data: [...answer.data, { ...answer.data[0], index: answer.data.length }],
  }),
  'vectors-reversed': (answer) => ({ ...answer, data: answer.data.toReversed() }),
  'vector-indices-equal': (answer) => ({ ...answer, data: answer.data.map((one) => ({ ...one, index: 0 })) }),
  'vector-indices-shifted': (answer) => ({
    ...answer,
    data: answer.data.map((one) => ({ ...one, index: one.index + 1 })),
  }),
  'vector-shorter': (answer) => withLast(answer, (numbers) => numbers.slice(1)),
  'vectors-shorter': (answer) => ({
    ...answer,
    data: answer.data.map((one) => ({ ...one, embedding: one.embedding.slice(1) })),
  }),
  // JSON has no NaN: servers that meet one send null, or what no parser takes.
  'vector-null': (answer) => withLast(answer, (numbers) => [null, ...numbers.slice(1)]),
};

function withLast({ data, ...rest }: EmbeddingAnswer, bend: (numbers: Item['embedding']) => Item['embedding']) {
  const last = data[data.length - 1];
  return { ...rest, data: [...data.slice(0, -1), { ...last, embedding: bend(last.embedding) }] };
}
