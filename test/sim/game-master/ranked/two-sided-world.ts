/**
 * Agents who do at random what takes two, move about, rest, leave and appeal, often such that it comes about; and what the ledger of a
 * world holds, agents by ordinal, for comparison.
 */
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { isOpenAt } from '../../../../sim/game-master/ranked/requests.ts';
import { postRow } from '../../../../sim/world/posts.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../../worlds.ts';
import { openInbox } from './two-sided-oracle.ts';
import { groundsOf, smallRoom, stageVerbs } from './two-sided-stage.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { Placement, Plan } from '../../../../sim/engine/plan.ts';
import type { Account } from '../../../../sim/world/ledger.ts';
import type { Hand, OwnPolicy } from '../../../../sim/policy/own.ts';
import type { Population } from '../../../../sim/world/population.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { OracleWorld } from './two-sided-oracle.ts';

/** Agents of a random world: more than two blocks of rows, so that three shards have some. */
export const agentCount = 72;

/** Draws of one agent in one tick, one after another. */
function drawsOf(hand: Hand): (below: number) => number {
  let index = 0;
  return (below) => Math.floor(hand.draw(index++) * below);
}

/** Four acts a turn: answers to who asked, acts that the neighbour will match, and anything else, invalid ones among them. */
export const twoSidedPolicy: OwnPolicy = {
  decide(hand) {
    const below = drawsOf(hand);
    const { now, rowOfOrdinal, agents } = hand.state;
    const own = agents.ordinal[hand.agent];
    const neighbour = rowOfOrdinal[(own ^ 1) % agentCount];
    const someone = (): number => rowOfOrdinal[(own + agentCount - 3 + below(7)) % agentCount];
    for (let k = 0; k < 4; k++) {
      const kind = below(10);
      if (kind < 3) answerNewest(hand, below);
      else if (kind < 5) match(hand, neighbour, own % 2 === 0 ? 1 : -1, below);
      else if (kind < 7) toSomeone(hand, someone(), below);
      else if (kind < 8) hand.act('move', below(5) - (below(20) === 0 ? 2 : 0));
      else onPosts(hand, now.tick, below);
    }
    if (below(12) === 0) hand.act('rest', 0, [0, 1, 1, 2][below(4)]);
    if (below(150) === 0) hand.act('quit', 0);
  },
};

function answerNewest(hand: Hand, below: (n: number) => number): void {
  const ledger = ledgerOf(hand.state.ledger);
  const sender = ledger.get('requestLatest', hand.agent) - 1;
  if (sender < 0) return;
  const of = (account: Account): number => ledger.get(account, hand.agent, sender);
  const verb = of('request') - 1;
  if (verb === 42) hand.act('befriend', sender);
  else if (verb === 48) {
    hand.act('trade', sender, -of('requestAmount'), { argument: of('requestArgument'), price: of('requestPrice') });
  } else hand.act('play', sender, of('requestAmount'), { argument: below(2) });
}

/** What both of a pair come to by themselves in the same tick. */
function match(hand: Hand, neighbour: number, side: number, below: (n: number) => number): void {
  const { tick } = hand.state.now;
  const kind = below(3);
  if (kind === 0) hand.act('befriend', neighbour);
  else if (kind === 1) {
    hand.act('trade', neighbour, side * (1 + (tick % 3)), { argument: 1 + (tick % 2), price: tick % 5 });
  } else hand.act('play', neighbour, tick % 2, { argument: below(2) });
}

function toSomeone(hand: Hand, someone: number, below: (n: number) => number): void {
  const kind = below(8);
  if (kind === 0) hand.act('unfriend', someone);
  else if (kind === 1) hand.act(below(4) > 0 ? 'unblock' : 'block', someone);
  else if (kind < 4) hand.act('befriend', below(20) === 0 ? 9999 : someone);
  else if (kind < 6) hand.act('trade', someone, below(7) - 3, { argument: below(5) - 1, price: below(8) - 1 });
  else hand.act('play', someone, below(4) - 1, { argument: below(4) - 1 });
}

/**
 * Posts and what is done to them. Appeals and reports come in odd ticks, measures in even ones, so that no measure is taken in the tick of
 * an appeal.
 */
function onPosts(hand: Hand, tick: number, below: (n: number) => number): void {
  const recent = Math.max(1, hand.state.now.nextPost - 1 - below(12));
  if (below(4) === 0) hand.act('post');
  else if (tick % 2 === 0) hand.act(['label', 'limit', 'remove', 'delete', 'label', 'limit'][below(6)], recent);
  else hand.act(below(2) === 0 ? 'report' : 'appeal', below(3) === 0 ? recent : ownPost(hand, below));
}

/** One of the agent's own posts, most likely one that a measure was taken against. */
function ownPost({ agent, state }: Hand, below: (n: number) => number): number {
  const { nextPost, oldestPost } = state.now;
  const { posts } = state;
  for (let id = nextPost - 1; id >= oldestPost; id--) {
    const row = postRow(posts, id);
    if (posts.author[row] === agent && posts.standing[row] > 0 && below(2) === 0) return id;
  }
  return below(Math.max(1, nextPost));
}

/** A plan of such a world. */
export function twoSidedPlan(seed: number, changes: Partial<Plan> = {}): Plan {
  return smallPlan({
    ...{ seed, ticks: 60, tickSeconds: 3600, allowedVerbs: stageVerbs },
    policies: [{ kind: 'own', name: 'two-sided' }],
    grounds: groundsOf({ requestTicks: 3 }),
    conduct: {
      ...{ selfRating: true, limits: [], moderators: Array.from({ length: 9 }, (_, i) => `a${i}`) },
      moderation: [
        { id: 'warn', version: 1, reports: 2, does: 'label', hours: 0 },
        { id: 'take-down', version: 1, reports: 3, does: 'remove', hours: 0 },
      ],
    },
    ...smallRoom,
    ...changes,
    postCapacity: 4096,
  });
}

/** The agents of such a world. */
export function twoSidedPopulation({ seed }: Plan): Population {
  return smallPopulation({ agents: agentCount, seed, wakesPerDayMean: 40 });
}

/** A world of such agents, not begun. */
export function twoSidedWorld(plan: Plan, placement: Partial<Placement>, pick?: (count: number) => number): OpenWorld {
  const population = twoSidedPopulation(plan);
  return openWorld({ plan, population, code: codeOf({ policies: { 'two-sided': twoSidedPolicy } }), placement }, pick);
}

/** One agent as ledger or oracle has it: all that the verbs of this stage change. */
export interface AgentState {
  readonly units: readonly number[];
  readonly friends: readonly number[];
  /** `sender verb amount argument price tick` of open requests, newest first. */
  readonly inbox: readonly string[];
  readonly place: number;
  readonly busyUntil: number;
  readonly leftAt: number;
  readonly rounds: readonly number[];
  readonly lastChoice: readonly number[];
}

/** The agents of a world by ordinal, then how many are at each place, and what the platform has. */
export interface GroundState {
  readonly agents: readonly AgentState[];
  readonly occupancy: readonly number[];
  readonly platform: readonly number[];
}

/** What the ledger holds before a tick. */
export function ledgerState({ state, simulation }: OpenWorld, tick: number): GroundState {
  const ledger = ledgerOf(state.ledger);
  const { grounds } = simulation.plan;
  if (grounds === undefined) throw new RangeError('the plan has no grounds');
  const { rowOfOrdinal, sizes } = state;
  const ordinals = Array.from({ length: sizes.agentCount }, (_, ordinal) => ordinal);
  const agents = ordinals.map((ordinal): AgentState => {
    const row = rowOfOrdinal[ordinal];
    return {
      units: grounds.goods.map(({ initial }, good) => initial + ledger.get('balance', row, good)),
      friends: ordinals.filter((other) => ledger.get('friend', row, rowOfOrdinal[other]) === 1),
      inbox: inboxOf({ state }, row, tick, grounds.requestTicks),
      place: ledger.get('place', row) - 1,
      busyUntil: ledger.get('busyUntil', row),
      leftAt: ledger.get('leftAt', row) - 1,
      rounds: grounds.games.map((_, game) => ledger.get('rounds', row, game)),
      lastChoice: grounds.games.map((_, game) => ledger.get('lastChoice', row, game) - 1),
    };
  });
  return {
    agents,
    occupancy: grounds.places.map((_, place) => ledger.get('occupancy', place)),
    platform: grounds.goods.map((_, good) => ledger.get('platformBalance', good)),
  };
}

/** The open requests of an agent by its chain, after its links were checked in both directions. */
function inboxOf({ state }: Pick<OpenWorld, 'state'>, row: number, tick: number, requestTicks: number): string[] {
  const ledger = ledgerOf(state.ledger);
  const senders: number[] = [];
  for (let one = ledger.get('requestLatest', row); one > 0; one = ledger.get('requestBefore', row, one - 1)) {
    if (senders.includes(one - 1)) throw new RangeError(`a chain of requests runs in a circle at ${one - 1}`);
    senders.push(one - 1);
  }
  const back: number[] = [];
  for (
    let one = ledger.get('requestOldest', row);
    one > 0 && back.length <= senders.length;
    one = ledger.get('requestAfter', row, one - 1)
  )
    back.unshift(one - 1);
  const everybody = Array.from({ length: state.sizes.agentCount }, (_, sender) => sender);
  const standing = everybody.filter((sender) => ledger.get('requestTick', row, sender) > 0);
  const isSound = back.join() === senders.join() && ledger.get('requestCount', row) === senders.length;
  if (!isSound || standing.length !== senders.length)
    throw new RangeError(`the chain of requests to ${row} is broken: ${senders.join()} and ${back.join()}`);
  return senders
    .filter((sender) => isOpenAt(ledger.get('requestTick', row, sender), tick, requestTicks))
    .map((sender) => {
      const of = (account: Account): number => ledger.get(account, row, sender);
      const ordinal = state.agents.ordinal[sender as AgentRow];
      const terms = [of('requestAmount'), of('requestArgument'), of('requestPrice')];
      return [ordinal, of('request') - 1, ...terms, of('requestTick') - 1].join(' ');
    });
}

/** The same of the oracle. */
export function oracleLedger(world: OracleWorld): GroundState {
  const { agents, grounds, platform } = world;
  return {
    agents: agents.map((agent, ordinal) => ({
      units: agent.units,
      friends: [...agent.friends].sort((x, y) => x - y),
      inbox: openInbox(world, ordinal).map(({ sender, verb, act, tick }) => {
        const terms = [act.amount, act.argument, act.price];
        const read = verb === 42 ? [0, 0, 0] : verb === 48 ? terms : [act.amount, act.argument, 0];
        return [sender, verb, ...read, tick].join(' ');
      }),
      ...{ place: agent.place, busyUntil: agent.busyUntil, leftAt: agent.leftAt },
      rounds: grounds.games.map((_, game) => agent.rounds.get(game) ?? 0),
      lastChoice: grounds.games.map((_, game) => agent.lastChoice.get(game) ?? -1),
    })),
    occupancy: grounds.places.map((_, place) => agents.filter((agent) => agent.place === place).length),
    platform,
  };
}
