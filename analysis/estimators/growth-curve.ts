/**
 * Plain curves to hold a simulated growth curve against: persistence, exponential saturation, a straight line in log time.
 *
 * Each is fitted by least squares to the first minutes alone and then prolonged. Values are one a minute from minute 0.
 */
import { minimumInPlane } from './minimum.ts';

/** A curve fitted to minutes [0, fitMinutes) of `real` and prolonged to `minuteCount`. */
export type GrowthFit = (real: ArrayLike<number>, fitMinutes: number, minuteCount: number) => Float64Array;

/** The last fitted value for ever after. */
export const persistence: GrowthFit = (real, fitMinutes, minuteCount) =>
  Float64Array.from({ length: minuteCount }, (_, minute) => real[Math.min(minute, fitMinutes - 1)]);

/** rise (1 - exp(-t / scale)): from nobody on, as saturation is written; begun at the first value, it fits false-business-0 better by 0.004. */
export const exponentialSaturation: GrowthFit = (real, fitMinutes, minuteCount) => {
  const at = (minute: number, rise: number, logScale: number): number =>
    rise * (1 - Math.exp(-minute / Math.exp(logScale)));
  const { x, y } = leastSquares(real, fitMinutes, at, real[fitMinutes - 1], Math.log(fitMinutes / 3));
  return Float64Array.from({ length: minuteCount }, (_, minute) => at(minute, x, y));
};

/** offset + slope log(1 + t). */
export const logarithm: GrowthFit = (real, fitMinutes, minuteCount) => {
  const at = (minute: number, offset: number, slope: number): number => offset + slope * Math.log(1 + minute);
  const { x, y } = leastSquares(real, fitMinutes, at, real[0], real[fitMinutes - 1] / 4);
  return Float64Array.from({ length: minuteCount }, (_, minute) => at(minute, x, y));
};

/** The constant with the smallest squared error over [0, minuteCount): it sees what it is compared with. */
export const bestConstant: GrowthFit = (real, _fitMinutes, minuteCount) => {
  let sum = 0;
  for (let minute = 0; minute < minuteCount; minute++) sum += real[minute];
  return new Float64Array(minuteCount).fill(sum / minuteCount);
};

function leastSquares(
  real: ArrayLike<number>,
  fitMinutes: number,
  at: (minute: number, a: number, b: number) => number,
  a: number,
  b: number,
) {
  const squares = (x: number, y: number): number => {
    let sum = 0;
    for (let minute = 0; minute < fitMinutes; minute++) {
      const difference = at(minute, x, y) - real[minute];
      sum += difference * difference;
    }
    return sum;
  };
  return minimumInPlane(squares, a, b, Math.max(0.5, Math.abs(a) / 10));
}
