/**
 * Tables of columns. A table is declared once, with the kind of each column and what it refers to; allocation, attaching in
 * another thread, the state root, `diff` and `run.db` read the declaration, so that a new table needs no code in any of them.
 *
 * Tables are plural, columns singular: `agents.opinion[agent]`.
 */
import { viewOf, cellBytes } from './arena.ts';
import type { Allocator, ArenaHandle, Cell, CellArray, ColumnHandle } from './arena.ts';
import type { Column, ColumnView } from './ids.ts';

/** What the numbers of a column mean to the state root: addresses are translated to canonical numbers, or left out. */
export type Meaning = 'value' | 'agentRow' | 'postId' | 'address';

/** Declaration of a column: `width` cells a row. */
export interface ColumnSpec<C extends Cell = Cell, W extends number = number> {
  readonly cell: C;
  readonly width: W;
  readonly meaning: Meaning;
  readonly hot: boolean;
}

/** A column of one cell a row whose numbers are part of the state. */
export function column<C extends Cell>(cell: C, meaning: Meaning = 'value'): ColumnSpec<C, 1> {
  return { cell, width: 1, meaning, hot: true };
}

/** A column of `width` cells a row, indexed `row * width + k`. */
export function wideColumn<C extends Cell, W extends number>(cell: C, width: W, meaning: Meaning = 'value') {
  return { cell, width, meaning, hot: true } as ColumnSpec<C, W>;
}

/** The same column, in a buffer of its own. */
export function cold<C extends Cell, W extends number>(spec: ColumnSpec<C, W>): ColumnSpec<C, W> {
  return { ...spec, hot: false };
}

export type ColumnSpecs = Readonly<Record<string, ColumnSpec>>;

/** Declaration of a table whose rows are addressed by `Row`. */
export interface TableSpec<Row extends number, Specs extends ColumnSpecs> {
  readonly name: string;
  readonly columns: Specs;
  /** Never read: it carries the row type. */
  readonly row?: Row;
}

/** Declares a table. */
export function defineTable<Row extends number>() {
  return <Specs extends ColumnSpecs>(name: string, columns: Specs): TableSpec<Row, Specs> => ({ name, columns });
}

/** The columns of a table, writable. One cell a row: indexed by the table's own row; wide: a plain typed array. */
export type Table<Row extends number, Specs extends ColumnSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name]['width'] extends 1 ? Column<Row> : CellArray<Specs[Name]['cell']>;
} & { readonly rowCapacity: number };

/** The same, read-only: what every phase but apply holds. */
export type TableView<Row extends number, Specs extends ColumnSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name]['width'] extends 1 ? ColumnView<Row> : ArrayLike<number>;
} & { readonly rowCapacity: number };

/** A table's memory, which can be posted to another thread. */
export interface TableHandle {
  readonly name: string;
  readonly rowCapacity: number;
  readonly columns: Readonly<Record<string, ColumnHandle>>;
}

/** Allocates every column of a table. */
export function allocateTable<Row extends number, Specs extends ColumnSpecs>(
  spec: TableSpec<Row, Specs>,
  rowCapacity: number,
  allocator: Allocator,
): TableHandle {
  const columns: Record<string, ColumnHandle> = {};
  for (const [name, one] of Object.entries(spec.columns)) {
    columns[name] = allocator.allocate(one.cell, rowCapacity * one.width, one.hot, `${spec.name}.${name}`);
  }
  return { name: spec.name, rowCapacity, columns };
}

/** Makes the typed arrays of a table in this thread. */
export function attachTable<Row extends number, Specs extends ColumnSpecs>(
  spec: TableSpec<Row, Specs>,
  arena: ArenaHandle,
  handle: TableHandle,
): Table<Row, Specs> {
  const table: Record<string, unknown> = { rowCapacity: handle.rowCapacity };
  for (const name of Object.keys(spec.columns)) table[name] = viewOf(arena, handle.columns[name]);
  return table as Table<Row, Specs>;
}

/** Bytes that one row of a table takes. */
export function rowBytes(spec: TableSpec<number, ColumnSpecs>): number {
  return Object.values(spec.columns).reduce((sum, one) => sum + cellBytes(one.cell) * one.width, 0);
}
