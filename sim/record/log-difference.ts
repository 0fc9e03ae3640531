/**
 * Where two recorded runs differ first, as far as their files say: in the population, in what a tick decided, or in a state root.
 *
 * Frames are compared as bytes and read only where they differ. What a sample of agents saw is no part of it: how large the sample
 * is does not change a run. Order: agent by agent in the order of ordinals, then what belongs to no agent.
 */
import { outcomes, reasons, rules } from '../exchange/reasons.ts';
import { firstOwnVerb, verbs, verbTable } from '../exchange/verbs.ts';
import { hexOf } from '../ground/digest.ts';
import { externalId } from '../world/population.ts';
import { decodeTick } from './chunk.ts';
import type { Population } from '../world/population.ts';
import type { Frame, TickRecord } from './chunk.ts';
import type { Records } from './reader.ts';

/** What two runs have in one place. */
export type DifferingValue = number | string;

/** Where two runs differ first. */
export interface Difference {
  /** In the population, the plan, the state before the first tick; in the state after `tick`; in the log's record of `tick`; or in how
   * many ticks there are. */
  readonly where: 'population' | 'plan' | 'start' | 'state' | 'log' | 'length';
  /** 0 for what stands before the first tick. */
  readonly tick: number;
  /** External id, where it is one agent's. */
  readonly agent?: string;
  /** Such as `outcome`, or `agents.wakeTick`: table, column and, in brackets, the cell. */
  readonly field: string;
  readonly first: DifferingValue;
  readonly second: DifferingValue;
}

/** What stands where the other run has something. */
export const absent = 'nothing';

/** The first difference between two populations: someone who is in one alone, else the first agent with another column. */
export function populationDifference(a: Population, b: Population): Difference | undefined {
  const found = { where: 'population', tick: 0 } as const;
  for (let i = 0; i < Math.max(a.count, b.count); i++) {
    const [one, other] = [a, b].map((each) => (i < each.count ? externalId(each.ids, i) : undefined));
    if (one !== other) return { ...found, ...onlyInOne(a, b, i), field: 'agents' };
  }
  for (let i = 0; i < a.count; i++) {
    const agent = externalId(a.ids, i);
    for (const [field, cell] of Object.entries(populationFields)) {
      const [first, second] = [cell(a, i), cell(b, i)];
      if (first !== second) return { ...found, agent, field: `population.${field}`, first, second };
    }
    const tie = tieDifference(a, b, i);
    if (tie !== undefined) return { ...found, agent, field: 'population.followee', ...tie };
  }
  return undefined;
}

/** Populations stand in the order of keys, so that of two agents in one place the one with the smaller key is in one alone. */
function onlyInOne(a: Population, b: Population, i: number): Pick<Difference, 'agent' | 'first' | 'second'> {
  const isInFirst = i < a.count && (i >= b.count || compareKeysAt(a, b, i) < 0);
  const agent = externalId(isInFirst ? a.ids : b.ids, i);
  return { agent, first: isInFirst ? agent : absent, second: isInFirst ? absent : agent };
}

function compareKeysAt(a: Population, b: Population, i: number): number {
  return a.keyHi[i] - b.keyHi[i] || (a.keyLo[i] >>> 0) - (b.keyLo[i] >>> 0);
}

const populationFields: Readonly<Record<string, (population: Population, i: number) => DifferingValue>> = {
  interest: ({ interest, count }, i) => cells(interest, i, interest.length / count),
  wakesPerDay: ({ wakesPerDay }, i) => wakesPerDay[i],
  policy: ({ policy }, i) => policy[i],
  profileShares: ({ profile, profileShares }, i) => cells(profileShares, profile[i], 24),
};

function cells(column: ArrayLike<number>, row: number, width: number): string {
  return Array.from({ length: width }, (_, k) => column[row * width + k]).join(' ');
}

function tieDifference(a: Population, b: Population, i: number): Pick<Difference, 'first' | 'second'> | undefined {
  const [mine, theirs] = [a, b].map((each) => each.followee.subarray(each.followOffset[i], each.followOffset[i + 1]));
  const differing = firstUnshared(mine, theirs);
  if (differing === undefined) return undefined;
  const name = (isThere: boolean): string => (isThere ? externalId(a.ids, differing.value) : absent);
  return { first: name(differing.isInFirst), second: name(!differing.isInFirst) };
}

/** The smallest number that is in one of two ascending lists alone. */
export function firstUnshared(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { readonly value: number; readonly isInFirst: boolean } | undefined {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (at === a.length && at === b.length) return undefined;
  const isInFirst = at < a.length && (at === b.length || a[at] < b[at]);
  return { value: isInFirst ? a[at] : b[at], isInFirst };
}

/** How far two logs agree. */
export interface LogComparison {
  /** Ticks up to which both have recorded the same root of the state: 0 if they never did. */
  readonly equalTicks: number;
  /** Absent where the logs agree as far as both go. */
  readonly difference?: Difference;
  /** Whether it is a root alone that differs. */
  readonly isRoot: boolean;
}

/** Compares what two logs have decided, and the roots of the state, tick by tick. The populations must be one. */
export function compareLogs(a: Records, b: Records): LogComparison {
  const others = b.frames();
  let equalTicks = 0;
  try {
    for (const frame of a.frames()) {
      const next = others.next();
      if (next.done === true) break;
      const other = next.value;
      if (Buffer.compare(frame.decided, other.decided) !== 0) {
        return { equalTicks, difference: decidedDifference(a, b, frame, other), isRoot: false };
      }
      if (frame.root.length === 0 || other.root.length === 0) continue;
      const [first, second] = [hexOf(frame.root), hexOf(other.root)];
      if (first !== second) {
        return {
          equalTicks,
          difference: { where: 'state', tick: frame.tick, field: 'root', first, second },
          isRoot: true,
        };
      }
      equalTicks = frame.tick + 1;
    }
    return { equalTicks, isRoot: false };
  } finally {
    others.return?.();
  }
}

const columns = ['target', 'amount', 'outcome', 'reason', 'rule', 'result', 'topic'] as const;

function decidedDifference(a: Records, b: Records, frame: Frame, other: Frame): Difference {
  const [mine, theirs] = [decodeTick(frame), decodeTick(other)];
  const found = { where: 'log', tick: frame.tick } as const;
  const named = (ordinal: number): string => externalId(a.population.ids, ordinal);
  for (let row = 0; row < Math.max(mine.intentCount, theirs.intentCount); row++) {
    const order = compareIntents(mine, theirs, row);
    if (order !== 0) {
      const [records, record] = order < 0 ? [a, mine] : [b, theirs];
      const verb = verbName(records, record.verb[row]);
      const values = order < 0 ? { first: verb, second: absent } : { first: absent, second: verb };
      return { ...found, agent: named(record.actor[row]), field: 'verb', ...values };
    }
    const agent = named(mine.actor[row]);
    const [first, second] = [verbName(a, mine.verb[row]), verbName(b, theirs.verb[row])];
    if (first !== second) return { ...found, agent, field: 'verb', first, second };
    const field = columns.find((name) => mine[name][row] !== theirs[name][row]);
    if (field === undefined) continue;
    const value = (record: TickRecord): DifferingValue => valueOf(field, record, row, named);
    return { ...found, agent, field, first: value(mine), second: value(theirs) };
  }
  return { ...found, ...differenceBesides(mine, theirs, named) };
}

/** Below 0: the first log has an intent here that the second lacks; above 0: the other way round. */
function compareIntents(a: TickRecord, b: TickRecord, row: number): number {
  if (row >= a.intentCount) return 1;
  if (row >= b.intentCount) return -1;
  // Attempts of one agent stand in order, acts of the scenario (200 and up) before its own.
  const place = (record: TickRecord): number => (record.sequence[row] + 56) & 0xff;
  return a.actor[row] - b.actor[row] || place(a) - place(b);
}

function verbName({ manifest }: Records, number: number): string {
  const own = manifest.ownVerbs[number - firstOwnVerb] as string | undefined;
  return own ?? nameOf(verbs, number);
}

function nameOf(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(numbers).find((name) => numbers[name] === number) ?? String(number);
}

const reasonNumbers = Object.fromEntries(Object.entries(reasons).map(([name, { number }]) => [name, number]));
const namesOf: Partial<Record<(typeof columns)[number], Readonly<Record<string, number>>>> = {
  ...{ outcome: outcomes, reason: reasonNumbers, rule: rules },
};
const agentVerbs = new Set(verbTable().flatMap(({ number, target }) => (target === 'agent' ? [number] : [])));

/** A cell as people read it: names for numbers of a list, ids for agents. */
function valueOf(
  field: (typeof columns)[number],
  record: TickRecord,
  row: number,
  named: (ordinal: number) => string,
): DifferingValue {
  const number = record[field][row];
  const names = namesOf[field];
  if (names !== undefined) return nameOf(names, number);
  return field === 'target' && number >= 0 && agentVerbs.has(record.verb[row]) ? named(number) : number;
}

/** Answers of models, and what is counted. */
function differenceBesides(
  a: TickRecord,
  b: TickRecord,
  named: (ordinal: number) => string,
): Pick<Difference, 'agent' | 'field' | 'first' | 'second'> {
  const answers = (record: TickRecord, at: number): string => record.answers.subarray(at, at + answerWords).join(' ');
  for (let at = 0; at < Math.max(a.answers.length, b.answers.length); at += answerWords) {
    const [first, second] = [answers(a, at), answers(b, at)];
    if (first === second) continue;
    const agent = named(Math.min(a.answers[at] ?? Infinity, b.answers[at] ?? Infinity));
    return { agent, field: 'answer', first: first || absent, second: second || absent };
  }
  const names = Object.keys(a.totals) as (keyof TickRecord['totals'])[];
  const name = names.find((one) => a.totals[one] !== b.totals[one]) ?? 'awake';
  return { field: name, first: a.totals[name], second: b.totals[name] };
}

/** Words of an answer: ordinal, sequence, status, four words. */
const answerWords = 7;
