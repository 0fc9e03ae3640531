/** Times in tables: against the language's own reader where both read a form, and what must be refused. */
import { describe, expect, test } from 'vitest';
import { msOfNumber, msOfText, parseTime } from '../../../sim/scenario/table-time.ts';
import { parseTable } from '../../../sim/scenario/table.ts';
import { InputError } from '../../../sim/ground/errors.ts';

describe('msOfText', () => {
  test('agrees with Date on every day of four hundred years, at odd times and offsets', () => {
    for (let day = -80_000; day < 70_000; day += 7) {
      const ms = day * 86_400_000 + (day & 1023) * 71_233;
      expect(msOfText(new Date(ms).toISOString())).toBe(ms);
    }
    for (const text of ['2026-01-28T19:24:55+02:00', '2026-01-28T19:24:55-05:30', '2024-02-29', '2026-01-28T19:24Z']) {
      expect(msOfText(text)).toBe(new Date(text).getTime());
    }
  });

  test('a time without a zone is UTC; a blank stands for the T; a bare offset of hours is read', () => {
    const wanted = Date.UTC(2026, 0, 28, 19, 24, 55);
    for (const text of [
      '2026-01-28 19:24:55',
      '2026-01-28T19:24:55',
      '2026-01-28 19:24:55+00',
      '2026-01-28T19:24:55 UTC',
    ]) {
      expect(msOfText(text)).toBe(wanted);
    }
    expect(msOfText('2014-09-22 17:37:41+00:00')).toBe(Date.UTC(2014, 8, 22, 17, 37, 41));
  });

  test('refuses days and hours that do not exist, and words', () => {
    const wrong = [
      '2026-02-30',
      '2025-02-29',
      '2026-13-01',
      '2026-01-01T24:00:00Z',
      '2026-01-01T10:61',
      'yesterday',
      '',
      '28.01.2026',
    ];
    for (const text of wrong) expect(msOfText(text)).toBeNaN();
    expect(msOfText('2026-01-01T10:00:00+24:00')).toBeNaN();
  });
});

test('msOfNumber: seconds below 10^11, milliseconds from there on', () => {
  expect(msOfNumber(1_769_628_295)).toBe(1_769_628_295_000);
  expect(msOfNumber(1_769_628_295_123)).toBe(1_769_628_295_123);
  expect(msOfNumber(0.25)).toBe(250);
  expect(msOfNumber(-2)).toBe(-2000);
  expect(msOfNumber(Infinity)).toBeNaN();
});

test('parseTime: a number and a text in one column give the same moment', () => {
  const bytes = Buffer.from('1769628295,2026-01-28T19:24:55Z');
  expect(parseTime(bytes, 0, 10)).toBe(parseTime(bytes, 11, bytes.length));
});

test('a time column: a cell that is no time is refused with its line and column', () => {
  const read = () =>
    parseTable('id,at\na,2026-01-28\nb,soon\n', 'x.csv', { id: { type: 'text' }, at: { type: 'time' } });
  expect(read).toThrow(InputError);
  expect(read).toThrow(/INPUT_TYPE x\.csv:3:3 at must be a time, got "soon"/);
});

test('a numbered column: two columns share one numbering, in the order in which ids are met', () => {
  const numberOf = new Map<string, number>();
  const column = { type: 'numbered', numberOf } as const;
  const { columns } = parseTable('u,v\nb,a\na,__proto__\n', 'x.csv', { u: column, v: column });
  expect([...numberOf.keys()]).toEqual(['b', 'a', '__proto__']);
  expect([...columns.u, ...columns.v]).toEqual([0, 1, 1, 2]);
});
