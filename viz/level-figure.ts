/**
 * Estimates at levels, as dots with whiskers: adoption at the k-th exposure, beside what a placebo expects there.
 *
 * Reads one estimate a level and series; levels stand evenly, whatever their numbers. Series are set side by side within a level,
 * so that no whisker hides another. Kinds differ in shape: a disc is simulated or observed, a ring a baseline.
 * Order of drawing: baselines, then the others.
 */
import { scalePoint } from 'd3';
import { axisScale, axisTitle, drawYAxis, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
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
  textWidth,
  type Figure,
  type FigureWords,
  type Rectangle,
  type SeriesKind,
} from './figure.ts';
import { intervalNotes, keyRows } from './key.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** An estimate; `low` and `high` are absent where there is no interval. */
export interface LevelEstimate {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
}

/** One series; null where a level has no estimate. */
export interface LevelSeries {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly estimates: readonly (LevelEstimate | null)[];
}

/** Series over common levels. `interval` names what the whiskers are; `reference` draws a rule at a value, such as a ratio of 1. */
export interface LevelFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly levels: readonly string[];
  readonly series: readonly LevelSeries[];
  readonly interval?: string;
  readonly reference?: { readonly value: number; readonly name: string };
}

const plotHeight = 270;

/** Draws the estimates; one sentence where there is none. */
export function levelFigure(input: LevelFigureInput): Figure {
  const data = levelData(input);
  const shown = input.series.flatMap(({ estimates }) =>
    estimates.filter((one) => one !== null && Number.isFinite(one.value)),
  );
  if (shown.length === 0) return sentenceFigure(input, 'No picture: there is no estimate that can be drawn.', data);
  const styles = seriesStyles(input.series.map(({ kind }) => kind));
  const key = keyRows(
    input.series.map(({ name, kind }, index) => ({
      name,
      ink: styles[index].text,
      sample: (x, y) => dot(x, y, kind, styles[index]),
    })),
    24,
  );
  const plot: Rectangle = { left: 56, top: 30 + key.height + 24, width: figureWidth - 70, height: plotHeight };
  const ends = shown.flatMap((one) => (one === null ? [] : [one.value, one.low ?? one.value, one.high ?? one.value]));
  const reference = input.reference === undefined ? [] : [input.reference.value];
  const y = axisScale(input.y, [...ends, ...reference], [plot.top + plot.height, plot.top]);
  const x = scalePoint(
    input.levels.map((_, level) => String(level)),
    [plot.left, plot.left + plot.width],
  ).padding(0.6);
  const placeOf = (level: number): number => x(String(level)) ?? plot.left;
  const order = input.series.map((_, index) => index).sort((a, b) => rank(input, a) - rank(input, b));
  const gap = Math.min(16, x.step() / (input.series.length + 1));
  const marks =
    key.marks +
    drawYAxis(plot, y, input.y) +
    referenceMark(input, plot, y) +
    order
      .map((index) => {
        const shift = (index - (input.series.length - 1) / 2) * gap;
        return seriesGroup(
          index,
          seriesMarks(input, index, styles[index], (level) => placeOf(level) + shift, y),
        );
      })
      .join('') +
    levelAxis(input, plot, placeOf, x.step());
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, shown));
  return { svg: sheet(input, describe(input), plot.top + plot.height + 46 + notes.height, marks + notes.marks), data };
}

function rank({ series }: LevelFigureInput, index: number): number {
  return series[index]?.kind === 'baseline' ? 0 : 1;
}

function dot(x: number, y: number, kind: SeriesKind, { stroke }: SeriesStyle): string {
  const paint = kind === 'baseline' ? `fill="#fff" stroke="${stroke}" stroke-width="1.6"` : `fill="${stroke}"`;
  return `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="4" ${paint}/>`;
}

function seriesMarks(
  input: LevelFigureInput,
  index: number,
  style: SeriesStyle,
  placeOf: (level: number) => number,
  y: PlotScale,
): string {
  const { name, kind, estimates } = input.series[index] ?? { name: '', kind: 'baseline', estimates: [] };
  return estimates
    .map((one, level) => {
      if (one === null || !Number.isFinite(one.value)) return '';
      const x = placeOf(level);
      const words = `${name} at ${input.levels[level]}: ${shortNumber(one.value)}${rangeWords(one)}${one.n === undefined ? '' : `, n = ${shortNumber(one.n)}`}`;
      return `<g>${whisker(one, x, style, y)}${dot(x, y(one.value), kind, style)}${hoverText(words)}</g>`;
    })
    .join('');
}

function rangeWords({ low, high }: LevelEstimate): string {
  return low === undefined || high === undefined ? '' : ` [${shortNumber(low)}, ${shortNumber(high)}]`;
}

function whisker({ low, high }: LevelEstimate, x: number, { stroke }: SeriesStyle, y: PlotScale): string {
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return '';
  const [bottom, top] = [pixel(y(low)), pixel(y(high))];
  const arms = `M${pixel(x - 3)},${top}h6M${pixel(x - 3)},${bottom}h6`;
  return `<path d="M${pixel(x)},${bottom}V${top}${arms}" stroke="${stroke}" stroke-width="1.4" fill="none"/>`;
}

function referenceMark({ reference }: LevelFigureInput, plot: Rectangle, y: PlotScale): string {
  if (reference === undefined) return '';
  const at = pixel(y(reference.value));
  return (
    `<path d="M${pixel(plot.left)},${at}h${pixel(plot.width)}" stroke="#595959" stroke-dasharray="2 3" fill="none"/>` +
    textAt(plot.left + plot.width, y(reference.value) - 5, reference.name, {
      size: fontSize.tick,
      fill: faintInk,
      anchor: 'end',
      halo: true,
    })
  );
}

function levelAxis(input: LevelFigureInput, plot: Rectangle, placeOf: (level: number) => number, step: number): string {
  const bottom = plot.top + plot.height;
  const widest = Math.max(...input.levels.map((name) => textWidth(name, fontSize.tick)));
  const every = Math.max(1, Math.ceil(Math.min(widest + 8, 90) / step));
  const labels = input.levels.map((name, level) =>
    level % every === 0
      ? textAt(placeOf(level), bottom + 18, fitText(name, fontSize.tick, Math.max(step - 6, 80)), {
          size: fontSize.tick,
          fill: faintInk,
          anchor: 'middle',
        })
      : '',
  );
  const rule = `<path d="M${pixel(plot.left)},${pixel(bottom)}h${pixel(plot.width)}" stroke="#8c8c8c" fill="none"/>`;
  return (
    rule +
    labels.join('') +
    textAt(plot.left + plot.width / 2, bottom + 37, axisTitle(input.x), { size: fontSize.axis, anchor: 'middle' })
  );
}

function notesOf(input: LevelFigureInput, shown: readonly (LevelEstimate | null)[]): string[] {
  const hasWhiskers = shown.some((one) => one?.low !== undefined);
  return [...intervalNotes('Whisker', hasWhiskers, input.interval), ...(input.note === undefined ? [] : [input.note])];
}

function describe(input: LevelFigureInput): string {
  const series = input.series.map(({ name, kind }) => `${name} (${kind})`);
  return `${axisTitle(input.y)} at ${input.levels.length} levels of ${axisTitle(input.x)}: ${series.join('; ')}.`;
}

function levelData(input: LevelFigureInput): TableData {
  const rows = input.series.flatMap(({ name, kind, estimates }) =>
    estimates.map((one, level) => [
      ...[name, kind, input.levels[level] ?? null],
      ...[one?.value ?? null, one?.low ?? null, one?.high ?? null, one?.n ?? null],
    ]),
  );
  return { columns: ['series', 'kind', axisTitle(input.x), axisTitle(input.y), 'low', 'high', 'n'], rows };
}
