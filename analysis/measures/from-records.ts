/**
 * Columns for measures out of a recorded population: the edges of a layer, and the sharing trees.
 *
 * Reads records through their reader. Layers: `follow` (who follows whom at the end), `reply` (commenter -> author of the parent),
 * `repost` (spreader -> author of the row that was reposted or quoted); `coaction` is found by the measure of collusion. Self-edges stay in: the measure counts what it drops.
 */
import { postKinds } from '../../sim/world/posts.ts';
import { drawWord, laneA, laneB, purposes, seedWords, tickSeedA, tickSeedB, unitOf } from '../../sim/ground/random.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { readFollows, readPosts } from '../../sim/record/post-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { SharingColumns } from '../estimators/cascade.ts';
import type { EdgeColumns } from './network-layer.ts';

/** Layers that a recorded population has. */
export const layerNames = ['follow', 'reply', 'repost', 'coaction'] as const;
export type LayerName = (typeof layerNames)[number];
/** Layers that stand in the record as they are; `coaction` is found by a measure. */
export type RecordedLayer = Exclude<LayerName, 'coaction'>;

/** The layer that a recorded population is about: that of its data set; a run is about who follows whom. */
export function mainLayer(records: Records): RecordedLayer {
  return dataSetOf(records.manifest)?.layer ?? 'follow';
}

/** The edges of a layer, one a tie or an act. */
export function edgesOf(records: Records, layer: RecordedLayer): EdgeColumns {
  const nodeCount = records.population.count;
  if (layer === 'follow') {
    const { source, target } = readFollows(records);
    return { nodeCount, sources: source, targets: target };
  }
  const posts = readPosts(records);
  const wanted: readonly number[] = layer === 'reply' ? [postKinds.reply] : [postKinds.repost, postKinds.quote];
  const rows = Array.from(posts.kind.keys()).filter(
    (row) => wanted.includes(posts.kind[row]) && posts.parent[row] >= 0,
  );
  return {
    nodeCount,
    sources: Int32Array.from(rows, (row) => posts.author[row]),
    targets: Int32Array.from(rows, (row) => posts.author[posts.parent[row]]),
  };
}

/** Posts, reposts and quotes as sharing trees; replies are left out, what was spread from a reply starts a tree of its own. */
export interface Sharing {
  readonly columns: SharingColumns;
  /** Row of the post behind each row of the columns. */
  readonly post: Int32Array;
  readonly posts: PostColumns;
}

/**
 * The sharing trees of a recorded population. Times are hours since tick 0. Within its tick an act of a run has a time drawn by key, so
 * that ten acts of one tick do not stand at one moment; an act of a data set has its own. `endHours`: acts later than this are left out (censored).
 */
export function sharingOf(records: Records, endHours = Infinity): Sharing {
  const posts = readPosts(records);
  const place = new Int32Array(posts.count).fill(-1);
  const kept: number[] = [];
  const hoursPerTick = records.manifest.tickSeconds / 3600;
  for (let row = 0; row < posts.count; row++) {
    if (posts.kind[row] === postKinds.reply || (posts.tick[row] + 1) * hoursPerTick > endHours) continue;
    place[row] = kept.length;
    kept.push(row);
  }
  const time = actTimes(records, posts);
  return {
    columns: {
      parent: Int32Array.from(kept, (row) => (posts.parent[row] < 0 ? -1 : place[posts.parent[row]])),
      author: Int32Array.from(kept, (row) => posts.author[row]),
      timeHours: Float64Array.from(kept, (row) => time(row)),
    },
    post: Int32Array.from(kept),
    posts,
  };
}

/** Hours of an act: its tick, and a place within the tick: the one observed, or one drawn by (seed, author, tick, sequence). */
export function actTimes(records: Records, posts: PostColumns): (row: number) => number {
  const hours = momentsOf(records);
  return (row) =>
    hours({
      ...{ tick: posts.tick[row], actor: posts.author[row], sequence: posts.sequence[row], amount: posts.amount[row] },
      isPost: posts.parent[row] < 0,
    });
}

/** An act as the log has it; `isPost`: it answers nothing, and so stands at the start of its tick in a run. */
export interface ActPlace {
  readonly tick: number;
  readonly actor: number;
  readonly sequence: number;
  readonly amount: number;
  readonly isPost: boolean;
}

/** Hours since tick 0 of an act of the log. */
export function momentsOf(records: Records): (act: ActPlace) => number {
  const { lo, hi } = seedWords(records.manifest.seed);
  const { keyLo, keyHi } = records.population;
  const hoursPerTick = records.manifest.tickSeconds / 3600;
  if (dataSetOf(records.manifest) !== undefined) {
    return ({ tick, amount }) => tick * hoursPerTick + amount / 3_600_000;
  }
  return ({ tick, actor, sequence, isPost }) => {
    if (isPost) return tick * hoursPerTick;
    const a = laneA(tickSeedA(lo, hi, tick), keyLo[actor]);
    const b = laneB(tickSeedB(lo, hi, tick), keyHi[actor]);
    return (tick + unitOf(drawWord(a, b, purposes.eventTime, sequence))) * hoursPerTick;
  };
}
