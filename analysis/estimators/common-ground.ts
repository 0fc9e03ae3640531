/**
 * Closed form of deadlock: how often members whose norms each allow some of the options have no option that enough of them allow.
 *
 * Each of `members` allows some of `options`, so many, drawn evenly and independently. Members are added one by one; the state is how many
 * options have been allowed by 0, 1, 2 … members so far, the last class being "by at least `needed`". A member's choice splits over
 * these classes by the multivariate hypergeometric distribution. Exact but for rounding. Pure.
 * Oracles: inclusion and exclusion where all must agree; every choice of small groups (`test/analysis/estimators/common-ground.test.ts`).
 */
import { InvariantError } from '../../sim/ground/errors.ts';

/** A group bound by norms. */
export interface NormGroup {
  readonly members: number;
  readonly options: number;
  /** Options that each member's norms allow: a number, or by number the probability of so many, which add up to 1. */
  readonly allowed: number | readonly number[];
  /** Members that must allow an option for it to be agreed on: all of them for unanimity. */
  readonly needed: number;
}

/** Probability that no option is allowed by at least `needed` members. Throws InvariantError for numbers that make no group. */
export function deadlockShare({ members, options, allowed, needed }: NormGroup): number {
  const sizes = typeof allowed === 'number' ? exactly(allowed) : allowed;
  if (!(sizes.length <= options + 1 && needed >= 1 && members >= 1)) {
    throw new InvariantError(
      `no group: ${members} members, ${sizes.length - 1} of ${options} options, ${needed} needed`,
    );
  }
  // Classes 0 to needed - 1: options allowed by so many members. Any option beyond ends the deadlock, so such states drop out.
  let states = new Map<string, number>([[[options, ...new Array<number>(needed - 1).fill(0)].join(), 1]]);
  for (let member = 0; member < members; member++) {
    const next = new Map<string, number>();
    for (const [key, share] of states) {
      sizes.forEach((sizeShare, size) => {
        if (sizeShare > 0) addMember(next, key.split(',').map(Number), share * sizeShare, size, options);
      });
    }
    states = next;
  }
  return [...states.values()].reduce((sum, share) => sum + share, 0);
}

function exactly(size: number): number[] {
  return Array.from({ length: size + 1 }, (_, k) => (k === size ? 1 : 0));
}

/** Adds to `next` what becomes of a state by a member that allows so many options. */
function addMember(
  next: Map<string, number>,
  counts: readonly number[],
  share: number,
  size: number,
  options: number,
): void {
  for (const { taken, ways } of splits(counts, size)) {
    // An option of the highest class that is allowed once more is agreed on.
    if (taken[counts.length - 1] > 0) continue;
    const moved = counts.map((count, k) => count - taken[k] + (k === 0 ? 0 : taken[k - 1])).join();
    next.set(moved, (next.get(moved) ?? 0) + (share * ways) / choose(options, size));
  }
}

/**
 * How many options a member allows, by number, that allows `allowed` of `options` and each of the others with probability `concededShare`:
 * what remains is drawn evenly, because the others are alike.
 */
export function concededSizes(options: number, allowed: number, concededShare: number): number[] {
  const rest = options - allowed;
  return Array.from({ length: options + 1 }, (_, size) => {
    const conceded = size - allowed;
    if (conceded < 0) return 0;
    return choose(rest, conceded) * concededShare ** conceded * (1 - concededShare) ** (rest - conceded);
  });
}

interface Split {
  readonly taken: readonly number[];
  readonly ways: number;
}

/** Ways to take `wanted` options out of the classes. */
function splits(counts: readonly number[], wanted: number): Split[] {
  const [first, ...rest] = counts;
  if (rest.length === 0) return wanted > first ? [] : [{ taken: [wanted], ways: choose(first, wanted) }];
  return Array.from({ length: Math.min(first, wanted) + 1 }, (_, here) =>
    splits(rest, wanted - here).map(({ taken, ways }) => {
      return { taken: [here, ...taken], ways: ways * choose(first, here) };
    }),
  ).flat();
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
