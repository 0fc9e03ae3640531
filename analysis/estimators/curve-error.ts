/**
 * How far a simulated curve lies from a real one: the normalised RMSE of the calibration of spreading runs.
 *
 * Definition (`reference/estimators.md`): sqrt(mean over minutes 0 … 149 of (simulated - real)²) / max(real), computed for each
 * seed and then averaged; curves are steps, and the shorter one is padded with its last value.
 * Oracle: on false-business-0 the best constant scores 0.186, a constant at the final value 0.232.
 */

/** Minutes that are compared: [fromMinute, toMinute). */
export interface MinuteRange {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const comparedMinutes: MinuteRange = { fromMinute: 0, toMinute: 150 };

/**
 * Normalised root mean squared error of one run, >= 0, 0 for equal curves. Both curves hold one value a minute from minute 0.
 * The norm is the greatest real value within the range. NaN when that is 0 or a curve is empty.
 */
export function normalisedError(
  simulated: ArrayLike<number>,
  real: ArrayLike<number>,
  range: MinuteRange = comparedMinutes,
): number {
  if (simulated.length === 0 || real.length === 0) return Number.NaN;
  let squares = 0;
  let largest = 0;
  for (let minute = range.fromMinute; minute < range.toMinute; minute++) {
    const realValue = padded(real, minute);
    const difference = padded(simulated, minute) - realValue;
    squares += difference * difference;
    largest = Math.max(largest, realValue);
  }
  return largest === 0 ? Number.NaN : Math.sqrt(squares / (range.toMinute - range.fromMinute)) / largest;
}

function padded(curve: ArrayLike<number>, minute: number): number {
  return curve[Math.min(minute, curve.length - 1)];
}

/**
 * One value a minute from a step curve: minute m shows the value set last at or before m minutes. `timesHours` ascend; before the
 * first of them the curve is `before`.
 */
export function minuteCurve(
  timesHours: ArrayLike<number>,
  values: ArrayLike<number>,
  minuteCount: number,
  before = 0,
): Float64Array {
  const curve = new Float64Array(minuteCount);
  let step = 0;
  for (let minute = 0; minute < minuteCount; minute++) {
    while (step < timesHours.length && timesHours[step] * 60 <= minute + minuteTolerance) step++;
    curve[minute] = step === 0 ? before : values[step - 1];
  }
  return curve;
}

/** Hours that came from whole minutes are not exact (7 / 60 × 60 is not 7): a nanosecond's grace keeps them in their minute. */
export const minuteTolerance = 1e-9;
