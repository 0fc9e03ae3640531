/**
 * What signals carry: mutual information of a table, and positional disentanglement of a code.
 *
 * Plug-in entropies of the counts given, in bits; their bias for few cases is about (rows - 1)(columns - 1) / (2 n ln 2) bits upward, so
 * compare at equal n, or with what cases paired at random give. Pure; sums run in the order of symbols' first appearance.
 * Invariant: information is symmetric, at least 0 and at most the smaller entropy. Oracle: scikit-learn's mutual_info_score
 * (`test/data/detection.json`); planted codes by hand.
 * Sources: Chaabouni et al., "Compositionality and generalization in emergent languages", ACL 2020, section 2.3 (posdis).
 */
import { entropyBits } from './entropy.ts';

/** Information that two columns of equal length hold about one another, in bits. 0 for no cases. */
export function mutualInformationBits(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const [one, other, both] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()];
  for (let i = 0; i < first.length; i++) {
    one.set(first[i], (one.get(first[i]) ?? 0) + 1);
    other.set(second[i], (other.get(second[i]) ?? 0) + 1);
    const pair = `${first[i]} ${second[i]}`;
    both.set(pair, (both.get(pair) ?? 0) + 1);
  }
  return Math.max(0, entropyBits(one.values()) + entropyBits(other.values()) - entropyBits(both.values()));
}

/**
 * Positional disentanglement: over positions that vary at all, the mean gap between the information that a symbol has on the attribute it tells most
 * about and on the next, over the symbol's entropy. 1: every position stands for one attribute. NaN with one attribute or constant messages.
 * `messages[position][case]` and `attributes[attribute][case]` are columns of equal length.
 */
export function positionalDisentanglement(
  messages: readonly ArrayLike<number>[],
  attributes: readonly ArrayLike<number>[],
): number {
  if (attributes.length < 2) return Number.NaN;
  const gaps: number[] = [];
  for (const symbols of messages) {
    const entropy = mutualInformationBits(symbols, symbols);
    if (entropy < 1e-12) continue;
    const told = attributes.map((attribute) => mutualInformationBits(symbols, attribute)).sort((a, b) => b - a);
    gaps.push((told[0] - told[1]) / entropy);
  }
  return gaps.length === 0 ? Number.NaN : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}
