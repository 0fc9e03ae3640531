/**
 * Points in the plane, such as size against depth: no jitter, so that a point stands where its numbers say.
 *
 * Points that fall on one place are one mark, as opaque as so many marks on top of one another would be: 1 - (1 - a)^count.
 * Kinds differ in shape: observed is a ring, simulated a disc, a baseline a cross. Order of drawing: baseline, simulated,
 * observed.
 */
import { axisScale, axisTitle, drawAxes, isDrawable, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
  hoverText,
  notesAt,
  pixel,
  sentenceFigure,
  seriesGroup,
  sheet,
  type Figure,
  type FigureWords,
  type Rectangle,
  type SeriesKind,
} from './figure.ts';
import { keyRows } from './key.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** One cloud. `names`, if given, are shown when the pointer rests on a point. */
export interface ScatterSeries {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly points: readonly (readonly [number, number])[];
  readonly names?: readonly string[];
}

/** Clouds on common axes. */
export interface ScatterFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly series: readonly ScatterSeries[];
}

/** A place of the sheet with the points that fall on it. */
interface Place {
  readonly at: string;
  readonly x: number;
  readonly y: number;
  readonly names: string[];
  count: number;
}

const plotHeight = 290;
const opacity: Readonly<Record<SeriesKind, number>> = { observed: 0.75, simulated: 0.35, baseline: 0.5 };

/** Draws the clouds; one sentence where there is no point to draw. */
export function scatterFigure(input: ScatterFigureInput): Figure {
  const data = scatterData(input);
  const visible = input.series.map(({ points }) =>
    points.map(([x, y]) => isDrawable(x, input.x) && isDrawable(y, input.y)),
  );
  const shown = input.series.flatMap(({ points }, index) => points.filter((_, at) => visible[index][at]));
  if (shown.length === 0) return sentenceFigure(input, 'No picture: there is no point that can be drawn.', data);
  const styles = seriesStyles(input.series.map(({ kind }) => kind));
  const key = keyRows(
    input.series.map(({ name, kind, points }, index) => {
      const style = styles[index];
      return {
        name: `${name}, n = ${points.length}`,
        ink: style.text,
        sample: (x, y) => pointMark(kind, style, x, y, 1, ''),
      };
    }),
    24,
  );
  const plot: Rectangle = { left: 56, top: 30 + key.height + 24, width: figureWidth - 72, height: plotHeight };
  const x = axisScale(
    input.x,
    shown.map(([value]) => value),
    [plot.left, plot.left + plot.width],
  );
  const y = axisScale(
    input.y,
    shown.map(([, value]) => value),
    [plot.top + plot.height, plot.top],
  );
  const marks = drawOrder(input.series).map((index) => {
    const series = input.series[index];
    return seriesGroup(index, cloud(series, visible[index], styles[index], { x, y }));
  });
  const axes = drawAxes(plot, { scale: x, words: input.x }, { scale: y, words: input.y });
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, shown.length));
  const height = plot.top + plot.height + 46 + notes.height;
  return { svg: sheet(input, describe(input), height, key.marks + axes + marks.join('') + notes.marks), data };
}

function drawOrder(series: readonly ScatterSeries[]): number[] {
  const rank: Record<SeriesKind, number> = { baseline: 0, simulated: 1, observed: 2 };
  const rankOf = (index: number): number => rank[series[index]?.kind ?? 'baseline'];
  return series.map((_, index) => index).sort((a, b) => rankOf(a) - rankOf(b) || a - b);
}

function cloud(
  series: ScatterSeries,
  visible: readonly boolean[],
  style: SeriesStyle,
  scales: { readonly x: PlotScale; readonly y: PlotScale },
): string {
  const places = new Map<string, Place>();
  series.points.forEach(([xValue, yValue], index) => {
    if (!visible[index]) return;
    const [x, y] = [scales.x(xValue), scales.y(yValue)];
    const at = `${pixel(x)},${pixel(y)}`;
    const place = places.get(at) ?? { at, x, y, names: [], count: 0 };
    place.count += 1;
    const name = series.names?.[index];
    if (name !== undefined && place.names.length < 5) place.names.push(name);
    places.set(at, place);
  });
  const marks = [...places.values()].map(({ x, y, count, names }) => {
    const hover = names.length > 0 ? names.join(', ') : count > 1 ? `${count} points` : '';
    return pointMark(series.kind, style, x, y, 1 - (1 - opacity[series.kind]) ** count, hover);
  });
  return marks.join('');
}

function pointMark(
  kind: SeriesKind,
  { stroke }: SeriesStyle,
  x: number,
  y: number,
  alpha: number,
  hover: string,
): string {
  const title = hover === '' ? '' : hoverText(hover);
  const strength = alpha >= 0.995 ? '' : `opacity="${alpha.toFixed(2)}" `;
  if (kind === 'baseline') {
    const cross = `M${pixel(x - 3)},${pixel(y - 3)}l6,6m0,-6l-6,6`;
    return `<path ${strength}d="${cross}" stroke="${stroke}" stroke-width="1.3" fill="none">${title}</path>`;
  }
  const paint = kind === 'observed' ? `fill="none" stroke="${stroke}" stroke-width="1.4"` : `fill="${stroke}"`;
  return `<circle ${strength}cx="${pixel(x)}" cy="${pixel(y)}" r="${kind === 'observed' ? 3.6 : 3.4}" ${paint}>${title}</circle>`;
}

function notesOf(input: ScatterFigureInput, shownCount: number): string[] {
  const count = input.series.reduce((sum, { points }) => sum + points.length, 0);
  return [
    ...(count === shownCount
      ? []
      : [`Not drawn: ${count - shownCount} of ${count} points (not finite, or not positive on a logarithmic axis).`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: ScatterFigureInput): string {
  const series = input.series.map(({ name, kind, points }) => `${name} (${kind}, ${points.length} points)`);
  return `Points of ${axisTitle(input.y)} against ${axisTitle(input.x)}: ${series.join('; ')}.`;
}

function scatterData(input: ScatterFigureInput): TableData {
  const rows = input.series.flatMap(({ name, kind, points, names }) =>
    points.map(([x, y], index) => [name, kind, names?.[index] ?? null, x, y]),
  );
  return { columns: ['series', 'kind', 'name', axisTitle(input.x), axisTitle(input.y)], rows };
}
