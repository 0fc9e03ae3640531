/**
 * Panels of a sweep: one small plot a measure, one curve a value of the second factor, whiskers for intervals over worlds.
 *
 * A pure function of rows, so that a sweep of runs, of settings or of anybody's own table can be drawn. Numbers on the first factor
 * stand to scale, words evenly in the order in which they come. Two panels a row, each with an axis of its own, since
 * measures differ in unit. Order: measures and series as they first occur in the rows.
 */
import { axisScale, axisTitle, drawXAxis, drawYAxis, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  faintInk,
  figureWidth,
  fitText,
  fontSize,
  hoverText,
  notesAt,
  pixel,
  sentenceFigure,
  seriesGroup,
  sheet,
  textAt,
  type Figure,
  type FigureWords,
  type Rectangle,
} from './figure.ts';
import { intervalNotes, keyRows } from './key.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** What a measure was at one setting. `series` is the value of a second factor; `n` the number of worlds. */
export interface SweepRow {
  readonly measure: string;
  readonly unit?: string;
  readonly x: number | string;
  readonly series?: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
}

/** Rows with the words of their factors. `interval` names what the whiskers are. */
export interface SweepPanelsInput extends FigureWords {
  readonly x: AxisWords;
  readonly seriesTitle?: string;
  readonly rows: readonly SweepRow[];
  readonly interval?: string;
}

const panelMax = 12;
const [panelWidth, panelHeight, gapY] = [figureWidth / 2 - 6, 150, 86];
/** Pixels between series at one value, and from the rim of a panel to its first value. */
const [seriesApart, rim] = [5, 10];

/** Draws the panels; one sentence where there is no row that can be drawn. */
export function sweepPanels(input: SweepPanelsInput): Figure {
  const data = sweepData(input);
  const rows = input.rows.filter(({ value }) => Number.isFinite(value));
  if (rows.length === 0) return sentenceFigure(input, 'No picture: there is no value that can be drawn.', data);
  const measures = [...new Set(rows.map(({ measure }) => measure))];
  const names = [...new Set(rows.map(({ series }) => series ?? ''))];
  const styles = seriesStyles(names.map(() => 'simulated' as const));
  const hasKey = names.length > 1;
  const key = keyRows(
    hasKey
      ? names.map((name, index) => ({
          name: input.seriesTitle === undefined ? name : `${input.seriesTitle} ${name}`,
          ink: styles[index].text,
          sample: (x, y) =>
            `<path d="M${pixel(x - 7)},${pixel(y)}h14" stroke="${styles[index].stroke}" stroke-width="2.4"${dashOf(styles[index])}/>`,
        }))
      : [],
    24,
  );
  const top = 34 + key.height;
  const drawn = measures.slice(0, panelMax);
  const panels = drawn.map((measure, at) => {
    const corner = { x: (at % 2) * (panelWidth + 12), y: top + Math.floor(at / 2) * (panelHeight + gapY) };
    return panelMarks(
      input,
      rows.filter((row) => row.measure === measure),
      names,
      styles,
      corner,
    );
  });
  const bottom = top + Math.ceil(drawn.length / 2) * (panelHeight + gapY) - 4;
  const notes = notesAt(bottom, notesOf(input, measures));
  return {
    svg: sheet(
      input,
      describe(input, measures, names),
      bottom + notes.height,
      key.marks + panels.join('') + notes.marks,
    ),
    data,
  };
}

function dashOf({ dash }: SeriesStyle): string {
  return dash === '' ? '' : ` stroke-dasharray="${dash}"`;
}

function panelMarks(
  input: SweepPanelsInput,
  rows: readonly SweepRow[],
  names: readonly string[],
  styles: readonly SeriesStyle[],
  corner: { readonly x: number; readonly y: number },
): string {
  const [first] = rows;
  const plot: Rectangle = { left: corner.x + 50, top: corner.y + 34, width: panelWidth - 62, height: panelHeight };
  const words = [...new Set(input.rows.map(({ x }) => x))];
  const isNumeric = words.every((x) => typeof x === 'number');
  const yWords: AxisWords = {
    label: fitText(first.measure, fontSize.axis, panelWidth - 70),
    ...(first.unit === undefined ? {} : { unit: first.unit }),
  };
  const y = axisScale(
    yWords,
    rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    [plot.top + plot.height, plot.top],
  );
  const xWords: AxisWords = isNumeric ? input.x : { ...input.x, from: -0.4, to: words.length - 0.6 };
  const x = axisScale(xWords, isNumeric ? words.map(Number) : [], [plot.left + rim, plot.left + plot.width - rim]);
  const placeOf = (value: number | string): number => x(isNumeric ? Number(value) : words.indexOf(value));
  const curves = names.map((name, index) => {
    const own = rows.filter(({ series }) => (series ?? '') === name);
    // Side by side, so that no whisker hides another.
    const aside = (index - (names.length - 1) / 2) * Math.min(seriesApart, 16 / names.length);
    const place = (value: number | string): number => placeOf(value) + aside;
    return seriesGroup(index, curveMarks(own, name, styles[index], place, y, isNumeric, input));
  });
  return (
    framed(plot, corner, { x, y, xWords, yWords }, isNumeric ? undefined : words.map(String), placeOf) + curves.join('')
  );
}

interface PanelAxes {
  readonly x: PlotScale;
  readonly y: PlotScale;
  readonly xWords: AxisWords;
  readonly yWords: AxisWords;
}

/** Axes of a panel; where the factor is in words, its values are written in the place of ticks. */
function framed(
  plot: Rectangle,
  corner: { readonly x: number },
  { x, y, xWords, yWords }: PanelAxes,
  words: readonly string[] | undefined,
  placeOf: (value: string) => number,
): string {
  const upright = drawYAxis(plot, y, yWords, corner.x + 2);
  if (words === undefined) return upright + drawXAxis(plot, x, xWords);
  const bottom = plot.top + plot.height;
  const step = plot.width / words.length;
  const style = { size: fontSize.tick, fill: faintInk, anchor: 'middle' } as const;
  const labels = words.map((word) => textAt(placeOf(word), bottom + 18, fitText(word, fontSize.tick, step - 4), style));
  const rule = `<path d="M${pixel(plot.left)},${pixel(bottom)}h${pixel(plot.width)}" stroke="#8c8c8c" fill="none"/>`;
  const middle = plot.left + plot.width / 2;
  const name = textAt(middle, bottom + 37, axisTitle(xWords), { size: fontSize.axis, anchor: 'middle' });
  return upright + rule + labels.join('') + name;
}

function curveMarks(
  rows: readonly SweepRow[],
  name: string,
  style: SeriesStyle,
  placeOf: (value: number | string) => number,
  y: PlotScale,
  isNumeric: boolean,
  input: SweepPanelsInput,
): string {
  const order = isNumeric ? [...rows].sort((a, b) => Number(a.x) - Number(b.x)) : rows;
  const path = order.map((row) => `${pixel(placeOf(row.x))},${pixel(y(row.value))}`).join('L');
  const line =
    order.length < 2
      ? ''
      : `<path d="M${path}" fill="none" stroke="${style.stroke}" stroke-width="1.8"${dashOf(style)}/>`;
  const dots = order.map((row) => {
    const at = pixel(placeOf(row.x));
    const whisker =
      row.low === undefined || row.high === undefined
        ? ''
        : `<path d="M${at},${pixel(y(row.low))}V${pixel(y(row.high))}" stroke="${style.stroke}" stroke-width="1.3" fill="none"/>`;
    const range =
      row.low === undefined || row.high === undefined ? '' : ` [${shortNumber(row.low)}, ${shortNumber(row.high)}]`;
    const words = `${name === '' ? '' : `${name}, `}${input.x.label} ${String(row.x)}: ${shortNumber(row.value)}${range}${row.n === undefined ? '' : `, n = ${row.n}`}`;
    return `<g>${whisker}<circle cx="${at}" cy="${pixel(y(row.value))}" r="3" fill="${style.stroke}"/>${hoverText(words)}</g>`;
  });
  return line + dots.join('');
}

function notesOf(input: SweepPanelsInput, measures: readonly string[]): string[] {
  const hasWhiskers = input.rows.some(({ low }) => low !== undefined);
  const counts = [...new Set(input.rows.flatMap(({ n }) => (n === undefined ? [] : [n])))].sort((a, b) => a - b);
  return [
    ...intervalNotes('Whisker', hasWhiskers, input.interval),
    ...(counts.length === 0
      ? []
      : [`Worlds a point: ${counts.length === 1 ? counts[0] : `${counts[0]} to ${counts.at(-1)}`}.`]),
    ...(measures.length <= panelMax ? [] : [`Drawn: ${panelMax} of ${measures.length} measures.`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: SweepPanelsInput, measures: readonly string[], names: readonly string[]): string {
  const by = names.length > 1 ? `, ${names.length} curves each` : '';
  return `${measures.join(', ')} against ${axisTitle(input.x)}${by}.`;
}

function sweepData(input: SweepPanelsInput): TableData {
  const rows = input.rows.map(({ measure, unit, x, series, value, low, high, n }) => [
    measure,
    unit ?? null,
    x,
    series ?? null,
    value,
    low ?? null,
    high ?? null,
    n ?? null,
  ]);
  return {
    columns: ['measure', 'unit', axisTitle(input.x), input.seriesTitle ?? 'series', 'value', 'low', 'high', 'n'],
    rows,
  };
}
