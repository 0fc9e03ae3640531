/**
 * Lorenz curves: the share of all that the poorest p of the units hold, beside the line of equality.
 *
 * Reads raw values a unit, of things that cannot be negative; units with nothing count. Gini beside each name, with its interval by
 * resampling units (percentile, 199 draws, at most 20,000 units, which is said). More points than 400 are thinned by share of units.
 * Invariant: a curve runs from (0, 0) to (1, 1), never above the line of equality. Oracle: the sum of values, and `inequality.ts`.
 * Source: Lorenz (1905); Gini (1912).
 */
import { gini } from '../analysis/estimators/inequality.ts';
import { bootstrapInterval } from '../analysis/estimators/interval.ts';
import { sampleRows } from '../analysis/estimators/points.ts';
import { randomStream, streamPurposes } from '../sim/ground/philox.ts';
import { axisScale, drawAxes, groupThousands, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  hoverDiscs,
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
import { keyRows, type KeyEntry } from './key.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** One quantity. */
export interface LorenzSeries {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Quantities of common units, such as agents. `unitName` is their plural; `seed` decides what is drawn anew for intervals. */
export interface LorenzFigureInput extends FigureWords {
  readonly unitName: string;
  readonly series: readonly LorenzSeries[];
  readonly seed: number;
}

interface Curve {
  readonly name: string;
  readonly count: number;
  readonly gini: number;
  readonly interval: readonly [number, number];
  readonly points: readonly (readonly [number, number])[];
}

const plotLeft = 56;
const plotSize = { width: 440, height: 340 } as const;
const drawCount = 199;
const resampledMax = 20_000;
const pointMax = 400;

/** Draws the curves; one sentence where nobody has anything. */
export function lorenzFigure(input: LorenzFigureInput): Figure {
  const curves = input.series
    .map((series, index) => curveOf(series, input.seed, index))
    .filter(({ points }) => points.length > 0);
  const data = lorenzData(input, curves);
  if (curves.length === 0) return sentenceFigure(input, 'No picture: nobody has anything to be shared out.', data);
  const xWords: AxisWords = { label: `${input.unitName}, poorest first`, unit: 'share', from: 0, to: 1 };
  const yWords: AxisWords = { label: 'what they hold', unit: 'share of all', from: 0, to: 1 };
  const styles = seriesStyles(curves.map(() => 'simulated' as const));
  const key = keyRows(curves.map(keyEntry(styles)), 24);
  const plot: Rectangle = { left: plotLeft, top: 52 + key.height, ...plotSize };
  const x = axisScale(xWords, [], [plot.left, plot.left + plot.width]);
  const y = axisScale(yWords, [], [plot.top + plot.height, plot.top]);
  const marks =
    key.marks +
    drawAxes(plot, { scale: x, words: xWords }, { scale: y, words: yWords }) +
    `<path d="M${pixel(x(0))},${pixel(y(0))}L${pixel(x(1))},${pixel(y(1))}" stroke="#7a7a7a" stroke-dasharray="6 4" fill="none">${hoverText('equality: everyone has the same')}</path>` +
    textAt(x(0.36), y(0.44), 'equality', { fill: '#595959', halo: true }) +
    curves.map((curve, index) => seriesGroup(index, curveMark(curve, styles[index], { x, y }))).join('') +
    curves.map((curve, index) => seriesGroup(index, hoverShares(curve, { x, y }))).join('');
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, curves));
  const svg = sheet(input, describe(input, curves), plot.top + plot.height + 46 + notes.height, marks + notes.marks);
  return { svg, data };
}

function curveOf({ name, values }: LorenzSeries, seed: number, index: number): Curve {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value) && value >= 0)
    .sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  if (total === 0) return { name, count: sorted.length, gini: NaN, interval: [NaN, NaN], points: [] };
  const stream = randomStream(seed, streamPurposes.bootstrap, 71 + index);
  const rows = sampleRows(sorted.length, resampledMax, stream);
  const drawn = Float64Array.from(rows, (row) => sorted[row]);
  const { interval } = bootstrapInterval(drawn, gini, stream, { replicateCount: drawCount, kind: 'percentile' });
  const points: [number, number][] = [[0, 0]];
  let [sum, shown] = [0, 0];
  sorted.forEach((value, at) => {
    sum += value;
    const share = (at + 1) / sorted.length;
    if (share - shown < 1 / pointMax && at < sorted.length - 1) return;
    points.push([share, sum / total]);
    shown = share;
  });
  return { name, count: sorted.length, gini: gini(sorted), interval, points };
}

interface Scales {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

function curveMark(curve: Curve, { stroke, dash }: SeriesStyle, { x, y }: Scales): string {
  const path = curve.points.map(([share, held]) => `${pixel(x(share))},${pixel(y(held))}`).join('L');
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="M${path}" fill="none" stroke="${stroke}" stroke-width="2"${dashes}>${hoverText(labelOf(curve))}</path>`;
}

/** What the curve says along its way: how much the poorest hold. */
function hoverShares({ name, points }: Curve, { x, y }: Scales): string {
  const percent = (share: number): string => `${shortNumber(Math.round(1000 * share) / 10)} %`;
  const spots = points.slice(1).map(([share, held]) => ({
    ...{ x: x(share), y: y(held) },
    words: `${name}: the poorest ${percent(share)} hold ${percent(held)}`,
  }));
  return hoverDiscs(spots, 7);
}

function labelOf({ name, gini: value, interval }: Curve): string {
  return `${name}: Gini ${value.toFixed(2)} [${interval.map((end) => end.toFixed(2)).join(', ')}]`;
}

/** Names stand in a key: curves that end in one corner leave no room beside them. */
function keyEntry(styles: readonly SeriesStyle[]): (curve: Curve, index: number) => KeyEntry {
  return (curve, index) => {
    const { stroke, text, dash } = styles[index];
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    return {
      ...{ name: labelOf(curve), ink: text },
      sample: (x, y) =>
        `<path d="M${pixel(x - 7)},${pixel(y)}h14" stroke="${stroke}" stroke-width="2"${dashes} fill="none"/>`,
    };
  };
}

function notesOf(input: LorenzFigureInput, curves: readonly Curve[]): string[] {
  const counts = [...new Set(curves.map(({ count }) => count))].map((count) => groupThousands(String(count)));
  const most = Math.max(...curves.map(({ count }) => count));
  const part = most > resampledMax ? `, of a random part of ${groupThousands(String(resampledMax))}` : '';
  return [
    `In brackets: 95 % interval of Gini, ${drawCount} resamples of ${input.unitName}${part}; n = ${counts.join(', ')}. Units of one world are not independent: between worlds the interval is another.`,
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: LorenzFigureInput, curves: readonly Curve[]): string {
  return `Lorenz curves over ${input.unitName}: ${curves.map(labelOf).join('; ')}.`;
}

function lorenzData(input: LorenzFigureInput, curves: readonly Curve[]): TableData {
  const rows = curves.flatMap(({ name, points, gini: value, interval }) =>
    points.map(([share, held]) => [name, share, held, value, ...interval]),
  );
  return { columns: ['series', `share of ${input.unitName}`, 'share held', 'gini', 'gini low', 'gini high'], rows };
}
