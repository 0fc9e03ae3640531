/**
 * What an own policy can read beside its feed: texts, letters, groups, communities, balances, requests, and what its last search finds.
 *
 * All of it is computed from the state at the start of the tick when it is asked for, in an order that no layout shows, and nothing is
 * kept. Who the reader muted or blocked, or was blocked by, and what was taken away, is left out of what is listed.
 * Reads the ledger, messages, texts and posts, and the bonds and ties of the reader, which are its own shard's. Writes nothing.
 * Oracle: `test/sim/policy/reading.test.ts` keeps the same on objects, from the log. Source of what a search matches: OASIS
 * (arXiv 2411.11581, package 0.2.5); newest first and bounded, where OASIS lists everything it has.
 */
import { entryOf, itemKinds, ledgerOf } from '../world/ledger.ts';
import { messageRow } from '../world/messages.ts';
import { bondBits, forPairs, pairValue } from '../world/pairs.ts';
import { isLive, isTakenAway, postKinds, postRow, standings } from '../world/posts.ts';
import { anyHolds, createMatcher, holds, trending } from '../world/search.ts';
import { textOf } from '../world/texts.ts';
import { follows } from '../social-graph/ties.ts';
import { pinsMax } from '../exchange/grounds.ts';
import { searchKinds, searchNames } from '../exchange/searches.ts';
import { verbs } from '../exchange/verbs.ts';
import { ownText, textOfPost } from './post-text.ts';
import { shownOf } from './showing.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { LedgerView } from '../world/ledger.ts';
import type { MessageRow } from '../world/messages.ts';
import type { PostRow } from '../world/posts.ts';
import type { Matcher } from '../world/search.ts';
import type { SearchKind } from '../exchange/searches.ts';
import type { StateView } from '../exchange/view.ts';

/** Posts that a search goes through: the newest ones. */
export const searchedPostsMax = 100_000;
/** Over how many days a trend counts. Source: OASIS. */
const trendDays = 7;

/** What a scenario says about reading. */
export interface ReadingSettings {
  /** Ticks for which a request stays open. */
  readonly requestTicks: number;
  /** Whether what muted agents wrote is found and listed all the same. */
  readonly mutesShown: boolean;
}

/** A letter, or what was said in a group. */
export interface ReadMessage {
  readonly id: number;
  readonly sender: AgentRow;
  readonly tick: number;
  readonly text: string;
}

export interface ReadGroup {
  readonly group: number;
  readonly name: string;
  /** Members. */
  readonly size: number;
}

export interface ReadCommunity {
  readonly community: number;
  readonly name: string;
  /** Agents that are subscribed. */
  readonly size: number;
  readonly owner: AgentRow;
  readonly pinned: readonly PostId[];
}

/** Something that another agent asks for; the same act towards it, on fitting terms, accepts. */
export interface ReadRequest {
  readonly sender: AgentRow;
  readonly verb: string;
  readonly argument: number;
  readonly amount: number;
  readonly price: number;
  readonly tick: number;
  /** The first tick at which it is no longer open. */
  readonly lapseTick: number;
}

/** What the last search or trend finds now. */
export interface Found {
  readonly kind: SearchKind | undefined;
  readonly query: string;
  readonly posts: readonly PostId[];
  readonly agents: readonly AgentRow[];
}

/** What can be read, by the agent whose turn it is. */
export interface Reading {
  /** What a post says: of a repost what the content it shows says; empty for a post that was taken away or left the window. */
  text(post: number): string;
  /**
   * A post as words for a reader: JSON with author, counts, warning and the latest comments, in the words of OASIS where the run does as
   * OASIS does; empty for a post that is not there any more.
   */
  shown(post: number): string;
  /** Letters to the agent, newest first. */
  letters(limit: number): ReadMessage[];
  /** What was said in a group, newest first; nothing where the agent is no member. */
  groupMessages(group: number, limit: number): ReadMessage[];
  /** Groups of which the agent is a member, in the order of their numbers. Costs a look at every group. */
  groups(): ReadGroup[];
  /** All groups, the latest first. */
  allGroups(limit: number): ReadGroup[];
  /** All communities, in the order of their numbers. */
  communities(): ReadCommunity[];
  isSubscribed(community: number): boolean;
  /** Units of a good that the agent has. */
  balance(good: number): number;
  /** Where the agent is; -1: nowhere. */
  readonly place: number;
  /** Open requests to the agent, newest first. */
  requests(): ReadRequest[];
  /** The question of an interview that the agent has not answered. */
  readonly question: string | undefined;
  /**
   * What the last `search`, `searchAgents` or `trend` of an earlier tick finds now: at most so many posts, newest first, of a trend by
   * likes; agents in the order of their ordinals.
   */
  found(limit: number): Found;
}

/** Who reads, and by which settings. */
interface Reader {
  readonly state: StateView;
  readonly ledger: LedgerView;
  readonly agent: AgentRow;
  readonly settings: ReadingSettings;
}

/** Reports from which on a reader is warned. Source: OASIS. */
const reportsOfWarning = 2;

/** Makes the reading of whoever has the turn. */
export function createReading(stateNow: () => StateView, agentNow: () => AgentRow, settings: ReadingSettings): Reading {
  const reader = (): Reader => {
    const state = stateNow();
    return { state, ledger: ledgerOf(state.ledger), agent: agentNow(), settings };
  };
  return {
    text: (post) => textOfPost(stateNow(), post),
    shown: (post) =>
      shownOf(stateNow(), post, {
        mode: settings.mutesShown ? 'oasis' : 'plain',
        ...{ showScore: false, warnFromReportCount: reportsOfWarning },
      }),
    letters(limit) {
      const one = reader();
      return messagesFrom(one, one.ledger.get('letterLatest', one.agent), limit);
    },
    groupMessages: (group, limit) => messagesOfGroup(reader(), group, limit),
    groups: () => ownGroups(reader()),
    allGroups: (limit) => latestGroups(reader(), limit),
    communities: () => communitiesOf(reader()),
    isSubscribed: (community) => ledgerOf(stateNow().ledger).get('subscription', agentNow(), community) !== 0,
    balance(good) {
      const { state, ledger, agent } = reader();
      return (state.sizes.initialUnits[good] ?? 0) + ledger.get('balance', agent, good);
    },
    get place() {
      return ledgerOf(stateNow().ledger).get('place', agentNow()) - 1;
    },
    requests: () => requestsTo(reader()),
    get question() {
      return questionOf(stateNow(), agentNow());
    },
    found: (limit) => foundBy(reader(), limit),
  };
}

/** The question that an agent has not answered. */
export function questionOf({ ledger, texts }: StateView, agent: AgentRow): string | undefined {
  const ref = ledgerOf(ledger).get('question', agent);
  return ref === 0 ? undefined : textOf(texts, ref);
}

/** Whether the reader is not to be shown what another wrote. */
function isShunned({ state, agent, settings }: Reader, other: number): boolean {
  if (state.agents.bondCount[agent] === 0) return false;
  const bits = settings.mutesShown ? bondBits.block | bondBits.blockedBy : -1;
  return (pairValue(state.bonds, agent, other) & bits) !== 0;
}

/** Walks a thread back from its latest message, as far as the window of messages goes. */
function messagesFrom(reader: Reader, latest: number, limit: number): ReadMessage[] {
  const { messages, texts } = reader.state;
  const found: ReadMessage[] = [];
  let row: MessageRow | undefined = messageRow(messages, latest);
  while (row !== undefined && found.length < limit) {
    const sender = messages.sender[row] as AgentRow;
    if (!isShunned(reader, sender)) {
      found.push({ id: messages.id[row], sender, tick: messages.tick[row], text: textOf(texts, messages.text[row]) });
    }
    row = messageRow(messages, messages.previous[row]);
  }
  return found;
}

function messagesOfGroup(reader: Reader, group: number, limit: number): ReadMessage[] {
  const { ledger, agent } = reader;
  return ledger.get('groupMember', agent, group) === 0
    ? []
    : messagesFrom(reader, ledger.get('groupLatest', group), limit);
}

function groupOf({ ledger, state }: Reader, group: number): ReadGroup {
  return { group, name: textOf(state.texts, ledger.get('groupName', group)), size: ledger.get('groupSize', group) };
}

function ownGroups(reader: Reader): ReadGroup[] {
  const { ledger, agent } = reader;
  const found: ReadGroup[] = [];
  for (let group = 0; group < ledger.get('itemCount', itemKinds.group); group++) {
    if (ledger.get('groupMember', agent, group) !== 0) found.push(groupOf(reader, group));
  }
  return found;
}

function latestGroups(reader: Reader, limit: number): ReadGroup[] {
  const found: ReadGroup[] = [];
  for (let group = reader.ledger.get('itemCount', itemKinds.group) - 1; group >= 0 && found.length < limit; group--) {
    found.push(groupOf(reader, group));
  }
  return found;
}

function communitiesOf({ ledger, state }: Reader): ReadCommunity[] {
  const { posts, now, texts } = state;
  const isShown = (post: number): boolean => isLive(now, post) && !isTakenAway(posts, now, postRow(posts, post));
  return Array.from({ length: ledger.get('itemCount', itemKinds.community) }, (_, community) => {
    const pins = Array.from({ length: pinsMax }, (__, place) => ledger.get('pinned', community, place));
    return {
      ...{ community, name: textOf(texts, ledger.get('communityName', community)) },
      ...{
        size: ledger.get('communitySize', community),
        owner: (ledger.get('communityOwner', community) - 1) as AgentRow,
      },
      pinned: pins.filter(isShown) as PostId[],
    };
  });
}

const verbNames = new Map<number, string>(Object.entries(verbs).map(([name, number]) => [number, name]));

function requestsTo({ state, ledger, agent, settings }: Reader): ReadRequest[] {
  const found: ReadRequest[] = [];
  let sender = ledger.get('requestLatest', agent) - 1;
  for (; sender >= 0; sender = ledger.get('requestBefore', agent, sender) - 1) {
    const made = ledger.get('requestTick', agent, sender);
    const lapseTick = made + settings.requestTicks;
    if (made === 0 || state.now.tick >= lapseTick) continue;
    const verb = ledger.get('request', agent, sender) - 1;
    found.push({
      ...{ sender: sender as AgentRow, tick: made - 1, lapseTick },
      verb: verbNames.get(verb) ?? 'nothing',
      // What the other chose in a game is not told before one has chosen.
      argument: verb === verbs.play ? -1 : ledger.get('requestArgument', agent, sender),
      amount: ledger.get('requestAmount', agent, sender),
      price: ledger.get('requestPrice', agent, sender),
    });
  }
  return found;
}

function foundBy(reader: Reader, limit: number): Found {
  const { ledger, agent, state } = reader;
  const last: number = ledger.get('lastSearch', agent) - 1;
  if (last < 0) return { kind: undefined, query: '', posts: [], agents: [] };
  const kind = searchNames.find((name) => searchKinds[name] === last);
  const query = textOf(state.texts, ledger.get('query', agent, last));
  if (kind === 'searchAgents') return { kind, query, posts: [], agents: agentsMatching(reader, query, limit) };
  const posts = kind === 'trend' ? trendOf(reader, limit) : postsMatching(reader, query, limit);
  return { kind, query, posts: posts as PostId[], agents: [] };
}

/** Whether a post may be shown to the reader outside its feed: a limited one is shown to its author and its followers alone. */
function isShown(reader: Reader, row: PostRow): boolean {
  const { state, agent } = reader;
  const { posts, now, ties, agents } = state;
  if (isTakenAway(posts, now, row)) return false;
  const author = posts.author[row];
  const origin = posts.origin[row];
  if (isShunned(reader, author)) return false;
  if (isLive(now, origin) && isShunned(reader, posts.author[postRow(posts, origin)])) return false;
  if ((posts.standing[row] & standings.limited) === 0 || author === agent) return true;
  return follows(ties, ties.logs[state.owner.shard], agents.pendingTie[agent], agent, author);
}

/** The oldest post that a search goes through. */
function oldestSearched({ now }: StateView): number {
  return Math.max(now.oldestPost, now.nextPost - searchedPostsMax);
}

/** Ids and ordinals are searched as digits, so that only a query of digits can be in one. */
function isNumeric(query: string): boolean {
  return /^[0-9]+$/.test(query);
}

/** Posts whose own words, number or author's ordinal hold the query, newest first. */
function postsMatching(reader: Reader, query: string, limit: number): number[] {
  const { state } = reader;
  const { posts, agents, now } = state;
  const matcher = createMatcher(query);
  const byNumber = isNumeric(query);
  const found: number[] = [];
  for (let post = now.nextPost - 1; post >= oldestSearched(state) && found.length < limit; post--) {
    const row = postRow(posts, post);
    const numbers = byNumber ? [String(post), String(agents.ordinal[posts.author[row] as AgentRow])] : [];
    if (!anyHolds(numbers, matcher) && !holds(ownText(state, post), matcher)) continue;
    if (isShown(reader, row)) found.push(post);
  }
  return found;
}

/** Posts and quotes of the last days with the most likes. Replies and reposts do not trend: as in the source, they are no posts. */
function trendOf(reader: Reader, limit: number): number[] {
  const { state } = reader;
  const { posts, now } = state;
  const oldest = oldestSearched(state);
  const ids = Int32Array.from({ length: now.nextPost - oldest }, (_, i) => oldest + i);
  const columns = {
    id: ids,
    tick: ids.map((post) => posts.tick[postRow(posts, post)]),
    likeCount: ids.map((post) => posts.likeCount[postRow(posts, post)]),
  };
  const windowTicks = Math.floor((trendDays * 86_400) / now.tickSeconds);
  return trending(columns, now.tick, windowTicks, limit, (place) => {
    const row = postRow(posts, ids[place]);
    const kind = posts.kind[row];
    return (kind === postKinds.post || kind === postKinds.quote) && isShown(reader, row);
  });
}

/** Agents whose handle, or ordinal, holds the query, in the order of ordinals. External ids are in no state. */
function agentsMatching({ state }: Reader, query: string, limit: number): AgentRow[] {
  const matcher = createMatcher(query);
  const ordinals = ordinalsByHandle(state, matcher);
  if (isNumeric(query)) {
    for (let ordinal = 0, more = limit; ordinal < state.sizes.agentCount && more > 0; ordinal++) {
      if (!holds(String(ordinal), matcher)) continue;
      ordinals.add(ordinal);
      more--;
    }
  }
  const first = Int32Array.from(ordinals).sort().slice(0, Math.max(0, limit));
  return Array.from(first, (ordinal) => state.rowOfOrdinal[ordinal] as AgentRow);
}

function ordinalsByHandle({ ledger, texts, agents }: StateView, matcher: Matcher): Set<number> {
  const found = new Set<number>();
  forPairs(ledger, 0, (pairSubject, _object, value) => {
    const { account, subject } = entryOf(pairSubject);
    if (account === 'handle' && holds(textOf(texts, value), matcher)) found.add(agents.ordinal[subject as AgentRow]);
  });
  return found;
}
