/**
 * How well a detector found what was planted: precision, recall, area under the curve, and whether its probabilities mean what they say.
 *
 * Pure; who was planted is handed in, so that no analysis has to know it. Intervals: Wilson's over units. AUC is
 * `areaUnderRoc`. Calibration of a score that claims to be the probability that
 * the unit is planted: Brier's mean square, and claimed beside observed shares in ten bins (expected calibration error).
 * Oracle: sklearn's roc_auc_score, brier_score_loss and precision_recall_fscore_support (`test/data/detection.json`).
 */
import { areaUnderRoc } from './detection.ts';
import { wilsonInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** One row a unit. */
export interface DetectionRows {
  /** Claimed probability that the unit is planted, in [0, 1]. */
  readonly score: ArrayLike<number>;
  readonly isFound: ArrayLike<boolean>;
  readonly isPlanted: ArrayLike<boolean>;
}

/** A bin of claimed probabilities. */
export interface CalibrationBin {
  readonly claimed: number;
  readonly observed: number;
  readonly units: number;
}

/** What a detector is worth. NaN where a share has nothing to divide by, or all units are of one kind. */
export interface DetectionScores {
  readonly units: number;
  readonly planted: number;
  readonly found: number;
  readonly precision: Estimate;
  readonly recall: Estimate;
  /** Found units among those that are not planted. */
  readonly falseAlarmShare: Estimate;
  readonly auc: number;
  readonly brier: number;
  readonly calibrationError: number;
  /** Bins that hold units, ascending. */
  readonly calibration: readonly CalibrationBin[];
}

/** Scores a detector. */
export function scoreDetection({ score, isFound, isPlanted }: DetectionRows): DetectionScores {
  const units = score.length;
  let [planted, found, both, squares] = [0, 0, 0, 0];
  for (let unit = 0; unit < units; unit++) {
    if (isPlanted[unit]) planted++;
    if (isFound[unit]) found++;
    if (isPlanted[unit] && isFound[unit]) both++;
    squares += (score[unit] - (isPlanted[unit] ? 1 : 0)) ** 2;
  }
  const calibration = binsOf(score, isPlanted);
  return {
    ...{ units, planted, found },
    precision: wilsonInterval(both, found),
    recall: wilsonInterval(both, planted),
    falseAlarmShare: wilsonInterval(found - both, units - planted),
    auc: areaUnderRoc(score, isPlanted).value,
    brier: squares / units,
    calibrationError: calibration.reduce(
      (sum, bin) => sum + (bin.units / units) * Math.abs(bin.claimed - bin.observed),
      0,
    ),
    calibration,
  };
}

const binCount = 10;

function binsOf(score: ArrayLike<number>, isPlanted: ArrayLike<boolean>): CalibrationBin[] {
  const sums = Array.from({ length: binCount }, () => ({ claimed: 0, observed: 0, units: 0 }));
  for (let unit = 0; unit < score.length; unit++) {
    const bin = sums[Math.min(binCount - 1, Math.floor(score[unit] * binCount))];
    bin.claimed += score[unit];
    bin.observed += isPlanted[unit] ? 1 : 0;
    bin.units++;
  }
  return sums
    .filter(({ units }) => units > 0)
    .map(({ claimed, observed, units }) => ({ claimed: claimed / units, observed: observed / units, units }));
}
