/**
 * Figures of a sweep, one panel a measure: curves with bands over the first factor, bars where its values are no numbers, clouds over each factor where
 * the design fills a space, shares of variance for Saltelli's.
 *
 * Takes the plan and its rows; gives figures with their data. Curves of the other factors' combinations stand in one panel, at most eight.
 * Order: measures as in the plan. Invariant: every figure's data are numbers of the tables.
 */
import { barFigure } from '../../viz/bar-figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { scatterFigure } from '../../viz/scatter-figure.ts';
import { isNumeric } from './sweep-tables.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import type { Figure } from '../../viz/figure.ts';
import type { LineSeries } from '../../viz/line-figure.ts';
import type { CellRow, SensitivityRow } from './sweep-tables.ts';
import type { SweepPlan } from './sweep-plan.ts';

/** A figure and the name of its files. */
export interface SweepFigure {
  readonly name: string;
  readonly figure: Figure;
}

const seriesMax = 8;
const interval = '95 % intervals of the mean, Student’s t over worlds';

/** All figures of a sweep. */
export function sweepFigures(
  plan: SweepPlan,
  rows: readonly CellRow[],
  sensitivity: readonly SensitivityRow[],
): SweepFigure[] {
  return plan.measures.flatMap((measure) => {
    const mine = rows.filter((row) => row.measure === measure);
    if (plan.design === 'saltelli') {
      return [sharesFigure(plan, measure, sensitivity), ...clouds(plan, measure, mine)];
    }
    if (plan.design === 'lhs' || plan.design === 'sobol') return clouds(plan, measure, mine);
    if (plan.design === 'one-at-a-time') return [changesFigure(plan, measure, mine)];
    return [isNumeric(plan, 0) ? curves(plan, measure, mine) : bars(plan, measure, mine)];
  });
}

function fileName(...parts: string[]): string {
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9.-]+/g, '-')).join('--');
}

function words(plan: SweepPlan, what: string): { title: string; source: string } {
  const worlds =
    plan.until === undefined ? `${plan.replicates} worlds a cell` : `${plan.replicates} worlds a cell or more`;
  return {
    title: what,
    source: `Source: ${plan.source.name}, ${plan.design}, ${worlds}, seeds from ${plan.seed} on; mesocosm ${engineVersion}`,
  };
}

/** What a cell is called by its values of all factors but the first. */
function otherName({ factors, cells, design }: SweepPlan, cell: number): string {
  const others = design === 'zip' ? [] : factors.slice(1);
  return others.map(({ path }, at) => `${lastPart(path)} ${cells[cell][at + 1]}`).join(', ');
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function curves(plan: SweepPlan, measure: string, rows: readonly CellRow[]): SweepFigure {
  const groups = Map.groupBy(rows, ({ cell }) => otherName(plan, cell));
  const shown = [...groups].slice(0, seriesMax);
  const series = shown.map(([name, group]): LineSeries => {
    const sorted = group
      .map((row) => ({ ...row, x: Number(plan.cells[row.cell][0]) }))
      .sort((one, other) => one.x - other.x);
    return {
      name: name === '' ? measure : name,
      kind: 'simulated',
      points: sorted.map(({ x, mean }) => [x, mean ?? Number.NaN]),
      band: sorted.map(({ x, interval: ends }) => [x, ends?.[0] ?? Number.NaN, ends?.[1] ?? Number.NaN]),
    };
  });
  const { title, source } = words(plan, `${measure} by ${plan.factors[0].path}`);
  const left = groups.size > seriesMax ? `${groups.size - seriesMax} further curves are in cells.csv.` : '';
  const figure = lineFigure({
    ...{ title, source, interval, series },
    ...(left === '' ? {} : { note: left }),
    ...{ x: { label: plan.factors[0].path }, y: { label: measure } },
  });
  return { name: fileName(measure), figure };
}

function bars(plan: SweepPlan, measure: string, rows: readonly CellRow[]): SweepFigure {
  const groups = [...Map.groupBy(rows, ({ cell }) => otherName(plan, cell))].slice(0, seriesMax);
  const categories = [...new Set(plan.cells.map(([first]) => first))];
  const of = (group: readonly CellRow[], category: string): CellRow | undefined =>
    group.find(({ cell }) => plan.cells[cell][0] === category);
  const { title, source } = words(plan, `${measure} by ${plan.factors[0].path}`);
  const figure = barFigure({
    ...{ title, source, interval, categories },
    ...{ x: { label: plan.factors[0].path }, y: { label: measure } },
    groups: groups.map(([name, group]) => ({
      name: name === '' ? measure : name,
      kind: 'simulated',
      values: categories.map((category) => of(group, category)?.mean ?? null),
      intervals: categories.map((category) => of(group, category)?.interval ?? null),
    })),
  });
  return { name: fileName(measure), figure };
}

/** Differences from the base, one bar a changed factor and level. */
function changesFigure(plan: SweepPlan, measure: string, rows: readonly CellRow[]): SweepFigure {
  const changed = rows.filter(({ cell }) => cell > 0);
  const nameOf = (cell: number): string => {
    const factor = plan.cells[cell].findIndex((value, at) => value !== plan.cells[0][at]);
    return `${lastPart(plan.factors[Math.max(0, factor)].path)} ${plan.cells[cell][Math.max(0, factor)]}`;
  };
  const { title, source } = words(plan, `${measure}: one factor changed at a time, less the base`);
  const figure = barFigure({
    ...{ title, source, interval: '95 % intervals of the mean difference over pairs of worlds of one seed' },
    ...{ x: { label: 'what is changed' }, y: { label: `difference of ${measure}` } },
    categories: changed.map(({ cell }) => nameOf(cell)),
    groups: [
      {
        name: 'difference from the base',
        kind: 'simulated',
        values: changed.map(({ difference }) => difference?.value ?? null),
        intervals: changed.map(({ difference }) => difference?.interval ?? null),
      },
    ],
  });
  return { name: fileName(measure), figure };
}

function sharesFigure(plan: SweepPlan, measure: string, sensitivity: readonly SensitivityRow[]): SweepFigure {
  const mine = sensitivity.filter((row) => row.measure === measure);
  const { title, source } = words(plan, `${measure}: what each factor accounts for`);
  const figure = barFigure({
    ...{ title, source, interval: '95 % intervals, bootstrap over base rows' },
    ...{ x: { label: 'factor' }, y: { label: 'share of variance' } },
    categories: plan.factors.map(({ path }) => lastPart(path)),
    groups: (['first', 'total'] as const).map((order) => ({
      name: order === 'first' ? 'alone (first order)' : 'with others (total)',
      kind: order === 'first' ? 'simulated' : 'baseline',
      values: plan.factors.map(
        ({ path }) => mine.find((row) => row.factor === path && row.order === order)?.value ?? null,
      ),
      intervals: plan.factors.map(
        ({ path }) => mine.find((row) => row.factor === path && row.order === order)?.interval ?? null,
      ),
    })),
  });
  return { name: fileName(measure), figure };
}

/** The measure over each factor whose values are numbers, a point a cell. */
function clouds(plan: SweepPlan, measure: string, rows: readonly CellRow[]): SweepFigure[] {
  return plan.factors.flatMap(({ path }, factor) => {
    if (!isNumeric(plan, factor)) return [];
    const { title, source } = words(plan, `${measure} by ${path}`);
    const points = rows.map(({ cell, mean }) => [Number(plan.cells[cell][factor]), mean ?? Number.NaN] as const);
    const figure = scatterFigure({
      ...{ title, source, note: 'A point is the mean of a cell.' },
      ...{ x: { label: path }, y: { label: measure } },
      series: [{ name: 'cells', kind: 'simulated', points }],
    });
    return [{ name: fileName(measure, path), figure }];
  });
}
