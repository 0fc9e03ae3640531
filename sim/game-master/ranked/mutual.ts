/**
 * What takes two: friendship, trade, games. Who intends it alone asks; it comes about once the other side intends it too.
 *
 * An act towards an agent comes about if that agent has an open request of the same verb and of fitting terms to the actor, made in an
 * earlier tick or earlier in rank; otherwise it becomes a request, and the agent asked does nothing by it. So it does not matter who
 * was first (GM-20), and nobody's voluntary act is performed by others (GM-13). What either may lose is asked of both when it comes
 * about, and of neither before: it takes both or nothing (GM-21). If the actor is short, it is refused and the other's request stays; if
 * the other is short, its request is struck, its act is refused if it is of this tick, and the actor's act becomes a request.
 * One ordered pair has one request: a new one, of whatever verb, takes the place of the one before.
 * Reads and drafts the ledger; writes rulings, also that of the first of two acts of one tick.
 * Invariant: units move between agents and the platform and none is made or lost.
 * Oracle: `test/sim/game-master/ranked/two-sided-oracle.ts` replays the rules on objects.
 */
import { rules } from '../../exchange/reasons.ts';
import { grant, grantPartly, refuse } from '../rulings.ts';
import { canPlatformTake, canTake, spendable } from './holdings.ts';
import { openRequest, roomTick, strikeRequest, usualRequestTicks, writeRequest } from './requests.ts';
import type { GamePlan } from '../../exchange/grounds.ts';
import type { Reason } from '../../exchange/reasons.ts';
import type { StandingRequest, Terms } from './requests.ts';
import type { RankedAct, RankedRule, RankedRules, Settlement } from './settlement.ts';

/** Most units, and the highest price, of a trade. */
const unitsMax = 1_000_000_000;

/** What is wrong with an act, whatever the other side intends. */
interface Flaw {
  readonly reason: Reason;
  readonly rule: number;
}

/** What a side may lose: so many units of a good it must have. */
interface Stake {
  readonly good: number;
  readonly units: number;
  readonly reason: Reason;
}

/** Units that a side gets, or, below 0, gives. */
interface Gain {
  readonly good: number;
  readonly units: number;
}

interface Side {
  readonly agent: number;
  readonly gains: readonly Gain[];
}

/** What both sides must intend alike, and what comes of it. */
interface Matter {
  /** The terms that the verb reads. */
  termsOf(act: RankedAct): Terms;
  flawOf(settlement: Settlement, act: RankedAct): Flaw | undefined;
  fits(mine: Terms, others: Terms): boolean;
  stakeOf(settlement: Settlement, mine: Terms): Stake | undefined;
  gainsOf(settlement: Settlement, mine: Terms, others: Terms): readonly Gain[];
  /** The ruling's `result` for a side. */
  productOf(settlement: Settlement, mine: Terms, others: Terms): number;
  /** What is noted of a side beside its balances. */
  note(settlement: Settlement, agent: number, other: number, mine: Terms): void;
}

export const mutualRules: RankedRules = {
  befriend: ruleOf({
    termsOf: () => ({ argument: 0, amount: 0, price: 0 }),
    flawOf: ({ ledger }, { actor, target }) =>
      ledger.get('friend', actor, target) === 0 ? undefined : { reason: 'ALREADY_FRIENDS', rule: rules.consent },
    fits: () => true,
    stakeOf: () => undefined,
    gainsOf: () => [],
    productOf: () => 0,
    note({ ledger }, agent, other) {
      ledger.set('friend', agent, other, 1);
    },
  }),
  unfriend(settlement, act) {
    const { actor, target, intents, row } = act;
    if (settlement.ledger.get('friend', actor, target) === 0) {
      refuse(intents, row, 'NOT_FRIENDS', rules.consent);
      return;
    }
    settlement.ledger.set('friend', actor, target, 0);
    settlement.ledger.set('friend', target, actor, 0);
    grant(intents, row, 0);
  },
  /**
   * Gives `amount` units of the good `argument` for `price` units of money, all together; a negative amount takes units and pays.
   * `result` is the money that changed hands.
   */
  trade: ruleOf({
    termsOf: ({ argument, amount, price }) => ({ argument, amount, price }),
    flawOf: flawOfTrade,
    fits: (mine, others) =>
      mine.amount === -others.amount && mine.argument === others.argument && mine.price === others.price,
    stakeOf: (settlement, { argument, amount, price }) =>
      amount > 0
        ? { good: argument, units: amount, reason: 'GOODS_SHORT' }
        : { good: moneyOf(settlement), units: price, reason: 'FUNDS_SHORT' },
    gainsOf: (settlement, { argument, amount, price }) => [
      { good: argument, units: -amount },
      { good: moneyOf(settlement), units: amount > 0 ? price : -price },
    ],
    productOf: (_settlement, { price }) => price,
    note: () => undefined,
  }),
  /** A round of the game `amount` with the choice `argument`. `result` is the payoff. A stake is what the choice can cost at worst. */
  play: ruleOf({
    termsOf: ({ argument, amount }) => ({ argument, amount, price: 0 }),
    flawOf: flawOfPlay,
    fits: (mine, others) => mine.amount === others.amount,
    stakeOf(settlement, { argument, amount }) {
      const { payoffs, good } = gameAt(settlement, amount);
      return { good, units: Math.max(0, -Math.min(...payoffs[argument])), reason: 'FUNDS_SHORT' };
    },
    gainsOf: (settlement, mine, others) => [
      { good: gameAt(settlement, mine.amount).good, units: payoffOf(settlement, mine, others) },
    ],
    productOf: payoffOf,
    note({ ledger }, agent, _other, { argument, amount }) {
      ledger.add('rounds', agent, amount, 1);
      ledger.set('lastChoice', agent, amount, argument + 1);
    },
  }),
};

function flawOfTrade(settlement: Settlement, { argument, amount, price }: RankedAct): Flaw | undefined {
  const goodCount = settlement.book.grounds?.goods.length ?? 0;
  if (argument < 0 || argument >= goodCount || argument === moneyOf(settlement))
    return { reason: 'ARGUMENT_INVALID', rule: rules.wellFormed };
  if (amount === 0 || Math.abs(amount) > unitsMax) return { reason: 'AMOUNT_RANGE', rule: rules.amount };
  return price < 0 || price > unitsMax ? { reason: 'PRICE_RANGE', rule: rules.amount } : undefined;
}

/** What trades are paid in: the money of the scenario's first market, or else its first good. */
function moneyOf({ book }: Settlement): number {
  return book.grounds?.markets[0]?.money ?? 0;
}

function flawOfPlay({ book }: Settlement, { argument, amount }: RankedAct): Flaw | undefined {
  const games = book.grounds?.games ?? [];
  if (amount < 0 || amount >= games.length) return { reason: 'AMOUNT_RANGE', rule: rules.amount };
  const isChoice = argument >= 0 && argument < games[amount].choices.length;
  return isChoice ? undefined : { reason: 'ARGUMENT_INVALID', rule: rules.wellFormed };
}

function gameAt({ book }: Settlement, game: number): GamePlan {
  return (book.grounds?.games ?? [])[game];
}

function payoffOf(settlement: Settlement, mine: Terms, others: Terms): number {
  return gameAt(settlement, mine.amount).payoffs[mine.argument][others.argument];
}

/** The rule of a matter: gates of the actor's own, then the other side's request, then both sides' stakes. */
function ruleOf(matter: Matter): RankedRule {
  return (settlement, act) => {
    const { actor, target, intents, row } = act;
    const flaw = apartFrom(settlement, act) ?? matter.flawOf(settlement, act);
    if (flaw !== undefined) {
      refuse(intents, row, flaw.reason, flaw.rule);
      return;
    }
    const asked = requestOf(settlement, actor, target);
    const mine = matter.termsOf(act);
    if (asked?.verb === act.verb && matter.fits(mine, asked.terms)) meet(settlement, act, matter, mine, asked.terms);
    else ask(settlement, act, mine);
  };
}

/** Why the two cannot deal with one another. Whether one blocked the other is a gate: the bonds of an agent are its shard's. */
function apartFrom({ ledger, book }: Settlement, { actor, target }: RankedAct): Flaw | undefined {
  if (ledger.get('leftAt', target) > 0) return { reason: 'LEFT', rule: rules.availability };
  if (book.grounds?.presence !== true) return undefined;
  const place = ledger.get('place', actor);
  const isTogether = place > 0 && place === ledger.get('place', target);
  return isTogether ? undefined : { reason: 'NOT_PRESENT', rule: rules.presence };
}

function requestOf(settlement: Settlement, receiver: number, sender: number): StandingRequest | undefined {
  const { ledger, state } = settlement;
  return openRequest(ledger, { receiver, sender }, state.now.tick, requestTicksOf(settlement));
}

function requestTicksOf({ book }: Settlement): number {
  return book.grounds?.requestTicks ?? usualRequestTicks;
}

/** Both intend it: it comes about, unless one side cannot bear it. */
function meet(settlement: Settlement, act: RankedAct, matter: Matter, mine: Terms, others: Terms): void {
  const { actor, target, intents, row } = act;
  const lack = lackOf(settlement, actor, matter.stakeOf(settlement, mine));
  if (lack !== undefined) {
    refuse(intents, row, lack, rules.funds);
    return;
  }
  const othersLack = lackOf(settlement, target, matter.stakeOf(settlement, others));
  if (othersLack !== undefined) {
    if (!ask(settlement, act, mine)) return;
    const first = closeRequest(settlement, actor, target);
    if (first !== undefined) refuse(first.intents, first.row, othersLack, rules.funds);
    return;
  }
  const own = { agent: actor, gains: matter.gainsOf(settlement, mine, others) };
  const other = { agent: target, gains: matter.gainsOf(settlement, others, mine) };
  if (!haveRoom(settlement, own, other)) {
    refuse(intents, row, 'BALANCE_FULL', rules.funds);
    return;
  }
  transfer(settlement, own);
  transfer(settlement, other);
  matter.note(settlement, actor, target, mine);
  matter.note(settlement, target, actor, others);
  const first = closeRequest(settlement, actor, target);
  // What the actor itself had asked for in the same matter is settled by this as well.
  if (requestOf(settlement, target, actor)?.verb === act.verb) closeRequest(settlement, target, actor);
  grant(intents, row, matter.productOf(settlement, mine, others));
  if (first !== undefined) grant(first.intents, first.row, matter.productOf(settlement, others, mine));
}

/** Strikes a request and returns the act of this tick that made it, if one did. */
function closeRequest({ ledger, requests }: Settlement, receiver: number, sender: number): RankedAct | undefined {
  strikeRequest(ledger, { receiver, sender });
  const act = requests.get(`${receiver} ${sender}`);
  requests.delete(`${receiver} ${sender}`);
  return act;
}

/**
 * Leaves the act as a request: partial, REQUESTED, with the first tick at which it is no longer open. Refused while the same request is
 * open, and where the other has as many as it can; `result` is the tick at which it may be made again. Returns whether it was made.
 */
function ask(settlement: Settlement, act: RankedAct, mine: Terms): boolean {
  const { ledger, state } = settlement;
  const { actor, target, verb, intents, row } = act;
  const { tick } = state.now;
  const requestTicks = requestTicksOf(settlement);
  const before = requestOf(settlement, target, actor);
  if (before?.verb === verb && isSame(before.terms, mine)) {
    return refuse(intents, row, 'ALREADY_REQUESTED', rules.consent, before.lapseTick);
  }
  const room = before === undefined ? roomTick(ledger, target, tick, requestTicks) : undefined;
  if (room !== undefined) return refuse(intents, row, 'QUOTA_REACHED', rules.consent, room);
  writeRequest(ledger, { receiver: target, sender: actor }, verb, mine, tick, requestTicks);
  settlement.requests.set(`${target} ${actor}`, act);
  grantPartly(intents, row, 'REQUESTED', rules.consent, tick + 1 + requestTicks);
  return true;
}

function isSame(x: Terms, y: Terms): boolean {
  return x.argument === y.argument && x.amount === y.amount && x.price === y.price;
}

function lackOf(settlement: Settlement, agent: number, stake: Stake | undefined): Reason | undefined {
  return stake !== undefined && spendable(settlement, agent, stake.good) < stake.units ? stake.reason : undefined;
}

/** Whether both can hold what they get, and the platform, which pays for games, what it gives or gets. */
function haveRoom(settlement: Settlement, mine: Side, other: Side): boolean {
  return (
    [mine, other].every(({ agent, gains }) =>
      gains.every(({ good, units }) => canTake(settlement, agent, good, units)),
    ) &&
    mine.gains.every(({ good, units }) => {
      const others = other.gains.find((gain) => gain.good === good)?.units ?? 0;
      return canPlatformTake(settlement, good, -units - others);
    })
  );
}

/** Moves units to an agent from the platform. What two agents trade is 0 to the platform, all in all. */
function transfer({ ledger }: Settlement, { agent, gains }: Side): void {
  for (const { good, units } of gains) {
    ledger.add('balance', agent, good, units);
    ledger.add('platformBalance', good, 0, -units);
  }
}
