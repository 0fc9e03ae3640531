/**
 * Rulings on plain objects, for the oracle of the whole tick: what the headers of the Game Master say, gate by gate.
 *
 * Order: well formed, verb allowed, standing, limits, then what the verb asks of its target; then removals of the same tick. Everybody
 * is judged by world(t) and by what was granted to itself earlier in the tick.
 */
import { rules } from '../../../sim/exchange/reasons.ts';
import { isGone, targetOf } from './oracle-world.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';
import type { Act, Agent, Attempt, OracleVerb, Post, Reaction, Ruling, World } from './oracle-world.ts';

const granted: Ruling = { reason: 'OK', rule: rules.none, result: 0 };

function refused(reason: Reason, by: keyof typeof rules, result = 0): Ruling {
  return { reason, rule: rules[by], result };
}

/** Rules on one agent's attempts in their order: each sees world(t) and what was granted to the agent before it. */
export function ruleTurn(world: World, tick: number, attempts: readonly Attempt[]): Act[] {
  const acts: Act[] = [];
  for (const attempt of attempts) {
    const before = acts.filter((one) => one.reason === 'OK');
    acts.push({ ...attempt, ...rulingOf(world, tick, attempt.actor as Agent, attempt, before) });
  }
  return acts;
}

function rulingOf(world: World, tick: number, actor: Agent, attempt: Attempt, before: readonly Act[]): Ruling {
  const { verb, flaw, sequence } = attempt;
  if (sequence === 63) return refused('LIMIT_REACHED', 'limit');
  if (verb === 'unknown') return refused('VERB_UNKNOWN', 'wellFormed');
  if (flaw !== undefined) return refused(flaw, 'wellFormed');
  if (verb !== 'nothing') {
    if (!world.plan.allowedVerbs.includes(verb)) return refused('VERB_NOT_ALLOWED', 'allowedVerb');
    if (tick < actor.bannedUntil) return refused('BANNED', 'standing', actor.bannedUntil);
  }
  const retry = retryTick(world, tick, actor, verb, before);
  if (retry > tick) return refused('QUOTA_REACHED', 'quota', retry);
  const target = targetOf(verb);
  if (target === 'post') return rulingOnPost(world, actor, attempt, before);
  return target === 'agent' ? rulingOnAgent(world, tick, actor, attempt, before) : granted;
}

/** When all limits that count the verb leave a place: each does so once its `count`-th last act is `seconds` ago. */
function retryTick(world: World, tick: number, actor: Agent, verb: OracleVerb, before: readonly Act[]): number {
  const { plan } = world;
  return plan.conduct.limits.reduce((latest, limit, i) => {
    if (!limit.verbs.includes(verb)) return latest;
    const now = before.filter((one) => limit.verbs.includes(one.verb)).map(() => tick);
    const decisive = [...actor.spent[i], ...now].at(-limit.count);
    return decisive === undefined ? latest : Math.max(latest, decisive + Math.ceil(limit.seconds / plan.tickSeconds));
  }, 0);
}

function rulingOnPost(world: World, actor: Agent, { verb, target }: Attempt, before: readonly Act[]): Ruling {
  const post = world.posts.get(target);
  if (post === undefined) return refused('POST_UNKNOWN', 'targetExists');
  const { origin } = post;
  if (Math.min(post.id, origin.id) < world.oldestPost) return refused('POST_ARCHIVED', 'targetExists');
  if (isGone(post)) return refused('POST_REMOVED', 'visible');
  if (verb === 'delete') return post.author === actor ? granted : refused('NOT_AUTHOR', 'role');
  if (verb === 'remove' || verb === 'label') {
    if (!actor.isModerator) return refused('NOT_MODERATOR', 'role');
    const isAgain = verb === 'label' && post.standing.has('labelled');
    return isAgain ? refused('ALREADY_LABELLED', 'onceOnly') : granted;
  }
  if (actor.blocks.has(origin.author) || origin.author.blocks.has(actor)) return refused('BLOCKED', 'visible');
  if (!isReaction(verb)) return granted;
  const isRating = verb !== 'repost' && verb !== 'report';
  if (isRating && origin.author === actor && !world.plan.conduct.selfRating)
    return refused('SELF_RATING', 'selfRating');
  return rulingOnReaction(world, actor, verb, origin, before);
}

function rulingOnReaction(world: World, actor: Agent, verb: OracleVerb, origin: Post, before: readonly Act[]): Ruling {
  const reason = objection(verb, reactionsNow(world, actor, origin, before));
  return reason === undefined ? granted : refused(reason, 'onceOnly');
}

export function isReaction(verb: OracleVerb): boolean {
  return ['repost', 'like', 'unlike', 'dislike', 'undislike', 'upvote', 'downvote', 'report'].includes(verb);
}

/** What an agent did to a content, that of this tick's earlier acts included. */
function reactionsNow(world: World, actor: Agent, origin: Post, before: readonly Act[]): ReadonlySet<Reaction> {
  const earlier = before.filter((one) => isReaction(one.verb) && world.posts.get(one.target)?.origin === origin);
  return earlier.reduce(
    (now, one) => reactionsAfter(one.verb, now),
    actor.reactions.get(origin) ?? new Set<Reaction>(),
  );
}

function objection(verb: OracleVerb, now: ReadonlySet<Reaction>): Reason | undefined {
  if (verb === 'repost' && now.has('repost')) return 'ALREADY_REPOSTED';
  if (verb === 'like' && now.has('like')) return 'ALREADY_LIKED';
  if (verb === 'unlike' && !now.has('like')) return 'NOT_LIKED';
  if (verb === 'dislike' && now.has('dislike')) return 'ALREADY_DISLIKED';
  if (verb === 'undislike' && !now.has('dislike')) return 'NOT_DISLIKED';
  return verb === 'report' && now.has('report') ? 'ALREADY_REPORTED' : undefined;
}

/** What stands after a verb was granted: votes toggle and turn one another round, likes and dislikes do not. */
export function reactionsAfter(verb: OracleVerb, now: ReadonlySet<Reaction>): ReadonlySet<Reaction> {
  const after = new Set(now);
  const vote = (mine: Reaction, other: Reaction): void => {
    if (after.delete(mine)) return;
    after.add(mine);
    after.delete(other);
  };
  if (verb === 'repost' || verb === 'like' || verb === 'dislike' || verb === 'report') after.add(verb);
  if (verb === 'unlike') after.delete('like');
  if (verb === 'undislike') after.delete('dislike');
  if (verb === 'upvote') vote('like', 'dislike');
  if (verb === 'downvote') vote('dislike', 'like');
  return after;
}

function rulingOnAgent(
  world: World,
  tick: number,
  actor: Agent,
  { verb, target, amount }: Attempt,
  before: readonly Act[],
): Ruling {
  if (!(target in world.agents)) return refused('AGENT_UNKNOWN', 'targetExists');
  const other = world.agents[target];
  if (other === actor) return refused('SELF_TARGET', 'ownRelation');
  if (verb === 'ban' || verb === 'unban') return rulingOnBan(world, tick, actor, verb, other, amount);
  if (verb === 'follow' && (actor.blocks.has(other) || other.blocks.has(actor))) return refused('BLOCKED', 'visible');
  const base = verb.replace(/^un/, '') as 'follow' | 'mute' | 'block';
  const latest = before.findLast((one) => one.target === target && one.verb.replace(/^un/, '') === base);
  const relation = { follow: actor.follows, mute: actor.mutes, block: actor.blocks }[base];
  const stands = latest === undefined ? relation.has(other) : latest.verb === base;
  if (stands !== (verb === base)) return granted;
  const reasons = {
    follow: ['ALREADY_FOLLOWING', 'NOT_FOLLOWING'],
    mute: ['ALREADY_MUTED', 'NOT_MUTED'],
    block: ['ALREADY_BLOCKED', 'NOT_BLOCKED'],
  } as const;
  return refused(reasons[base][stands ? 0 : 1], 'ownRelation');
}

function rulingOnBan(world: World, tick: number, actor: Agent, verb: string, other: Agent, hours: number): Ruling {
  if (!actor.isModerator || other.isModerator) return refused('NOT_MODERATOR', 'role');
  const isBanned = tick < other.bannedUntil;
  if (verb === 'unban') return isBanned ? granted : refused('NOT_BANNED', 'standing');
  if (isBanned) return refused('ALREADY_BANNED', 'standing');
  if (hours < 1 || hours > 87_600) return refused('AMOUNT_RANGE', 'amount');
  return { ...granted, result: banEnd(world, tick, hours) };
}

function banEnd(world: World, tick: number, hours: number): number {
  return tick + 1 + Math.ceil((hours * 3600) / world.plan.tickSeconds);
}

/** What the platform does by its own rules: at most 200 acts a tick, numbered as they come, on what is still there. */
export function rulePlatform(world: World, tick: number): Act[] {
  const { moderation } = world.plan.conduct;
  const due = [...world.hits].sort((x, y) => x.post.id - y.post.id || x.rule - y.rule);
  world.hits = due.slice(200);
  return due.slice(0, 200).flatMap(({ post, rule }, sequence) => {
    const { does, hours } = moderation[rule];
    const isArchived = post.id < world.oldestPost;
    const base = { actor: undefined, verb: does, sequence, amount: rule };
    const byRule = { ...granted, rule: 100 + rule };
    if (does === 'ban') {
      if (isArchived) return [];
      const isBanned = tick < post.author.bannedUntil;
      const ban = { ...byRule, result: banEnd(world, tick, hours) };
      return [{ ...base, target: post.author.ordinal, ...(isBanned ? refused('ALREADY_BANNED', 'standing') : ban) }];
    }
    const one = { ...base, target: post.id };
    if (isArchived) return [{ ...one, ...refused('POST_ARCHIVED', 'targetExists') }];
    if (isGone(post)) return [{ ...one, ...refused('POST_REMOVED', 'visible') }];
    const isAgain = does === 'label' && post.standing.has('labelled');
    return [{ ...one, ...(isAgain ? refused('ALREADY_LABELLED', 'onceOnly') : byRule) }];
  });
}

/**
 * Removal goes before what others do to the same content in a tick. What was granted on the strength of an act that is refused now is
 * judged once more.
 */
export function settleRemovals(world: World, turns: readonly (readonly Act[])[]): Act[][] {
  const isRemoval = ({ verb }: Act): boolean => verb === 'delete' || verb === 'remove';
  const going = turns.flat().filter((act) => act.reason === 'OK' && isRemoval(act));
  const gone = new Set(going.map((act) => act.target));
  return turns.map((turn) => {
    const settled: Act[] = [];
    for (const act of turn) settled.push(settleOne(world, act, gone, settled));
    return settled;
  });
}

function settleOne(world: World, act: Act, gone: ReadonlySet<number>, settled: readonly Act[]): Act {
  const { verb, actor } = act;
  const keepsStanding = !['delete', 'remove', 'label'].includes(verb);
  if (act.reason !== 'OK' || actor === undefined || targetOf(verb) !== 'post' || !keepsStanding) return act;
  const post = world.posts.get(act.target) as Post;
  if (gone.has(post.id) || gone.has(post.origin.id)) return { ...act, ...refused('PARENT_REMOVED', 'precedence') };
  if (!isReaction(verb)) return act;
  const before = settled.filter((one) => one.reason === 'OK');
  return { ...act, ...rulingOnReaction(world, actor, verb, post.origin, before) };
}
