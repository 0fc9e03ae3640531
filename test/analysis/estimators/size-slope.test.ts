/**
 * The slope over sizes against R 4: y <- c(...); x <- log10(size); m <- lm(y ~ x); X <- model.matrix(m); B <- solve(crossprod(X));
 * V <- B %*% t(X) %*% diag(resid(m)^2 * n/(n-2)) %*% X %*% B; coef(m)[2] + c(-1, 0, 1) * qt(.975, n - 2) * sqrt(V[2, 2]).
 */
import { expect, test } from 'vitest';
import { slopePerTenfold } from '../../../analysis/estimators/size-slope.ts';

const sizes = [100, 100, 1000, 1000, 10_000, 10_000, 100_000];
const effects = [0.1, 0.3, 0.25, 0.2, 0.5, 0.35, 0.6];

test('slopePerTenfold: slope and interval are those of lm with HC1 errors in R', () => {
  const { value, interval, n } = slopePerTenfold(sizes.map((size, i) => ({ size, effect: effects[i] })));
  expect([interval[0], value, interval[1], n]).toEqual([
    expect.closeTo(0.041142146, 6),
    expect.closeTo(0.133653846, 6),
    expect.closeTo(0.226165547, 6),
    7,
  ]);
});

test('slopePerTenfold: one size has no slope, and two points no interval', () => {
  const at = (size: number, effect: number) => ({ size, effect });
  expect(slopePerTenfold([at(10, 1), at(10, 2), at(10, 3)]).value).toBeNaN();
  const two = slopePerTenfold([at(10, 1), at(1000, 2)]);
  expect(two.value).toBeCloseTo(0.5, 12);
  expect(two.interval[0]).toBeNaN();
});
