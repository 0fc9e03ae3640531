/** GEXF and GraphML: what others write, what we write ourselves, and what is refused on which line. */
import { describe, expect, test } from 'vitest';
import { gatherEdges } from '../../../sim/import/edges.ts';
import { readNetworkFile } from '../../../sim/import/network-file.ts';
import { writeGexf } from '../../../viz/gexf.ts';
import { writeGraphml } from '../../../viz/graphml.ts';
import { filesFolder, problemsOf } from './folder.ts';
import type { NetworkFile } from '../../../viz/network-file.ts';

const write = filesFolder();

function read(name: string, content: string | Uint8Array) {
  const { rows, dropped } = readNetworkFile(write(name, content));
  const pairs = Array.from(rows.from, (from, i) => `${rows.ids[from]}>${rows.ids[rows.to[i]]}`);
  return { ...rows, pairs, dropped: dropped.listed().map(({ reason, count, first }) => [reason, count, first.line]) };
}

/** As Gephi writes it: attributes of edges, times as starts, positions of nodes. */
const gephi = `<?xml version='1.0' encoding='UTF-8'?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
  <meta lastmodifieddate="2026-01-28"><creator>Gephi</creator></meta>
  <graph defaultedgetype="directed" mode="dynamic" timeformat="datetime">
    <attributes class="edge"><attribute id="k" title="kind" type="string"/></attributes>
    <nodes>
      <node id="1" label="Ann &amp; Bob"><viz:size value="3"/></node>
      <node id="2" label="&lt;script&gt;"/>
      <node id="3"/>
    </nodes>
    <edges>
      <edge id="0" source="1" target="2" weight="2.5" start="2026-01-28T19:24:55Z"><attvalues><attvalue for="k" value="x"/></attvalues></edge>
      <edge id="1" source="2" target="3" type="undirected" start="2026-01-28"/>
      <edge id="2" source="3" target="9" start="2026-01-28"/>
    </edges>
  </graph>
</gexf>`;

/** As networkx writes it. */
const networkx = `<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">
  <key id="d1" for="edge" attr.name="timestamp" attr.type="long"/>
  <key id="d0" for="edge" attr.name="weight" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="a"/><node id="b"/><node id="b"/>
    <edge source="a" target="b"><data key="d0">0.25</data><data key="d1">1700000000</data></edge>
  </graph>
</graphml>`;

test('GEXF: directed and undirected edges, weights, starts, labels; an edge to nowhere is left out with its line', () => {
  const { ids, labels, pairs, weight, timeMs, dropped } = read('gephi.gexf', gephi);
  expect(ids).toEqual(['1', '2', '3']);
  expect(labels).toEqual(['Ann & Bob', '<script>', '']);
  expect(pairs).toEqual(['1>2', '2>3', '3>2']);
  expect(Array.from(weight ?? [])).toEqual([2.5, 1, 1]);
  expect(timeMs?.[0]).toBe(Date.UTC(2026, 0, 28, 19, 24, 55));
  expect(dropped).toEqual([['edge whose end is no node', 1, 14]]);
});

test('GraphML: undirected by default of the graph, keys by their names, a node that stands twice', () => {
  const { pairs, weight, timeMs, dropped } = read('networkx.graphml', networkx);
  expect(pairs).toEqual(['a>b', 'b>a']);
  expect(weight?.[1]).toBe(0.25);
  expect(timeMs?.[0]).toBe(1_700_000_000_000);
  expect(dropped).toEqual([['node whose id stands twice', 1, 6]]);
});

const hostile = ['=cmd|x', '<script>alert(1)</script>', '"quoted"', '__proto__', 'a&b', "it's", '\u202Eevil', 'é😀'];
const own: NetworkFile = {
  directed: true,
  nodeAttributes: [],
  nodes: hostile.map((id) => ({ id, label: id, values: [] })),
  edgeAttributes: [{ name: 'weight', type: 'integer' }],
  edges: hostile.map((source, i) => ({
    id: `e${i}`,
    source,
    target: hostile[(i + 1) % hostile.length],
    values: [i + 1],
  })),
  meta: { creator: 'mesocosm', description: 'a ring' },
};

test.each([
  ['own.gexf', writeGexf],
  ['own.graphml', writeGraphml],
  ['own.gexf.gz', writeGexf],
])('%s that we wrote is read back, hostile ids and all', (name, writer) => {
  const { ids, pairs, weight } = read(name, [...writer(own)].join(''));
  expect(ids).toEqual(hostile);
  expect(pairs).toEqual(hostile.map((source, i) => `${source}>${hostile[(i + 1) % hostile.length]}`));
  expect(Array.from(weight ?? [])).toEqual(hostile.map((_, i) => i + 1));
});

test('a document longer than a piece of the file, characters of four bytes across the cuts', () => {
  const nodes = Array.from({ length: 40_000 }, (_, i) => `<node id="😀${i}"/>`).join('\n');
  const { ids, placeOf } = read(
    'long.graphml',
    `<graphml><graph edgedefault="directed">\n${nodes}\n<edge source="😀0" target="😀39999"/></graph></graphml>`,
  );
  expect(ids).toHaveLength(40_000);
  expect(ids[39_999]).toBe('😀39999');
  expect(placeOf(0).line).toBe(40_002);
});

describe('bad documents: the code and the line', () => {
  const inGraph = (text: string): string =>
    `<graphml>\n<graph edgedefault="directed">\n<node id="a"/>\n${text}\n</graph>\n</graphml>`;
  const bad: [string, string | Uint8Array, string, number | undefined][] = [
    ['empty', '', 'INPUT_EMPTY', 1],
    ['other root', '<svg/>', 'INPUT_SYNTAX', 1],
    ['no node', '<graphml><graph/></graphml>', 'INPUT_EMPTY', undefined],
    ['document type', '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa">]>\n<graphml/>', 'INPUT_SYNTAX', 2],
    ['unknown entity', inGraph('<node id="&a;"/>'), 'INPUT_SYNTAX', 4],
    ['bare ampersand', inGraph('<node id="a&b"/>'), 'INPUT_SYNTAX', 4],
    ['character that XML has not', inGraph('<node id="&#0;"/>'), 'INPUT_SYNTAX', 4],
    ['wrong order', inGraph('<edge source="a" target="a"><data></edge></data>'), 'INPUT_SYNTAX', 4],
    ['never closed', '<graphml>\n<graph>\n<node id="a">', 'INPUT_SYNTAX', 3],
    ['tag without an end', '<graphml>\n<node id="a', 'INPUT_SYNTAX', 2],
    ['attribute without quotes', inGraph('<node id=b/>'), 'INPUT_SYNTAX', 4],
    ['attribute twice', inGraph('<node id="b" id="c"/>'), 'INPUT_SYNTAX', 4],
    ['node without an id', inGraph('<node/>'), 'INPUT_REQUIRED', 4],
    ['edge without a target', inGraph('<edge source="a"/>'), 'INPUT_REQUIRED', 4],
    ['two roots', '<graphml/>\n<graphml/>', 'INPUT_SYNTAX', 2],
    ['text behind the end', '<gexf><graph><nodes><node id="a"/></nodes></graph></gexf>\nmore', 'INPUT_SYNTAX', 1],
    ['nested too deeply', '<graphml>' + '<graph>'.repeat(300), 'INPUT_TOO_DEEP', 1],
    [
      'not UTF-8',
      Buffer.concat([Buffer.from('<graphml>\n<node id="'), Buffer.from([0xe9]), Buffer.from('"/>')]),
      'INPUT_ENCODING',
      2,
    ],
    ['a weight that is none', inGraph('<node id="b"/><edge source="a" target="b" weight="much"/>'), 'INPUT_NUMBER', 4],
  ];
  test.each(bad)('%s', (name, content, code, line) => {
    const [first] = problemsOf(() => read(`${name.replaceAll(' ', '-')}.graphml`, content));
    expect([first.code, first.place?.line]).toEqual([code, line]);
  });
});

test('gatherEdges: an edge with a time beside one without is refused, and not placed at some time', () => {
  const content = gephi.replace(' start="2026-01-28"/>\n      <edge id="2"', '/>\n      <edge id="2"');
  const path = write('half.gexf', content);
  expect(problemsOf(() => gatherEdges(path, readNetworkFile(path).rows))[0]).toMatchObject({
    code: 'INPUT_REQUIRED',
    place: { line: 13 },
  });
});
