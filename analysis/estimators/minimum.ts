/**
 * Minima of functions of one or two variables, without derivatives: what the likelihood fits need.
 *
 * Golden section for one variable, Nelder and Mead's simplex (1965, Comput. J. 7) for two. Deterministic. Neither checks that
 * the function has one minimum only: callers pass likelihoods that do, or start close by.
 */

const goldenShare = (Math.sqrt(5) - 1) / 2;

/** The argument in [low, high] at which a function with one minimum there is least, within `tolerance`. */
export function minimumOf(f: (x: number) => number, low: number, high: number, tolerance = 1e-9): number {
  let a = low;
  let b = high;
  let x = b - goldenShare * (b - a);
  let y = a + goldenShare * (b - a);
  let fx = f(x);
  let fy = f(y);
  while (b - a > tolerance) {
    if (fx < fy) {
      b = y;
      y = x;
      fy = fx;
      x = b - goldenShare * (b - a);
      fx = f(x);
    } else {
      a = x;
      x = y;
      fx = fy;
      y = a + goldenShare * (b - a);
      fy = f(y);
    }
  }
  return (a + b) / 2;
}

/** A point of the plane and the function's value there. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/**
 * A local minimum near (x, y), found by a simplex of the given size. Ends when the values differ by less than 10^-10 of
 * themselves and the corners by less than 10^-7, or after 2,000 steps; restarts once from where it ended, against early collapse.
 */
export function minimumInPlane(f: (x: number, y: number) => number, x: number, y: number, size = 0.5): PlanePoint {
  const first = descend(f, x, y, size);
  return descend(f, first.x, first.y, size / 5);
}

function descend(f: (x: number, y: number) => number, x: number, y: number, size: number): PlanePoint {
  const at = (px: number, py: number): PlanePoint => {
    const value = f(px, py);
    return { x: px, y: py, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  let best = at(x, y);
  let middle = at(x + size, y);
  let worst = at(x, y + size);
  for (let step = 0; step < 2000; step++) {
    [best, middle, worst] = [best, middle, worst].sort((p, q) => p.value - q.value);
    if (settled(best, worst) && settled(best, middle)) break;
    const centreX = (best.x + middle.x) / 2;
    const centreY = (best.y + middle.y) / 2;
    const along = (share: number): PlanePoint =>
      at(centreX + share * (worst.x - centreX), centreY + share * (worst.y - centreY));
    const mirrored = along(-1);
    if (mirrored.value < best.value) {
      const further = along(-2);
      worst = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < middle.value) {
      worst = mirrored;
    } else {
      const inner = along(mirrored.value < worst.value ? -0.5 : 0.5);
      if (inner.value < Math.min(worst.value, mirrored.value)) worst = inner;
      else {
        middle = at((best.x + middle.x) / 2, (best.y + middle.y) / 2);
        worst = at((best.x + worst.x) / 2, (best.y + worst.y) / 2);
      }
    }
  }
  return best;
}

function settled(best: PlanePoint, other: PlanePoint): boolean {
  const apart = Math.abs(best.x - other.x) + Math.abs(best.y - other.y);
  return apart < 1e-7 && other.value - best.value <= 1e-10 * (1 + Math.abs(best.value));
}
