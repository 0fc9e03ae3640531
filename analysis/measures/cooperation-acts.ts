/**
 * Ventures of a run: what the Game Master granted of what agents attempted together, and of what they attempted alone.
 *
 * Reads the log once, and of the plan the grounds (games, products, groups, how long a request stays open). Kinds: `trade`, `play` and `befriend` take two
 * by their nature: a series of attempts of one pair is joint once both sides made one. `group`: what is done in a group, by its members at the end.
 * `own`: attempts at one post or agent with a verb of the study's own. A round of a game is counted once, though two acts may tell of it.
 * Times are those of ticks: acts of one tick stand at one moment. Invariant: nothing is judged here but by rulings and what they changed.
 * Oracle: `test/analysis/measures/cooperation.test.ts` plays both sides by hand.
 */
import { outcomes, reasonNumber } from '../../sim/exchange/reasons.ts';
import { firstOwnVerb, verbs } from '../../sim/exchange/verbs.ts';
import { externalId } from '../../sim/world/population.ts';
import type { GamePlan, GroundsPlan } from '../../sim/exchange/grounds.ts';
import type { Records } from '../../sim/record/reader.ts';
import { VentureGatherer } from './cooperation-ventures.ts';
import type { Ventures } from './cooperation-ventures.ts';

type TickRecord = ReturnType<Records['ticks']> extends IterableIterator<infer Tick> ? Tick : never;

/** A round of a game that took place: choices by number. */
export interface Round {
  readonly game: number;
  readonly mine: number;
  readonly others: number;
}

/** Ventures by kind; those of what takes two hold a pair's attempts. */
export interface RunVentures {
  readonly trade: Ventures;
  /** Purchases and orders of one agent in one good: what `trade` is compared with. */
  readonly order: Ventures;
  readonly play: Ventures;
  readonly befriend: Ventures;
  readonly group: Ventures;
  readonly own: Ventures;
  readonly rounds: readonly Round[];
  readonly games: readonly GamePlan[];
  readonly windowHours: number;
  readonly requestHours: number;
  readonly actorCounts: Readonly<Record<VentureKind, number>>;
}

export const ventureKinds = ['trade', 'play', 'befriend', 'group', 'own'] as const;
export type VentureKind = (typeof ventureKinds)[number];

/** A play in the record of a tick, and the choice it named. */
interface Play {
  readonly row: number;
  readonly mine: number;
}

/** Acts on one thing that come later after the first are another venture. */
const windowHoursDefault = 24;
const requestTicksDefault = 480;
/** Products whose goods are nothing in particular stand apart from goods. */
const productStratum = -1000;

/** Reads the ventures of a run. */
export function runVentures(records: Records, windowHours = windowHoursDefault): RunVentures {
  const { grounds } = records.manifest.plan as { readonly grounds?: GroundsPlan };
  const hoursPerTick = records.manifest.tickSeconds / 3600;
  const requestHours = (grounds?.requestTicks ?? requestTicksDefault) * hoursPerTick;
  const reader = new ActReader(records, grounds, windowHours, requestHours);
  for (const record of records.ticks()) reader.read(record, record.tick * hoursPerTick);
  return { ...reader.finish(), windowHours, requestHours };
}

class ActReader {
  private readonly agentCount: number;
  private readonly games: readonly GamePlan[];
  private readonly products: GroundsPlan['products'];
  private readonly gatherers: Readonly<Record<VentureKind | 'order', VentureGatherer>>;
  private readonly rounds: Round[] = [];
  /** Latest choice of (actor, other, game). */
  private readonly choices = new Map<number, number>();
  private readonly members: Map<number, Set<number>>;
  private readonly groupActs: { group: number; actor: number; hours: number }[] = [];

  constructor(records: Records, grounds: GroundsPlan | undefined, windowHours: number, requestHours: number) {
    this.agentCount = records.population.count;
    this.games = grounds?.games ?? [];
    this.products = grounds?.products ?? [];
    const pairs = (): VentureGatherer => new VentureGatherer(requestHours, 'chain');
    const others = (): VentureGatherer => new VentureGatherer(windowHours, 'span');
    this.gatherers = {
      ...{ trade: pairs(), play: pairs(), befriend: pairs(), order: pairs(), own: others() },
      group: new VentureGatherer(windowHours, 'span', 2),
    };
    this.members = membersAtStart(records, grounds);
  }

  read(record: TickRecord, hours: number): void {
    const { verb, actor, target, outcome, reason, result, intentCount, details } = record;
    const plays: Play[] = [];
    let k = 0;
    for (let i = 0; i < intentCount; i++) {
      const number = verb[i];
      if (number >= firstOwnVerb) {
        if (target[i] >= 0) this.own(number, target[i], actor[i], hours, outcome[i]);
        continue;
      }
      while (k < details.row.length && details.row[k] < i) k++;
      const argument = details.row[k] === i ? details.argument[k] : -1;
      const granted = outcome[i] === outcomes.granted ? 1 : 0;
      if (number === verbs.trade) this.pair('trade', actor[i], target[i], 0, hours, granted, argument);
      else if (number === verbs.befriend) {
        // Friends who ask again attempt nothing.
        if (reason[i] !== reasonNumber.ALREADY_FRIENDS) this.pair('befriend', actor[i], target[i], 0, hours, granted);
      } else if (number === verbs.play) {
        plays.push({ row: i, mine: argument });
        this.note(actor[i], target[i], record.amount[i], argument, outcome[i]);
      } else if (number === verbs.bid || number === verbs.ask) {
        this.order(actor[i], target[i], hours, outcome[i] === outcomes.refused ? 0 : Math.sign(result[i]));
      } else if (number === verbs.buy) {
        this.order(actor[i], this.goodOf(target[i]), hours, granted);
      } else if (granted === 1) this.circle(number, actor[i], target[i], result[i], hours);
    }
    if (plays.length > 0) this.playAll(record, plays, hours);
  }

  private own(verb: number, target: number, actor: number, hours: number, outcome: number): void {
    const object = (verb - firstOwnVerb) * 2 ** 32 + target;
    const success = outcome === outcomes.granted ? 1 : 0;
    this.gatherers.own.add(object, actor, hours, success, verb - firstOwnVerb);
  }

  private pair(
    kind: 'trade' | 'play' | 'befriend',
    actor: number,
    other: number,
    matter: number,
    hours: number,
    outcome: number,
    stratum = matter,
  ): void {
    if (other < 0 || other >= this.agentCount || other === actor) return;
    const [low, high] = actor < other ? [actor, other] : [other, actor];
    const object = (matter * this.agentCount + low) * this.agentCount + high;
    this.gatherers[kind].add(object, actor, hours, outcome, stratum);
  }

  private order(actor: number, good: number, hours: number, success: number): void {
    this.gatherers.order.add((good - 2 * productStratum) * this.agentCount + actor, actor, hours, success, good);
  }

  private goodOf(product: number): number {
    const good = this.products[product]?.good ?? -1;
    return good >= 0 ? good : productStratum - product;
  }

  private place(actor: number, other: number, game: number): number {
    return (game * this.agentCount + actor) * this.agentCount + other;
  }

  private note(actor: number, other: number, game: number, choice: number, outcome: number): void {
    if (outcome === outcomes.refused || other < 0 || game < 0 || game >= this.games.length) return;
    this.choices.set(this.place(actor, other, game), choice);
  }

  /** All plays of a tick. Where both acts of a round are of this tick, the one that comes second in the record adds no round. */
  private playAll({ actor, target, amount, outcome, result }: TickRecord, plays: readonly Play[], hours: number): void {
    const told = new Map<number, number>();
    for (const { row, mine } of plays) {
      const [own, other, game] = [actor[row], target[row], amount[row]];
      if (game < 0 || game >= this.games.length) continue;
      if (outcome[row] !== outcomes.granted) {
        this.pair('play', own, other, game, hours, 0);
        continue;
      }
      const there = this.place(own, other, game);
      const back = this.place(other, own, game);
      const others = othersChoice(this.games[game], mine, result[row], this.choices.get(back));
      this.pair('play', own, other, game, hours, isMutualGain(this.games[game], mine, others) ? 1 : 0);
      const waiting = told.get(back) ?? 0;
      if (waiting > 0) told.set(back, waiting - 1);
      else {
        told.set(there, (told.get(there) ?? 0) + 1);
        this.rounds.push({ game, mine, others });
      }
    }
  }

  private circle(verb: number, actor: number, target: number, result: number, hours: number): void {
    const group = verb === verbs.createGroup ? result : target;
    if (verb === verbs.createGroup || verb === verbs.joinGroup) {
      const members = this.members.get(group) ?? new Set<number>();
      members.add(actor);
      this.members.set(group, members);
    } else if (verb === verbs.leaveGroup) this.members.get(group)?.delete(actor);
    else if (verb !== verbs.sendToGroup) return;
    if (verb !== verbs.leaveGroup) this.groupActs.push({ group, actor, hours });
  }

  /** A venture in a group succeeds when two of those who took part are members at the end: known only then. */
  private groups(): void {
    for (const { group, actor, hours } of this.groupActs) {
      this.gatherers.group.add(group, actor, hours, this.members.get(group)?.has(actor) === true ? 1 : 0, 0);
    }
  }

  finish(): Omit<RunVentures, 'windowHours' | 'requestHours'> {
    this.groups();
    const finished = Object.fromEntries(Object.entries(this.gatherers).map(([kind, one]) => [kind, one.finish()]));
    const counts = ventureKinds.map((kind) => [kind, this.gatherers[kind].actorCount]);
    return {
      ...(finished as Record<VentureKind | 'order', Ventures>),
      rounds: this.rounds,
      games: this.games,
      actorCounts: Object.fromEntries(counts) as Record<VentureKind, number>,
    };
  }
}

/** What the other chose: the payoff tells it, unless two choices pay alike; then its latest choice on record. */
function othersChoice({ payoffs }: GamePlan, mine: number, payoff: number, latest: number | undefined): number {
  const row = payoffs[mine] ?? [];
  return latest !== undefined && row[latest] === payoff ? latest : row.indexOf(payoff);
}

/** What a player can make sure of alone: the best of the worst payoffs of its choices. */
export function securityLevel({ payoffs }: GamePlan): number {
  return Math.max(...payoffs.map((row) => Math.min(...row)));
}

/** Whether a round gave both players more than each could make sure of alone. */
export function isMutualGain(game: GamePlan, mine: number, others: number): boolean {
  const level = securityLevel(game);
  const own = game.payoffs[mine]?.[others];
  const other = game.payoffs[others]?.[mine];
  return own > level && other > level;
}

function membersAtStart(records: Records, grounds: GroundsPlan | undefined): Map<number, Set<number>> {
  const groups = grounds?.groups ?? [];
  const wanted = new Set(groups.flatMap(({ owner, members }) => [owner, ...members]));
  const ordinals = new Map<string, number>();
  const { ids, count } = records.population;
  for (let agent = 0; wanted.size > 0 && agent < count; agent++) {
    const id = externalId(ids, agent);
    if (wanted.has(id)) ordinals.set(id, agent);
  }
  return new Map(
    groups.map(({ owner, members }, group) => [
      group,
      new Set([owner, ...members].flatMap((id) => ordinals.get(id) ?? [])),
    ]),
  );
}
