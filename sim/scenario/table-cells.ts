/**
 * Cells of a table: from the bytes of a field to an integer, a number, a text or the row of another table.
 *
 * Numbers have one strict form, that of JSON: `-12`, `0.5`, `1e3`. NaN, hex, `1,5`, `+5`, `.5`, `007` and spaces are refused,
 * since programs read them differently. Hot functions are free functions over bytes; NaN stands for "is not of that form".
 * Oracle: Number() on what /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/ matches.
 */

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** The integer in [start, end), exact below 2^53; NaN if it is none, or has more than 15 digits. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === minus && end > start;
  const from = isNegative ? start + 1 : start;
  const digitCount = end - from;
  if (digitCount < 1 || digitCount > 15 || (bytes[from] === zero && digitCount > 1)) return NaN;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return isNegative && value !== 0 ? -value : value;
}

/** 10^0 … 10^22 are exact in binary, and so is the quotient of two exact numbers, rounded once (Clinger 1990). */
const powersOfTen = Float64Array.of(
  ...[1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10],
  ...[1e11, 1e12, 1e13, 1e14, 1e15],
);

/** The number in [start, end); NaN if it has another form, infinite if it is too large to be held. */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === minus && end > start;
  const from = isNegative ? start + 1 : start;
  let digits = 0;
  let pointAt = -1;
  // Up to 15 digits with a point among them are computed here; what is longer, or has an exponent, is left to Number.
  if (end - from > 16) return parseSlowly(bytes, start, end);
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === point && pointAt < 0) pointAt = at;
    else if (byte >= zero && byte <= zero + 9) digits = digits * 10 + (byte - zero);
    else return parseSlowly(bytes, start, end);
  }
  const wholeCount = (pointAt < 0 ? end : pointAt) - from;
  const isMalformed = wholeCount < 1 || pointAt === end - 1 || (bytes[from] === zero && wholeCount > 1);
  if (isMalformed || end - from - (pointAt < 0 ? 0 : 1) > 15) return parseSlowly(bytes, start, end);
  const value = pointAt < 0 ? digits : digits / powersOfTen[end - 1 - pointAt];
  return isNegative && value !== 0 ? -value : value;
}

function parseSlowly(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) return NaN;
  const value = Number(text);
  return value === 0 ? 0 : value;
}

/** The text in [start, end). An escaped field has its doubled quotes undone, and its line ends made LF. */
export function parseText(bytes: Buffer, start: number, end: number, isEscaped: boolean): string {
  const text = bytes.toString(isAscii(bytes, start, end) ? 'latin1' : 'utf8', start, end);
  return isEscaped ? text.replaceAll('""', '"').replace(/\r\n?/g, '\n') : text;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] >= 0x80) return false;
  return true;
}

/** What to write instead of a text that is no number of the wanted type. */
export function numberHint(text: string, type: 'integer' | 'number'): string {
  const trimmed = text.trim();
  if (/^-?\d+,\d+$/.test(trimmed)) return `Write ${trimmed.replace(',', '.')}, with a point.`;
  if (/^(?:nan|na|n\/a|null|none|inf|infinity|-inf|-infinity|-|\?)$/i.test(trimmed)) return 'Write a number.';
  const plain = trimmed
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '')
    .replace(/^(-?)0+(?=\d)/, '$1');
  const isDecimal = /^-?\d{1,15}(?:\.\d{1,15})?(?:[eE][-+]?\d{1,2})?$/.test(plain);
  if (isDecimal && type === 'integer' && Number.isSafeInteger(Number(plain))) return `Write ${Number(plain)}.`;
  if (isDecimal && type === 'number') return `Write ${plain}.`;
  return type === 'integer' ? 'Write digits only, such as 42.' : 'Write digits and a point, such as 0.5.';
}
