/**
 * Times as OASIS writes them. Its X counts steps, which its scripts set to minutes; its Reddit and what was observed have dates.
 *
 * Pure. Source of the calendar: Hinnant, civil from days. Oracle: `new Date(ms)` (`test/sim/record/oasis-tables.test.ts`).
 */
import { dataSetOf } from './data-set-reader.ts';
import type { Manifest } from './manifest.ts';

/** The day on which OASIS's Reddit scripts begin, in milliseconds since 1970: 2024-08-06. */
const redditDayMs = 1_722_902_400_000;
const hourMs = 3_600_000;

/** What each tick is called: whole minutes since tick 0, or a date in quotes of SQL. `ms` is added within the tick. */
export type OasisClock = (tick: number, ms: number) => string;

/**
 * The clock of a recorded population. Runs on the platform reddit: dates from 2024-08-06 on, at the scenario's hour; data sets with times:
 * their own dates; all others: minutes since tick 0, in whole numbers.
 */
export function oasisClock(manifest: Manifest): OasisClock {
  const tickMs = manifest.tickSeconds * 1000;
  const facts = dataSetOf(manifest);
  const dated = (startMs: number, tick: number, ms: number): string => `'${dateText(startMs + tick * tickMs + ms)}'`;
  if (facts !== undefined) {
    const { startMs } = facts;
    return startMs === null ? () => '0' : (tick, ms) => dated(startMs, tick, ms);
  }
  const { platform } = (manifest.data ?? {}) as { readonly platform?: string };
  if (platform !== 'reddit') return (tick) => String(Math.floor((tick * manifest.tickSeconds) / 60));
  const { startHour } = manifest.plan as { readonly startHour: number };
  return (tick) => dated(redditDayMs + Math.round(startHour * hourMs), tick, 0);
}

/** `2024-08-06 08:00:00`, with six decimals where it does not fall on a whole second: the form that Python gives. */
export function dateText(ms: number): string {
  const whole = Math.round(ms);
  const days = Math.floor(whole / 86_400_000);
  const rest = whole - days * 86_400_000;
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [Math.floor(rest / hourMs), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1000) % 60];
  const part = rest % 1000;
  return `${dayText(days)} ${clock.map(two).join(':')}${part === 0 ? '' : `.${String(part).padStart(3, '0')}000`}`;
}

/** Eras of 400 years have 146,097 days and begin on the first of March. */
function dayText(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
