/**
 * The Game Master: every intent gets exactly one final ruling, with a reason and the rule that decided.
 *
 * Gates in order: allowed verb, target exists, once only, own relation, own condition. Each gate reads facts that belong to the
 * actor, or the state at the start of the tick, so they run on the actor's shard in the order of its intents. Verbs of the
 * `exclusive` class then compete for places: the target's shard orders them by (target, lottery, actor's key, sequence), never by
 * arrival. Conflict classes that commute or append need no arbitration.
 * Invariant: after `arbitrate` no outcome is pending. Oracle: `test/sim/game-master/resolve.test.ts` replays it on objects.
 */
import { drawWord, laneA, laneB, purposes } from '../ground/random.ts';
import { compareKeys } from '../ground/keys.ts';
import { reactionBits, reactionOf } from '../world/reactions.ts';
import { isLive, postRow } from '../world/posts.ts';
import { agentShard, postShard } from '../world/ownership.ts';
import { follows } from '../social-graph/ties.ts';
import { outcomes, reasonNumber, rules } from '../exchange/reasons.ts';
import { firstOwnVerb, verbs } from '../exchange/verbs.ts';
import { counts, intentsPerAgentMax } from '../exchange/tables.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { IntentRow, Intents, ShardTables } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';
import type { OwnVerb, TargetKind, Verb } from '../exchange/verbs.ts';
import type { StateView } from '../exchange/view.ts';

/** The rule book of a run: verbs by number, and which of them the scenario allows. */
export interface RuleBook {
  readonly verbs: readonly (Verb | undefined)[];
  readonly allowed: Uint8Array;
  readonly hasExclusive: boolean;
}

/** Builds the rule book. `allowed` lists names of verbs. */
export function createRuleBook(table: readonly Verb[], allowed: readonly string[]): RuleBook {
  const byNumber: (Verb | undefined)[] = new Array<Verb | undefined>(256).fill(undefined);
  const flags = new Uint8Array(256);
  for (const verb of table) {
    byNumber[verb.number] = verb;
    flags[verb.number] = allowed.includes(verb.name) || verb.own !== undefined || verb.name === 'nothing' ? 1 : 0;
  }
  return { verbs: byNumber, allowed: flags, hasExclusive: table.some((verb) => verb.conflict === 'exclusive') };
}

/** Rules on the shard's own intents; those of exclusive verbs that pass every gate stay pending. */
export function ruleOwn(state: StateView, book: RuleBook, tables: ShardTables): void {
  const { intents, count } = tables;
  const end = count[counts.intents];
  let first = 0;
  let contested = 0;
  for (let row = 0 as IntentRow; row < end; row++) {
    if (intents.actor[row] !== intents.actor[first as IntentRow]) first = row;
    const verb = intents.verb[row];
    const reason =
      intents.sequence[row] === intentsPerAgentMax - 1
        ? refuse(intents, row, 'LIMIT_REACHED', rules.limit)
        : book.allowed[verb] === 0
          ? refuse(intents, row, 'VERB_NOT_ALLOWED', rules.allowedVerb)
          : verb >= firstOwnVerb
            ? ruleOwnVerb(state, book.verbs[verb]?.own as OwnVerb, intents, row)
            : ruleBuiltIn(state, intents, row, first);
    if (reason) contested++;
  }
  count[counts.contested] = contested;
}

/** Returns true when the intent stays pending. */
function ruleBuiltIn(state: StateView, intents: Intents, row: IntentRow, first: number): boolean {
  switch (intents.verb[row]) {
    case verbs.repost:
    case verbs.like:
    case verbs.reply:
    case verbs.quote:
      return ruleOnPost(state, intents, row, first);
    case verbs.follow:
    case verbs.unfollow:
      return ruleOnTie(state, intents, row, first);
    default:
      return grant(intents, row);
  }
}

function ruleOnPost(state: StateView, intents: Intents, row: IntentRow, first: number): boolean {
  const post = intents.target[row];
  if (!isLive(state.now, post)) return refuse(intents, row, missingPost(state, post), rules.targetExists);
  const origin = state.posts.origin[postRow(state.posts, post)];
  if (!isLive(state.now, origin)) return refuse(intents, row, 'POST_ARCHIVED', rules.targetExists);
  intents.subject[row] = origin;
  const verb = intents.verb[row];
  if (verb !== verbs.repost && verb !== verbs.like) return grant(intents, row);
  const bit = verb === verbs.repost ? reactionBits.repost : reactionBits.like;
  const done = (reactionOf(state.reactions, intents.actor[row], origin) & bit) !== 0;
  if (done || didEarlier(intents, row, first, verb, origin)) {
    return refuse(intents, row, verb === verbs.repost ? 'ALREADY_REPOSTED' : 'ALREADY_LIKED', rules.onceOnly);
  }
  return grant(intents, row);
}

function missingPost(state: StateView, post: number): Reason {
  return post > 0 && post < state.now.nextPost ? 'POST_ARCHIVED' : 'POST_UNKNOWN';
}

/** Whether the same actor was granted the same verb on the same subject earlier in this tick. */
function didEarlier(intents: Intents, row: IntentRow, first: number, verb: number, subject: number): boolean {
  for (let at = (row - 1) as IntentRow; at >= first; at--) {
    if (intents.verb[at] !== verb || intents.subject[at] !== subject) continue;
    if (intents.outcome[at] === outcomes.granted) return true;
  }
  return false;
}

function ruleOnTie(state: StateView, intents: Intents, row: IntentRow, first: number): boolean {
  const actor = intents.actor[row] as AgentRow;
  const target = intents.target[row];
  if (target < 0 || target >= state.sizes.agentCount) return refuse(intents, row, 'AGENT_UNKNOWN', rules.targetExists);
  if (target === actor) return refuse(intents, row, 'SELF_TARGET', rules.ownRelation);
  intents.subject[row] = target;
  const wants = intents.verb[row] === verbs.follow;
  const has = relationNow(state, intents, row, first, actor, target);
  if (wants && has) return refuse(intents, row, 'ALREADY_FOLLOWING', rules.ownRelation);
  if (!wants && !has) return refuse(intents, row, 'NOT_FOLLOWING', rules.ownRelation);
  return grant(intents, row);
}

/** The relation as it stands after the actor's earlier intents of this tick. */
function relationNow(
  state: StateView,
  intents: Intents,
  row: IntentRow,
  first: number,
  actor: AgentRow,
  target: number,
): boolean {
  for (let at = (row - 1) as IntentRow; at >= first; at--) {
    const verb = intents.verb[at];
    if (verb !== verbs.follow && verb !== verbs.unfollow) continue;
    if (intents.subject[at] === target && intents.outcome[at] === outcomes.granted) return verb === verbs.follow;
  }
  const log = state.ties.logs[state.owner.shard];
  return follows(state.ties, log, state.agents.pendingTie[actor], actor, target);
}

function ruleOwnVerb(state: StateView, verb: OwnVerb, intents: Intents, row: IntentRow): boolean {
  const actor = intents.actor[row] as AgentRow;
  const target = intents.target[row];
  let agent = actor;
  if (verb.target === 'post') {
    if (!isLive(state.now, target)) return refuse(intents, row, missingPost(state, target), rules.targetExists);
    agent = state.posts.author[postRow(state.posts, target)] as AgentRow;
  } else if (verb.target === 'agent') {
    if (target < 0 || target >= state.sizes.agentCount)
      return refuse(intents, row, 'AGENT_UNKNOWN', rules.targetExists);
    agent = target as AgentRow;
  }
  intents.subject[row] = agent;
  const reason = verb.refuse?.(state, {
    actor,
    targetAgent: agent,
    targetPost: (verb.target === 'post' ? target : 0) as PostId,
    amount: intents.amount[row],
  });
  if (reason !== undefined) return refuse(intents, row, reason, rules.ownCondition);
  if (verb.conflict !== 'exclusive') return grant(intents, row);
  intents.outcome[row] = outcomes.pending;
  return true;
}

function grant(intents: Intents, row: IntentRow): false {
  intents.outcome[row] = outcomes.granted;
  intents.reason[row] = 0;
  intents.rule[row] = rules.none;
  return false;
}

function refuse(intents: Intents, row: IntentRow, reason: Reason, rule: number): false {
  intents.outcome[row] = outcomes.refused;
  intents.reason[row] = reasonNumber[reason];
  intents.rule[row] = rule;
  return false;
}

interface Contender {
  readonly intents: Intents;
  readonly row: IntentRow;
  readonly target: number;
  readonly verb: number;
  readonly lottery: number;
  readonly keyHi: number;
  readonly keyLo: number;
  readonly sequence: number;
}

/**
 * Settles contested intents whose target this shard owns, from every shard's table.
 * Order: (verb, target, lottery, actor's key, sequence); the first `places` of each (verb, target) are granted.
 */
export function arbitrate(state: StateView, book: RuleBook, all: readonly ShardTables[]): void {
  const mine = contenders(state, book, all);
  mine.sort(
    (x, y) =>
      x.verb - y.verb ||
      x.target - y.target ||
      (x.lottery >>> 0) - (y.lottery >>> 0) ||
      compareKeys(x.keyHi, x.keyLo, y.keyHi, y.keyLo) ||
      x.sequence - y.sequence,
  );
  let taken = 0;
  for (let i = 0; i < mine.length; i++) {
    const one = mine[i];
    const before = mine[i - 1];
    if (before?.verb !== one.verb || before.target !== one.target) taken = 0;
    const places = book.verbs[one.verb]?.own?.places ?? 1;
    if (taken < places) grant(one.intents, one.row);
    else refuse(one.intents, one.row, 'LOTTERY_LOST', rules.exclusivePlaces);
    taken++;
  }
}

function contenders(state: StateView, book: RuleBook, all: readonly ShardTables[]): Contender[] {
  const found: Contender[] = [];
  for (const { intents, count } of all) {
    if (count[counts.contested] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (intents.outcome[row] !== outcomes.pending) continue;
      const target = intents.target[row];
      const verb = intents.verb[row];
      if (arbiterOf(state, book.verbs[verb]?.own?.target, target) !== state.owner.shard) continue;
      found.push(contender(state, intents, row, target));
    }
  }
  return found;
}

/** The one shard that settles attempts on a target. Without a kind of target, its number alone says what is contested. */
function arbiterOf(state: StateView, kind: TargetKind | undefined, target: number): number {
  if (kind === 'post') return postShard(state.owner, target);
  return kind === 'agent' ? agentShard(state.owner, target) : (target >>> 0) % state.owner.shardCount;
}

function contender(state: StateView, intents: Intents, row: IntentRow, target: number): Contender {
  const actor = intents.actor[row] as AgentRow;
  const keyLo = state.agents.keyLo[actor];
  const keyHi = state.agents.keyHi[actor];
  const a = laneA(state.now.seedA, keyLo);
  const b = laneB(state.now.seedB, keyHi);
  const sequence = intents.sequence[row];
  const lottery = drawWord(a, b, purposes.lottery, sequence);
  return { intents, row, target, verb: intents.verb[row], lottery, keyHi, keyLo, sequence };
}
