/**
 * Is the feed stationary where it is measured? Two halves of the window beside each other, and the burn-in beside the first of them.
 *
 * Reads statistics of three equally long stretches of every world, each cut by `windowOf`; pure. A difference is that of a world's two stretches over their
 * mean: worlds differ much more from one another than a world from itself. That no difference is found is no finding; so the test is one of equivalence,
 * two one-sided t tests with worlds as units, at a margin of a tenth, the tolerance that targets have where no paper gives an interval.
 * Order: the statistics as they are named below. Invariant: each has one row, whatever came out.
 */
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { pairedTest } from '../../analysis/estimators/paired.ts';
import { holm } from '../../analysis/estimators/multiplicity.ts';
import type { Statistics } from './statistics.ts';

/** Statistics whose course is looked at: how much is written, and the calibrated ones. */
export const courseStatistics = [
  ...(['messages', 'activeAgents', 'activityGini', 'commentsPerPost', 'answeredShare', 'unansweredShare'] as const),
  ...(['firstCommentSeconds', 'duplicateShare', 'reciprocity', 'topCommunityShare'] as const),
];

/** Margin of the test, as a share of the mean of both stretches. */
export const stationaryMarginShare = 0.1;

/** One statistic. Differences are shares: the later stretch less the earlier one, over their mean. */
export interface StationarityRow {
  readonly statistic: string;
  /** Means over worlds of the three stretches. */
  readonly means: readonly number[];
  /** Mean difference of the halves of the window, and its 90 % interval, which lies within the margin where they are equivalent. */
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly equivalenceP: number;
  readonly isEquivalent: boolean;
  /** Whether they differ, by a paired t test, Holm's correction over the rows. NaN where no pair differs. */
  readonly differenceP: number;
  /** Mean difference of the first half of the window and the burn-in. */
  readonly burnInDifference: number;
  readonly worlds: number;
}

/** Compares the stretches of all worlds: burn-in, first half, second half of the window. */
export function stationarityOf(worlds: readonly (readonly Statistics[])[]): StationarityRow[] {
  const rows = courseStatistics.map((statistic) => {
    const change = (earlier: number, later: number): number[] =>
      worlds
        .map((stretches) => {
          const [one, other] = [stretches[earlier][statistic], stretches[later][statistic]];
          return (2 * (other - one)) / (other + one);
        })
        .filter(Number.isFinite);
    const halves = change(1, 2);
    const test = equivalenceToZero(halves, stationaryMarginShare);
    return {
      statistic,
      means: [0, 1, 2].map((stretch) => meanOf(worlds.map((stretches) => stretches[stretch][statistic]))),
      ...{ difference: test.mean, interval: test.interval, equivalenceP: test.pValue, isEquivalent: test.isEquivalent },
      differenceP: pairedTest(halves).pValue,
      burnInDifference: meanOf(change(0, 1)),
      worlds: halves.length,
    };
  });
  const corrected = holm(rows.map(({ differenceP }) => (Number.isNaN(differenceP) ? 1 : differenceP)));
  return rows.map((row, at) => ({ ...row, differenceP: corrected[at] }));
}

function meanOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, one) => sum + one, 0) / known.length;
}
