/**
 * The `opinions` measure: whether agents are tied to those who think as they do, at the start and at the end.
 *
 * Reads who followed whom at tick 0 (genesis) and follows whom at the end (the log), and one attribute of agents; gives the object of
 * `analyze SOURCE opinions --json`. An attribute of numbers is an opinion on a scale, one of words a camp. What changes is who is tied to
 * whom and, where agents lean, what they hold: the end is of both.
 * Order: agents as in the population. Invariant: a run in which no tie changes and nobody leans has a change of 0.
 * The interval is over agents of one network; between feeds the unit is the world (`scenarios/feed-and-opinion`).
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import {
  externalInternalIndex,
  groupAssortativity,
  permuteAssortativity,
  scalarAssortativity,
  scalarAssortativityInterval,
} from '../estimators/assortativity.ts';
import { edgesOf } from './from-records.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { followOpinions, opinionName } from './opinion-course.ts';
import { LayerGraph } from './network-layer.ts';
import type { Graph } from '../estimators/graph.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Measured } from './measured.ts';
import type { OpinionCourse } from './opinion-course.ts';

/** How to measure. */
export interface OpinionOptions {
  readonly seed: number;
  /** The attribute; `opinion` where it is left out. */
  readonly attribute?: string;
  /** Permutations of the null model, 199 where it is left out; fewer on large graphs, 0 for no test. */
  readonly permutationCount?: number;
}

/** The object under `measures.opinions`. */
export interface OpinionMeasure extends Measured {
  readonly attribute: string;
  /** `scale` where values are numbers, `groups` where they are words. */
  readonly kind: 'scale' | 'groups';
  readonly layer: 'follow';
  readonly edges: number;
  readonly edgesAtStart: number;
  /** Assortativity at the end. */
  readonly opinionAssortativity: number | null;
  readonly opinionAssortativityAtStart: number | null;
  /** End less start. */
  readonly opinionAssortativityChange: number | null;
  /** (external - internal) / all ties at the end; null on a scale, which has no camps. */
  readonly externalInternalIndex: number | null;
  /** Mean and standard deviation of the coefficient under the null model; null for groups. */
  readonly nullMean: number | null;
  readonly nullSd: number | null;
}

const permutationKey = 61;
/** Reads of an edge by all permutations together: some three seconds. */
const permutedEdgesMax = 300_000_000;

const definition =
  'n: agents. On a scale: Pearson correlation of the follower’s with the followee’s opinion over directed follows (Newman 2003, eq. 21); in ' +
  'groups: his coefficient of the mixing matrix (eq. 2). Start: ties before tick 0; end: ties after the last tick; change: end less start. ' +
  'Where agents lean, the end is of what they hold then. Self-ties and repeated ties are left out';

/** Measures a recorded population. Throws an InputError if it has no such attribute. */
export function measureOpinions(records: Records, options: OpinionOptions): OpinionMeasure {
  const course = followOpinions(records, options.attribute ?? opinionName);
  const { population } = records;
  const end = LayerGraph.of(edgesOf(records, 'follow')).graph;
  const start: Graph = {
    nodeCount: population.count,
    offsets: population.followOffset,
    targets: population.followee,
  };
  const isScale = course.labels === undefined;
  const part = isScale ? onScale(end, start, course, options) : inGroups(end, start, course);
  const { at, before, ...rest } = part;
  return {
    ...{ attribute: course.name, kind: isScale ? 'scale' : 'groups', layer: 'follow' },
    ...{ edges: end.targets.length, edgesAtStart: start.targets.length },
    opinionAssortativity: finiteOrNull(at),
    opinionAssortativityAtStart: finiteOrNull(before),
    opinionAssortativityChange: finiteOrNull(at - before),
    ...rest,
    definition,
    n: population.count,
    warnings: Number.isFinite(at) ? [] : ['the coefficient does not exist: no tie, or ends that do not vary'],
  };
}

type Part = Pick<OpinionMeasure, 'externalInternalIndex' | 'nullMean' | 'nullSd' | 'method' | 'interval' | 'pValue'> & {
  readonly at: number;
  readonly before: number;
  readonly nullModel?: string;
};

function onScale(
  end: Graph,
  start: Graph,
  { start: first, end: value }: OpinionCourse,
  { seed, permutationCount = 199 }: OpinionOptions,
): Part {
  const { value: at, interval } = scalarAssortativityInterval(end, value);
  const shown = finiteInterval(interval);
  const affordable = Math.floor(permutedEdgesMax / Math.max(1, end.targets.length));
  const count = permutationCount === 0 ? 0 : Math.max(19, Math.min(permutationCount, affordable));
  const stream = randomStream(seed, streamPurposes.permutation, permutationKey);
  const test = count > 0 && Number.isFinite(at) ? permuteAssortativity(end, value, count, stream) : undefined;
  return {
    ...{ at, before: scalarAssortativity(start, first), externalInternalIndex: null },
    ...(shown === undefined ? {} : { interval: shown }),
    nullMean: test?.nullMean ?? null,
    nullSd: test?.nullSd ?? null,
    ...(test === undefined
      ? {}
      : { pValue: test.pValue, nullModel: 'opinions dealt out anew to the agents: keeps the ties and the opinions' }),
    method:
      'exact; 95 % interval of the end by a jackknife over agents' +
      (count === 0 ? '' : `; ${count} permutations, seed ${seed}`),
  };
}

function inGroups(end: Graph, start: Graph, { start: first, end: value, labels = [] }: OpinionCourse): Part {
  return {
    at: groupAssortativity(end, value, labels.length),
    before: groupAssortativity(start, first, labels.length),
    externalInternalIndex: finiteOrNull(externalInternalIndex(end, value)),
    ...{ nullMean: null, nullSd: null, method: 'exact' },
  };
}
