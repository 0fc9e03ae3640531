/**
 * A network around a cascade: who is tied to whom, who was reached, and when.
 *
 * Reads nodes by number, edges as columns, and either a shade a node (a time or a distance; NaN for a node that was not
 * reached) or a group a node. Order of drawing: ties, ties that carried the cascade, nodes without a value, then nodes from
 * late to early, so that the first to be reached lie on top. Places: `graph-layout.ts`.
 * Where there are shades, components that hold no shaded node are left out: nothing could have reached them.
 * Bound: 1,500 nodes. A larger network keeps those with a shade first (earliest first), then those with most ties, and the ties
 * among them; the note says so. The data keep all nodes and the edges.
 */
import { assertInvariant } from '../sim/ground/errors.ts';
import { plainNumber } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
  hoverText,
  notesAt,
  pixel,
  sentenceFigure,
  sheet,
  type Figure,
  type FigureWords,
  type Rectangle,
} from './figure.ts';
import { layoutNetwork, looseNodes, type EdgeColumns, type Places, type UniformStream } from './graph-layout.ts';
import { keyRows, shadeRow } from './key.ts';
import { blankColour, seriesStyles, shadeColour } from './palette.ts';

/** One network. Columns have `nodeCount` rows, those of edges as many as `edges.source`. */
export interface NetworkFigureInput extends FigureWords {
  readonly nodeCount: number;
  readonly edges: EdgeColumns;
  /** One a tie: not zero where the tie carried the cascade. */
  readonly carried?: ArrayLike<number>;
  readonly shade?: { readonly values: ArrayLike<number>; readonly label: string; readonly blankName: string };
  readonly group?: { readonly values: ArrayLike<number>; readonly names: readonly string[] };
  readonly size?: { readonly values: ArrayLike<number>; readonly label: string };
  readonly names?: readonly string[];
  readonly stream?: UniformStream;
}

/** What is drawn: nodes by their own number, edges among them by new numbers. */
interface Excerpt {
  readonly nodes: readonly number[];
  readonly edges: { readonly source: number[]; readonly target: number[]; readonly carried: boolean[] };
}

export const networkNodeMax = 1500;
const plotTop = 48;
const plotHeight = 440;
const singlePathFrom = 8000;
const discGrowth = 4.5;

/** Draws the network; one sentence where there is no node. */
export function networkFigure(input: NetworkFigureInput): Figure {
  assertColumns(input);
  if (input.nodeCount === 0)
    return sentenceFigure(
      input,
      'No picture: the network has no node.',
      networkData(input, { nodes: [], edges: noEdges }, noPlaces),
    );
  const excerpt = excerptOf(input);
  const bounds: Rectangle = { left: 14, top: plotTop + 12, width: figureWidth - 28, height: plotHeight - 24 };
  const places = layoutNetwork(excerpt.nodes.length, excerpt.edges, bounds, input.stream);
  const used = usedHeight(places, plotTop + 12);
  const lifted: Places = { x: places.x, y: places.y.map((y) => y - used.skip) };
  const key = keyOf(input);
  const marks = key + edgeMarks(excerpt, lifted) + nodeMarks(input, excerpt, lifted);
  const bottom = plotTop + 24 + used.height;
  const notes = notesAt(bottom, notesOf(input, excerpt));
  const svg = sheet(input, describe(input), bottom + notes.height, marks + notes.marks);
  return { svg, data: networkData(input, excerpt, lifted) };
}

/** Columns of a common length, so that none has to be looked at again below. */
function assertColumns({ nodeCount, edges, carried, shade, group, size }: NetworkFigureInput): void {
  const edgeCount = edges.source.length;
  const edgeColumns = [edges.target, carried ?? edges.source];
  assertInvariant(
    edgeColumns.every(({ length }) => length === edgeCount),
    `the columns of ${edgeCount} edges differ in length`,
  );
  const nodeColumns = [shade, group, size].filter((column) => column !== undefined);
  assertInvariant(
    nodeColumns.every(({ values }) => values.length === nodeCount),
    `a column of ${nodeCount} nodes has another length`,
  );
}

const noEdges = { source: [], target: [], carried: [] };
const noPlaces: Places = { x: new Float64Array(0), y: new Float64Array(0) };

/** A flat network should not leave half of the sheet empty. */
function usedHeight({ y }: Places, top: number): { readonly skip: number; readonly height: number } {
  const low = y.reduce((least, value) => Math.min(least, value), Infinity);
  const high = y.reduce((most, value) => Math.max(most, value), -Infinity);
  return { skip: low - top, height: high - low };
}

function excerptOf(input: NetworkFigureInput): Excerpt {
  const { source, target } = input.edges;
  const degree = new Int32Array(input.nodeCount);
  for (let edge = 0; edge < source.length; edge++) {
    for (const node of [source[edge], target[edge]]) {
      assertInvariant(
        node >= 0 && node < input.nodeCount,
        `edge ${edge} of a network names node ${node}, which is not there`,
      );
      degree[node] += 1;
    }
  }
  const rank = (node: number): number => {
    const value = input.shade?.values[node] ?? NaN;
    return Number.isFinite(value) ? value : Infinity;
  };
  const order = Array.from({ length: input.nodeCount }, (_, node) => node).sort((a, b) => {
    const [rankA, rankB] = [rank(a), rank(b)];
    return rankA === rankB ? degree[b] - degree[a] || a - b : rankA < rankB ? -1 : 1;
  });
  const inSight = input.shade === undefined ? order : order.filter(reachable(input));
  const nodes = inSight.slice(0, networkNodeMax).sort((a, b) => a - b);
  const rowOf = new Map(nodes.map((node, row) => [node, row]));
  const edges: Excerpt['edges'] = { source: [], target: [], carried: [] };
  for (let edge = 0; edge < source.length; edge++) {
    const [from, to] = [rowOf.get(source[edge]), rowOf.get(target[edge])];
    if (from === undefined || to === undefined) continue;
    edges.source.push(from);
    edges.target.push(to);
    edges.carried.push(input.carried !== undefined && input.carried[edge] !== 0);
  }
  return { nodes, edges };
}

/** Whether a node hangs together with a shaded one. Union by least number, paths halved. */
function reachable({ nodeCount, edges, shade }: NetworkFigureInput): (node: number) => boolean {
  const leader = Int32Array.from({ length: nodeCount }, (_, node) => node);
  const find = (node: number): number => {
    while (leader[node] !== node) node = leader[node] = leader[leader[node]];
    return node;
  };
  for (let edge = 0; edge < edges.source.length; edge++) {
    const [a, b] = [find(edges.source[edge]), find(edges.target[edge])];
    leader[Math.max(a, b)] = Math.min(a, b);
  }
  const isShaded = new Set<number>();
  for (let node = 0; node < nodeCount; node++) if (Number.isFinite(shade?.values[node])) isShaded.add(find(node));
  return (node) => isShaded.has(find(node));
}

function edgeMarks({ edges }: Excerpt, { x, y }: Places): string {
  const segment = (edge: number): string => {
    const [from, to] = [edges.source[edge], edges.target[edge]];
    return `M${pixel(x[from])},${pixel(y[from])}L${pixel(x[to])},${pixel(y[to])}`;
  };
  const rows = edges.source.map((_, edge) => edge);
  const quiet = rows.filter((edge) => !edges.carried[edge]).map(segment);
  const loud = rows.filter((edge) => edges.carried[edge]).map(segment);
  // One path for all ties of a dense network: a path a tie would show density better, at 40 bytes more each.
  const paths =
    quiet.length > singlePathFrom ? [`<path d="${quiet.join('')}"/>`] : quiet.map((d) => `<path d="${d}"/>`);
  const strength = Math.min(0.6, Math.max(0.16, 700 / Math.max(1, quiet.length)));
  return (
    `<g fill="none" stroke="#9a9a9a" stroke-width="0.6" stroke-opacity="${strength.toFixed(2)}">${paths.join('')}</g>` +
    `<g fill="none" stroke="#3d3d3d" stroke-width="0.9" stroke-opacity="0.65">${loud.map((d) => `<path d="${d}"/>`).join('')}</g>`
  );
}

function nodeMarks(input: NetworkFigureInput, excerpt: Excerpt, { x, y }: Places): string {
  const range = shadeRange(input);
  const sizeMax = Array.from(input.size?.values ?? []).reduce((most, value) => (value > most ? value : most), 0);
  const valueOf = (row: number): number => input.shade?.values[excerpt.nodes[row]] ?? NaN;
  const rows = excerpt.nodes.map((_, row) => row);
  const late = (row: number): number => (Number.isFinite(valueOf(row)) ? valueOf(row) : Infinity);
  rows.sort((a, b) => (late(a) === late(b) ? a - b : late(b) > late(a) ? 1 : -1));
  const discs = rows.map((row) => {
    const node = excerpt.nodes[row];
    const share = sizeMax > 0 ? Math.max(0, input.size?.values[node] ?? 0) / sizeMax : 0;
    const isReached = input.shade === undefined || Number.isFinite(valueOf(row));
    const least = (isReached ? 2.6 : 1.9) * (excerpt.nodes.length > 500 ? 0.7 : 1);
    const radius = least + discGrowth * (Number.isFinite(share) ? Math.sqrt(share) : 0);
    const place = `cx="${pixel(x[row])}" cy="${pixel(y[row])}" r="${pixel(radius)}"`;
    const series = input.group === undefined ? '' : ` data-series="${input.group.values[node]}"`;
    return `<circle${series} ${place} fill="${fillOf(input, node, range)}">${hoverText(hoverOf(input, node))}</circle>`;
  });
  return `<g stroke="#fff" stroke-width="0.5">${discs.join('')}</g>`;
}

function shadeRange(input: NetworkFigureInput): { readonly low: number; readonly high: number } {
  const finite = Array.from(input.shade?.values ?? []).filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  return finite.length === 0
    ? { low: 0, high: 1 }
    : { low, high: finite.reduce((most, value) => Math.max(most, value), -Infinity) };
}

function fillOf(
  input: NetworkFigureInput,
  node: number,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  if (input.shade !== undefined) {
    const value = input.shade.values[node];
    return Number.isFinite(value) ? shadeColour(high > low ? (value - low) / (high - low) : 0) : blankColour;
  }
  return input.group === undefined ? '#0072b2' : groupColour(input.group.values[node]);
}

const groupStyles = seriesStyles(Array.from({ length: 6 }, () => 'simulated' as const));

/** Six groups can be told apart; the rest are grey. */
function groupColour(group: number): string {
  return groupStyles[group]?.stroke ?? blankColour;
}

function hoverOf(input: NetworkFigureInput, node: number): string {
  const name = input.names?.[node] ?? `node ${node}`;
  const value = input.shade?.values[node] ?? NaN;
  const shade =
    input.shade === undefined
      ? ''
      : Number.isFinite(value)
        ? `, ${input.shade.label} ${plainNumber(value)}`
        : `, ${input.shade.blankName}`;
  const group = input.group === undefined ? '' : `, ${input.group.names[input.group.values[node]] ?? 'other'}`;
  const size = input.size === undefined ? '' : `, ${input.size.label} ${plainNumber(input.size.values[node])}`;
  return name + shade + group + size;
}

function keyOf(input: NetworkFigureInput): string {
  if (input.shade !== undefined) {
    const { low, high } = shadeRange(input);
    const hasBlank = Array.from(input.shade.values).some((value) => !Number.isFinite(value));
    return shadeRow(
      {
        label: input.shade.label,
        low: rounded(low),
        high: rounded(high),
        steps: 0,
        ...(hasBlank ? { blankName: input.shade.blankName } : {}),
      },
      24,
    ).marks;
  }
  const groups = input.group?.names ?? [];
  const entries = groups.map((name, index) => ({
    name,
    ink: groupStyles[index]?.text ?? '#595959',
    sample: (x: number, y: number) => `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="5" fill="${groupColour(index)}"/>`,
  }));
  return keyRows(entries.slice(0, 7), 24).marks;
}

/** Three significant digits: a key is read, not computed with. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function notesOf(input: NetworkFigureInput, excerpt: Excerpt): string[] {
  const drawn = excerpt.nodes.length;
  const ties = `${excerpt.edges.source.length} of ${input.edges.source.length} ties`;
  return [
    ...(drawn === input.nodeCount
      ? []
      : [
          `Drawn: ${drawn} of ${input.nodeCount} nodes and ${ties}: those reached first, then those with most ties; none that no tie joins to a reached one.`,
        ]),
    ...(looseNodes(drawn, excerpt.edges).length === 0 ? [] : ['Discs in rows below have no tie.']),
    ...(input.size === undefined ? [] : [`The area of a disc grows with: ${input.size.label}.`]),
    ...(input.carried === undefined ? [] : ['Dark lines: ties that carried the cascade.']),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: NetworkFigureInput): string {
  const reached = Array.from(input.shade?.values ?? []).filter(Number.isFinite).length;
  const shade = input.shade === undefined ? '' : `; ${reached} nodes are shaded by ${input.shade.label}`;
  return `A network of ${input.nodeCount} nodes and ${input.edges.source.length} ties${shade}.`;
}

/** Rows of nodes, then rows of edges (`node` is the source); x and y in pixels, absent where a node was not drawn. */
function networkData(input: NetworkFigureInput, { nodes }: Excerpt, { x, y }: Places): TableData {
  const rowOf = new Map(nodes.map((node, row) => [node, row]));
  const nodeRows = Array.from({ length: input.nodeCount }, (_, node): (string | number | null)[] => {
    const row = rowOf.get(node);
    const place = row === undefined ? [null, null] : [Number(pixel(x[row])), Number(pixel(y[row]))];
    const value = input.shade?.values[node] ?? input.group?.values[node] ?? null;
    return ['node', node, null, input.names?.[node] ?? null, ...place, value, input.size?.values[node] ?? null];
  });
  const { source, target } = input.edges;
  const edgeRows = Array.from(source, (from, edge) => [
    'edge',
    from,
    target[edge] ?? null,
    null,
    null,
    null,
    input.carried?.[edge] ?? null,
    null,
  ]);
  const shade = input.shade?.label ?? (input.group === undefined ? 'shade' : 'group');
  return {
    columns: ['element', 'node', 'target', 'name', 'x', 'y', shade, input.size?.label ?? 'size'],
    rows: [...nodeRows, ...edgeRows],
  };
}
