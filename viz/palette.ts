/**
 * Which colour, dash and mark a series gets, so that kinds are told apart without colour as well.
 *
 * Observed is black, simulated takes the colours of Okabe and Ito, a baseline is grey and dashed. Within a kind the order of
 * series decides. Shades of time or distance run along viridis, cut off before its yellow, which vanishes on white.
 * Source: Okabe and Ito (2008), Color Universal Design; the yellow of that palette is left out for the same reason.
 */
import { color, interpolateViridis } from 'd3';
import type { SeriesKind } from './figure.ts';

/** How one series is drawn. `text` is `stroke` made dark enough to be read as letters on white. */
export interface SeriesStyle {
  readonly stroke: string;
  readonly text: string;
  /** Value of stroke-dasharray; empty for a solid line. */
  readonly dash: string;
  readonly lineWidth: number;
}

const strokes: Readonly<Record<SeriesKind, readonly string[]>> = {
  observed: ['#1a1a1a', '#6b6b6b'],
  simulated: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  baseline: ['#7a7a7a', '#8c6d3f', '#5f7f86'],
};
const baselineDashes = ['6 4', '2 3', '10 4 2 4'];
const repeatDashes = ['', '8 3', '3 2'];

/** The style of each series, given their kinds in order. */
export function seriesStyles(kinds: readonly SeriesKind[]): SeriesStyle[] {
  const seenCount: Record<SeriesKind, number> = { observed: 0, simulated: 0, baseline: 0 };
  return kinds.map((kind) => styleOf(kind, seenCount[kind]++));
}

function styleOf(kind: SeriesKind, index: number): SeriesStyle {
  const colours = strokes[kind];
  const stroke = colours[index % colours.length];
  const round = Math.floor(index / colours.length);
  const dash =
    kind === 'baseline' ? baselineDashes[index % baselineDashes.length] : repeatDashes[round % repeatDashes.length];
  return { stroke, text: readable(stroke), dash, lineWidth: kind === 'baseline' ? 1.5 : 2 };
}

/** Darkened until its luminance leaves a contrast of 4.5 with white (WCAG 2.2, 1.4.3). */
function readable(hex: string): string {
  let shade = hex;
  while (luminance(shade) > 0.183) shade = color(shade)?.darker(0.2).formatHex() ?? '#1a1a1a';
  return shade;
}

/** Relative luminance by WCAG 2.2, in [0, 1]. */
function luminance(hex: string): number {
  const { r, g, b } = color(hex)?.rgb() ?? { r: 0, g: 0, b: 0 };
  const linear = (byte: number): number => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** A colour for a position in [0, 1], dark for the first, light for the last. */
export function shadeColour(share: number): string {
  return interpolateViridis(0.02 + 0.86 * Math.min(1, Math.max(0, share)));
}

/** What lies outside the scale of shades: not reached, no value. */
export const blankColour = '#c9c9c9';

/** Colours for areas that stand side by side; neighbours differ in lightness too, so that they survive a grey print. */
export const areaColours: readonly string[] = [
  ...['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a7a7a', '#b8a13a', '#4b4b9b'],
];

/** A colour made dark enough to be read as letters on white. */
export function letterColour(hex: string): string {
  return readable(hex);
}
