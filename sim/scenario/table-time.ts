/**
 * Moments in a table: from the bytes of a field to milliseconds since 1970.
 *
 * Two forms: ISO 8601 (`2026-01-28T19:24:55Z`, a blank for the T, fractions of a second, an offset; without a zone it is UTC), and a
 * plain number of seconds since 1970. Numbers of 10^11 and more are taken for milliseconds: as seconds they would lie after the year
 * 5138. NaN stands for "is not of that form", a 30th of February among them. What is below a millisecond is cut off.
 * Oracle: `new Date(text)` on what both read (`test/sim/scenario/table-time.test.ts`). Source of the calendar: Hinnant, days from civil.
 */
import { parseNumber } from './table-cells.ts';

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/i;
const dayMs = 86_400_000;
const millisecondsFrom = 1e11;
/** Longest text that can be a time: a date with nine decimals and an offset. */
const textLengthMax = 40;

/** Milliseconds since 1970 of the field in [start, end); NaN if it is no time. */
export function parseTime(bytes: Buffer, start: number, end: number): number {
  const seconds = parseNumber(bytes, start, end);
  if (!Number.isNaN(seconds)) return msOfNumber(seconds);
  return end - start > textLengthMax ? NaN : msOfText(bytes.toString('latin1', start, end));
}

/** Milliseconds since 1970 of a number of seconds, or of milliseconds if it is too large for seconds. */
export function msOfNumber(seconds: number): number {
  if (!Number.isFinite(seconds)) return NaN;
  return Math.abs(seconds) >= millisecondsFrom ? Math.floor(seconds) : Math.floor(seconds * 1000 + 1e-6);
}

/** Milliseconds since 1970 of a text of ISO 8601; NaN if it is none. */
export function msOfText(text: string): number {
  const parts = iso.exec(text);
  if (parts === null) return NaN;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number((part as string | undefined) ?? 0));
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  if (!isDay || hour > 23 || minute > 59 || second > 59) return NaN;
  const fraction = (parts[7] as string | undefined) ?? '';
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const offset = offsetMs(parts[8] ?? 'Z');
  return daysFromCivil(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms - offset;
}

function daysOf(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** NaN for an offset of more than 23:59. */
function offsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Days since 1970-01-01: a year that begins in March has its leap day at the end. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
