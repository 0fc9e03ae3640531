/**
 * Writes a network as GraphML, for networkx, igraph, yEd and Gephi, piece by piece.
 *
 * Order: keys, nodes, edges. A label is the node attribute `label`, which Gephi takes for the name of a node. Integers are
 * declared `long`. networkx hands the id of an edge on as its attribute `id`.
 * Oracle: networkx reads it back (`test/viz/networks.test.ts`). Source: graphml.graphdrawing.org, GraphML 1.0 with attributes.
 */
import { escapeXml, type TextTally } from './escape.ts';
import {
  assertAttributes,
  assertRow,
  inChunks,
  xmlElements,
  type NetworkAttribute,
  type NetworkEdge,
  type NetworkFile,
  type NetworkNode,
} from './network-file.ts';

/** Where losses are counted. */
export interface GraphmlOptions {
  readonly tally?: TextTally;
}

/** The file as chunks of about 64 kB. Walks nodes and edges once. */
export function writeGraphml(network: NetworkFile, options: GraphmlOptions = {}): Iterable<string> {
  return inChunks(graphmlPieces(network, options.tally ?? { droppedCharacterCount: 0 }));
}

function* graphmlPieces(network: NetworkFile, tally: TextTally): Generator<string, void, undefined> {
  const { nodeAttributes, edgeAttributes, meta } = network;
  assertAttributes(nodeAttributes, ['id', 'label']);
  assertAttributes(edgeAttributes, ['id', 'source', 'target']);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n';
  yield `<desc>${escapeXml(`${meta.creator}: ${meta.description}`, tally)}</desc>\n`;
  yield '<key id="label" for="node" attr.name="label" attr.type="string"/>\n';
  yield keys('node', nodeAttributes, tally);
  yield keys('edge', edgeAttributes, tally);
  yield `<graph id="network" edgedefault="${network.directed ? 'directed' : 'undirected'}">\n`;
  for (const node of network.nodes) yield nodePiece(node, nodeAttributes, tally);
  for (const edge of network.edges) yield edgePiece(edge, edgeAttributes, tally);
  yield '</graph>\n</graphml>\n';
  if (tally.droppedCharacterCount > 0)
    yield `<!-- ${tally.droppedCharacterCount} characters that XML 1.0 cannot hold were dropped -->\n`;
}

function keys(kind: 'node' | 'edge', attributes: readonly NetworkAttribute[], tally: TextTally): string {
  let text = '';
  attributes.forEach(({ name, type }, index) => {
    const declared = type === 'integer' ? 'long' : type;
    text += `<key id="${kind}${index}" for="${kind}" attr.name="${escapeXml(name, tally)}" attr.type="${declared}"/>\n`;
  });
  return text;
}

function nodePiece(node: NetworkNode, attributes: readonly NetworkAttribute[], tally: TextTally): string {
  assertRow(node, attributes.length);
  const label = node.label === undefined ? '' : `<data key="label">${escapeXml(node.label, tally)}</data>`;
  const data = label + xmlElements(node.values, attributes, tally, (index, text) => dataElement('node', index, text));
  return `<node id="${escapeXml(node.id, tally)}">${data}</node>\n`;
}

function edgePiece(edge: NetworkEdge, attributes: readonly NetworkAttribute[], tally: TextTally): string {
  assertRow(edge, attributes.length);
  const ends = `source="${escapeXml(edge.source, tally)}" target="${escapeXml(edge.target, tally)}"`;
  const data = xmlElements(edge.values, attributes, tally, (index, text) => dataElement('edge', index, text));
  return `<edge id="${escapeXml(edge.id, tally)}" ${ends}>${data}</edge>\n`;
}

function dataElement(kind: 'node' | 'edge', index: number, text: string): string {
  return `<data key="${kind}${index}">${text}</data>`;
}
