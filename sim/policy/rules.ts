/**
 * The rule policy: what an agent does with each item it sees, and what else it does when it wakes.
 *
 * An item is spread with probability
 *
 *     p = min(cap, logistic(intercept + interest * match + social * log2(1 + shares) + appeal - fatigue * seen))
 *
 * where match is the cosine of interest and topic, shares counts the content's reposts and quotes, and seen is how often the
 * agent saw the content before (diminishing returns of repeated exposure). Likes, replies and quotes come with odds relative to p;
 * one look gives at most one reaction. The cap is a modelling rule: the draw is compared with it first, so that most items need
 * no look at the post. Source of the form: threshold and exposure terms of complex contagion; the parameters are calibrated.
 * Oracle: `adoptionProbability`, the readable form.
 */
import { logistic } from '../ground/detmath.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { actedBit, dotTopics, findExposure, topicCount, topicScale } from '../world/agents.ts';
import { appealScale, postRow } from '../world/posts.ts';
import { currentFollowees, noTie } from '../social-graph/ties.ts';
import { feedLengthMax } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from './act.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Turn } from './act.ts';

/** Parameters of the rule policy. Weights are in logits; shares lie in [0, 1]; ratios are odds relative to spreading. */
export interface RuleParameters {
  readonly intercept: number;
  readonly interestWeight: number;
  readonly socialWeight: number;
  readonly fatiguePerExposure: number;
  readonly capShare: number;
  readonly quoteRatio: number;
  readonly replyRatio: number;
  readonly likeRatio: number;
  /** Probability of an original post at one waking. */
  readonly postShare: number;
  /** Probability of following the author of a content that one just spread. */
  readonly followShare: number;
  /** Probability of dropping one followee at one waking. */
  readonly unfollowShare: number;
}

const cosineScale = 1 / (topicScale * topicScale);

/** log2(1 + n), straight between powers of two: exact in doubles, and the same on every machine. */
export function log2Count(n: number): number {
  const x = n + 1;
  const exponent = 31 - Math.clz32(x);
  return exponent + (x - (1 << exponent)) / (1 << exponent);
}

/** The readable form: the probability that an agent spreads a content it sees for the (seen + 1)-th time. */
export function adoptionProbability(
  parameters: RuleParameters,
  look: { readonly match: number; readonly shares: number; readonly appeal: number; readonly seen: number },
): number {
  const score =
    parameters.intercept +
    parameters.interestWeight * look.match +
    parameters.socialWeight * log2Count(look.shares) +
    look.appeal -
    parameters.fatiguePerExposure * look.seen;
  return Math.min(parameters.capShare, logistic(score));
}

/** Lets each agent of percepts [from, to) decide. `policy` is the number of this policy: others' agents are passed over. */
export function decideByRules(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  range: { readonly from: number; readonly to: number; readonly policy: number },
  turn: Turn,
): void {
  const { percepts } = tables;
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== range.policy) continue;
    turn.actor = agent;
    turn.sequence = 0;
    const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
    const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
    react(state, parameters, tables, percept, turn, a, b);
    initiate(state, parameters, tables, turn, a, b);
  }
}

function react(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  percept: PerceptRow,
  turn: Turn,
  a: number,
  b: number,
): void {
  const { items, percepts } = tables;
  const start = percept * state.sizes.feedLength;
  const itemCount = percepts.itemCount[percept];
  const perSpread = 1 + parameters.quoteRatio + parameters.replyRatio + parameters.likeRatio;
  const ceiling = parameters.capShare * perSpread;
  const posts = items.post as unknown as Int32Array;
  const origins = items.origin as unknown as Int32Array;
  let lookCount = 0;
  for (let k = 0; k < itemCount; k++) {
    const u = unitOf(drawWord(a, b, purposes.adopt, k));
    looks.item[lookCount] = k;
    looks.unit[lookCount] = u;
    lookCount += u < ceiling ? 1 : 0;
  }
  scoreLooks(state, parameters, turn.actor as AgentRow, origins, start, lookCount);
  for (let i = 0; i < lookCount; i++) {
    const k = looks.item[i];
    const u = looks.unit[i];
    const p = spreadProbability(state, parameters, turn.actor as AgentRow, origins[start + k], looks.score[i]);
    if (u >= p * perSpread) continue;
    reactTo(
      state,
      parameters,
      tables,
      { post: posts[start + k], origin: origins[start + k], item: k },
      u / p,
      turn,
      a,
      b,
    );
  }
}

/** Items of one feed whose draw lies below the cap, with their draws and what the post itself adds to the score. */
const looks = {
  item: new Int32Array(feedLengthMax + 1),
  unit: new Float64Array(feedLengthMax + 1),
  score: new Float64Array(feedLengthMax + 1),
};

/** The post's part of each score: nothing here branches on what is loaded, so that the loads of one feed overlap. */
function scoreLooks(
  state: StateView,
  parameters: RuleParameters,
  agent: AgentRow,
  origins: Int32Array,
  start: number,
  lookCount: number,
): void {
  const { posts } = state;
  const { intercept, interestWeight, socialWeight } = parameters;
  const interest = state.agents.interest as Int8Array;
  const topic = posts.topic as Int8Array;
  for (let i = 0; i < lookCount; i++) {
    const row = postRow(posts, origins[start + looks.item[i]]);
    const dot = dotTopics(interest, agent * topicCount, topic, row * topicCount);
    looks.score[i] =
      intercept +
      interestWeight * (dot * cosineScale) +
      socialWeight * log2Count(posts.shareCount[row]) +
      posts.appeal[row] / appealScale;
  }
}

/** The inlined form of `adoptionProbability` over the columns. */
function spreadProbability(
  state: StateView,
  parameters: RuleParameters,
  agent: AgentRow,
  origin: number,
  score: number,
): number {
  const { exposures } = state;
  const { memoryLength } = state.sizes;
  const place = findExposure(exposures.origin as unknown as Int32Array, agent * memoryLength, memoryLength, origin);
  const seen = place < 0 ? 0 : (exposures.seen as unknown as Uint8Array)[place];
  if ((seen & actedBit) !== 0) return 0;
  return Math.min(parameters.capShare, logistic(score - parameters.fatiguePerExposure * seen));
}

/** Which reaction: `odds` is uniform in [0, 1 + quoteRatio + replyRatio + likeRatio). */
function reactTo(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  look: { readonly post: number; readonly origin: number; readonly item: number },
  odds: number,
  turn: Turn,
  a: number,
  b: number,
): void {
  const { quoteRatio, replyRatio } = parameters;
  if (odds < 1 + quoteRatio) {
    attempt(tables, turn, odds < 1 ? verbs.repost : verbs.quote, look.post);
    if (unitOf(drawWord(a, b, purposes.follow, look.item)) >= parameters.followShare) return;
    const author = state.posts.author[postRow(state.posts, look.origin)];
    if (author !== turn.actor) attempt(tables, turn, verbs.follow, author);
  } else attempt(tables, turn, odds < 1 + quoteRatio + replyRatio ? verbs.reply : verbs.like, look.post);
}

/** Acts that no item prompts: an original post, and dropping a followee. */
function initiate(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  turn: Turn,
  a: number,
  b: number,
): void {
  if (parameters.postShare > 0 && unitOf(drawWord(a, b, purposes.post, 0)) < parameters.postShare) {
    attempt(tables, turn, verbs.post, 0);
  }
  if (parameters.unfollowShare > 0 && unitOf(drawWord(a, b, purposes.unfollow, 0)) < parameters.unfollowShare) {
    const followee = followeeByLot(state, turn.actor as AgentRow, a, b);
    if (followee >= 0) attempt(tables, turn, verbs.unfollow, followee);
  }
}

/** A followee drawn by lot, unmerged follows included: lists stand in the order of ordinals, so no layout can be seen. */
function followeeByLot(state: StateView, agent: AgentRow, a: number, b: number): number {
  const { rows, pool } = state.ties.followees;
  const lot = unitOf(drawWord(a, b, purposes.select, 0));
  const pending = state.agents.pendingTie[agent];
  if (pending === noTie) {
    const length = rows.length[agent];
    if (length === 0) return -1;
    return (pool.neighbour as unknown as Int32Array)[rows.start[agent] + Math.floor(lot * length)];
  }
  const log = state.ties.logs[state.owner.shard];
  const current = currentFollowees(state.ties, log, pending, agent, state.agents.ordinal);
  return current.length === 0 ? -1 : current[Math.floor(lot * current.length)];
}
