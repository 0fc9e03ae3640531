/**
 * Documents: what is read is what stands there, what may not stand there is refused at its place, and hostile bytes cost neither
 * time nor a prototype. The oracle of the JSON reader is JSON.parse; that of the UTF-8 check is TextDecoder.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeText } from '../../../sim/scenario/document-bytes.ts';
import { documentOf, parseDocument, readDocument } from '../../../sim/scenario/document.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { problemLines, problemsOfText, soundLines } from './small-scenario.ts';

const yaml = (text: string | Uint8Array) => parseDocument(text, 's.yaml', 'yaml');
const json = (text: string | Uint8Array) => parseDocument(text, 's.json', 'json');
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('parseDocument', () => {
  test('YAML scalars: follow the core schema of 1.2', () => {
    const text = 'a: NO\nb: 1.10\nc: 12:30:45\nd: 0x1f\ne: ~\nf: 2024-01-01\ng: -0\nh: "007"\ni: 1e3\nj: true\nk:\n';
    const value = {
      a: 'NO',
      b: 1.1,
      c: '12:30:45',
      d: 31,
      e: null,
      f: '2024-01-01',
      g: 0,
      h: '007',
      i: 1000,
      j: true,
      k: null,
    };
    expect(yaml(text).value).toEqual(value);
    expect(Object.is((yaml('g: -0').value as { g: number }).g, 0)).toBe(true);
  });

  test('mappings: have no prototype, at any depth, in both languages', () => {
    for (const { value } of [
      yaml('a: { b: [{ c: 1 }] }'),
      json('{"a":{"b":[{"c":1}]}}'),
      documentOf({ a: { b: [{ c: 1 }] } }, 'x'),
    ]) {
      const { a } = value as { a: { b: object[] } };
      expect([value, a, a.b[0]].map((one) => Object.getPrototypeOf(one) as unknown)).toEqual([null, null, null]);
    }
  });

  test('a byte order mark, CRLF and CR: change neither the value nor the lines', () => {
    const text = 'a: |\n  x\n  y\nb: [1,\n  2]\nc: "p\n  q"\n';
    const plain = yaml(text);
    for (const variant of [`\ufeff${text}`, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r')]) {
      for (const same of [yaml(variant), yaml(utf8(variant))]) {
        expect(same.value).toEqual(plain.value);
        expect(same.place(['b', 1], 'value')).toEqual(plain.place(['b', 1], 'value'));
      }
    }
    expect(json('\ufeff{"a": 1}').value).toEqual({ a: 1 });
  });

  test('places: name a key, its value, and for what is missing the key of what lacks it', () => {
    const text = 'name: x\nagents:\n  groups:\n    - id: a\n      share: 0.5\n';
    const { place } = yaml(text);
    const at = (path: (string | number)[], of: 'key' | 'value') => {
      const { line, column } = place(path, of);
      return `${line}:${column}`;
    };
    expect(at(['agents', 'groups', 0, 'share'], 'key')).toBe('5:7');
    expect(at(['agents', 'groups', 0, 'share'], 'value')).toBe('5:14');
    expect(at(['agents', 'count'], 'value')).toBe('2:1');
    expect(at(['agents', 'groups', 7], 'value')).toBe('3:3');
    expect(at(['seed'], 'key')).toBe('1:1');
  });
});

/** Name, text, the line that a user reads. */
const badJson: readonly (readonly [string, string, string])[] = [
  ['a comma too many', '{"a": 1,\n}', 's.json:1:8 a comma stands before "}". Remove the comma.'],
  ['a comment', '{"a": 1 // x\n}', 's.json:1:9 JSON has no comments. Remove it, or name the file .yaml.'],
  ['single quotes', "{'a': 1}", 's.json:1:2 JSON has no single quotes. Use double quotes.'],
  ['a bare key', '{a: 1}', 's.json:1:2 expected a key in double quotes, got "a". Write "key": value.'],
  ['NaN', '[NaN]', 's.json:1:2 "NaN" is no number of JSON. Write digits, with a point and an exponent if need be.'],
  ['a missing comma', '[1\n 2]', 's.json:2:2 expected "," or "]", got "2". Add what is missing.'],
  ['a missing bracket', '{"a": [1', 's.json:1:9 expected "," or "]", got the end of the file. Add what is missing.'],
  [
    'an open text',
    '{"a": "x\n"}',
    's.json:1:7 a text that begins here is not closed on its line. Add a double quote; write a line break as \\n.',
  ],
  ['more after the end', '{} x', 's.json:1:4 unexpected "x" after the end. Remove it.'],
  ['an unknown escape', '["\\x41"]', 's.json:1:3 unknown escape \\x. Write a backslash as \\\\.'],
];

describe('JSON', () => {
  test.each(badJson)('refuses %s, at its place', (_, text, line) => {
    expect(problemLines(() => json(text))).toEqual([`INPUT_SYNTAX ${line}`]);
  });

  test('a key twice: is refused, where JSON.parse would keep the last', () => {
    const line = 'INPUT_DUPLICATE_KEY s.json:2:1 the key "a" stands twice, first on line 1. Keep one of them.';
    expect(problemLines(() => json('{"a":1,\n"\\u0061":2}'))).toEqual([line]);
  });

  test('any value that JSON.stringify writes: is read as JSON.parse reads it', () => {
    const values = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' });
    fc.assert(
      fc.property(values, fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        if (/__proto__|constructor|prototype/.test(text) || value === null) return;
        const parsed: unknown = JSON.parse(text);
        let read: unknown;
        try {
          read = json(text).value;
        } catch (error) {
          // A double that prints as an integer beyond 2^53 is refused on purpose, and so is an empty text.
          expect((error as InputError).problems.every(({ code }) => code === 'INPUT_UNSAFE_INTEGER')).toBe(true);
          return;
        }
        expect(JSON.stringify(read)).toBe(JSON.stringify(parsed));
      }),
      { numRuns: 300, seed: 20261 },
    );
  });

  test('any text: is accepted only if JSON.parse accepts it', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      'a',
      '1',
      '-',
      '.',
      'e',
      '0',
      '\\',
      ' ',
      'null',
      'true',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let accepted = true;
        try {
          json(text);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          accepted = false;
        }
        if (accepted) JSON.parse(text);
      }),
      { numRuns: 3000, seed: 20262 },
    );
  });
});

describe('bytes', () => {
  test('Latin-1, UTF-16 and half a character: are refused with their byte', () => {
    expect(problemsOfText(Buffer.from('name: x\nb: caf\xe9\n', 'latin1'))).toEqual([
      'INPUT_ENCODING scenario.yaml:2:7 byte 14 (0xe9) is not UTF-8. Save the file as UTF-8.',
    ]);
    const utf16 = ['INPUT_ENCODING scenario.yaml:1:1 is UTF-16, not UTF-8. Save the file as UTF-8.'];
    expect(problemsOfText(Buffer.from('\ufeffname: x', 'utf16le'))).toEqual(utf16);
    expect(problemsOfText(Buffer.from('name: x', 'utf16le'))).toEqual(utf16);
    expect(problemsOfText(utf8('a: é').subarray(0, 4))).toEqual([
      'INPUT_ENCODING scenario.yaml:1:4 byte 3 (0xc3) is not UTF-8. Save the file as UTF-8.',
    ]);
  });

  test('any bytes: are UTF-8 exactly if TextDecoder says so, and are decoded alike', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const chunk = fc.oneof(
      fc.string({ unit: 'binary' }).map(utf8),
      fc.uint8Array({ maxLength: 3 }),
      fc.constant(utf8('\ud7ff\u{10ffff}')),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 4 }), (chunks) => {
        const bytes = Buffer.concat([utf8('ab'), ...chunks]);
        let expected: string | undefined;
        try {
          expected = decoder.decode(bytes);
        } catch {
          expected = undefined;
        }
        let decoded: string | undefined;
        try {
          decoded = decodeText(bytes, 'x');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
        expect(decoded).toBe(expected);
      }),
      { numRuns: 2000, seed: 20263 },
    );
  });
});

describe('hostile documents', () => {
  /** Name, text, the code expected. */
  const bombs: readonly (readonly [string, string, string])[] = [
    ['a bomb of aliases', aliasBomb(), 'INPUT_YAML_FEATURE'],
    ['brackets 5000 deep', '['.repeat(5000) + ']'.repeat(5000), 'INPUT_TOO_DEEP'],
    ['dashes two million deep', '- '.repeat(2_000_000), 'INPUT_TOO_DEEP'],
    [
      'fields 100 deep',
      Array.from({ length: 100 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      'INPUT_TOO_DEEP',
    ],
    ['a million letters', 'a'.repeat(1024 * 1024), 'no problem'],
    ['a million items', `[${'1,'.repeat(1_000_000)}1]`, 'INPUT_TOO_LARGE'],
    ['a million closing brackets', `a${']'.repeat(1_000_000)}`, 'no problem'],
    ['a million anchors', `a: ${'&a '.repeat(1_000_000)}`, 'INPUT_YAML_FEATURE'],
    ['a million quotes', '"'.repeat(1_000_000), 'INPUT_'],
    ['five million bytes', ' '.repeat(5_000_000), 'INPUT_TOO_LARGE'],
  ];

  test.each(bombs)('YAML: %s cost less than two seconds', (_, text, code) => {
    const startedMs = performance.now();
    const [line] = problemLines(() => yaml(text));
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(line?.startsWith(code)).toBe(true);
  });

  test('JSON: 5000 brackets and a million items are refused', () => {
    expect(problemLines(() => json('['.repeat(5000)))[0]).toContain('INPUT_TOO_DEEP s.json:1:33');
    expect(problemLines(() => json(`[${'1,'.repeat(1_000_000)}1]`))[0]).toContain('INPUT_TOO_LARGE');
  });

  test('nesting of 32: is the deepest that is read', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    const blocks = (depth: number) => Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
    for (const parse of [yaml, json]) {
      expect(problemLines(() => parse(nested(32)))).toEqual(['no problem']);
      expect(problemLines(() => parse(nested(33)))[0]).toContain('INPUT_TOO_DEEP');
    }
    expect(problemLines(() => yaml(blocks(32)))).toEqual(['no problem']);
    expect(problemLines(() => yaml(blocks(33)))[0]).toContain('INPUT_TOO_DEEP');
  });

  test('keys that reach a prototype: leave Object.prototype as it was', () => {
    const payloads = [
      '{"__proto__": {"polluted": true}}',
      '{"constructor": {"prototype": {"polluted": true}}}',
      '{"a": [{"__proto__": {"polluted": true}}]}',
      '{"\\u005f_proto__": {"polluted": true}}',
      '{"prototype": {"polluted": true}}',
    ];
    const before = Reflect.ownKeys(Object.prototype).length;
    for (const payload of payloads) {
      for (const parse of [yaml, json]) expect(problemLines(() => parse(payload))[0]).toContain('INPUT_FORBIDDEN_KEY');
      const parsed: unknown = JSON.parse(payload);
      expect(problemLines(() => documentOf(parsed, 'x'))[0]).toContain('INPUT_FORBIDDEN_KEY');
    }
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('scenarios with any mutation: give a value or an InputError', () => {
    const base = `${soundLines}feed: { inNetworkShare: 0.4 }\nrecommender:\n  kind: popular\n  halfLifeHours: 3\n`;
    const asJson =
      '{"name": "small", "seed": 7, "ticks": 10, "agents": {"count": 100, "groups": [{"id": "a", "share": 1}]}}';
    const splice = fc.record({
      at: fc.nat(120),
      cut: fc.nat(12),
      put: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.constantFrom(
          '&a ',
          '*a',
          '!!set ',
          '? ',
          '- ',
          '[',
          '}',
          '"',
          "'",
          '|\n',
          '>-\n  ',
          '\t',
          '<<: ',
          '__proto__: ',
          '---\n',
          '%TAG ! x\n',
          '1e999',
        ),
      ),
    });
    const mutate = (text: string, splices: { at: number; cut: number; put: string }[]) =>
      splices.reduce((rest, { at, cut, put }) => rest.slice(0, at) + put + rest.slice(at + cut), text);
    const mutation = fc.array(splice, { minLength: 1, maxLength: 6 });
    const startedMs = performance.now();
    fc.assert(
      fc.property(mutation, (splices) => {
        problemsOfText(mutate(base, splices));
        problemsOfText(utf8(mutate(base, splices)));
        problemsOfText(mutate(asJson, splices), 'json');
      }),
      { numRuns: 2000, seed: 20264 },
    );
    expect(performance.now() - startedMs).toBeLessThan(25_000);
  });
});

/** Ten levels of nine aliases each: 3.5 billion values, were they resolved. */
function aliasBomb(): string {
  const levels = ['a: &a ["x", "x", "x"]'];
  for (const letter of 'bcdefghijk') {
    const before = String.fromCharCode(letter.charCodeAt(0) - 1);
    levels.push(`${letter}: &${letter} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
  }
  return levels.join('\n');
}

describe('documentOf', () => {
  test('functions, classes, big integers and NaN: are refused by their path', () => {
    const value = { a: [1, { act: () => 1, map: new Map(), id: 1n, rate: NaN, none: undefined }] };
    expect(
      problemLines(() => documentOf(value, 'study.ts')).map((line) => line.split(' ').slice(1, 3).join(' ')),
    ).toEqual(['study.ts a[1].act', 'study.ts a[1].map', 'study.ts a[1].id', 'study.ts a[1].rate']);
  });

  test('a ring, and a graph of shared parts: are refused instead of followed for ever', () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    expect(problemLines(() => documentOf(ring, 'x'))[0]).toContain('INPUT_TOO_DEEP');
    let shared: unknown = 1;
    for (let level = 0; level < 30; level++) shared = [shared, shared];
    expect(problemLines(() => documentOf(shared, 'x'))[0]).toContain('INPUT_TOO_LARGE');
  });
});

describe('readDocument', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesocosm-document-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const refusal = (name: string) => problemLines(() => readDocument(join(folder, name)))[0]?.split(' ')[0];

  test('a file: is read by its ending', () => {
    writeFileSync(join(folder, 'a.yaml'), 'a: 1 # one\n');
    writeFileSync(join(folder, 'a.JSON'), '{"a": 1}');
    expect(readDocument(join(folder, 'a.yaml')).value).toEqual({ a: 1 });
    expect(readDocument(join(folder, 'a.JSON')).value).toEqual({ a: 1 });
    writeFileSync(join(folder, 'b.json'), 'a: 1 # one\n');
    expect(refusal('b.json')).toBe('INPUT_SYNTAX');
  });

  test('what is no file, or too large, or missing: is refused before it is read', () => {
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'large.yaml'), '');
    truncateSync(join(folder, 'large.yaml'), 2 * 1024 * 1024 * 1024);
    expect(['none.yaml', 'folder', 'large.yaml', 'a\0b', 'a.yaml/b'].map(refusal)).toEqual([
      'INPUT_NOT_FOUND',
      'INPUT_NOT_A_FILE',
      'INPUT_TOO_LARGE',
      'INPUT_NOT_FOUND',
      'INPUT_NOT_FOUND',
    ]);
  });

  test.skipIf(process.platform === 'win32')(
    'a pipe without a writer, and a device without an end: are refused at once',
    () => {
      execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
      expect(refusal('pipe.yaml')).toBe('INPUT_NOT_A_FILE');
      expect(problemLines(() => readDocument('/dev/zero'))[0]).toContain('INPUT_NOT_A_FILE /dev/zero');
    },
  );
});
