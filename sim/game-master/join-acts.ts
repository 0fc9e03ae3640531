/**
 * Brings what a scenario makes an agent do beside what the agent does itself, so that one agent's intents of a tick stand together.
 *
 * Acts of planted members are written after everybody decided; interventions, and attempts of earlier ticks that are made again, are written before anybody decides, those of one agent perhaps between those of others; a gate looks back only over
 * the rows of one actor that stand together, so an agent that is made to follow and follows by itself would be granted both.
 * Order: an agent's interventions, then what it does as a member of a plant, before its own acts, each in the order in which they were written. Writes the order of rows only.
 * Invariant: the rows of one actor are one stretch. Oracle: `test/sim/engine/chaos.test.ts`, whose interventions repeat and cross.
 */
import { counts, firstPlantedSequence, firstReattemptSequence, intentSpec } from '../exchange/tables.ts';
import type { IntentRow, ShardTables } from '../exchange/tables.ts';

/** Reorders the rows of a shard's intents; does nothing in a tick without interventions and plants. */
export function joinActs({ intents, count }: ShardTables): void {
  const end = count[counts.intents];
  let made = 0;
  while (made < end && intents.sequence[made as IntentRow] >= firstReattemptSequence) made++;
  let late = end;
  while (late > made && isPlanted(intents.sequence[(late - 1) as IntentRow])) late--;
  if (made === 0 && late === end) return;
  const order = joinedOrder(intents.actor as unknown as Int32Array, made, late, end);
  for (const name of Object.keys(intentSpec.columns)) {
    const column = (intents as unknown as Record<string, Int32Array>)[name];
    const before = column.slice(0, end);
    for (let row = 0; row < end; row++) column[row] = before[order[row]];
  }
}

function isPlanted(sequence: number): boolean {
  return sequence >= firstPlantedSequence && sequence < firstReattemptSequence;
}

/** Rows in their new order: `made` interventions stand before all others, acts of planted members from `late` on. */
function joinedOrder(actors: Int32Array, made: number, late: number, end: number): Int32Array {
  const moved = Array.from({ length: made + end - late }, (_, i) => (i < made ? i : late + i - made));
  const waiting = Map.groupBy(moved, (row) => actors[row]);
  const order = new Int32Array(end);
  let place = 0;
  const take = (actor: number): void => {
    for (const row of waiting.get(actor) ?? []) order[place++] = row;
    waiting.delete(actor);
  };
  for (let row = made; row < late; row++) {
    take(actors[row]);
    order[place++] = row;
  }
  for (const actor of [...waiting.keys()]) take(actor);
  return order;
}
