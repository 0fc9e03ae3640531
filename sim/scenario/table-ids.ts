/**
 * Ids of a table's rows: each once.
 *
 * Reads a column of texts; returns the row of each id. Order: the first of two is kept, the second is the problem, and its
 * message names the line of the first. Ids that differ only in case, outer spaces or Unicode composition are allowed and warned
 * of, since a person who reads them would take them for one.
 * Invariant: an id is a key of a Map and never of an object. Oracle: sorting and comparing neighbours.
 */
import { InputError, echo } from '../ground/errors.ts';
import type { Problem } from '../ground/errors.ts';
import { ProblemList } from './problems-list.ts';

/** Ids by row. */
export interface IdIndex {
  readonly rowOf: ReadonlyMap<string, number>;
  readonly warnings: readonly Problem[];
}

/** A V8 Map ends at 2^24 entries. */
export const idCountMax = 16_777_215;

/** The row of each id. Adds a problem for each id that stands twice. */
export function indexIds(ids: readonly string[], line: Uint32Array, file: string, problems: ProblemList): IdIndex {
  if (ids.length > idCountMax) {
    const found = `the table has ${ids.length} ids, more than ${idCountMax}`;
    throw new InputError({ code: 'INPUT_TOO_LARGE', place: { file }, found, next: 'Split it.' });
  }
  const rowOf = new Map<string, number>();
  for (let row = 0; row < ids.length; row++) {
    const first = rowOf.get(ids[row]);
    if (first === undefined) rowOf.set(ids[row], row);
    else {
      problems.add(() => {
        const found = `the id ${echo(ids[row])} stands twice, first on line ${line[first]}`;
        return {
          code: 'INPUT_DUPLICATE_ID',
          place: { file, line: line[row] },
          found,
          next: 'Give each row its own id.',
        };
      });
    }
  }
  return { rowOf, warnings: lookAlikes(rowOf, line, file) };
}

/** Of two ids that look alike, at most one is in folded form already, so that only the others need a second index. */
function lookAlikes(rowOf: ReadonlyMap<string, number>, line: Uint32Array, file: string): Problem[] {
  const warnings = new ProblemList(file);
  const firstOf = new Map<string, number>();
  for (const [id, row] of rowOf) {
    if (foldedForm.test(id)) continue;
    const folded = foldId(id);
    const twin = folded === id ? undefined : (rowOf.get(folded) ?? firstOf.get(folded));
    if (twin === undefined) firstOf.set(folded, row);
    else {
      warnings.add(() => {
        const found = `the id ${echo(id)} looks like the one on line ${line[twin]}`;
        const next = 'They are kept as two; rename one if they are one.';
        return { code: 'INPUT_DUPLICATE_ID', place: { file, line: line[row] }, found, next };
      });
    }
  }
  return warnings.listed();
}

/** ASCII without capitals and without outer spaces: most ids are their own folded form. */
const foldedForm = /^(?:[!-@[-~]|[!-@[-~][ -@[-~]*[!-@[-~])$/;

/** NFC, no outer spaces, one case. Its tables grow with Unicode, hence with Node: for warnings only, never for identity. */
function foldId(id: string): string {
  return id.trim().normalize('NFC').toUpperCase().toLowerCase();
}
