/**
 * Series by arm: a curve an arm, the mean over its worlds with a 95 % interval where there are two or more.
 *
 * Takes one series a world on bins that all worlds share; a bin without a value in a world counts in that world as absent. An arm of one
 * world is drawn without an interval, and the note says that nothing can be claimed of it.
 * Source: Student's t over worlds (`estimators/interval.ts`); the unit is the world, never the agent (`design.md`, section 7).
 */
import { meanInterval } from '../../analysis/estimators/interval.ts';
import type { LineSeries } from '../line-figure.ts';
import type { SeriesKind } from '../figure.ts';

/** One arm: for each world its values by bin, NaN for none. */
export interface ArmValues {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly worlds: readonly ArrayLike<number>[];
}

/** Curves of arms at the bins' places. */
export function armSeries(arms: readonly ArmValues[], places: readonly number[]): LineSeries[] {
  return arms.map(({ name, kind, worlds }) => {
    const rows = places.flatMap((x, bin) => {
      const values = worlds.map((world) => world[bin]).filter(Number.isFinite);
      return values.length === 0 ? [] : [{ x, ...meanInterval(values) }];
    });
    const hasBand = worlds.length > 1;
    return {
      name: worlds.length > 1 ? `${name}, ${worlds.length} worlds` : name,
      kind,
      points: rows.map(({ x, value }): [number, number] => [x, value]),
      ...(hasBand ? { band: rows.map(({ x, interval }): [number, number, number] => [x, ...interval]) } : {}),
    };
  });
}

/** What the bands are, and what to think of arms that have none. */
export function armWords(arms: readonly ArmValues[]): { readonly interval: string; readonly note?: string } {
  const interval = '95 % of the mean over worlds (t)';
  const single = arms.filter(({ worlds }) => worlds.length === 1).length;
  if (single === 0) return { interval };
  const which =
    single === arms.length
      ? arms.length === 1
        ? 'One world'
        : 'One world an arm'
      : `One world in ${single} of ${arms.length} arms`;
  return { interval, note: `${which}: no interval, and no difference can be claimed.` };
}
