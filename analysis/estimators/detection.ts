/**
 * How well a detector's scores tell planted cases from clean ones: the ROC curve, the area under it, and what a threshold finds.
 *
 * Pure: it gets scores and labels side by side, and knows nothing of where either came from; the labels are the caller's secret until every
 * score is fixed. Higher scores mean more suspect. Equal scores cross a threshold together, so a tie is never resolved in favour.
 * Invariant: the trapezoid area under `rocCurve` is `areaUnderRoc`, which is the Mann-Whitney share with ties as one half.
 * Oracles: scikit-learn's roc_curve and roc_auc_score (`test/data/detection.json`); all pairs by hand; DeLong's variance by its definition.
 * Sources: Hanley and McNeil, Radiology 143, 1982; DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988; Sun and Xu, IEEE SPL 21, 2014.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { ranks } from './correlation.ts';
import { wilsonInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** One point of the curve: what is called planted when every score of at least `threshold` is. */
export interface RocPoint {
  /** Infinity at the first point, where nothing is called planted. */
  readonly threshold: number;
  /** Share of clean cases called planted, in [0, 1]. */
  readonly falseAlarmShare: number;
  /** Share of planted cases called planted, in [0, 1]. */
  readonly recallShare: number;
}

/** The curve from (0, 0) to (1, 1), a point a distinct score, by falling threshold. Without cases of both kinds there is none. */
export function rocCurve(scores: ArrayLike<number>, isPlanted: ArrayLike<boolean | number>): RocPoint[] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const planted = order.reduce((sum, i) => sum + Number(isPlanted[i]), 0);
  const clean = order.length - planted;
  if (planted === 0 || clean === 0) return [];
  const points: RocPoint[] = [{ threshold: Number.POSITIVE_INFINITY, falseAlarmShare: 0, recallShare: 0 }];
  let [hits, alarms] = [0, 0];
  order.forEach((i, place) => {
    if (Number(isPlanted[i]) === 1) hits++;
    else alarms++;
    const isLastOfTie = place + 1 === order.length || scores[order[place + 1]] !== scores[i];
    if (!isLastOfTie) return;
    points.push({ threshold: scores[i], falseAlarmShare: alarms / clean, recallShare: hits / planted });
  });
  return points;
}

/**
 * Area under the curve: the probability that a planted case scores above a clean one, ties one half, with DeLong's interval cut at 0 and 1.
 * `n` is the number of cases. NaN without both kinds; the ends are NaN with one case of a kind, from which no variance can be had.
 */
export function areaUnderRoc(
  scores: ArrayLike<number>,
  isPlanted: ArrayLike<boolean | number>,
  confidenceShare = 0.95,
): Estimate {
  const [planted, clean]: [number[], number[]] = [[], []];
  for (let i = 0; i < scores.length; i++) (Number(isPlanted[i]) === 1 ? planted : clean).push(scores[i]);
  const [m, n] = [planted.length, clean.length];
  const none: Estimate = { value: Number.NaN, interval: [Number.NaN, Number.NaN], n: scores.length };
  if (m === 0 || n === 0) return none;
  // Mid-ranks among all less mid-ranks among one's own kind: how many of the other kind lie below, in m log m instead of m n.
  const among = ranks([...planted, ...clean]);
  const [ownPlanted, ownClean] = [ranks(planted), ranks(clean)];
  const abovePlanted = planted.map((_, i) => (among[i] - ownPlanted[i]) / n);
  const aboveClean = clean.map((_, j) => 1 - (among[m + j] - ownClean[j]) / m);
  const value = meanOf(abovePlanted);
  if (m === 1 || n === 1) return { ...none, value };
  const error = Math.sqrt(varianceOf(abovePlanted) / m + varianceOf(aboveClean) / n);
  const half = normalQuantile((1 + confidenceShare) / 2) * error;
  return { value, interval: [Math.max(0, value - half), Math.min(1, value + half)], n: scores.length };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const centre = meanOf(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** What one threshold finds. Intervals are Wilson's; shares without a case are NaN. */
export interface DetectionAt {
  readonly threshold: number;
  readonly counts: {
    readonly hits: number;
    readonly misses: number;
    readonly falseAlarms: number;
    readonly clean: number;
  };
  /** Planted among those called planted. */
  readonly precision: Estimate;
  /** Called planted among the planted. */
  readonly recall: Estimate;
  /** Called planted among the clean. */
  readonly falseAlarm: Estimate;
}

/** Calls planted whatever scores at least `threshold`. */
export function detectionAt(
  scores: ArrayLike<number>,
  isPlanted: ArrayLike<boolean | number>,
  threshold: number,
): DetectionAt {
  let [hits, misses, falseAlarms, clean] = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const isCalled = scores[i] >= threshold;
    if (Number(isPlanted[i]) === 1) {
      if (isCalled) hits++;
      else misses++;
    } else if (isCalled) falseAlarms++;
    else clean++;
  }
  return {
    threshold,
    counts: { hits, misses, falseAlarms, clean },
    precision: wilsonInterval(hits, hits + falseAlarms),
    recall: wilsonInterval(hits, hits + misses),
    falseAlarm: wilsonInterval(falseAlarms, falseAlarms + clean),
  };
}

/** The point of a curve with the greatest recall whose share of false alarms is at most `falseAlarmShareMax`. */
export function pointAtFalseAlarms(curve: readonly RocPoint[], falseAlarmShareMax: number): RocPoint | undefined {
  return curve.filter(({ falseAlarmShare }) => falseAlarmShare <= falseAlarmShareMax).at(-1);
}
