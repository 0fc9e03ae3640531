/**
 * Conformity over time, by arm: how often new posts and reposts take the side that most before them took.
 *
 * Reads boards of posts: each topic has two sides. Of a post, reply, quote or repost on a topic it asks whether it stands on the side on
 * which, up to the tick before, most rows of that topic stood; rows of topics that were even are left out. The baseline has the
 * same sides in random order within each topic (one seeded shuffle a world): a side that is simply more common leads there too,
 * so what counts is the distance between the two.
 * Invariant: a world whose sides come in random order lies on its baseline.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { lineFigure } from '../line-figure.ts';
import { armSeries, armWords, type ArmValues } from './arm-series.ts';
import type { FigureKind } from './source.ts';

const [binMax, topicCount, streamKey] = [12, 8, 93];

export const conformity: FigureKind = {
  name: 'conformity',
  shows: 'how often acts take the majority’s side, by arm, beside their random order',
  lacks(source) {
    if (source.isDataSet) return 'posts of a data set have no sides';
    const sides = new Set(source.sharing.posts.topic);
    const isOneSided = [...sides].every((side) => !sides.has(side ^ 1));
    return isOneSided ? 'no topic has posts on both of its sides' : undefined;
  },
  draw(source) {
    const arms = source.arms;
    const hours = Math.min(...arms.flatMap(({ worlds }) => worlds.map(hoursOf)));
    const binCount = Math.min(binMax, Math.max(...arms.flatMap(({ worlds }) => worlds.map(({ head }) => head.ticks))));
    const places = Array.from({ length: binCount }, (_, bin) => ((bin + 0.5) * hours) / binCount);
    const measured = arms.map(({ name, worlds }) => ({
      name,
      worlds: worlds.map((records) => conformityOf(records, source.seed, hours, binCount)),
    }));
    const observed = measured.map(({ name, worlds }): ArmValues => ({
      name,
      kind: 'simulated',
      worlds: worlds.map((one) => one.observed),
    }));
    const chance = measured.map(({ name, worlds }): ArmValues => ({
      name: `${name}, shuffled`,
      kind: 'baseline',
      worlds: worlds.map((one) => one.shuffled),
    }));
    return lineFigure({
      title: 'Conformity: acts on the side of the majority so far',
      source: source.armLine,
      x: { label: 'simulated time', unit: 'hours', from: 0 },
      y: { label: 'on the majority’s side', unit: 'share of acts' },
      // Bands of the baselines would lie on those of the arms: their means are enough to see the distance.
      series: [
        ...armSeries(observed, places),
        ...armSeries(chance, places).map(({ name, kind, points }) => ({ name, kind, points })),
      ],
      ...armWords(observed),
    });
  },
  caption: (source) =>
    `Of posts, replies, quotes and reposts on a topic, the share that takes the side that had most rows by then; dashed: the same sides in random order. ${source.arms.length} ${source.arms.length === 1 ? 'arm' : 'arms'}.`,
};

function hoursOf({ head, manifest }: Records): number {
  return (head.ticks * manifest.tickSeconds) / 3600;
}

interface Conformity {
  readonly observed: Float64Array;
  readonly shuffled: Float64Array;
}

function conformityOf(records: Records, seed: number, hours: number, binCount: number): Conformity {
  const posts = readPosts(records);
  const hoursPerTick = records.manifest.tickSeconds / 3600;
  const bins = Int32Array.from(posts.tick, (tick) => Math.floor((tick * hoursPerTick * binCount) / hours));
  const stream = randomStream(seed, streamPurposes.permutation, streamKey);
  const dealt = Uint8Array.from(posts.topic);
  for (let topic = 0; topic < topicCount; topic++) {
    const rows = Array.from(dealt.keys()).filter((row) => posts.topic[row] >>> 1 === topic);
    const sides = Int32Array.from(rows, (row) => posts.topic[row]);
    shuffle(sides, stream);
    rows.forEach((row, k) => (dealt[row] = sides[k]));
  }
  return {
    observed: majorityShares(posts.topic, posts.tick, bins, binCount),
    shuffled: majorityShares(dealt, posts.tick, bins, binCount),
  };
}

/** By bin: of the rows whose topic had a majority before their tick, the share that stands on its side. */
export function majorityShares(
  board: ArrayLike<number>,
  tick: ArrayLike<number>,
  bins: ArrayLike<number>,
  binCount: number,
): Float64Array {
  const [counts, waiting] = [new Float64Array(2 * topicCount), new Float64Array(2 * topicCount)];
  const [hits, rows] = [new Float64Array(binCount), new Float64Array(binCount)];
  for (let row = 0; row < board.length; row++) {
    if (row > 0 && tick[row] !== tick[row - 1]) {
      for (let k = 0; k < counts.length; k++) counts[k] += waiting[k];
      waiting.fill(0);
    }
    const own = counts[board[row]];
    const other = counts[board[row] ^ 1];
    waiting[board[row]] += 1;
    if (own === other || bins[row] >= binCount) continue;
    rows[bins[row]] += 1;
    if (own > other) hits[bins[row]] += 1;
  }
  return hits.map((hit, bin) => hit / rows[bin]);
}
