/**
 * Curves over time, or over anything, with bands for their intervals and names at their right ends.
 *
 * Reads points in the order in which they are to be joined; a point that is not finite, or not positive on a logarithmic axis,
 * breaks the line and is counted in the note. Order of drawing: bands, then lines, so that no band hides a line; observed last.
 * More points than pixels are thinned to first, least, greatest and last of each half pixel, which looks the same; the data
 * keep them all.
 */
import { area, curveLinear, curveStepAfter, line } from 'd3';
import { axisScale, axisTitle, drawAxes, isDrawable, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
  fitText,
  fontSize,
  hoverDiscs,
  hoverText,
  nameGroup,
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
  type SeriesKind,
} from './figure.ts';
import { intervalNotes } from './key.ts';
import { stackLabels } from './label-placement.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** One curve. `band` holds x, low and high; its x need not be those of the points. */
export interface LineSeries {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly points: readonly (readonly [number, number])[];
  readonly band?: readonly (readonly [number, number, number])[];
}

/** Curves on common axes. `interval` names what the bands are, with level, method and unit of replication. */
export interface LineFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly series: readonly LineSeries[];
  readonly curve?: 'linear' | 'step';
  readonly interval?: string;
}

interface Scales {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

const plotTop = 52;
const plotHeight = 270;
const labelWidthMax = 190;

/** Draws the curves; one sentence where there is no point to draw. */
export function lineFigure(input: LineFigureInput): Figure {
  const data = lineData(input);
  const points = input.series.flatMap(({ points }) => points.filter((point) => isVisible(point, input)));
  if (points.length === 0) return sentenceFigure(input, 'No picture: there is no point that can be drawn.', data);
  const plot = plotFor(input.series);
  const bands = input.series.flatMap(({ band }) => (band ?? []).filter((row) => isVisibleBand(row, input)));
  const scales: Scales = {
    x: axisScale(input.x, [...points.map(([x]) => x), ...bands.map(([x]) => x)], [plot.left, plot.left + plot.width]),
    y: axisScale(
      input.y,
      [...points.map(([, y]) => y), ...bands.flatMap(([, low, high]) => [low, high])],
      [plot.top + plot.height, plot.top],
    ),
  };
  const marks =
    drawAxes(plot, { scale: scales.x, words: input.x }, { scale: scales.y, words: input.y }) +
    drawSeries(input, scales) +
    drawNames(input, scales, plot);
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, bands.length > 0));
  const height = plot.top + plot.height + 46 + notes.height;
  return { svg: sheet(input, describe(input), height, marks + notes.marks), data };
}

function plotFor(series: readonly LineSeries[]): Rectangle {
  const widest = Math.max(0, ...series.map(({ name }) => textWidth(name, fontSize.label)));
  const right = Math.min(labelWidthMax, widest) + 18;
  return { left: 56, top: plotTop, width: figureWidth - 56 - right, height: plotHeight };
}

function isVisible([x, y]: readonly [number, number], input: LineFigureInput): boolean {
  return isDrawable(x, input.x) && isDrawable(y, input.y);
}

function isVisibleBand([x, low, high]: readonly [number, number, number], input: LineFigureInput): boolean {
  return isDrawable(x, input.x) && isDrawable(low, input.y) && isDrawable(high, input.y);
}

/** Bands first, baselines next, what was observed on top. */
function drawSeries(input: LineFigureInput, scales: Scales): string {
  const styles = seriesStyles(input.series.map(({ kind }) => kind));
  const rank: Record<SeriesKind, number> = { baseline: 0, simulated: 1, observed: 2 };
  const order = input.series
    .map((series, index) => ({ series, index, style: styles[index] }))
    .sort((a, b) => rank[a.series.kind] - rank[b.series.kind]);
  const each = (draw: (series: LineSeries, style: SeriesStyle) => string): string =>
    order.map(({ series, index, style }) => seriesGroup(index, draw(series, style))).join('');
  return (
    each((series, style) => bandPath(series, style, input, scales)) +
    each((series, style) => linePath(series, style, input, scales)) +
    each((series) => hoverPoints(series, input, scales))
  );
}

const hoverPointMax = 120;

/** Where a pointer finds the numbers of points; evenly chosen where there are many. */
function hoverPoints({ name, points, band = [] }: LineSeries, input: LineFigureInput, scales: Scales): string {
  const visible = points.filter((point) => isVisible(point, input));
  const every = Math.ceil(visible.length / hoverPointMax);
  const ends = new Map(band.map(([x, low, high]) => [x, [low, high]] as const));
  const spots = visible
    .filter((_, index) => index % every === 0)
    .map(([x, y]) => {
      const interval = ends.get(x);
      const range = interval === undefined ? '' : ` [${interval.map(shortNumber).join(', ')}]`;
      const words = `${name}: ${shortNumber(y)}${range} at ${shortNumber(x)}${input.x.unit === undefined ? '' : ` ${input.x.unit}`}`;
      return { x: scales.x(x), y: scales.y(y), words };
    });
  return hoverDiscs(spots);
}

function bandPath(series: LineSeries, style: SeriesStyle, input: LineFigureInput, scales: Scales): string {
  const path = area<readonly [number, number, number]>()
    .defined((row) => isVisibleBand(row, input))
    .x(([x]) => scales.x(x))
    .y0(([, low]) => scales.y(low))
    .y1(([, , high]) => scales.y(high))
    .curve(input.curve === 'step' ? curveStepAfter : curveLinear)
    .digits(1)(thinnedBand(series.band ?? [], scales.x));
  return path === null || path === '' ? '' : `<path d="${path}" fill="${style.stroke}" fill-opacity="0.16"/>`;
}

function linePath(series: LineSeries, style: SeriesStyle, input: LineFigureInput, scales: Scales): string {
  const { stroke, dash, lineWidth } = style;
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  const path = line<readonly [number, number]>()
    .defined((point) => isVisible(point, input))
    .x(([x]) => scales.x(x))
    .y(([, y]) => scales.y(y))
    .curve(input.curve === 'step' ? curveStepAfter : curveLinear)
    .digits(1)(thinnedPoints(series.points, scales.x));
  const pen = `fill="none" stroke="${stroke}" stroke-width="${lineWidth}" stroke-linejoin="round" stroke-linecap="round"`;
  return path === null ? '' : `<path d="${path}" ${pen}${dashes}>${hoverText(series.name)}</path>`;
}

const thinFrom = 4000;

/** First, least, greatest and last of each half pixel, in order of x. Lines that run backwards are left alone. */
function thinnedPoints(points: LineSeries['points'], scale: PlotScale): LineSeries['points'] {
  if (points.length < thinFrom || points.some(([x], index) => index > 0 && !(x >= (points[index - 1]?.[0] ?? x))))
    return points;
  const kept = new Set<number>();
  let [start, least, greatest] = [0, 0, 0];
  const close = (end: number): void => {
    for (const index of [start, Math.min(least, greatest), Math.max(least, greatest), end]) kept.add(index);
  };
  points.forEach(([x, y], index) => {
    if (Math.floor(2 * scale(x)) !== Math.floor(2 * scale(points[start]?.[0] ?? x))) {
      close(index - 1);
      start = least = greatest = index;
    }
    if (!(y >= (points[least]?.[1] ?? y))) least = index;
    if (!(y <= (points[greatest]?.[1] ?? y))) greatest = index;
  });
  close(points.length - 1);
  return points.filter((_, index) => kept.has(index));
}

/** The hull of the band over each half pixel. */
function thinnedBand(band: NonNullable<LineSeries['band']>, scale: PlotScale): NonNullable<LineSeries['band']> {
  if (band.length < thinFrom) return band;
  const hulls = new Map<number, readonly [number, number, number]>();
  for (const [x, low, high] of band) {
    const column = Math.floor(2 * scale(x));
    const hull = hulls.get(column);
    hulls.set(column, hull === undefined ? [x, low, high] : [hull[0], Math.min(hull[1], low), Math.max(hull[2], high)]);
  }
  return [...hulls.values()];
}

/** Names at the right rim, at the height of their last point; a dotted rule leads to a line that ends early or lies elsewhere. */
function drawNames(input: LineFigureInput, scales: Scales, plot: Rectangle): string {
  const styles = seriesStyles(input.series.map(({ kind }) => kind));
  const ends = input.series.flatMap(({ name, points }, index) => {
    const last = points.findLast((point) => isVisible(point, input));
    return last === undefined
      ? []
      : [{ name, series: index, style: styles[index], x: scales.x(last[0]), y: scales.y(last[1]) }];
  });
  const rim = plot.left + plot.width;
  const heights = stackLabels(
    ends.map(({ y }) => y),
    15,
    plot.top,
    plot.top + plot.height,
  );
  return ends
    .map(({ name, series, style, x, y }, index) => {
      const height = heights[index] ?? y;
      const leads = rim - x > 6 || Math.abs(height - y) > 3;
      const lead = `<path d="M${pixel(x + 2)},${pixel(y)}L${pixel(rim + 8)},${pixel(height)}" stroke="${style.stroke}" stroke-dasharray="1 2" fill="none"/>`;
      const label = fitText(name, fontSize.label, labelWidthMax);
      return nameGroup(series, (leads ? lead : '') + textAt(rim + 11, height + 4, label, { fill: style.text }));
    })
    .join('');
}

function notesOf(input: LineFigureInput, hasBands: boolean): string[] {
  const all = input.series.flatMap(({ points }) => points);
  const hidden = all.filter((point) => !isVisible(point, input)).length;
  return [
    ...intervalNotes('Band', hasBands, input.interval),
    ...(hidden === 0
      ? []
      : [`Not drawn: ${hidden} of ${all.length} points (not finite, or not positive on a logarithmic axis).`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: LineFigureInput): string {
  const series = input.series.map(({ name, kind, points }) => `${name} (${kind}, ${points.length} points)`);
  return `Curves of ${axisTitle(input.y)} against ${axisTitle(input.x)}: ${series.join('; ')}.`;
}

/** One row a point; low and high beside it where band and points share their x, in rows of their own where they do not. */
function lineData(input: LineFigureInput): TableData {
  const rows = input.series.flatMap(({ name, kind, points, band = [] }): (string | number | null)[][] => {
    const shared = band.length === points.length && band.every(([x], index) => x === points[index]?.[0]);
    const drawn = points.map(([x, y], index) => {
      const [, low, high] = shared ? (band[index] ?? [null, null, null]) : [null, null, null];
      return [name, kind, x, y, low, high];
    });
    return shared ? drawn : [...drawn, ...band.map(([x, low, high]) => [name, kind, x, null, low, high])];
  });
  return { columns: ['series', 'kind', axisTitle(input.x), axisTitle(input.y), 'low', 'high'], rows };
}
