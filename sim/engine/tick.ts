/**
 * One tick of one shard: the phases in their order.
 *
 *     view -> activate -> recommend -> decide -> resolve -> apply -> record
 *
 * Everyone sees the state at the start of the tick; effects appear in the next. A phase is synchronous; where shards must meet, or
 * a model must be asked, the tick yields, and whoever drives it (a worker's loop or the calling thread's) does the waiting.
 * Recording happens outside: `sim/engine/collect.ts` reads the tables of a finished tick while the next one runs.
 */
import { takeHits } from '../exchange/moderation.ts';
import { counts } from '../exchange/tables.ts';
import { firstInvariantRule } from '../exchange/invariants.ts';
import { isRanked, verbs } from '../exchange/verbs.ts';
import { isLive, postRow, postWrittenBy } from '../world/posts.ts';
import { seekNeighbours } from '../recommender/neighbours.ts';
import { recommend } from '../recommender/recommend.ts';
import { decideByRules } from '../policy/rules.ts';
import { decideByOwn, settleOwn } from '../policy/own-turns.ts';
import { actPlanted } from '../policy/plants.ts';
import { attempt } from '../policy/act.ts';
import { arbitrate } from '../game-master/arbitrate.ts';
import { enforceAll, enforceOwn, markStates, rewindStates } from '../game-master/invariant/enforce-intents.ts';
import { joinActs } from '../game-master/join-acts.ts';
import { routeAttempts, settleVerdicts } from '../game-master/judge/route.ts';
import { settleRanked } from '../game-master/ranked/settle.ts';
import { ruleOwn, settlePrecedence } from '../game-master/resolve.ts';
import { activate } from './activate.ts';
import { applyIndexes, applyIntents, listNewPosts } from './apply.ts';
import { askForArchetypes, drawerTest, settleArchetypes } from './archetypes.ts';
import { embedPosts } from './embed-posts.ts';
import { embedReaders } from './embed-readers.ts';
import { answerAsleep } from './interviews.ts';
import { renewTopics } from './keep-topics.ts';
import { isRootTick } from './plan.ts';
import { hashState } from './root.ts';
import { reattempt } from './reattempts.ts';
import { openTick } from './shard.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, ShardTables } from '../exchange/tables.ts';
import type { Enforcer } from '../game-master/invariant/enforce-intents.ts';
import type { Shard } from './shard.ts';

/** Why a tick yields: shards must meet, or requests wait for a model. */
export type Pause = 'meet' | 'ask';

/** Agents recommended to and deciding in one go: their rows stay in the near caches. */
const blockLength = 256;

export function* tick(shard: Shard, number: number): Generator<Pause, void, void> {
  openTick(shard, number);
  yield* renewTopics(shard);
  intervene(shard);
  if (shard.book.allowed[verbs.try] === 1) reattempt(shard);
  if (shard.owner.shard === 0 && shard.plan.conduct.moderation.length > 0) moderate(shard);
  wake(shard);
  answerAsleep(shard);
  yield* embedReaders(shard);
  if (shard.plan.feed.candidates === 'index') {
    seekNeighbours(
      shard.state,
      shard.tables.percepts,
      shard.tables.count[counts.percepts],
      shard.feedScratch.neighbours,
    );
  }
  for (let from = 0; from < shard.tables.count[counts.percepts]; from += blockLength) seeAndDecide(shard, from);
  if (shard.asks) yield* askAndSettle(shard);
  plant(shard);
  nobodysTurn(shard);
  joinActs(shard.tables);
  if (shard.book.allowed[verbs.try] === 1) yield* readFreeWords(shard);
  ruleOwn(shard.state, shard.book, shard.tables);
  nobodysTurn(shard);
  if (shard.book.hasPrecedence) {
    yield 'meet';
    settlePrecedence(shard.state, shard.book, shard.tables, shard.all);
    yield 'meet';
  }
  if (shard.book.hasRanked) yield* settle(shard);
  if (shard.book.hasExclusive) {
    yield 'meet';
    arbitrate(shard.state, shard.book, shard.all);
    yield 'meet';
  }
  yield* enforce(shard);
  if (shard.book.hasRanked && shard.enforcer !== undefined) yield* settleAgain(shard, shard.enforcer);
  listNewPosts(shard);
  yield* embedPosts(shard);
  yield 'meet';
  applyIntents(shard);
  yield 'meet';
  applyIndexes(shard);
  if (!shard.takesRoots || !isRootTick(number, shard.plan.ticks)) return;
  // What one shard wrote of others' posts must stand before they are hashed.
  yield 'meet';
  hashState(shard);
}

/** What models answer comes back to who asked. */
function* askAndSettle(shard: Shard): Generator<Pause, void, void> {
  askForArchetypes(shard);
  yield 'ask';
  shard.acting.own = true;
  const { archetypes, policies, own, state, tables } = shard;
  settleOwn(policies, own, state, tables, (agent) => drawerTest(shard, state.agents.policy[agent])(agent));
  if (archetypes.length > 0) settleArchetypes(shard);
}

/** What members of plants do, whether they are awake or not: intents like any other, ruled like any other. */
function plant({ planted, acting, state, tables, turn, plan }: Shard): void {
  if (planted === undefined) return;
  acting.own = false;
  actPlanted(planted, state, tables, turn, plan.seed);
}

/** Attempts in free words become verbs, or are laid before the judge. */
function* readFreeWords({ state, book, tables, bench }: Shard): Generator<Pause, void, void> {
  routeAttempts(state, book, tables, bench);
  if (bench.judge === undefined) return;
  yield 'ask';
  settleVerdicts(state, book, tables, bench);
}

/** Ranked verbs are settled by one shard, everybody's, between two meetings. */
function* settle(shard: Shard): Generator<Pause, void, void> {
  yield 'meet';
  if (shard.owner.shard === 0) {
    shard.draft = settleRanked(shard.state, shard.book, shard.all);
    if (shard.enforcer !== undefined) markStates(shard.enforcer);
  }
  yield 'meet';
}

/**
 * Where an invariant refused a ranked act, what was settled after it may not stand: all other acts are settled anew, those that had lost
 * to it too, and the invariants judge again from where they stood before the tick. Each round breaks one act more, so there is a last one.
 */
function* settleAgain(shard: Shard, enforcer: Enforcer): Generator<Pause, void, void> {
  for (let before = 0; ;) {
    yield 'meet';
    const broken = brokenRanked(shard.all);
    yield 'meet';
    if (broken === before) return;
    before = broken;
    if (shard.owner.shard === 0) {
      rewindStates(enforcer);
      shard.draft = settleRanked(shard.state, shard.book, shard.all, shard.draft);
    }
    yield 'meet';
    yield* enforce(shard);
  }
}

/** How many ranked acts of the tick invariants refused. */
function brokenRanked(all: readonly ShardTables[]): number {
  let broken = 0;
  for (const { intents, count } of all) {
    if (count[counts.ranked] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (isRanked(intents.verb[row]) && intents.rule[row] >= firstInvariantRule) broken++;
    }
  }
  return broken;
}

/** Invariants have the last word before apply. One that is about the whole run is enforced by one shard, on everybody's intents. */
function* enforce({ enforcer, state, tables, all, owner }: Shard): Generator<Pause, void, void> {
  if (enforcer === undefined) return;
  if (!enforcer.hasWorldScope) {
    enforceOwn(state, enforcer, tables);
    return;
  }
  yield 'meet';
  if (owner.shard === 0) enforceAll(state, enforcer, all);
  yield 'meet';
}

/** What throws from here on is no agent's doing, unless own code says otherwise. */
function nobodysTurn(shard: Shard): void {
  shard.acting.own = false;
  shard.turn.actor = -1;
}

function wake(shard: Shard): void {
  const { state, wheel, attached, owner, tables } = shard;
  activate(state.agents, wheel, attached.awake, owner, tables, state.now.tick);
}

function seeAndDecide(shard: Shard, from: number): void {
  const { state, feed, tables, plan, turn, kernels } = shard;
  const to = Math.min(from + blockLength, tables.count[counts.percepts]);
  recommend(state, feed, tables, { from, to }, shard.feedScratch, kernels.feeds);
  plan.policies.forEach((one, policy) => {
    shard.acting.own = one.kind !== 'rules';
    if (one.kind === 'rules') decideByRules(state, one.parameters, tables, { from, to, policy }, turn, kernels.looks);
    else {
      const own = shard.policies[policy];
      const isLater = one.kind === 'archetypes' ? drawerTest(shard, policy) : undefined;
      const range = { from, to, policy, ...(isLater === undefined ? {} : { isLater }) };
      if (own !== undefined) decideByOwn(own, shard.own, state, tables, range);
    }
  });
}

/** Acts that the scenario makes agents of this shard do now: intents like any other, ruled like any other. */
function intervene(shard: Shard): void {
  const { state, tables } = shard;
  for (const act of shard.scheduled) {
    if (act.tick !== state.now.tick) continue;
    const row = tables.count[counts.intents] as IntentRow;
    const target =
      act.postBy === undefined ? act.target : postWrittenBy(state, act.postBy.row as AgentRow, act.postBy.tick);
    attempt(tables, { actor: act.row, sequence: 0 }, act.verb, target, act.amount, act.detail);
    tables.intents.subject[row] = act.isAppealGiven ? 1 : 0;
    tables.intents.sequence[row] = act.sequence;
  }
}

/** What the platform's own rules ask for: one shard's intents, in the order (post, rule), ruled like any other. */
function moderate(shard: Shard): void {
  const { state, tables, attached, plan } = shard;
  takeHits(attached.moderation).forEach(({ post, rule }, sequence) => {
    const { does } = plan.conduct.moderation[rule];
    if (does === 'ban' && !isLive(state.now, post)) return;
    const target = does === 'ban' ? state.posts.author[postRow(state.posts, post)] : post;
    attempt(tables, { actor: state.sizes.agentCount, sequence: 0 }, verbs[does], target, rule);
    tables.intents.sequence[(tables.count[counts.intents] - 1) as IntentRow] = sequence;
  });
}
