/**
 * Elementary functions with the same bits on every machine: exp, log, log1p, pow, tanh, logistic, logit, normalQuantile.
 *
 * ECMAScript leaves the bits of Math.exp and its kin to the engine, and they do differ between processors and between engine
 * versions. What it does fix is + - * / and Math.sqrt, abs, floor and trunc, so this file uses nothing else, in a fixed order.
 * Pure: the scratch arrays below carry nothing from one call to the next.
 * Invariant: the SHA-256 of 100,000 results of every function is pinned in `test/sim/ground/detmath.test.ts`.
 * Oracle: references of 50 digits (`test/fixtures/detmath-reference.py`). Worst error found, in units in the last place, over
 * 200,000 random arguments a function (20,000 for the last): exp 0.86, log 0.75, log1p 0.76, pow 1.31, tanh 1.28,
 * logistic 2.13, logit 1.42, normalQuantile 5.75.
 * Sources: exp, log and log1p after the algorithms of FDLIBM 5.3 (Sun Microsystems, 1993), log's reduction after musl; pow by a
 * logarithm in double-double (Dekker 1971); tanh after Moshier's Cephes; normalQuantile by Wichura's AS 241 (Applied
 * Statistics 37, 1988).
 */

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);
/** Which of a double's two words holds sign, exponent and top of the significand: 1 on little-endian machines. */
const highIndex = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const log2E = 1.442695040888963387;
/** ln 2 in two parts; the first has 21 trailing zero bits, so its product with an exponent (11 bits) is exact. */
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

const smallestNormal = 2.2250738585072014e-308;
const two54 = 18014398509481984;
const largestExponent = 1023;
const smallestExponent = -1022;
const zeroPlace = 1074;
/** 2^k, for every k that gives a double, at k + zeroPlace: a look-up scales faster than writing bits (log: 31 ns, not 37). */
const powersOfTwo = tablePowersOfTwo();

function tablePowersOfTwo(): Float64Array {
  const table = new Float64Array(zeroPlace + largestExponent + 1);
  let power = 5e-324;
  for (let place = 0; place < table.length; place += 1) {
    table[place] = power;
    power *= 2;
  }
  return table;
}

/** The largest argument with a finite exponential, and the smallest with one above zero. */
const expOverflow = 7.09782712893383973096e2;
const expUnderflow = -7.4513321910194110842e2;

/** e to the x. Overflows to Infinity above 709.78, underflows to 0 below -745.13. */
export function exp(x: number): number {
  if (!(x <= expOverflow)) return x > expOverflow ? Infinity : NaN;
  if (x < expUnderflow) return 0;
  const k = Math.floor(x * log2E + 0.5);
  return scale(expReduced(x - k * ln2High, k * ln2Low), k);
}

/** e to the (high - low), for |high - low| <= 0.35: FDLIBM's rational approximation in r^2. */
function expReduced(high: number, low: number): number {
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

/** y x 2^k for y near 1 and k in [-1100, 1024]. Only a subnormal result is rounded, once. */
function scale(y: number, k: number): number {
  if (k >= smallestExponent && k <= largestExponent) return y * powersOfTwo[k + zeroPlace];
  if (k > largestExponent) return y * 2 * powersOfTwo[k - 1 + zeroPlace];
  return y * powersOfTwo[k + 1000 + zeroPlace] * powersOfTwo[-1000 + zeroPlace];
}

/** Natural logarithm. 0 gives -Infinity, a negative argument NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x < smallestNormal) return logNormal(x * two54, 54);
  return logNormal(x, 0);
}

/** log(x / 2^shift) for a normal x. */
function logNormal(x: number, shift: number): number {
  const k = exponentOf(x);
  return logReduced(x * powersOfTwo[zeroPlace - k] - 1, k - shift, 0);
}

/** Upper words of 1 and of sqrt(1/2). */
const oneWord = 0x3ff00000;
const sqrtHalfWord = 0x3fe6a09e;

/** The k for which the positive, normal x divided by 2^k lies in [sqrt(1/2), sqrt(2)), to the 20 bits of an upper word. */
function exponentOf(x: number): number {
  scratch[0] = x;
  return ((scratchWords[highIndex] + (oneWord - sqrtHalfWord)) >> 20) - 1023;
}

/** log(1 + f) + k ln 2 + correction, for 1 + f in [sqrt(1/2), sqrt(2)): FDLIBM's series in s = f / (2 + f). */
function logReduced(f: number, k: number, correction: number): number {
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return k * ln2High - (halfSquare - (s * (halfSquare + (even + odd)) + (k * ln2Low + correction)) - f);
}

/** log(1 + x), exact also where 1 + x rounds. -1 gives -Infinity, below it NaN. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (Math.abs(x) < 1.1e-16) return x;
  if (x > -0.2928932188134524 && x < 0.41421356237309503) return logReduced(x, 0, 0);
  const u = 1 + x;
  const k = exponentOf(u);
  // What rounding took from 1 + x, relative to it; from 2^54 on it is below half a unit in the last place of the result.
  const lost = k >= 54 ? 0 : (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u;
  return logReduced(u * powersOfTwo[zeroPlace - k] - 1, k, lost);
}

/** Results of the double-double helpers: a value is the sum of the two, the second being below half an ulp of the first. */
const pair = new Float64Array(2);
const splitter = 134217729;

/** Dekker's exact product: pair[0] + pair[1] = a b, for |a|, |b| < 2^990 and a product that stays normal. */
function multiplyExact(a: number, b: number): void {
  const aScaled = a * splitter;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = b * splitter;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  const product = a * b;
  pair[0] = product;
  pair[1] = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

const thirdHigh = 0.3333333333333333;
const thirdLow = 1.850371707708594e-17;

/**
 * Leaves in `pair` the logarithm of x / 2^shift for a positive, normal x, good to about 2^-64 of it.
 *
 * log m = 2 s (1 + s^2/3 + s^4/5 + ...), s = (m - 1) / (m + 1), |s| <= 0.1716. s and s^2/3 are held in two doubles; the terms
 * from s^4/5 on are below 2^-12 of the sum, so that one double each is enough, and s^24/25 is the last above 2^-66.
 */
function logInPair(x: number, shift: number): void {
  const exponent = exponentOf(x);
  const k = exponent - shift;
  const f = x * powersOfTwo[zeroPlace - exponent] - 1;
  const denominator = 2 + f;
  const s = f / denominator;
  multiplyExact(s, denominator);
  const sLow = (f - pair[0] - pair[1] - s * (f - (denominator - 2))) / denominator;
  multiplyExact(s, s);
  const z = pair[0];
  const zLow = pair[1] + 2 * s * sLow;
  multiplyExact(z, thirdHigh);
  const third = pair[0];
  const tail = z * z * logTail(z);
  const inner = third + tail;
  const innerLow = third - inner + tail + (pair[1] + z * thirdLow + zLow * thirdHigh);
  multiplyExact(s, inner);
  const outer = pair[0];
  const sum = s + outer;
  const sumLow = s - sum + outer + (pair[1] + s * innerLow + sLow * inner + sLow);
  const whole = k * ln2High + 2 * sum;
  const wholeLow = k * ln2High - whole + 2 * sum + (2 * sumLow + k * ln2Low);
  pair[0] = whole + wholeLow;
  pair[1] = whole - pair[0] + wholeLow;
}

/** 1/5 + z/7 + z^2/9 + ... + z^10/25. */
function logTail(z: number): number {
  const upper = 1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23 + z * (1 / 25)))));
  return 1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * upper))));
}

/** From here on x^y is 0, 1 or Infinity, since |log x| is 0 or at least 2^-53. */
const largestPower = 18446744073709551616;

/** x to the y for x >= 0, with ECMAScript's special cases; a negative x gives NaN. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (!(x >= 0) || y !== y) return NaN;
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (x === Infinity) return y > 0 ? Infinity : 0;
  if (x === 1) return y === Infinity || y === -Infinity ? NaN : 1;
  if (Math.abs(y) >= largestPower) return x > 1 === y > 0 ? Infinity : 0;
  const isSubnormal = x < smallestNormal;
  logInPair(isSubnormal ? x * two54 : x, isSubnormal ? 54 : 0);
  const logLow = pair[1];
  multiplyExact(y, pair[0]);
  const exponent = pair[0];
  // Beyond these the result is infinite or zero; they also keep k within what `scale` takes.
  if (exponent > 710) return Infinity;
  if (exponent < -746) return 0;
  const exponentLow = pair[1] + y * logLow;
  const k = Math.floor(exponent * log2E + 0.5);
  return scale(expReduced(exponent - k * ln2High, k * ln2Low - exponentLow), k);
}

/** Hyperbolic tangent. Odd to the bit. */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  // Below 2^-28 the result rounds to x; the sum below would also lose the sign of -0.
  if (magnitude < 3.7e-9) return x;
  if (magnitude < 0.625) {
    const z = x * x;
    const above = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
    const below = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    return x + x * (z * (above / below));
  }
  // From 22 on the result rounds to 1.
  const result = magnitude > 22 ? 1 : 1 - 2 / (exp(2 * magnitude) + 1);
  return x < 0 ? -result : magnitude === magnitude ? result : NaN;
}

/** 1 / (1 + e^-x), in [0, 1]; accurate in both tails. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const odds = exp(x);
  return odds / (1 + odds);
}

/** log(p / (1 - p)). 0 and 1 give -Infinity and Infinity, outside [0, 1] NaN. */
export function logit(p: number): number {
  // Near 1/2 the quotient is near 1 and would lose digits; the differences below are exact there.
  if (p > 0.25 && p < 0.5) return -log1p((1 - 2 * p) / p);
  if (p >= 0.5 && p < 0.75) return log1p((2 * p - 1) / (1 - p));
  return p === 1 ? Infinity : log(p / (1 - p));
}

/** The standard normal's quantile at p. 0 and 1 give -Infinity and Infinity, outside [0, 1] NaN. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centralQuotient(0.180625 - q * q);
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const magnitude = r <= 5 ? tailQuotient(r - 1.6) : farTailQuotient(r - 5);
  return q < 0 ? -magnitude : magnitude;
}

/** AS 241, coefficients a and b: |p - 1/2| <= 0.425, r = 0.180625 - (p - 1/2)^2. */
function centralQuotient(r: number): number {
  let above = 2.5090809287301226727e3;
  above = above * r + 3.3430575583588128105e4;
  above = above * r + 6.7265770927008700853e4;
  above = above * r + 4.5921953931549871457e4;
  above = above * r + 1.3731693765509461125e4;
  above = above * r + 1.9715909503065514427e3;
  above = above * r + 1.3314166789178437745e2;
  above = above * r + 3.387132872796366608;
  let below = 5.226495278852854561e3;
  below = below * r + 2.8729085735721942674e4;
  below = below * r + 3.930789580009271061e4;
  below = below * r + 2.1213794301586595867e4;
  below = below * r + 5.3941960214247511077e3;
  below = below * r + 6.871870074920579083e2;
  below = below * r + 4.2313330701600911252e1;
  return above / (below * r + 1);
}

/** AS 241, coefficients c and d: p down to e^-25, r = sqrt(-log p) - 1.6. */
function tailQuotient(r: number): number {
  let above = 7.7454501427834140764e-4;
  above = above * r + 2.27238449892691845833e-2;
  above = above * r + 2.4178072517745061177e-1;
  above = above * r + 1.27045825245236838258;
  above = above * r + 3.64784832476320460504;
  above = above * r + 5.7694972214606914055;
  above = above * r + 4.6303378461565452959;
  above = above * r + 1.42343711074968357734;
  let below = 1.05075007164441684324e-9;
  below = below * r + 5.475938084995344946e-4;
  below = below * r + 1.51986665636164571966e-2;
  below = below * r + 1.4810397642748007459e-1;
  below = below * r + 6.8976733498510000455e-1;
  below = below * r + 1.6763848301838038494;
  below = below * r + 2.05319162663775882187;
  return above / (below * r + 1);
}

/** AS 241, coefficients e and f: p below e^-25, r = sqrt(-log p) - 5. */
function farTailQuotient(r: number): number {
  let above = 2.01033439929228813265e-7;
  above = above * r + 2.71155556874348757815e-5;
  above = above * r + 1.2426609473880784386e-3;
  above = above * r + 2.6532189526576123093e-2;
  above = above * r + 2.9656057182850489123e-1;
  above = above * r + 1.7848265399172913358;
  above = above * r + 5.4637849111641143699;
  above = above * r + 6.6579046435011037772;
  let below = 2.04426310338993978564e-15;
  below = below * r + 1.4215117583164458887e-7;
  below = below * r + 1.8463183175100546818e-5;
  below = below * r + 7.868691311456132591e-4;
  below = below * r + 1.48753612908506148525e-2;
  below = below * r + 1.3692988092273580531e-1;
  below = below * r + 5.9983220655588793769e-1;
  return above / (below * r + 1);
}
