/**
 * How cascades grow: users reached by time since the first post, of the largest ones and of all of at least ten users.
 *
 * Reads the sharing trees. A user counts at his first share. The band holds the middle 90 % of the cascades, not an interval of their
 * median: it is the spread of cascades that a reader wants to see. Curves are steps.
 */
import { quantileSorted } from '../../analysis/estimators/distribution.ts';
import { groupRows } from '../../analysis/estimators/cascade.ts';
import { lineFigure, type LineSeries } from '../line-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const [shownCount, sizeMin, stepCount] = [4, 10, 60];

export const cascadeGrowth: FigureKind = {
  name: 'cascade-growth',
  shows: 'users reached over time, of the largest cascades and of all above ten users',
  lacks: ({ cascadeTable }) =>
    cascadeTable.size.some((size) => size >= 3) ? undefined : 'no cascade reached three users',
  draw(source) {
    const curves = growthCurves(source);
    const largest = curves
      .slice(0, shownCount)
      .map(({ name, steps }): LineSeries => ({ name, kind: source.kind, points: steps }));
    const many = curves.filter(({ steps }) => steps.length >= sizeMin);
    return lineFigure({
      title: 'How cascades grow',
      source: source.line,
      x: { label: 'time after the first post', unit: 'hours', from: 0 },
      y: { label: 'reached so far', unit: 'users', from: 0 },
      curve: 'step',
      interval: `the middle 90 % of ${many.length} cascades of at least ${sizeMin} users; ended ones stay at their size`,
      series: [...largest, ...middle(many)],
    });
  },
  caption(source) {
    const curves = growthCurves(source);
    const beside = middle(curves.filter(({ steps }) => steps.length >= sizeMin)).length > 0;
    const median = beside ? `, beside the median of all that reached ${sizeMin} users` : '';
    return `The ${Math.min(shownCount, curves.length)} largest cascades, named by who began them${median}.`;
  },
};

interface Growth {
  readonly name: string;
  /** Hours and users, one a new user. */
  readonly steps: readonly (readonly [number, number])[];
}

/** From the largest on; those of one user are left out. */
function growthCurves(source: FigureSource): Growth[] {
  const { columns } = source.sharing;
  const { size } = source.cascadeTable;
  const { rows, starts, roots } = groupRows(columns.parent);
  const order = Array.from(size.keys())
    .filter((at) => size[at] >= 2)
    .sort((a, b) => size[b] - size[a] || a - b);
  return order.map((at) => {
    const root = roots[at];
    const seen = new Set<number>();
    const timed = Array.from(rows.subarray(starts[at], starts[at + 1]), (row) => ({
      user: columns.author[row],
      hours: columns.timeHours[row] - columns.timeHours[root],
    })).sort((a, b) => a.hours - b.hours);
    const steps: [number, number][] = [];
    for (const { user, hours } of timed) {
      if (seen.has(user)) continue;
      seen.add(user);
      steps.push([hours, seen.size]);
    }
    return { name: source.agentName(columns.author[root]), steps };
  });
}

function middle(curves: readonly Growth[]): LineSeries[] {
  if (curves.length < 5) return [];
  const end = Math.max(...curves.map(({ steps }) => steps.at(-1)?.[0] ?? 0));
  const times = Array.from({ length: stepCount + 1 }, (_, k) => (end * k) / stepCount);
  const at = times.map((hours) => Float64Array.from(curves, ({ steps }) => usersAt(steps, hours)).sort());
  return [
    {
      name: `median of ${curves.length}`,
      kind: 'baseline',
      points: times.map((hours, k): [number, number] => [hours, quantileSorted(at[k], 0.5)]),
      band: times.map((hours, k): [number, number, number] => [
        hours,
        quantileSorted(at[k], 0.05),
        quantileSorted(at[k], 0.95),
      ]),
    },
  ];
}

function usersAt(steps: Growth['steps'], hours: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const half = (low + high) >>> 1;
    if ((steps[half]?.[0] ?? Infinity) <= hours) low = half + 1;
    else high = half;
  }
  return low === 0 ? 0 : (steps[low - 1]?.[1] ?? 0);
}
