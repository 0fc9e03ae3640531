/**
 * Lists of ties: dangling ends, ties of an agent with itself and ties that stand twice are refused at their line, or dropped and
 * counted. The oracle of the duplicates is a set of `from:to`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkEdges } from '../../../sim/scenario/table-edges.ts';
import type { EdgeFlaw } from '../../../sim/scenario/table-edges.ts';
import { parseTable } from '../../../sim/scenario/table.ts';
import { problemLines } from './small-scenario.ts';

const rowOf = parseTable('id\na\nb\nc\n__proto__\n', 'p.csv', { id: { type: 'text' } }, { id: 'id' }).rowOf;
const ends = { from: 'source', to: 'target', rowOf };
const asTexts = { source: { type: 'text' }, target: { type: 'text' } } as const;
const reference = { type: 'reference', rowOf } as const;
const header = 'source,target\n';
const flawed = `${header}a,b\nb,a\na,b\nc,c\nx,a\nb,__proto__\na,b\n`;

describe('checkEdges', () => {
  test('sound ties: come back as rows, in the order of the file', () => {
    for (const columns of [asTexts, { source: reference, target: reference }]) {
      const edges = checkEdges(parseTable(`${header}b,a\n\n__proto__,c\na,b\n`, 'e.csv', columns), ends);
      expect(edges).toEqual({
        from: Int32Array.of(1, 3, 0),
        to: Int32Array.of(0, 2, 1),
        line: Uint32Array.of(2, 4, 5),
        droppedCount: { dangling: 0, self: 0, duplicate: 0 },
      });
    }
  });

  test('flawed ties: are named by line, all in one pass, and a duplicate by the line of the first', () => {
    const lines = [
      'INPUT_DUPLICATE_EDGE e.csv:4:1 the tie "a" -> "b" stands twice, first on line 2. Keep one of them.',
      'INPUT_SELF_FOLLOW e.csv:5:1 "c" follows itself. Remove the row.',
      'INPUT_DANGLING_REF e.csv:6:1 the tie "x" -> "a" has an end that is no id. Add the id, correct it, or pass --drop-dangling.',
      'INPUT_DUPLICATE_EDGE e.csv:8:1 the tie "a" -> "b" stands twice, first on line 2. Keep one of them.',
    ];
    expect(problemLines(() => checkEdges(parseTable(flawed, 'e.csv', asTexts), ends))).toEqual(lines);
    const kept = { ...reference, dangling: 'keep' } as const;
    const table = parseTable(flawed, 'e.csv', { source: kept, target: kept });
    expect(problemLines(() => checkEdges(table, ends))).toEqual(
      lines.map((line) => line.replace('"x"', 'an unknown id')),
    );
  });

  test('flaws that may be dropped: are counted, the others still refused', () => {
    const table = parseTable(flawed, 'e.csv', asTexts);
    const { droppedCount, line } = checkEdges(table, { ...ends, drop: ['dangling', 'self', 'duplicate'] });
    expect([droppedCount, [...line]]).toEqual([{ dangling: 1, self: 1, duplicate: 2 }, [2, 3, 7]]);
    const left = problemLines(() => checkEdges(table, { ...ends, drop: ['dangling', 'duplicate'] }));
    expect(left.map((one) => one.split(' ')[0])).toEqual(['INPUT_SELF_FOLLOW']);
  });

  test('a reference: names the field of a dangling id', () => {
    expect(problemLines(() => parseTable(flawed, 'e.csv', { source: { type: 'text' }, target: reference }))).toEqual([
      'no problem',
    ]);
    expect(problemLines(() => parseTable(flawed, 'e.csv', { source: reference, target: reference }))).toEqual([
      'INPUT_DANGLING_REF e.csv:6:1 source names "x", which is no id. Add the id, correct it, or pass --drop-dangling.',
    ]);
  });

  test('more than twenty flaws: twenty are listed, the rest counted', () => {
    const lines = problemLines(() => checkEdges(parseTable(header + 'a,a\n'.repeat(500), 'e.csv', asTexts), ends));
    expect(lines[20]).toBe('INPUT_MORE_PROBLEMS e.csv 480 further problems, 500 in all. Mend those above first.');
  });

  test('a column that is no column of ids: is refused', () => {
    const table = parseTable('source,target\n1.5,2\n', 'e.csv', {
      source: { type: 'number' },
      target: { type: 'text' },
    });
    expect(problemLines(() => checkEdges(table, ends))[0]).toContain('INPUT_HEADER e.csv "source" is no column of ids');
    expect(problemLines(() => checkEdges(table, { ...ends, from: 'sauce' }))[0]).toContain('INPUT_HEADER');
  });

  test('any ties: keep the first of each kind, as a set of pairs would', () => {
    const names = ['a', 'b', 'c', '__proto__', 'x'];
    const pair = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names));
    const drop: EdgeFlaw[] = ['dangling', 'self', 'duplicate'];
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 60 }), (pairs) => {
        const text = header + pairs.map(([from, to]) => `${from},${to}\n`).join('');
        const edges = checkEdges(parseTable(text, 'e.csv', asTexts), { ...ends, drop });
        const seen = new Set<string>();
        const expected: number[] = [];
        pairs.forEach(([from, to], index) => {
          const isSound = rowOf.has(from) && rowOf.has(to) && from !== to && !seen.has(`${from}:${to}`);
          if (isSound) expected.push(index + 2);
          if (isSound) seen.add(`${from}:${to}`);
        });
        expect([...edges.line]).toEqual(expected);
      }),
      { numRuns: 500, seed: 20268 },
    );
  });
});
