/**
 * What is known of archetypes: for each group of like agents and each context how often each act was chosen, which groups are split, and what
 * audits found.
 *
 * One table for the run, since it belongs to no agent: the first shard writes it in apply, all read it. Cells stand at
 * `node * contexts + context` from a policy's first cell on; choice 0 is doing nothing, then the policy's acts in their order. Weights are whole
 * numbers, so that sums are the same in any order. Oracle: `test/sim/engine/archetypes.test.ts`.
 */
import { cold, column, defineTable, wideColumn } from '../ground/table.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';

/** Row of a group in one context. */
export type ArchetypeCellRow = Id<'archetypeCells'>;
/** Row of a group. */
export type ArchetypeNodeRow = Id<'archetypeNodes'>;
/** Row of a tick's audits, a ring. */
export type AuditRow = Id<'audits'>;

/** Most choices: nothing, and ten acts. */
export const choicesMax = 11;

/** What one answer weighs in all: its choices share so much. */
export const answerWeight = 1000;

/** `answered` is how many answers `weight` sums up; `square` sums up the squares of each answer's weights. */
export const archetypeCellSpec = defineTable<ArchetypeCellRow>()('archetypeCells', {
  answered: cold(column('i32')),
  askedTick: cold(column('i32')),
  weight: cold(wideColumn('i32', choicesMax)),
  square: cold(wideColumn('f64', choicesMax)),
});
export type ArchetypeCells = Table<ArchetypeCellRow, (typeof archetypeCellSpec)['columns']>;

/** `looks` is how many decisions were audited since the group stands; `audited` what full calls chose in them, `predicted` the weight of each choice. */
export const archetypeNodeSpec = defineTable<ArchetypeNodeRow>()('archetypeNodes', {
  isSplit: cold(column('u8')),
  splitTick: cold(column('i32')),
  looks: cold(column('i32')),
  audited: cold(wideColumn('i32', choicesMax)),
  predicted: cold(wideColumn('i32', choicesMax)),
});
export type ArchetypeNodes = Table<ArchetypeNodeRow, (typeof archetypeNodeSpec)['columns']>;

/** Audits of one tick: its number plus one, audited decisions, and the divergence of what was chosen from what was predicted, in bits. */
export const auditSpec = defineTable<AuditRow>()('audits', {
  tick: cold(column('i32')),
  looks: cold(column('i32')),
  divergence: cold(column('f64')),
});
export type Audits = Table<AuditRow, (typeof auditSpec)['columns']>;

/** Ticks whose audits are kept. */
export const auditTicksMax = 65_536;

/** All of it. Tables of one row where no policy has archetypes. */
export interface Archetypes {
  readonly cells: ArchetypeCells;
  readonly nodes: ArchetypeNodes;
  readonly audits: Audits;
}

/** The tables with their declarations, by name: for the root, checkpoints and differences. */
export const archetypeTables = [
  ['cells', archetypeCellSpec],
  ['nodes', archetypeNodeSpec],
  ['audits', auditSpec],
] as const;
