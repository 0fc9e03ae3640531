/**
 * The thread that lays the shown graph out: ForceAtlas2 step by step, places sent on the way, so that a page has something to draw at once.
 *
 * Reads its order; posts places after every batch and a last time with `doneShare` 1. Start places: a sunflower with groups as sectors, so
 * that what belongs together begins together. Order of nodes and edges is that of the order: equal input, equal places.
 * A frugal layout takes long steps first, stops after those, and goes on when it is told to: beside a run that is watched it costs little.
 * Source: Jacomy, Venturini, Heymann and Bastian (2014), ForceAtlas2, PLOS ONE 9(6).
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is given: edges as nodes, groups of nodes. */
export interface LayoutOrder {
  readonly nodeCount: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly group: Uint8Array;
  /** Whether it waits after a rough layout for a message to go on. */
  readonly isFrugal?: boolean;
}

/** What it sends. */
export interface LayoutReport {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly doneShare: number;
}

interface Settings {
  readonly linLogMode: boolean;
  readonly outboundAttractionDistribution: boolean;
  readonly adjustSizes: boolean;
  readonly edgeWeightInfluence: number;
  readonly scalingRatio: number;
  readonly strongGravityMode: boolean;
  readonly gravity: number;
  readonly slowDown: number;
  readonly barnesHutOptimize: boolean;
  readonly barnesHutTheta: number;
}

const load = createRequire(import.meta.url);
const iterate = load('graphology-layout-forceatlas2/iterate.js') as (
  settings: Settings,
  nodes: Float32Array,
  edges: Float32Array,
) => void;

/** Columns of the package's matrices. */
const nodeColumns = 10;
const edgeColumns = 3;
const places = { mass: 6, convergence: 7, size: 8 };

/** Steps over all nodes together: some six seconds of one core, whatever the size. */
const nodeStepsMax = 3_000_000;
const stepsMax = 300;
/** Steps over all nodes of a rough layout: 25 of 4,000 nodes, 0.3 s of one core. */
const roughNodeSteps = 100_000;
const roughSlowDown = 2;
const stepsMin = 40;
/** Batches after which places are sent. */
const reportCount = 12;

const port = parentPort;
if (port !== null) {
  const order = workerData as LayoutOrder;
  const running = layOut(order, (report) => port.postMessage(report));
  // It rests once at most: where the rough layout ends.
  if (running.next().done !== true) port.once('message', () => running.next());
}

/** Lays out, and reports on the way. A frugal one rests once, after its rough steps. */
export function* layOut(order: LayoutOrder, report: (report: LayoutReport) => void): Generator<void, void, void> {
  const { nodeCount } = order;
  const nodes = startMatrix(order);
  const edges = edgeMatrix(order);
  const steps = Math.max(stepsMin, Math.min(stepsMax, Math.floor(nodeStepsMax / Math.max(1, nodeCount))));
  // Few steps must be long ones: with the usual slowness 60 of them leave 50,000 agents where they began.
  const settings: Settings = {
    ...{ linLogMode: false, outboundAttractionDistribution: false, adjustSizes: false, edgeWeightInfluence: 0 },
    ...{
      scalingRatio: 10,
      strongGravityMode: true,
      gravity: 0.05,
      slowDown: steps === stepsMax ? 1 + Math.log(nodeCount + 1) : 2,
    },
    ...{ barnesHutOptimize: nodeCount > 600, barnesHutTheta: 0.8 },
  };
  report({ ...columnsOf(nodes, nodeCount), doneShare: 0 });
  const roughSteps = order.isFrugal === true ? Math.min(steps - 1, Math.ceil(roughNodeSteps / nodeCount)) : 0;
  for (let step = 1; step <= steps && nodeCount > 1; step++) {
    iterate(step <= roughSteps ? { ...settings, slowDown: roughSlowDown } : settings, nodes, edges);
    if (step === roughSteps) {
      report({ ...columnsOf(nodes, nodeCount), doneShare: step / steps });
      yield;
    }
    const isDue = Math.floor((step * reportCount) / steps) > Math.floor(((step - 1) * reportCount) / steps);
    if (isDue && step < steps) report({ ...columnsOf(nodes, nodeCount), doneShare: step / steps });
  }
  report({ ...columnsOf(nodes, nodeCount), doneShare: 1 });
}

function startMatrix({ nodeCount, source, target, group }: LayoutOrder): Float32Array {
  const nodes = new Float32Array(nodeCount * nodeColumns);
  const groupCount = group.reduce((most, one) => Math.max(most, one), 0) + 1;
  const goldenShare = (3 - Math.sqrt(5)) / 2;
  for (let node = 0; node < nodeCount; node++) {
    const radius = 10 * Math.sqrt(node + 0.5);
    const angle = ((group[node] + ((node * goldenShare) % 1)) / groupCount) * 2 * Math.PI;
    const at = node * nodeColumns;
    nodes[at] = radius * Math.cos(angle);
    nodes[at + 1] = radius * Math.sin(angle);
    nodes[at + places.mass] = 1;
    nodes[at + places.convergence] = 1;
    nodes[at + places.size] = 1;
  }
  for (let edge = 0; edge < source.length; edge++) {
    nodes[source[edge] * nodeColumns + places.mass]++;
    nodes[target[edge] * nodeColumns + places.mass]++;
  }
  return nodes;
}

function edgeMatrix({ source, target }: LayoutOrder): Float32Array {
  const edges = new Float32Array(source.length * edgeColumns);
  for (let edge = 0; edge < source.length; edge++) {
    edges[edge * edgeColumns] = source[edge] * nodeColumns;
    edges[edge * edgeColumns + 1] = target[edge] * nodeColumns;
    edges[edge * edgeColumns + 2] = 1;
  }
  return edges;
}

function columnsOf(nodes: Float32Array, nodeCount: number): { x: Float32Array; y: Float32Array } {
  const [x, y] = [new Float32Array(nodeCount), new Float32Array(nodeCount)];
  for (let node = 0; node < nodeCount; node++) {
    x[node] = nodes[node * nodeColumns];
    y[node] = nodes[node * nodeColumns + 1];
  }
  return { x, y };
}
