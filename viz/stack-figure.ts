/**
 * Shares of a whole over time, as areas on top of one another: what a feed was made of.
 *
 * Reads counts by bin and part; a bin without any count leaves a gap. Parts stand in the order given, from below; those that never
 * occur are left out. Names stand at the right rim at the height of their part in the last bin that has any.
 * Invariant: the parts of a bin add up to 1. The note gives the widest 95 % interval of a share, since bands inside stacked areas
 * could not be read (Wilson; it takes counts for independent, which looks of one agent are not, and says so).
 */
import { scaleLinear } from 'd3';
import { wilsonInterval } from '../analysis/estimators/interval.ts';
import { axisScale, axisTitle, drawAxes, plainNumber, shortNumber, type AxisWords, type PlotScale } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
  fitText,
  fontSize,
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
} from './figure.ts';
import { stackLabels } from './label-placement.ts';
import { areaColours, letterColour } from './palette.ts';

/** One part of the whole; `counts` has one number a bin. */
export interface StackPart {
  readonly name: string;
  readonly counts: readonly number[];
}

/** Parts over bins; `edges` are the ends of the bins, one more than there are bins. */
export interface StackFigureInput extends FigureWords {
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly edges: readonly number[];
  readonly parts: readonly StackPart[];
}

interface Drawn {
  readonly name: string;
  readonly colour: string;
  /** Lower and upper share in each bin; undefined where the bin is empty. */
  readonly spans: readonly ({ readonly low: number; readonly high: number } | undefined)[];
}

const plotTop = 52;
const plotHeight = 270;
const labelWidthMax = 180;

/** Draws the areas; one sentence where nothing was counted. */
export function stackFigure(input: StackFigureInput): Figure {
  const data = stackData(input);
  const totals = totalsOf(input);
  if (!totals.some((total) => total > 0))
    return sentenceFigure(input, 'No picture: nothing was counted that could be drawn.', data);
  const parts = drawnParts(input, totals);
  const widest = Math.max(...parts.map(({ name }) => textWidth(name, fontSize.label)));
  const plot: Rectangle = {
    ...{ left: 56, top: plotTop, height: plotHeight },
    width: figureWidth - 56 - Math.min(labelWidthMax, widest) - 20,
  };
  const from = input.edges[0] ?? 0;
  const xWords: AxisWords = { ...input.x, from, to: input.edges.at(-1) ?? 1 };
  const x = axisScale(xWords, [], [plot.left, plot.left + plot.width]);
  const yWords: AxisWords = { ...input.y, from: 0, to: 1 };
  const y = scaleLinear()
    .domain([0, 1])
    .range([plot.top + plot.height, plot.top]);
  const areas = parts.map((part, index) => seriesGroup(index, areaMarks(part, input, { x, y }))).join('');
  const axes = drawAxes(plot, { scale: x, words: xWords }, { scale: y, words: yWords });
  const names = partNames(parts, plot, y);
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, totals));
  const height = plot.top + plot.height + 46 + notes.height;
  return { svg: sheet(input, describe(input, totals), height, areas + axes + names + notes.marks), data };
}

function totalsOf({ edges, parts }: StackFigureInput): number[] {
  return edges.slice(1).map((_, bin) => parts.reduce((sum, { counts }) => sum + (counts[bin] ?? 0), 0));
}

function drawnParts({ parts }: StackFigureInput, totals: readonly number[]): Drawn[] {
  const below = totals.map(() => 0);
  return parts
    .filter(({ counts }) => counts.some((count) => count > 0))
    .map(({ name, counts }, index) => ({
      name,
      colour: areaColours[index % areaColours.length] ?? '#7a7a7a',
      spans: totals.map((total, bin) => {
        if (total === 0) return undefined;
        const low = below[bin] ?? 0;
        const high = low + (counts[bin] ?? 0) / total;
        below[bin] = high;
        return { low, high };
      }),
    }));
}

/** One rectangle a bin, with white between the parts. */
function areaMarks(
  { name, colour, spans }: Drawn,
  { edges, x: words }: StackFigureInput,
  { x, y }: { readonly x: PlotScale; readonly y: PlotScale },
): string {
  const bins = spans.map((span, bin) => {
    if (span === undefined || span.high - span.low < 1e-9) return '';
    const [left, right] = [x(edges[bin] ?? 0), x(edges[bin + 1] ?? 0)];
    const box = `x="${pixel(left)}" y="${pixel(y(span.high))}" width="${pixel(right - left + 0.4)}" height="${pixel(y(span.low) - y(span.high))}"`;
    const when = `${shortNumber(edges[bin] ?? 0)} to ${shortNumber(edges[bin + 1] ?? 0)} ${words.unit ?? ''}`.trimEnd();
    return `<rect ${box}>${hoverText(`${name}: ${shortNumber(100 * (span.high - span.low))} %, ${when}`)}</rect>`;
  });
  return `<g fill="${colour}">${bins.join('')}</g>`;
}

function partNames(parts: readonly Drawn[], plot: Rectangle, y: PlotScale): string {
  const middles = parts.map(({ spans }) => {
    const last = spans.findLast((span) => span !== undefined);
    return last === undefined ? plot.top : y((last.low + last.high) / 2);
  });
  const heights = stackLabels(middles, 15, plot.top + 6, plot.top + plot.height - 4);
  const rim = plot.left + plot.width;
  return parts
    .map(({ name, colour }, index) => {
      const [middle, height] = [middles[index] ?? 0, heights[index] ?? 0];
      const lead = `<path d="M${pixel(rim + 1)},${pixel(middle)}L${pixel(rim + 9)},${pixel(height)}" stroke="${colour}" stroke-width="1.6" fill="none"/>`;
      const label = fitText(name, fontSize.label, labelWidthMax);
      return nameGroup(index, lead + textAt(rim + 12, height + 4, label, { fill: letterColour(colour) }));
    })
    .join('');
}

function notesOf(input: StackFigureInput, totals: readonly number[]): string[] {
  const halves = input.parts.flatMap(({ counts }) =>
    totals.flatMap((total, bin) => {
      if (total === 0) return [];
      const [low, high] = wilsonInterval(counts[bin] ?? 0, total).interval;
      return [(high - low) / 2];
    }),
  );
  const count = totals.reduce((sum, total) => sum + total, 0);
  const widest = Math.max(...halves);
  const empty = totals.filter((total) => total === 0).length;
  return [
    `n = ${plainNumber(count)}. Every share is known within ± ${shortNumber(Number((100 * widest).toPrecision(2)))} points or better (95 %, Wilson, counts taken for independent).`,
    ...(empty === 0 ? [] : [`Nothing was counted in ${empty} of ${totals.length} bins.`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: StackFigureInput, totals: readonly number[]): string {
  return `${axisTitle(input.y)} over ${axisTitle(input.x)} in ${totals.length} bins: ${input.parts.map(({ name }) => name).join(', ')}.`;
}

function stackData(input: StackFigureInput): TableData {
  const totals = totalsOf(input);
  const rows = input.parts.flatMap(({ name, counts }) =>
    totals.map((total, bin) => {
      const count = counts[bin] ?? 0;
      const [low, high] = total === 0 ? [null, null] : wilsonInterval(count, total).interval;
      const share = total === 0 ? null : count / total;
      return [name, input.edges[bin] ?? null, input.edges[bin + 1] ?? null, count, share, low, high];
    }),
  );
  const title = axisTitle(input.x);
  return { columns: ['part', `${title}, from`, `${title}, to`, 'count', 'share', 'low', 'high'], rows };
}
