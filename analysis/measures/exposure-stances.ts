/**
 * Whom agents are shown: the entropy of the stances of the sources in the feeds of agents whose exposures are on record.
 *
 * Called tick by tick with what was held when feeds were made, so that a source counts with its stance at that time. Beside it runs the null: in each tick what was shown
 * is dealt out anew among those exposures, which keeps the tick's mix and how much each agent saw, and breaks who saw what.
 * Reads the log's sample of exposures, of at most `agentsMax` agents taken by key. Order: ticks ascending. Invariant: one's own posts are no source.
 * Source: statement 4.4 of the list of risks (exposure diversity); the estimator is `exposureDiversity`.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { exposureDiversity } from '../estimators/mixing.ts';
import { meanInterval } from '../estimators/interval.ts';
import { finiteOrNull } from './measured.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { OpinionCourse, TickRecord } from './opinion-course.ts';

/** Echo chambers, as far as feeds make them. */
export interface ExposureStances {
  /** Agents with at least `leastHeard` exposures. */
  readonly agents: number;
  readonly exposures: number;
  readonly stances: number;
  /** Mean share of the greatest entropy: 0 in an echo chamber. */
  readonly diversity: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly nullDiversity: number | null;
  /** One-sided: how often the null is as little diverse. */
  readonly pValue: number;
}

/** Exposures as they come. */
export interface Hearing {
  readonly take: (record: TickRecord, held: Int32Array) => void;
  /** (reader, held by the source) of all exposures, and for the null the same in other orders. */
  readonly reader: number[];
  readonly heard: number[];
  readonly dealt: number[][];
}

const agentsMax = 2000;
const exposuresMax = 4_000_000;
const dealtCount = 19;
const leastHeard = 10;
const stanceBins = 5;
const dealtKey = 77;

/** Where exposures go; undefined where none are on record. */
export function createHearing(records: Records, seed: number): Hearing | undefined {
  const share = records.manifest.exposureSampleShare;
  if (share === 0) return undefined;
  const { author } = readPosts(records);
  const { keyLo, count } = records.population;
  // Those with the least keys: keys are hashes.
  const keyBelow = Math.min(1, agentsMax / (share * count)) * 0x1_0000_0000;
  const stream = randomStream(seed, streamPurposes.permutation, dealtKey);
  const hearing: Hearing = {
    reader: [],
    heard: [],
    dealt: Array.from({ length: dealtCount }, () => []),
    take({ seen }, held) {
      const some: number[] = [];
      for (let i = 0; i < seen.agent.length; i++) {
        const agent = seen.agent[i];
        const source = author[seen.origin[i] - 1];
        if (keyLo[agent] >>> 0 >= keyBelow || source === agent || source === undefined) continue;
        if (hearing.reader.length >= exposuresMax) break;
        hearing.reader.push(agent);
        some.push(held[source]);
      }
      for (const one of some) hearing.heard.push(one);
      for (const dealt of hearing.dealt) {
        shuffle(some, stream);
        for (const one of some) dealt.push(one);
      }
    },
  };
  return hearing;
}

/** What they come to, on a scale or in groups. */
export function describeHearing(
  hearing: Hearing | undefined,
  { labels }: OpinionCourse,
  scale: readonly [number, number] | null,
): ExposureStances | null {
  if (hearing === undefined || hearing.reader.length === 0) return null;
  const stances = scale === null ? Math.max(2, labels?.length ?? 2) : stanceBins;
  const stanceOf = (one: number): number =>
    scale === null
      ? one
      : Math.min(stanceBins - 1, Math.max(0, Math.floor(((one - scale[0]) / (scale[1] - scale[0])) * stanceBins)));
  const place = new Map<number, number>();
  for (const agent of hearing.reader) if (!place.has(agent)) place.set(agent, place.size);
  const diversityOf = (heard: readonly number[]): number[] => {
    const counts = new Float64Array(place.size * stances);
    hearing.reader.forEach((agent, i) => counts[(place.get(agent) ?? 0) * stances + stanceOf(heard[i])]++);
    return Array.from(exposureDiversity(counts, stances, leastHeard)).filter((one) => !Number.isNaN(one));
  };
  const found = diversityOf(hearing.heard);
  const { value, interval, n } = meanInterval(found);
  const nulls = hearing.dealt.map((heard) => meanInterval(diversityOf(heard)).value);
  return {
    ...{ agents: n, exposures: hearing.reader.length, stances, diversity: finiteOrNull(value) },
    ...{ low: finiteOrNull(interval[0]), high: finiteOrNull(interval[1]) },
    nullDiversity: finiteOrNull(nulls.reduce((sum, one) => sum + one, 0) / nulls.length),
    pValue: (1 + nulls.filter((one) => one <= value).length) / (1 + nulls.length),
  };
}
