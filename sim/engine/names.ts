/**
 * Names for the numbers of a log: agents by their ids, posts by who wrote them when, verbs, outcomes, reasons and rules.
 *
 * Reads the population, the posts that were read out of the log, and the study's own module for what its verbs act on; without that
 * module they are known by name, and their targets stay numbers.
 * Invariant: nothing here computes a ruling or runs a study's code beyond loading its module.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../ground/errors.ts';
import { firstInvariantRule } from '../exchange/invariants.ts';
import { firstModerationRule } from '../exchange/moderation.ts';
import { outcomeName, reasonName, ruleName } from '../exchange/reasons.ts';
import { firstOwnVerb, unknownVerb, verbs, verbTable } from '../exchange/verbs.ts';
import { externalId } from '../world/population.ts';
import { loadOwnCode } from './own-code.ts';
import { noOwnCode } from './plan.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { InvariantPlan } from '../exchange/invariants.ts';
import type { ModerationRule } from '../exchange/moderation.ts';
import type { TargetKind, Verb } from '../exchange/verbs.ts';
import type { LoggedAct } from '../record/agent-reader.ts';
import type { LoggedDetail } from '../record/chunk.ts';
import type { PostTable } from '../record/database-effects.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Population } from '../world/population.ts';
import type { OwnCode, Plan } from './plan.ts';

/** An agent in an explanation. */
export interface NamedAgent {
  readonly id: string;
  readonly ordinal: number;
}

/** What an attempt was aimed at. A post is named by the intent that made it, which is its identity across runs. */
export type Target =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'agent'; readonly agent: NamedAgent | undefined; readonly number: number }
  | { readonly kind: 'post'; readonly post: NamedPost }
  | { readonly kind: 'thing'; readonly what: TargetKind; readonly number: number; readonly name: string | undefined };

/** What an attempt says beside target and amount. */
export interface NamedDetail extends LoggedDetail {
  /** The name of what it is about: a good, a community, a choice. */
  readonly about: string | undefined;
}

/** A post; `author` and `tick` are missing for one that nobody wrote. */
export interface NamedPost {
  readonly id: number;
  readonly author?: NamedAgent;
  readonly tick?: number;
  /** Verb that made it. */
  readonly madeBy?: string;
}

/** An attempt and its ruling, in names. */
export interface NamedAct {
  readonly intent: string;
  readonly tick: number;
  readonly sequence: number;
  readonly verb: string;
  readonly target: Target;
  readonly amount: number;
  readonly outcome: string;
  readonly reason: string;
  readonly rule: string;
  readonly detail?: NamedDetail;
}

/** The verbs of a run. `missing` says why the study's own are known by name only. */
export interface VerbBook {
  readonly verbs: ReadonlyMap<number, Pick<Verb, 'name' | 'own'> & { readonly target: TargetKind | undefined }>;
  readonly missing: string | undefined;
  /** The platform's own rules, in their order. */
  readonly moderation: readonly ModerationRule[];
  readonly invariants: readonly InvariantPlan[];
  readonly grounds: GroundsPlan | undefined;
}

/** Reads what the verbs of a run are. A module that is gone is no error: the log holds the rulings. */
export async function verbsOf(manifest: Manifest): Promise<VerbBook> {
  const { code, missing } = await codeOf(manifest);
  const book = new Map<number, Pick<Verb, 'name' | 'own'> & { readonly target: TargetKind | undefined }>();
  manifest.ownVerbs.forEach((name, i) => book.set(firstOwnVerb + i, { name, target: undefined }));
  for (const verb of verbTable(code.verbs)) {
    if (verb.own === undefined || book.get(verb.number)?.name === verb.name) book.set(verb.number, verb);
  }
  const { conduct, invariants, grounds } = manifest.plan as Partial<Plan>;
  return {
    verbs: book,
    missing: manifest.ownVerbs.length === 0 ? undefined : missing,
    moderation: conduct?.moderation ?? [],
    invariants: invariants ?? [],
    grounds,
  };
}

/** Only a file is loaded: a manifest may come from somebody else, and a URL can hold code itself. */
async function codeOf(manifest: Manifest): Promise<{ code: OwnCode; missing: string | undefined }> {
  const { module } = manifest.plan as Partial<Plan>;
  if (module === undefined || manifest.ownVerbs.length === 0) return { code: noOwnCode, missing: undefined };
  if (!module.startsWith('file:')) return { code: noOwnCode, missing: 'the study’s module is no file' };
  if (!existsSync(fileURLToPath(module)))
    return { code: noOwnCode, missing: 'the study’s module is not there any more' };
  try {
    return { code: await loadOwnCode(module), missing: undefined };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    return { code: noOwnCode, missing: 'the study’s module cannot be loaded' };
  }
}

/** Names for the numbers of a log. */
export class Names {
  readonly #population: Population;
  readonly #book: VerbBook;
  readonly #posts: PostTable;

  constructor(population: Population, book: VerbBook, posts: PostTable) {
    this.#population = population;
    this.#book = book;
    this.#posts = posts;
  }

  agent(ordinal: number): NamedAgent {
    return { id: externalId(this.#population.ids, ordinal), ordinal };
  }

  verb(number: number): string {
    if (number === unknownVerb) return '(unknown)';
    return this.#book.verbs.get(number)?.name ?? `verb ${number}`;
  }

  post(id: number): NamedPost {
    const { author, tick, kind } = this.#posts.columns;
    if (!(kind[id] > 0)) return { id };
    return { id, author: this.agent(author[id]), tick: tick[id], madeBy: this.verb(kind[id]) };
  }

  act(ordinal: number, act: LoggedAct): NamedAct {
    const moderation = this.moderation(ordinal, act);
    return {
      intent: `${act.tick}:${this.agent(ordinal).id}:${act.sequence}`,
      ...{ tick: act.tick, sequence: act.sequence, verb: this.verb(act.verb) },
      ...{ target: this.target(act), amount: moderation?.hours ?? act.amount },
      ...{ outcome: outcomeName(act.outcome), reason: reasonName(act.reason), rule: this.#rule(act.rule) },
      ...(act.detail === undefined ? {} : { detail: { ...act.detail, about: this.#about(act) } }),
    };
  }

  #about({ verb, amount, detail }: LoggedAct): string | undefined {
    const { grounds } = this.#book;
    const argument = detail?.argument ?? -1;
    if (verb === verbs.play) return grounds?.games[amount]?.choices[argument];
    const isInCommunity = verb === verbs.post || verb === verbs.appoint || verb === verbs.dismiss;
    return (isInCommunity ? grounds?.communities : grounds?.goods)?.[argument]?.name;
  }

  /** The name of a thing that is there from the start. */
  #thing(kind: Exclude<TargetKind, 'none' | 'agent' | 'post'>, number: number): string | undefined {
    const { grounds } = this.#book;
    const lists = {
      ...{ group: grounds?.groups, community: grounds?.communities, product: grounds?.products, good: grounds?.goods },
      ...{ place: grounds?.places, game: grounds?.games },
    };
    return lists[kind]?.[number]?.name;
  }

  #rule(number: number): string {
    return this.#book.moderation[number - firstModerationRule]?.id ?? this.invariant(number)?.code ?? ruleName(number);
  }

  /** The scenario's invariant that decided a ruling, by the number of its rule. */
  invariant(rule: number): InvariantPlan | undefined {
    return this.#book.invariants[rule - firstInvariantRule];
  }

  /** The rule by which the platform acts: the log has its place in the scenario's list where others have an amount. */
  moderation(ordinal: number, { amount }: Pick<LoggedAct, 'amount'>): ModerationRule | undefined {
    return ordinal === this.#population.count ? this.#book.moderation[amount] : undefined;
  }

  target({ verb, target }: Pick<LoggedAct, 'verb' | 'target'>): Target {
    const kind = this.#book.verbs.get(verb)?.target;
    if (kind === 'none') return { kind };
    if (kind === 'post') return { kind, post: this.post(target) };
    if (kind === undefined) return { kind: 'number', number: target };
    if (kind !== 'agent') return { kind: 'thing', what: kind, number: target, name: this.#thing(kind, target) };
    const isThere = target >= 0 && target < this.#population.count;
    return { kind: 'agent', agent: isThere ? this.agent(target) : undefined, number: target };
  }
}
