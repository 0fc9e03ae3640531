/**
 * Branching processes: what a cascade does when every sharer is independently followed by a Poisson number of others.
 *
 * The null model of a cascade (Watson and Galton 1875; Harris 1963): with a mean R of followers a sharer, it dies out with the
 * smallest root of q = exp(R (q - 1)), and below R = 1 its mean size is 1 / (1 - R).
 * Oracle: extinction 0.203188 at R = 2, 0.417188 at R = 1.5; mean size 2 at R = 0.5.
 */

/** Probability that a cascade with Poisson(R) followers a sharer ends by itself: 1 for R <= 1. */
export function extinctionProbability(meanFollowers: number): number {
  if (meanFollowers <= 1) return 1;
  let low = 0;
  let high = 1 / meanFollowers;
  // q - exp(R (q - 1)) is negative at 0 and positive at 1 / R, where the curve's slope is below 1.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (Math.exp(meanFollowers * (middle - 1)) > middle) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean number of sharers, the first included, for R < 1; infinite from R = 1 on. */
export function meanTotalSize(meanFollowers: number): number {
  return meanFollowers < 1 ? 1 / (1 - meanFollowers) : Number.POSITIVE_INFINITY;
}

/** A cascade of a branching process: its size and its greatest depth. */
export interface BranchingCascade {
  readonly size: number;
  readonly depth: number;
}

/**
 * One draw of the process in which every sharer is followed by Poisson(R) others, cut when `sizeMax` is reached.
 * Poisson by multiplying uniforms (Knuth 1969, section 3.4.1): exact for the small means that cascades have.
 */
export function drawBranching(meanFollowers: number, sizeMax: number, stream: { uniform(): number }): BranchingCascade {
  const limit = Math.exp(-meanFollowers);
  let size = 1;
  let depth = 0;
  for (let level = 1; level > 0 && size < sizeMax;) {
    let next = 0;
    for (let sharer = 0; sharer < level; sharer++) {
      for (let product = stream.uniform(); product > limit; product *= stream.uniform()) next++;
    }
    if (next > 0) depth++;
    size += next;
    level = next;
  }
  return { size: Math.min(size, sizeMax), depth };
}
