/**
 * A network of communities: each a disc, tied to the others by as many ties as run between their members.
 *
 * Reads a community a node and the edges; counts members and ties and draws the largest communities. Area: members; shade: the
 * share of a community's ties that stay inside; width of a line: ties between two.
 * Bound: 24 communities, the rest are counted in the note. The data keep all communities and all pairs that are tied.
 * Invariant: ties inside and between add up to the edges, self-ties aside.
 */
import { groupThousands, plainNumber, shortNumber } from './axes.ts';
import type { TableData } from './csv.ts';
import {
  figureWidth,
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
} from './figure.ts';
import { layoutNetwork, type EdgeColumns } from './graph-layout.ts';
import { shadeRow } from './key.ts';
import { shadeColour } from './palette.ts';

/** A partition of a network. `nameOf` says who stands for a community, given its members. */
export interface CommunityFigureInput extends FigureWords {
  readonly nodeCount: number;
  readonly edges: EdgeColumns;
  readonly community: ArrayLike<number>;
  readonly nameOf?: (members: readonly number[]) => string;
}

interface Community {
  readonly label: number;
  readonly members: number[];
  inside: number;
  ends: number;
}

interface Ties {
  readonly communities: readonly Community[];
  /** Ties between two, by places in `communities`. */
  readonly between: ReadonlyMap<string, number>;
}

const shownMax = 24;
const [plotTop, plotHeight] = [60, 430];
const radiusMax = 46;

/** Draws the communities; one sentence where there is none. */
export function communityFigure(input: CommunityFigureInput): Figure {
  const ties = tiesOf(input);
  const { communities, between } = ties;
  if (communities.length === 0)
    return sentenceFigure(input, 'No picture: the network has no node.', communityData(input, ties));
  const shown = communities.slice(0, shownMax);
  const pairs = [...between].map(([key, count]) => ({ pair: key.split(' ').map(Number), count }));
  const drawn = pairs.filter(({ pair: [a = 0, b = 0] }) => a < shown.length && b < shown.length);
  const strongest = Math.max(1, ...drawn.map(({ count }) => count));
  // A layout by all pairs is one clump: what holds it together is the stronger half.
  const strong = drawn.filter(({ count }) => count >= strongest / 12);
  const edges = { source: strong.map(({ pair }) => pair[0] ?? 0), target: strong.map(({ pair }) => pair[1] ?? 0) };
  const bounds = { left: 70, top: plotTop + 40, width: figureWidth - 140, height: plotHeight - 80 };
  const places = parted(layoutNetwork(shown.length, edges, bounds), shown);
  const key = shadeRow({ label: 'share of ties that stay inside', low: 0, high: 1, steps: 0 }, 24);
  const lines = drawn.map(({ pair: [a = 0, b = 0], count }) => {
    const path = `M${pixel(places.x[a])},${pixel(places.y[a])}L${pixel(places.x[b])},${pixel(places.y[b])}`;
    return `<path d="${path}" stroke-width="${pixel(Math.max(0.5, (9 * count) / strongest))}">${hoverText(`${plainNumber(count)} ties`)}</path>`;
  });
  const marks =
    key.marks +
    `<g stroke="#8a8a8a" stroke-opacity="0.5" fill="none">${lines.join('')}</g>` +
    shown
      .map((one, at) => discMark(input, one, at, shown[0].members.length, { x: places.x[at], y: places.y[at] }))
      .join('');
  const bottom = plotTop + plotHeight + 12;
  const notes = notesAt(bottom, notesOf(input, communities, strongest));
  return {
    svg: sheet(input, describe(input, communities), bottom + notes.height, marks + notes.marks),
    data: communityData(input, ties),
  };
}

function tiesOf({ nodeCount, edges, community }: CommunityFigureInput): Ties {
  const byLabel = new Map<number, Community>();
  for (let node = 0; node < nodeCount; node++) {
    const label = community[node];
    const one = byLabel.get(label) ?? { label, members: [], inside: 0, ends: 0 };
    one.members.push(node);
    byLabel.set(label, one);
  }
  const communities = [...byLabel.values()].sort((a, b) => b.members.length - a.members.length || a.label - b.label);
  const placeOf = new Map(communities.map(({ label }, at) => [label, at]));
  const between = new Map<string, number>();
  for (let edge = 0; edge < edges.source.length; edge++) {
    const [from, to] = [edges.source[edge], edges.target[edge]];
    if (from === to) continue;
    const [a, b] = [placeOf.get(community[from]) ?? 0, placeOf.get(community[to]) ?? 0];
    communities[a].ends += 1;
    communities[b].ends += 1;
    if (a === b) communities[a].inside += 2;
    else {
      const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
      between.set(key, (between.get(key) ?? 0) + 1);
    }
  }
  return { communities, between };
}

function radiusOf({ members }: Community, largest: number): number {
  return Math.max(4, radiusMax * Math.sqrt(members.length / largest));
}

/** Discs are pushed apart until none covers another; places stay inside the sheet. */
function parted({ x, y }: { readonly x: Float64Array; readonly y: Float64Array }, shown: readonly Community[]) {
  const radii = shown.map((one) => radiusOf(one, shown[0].members.length));
  for (let round = 0; round < 300; round++) {
    let moved = false;
    for (let a = 0; a < shown.length; a++) {
      for (let b = a + 1; b < shown.length; b++) {
        const [dx, dy] = [x[b] - x[a] || 0.01 * (b - a), y[b] - y[a] || 0.01];
        const distance = Math.sqrt(dx * dx + dy * dy);
        const lack = radii[a] + radii[b] + 8 - distance;
        if (lack <= 0) continue;
        const [stepX, stepY] = [(dx / distance) * lack * 0.5, (dy / distance) * lack * 0.5];
        [x[a], y[a], x[b], y[b]] = [x[a] - stepX, y[a] - stepY, x[b] + stepX, y[b] + stepY];
        moved = true;
      }
    }
    for (let a = 0; a < shown.length; a++) {
      x[a] = Math.min(figureWidth - radii[a] - 4, Math.max(radii[a] + 4, x[a]));
      y[a] = Math.min(plotTop + plotHeight - radii[a], Math.max(plotTop + radii[a], y[a]));
    }
    if (!moved) break;
  }
  return { x, y };
}

function discMark(
  input: CommunityFigureInput,
  one: Community,
  at: number,
  largest: number,
  { x, y }: { readonly x: number; readonly y: number },
): string {
  const radius = radiusOf(one, largest);
  const inside = one.ends === 0 ? 0 : one.inside / one.ends;
  const name = input.nameOf?.(one.members);
  const words = `community ${at + 1}${name === undefined ? '' : ` around ${name}`}: ${plainNumber(one.members.length)} agents, ${shortNumber(100 * inside)} % of their ties stay inside`;
  const label = plainNumber(one.members.length);
  const fits = textWidth(label, fontSize.tick) < 2 * radius - 8;
  const text = fits
    ? textAt(x, y + 4, label, { size: fontSize.tick, anchor: 'middle', fill: inside > 0.55 ? '#111' : '#fff' })
    : '';
  return `<g><circle cx="${pixel(x)}" cy="${pixel(y)}" r="${pixel(radius)}" fill="${shadeColour(inside)}" stroke="#fff" stroke-width="1.5"/>${text}${hoverText(words)}</g>`;
}

function notesOf(input: CommunityFigureInput, communities: readonly Community[], strongest: number): string[] {
  const rest = communities.slice(shownMax);
  const left = rest.reduce((sum, { members }) => sum + members.length, 0);
  return [
    `Discs: communities, the number is of their agents, which the area follows. Lines: ties between two, the widest ${groupThousands(String(strongest))}. Places have no unit.`,
    ...(rest.length === 0
      ? []
      : [`Not drawn: ${rest.length} further communities with ${groupThousands(String(left))} agents.`]),
    ...(input.note === undefined ? [] : [input.note]),
  ];
}

function describe(input: CommunityFigureInput, communities: readonly Community[]): string {
  return `${communities.length} communities of a network of ${input.nodeCount} agents, with the ties between them.`;
}

function communityData(input: CommunityFigureInput, { communities, between }: Ties): TableData {
  const discs = communities.map(({ members, inside, ends }, at): (string | number | null)[] => [
    ...['community', at + 1, null, members.length, inside / 2],
    ...[ends === 0 ? null : inside / ends, input.nameOf?.(members) ?? null],
  ]);
  const lines = [...between].map(([key, count]): (string | number | null)[] => {
    const [a = 0, b = 0] = key.split(' ').map(Number);
    return ['ties', a + 1, b + 1, null, count, null, null];
  });
  return {
    columns: ['element', 'community', 'other', 'agents', 'ties', 'share of ties inside', 'around'],
    rows: [...discs, ...lines],
  };
}
