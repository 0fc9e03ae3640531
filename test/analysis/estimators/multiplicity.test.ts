/** Adjusted p values against R's p.adjust. */
import { expect, test } from 'vitest';
import { benjaminiHochberg, holm } from '../../../analysis/estimators/multiplicity.ts';
import { groupsOfR } from '../groups.ts';

const { p, holm: byHolm, bh } = groupsOfR.adjusted;

test('benjaminiHochberg: R’s BH', () => {
  benjaminiHochberg(p).forEach((value, at) => expect(value).toBeCloseTo(bh[at], 12));
});

test('holm: R’s holm', () => {
  holm(p).forEach((value, at) => expect(value).toBeCloseTo(byHolm[at], 12));
});

test('a missing p value stays missing and is not counted among the tests', () => {
  expect(Array.from(benjaminiHochberg([0.01, Number.NaN, 0.04]))).toEqual([0.02, Number.NaN, 0.04]);
  expect(Array.from(holm([0.01, Number.NaN, 0.04]))).toEqual([0.02, Number.NaN, 0.04]);
});
