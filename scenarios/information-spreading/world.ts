/**
 * One world of the study, as a task for a core: simulated in memory, reduced to what the study compares.
 *
 * Cascades are those of the scenario's own posts; they run to extinction or twelve hours, survivors are marked censored.
 */
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { cascadeCurves, measureCascades } from '../../analysis/estimators/cascade.ts';
import { sharingOf } from '../../analysis/measures/from-records.ts';
import { firstInterventionSequence } from '../../sim/exchange/tables.ts';
import { loadScenario } from '../load.ts';
import type { Sharing } from '../../analysis/measures/from-records.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Which world to simulate. */
export interface WorldOrder {
  /** A scenario file. */
  readonly file: string;
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
  /** Minutes of the curves of the first cascade; 0 for none. */
  readonly curveMinutes: number;
  /** Whether the largest cascade and the network around it are returned. */
  readonly largest: boolean;
}

/** What the study needs of a world. One value a cascade. */
export interface WorldResult {
  readonly seed: number;
  readonly users: number[];
  readonly depth: number[];
  /** Most users at one distance from the root. */
  readonly breadth: number[];
  readonly medianHours: number[];
  readonly lastHours: number[];
  readonly censored: boolean[];
  /** Followers of each author at the start. */
  readonly audience: number[];
  readonly curves?: { readonly scale: number[]; readonly depth: number[]; readonly maxBreadth: number[] };
  readonly largest?: LargestCascade;
  readonly counts: Records['manifest']['counts'];
  readonly ties: number;
}

/** The largest cascade: its tree, and who follows whom among its users. */
export interface LargestCascade {
  readonly parent: number[];
  readonly hours: number[];
  readonly node: number[];
  readonly nodeCount: number;
  /** Hours at which each node first spread, and its distance from the root. */
  readonly nodeHours: number[];
  readonly nodeDepth: number[];
  readonly source: number[];
  readonly target: number[];
}

const horizonHours = 12;

/** Simulates one world. Named by the ensemble. */
export async function simulateWorld(order: WorldOrder): Promise<WorldResult> {
  const loaded = await loadScenario(order.file, { set: order.set, allowCode: false });
  const records = await runInMemory(compileScenario(loaded.data, loaded.find));
  return reduceWorld(records, order);
}

/** The same reduction for a world that was recorded. */
export function reduceWorld(records: Records, order: Pick<WorldOrder, 'curveMinutes' | 'largest'>): WorldResult {
  const sharing = withinHorizon(sharingOf(records));
  const table = measureCascades(sharing.columns);
  const chosen = Array.from(table.root.keys()).filter((cascade) => isSource(sharing, table.root[cascade]));
  const followers = followerCounts(records);
  const ofCascade = (column: ArrayLike<number>): number[] => chosen.map((cascade) => column[cascade]);
  const largest = chosen.reduce((best, one) => (table.size[one] > table.size[best] ? one : best), chosen[0] ?? -1);
  return {
    seed: records.manifest.seed,
    users: ofCascade(table.size),
    depth: ofCascade(table.depth),
    breadth: ofCascade(table.maxBreadth),
    medianHours: ofCascade(table.medianHours),
    lastHours: ofCascade(table.lastHours),
    censored: chosen.map((cascade) => sharing.censored.has(table.root[cascade])),
    audience: chosen.map((cascade) => followers[sharing.columns.author[table.root[cascade]]]),
    ...(order.curveMinutes > 0 && chosen.length > 0
      ? { curves: curvesOf(sharing, table.root[chosen[0]], order.curveMinutes) }
      : {}),
    ...(order.largest && largest >= 0 ? { largest: describeLargest(records, sharing, table.root[largest]) } : {}),
    counts: records.manifest.counts,
    ties: records.manifest.ties,
  };
}

interface Horizon extends Sharing {
  /** Roots whose cascades go on beyond the horizon. */
  readonly censored: ReadonlySet<number>;
}

/** Drops what comes later than the horizon after its root. Children come after parents, so trees stay trees. */
function withinHorizon(sharing: Sharing): Horizon {
  const { parent, author, timeHours } = sharing.columns;
  const root = new Int32Array(parent.length);
  const place = new Int32Array(parent.length).fill(-1);
  const censoredRoots: number[] = [];
  const kept: number[] = [];
  for (let row = 0; row < parent.length; row++) {
    root[row] = parent[row] < 0 ? row : root[parent[row]];
    if (timeHours[row] - timeHours[root[row]] > horizonHours) {
      censoredRoots.push(root[row]);
      continue;
    }
    place[row] = kept.length;
    kept.push(row);
  }
  return {
    columns: {
      parent: Int32Array.from(kept, (row) => (parent[row] < 0 ? -1 : place[parent[row]])),
      author: Int32Array.from(kept, (row) => author[row]),
      timeHours: Float64Array.from(kept, (row) => timeHours[row]),
    },
    post: Int32Array.from(kept, (row) => sharing.post[row]),
    posts: sharing.posts,
    censored: new Set(censoredRoots.map((row) => place[row])),
  };
}

function isSource(sharing: Sharing, row: number): boolean {
  return sharing.posts.sequence[sharing.post[row]] >= firstInterventionSequence;
}

function followerCounts(records: Records): Int32Array {
  const counts = new Int32Array(records.population.count);
  for (const followee of records.population.followee) counts[followee]++;
  return counts;
}

function curvesOf(sharing: Sharing, root: number, minutes: number): NonNullable<WorldResult['curves']> {
  const { scale, depth, maxBreadth } = cascadeCurves(sharing.columns, root, minutes);
  return { scale: Array.from(scale), depth: Array.from(depth), maxBreadth: Array.from(maxBreadth) };
}

function describeLargest(records: Records, sharing: Sharing, root: number): LargestCascade {
  const { parent, author, timeHours } = sharing.columns;
  const rows = [root];
  const place = new Map([[root, 0]]);
  const depth = [0];
  for (let row = root + 1; row < parent.length; row++) {
    const above = parent[row] < 0 ? undefined : place.get(parent[row]);
    if (above === undefined) continue;
    place.set(row, rows.length);
    depth.push(depth[above] + 1);
    rows.push(row);
  }
  const nodeOf = new Map<number, number>();
  const first: number[] = [];
  rows.forEach((row, i) => {
    if (nodeOf.has(author[row])) return;
    nodeOf.set(author[row], first.length);
    first.push(i);
  });
  const hours = rows.map((row) => timeHours[row] - timeHours[root]);
  return {
    parent: rows.map((row) => (parent[row] < 0 ? -1 : (place.get(parent[row]) ?? -1))),
    hours,
    node: rows.map((row) => nodeOf.get(author[row]) ?? 0),
    nodeCount: first.length,
    nodeHours: first.map((i) => hours[i]),
    nodeDepth: first.map((i) => depth[i]),
    ...tiesAmong(records, nodeOf),
  };
}

function tiesAmong(records: Records, nodeOf: ReadonlyMap<number, number>): { source: number[]; target: number[] } {
  const source: number[] = [];
  const target: number[] = [];
  const { followOffset, followee } = records.population;
  for (const [agent, node] of nodeOf) {
    for (let k = followOffset[agent]; k < followOffset[agent + 1]; k++) {
      const other = nodeOf.get(followee[k]);
      if (other === undefined) continue;
      source.push(node);
      target.push(other);
    }
  }
  return { source, target };
}
