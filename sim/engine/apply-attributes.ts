/**
 * Part of apply: operations of own verbs on declared attributes.
 */
import type { IntentRow } from '../exchange/tables.ts';
import type { Id } from '../ground/ids.ts';
import type { Shard } from './shard.ts';

/** Operations of an own verb on the actor itself; those on the target are applied by the target's shard. */
export function applyOwnVerb(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  for (const effect of shard.book.verbs[intents.verb[row]]?.own?.effects ?? []) {
    if (effect.op === 'addToTarget') continue;
    const place = attributePlace(shard, intents.actor[row], effect.attribute);
    if (effect.op === 'setActor') shard.state.attributes.value[place] = effect.value;
    else shard.state.attributes.value[place] += effect.amount;
  }
}

/** Where an agent's attribute stands. */
export function attributePlace(shard: Shard, row: number, attribute: string): Id<'attributes'> {
  const { attributeNames } = shard.state.sizes;
  return (row * attributeNames.length + attributeNames.indexOf(attribute)) as Id<'attributes'>;
}
