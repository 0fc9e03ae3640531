/**
 * One agent's row in every table of agents, at the start of a tick: from a checkpoint, or computed again from the nearest one.
 *
 * Reads the run's log, checkpoints and population; writes nothing. Columns come from their declarations (`sim/ground/table.ts`), so that
 * a new column shows without code here: addresses are left out, agents' rows become ordinals.
 * Order: a fork's parent computes the ticks before the fork, under its own plan.
 * Invariant: every tick that is computed again comes to the link that is recorded.
 */
import { plansOf, refuseChanged } from '../record/manifest.ts';
import { damaged } from '../record/store.ts';
import { pairKinds, pairNames } from '../world/pairs.ts';
import { loadOwnCode } from './own-code.ts';
import { linksOf, newestCheckpoint, simulatedManifest, stateBefore } from './run.ts';
import { prepare } from './simulate.ts';
import { takeSnapshot } from './snapshot.ts';
import { agentTables } from './state-difference.ts';
import type { ColumnSpec } from '../ground/table.ts';
import type { PairKind } from '../world/pairs.ts';
import type { Population } from '../world/population.ts';
import type { CheckpointColumn } from '../record/checkpoint.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Records } from '../record/reader.ts';
import type { OwnCode, Plan } from './plan.ts';
import type { Snapshot, SnapshotColumns } from './snapshot.ts';
import type { StartingPoint } from './take.ts';

/** Cells of one agent by table and column. */
export type AgentCells = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/** A state before a tick and how it was come by. */
export interface StateOfTick {
  readonly snapshot: Snapshot;
  /** Ticks that were computed again; 0 where a checkpoint holds the state. */
  readonly simulatedTicks: number;
}

/** The newest sound checkpoint's state; undefined without one. Nothing is computed. */
export function savedState(records: Records): StateOfTick | undefined {
  const saved = newestCheckpoint(records.directory, linksOf(records), undefined);
  return saved === undefined ? undefined : { snapshot: saved.snapshot, simulatedTicks: 0 };
}

/** The state before `tick`, in [0, recorded ticks]. `onSimulate` is told what is about to be computed. */
export async function stateAt(
  records: Records,
  tick: number,
  onSimulate: (from: number, to: number) => void,
): Promise<StateOfTick> {
  const manifest = simulatedManifest(records);
  refuseChanged(records.directory, manifest);
  const links = linksOf(records);
  const saved = newestCheckpoint(records.directory, links, tick);
  if (saved?.snapshot.tick === tick) return { snapshot: saved.snapshot, simulatedTicks: 0 };
  const code = await loadOwnCode(manifest.plan.module);
  if (tick === 0) return { snapshot: stateAtStart(records, plansOf(manifest)[0].plan, code), simulatedTicks: 0 };
  const from = saved?.snapshot.tick ?? 0;
  onSimulate(from, tick);
  let reached: StartingPoint | undefined = saved;
  for (const { plan, until } of plansOf(manifest)) {
    const to = Math.min(until, tick);
    if (to <= (reached?.snapshot.tick ?? 0)) continue;
    const order = { plan, population: records.population, code };
    reached = await stateBefore(order, to, links, reached, records.directory);
  }
  if (reached?.snapshot.tick !== tick) {
    const found = `the plan in the manifest ends before tick ${tick}`;
    throw damaged(records.directory, found, 'Restore the manifest from a copy.');
  }
  return { snapshot: reached.snapshot, simulatedTicks: tick - from };
}

function stateAtStart({ population }: Records, plan: Plan, code: OwnCode): Snapshot {
  const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
  return takeSnapshot(prepare({ plan, population, placement, code, sampleShare: 0, unchained: true }).handle, 0);
}

/** The plan under which a tick was run. */
export function planAt(manifest: Manifest, tick: number): Partial<Plan> {
  return (plansOf(manifest).find(({ until }) => tick < until)?.plan ?? manifest.plan) as Plan;
}

/** What stands between an agent and something else: a post's id, or the ordinal of another agent. */
export interface PairOfAgent {
  readonly kind: PairKind;
  readonly object: 'post' | 'agent';
  readonly number: number;
  readonly value: number;
}

const pairWords = 3;

/** The pairs of one agent of `population`, of every kind, in the order of kinds and of numbers. */
export function pairsOfAgent({ columns }: Snapshot, { count }: Population, ordinal: number): PairOfAgent[] {
  const ordinals = ordinalsOf(columns, count);
  const row = ordinals.indexOf(ordinal);
  return pairNames.flatMap((kind) => {
    const words = (columns as Partial<SnapshotColumns>)[`pairs.${kind}`] ?? new Int32Array(0);
    const { object } = pairKinds[kind];
    const found: PairOfAgent[] = [];
    for (let at = 0; at < words.length; at += pairWords) {
      if (words[at] !== row) continue;
      const number = object === 'agent' ? ordinals[words[at + 1]] : words[at + 1];
      found.push({ kind, object, number, value: words[at + 2] });
    }
    return found.sort((x, y) => x.number - y.number);
  });
}

/** What the tables hold about one agent of `population`, in the order in which states are compared. */
export function cellsOfAgent({ columns }: Snapshot, { count }: Population, ordinal: number): AgentCells {
  const ordinals = ordinalsOf(columns, count);
  const row = ordinals.indexOf(ordinal);
  const cells = (name: string, spec: ColumnSpec): number[] => {
    const own = rowOf((columns as Partial<SnapshotColumns>)[name], count, row);
    return spec.meaning === 'agentRow' ? own.map((one) => ordinals[one] ?? one) : own;
  };
  const tables = agentTables.map(([table, specs]) => {
    const named = Object.entries<ColumnSpec>(specs).filter(([, one]) => one.meaning !== 'address');
    return [table, Object.fromEntries(named.map(([name, one]) => [name, cells(`${table}.${name}`, one)]))] as const;
  });
  return Object.fromEntries(tables);
}

/** Tables may have room for more rows than there are agents. */
function ordinalsOf(columns: SnapshotColumns, count: number): number[] {
  return Array.from(columns['agents.ordinal'].subarray(0, count));
}

/** One agent's part of a column that has so many cells for each. A column without a cell for each gives none. */
function rowOf(column: CheckpointColumn | undefined, count: number, row: number): number[] {
  const width = Math.floor((column?.length ?? 0) / count);
  return Array.from(column?.subarray(row * width, (row + 1) * width) ?? []);
}
