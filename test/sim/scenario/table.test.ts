/**
 * Tables: whatever the line ends, quotes and pieces, the same columns; whatever is wrong, its line and column, twenty at a time.
 *
 * The oracle of the record scanner is a reader of thirty lines that holds the whole text; that of the numbers is Number().
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { parseInteger, parseNumber } from '../../../sim/scenario/table-cells.ts';
import { parseTable, readTable } from '../../../sim/scenario/table.ts';
import type { TableOptions } from '../../../sim/scenario/table.ts';
import { problemLines } from './small-scenario.ts';

const people = {
  id: { type: 'text' },
  name: { type: 'text', empty: '' },
  karma: { type: 'integer', min: 0, empty: -1 },
  activeShare: { type: 'number', min: 0, max: 1 },
} as const;
const header = 'id,name,karma,activeShare\n';
const plain = `${header}a,Ann,3,0.5\nb,"B, ""b""\nb",,1\nc,,12,1e-3\n`;

const read = (text: string | Uint8Array, options: TableOptions<keyof typeof people> = { id: 'id' }) =>
  parseTable(text, 'p.csv', people, options);
const refusals = (text: string | Uint8Array, options?: TableOptions<keyof typeof people>) =>
  problemLines(() => read(text, options));
const contentsOf = ({ columns, line }: ReturnType<typeof read>) => ({ ...columns, line: [...line] });

describe('readTable', () => {
  test('columns: are typed, in the order of the file, with the line of each row', () => {
    const table = read(plain);
    expect(contentsOf(table)).toEqual({
      id: ['a', 'b', 'c'],
      name: ['Ann', 'B, "b"\nb', ''],
      karma: Int32Array.of(3, -1, 12),
      activeShare: Float64Array.of(0.5, 1, 0.001),
      line: [2, 3, 5],
    });
    expect([...table.rowOf]).toEqual([...['a', 'b', 'c'].map((id, row) => [id, row])]);
  });

  test('a mark, CRLF, CR, mixed line ends, empty lines, no final one: change nothing but lines', () => {
    const { line, ...contents } = contentsOf(read(plain));
    const variants = [
      ...[`\ufeff${plain}`, plain.replaceAll('\n', '\r\n'), plain.replaceAll('\n', '\r'), plain.replace('\n', '\r\n')],
      ...[plain.slice(0, -1), plain.slice(0, -1).replaceAll('\n', '\r\n'), plain.replaceAll('\n', '\r').slice(0, -1)],
    ];
    for (const variant of variants) expect(contentsOf(read(variant))).toEqual({ ...contents, line });
    expect(contentsOf(read(`\n${plain}\n\r\n`))).toEqual({ ...contents, line: line.map((one) => one + 1) });
  });

  test('columns in another order, ignored ones and optional ones: are found by name', () => {
    const columns = {
      id: { type: 'text' },
      age: { type: 'integer', optional: true, empty: 30 },
      bio: { type: 'text', optional: true },
    } as const;
    const table = parseTable('x,id\n1,a\n2,b\n', 'p.csv', columns, { undeclared: 'ignore' });
    expect({ ...table.columns }).toEqual({ id: ['a', 'b'], age: Int32Array.of(30, 30), bio: ['', ''] });
    expect([...table.present]).toEqual(['id']);
  });

  test('ids that are names of object members, numbers, emoji, long: are plain ids', () => {
    const ids = ['__proto__', 'constructor', 'toString', '-1', '007', '🦀', 'é', 'x'.repeat(500), ' ', '=cmd|x'];
    const { rowOf, columns } = read(header + ids.map((id) => `${id},n,1,0`).join('\n'));
    expect(columns.id).toEqual(ids);
    expect(ids.map((id) => rowOf.get(id))).toEqual(ids.map((_, row) => row));
    expect(({} as { n?: unknown }).n).toBeUndefined();
  });

  test('ids that look alike: are kept and warned of', () => {
    const { rowCount, warnings } = read(`${header}Ann,,1,0\nann,,1,0\né,,1,0\ne\u0301,,1,0\nÉ,,1,0\nbob,,1,0\n`);
    expect(rowCount).toBe(6);
    expect(warnings.map(({ place, found }) => [place?.line, found])).toEqual([
      [2, 'the id "Ann" looks like the one on line 3'],
      [5, 'the id "e\u0301" looks like the one on line 4'],
      [6, 'the id "É" looks like the one on line 4'],
    ]);
  });

  test('a semicolon as delimiter, if it is asked for: separates', () => {
    expect(read(plain.replaceAll(',', ';'), { delimiter: ';' }).columns.karma).toEqual(Int32Array.of(3, -1, 12));
  });

  test('a header alone: is refused, or allowed if no row is needed', () => {
    expect(refusals(header)).toEqual(['INPUT_EMPTY p.csv has a header and no rows. Add rows; at least 1 are needed.']);
    expect(read(header, { rowCountMin: 0 }).rowCount).toBe(0);
  });
});

/** Name, text, lines. */
const badTables: readonly (readonly [string, string | Uint8Array, readonly string[]])[] = [
  ['nothing', '', ['INPUT_EMPTY p.csv holds nothing. Write a header and rows.']],
  ['only line ends', '\n\r\n\r', ['INPUT_EMPTY p.csv holds nothing. Write a header and rows.']],
  [
    'Latin-1',
    Buffer.from(`${header}a,Ann,1,0\nb,Andr\xe9,1,0\n`, 'latin1'),
    ['INPUT_ENCODING p.csv:3:7 byte 42 (0xe9) is not UTF-8. Save the file as UTF-8.'],
  ],
  [
    'UTF-16',
    Buffer.from(`\ufeff${plain}`, 'utf16le'),
    ['INPUT_ENCODING p.csv:1:1 is UTF-16, not UTF-8. Save the file as UTF-8.'],
  ],
  [
    'UTF-16 without a mark',
    Buffer.from(plain, 'utf16le'),
    ['INPUT_ENCODING p.csv:1:1 is UTF-16, not UTF-8. Save the file as UTF-8.'],
  ],
  [
    'a character cut at the end',
    Buffer.concat([Buffer.from(`${header}a,Ann,1,0\nb,`), Buffer.of(0xf0, 0x9f)]),
    ['INPUT_ENCODING p.csv:3:3 byte 38 (0xf0) is not UTF-8. Save the file as UTF-8.'],
  ],
  ['a NUL', `${header}a,A\0nn,1,0\n`, ['INPUT_SYNTAX p.csv:2:4 a NUL byte stands in the text. Remove it.']],
  [
    'a quote that never closes',
    `${header}a,Ann,1,0\nb,"Bob,1,0\nc,Cat,1,0\n`,
    ['INPUT_SYNTAX p.csv:3:3 a quote that opens here is never closed. Close it, or double the quotes inside.'],
  ],
  [
    'a quote inside a field',
    `${header}a,Ann "x" y,1,0\nb,"Bob" b,1,0\n`,
    ['2:7 a quote stands inside a field without quotes', '3:8 text stands after a closing quote'].map(
      (found) => `INPUT_SYNTAX p.csv:${found}. Put the whole field in quotes and double the quotes inside.`,
    ),
  ],
  [
    'semicolons',
    plain.replaceAll(',', ';'),
    [
      'INPUT_HEADER p.csv:1:1 the fields seem to be separated by semicolons, not by ",". ' +
        "Pass --delimiter ';', or save it with commas.",
    ],
  ],
  [
    'tabs',
    plain.replaceAll(',', '\t'),
    [
      'INPUT_HEADER p.csv:1:1 the fields seem to be separated by tabs, not by ",". ' +
        'Pass --delimiter tab, or save it with commas.',
    ],
  ],
  [
    'a header with a column twice, one misspelt, one too many',
    'id,id,name,krama,activeShare,mood\n',
    [
      'INPUT_HEADER p.csv:1:1 the column "karma" is missing; the header has "id", "id", "name", "krama", "activeShare", "mood". ' +
        'Rename "krama" to karma?',
      'INPUT_HEADER p.csv:1:4 the column "id" stands twice, as number 1 and 2. Keep one of them.',
      'INPUT_HEADER p.csv:1:12 "krama" is not a column. Did you mean karma?',
      'INPUT_HEADER p.csv:1:30 "mood" is not a column. Columns here: id, name, karma, activeShare.',
    ],
  ],
  [
    'rows too short and too long',
    `${header}a,Ann,1\nb,B, b,1,0\n`,
    [
      'INPUT_ROW p.csv:2:1 the row has 3 fields, the header 4. Add the missing fields, if only empty.',
      'INPUT_ROW p.csv:3:1 the row has 5 fields, the header 4. Put fields that hold the delimiter in quotes.',
    ],
  ],
  [
    'what is no integer',
    header +
      ['NaN', '1e3', '0x10', '1.0', '007', '+5', ' 5', '2024-01-01']
        .map((karma, row) => `${row},,${karma},0\n`)
        .join(''),
    [
      ...[
        '2:4 karma must be an integer, got "NaN". Write a number.',
        '3:4 karma must be an integer, got "1e3". Write 1000.',
      ],
      '4:4 karma must be an integer, got "0x10". Write digits only, such as 42.',
      ...['5:4 karma must be an integer, got "1.0". Write 1.', '6:4 karma must be an integer, got "007". Write 7.'],
      ...['7:4 karma must be an integer, got "+5". Write 5.', '8:4 karma must be an integer, got " 5". Write 5.'],
      '9:4 karma must be an integer, got "2024-01-01". Write digits only, such as 42.',
    ].map((line) => `INPUT_NUMBER p.csv:${line}`),
  ],
  [
    'what is no number',
    `${header}a,"x\ny",1,"0,5"\nb,é,1,.5\nc,,1,Infinity\n`,
    [
      'INPUT_NUMBER p.csv:3:6 activeShare must be a number, got "0,5". Write 0.5, with a point.',
      'INPUT_NUMBER p.csv:4:7 activeShare must be a number, got ".5". Write 0.5.',
      'INPUT_NUMBER p.csv:5:6 activeShare must be a number, got "Infinity". Write a number.',
    ],
  ],
  [
    'numbers out of range',
    `${header}a,,-1,0\nb,,99999999999999999999,0\nc,,1,40\nd,,1,1e999\n`,
    [
      'INPUT_FIELD_RANGE p.csv:2:4 karma must lie in [0, 2147483647], got -1. Write a value within the range.',
      'INPUT_FIELD_RANGE p.csv:3:4 karma must lie in [0, 2147483647], got 99999999999999999999. Write a value within the range.',
      'INPUT_SHARE_RANGE p.csv:4:6 activeShare must lie in [0, 1], got 40. Write 0.4 for 40 %.',
      'INPUT_SHARE_RANGE p.csv:5:6 activeShare must lie in [0, 1], got 1e999. Write a share of 1, such as 0.4.',
    ],
  ],
  [
    'empty fields that must be filled',
    `${header},Ann,1,0\nb,,1,\n`,
    ['INPUT_REQUIRED p.csv:2:1 id is empty. Fill it in.', 'INPUT_REQUIRED p.csv:3:6 activeShare is empty. Fill it in.'],
  ],
  [
    'an id three times',
    `${header}a,,1,0\nb,,1,0\na,,1,0\n"a",,1,0\n`,
    [4, 5].map(
      (line) =>
        `INPUT_DUPLICATE_ID p.csv:${line}:1 the id "a" stands twice, first on line 2. Give each row its own id.`,
    ),
  ],
  [
    'a field of 70,000 bytes',
    `${header}a,${'x'.repeat(70_000)},1,0\n`,
    ['INPUT_TOO_LARGE p.csv:2:3 a field has 70000 bytes, more than 64 KiB. Shorten it, or close a quote before it.'],
  ],
  [
    'a row of two megabytes',
    `${header}a,${'x,'.repeat(1_000_000)}1,0\n`,
    ['INPUT_TOO_LARGE p.csv:2:1 a row is longer than 1 MiB. Check its line ends and quotes.'],
  ],
  [
    'a quote open for three megabytes',
    `${header}a,"${'x\n'.repeat(1_500_000)}`,
    [
      'INPUT_SYNTAX p.csv:2:3 a quote that opens here is not closed within 1 MiB. Close it, or double the quotes inside.',
    ],
  ],
];

describe('bad tables', () => {
  test.each(badTables)('%s: is refused, at its place', (_, text, lines) => {
    expect(refusals(text)).toEqual(lines);
  });

  test('a million bad rows: are counted, twenty of them listed', () => {
    const startedMs = performance.now();
    const lines = refusals(header + 'a,,x,0\n'.repeat(1_000_000), {});
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe(
      'INPUT_MORE_PROBLEMS p.csv 999980 further problems, 1000000 in all. Mend those above first.',
    );
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  test('a table above its rows, and a delimiter that is none: are refused', () => {
    expect(refusals(plain, { rowCountMax: 2 })).toEqual([
      'INPUT_TOO_LARGE p.csv:5:1 the table has more than 2 rows. Split it.',
    ]);
    for (const delimiter of ['', 'ab', '"', 'é', '1', '\n'])
      expect(refusals(plain, { delimiter })[0]).toContain('INPUT_USAGE');
  });

  test('any bytes: give a table or an InputError', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', ',', '"', '\n', '\r', '\r\n', '1', '.5', '', '""', 'é', '\0', header, plain),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const bytes = fc.array(
      fc.oneof(
        piece.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 2 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(bytes, fc.boolean(), (pieces, hasHeader) => {
        const all = Buffer.concat([Buffer.from(hasHeader ? header : ''), ...pieces]);
        try {
          read(all);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 1000, seed: 20265 },
    );
  });
});

/** The readable reader: the whole text at once, one character a turn. */
function readNaively(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\n') field += text[at++];
    record.push(field);
    const separator = text[at++];
    if (separator === ',' && at === text.length) record.push('');
    if (separator !== ',' || at === text.length) {
      records.push(record);
      record = [];
    }
  }
  return records;
}

describe('oracles', () => {
  test('records: are those of the naive reader, however pieces fall', () => {
    const field = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('"', '""', 'a,b', '\n', 'é🦀', '', 'x'.repeat(40_000)),
    );
    const row = fc.tuple(field, field, field);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), fc.boolean(), (rows, endsWithLine) => {
        const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const body =
          rows.map((fields) => fields.map((one) => quoted(one)).join(',')).join('\n') + (endsWithLine ? '\n' : '');
        const columns = {
          a: { type: 'text', empty: '' },
          b: { type: 'text', empty: '' },
          c: { type: 'text', empty: '' },
        } as const;
        const table = parseTable(`a,b,c\n${body}`, 'x.csv', columns);
        const { a, b, c } = table.columns;
        const unified = (fields: string[]) => fields.map((one) => one.replace(/\r\n?/g, '\n'));
        expect(a.map((_, index) => [a[index], b[index], c[index]])).toEqual(readNaively(body).map(unified));
      }),
      { numRuns: 150, seed: 20266 },
    );
  });

  test('numbers: are those of Number, for texts of the strict form, and NaN for others', () => {
    const strict = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
    const digits = fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?([eE][-+]?\d{1,3})?$/);
    const anyText = fc
      .array(fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 . - + e E x N ,'.split(' '), ' '), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    const near = fc.tuple(fc.integer(), fc.nat(999_999)).map(([whole, fraction]) => `${whole}.${fraction}`);
    fc.assert(
      fc.property(fc.oneof(digits, anyText, doubles, near), (text) => {
        const bytes = Buffer.from(text);
        const number = parseNumber(bytes, 0, bytes.length);
        expect(number).toBe(strict.test(text) ? Number(text) + 0 : NaN);
        const integer = parseInteger(bytes, 0, bytes.length);
        expect(integer).toBe(/^-?(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) + 0 : NaN);
      }),
      { numRuns: 20_000, seed: 20267 },
    );
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesocosm-table-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  test('a gzipped table: is the plain one; a damaged or an exploding one is refused', () => {
    const packed = gzipSync(plain);
    expect(contentsOf(readTable(write('p.csv.gz', packed), people, { id: 'id' }))).toEqual(contentsOf(read(plain)));
    const refusal = (name: string, bytes: Uint8Array, byteCountMax?: number) =>
      problemLines(() =>
        readTable(write(name, bytes), people, byteCountMax === undefined ? {} : { byteCountMax }),
      )[0]?.split(' ')[0];
    expect(refusal('cut.csv.gz', packed.subarray(0, 30))).toBe('INPUT_SYNTAX');
    expect(refusal('none.csv.gz', new TextEncoder().encode(plain))).toBe('INPUT_SYNTAX');
    expect(refusal('empty.csv.gz', new Uint8Array(0))).toBe('INPUT_EMPTY');
    expect(refusal('bomb.csv.gz', gzipSync(new Uint8Array(50_000_000)), 1_000_000)).toBe('INPUT_TOO_LARGE');
    expect(refusal('large.csv', new TextEncoder().encode(plain), 20)).toBe('INPUT_TOO_LARGE');
    expect(problemLines(() => readTable(folder, people))[0]).toContain('INPUT_NOT_A_FILE');
  });

  test('a million rows of five columns: are read in seconds, lines and ids included', () => {
    const rowCount = 1_000_000;
    const rows = Array.from(
      { length: rowCount },
      (_, row) => `agent-${row},"Name ${row}, é",${row % 1000},0.${row % 97},${row}\n`,
    );
    const path = write('million.csv', `id,name,karma,activeShare,age\n${rows.join('')}`);
    const startedMs = performance.now();
    const { columns, line, rowOf } = readTable(path, { ...people, age: { type: 'integer' } }, { id: 'id' });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    for (const row of [0, 1, 26_213, 524_288, rowCount - 1]) {
      const found = [
        columns.id[row],
        columns.name[row],
        columns.karma[row],
        columns.activeShare[row],
        columns.age[row],
        line[row],
      ];
      expect(found).toEqual([`agent-${row}`, `Name ${row}, é`, row % 1000, Number(`0.${row % 97}`), row, row + 2]);
    }
    expect(rowOf.get('agent-999999')).toBe(999_999);
  });
});
