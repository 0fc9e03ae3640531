/**
 * The oracle of what takes two, of places, availability and appeals: the rules once more on plain objects, agents by ordinal.
 *
 * It is handed a tick's attempts as they were recorded and comes to rulings of its own on the ranked ones; what other verbs did it takes
 * from the record, since they have oracles of their own (`test/sim/engine/oracle.ts`). An inbox is a list, a friendship an entry of a set.
 */
import { compareLots, lotOf } from '../../../../sim/game-master/arbitrate.ts';
import { seedWords, tickSeedA, tickSeedB } from '../../../../sim/ground/random.ts';
import { outcomes } from '../../../../sim/exchange/reasons.ts';
import { isRanked, verbs } from '../../../../sim/exchange/verbs.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { ModerationRule } from '../../../../sim/exchange/moderation.ts';
import type { Population } from '../../../../sim/world/population.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';

/** One attempt. Agents are ordinals. */
export interface OracleAct {
  readonly actor: number;
  readonly verb: number;
  readonly sequence: number;
  readonly target: number;
  readonly amount: number;
  readonly argument: number;
  readonly price: number;
}

/** `OUTCOME REASON result`. */
export type OracleRuling = string;

interface Asked {
  readonly sender: number;
  readonly verb: number;
  readonly terms: string;
  readonly act: OracleAct;
  readonly tick: number;
}

export interface OracleAgent {
  readonly units: number[];
  readonly friends: Set<number>;
  /** Newest first; lapsed ones are left in. */
  inbox: Asked[];
  place: number;
  busyUntil: number;
  leftAt: number;
  readonly rounds: Map<number, number>;
  readonly lastChoice: Map<number, number>;
  readonly appealed: Set<number>;
  readonly blocked: Set<number>;
}

interface OraclePost {
  readonly author: number;
  readonly marks: Set<number>;
  reports: number;
}

export interface OracleWorld {
  readonly agents: readonly OracleAgent[];
  readonly posts: Map<number, OraclePost>;
  readonly platform: number[];
  readonly grounds: GroundsPlan;
  readonly moderation: readonly ModerationRule[];
  readonly tickSeconds: number;
  readonly population: Population;
  readonly seed: number;
  tick: number;
}

/** A world in which nothing has happened. */
export function createOracle(
  order: Pick<OracleWorld, 'grounds' | 'moderation' | 'tickSeconds' | 'population' | 'seed'>,
): OracleWorld {
  const agents = Array.from({ length: order.population.count }, () => ({
    units: order.grounds.goods.map(({ initial }) => initial),
    ...{ friends: new Set<number>(), inbox: [], place: -1, busyUntil: 0, leftAt: -1 },
    ...{ rounds: new Map<number, number>(), lastChoice: new Map<number, number>() },
    ...{ appealed: new Set<number>(), blocked: new Set<number>() },
  }));
  return { ...order, agents, posts: new Map(), platform: order.grounds.goods.map(() => 0), tick: 0 };
}

/** Rules on the ranked acts of the next tick. Returns what became of each act of the record, undefined where it is not ranked. */
export function oracleTick(world: OracleWorld, record: TickRecord): (OracleRuling | undefined)[] {
  const acts = actsOf(record);
  const rulings = acts.map(({ verb }): OracleRuling | undefined => (isRanked(verb) ? '' : undefined));
  const say = (act: OracleAct, ruling: OracleRuling): void => void (rulings[acts.indexOf(act)] = ruling);
  const start = postsOf(world);
  const lifted: number[] = [];
  const waiting = acts.filter((act) => {
    if (!isRanked(act.verb)) return false;
    const gate = gateOf(world, act);
    if (gate !== undefined) say(act, gate);
    return gate === undefined;
  });
  for (const act of inRank(world, waiting)) ruleOn({ world, start, act, say, lifted });
  takeOver(world, record, acts);
  for (const post of lifted) for (const mark of [1, 2, 8]) world.posts.get(post)?.marks.delete(mark);
  world.tick++;
  return rulings;
}

/** How posts stand at the start of a tick. */
function postsOf({ posts }: OracleWorld): Map<number, OraclePost> {
  return new Map(Array.from(posts, ([id, post]) => [id, { ...post, marks: new Set(post.marks) }]));
}

function actsOf({ actor, verb, sequence, target, amount, details }: TickRecord): OracleAct[] {
  return Array.from(actor, (one, i) => {
    const k = details.row.indexOf(i);
    return {
      ...{ actor: one, verb: verb[i], sequence: sequence[i], target: target[i], amount: amount[i] },
      ...{ argument: k < 0 ? -1 : details.argument[k], price: k < 0 ? 0 : details.price[k] },
    };
  });
}

function inRank({ population, seed, tick }: OracleWorld, acts: readonly OracleAct[]): OracleAct[] {
  const { lo, hi } = seedWords(seed);
  const now = { seedA: tickSeedA(lo, hi, tick), seedB: tickSeedB(lo, hi, tick) };
  const lotsOf = ({ actor }: OracleAct) =>
    lotOf(now, { keyHi: population.keyHi[actor], keyLo: population.keyLo[actor] }, 255);
  return acts.toSorted((x, y) => compareLots(lotsOf(x), lotsOf(y)) || x.sequence - y.sequence);
}

function refused(reason: string, result = 0): OracleRuling {
  return `refused ${reason} ${result}`;
}

const granted = (result = 0): OracleRuling => `granted OK ${result}`;

/** What stands in the way at the start of the tick. */
function gateOf({ agents, grounds, posts, tick }: OracleWorld, act: OracleAct): OracleRuling | undefined {
  const { leftAt, busyUntil, blocked } = agents[act.actor];
  if (leftAt >= 0) return refused('LEFT');
  if (busyUntil > tick) return refused('BUSY', busyUntil);
  if (act.verb === verbs.move) {
    return act.target >= 0 && act.target < grounds.places.length ? undefined : refused('TARGET_UNKNOWN');
  }
  if (act.verb === verbs.appeal) return posts.has(act.target) ? undefined : refused('POST_UNKNOWN');
  if (act.verb === verbs.rest || act.verb === verbs.quit) return undefined;
  if (act.target < 0 || act.target >= agents.length) return refused('AGENT_UNKNOWN');
  if (act.target === act.actor) return refused('SELF_TARGET');
  const isApart = blocked.has(act.target) || agents[act.target].blocked.has(act.actor);
  return isApart && act.verb !== verbs.unfriend ? refused('BLOCKED') : undefined;
}

interface Turn {
  readonly world: OracleWorld;
  readonly start: ReadonlyMap<number, OraclePost>;
  readonly act: OracleAct;
  readonly say: (act: OracleAct, ruling: OracleRuling) => void;
  readonly lifted: number[];
}

function ruleOn(turn: Turn): void {
  const { world, act, say } = turn;
  const self = world.agents[act.actor];
  if (self.leftAt >= 0) say(act, refused('LEFT'));
  else if (self.busyUntil > world.tick) say(act, refused('BUSY', self.busyUntil));
  else if (act.verb === verbs.move) say(act, moved(world, self, act));
  else if (act.verb === verbs.rest) say(act, rested(world, self, act));
  else if (act.verb === verbs.quit) {
    self.place = -1;
    self.leftAt = world.tick;
    say(act, granted());
  } else if (act.verb === verbs.appeal) say(act, appealed(turn, self));
  else if (act.verb === verbs.unfriend) say(act, unfriended(world, self, act));
  else ruleOnPair(turn, self);
}

function moved({ agents, grounds, tick }: OracleWorld, self: OracleAgent, { target }: OracleAct): OracleRuling {
  const { capacity, travelTicks } = grounds.places[target];
  if (self.place === target) return refused('ALREADY_HERE');
  if (capacity >= 0 && agents.filter(({ place }) => place === target).length >= capacity) return refused('PLACE_FULL');
  self.place = target;
  if (travelTicks > 0) self.busyUntil = tick + 1 + travelTicks;
  return granted(tick + 1 + travelTicks);
}

function rested({ tick, tickSeconds }: OracleWorld, self: OracleAgent, { amount }: OracleAct): OracleRuling {
  if (amount < 1 || amount > 87_600) return refused('AMOUNT_RANGE');
  self.busyUntil = tick + 1 + Math.ceil((amount * 3600) / tickSeconds);
  return granted(self.busyUntil);
}

function unfriended({ agents }: OracleWorld, self: OracleAgent, { actor, target }: OracleAct): OracleRuling {
  if (!self.friends.has(target)) return refused('NOT_FRIENDS');
  self.friends.delete(target);
  agents[target].friends.delete(actor);
  return granted();
}

function appealed({ world, start, act, lifted }: Turn, self: OracleAgent): OracleRuling {
  const post = start.get(act.target);
  if (post?.author !== act.actor) return refused('NOTHING_TO_APPEAL');
  if (self.appealed.has(act.target)) return refused('ALREADY_APPEALED');
  const named = [
    [8, 'remove'],
    [2, 'limit'],
    [1, 'label'],
  ] as const;
  const against = named.filter(([mark]) => post.marks.has(mark));
  if (against.length === 0) return refused('NOTHING_TO_APPEAL');
  self.appealed.add(act.target);
  for (const [, does] of against) {
    const all = world.moderation.map((rule, i) => ({ ...rule, i })).filter((rule) => rule.does === does);
    if (all.length === 0) return refused('APPEAL_DENIED');
    const holds = all.find(({ reports }) => post.reports >= reports);
    if (holds !== undefined) return refused('APPEAL_DENIED', 100 + holds.i);
  }
  lifted.push(act.target);
  return granted();
}

function isOpen({ tick, grounds }: OracleWorld, asked: Asked): boolean {
  return tick - asked.tick <= grounds.requestTicks;
}

/** The requests to an agent that can still be answered, newest first. */
export function openInbox(world: OracleWorld, agent: number): Asked[] {
  return world.agents[agent].inbox.filter((asked) => isOpen(world, asked));
}

function ruleOnPair(turn: Turn, self: OracleAgent): void {
  const { world, act, say } = turn;
  const { actor, target, verb } = act;
  const other = world.agents[target];
  const wrong = wrongWith(world, self, other, act);
  if (wrong !== undefined) {
    say(act, refused(wrong));
    return;
  }
  const asked = openInbox(world, actor).find(({ sender }) => sender === target);
  if (asked?.verb !== verb || !fits(act, asked.act)) {
    say(act, left(world, act));
    return;
  }
  const lack = lackOf(world, self, act);
  const othersLack = lackOf(world, other, asked.act);
  if (lack !== undefined) say(act, refused(lack));
  else if (othersLack !== undefined) {
    say(act, left(world, act));
    strike(world, actor, target);
    if (asked.tick === world.tick) say(asked.act, refused(othersLack));
  } else {
    bringAbout(world, act, asked.act);
    strike(world, actor, target);
    other.inbox = other.inbox.filter((one) => !(one.sender === actor && one.verb === verb));
    say(act, granted(productOf(world, act, asked.act)));
    if (asked.tick === world.tick) say(asked.act, granted(productOf(world, asked.act, act)));
  }
}

function wrongWith(
  { grounds }: OracleWorld,
  self: OracleAgent,
  other: OracleAgent,
  { verb, amount, argument, price, target }: OracleAct,
): string | undefined {
  if (other.leftAt >= 0) return 'LEFT';
  if (grounds.presence && (self.place < 0 || self.place !== other.place)) return 'NOT_PRESENT';
  if (verb === verbs.befriend) return self.friends.has(target) ? 'ALREADY_FRIENDS' : undefined;
  if (verb === verbs.trade) {
    if (argument < 1 || argument >= grounds.goods.length) return 'ARGUMENT_INVALID';
    if (amount === 0 || Math.abs(amount) > 1e9) return 'AMOUNT_RANGE';
    return price < 0 || price > 1e9 ? 'PRICE_RANGE' : undefined;
  }
  const game = grounds.games.at(amount);
  if (amount < 0 || game === undefined) return 'AMOUNT_RANGE';
  return argument < 0 || argument >= game.choices.length ? 'ARGUMENT_INVALID' : undefined;
}

function fits(one: OracleAct, other: OracleAct): boolean {
  if (one.verb === verbs.befriend) return true;
  if (one.verb === verbs.play) return one.amount === other.amount;
  return one.amount + other.amount === 0 && one.argument === other.argument && one.price === other.price;
}

function termsOf({ verb, amount, argument, price }: OracleAct): string {
  if (verb === verbs.befriend) return '';
  return verb === verbs.play ? `${amount} ${argument}` : `${amount} ${argument} ${price}`;
}

/** Leaves an act as a request. */
function left(world: OracleWorld, act: OracleAct): OracleRuling {
  const { actor, target, verb } = act;
  const { requestTicks } = world.grounds;
  const before = openInbox(world, target).find(({ sender }) => sender === actor);
  if (before?.verb === verb && before.terms === termsOf(act)) {
    return refused('ALREADY_REQUESTED', before.tick + requestTicks + 1);
  }
  strike(world, target, actor);
  world.agents[target].inbox.unshift({ sender: actor, verb, terms: termsOf(act), act, tick: world.tick });
  return `partial REQUESTED ${world.tick + 1 + requestTicks}`;
}

function strike({ agents }: OracleWorld, receiver: number, sender: number): void {
  agents[receiver].inbox = agents[receiver].inbox.filter((asked) => asked.sender !== sender);
}

function lackOf({ grounds }: OracleWorld, { units }: OracleAgent, act: OracleAct): string | undefined {
  if (act.verb === verbs.trade && act.amount > 0) return units[act.argument] < act.amount ? 'GOODS_SHORT' : undefined;
  if (act.verb === verbs.trade) return units[0] < act.price ? 'FUNDS_SHORT' : undefined;
  if (act.verb !== verbs.play) return undefined;
  const game = grounds.games[act.amount];
  return game.payoffs[act.argument].some((payoff) => units[game.good] + payoff < 0) ? 'FUNDS_SHORT' : undefined;
}

function bringAbout(world: OracleWorld, one: OracleAct, other: OracleAct): void {
  const { agents, grounds, platform } = world;
  for (const [mine, others] of [
    [one, other],
    [other, one],
  ]) {
    const self = agents[mine.actor];
    if (mine.verb === verbs.befriend) self.friends.add(mine.target);
    else if (mine.verb === verbs.trade) {
      self.units[mine.argument] -= mine.amount;
      self.units[0] += Math.sign(mine.amount) * mine.price;
    } else {
      const { payoffs, good } = grounds.games[mine.amount];
      self.units[good] += payoffs[mine.argument][others.argument];
      platform[good] -= payoffs[mine.argument][others.argument];
      self.rounds.set(mine.amount, (self.rounds.get(mine.amount) ?? 0) + 1);
      self.lastChoice.set(mine.amount, mine.argument);
    }
  }
}

function productOf({ grounds }: OracleWorld, mine: OracleAct, others: OracleAct): number {
  if (mine.verb === verbs.trade) return mine.price;
  return mine.verb === verbs.play ? grounds.games[mine.amount].payoffs[mine.argument][others.argument] : 0;
}

const markOf: Readonly<Record<number, number>> = {
  ...{ [verbs.label]: 1, [verbs.limit]: 2, [verbs.delete]: 4, [verbs.remove]: 8 },
};

/** What verbs that are not ranked did, as the record says. */
function takeOver({ agents, posts }: OracleWorld, { outcome, result }: TickRecord, acts: readonly OracleAct[]): void {
  acts.forEach(({ actor, verb, target }, i) => {
    if (outcome[i] !== outcomes.granted) return;
    if (verb === verbs.post) posts.set(result[i], { author: actor, marks: new Set(), reports: 0 });
    const post = posts.get(target);
    if (verb === verbs.block) agents[actor].blocked.add(target);
    else if (verb === verbs.unblock) agents[actor].blocked.delete(target);
    else if (post !== undefined && verb === verbs.report) post.reports++;
    else if (post !== undefined && verb in markOf) post.marks.add(markOf[verb]);
  });
}
