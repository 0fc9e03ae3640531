/**
 * Writes networks as JSON in the form that graphology reads and writes: `Graph.from(JSON.parse(text))`.
 *
 * Nodes and edges pass through one by one, in their order; each line holds one, so that a file can be compared by lines. A value that is absent or not
 * finite is left out: JSON has no NaN. Texts are data; nothing in them becomes markup or code (JSON.stringify escapes what would end a text).
 * Invariant: equal networks, equal bytes. Oracle: graphology itself (`test/viz/export-run.test.ts`).
 */
import {
  assertFits,
  assertRow,
  inChunks,
  type AttributeValue,
  type NetworkAttribute,
  type NetworkFile,
} from './network-file.ts';

/** The file, in chunks. */
export function writeGraphJson(network: NetworkFile): Iterable<string> {
  return inChunks(lines(network));
}

function* lines(network: NetworkFile): Generator<string, void, undefined> {
  const { nodeAttributes, edgeAttributes, directed, meta } = network;
  const options = { type: directed ? 'directed' : 'undirected', multi: false, allowSelfLoops: false };
  yield `{"attributes":${JSON.stringify(meta)},"options":${JSON.stringify(options)},"nodes":[`;
  let between = '\n';
  for (const node of network.nodes) {
    assertRow(node, nodeAttributes.length);
    const { id, label, values } = node;
    const attributes = { label: label ?? id, ...attributesOf(values, nodeAttributes) };
    yield between + JSON.stringify({ key: id, attributes });
    between = ',\n';
  }
  yield '\n],"edges":[';
  between = '\n';
  for (const edge of network.edges) {
    assertRow(edge, edgeAttributes.length);
    const { id, source, target, values } = edge;
    yield between + JSON.stringify({ key: id, source, target, attributes: attributesOf(values, edgeAttributes) });
    between = ',\n';
  }
  yield '\n]}\n';
}

function attributesOf(
  values: readonly AttributeValue[],
  attributes: readonly NetworkAttribute[],
): Record<string, AttributeValue> {
  const kept = attributes.flatMap((attribute, at): [string, AttributeValue][] => {
    const value = values[at] ?? null;
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return [];
    assertFits(value, attribute);
    return [[attribute.name, value]];
  });
  return Object.fromEntries(kept);
}
