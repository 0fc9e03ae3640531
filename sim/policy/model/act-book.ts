/**
 * Which acts an answer of a model may hold: the scenario's verbs as a closed list, what each is said with, and what becomes of one.
 *
 * An act names its target by the number of an item or by a name, and only what the agent was told of in this prompt can be meant: anything
 * else is attempted at nothing known, so that the Game Master refuses it with TARGET_UNKNOWN, and nothing is put in its place.
 * Who acts is not said anywhere: it comes from the envelope. Pure. Oracle: `test/sim/policy/model/act-book.test.ts`.
 */
import { z } from 'zod';
import { foldName } from '../../world/naming.ts';
import { choiceOf } from './things.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { Detail } from '../../exchange/details.ts';
import type { GroundsPlan } from '../../exchange/grounds.ts';
import type { TargetKind, Verb } from '../../exchange/verbs.ts';
import type { Seen } from './seen.ts';
import type { ThingKind } from './things.ts';

/** Verbs that no agent attempts by itself: looking on is an empty list, and an interview is answered where it is asked. */
const notForModels = new Set(['nothing', 'interview', 'answer']);

/** What an act may say beside its target. */
type Field = 'item' | 'agent' | 'thing' | 'amount' | 'price' | 'text';

/** What verbs say beside their target, and what kind their `thing` is where the target is none. */
const saidWith: Readonly<Record<string, { readonly fields: readonly Field[]; readonly about?: ThingKind }>> = {
  post: { fields: ['text'], about: 'community' },
  ...{ reply: { fields: ['text'] }, quote: { fields: ['text'] }, message: { fields: ['text'] } },
  ...{ sendToGroup: { fields: ['text'] }, createGroup: { fields: ['text'] }, createCommunity: { fields: ['text'] } },
  ...{ claimHandle: { fields: ['text'] }, search: { fields: ['text'] }, searchAgents: { fields: ['text'] } },
  ...{ try: { fields: ['text'] }, buy: { fields: ['amount'] }, rest: { fields: ['amount'] } },
  ...{ ban: { fields: ['amount'] }, bid: { fields: ['amount', 'price'] }, ask: { fields: ['amount', 'price'] } },
  give: { fields: ['amount'], about: 'good' },
  trade: { fields: ['amount', 'price'], about: 'good' },
  play: { fields: [], about: 'choice' },
  ...{ appoint: { fields: [], about: 'community' }, dismiss: { fields: [], about: 'community' } },
};

/** One act as a model says it. */
export interface SaidAct {
  readonly verb: string;
  readonly item?: number | undefined;
  readonly agent?: string | undefined;
  readonly thing?: string | undefined;
  readonly amount?: number | undefined;
  readonly price?: number | undefined;
  readonly text?: string | undefined;
}

/** An act with its target found; `unknown` where it names what the agent was not told of. */
export type MeantAct =
  | { readonly kind: 'unknown'; readonly detail?: Detail }
  | {
      readonly kind: 'known';
      readonly target: number | undefined;
      readonly amount: number;
      readonly detail?: Detail;
      /** Who it is about, if anybody. */
      readonly partner: AgentRow | undefined;
    };

/** The acts of a scenario. */
export interface ActBook {
  readonly verbs: readonly Verb[];
  /** A line a verb: how it is said. */
  readonly lines: readonly string[];
  readonly schema: z.ZodType<SaidAct>;
  /** Kinds of thing that verbs of this book name. */
  readonly kinds: ReadonlySet<ThingKind>;
  has(verb: string): boolean;
  meant(act: SaidAct, seen: Seen): MeantAct;
}

/** Makes the book of the verbs that a scenario allows. */
export function createActBook(
  table: readonly Verb[],
  allowed: readonly string[],
  grounds: GroundsPlan | undefined,
  textLengthMax: number,
): ActBook {
  const verbs = table.filter(({ name }) => allowed.includes(name) && !notForModels.has(name));
  const byName = new Map(verbs.map((verb) => [verb.name, verb]));
  const aboutOf = (verb: Verb): ThingKind | undefined => {
    const about = Object.hasOwn(saidWith, verb.name) ? saidWith[verb.name].about : undefined;
    // Without communities a post is about none.
    return verb.name === 'post' && (grounds?.communities.length ?? 0) === 0 && !byName.has('createCommunity')
      ? undefined
      : about;
  };
  const kinds = new Set(
    verbs.map((verb) => aboutOf(verb) ?? thingOf(verb.target)).filter((kind) => kind !== undefined),
  );
  return {
    verbs,
    lines: verbs.map((verb) => `${verb.name}(${fieldsOf(verb, aboutOf(verb)).join(', ')})`),
    schema: schemaOf(verbs, aboutOf, textLengthMax),
    kinds,
    has: (verb) => byName.has(verb),
    meant: (act, seen) => meantBy(byName.get(act.verb), aboutOf, act, seen),
  };
}

/** What a verb acts on, where that has a name and is no agent. */
function thingOf(target: TargetKind): ThingKind | undefined {
  return target === 'none' || target === 'post' || target === 'agent' || target === 'game' ? undefined : target;
}

function fieldsOf({ name, target }: Verb, about: ThingKind | undefined): Field[] {
  const more = Object.hasOwn(saidWith, name) ? saidWith[name].fields : [];
  return [
    ...(target === 'post' ? (['item'] as const) : []),
    ...(target === 'agent' ? (['agent'] as const) : []),
    ...(thingOf(target) !== undefined || about !== undefined ? (['thing'] as const) : []),
    ...more,
  ];
}

const unitsMost = 1_000_000_000;

/** Every field that some verb needs is there in every act, "" or 0 where it does not apply: servers with strict forms want it so. */
function schemaOf(
  verbs: readonly Verb[],
  aboutOf: (verb: Verb) => ThingKind | undefined,
  textLengthMax: number,
): z.ZodType<SaidAct> {
  const all = {
    item: z.int().min(0).max(1_000_000),
    agent: z.string().max(128),
    thing: z.string().max(128),
    amount: z.int().min(-unitsMost).max(unitsMost),
    price: z.int().min(0).max(unitsMost),
    text: z.string().max(textLengthMax),
  };
  const used = new Set<string>(verbs.flatMap((verb) => fieldsOf(verb, aboutOf(verb))));
  const fields = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  const names = verbs.map(({ name }) => name);
  return z.strictObject({ verb: z.enum(names as [string, ...string[]]), ...fields });
}

function meantBy(
  verb: Verb | undefined,
  aboutOf: (verb: Verb) => ThingKind | undefined,
  act: SaidAct,
  seen: Seen,
): MeantAct {
  if (verb === undefined) return { kind: 'unknown' };
  const fields = fieldsOf(verb, aboutOf(verb));
  const text = fields.includes('text') && act.text !== '' ? act.text : undefined;
  const words = text === undefined ? {} : { text };
  const found = targetOf(verb.target, act, seen);
  const about = aboutOf(verb);
  const named = about === undefined ? undefined : aboutIn(about, verb, act, seen);
  if (found === undefined || named === 'unknown')
    return { kind: 'unknown', ...(text === undefined ? {} : { detail: words }) };
  const detail: Detail = {
    ...words,
    ...(named === undefined ? {} : { argument: named.argument }),
    ...(fields.includes('price') ? { price: act.price ?? 0 } : {}),
  };
  return {
    kind: 'known',
    target: found.target,
    partner: found.partner,
    amount: named?.amount ?? (fields.includes('amount') ? (act.amount ?? 0) : 0),
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
  };
}

interface FoundTarget {
  readonly target: number | undefined;
  readonly partner: AgentRow | undefined;
}

function targetOf(kind: TargetKind, act: SaidAct, seen: Seen): FoundTarget | undefined {
  if (kind === 'none') return { target: undefined, partner: undefined };
  if (kind === 'post') {
    const item = seen.items[(act.item ?? 0) - 1];
    return item === undefined ? undefined : { target: item.post, partner: item.author };
  }
  if (kind === 'agent') {
    const agent = agentNamed(act.agent ?? '', seen);
    return agent === undefined ? undefined : { target: agent, partner: agent };
  }
  const thing = thingOf(kind);
  const number = thing === undefined ? undefined : seen.things.get(thing)?.get(foldName(act.thing ?? ''));
  return number === undefined ? undefined : { target: number, partner: undefined };
}

/** The agent of a name that stands in the prompt. */
export function agentNamed(name: string, seen: Seen): AgentRow | undefined {
  return seen.names.get(name) ?? (name.startsWith('@') ? seen.names.get(name.slice(1)) : undefined);
}

/** What an act is about beside its target: a good, a community, a choice in a game. A post may be about none. */
function aboutIn(
  about: ThingKind,
  verb: Verb,
  { thing = '' }: SaidAct,
  seen: Seen,
): { readonly argument: number; readonly amount?: number } | undefined | 'unknown' {
  if (verb.name === 'post' && thing === '') return undefined;
  const number = seen.things.get(about)?.get(foldName(thing));
  if (number === undefined) return 'unknown';
  if (about !== 'choice') return { argument: number };
  const { game, choice } = choiceOf(number);
  return { argument: choice, amount: game };
}
