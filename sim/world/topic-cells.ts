/**
 * Centres of the cells of topics, and who belongs to which: a post to one, an agent to some.
 *
 * The centres of a level lie where a population's posts will: between the interests of its agents and directions drawn by a hash.
 * They are made in two steps, first some hundred, then so many within each of these as fall to it, and looked up the same way. All in
 * whole numbers: a function of the interests and the number of cells, the same in every shard and on every machine.
 * Pure but for the scratch memory. Oracle: dot products with all centres (`test/sim/world/topic-cells.test.ts`).
 */
import { mix32 } from '../ground/random.ts';
import { buildIndex, createSearcher, search } from './embedding-index.ts';
import { centresOf } from './embedding-centres.ts';
import { longestOf } from './embedding-vectors.ts';
import { topicCount, topicScale } from './agents.ts';
import { noCell, probesPerAgent } from './topic-index.ts';
import type { Searcher } from './embedding-index.ts';

/** Centres of one level, and what looks them up. */
export interface TopicCells {
  readonly cellCount: number;
  readonly searcher: Searcher;
  readonly found: Int32Array;
}

/** Vectors for each centre. */
const sampleShare = 32;
/** From so many centres on they are made in two steps. */
const flatCellsMost = 256;
/** Groups of centres looked through for the cell of a post, and for those of an agent. */
const groupProbes = { post: 6, agent: 40 } as const;

/** Makes the centres for at most `cellCount` cells. `interests` holds one vector an agent, in canonical order. */
export function createTopicCells(interests: Int8Array, cellCount: number): TopicCells {
  const components = sampleOf(interests, cellCount * sampleShare);
  const isFlat = cellCount <= flatCellsMost;
  const centres = isFlat ? flatCentres(components, cellCount) : nestedCentres(components, cellCount);
  const set = { dimensions: topicCount, components: centres };
  const index = buildIndex(set, { cellCount: isFlat ? 1 : Math.round(Math.sqrt(cellCount)) });
  const found = new Int32Array(probesPerAgent);
  return { cellCount: centres.length / topicCount, searcher: createSearcher(index), found };
}

/** Vectors as posts' topics will be: a share of an agent's interests, the rest of a direction that a hash draws. */
function sampleOf(interests: Int8Array, count: number): Int8Array {
  const agentCount = interests.length / topicCount;
  const sample = new Int8Array(count * topicCount);
  const vector = new Float64Array(topicCount);
  for (let i = 0; i < count; i++) {
    const agent = Math.floor((i * agentCount) / count);
    const focus = focusShares[i % focusShares.length];
    drawDirection(i, vector);
    const from = agent * topicCount;
    for (let k = 0; k < topicCount; k++) {
      vector[k] = (1 - focus) * vector[k] + (focus * interests[from + k]) / topicScale;
    }
    scale(vector, topicScale);
    for (let k = 0; k < topicCount; k++) sample[i * topicCount + k] = Math.round(vector[k]);
  }
  return sample;
}

/** Shares of an author's interests in its posts, so that no setting of a scenario lies far from the centres. */
const focusShares = [0, 0.5, 0.7, 0.95] as const;

function drawDirection(i: number, vector: Float64Array): void {
  for (let k = 0; k < topicCount; k++) vector[k] = mix32(i * topicCount + k + 1) | 0;
  scale(vector, 1);
}

function scale(vector: Float64Array, length: number): void {
  let square = 0;
  for (let k = 0; k < topicCount; k++) square += vector[k] * vector[k];
  const factor = square > 0 ? length / Math.sqrt(square) : 0;
  for (let k = 0; k < topicCount; k++) vector[k] *= factor;
}

function flatCentres(components: Int8Array, cellCount: number): Int8Array {
  const stored = { dimensions: topicCount, components, lengthMax: longestOf(components, topicCount) };
  return centresOf(stored, cellCount).centres;
}

/** First some groups, then in each so many as its share of the sample. */
function nestedCentres(components: Int8Array, cellCount: number): Int8Array {
  const groupCount = Math.round(Math.sqrt(cellCount));
  const stored = { dimensions: topicCount, components, lengthMax: longestOf(components, topicCount) };
  const { cellOf } = centresOf(stored, groupCount);
  const members = Array.from({ length: groupCount }, (): number[] => []);
  cellOf.forEach((group, vector) => members[group].push(vector));
  const parts = members.map((group) => {
    const inside = new Int8Array(group.length * topicCount);
    group.forEach((vector, i) => {
      inside.set(components.subarray(vector * topicCount, (vector + 1) * topicCount), i * topicCount);
    });
    // Rounded down, so that all together they stay within what there is room for.
    return flatCentres(inside, Math.min(group.length, Math.floor(group.length / sampleShare)));
  });
  const centres = new Int8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    centres.set(part, at);
    at += part.length;
  }
  return centres;
}

/** The cell of a topic vector of whole numbers; none for one without direction. */
export function cellOfTopic({ searcher, found }: TopicCells, topic: ArrayLike<number>): number {
  const question = { components: topic, from: 0, length: 1, probeCount: groupProbes.post };
  return search(searcher, question, found) === 0 ? noCell : found[0];
}

/** Writes an agent's cells, best first, into `probes` from `at` on; places that are left over hold `noCell`. */
export function writeProbes(
  { searcher, found }: TopicCells,
  interests: ArrayLike<number>,
  from: number,
  probes: Uint16Array,
  at: number,
): void {
  const question = { components: interests, from, length: probesPerAgent, probeCount: groupProbes.agent };
  const count = search(searcher, question, found);
  for (let k = 0; k < probesPerAgent; k++) probes[at + k] = k < count ? found[k] : noCell;
}
