/**
 * What feeds were made of: why each item was shown, over time.
 *
 * Reads the exposures that were recorded, those of agents drawn by key: all of theirs, so shares are those of the agents' feeds.
 */
import { sources } from '../../sim/exchange/tables.ts';
import { stackFigure } from '../stack-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const binMax = 48;

const reasonWords: Readonly<Record<keyof typeof sources, string>> = {
  ...{
    followee: 'from a followee',
    popular: 'popular',
    interest: 'fits interests',
    own: 'by own code',
    random: 'at random',
  },
  ...{ friends: 'friends of friends', engaged: 'like what was engaged', community: 'from a community' },
};

export const feedComposition: FigureKind = {
  name: 'feed',
  shows: 'why items were shown in feeds, over time',
  lacks(source) {
    if (source.isDataSet) return 'a data set says nothing of what was shown';
    if (source.records.manifest.exposureSampleShare === 0)
      return 'no exposures were kept: run it with --set exposureSampleShare=0.1';
    return countsOf(source).total === 0 ? 'the agents whose exposures are kept were shown nothing' : undefined;
  },
  draw(source) {
    const { edges, counts } = countsOf(source);
    return stackFigure({
      title: 'What feeds were made of',
      source: source.line,
      x: { label: 'simulated time', unit: 'hours' },
      y: { label: 'items shown', unit: 'share' },
      edges,
      parts: Object.entries(sources).map(([name, number]) => ({
        name: reasonWords[name as keyof typeof sources],
        counts: counts.map((row) => row[number] ?? 0),
      })),
    });
  },
  caption({ records: { manifest } }) {
    return `Items shown to the agents whose exposures are kept (${(100 * manifest.exposureSampleShare).toFixed(0)} %), by the reason for which the feed took them.`;
  },
};

function countsOf(source: FigureSource) {
  return source.once('feed', () => {
    const { head } = source.records;
    const ticksPerBin = Math.max(1, Math.ceil(head.ticks / binMax));
    const binCount = Math.ceil(head.ticks / ticksPerBin);
    const counts = Array.from({ length: binCount }, () => new Float64Array(16));
    let total = 0;
    for (const { tick, seen } of source.records.ticks()) {
      for (const reason of seen.source) counts[Math.floor(tick / ticksPerBin)][reason] += 1;
      total += seen.source.length;
    }
    const edges = Array.from(
      { length: binCount + 1 },
      (_, bin) => Math.min(head.ticks, bin * ticksPerBin) * source.hoursPerTick,
    );
    return { edges, counts, total };
  });
}
