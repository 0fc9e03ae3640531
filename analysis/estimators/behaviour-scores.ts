/**
 * Scores of behaviour by which units are ranked as suspects: excess of following, evidence endured, claims changed.
 *
 * Pure functions of what can be seen in a record; none knows who was planted. Rates are smoothed by half a case on each side, so that units
 * with few cases are not ranked first by chance (the Jeffreys estimate of a share). Higher is more suspect.
 * Oracles: hand counts (`test/analysis/estimators/behaviour-scores.test.ts`). Sources: Page, Biometrika 41, 1954 (cumulative sums); Brown, Cai
 * and DasGupta, Statistical Science 16, 2001 (smoothed shares).
 */
import { normalisedText } from './text-likeness.ts';

/** Cases of one kind: how many there were, and in how many of them it was done. */
export interface Rate {
  readonly hits: number;
  readonly trials: number;
}

/** The share of cases, (hits + 1/2) / (trials + 1); 1/2 without a case. */
export function smoothedShare({ hits, trials }: Rate): number {
  return (hits + 0.5) / (trials + 1);
}

/** By how much something is done more often in cases with a cue than in cases without it, in [-1, 1]. */
export function cueExcess(cued: Rate, uncued: Rate): number {
  return smoothedShare(cued) - smoothedShare(uncued);
}

/**
 * The most evidence against it that a choice was held through: the greatest cumulative sum of `evidence` (above 0 speaks against), which
 * never falls below 0, over its first `heldCount` items.
 */
export function evidenceEndured(evidence: ArrayLike<number>, heldCount: number): number {
  let [sum, most] = [0, 0];
  for (let i = 0; i < Math.min(heldCount, evidence.length); i++) {
    sum = Math.max(0, sum + evidence[i]);
    most = Math.max(most, sum);
  }
  return most;
}

/** Numbers that a text states, by the word that follows them: `310 grams` is a claim of grams. The last of a unit counts. */
export function claimsOf(text: string): Map<string, number> {
  const found = text.matchAll(/(\d+(?:\.\d+)?)\s*(\p{L}+)/gu);
  return new Map(Array.from(found, ([, number, unit]) => [unit.toLowerCase(), Number(number)]));
}

/** Claims of a text that was read and stands again in what was written, and how many of those have another number. */
export function changedClaims(read: string, written: string): Rate {
  const [before, after] = [claimsOf(read), claimsOf(written)];
  const kept = [...after].filter(([unit]) => before.has(unit));
  return { hits: kept.filter(([unit, number]) => before.get(unit) !== number).length, trials: kept.length };
}

/** 1 less the share of distinct words that two texts have in common (Jaccard), in [0, 1]; 0 for two empty texts. */
export function wordDistance(first: string, second: string): number {
  const [one, other] = [first, second].map((text) => new Set(normalisedText(text).split(' ').filter(Boolean)));
  const common = [...one].filter((word) => other.has(word)).length;
  const all = one.size + other.size - common;
  return all === 0 ? 0 : 1 - common / all;
}
