/**
 * The only writer of the state. Granted rulings become rows, in canonical order, each row by one shard alone.
 *
 * In two steps, with a barrier before, between and after: first each shard writes what belongs to its own agents (their posts,
 * exposure memory, reactions, log of ties, next waking, refusals) and, from every shard's intents, the counters of the posts
 * and agents that it owns; then new posts are offered to the boards and, when due, logs of ties are merged.
 * New posts are numbered by (author's ordinal, sequence) over all shards: each merges the others' sorted lists into its own.
 * Oracle: `test/sim/engine/tick.test.ts` compares worlds over shards, layouts and merge intervals.
 */
import { InputError } from '../ground/errors.ts';
import { log, normalQuantile } from '../ground/detmath.ts';
import { drawWord, laneA, laneB, openUnitOf, purposes, unitOf } from '../ground/random.ts';
import { sortPairs } from '../ground/radix.ts';
import { actedBit, findExposure, recentLength, seenMax, topicCount, topicScale } from '../world/agents.ts';
import { clearBoard, boardCount, offer } from '../world/boards.ts';
import { agentShard, postShard } from '../world/ownership.ts';
import { appealScale, newPostsMax, oldestLive, postKinds, postRow, topicOf } from '../world/posts.ts';
import { addReaction, reactionBits } from '../world/reactions.ts';
import { logTie, mergeRow, noTie } from '../social-graph/ties.ts';
import { outcomes } from '../exchange/reasons.ts';
import { firstOwnVerb, verbs } from '../exchange/verbs.ts';
import { counts } from '../exchange/tables.ts';
import { drawWake } from './activate.ts';
import { isCheckpointTick } from './plan.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { IntentRow, PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { PostRow } from '../world/posts.ts';
import type { TieSide } from '../social-graph/ties.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** Whether a verb makes a post. */
function makesPost(verb: number): boolean {
  return verb >= verbs.post && verb <= verbs.quote;
}

/** Lists the shard's granted new posts by (author's ordinal, sequence): the last thing before apply. */
export function listNewPosts(shard: Shard): void {
  const { intents, count, newPostOrdinal, newPostIntent } = shard.tables;
  const { ordinal } = shard.state.agents;
  let newPosts = 0;
  let granted = 0;
  for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
    if (intents.outcome[row] !== outcomes.granted) continue;
    granted++;
    if (!makesPost(intents.verb[row])) continue;
    newPostOrdinal[newPosts] = ordinal[intents.actor[row] as AgentRow];
    newPostIntent[newPosts++] = row;
  }
  sortPairs(newPostOrdinal, newPostIntent, newPosts, shard.radix);
  count[counts.newPosts] = newPosts;
  count[counts.granted] = granted;
  count[counts.refused] = count[counts.intents] - granted;
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
  applyOwnIntents(shard);
  applyExposures(shard);
  applyCounters(shard);
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
  for (let row = 0 as IntentRow; row < end; row++) {
    const verb = intents.verb[row];
    if (intents.outcome[row] !== outcomes.granted) noteRefusal(shard, row);
    else if (makesPost(verb)) applyPost(shard, row);
    else if (verb === verbs.like) applyLike(shard, row);
    else if (verb === verbs.follow || verb === verbs.unfollow) applyTie(shard, row);
    else if (verb >= firstOwnVerb) applyOwnVerb(shard, row);
  }
}

/** A refusal reaches its agent: the last one with its reason, and how many there were. */
function noteRefusal(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { agents, now } = shard.state;
  const actor = intents.actor[row] as AgentRow;
  agents.refusalTick[actor] = now.tick;
  agents.refusalReason[actor] = intents.reason[row];
  agents.refusalCount[actor]++;
}

function applyPost(shard: Shard, row: IntentRow): void {
  const { state, tables } = shard;
  const { posts, agents } = state;
  const { intents } = tables;
  const actor = intents.actor[row] as AgentRow;
  const verb = intents.verb[row];
  const id = intents.result[row];
  const to = postRow(posts, id);
  const target = verb === verbs.post ? 0 : intents.target[row];
  const parentRow = postRow(posts, target);
  const origin = verb === verbs.repost ? intents.subject[row] : id;
  const root = verb === verbs.post ? id : posts.root[parentRow];
  if (verb === verbs.post) writeTopic(shard, row, to);
  else copyTopic(shard, postRow(posts, intents.subject[row]), to);
  posts.author[to] = actor;
  posts.parent[to] = target;
  posts.origin[to] = origin;
  posts.root[to] = root;
  posts.tick[to] = state.now.tick;
  posts.kind[to] = verb === verbs.post ? postKinds.post : kindOf(verb);
  posts.shareCount[to] = 0;
  posts.likeCount[to] = 0;
  posts.replyCount[to] = 0;
  posts.id[to] = id;
  agents.postCount[actor]++;
  const spreads = verb === verbs.repost || verb === verbs.quote;
  if (!spreads || shard.feed.repostsShown) pushRecent(state, actor, id, origin);
  remember(state, actor, origin, actedBit);
  if (verb === verbs.repost) {
    addReaction(state.reactions, actor, origin, reactionBits.repost, state.now.oldestPost);
  } else if (verb === verbs.quote) remember(state, actor, intents.subject[row], actedBit);
}

function kindOf(verb: number): number {
  return verb === verbs.reply ? postKinds.reply : verb === verbs.repost ? postKinds.repost : postKinds.quote;
}

function pushRecent(state: State, actor: AgentRow, id: number, origin: number): void {
  const entries = state.recents.entry as unknown as Int32Array;
  const start = actor * recentLength * 2;
  entries.copyWithin(start + 2, start, start + recentLength * 2 - 2);
  entries[start] = id;
  entries[start + 1] = origin;
}

/**
 * Topic and appeal of an original post. Topic: the author's interests and a drawn direction, weighed by `topicFocusShare`,
 * scaled to length 127. Appeal: given by an intervention, or normal with the scenario's spread.
 */
function writeTopic(shard: Shard, row: IntentRow, to: PostRow): void {
  const { state, plan, scratch } = shard;
  const { intents } = shard.tables;
  const actor = intents.actor[row] as AgentRow;
  const a = laneA(state.now.seedA, state.agents.keyLo[actor]);
  const b = laneB(state.now.seedB, state.agents.keyHi[actor]);
  const draws = intents.sequence[row] * 16;
  const { vector } = scratch;
  for (let k = 0; k < topicCount; k++) {
    vector[k] = 2 * unitOf(drawWord(a, b, purposes.topic, draws + k)) - 1;
  }
  scaleTo(vector, 1 - plan.topicFocusShare);
  for (let k = 0; k < topicCount; k++) {
    vector[k] += plan.topicFocusShare * (state.agents.interest[actor * topicCount + k] / topicScale);
  }
  scaleTo(vector, topicScale);
  for (let k = 0; k < topicCount; k++) state.posts.topic[to * topicCount + k] = Math.round(vector[k]);
  const given = intents.subject[row] === 1;
  const drawn = plan.appealSpread * normalQuantile(openUnitOf(drawWord(a, b, purposes.topic, draws + topicCount)));
  state.posts.appeal[to] = given ? intents.amount[row] : Math.round(drawn * appealScale);
}

function scaleTo(vector: Float64Array, length: number): void {
  let square = 0;
  for (let k = 0; k < topicCount; k++) square += vector[k] * vector[k];
  const factor = square > 0 ? length / Math.sqrt(square) : 0;
  for (let k = 0; k < topicCount; k++) vector[k] *= factor;
}

function copyTopic(shard: Shard, from: PostRow, to: PostRow): void {
  const { posts } = shard.state;
  for (let k = 0; k < topicCount; k++) posts.topic[to * topicCount + k] = posts.topic[from * topicCount + k];
  posts.appeal[to] = posts.appeal[from];
}

function applyLike(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { reactions, now } = shard.state;
  addReaction(reactions, intents.actor[row], intents.subject[row], reactionBits.like, now.oldestPost);
}

function applyTie(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  const { agents, ties } = shard.state;
  const follower = intents.actor[row] as AgentRow;
  const followee = intents.subject[row];
  const sign = intents.verb[row] === verbs.follow ? 1 : -1;
  agents.pendingTie[follower] = logTie(ties, shard.owner.shard, agents.pendingTie[follower], {
    follower,
    followee,
    sign,
  });
  agents.followeeCount[follower] += sign;
}

/** Operations of an own verb on the actor itself; those on the target are applied by the target's shard. */
function applyOwnVerb(shard: Shard, row: IntentRow): void {
  const { intents } = shard.tables;
  for (const effect of shard.book.verbs[intents.verb[row]]?.own?.effects ?? []) {
    if (effect.op === 'addToTarget') continue;
    const place = attributePlace(shard, intents.actor[row], effect.attribute);
    if (effect.op === 'setActor') shard.state.attributes.value[place] = effect.value;
    else shard.state.attributes.value[place] += effect.amount;
  }
}

function attributePlace(shard: Shard, row: number, attribute: string): Id<'attributes'> {
  const { attributeNames } = shard.state.sizes;
  return (row * attributeNames.length + attributeNames.indexOf(attribute)) as Id<'attributes'>;
}

/** What was seen goes to the exposure memory; the oldest place is overwritten. */
function applyExposures(shard: Shard): void {
  const { state, tables } = shard;
  const { percepts, items, count } = tables;
  const { feedLength } = state.sizes;
  const origins = items.origin as unknown as Int32Array;
  let exposures = 0;
  for (let percept = 0 as PerceptRow; percept < count[counts.percepts]; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    const start = percept * feedLength;
    const itemCount = percepts.itemCount[percept];
    for (let k = 0; k < itemCount; k++) remember(state, agent, origins[start + k], 0);
    exposures += itemCount;
  }
  count[counts.exposures] = exposures;
}

/** Counts one exposure (mark 0), or marks content as the agent's own act. */
function remember(state: State, agent: AgentRow, origin: number, mark: number): void {
  const { memoryLength } = state.sizes;
  const origins = state.exposures.origin as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  const start = agent * memoryLength;
  let place = findExposure(origins, start, memoryLength, origin);
  if (place < 0) {
    const head = state.agents.exposureHead[agent];
    state.agents.exposureHead[agent] = head + 1 === memoryLength ? 0 : head + 1;
    place = start + head;
    origins[place] = origin;
    seen[place] = 0;
  }
  if (mark !== 0) seen[place] |= mark;
  else if ((seen[place] & seenMax) < seenMax) seen[place]++;
}

/** From every shard's intents: counters of the posts and agents that this shard owns. Sums of ones: any order gives the same. */
function applyCounters(shard: Shard): void {
  const { state, owner } = shard;
  const { posts, agents } = state;
  for (const { intents, count } of shard.all) {
    const end = count[counts.intents];
    for (let row = 0 as IntentRow; row < end; row++) {
      const verb = intents.verb[row];
      if (verb < verbs.reply || intents.outcome[row] !== outcomes.granted) continue;
      const subject = intents.subject[row];
      if (verb <= verbs.like) {
        if (postShard(owner, subject) !== owner.shard) continue;
        const to = postRow(posts, subject);
        if (verb === verbs.like) posts.likeCount[to]++;
        else if (verb === verbs.reply) posts.replyCount[to]++;
        else posts.shareCount[to]++;
        offerPost(shard, subject, to);
      } else if (agentShard(owner, subject) === owner.shard) {
        if (verb === verbs.follow) agents.followerCount[subject as AgentRow]++;
        else if (verb === verbs.unfollow) agents.followerCount[subject as AgentRow]--;
        else addToTarget(shard, verb, subject);
      }
    }
  }
}

function addToTarget(shard: Shard, verb: number, row: number): void {
  for (const effect of shard.book.verbs[verb]?.own?.effects ?? []) {
    if (effect.op === 'addToTarget')
      shard.state.attributes.value[attributePlace(shard, row, effect.attribute)] += effect.amount;
  }
}

const secondsPerDecade = 45000;
const ln10 = 2.302585092994046;

/** Hot score: log10 of the votes, plus one for each 12.5 hours that the post is younger (the form used by Reddit). */
export function hotScore(votes: number, tick: number, tickSeconds: number): number {
  return log(Math.max(1, votes)) / ln10 + (tick * tickSeconds) / secondsPerDecade;
}

/** Posts that leave the window with this tick are not offered: they would take places, more or fewer by the number of shards. */
function offerPost(shard: Shard, id: number, row: PostRow): void {
  const { posts, now } = shard.state;
  if (id < oldestLive(posts, now.nextPost + shard.madeCount)) return;
  if (!shard.usesBoards || posts.kind[row] === postKinds.repost) return;
  const votes = posts.shareCount[row] + posts.likeCount[row];
  const score = hotScore(votes, posts.tick[row], shard.plan.tickSeconds);
  offer(shard.offers, 0, id, score);
  offer(shard.offers, 1 + topicOf(posts.topic, row * topicCount), id, score);
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
}

/** Due every k ticks, or when any log is half full: the moment cannot be seen, so it may depend on the number of shards. */
function isMergeDue(shard: Shard): boolean {
  const { ties, now } = shard.state;
  if ((now.tick + 1) % shard.placement.mergeTicks === 0 || isCheckpointTick(now.tick, shard.placement)) return true;
  return ties.logs.some((one, i) => ties.logCount[i] * 2 > one.rowCapacity);
}

/** Merges every shard's log into the rows that this shard owns, in both directions. Logs are emptied at the next tick's start. */
function mergeTies(shard: Shard): void {
  const { ties, agents } = shard.state;
  mergeSide(shard, ties.followees, 'follower', 'followee');
  mergeSide(shard, ties.followers, 'followee', 'follower');
  const own = ties.logs[shard.owner.shard];
  for (let entry = 0 as Id<'tieLogs'>; entry < ties.logCount[shard.owner.shard]; entry++) {
    agents.pendingTie[own.follower[entry] as AgentRow] = noTie;
  }
  shard.mergedTick = shard.state.now.tick;
}

type TieEnd = 'follower' | 'followee';

/** One direction: changes by row, then by the neighbour's ordinal; of several changes of one tie the last one counts. */
function mergeSide(shard: Shard, side: TieSide, rowEnd: TieEnd, neighbourEnd: TieEnd): void {
  const { state, owner } = shard;
  const { logs, logCount } = state.ties;
  const ordinal = state.agents.ordinal as unknown as Int32Array;
  const most = logCount.reduce((sum, one) => sum + one, 0);
  const [row, neighbour, keys, order] = Array.from({ length: 4 }, () => new Int32Array(most));
  const sign = new Int8Array(most);
  let count = 0;
  logs.forEach((log, from) => {
    for (let entry = 0 as Id<'tieLogs'>; entry < logCount[from]; entry++) {
      if (agentShard(owner, log[rowEnd][entry]) !== owner.shard) continue;
      row[count] = log[rowEnd][entry];
      neighbour[count] = log[neighbourEnd][entry];
      sign[count] = log.sign[entry];
      keys[count] = ordinal[neighbour[count]];
      order[count] = count++;
    }
  });
  sortPairs(keys, order, count, shard.radix);
  for (let i = 0; i < count; i++) keys[i] = row[order[i]];
  sortPairs(keys, order, count, shard.radix);
  const changes = { neighbour: new Int32Array(count), sign: new Int8Array(count), count: 0 };
  for (let i = 0; i < count; i++) {
    const one = order[i];
    const isAgain = changes.count > 0 && changes.neighbour[changes.count - 1] === neighbour[one];
    const place = isAgain ? changes.count - 1 : changes.count++;
    changes.neighbour[place] = neighbour[one];
    changes.sign[place] = sign[one];
    if (i + 1 < count && keys[i + 1] === keys[i]) continue;
    mergeRow(side, owner.shard, ordinal, keys[i] as AgentRow, changes);
    changes.count = 0;
  }
}

/** Draws the next waking of every agent that was awake. */
function wakeNext(shard: Shard): void {
  const { state, tables, plan } = shard;
  const { percepts, count } = tables;
  const at = { tick: state.now.tick, seedA: state.now.seedA, seedB: state.now.seedB, first: false };
  for (let percept = 0 as PerceptRow; percept < count[counts.percepts]; percept++) {
    drawWake(state.agents, shard.wheel, plan, shard.profiles, percepts.agent[percept] as AgentRow, at);
  }
}
