/**
 * Invariants at the end of ruling: of the intents that passed every other gate, those are refused after which one could not hold.
 *
 * Reads the state at the start of the tick; writes rulings and the states of the monitors. Acts of the platform and the verb that does
 * nothing are no acts of anybody and pass.
 * Order: the acts of an actor as its intents stand, those that the scenario makes it do before its own. Invariants about actors are
 * enforced on each actor's shard; as soon as one is about the whole run, one shard rules on all acts, by the actor's ordinal, while
 * the others wait. What a later act of the same actor relied on in an act that is refused is ruled on again: see `ruleReactionsAgain`
 * and `ruleTogglesAgain`. What others lost to it (a place in a lottery, a post that it took away) they have lost all the same.
 * Invariant: no monitor's state is bad; a monitor has seen the acts that were granted and no others.
 * Oracle: `test/sim/game-master/invariant-runs.test.ts` applies the definition of the logic to recorded runs.
 */
import { createRadixScratch, sortPairs } from '../../ground/radix.ts';
import { firstInvariantRule } from '../../exchange/invariants.ts';
import { isReaction } from '../../exchange/reactions.ts';
import { outcomes } from '../../exchange/reasons.ts';
import { counts } from '../../exchange/tables.ts';
import { verbs } from '../../exchange/verbs.ts';
import { refuse } from '../rulings.ts';
import { ruleTogglesAgain } from '../rule-agents.ts';
import { ruleReactionsAgain } from '../rule-posts.ts';
import { tryAct } from './enforce.ts';
import { createFacts, fillFacts, vocabularyOf } from './facts.ts';
import { bindAtoms, letterFrom } from './letter.ts';
import { compileInvariant } from './monitor.ts';
import type { RadixScratch } from '../../ground/radix.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { InvariantPlan } from '../../exchange/invariants.ts';
import type { IntentRow, ShardTables } from '../../exchange/tables.ts';
import type { Verb } from '../../exchange/verbs.ts';
import type { StateView } from '../../exchange/view.ts';
import type { InvariantColumns } from './enforce.ts';
import type { Facts } from './facts.ts';
import type { BoundAtoms } from './letter.ts';

/** What a shard needs to enforce the invariants of a run. */
export interface Enforcer {
  readonly columns: InvariantColumns;
  readonly atoms: readonly BoundAtoms[];
  /** Letters of one act, by invariant. */
  readonly letters: Uint16Array;
  readonly facts: Facts;
  readonly table: readonly (Verb | undefined)[];
  /** Whether an invariant is about the run as a whole, so that all acts are ruled on in one order. */
  readonly hasWorldScope: boolean;
  /** The monitors' states at the last mark. */
  marked: readonly Uint8Array[];
  readonly order: { ordinals: Int32Array; places: Int32Array; readonly radix: RadixScratch };
}

/** Makes an enforcer. `states` are the columns that hold the monitors' states, in the order of the invariants. */
export function createEnforcer(
  state: StateView,
  table: readonly Verb[],
  invariants: readonly InvariantPlan[],
  states: readonly Uint8Array[],
): Enforcer {
  const vocabulary = vocabularyOf(
    table.map(({ name }) => name),
    state.sizes.attributeNames,
  );
  const monitors = invariants.map(({ code, formula }) => compileInvariant(formula, { file: code }, vocabulary));
  const { facts, slots } = createFacts(
    state,
    table,
    monitors.flatMap(({ atomExpressions }) => atomExpressions),
  );
  const byNumber = new Array<Verb | undefined>(256).fill(undefined);
  for (const verb of table) byNumber[verb.number] = verb;
  return {
    columns: { monitors, states, targets: new Uint8Array(monitors.length) },
    atoms: monitors.map(({ atomExpressions }) => bindAtoms(atomExpressions, slots)),
    letters: new Uint16Array(monitors.length),
    facts,
    table: byNumber,
    hasWorldScope: invariants.some(({ scope }) => scope === 'world'),
    marked: [],
    order: { ordinals: new Int32Array(0), places: new Int32Array(0), radix: createRadixScratch(1024) },
  };
}

/** Keeps the monitors' states as they are, of all agents. Called by one shard while no other touches them. */
export function markStates(enforcer: Enforcer): void {
  enforcer.marked = enforcer.columns.states.map((column) => Uint8Array.from(column));
}

/** Puts the monitors' states back to the last mark. Called by one shard while no other touches them. */
export function rewindStates({ columns, marked }: Enforcer): void {
  columns.states.forEach((column, k) => {
    column.set(marked[k]);
  });
}

/** Enforces on the intents of one shard: for invariants about actors alone. */
export function enforceOwn(state: StateView, enforcer: Enforcer, tables: ShardTables): void {
  const end = tables.count[counts.intents];
  for (let row = 0 as IntentRow; row < end; row++) enforceOn(state, enforcer, tables, row, end);
}

/** Enforces on the intents of all shards in canonical order. Called by one shard while no other touches its tables. */
export function enforceAll(state: StateView, enforcer: Enforcer, all: readonly ShardTables[]): void {
  const { order } = enforcer;
  const stretchCount = listStretches(state, enforcer, all);
  sortPairs(order.ordinals, order.places, stretchCount, order.radix);
  for (let i = 0; i < stretchCount; i++) {
    let first = order.places[i];
    let shard = 0;
    while (first >= all[shard].count[counts.intents]) first -= all[shard++].count[counts.intents];
    const { intents, count } = all[shard];
    const end = count[counts.intents];
    const actor = intents.actor[first as IntentRow];
    for (let row = first as IntentRow; row < end && intents.actor[row] === actor; row++) {
      enforceOn(state, enforcer, all[shard], row, end);
    }
  }
}

/** Where the intents of each actor begin, counted through all tables. Rows of one actor are one stretch: see `join-acts.ts`. */
function listStretches(state: StateView, { order }: Enforcer, all: readonly ShardTables[]): number {
  const most = all.reduce((sum, { count }) => sum + count[counts.intents], 0);
  if (order.ordinals.length < most) {
    order.ordinals = new Int32Array(most * 2);
    order.places = new Int32Array(most * 2);
  }
  let stretchCount = 0;
  let base = 0;
  for (const { intents, count } of all) {
    const end = count[counts.intents];
    for (let row = 0 as IntentRow; row < end; row++) {
      if (row > 0 && intents.actor[row] === intents.actor[(row - 1) as IntentRow]) continue;
      order.ordinals[stretchCount] = state.agents.ordinal[intents.actor[row] as AgentRow];
      order.places[stretchCount++] = base + row;
    }
    base += end;
  }
  return stretchCount;
}

function enforceOn(state: StateView, enforcer: Enforcer, { intents }: ShardTables, row: IntentRow, end: number): void {
  if (intents.outcome[row] !== outcomes.granted || intents.verb[row] === verbs.nothing) return;
  const actor = intents.actor[row];
  if (actor === state.sizes.agentCount) return;
  const { facts, letters, atoms, columns } = enforcer;
  fillFacts(facts, state, enforcer.table, intents, row);
  for (let k = 0; k < atoms.length; k++) letters[k] = letterFrom(atoms[k], facts.values);
  const broken = tryAct(columns, actor, letters, 0);
  if (broken === 0) return;
  refuse(intents, row, 'INVARIANT_BROKEN', firstInvariantRule + broken - 1);
  if (isReaction(intents.verb[row])) ruleReactionsAgain(intents, row, end);
  else ruleTogglesAgain(intents, row, end);
}
