/**
 * The `bow-tie` measure: the core of a layer, in which everyone reaches everyone along ties, and what lies before, behind and beside it.
 *
 * Reads a layer's graph; gives the object of `analyze SOURCE bow-tie --json`. Exact at any size.
 * Oracle: reachability by networkx, in `test/data/triads.json`.
 */
import { bowTieOf, bowTieParts } from '../estimators/bow-tie.ts';
import type { BowTiePart } from '../estimators/bow-tie.ts';
import { finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import type { LayerGraph } from './network-layer.ts';

/** The object under `measures['bow-tie']`. */
export interface BowTieMeasure extends Measured {
  readonly nodes: number;
  /** Agents of each part. */
  readonly sizes: Readonly<Record<BowTiePart, number>>;
  /** The same as shares of all agents. */
  readonly shares: Readonly<Record<BowTiePart, number | null>>;
}

/** Below it the largest strong component says little: Broder et al. found 0.28 in the web. */
const coreShareMin = 0.01;

const definition =
  'n: agents of the layer. core: largest strongly connected component; in: leads to it; out: is led to from it; tubes: from in to out past ' +
  'the core; inTendrils: led to from in, and to nowhere of these; outTendrils: lead to out alone; others: joined to the core only against the ' +
  'direction of some tie; disconnected: not joined to it (Broder et al. 2000, Yang et al. 2011)';

/** Measures a layer. */
export function measureBowTie(layer: LayerGraph): BowTieMeasure {
  const { graph, reversed, symmetric } = layer;
  const { sizes } = bowTieOf(graph, reversed, symmetric);
  const shares = Object.fromEntries(
    bowTieParts.map((part) => [part, finiteOrNull(sizes[part] / graph.nodeCount)]),
  ) as BowTieMeasure['shares'];
  const isSmall = graph.nodeCount > 0 && sizes.core < coreShareMin * graph.nodeCount;
  return {
    nodes: graph.nodeCount,
    sizes,
    shares,
    method: 'exact: strong components (Tarjan), then searches forwards and backwards',
    definition,
    n: graph.nodeCount,
    warnings: isSmall ? [`the core holds ${sizes.core} of ${graph.nodeCount} agents: parts around it say little`] : [],
  };
}
