/** Scores of a detector against scikit-learn. */
import { expect, test } from 'vitest';
import { scoreDetection } from '../../../analysis/estimators/detection-scores.ts';
import { readReference } from '../worlds.ts';

const reference = readReference<{
  score: number[];
  planted: number[];
  found: number[];
  auc: number;
  brier: number;
  precision: number;
  recall: number;
}>('detection.json');

test('scoreDetection: precision, recall, AUC with ties and Brier’s score are those of scikit-learn', () => {
  const scores = scoreDetection({
    score: reference.score,
    isPlanted: reference.planted.map((one) => one === 1),
    isFound: reference.found.map((one) => one === 1),
  });
  expect(scores.auc).toBeCloseTo(reference.auc, 12);
  expect(scores.brier).toBeCloseTo(reference.brier, 12);
  expect(scores.precision.value).toBeCloseTo(reference.precision, 12);
  expect(scores.recall.value).toBeCloseTo(reference.recall, 12);
  expect(scores.calibration.reduce((sum, { units }) => sum + units, 0)).toBe(300);
});

test('scoreDetection: claims that come true as often as they say have no calibration error, others have theirs', () => {
  const score = [0.25, 0.25, 0.25, 0.25, 1, 1];
  const planted = [true, false, false, false, true, true];
  const isFound = score.map((one) => one > 0.5);
  expect(scoreDetection({ score, isFound, isPlanted: planted }).calibrationError).toBeCloseTo(0, 12);
  const { calibrationError } = scoreDetection({ score, isFound, isPlanted: planted.map((one) => !one) });
  expect(calibrationError).toBeCloseTo((4 / 6) * 0.5 + (2 / 6) * 1, 12);
});
