/**
 * Branded ids and columns: at run time numbers and typed arrays, at compile time a wrong table's id, or a write through a
 * view, is an error.
 *
 * A row number is an address, not an identity (see `keys.ts`): rows may be ordered freely, and no outcome may show how.
 */

declare const idBrand: unique symbol;
declare const writable: unique symbol;

/** A row number of one table. */
export type Id<Table extends string> = number & { readonly [idBrand]: Table };

/** Row of the agents table: an address that depends on the row layout. */
export type AgentRow = Id<'agents'>;
/** Rank of an agent by its 64-bit key: the canonical number of an agent within one run, whatever the layout. */
export type AgentOrdinal = Id<'agentOrdinals'>;
/** Canonical number of a post: posts are numbered by (tick, author's ordinal, sequence), whatever the layout. */
export type PostId = Id<'posts'>;

/** Read-only view of a column, indexed by its own table's rows. */
export type ColumnView<Row extends number, Value extends number = number> = { readonly [R in Row]: Value } & {
  readonly length: number;
};

/** A column that may be written: held by the phase that applies, and by nothing else. */
export type Column<Row extends number, Value extends number = number> = { [R in Row]: Value } & {
  readonly length: number;
  readonly [writable]: true;
};
