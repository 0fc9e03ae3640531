/**
 * One world of the study of misinformation, as a task for a core: simulated in memory with all exposures, reduced to how far each claim went.
 */
import { connectedComponents } from '../../analysis/estimators/components.ts';
import { graphFromEdges, undirected, withoutIsolates } from '../../analysis/estimators/graph.ts';
import { measureClaims } from '../../analysis/measures/claims.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { agentCalled } from '../../sim/record/agent-reader.ts';
import { readFollowChanges } from '../../sim/record/pair-rows.ts';
import { loadScenario } from '../load.ts';
import type { ClaimSpread } from '../../analysis/measures/claims.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Which world to simulate. */
export interface ClaimWorldOrder {
  /** A scenario file. */
  readonly file: string;
  readonly seed: number;
  /** Changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
}

/** Counts of several claims together. */
export interface ClaimSums {
  readonly reached: number;
  readonly shown: number;
  readonly spreaders: number;
  readonly likes: number;
}

/** What the study needs of a world. The first and the second of each pair apart. */
export interface ClaimWorldResult {
  readonly seed: number;
  readonly digest: string;
  readonly first: ClaimSums;
  readonly second: ClaimSums;
  /** Agents reached by the end of each tick, summed over claims. */
  readonly firstByTick: number[];
  readonly secondByTick: number[];
  /** Ties that were made in the run, weak components among them, and the share of their agents in the greatest. */
  readonly newTies: number;
  readonly newClusters: number;
  readonly greatestClusterShare: number;
  readonly counts: Records['manifest']['counts'];
  readonly seconds: { readonly setup: number; readonly ticks: number; readonly analysis: number };
  readonly rssBytes: number;
}

/** Simulates one world. Named by the ensemble. */
export async function simulateClaimWorld({ file, seed, set }: ClaimWorldOrder): Promise<ClaimWorldResult> {
  const begun = performance.now();
  const loaded = await loadScenario(file, { set: [`seed=${seed}`, ...set], allowCode: false });
  const compiled = compileScenario(loaded.data, loaded.find);
  const compiledAt = performance.now();
  const records = await runInMemory(compiled, noOwnCode, { sampleShare: 1, isChained: true });
  const ranAt = performance.now();
  const places = compiled.plan.interventions
    .filter(({ verb }) => verb === 'post')
    .map(({ agent, tick }) => ({ author: agentCalled(compiled.population, agent), tick }));
  const claims = measureClaims(records, places);
  const [first, second] = [0, 1].map((role) => claims.filter((_, i) => i % 2 === role));
  return {
    ...{ seed, digest: records.manifest.digest, counts: records.manifest.counts },
    ...{ first: sumsOf(first), second: sumsOf(second) },
    ...{ firstByTick: byTick(first), secondByTick: byTick(second) },
    ...newTiesOf(records),
    seconds: {
      setup: (compiledAt - begun) / 1000,
      ticks: (ranAt - compiledAt) / 1000,
      analysis: (performance.now() - ranAt) / 1000,
    },
    rssBytes: process.memoryUsage().rss,
  };
}

function sumsOf(claims: readonly ClaimSpread[]): ClaimSums {
  const sum = (name: keyof ClaimSums): number => claims.reduce((total, one) => total + one[name], 0);
  return { reached: sum('reached'), shown: sum('shown'), spreaders: sum('spreaders'), likes: sum('likes') };
}

function byTick(claims: readonly ClaimSpread[]): number[] {
  return Array.from(claims[0].reachedByTick, (_, tick) =>
    claims.reduce((total, one) => total + one.reachedByTick[tick], 0),
  );
}

function newTiesOf(records: Records): Pick<ClaimWorldResult, 'newTies' | 'newClusters' | 'greatestClusterShare'> {
  const { source, target, holds } = readFollowChanges(records);
  const rows = Array.from(holds.keys()).filter((row) => holds[row] === 1);
  const edges = [source, target].map((column) => Int32Array.from(rows, (row) => column[row]));
  const { graph } = withoutIsolates(undirected(graphFromEdges(records.population.count, edges[0], edges[1]).graph));
  const { sizes } = connectedComponents(graph);
  return {
    newTies: rows.length,
    newClusters: sizes.length,
    greatestClusterShare: graph.nodeCount === 0 ? 0 : Math.max(...sizes) / graph.nodeCount,
  };
}
