/**
 * The key of a figure whose series cannot carry their names themselves: a row above the plot, and scales of shades.
 *
 * Reads names with their sample marks; writes marks and says how much height they take.
 */
import { faintInk, fontSize, fitText, nameGroup, pixel, figureWidth, textAt, textWidth } from './figure.ts';
import { plainNumber } from './axes.ts';
import { blankColour, shadeColour } from './palette.ts';

/** One entry: `sample` draws a mark of about 12 pixels around a point. */
export interface KeyEntry {
  readonly name: string;
  readonly ink: string;
  readonly sample: (x: number, y: number) => string;
}

const rowHeight = 18;

/** Entries from left to right, wrapped to the sheet; `top` is where the first row begins. */
export function keyRows(
  entries: readonly KeyEntry[],
  top: number,
): { readonly marks: string; readonly height: number } {
  let [x, row, marks] = [2, 0, ''];
  for (const [series, { name, ink, sample }] of entries.entries()) {
    const label = fitText(name, fontSize.label, figureWidth - 40);
    const width = 20 + textWidth(label, fontSize.label);
    if (x > 2 && x + width > figureWidth - 4) [x, row] = [2, row + 1];
    const y = top + row * rowHeight + rowHeight / 2;
    marks += nameGroup(series, sample(x + 7, y) + textAt(x + 19, y + 4, label, { fill: ink }));
    x += width + 18;
  }
  return { marks, height: entries.length === 0 ? 0 : (row + 1) * rowHeight };
}

/** A scale of shades from `low` to `high`, with a swatch for nodes that have no value when `blankName` is given. */
export interface ShadeKey {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** Number of steps; 0 for a continuous scale. */
  readonly steps: number;
  readonly blankName?: string;
}

const stripWidth = 150;
const sliceCount = 50;

/** The strip of shades with its ends and its name in one row; `top` is where the row begins. */
export function shadeRow(key: ShadeKey, top: number): { readonly marks: string; readonly height: number } {
  const y = top + 3;
  const slices = key.steps > 0 ? key.steps : sliceCount;
  const sliceWidth = stripWidth / slices;
  const title = `${fitText(key.label, fontSize.label, 190)}:`;
  const lowText = plainNumber(key.low);
  const left = 2 + textWidth(title, fontSize.label) + 8 + textWidth(lowText, fontSize.tick) + 5;
  let marks = textAt(2, y + 10, title) + textAt(left - 5, y + 10, lowText, { ...tickStyle, anchor: 'end' });
  for (let slice = 0; slice < slices; slice++) {
    // Half a pixel of overlap closes the seams that rounding leaves.
    const share = slices === 1 ? 0 : slice / (slices - 1);
    const width = slice === slices - 1 ? sliceWidth : sliceWidth + 0.5;
    marks += `<rect x="${pixel(left + slice * sliceWidth)}" y="${pixel(y)}" width="${pixel(width)}" height="11" fill="${shadeColour(share)}"/>`;
  }
  const highText = plainNumber(key.high);
  const right = left + stripWidth + 5;
  marks += textAt(right, y + 10, highText, tickStyle);
  if (key.blankName !== undefined) {
    const blankLeft = right + textWidth(highText, fontSize.tick) + 24;
    marks += `<circle cx="${pixel(blankLeft)}" cy="${pixel(y + 5.5)}" r="4.5" fill="${blankColour}"/>`;
    marks += textAt(blankLeft + 10, y + 10, fitText(key.blankName, fontSize.label, figureWidth - blankLeft - 14));
  }
  return { marks, height: rowHeight };
}

const tickStyle = { size: fontSize.tick, fill: faintInk } as const;

/** Names what a figure's intervals are; a figure that draws some without saying which says that it does not. */
export function intervalNotes(mark: 'Band' | 'Whisker', drawn: boolean, interval: string | undefined): string[] {
  if (!drawn) return [];
  return [`${mark}: ${interval ?? 'an interval that was not named'}.`];
}
