/**
 * What real cascades and papers say beside the study: sizes of true and false cascades among the 99 of `data/cascades`.
 *
 * The 99 were chosen for 125 users and more, which is a choice by the outcome: a ratio of sizes among them is no ratio of reach among all
 * rumours, and is printed with that said. Intervals: Welch's, of logarithms; the unit is the cascade.
 */
import { welchTest } from '../../analysis/estimators/effect-size.ts';
import { log } from '../../sim/ground/detmath.ts';
import { readTable } from '../../sim/scenario/table.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';

/** Log ratio of geometric mean sizes, false over true, with how many of each. */
export interface RealCascades {
  readonly logRatio: Estimate;
  readonly falseCount: number;
  readonly trueCount: number;
}

/** Reads the table of real cascades. */
export function readVeracity(file: string): RealCascades {
  const form = { users: { type: 'integer', min: 1 }, veracity: { type: 'text' } } as const;
  const { users, veracity } = readTable(file, form, { undeclared: 'ignore' }).columns;
  const sizesOf = (wanted: string): number[] =>
    veracity.flatMap((one, row) => (one === wanted ? [log(users[row])] : []));
  const [false_, true_] = [sizesOf('False'), sizesOf('True')];
  const { value, interval, n } = welchTest(false_, true_);
  return { logRatio: { value, interval, n }, falseCount: false_.length, trueCount: true_.length };
}
