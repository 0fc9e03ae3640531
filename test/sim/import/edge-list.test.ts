/** Edge lists: every separator and shape, what is refused and on which line, and ties against a Map of pairs. */
import { renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readEdgeList } from '../../../sim/import/edge-list.ts';
import { gatherEdges } from '../../../sim/import/edges.ts';
import { refuseDropped } from '../../../sim/import/gathered.ts';
import { filesFolder, problemsOf } from './folder.ts';
import { writeEdges } from './sources.ts';
import type { ListOptions } from '../../../sim/import/list-shape.ts';

const write = filesFolder();

function read(name: string, content: string | Uint8Array, options: ListOptions = {}) {
  const rows = readEdgeList(write(name, content), options);
  return { ...rows, pairs: Array.from(rows.from, (from, i) => `${rows.ids[from]}>${rows.ids[rows.to[i]]}`) };
}

describe('shapes of edge lists', () => {
  const wanted = ['1>2', '2>3'];
  const shapes: [string, string][] = [
    ['commas.csv', 'source,target\n1,2\n2,3\n'],
    ['semicolons.csv', 'from;to\n1;2\n2;3\n'],
    ['tabs.tsv', 'src\tdst\n1\t2\n2\t3\n'],
    ['follows.csv', 'follower,followee\r\n1,2\r\n2,3'],
    ['quoted.csv', '"Source","Target"\n"1","2"\n"2","3"\n'],
    ['extra.csv', 'id,source,kind,target\n9,1,x,2\n8,2,y,3\n'],
    ['snap.txt', '# Directed graph\n# FromNodeId\tToNodeId\n1\t2\n2\t3\n'],
    ['konect.txt', '% asym\n1 2\n2   3 \n'],
    ['blanks.edges', '  1   2\n2\t 3\n'],
    ['packed.csv.gz', 'source,target\n1,2\n2,3\n'],
    ['mark.csv', '\uFEFFsource,target\n1,2\n\n2,3\n'],
    ['old-mac.csv', 'source,target\r1,2\r2,3'],
  ];
  test.each(shapes)('%s gives the same two edges', (name, content) => {
    expect(read(name, content).pairs).toEqual(wanted);
  });

  test('times and weights by name, and by --columns without a header', () => {
    const named = read('t.csv', 'u,v,timestamp,weight\na,b,1700000000,0.5\nb,a,2023-11-14T22:13:21Z,2\n');
    expect(Array.from(named.timeMs ?? [])).toEqual([1_700_000_000_000, 1_700_000_001_000]);
    expect(Array.from(named.weight ?? [])).toEqual([0.5, 2]);
    const given = read('k.txt', '% konect\na b 2 1700000000\n', { columns: ['source', 'target', 'weight', 'time'] });
    expect([given.pairs, given.weight?.[0], given.timeMs?.[0]]).toEqual([['a>b'], 2, 1_700_000_000_000]);
    const passed = read('p.txt', 'x a b\n', { columns: ['-', 'source', 'target'] });
    expect(passed.pairs).toEqual(['a>b']);
  });

  test('a comment of more than a piece of the file is no end of it', () => {
    expect(read('long.txt', `# ${'x'.repeat(3_000_000)}\n1 2\n# again\n2 3\n`).pairs).toEqual(wanted);
  });

  test('a place is the line in the file, comments and empty lines counted', () => {
    const { placeOf } = read('lines.txt', '# one\n\n1 2\n# four\n2 3\n');
    expect([placeOf(0).line, placeOf(1).line]).toEqual([3, 5]);
  });
});

describe('sixteen bad edge lists: the code and the line', () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))));
  const bad: [string, string | Uint8Array, string, number | undefined, ListOptions?][] = [
    ['empty.csv', '', 'INPUT_EMPTY', undefined],
    ['only-comments.txt', '# nothing\n# here\n', 'INPUT_EMPTY', undefined],
    ['header-only.csv', 'source,target\n', 'INPUT_EMPTY', undefined],
    ['no-names.csv', 'alpha,beta\na,b\n', 'INPUT_HEADER', 1],
    ['third-column.txt', '1 2 3\n', 'INPUT_HEADER', 1],
    ['name-twice.csv', 'source,target,source\n1,2,3\n', 'INPUT_HEADER', 1],
    ['short-row.csv', 'source,target\n1,2\n3\n', 'INPUT_ROW', 3],
    ['long-row.csv', 'source,target\n1,2\n1,2,3\n', 'INPUT_ROW', 3],
    ['no-target.csv', 'source,target\n1,2\n3,\n', 'INPUT_REQUIRED', 3],
    ['comma-weight.csv', 'source;target;weight\n1;2;0.5\n1;3;0,5\n', 'INPUT_NUMBER', 3],
    ['infinite.csv', 'source,target,weight\n1,2,1e999\n', 'INPUT_FIELD_RANGE', 2],
    ['no-time.csv', 'source,target,time\n1,2,0\n2,3,tomorrow\n', 'INPUT_TYPE', 3],
    ['open-quote.csv', 'source,target\n1,2\n"3,4\n5,6\n', 'INPUT_SYNTAX', 3],
    ['latin1.csv', bytes('source,target\n1,2\nJos', [0xe9], ',4\n'), 'INPUT_ENCODING', 3],
    ['utf16.csv', bytes([0xff, 0xfe], 's\0,\0t\0'), 'INPUT_ENCODING', 1, { columns: ['source', 'target'] }],
    ['nul.csv', bytes('source,target\n1,2\n3,', [0], '\n'), 'INPUT_SYNTAX', 3],
    ['columns.txt', '1 2\n', 'INPUT_USAGE', undefined, { columns: ['source', 'time'] }],
  ];
  test.each(bad)('%s', (name, content, code, line, options) => {
    const [first] = problemsOf(() => read(name, content, options));
    expect([first.code, first.place?.line]).toEqual([code, line]);
    expect(first.next.length).toBeGreaterThan(3);
  });

  test('a file that is not there, and one that is packed by its name alone', () => {
    expect(problemsOf(() => readEdgeList('gone.csv'))[0].code).toBe('INPUT_NOT_FOUND');
    const packed = write('packed.gz', 'source,target\n1,2\n');
    const plain = write('plain.csv', 'source,target\n1,2\n');
    renameSync(plain, packed);
    expect(problemsOf(() => readEdgeList(packed))[0].code).toBe('INPUT_SYNTAX');
  });

  test('with --strict, ties to oneself and pairs that stand twice are refused with their lines', () => {
    const path = write('flawed.csv', 'source,target\na,b\na,a\na,b\nb,b\n');
    const gathered = gatherEdges(path, readEdgeList(path));
    const problems = problemsOf(() => {
      refuseDropped(gathered);
    });
    expect(problems.map(({ code, place }) => [code, place?.line])).toEqual([
      ['INPUT_SELF_FOLLOW', 3],
      ['INPUT_DUPLICATE_EDGE', 4],
    ]);
    expect(gathered.dropped.map(({ count }) => count)).toEqual([2, 1]);
  });

  test('twenty thousand bad rows become twenty problems and their number', () => {
    const problems = problemsOf(() => read('many.csv', 'source,target\n' + 'x\n'.repeat(20_000)));
    expect(problems).toHaveLength(21);
    expect(problems[20]).toMatchObject({
      code: 'INPUT_MORE_PROBLEMS',
      found: expect.stringContaining('20000 in all') as string,
    });
  });
});

describe('gatherEdges', () => {
  test('ties are the pairs of a Map: earliest time, sum of weights, number of rows', () => {
    const path = write('made.csv', '');
    writeEdges(path, 20_000, 60);
    const rows = readEdgeList(path);
    const wanted = new Map<string, { timeMs: number; weight: number; rows: number }>();
    for (let i = 0; i < rows.from.length; i++) {
      if (rows.from[i] === rows.to[i]) continue;
      const key = `${rows.from[i]}>${rows.to[i]}`;
      const [timeMs, weight] = [rows.timeMs?.[i] ?? 0, rows.weight?.[i] ?? 0];
      const known = wanted.get(key) ?? { timeMs, weight: 0, rows: 0 };
      wanted.set(key, { timeMs: Math.min(known.timeMs, timeMs), weight: known.weight + weight, rows: known.rows + 1 });
    }
    const { acts, tables } = gatherEdges(path, rows);
    const columns = tables[0].columns as Record<string, Float64Array>;
    expect(acts.count).toBe(wanted.size);
    for (let tie = 0; tie < acts.count; tie++) {
      expect(wanted.get(`${acts.actor[tie]}>${acts.target[tie]}`)).toEqual({
        timeMs: acts.timeMs[tie],
        weight: columns['weight'][tie],
        rows: columns['rows'][tie],
      });
    }
  });
});
