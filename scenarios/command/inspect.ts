/**
 * `inspect RUN AGENT [--tick T]`: who an agent is, what it did and what was done to it, and its row in every table.
 *
 * What the log holds is read from the log, up to the tick. What it does not hold (exposure memory, attributes, counters) comes from the
 * newest checkpoint or, when a tick is asked for, from a simulation up to it; which of them stands in the output.
 * Columns are listed by their declarations, so that a new one shows without code here.
 */
import { reasonName } from '../../sim/exchange/reasons.ts';
import { cellsOfAgent, pairsOfAgent, planAt, savedState, stateAt } from '../../sim/engine/agent-state.ts';
import { ledgerEntries } from '../../sim/engine/ledger-entries.ts';
import { accounts } from '../../sim/world/ledger.ts';
import type { Account } from '../../sim/world/ledger.ts';
import { Names, verbsOf } from '../../sim/engine/names.ts';
import { agentCalled, readAgentLog } from '../../sim/record/agent-reader.ts';
import { noCounters } from '../../sim/record/database-effects.ts';
import { refuseTick } from '../../sim/record/intent-reader.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { actedBit, neverWakes, recentLength, seenMax, topicCount, topicScale } from '../../sim/world/agents.ts';
import { bondBits, reactionBits } from '../../sim/world/pairs.ts';
import { persona } from '../../sim/world/persona.ts';
import { profileOf as profileValue } from '../../sim/world/population.ts';
import { note, printResult } from './output.ts';
import {
  actLine,
  actWords,
  agentWords,
  counted,
  named,
  quoted,
  postWords,
  rulingWords,
  table,
  timeOf,
  timeWords,
} from './words.ts';
import type { AgentCells, StateOfTick } from '../../sim/engine/agent-state.ts';
import type { NamedAct, NamedAgent, NamedPost } from '../../sim/engine/names.ts';
import type { ContentCounters } from '../../sim/record/database-effects.ts';
import type { AgentLog } from '../../sim/record/agent-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Population } from '../../sim/world/population.ts';
import type { SimulatedTime } from './words.ts';

/** Flags of `inspect`. */
export interface InspectFlags {
  readonly tick?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

const actsShown = 10;
const tiesShown = 10;
const postsShown = 10;

/** Runs the command. Returns its exit status. */
export async function inspectCommand(run: string, agent: string, flags: InspectFlags): Promise<number> {
  const records = openRecords(run);
  const { head, manifest, population } = records;
  const tick = flags.tick ?? head.ticks;
  refuseTick(tick, head.ticks, '--tick');
  const ordinal = agentCalled(population, agent);
  const book = await verbsOf(manifest);
  if (book.missing !== undefined) note(`${book.missing}: targets of its verbs are shown as numbers`);
  const log = readAgentLog(records, ordinal, tick, actsShown);
  const state = flags.tick === undefined ? savedState(records) : await stateAt(records, tick, sayWhatIsComputed);
  const names = new Names(population, book, log.posts);
  const { startHour = 0 } = planAt(manifest, tick);
  const card: Card = {
    run,
    ticks: head.ticks,
    agent: names.agent(ordinal),
    tick,
    time: timeOf(tick, { tickSeconds: manifest.tickSeconds, startHour }),
    profile: profileOf(records, ordinal, tick),
    ...doingsOf(log, names, ordinal, flags.all === true),
    state: state === undefined ? undefined : stateOf(records, state, names, ordinal),
  };
  printResult(flags.json === true, card, () => describe(card));
  return 0;
}

function sayWhatIsComputed(from: number, to: number): void {
  note(`computing ticks ${from} to ${to - 1} again`);
}

interface Profile {
  readonly policy: {
    readonly number: number;
    readonly kind: string;
    readonly name?: string;
    readonly parameters?: object;
  };
  readonly wakesPerDay: number;
  /** Share of a day's wakings in each hour. */
  readonly hourShares: readonly number[];
  /** Components of the interest vector, in [-1, 1]. */
  readonly interests: readonly number[];
  /** What the agent is, by attribute of the population; left out where agents have none. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The agent in words. */
  readonly persona: string;
}

interface Ties {
  readonly count: number;
  readonly agents: readonly NamedAgent[];
}

interface Doings {
  readonly attempts: readonly { readonly verb: string; readonly granted: number; readonly refused: number }[];
  readonly refusals: { readonly count: number; readonly last: NamedAct | null };
  readonly followers: Ties;
  readonly followees: Ties;
  readonly posts: { readonly count: number; readonly latest: readonly CountedPost[] };
  readonly received: ContentCounters;
  readonly before: readonly NamedAct[];
  readonly after: readonly NamedAct[];
}

interface CountedPost extends NamedPost, ContentCounters {}

interface ShownState {
  readonly tick: number;
  readonly source: 'checkpoint' | 'simulation' | 'start';
  readonly simulatedTicks: number;
  readonly attributes: Readonly<Record<string, number>>;
  /** Newest first. */
  readonly memory: readonly { readonly content: NamedPost; readonly seenCount: number; readonly spread: boolean }[];
  /** What followers are shown of it, newest first: the post and the content behind it. */
  readonly recents: readonly { readonly post: NamedPost; readonly origin: NamedPost }[];
  /** What stands between it and posts or other agents; `value` is bits, `bits` their names. */
  readonly pairs: readonly {
    readonly kind: string;
    readonly with: NamedPost | NamedAgent;
    readonly value: number;
    readonly bits: readonly string[];
  }[];
  /** What the ledger holds about it: memberships, balances, names, requests, where it is. */
  readonly ledger: readonly { readonly account: string; readonly of: string; readonly value: number | string }[];
  /** Cells of the agent in every column of every table of agents. */
  readonly columns: AgentCells;
}

interface Card extends Doings {
  readonly run: string;
  readonly ticks: number;
  readonly agent: NamedAgent;
  readonly tick: number;
  readonly time: SimulatedTime;
  readonly profile: Profile;
  readonly state: ShownState | undefined;
}

function profileOf({ population, manifest }: Records, ordinal: number, tick: number): Profile {
  const { policy, profile, profileShares, wakesPerDay, interest, traits } = population;
  const number = policy[ordinal];
  const plan = planAt(manifest, tick).policies?.[number];
  const hours = profile[ordinal] * 24;
  const first = ordinal * topicCount;
  return {
    policy: { number, ...(plan ?? { kind: 'unknown' }) },
    wakesPerDay: wakesPerDay[ordinal],
    hourShares: Array.from(profileShares.subarray(hours, hours + 24)),
    interests: Array.from(interest.subarray(first, first + topicCount), (one) => one / topicScale),
    ...(traits === undefined ? {} : { attributes: attributesOf(population, ordinal) }),
    persona: persona(population, ordinal),
  };
}

function attributesOf(population: Population, ordinal: number): Record<string, string | number> {
  const names = (population.traits ?? []).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, profileValue(population, ordinal, name) ?? '']));
}

function doingsOf(log: AgentLog, names: Names, ordinal: number, all: boolean): Doings {
  const ties = (ordinals: Int32Array): Ties => ({
    count: ordinals.length,
    agents: Array.from(all ? ordinals : ordinals.subarray(0, tiesShown), (one) => names.agent(one)),
  });
  const sum: Record<keyof ContentCounters, number> = { ...noCounters };
  for (const id of log.postIds) {
    for (const [name, count] of Object.entries(log.posts.countersOf(id))) sum[name as keyof ContentCounters] += count;
  }
  const latest = log.postIds.slice(-postsShown).reverse();
  const numbers = [...log.attempts.keys()].sort((a, b) => a - b);
  return {
    attempts: numbers.map((one) => ({
      verb: names.verb(one),
      ...(log.attempts.get(one) ?? { granted: 0, refused: 0 }),
    })),
    refusals: {
      count: log.refusalCount,
      last: log.lastRefusal === undefined ? null : names.act(ordinal, log.lastRefusal),
    },
    followers: ties(log.followers),
    followees: ties(log.followees),
    posts: {
      count: log.postIds.length,
      latest: latest.map((id) => ({ ...names.post(id), ...log.posts.countersOf(id) })),
    },
    received: sum,
    before: log.before.map((act) => names.act(ordinal, act)),
    after: log.after.map((act) => names.act(ordinal, act)),
  };
}

function stateOf(records: Records, state: StateOfTick, names: Names, ordinal: number): ShownState {
  const { tick } = state.snapshot;
  const columns = cellsOfAgent(state.snapshot, records.population, ordinal);
  const { agents, exposures, recents, attributes } = columns;
  const attributeNames = planAt(records.manifest, tick).attributes ?? [];
  const length = exposures['origin'].length;
  const newest = agents['exposureHead'][0] + length - 1;
  const places = Array.from({ length }, (_, k) => (newest - k) % length);
  return {
    tick,
    source: state.simulatedTicks > 0 ? 'simulation' : tick === 0 ? 'start' : 'checkpoint',
    simulatedTicks: state.simulatedTicks,
    attributes: Object.fromEntries(attributeNames.map(({ name }, k) => [name, attributes['value'][k]])),
    memory: places
      .filter((place) => exposures['origin'][place] > 0)
      .map((place) => ({
        content: names.post(exposures['origin'][place]),
        seenCount: exposures['seen'][place] & seenMax,
        spread: (exposures['seen'][place] & actedBit) !== 0,
      })),
    recents: Array.from({ length: recentLength }, (_, k) => recents['entry'].slice(2 * k, 2 * k + 2))
      .filter(([post]) => post > 0)
      .map(([post, origin]) => ({ post: names.post(post), origin: names.post(origin) })),
    pairs: pairsOfAgent(state.snapshot, records.population, ordinal).map(({ kind, object, number, value }) => ({
      kind,
      with: object === 'agent' ? names.agent(number) : names.post(number),
      value,
      bits: bitNames(kind, value),
    })),
    ledger: ledgerOf(state, records, names, ordinal),
    columns,
  };
}

/** Entries about the agent; a balance is told with what the agent had at the start. */
function ledgerOf(
  { snapshot }: StateOfTick,
  { manifest }: Records,
  names: Names,
  ordinal: number,
): ShownState['ledger'] {
  const { grounds } = planAt(manifest, snapshot.tick);
  const things: Partial<Record<Account, readonly { readonly name: string }[] | undefined>> = {
    ...{ balance: grounds?.goods, groupMember: grounds?.groups, subscription: grounds?.communities },
    ...{ communityRole: grounds?.communities, rounds: grounds?.games, lastChoice: grounds?.games },
  };
  return ledgerEntries(snapshot)
    .filter(({ account, subject }) => accounts[account].subject === 'agent' && subject === ordinal)
    .map(({ account, object, value, text }) => {
      const kind = accounts[account].object;
      const of =
        kind === 'agent'
          ? names.agent(object).id
          : kind === 'none'
            ? ''
            : (things[account]?.[object]?.name ?? `${object}`);
      if (account === 'balance') return { account, of, value: value + (grounds?.goods[object]?.initial ?? 0) };
      if (account === 'place') return { account, of: '', value: grounds?.places[value - 1]?.name ?? value - 1 };
      if (accounts[account].value === 'agent') return { account, of, value: names.agent(value - 1).id };
      return { account, of, value: text ?? value };
    });
}

const bitTables: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  reactions: reactionBits,
  bonds: bondBits,
};

/** Names of the bits of a pair; none for a kind whose bits have no names here. */
function bitNames(kind: string, value: number): string[] {
  return Object.entries(bitTables[kind] ?? {}).flatMap(([name, bit]) => ((value & bit) === 0 ? [] : [name]));
}

function describe(card: Card): string {
  const { agent, tick, ticks, time } = card;
  const rows: [string, string][] = [
    ['agent', `${agentWords(agent)} (#${agent.ordinal})`],
    ['at', `the start of tick ${tick}${tick === ticks ? ', which is the end' : ` of ${ticks}`}: ${timeWords(time)}`],
    ...profileRows(card.profile),
    ['follows', tiesWords(card.followees)],
    ['followed by', tiesWords(card.followers)],
    ['attempts', card.attempts.map(attemptWords).join(', ') || 'none'],
    ['refusals', refusalWords(card)],
    ['posts', `${card.posts.count}, which received ${countersWords(card.received)}`],
    ...card.posts.latest.map((post): [string, string] => ['', `${postWords(post)}: ${countersWords(post)}`]),
    ...listRows('acts before', card.before.map(actLine)),
    ...listRows('acts after', card.after.map(actLine)),
    ...stateRows(card),
  ];
  return table(rows);
}

function listRows(head: string, lines: readonly string[]): [string, string][] {
  if (lines.length === 0) return [[head, 'none']];
  return lines.map((line, i) => [i === 0 ? head : '', line]);
}

function profileRows(profile: Profile): [string, string][] {
  const { policy, wakesPerDay, hourShares, interests, attributes } = profile;
  const busiest = hourShares.indexOf(Math.max(...hourShares));
  const isEven = hourShares.every((one) => Math.abs(one - 1 / 24) < 1e-9);
  const when = isEven ? 'at any hour alike' : `most from ${busiest}:00 to ${(busiest + 1) % 24}:00`;
  const byStrength = interests
    .map((weight, topic) => ({ weight, topic }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const known = Object.entries(attributes ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    ['persona', profile.persona],
    ...(known.length === 0 ? [] : [['attributes', known.join(', ')] as [string, string]]),
    ['policy', `${policy.number}: ${policy.kind}${policy.name === undefined ? '' : ` ${named(policy.name)}`}`],
    ['activity', `wakes ${wakesPerDay.toFixed(2)} times a day, ${when}`],
    ['interests', byStrength.map(({ weight, topic }) => `topic ${topic} ${weight.toFixed(2)}`).join(', ')],
  ];
}

function tiesWords({ count, agents }: Ties): string {
  const more = count - agents.length;
  if (count === 0) return 'nobody';
  return `${count}: ${agents.map(agentWords).join(', ')}${more > 0 ? ` and ${more} more (--all)` : ''}`;
}

function attemptWords({ verb, granted, refused }: Doings['attempts'][number]): string {
  return `${named(verb)} ${granted} granted${refused > 0 ? ` ${refused} refused` : ''}`;
}

function refusalWords({ refusals: { count, last } }: Card): string {
  if (last === null) return 'none';
  return `${count}, the last in tick ${last.tick}: ${actWords(last)}, ${rulingWords(last)}`;
}

/** Likes, shares and replies always; dislikes and reports where there are any. */
function countersWords({ likes, shares, replies, dislikes, reports }: ContentCounters): string {
  const common = `${counted(likes, 'like')}, ${counted(shares, 'share')}, ${counted(replies, 'reply', 'replies')}`;
  const bad = dislikes + reports === 0 ? '' : `, ${counted(dislikes, 'dislike')}, ${counted(reports, 'report')}`;
  return common + bad;
}

function stateRows({ state, ticks, tick }: Card): [string, string][] {
  if (state === undefined) {
    return [['state', `not in the log, and there is no checkpoint: --tick ${tick} computes it`]];
  }
  const later = state.tick < tick ? `; --tick ${ticks} computes the end` : '';
  const memory = state.memory.map(
    ({ content, seenCount, spread }) =>
      `${postWords(content)}: seen ${counted(seenCount, 'time')}${spread ? ', spread' : ''}`,
  );
  const recents = state.recents.map(({ post, origin }) =>
    post.id === origin.id ? postWords(post) : `${postWords(post)} of ${postWords(origin)}`,
  );
  const attributes = Object.entries(state.attributes).map(([name, value]) => `${named(name)} ${value}`);
  return [
    ['state', `before tick ${state.tick}, ${sourceWords(state)}${later}`],
    ...listRows('attributes', attributes.length === 0 ? [] : [attributes.join(', ')]),
    ...listRows('memory', memory),
    ...listRows('shown', recents),
    ...listRows('pairs', state.pairs.map(pairLine)),
    ...(state.ledger.length === 0 ? [] : listRows('ledger', state.ledger.map(ledgerLine))),
    ...listRows('columns', columnLines(state.columns)),
  ];
}

function pairLine({ kind, with: other, value, bits }: ShownState['pairs'][number]): string {
  const what = bits.length > 0 ? bits.join(', ') : `value ${value}`;
  return `${kind}: ${what}, ${'ordinal' in other ? agentWords(other) : postWords(other)}`;
}

function ledgerLine({ account, of, value }: ShownState['ledger'][number]): string {
  const what = typeof value === 'string' ? quoted(value) : String(value);
  return `${account}${of === '' ? '' : ` ${named(of)}`}: ${what}`;
}

function sourceWords({ source, simulatedTicks }: ShownState): string {
  if (source === 'simulation') return `computed again over ${counted(simulatedTicks, 'tick')}`;
  return source === 'start' ? 'as the run began' : 'from the checkpoint there';
}

/** Tables that are shown in words above. */
const shownTables = ['exposures', 'recents', 'attributes'];

function columnLines(columns: AgentCells): string[] {
  return Object.entries(columns)
    .filter(([name]) => !shownTables.includes(name))
    .filter(([, cells]) => Object.values(cells).some((one) => one.length > 0))
    .map(([name, cells]) => `${name}: ${Object.entries(cells).map(cellWords).join(', ')}`);
}

function cellWords([name, cells]: [string, readonly number[]]): string {
  const text = cells.length === 1 ? String(cells[0]) : `[${cells.join(' ')}]`;
  if (name === 'refusalReason') return `${name} ${reasonName(cells[0])}`;
  return `${name} ${name === 'wakeTick' && cells[0] === neverWakes ? 'never' : text}`;
}
