/**
 * A cascade as a tree: who passed it on to whom, how far from the root, and when.
 *
 * Reads one parent a node (a negative number for the root) and, if wanted, a time a node. Three layouts: `radial` puts hops on
 * rings, `tidy` on columns, `time` puts each node at its time and orders branches vertically, which has no further meaning.
 * Order of drawing: links, leaves, nodes with children from few to many, root. Branches are ordered by depth,
 * then by children, then by number.
 * Bound: 2,000 nodes, since 640 pixels tell no more apart; a larger tree keeps every node that has children (from the root
 * outwards) and evenly spaced leaves, and the note says how many. The data keep all.
 * Layout: `tidy` is d3-hierarchy's tidy tree (Reingold and Tilford 1981; Buchheim, Jünger and Leipert 2002). The other two give
 * each leaf a place of its own: a tidy tree packs branches by depth, so that rules drawn along time would run into one
 * another, and a deep branch on rings would leave the rest of the circle empty (tried: half of it). Both take linear time.
 */
import { cluster, hierarchy, tree, type HierarchyNode, type HierarchyPointNode } from 'd3';
import { assertInvariant } from '../sim/ground/errors.ts';
import { axisScale, axisTitle, drawXAxis, plainNumber, type AxisWords } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
  fitText,
  fontSize,
  hoverText,
  notesAt,
  pixel,
  sentenceFigure,
  sheet,
  textAt,
  textWidth,
  type Figure,
  type FigureWords,
  type Rectangle,
} from './figure.ts';
import { shadeRow } from './key.ts';
import { shadeColour } from './palette.ts';

/** One tree. `time` needs `timeAxis` for its words; `names` are shown at the root and under the pointer. */
export interface TreeFigureInput extends FigureWords {
  readonly parent: ArrayLike<number>;
  readonly time?: ArrayLike<number>;
  readonly timeAxis?: AxisWords;
  readonly names?: readonly string[];
  readonly layout?: 'radial' | 'tidy' | 'time';
  /** What a step away from the root is called; `hop` unless said otherwise. */
  readonly stepName?: string;
}

/** A node with its place on the sheet. */
interface DrawnNode {
  readonly node: number;
  readonly parent: DrawnNode | null;
  readonly depth: number;
  readonly childCount: number;
  readonly x: number;
  readonly y: number;
  /** The link from the parent, as a path. */
  readonly link: string;
}

/** The tree as it was passed: children, distance from the root, nodes from the root outwards. */
interface Shape {
  readonly children: readonly (readonly number[])[];
  readonly depth: Int32Array;
  readonly outwards: readonly number[];
}

export const treeNodeMax = 2000;
const keyTop = 24;
const plotTop = 50;
const radialHeight = 500;
const rootColour = '#d55e00';

/** Draws the tree; one sentence where there is no node. Asserts one root and no cycle. */
export function treeFigure(input: TreeFigureInput): Figure {
  const { parent, time: times } = input;
  assertInvariant(times === undefined || times.length === parent.length, 'a tree needs one time a node or none');
  const shape = shapeOf(parent);
  const root = shape.outwards[0];
  if (root === undefined) return sentenceFigure(input, 'No picture: the tree has no node.', treeData(input, shape, []));
  const kept = keptNodes(shape, parent);
  const layout = input.layout ?? 'radial';
  const rows = hierarchy(root, (node) => shape.children[node].filter((child) => kept.has(child))).sort(
    (a, b) => sizeOf(b) - sizeOf(a) || a.data - b.data,
  );
  const { nodes, backdrop, bottom } = layouts[layout](rows, input, shape);
  const depthMax = Math.max(...nodes.map(({ depth }) => depth));
  const key = shadeRow(
    { label: input.stepName ?? 'hop', low: 0, high: depthMax, steps: depthMax < 12 ? depthMax + 1 : 0 },
    keyTop,
  );
  const marks = key.marks + rootKey(input, root) + backdrop + linkMarks(nodes) + nodeMarks(nodes, depthMax, input);
  const notes = notesAt(bottom, notesOf(input, nodes.length));
  const svg = sheet(input, describe(input, shape), bottom + notes.height, marks + notes.marks);
  return { svg, data: treeData(input, shape, nodes) };
}

function shapeOf(parent: ArrayLike<number>): Shape {
  const children: number[][] = Array.from(parent, () => []);
  const outwards: number[] = [];
  for (let node = 0; node < parent.length; node++) {
    const above = parent[node];
    if (above < 0) outwards.push(node);
    else {
      assertInvariant(above < parent.length, `node ${node} of a tree has the parent ${above}, which is not a node`);
      children[above].push(node);
    }
  }
  assertInvariant(parent.length === 0 || outwards.length === 1, `a tree must have one root, got ${outwards.length}`);
  const depth = new Int32Array(parent.length);
  for (let index = 0; index < outwards.length; index++) {
    const node = outwards[index];
    for (const child of children[node]) {
      depth[child] = depth[node] + 1;
      outwards.push(child);
    }
  }
  assertInvariant(outwards.length === parent.length, 'the parents of a tree run in a circle');
  return { children, depth, outwards };
}

/** At most `treeNodeMax` nodes, closed under parents: nodes with children from the root outwards, then evenly spaced leaves. */
function keptNodes({ children, outwards }: Shape, parent: ArrayLike<number>): Set<number> {
  if (outwards.length <= treeNodeMax) return new Set(outwards);
  const inner = new Set(outwards.filter((node) => children[node].length > 0).slice(0, treeNodeMax));
  const leaves = outwards.filter((node) => children[node].length === 0 && inner.has(parent[node]));
  const room = treeNodeMax - inner.size;
  const cut = (index: number): number => Math.floor((index * room) / leaves.length);
  return new Set([...inner, ...leaves.filter((_, index) => leaves.length <= room || cut(index + 1) > cut(index))]);
}

interface Laid {
  readonly nodes: DrawnNode[];
  readonly backdrop: string;
  /** Where notes may begin. */
  readonly bottom: number;
}

type Layout = (rows: HierarchyNode<number>, input: TreeFigureInput, shape: Shape) => Laid;

const layouts: Readonly<Record<'radial' | 'tidy' | 'time', Layout>> = { radial, tidy, time };

/** Rings around the root, cut to the part of the circle that has branches and scaled to fill the sheet. */
function radial(rows: HierarchyNode<number>, _input: TreeFigureInput, shape: Shape): Laid {
  const laid = evenLeaves(rows, 2 * Math.PI);
  const points = laid.descendants();
  const [left, right] = spanOf(points.map(({ x, depth }) => depth * Math.sin(x)));
  const [top, bottom] = spanOf(points.map(({ x, depth }) => -depth * Math.cos(x)));
  const ring = Math.min((figureWidth - 40) / (right - left), radialHeight / (bottom - top), 150);
  const centre = { x: figureWidth / 2 - ((left + right) / 2) * ring, y: plotTop + 16 - top * ring };
  const at = (angle: number, hop: number): string =>
    `${pixel(centre.x + hop * ring * Math.sin(angle))},${pixel(centre.y - hop * ring * Math.cos(angle))}`;
  const nodes = drawnNodes(laid, shape, (point) => {
    const above = point.parent ?? point;
    const middle = (above.depth + point.depth) / 2;
    // The root has no direction of its own, so its links are straight.
    const bend = above.depth === 0 ? 'L' : `C${at(above.x, middle)} ${at(point.x, middle)} `;
    return {
      x: centre.x + point.depth * ring * Math.sin(point.x),
      y: centre.y - point.depth * ring * Math.cos(point.x),
      link: `M${at(above.x, above.depth)}${bend}${at(point.x, point.depth)}`,
    };
  });
  const height = (bottom - top) * ring + 32;
  return { nodes, backdrop: rings(rows.height, ring, centre, height), bottom: plotTop + height + 8 };
}

/** Rings of hops, at most ten, cut off at the rim of the plot by a viewport of their own. */
function rings(
  hopMax: number,
  ring: number,
  centre: { readonly x: number; readonly y: number },
  height: number,
): string {
  const every = Math.max(1, Math.ceil(hopMax / 10));
  const circles = Array.from({ length: Math.floor(hopMax / every) }, (_, index) => {
    const radius = (index + 1) * every * ring;
    return `<circle cx="${pixel(centre.x)}" cy="${pixel(centre.y - plotTop)}" r="${pixel(radius)}"/>`;
  });
  const viewport = `<svg x="0" y="${plotTop}" width="${figureWidth}" height="${pixel(height)}">`;
  return `${viewport}<g fill="none" stroke="#ececec">${circles.join('')}</g></svg>`;
}

/** Least and greatest, half a hop apart at the least. */
function spanOf(values: readonly number[]): readonly [number, number] {
  let [low, high] = [-0.25, 0.25];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function tidy(rows: HierarchyNode<number>, _input: TreeFigureInput, shape: Shape): Laid {
  const plot: Rectangle = {
    left: 40,
    top: plotTop + 10,
    width: figureWidth - 60,
    height: Math.min(620, 120 + rows.leaves().length * 5),
  };
  const laid = tree<number>().size([plot.height, plot.width])(rows);
  const nodes = drawnNodes(laid, shape, (point) => {
    const [x, y] = [plot.left + point.y, plot.top + point.x];
    const above = point.parent ?? point;
    const [aboveX, aboveY] = [plot.left + above.y, plot.top + above.x];
    const middle = pixel((x + aboveX) / 2);
    return {
      x,
      y,
      link: `M${pixel(aboveX)},${pixel(aboveY)}C${middle},${pixel(aboveY)} ${middle},${pixel(y)} ${pixel(x)},${pixel(y)}`,
    };
  });
  return { nodes, backdrop: '', bottom: plot.top + plot.height + 14 };
}

/** Each link is a rule at its child's height from the parent's time to the child's: its length is the delay. */
function time(rows: HierarchyNode<number>, input: TreeFigureInput, shape: Shape): Laid {
  const words = input.timeAxis ?? { label: 'time' };
  const times = input.time;
  assertInvariant(times !== undefined, 'the layout `time` needs one time a node');
  const plot: Rectangle = {
    left: 24,
    top: plotTop + 8,
    width: figureWidth - 44,
    height: Math.min(460, 140 + rows.leaves().length * 3),
  };
  const finite = Array.from(times).filter(Number.isFinite);
  const scale = axisScale(words, finite, [plot.left, plot.left + plot.width]);
  const laid = evenLeaves(rows, plot.height - 16);
  const timeX = (node: number): number => {
    const value = times[node];
    return Number.isFinite(value) ? scale(value) : plot.left;
  };
  const nodes = drawnNodes(laid, shape, (point) => {
    const [x, y] = [timeX(point.data), plot.top + 8 + point.x];
    const above = point.parent ?? point;
    return { x, y, link: `M${pixel(timeX(above.data))},${pixel(plot.top + 8 + above.x)}V${pixel(y)}H${pixel(x)}` };
  });
  return { nodes, backdrop: drawXAxis(plot, scale, words), bottom: plot.top + plot.height + 46 };
}

/** `x` in [0, extent]: leaves evenly spaced in order, every other node in the middle of its children. */
function evenLeaves(rows: HierarchyNode<number>, extent: number): HierarchyPointNode<number> {
  return cluster<number>()
    .size([extent, 1])
    .separation(() => 1)(rows);
}

/** Nodes from the root outwards, each with its place. */
function drawnNodes(
  laid: HierarchyPointNode<number>,
  { children }: Shape,
  place: (point: HierarchyPointNode<number>) => { readonly x: number; readonly y: number; readonly link: string },
): DrawnNode[] {
  const drawn = new Map<HierarchyPointNode<number>, DrawnNode>();
  laid.each((point) => {
    const parent = point.parent === null ? null : (drawn.get(point.parent) ?? null);
    const childCount = children[point.data].length;
    drawn.set(point, { node: point.data, parent, depth: point.depth, childCount, ...place(point) });
  });
  return [...drawn.values()];
}

/** Deeper branches first, then those with more children. */
function sizeOf(row: HierarchyNode<number>): number {
  return row.height * 1e6 + (row.children?.length ?? 0);
}

function linkMarks(nodes: readonly DrawnNode[]): string {
  const strength = Math.min(0.7, Math.max(0.22, 360 / nodes.length)).toFixed(2);
  const paths = nodes.filter(({ parent }) => parent !== null).map(({ link }) => `<path d="${link}"/>`);
  return `<g fill="none" stroke="#8f8f8f" stroke-width="0.7" stroke-opacity="${strength}">${paths.join('')}</g>`;
}

function nodeMarks(nodes: readonly DrawnNode[], depthMax: number, input: TreeFigureInput): string {
  const order = [...nodes].sort((a, b) => a.childCount - b.childCount || a.node - b.node);
  const step = input.stepName ?? 'hop';
  const discs = order.map(({ node, depth, childCount, x, y }) => {
    const name = input.names?.[node] ?? `node ${node}`;
    const when =
      input.time === undefined ? '' : `, ${plainNumber(input.time[node])} ${input.timeAxis?.unit ?? ''}`.trimEnd();
    const hover = hoverText(`${name}: ${step} ${depth}, ${childCount} children${when}`);
    const fill = shadeColour(depthMax === 0 ? 0 : depth / depthMax);
    return `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="${pixel(nodeRadius(childCount, nodes.length))}" fill="${fill}">${hover}</circle>`;
  });
  return `<g stroke="#fff" stroke-width="0.6">${discs.join('')}</g>` + rootMark(nodes);
}

function nodeRadius(childCount: number, nodeCount: number): number {
  const least = nodeCount > 600 ? 1.7 : nodeCount > 150 ? 2.3 : 3;
  return Math.min(11, least + 0.75 * Math.sqrt(childCount));
}

function rootMark(nodes: readonly DrawnNode[]): string {
  const root = nodes[0];
  return root === undefined ? '' : rootRing(root.x, root.y, nodeRadius(root.childCount, nodes.length) + 2.5);
}

function rootRing(x: number, y: number, radius: number): string {
  return `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="${pixel(radius)}" fill="none" stroke="${rootColour}" stroke-width="2"/>`;
}

/** The name of the root stands in the key: beside the root it would lie on the densest part of the tree. */
function rootKey(input: TreeFigureInput, root: number): string {
  const name = input.names?.[root];
  const text = fitText(name === undefined ? 'root' : `root: ${name}`, fontSize.label, 220);
  const left = figureWidth - 4 - textWidth(text, fontSize.label);
  return rootRing(left - 11, keyTop + 8.5, 5) + textAt(left, keyTop + 13, text, { fill: '#a34700' });
}

function notesOf(input: TreeFigureInput, drawnCount: number): string[] {
  const count = input.parent.length;
  const untimed =
    input.layout === 'time' ? Array.from(input.time ?? []).filter((value) => !Number.isFinite(value)).length : 0;
  return [
    ...(drawnCount === count
      ? []
      : [
          `Drawn: ${drawnCount} of ${count} nodes: those with children, from the root outwards, and evenly spaced leaves.`,
        ]),
    ...(untimed === 0 ? [] : [`${untimed} nodes without a time stand at the left rim.`]),
    ...(input.layout === 'time' ? ['The vertical order separates branches and has no further meaning.'] : []),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: TreeFigureInput, { depth, outwards }: Shape): string {
  const deepest = depth.reduce((most, value) => Math.max(most, value), 0);
  const axis = input.layout === 'time' ? `, drawn along ${axisTitle(input.timeAxis ?? { label: 'time' })}` : '';
  return `A tree of ${outwards.length} nodes, ${deepest} steps deep${axis}.`;
}

/** Every node that was passed; x and y in pixels, absent for nodes that were not drawn. */
function treeData(
  input: TreeFigureInput,
  { children, depth, outwards }: Shape,
  nodes: readonly DrawnNode[],
): TableData {
  const places = new Map(nodes.map((drawn) => [drawn.node, drawn]));
  const rows = [...outwards]
    .sort((a, b) => a - b)
    .map((node) => {
      const place = places.get(node);
      const above = input.parent[node];
      return [
        node,
        above < 0 ? null : above,
        input.names?.[node] ?? null,
        depth[node],
        children[node].length,
        input.time?.[node] ?? null,
        place === undefined ? null : Number(pixel(place.x)),
        place === undefined ? null : Number(pixel(place.y)),
      ];
    });
  const timeTitle = axisTitle(input.timeAxis ?? { label: 'time' });
  return { columns: ['node', 'parent', 'name', input.stepName ?? 'hop', 'children', timeTitle, 'x', 'y'], rows };
}
