/**
 * Places the nodes of a small network on a sheet: ForceAtlas2, then turned and scaled into a rectangle.
 *
 * Start places come from the number of a node (a sunflower) or from a stream that the caller hands in; nothing else is random,
 * and edges get explicit keys, so equal input gives equal places. Components are laid out together: gravity holds them in sight;
 * nodes without a tie stand in rows below. Order: layout, turn the longest axis to the horizontal, fit. Cost: about 1.5 s at 1,500 nodes and 6,000 edges (2 cores, Node 24).
 * Source: Jacomy, Venturini, Heymann and Bastian (2014), ForceAtlas2, PLOS ONE 9(6); sunflower: Vogel (1979).
 */
import { createRequire } from 'node:module';
import { UndirectedGraph } from 'graphology';
import type { Rectangle } from './figure.ts';

/** What is used of the package, whose types promise a default export that its CommonJS file does not have. */
interface ForceAtlas2 {
  (
    graph: UndirectedGraph,
    options: { readonly iterations: number; readonly settings: object },
  ): Record<string, { x: number; y: number }>;
  inferSettings(nodeCount: number): object;
}

const forceAtlas2 = createRequire(import.meta.url)('graphology-layout-forceatlas2') as ForceAtlas2;

/** Source and target of each edge, by number of node. */
export interface EdgeColumns {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** A source of numbers in [0, 1). */
export interface UniformStream {
  uniform(): number;
}

/** A place for each node. */
export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

const iterationCount = 400;

/** Places for nodes 0 to nodeCount - 1 within a rectangle of the sheet. Loops and repeated edges pull once or not at all. */
export function layoutNetwork(
  nodeCount: number,
  edges: EdgeColumns,
  bounds: Rectangle,
  stream?: UniformStream,
): Places {
  const start = stream === undefined ? sunflower(nodeCount) : scattered(nodeCount, stream);
  const loose = looseNodes(nodeCount, edges);
  if (loose.length === nodeCount) return fitted(start, bounds);
  const isLoose = new Set(loose);
  const tied = Array.from({ length: nodeCount }, (_, node) => node).filter((node) => !isLoose.has(node));
  const rowOf = new Map(tied.map((node, row) => [node, row]));
  const rowsOf = (column: ArrayLike<number>): number[] => Array.from(column, (node) => rowOf.get(node) ?? 0);
  const laid = forceLayout(
    tied.length,
    { source: rowsOf(edges.source), target: rowsOf(edges.target) },
    { x: Float64Array.from(tied, (node) => start.x[node]), y: Float64Array.from(tied, (node) => start.y[node]) },
  );
  const shelfHeight = Math.ceil((loose.length * looseStep) / bounds.width) * looseStep;
  const above = fitted(turned(laid), { ...bounds, height: bounds.height - shelfHeight - (loose.length > 0 ? 12 : 0) });
  const places: Places = { x: new Float64Array(nodeCount), y: new Float64Array(nodeCount) };
  tied.forEach((node, row) => {
    [places.x[node], places.y[node]] = [above.x[row], above.y[row]];
  });
  shelve(loose, places, bounds, shelfHeight);
  return places;
}

const looseStep = 9;

/** Nodes without a tie to another one. */
export function looseNodes(nodeCount: number, { source, target }: EdgeColumns): number[] {
  const isTied = new Uint8Array(nodeCount);
  for (let edge = 0; edge < source.length; edge++) {
    if (source[edge] !== target[edge]) isTied[source[edge]] = isTied[target[edge]] = 1;
  }
  return Array.from({ length: nodeCount }, (_, node) => node).filter((node) => isTied[node] === 0);
}

/** Loose nodes stand in rows below: gravity would hold them in a wide ring that presses the rest together (tried). */
function shelve(loose: readonly number[], { x, y }: Places, bounds: Rectangle, shelfHeight: number): void {
  const perRow = Math.floor(bounds.width / looseStep);
  loose.forEach((node, index) => {
    x[node] = bounds.left + ((index % perRow) + 0.5) * looseStep;
    y[node] = bounds.top + bounds.height - shelfHeight + (Math.floor(index / perRow) + 0.5) * looseStep;
  });
}

/** Even and without symmetry: equal angles of the golden section, radius by the square root. */
function sunflower(nodeCount: number): Places {
  const goldenAngle = Math.PI * (3 - Math.sqrt(5));
  const [x, y] = [new Float64Array(nodeCount), new Float64Array(nodeCount)];
  for (let node = 0; node < nodeCount; node++) {
    const radius = 10 * Math.sqrt(node + 0.5);
    x[node] = radius * Math.cos(node * goldenAngle);
    y[node] = radius * Math.sin(node * goldenAngle);
  }
  return { x, y };
}

function scattered(nodeCount: number, stream: UniformStream): Places {
  const side = 20 * Math.sqrt(nodeCount);
  const [x, y] = [new Float64Array(nodeCount), new Float64Array(nodeCount)];
  for (let node = 0; node < nodeCount; node++) {
    x[node] = side * (stream.uniform() - 0.5);
    y[node] = side * (stream.uniform() - 0.5);
  }
  return { x, y };
}

function forceLayout(nodeCount: number, { source, target }: EdgeColumns, start: Places): Places {
  const graph = new UndirectedGraph();
  for (let node = 0; node < nodeCount; node++) graph.addNode(String(node), { x: start.x[node], y: start.y[node] });
  for (let edge = 0; edge < source.length; edge++) {
    const [from, to] = [String(source[edge]), String(target[edge])];
    if (from !== to && !graph.hasEdge(from, to)) graph.addEdgeWithKey(String(edge), from, to);
  }
  const settings = { ...forceAtlas2.inferSettings(nodeCount), barnesHutOptimize: nodeCount > 600, barnesHutTheta: 0.6 };
  const laid = forceAtlas2(graph, { iterations: iterationCount, settings });
  return {
    x: Float64Array.from({ length: nodeCount }, (_, node) => laid[String(node)].x),
    y: Float64Array.from({ length: nodeCount }, (_, node) => laid[String(node)].y),
  };
}

/** Turned so that the axis of greatest variance lies horizontally; sheets are wider than high. */
function turned({ x, y }: Places): Places {
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  x.forEach((value, node) => {
    const [dx, dy] = [value - meanX, y[node] - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  });
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    x: x.map((value, node) => cos * (value - meanX) + sin * (y[node] - meanY)),
    y: x.map((value, node) => cos * (y[node] - meanY) - sin * (value - meanX)),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Scaled alike in both directions and centred. */
function fitted({ x, y }: Places, { left, top, width, height }: Rectangle): Places {
  const [x0, x1, y0, y1] = [least(x), greatest(x), least(y), greatest(y)];
  const scale = Math.min(width / Math.max(x1 - x0, 1e-9), height / Math.max(y1 - y0, 1e-9));
  const bounded = Number.isFinite(scale) && scale < 1e8 ? scale : 0;
  return {
    x: x.map((value) => left + width / 2 + (value - (x0 + x1) / 2) * bounded),
    y: y.map((value) => top + height / 2 + (value - (y0 + y1) / 2) * bounded),
  };
}

function least(values: Float64Array): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity);
}

function greatest(values: Float64Array): number {
  return values.reduce((high, value) => Math.max(high, value), -Infinity);
}
