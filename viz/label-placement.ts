/**
 * Where the names of series stand: beside their lines, so that no legend has to be matched by colour.
 *
 * Two ways. `stackLabels` for curves that run to the right rim: one column of names, pushed apart. `placeBeside` for curves that
 * cross or end anywhere: each name looks along its own curve for the place where it covers nothing and no other curve is nearer.
 * Both are greedy in the order given; the number of series is small and a reader gains nothing from an optimum.
 * Invariant: a name is always placed, inside the bounds, whatever it has to cover.
 */
import { textWidth, type Rectangle } from './figure.ts';

/** A point of the sheet, in pixels. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Moves heights apart until they are `gap` pixels from one another, within [top, bottom] if they fit. Keeps their order. */
export function stackLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = wanted.map((y) => Math.min(bottom, Math.max(top, y)));
  let lowest = top - gap;
  for (const index of order) {
    lowest = Math.max(placed[index], lowest + gap);
    placed[index] = lowest;
  }
  let highest = bottom + gap;
  for (const index of order.toReversed()) {
    highest = Math.min(placed[index], highest - gap);
    placed[index] = highest;
  }
  return placed;
}

/** A name that is placed: `x`, `y` is the left end of its baseline. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly box: Rectangle;
}

/** Places one name a curve, beside it. `curves` are their points in pixels, evenly spaced. */
export function placeBeside(
  names: readonly string[],
  curves: readonly (readonly Spot[])[],
  size: number,
  bounds: Rectangle,
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  names.forEach((name, index) => {
    const width = textWidth(name, size) + 4;
    let best: PlacedLabel = boxedLabel({ x: bounds.left + 4, y: bounds.top + size + index * (size + 3) }, width, size);
    let bestCost = Infinity;
    for (const spot of curves[index]) {
      for (const candidate of candidatesAt(spot, width, size)) {
        if (!contains(bounds, candidate.box)) continue;
        const cost = costOf(candidate, index, curves, placed);
        if (cost < bestCost) [best, bestCost] = [candidate, cost];
      }
    }
    placed.push(best);
  });
  return placed;
}

/** Right above, right below, left below, left above a spot of the curve. */
function candidatesAt({ x, y }: Spot, width: number, size: number): PlacedLabel[] {
  const [near, above, below] = [9, y - 7, y + size + 5];
  const starts: Spot[] = [
    { x: x + near, y: above },
    { x: x + near, y: below },
    { x: x - near - width, y: below },
    { x: x - near - width, y: above },
  ];
  return starts.map((start) => boxedLabel(start, width, size));
}

function boxedLabel({ x, y }: Spot, width: number, size: number): PlacedLabel {
  return { x, y, box: { left: x - 5, top: y - size, width: width + 6, height: size + 4 } };
}

/** Covering another name costs most, then covering a curve, then standing nearer to another curve than to one's own. */
function costOf(
  { box }: PlacedLabel,
  own: number,
  curves: readonly (readonly Spot[])[],
  placed: readonly PlacedLabel[],
): number {
  let cost = 0;
  let [ownDistance, otherDistance] = [Infinity, Infinity];
  curves.forEach((curve, index) => {
    for (const spot of curve) {
      const distance = distanceTo(box, spot);
      if (distance === 0) cost += index === own ? 12 : 20;
      if (index === own) ownDistance = Math.min(ownDistance, distance);
      else otherDistance = Math.min(otherDistance, distance);
    }
  });
  for (const other of placed) if (overlaps(box, other.box)) cost += 10_000;
  return cost + (otherDistance < ownDistance ? 300 : 0) + ownDistance - Math.min(otherDistance, 60) / 2;
}

function distanceTo({ left, top, width, height }: Rectangle, { x, y }: Spot): number {
  const dx = Math.max(left - x, 0, x - left - width);
  const dy = Math.max(top - y, 0, y - top - height);
  return Math.sqrt(dx * dx + dy * dy);
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}
