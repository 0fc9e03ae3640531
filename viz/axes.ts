/**
 * Scales, axes and grid of a plot with two axes.
 *
 * Reads the values to be shown and the words of an axis; writes marks. The y axis carries its name above it, horizontally,
 * since a turned text is read last. Order: `axisScale` for both axes, then `drawAxes`, then the marks of the figure above them.
 * Invariant: a scale never has a domain of zero width; on a logarithmic one only positive values count.
 */
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3';
import { faintInk, fontSize, ink, pixel, textAt, textAttributes, type Rectangle } from './figure.ts';

/** What an axis shows. `unit` stands in brackets behind the label; `from` and `to` widen what the data span. */
export interface AxisWords {
  readonly label: string;
  readonly unit?: string;
  readonly scale?: 'linear' | 'log';
  readonly from?: number;
  readonly to?: number;
}

/** A scale of the plot, from values to pixels. */
export type PlotScale = ScaleContinuousNumeric<number, number>;

/** Label and unit as they are printed. */
export function axisTitle({ label, unit }: AxisWords): string {
  return unit === undefined ? label : `${label} (${unit})`;
}

/** Whether a value can be drawn on an axis. */
export function isDrawable(value: number, axis: AxisWords): boolean {
  return Number.isFinite(value) && (axis.scale !== 'log' || value > 0);
}

/** The scale of an axis: the drawable values and `from`, `to`, rounded outwards to ticks. `range` is in pixels. */
export function axisScale(axis: AxisWords, values: Iterable<number>, range: readonly [number, number]): PlotScale {
  const { low, high } = extentOf(axis, values);
  if (axis.scale === 'log') {
    const top = high > low ? high : low * 10;
    // Whole decades would leave half of a plot empty; a little air on both sides is enough for points on the rim.
    const air = Math.max((top / low) ** 0.03, 1.05);
    return scaleLog()
      .domain([low / (axis.from === undefined ? air : 1), top * (axis.to === undefined ? air : 1)])
      .range(range);
  }
  const scale = scaleLinear()
    .domain(high > low ? [low, high] : [low - 0.5, high + 0.5])
    .range(range);
  return axis.from !== undefined && axis.to !== undefined ? scale : scale.nice(6);
}

function extentOf(axis: AxisWords, values: Iterable<number>): { low: number; high: number } {
  let low = axis.from ?? Infinity;
  let high = axis.to ?? -Infinity;
  for (const value of values) {
    if (!isDrawable(value, axis)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 1, high: 10 };
}

/** Both axes with grid, ticks and names. */
export function drawAxes(
  plot: Rectangle,
  x: { readonly scale: PlotScale; readonly words: AxisWords },
  y: { readonly scale: PlotScale; readonly words: AxisWords },
): string {
  return drawYAxis(plot, y.scale, y.words) + drawXAxis(plot, x.scale, x.words);
}

/** The y axis: grid lines across the plot, ticks at the left, its name above, beginning at `nameLeft`. */
export function drawYAxis(plot: Rectangle, scale: PlotScale, words: AxisWords, nameLeft = 2): string {
  const ticks = ticksOf(scale, words, 5);
  const grid = ticks.map((tick) => `M${pixel(plot.left)},${pixel(scale(tick))}h${pixel(plot.width)}`).join('');
  const labels = labelled(ticks, words).map(({ tick, markup }) => {
    const style = textAttributes({ size: fontSize.tick, fill: faintInk, anchor: 'end' });
    return `<text x="${pixel(plot.left - 7)}" y="${pixel(scale(tick) + 4)}"${style}>${markup}</text>`;
  });
  return (
    `<path d="${grid}" stroke="#ececec" fill="none"/>${labels.join('')}` +
    textAt(nameLeft, plot.top - 12, axisTitle(words), { size: fontSize.axis, fill: ink })
  );
}

/** The x axis: a rule below the plot, ticks and its name. */
export function drawXAxis(plot: Rectangle, scale: PlotScale, words: AxisWords): string {
  const bottom = plot.top + plot.height;
  const ticks = ticksOf(scale, words, 7);
  const strokes = ticks.map((tick) => `M${pixel(scale(tick))},${pixel(bottom)}v5`).join('');
  const labels = labelled(ticks, words).map(({ tick, markup }) => {
    const style = textAttributes({ size: fontSize.tick, fill: faintInk, anchor: 'middle' });
    return `<text x="${pixel(scale(tick))}" y="${pixel(bottom + 18)}"${style}>${markup}</text>`;
  });
  return (
    `<path d="M${pixel(plot.left)},${pixel(bottom)}h${pixel(plot.width)}${strokes}" stroke="#8c8c8c" fill="none"/>` +
    labels.join('') +
    textAt(plot.left + plot.width / 2, bottom + 37, axisTitle(words), { size: fontSize.axis, anchor: 'middle' })
  );
}

function ticksOf(scale: PlotScale, words: AxisWords, count: number): number[] {
  if (words.scale !== 'log') return scale.ticks(count);
  const ticks = scale.ticks(count);
  const decades = ticks.filter((tick) => isDecade(tick));
  // Within one or two decades the powers of ten alone would leave the axis bare.
  if (decades.length >= 3) return decades.filter((_, index) => index % Math.ceil(decades.length / 8) === 0);
  return ticks.filter((tick) => [1, 2, 5].includes(leadingDigit(tick)));
}

function leadingDigit(value: number): number {
  return Number(value.toExponential(0).charAt(0));
}

function isDecade(value: number): boolean {
  return leadingDigit(value) === 1;
}

function labelled(ticks: readonly number[], words: AxisWords): { tick: number; markup: string }[] {
  const powers = words.scale === 'log' && ticks.some((tick) => tick < 0.001 || tick >= 1e6) && ticks.every(isDecade);
  const texts = ticks.map((tick) => plainNumber(tick));
  // One number of decimals an axis: 0.010 beside 0.012. Of a logarithmic one each keeps its own.
  const decimals = words.scale === 'log' ? 0 : Math.max(0, ...texts.map((text) => decimalsOf(text)));
  const even = (text: string): string =>
    /^−?[\d\u202f]+(\.\d+)?$/.test(text) && text !== '0'
      ? `${text}${decimalsOf(text) === 0 && decimals > 0 ? '.' : ''}${'0'.repeat(Math.max(0, decimals - decimalsOf(text)))}`
      : text;
  return ticks.map((tick, at) => ({ tick, markup: powers ? powerOfTen(tick) : even(texts[at]) }));
}

function decimalsOf(text: string): number {
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
}

function powerOfTen(tick: number): string {
  const exponent = Math.round(Math.log10(tick));
  return `10<tspan dy="-4" font-size="8.5">${String(exponent).replace('-', '−')}</tspan>`;
}

/** A number as it is printed: groups of three from 10 000 on, a true minus, at most 6 significant digits. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e12 || size < 1e-5))
    return value.toExponential(2).replaceAll('-', '−').replace('e+', 'e');
  const [whole = '', fraction] = String(Number(value.toPrecision(size >= 1e6 ? 12 : 6)))
    .replace('-', '')
    .split('.');
  return (value < 0 ? '−' : '') + groupThousands(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** A number as it is said in passing: four significant digits, integers in full. */
export function shortNumber(value: number): string {
  return plainNumber(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

/** Digits in groups of three with narrow blanks, from five digits on. */
export function groupThousands(digits: string): string {
  return digits.length < 5 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, '\u202f');
}
