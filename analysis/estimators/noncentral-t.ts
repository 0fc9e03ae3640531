/**
 * The noncentral t distribution: what an observed t says about the effect behind it.
 *
 * T = (Z + δ) / S with Z normal and S = √(χ²_ν / ν), so P(T <= t) is the mean of Φ(t S - δ). The mean is a trapezoidal sum over
 * log S, whose error falls exponentially with the step, over weights that are divided by their own sum: no gamma function is
 * needed, and a million degrees of freedom lose no digits. Oracles: R's pt with ncp, and studentTail at δ = 0.
 */
import { normalTail } from './special-functions.ts';

/** Weights below this share of the greatest are left out. */
const weightMin = 1e-18;

/** P(T <= t), degrees of freedom > 0, any noncentrality. Absolute error below 10^-11. */
export function noncentralTBelow(t: number, degreesOfFreedom: number, noncentrality: number): number {
  // Four steps a standard deviation of log S, or of the normal's passage from 0 to 1, whichever is narrower.
  const step = 0.25 * Math.min(1 / Math.sqrt(2 * degreesOfFreedom), 1 / Math.max(1, Math.abs(t)), 0.5);
  let weights = 0;
  let sum = 0;
  for (const direction of [1, -1]) {
    for (let index = direction === 1 ? 0 : 1; ; index++) {
      const y = direction * index * step;
      // The density of log S at y, over its greatest value, at 0.
      const weight = Math.exp(degreesOfFreedom * (y - 0.5 * Math.expm1(2 * y)));
      if (weight < weightMin) break;
      weights += weight;
      sum += weight * normalTail(noncentrality - t * Math.exp(y));
    }
  }
  return sum / weights;
}

/**
 * The noncentralities under which P(T <= t) is (1 + confidence) / 2 and (1 - confidence) / 2: the ends of the interval for δ
 * (Steiger and Fouladi 1997). Ends are exact to 10^-9.
 */
export function noncentralityInterval(t: number, degreesOfFreedom: number, confidenceShare = 0.95): [number, number] {
  const endAt = (share: number): number =>
    rootOfFalling((delta) => noncentralTBelow(t, degreesOfFreedom, delta) - share, t);
  return [endAt((1 + confidenceShare) / 2), endAt((1 - confidenceShare) / 2)];
}

/** The root of a falling function: a bracket that doubles around `start`, then bisection and false position in turn. */
function rootOfFalling(f: (x: number) => number, start: number): number {
  let width = 1 + 0.1 * Math.abs(start);
  let low = start - width;
  let high = start + width;
  let atLow = f(low);
  let atHigh = f(high);
  for (; atLow < 0; width *= 2) {
    low -= width;
    atLow = f(low);
  }
  for (; atHigh > 0; width *= 2) {
    high += width;
    atHigh = f(high);
  }
  for (let round = 0; round < 200 && high - low > 1e-10 * (1 + Math.abs(low)); round++) {
    const middle = round % 3 === 2 ? (low + high) / 2 : low + ((high - low) * atLow) / (atLow - atHigh);
    const value = f(middle);
    if (value === 0) return middle;
    if (value > 0) {
      low = middle;
      atLow = value;
    } else {
      high = middle;
      atHigh = value;
    }
  }
  return atLow < -atHigh ? low : high;
}
