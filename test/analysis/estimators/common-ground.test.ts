/** Deadlock of members bound by norms: inclusion and exclusion, and every choice listed. */
import { describe, expect, test } from 'vitest';
import { deadlockShare } from '../../../analysis/estimators/common-ground.ts';

function choose(n: number, k: number): number {
  return k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}

/** Share of all combinations of choices in which no option is allowed by enough. */
function byEnumeration(members: number, options: number, allowed: number, needed: number): number {
  const sets = Array.from({ length: 1 << options }, (_, bits) => bits).filter(
    (bits) => bits.toString(2).replaceAll('0', '').length === allowed,
  );
  let [dead, all] = [0, 0];
  const visit = (member: number, counts: readonly number[]): void => {
    if (member === members) {
      all++;
      if (counts.every((count) => count < needed)) dead++;
      return;
    }
    for (const bits of sets)
      visit(
        member + 1,
        counts.map((count, option) => count + ((bits >> option) & 1)),
      );
  };
  visit(0, new Array<number>(options).fill(0));
  return dead / all;
}

describe('deadlockShare', () => {
  test('inclusion and exclusion where all must agree', () => {
    for (const [members, options, allowed] of [
      [3, 6, 3],
      [2, 9, 4],
      [5, 10, 8],
    ]) {
      let agreed = 0;
      for (let j = 1; j <= allowed; j++) {
        const share = choose(options - j, allowed - j) / choose(options, allowed);
        agreed += (-1) ** (j + 1) * choose(options, j) * share ** members;
      }
      expect(deadlockShare({ members, options, allowed, needed: members })).toBeCloseTo(1 - agreed, 10);
    }
  });

  test('three of six options each, by three, all needed: 0.3675', () => {
    expect(deadlockShare({ members: 3, options: 6, allowed: 3, needed: 3 })).toBeCloseTo(0.3675, 12);
  });

  test('every choice listed, where fewer than all are needed', () => {
    for (const [members, options, allowed, needed] of [
      [3, 5, 1, 2],
      [3, 6, 2, 2],
      [4, 4, 1, 3],
      [2, 4, 2, 1],
    ]) {
      const group = { members, options, allowed, needed };
      expect(deadlockShare(group)).toBeCloseTo(byEnumeration(members, options, allowed, needed), 12);
    }
  });
});
