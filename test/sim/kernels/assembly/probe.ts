/**
 * Exports of `sim/kernels/assembly/draws.ts` for `test/sim/kernels/draws.test.ts`, which compiles this file: one call a value.
 */
import { aboveLogistic, drawFour, drawWord, logistic } from '../../../../sim/kernels/assembly/draws.ts';

export { aboveLogistic, drawWord, logistic };

/** Lane `lane` of four draws of one purpose. */
export function drawLane(a: i32, b: i32, purpose: i32, lane: i32): i32 {
  const words = drawFour(a, b, i32x4.add(i32x4.splat(purpose << 16), i32x4(0, 1, 2, 3)));
  if (lane == 0) return i32x4.extract_lane(words, 0);
  if (lane == 1) return i32x4.extract_lane(words, 1);
  return lane == 2 ? i32x4.extract_lane(words, 2) : i32x4.extract_lane(words, 3);
}
