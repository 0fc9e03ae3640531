/**
 * What happened tick by tick: agents awake, and acts.
 */
import { lineFigure } from '../line-figure.ts';

import type { FigureKind, FigureSource } from './source.ts';

const x = { label: 'simulated time', unit: 'hours' };

function totalsOf(source: FigureSource) {
  return source.once('totals', () =>
    Array.from(source.records.ticks(), ({ tick, intentCount, totals }) => ({ ...totals, tick, intentCount })),
  );
}

type Total = ReturnType<typeof totalsOf>[number];

function pointsOf(source: FigureSource, pick: (one: Total) => number): [number, number][] {
  return totalsOf(source).map((one) => [one.tick * source.hoursPerTick, pick(one)]);
}

function lacksTicks({ records }: FigureSource): string | undefined {
  return records.head.ticks === 0 ? 'no tick is recorded yet' : undefined;
}

export const awakeByTick: FigureKind = {
  name: 'awake-by-tick',
  shows: 'agents awake in each tick',
  lacks: (source) => (source.isDataSet ? 'a data set says nothing of who was awake' : lacksTicks(source)),
  draw: (source) =>
    lineFigure({
      title: 'Agents awake',
      source: source.line,
      x,
      y: { label: 'agents awake', unit: 'per tick' },
      series: [{ name: 'awake', kind: source.kind, points: pointsOf(source, ({ awake }) => awake) }],
    }),
  caption: () => 'Agents awake in each tick.',
};

export const actsByTick: FigureKind = {
  name: 'acts-by-tick',
  shows: 'acts in each tick: attempts, new posts, refusals',
  lacks: lacksTicks,
  draw: (source) =>
    lineFigure({
      title: 'Attempts, posts and refusals',
      source: source.line,
      x,
      y: { label: 'acts', unit: 'per tick' },
      series: [
        { name: 'attempts', kind: source.kind, points: pointsOf(source, ({ intentCount }) => intentCount) },
        { name: 'new posts', kind: source.kind, points: pointsOf(source, ({ posts }) => posts) },
        { name: 'refused', kind: 'baseline', points: pointsOf(source, ({ refused }) => refused) },
      ],
    }),
  caption: () =>
    'What agents attempted, the posts, replies, reposts and quotes that came of it, and what was refused, in each tick.',
};
