/**
 * Writes tables as CSV (RFC 4180, UTF-8, LF): nodes.csv and edges.csv of a network, and the points of a figure.
 *
 * Text cells that a spreadsheet would compute get a leading apostrophe (`escape.ts`); `raw` switches that off and nothing else.
 * Numbers are never touched, negative ones included: a column is neutralised by its type, not by its look. An absent value is
 * an empty cell, an empty text a pair of quotes; NaN, Inf and -Inf are spelled as both pandas and R read them. The headers Id,
 * Label, Source, Target and Type are Gephi's.
 * Known limit: a spreadsheet set to split at `;` splits inside our quotes, as it does with anybody's.
 */
import { neutraliseCell } from './escape.ts';
import {
  assertAttributes,
  assertFits,
  assertRow,
  inChunks,
  type AttributeValue,
  type NetworkAttribute,
  type NetworkFile,
} from './network-file.ts';

/** The points behind a figure, or any small table: `rows` follow `columns`. */
export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A table of any size: rows need not be held. */
export interface TableStream extends Pick<TableData, 'columns'> {
  readonly rows: Iterable<TableData['rows'][number]>;
}

/** `raw`: text cells as they are, formulas included. For programs that read the file; never for a spreadsheet. */
export interface CsvOptions {
  readonly raw?: boolean;
}

/** The file of nodes: Id, Label, then the attributes. */
export function writeNodesCsv(network: NetworkFile, options: CsvOptions = {}): Iterable<string> {
  assertAttributes(network.nodeAttributes, ['id', 'label']);
  return inChunks(nodeLines(network, options.raw ?? false));
}

/** The file of edges: Id, Source, Target, then the attributes. */
export function writeEdgesCsv(network: NetworkFile, options: CsvOptions = {}): Iterable<string> {
  assertAttributes(network.edgeAttributes, ['id', 'source', 'target', 'type']);
  return inChunks(edgeLines(network, options.raw ?? false));
}

/** A table, its header first; its rows are walked once. */
export function writeTableCsv(table: TableStream, options: CsvOptions = {}): Iterable<string> {
  return inChunks(tableLines(table, options.raw ?? false));
}

function* nodeLines(network: NetworkFile, raw: boolean): Generator<string, void, undefined> {
  const { nodeAttributes } = network;
  yield line(['Id', 'Label', ...nodeAttributes.map(({ name }) => name)], raw);
  for (const node of network.nodes) {
    assertRow(node, nodeAttributes.length);
    yield line([node.id, node.label ?? node.id, ...checked(node.values, nodeAttributes)], raw);
  }
}

/** Gephi takes a file without the column Type for undirected, so a directed network says so in each row. */
function* edgeLines(network: NetworkFile, raw: boolean): Generator<string, void, undefined> {
  const { edgeAttributes } = network;
  const type = network.directed ? 'Directed' : 'Undirected';
  yield line(['Id', 'Source', 'Target', 'Type', ...edgeAttributes.map(({ name }) => name)], raw);
  for (const edge of network.edges) {
    assertRow(edge, edgeAttributes.length);
    yield line([edge.id, edge.source, edge.target, type, ...checked(edge.values, edgeAttributes)], raw);
  }
}

function* tableLines(table: TableStream, raw: boolean): Generator<string, void, undefined> {
  yield line(table.columns, raw);
  for (const row of table.rows) yield line(row, raw);
}

function checked(values: readonly AttributeValue[], attributes: readonly NetworkAttribute[]): AttributeValue[] {
  return attributes.map((attribute, index) => {
    const value = values[index] ?? null;
    if (value !== null) assertFits(value, attribute);
    return value;
  });
}

function line(cells: readonly AttributeValue[], raw: boolean): string {
  return cells.map((value) => cell(value, raw)).join(',') + '\n';
}

function cell(value: AttributeValue, raw: boolean): string {
  if (value === null) return '';
  if (typeof value === 'number') return csvNumber(value);
  if (typeof value === 'boolean') return String(value);
  const text = (raw ? value : neutraliseCell(value)).toWellFormed();
  return /^$|[",;\t\r\n\u0000]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvNumber(value: number): string {
  if (Number.isFinite(value)) return String(value === 0 ? 0 : value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf';
}
