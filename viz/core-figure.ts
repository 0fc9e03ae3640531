/**
 * A role map: the core of a network laid out by its ties, everybody else on a ring around it.
 *
 * Reads a role a node and whether it is core; writes one sheet. The core is laid out by ForceAtlas2 (`graph-layout.ts`) within the
 * ring; the periphery stands on the ring in the direction of those of the core to whom it is tied, spread evenly, so that
 * a crowded direction is a hub's. Nobody of the periphery is tied to the core: they stand together at the bottom.
 * Bounds: 260 of the core (most tied first), 420 of the ring (evenly chosen), since more cannot be told apart; the note says of how
 * many. The data keep all nodes.
 */
import { assertInvariant } from '../sim/ground/errors.ts';
import { groupThousands, shortNumber } from './axes.ts';
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
} from './figure.ts';
import { layoutNetwork, type EdgeColumns } from './graph-layout.ts';
import { keyRows } from './key.ts';
import { areaColours, blankColour, letterColour } from './palette.ts';

/** A network with roles. `role` has a place in `roleNames`, or -1 for none; `degree` sizes the discs. */
export interface CoreFigureInput extends FigureWords {
  readonly nodeCount: number;
  readonly edges: EdgeColumns;
  readonly isCore: ArrayLike<number>;
  readonly role: ArrayLike<number>;
  readonly roleNames: readonly string[];
  readonly degree: ArrayLike<number>;
  readonly degreeName: string;
  readonly names?: (node: number) => string;
}

interface Place {
  readonly node: number;
  readonly x: number;
  readonly y: number;
}

const [centreX, centreY] = [figureWidth / 2, 310];
const [ringRadius, coreRadius] = [236, 205];
const [coreMax, ringMax] = [260, 420];
const tieMax = 2500;

/** Draws the map; one sentence where there is no core. */
export function coreFigure(input: CoreFigureInput): Figure {
  assertInvariant(input.isCore.length === input.nodeCount, 'a role map needs one mark of the core a node');
  const nodes = Array.from({ length: input.nodeCount }, (_, node) => node);
  const core = nodes
    .filter((node) => input.isCore[node] === 1)
    .sort((a, b) => input.degree[b] - input.degree[a] || a - b);
  const periphery = nodes.filter((node) => input.isCore[node] !== 1);
  if (core.length === 0)
    return sentenceFigure(input, 'No picture: the network has no core.', coreData(input, new Map()));
  const drawnCore = core.slice(0, coreMax);
  const places = new Map(layCore(input, drawnCore).map((place) => [place.node, place]));
  for (const place of layRing(input, periphery, places)) places.set(place.node, place);
  const key = keyRows(keyEntries(input), 24);
  const marks = key.marks + ringMark() + tieMarks(input, places) + nodeMarks(input, places);
  const bottom = centreY + ringRadius + 22;
  const notes = notesAt(bottom, notesOf(input, core.length, periphery.length));
  return {
    svg: sheet(input, describe(input, core.length), bottom + notes.height, marks + notes.marks),
    data: coreData(input, places),
  };
}

function layCore(input: CoreFigureInput, core: readonly number[]): Place[] {
  const rowOf = new Map(core.map((node, row) => [node, row]));
  const [source, target]: [number[], number[]] = [[], []];
  eachTie(input.edges, (from, to) => {
    const [a, b] = [rowOf.get(from), rowOf.get(to)];
    if (a === undefined || b === undefined) return;
    source.push(a);
    target.push(b);
  });
  const side = coreRadius * Math.SQRT2;
  const bounds = { left: centreX - side / 2, top: centreY - side / 2, width: side, height: side };
  const laid = layoutNetwork(core.length, { source, target }, bounds);
  return core.map((node, row) => ({ node, x: laid.x[row], y: laid.y[row] }));
}

function eachTie({ source, target }: EdgeColumns, take: (from: number, to: number) => void): void {
  for (let edge = 0; edge < source.length; edge++) if (source[edge] !== target[edge]) take(source[edge], target[edge]);
}

/** Evenly on the ring, in the order of the direction of their ties to the core. */
function layRing(input: CoreFigureInput, periphery: readonly number[], core: ReadonlyMap<number, Place>): Place[] {
  const pulls = new Map(periphery.map((node) => [node, { x: 0, y: 0 }]));
  const pull = (from: number, to: number): void => {
    const [pulled, place] = [pulls.get(from), core.get(to)];
    if (pulled === undefined || place === undefined) return;
    pulled.x += place.x - centreX;
    pulled.y += place.y - centreY;
  };
  eachTie(input.edges, (from, to) => {
    pull(from, to);
    pull(to, from);
  });
  // From the bottom on, clockwise: whoever has no tie to the core has no direction and comes first.
  const angleOf = (node: number): number => {
    const { x, y } = pulls.get(node) ?? { x: 0, y: 0 };
    if (x === 0 && y === 0) return 0;
    const angle = Math.atan2(y, x) - Math.PI / 2;
    return angle < 0 ? angle + 2 * Math.PI : angle;
  };
  const angles = new Map(periphery.map((node) => [node, angleOf(node)]));
  const order = [...periphery].sort((a, b) => (angles.get(a) ?? 0) - (angles.get(b) ?? 0) || a - b);
  const drawn = order.filter((_, at) => keptOf(at, order.length));
  return drawn.map((node, at) => {
    const angle = Math.PI / 2 + ((at + 0.5) / drawn.length) * 2 * Math.PI;
    return { node, x: centreX + ringRadius * Math.cos(angle), y: centreY + ringRadius * Math.sin(angle) };
  });
}

function keptOf(at: number, count: number): boolean {
  if (count <= ringMax) return true;
  return Math.floor(((at + 1) * ringMax) / count) > Math.floor((at * ringMax) / count);
}

function ringMark(): string {
  return `<circle cx="${pixel(centreX)}" cy="${pixel(centreY)}" r="${ringRadius}" fill="none" stroke="#e4e4e4"/>`;
}

/** Ties within the core, and a thin one from each of the ring to the core; evenly chosen where there are many. */
function tieMarks(input: CoreFigureInput, places: ReadonlyMap<number, Place>): string {
  const [inner, outer]: [string[], string[]] = [[], []];
  eachTie(input.edges, (from, to) => {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined) return;
    const isInner = input.isCore[from] === 1 && input.isCore[to] === 1;
    if (!isInner && input.isCore[from] !== 1 && input.isCore[to] !== 1) return;
    (isInner ? inner : outer).push(`M${pixel(a.x)},${pixel(a.y)}L${pixel(b.x)},${pixel(b.y)}`);
  });
  const thin = (paths: readonly string[]): string => {
    const every = Math.max(1, Math.ceil(paths.length / tieMax));
    return paths.filter((_, at) => at % every === 0).join('');
  };
  return (
    `<path d="${thin(outer)}" stroke="#8f8f8f" stroke-width="0.4" stroke-opacity="0.28" fill="none"/>` +
    `<path d="${thin(inner)}" stroke="#6b6b6b" stroke-width="0.6" stroke-opacity="0.3" fill="none"/>`
  );
}

function nodeMarks(input: CoreFigureInput, places: ReadonlyMap<number, Place>): string {
  const most = Math.max(1, ...[...places.keys()].map((node) => input.degree[node]));
  const order = [...places.values()].sort((a, b) => input.degree[a.node] - input.degree[b.node] || a.node - b.node);
  const discs = order.map(({ node, x, y }) => {
    const isCore = input.isCore[node] === 1;
    const radius = isCore ? 2.6 + 6 * Math.sqrt(input.degree[node] / most) : 2;
    const role = input.role[node];
    const colour = role < 0 ? blankColour : colourOf(role);
    const words = `${input.names?.(node) ?? `node ${node}`}: ${roleName(input, node)}, ${input.degreeName} ${shortNumber(input.degree[node])}`;
    return `<circle data-series="${Math.max(0, role)}" cx="${pixel(x)}" cy="${pixel(y)}" r="${pixel(radius)}" fill="${colour}">${hoverText(words)}</circle>`;
  });
  return `<g stroke="#fff" stroke-width="0.5">${discs.join('')}</g>`;
}

function colourOf(role: number): string {
  return areaColours[role % areaColours.length] ?? blankColour;
}

function roleName(input: CoreFigureInput, node: number): string {
  return input.roleNames[input.role[node]] ?? (input.isCore[node] === 1 ? 'core' : 'periphery');
}

function keyEntries({ role, roleNames }: CoreFigureInput) {
  const counts = roleNames.map(() => 0);
  for (let node = 0; node < role.length; node++) if (role[node] >= 0) counts[role[node]] += 1;
  return roleNames.map((name, index) => ({
    name: `${name}, ${groupThousands(String(counts[index]))}`,
    ink: letterColour(colourOf(index)),
    sample: (x: number, y: number) => `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="5" fill="${colourOf(index)}"/>`,
  }));
}

function notesOf(input: CoreFigureInput, coreCount: number, peripheryCount: number): string[] {
  const many = (drawn: number, all: number): string =>
    `${groupThousands(String(Math.min(drawn, all)))} of ${groupThousands(String(all))}`;
  return [
    `Inside: ${many(coreMax, coreCount)} agents of the core, the most tied first; on the ring: ${many(ringMax, peripheryCount)} of the periphery, evenly chosen, in the direction of their ties. The area of a disc grows with: ${input.degreeName}. Places have no unit.`,
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: CoreFigureInput, coreCount: number): string {
  return `A map of ${input.nodeCount} agents: ${coreCount} of the core by their ties, the others on a ring around them; roles: ${input.roleNames.join(', ')}.`;
}

function coreData(input: CoreFigureInput, places: ReadonlyMap<number, Place>): TableData {
  const rows = Array.from({ length: input.nodeCount }, (_, node) => {
    const place = places.get(node);
    return [
      ...[
        node,
        input.names?.(node) ?? null,
        input.isCore[node] === 1 ? 'core' : 'periphery',
        roleName(input, node),
        input.degree[node],
      ],
      ...[place === undefined ? null : Number(pixel(place.x)), place === undefined ? null : Number(pixel(place.y))],
    ];
  });
  return { columns: ['node', 'name', 'part', 'role', input.degreeName, 'x', 'y'], rows };
}
