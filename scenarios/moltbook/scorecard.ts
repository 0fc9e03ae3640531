/**
 * The scorecard of the MoltBook study: calibrated and held-out targets apart, each beside what was published, with its misses in plain words.
 *
 * Reads statistics of worlds, the targets, and the sums of real data (`data/moltbook/genesis.json`). Pure. Order: as the targets stand.
 * *Inside*: the mean over worlds lies in the published interval; *touching*: it does not, and its own 95 % interval reaches in; else *outside*.
 * A held-out statistic has four distances from the published value: ours; of two real halves from each other; of the first whole day of real data, which
 * persists; of independent agents at observed rates. A baseline that does not have the statistic is no baseline for it, and is not counted.
 * Invariant: each target is one row, whatever came out.
 */
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { moltbookTargets } from './targets.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { RealFigures } from './genesis.ts';
import type { Statistics } from './statistics.ts';
import type { MoltbookTarget } from './targets.ts';

/** Where our mean lies. `unknown`: the statistic exists in no world. */
export type PlaceOfMean = 'inside' | 'touching' | 'outside' | 'unknown';

/** Distances from a published value; null where a side does not have the statistic. */
export interface Distances {
  readonly ours: number | null;
  /** Of the two halves from each other. */
  readonly halves: number | null;
  readonly firstDay: number | null;
  readonly independent: number | null;
}

/** A target with what came out. */
export interface MoltbookRow {
  readonly target: MoltbookTarget;
  /** Mean over the worlds that have the statistic, with its 95 % interval. */
  readonly ours: Estimate;
  readonly place: PlaceOfMean;
  readonly distances: Distances;
  /** Whether both baselines lie farther away; null where one of them, or ours, does not exist. */
  readonly beatsBoth: boolean | null;
  /** Whether ours is no farther from the published value than two real halves are from each other. */
  readonly isWithinHalves: boolean | null;
  readonly words: string;
}

/** The scorecard. */
export interface MoltbookScorecard {
  readonly calibrated: MoltbookRow[];
  readonly heldOut: MoltbookRow[];
  readonly counts: {
    readonly calibratedInside: number;
    readonly calibrated: number;
    readonly heldOutInside: number;
    readonly heldOut: number;
    readonly withinHalves: number;
    readonly comparedWithHalves: number;
    readonly beatBoth: number;
    readonly comparedWithBoth: number;
  };
  readonly misses: string[];
}

/** Scores the worlds. */
export function scoreMoltbook(worlds: readonly Statistics[], real: RealFigures): MoltbookScorecard {
  const rows = moltbookTargets.map((target) => rowOf(target, worlds, real));
  const calibrated = rows.filter(({ target }) => target.kind === 'calibrated');
  const heldOut = rows.filter(({ target }) => target.kind === 'held-out');
  const inside = (list: readonly MoltbookRow[]): number => list.filter(({ place }) => place === 'inside').length;
  const counted = (isOne: (row: MoltbookRow) => boolean | null, wanted: boolean): number =>
    heldOut.filter((row) => (wanted ? isOne(row) === true : isOne(row) !== null)).length;
  return {
    ...{ calibrated, heldOut },
    counts: {
      ...{ calibratedInside: inside(calibrated), calibrated: calibrated.length },
      ...{ heldOutInside: inside(heldOut), heldOut: heldOut.length },
      withinHalves: counted(({ isWithinHalves }) => isWithinHalves, true),
      comparedWithHalves: counted(({ isWithinHalves }) => isWithinHalves, false),
      beatBoth: counted(({ beatsBoth }) => beatsBoth, true),
      comparedWithBoth: counted(({ beatsBoth }) => beatsBoth, false),
    },
    misses: rows.filter(({ place }) => place !== 'inside').map(({ words }) => words),
  };
}

function rowOf(target: MoltbookTarget, worlds: readonly Statistics[], real: RealFigures): MoltbookRow {
  const { statistic, value } = target;
  const values = worlds.map((world) => world[statistic]).filter(Number.isFinite);
  const ours = meanInterval(values);
  const place = placeOf(target, ours, values.length);
  const away = (one: number | null | undefined): number | null =>
    one === null || one === undefined || !Number.isFinite(one) ? null : Math.abs(one - value);
  const [early, late] = real.halves.map((half) => half[statistic] ?? null);
  const distances: Distances = {
    ours: values.length === 0 ? null : away(ours.value),
    halves: early === null || late === null ? null : Math.abs(early - late),
    firstDay: away(real.firstDay[statistic]),
    independent: away(real.independent[statistic]),
  };
  const { ours: own, halves, firstDay, independent } = distances;
  const isCompared = own !== null && firstDay !== null && independent !== null;
  return {
    ...{ target, ours, place, distances },
    beatsBoth: isCompared ? own < firstDay && own < independent : null,
    isWithinHalves: own === null || halves === null ? null : own <= halves,
    words: wordsOf(target, ours, place),
  };
}

function placeOf({ interval: [low, high] }: MoltbookTarget, { value, interval }: Estimate, count: number): PlaceOfMean {
  if (count === 0) return 'unknown';
  if (value >= low && value <= high) return 'inside';
  return interval[0] <= high && interval[1] >= low ? 'touching' : 'outside';
}

function wordsOf(
  { id, value, interval, unit, definition }: MoltbookTarget,
  ours: Estimate,
  place: PlaceOfMean,
): string {
  const published = `the published ${shortly(value)} (${interval.map(shortly).join(' to ')}) ${unit}`;
  // What other papers found stands behind the first semicolon.
  const subject = `${id} (${definition.split(';')[0]})`;
  if (place === 'unknown') return `${subject}: it exists in none of our worlds, so nothing stands beside ${published}`;
  const side = ours.value > interval[1] ? 'above' : ours.value < interval[0] ? 'below' : 'within';
  const factor = ours.value / value;
  const isFactor = factor > 0 && (factor >= 1.5 || factor <= 2 / 3);
  const times = isFactor ? `, ${factor > 1 ? `${shortly(factor)} times` : `1/${shortly(1 / factor)} of`} it` : '';
  const reach = place === 'touching' ? '; our interval reaches it' : '';
  return `${subject}: ours ${shortly(ours.value)} (${ours.interval.map(shortly).join(' to ')}) lies ${side} ${published}${times}${reach}`;
}

/** Three digits. */
export function shortly(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
