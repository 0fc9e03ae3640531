/**
 * Part of apply: operations of own verbs on declared attributes, and what agents lean to or are reassigned to.
 */
import { verbs } from '../exchange/verbs.ts';
import type { IntentRow } from '../exchange/tables.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
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

/** A number of the actor's own: the value of an attribute that it leans to, or the policy that the scenario gives it. */
export function applySelf({ state, tables }: Shard, row: IntentRow): void {
  const { intents } = tables;
  const actor = intents.actor[row];
  if (intents.verb[row] === verbs.reassign) {
    state.agents.policy[actor as AgentRow] = intents.amount[row];
    return;
  }
  const place = actor * state.sizes.attributeNames.length + intents.target[row];
  state.attributes.value[place as Id<'attributes'>] = intents.amount[row];
}

/** Where an agent's attribute stands. */
export function attributePlace(shard: Shard, row: number, attribute: string): Id<'attributes'> {
  const { attributeNames } = shard.state.sizes;
  return (row * attributeNames.length + attributeNames.indexOf(attribute)) as Id<'attributes'>;
}
