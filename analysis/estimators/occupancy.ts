/**
 * Closed form of redundant effort: how many different parts of a task are done when workers choose without seeing one another.
 *
 * Each worker picks one part by probabilities of its own, independently. A part stays undone with the product of (1 - p) over workers, so
 * expectation and variance of the number of parts done are sums over parts and pairs of parts; for equal chances they are those of the
 * occupancy problem. Exact but for rounding. Pure.
 * Oracle: every choice of every worker listed (`test/analysis/estimators/occupancy.test.ts`).
 * Source: Feller, An Introduction to Probability Theory and Its Applications I, chapters II.11 and IV.2.
 */

/** Number of parts that at least one worker does. */
export interface Occupancy {
  readonly mean: number;
  readonly variance: number;
}

/** `chances[worker][part]`: rows of probabilities that add up to at most 1; what is missing is a worker that does nothing. */
export function partsDone(chances: readonly (readonly number[])[]): Occupancy {
  const partCount = chances[0]?.length ?? 0;
  const undone = Array.from({ length: partCount }, (_, part) => productOf(chances, (row) => 1 - row[part]));
  const mean = undone.reduce((sum, share) => sum + 1 - share, 0);
  let variance = 0;
  for (let part = 0; part < partCount; part++) {
    for (let other = 0; other < partCount; other++) {
      const both = part === other ? undone[part] : productOf(chances, (row) => 1 - row[part] - row[other]);
      variance += both - undone[part] * undone[other];
    }
  }
  return { mean, variance: Math.max(0, variance) };
}

function productOf(chances: readonly (readonly number[])[], of: (row: readonly number[]) => number): number {
  return chances.reduce((product, row) => product * of(row), 1);
}

/**
 * Chances of a worker that is assigned one part of `partCount`: with probability `clearShare` it understands which, else it picks evenly.
 */
export function assignedChances(partCount: number, assigned: number, clearShare: number): number[] {
  return Array.from(
    { length: partCount },
    (_, part) => (1 - clearShare) / partCount + (part === assigned ? clearShare : 0),
  );
}
