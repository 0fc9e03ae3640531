/**
 * How a post stands after a verb that changes its standing: one table for apply, run.db and exports.
 */
import { standings } from '../world/posts.ts';
import { verbs } from './verbs.ts';

const after: Readonly<Record<number, number>> = {
  [verbs.label]: standings.labelled,
  [verbs.limit]: standings.limited,
  [verbs.delete]: standings.deleted,
  [verbs.remove]: standings.removed,
};

/** How a post stands after the verb. */
export function standingAfter(verb: number, before: number): number {
  return before | after[verb];
}
