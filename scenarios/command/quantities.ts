/**
 * Single numbers of a recorded world by name: what arms are compared by, and what stands beside a published figure.
 *
 * Reads a world through the measures of `analyze`; each measure of a world is made once. Each quantity says what it is and in which unit. A
 * value that does not exist in a world is null, with the reason where it is known. An interval says over what it runs: it is never
 * one over worlds, since it comes from one.
 */
import { join } from 'node:path';
import { sharingOf } from '../../analysis/measures/from-records.ts';
import { measureCascades } from '../../analysis/estimators/cascade.ts';
import { kolmogorovSmirnov, quantiles } from '../../analysis/estimators/distribution.ts';
import { compareMinutes, comparedMinutes, readMinuteCascade } from '../information-spreading/comparison.ts';
import { fitStatistics, readRealCascades, usersMin } from '../information-spreading/real-cascades.ts';
import { reduceWorld } from '../information-spreading/world.ts';
import { dataFile } from '../load.ts';
import { measuresOf } from './analyze.ts';
import type { CascadeTable } from '../../analysis/estimators/cascade.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { FitStatistic } from '../information-spreading/real-cascades.ts';
import type { WorldResult } from '../information-spreading/world.ts';

/** A number of one world. */
export interface Found {
  readonly value: number | null;
  /** Within the world: of what was sampled, or over its cascades or adoptions. */
  readonly interval?: readonly [number, number] | undefined;
  readonly over?: string;
  /** Why there is no value. */
  readonly why?: string;
}

/** What a number is, and how it is found. */
export interface Quantity {
  readonly definition: string;
  readonly unit: string;
  /** Whether arms are compared by it: cheap, and defined in most runs. */
  readonly isHeadline: boolean;
  readonly find: (world: World) => Found;
}

/** A recorded world, and the measures of it that were asked for. */
export class World {
  readonly records: Records;
  readonly seed: number;
  private readonly layer: string | undefined;
  private readonly isTailTested: boolean;
  private readonly known = new Map<string, unknown>();

  /** `seed`: of what measures sample; `layer`: of measures of ties, by default the one that the records are about; `isTailTested`: bootstrap the cascades’ tail. */
  constructor(records: Records, seed: number, layer?: string, isTailTested = true) {
    this.isTailTested = isTailTested;
    this.records = records;
    this.seed = seed;
    this.layer = layer;
  }

  /** A number inside a measure, by its path: `network.reciprocity`. */
  at(path: string): unknown {
    const [name, ...fields] = path.split('.');
    if (!this.known.has(name)) {
      const more = this.isTailTested ? {} : { tailReplicates: 0 };
      const flags = { seed: this.seed, ...(this.layer === undefined ? {} : { layer: this.layer }), ...more };
      this.known.set(name, measuresOf(this.records, [name], flags)[name]);
    }
    return fields.reduce<unknown>(memberOf, this.known.get(name));
  }

  number(path: string): number | null {
    const value = this.at(path);
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  /** Cascades of at least as many users as the smallest real one has. */
  get largeCascades(): Pick<CascadeTable, 'size' | 'depth' | 'medianHours' | 'lastHours'> {
    const kept = this.known.get('large cascades') as CascadeTable | undefined;
    if (kept !== undefined) return kept;
    const table = measureCascades(sharingOf(this.records).columns);
    const isLarge = (_: number, row: number): boolean => table.size[row] >= usersMin;
    const { size, depth, medianHours, lastHours } = table;
    const large = {
      size: size.filter(isLarge),
      depth: depth.filter(isLarge),
      medianHours: medianHours.filter(isLarge),
      lastHours: lastHours.filter(isLarge),
    };
    this.known.set('large cascades', large);
    return large;
  }

  /** Cascades of the scenario's own posts, as the study of information spreading takes them. */
  get ownCascades(): Pick<WorldResult, 'users' | 'depth'> {
    const kept = this.known.get('own cascades') as WorldResult | undefined;
    if (kept !== undefined) return kept;
    const world = reduceWorld(this.records, { curveMinutes: 0, largest: false });
    this.known.set('own cascades', world);
    return world;
  }

  /** The first cascade of the scenario's own posts, minute by minute. */
  get minuteCurves(): WorldResult['curves'] {
    if (!this.known.has('minute curves')) this.known.set('minute curves', readCurves(this.records));
    return this.known.get('minute curves') as WorldResult['curves'];
  }
}

function readCurves(records: Records): WorldResult['curves'] {
  return reduceWorld(records, { curveMinutes: comparedMinutes, largest: false }).curves;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

interface Wording {
  readonly definition: string;
  readonly unit: string;
}

/** A field of a measure; `intervals`: where the interval of a sampled one stands. */
function field(path: string, wording: Wording, intervalPath?: string, over = 'the sample'): Quantity {
  return {
    ...wording,
    isHeadline: !/^(roles|adoption|centrality|synergy|cooperation\.(kinds|moltDynamics))\./.test(path),
    find: (world) => {
      const value = world.number(path);
      const interval = intervalPath === undefined ? undefined : (world.at(intervalPath) as Found['interval'] | null);
      const why = (world.at(`${path.split('.')[0]}.warnings`) as string[] | undefined)?.join('; ');
      return {
        value,
        ...(interval === undefined || interval === null ? {} : { interval, over }),
        ...(value === null ? { why: why === undefined || why === '' ? 'it does not exist in this world' : why } : {}),
      };
    },
  };
}

function inNetwork(name: string, definition: string, unit = 'ratio'): [string, Quantity] {
  return [`network.${name}`, field(`network.${name}`, { definition, unit }, `network.intervals.${name}`)];
}

function ofLarge(name: 'size' | 'depth' | 'medianHours' | 'lastHours', wording: Wording): Quantity {
  return {
    ...wording,
    isHeadline: false,
    find: (world) => {
      const values = Array.from(world.largeCascades[name]).filter((value) => !Number.isNaN(value));
      if (values.length === 0) return { value: null, why: `no cascade has ${usersMin} users` };
      return { value: quantiles(values, [0.5])[0] };
    },
  };
}

/** How far cascades of 125 users and more lie from the 99 real ones. */
function distanceOf(name: 'size' | 'depth', real: 'users' | 'depth'): Quantity {
  return {
    definition: `Kolmogorov-Smirnov distance of ${name === 'size' ? 'users' : 'greatest depths'} to 99 real cascades, cascades of ${usersMin} users on`,
    unit: 'distance',
    isHeadline: false,
    find: (world) => {
      const values = Array.from(world.largeCascades[name]);
      if (values.length === 0) return { value: 1 };
      const { columns } = readRealCascades(dataFile(join('cascades', 'twitter1516-calibration.csv')));
      return { value: kolmogorovSmirnov(values, columns[real]).statistic };
    },
  };
}

/** What the generated worlds of information-spreading are fitted by, of the scenario's own posts, to twelve hours after each. */
function ofOwn(name: FitStatistic): [string, Quantity] {
  return [
    `ownCascades.${name}`,
    {
      definition: `${fitStatistics[name].definition}; cascades of the scenario’s own posts, of ${usersMin} users on, the first twelve hours`,
      unit: 'as defined',
      isHeadline: false,
      find: (world) => {
        const { users, depth } = world.ownCascades;
        const rows = users.flatMap((one, row) => (one >= usersMin ? [row] : []));
        const value = fitStatistics[name].of({
          users: rows.map((row) => users[row]),
          depth: rows.map((row) => depth[row]),
        });
        return Number.isFinite(value) ? { value } : { value: null, why: 'too few cascades of its own posts' };
      },
    },
  ];
}

/** Minutes of false-business-0 whose curves are quantities: those that its parameters were fitted to. */
const curveMinutes = [3, 6, 9, 12, 15, 18, 21, 24, 27, 30];

function usersAt(minute: number): [string, Quantity] {
  return [
    `minutes.users.${minute}`,
    {
      definition: `distinct users of the first cascade at minute ${minute}`,
      unit: 'users',
      isHeadline: false,
      find: ({ minuteCurves }) =>
        minuteCurves === undefined
          ? { value: null, why: 'the run has no cascade of its own posts' }
          : { value: minuteCurves.scale[minute] },
    },
  ];
}

const minuteError: Quantity = {
  definition:
    'root mean square error of distinct users by minute, 0 to 149, over the largest real value; cascade false-business-0 alone',
  unit: 'share of the greatest value',
  isHeadline: false,
  find: ({ records }) => {
    if (records.manifest.scenario !== 'false-business-0') {
      return { value: null, why: 'only runs of false-business-0.yaml follow a cascade minute by minute' };
    }
    const real = readMinuteCascade(dataFile(join('cascades', 'false-business-0.json')));
    const world = reduceWorld(records, { curveMinutes: comparedMinutes, largest: false });
    return { value: compareMinutes(real, [world]).scale.value };
  },
};

function mean(path: string, wording: Wording): Quantity {
  return {
    ...wording,
    isHeadline: true,
    find: (world) => {
      const list = world.at(path) as number[];
      if (list.length === 0) return { value: null, why: 'there are none' };
      return { value: list.reduce((sum, one) => sum + one, 0) / list.length };
    },
  };
}

const meanDepth: Quantity = {
  definition: 'mean depth of replies, a reply to a post at 1',
  unit: 'steps',
  isHeadline: true,
  find: (world) => {
    const depths = world.at('threads.depths') as number[];
    const all = depths.reduce((sum, count) => sum + count, 0);
    if (all === 0) return { value: null, why: 'there are no replies' };
    return { value: depths.reduce((sum, count, depth) => sum + count * (depth + 1), 0) / all };
  },
};

const flatShare: Quantity = {
  definition: 'share of replies right below a post',
  unit: 'share of replies',
  isHeadline: false,
  find: (world) => {
    const depths = world.at('threads.depths') as number[];
    const all = depths.reduce((sum, count) => sum + count, 0);
    return all === 0 ? { value: null, why: 'there are no replies' } : { value: depths[0] / all };
  },
};

const maxDepth: Quantity = {
  definition: 'greatest depth of a reply, a reply to a post at 1',
  unit: 'steps',
  isHeadline: false,
  find: (world) => ({ value: (world.at('threads.depths') as number[]).length }),
};

const firstReply: Quantity = {
  definition: 'median seconds from a post to its first reply, over posts that have one',
  unit: 'seconds',
  isHeadline: true,
  find: (world) => {
    const [, value] = world.at('threads.firstReplySeconds') as (number | null)[];
    return value === null ? { value, why: 'there are no replies' } : { value };
  },
};

const answeredShare: Quantity = {
  definition: 'share of posts that have a reply',
  unit: 'share of posts',
  isHeadline: true,
  find: (world) => {
    const posts = world.number('threads.posts') ?? 0;
    return posts === 0
      ? { value: null, why: 'there are no posts' }
      : { value: (world.number('threads.postsAnswered') ?? 0) / posts };
  },
};

const model = 'adoption.models.finalCount.terms.0';

/** All quantities by name. */
export const quantities: Readonly<Record<string, Quantity>> = Object.fromEntries([
  inNetwork('density', 'ties over ordered pairs', 'share of pairs'),
  inNetwork('reciprocity', 'share of ties whose reverse exists', 'share of ties'),
  inNetwork('transitivity', '3 triangles / wedges, undirected', 'share of wedges'),
  inNetwork('meanLocalClustering', 'mean over agents with two neighbours, undirected', 'share of pairs'),
  inNetwork('assortativity', 'correlation of degrees at the ends of a tie, undirected', 'correlation'),
  inNetwork('meanPathLength', 'mean distance in the giant component, undirected', 'steps'),
  inNetwork('modularity', 'best partition found, undirected', 'modularity'),
  inNetwork('giantComponentShare', 'share of agents in the largest weak component', 'share of agents'),
  inNetwork('degreeGini', 'Gini coefficient of in-degree plus out-degree', 'Gini'),
  [
    'bow-tie.core',
    field('bow-tie.shares.core', { definition: 'share of agents in the core', unit: 'share of agents' }),
  ],
  ['cascades.meanSize', mean('cascades.sizes', { definition: 'mean users of a cascade', unit: 'users' })],
  ['cascades.meanDepth', mean('cascades.depths', { definition: 'mean depth of a cascade', unit: 'steps' })],
  [
    'cascades.structuralVirality',
    field('cascades.structuralVirality', { definition: 'mean over cascades that were shared', unit: 'steps' }),
  ],
  [
    'cascades.alpha',
    field(
      'cascades.powerLaw.alpha',
      { definition: 'exponent of the sizes’ tail, sizes from xmin on', unit: 'exponent' },
      'cascades.powerLaw.alphaInterval',
      'cascades of one world',
    ),
  ],
  [
    'cascades.reproduction',
    field(
      'cascades.reproduction.overall.value',
      { definition: 'further shares a share has, over all shares', unit: 'shares' },
      'cascades.reproduction.overall.interval',
      'cascades of one world',
    ),
  ],
  [
    'cooperation.successShare',
    field(
      'cooperation.successShare',
      { definition: 'share of events that the world judges which succeeded, all kinds', unit: 'share of events' },
      'cooperation.interval',
      'events of one world',
    ),
  ],
  [
    'cooperation.recipeSuccessShare',
    field(
      'cooperation.moltDynamics.successShare',
      {
        definition: 'share of collaborative threads whose solution scores above 0.5 by the recipe',
        unit: 'share of events',
      },
      'cooperation.moltDynamics.interval',
      'events of one world',
    ),
  ],
  [
    'cooperation.recipeCohenD',
    field(
      'cooperation.moltDynamics.cohenDAgainstHalf.value',
      { definition: 'd of the recipe’s qualities against the constant 0.5', unit: 'Cohen d' },
      'cooperation.moltDynamics.cohenDAgainstHalf.interval',
      'events of one world',
    ),
  ],
  [
    'cooperation.approvalCohenD',
    field(
      'cooperation.kinds.0.cohenD.value',
      {
        definition: 'd of net votes a reply, collaborative threads against matched threads of one agent',
        unit: 'Cohen d',
      },
      'cooperation.kinds.0.cohenD.interval',
      'events of one world',
    ),
  ],
  [
    'cooperation.mutualGainShare',
    field(
      'cooperation.games.mutualGainShare',
      {
        definition: 'share of rounds of games that paid both more than either could make sure of',
        unit: 'share of rounds',
      },
      'cooperation.games.interval',
      'rounds of one world',
    ),
  ],
  [
    'synergy.bits',
    field(
      'synergy.synergyBits',
      { definition: 'bits a held-out call by which the caller tells the callee', unit: 'bits' },
      'synergy.interval',
      'threads of one world',
    ),
  ],
  ['cascades125.size', ofLarge('size', { definition: `median users, cascades of ${usersMin} on`, unit: 'users' })],
  ['cascades125.depth', ofLarge('depth', { definition: 'median of the greatest depth, same cascades', unit: 'steps' })],
  [
    'cascades125.medianHours',
    ofLarge('medianHours', { definition: 'median of the hours to the median share, same cascades', unit: 'hours' }),
  ],
  [
    'cascades125.lastHours',
    ofLarge('lastHours', { definition: 'median of the hours to the last share, same cascades', unit: 'hours' }),
  ],
  ['threads.meanDepth', meanDepth],
  ['threads.answeredShare', answeredShare],
  ['threads.firstReplySeconds', firstReply],
  [
    'threads.unansweredShare',
    field('threads.unansweredShare', { definition: 'share of replies that nobody answered', unit: 'share of replies' }),
  ],
  ['threads.flatShare', flatShare],
  ['threads.maxDepth', maxDepth],
  [
    'threads.activityGini',
    field('threads.activityGini', { definition: 'Gini of posts and replies over those who wrote any', unit: 'Gini' }),
  ],
  [
    'threads.activityAlpha',
    field('threads.activityTail.alpha', { definition: 'exponent of posts and replies by agent', unit: 'exponent' }),
  ],
  [
    'threads.repliesPerPostAlpha',
    field('threads.repliesPerPostTail.alpha', { definition: 'exponent of replies by post', unit: 'exponent' }),
  ],
  [
    'threads.topCommunityShare',
    field('threads.communities.topShare', {
      definition: 'share of posts in the community with the most',
      unit: 'share of posts',
    }),
  ],
  [
    'roles.silhouette',
    field(
      'roles.moltDynamics.silhouette',
      { definition: 'silhouette of the Molt Dynamics recipe, everyone in it', unit: 'silhouette' },
      'roles.moltDynamics.silhouetteInterval',
      'sampled rows of one world',
    ),
  ],
  ['roles.clusters', field('roles.moltDynamics.k', { definition: 'clusters of the same recipe', unit: 'clusters' })],
  [
    'roles.largestClusterShare',
    field('roles.moltDynamics.largestClusterShare', {
      definition: 'share of agents in its largest cluster',
      unit: 'share of agents',
    }),
  ],
  [
    'adoption.finalCountHazardRatio',
    field(
      `${model}.hazardRatio`,
      { definition: 'Cox, exposure as a final count: hazard ratio per exposure', unit: 'hazard ratio' },
      `${model}.interval`,
      'agents and contents of one world',
    ),
  ],
  ['cascades125.sizeDistance', distanceOf('size', 'users')],
  ['cascades125.depthDistance', distanceOf('depth', 'depth')],
  ...(Object.keys(fitStatistics) as FitStatistic[]).map(ofOwn),
  ['minutes.scaleError', minuteError],
  ...curveMinutes.map(usersAt),
]);
