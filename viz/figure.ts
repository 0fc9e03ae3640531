/**
 * What every figure is: an SVG string with its points beside it, and the sheet it is drawn on.
 *
 * Reads titles, notes and drawn marks; writes one `<svg>` with presentation attributes only: no style, no script, no id, no
 * link, so that any number of figures can stand in one page under a policy that forbids all of these, and each alone as a file.
 * Order on the sheet, from above: title, name of the y axis, key, plot, name of the x axis, notes.
 * Invariant: equal input gives equal bytes; coordinates are rounded to a tenth of a pixel. Every text passes `escapeMarkup`.
 */
import type { TableData } from './csv.ts';
import { escapeMarkup } from './escape.ts';

/** A drawn figure: `svg` stands alone as a file or inside a page; `data` holds every point that was passed. */
export interface Figure {
  readonly svg: string;
  readonly data: TableData;
}

/** What a series is: seen in the world, made by a run, or what would be expected without the effect. */
export type SeriesKind = 'observed' | 'simulated' | 'baseline';

/** What every figure may say about itself. `note` stands below the plot, `source` below all: which run, digest, seed and size. */
export interface FigureWords {
  readonly title: string;
  readonly note?: string;
  readonly source?: string;
}

/** A rectangle of the sheet, in pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The width of a text column; fonts are chosen to be read at this width. */
export const figureWidth = 640;
export const ink = '#1a1a1a';
export const faintInk = '#595959';
export const ruleInk = '#d9d9d9';
export const fontSize = { title: 13.5, axis: 12, label: 12, tick: 11, note: 11 } as const;
export const noteLineHeight = 14.5;

const fontFamily = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** A coordinate or length, to a tenth of a pixel. */
export function pixel(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

/** How a text is set. `halo` draws white around the letters, so that they can be read across lines. */
export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  readonly halo?: boolean;
}

/** A text element at a point of its baseline. The text is escaped here. */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): string {
  return `<text x="${pixel(x)}" y="${pixel(y)}"${textAttributes(style)}>${escapeMarkup(text)}</text>`;
}

/** The attributes of a text element, with a leading blank. */
export function textAttributes({ size = fontSize.label, fill = ink, anchor, bold, halo }: TextStyle): string {
  const parts = [` font-size="${size}" fill="${fill}"`];
  if (anchor !== undefined && anchor !== 'start') parts.push(` text-anchor="${anchor}"`);
  if (bold === true) parts.push(' font-weight="bold"');
  if (halo === true) parts.push(' stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"');
  return parts.join('');
}

/** A title of a mark: what a browser shows when the pointer rests on it. */
export function hoverText(text: string): string {
  return `<title>${escapeMarkup(text)}</title>`;
}

/** A place of a curve and what is told of it. */
export interface HoverSpot {
  readonly x: number;
  readonly y: number;
  readonly words: string;
}

/** Discs that nobody sees and a pointer finds, each with its words; of spots that lie closer than `apart` pixels the first. */
export function hoverDiscs(spots: readonly HoverSpot[], apart = 0): string {
  let last: HoverSpot | undefined;
  const discs = spots
    .filter((spot) => {
      const isKept = last === undefined || (spot.x - last.x) ** 2 + (spot.y - last.y) ** 2 >= apart * apart;
      if (isKept) last = spot;
      return isKept;
    })
    .map(({ x, y, words }) => `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="4.5">${hoverText(words)}</circle>`);
  return discs.length === 0 ? '' : `<g fill="#000" fill-opacity="0">${discs.join('')}</g>`;
}

/** The marks of one series, so that a page can hide them; `series` is its number in the figure. */
export function seriesGroup(series: number, marks: string): string {
  return marks === '' ? '' : `<g data-series="${series}">${marks}</g>`;
}

/** The name of a series, by which a page lets a reader hide it and show it again. */
export function nameGroup(series: number, marks: string): string {
  return marks === '' ? '' : `<g data-name="${series}">${marks}</g>`;
}

/** The whole sheet. `description` is read aloud in place of the picture. */
export function sheet(words: FigureWords, description: string, plotHeight: number, marks: string): string {
  const source = sourceLines(words);
  const height = plotHeight + (source.length === 0 ? 0 : source.length * noteLineHeight + 3);
  const size = `viewBox="0 0 ${figureWidth} ${pixel(height)}" width="${figureWidth}" height="${pixel(height)}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="${fontFamily}">` +
    `<title>${escapeMarkup(words.title)}</title><desc>${escapeMarkup(description)}</desc>` +
    `<rect width="${figureWidth}" height="${pixel(height)}" fill="#fff"/>` +
    textAt(2, 15, fitText(words.title, fontSize.title * 1.07, figureWidth - 4), { size: fontSize.title, bold: true }) +
    marks +
    sourceMarks(source, plotHeight) +
    '</svg>'
  );
}

function sourceLines({ source }: FigureWords): string[] {
  return source === undefined ? [] : wrapText(source, fontSize.note, figureWidth - 4).slice(0, 3);
}

function sourceMarks(lines: readonly string[], top: number): string {
  return lines
    .map((line, k) => textAt(2, top + 12 + k * noteLineHeight, line, { size: fontSize.note, fill: faintInk }))
    .join('');
}

/** One sentence in place of a picture, for data that cannot be drawn. */
export function sentenceFigure(words: FigureWords, sentence: string, data: TableData): Figure {
  const lines = wrapText(sentence, fontSize.label, figureWidth - 40);
  const height = 56 + lines.length * 17;
  const frame = `<rect x="0.5" y="26.5" width="${figureWidth - 1}" height="${height - 28}" fill="#fafafa" stroke="${ruleInk}"/>`;
  const marks = lines.map((line, index) => textAt(20, 52 + index * 17, line, { fill: faintInk })).join('');
  return { svg: sheet(words, sentence, height, frame + marks), data };
}

/** Notes below a plot, wrapped to the width of the sheet; `top` is where they begin. */
export function notesAt(top: number, notes: readonly string[]): { readonly marks: string; readonly height: number } {
  const lines = notes.flatMap((note) => wrapText(note, fontSize.note, figureWidth - 8));
  const marks = lines
    .map((line, index) =>
      textAt(2, top + (index + 0.8) * noteLineHeight, line, { size: fontSize.note, fill: faintInk }),
    )
    .join('');
  return { marks, height: lines.length * noteLineHeight + (lines.length > 0 ? 4 : 0) };
}

// Advance widths of Helvetica in thousandths of an em, U+0020 to U+007E (Adobe font metrics; Arial and Liberation Sans agree).
const helveticaAdvances =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 ' +
  '667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 ' +
  '556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584';
const advances = helveticaAdvances.split(' ').map(Number);

/** Width of a text in pixels: exact for ASCII in Helvetica, an em for wide scripts, a guess for the rest. */
export function textWidth(text: string, size: number): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    thousandths += advances[code - 32] ?? (code >= 0x1100 ? 1000 : 560);
  }
  return (thousandths * size) / 1000;
}

/** The text, cut with an ellipsis where it is wider than `width` pixels. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text.slice(0, 1000)) {
    used += textWidth(character, size);
    if (used > width - size) break;
    kept += character;
  }
  return kept.trimEnd() + '…';
}

/** The text in lines of at most `width` pixels, broken at blanks; a word that is wider is cut. At most 8 lines. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(0, 4000).split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines.slice(0, 8).map((full) => fitText(full, size, width));
}
