/**
 * What is known of the graphs of the generators in closed form: tails of degrees, transitivity, ties within groups.
 *
 * Pure. Everything that holds for many agents only says so. Sources stand at the formulas.
 */
import { logGamma } from '../../../../analysis/estimators/special-functions.ts';

/** P(X >= least) for X binomial. */
export function binomialTail(least: number, trials: number, share: number): number {
  let below = 0;
  for (let k = 0; k < least; k++) {
    const ways = logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1);
    below += Math.exp(ways + k * Math.log(share) + (trials - k) * Math.log1p(-share));
  }
  return 1 - below;
}

/** P(X >= least) for X Poisson. */
export function poissonTail(least: number, mean: number): number {
  let below = 0;
  for (let k = 0; k < least; k++) below += Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
  return 1 - below;
}

/** Share of agents with at least so many ties under preferential attachment of m each, many agents: m (m + 1) / (k (k + 1)) (Bollobás et al. 2001). */
export function attachmentTail(least: number, perNewcomer: number): number {
  return (perNewcomer * (perNewcomer + 1)) / (least * (least + 1));
}

/** A small world of many agents: K neighbours, a share p rewired. */
export interface SmallWorld {
  readonly neighbourCount: number;
  readonly rewiredShare: number;
}

/** Share with at least so many ties: K / 2 kept by oneself, binomial ones kept by others, Poisson ones rewired to one (Barrat and Weigt 2000). */
export function smallWorldTail(least: number, { neighbourCount, rewiredShare }: SmallWorld): number {
  const half = neighbourCount / 2;
  let share = 0;
  for (let kept = 0; kept <= half; kept++) {
    const exactly = binomialTail(kept, half, 1 - rewiredShare) - binomialTail(kept + 1, half, 1 - rewiredShare);
    const rest = least - half - kept;
    share += exactly * (rest <= 0 ? 1 : poissonTail(rest, rewiredShare * half));
  }
  return share;
}

/**
 * Transitivity: triangles of the ring of whose three ties none was rewired, over paths of two ties, whose number grows with the variance of
 * degrees, (K / 2) p (2 - p). Barrat and Weigt 2000 leave that variance out.
 */
export function smallWorldTransitivity({ neighbourCount: k, rewiredShare: p }: SmallWorld): number {
  const ring = (3 * (k - 2)) / (4 * (k - 1));
  const variance = (k / 2) * p * (2 - p);
  return (ring * (1 - p) ** 3 * k * (k - 1)) / (k * (k - 1) + variance);
}

/** Sizes of blocks and the density of follows from block to block. */
export interface Blocks {
  readonly sizes: readonly number[];
  readonly density: readonly (readonly number[])[];
}

/** Expected triangles over expected paths of two ties, times three: q is the density of pairs that are tied either way. */
export function blockTransitivity({ sizes, density }: Blocks): number {
  const q = sizes.map((_, a) => sizes.map((__, b) => 1 - (1 - density[a][b]) * (1 - density[b][a])));
  let [closed, paths] = [0, 0];
  sizes.forEach((na, a) => {
    sizes.forEach((nb, b) => {
      sizes.forEach((nc, c) => {
        const path = na * nb * nc * q[a][b] * q[a][c];
        paths += path;
        closed += path * q[b][c];
      });
    });
  });
  return closed / paths;
}

/** Share of agents with at least so many followers, many agents: a Poisson a block. */
export function blockTail(least: number, { sizes, density }: Blocks): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.reduce((sum, size, b) => {
    const mean = sizes.reduce((followers, other, a) => followers + other * density[a][b], 0);
    return sum + (size / total) * poissonTail(least, mean);
  }, 0);
}

/** Expected share of ties within a block. */
export function blockOwnShare({ sizes, density }: Blocks): number {
  let [own, all] = [0, 0];
  sizes.forEach((na, a) => {
    sizes.forEach((nb, b) => {
      const ties = na * (a === b ? nb - 1 : nb) * density[a][b];
      all += ties;
      if (a === b) own += ties;
    });
  });
  return own / all;
}
