/**
 * Distributions of several samples as complementary cumulative curves: the share of values at least as large as x.
 *
 * Reads raw values, so that no bin is chosen here. Values that are not finite are left out and counted; on a logarithmic axis
 * values of zero or below count in the denominator and are not drawn, which the note says. Small samples that were observed
 * show their values as dots.
 * Definition: share(x) = |{v : v >= x}| / n over the finite values, at each distinct value; 1 at the least, 1/n or more at the
 * greatest. Names stand beside their curves (`label-placement.ts`).
 */
import {
  axisScale,
  axisTitle,
  drawAxes,
  groupThousands,
  isDrawable,
  shortNumber,
  type AxisWords,
  type PlotScale,
} from './axes.ts';
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
  type Figure,
  type FigureWords,
  type Rectangle,
  type SeriesKind,
} from './figure.ts';
import { intervalNotes } from './key.ts';
import { placeBeside, type Spot } from './label-placement.ts';
import { seriesStyles, type SeriesStyle } from './palette.ts';

/** One sample. `band` holds x, low and high of the share, if the caller has computed an interval for it. */
export interface DistributionSample {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly values: ArrayLike<number>;
  readonly band?: readonly (readonly [number, number, number])[];
}

/** A law beside the samples: x and share, in order of x, with nothing counted. */
export interface DistributionLaw {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** Samples on common axes; both are logarithmic unless said otherwise. The y axis needs no words. */
export interface DistributionFigureInput extends FigureWords {
  readonly x: AxisWords;
  /** What the values are of, in the plural: `cascades`. */
  readonly counted?: string;
  readonly yScale?: 'linear' | 'log';
  readonly samples: readonly DistributionSample[];
  readonly laws?: readonly DistributionLaw[];
  readonly interval?: string;
}

/** A step of the curve. */
interface Step {
  readonly value: number;
  readonly share: number;
}

const plot: Rectangle = { left: 56, top: 52, width: figureWidth - 76, height: 300 };
const dottedUpTo = 150;

/** Draws the distributions; one sentence where no value can be drawn. */
export function distributionFigure(input: DistributionFigureInput): Figure {
  const xWords: AxisWords = { scale: 'log', ...input.x };
  const yWords: AxisWords = {
    label: `${input.counted ?? 'values'} of at least x`,
    unit: 'share',
    scale: input.yScale ?? 'log',
    to: 1,
  };
  const curves = input.samples.map(({ values }) => exceedance(values));
  const drawn = curves.map((steps) =>
    steps.filter(({ value, share }) => isDrawable(value, xWords) && isDrawable(share, yWords)),
  );
  const data = distributionData(input, curves);
  const shown = drawn.flat();
  if (shown.length === 0) return sentenceFigure(input, 'No picture: there is no value that can be drawn.', data);
  const bands = input.samples.map(({ band = [] }) =>
    band.filter(([x, low, high]) => isDrawable(x, xWords) && isDrawable(low, yWords) && isDrawable(high, yWords)),
  );
  const scales = {
    x: axisScale(
      xWords,
      shown.map(({ value }) => value),
      [plot.left, plot.left + plot.width],
    ),
    y: axisScale(
      yWords,
      [...shown.map(({ share }) => share), ...bands.flat().flatMap(([, low, high]) => [low, high])],
      [plot.top + plot.height, plot.top],
    ),
  };
  const styles = seriesStyles([
    ...input.samples.map(({ kind }) => kind),
    ...(input.laws ?? []).map(() => 'baseline' as const),
  ]);
  const laws = (input.laws ?? []).map(({ name, points }, k): DrawnLaw => {
    const series = input.samples.length + k;
    const isInside = ([x, share]: readonly [number, number]): boolean =>
      isDrawable(x, xWords) && isDrawable(share, yWords) && scales.y(share) <= plot.top + plot.height + 0.5;
    return { name, series, style: styles[series], points: points.filter(isInside) };
  });
  const marks =
    drawAxes(plot, { scale: scales.x, words: xWords }, { scale: scales.y, words: yWords }) +
    bands.map((band, index) => seriesGroup(index, bandMark(band, styles[index], scales))).join('') +
    drawn
      .map((steps, index) => seriesGroup(index, curveMark(steps, styles[index], scales, input.samples[index])))
      .join('') +
    laws.map((law) => seriesGroup(law.series, lawMark(law, scales))).join('') +
    drawn.map((steps, index) => seriesGroup(index, hoverSteps(steps, scales, input.samples[index], xWords))).join('') +
    names(input, drawn, laws, scales, styles);
  const notes = notesAt(plot.top + plot.height + 46, notesOf(input, xWords, bands.flat().length > 0));
  const height = plot.top + plot.height + 46 + notes.height;
  return { svg: sheet(input, describe(input, xWords), height, marks + notes.marks), data };
}

function exceedance(values: ArrayLike<number>): Step[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const steps: Step[] = [];
  sorted.forEach((value, index) => {
    if (index === 0 || value !== sorted[index - 1])
      steps.push({ value, share: (sorted.length - index) / sorted.length });
  });
  return steps;
}

interface Scales {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

function bandMark(band: readonly (readonly [number, number, number])[], style: SeriesStyle, scales: Scales): string {
  if (band.length < 2) return '';
  const upper = band.map(([x, , high]) => `${pixel(scales.x(x))},${pixel(scales.y(high))}`);
  const lower = band.map(([x, low]) => `${pixel(scales.x(x))},${pixel(scales.y(low))}`).reverse();
  return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${style.stroke}" fill-opacity="0.16"/>`;
}

/** The curve falls behind each value: a share holds up to and with its value. */
function curveMark(steps: readonly Step[], style: SeriesStyle, { x, y }: Scales, sample: DistributionSample): string {
  let path = '';
  for (const { value, share } of steps) {
    path += path === '' ? `M${pixel(x(value))},${pixel(y(share))}` : `V${pixel(y(share))}H${pixel(x(value))}`;
  }
  // From the last value to the left of the first the curve is joined level, then down.
  const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
  const pen = `fill="none" stroke="${style.stroke}" stroke-width="${style.lineWidth}" stroke-linejoin="round"`;
  const isDotted = sample.kind === 'observed' && steps.length <= dottedUpTo;
  const dots = isDotted
    ? steps.map(
        ({ value, share }) =>
          `<circle cx="${pixel(x(value))}" cy="${pixel(y(share))}" r="2.6" fill="${style.stroke}"/>`,
      )
    : [];
  return `<path d="${path}" ${pen}${dash}>${hoverText(sample.name)}</path>${dots.join('')}`;
}

/** What the curve says at its steps: the share that reaches a value. */
function hoverSteps(
  steps: readonly Step[],
  { x, y }: Scales,
  { name }: DistributionSample,
  { label, unit }: AxisWords,
): string {
  const measure = unit === undefined ? label : unit;
  const spots = steps.map(({ value, share }) => ({
    ...{ x: x(value), y: y(share) },
    words: `${name}: ${shortNumber(100 * share)} % have at least ${shortNumber(value)} ${measure}`,
  }));
  return hoverDiscs(spots, 7);
}

interface DrawnLaw extends DistributionLaw {
  readonly series: number;
  readonly style: SeriesStyle;
}

function lawMark({ name, points, style }: DrawnLaw, { x, y }: Scales): string {
  if (points.length < 2) return '';
  const path = points.map(([value, share]) => `${pixel(x(value))},${pixel(y(share))}`).join('L');
  const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
  return `<path d="M${path}" fill="none" stroke="${style.stroke}" stroke-width="1.8"${dash}>${hoverText(name)}</path>`;
}

function names(
  input: DistributionFigureInput,
  drawn: readonly (readonly Step[])[],
  laws: readonly DrawnLaw[],
  scales: Scales,
  styles: readonly SeriesStyle[],
): string {
  const labels = [
    ...input.samples.map(({ name, values }) =>
      fitText(`${name}, n = ${groupThousands(String(values.length))}`, fontSize.label, 260),
    ),
    ...laws.map(({ name }) => fitText(name, fontSize.label, 260)),
  ];
  const spotOf = (value: number, share: number): Spot => ({ x: scales.x(value), y: scales.y(share) });
  const curves = [
    ...drawn.map((steps) => evenly(steps.map(({ value, share }) => spotOf(value, share)))),
    ...laws.map(({ points }) => spaced(points.map(([value, share]) => spotOf(value, share)))),
  ];
  const placed = placeBeside(labels, curves, fontSize.label, plot);
  return labels
    .map((label, index) => {
      if (curves[index].length === 0) return '';
      const { x, y } = placed[index];
      return nameGroup(index, textAt(x, y, label, { fill: styles[index].text, halo: true }));
    })
    .join('');
}

/** Points of a smooth curve, at most every fourth pixel. */
function spaced(points: readonly Spot[]): Spot[] {
  const kept: Spot[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last === undefined || Math.abs(point.x - last.x) + Math.abs(point.y - last.y) >= 4) kept.push(point);
  }
  return kept;
}

/** Points at most 5 pixels apart along a curve that goes down first and then to the right. */
function evenly(corners: readonly Spot[]): Spot[] {
  const spots: Spot[] = [];
  corners.forEach((corner, index) => {
    const from = corners[index - 1] ?? corner;
    const turn = { x: from.x, y: corner.y };
    for (const [a, b] of [
      [from, turn],
      [turn, corner],
    ] as const) {
      const count = Math.ceil((Math.abs(b.x - a.x) + Math.abs(b.y - a.y)) / 5);
      for (let step = 1; step <= count; step++)
        spots.push({ x: a.x + ((b.x - a.x) * step) / count, y: a.y + ((b.y - a.y) * step) / count });
    }
  });
  return spots.length > 0 ? spots : [...corners];
}

function notesOf(input: DistributionFigureInput, xWords: AxisWords, hasBands: boolean): string[] {
  const hidden = input.samples.flatMap(({ name, values }) => {
    const count = Array.from(values).filter((value) => !isDrawable(value, xWords)).length;
    return count === 0 ? [] : [`${count} of ${values.length} values of ${name}`];
  });
  return [
    ...intervalNotes('Band', hasBands, input.interval),
    ...(hidden.length === 0
      ? []
      : [`Not drawn: ${hidden.join(', ')} (not finite, or not positive on a logarithmic axis).`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: DistributionFigureInput, xWords: AxisWords): string {
  const samples = input.samples.map(({ name, kind, values }) => `${name} (${kind}, n = ${values.length})`);
  return `Share of values at least as large as ${axisTitle(xWords)}: ${samples.join('; ')}.`;
}

/** The curves, then the bands; and nothing of the single values, which the curve determines. */
function distributionData(input: DistributionFigureInput, curves: readonly (readonly Step[])[]): TableData {
  const rows = input.samples.flatMap(({ name, kind, band = [] }, index): (string | number | null)[][] => [
    ...curves[index].map(({ value, share }) => [name, kind, value, share, null, null]),
    ...band.map(([x, low, high]) => [name, kind, x, null, low, high]),
  ]);
  for (const { name, points } of input.laws ?? [])
    rows.push(...points.map(([x, share]) => [name, 'law', x, share, null, null]));
  return { columns: ['sample', 'kind', axisTitle(input.x), 'share of values >= x', 'low', 'high'], rows };
}
