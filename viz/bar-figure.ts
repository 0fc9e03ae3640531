/**
 * Grouped bars over categories, such as shares by depth, with whiskers for their intervals.
 *
 * Reads one value a category and group; null or a value that is not finite leaves a gap, which the note counts. Bars begin at
 * zero: their length is what is compared. Groups are told apart by fill and frame, so that they survive a grey print.
 */
import { scaleBand, type ScaleBand } from 'd3';
import { axisScale, axisTitle, drawYAxis, plainNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  faintInk,
  figureWidth,
  fitText,
  fontSize,
  hoverText,
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
  type SeriesKind,
} from './figure.ts';
import { intervalNotes, keyRows } from './key.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** One bar a category; `intervals` are low and high of each. */
export interface BarGroup {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly values: readonly (number | null)[];
  readonly intervals?: readonly (readonly [number, number] | null)[];
}

/** Groups over common categories. `interval` names what the whiskers are. */
export interface BarFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly categories: readonly string[];
  readonly groups: readonly BarGroup[];
  readonly interval?: string;
}

interface Bands {
  readonly category: ScaleBand<string>;
  readonly group: ScaleBand<string>;
}

const plotHeight = 240;

/** Draws the bars; one sentence where there is no value to draw. */
export function barFigure(input: BarFigureInput): Figure {
  const data = barData(input);
  const values = input.groups.flatMap(({ values }) =>
    values.filter((value) => value !== null && Number.isFinite(value)),
  );
  if (values.length === 0) return sentenceFigure(input, 'No picture: there is no value that can be drawn.', data);
  const styles = seriesStyles(input.groups.map(({ kind }) => kind));
  const key = keyRows(
    input.groups.map(({ name, kind }, index) => {
      const style = styles[index];
      return {
        name,
        ink: style.text,
        sample: (x, y) =>
          `<rect x="${pixel(x - 6)}" y="${pixel(y - 6)}" width="12" height="12" ${fillOf(kind, style)}/>`,
      };
    }),
    24,
  );
  const plot: Rectangle = { left: 56, top: 30 + key.height + 24, width: figureWidth - 66, height: plotHeight };
  const ends = input.groups.flatMap(({ intervals = [] }) => intervals.flatMap((interval) => interval ?? []));
  const yWords: AxisWords = { ...input.y, scale: 'linear' };
  const scale = axisScale(yWords, [0, ...values.map(Number), ...ends], [plot.top + plot.height, plot.top]);
  const category = scaleBand(
    input.categories.map((_, index) => String(index)),
    [plot.left, plot.left + plot.width],
  ).padding(0.25);
  const group = scaleBand(
    input.groups.map((_, index) => String(index)),
    [0, category.bandwidth()],
  ).paddingInner(0.08);
  const marks =
    key.marks +
    drawYAxis(plot, scale, yWords) +
    input.groups
      .map((row, index) => seriesGroup(index, drawGroup(row, index, styles[index], { category, group }, scale)))
      .join('') +
    categoryAxis(input, category, plot, scale);
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, ends.length > 0));
  return { svg: sheet(input, describe(input), plot.top + plot.height + 46 + notes.height, marks + notes.marks), data };
}

function fillOf(kind: SeriesKind, { stroke }: SeriesStyle): string {
  if (kind === 'baseline') return `fill="#fff" stroke="${stroke}" stroke-dasharray="3 2"`;
  return `fill="${stroke}"${kind === 'simulated' ? ' fill-opacity="0.85"' : ''}`;
}

function drawGroup(row: BarGroup, groupIndex: number, style: SeriesStyle, bands: Bands, scale: PlotScale): string {
  const width = bands.group.bandwidth();
  return row.values
    .map((value, index) => {
      if (value === null || !Number.isFinite(value)) return '';
      const x = (bands.category(String(index)) ?? 0) + (bands.group(String(groupIndex)) ?? 0);
      const [top, bottom] = value >= 0 ? [scale(value), scale(0)] : [scale(0), scale(value)];
      const box = `x="${pixel(x)}" y="${pixel(top)}" width="${pixel(width)}" height="${pixel(bottom - top)}"`;
      const interval = row.intervals?.[index] ?? null;
      const hover = hoverText(
        `${row.name}: ${plainNumber(value)}${interval === null ? '' : ` [${interval.map(plainNumber).join(', ')}]`}`,
      );
      return (
        `<rect ${box} ${fillOf(row.kind, style)}>${hover}</rect>` +
        whisker(interval, x + width / 2, Math.min(4, width / 3), scale)
      );
    })
    .join('');
}

function whisker(interval: readonly [number, number] | null, x: number, arm: number, scale: PlotScale): string {
  if (interval === null || !interval.every(Number.isFinite)) return '';
  const [low, high] = [pixel(scale(interval[0])), pixel(scale(interval[1]))];
  const [left, right] = [pixel(x - arm), pixel(x + arm)];
  const path = `M${pixel(x)},${low}V${high}M${left},${high}H${right}M${left},${low}H${right}`;
  // White below black: a whisker has to be seen on a dark bar and on the paper above it.
  return `<path d="${path}" stroke="#fff" stroke-width="3.4" fill="none"/><path d="${path}" stroke="#000" stroke-width="1.2" fill="none"/>`;
}

/** Names of categories below the zero line, every k-th where they would touch. */
function categoryAxis(input: BarFigureInput, category: ScaleBand<string>, plot: Rectangle, scale: PlotScale): string {
  const bottom = plot.top + plot.height;
  const widest = Math.max(0, ...input.categories.map((name) => textWidth(name, fontSize.tick)));
  const every = Math.max(1, Math.ceil(Math.min(widest + 6, 80) / category.step()));
  const labels = input.categories.map((name, index) => {
    if (index % every !== 0) return '';
    const x = (category(String(index)) ?? 0) + category.bandwidth() / 2;
    return textAt(x, bottom + 18, fitText(name, fontSize.tick, Math.max(80, category.step())), {
      size: fontSize.tick,
      fill: faintInk,
      anchor: 'middle',
    });
  });
  const rule = `<path d="M${pixel(plot.left)},${pixel(scale(0))}h${pixel(plot.width)}" stroke="#8c8c8c" fill="none"/>`;
  const name = textAt(plot.left + plot.width / 2, bottom + 37, axisTitle(input.x), {
    size: fontSize.axis,
    anchor: 'middle',
    fill: ink,
  });
  return rule + labels.join('') + name;
}

function notesOf(input: BarFigureInput, hasWhiskers: boolean): string[] {
  const wanted = input.groups.length * input.categories.length;
  const drawn = input.groups.reduce(
    (sum, { values }) => sum + values.filter((value) => value !== null && Number.isFinite(value)).length,
    0,
  );
  return [
    ...intervalNotes('Whisker', hasWhiskers, input.interval),
    ...(drawn === wanted ? [] : [`No value for ${wanted - drawn} of ${wanted} bars.`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: BarFigureInput): string {
  const groups = input.groups.map(({ name, kind }) => `${name} (${kind})`);
  return `Bars of ${axisTitle(input.y)} by ${axisTitle(input.x)}, ${input.categories.length} categories: ${groups.join('; ')}.`;
}

function barData(input: BarFigureInput): TableData {
  const rows = input.groups.flatMap(({ name, kind, values, intervals = [] }) =>
    values.map((value, index) => {
      const [low, high] = intervals[index] ?? [null, null];
      return [name, kind, input.categories[index] ?? null, value, low, high];
    }),
  );
  return { columns: ['group', 'kind', axisTitle(input.x), axisTitle(input.y), 'low', 'high'], rows };
}
