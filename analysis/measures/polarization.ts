/**
 * The `polarization` measure: how far opinions stand apart, at the start and at the end, who is beside whom, and whom agents are shown.
 *
 * Reads one attribute of agents with what they leant to, a layer's graph, and the exposures of the agents whose exposures are on record. On a scale: spread, Esteban and
 * Ray, bimodality, agreement, dip. Camps (words, or sides of the scale's middle): E-I, segregation, controversy by random walks.
 * Order: agents as in the population. Invariant: a function of records, layer and seed. Intervals are over agents of one world; between worlds the
 * unit is the world (`scenarios/group-polarization`).
 * Sources: of each index in its estimator; statement 4.4 of the list of risks.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { externalInternalIndex } from '../estimators/assortativity.ts';
import { endsOf, exactControversy, sampledControversy } from '../estimators/controversy.ts';
import { dipTest } from '../estimators/dip.ts';
import { groupJackknife } from '../estimators/group-jackknife.ts';
import { freemanSegregation, neighbourCorrelation } from '../estimators/mixing.ts';
import {
  bimodalityCoefficient,
  estebanRay,
  groupsOnScale,
  spreadOf,
  vanDerEijkAgreement,
} from '../estimators/polarization.ts';
import { sampleRows } from '../estimators/points.ts';
import { createHearing, describeHearing } from './exposure-stances.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { followOpinions } from './opinion-course.ts';
import type { Graph } from '../estimators/graph.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { ExposureStances } from './exposure-stances.ts';
import type { LayerGraph } from './network-layer.ts';
import type { Measured } from './measured.ts';
import type { OpinionCourse } from './opinion-course.ts';

/** How to measure. */
export interface PolarizationOptions {
  readonly seed: number;
  /** The attribute; `opinion` where it is left out. */
  readonly attribute?: string;
}

/** One index of opinions on a scale. */
export interface IndexRow {
  readonly index: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly change: number | null;
  /** Ends of the 95 % interval of the end, over agents. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Random-walk controversy of two sides. */
export interface ControversyPart {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly isExact: boolean;
  readonly walks: number;
  readonly endsASide: number;
  readonly lost: number;
}

/** The object under `measures.polarization`. */
export interface PolarizationMeasure extends Measured {
  readonly attribute: string;
  readonly kind: 'scale' | 'groups';
  readonly scale: readonly [number, number] | null;
  readonly leanings: number;
  readonly indices: readonly IndexRow[];
  readonly dip: { readonly dip: number | null; readonly pValue: number; readonly agents: number } | null;
  readonly camps: readonly { readonly camp: string; readonly agents: number }[];
  readonly edges: number;
  readonly externalInternalIndex: number | null;
  readonly segregation: number | null;
  readonly neighbourCorrelation: {
    readonly value: number | null;
    readonly nullMean: number;
    readonly pValue: number;
  } | null;
  readonly controversy: ControversyPart | null;
  readonly exposure: ExposureStances | null;
}

const keys = { jackknife: 71, dip: 72, walks: 73, ends: 74, dealt: 75, sample: 76 } as const;
const groupCount = 10;
const categoryCount = 7;
const dipAgentsMax = 500;
const dipDraws = 199;
/** Reads of an edge by all permutations together. */
const permutedEdgesMax = 200_000_000;
/** Unknowns of an exact system: some hundredth of a second. */
const exactNodesMax = 400;
const walkCount = 2000;
const endShare = 0.01;

const definition =
  `n: agents. Indices on the scale, at the start and at the end: variance and mean pairwise difference in units of the attribute; Esteban and Ray’s, K 1, alpha 1, over ${groupCount} groups ` +
  'of equal width on [0, 1], at most 0.25; Sarle’s bimodality coefficient, 5/9 for a uniform; van der Eijk’s agreement over ' +
  `${categoryCount} categories, from 1 (one) to -1 (both ends). Interval: that of Esteban and Ray’s. Camps: words, or sides of the scale’s middle. ` +
  'E-I: (external - internal) / all edges between camps; segregation: Freeman’s, not cut off at 0; controversy: P_XX P_YY - P_XY P_YX of walks between the two largest camps (Garimella 2018); ' +
  'neighbour correlation: of a value with the mean of those that one is tied to';

/** Measures a recorded population on a layer. Throws an InputError if agents have no such attribute. */
export function measurePolarization(
  records: Records,
  layer: LayerGraph,
  options: PolarizationOptions,
): PolarizationMeasure {
  const { seed } = options;
  const hearing = createHearing(records, seed);
  const course = followOpinions(records, options.attribute, hearing?.take);
  const scale = course.labels === undefined ? scaleOf(course) : null;
  const value = atNodes(course.end, layer);
  const camps = campsOf(course, scale);
  const graph = layer.graph;
  const campAt = atNodes(camps.of, layer);
  const indices = scale === null ? [] : indexRows(course, scale, seed);
  const main = indices.find(({ index }) => index === 'estebanRay');
  const interval = main === undefined ? undefined : finiteInterval([main.low ?? NaN, main.high ?? NaN]);
  const exposure = describeHearing(hearing, course, scale);
  return {
    ...{ attribute: course.name, kind: scale === null ? 'groups' : 'scale', scale, leanings: course.leaningCount },
    indices,
    dip: scale === null ? null : dipPart(course.end, seed),
    camps: camps.names.map((camp, k) => ({ camp, agents: camps.of.filter((one) => one === k).length })),
    edges: graph.targets.length,
    externalInternalIndex: finiteOrNull(externalInternalIndex(graph, campAt)),
    segregation: finiteOrNull(freemanSegregation(graph, campAt, camps.names.length)),
    neighbourCorrelation: scale === null ? null : correlationPart(graph, value, seed),
    controversy: controversyPart(layer.symmetric, campAt, seed),
    exposure,
    method:
      `intervals over agents by a jackknife over 30 groups of them; dip against the uniform on the same grid, ${dipDraws} draws, of at most ${dipAgentsMax} agents drawn; ` +
      `controversy exactly up to ${exactNodesMax} agents, else ${walkCount} walks a side; seed ${seed}`,
    definition,
    n: course.end.length,
    ...(interval === undefined ? {} : { interval }),
    nullModel:
      'of the dip: one mode, evenly spread; of the neighbour correlation: opinions dealt out anew to the agents; of exposures: what is shown in a tick dealt out anew',
    warnings: warningsOf(course, camps.names.length, exposure),
  };
}

function warningsOf(course: OpinionCourse, campCount: number, exposure: ExposureStances | null): string[] {
  return [
    ...(course.leaningCount === 0 ? ['nobody leant in this run: opinions at the end are those at the start'] : []),
    ...(campCount < 2 ? ['there are no two camps: their indices do not exist'] : []),
    ...(exposure === null ? ['no exposures are on record: set exposureSampleShare above 0'] : []),
    'intervals are over agents of one world; compare worlds with several seeds',
  ];
}

/** The scale: what the scenario says, or from the least to the greatest value. */
function scaleOf({ range, start, end }: OpinionCourse): readonly [number, number] {
  if (range !== undefined) return range;
  let [least, most] = [Infinity, -Infinity];
  for (const column of [start, end])
    for (const one of column) {
      least = Math.min(least, one);
      most = Math.max(most, one);
    }
  return least < most ? [least, most] : [least, least + 1];
}

type Index = readonly [string, (values: ArrayLike<number>) => number];

function indicesOn([least, most]: readonly [number, number]): readonly Index[] {
  return [
    ['variance', (values) => spreadOf(values).variance],
    ['range', (values) => spreadOf(values).range],
    ['meanPairwiseDifference', (values) => spreadOf(values).meanPairwiseDifference],
    ['estebanRay', (values) => estebanRayOf(values, least, most)],
    ['bimodality', bimodalityCoefficient],
    ['agreement', (values) => vanDerEijkAgreement(groupsOnScale(values, least, most, categoryCount).shares)],
  ];
}

/** Esteban and Ray’s index on a scale, as this measure takes it. */
export function estebanRayOf(values: ArrayLike<number>, least: number, most: number): number {
  return estebanRay(groupsOnScale(values, least, most, groupCount));
}

function indexRows({ start, end }: OpinionCourse, scale: readonly [number, number], seed: number): IndexRow[] {
  return indicesOn(scale).map(([index, of]) => {
    const before = of(start);
    const stream = randomStream(seed, streamPurposes.sample, keys.jackknife);
    // A range without some agents is never greater: its jackknife says nothing.
    const found = index === 'range' ? { value: of(end), interval: [NaN, NaN] } : groupJackknife(end, of, stream);
    return {
      index,
      ...{ start: finiteOrNull(before), end: finiteOrNull(found.value), change: finiteOrNull(found.value - before) },
      ...{ low: finiteOrNull(found.interval[0]), high: finiteOrNull(found.interval[1]) },
    };
  });
}

function dipPart(values: Int32Array, seed: number): PolarizationMeasure['dip'] {
  const rows = sampleRows(
    values.length,
    Math.min(values.length, dipAgentsMax),
    randomStream(seed, streamPurposes.sample, keys.sample),
  );
  const some = Float64Array.from(rows, (row) => values[row]);
  const least = some.reduce((low, one) => Math.min(low, one), Infinity);
  const most = some.reduce((high, one) => Math.max(high, one), -Infinity);
  const grid = { least, step: 1, placeCount: most - least + 1 };
  const test = dipTest(some, randomStream(seed, streamPurposes.permutation, keys.dip), dipDraws, grid);
  return { dip: finiteOrNull(test.dip), pValue: test.pValue, agents: test.n };
}

/** Camps: words by their number, or 0 below and 1 above the middle of the scale; -1 on it. */
function campsOf({ end, labels }: OpinionCourse, scale: readonly [number, number] | null) {
  if (scale === null) return { names: labels ?? [], of: end };
  const middle = (scale[0] + scale[1]) / 2;
  return {
    names: [`below ${middle}`, `above ${middle}`],
    of: end.map((one) => (one < middle ? 0 : one > middle ? 1 : -1)),
  };
}

function atNodes(column: Int32Array, { graph, agentOf }: LayerGraph): Int32Array {
  return Int32Array.from({ length: graph.nodeCount }, (_, node) => column[agentOf(node)]);
}

function correlationPart(graph: Graph, value: Int32Array, seed: number): PolarizationMeasure['neighbourCorrelation'] {
  const found = neighbourCorrelation(graph, value);
  const affordable = Math.floor(permutedEdgesMax / Math.max(1, graph.targets.length));
  const count = Math.max(19, Math.min(199, affordable));
  const stream = randomStream(seed, streamPurposes.permutation, keys.dealt);
  const dealt = value.slice();
  const drawn = Array.from({ length: count }, () => {
    shuffle(dealt, stream);
    return neighbourCorrelation(graph, dealt);
  });
  const nullMean = drawn.reduce((sum, one) => sum + one, 0) / count;
  const asFar = drawn.filter((one) => Math.abs(one - nullMean) >= Math.abs(found - nullMean)).length;
  return Number.isNaN(found) ? null : { value: found, nullMean, pValue: (1 + asFar) / (1 + count) };
}

/** Between the two largest camps; null where a camp has no agent with a tie. */
function controversyPart(graph: Graph, camp: Int32Array, seed: number): ControversyPart | null {
  const sizes = new Map<number, number>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (camp[node] >= 0 && graph.offsets[node + 1] > graph.offsets[node])
      sizes.set(camp[node], (sizes.get(camp[node]) ?? 0) + 1);
  }
  const [first, second] = [...sizes].sort((x, y) => y[1] - x[1] || x[0] - y[0]);
  if (second === undefined) return null;
  const side = camp.map((one) => (one === first[0] ? 0 : one === second[0] ? 1 : -1));
  const endCount = Math.max(1, Math.ceil(endShare * second[1]));
  const lots = randomStream(seed, streamPurposes.sample, keys.ends);
  const ends: [number[], number[]] = [endsOf(graph, side, 0, endCount, lots), endsOf(graph, side, 1, endCount, lots)];
  const found =
    graph.nodeCount <= exactNodesMax
      ? exactControversy(graph, side, ends)
      : sampledControversy(graph, side, ends, { walkCount }, randomStream(seed, streamPurposes.sample, keys.walks));
  return {
    ...{ value: finiteOrNull(found.value), low: found.interval?.[0] ?? null, high: found.interval?.[1] ?? null },
    ...{ isExact: found.isExact, walks: found.n, endsASide: found.endCount, lost: found.lost },
  };
}
