/**
 * What the benchmarks are run with, and the cases that several of them share.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { caseOf, say, unrestOf } from './interleave.ts';
import { percent, unrestMax } from './table.ts';
import { attributesOf, drawGraph, writeGraph } from './world.ts';
import type { EngineOrder } from './engine-case.ts';
import type { Case, Measured } from './interleave.ts';
import type { Reference } from './reference.ts';
import type { Table } from './table.ts';

export interface Setting {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly isQuick: boolean;
  /** The C++ reference, or why it is not there. */
  readonly reference: Reference | string;
  /** The Python that is asked for Mesa. */
  readonly python: string;
  /** A folder for files of the benchmarks, that goes away. */
  readonly folder: string;
}

export type Bench = (setting: Setting) => Promise<Table[]>;

/** Ticks enough for the code to be compiled and the feeds to turn over; small worlds need more of them. */
export function ticksOf(agents: number, { isQuick }: Setting): number {
  const ticks = agents >= 10_000_000 ? 12 : agents >= 1_000_000 ? 30 : agents >= 100_000 ? 60 : 200;
  return isQuick ? Math.ceil(ticks / 2) : ticks;
}

type EngineChoice = Partial<EngineOrder> & { readonly agents: number; readonly ticks: number };

/** A run of the engine: one worker, chained, feeds filled, unless told otherwise. */
export function engineCase(name: string, order: EngineChoice): Case {
  return caseOf(name, { kind: 'engine', workers: 1, mode: 'full', ...order });
}

/** The reference's graph where it is there; without one, the engine draws its own. */
export function graphOf({ reference }: Setting, agents: number): { graph?: string } {
  return typeof reference === 'string' ? {} : { graph: reference.graphOf(agents) };
}

/** A file with a graph of our own, for programs that cannot draw it: made once. */
export function drawnGraph({ folder }: Setting, agents: number): string {
  const file = join(folder, `drawn-${agents}.bin`);
  if (existsSync(file)) return file;
  say(`  drawing a graph of ${agents} agents`);
  const order = { agents, ticks: 1 };
  writeGraph(file, drawGraph(attributesOf(order), order));
  return file;
}

/** Adds that a ratio says nothing where the case it refers to spreads too far. */
export function judged(table: Table, base: Measured, column = 'cpuMs'): Table {
  const unrest = unrestOf(base, column);
  if (unrest <= unrestMax) return table;
  const note = `${base.name} spreads ${percent(unrest)}, more than ${percent(unrestMax)}: read no verdict out of this table`;
  return { ...table, notes: [...table.notes, note] };
}

export function skipped(name: string, reason: string): Table {
  return { title: `${name}: skipped, because ${reason}`, columns: [], rows: [], notes: [] };
}
