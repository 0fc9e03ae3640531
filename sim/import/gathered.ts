/**
 * What an importer has read, before it becomes a data set: agents, ties, acts, tables, in the order of the source.
 *
 * Every importer ends in this form and every data set is written from it, so that one place knows how acts become a log.
 * `RowTally` counts what was left out and what is worth knowing, each with the place of the first.
 */
import { InputError } from '../ground/errors.ts';
import type { InputCode, Place } from '../ground/errors.ts';
import type { CountedRows, DataSetFacts } from '../record/data-set-reader.ts';
import type { DataTableParts } from '../record/data-table.ts';

/** Acts, a row each. `verb` is one of post, reply, repost, like, dislike and follow. */
export interface Acts {
  readonly count: number;
  readonly verb: Uint8Array;
  readonly actor: Int32Array;
  /** The row of the act that a reply, repost or like is about; the agent that a follow names; -1 for a post. */
  readonly target: Int32Array;
  /** Milliseconds since 1970. */
  readonly timeMs: Float64Array;
}

/** A source as it was read. Rows of tables of agents are those of `ids`, rows of tables of posts those of `acts`. */
export interface Gathered {
  readonly importer: string;
  readonly name: string;
  readonly layer: DataSetFacts['layer'];
  /** External ids of the agents, all different. */
  readonly ids: readonly string[];
  /** Ties that are there before the first act, each pair once. */
  readonly ties: { readonly from: Int32Array; readonly to: Int32Array };
  readonly acts: Acts;
  readonly tables: readonly DataTableParts[];
  readonly files: readonly string[];
  readonly dropped: readonly CountedRows[];
  readonly noted: readonly CountedRows[];
}

/** No acts at all. */
export const noActs: Acts = {
  count: 0,
  verb: new Uint8Array(0),
  actor: new Int32Array(0),
  target: new Int32Array(0),
  timeMs: new Float64Array(0),
};

/** Counts rows by reason. */
export class RowTally {
  readonly #rows = new Map<string, { count: number; first: CountedRows['first'] }>();

  /** `found` must have its own values escaped: `echo` does it. It is called for the first of each reason only. */
  add(reason: string, place: () => Place, found: () => string): void {
    const known = this.#rows.get(reason);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const { file, line } = place();
    const where = line === undefined ? { file } : { file, line };
    this.#rows.set(reason, { count: 1, first: { ...where, found: found() } });
  }

  listed(): CountedRows[] {
    return [...this.#rows].map(([reason, { count, first }]) => ({ reason, count, first }));
  }
}

/** What a row is called when it is refused instead of left out. */
const codes: Readonly<Record<string, InputCode>> = {
  'tie from an agent to itself': 'INPUT_SELF_FOLLOW',
  'follow of oneself': 'INPUT_SELF_FOLLOW',
  'tie that stands twice': 'INPUT_DUPLICATE_EDGE',
  'follow that stands twice': 'INPUT_DUPLICATE_EDGE',
  'node whose id stands twice': 'INPUT_DUPLICATE_ID',
  'agent whose id stands twice': 'INPUT_DUPLICATE_ID',
  'post whose id stands twice': 'INPUT_DUPLICATE_ID',
  'comment whose id stands twice': 'INPUT_DUPLICATE_ID',
  'agent without an id': 'INPUT_REQUIRED',
  'post without an author': 'INPUT_REQUIRED',
  'comment without an author': 'INPUT_REQUIRED',
};

/** Refuses a source from which rows had to be left out: one problem a reason, with the place of the first. */
export function refuseDropped({ dropped, name }: Pick<Gathered, 'dropped' | 'name'>): void {
  if (dropped.length === 0) return;
  throw new InputError(
    dropped.map(({ reason, count, first }) => ({
      code: codes[reason] ?? 'INPUT_DANGLING_REF',
      place: first,
      found: `${reason}: ${first.found}${count > 1 ? `, and ${count - 1} more of ${name}` : ''}`,
      next: 'Correct it, or import without --strict: such rows are then left out and counted.',
    })),
  );
}
