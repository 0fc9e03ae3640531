/**
 * Draws and the logistic function in WebAssembly, bit for bit as `sim/ground/random.ts` and `sim/ground/detmath.ts` have them.
 *
 * Pure. Every operation on doubles is one whose result IEEE 754 fixes, in the order of the twins. Sources: theirs.
 * Oracle: the twins (`test/sim/kernels/draws.test.ts`).
 */

const stepOfIndex: i32 = 0x85ebca77;
const mixOne: i32 = 0x7feb352d;
const mixTwo: i32 = 0x846ca68b;

/** See `mix32` of `sim/ground/random.ts`. */
export function mix32(word: i32): i32 {
  let x = (word ^ (word >>> 16)) * mixOne;
  x = (x ^ (x >>> 15)) * mixTwo;
  return x ^ (x >>> 16);
}

/** Four words mixed at once. */
// inline
export function mixFour(words: v128): v128 {
  let x = i32x4.mul(v128.xor(words, i32x4.shr_u(words, 16)), i32x4.splat(mixOne));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(mixTwo));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** A draw's word: see `drawWord` of `sim/ground/random.ts`. */
export function drawWord(a: i32, b: i32, purpose: i32, index: i32): i32 {
  return mix32((a + ((purpose << 16) | index) * stepOfIndex) ^ b);
}

/** The words of four draws; a place is a purpose above 16 bits of index. */
export function drawFour(a: i32, b: i32, places: v128): v128 {
  const lane = i32x4.add(i32x4.splat(a), i32x4.mul(places, i32x4.splat(stepOfIndex)));
  return mixFour(v128.xor(lane, i32x4.splat(b)));
}

/** A word as a number in [0, 1). */
export function unitOf(word: u32): f64 {
  return <f64>word * 2.3283064365386963e-10;
}

/** 1 / (1 + e^-x); x is no NaN. */
export function logistic(x: f64): f64 {
  if (x >= 0) return 1 / (1 + exp(-x));
  const odds = exp(x);
  return odds / (1 + odds);
}

/** A power of two, or 4 from there on, that is greater than the logistic of x: a few operations instead of thirty. */
export function aboveLogistic(x: f64): f64 {
  // e^x < 2^k, and by more than rounding could take: the floor is taken of a thousandth more.
  const k = floor<f64>(x * 1.442695040888963387 + 0.001) + 1;
  return powerOfTwo(max<f64>(-1000, min<f64>(2, k)));
}

const expUnderflow: f64 = -7.4513321910194110842e2;

/** e to the x, for x <= 0. */
function exp(x: f64): f64 {
  if (x < expUnderflow) return 0;
  const k = floor<f64>(x * 1.442695040888963387 + 0.5);
  const y = expReduced(x - k * 6.9314718036912381649e-1, k * 1.90821492927058770002e-10);
  if (k >= -1022) return y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

function expReduced(high: f64, low: f64): f64 {
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  return 1 - (low - (r * c) / (2 - c) - high);
}

/** For whole k in [-1022, 1023]. */
function powerOfTwo(k: f64): f64 {
  return reinterpret<f64>((<i64>(<i32>k) + 1023) << 52);
}
