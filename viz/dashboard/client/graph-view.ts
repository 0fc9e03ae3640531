/**
 * The picture of who follows whom: sigma over a graph with the places that the server has computed.
 *
 * A dot's colour is its group, its size its followers; who acted lately is drawn in a colour of what it did, larger and in front. Names of
 * agents are drawn on a canvas as letters and never become markup. Filters hide dots and the ties that end at them.
 * Order: places and acts change attributes of the graph, one refresh follows. Above some thousand ties they are left out while it moves.
 */
import { DirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { EdgeLineProgram, NodePointProgram } from 'sigma/rendering';
import { unattended } from './dom.ts';
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
/** From here on plain points and lines are drawn: smooth ones take several times as long. */
const manyNodes = 10_000;
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
  /** Ties by number, which is their key in the graph; a pair that ties again keeps its number. */
  readonly #ties = { source: [] as number[], target: [] as number[], isGone: [] as boolean[] };
  readonly #tieOf = new Map<number, number>();
  /** Ties that are not there in every tick. */
  readonly #changing = new Map<number, { from: number; until: number }>();
  readonly #acted = new Map<number, { verb: number; age: number }>();
  #marked: ReadonlySet<number> = new Set();
  /** What the next frame draws anew. */
  readonly #stale = new Set<number>();
  #isWhole = false;
  #isPlanned = false;
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
      nodeReducer: (key, data) => this.#drawn(Number(key), data),
      edgeReducer: (key) => ({ hidden: this.#isTieHidden(Number(key)), size: 0.6 }),
      ...(this.#graph.size > manyEdges ? { edgeProgramClasses: { line: EdgeLineProgram } } : {}),
      ...(this.#graph.order > manyNodes ? { nodeProgramClasses: { circle: NodePointProgram } } : {}),
    });
    this.#frame();
    this.#sigma.on('clickNode', ({ node }) => onSelect(Number(node)));
  }

  /** How many dots and ties the filters leave. */
  shown(): { nodes: number; edges: number } {
    const isHidden = this.#message.id.map((_, node) => this.#isHidden(node));
    const { source, target, isGone } = this.#ties;
    let edges = 0;
    for (let tie = 0; tie < source.length; tie++) {
      if (!isGone[tie] && !isHidden[source[tie]] && !isHidden[target[tie]]) edges++;
    }
    return { nodes: isHidden.filter((one) => !one).length, edges };
  }

  /** Places of the server; only what was laid out counts. */
  place({ x, y }: LayoutMessage): void {
    this.#graph.updateEachNodeAttributes((key, attributes) => {
      const node = Number(key);
      return { ...attributes, x: x[node] ?? attributes['x'], y: y[node] ?? attributes['y'] };
    });
    this.#frame();
    this.#redraw();
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

  /** What was done lately, and which ties there are in a tick. Only what changes is drawn anew. */
  showTick({ tick, active, verb, age }: TickMessage): void {
    const nodes = new Set([...this.#acted.keys(), ...active]);
    this.#acted.clear();
    active.forEach((node, k) => this.#acted.set(node, { verb: verb[k], age: age[k] }));
    let isChanged = this.#filters.activeOnly;
    for (const [tie, { from, until }] of this.#changing) {
      const isGone = tick < from || (until >= 0 && tick > until);
      isChanged ||= isGone !== this.#ties.isGone[tie];
      this.#ties.isGone[tie] = isGone;
    }
    if (isChanged) this.#redraw();
    else this.#redrawSome(nodes);
  }

  /** Ties that were made or ended. */
  addTies(ties: LiveMessage['ties']): void {
    if (ties.source.length === 0) return;
    this.#addTies(ties);
    this.#redraw();
  }

  filter(filters: Filters): void {
    this.#filters = filters;
    this.#redraw();
  }

  select(node: number): void {
    const before = this.#selected;
    this.#selected = node;
    this.#redrawSome([before, node].filter((one) => one >= 0));
  }

  /** Marks the members of a cascade. */
  mark(nodes: readonly number[]): void {
    const before = this.#marked;
    this.#marked = new Set(nodes);
    this.#redrawSome([...before, ...nodes]);
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
    else unattended(this.#sigma.getCamera().animate(state, { duration: moveMs }));
  }

  #addTies({ source, target, from, until }: LiveMessage['ties'] | GraphMessage): void {
    const count = this.#message.id.length;
    source.forEach((node, k) => {
      const pair = node * count + target[k];
      const known = this.#tieOf.get(pair);
      const tie = known ?? this.#ties.source.length;
      if (known === undefined) {
        this.#tieOf.set(pair, tie);
        this.#ties.source.push(node);
        this.#ties.target.push(target[k]);
        this.#ties.isGone.push(false);
        this.#graph.addEdgeWithKey(String(tie), String(node), String(target[k]));
      }
      if (from[k] > 0 || until[k] >= 0) this.#changing.set(tie, { from: from[k], until: until[k] });
    });
  }

  #isHidden(node: number): boolean {
    const { group, followersMin, activeOnly } = this.#filters;
    if (node === this.#selected) return false;
    if (group >= 0 && this.#message.group[node] !== group) return true;
    return this.#message.followers[node] < followersMin || (activeOnly && !this.#acted.has(node));
  }

  #isTieHidden(tie: number): boolean {
    const { source, target, isGone } = this.#ties;
    return isGone[tie] || this.#isHidden(source[tie]) || this.#isHidden(target[tie]);
  }

  #drawn(node: number, attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
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
          : Math.max(size, this.#graph.order > manyNodes ? 2.2 : 4) + (act?.age === 0 ? 1 : 0),
      hidden: this.#isHidden(node),
      highlighted: isSelected,
      forceLabel: isSelected,
      zIndex: isSelected ? 3 : isMarked || act !== undefined ? 2 : 1,
    };
  }

  #redraw(): void {
    this.#isWhole = true;
    this.#plan();
  }

  #redrawSome(nodes: Iterable<number>): void {
    for (const node of nodes) this.#stale.add(node);
    this.#plan();
  }

  /** Once a frame. Where dots moved or ties came everything is indexed anew: sigma cannot repaint what it has not painted yet. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      const nodes = Array.from(this.#stale, String);
      const isWhole = this.#isWhole;
      [this.#isPlanned, this.#isWhole] = [false, false];
      this.#stale.clear();
      if (isWhole) this.#sigma.refresh();
      else this.#sigma.refresh({ partialGraph: { nodes }, skipIndexation: true });
    });
  }
}

/** The area grows with followers, within what can be seen. */
function sizeOf(followers: number, count: number): number {
  const base = count > 20_000 ? 0.9 : count > 3000 ? 1.6 : 2.6;
  return Math.min(14, base + Math.sqrt(followers) / (count > 3000 ? 9 : 4));
}
