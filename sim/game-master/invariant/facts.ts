/**
 * What invariants may speak of, and where the Game Master finds it: the verb, the amount, numbers of the actor and of the target.
 *
 * Reads an intent that was granted and the state at the start of the tick; writes the slots that atoms are compared with. A number
 * that no formula of the scenario mentions is never looked up.
 * The target of a post is its author; of a repost, the author of the content behind it. Only a ban and a study's own verbs
 * have an amount. A declared attribute hides the built-in number of its name.
 * Invariant: what an act does not have is `absentValue`, so that every atom about it is false.
 * Oracle: `test/sim/game-master/invariant-runs.test.ts` reads the same facts out of the records of runs.
 */
import { postRow } from '../../world/posts.ts';
import { firstOwnVerb, verbs } from '../../exchange/verbs.ts';
import { absentValue } from './letter.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { IntentRow, Intents } from '../../exchange/tables.ts';
import type { Verb } from '../../exchange/verbs.ts';
import type { StateView } from '../../exchange/view.ts';
import type { AtomExpression, Vocabulary } from './atom.ts';
import type { Slots } from './letter.ts';

const numbersOfAgents = ['karma', 'followers', 'followees', 'posts'] as const;
const targetIsSelf = 'target is self';

/** What atoms may speak of in a scenario with these verbs and attributes. */
export function vocabularyOf(verbNames: readonly string[], attributeNames: readonly string[]): Vocabulary {
  const fields = fieldNames(attributeNames);
  return {
    numbers: ['amount', ...fields.map((name) => `actor.${name}`), ...fields.map((name) => `target.${name}`)],
    choices: { verb: verbNames.filter((name) => name !== 'nothing') },
    facts: [targetIsSelf],
  };
}

function fieldNames(attributeNames: readonly string[]): string[] {
  return [...numbersOfAgents.filter((name) => !attributeNames.includes(name)), ...attributeNames];
}

/** A number of an agent that some formula mentions: `column[agent * stride + offset]`. */
interface Field {
  readonly slot: number;
  readonly column: Int32Array;
  readonly stride: number;
  readonly offset: number;
}

/** The facts of one act after another. */
export interface Facts {
  /** By slot. */
  readonly values: Int32Array;
  readonly ofActor: readonly Field[];
  readonly ofTarget: readonly Field[];
}

const slotOfVerb = 0;
const slotOfAmount = 1;
const slotOfSelf = 2;
const firstField = 3;

/** Where the atoms of a run find their numbers, and which numbers `atoms` need. */
export function createFacts(
  state: StateView,
  table: readonly Verb[],
  atoms: readonly AtomExpression[],
): { readonly facts: Facts; readonly slots: Slots } {
  const fields = fieldNames(state.sizes.attributeNames);
  const names = [
    ...['verb', 'amount', targetIsSelf],
    ...['actor', 'target'].flatMap((subject) => fields.map((name) => `${subject}.${name}`)),
  ];
  const slots: Slots = {
    slotOf: (name) => names.indexOf(name),
    codeOf: (_, name) => table.find((verb) => verb.name === name)?.number ?? absentValue,
  };
  const mentioned = new Set(atoms.map((atom) => ('subject' in atom ? atom.subject : atom.name)));
  const fieldsOf = (subject: string, first: number): Field[] =>
    fields
      .map((name, i) => ({ name, slot: first + i }))
      .filter(({ name }) => mentioned.has(`${subject}.${name}`))
      .map(({ name, slot }) => ({ slot, ...cellsOf(state, name) }));
  const facts: Facts = {
    values: new Int32Array(names.length),
    ofActor: fieldsOf('actor', firstField),
    ofTarget: fieldsOf('target', firstField + fields.length),
  };
  return { facts, slots };
}

function cellsOf({ agents, attributes, sizes }: StateView, name: string): Omit<Field, 'slot'> {
  const offset = sizes.attributeNames.indexOf(name);
  if (offset >= 0) {
    return { column: attributes.value as unknown as Int32Array, stride: sizes.attributeNames.length, offset };
  }
  const columns: Readonly<Record<string, unknown>> = {
    ...{ karma: agents.karma, followers: agents.followerCount },
    ...{ followees: agents.followeeCount, posts: agents.postCount },
  };
  return { column: columns[name] as Int32Array, stride: 1, offset: 0 };
}

/** Fills the slots with the facts of a granted intent. */
export function fillFacts(
  { values, ofActor, ofTarget }: Facts,
  state: StateView,
  table: readonly (Verb | undefined)[],
  intents: Intents,
  row: IntentRow,
): void {
  const verb = intents.verb[row];
  const actor = intents.actor[row];
  const target = targetAgent(state, table[verb], intents.subject[row]);
  values[slotOfVerb] = verb;
  values[slotOfAmount] = verb === verbs.ban || verb >= firstOwnVerb ? intents.amount[row] : absentValue;
  values[slotOfSelf] = target === actor ? 1 : 0;
  for (const { slot, column, stride, offset } of ofActor) values[slot] = column[actor * stride + offset];
  for (const { slot, column, stride, offset } of ofTarget) {
    values[slot] = target < 0 ? absentValue : column[target * stride + offset];
  }
}

/** The agent whom an act is aimed at, or -1. Of a study's own verbs the subject is an agent whatever they act on. */
function targetAgent({ posts }: StateView, verb: Verb | undefined, subject: number): AgentRow | -1 {
  if (verb === undefined || verb.target === 'none') return -1;
  if (verb.target === 'agent' || verb.own !== undefined) return subject as AgentRow;
  return posts.author[postRow(posts, subject)] as AgentRow;
}
