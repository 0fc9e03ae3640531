/**
 * The picture of who follows whom: sigma over a graph with the places that the server has computed.
 *
 * A dot's colour is its group, its size its followers; who acted lately is drawn in a colour of what it did, larger and in front. Names of
 * agents are drawn on a canvas as letters and never become markup. Filters hide dots and the ties that end at them.
 * Order: places and acts change attributes of the graph, one refresh follows. Above some thousand ties they are left out while it moves.
 */
import { DirectedGraph } from 'graphology';
import Sigma from 'sigma';
import type { GraphMessage, LayoutMessage, LiveMessage, TickMessage } from '../messages.ts';

/** Which dots are drawn. */
export interface Filters {
  /** -1 for all groups. */
  readonly group: number;
  readonly followersMin: number;
  readonly activeOnly: boolean;
}

/** Kinds of acts that have a colour, by the number of their verb. */
export const actKinds = [
  { name: 'wrote a post', verbs: [1], colour: '#d55e00' },
  { name: 'replied', verbs: [2], colour: '#cc3d8f' },
  { name: 'reposted or quoted', verbs: [3, 4], colour: '#0072b2' },
  { name: 'liked or rated', verbs: [5, 8, 9, 10, 11, 12], colour: '#e0a100' },
  { name: 'followed or unfollowed', verbs: [6, 7], colour: '#009e73' },
  { name: 'did something else', verbs: [], colour: '#1a1a1a' },
] as const;

/** Light shades, so that acts stand out; told apart by the list of groups as well. */
export const groupColours = ['#a8c6dd', '#e3c9a4', '#a9d3c2', '#dcbccd', '#c4c4e4', '#d7d39b', '#b9dbe8', '#cfcfcf'];

const edgeColour = '#e4e4e4';
const highlightColour = '#7a1fa2';
const manyEdges = 5000;
const moveMs = 150;

function actColour(verb: number): string {
  const kind = actKinds.find(({ verbs }) => (verbs as readonly number[]).includes(verb)) ?? actKinds[5];
  return kind.colour;
}

/** The picture. */
export class GraphView {
  readonly #graph = new DirectedGraph();
  readonly #sigma: Sigma;
  readonly #message: GraphMessage;
  /** Ties that are not there in every tick. */
  readonly #changing = new Map<string, { from: number; until: number }>();
  readonly #acted = new Map<number, { verb: number; age: number }>();
  #marked: ReadonlySet<number> = new Set();
  #selected = -1;
  #filters: Filters = { group: -1, followersMin: 0, activeOnly: false };

  constructor(container: HTMLElement, message: GraphMessage, onSelect: (node: number) => void) {
    this.#message = message;
    message.id.forEach((id, node) => {
      const size = sizeOf(message.followers[node], message.id.length);
      this.#graph.addNode(String(node), { x: message.x[node], y: message.y[node], size, label: id });
    });
    this.#addTies(message);
    this.#sigma = new Sigma(this.#graph, container, {
      ...{ hideEdgesOnMove: this.#graph.size > manyEdges, renderEdgeLabels: false, enableEdgeEvents: false },
      ...{ labelRenderedSizeThreshold: 9, labelDensity: 0.4, labelFont: 'system-ui, Arial, sans-serif', labelSize: 12 },
      ...{ defaultEdgeColor: edgeColour, minCameraRatio: 0.02, maxCameraRatio: 4, zIndex: true },
      nodeReducer: (key) => this.#drawn(Number(key)),
      edgeReducer: (key) => ({ hidden: this.#isTieHidden(key), size: 0.6 }),
    });
    this.#frame();
    this.#sigma.on('clickNode', ({ node }) => onSelect(Number(node)));
  }

  /** How many dots and ties the filters leave. */
  shown(): { nodes: number; edges: number } {
    const nodes = this.#message.id.filter((_, node) => !this.#isHidden(node)).length;
    return { nodes, edges: this.#graph.filterEdges((key) => !this.#isTieHidden(key)).length };
  }

  /** Places of the server; only what was laid out counts. */
  place({ x, y }: LayoutMessage): void {
    this.#graph.updateEachNodeAttributes((key, attributes) => {
      const node = Number(key);
      return { ...attributes, x: x[node] ?? attributes['x'], y: y[node] ?? attributes['y'] };
    });
    this.#frame();
  }

  /** Loose agents drift far out: the picture is framed by the middle 98 % of the dots, and the others can be moved to. */
  #frame(): void {
    const middle = (name: string): [number, number] => {
      const values = this.#graph.mapNodes((_, attributes) => Number(attributes[name])).sort((a, b) => a - b);
      const at = (share: number): number => values[Math.round((values.length - 1) * share)] ?? 0;
      const [low, high] = [at(0.01), at(0.99)];
      const margin = Math.max(1, (high - low) * 0.04);
      return [low - margin, high + margin];
    };
    this.#sigma.setCustomBBox({ x: middle('x'), y: middle('y') });
  }

  /** What was done lately, and which ties there are in a tick. */
  showTick({ tick, active, verb, age }: TickMessage): void {
    this.#acted.clear();
    active.forEach((node, k) => this.#acted.set(node, { verb: verb[k], age: age[k] }));
    for (const [key, { from, until }] of this.#changing) {
      this.#graph.setEdgeAttribute(key, 'gone', tick < from || (until >= 0 && tick > until));
    }
    this.#redraw();
  }

  /** Ties that were made or ended. */
  addTies(ties: LiveMessage['ties']): void {
    this.#addTies(ties);
  }

  filter(filters: Filters): void {
    this.#filters = filters;
    this.#redraw();
  }

  select(node: number): void {
    this.#selected = node;
    this.#redraw();
  }

  /** Marks the members of a cascade. */
  mark(nodes: readonly number[]): void {
    this.#marked = new Set(nodes);
    this.#redraw();
  }

  /** Moves the picture by shares of its width and height. */
  move(right: number, down: number): void {
    const { x, y, ratio } = this.#sigma.getCamera().getState();
    this.#go({ x: x + right * ratio, y: y - down * ratio });
  }

  zoom(factor: number): void {
    const camera = this.#sigma.getCamera();
    this.#go({ ratio: camera.getBoundedRatio(camera.getState().ratio * factor) });
  }

  reset(): void {
    this.#go({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
  }

  /** Animated, so that ties are left out on the way as they are when it is dragged; at once for who wants no motion. */
  #go(state: { x?: number; y?: number; ratio?: number; angle?: number }): void {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (isStill) this.#sigma.getCamera().setState(state);
    else void this.#sigma.getCamera().animate(state, { duration: moveMs });
  }

  #addTies({ source, target, from, until }: LiveMessage['ties'] | GraphMessage): void {
    source.forEach((node, k) => {
      const key = `${node}-${target[k]}`;
      const [start, end] = [from[k], until[k]];
      if (!this.#graph.hasEdge(key)) this.#graph.addEdgeWithKey(key, String(node), String(target[k]), { gone: false });
      if (start > 0 || end >= 0) this.#changing.set(key, { from: start, until: end });
    });
  }

  #isHidden(node: number): boolean {
    const { group, followersMin, activeOnly } = this.#filters;
    if (node === this.#selected) return false;
    if (group >= 0 && this.#message.group[node] !== group) return true;
    return this.#message.followers[node] < followersMin || (activeOnly && !this.#acted.has(node));
  }

  #isTieHidden(key: string): boolean {
    const [source, target] = key.split('-').map(Number);
    return this.#graph.getEdgeAttribute(key, 'gone') === true || this.#isHidden(source) || this.#isHidden(target);
  }

  #drawn(node: number): Record<string, unknown> {
    const attributes = this.#graph.getNodeAttributes(String(node));
    const act = this.#acted.get(node);
    const isSelected = node === this.#selected;
    const isMarked = this.#marked.has(node);
    const colour = isMarked
      ? highlightColour
      : act === undefined
        ? groupColours[this.#message.group[node]]
        : actColour(act.verb);
    const size = attributes['size'] as number;
    return {
      ...attributes,
      color: colour,
      size: isSelected
        ? size + 5
        : act === undefined && !isMarked
          ? size
          : Math.max(size, 4) + (act?.age === 0 ? 1 : 0),
      hidden: this.#isHidden(node),
      highlighted: isSelected,
      forceLabel: isSelected,
      zIndex: isSelected ? 3 : isMarked || act !== undefined ? 2 : 1,
    };
  }

  #redraw(): void {
    this.#sigma.refresh({ skipIndexation: false, schedule: true });
  }
}

/** The area grows with followers, within what can be seen. */
function sizeOf(followers: number, count: number): number {
  const base = count > 20_000 ? 0.9 : count > 3000 ? 1.6 : 2.6;
  return Math.min(14, base + Math.sqrt(followers) / (count > 3000 ? 9 : 4));
}
