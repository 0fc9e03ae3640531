/**
 * What intents of a record say beside target and amount, asked for row by row in order: one walk, where `detailOf` searches.
 *
 * Oracle: `detailOf` (`test/sim/record/database-details.test.ts`).
 */
import { detailText } from './chunk.ts';
import type { TickRecord } from './chunk.ts';

/** What is not said is -1, 0 and the empty text. */
export interface SaidDetail {
  readonly argument: number;
  readonly price: number;
  readonly text: string;
}

const nothingSaid: SaidDetail = { argument: -1, price: 0, text: '' };

/** A walk over the rows of a record; one that goes back begins anew. */
export function createDetailCursor({ details }: Pick<TickRecord, 'details'>): (row: number) => SaidDetail {
  let k = 0;
  return (row) => {
    if (k > 0 && details.row[k - 1] >= row) k = 0;
    while (k < details.row.length && details.row[k] < row) k++;
    if (details.row[k] !== row) return nothingSaid;
    return { argument: details.argument[k], price: details.price[k], text: detailText(details, k) };
  };
}
