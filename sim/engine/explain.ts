/**
 * Explains rulings out of a log: what was attempted, what became of it and why, who contended and in which order, what it changed.
 *
 * Reads the records, and the study's own module for what its verbs are; without that module an own verb's target stays a number.
 * Order: contenders stand as the Game Master served them; it is its own lottery that is drawn here (`sim/game-master/resolve.ts`).
 * Invariant: whoever was granted a place stands before whoever lost the lottery, or the log was not made by this code.
 */
import { hexOf } from '../ground/digest.ts';
import { InvariantError } from '../ground/errors.ts';
import { seedWords, tickSeedA, tickSeedB, unitOf } from '../ground/random.ts';
import { outcomes, reasonName, reasonNumber, ruleName, rules } from '../exchange/reasons.ts';
import {
  firstInterventionSequence,
  firstPlantedSequence,
  firstReattemptSequence,
  sources,
} from '../exchange/tables.ts';
import { firstOwnVerb, makesPost, verbs } from '../exchange/verbs.ts';
import { compareLots, lotOf } from '../game-master/arbitrate.ts';
import { actOf } from '../record/agent-reader.ts';
import { sha256 } from '../record/genesis.ts';
import { Names } from './names.ts';
import type { InvariantPlan } from '../exchange/invariants.ts';
import type { ModerationRule } from '../exchange/moderation.ts';
import type { Effect, OwnVerb, TargetKind } from '../exchange/verbs.ts';
import type { LoggedAct } from '../record/agent-reader.ts';
import type { ContentCounters } from '../record/database-effects.ts';
import type { ChainPlace, IntentTick } from '../record/intent-reader.ts';
import type { Records } from '../record/reader.ts';
import type { NamedAct, NamedAgent, NamedPost, VerbBook } from './names.ts';

/** Who competed for places, and how it was settled. `draw` is in [0, 1): the least is served first. */
export interface Contest {
  /** Undefined where nobody lost and the study's module is not at hand. */
  readonly places: number | undefined;
  readonly contenderCount: number;
  /** From 1. */
  readonly rank: number;
  readonly draw: number;
  readonly order: readonly {
    readonly agent: NamedAgent;
    readonly sequence: number;
    readonly draw: number;
    readonly granted: boolean;
  }[];
}

/** A counter of a post or an agent, before the tick and after it; others may have moved it in the same tick. */
export interface CounterChange {
  readonly of: 'post' | 'agent';
  readonly name: keyof ContentCounters | 'followers';
  readonly before: number;
  readonly after: number;
}

/** Who settled an attempt. */
export type Resolver = 'rules' | 'judge' | 'cache' | 'fallback' | 'deferred';

/** What `why` knows about one intent. */
export interface Explanation extends NamedAct {
  readonly agent: NamedAgent;
  /** The agent attempted it itself, the scenario made it, or the platform did it by a rule of its own. */
  readonly by: 'agent' | 'scenario' | 'platform';
  readonly verbNumber: number;
  readonly ruleNumber: number;
  /** The platform's own rule by which it acted. */
  readonly moderation: ModerationRule | undefined;
  /** The scenario's invariant that the attempt would have broken. */
  readonly invariant: InvariantPlan | undefined;
  /** What decided: no judge takes part yet. */
  /** Who settled what was attempted: rules, the judge, what it said before, or nobody. */
  readonly resolver: Resolver;
  /** What the rules were: the engine's version, and the study's own code. */
  readonly ruleVersion: { readonly engine: string; readonly ownCode: string | null };
  /** SHA-256 over what was ruled on: seed, tick, the actor's key, sequence, verb, target, amount. */
  readonly inputHash: string;
  readonly contest: Contest | undefined;
  readonly made: NamedPost | undefined;
  /** The tick at which a ban that was granted ends, or from which a limit that was reached has a place again. */
  readonly endTick: number | undefined;
  readonly counters: readonly CounterChange[];
  /** Operations of an own verb, if it was granted. */
  readonly operations: readonly Effect[];
  /** Where the target stood in the agent's feed, if its exposures are recorded. */
  readonly seen: { readonly position: number; readonly source: string } | undefined;
  /** Requests of the agent to a model in that tick, by how they ended. */
  readonly modelAnswers: { readonly answered: number; readonly failed: number };
  readonly others: readonly NamedAct[];
  readonly chain: ChainPlace;
}

/** Explains the intent in a row of its tick. */
export function explain(records: Records, book: VerbBook, found: IntentTick, row: number): Explanation {
  const { record, posts, chain } = found;
  const names = new Names(records.population, book, posts);
  const act = actOf(record, row);
  const ordinal = record.actor[row];
  const verb = book.verbs.get(act.verb);
  const isGranted = act.outcome === outcomes.granted;
  const others = Array.from({ length: found.rows.to - found.rows.from }, (_, i) => found.rows.from + i)
    .filter((other) => other !== row)
    .map((other) => names.act(ordinal, actOf(record, other)));
  return {
    ...names.act(ordinal, act),
    agent: names.agent(ordinal),
    by: originOf(records, ordinal, act),
    ...{ verbNumber: act.verb, ruleNumber: act.rule, resolver: resolverOf(act) },
    moderation: names.moderation(ordinal, act),
    invariant: names.invariant(act.rule),
    ruleVersion: { engine: records.manifest.engine, ownCode: records.manifest.module?.sha256 ?? null },
    inputHash: inputHashOf(records, ordinal, act),
    contest: contestOf(records, placesOf(verb?.own), found, row, names),
    made: isGranted && makesPost(act.verb) ? names.post(act.result) : undefined,
    endTick: endTickOf(act),
    counters: isGranted ? changesOf(records, found, row) : [],
    operations: isGranted ? (verb?.own?.effects ?? []) : [],
    seen: placeInFeed(found, ordinal, act, verb?.target),
    modelAnswers: answersTo(found, ordinal),
    ...{ others, chain },
  };
}

function originOf({ population }: Records, ordinal: number, { sequence }: LoggedAct): Explanation['by'] {
  if (ordinal === population.count) return 'platform';
  const isPlanted = sequence >= firstPlantedSequence && sequence < firstReattemptSequence;
  return isPlanted || sequence >= firstInterventionSequence ? 'scenario' : 'agent';
}

function endTickOf({ verb, outcome, reason, result }: LoggedAct): number | undefined {
  const isBan = verb === verbs.ban && outcome === outcomes.granted;
  return isBan || (reason === reasonNumber.QUOTA_REACHED && result > 0) ? result : undefined;
}

function inputHashOf({ manifest, population }: Records, ordinal: number, act: LoggedAct): string {
  const { lo, hi } = seedWords(manifest.seed);
  const { keyLo, keyHi } = population;
  const { tick, sequence, verb, target, amount } = act;
  // The platform has no key.
  const words = Int32Array.of(lo, hi, tick, keyLo[ordinal] ?? 0, keyHi[ordinal] ?? 0, sequence, verb, target, amount);
  return hexOf(sha256(new Uint8Array(words.buffer)));
}

/** How many places a verb says that it has; undefined where it has none or is known by name only. */
function placesOf(own: OwnVerb | undefined): number | undefined {
  return own?.conflict === 'exclusive' ? (own.places ?? 1) : undefined;
}

/** The contest for places on the target of a row; undefined where the verb has none, or the attempt did not come so far. */
function contestOf(
  records: Records,
  declared: number | undefined,
  { record }: IntentTick,
  row: number,
  names: Names,
): Contest | undefined {
  const rivals = rivalsOf(record, row);
  const hasLosers = rivals.some((one) => record.outcome[one] !== outcomes.granted);
  if (!rivals.includes(row) || (!hasLosers && declared === undefined)) return undefined;
  const { lo, hi } = seedWords(records.manifest.seed);
  const seeds = { seedA: tickSeedA(lo, hi, record.tick), seedB: tickSeedB(lo, hi, record.tick) };
  const { keyLo, keyHi } = records.population;
  const order = rivals
    .map((one) => {
      const actor = record.actor[one];
      const lot = lotOf(seeds, { keyLo: keyLo[actor], keyHi: keyHi[actor] }, record.sequence[one]);
      return { row: one, actor, lot, granted: record.outcome[one] === outcomes.granted };
    })
    .sort((x, y) => compareLots(x.lot, y.lot));
  const served = order.filter((one) => one.granted).length;
  if (order.slice(0, served).some((one) => !one.granted)) {
    throw new InvariantError('the log granted a place against the lottery', {
      seed: records.manifest.seed,
      tick: record.tick,
    });
  }
  const rank = order.findIndex((one) => one.row === row);
  return {
    places: hasLosers ? served : declared,
    ...{ contenderCount: order.length, rank: rank + 1, draw: unitOf(order[rank].lot.lottery) },
    order: order.map(({ actor, lot, granted }) => ({
      ...{ agent: names.agent(actor), sequence: lot.sequence, draw: unitOf(lot.lottery), granted },
    })),
  };
}

/** Rows that came as far as the lottery for the same places: own verbs alone have places. */
function rivalsOf({ intentCount, verb, target, outcome, rule }: IntentTick['record'], row: number): number[] {
  const rivals: number[] = [];
  for (let i = 0; verb[row] >= firstOwnVerb && i < intentCount; i++) {
    if (verb[i] !== verb[row] || target[i] !== target[row]) continue;
    if (outcome[i] === outcomes.granted || rule[i] === rules.exclusivePlaces) rivals.push(i);
  }
  return rivals;
}

/** The counters of its target that a verb can move. Own verbs move none: they have operations. */
const countersOf: Readonly<Record<number, readonly CounterChange['name'][]>> = {
  ...{ [verbs.like]: ['likes'], [verbs.unlike]: ['likes'], [verbs.dislike]: ['dislikes'] },
  ...{
    [verbs.undislike]: ['dislikes'],
    [verbs.upvote]: ['likes', 'dislikes'],
    [verbs.downvote]: ['likes', 'dislikes'],
  },
  ...{ [verbs.report]: ['reports'], [verbs.reply]: ['replies'], [verbs.repost]: ['shares'], [verbs.quote]: ['shares'] },
  ...{ [verbs.follow]: ['followers'], [verbs.unfollow]: ['followers'] },
};

/** The counters that the intent could move and that the tick moved. */
function changesOf({ population }: Records, found: IntentTick, row: number): CounterChange[] {
  const { verb, target } = found.record;
  const { before, after } = found.counters[row - found.rows.from];
  return (countersOf[verb[row]] ?? []).flatMap((name): CounterChange[] => {
    if (name !== 'followers') {
      return before[name] === after[name] ? [] : [{ of: 'post', name, before: before[name], after: after[name] }];
    }
    let atStart = 0;
    for (const followee of population.followee) if (followee === target[row]) atStart++;
    const [from, to] = [before, after].map((one) => atStart + one.followersGained);
    return [{ of: 'agent', name, before: from, after: to }];
  });
}

/** Where the target stood in the feed that the agent saw in that tick. */
function placeInFeed({ record }: IntentTick, ordinal: number, act: LoggedAct, kind: TargetKind | undefined) {
  const { agent, post, position, source } = record.seen;
  const at = kind === 'post' ? agent.findIndex((one, i) => one === ordinal && post[i] === act.target) : -1;
  if (at < 0) return undefined;
  const name = Object.entries(sources).find(([, number]) => number === source[at])?.[0] ?? `source ${source[at]}`;
  return { position: position[at] + 1, source: name };
}

const answerWords = 7;

const resolvers: Readonly<Record<string, Resolver>> = {
  ...{ READ_BY_JUDGE: 'judge', READ_BY_CACHE: 'cache', READ_BY_FALLBACK: 'fallback', JUDGE_BUSY: 'deferred' },
  ...{ judge: 'judge', judgeCache: 'cache', fallback: 'fallback' },
};

function resolverOf({ reason, rule }: { readonly reason: number; readonly rule: number }): Resolver {
  return resolvers[reasonName(reason)] ?? resolvers[ruleName(rule)] ?? 'rules';
}

function answersTo({ record }: IntentTick, ordinal: number): Explanation['modelAnswers'] {
  const sum = { answered: 0, failed: 0 };
  for (let at = 0; at < record.answers.length; at += answerWords) {
    if (record.answers[at] !== ordinal) continue;
    if (record.answers[at + 2] === 1) sum.answered++;
    else sum.failed++;
  }
  return sum;
}
