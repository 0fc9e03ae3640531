/**
 * The only writer of the state, with its parts `apply-*.ts`. Granted rulings become rows, in canonical order, each row by one shard
 * alone.
 *
 * In two steps, with a barrier before, between and after: first each shard writes what belongs to its own agents (their posts,
 * exposure memory, reactions, log of ties, next waking, refusals) and, from every shard's intents, the counters of the posts
 * and agents that it owns; then new posts are offered to the boards and, when due, logs of ties are merged.
 * New posts are numbered by (author's ordinal, sequence) over all shards: each merges the others' sorted lists into its own.
 * Oracle: `test/sim/engine/tick.test.ts` compares worlds over shards, layouts and merge intervals.
 */
import { InputError } from '../ground/errors.ts';
import { sortPairs } from '../ground/radix.ts';
import { bondBits, pairValue, reactionBits, setPair } from '../world/pairs.ts';
import { actedBit, neverWakes, recentLength } from '../world/agents.ts';
import { ledgerOf } from '../world/ledger.ts';
import { clearBoard, boardCount } from '../world/boards.ts';
import { postShard } from '../world/ownership.ts';
import { newPostsMax, postRow } from '../world/posts.ts';
import { isFall } from '../exchange/falls.ts';
import { outcomes, veiledReason } from '../exchange/reasons.ts';
import { familyOf, makesPost, verbs } from '../exchange/verbs.ts';
import { counts } from '../exchange/tables.ts';
import { drawWake, queueWake } from './activate.ts';
import { applyArchetypes } from './archetypes.ts';
import { applyOwnVerb, applySelf } from './apply-attributes.ts';
import { applyCounters, changeBond, offerPost } from './apply-counters.ts';
import { applyExposures, remember } from './apply-memory.ts';
import { applyNotes } from './apply-notes.ts';
import { writePosts } from './apply-posts.ts';
import { applyRanked } from './apply-ranked.ts';
import { applyTie, isMergeDue, mergeTies } from './apply-ties.ts';
import { applyReading } from './embed-readers.ts';
import { updateTopics } from './keep-topics.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { Family } from '../exchange/verbs.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** Lists the shard's granted new posts by (author's ordinal, sequence): the last thing before apply. */
export function listNewPosts(shard: Shard): void {
  const { intents, count, newPostOrdinal, newPostIntent } = shard.tables;
  const { ordinal } = shard.state.agents;
  let newPosts = 0;
  let granted = 0;
  let deferred = 0;
  for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
    if (intents.outcome[row] === outcomes.partial) granted++;
    else if (intents.outcome[row] === outcomes.deferred) deferred++;
    if (intents.outcome[row] !== outcomes.granted) continue;
    granted++;
    if (!makesPost(intents.verb[row])) continue;
    newPostOrdinal[newPosts] = ordinal[intents.actor[row] as AgentRow];
    newPostIntent[newPosts++] = row;
  }
  sortPairs(newPostOrdinal, newPostIntent, newPosts, shard.radix);
  count[counts.newPosts] = newPosts;
  count[counts.granted] = granted;
  count[counts.refused] = count[counts.intents] - granted - deferred;
}

/** How many posts the tick makes, over all shards. */
export function newPostCount(all: readonly ShardTables[]): number {
  return all.reduce((sum, tables) => sum + tables.count[counts.newPosts], 0);
}

/** First step: what belongs to the shard's own agents, then the counters it owns. */
export function applyIntents(shard: Shard): void {
  refuseFlood(shard);
  for (let board = 0; board < boardCount; board++) clearBoard(shard.offers, board);
  numberNewPosts(shard);
  writePosts(shard);
  applyOwnIntents(shard);
  applyExposures(shard);
  applyCounters(shard);
  applyNotes(shard);
  if (shard.owner.shard === 0) applyArchetypes(shard);
  wakeNext(shard);
}

/** Counts the tick's new posts; more than the window's reserve takes are refused as bad input. */
function refuseFlood(shard: Shard): void {
  const made = newPostCount(shard.all);
  shard.madeCount = made;
  const most = newPostsMax(shard.state.posts);
  if (made <= most) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `tick ${shard.state.now.tick} makes ${made} posts, the window takes ${most} a tick`,
    next: `Set postCapacity to ${1 << (32 - Math.clz32(made * 4))} or more.`,
  });
}

/** Gives each new post its id: its own rank plus how many of each other shard's stand before it. */
function numberNewPosts(shard: Shard): void {
  const { all, tables, state } = shard;
  const { intents, count, newPostOrdinal, newPostIntent } = tables;
  const own = count[counts.newPosts];
  for (let i = 0; i < own; i++) intents.result[newPostIntent[i] as IntentRow] = state.now.nextPost + i;
  for (const other of all) {
    if (other === tables) continue;
    const end = other.count[counts.newPosts];
    let before = 0;
    for (let i = 0; i < own; i++) {
      while (before < end && other.newPostOrdinal[before] < newPostOrdinal[i]) before++;
      intents.result[newPostIntent[i] as IntentRow] += before;
    }
  }
}

function applyOwnIntents(shard: Shard): void {
  const { intents, count } = shard.tables;
  const end = count[counts.intents];
  const hasLimits = shard.book.conduct.limits.length > 0;
  const backsOff = shard.plan.conduct.backsOff === true;
  const reads = shard.state.meaning !== undefined;
  let falls = 0;
  for (let row = 0 as IntentRow; row < end; row++) {
    const verb = intents.verb[row];
    if (intents.outcome[row] !== outcomes.granted) {
      if (intents.outcome[row] !== outcomes.partial) noteRefusal(shard, row);
      else if (hasLimits) useQuotas(shard, row);
      continue;
    }
    if (backsOff) shard.state.agents.refusalRun[intents.actor[row] as AgentRow] = 0;
    applyBy[familyOf(verb)]?.(shard, row);
    if (reads) applyReading(shard, row);
    if (hasLimits && intents.actor[row] < shard.owner.agentCount) useQuotas(shard, row);
    if (isFall(intents, row)) falls++;
  }
  count[counts.falls] = falls;
}

/** What granted intents of each family write on the shard of their actor. */
const applyBy: Readonly<Partial<Record<Family, (shard: Shard, row: IntentRow) => void>>> = {
  content: applyPost,
  reaction: applyReaction,
  tie: applyTie,
  bond: applyBond,
  own: applyOwnVerb,
  self: applySelf,
};

/** A refusal, or that the attempt waits, reaches its agent: the last one with its reason, and how many there were. */
function noteRefusal(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { agents, now } = shard.state;
  const actor = intents.actor[row] as AgentRow;
  agents.refusalTick[actor] = now.tick;
  const reason = intents.reason[row];
  agents.refusalReason[actor] = shard.plan.conduct.veils === true ? veiledReason(reason) : reason;
  agents.refusalCount[actor]++;
  agents.retryTick[actor] = intents.result[row];
  const isRefused = intents.outcome[row] === outcomes.refused;
  if (isRefused && shard.plan.conduct.backsOff === true && agents.refusalRun[actor] < refusalRunMax)
    agents.refusalRun[actor]++;
}

/** Refusals without a grant between them, from which on waits double with each, and where that ends: 64 times. */
const patience = 3;
const refusalRunMax = patience + 5;

/** What a new post changes of its author; the post itself is written by `writePosts`. */
function applyPost(shard: Shard, row: IntentRow): void {
  const { state } = shard;
  const { intents } = shard.tables;
  const actor = intents.actor[row] as AgentRow;
  const verb = intents.verb[row];
  const id = intents.result[row];
  const origin = verb === verbs.repost ? intents.subject[row] : id;
  state.agents.postCount[actor]++;
  const spreads = verb === verbs.repost || verb === verbs.quote;
  if (!spreads || shard.feed.repostsShown) pushRecent(state, actor, id, origin);
  remember(state, actor, origin, actedBit);
  if (verb === verbs.repost) {
    const bits = pairValue(state.reactions, actor, origin) | reactionBits.repost;
    setPair(state.reactions, actor, origin, bits, state.now.oldestPost);
  } else if (verb === verbs.quote) applyQuote(shard, actor, intents.subject[row]);
}

function applyQuote({ state, plan }: Shard, actor: AgentRow, content: number): void {
  remember(state, actor, content, actedBit);
  if (plan.conduct.compat !== 'oasis') return;
  const bits = pairValue(state.reactions, actor, content) | reactionBits.quote;
  setPair(state.reactions, actor, content, bits, state.now.oldestPost);
}

function pushRecent(state: State, actor: AgentRow, id: number, origin: number): void {
  const entries = state.recents.entry as unknown as Int32Array;
  const start = actor * recentLength * 2;
  // Six words: as a call of a builtin it took four times as long.
  for (let place = start + recentLength * 2 - 1; place >= start + 2; place--) entries[place] = entries[place - 2];
  entries[start] = id;
  entries[start + 1] = origin;
}

/** What stands between the actor and a post after a like, a vote, a report. */
function applyReaction(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { reactions, now } = shard.state;
  const bits = intents.change[row] & 0xff;
  setPair(reactions, intents.actor[row], intents.subject[row], bits, now.oldestPost);
}

function applyBond(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const verb = intents.verb[row];
  const bit = verb <= verbs.unmute ? bondBits.mute : bondBits.block;
  const isSet = verb === verbs.mute || verb === verbs.block;
  changeBond(shard.state, intents.actor[row] as AgentRow, intents.subject[row], bit, isSet);
}

/** Counts an act against the limits that count it. */
function useQuotas(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { quotas, now } = shard.state;
  const { limits } = shard.book.conduct;
  const actor = intents.actor[row];
  for (const limit of limits) {
    if (limit.verbs[intents.verb[row]] === 0) continue;
    const used = quotas.used[actor * limits.length + limit.index]++;
    quotas.tick[actor * limit.stride + limit.offset + (used % limit.count)] = now.tick;
  }
}

/** Second step: new posts are offered to the boards by the owners of their counters, and ties are merged when due. */
export function applyIndexes(shard: Shard): void {
  const { state, owner } = shard;
  const first = state.now.nextPost;
  const end = first + newPostCount(shard.all);
  if (shard.usesBoards) {
    for (let id = first; id < end; id++) {
      if (postShard(owner, id) === owner.shard) offerPost(shard, id, postRow(state.posts, id));
    }
  }
  if (isMergeDue(shard)) mergeTies(shard);
  if (owner.shard !== 0) return;
  applyRanked(shard);
  updateTopics(shard);
}

/** Draws the next waking of every agent that was awake; what some of them need is read first, so that the misses overlap. */
function wakeNext(shard: Shard): void {
  const perceptCount = shard.tables.count[counts.percepts];
  for (let from = 0; from < perceptCount; from += wakingsAtOnce) {
    const end = Math.min(perceptCount, from + wakingsAtOnce);
    shard.scratch.touched ^= touchWakers(shard, from, end);
    wakeSome(shard, from, end);
  }
}

const wakingsAtOnce = 64;

/** Reads a word of each column that a waking is drawn from. What is read means nothing. */
function touchWakers({ state, tables }: Shard, from: number, end: number): number {
  const { keyLo, keyHi, wakeTick, wakesPerDay, profile } = state.agents;
  const { agent } = tables.percepts;
  let touched = 0;
  for (let percept = from as PerceptRow; percept < end; percept++) {
    const row = agent[percept] as AgentRow;
    touched ^= keyLo[row] ^ keyHi[row] ^ wakeTick[row] ^ profile[row] ^ wakesPerDay[row];
  }
  return touched;
}

function wakeSome(shard: Shard, from: number, end: number): void {
  const { state, tables, plan } = shard;
  const { percepts } = tables;
  const at = { tick: state.now.tick, seedA: state.now.seedA, seedB: state.now.seedB, first: false };
  const backsOff = plan.conduct.backsOff === true;
  const mayHaveLeft = plan.allowedVerbs.includes('quit');
  for (let percept = from as PerceptRow; percept < end; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (mayHaveLeft && ledgerOf(state.ledger).get('leftAt', agent) > 0) {
      queueWake(state.agents, shard.wheel, agent, at.tick, neverWakes);
      continue;
    }
    const waitFactor = backsOff ? 1 << Math.max(0, state.agents.refusalRun[agent] - patience + 1) : 1;
    drawWake(state.agents, shard.wheel, plan, shard.profiles, agent, waitFactor === 1 ? at : { ...at, waitFactor });
  }
}
