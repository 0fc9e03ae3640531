/**
 * Inequality of a non-negative quantity over units: the Gini coefficient, the Lorenz curve, what the largest hold.
 *
 * Oracle: half the relative mean absolute difference over all pairs, in the test. Source: Gini (1912); the sorted form is
 * G = 2 Σ i x_(i) / (n Σ x) - (n + 1) / n, the population form without the n / (n - 1) correction.
 */

/** Gini coefficient in [0, 1 - 1/n] of non-negative values: 0 when all are equal. NaN for no values; 0 when all are 0. */
export function gini(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  let total = 0;
  let ranked = 0;
  for (let index = 0; index < count; index++) {
    total += sorted[index];
    ranked += (2 * index + 1 - count) * sorted[index];
  }
  if (count === 0) return Number.NaN;
  return total === 0 ? 0 : ranked / (count * total);
}

/** Lorenz curve: what share of the total the poorest share of units holds, at `points` + 1 even steps from 0 to 1. NaN without a total. */
export function lorenzCurve(
  values: ArrayLike<number>,
  points = 10,
): { readonly units: number; readonly held: number }[] {
  const sorted = Float64Array.from(values).sort();
  const cumulative = new Float64Array(sorted.length + 1);
  for (let index = 0; index < sorted.length; index++) cumulative[index + 1] = cumulative[index] + sorted[index];
  const total = cumulative[sorted.length];
  return Array.from({ length: points + 1 }, (_, k) => {
    const place = (k / points) * sorted.length;
    const below = Math.min(sorted.length - 1, Math.floor(place));
    const held = cumulative[below] + (place - below) * sorted[below];
    return { units: k / points, held: total === 0 ? Number.NaN : held / total };
  });
}

/** Share of the total that the largest `topShare` of the units hold; `topShare` in (0, 1], at least one unit. NaN without a total. */
export function topHeldShare(values: ArrayLike<number>, topShare: number): number {
  const sorted = Float64Array.from(values).sort();
  const topCount = Math.max(1, Math.floor(topShare * sorted.length));
  let total = 0;
  let top = 0;
  for (let index = 0; index < sorted.length; index++) {
    total += sorted[index];
    if (index >= sorted.length - topCount) top += sorted[index];
  }
  return total === 0 ? Number.NaN : top / total;
}
