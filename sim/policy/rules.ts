/**
 * The rule policy: what an agent does with each item it sees, and what else it does when it wakes.
 *
 * An item is spread with probability
 *
 *     p = min(cap, logistic(intercept + interest * match + social * log2(1 + shares) + appeal + label * labelled - fatigue * seen))
 *
 * where match is the cosine of interest and topic, shares counts the content's reposts and quotes, and seen is how often the
 * agent saw the content before (diminishing returns of repeated exposure), and labelled is 1 where the content carries a label. Likes, replies and quotes come with odds relative to p;
 * one look gives at most one reaction. The cap is a modelling rule: the draw is compared with it first, so that most items need
 * no look at the post. Source of the form: threshold and exposure terms of complex contagion; the parameters are calibrated.
 *
 * Beside that an agent may close a triangle (follow whom a followee follows: triadic closure), and rewire (give up a followee whose
 * interests point elsewhere and follow, in its place, somebody a step away whose interests do not, so that the number of its followees
 * stays). Both are attempts like any other, and what they lead to is seen from the next tick on.
 * Oracle: `adoptionProbability`, the readable form, and for the rest that of `test/sim/policy/rules.test.ts`.
 * Sources of the two: Rapoport 1953 (closure); Holme and Newman, Phys. Rev. E 74, 2006 (rewiring among the alike, there evenly over all).
 */
import { logistic } from '../ground/detmath.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { actedBit, topicCount, topicScale } from '../world/agents.ts';
import { pairValue, reactionBits } from '../world/pairs.ts';
import { appealOf, appealScale, dotFace, postRow, shareCountOf, standings } from '../world/posts.ts';
import { agentShard } from '../world/ownership.ts';
import { currentFollowees, follows, noTie } from '../social-graph/ties.ts';
import { feedLengthMax } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from './act.ts';
import { answerByRules } from './answering.ts';
import { updateOpinion } from './opinion.ts';
import { findHits, hitsOf, noItem, perceptsAtOnce, prepareLooks } from './looks-kernel.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { OpinionParameters } from './opinion.ts';
import type { Turn } from './act.ts';
import type { Hits, LookParameters } from './looks-kernel.ts';

/** Parameters of the rule policy. Weights are in logits; shares lie in [0, 1]; ratios are odds relative to spreading. */
export interface RuleParameters {
  readonly intercept: number;
  readonly interestWeight: number;
  readonly socialWeight: number;
  readonly fatiguePerExposure: number;
  /** Added where the content carries a label; left out where labels say nothing to readers. */
  readonly labelWeight?: number;
  readonly capShare: number;
  readonly quoteRatio: number;
  readonly replyRatio: number;
  readonly likeRatio: number;
  readonly dislikeRatio: number;
  readonly reportRatio: number;
  /** Whether likes and dislikes are votes, `upvote` and `downvote`: where the scenario allows no likes. */
  readonly votes?: boolean;
  /** False where the scenario allows no reposts: then nothing is spread, and the other odds stand alone. */
  readonly spreads?: boolean;
  /** Probability of an original post at one waking. */
  readonly postShare: number;
  /** Probability of following the author of a content that one just spread. */
  readonly followShare: number;
  /** Probability of dropping one followee at one waking. */
  readonly unfollowShare: number;
  /** Probability of following a followee of a followee at one waking; left out where nobody does. */
  readonly closureShare?: number;
  /** Probability of rewiring at one waking; left out where nobody does. */
  readonly rewireShare?: number;
  /** Cosine of interests below which a followee is given up, and which the one in its place must have. */
  readonly rewireMatchLeast?: number;
  /** How what an agent holds changes by what it hears; left out where it does not. */
  readonly opinion?: OpinionParameters;
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
  look: {
    readonly match: number;
    readonly shares: number;
    readonly appeal: number;
    readonly seen: number;
    readonly isLabelled?: boolean;
  },
): number {
  const score =
    parameters.intercept +
    parameters.interestWeight * look.match +
    parameters.socialWeight * log2Count(look.shares) +
    look.appeal +
    (look.isLabelled === true ? (parameters.labelWeight ?? 0) : 0) -
    parameters.fatiguePerExposure * look.seen;
  return Math.min(parameters.capShare, logistic(score));
}

/** Who of a tick's percepts decides by this policy: others' agents are passed over. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly policy: number;
}

/**
 * Lets each agent of percepts [from, to) decide, some at a time: first all their draws, then what the posts that the draws leave
 * add to the scores, then the acts, agent by agent.
 */
export function decideByRules(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  range: Range,
  turn: Turn,
  kernels?: Kernels,
): void {
  answerByRules(state, tables, range);
  // The kernel finds agents that react or initiate, and knows no labels; where opinions move, everyone who is awake is called.
  if (kernels !== undefined && parameters.opinion === undefined && parameters.labelWeight === undefined) {
    decideByKernel(kernels, state, parameters, tables, range, turn);
    return;
  }
  decideRange(state, parameters, tables, range, turn);
}

/**
 * Lets the agent of one percept decide by rules, whatever its policy is: its attempts go on from `turn.sequence`. For agents whose own
 * way of deciding failed in this tick.
 */
export function decideOneByRules(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  percept: PerceptRow,
  turn: Turn,
): void {
  const policy = state.agents.policy[tables.percepts.agent[percept] as AgentRow];
  decideRange(state, parameters, tables, { from: percept, to: percept + 1, policy }, turn, turn.sequence);
}

function decideRange(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  range: Range,
  turn: Turn,
  firstSequence = 0,
): void {
  const { feedLength } = state.sizes;
  for (let from = range.from; from < range.to; from += decidingAtOnce) {
    const some = { from, to: Math.min(range.to, from + decidingAtOnce), policy: range.policy };
    drawLooks(state, ceilingOf(parameters), tables, some);
    scoreLooks(state, parameters, tables, feedLength);
    if (parameters.labelWeight !== undefined) scoreLabels(state, parameters.labelWeight, tables, feedLength);
    act(state, parameters, tables, some, turn, firstSequence);
  }
}

/** The same, where the kernel finds who does anything: most agents do nothing at most wakings. */
function decideByKernel(
  kernels: Kernels,
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  range: Range,
  turn: Turn,
): void {
  const hits = hitsOf(kernels);
  const atOnce = perceptsAtOnce(state);
  prepareLooks(kernels, state, lookParameters(parameters), tables, range.policy);
  for (let from = range.from; from < range.to; from += atOnce) {
    findHits(kernels, hits, { from, to: Math.min(range.to, from + atOnce) });
    actOnHits(state, parameters, tables, hits, turn);
  }
}

function lookParameters(parameters: RuleParameters): LookParameters {
  const { postShare, unfollowShare, closureShare = 0, rewireShare = 0 } = parameters;
  const ownActs = [
    { purpose: purposes.post, share: postShare },
    { purpose: purposes.unfollow, share: unfollowShare },
    { purpose: purposes.closure, share: closureShare },
    { purpose: purposes.rewire, share: rewireShare },
  ];
  return { ...parameters, perSpread: perSpreadOf(parameters), cosineScale, ownActs };
}

/** Each agent that does something in turn: its reactions, then what no item prompts. */
function actOnHits(state: StateView, parameters: RuleParameters, tables: ShardTables, hits: Hits, turn: Turn): void {
  const { word, double, count } = hits;
  const { feedLength } = state.sizes;
  let before = -1;
  let [a, b] = [0, 0];
  for (let hit = 0; hit < count; hit++) {
    const percept = word[hit * 4] as PerceptRow;
    const item = word[hit * 4 + 1];
    if (percept !== before) {
      const agent = tables.percepts.agent[percept] as AgentRow;
      a = laneA(state.now.seedA, state.agents.keyLo[agent]);
      b = laneB(state.now.seedB, state.agents.keyHi[agent]);
      turn.actor = agent;
      turn.sequence = 0;
      before = percept;
    }
    if (item === noItem) initiate(state, parameters, tables, turn, a, b);
    else reactTo(state, parameters, tables, item, percept * feedLength + item, double[hit * 2 + 1], turn, a, b);
  }
}

/** Reactions to every spread, the spread itself included. */
function perSpreadOf(parameters: RuleParameters): number {
  const { quoteRatio, replyRatio, likeRatio, dislikeRatio, reportRatio } = parameters;
  return spreadOdds(parameters) + quoteRatio + replyRatio + likeRatio + dislikeRatio + reportRatio;
}

/** Odds of a repost: the unit of all others. */
function spreadOdds({ spreads }: RuleParameters): number {
  return spreads === false ? 0 : 1;
}

/** No draw above this leads to a reaction, whatever the post. */
function ceilingOf(parameters: RuleParameters): number {
  return parameters.capShare * perSpreadOf(parameters);
}

/** So many agents' looks stand side by side: their loads overlap, and the columns stay near. */
const decidingAtOnce = 64;

/** Items whose draw lies below the ceiling, agent by agent: the percept, the item, the draw and the score without fatigue. */
const looks = {
  count: 0,
  percept: new Int32Array(decidingAtOnce * feedLengthMax + 1),
  item: new Int32Array(decidingAtOnce * feedLengthMax + 1),
  unit: new Float64Array(decidingAtOnce * feedLengthMax + 1),
  score: new Float64Array(decidingAtOnce * feedLengthMax + 1),
};

function drawLooks(state: StateView, ceiling: number, tables: ShardTables, range: Range): void {
  const { percepts } = tables;
  const { percept: of, item, unit } = looks;
  let count = 0;
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== range.policy) continue;
    const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
    const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
    const itemCount = percepts.itemCount[percept];
    for (let k = 0; k < itemCount; k++) {
      const u = unitOf(drawWord(a, b, purposes.adopt, k));
      of[count] = percept;
      item[count] = k;
      unit[count] = u;
      count += u < ceiling ? 1 : 0;
    }
  }
  looks.count = count;
}

/** The post's part of each score: nothing here branches on what is loaded, so that the loads overlap. */
function scoreLooks(state: StateView, parameters: RuleParameters, tables: ShardTables, feedLength: number): void {
  const { intercept, interestWeight, socialWeight } = parameters;
  const agents = tables.percepts.agent as unknown as Int32Array;
  const origins = tables.items.origin as unknown as Int32Array;
  const interest = state.agents.interest as Int8Array;
  const face = state.posts.face as Int32Array;
  const { count, percept, item, score } = looks;
  for (let i = 0; i < count; i++) {
    const row = postRow(state.posts, origins[percept[i] * feedLength + item[i]]);
    const dot = dotFace(interest, agents[percept[i]] * topicCount, face, row);
    score[i] =
      intercept +
      interestWeight * (dot * cosineScale) +
      socialWeight * log2Count(shareCountOf(face, row)) +
      appealOf(face, row) / appealScale;
  }
}

/** What labels add: apart from the rest, because few runs have any and how a post stands is a column of its own. */
function scoreLabels({ posts }: StateView, labelWeight: number, tables: ShardTables, feedLength: number): void {
  const origins = tables.items.origin as unknown as Int32Array;
  const { count, percept, item, score } = looks;
  for (let i = 0; i < count; i++) {
    const row = postRow(posts, origins[percept[i] * feedLength + item[i]]);
    if ((posts.standing[row] & standings.labelled) !== 0) score[i] += labelWeight;
  }
}

/** Each agent in turn: its reactions, then what no item prompts. */
function act(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  range: Range,
  turn: Turn,
  firstSequence: number,
): void {
  const { percepts } = tables;
  const seen = tables.items.seen as unknown as Uint8Array;
  const perSpread = perSpreadOf(parameters);
  let look = 0;
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== range.policy) continue;
    turn.actor = agent;
    turn.sequence = firstSequence;
    const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
    const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
    for (; look < looks.count && looks.percept[look] === percept; look++) {
      const place = percept * state.sizes.feedLength + looks.item[look];
      const p = spreadProbability(parameters, seen[place], looks.score[look]);
      if (looks.unit[look] < p * perSpread)
        reactTo(state, parameters, tables, looks.item[look], place, looks.unit[look] / p, turn, a, b);
    }
    initiate(state, parameters, tables, turn, a, b);
    if (parameters.opinion !== undefined) updateOpinion(state, parameters.opinion, tables, percept, turn, a, b);
  }
}

/** The inlined form of `adoptionProbability`: `seen` as the item carries it. */
function spreadProbability(parameters: RuleParameters, seen: number, score: number): number {
  if ((seen & actedBit) !== 0) return 0;
  return Math.min(parameters.capShare, logistic(score - parameters.fatiguePerExposure * seen));
}

/** Which reaction to a feed's `item`, which stands at `place`: `odds` is uniform in [0, the sum of all odds). Numbers, not objects: there are millions. */
function reactTo(
  state: StateView,
  parameters: RuleParameters,
  tables: ShardTables,
  item: number,
  place: number,
  odds: number,
  turn: Turn,
  a: number,
  b: number,
): void {
  const post = (tables.items.post as unknown as Int32Array)[place];
  const origin = (tables.items.origin as unknown as Int32Array)[place];
  const { quoteRatio } = parameters;
  const spread = spreadOdds(parameters);
  if (odds < spread + quoteRatio) {
    attempt(tables, turn, odds < spread ? verbs.repost : verbs.quote, post);
    if (unitOf(drawWord(a, b, purposes.follow, item)) >= parameters.followShare) return;
    const author = state.posts.author[postRow(state.posts, origin)];
    if (author !== turn.actor) attempt(tables, turn, verbs.follow, author);
    return;
  }
  const verb = quietReaction(parameters, odds - spread - quoteRatio);
  // A vote toggles: who voted so already leaves it at that.
  if (verb === verbs.upvote && hasReacted(state, turn.actor, origin, reactionBits.like)) return;
  if (verb === verbs.downvote && hasReacted(state, turn.actor, origin, reactionBits.dislike)) return;
  attempt(tables, turn, verb, post);
}

function hasReacted(state: StateView, agent: number, origin: number, bit: number): boolean {
  return (pairValue(state.reactions, agent, origin) & bit) !== 0;
}

/** A reaction that spreads nothing. */
function quietReaction({ replyRatio, likeRatio, dislikeRatio, votes }: RuleParameters, odds: number): number {
  if (odds < replyRatio) return verbs.reply;
  if (odds < replyRatio + likeRatio) return votes === true ? verbs.upvote : verbs.like;
  if (odds >= replyRatio + likeRatio + dislikeRatio) return verbs.report;
  return votes === true ? verbs.downvote : verbs.dislike;
}

/** Acts that no item prompts: an original post, dropping a followee, and changes of the network near by. */
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
    const followee = followeeAt(state, turn.actor as AgentRow, unitOf(drawWord(a, b, purposes.select, 0)));
    if (followee >= 0) attempt(tables, turn, verbs.unfollow, followee);
  }
  const { closureShare = 0, rewireShare = 0, rewireMatchLeast = 0 } = parameters;
  if (closureShare > 0 && unitOf(drawWord(a, b, purposes.closure, 0)) < closureShare) {
    const other = strangerNearBy(state, turn.actor as AgentRow, purposes.closure, a, b);
    if (other >= 0) attempt(tables, turn, verbs.follow, other);
  }
  if (rewireShare > 0 && unitOf(drawWord(a, b, purposes.rewire, 0)) < rewireShare) {
    rewire(state, tables, rewireMatchLeast, turn, a, b);
  }
}

/** Gives up an unlike followee for somebody alike a step away, if the draws find both. */
function rewire(state: StateView, tables: ShardTables, matchLeast: number, turn: Turn, a: number, b: number): void {
  const agent = turn.actor as AgentRow;
  const followee = followeeAt(state, agent, unitOf(drawWord(a, b, purposes.rewire, 3)));
  if (followee < 0 || matchOf(state, agent, followee) >= matchLeast) return;
  const other = strangerNearBy(state, agent, purposes.rewire, a, b);
  if (other < 0 || matchOf(state, agent, other) < matchLeast) return;
  attempt(tables, turn, verbs.unfollow, followee);
  attempt(tables, turn, verbs.follow, other);
}

/** A followee of a followee, each drawn evenly, whom the agent does not follow yet and is not itself; else -1. */
function strangerNearBy(
  state: StateView,
  agent: AgentRow,
  purpose: typeof purposes.closure | typeof purposes.rewire,
  a: number,
  b: number,
): number {
  const friend = followeeAt(state, agent, unitOf(drawWord(a, b, purpose, 1)));
  if (friend < 0) return -1;
  const other = followeeAt(state, friend as AgentRow, unitOf(drawWord(a, b, purpose, 2)));
  if (other < 0 || other === agent) return -1;
  const log = state.ties.logs[state.owner.shard];
  return follows(state.ties, log, state.agents.pendingTie[agent], agent, other) ? -1 : other;
}

/** Cosine of two agents' interests: an exact integer, scaled. */
function matchOf({ agents }: StateView, agent: number, other: number): number {
  const interest = agents.interest as Int8Array;
  let dot = 0;
  for (let k = 0; k < topicCount; k++) dot += interest[agent * topicCount + k] * interest[other * topicCount + k];
  return dot * cosineScale;
}

/**
 * The followee of an agent at a lot in [0, 1), unmerged follows included, or -1: lists stand in the order of ordinals, so no layout can be
 * seen. The agent may be another shard's, because nobody writes while agents decide.
 */
function followeeAt(state: StateView, agent: AgentRow, lot: number): number {
  const { rows, pool } = state.ties.followees;
  const pending = state.agents.pendingTie[agent];
  if (pending === noTie) {
    const length = rows.length[agent];
    if (length === 0) return -1;
    return (pool.neighbour as unknown as Int32Array)[rows.start[agent] + Math.floor(lot * length)];
  }
  const log = state.ties.logs[agentShard(state.owner, agent)];
  const current = currentFollowees(state.ties, log, pending, agent, state.agents.ordinal);
  return current.length === 0 ? -1 : current[Math.floor(lot * current.length)];
}
