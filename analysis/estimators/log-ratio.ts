/**
 * The logarithm of a ratio of sums over independent units, as pseudo-values of the jackknife: one value a unit, whose mean is the estimate
 * and whose spread is its error, so that ratios are compared, paired and tested as means are.
 *
 * Pure. With L the log of the ratio of all sums and L(-i) the same without unit i, the pseudo-value of unit i is n L - (n - 1) L(-i). A ratio
 * of sums stands where a unit's own ratio does not, at counts of 0; large units weigh more. Pseudo-values of two ratios over the same units,
 * subtracted unit by unit, are those of the difference of the logs.
 * Oracles: the ratio's standard error by linearisation (`ratioInterval`), and left-out sums taken anew. Source: Tukey 1958, Ann. Math.
 * Stat. 29; Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11.
 */

/**
 * Pseudo-values of log(sum of `above` / sum of `below`), a row a unit, in natural logarithms; of one unit its own. All NaN where either sum,
 * one unit left out, is 0: then a ratio is not to be had.
 */
export function logRatioPseudoValues(above: ArrayLike<number>, below: ArrayLike<number>): Float64Array {
  const n = above.length;
  let [sumAbove, sumBelow] = [0, 0];
  for (let unit = 0; unit < n; unit++) {
    sumAbove += above[unit];
    sumBelow += below[unit];
  }
  const all = Math.log(sumAbove / sumBelow);
  const values = Float64Array.from({ length: n }, (_, unit) => {
    if (n === 1) return all;
    return n * all - (n - 1) * Math.log((sumAbove - above[unit]) / (sumBelow - below[unit]));
  });
  return values.every(Number.isFinite) ? values : values.fill(Number.NaN);
}
