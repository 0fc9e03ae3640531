/**
 * The oracle of groups, letters, communities, names and words: the rules once more on plain objects, agents by ordinal.
 *
 * It is handed a tick's attempts as they were recorded and comes to rulings of its own on the ranked ones; what other verbs did it takes
 * from the record, since they have oracles of their own. Members are sets, threads lists, and two names are one if a regular
 * expression with the flags i and u says so.
 */
import { compareLots, lotOf } from '../../../../sim/game-master/arbitrate.ts';
import { seedWords, tickSeedA, tickSeedB } from '../../../../sim/ground/random.ts';
import { outcomes, reasonName } from '../../../../sim/exchange/reasons.ts';
import { isRanked, verbs } from '../../../../sim/exchange/verbs.ts';
import { searchNames } from '../../../../sim/exchange/searches.ts';
import { detailOf } from '../../../../sim/record/chunk.ts';
import type { Population } from '../../../../sim/world/population.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';
import type { CircleSummary } from './circle-stage.ts';

export interface OracleAct {
  readonly i: number;
  readonly actor: number;
  readonly verb: string;
  readonly sequence: number;
  readonly target: number;
  readonly amount: number;
  readonly argument: number;
  readonly text: string;
}

interface OraclePost {
  readonly author: number;
  readonly community: number;
  gone: boolean;
}

interface Group {
  readonly name: string;
  readonly owner: number;
  readonly members: Set<number>;
  readonly said: string[];
}

interface Community {
  readonly name: string;
  readonly owner: number;
  readonly subscribers: Set<number>;
  readonly moderators: Set<number>;
  pins: number[];
}

interface Agent {
  handle: string;
  readonly letters: string[];
  readonly queries: string[];
  lastSearch: number;
  question: string;
  busyUntil: number;
  left: boolean;
}

export interface Oracle {
  readonly groups: Group[];
  readonly communities: Community[];
  readonly agents: readonly Agent[];
  /** By id, from 1. */
  readonly posts: OraclePost[];
  readonly blocks: Set<string>;
  messages: number;
  tick: number;
  readonly population: Population;
  readonly moderators: ReadonlySet<number>;
  readonly seed: number;
  readonly window: number;
  readonly bytesMax: number;
}

export function createOracle(
  order: Pick<Oracle, 'population' | 'moderators' | 'seed' | 'bytesMax'> & { readonly postCapacity: number },
): Oracle {
  const { postCapacity, ...rest } = order;
  const agents = Array.from({ length: order.population.count }, () => ({
    ...{ handle: '', letters: [], queries: searchNames.map(() => ''), lastSearch: 0 },
    ...{ question: '', busyUntil: 0, left: false },
  }));
  const none = { author: -1, community: -1, gone: true };
  const lists = { groups: [], communities: [], posts: [none], blocks: new Set<string>(), messages: 0, tick: 0 };
  return { ...rest, ...lists, agents, window: postCapacity - postCapacity / 4 };
}

/** `REASON result` of each act of the record that is ranked; undefined for the others. */
export function oracleTick(oracle: Oracle, record: TickRecord): (string | undefined)[] {
  const acts = actsOf(record);
  const rulings: (string | undefined)[] = acts.map(() => undefined);
  const start = { posts: oracle.posts.map((post) => ({ ...post })), communityCount: oracle.communities.length };
  const ranked = acts.filter(({ verb }) => isRanked(verbs[verb as 'post']));
  const removedNow = new Set(
    acts.flatMap(({ i, verb, target }) =>
      (verb === 'remove' || verb === 'delete') && record.outcome[i] === outcomes.granted ? [target] : [],
    ),
  );
  const waiting = ranked.filter((act) => {
    const isOnGone = (act.verb === 'pin' || act.verb === 'unpin') && removedNow.has(act.target);
    const gate = gateOf(oracle, act) ?? (isOnGone ? 'PARENT_REMOVED 0' : undefined);
    if (gate !== undefined) rulings[act.i] = gate;
    return gate === undefined;
  });
  for (const act of inRank(oracle, waiting)) rulings[act.i] = heldBack(oracle, act) ?? rule(oracle, act, start.posts);
  takeOver(oracle, record, acts);
  oracle.tick++;
  return rulings;
}

const verbNames = new Map<number, string>(Object.entries(verbs).map(([name, number]) => [number, name]));

function actsOf(record: TickRecord): OracleAct[] {
  return Array.from(record.actor, (actor, i) => ({
    ...{ i, actor, verb: verbNames.get(record.verb[i]) ?? '', sequence: record.sequence[i] },
    ...{ target: record.target[i], amount: record.amount[i] },
    argument: detailOf(record, i)?.argument ?? -1,
    text: detailOf(record, i)?.text ?? '',
  }));
}

function inRank({ population, seed, tick }: Oracle, acts: readonly OracleAct[]): OracleAct[] {
  const { lo, hi } = seedWords(seed);
  const now = { seedA: tickSeedA(lo, hi, tick), seedB: tickSeedB(lo, hi, tick) };
  const { keyLo, keyHi } = population;
  const lots = acts.map((act) => ({
    act,
    lot: lotOf(now, { keyHi: keyHi[act.actor], keyLo: keyLo[act.actor] }, 255),
  }));
  return lots.sort((x, y) => compareLots(x.lot, y.lot) || x.act.i - y.act.i).map(({ act }) => act);
}

const mustSay = ['search', 'searchAgents', 'message', 'createGroup', 'sendToGroup', 'createCommunity', 'claimHandle'];

function gateOf(oracle: Oracle, act: OracleAct): string | undefined {
  const { verb, target, actor, text } = act;
  const held = heldBack(oracle, act);
  if (held !== undefined) return held;
  if (text === '' && [...mustSay, 'interview', 'answer'].includes(verb)) return 'TEXT_MISSING 0';
  if (Buffer.byteLength(text) > oracle.bytesMax) return 'TEXT_TOO_LONG 0';
  if (verb === 'interview' && act.sequence < 200) return 'SCENARIO_ONLY 0';
  if (['message', 'appoint', 'dismiss'].includes(verb)) {
    if (target === actor) return 'SELF_TARGET 0';
    const apart = oracle.blocks.has(`${actor} ${target}`) || oracle.blocks.has(`${target} ${actor}`);
    return verb === 'message' && apart ? 'BLOCKED 0' : undefined;
  }
  if (verb !== 'pin' && verb !== 'unpin') return undefined;
  if (target < 1 || target >= oracle.posts.length) return 'POST_UNKNOWN 0';
  if (!isLive(oracle, target)) return 'POST_ARCHIVED 0';
  return oracle.posts[target].gone ? 'POST_REMOVED 0' : undefined;
}

function isLive({ posts, window }: Oracle, post: number): boolean {
  return post > 0 && post >= posts.length - window && post < posts.length;
}

function heldBack({ agents, tick }: Oracle, { actor }: OracleAct): string | undefined {
  if (agents[actor].left) return 'LEFT 0';
  return agents[actor].busyUntil > tick ? `BUSY ${agents[actor].busyUntil}` : undefined;
}

function isSameName(one: string, other: string): boolean {
  return new RegExp(`^${one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`, 'iu').test(other);
}

function isName(text: string): boolean {
  return Array.from(text).length <= 100 && !/[\p{Cc}]/u.test(text);
}

function rule(oracle: Oracle, act: OracleAct, postsAtStart: readonly OraclePost[]): string {
  const { actor, verb, text } = act;
  const agent = oracle.agents[actor];
  switch (verb) {
    case 'rest':
      agent.busyUntil = oracle.tick + 1 + act.amount * 2;
      return `OK ${agent.busyUntil}`;
    case 'quit':
      agent.left = true;
      return 'OK 0';
    case 'interview':
      agent.question = text;
      return 'OK 0';
    case 'answer':
      if (agent.question === '') return 'NOTHING_ASKED 0';
      agent.question = '';
      return 'OK 0';
    case 'claimHandle':
      return claim(oracle, act);
    case 'createCommunity':
    case 'createGroup':
      return found(oracle, act);
    case 'message':
      oracle.agents[act.target].letters.unshift(`${actor}: ${text}`);
      return `OK ${++oracle.messages}`;
    case 'joinGroup':
    case 'leaveGroup':
    case 'sendToGroup':
      return ruleInGroup(oracle, act);
    case 'subscribe':
    case 'unsubscribe':
      return toggle(oracle.communities[act.target]?.subscribers, actor, verb === 'subscribe', 'MEMBER');
    case 'appoint':
    case 'dismiss':
      return ruleOnRole(oracle, act);
    case 'pin':
    case 'unpin':
      return ruleOnPin(oracle, act, postsAtStart);
    default:
      agent.queries[searchNames.indexOf(verb as 'search')] = text;
      if (searchNames.indexOf(verb as 'search') < 3) agent.lastSearch = 1 + searchNames.indexOf(verb as 'search');
      return 'OK 0';
  }
}

function toggle(set: Set<number> | undefined, one: number, wanted: boolean, word: string): string {
  if (set === undefined) return 'TARGET_UNKNOWN 0';
  if (set.has(one) === wanted) return `${wanted ? 'ALREADY' : 'NOT'}_${word} 0`;
  if (wanted) set.add(one);
  else set.delete(one);
  return 'OK 0';
}

function claim({ agents }: Oracle, { actor, text }: OracleAct): string {
  if (!isName(text)) return 'TEXT_INVALID 0';
  if (agents.some(({ handle }, i) => i !== actor && handle !== '' && isSameName(handle, text))) return 'NAME_TAKEN 0';
  agents[actor].handle = text;
  return 'OK 0';
}

function found({ groups, communities }: Oracle, { verb, actor, text }: OracleAct): string {
  if (!isName(text)) return 'TEXT_INVALID 0';
  const base = { name: text, owner: actor };
  if (verb === 'createGroup') return `OK ${groups.push({ ...base, members: new Set([actor]), said: [] }) - 1}`;
  if (communities.some(({ name }) => isSameName(name, text))) return 'NAME_TAKEN 0';
  const community = { ...base, subscribers: new Set([actor]), moderators: new Set<number>(), pins: [] };
  return `OK ${communities.push(community) - 1}`;
}

function ruleInGroup(oracle: Oracle, { verb, actor, target, text }: OracleAct): string {
  const group = oracle.groups.at(target < 0 ? oracle.groups.length : target);
  if (verb !== 'sendToGroup') return toggle(group?.members, actor, verb === 'joinGroup', 'MEMBER');
  if (group === undefined) return 'TARGET_UNKNOWN 0';
  if (!group.members.has(actor)) return 'NOT_MEMBER 0';
  group.said.unshift(`${actor}: ${text}`);
  return `OK ${++oracle.messages}`;
}

function ruleOnRole({ communities }: Oracle, { verb, actor, target, argument }: OracleAct): string {
  const community = communities.at(argument < 0 ? communities.length : argument);
  if (community === undefined) return 'ARGUMENT_INVALID 0';
  if (community.owner !== actor) return 'NOT_OWNER 0';
  return toggle(community.moderators, target, verb === 'appoint', 'APPOINTED');
}

function ruleOnPin(oracle: Oracle, { verb, actor, target }: OracleAct, posts: readonly OraclePost[]): string {
  if (posts[target].community < 0) return 'TARGET_UNKNOWN 0';
  const community = oracle.communities[posts[target].community];
  const may = community.owner === actor || community.moderators.has(actor) || oracle.moderators.has(actor);
  if (!may) return 'NOT_MODERATOR 0';
  const isPinned = community.pins.includes(target);
  if (verb === 'unpin') {
    if (!isPinned) return 'NOT_PINNED 0';
    community.pins = community.pins.filter((post) => post !== target);
    return 'OK 0';
  }
  if (isPinned) return 'ALREADY_PINNED 0';
  const standing = community.pins.filter((post) => isLive(oracle, post) && !posts[post].gone);
  if (standing.length >= 3) return 'PINS_FULL 0';
  community.pins.push(target);
  return 'OK 0';
}

/** What verbs that are not ranked did, as it is on record. */
function takeOver(oracle: Oracle, record: TickRecord, acts: readonly OracleAct[]): void {
  for (const { i, actor, verb, target, argument } of acts) {
    if (record.outcome[i] !== outcomes.granted) continue;
    if (verb === 'post') oracle.posts[record.result[i]] = { author: actor, community: argument, gone: false };
    if (verb === 'remove' || verb === 'delete') oracle.posts[target].gone = true;
    if (verb === 'block') oracle.blocks.add(`${actor} ${target}`);
    if (verb === 'unblock') oracle.blocks.delete(`${actor} ${target}`);
  }
}

/** What the oracle holds, as the state is put in words; pins that nobody sees any more are left out of both. */
export function summaryOfOracle({ groups, communities, agents }: Oracle): CircleSummary {
  const inOrder = (set: ReadonlySet<number>): number[] => [...set].sort((x, y) => x - y);
  return {
    groups: groups.map(({ name, owner, members, said }) => ({
      ...{ name, owner, size: members.size, members: inOrder(members), said },
    })),
    communities: communities.map(({ name, owner, subscribers, moderators, pins }) => ({
      ...{ name, owner, size: subscribers.size, subscribers: inOrder(subscribers) },
      ...{ moderators: inOrder(moderators), pins: pins.toSorted((x, y) => x - y) },
    })),
    agents: agents.map(({ handle, letters, queries, lastSearch, question }) => ({
      ...{ handle, letters, queries, lastSearch, question },
    })),
    openQuestions: agents.filter(({ question }) => question !== '').length,
  };
}

/** The pins that stand: of the others the engine drops one when it needs its place, and the oracle never. */
export function withoutStalePins(summary: CircleSummary, oracle: Oracle): CircleSummary {
  const stands = (post: number): boolean => isLive(oracle, post) && !oracle.posts[post].gone;
  const communities = summary.communities.map((one) => ({ ...one, pins: one.pins.filter(stands) }));
  return { ...summary, communities };
}

/** Rulings of the record in the oracle's words. */
export function rulingsOf({ reason, result }: TickRecord): string[] {
  return Array.from(reason, (one, i) => `${reasonName(one)} ${result[i]}`);
}
