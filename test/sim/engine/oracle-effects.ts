/**
 * What a tick's granted acts do to the oracle's world: posts, counters, relations, limits, standings, boards.
 *
 * Order: acts in canonical order, then exposures, then the window, the boards and what the platform will deal with next.
 */
import { normalQuantile } from '../../../sim/ground/detmath.ts';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { dot, targetOf } from './oracle-world.ts';
import { nextBoards } from './oracle-feed.ts';
import { isReaction, reactionsAfter } from './oracle-ruling.ts';
import type { BuiltInVerb } from '../../../sim/exchange/verbs.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Act, Agent, Item, Memory, Post, Reaction, Standing, World } from './oracle-world.ts';

/** Makes world(t + 1). */
export function applyTick(
  world: World,
  acts: readonly Act[],
  feeds: ReadonlyMap<Agent, readonly Item[]>,
  tick: number,
): void {
  const granted = acts.filter((act) => act.reason === 'OK');
  const reportsBefore = new Map(reportedPosts(world, granted).map((post) => [post, post.reports]));
  for (const act of granted) applyAct(world, act, tick);
  for (const act of acts) if (act.reason !== 'OK') noteRefusal(act, tick);
  for (const [agent, feed] of feeds) {
    for (const item of feed) {
      const memory = recall(world, agent, item.post.origin);
      memory.seen = Math.min(127, memory.seen + 1);
    }
  }
  world.oldestPost = Math.max(1, world.nextPost - (world.plan.postCapacity * 3) / 4);
  const touched = granted.filter((act) => targetOf(act.verb) === 'post' && !isOfStanding(act));
  const contents = touched.map((act) => originOf(world, act));
  world.boards = nextBoards(world, [...contents, ...granted.flatMap((act) => act.made ?? [])]);
  world.hits = [...world.hits, ...newHits(world, reportsBefore)];
}

function isOfStanding({ verb }: Act): boolean {
  return verb === 'delete' || verb === 'remove' || verb === 'label';
}

function originOf(world: World, act: Act): Post {
  return (world.posts.get(act.target) as Post).origin;
}

function reportedPosts(world: World, granted: readonly Act[]): Post[] {
  return granted.filter(({ verb }) => verb === 'report').map((act) => originOf(world, act));
}

/** Posts whose reports came to the number of a rule with this tick. */
function newHits(world: World, reportsBefore: ReadonlyMap<Post, number>): World['hits'] {
  return [...reportsBefore].flatMap(([post, before]) =>
    world.plan.conduct.moderation.flatMap(({ reports }, rule) =>
      before < reports && post.reports >= reports ? [{ post, rule }] : [],
    ),
  );
}

function noteRefusal({ actor, reason, result }: Act, tick: number): void {
  if (actor === undefined) return;
  actor.refusals++;
  actor.lastRefusal = { tick, reason, retry: result };
}

function applyAct(world: World, act: Act, tick: number): void {
  const { actor, verb } = act;
  if (targetOf(verb) === 'agent') applyToAgent(world, act);
  else if (isOfStanding(act)) applyStanding(world, act);
  if (actor === undefined) return;
  if (isReaction(verb)) applyReaction(world, actor, act);
  world.plan.conduct.limits.forEach((limit, i) => {
    if (limit.verbs.includes(verb)) actor.spent[i].push(tick);
  });
  if (verb === 'reply') originOf(world, act).replies++;
  if (verb === 'quote' || verb === 'repost') originOf(world, act).shares++;
  if (verb === 'post' || verb === 'reply' || verb === 'quote' || verb === 'repost') {
    act.made = write(world, actor, verb, act, tick);
  }
}

function applyToAgent(world: World, { actor, verb, target, result }: Act): void {
  const other = world.agents[target];
  if (verb === 'ban') other.bannedUntil = Math.max(other.bannedUntil, result);
  else if (verb === 'unban') other.bannedUntil = 0;
  else if (verb === 'follow') actor?.follows.add(other);
  else if (verb === 'unfollow') actor?.follows.delete(other);
  else if (verb === 'mute') actor?.mutes.add(other);
  else if (verb === 'unmute') actor?.mutes.delete(other);
  else if (verb === 'block') actor?.blocks.add(other);
  else actor?.blocks.delete(other);
}

/** What was done to a post stays, whatever is done to it later. */
function applyStanding(world: World, { verb, target }: Act): void {
  const post = world.posts.get(target) as Post;
  post.standing.add(verb === 'label' ? 'labelled' : verb === 'delete' ? 'deleted' : 'removed');
}

function applyReaction(world: World, actor: Agent, act: Act): void {
  const origin = originOf(world, act);
  const before = actor.reactions.get(origin) ?? new Set<Reaction>();
  const after = reactionsAfter(act.verb, before);
  const change = (one: Reaction): number => Number(after.has(one)) - Number(before.has(one));
  actor.reactions.set(origin, after);
  origin.likes += change('like');
  origin.dislikes += change('dislike');
  origin.reports += change('report');
  origin.author.karma += change('like') - change('dislike');
}

function write(world: World, actor: Agent, kind: BuiltInVerb, act: Act, tick: number): Post {
  const parent = kind === 'post' ? undefined : world.posts.get(act.target);
  const content =
    parent === undefined
      ? originalContent(world.plan, actor, act, tick)
      : { topic: parent.origin.topic, appeal: parent.origin.appeal };
  const counters = { shares: 0, likes: 0, dislikes: 0, replies: 0, reports: 0, standing: new Set<Standing>() };
  const head = { id: world.nextPost++, author: actor, tick, kind, parent, ...content, ...counters };
  const made = head as typeof head & { origin: Post; root: Post };
  made.origin = kind === 'repost' && parent !== undefined ? parent.origin : made;
  made.root = parent?.root ?? made;
  world.posts.set(made.id, made);
  actor.posts++;
  const isShown = world.plan.feed.repostsShown || (kind !== 'repost' && kind !== 'quote');
  if (isShown) actor.latest = [made, ...actor.latest].slice(0, 4);
  recall(world, actor, made.origin).acted = true;
  if (kind === 'quote' && parent !== undefined) recall(world, actor, parent.origin).acted = true;
  return made;
}

/** Topic: interests and a drawn direction, weighed by `topicFocusShare`, of length 127. Sixteen draws an act are reserved. */
function originalContent(plan: Plan, actor: Agent, act: Act, tick: number): Pick<Post, 'topic' | 'appeal'> {
  const unit = (k: number): number => draw(plan.seed, tick, actor.key, purposes.topic, act.sequence * 16 + k);
  const drawn = scaled(
    actor.interest.map((_, k) => 2 * unit(k) - 1),
    1 - plan.topicFocusShare,
  );
  const mixed = actor.interest.map((one, k) => drawn[k] + plan.topicFocusShare * (one / 127));
  const topic = scaled(mixed, 127).map(Math.round);
  // The middle of the draw's 2^-32: a quantile is finite inside (0, 1) only.
  const drawnAppeal = Math.round(plan.appealSpread * normalQuantile(unit(8) + 2 ** -33) * 256) + 0;
  return { topic, appeal: act.isAppealGiven === true ? act.amount : drawnAppeal };
}

function scaled(vector: readonly number[], length: number): number[] {
  const now = Math.sqrt(dot(vector, vector));
  return vector.map((one) => (now > 0 ? (one * length) / now : 0));
}

/** The agent's memory of some content; met for the first time, it takes the place of the oldest. */
function recall(world: World, agent: Agent, origin: Post): Memory {
  const known = agent.memory.find((one) => one.origin === origin);
  if (known !== undefined) return known;
  const memory = { origin, seen: 0, acted: false };
  agent.memory = [...agent.memory, memory].slice(-world.plan.memoryLength);
  return memory;
}
