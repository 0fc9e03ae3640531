/**
 * One granted intent on its way into OASIS's tables, and where its rows go.
 */
import type { TickRecord } from './chunk.ts';
import type { OasisTable } from './oasis-schema.ts';

/** Where rows go: the values of one as SQL. */
export interface OasisSink {
  add(table: OasisTable, values: string): void;
}

/** One granted intent, with what it says. */
export interface OasisAct {
  readonly record: TickRecord;
  readonly row: number;
  readonly actor: number;
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  readonly argument: number;
  readonly price: number;
  readonly text: string;
  /** As SQL. */
  readonly time: string;
  /** The name by which `why` knows it. */
  readonly intent: string;
}

/** What stands in the trace beside user, time and action. */
export type OasisInfo = Readonly<Record<string, unknown>>;
