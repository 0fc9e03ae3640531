/**
 * Ridgelines: one distribution a row, rows from early to late, so that a reader sees it move, split or narrow.
 *
 * Reads raw values, row by row; what is not finite is left out and counted. All rows share one bandwidth (the median of
 * Silverman's rule over rows, at least a sixtieth of the range) and one scale of height, so that a flat ridge is a wide one.
 * Order of drawing: from the first row down, each row over the one above it. The tick in a ridge is its median, the bar below it
 * holds the middle half.
 * Invariant: a ridge encloses 1 in the unit of its axis. Source: Silverman (1986), section 3.4.2.
 */
import { quantiles } from '../analysis/estimators/distribution.ts';
import { exp } from '../sim/ground/detmath.ts';
import { axisScale, axisTitle, drawXAxis, plainNumber, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  faintInk,
  figureWidth,
  fitText,
  fontSize,
  hoverText,
  nameGroup,
  ink,
  notesAt,
  pixel,
  sentenceFigure,
  seriesGroup,
  sheet,
  textAt,
  textWidth,
  type Figure,
  type FigureWords,
  type Rectangle,
} from './figure.ts';
import { shadeColour } from './palette.ts';

/** One row. */
export interface RidgeRow {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Rows on a common axis; `rowTitle` says what tells them apart, with its unit. */
export interface RidgeFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly rowTitle: string;
  readonly rows: readonly RidgeRow[];
}

interface Ridge {
  readonly name: string;
  readonly count: number;
  readonly density: Float64Array;
  readonly quartiles: readonly number[];
}

const gridCount = 160;
const plotTop = 58;
const stepHeight = 44;
const overlap = 1.7;

/** Draws the ridges; one sentence where there is no value. */
export function ridgeFigure(input: RidgeFigureInput): Figure {
  const rows = input.rows.map(({ name, values }) => ({
    name,
    values: Float64Array.from(values).filter(Number.isFinite),
  }));
  const filled = rows.filter(({ values }) => values.length > 1);
  if (filled.length === 0)
    return sentenceFigure(input, 'No picture: no row has two values.', { columns: ridgeColumns(input), rows: [] });
  const [low, high] = rangeOf(
    input.x,
    rows.map(({ values }) => values),
  );
  const grid = Float64Array.from({ length: gridCount + 1 }, (_, k) => low + ((high - low) * k) / gridCount);
  const [bandwidth] = quantiles(
    filled.map(({ values }) => bandwidthOf(values, high - low)),
    [0.5],
  );
  const ridges = rows.map(({ name, values }): Ridge => {
    const quartiles = quantiles(values, [0.25, 0.5, 0.75]);
    return { name, count: values.length, density: densityOf(values, grid, bandwidth), quartiles };
  });
  const left = 14 + Math.min(130, Math.max(...ridges.map(({ name }) => textWidth(name, fontSize.tick))));
  const plot: Rectangle = {
    ...{ left, top: plotTop + riseAbove(ridges), width: figureWidth - left - 16 },
    height: stepHeight * ridges.length,
  };
  const words: AxisWords = { ...input.x, from: low, to: high };
  const x = axisScale(words, [], [plot.left, plot.left + plot.width]);
  const tallest = Math.max(...ridges.map(({ density }) => Math.max(...density)));
  const marks =
    textAt(2, 40, input.rowTitle, { size: fontSize.axis, fill: ink }) +
    ridges
      .map((ridge, row) => seriesGroup(row, ridgeMarks(ridge, row, ridges.length, { plot, grid, x, tallest })))
      .join('') +
    ridges.map((ridge, row) => seriesGroup(row, quartileMarks(ridge, row, plot, x))).join('') +
    ridges.map((ridge, row) => rowName(ridge, row, plot)).join('') +
    drawXAxis(plot, x, words);
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, tallest, bandwidth));
  const height = plot.top + plot.height + 46 + notes.height;
  return { svg: sheet(input, describe(input), height, marks + notes.marks), data: ridgeData(input, grid, ridges) };
}

function rangeOf(words: AxisWords, columns: readonly Float64Array[]): readonly [number, number] {
  let [low, high] = [words.from ?? Infinity, words.to ?? -Infinity];
  for (const column of columns) for (const value of column) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** Silverman's rule of thumb: 0.9 min(s, IQR / 1.34) n^(-1/5). */
function bandwidthOf(values: Float64Array, range: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1);
  const [lower, upper] = quantiles(values, [0.25, 0.75]);
  const spread = Math.min(Math.sqrt(variance), (upper - lower) / 1.34 || Math.sqrt(variance));
  return Math.max(0.9 * spread * values.length ** -0.2, range / 60);
}

/** Gaussian kernels over values that were counted on the grid first: the cost does not grow with their number. */
function densityOf(values: Float64Array, grid: Float64Array, bandwidth: number): Float64Array {
  const [low, step] = [grid[0], (grid[gridCount] - grid[0]) / gridCount];
  const counts = new Float64Array(grid.length);
  for (const value of values) counts[Math.min(gridCount, Math.max(0, Math.round((value - low) / step)))] += 1;
  const reach = Math.min(gridCount, Math.ceil((4 * bandwidth) / step));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => {
    const z = ((k - reach) * step) / bandwidth;
    return exp(-0.5 * z * z);
  });
  const weight = kernel.reduce((sum, one) => sum + one, 0) * step * Math.max(1, values.length);
  // What would leave the axis is folded back, so that the mass stays: a value at the rim is no less likely than one inside.
  const folded = (k: number): number => (k < 0 ? -k : k > gridCount ? 2 * gridCount - k : k);
  return grid.map((_, at) => {
    let sum = 0;
    for (let k = at - reach; k <= at + reach; k++) sum += counts[folded(k)] * kernel[k - at + reach];
    return sum / weight;
  });
}

interface Canvas {
  readonly plot: Rectangle;
  readonly grid: Float64Array;
  readonly x: PlotScale;
  readonly tallest: number;
}

/** The name of a row stands outside its marks, so that a page can hide these by it. */
function rowName({ name }: Ridge, row: number, plot: Rectangle): string {
  const style = { size: fontSize.tick, fill: faintInk, anchor: 'end' as const };
  const base = plot.top + (row + 1) * stepHeight - 4;
  return nameGroup(row, textAt(plot.left - 8, base, fitText(name, fontSize.tick, 130), style));
}

function ridgeMarks({ name, count, density, quartiles }: Ridge, row: number, rowCount: number, canvas: Canvas): string {
  const { plot, grid, x, tallest } = canvas;
  const base = plot.top + (row + 1) * stepHeight - 4;
  const yOf = (value: number): number => base - (value / tallest) * (stepHeight * overlap - 8);
  const rule = `<path d="M${pixel(plot.left)},${pixel(base)}h${pixel(plot.width)}" stroke="#c4c4c4" fill="none"/>`;
  if (count < 2) return rule;
  const points = Array.from(grid, (value, k) => `${pixel(x(value))},${pixel(yOf(density[k]))}`);
  const colour = shadeColour(rowCount < 2 ? 0 : row / (rowCount - 1));
  const outline = `M${points.join('L')}`;
  const [low, median, high] = quartiles;
  const at = Math.round(((median - grid[0]) / (grid[gridCount] - grid[0])) * gridCount);
  const hover = `${name}: median ${shortNumber(median)}, middle half ${shortNumber(low)} to ${shortNumber(high)}, n = ${plainNumber(count)}`;
  // One group, so that outline and median answer a pointer as the area does.
  return (
    `<g>${hoverText(hover)}<path d="${outline}L${pixel(x(grid[gridCount]))},${pixel(base)}L${pixel(x(grid[0]))},${pixel(base)}Z" fill="${colour}" fill-opacity="0.72"/>` +
    `<path d="${outline}" fill="none" stroke="#fff" stroke-width="1.4"/><path d="${outline}" fill="none" stroke="#333" stroke-width="0.8"/>` +
    rule +
    `<path d="M${pixel(x(median))},${pixel(base)}V${pixel(yOf(density[at]))}" stroke="#fff" stroke-width="1.6" fill="none"/></g>`
  );
}

/** The middle half, above all ridges: the next one would hide it. */
function quartileMarks({ count, quartiles: [low, , high] }: Ridge, row: number, plot: Rectangle, x: PlotScale): string {
  if (count < 2) return '';
  const base = plot.top + (row + 1) * stepHeight - 4;
  return `<path d="M${pixel(x(low))},${pixel(base + 1.5)}H${pixel(x(high))}" stroke="${ink}" stroke-width="3" fill="none"/>`;
}

/** How far the ridges rise above the first row's own step. */
function riseAbove(ridges: readonly Ridge[]): number {
  const tops = ridges.map(({ density }) => Math.max(...density));
  const tallest = Math.max(...tops);
  const rises = tops.map(
    (top, row) => (top / tallest) * (stepHeight * overlap - 8) - row * stepHeight - stepHeight + 10,
  );
  return Math.max(0, ...rises);
}

function notesOf(input: RidgeFigureInput, tallest: number, bandwidth: number): string[] {
  const unit = input.x.unit === undefined ? input.x.label : `${input.x.label} in ${input.x.unit}`;
  const counts = input.rows.map(({ values }) => Array.from(values).filter(Number.isFinite).length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return [
    `Height: share of agents per unit of ${unit}; the tallest ridge is ${shortNumber(tallest)}. Gaussian kernels of ${shortNumber(bandwidth)}. ` +
      `White tick: median; bar: middle half. n = ${least === most ? plainNumber(most) : `${plainNumber(least)} to ${plainNumber(most)}`} a row.`,
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: RidgeFigureInput): string {
  return `Distributions of ${axisTitle(input.x)} in ${input.rows.length} rows by ${input.rowTitle}: ${input.rows.map(({ name }) => name).join(', ')}.`;
}

function ridgeColumns(input: RidgeFigureInput): string[] {
  return ['row', axisTitle(input.x), 'density', 'n', 'lower quartile', 'median', 'upper quartile'];
}

function ridgeData(input: RidgeFigureInput, grid: Float64Array, ridges: readonly Ridge[]): TableData {
  const rows = ridges.flatMap(({ name, count, density, quartiles }) =>
    Array.from(grid, (value, k) => [
      name,
      value,
      density[k],
      count,
      ...quartiles.map((one) => (count > 0 ? one : null)),
    ]),
  );
  return { columns: ridgeColumns(input), rows };
}
