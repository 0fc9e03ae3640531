/**
 * Contagion beside its placebos: the hazard ratio per exposed adopter, and what it is when adoptions are dealt out anew in four ways.
 *
 * Reads the measure of adoption. Who would call it contagion has to clear the highest placebo; the figure shows whether it does.
 */
import { levelFigure, type LevelEstimate } from '../level-figure.ts';
import type { FigureKind } from './source.ts';

const names = { everyone: 'everyone', adopters: 'adopters', strata: 'within strata', alike: 'adopters alike' } as const;

export const contagion: FigureKind = {
  name: 'contagion',
  shows: 'the hazard ratio of exposure beside four placebos',
  lacks: ({ adoption }) => (adoption.spread.hazardRatio === null ? 'nobody adopted what another brought' : undefined),
  draw(source) {
    const { spread, verdict } = source.adoption;
    const rows = Object.entries(names).map(([key, name]) => ({ name, ...spread.placebos[key as keyof typeof names] }));
    return levelFigure({
      title: `Exposure and adoption: ${verdict}`,
      source: source.line,
      x: { label: 'whom the adoptions go to', unit: 'as observed, or dealt out anew' },
      y: { label: 'hazard ratio per exposed adopter', unit: 'ratio', scale: 'log' },
      levels: ['observed', ...rows.map(({ name }) => name)],
      series: [
        {
          name: 'observed',
          kind: source.kind,
          estimates: [estimateOf(spread.hazardRatio, spread.interval), ...rows.map(() => null)],
        },
        {
          name: 'placebo',
          kind: 'baseline',
          estimates: [null, ...rows.map(({ hazardRatio, interval }) => estimateOf(hazardRatio, interval))],
        },
      ],
      reference: { value: 1, name: 'no effect' },
      interval: `observed: 95 %, ${spread.intervalRule}; placebos: the middle 95 % of ${rows[0]?.drawCount ?? 0} draws`,
    });
  },
  caption: ({ adoption }) =>
    `${adoption.words}. ${adoption.spread.adoptions} adoptions of ${adoption.spread.contents} contents.`,
};

function estimateOf(value: number | null, interval: readonly [number, number] | null): LevelEstimate | null {
  if (value === null) return null;
  return interval === null ? { value } : { value, low: interval[0], high: interval[1] };
}
