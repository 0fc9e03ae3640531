/**
 * p values of many tests together: Benjamini and Hochberg's q values, Holm's adjusted p values.
 *
 * BH (1995, J. R. Stat. Soc. B 57) bounds the expected share of false ones among what is called significant, for independent or
 * positively dependent tests. Holm (1979) bounds the chance of a single false one, whatever the dependence. Oracle: R's p.adjust.
 */

/**
 * q values in the order of the p values: calling significant what has q <= α keeps the false discovery rate at α. NaN stays and is not counted.
 * `testCount`: how many tests there were, where only the smallest p values are at hand: the others count as 1.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>, testCount?: number): Float64Array {
  const order = ascending(pValues);
  const count = testCount ?? order.length;
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let least = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    least = Math.min(least, (pValues[order[rank - 1]] * count) / rank);
    adjusted[order[rank - 1]] = least;
  }
  return adjusted;
}

/** Adjusted p values in the order given: calling significant what is <= α keeps the chance of any false one at α. NaN stays and is not counted. */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const order = ascending(pValues);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let most = 0;
  order.forEach((test, rank) => {
    most = Math.max(most, Math.min(1, pValues[test] * (order.length - rank)));
    adjusted[test] = most;
  });
  return adjusted;
}

function ascending(pValues: ArrayLike<number>): number[] {
  const known = Array.from(pValues, (_, test) => test).filter((test) => !Number.isNaN(pValues[test]));
  return known.sort((a, b) => pValues[a] - pValues[b] || a - b);
}
