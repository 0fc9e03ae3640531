/** Tests of `viz/gexf.ts`, `viz/graphml.ts` and `viz/csv.ts`: other programs read back what was written. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/ground/errors.ts';
import { writeEdgesCsv, writeNodesCsv, writeTableCsv } from '../../viz/csv.ts';
import { writeGexf } from '../../viz/gexf.ts';
import { writeGraphml } from '../../viz/graphml.ts';
import { chunkLength, type NetworkFile } from '../../viz/network-file.ts';
import { hostileTexts } from './hostile-texts.ts';
import { hasNetworkx, readBack, skipReason } from './read-back.ts';

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-networks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network: NetworkFile = {
  directed: true,
  nodeAttributes: [
    { name: 'karma', type: 'integer' },
    { name: 'opinion', type: 'double' },
    { name: 'bio', type: 'string' },
    { name: 'muted', type: 'boolean' },
  ],
  nodes: [
    { id: 'a', label: 'Ann & Bob <1>', values: [2 ** 40, -0.25, '=1+1', true] },
    { id: 'b"', values: [-3, NaN, 'line\none\ttab', false] },
    { id: 'c', label: '日本 😀', values: [null, Infinity, '', null] },
    { id: 'd', values: [0, -Infinity, "it's", null] },
  ],
  edgeAttributes: [
    { name: 'weight', type: 'double' },
    { name: 'hop', type: 'integer' },
  ],
  edges: [
    { id: 'e0', source: 'a', target: 'b"', values: [1.5, 1] },
    { id: 'e1', source: 'b"', target: 'a', values: [2, null] },
    { id: 'e2', source: 'a', target: 'c', values: [0.1, 2] },
  ],
  meta: { creator: 'mesocosm', description: 'a -- test & more' },
};

/** One node for each unit of the basic plane, its character as label. */
function planeNetwork(): NetworkFile {
  const nodes = Array.from({ length: 65_536 }, (_, unit) => ({
    id: `n${unit}`,
    label: String.fromCharCode(unit),
    values: [],
  }));
  return { ...network, nodeAttributes: [], nodes, edgeAttributes: [], edges: [] };
}

const labelled = (texts: readonly string[]): NetworkFile => ({
  ...planeNetwork(),
  nodeAttributes: [{ name: texts[0] ?? 'bio', type: 'string' }],
  nodes: texts.map((text, index) => ({ id: `${index} ${text}`, label: text, values: [text] })),
});

function written(file: string, chunks: Iterable<string>): string {
  const path = join(folder, file);
  writeFileSync(path, [...chunks].join(''));
  return path;
}

const formats = [
  ['gexf 1.2draft', 'a.gexf', (file: NetworkFile) => writeGexf(file)],
  ['gexf 1.3', 'b.gexf', (file: NetworkFile) => writeGexf(file, { version: '1.3' })],
  ['graphml', 'c.graphml', (file: NetworkFile) => writeGraphml(file)],
] as const;

describe.each(formats)('%s', (name, file, write) => {
  it.skipIf(!hasNetworkx)(
    `${name}: networkx reads the nodes, edges, types and values that were written${skipReason}`,
    () => {
      const read = readBack(written(file, write(network)));
      expect(read).toMatchObject({ directed: true, nodeCount: 4, edgeCount: 3 });
      const values = new Map(read.nodes);
      expect(values.get('a')).toEqual({
        label: 'Ann & Bob <1>',
        karma: 2 ** 40,
        opinion: -0.25,
        bio: '=1+1',
        muted: true,
      });
      expect(values.get('b"')).toMatchObject({ karma: -3, opinion: 'nan', bio: 'line\none\ttab', muted: false });
      expect(values.get('c')).toMatchObject({ label: '日本 😀', opinion: 'inf' });
      expect(values.get('c')).not.toHaveProperty('karma');
      expect(values.get('d')).toMatchObject({ karma: 0, opinion: '-inf', bio: "it's" });
      expect(read.edges.map(([source, target, { id, weight, hop }]) => [source, target, id, weight, hop])).toEqual([
        ['a', 'b"', 'e0', 1.5, 1],
        ['a', 'c', 'e2', 0.1, 2],
        ['b"', 'a', 'e1', 2, undefined],
      ]);
    },
  );

  it.skipIf(!hasNetworkx)(
    `${name}: each legal character of the basic plane comes back as itself, each illegal one as nothing${skipReason}`,
    () => {
      const read = readBack(written(file, write(planeNetwork())));
      const wrong = read.nodes.filter(([id, { label }]) => {
        const unit = Number(id.slice(1));
        const isLegal =
          (unit >= 0x20 || [9, 10, 13].includes(unit)) && !(unit >= 0xd800 && unit <= 0xdfff) && unit < 0xfffe;
        return (label ?? '') !== (isLegal ? String.fromCharCode(unit) : '');
      });
      expect(wrong).toEqual([]);
      expect(read.nodeCount).toBe(65_536);
    },
  );

  it.skipIf(!hasNetworkx)(
    `${name}: hostile texts as ids, labels, values and attribute names come back as texts${skipReason}`,
    () => {
      const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;
      const read = readBack(written(file, write(labelled(hostileTexts))));
      const expected = hostileTexts.map((text) => text.replace(illegal, ''));
      expect(read.nodes.map(([, { label }]) => label)).toEqual(expected);
      expect(read.nodes.map(([id]) => id)).toEqual(expected.map((text, index) => `${index} ${text}`));
    },
  );

  it.skipIf(!hasXmllint)(
    `${name}: xmllint finds the file well-formed${hasXmllint ? '' : ' (skipped: xmllint is not installed)'}`,
    () => {
      const path = join(folder, `lint-${file}`);
      writeFileSync(path, [...write(labelled([...hostileTexts, '\u0000\ud800']))].join(''));
      expect(spawnSync('xmllint', ['--noout', '--nonet', path], { encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    },
  );

  it(`${name}: equal networks give equal bytes, in chunks of about 64 kB`, () => {
    const chunks = [...write(planeNetwork())];
    expect([...write(planeNetwork())].join('')).toBe(chunks.join(''));
    expect(chunks.length).toBeGreaterThan(10);
    for (const chunk of chunks.slice(0, -1)) expect(Math.abs(chunk.length - chunkLength)).toBeLessThan(200);
  });

  it(`${name}: a value of another type than its column stops the writer`, () => {
    const wrong = { ...network, nodes: [{ id: 'a', values: [1.5, 0, '', true] }] };
    expect(() => [...write(wrong)]).toThrow(InvariantError);
    expect(() => [...write({ ...network, nodes: [{ id: 'a', values: [] }] })]).toThrow(InvariantError);
  });
});

describe('writeGexf and writeGraphml', () => {
  it.each([writeGexf, writeGraphml])(
    '%o: dropped characters are counted in the tally and named at the end of the file',
    (write) => {
      const tally = { droppedCharacterCount: 0 };
      const text = [...write(planeNetwork(), { tally })].join('');
      expect(tally.droppedCharacterCount).toBe(2079);
      expect(text.trimEnd().endsWith('<!-- 2079 characters that XML 1.0 cannot hold were dropped -->')).toBe(true);
    },
  );

  it('writeGexf: nodes are pulled as they are written, not held', () => {
    let pulledCount = 0;
    function* endless(): Generator<{ id: string; values: [] }> {
      for (;;) yield { id: `n${pulledCount++}`, values: [] };
    }
    const chunks = writeGexf({ ...planeNetwork(), nodes: endless() })[Symbol.iterator]();
    chunks.next();
    expect(pulledCount).toBeLessThan(3000);
  });
});

describe('writeNodesCsv, writeEdgesCsv', () => {
  it('writeNodesCsv: texts that a spreadsheet would compute get an apostrophe, numbers stay numbers', () => {
    expect([...writeNodesCsv(network)].join('')).toBe(
      'Id,Label,karma,opinion,bio,muted\n' +
        "a,Ann & Bob <1>,1099511627776,-0.25,'=1+1,true\n" +
        '"b""","b""",-3,NaN,"line\none\ttab",false\n' +
        'c,日本 😀,,Inf,"",\n' +
        "d,d,0,-Inf,it's,\n",
    );
  });

  it('writeEdgesCsv: edges carry their ids, ends, direction and values', () => {
    expect([...writeEdgesCsv(network)].join('')).toBe(
      'Id,Source,Target,Type,weight,hop\ne0,a,"b""",Directed,1.5,1\ne1,"b""",a,Directed,2,\ne2,a,c,Directed,0.1,2\n',
    );
  });

  it('writeNodesCsv: every trigger in every text column is neutralised, header included; raw leaves them', () => {
    for (const trigger of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
      const text = `${trigger}cmd|' /C calc'!A0`;
      const file = { ...labelled([text]), nodes: [{ id: text, label: text, values: [text] }] };
      const cellsOf = (raw: boolean): string[] => splitCsv([...writeNodesCsv(file, { raw })].join(''));
      expect(cellsOf(false)).toEqual(['Id', 'Label', `'${text}`, `'${text}`, `'${text}`, `'${text}`]);
      expect(cellsOf(true)).toEqual(['Id', 'Label', text, text, text, text]);
    }
  });

  it('writeTableCsv: numbers keep every digit, negative ones no apostrophe, texts theirs', () => {
    const table = {
      columns: ['name', 'value'],
      rows: [
        ['-5', -5],
        ['a,b', 0.1 + 0.2],
        [null, NaN],
        ['', -0],
      ],
    };
    expect([...writeTableCsv(table)].join('')).toBe('name,value\n\'-5,-5\n"a,b",0.30000000000000004\n,NaN\n"",0\n');
  });
});

/** All cells of a file, quotes resolved: RFC 4180, for well-formed files. */
function splitCsv(text: string): string[] {
  return [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n"]*))(?:,|\n)/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  );
}
