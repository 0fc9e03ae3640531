/**
 * Brings what a scenario makes an agent do beside what the agent does itself, so that one agent's intents of a tick stand together.
 *
 * Interventions, and attempts of earlier ticks that are made again, are written before anybody decides, those of one agent perhaps between those of others; a gate looks back only over
 * the rows of one actor that stand together, so an agent that is made to follow and follows by itself would be granted both.
 * Order: an agent's interventions before its own acts, each in the order in which they were written. Writes the order of rows only.
 * Invariant: the rows of one actor are one stretch. Oracle: `test/sim/engine/chaos.test.ts`, whose interventions repeat and cross.
 */
import { counts, firstReattemptSequence, intentSpec } from '../exchange/tables.ts';
import type { IntentRow, ShardTables } from '../exchange/tables.ts';

/** Reorders the rows of a shard's intents; does nothing in a tick without interventions. */
export function joinActs({ intents, count }: ShardTables): void {
  const end = count[counts.intents];
  let made = 0;
  while (made < end && intents.sequence[made as IntentRow] >= firstReattemptSequence) made++;
  if (made === 0) return;
  const order = joinedOrder(intents.actor as unknown as Int32Array, made, end);
  for (const name of Object.keys(intentSpec.columns)) {
    const column = (intents as unknown as Record<string, Int32Array>)[name];
    const before = column.slice(0, end);
    for (let row = 0; row < end; row++) column[row] = before[order[row]];
  }
}

/** Rows in their new order: `made` interventions stand before all others. */
function joinedOrder(actors: Int32Array, made: number, end: number): Int32Array {
  const waiting = Map.groupBy(
    Array.from({ length: made }, (_, row) => row),
    (row) => actors[row],
  );
  const order = new Int32Array(end);
  let place = 0;
  const take = (actor: number): void => {
    for (const row of waiting.get(actor) ?? []) order[place++] = row;
    waiting.delete(actor);
  };
  for (let row = made; row < end; row++) {
    take(actors[row]);
    order[place++] = row;
  }
  for (const actor of [...waiting.keys()]) take(actor);
  return order;
}
