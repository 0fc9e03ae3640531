/**
 * The `diversity` measure: of what agents write about, whom they answer or spread, and, where it is asked for, of their words.
 *
 * Reads posts as columns, and written texts. Topics and sources are categories: effective number and disagreement. Texts are K*, the effective channels of agents' texts as unit vectors: a
 * measure of meaning, and the one embedding that comes with the package knows words only, so it is refused unless `lexical` says so, and marked.
 * Order: agents as in the population; those whose texts are compared are drawn by seed. Invariant: a function of records, seed and flag.
 * Null of texts: words of all texts dealt out anew to the agents, each as many as it had. Source: arXiv 2602.03794 (K*); Hill 1973.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { createDocumentCounts, countDocument, embedText, wordsOf } from '../../sim/world/lexical-embedding.ts';
import { externalId } from '../../sim/world/population.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { readWrittenTexts } from '../../sim/record/text-reader.ts';
import { categoryDiversity, effectiveChannels, gramOf, leaveOneOut } from '../estimators/diversity.ts';
import { intervalOf, usualGroupCount } from '../estimators/group-jackknife.ts';
import { sampleRows } from '../estimators/points.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Measured } from './measured.ts';

/** How to measure. */
export interface DiversityOptions {
  readonly seed: number;
  /** Whether words may stand for meaning. */
  readonly lexical?: boolean;
  /** A model of meaning and its vectors of `diversityTexts`; it goes before `lexical`. */
  readonly meaning?: { readonly model: string; readonly vectors: ReadonlyMap<string, Int8Array> } | undefined;
}

/** Categories of what agents do. */
export interface DiversityRow {
  readonly of: string;
  readonly acts: number;
  readonly categories: number;
  readonly effectiveNumber: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Chance that two acts differ. */
  readonly disagreement: number | null;
}

/** K* of agents' texts. */
export interface TextChannels {
  /** `lexical`, or the name of the model that embedded. */
  readonly embedding: string;
  readonly agents: number;
  readonly effectiveChannels: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** K* as a share of the greatest there can be. */
  readonly share: number | null;
  readonly nullChannels: number | null;
  readonly pValue: number;
  /** Agents without whom K* falls most. */
  readonly addMost: readonly { readonly agent: string; readonly adds: number }[];
}

/** The object under `measures.diversity`. */
export interface DiversityMeasure extends Measured {
  readonly categories: readonly DiversityRow[];
  readonly texts: TextChannels | null;
}

const keys = { sample: 91, dealt: 92, groups: 93 } as const;
/** Agents whose texts are compared: leaving each out in turn is a second's work. */
const agentsMax = 100;
const dimensions = 512;
const dealtCount = 19;
const shownCount = 5;

const definition =
  'n: posts. effectiveNumber: so many equally frequent categories would be as diverse (Hill, order 1); disagreement: Gini-Simpson. topics: of original posts; sources: authors of what is reposted, quoted or answered; writers: authors of posts. ' +
  'K*: 2^H of the eigenvalues of the Gram matrix of agents’ texts as unit vectors, 1 where all say the same, their number where nobody says what another does. Interval: that of topics, over authors';

/** Measures a recorded population. */
export function measureDiversity(records: Records, options: DiversityOptions): DiversityMeasure {
  const posts = readPosts(records);
  const originals = Array.from(posts.parent.keys()).filter((row) => posts.parent[row] < 0);
  const answers = Array.from(posts.parent.keys()).filter((row) => posts.parent[row] >= 0);
  const { count } = records.population;
  const rows = [
    rowOf(
      'topics',
      originals.map((row) => [posts.author[row], posts.topic[row]]),
      options.seed,
    ),
    rowOf(
      'sources',
      answers.map((row) => [posts.author[row], posts.author[posts.parent[row]]]),
      options.seed,
    ),
    rowOf(
      'writers',
      Array.from(posts.author, (author, row) => [row % usualGroupCount, author]),
      options.seed,
    ),
  ];
  const written = readWrittenTexts(records);
  const lexical = options.lexical === true;
  const texts =
    (lexical || options.meaning !== undefined) && written !== undefined
      ? textChannels(records, textsByAgent(posts.author, written, count), options)
      : null;
  const interval = finiteInterval([rows[0].low ?? NaN, rows[0].high ?? NaN]);
  return {
    categories: rows,
    texts,
    method:
      `exact; intervals by a jackknife over ${usualGroupCount} groups of acting agents` +
      (texts === null
        ? ''
        : `; texts of at most ${agentsMax} agents drawn, ${options.meaning === undefined ? `hashed words in ${dimensions} dimensions` : `vectors of ${options.meaning.model}, of an agent the mean of its texts’`}; seed ${options.seed}`),
    definition,
    n: posts.count,
    ...(interval === undefined ? {} : { interval }),
    ...(texts === null
      ? {}
      : {
          nullModel: `${options.meaning === undefined ? 'words of all texts' : 'texts'} dealt out anew, each agent as many as it had`,
          pValue: texts.pValue,
        }),
    warnings: warningsOf(posts.count, written !== undefined, options),
  };
}

function warningsOf(postCount: number, hasTexts: boolean, { lexical, meaning }: DiversityOptions): string[] {
  const isUnmeasured = hasTexts && lexical !== true && meaning === undefined;
  return [
    ...(postCount === 0 ? ['there are no posts'] : []),
    ...(hasTexts ? [] : ['nobody wrote words of its own: texts have no diversity to measure']),
    ...(isUnmeasured
      ? ['texts are not measured: --embedding MODEL --endpoint URL embeds them, --lexical takes words for meaning']
      : []),
    ...(hasTexts && lexical === true && meaning === undefined
      ? ['K* is of words, not of meaning: paraphrases count as different (four score 3.97 of 4)']
      : []),
  ];
}

/** Acts as pairs (who acts, category). The interval leaves out groups of who acts. */
function rowOf(of: string, acts: readonly (readonly number[])[], seed: number): DiversityRow {
  const place = new Map<number, number>();
  for (const [, category] of acts) if (!place.has(category)) place.set(category, place.size);
  const stream = randomStream(seed, streamPurposes.sample, keys.groups);
  const actors = [...new Set(acts.map(([actor]) => actor))];
  const groupCount = Math.min(usualGroupCount, actors.length);
  const order = sampleRows(actors.length, actors.length, stream);
  const groupOf = new Map(Array.from(order, (at, k) => [actors[at], k % groupCount]));
  const byGroup = Array.from({ length: groupCount }, () => new Float64Array(place.size));
  for (const [actor, category] of acts) byGroup[groupOf.get(actor) ?? 0][place.get(category) ?? 0]++;
  const total = new Float64Array(place.size);
  for (const counts of byGroup) counts.forEach((one, k) => (total[k] += one));
  const found = categoryDiversity(total);
  const without = byGroup.map((left) => categoryDiversity(total.map((one, k) => one - left[k])).effectiveNumber);
  const [low, high] = groupCount < 4 ? [NaN, NaN] : intervalOf(found.effectiveNumber, without);
  return {
    ...{ of, acts: acts.length, categories: place.size, effectiveNumber: finiteOrNull(found.effectiveNumber) },
    ...{ low: finiteOrNull(low), high: finiteOrNull(high), disagreement: finiteOrNull(found.disagreement) },
  };
}

/** All that an agent wrote in its own words. */
function textsByAgent(author: Int32Array, written: { at(row: number): string }, count: number): string[][] {
  const texts: string[][] = Array.from({ length: count }, () => []);
  for (let row = 0; row < author.length; row++) {
    const text = written.at(row);
    if (text !== '') texts[author[row]].push(text);
  }
  return texts;
}

/** The texts whose vectors `measureDiversity` needs with this seed; none where nobody wrote. */
export function diversityTexts(records: Records, seed: number): string[] {
  const written = readWrittenTexts(records);
  if (written === undefined) return [];
  const texts = textsByAgent(readPosts(records).author, written, records.population.count);
  return drawnWriters(texts, seed).flatMap((agent) => texts[agent]);
}

function drawnWriters(texts: readonly string[][], seed: number): number[] {
  const writers = Array.from(texts.keys()).filter((agent) => texts[agent].length > 0);
  const drawn = sampleRows(
    writers.length,
    Math.min(agentsMax, writers.length),
    randomStream(seed, streamPurposes.sample, keys.sample),
  );
  return Array.from(drawn, (at) => writers[at]);
}

function textChannels(
  { population }: Records,
  texts: readonly string[][],
  { seed, meaning }: DiversityOptions,
): TextChannels {
  const agents = drawnWriters(texts, seed);
  const parts = agents.map((agent) => (meaning === undefined ? wordsOf(texts[agent].join('\n')) : texts[agent]));
  const embed = (given: readonly (readonly string[])[]): Float64Array[] =>
    meaning === undefined ? vectorsOf(given) : given.map((own) => meanOf(own, meaning.vectors));
  const gram = gramOf(embed(parts));
  const value = effectiveChannels(gram);
  const adds = leaveOneOut(gram);
  const stream = randomStream(seed, streamPurposes.permutation, keys.dealt);
  const nulls = Array.from({ length: dealtCount }, () => effectiveChannels(gramOf(embed(dealt(parts, stream)))));
  const [low, high] =
    gram.size < 4
      ? [NaN, NaN]
      : intervalOf(
          value,
          Array.from(adds, (one) => value - one),
        );
  const most = Array.from(adds.keys()).sort((x, y) => adds[y] - adds[x]);
  return {
    embedding: meaning?.model ?? 'lexical',
    ...{ agents: gram.size, effectiveChannels: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high) },
    share: finiteOrNull(value / gram.size),
    nullChannels: finiteOrNull(nulls.reduce((sum, one) => sum + one, 0) / dealtCount),
    pValue: (1 + nulls.filter((one) => one <= value).length) / (1 + dealtCount),
    addMost: most
      .slice(0, shownCount)
      .map((at) => ({ agent: externalId(population.ids, agents[gram.rows[at]]), adds: adds[at] })),
  };
}

function vectorsOf(words: readonly (readonly string[])[]): Float64Array[] {
  const counts = createDocumentCounts(dimensions);
  const texts = words.map((own) => own.join(' '));
  for (const text of texts) countDocument(counts, text);
  return texts.map((text) => embedText(counts, text));
}

/** The direction of the mean of texts, each of which counts the same; all 0 where none says anything. */
function meanOf(texts: readonly string[], vectors: ReadonlyMap<string, Int8Array>): Float64Array {
  const known = texts.flatMap((text) => vectors.get(text) ?? []);
  const sum = new Float64Array(known[0]?.length ?? 0);
  for (const vector of known) {
    const length = Math.sqrt(vector.reduce((square, one) => square + one * one, 0));
    if (length > 0) vector.forEach((one, k) => (sum[k] += one / length));
  }
  const length = Math.sqrt(sum.reduce((square, one) => square + one * one, 0));
  return length === 0 ? sum : sum.map((one) => one / length);
}

function dealt(words: readonly (readonly string[])[], stream: ReturnType<typeof randomStream>): string[][] {
  const all = words.flat();
  const order = Int32Array.from(all.keys());
  shuffle(order, stream);
  let at = 0;
  return words.map((own) => own.map(() => all[order[at++]]));
}
