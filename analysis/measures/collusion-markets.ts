/**
 * Signs of collusion in recorded markets that no ring shows: sellers that keep to markets of their own, winners that take turns, prices that follow
 * others', and prices that come nearer once their sellers have spoken.
 *
 * Reads orders and messages out of the log once (`market-history.ts`). Each sign has its null, and the rows that it rests on: a sign is no proof, since costs and
 * distance divide markets, capacity makes winners take turns, and one cost moves all prices. The unit of messages is the pair of sellers.
 * Order: goods and agents by number. Invariant: a function of records and seed. Oracle: planted histories, and histories without
 * (`test/analysis/measures/collusion-markets.test.ts`). Sources stand at the estimators.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { externalId } from '../../sim/world/population.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Records } from '../../sim/record/reader.ts';
import { bidRotation, marketDivision } from '../estimators/market-division.ts';
import { messageEffect } from '../estimators/message-coordination.ts';
import { benjaminiHochberg } from '../estimators/multiplicity.ts';
import { leadLag } from '../estimators/price-collusion.ts';
import { marketHistory } from './market-history.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { BidRotation, MarketDivision } from '../estimators/market-division.ts';
import type { AroundMessage } from '../estimators/message-coordination.ts';
import type { Estimate } from '../estimators/interval.ts';
import type { MarketHistory, Sale } from './market-history.ts';

/** Division of markets, with who sold most in each. */
export interface DivisionSign extends MarketDivision {
  /** Share of deals with as much mutual information: markets change places among the sales of a period. */
  readonly pValue: number;
  readonly evidence: { readonly market: string; readonly seller: string; readonly shareOfMarket: number }[];
}

/** Rotation of winners in one market. A winner sold most in its auction. */
export interface RotationSign extends BidRotation {
  readonly market: string;
  readonly rounds: number;
  readonly qValue: number;
  /** The last rounds. */
  readonly evidence: { readonly tick: number; readonly winner: string }[];
}

/** One seller's prices that follow another's. */
export interface LeadSign {
  readonly market: string;
  readonly leader: string;
  readonly follower: string;
  readonly lagTicks: number;
  /** Of changes of price, at that lag. */
  readonly correlation: number;
  readonly ticks: number;
  /** Of the family of all pairs: share of deals in which any pair's correlation at any lag is as high. */
  readonly pValue: number;
}

interface Told {
  readonly value: number | null;
  readonly interval?: [number, number];
  readonly n: number;
}

/** Distance of two sellers' prices after a message less before it, beside sellers who did not speak. */
export interface MessageSign {
  readonly spoke: Told;
  readonly silent: Told;
  /** Below 0: prices come nearer where sellers spoke. */
  readonly effect: Told;
  readonly evidence: {
    readonly tick: number;
    readonly from: string;
    readonly to: string;
    readonly before: number;
    readonly after: number;
  }[];
}

/** The object under `measures.collusion.markets`. A sign that the run cannot give is left out. */
export interface MarketSigns {
  readonly division?: DivisionSign;
  readonly rotation: RotationSign[];
  /** Pairs with p <= 0.05, at most 20. */
  readonly leads: LeadSign[];
  readonly messages?: MessageSign;
  readonly tests: number;
  readonly definition: string;
}

const deals = 199;
const listedMax = 20;
const significantAt = 0.05;
const streamKeys = { division: 81, rotation: 82, leads: 83, messages: 84 } as const;

/** Measures the signs; undefined where there is no market. */
export function measureMarketSigns(records: Records, seed: number): MarketSigns | undefined {
  const history = marketHistory(records);
  if (history === undefined) return undefined;
  const name = (agent: number): string => externalId(records.population.ids, agent);
  const stream = (key: keyof typeof streamKeys): RandomStream =>
    randomStream(seed, streamPurposes.permutation, streamKeys[key]);
  const division = divisionOf(history, stream('division'), name);
  const rotation = rotationOf(history, stream('rotation'), name);
  const leads = leadsOf(history, stream('leads'), name);
  const messages = messagesOf(history, stream('messages'), name);
  return {
    ...(division === undefined ? {} : { division }),
    rotation,
    leads: leads.filter(({ pValue }) => pValue <= significantAt).slice(0, listedMax),
    ...(messages === undefined ? {} : { messages }),
    tests: (division === undefined ? 0 : 1) + rotation.length + leads.length,
    definition,
  };
}

const sellersMax = 500;
const periodsMax = 50;

function divisionOf(
  { sales, goods, tickCount }: MarketHistory,
  stream: RandomStream,
  name: (agent: number) => string,
): DivisionSign | undefined {
  const sellers = [...new Set(sales.map(({ seller }) => seller))].sort((a, b) => a - b);
  const markets = [...new Set(sales.map(({ good }) => good))].sort((a, b) => a - b);
  if (markets.length < 2 || sellers.length < 2 || sellers.length > sellersMax) return undefined;
  const place = new Map(sellers.map((seller, at) => [seller, at]));
  const periodOf = (tick: number): number => Math.floor((tick * Math.min(periodsMax, tickCount)) / tickCount);
  const rows = [...Map.groupBy(sales, ({ tick, seller, good }) => `${periodOf(tick)} ${seller} ${good}`).values()].map(
    (own) => ({
      period: periodOf(own[0].tick),
      seller: place.get(own[0].seller) ?? 0,
      market: markets.indexOf(own[0].good),
      units: own.reduce((sum, { units }) => sum + units, 0),
    }),
  );
  const tableOf = (marketOf: ArrayLike<number>): Float64Array[][] => {
    const table = Array.from({ length: Math.min(periodsMax, tickCount) }, () =>
      markets.map(() => new Float64Array(sellers.length)),
    );
    rows.forEach(({ period, seller, units }, at) => (table[period][marketOf[at]][seller] += units));
    return table;
  };
  const observed = Int32Array.from(rows, ({ market }) => market);
  const found = marketDivision(tableOf(observed));
  let asMuch = 1;
  for (let deal = 0; deal < deals; deal++) {
    const dealt = dealtWithin(rows, observed, stream);
    if (marketDivision(tableOf(dealt)).mutualInformationBits >= found.mutualInformationBits - 1e-12) asMuch++;
  }
  return { ...found, pValue: asMuch / (deals + 1), evidence: largestSellers(sales, markets, goods, name) };
}

/** Markets that change places among the rows of each period: kept is how many sell where, and how much each sells, in each. */
function dealtWithin(rows: readonly { period: number }[], market: Int32Array, stream: RandomStream): Int32Array {
  const dealt = new Int32Array(market.length);
  const places = Map.groupBy(rows.keys(), (at) => rows[at].period);
  for (const own of places.values()) {
    const some = Int32Array.from(own, (at) => market[at]);
    shuffle(some, stream);
    own.forEach((at, k) => (dealt[at] = some[k]));
  }
  return dealt;
}

function largestSellers(
  sales: readonly Sale[],
  markets: readonly number[],
  goods: readonly string[],
  name: (agent: number) => string,
): DivisionSign['evidence'] {
  return markets.flatMap((good) => {
    const units = unitsBySeller(sales.filter((sale) => sale.good === good));
    const all = [...units.values()].reduce((sum, one) => sum + one, 0);
    const largest = [...units].sort(([a, one], [b, other]) => other - one || a - b).slice(0, 3);
    return largest.map(([seller, own]) => ({ market: goods[good], seller: name(seller), shareOfMarket: own / all }));
  });
}

function unitsBySeller(sales: readonly Sale[]): Map<number, number> {
  const units = new Map<number, number>();
  for (const sale of sales) units.set(sale.seller, (units.get(sale.seller) ?? 0) + sale.units);
  return units;
}

const roundsMin = 20;
const biddersMax = 30;

function rotationOf(
  { sales, goods }: MarketHistory,
  stream: RandomStream,
  name: (agent: number) => string,
): RotationSign[] {
  const byGood = [...Map.groupBy(sales, ({ good }) => good)].sort(([a], [b]) => a - b);
  const signs = byGood.flatMap(([good, own]) => {
    const rounds = [...Map.groupBy(own, ({ tick }) => tick)].map(([tick, some]) => {
      const [[winner]] = [...unitsBySeller(some)].sort(([a, one], [b, other]) => other - one || a - b);
      return { tick, winner };
    });
    const winners = [...new Set(rounds.map(({ winner }) => winner))];
    if (rounds.length < roundsMin || winners.length < 2 || winners.length > biddersMax) return [];
    const order = rounds.map(({ winner }) => winners.indexOf(winner));
    const evidence = rounds.slice(-listedMax).map(({ tick, winner }) => ({ tick, winner: name(winner) }));
    return [{ market: goods[good], rounds: rounds.length, ...bidRotation(order, stream, deals), evidence }];
  });
  const q = benjaminiHochberg(signs.map(({ rotationP }) => rotationP));
  return signs.map(({ evidence, ...sign }, at) => ({ ...sign, qValue: q[at], evidence }));
}

const asksMin = 30;
const leadersMax = 10;
const lagMax = 5;
const leadTicksMax = 2000;

function leadsOf(
  { asks, goods, tickCount }: MarketHistory,
  stream: RandomStream,
  name: (agent: number) => string,
): LeadSign[] {
  const courses = [...asks].flatMap(([good, bySeller]) => {
    const busy = [...bySeller]
      .filter(([, own]) => own.length >= asksMin)
      .sort(([a, one], [b, other]) => other.length - one.length || a - b)
      .slice(0, leadersMax);
    return [busy.map(([seller, own]) => ({ market: goods[good], seller, changes: changesOf(own, tickCount) }))];
  });
  const found = courses.flatMap((own) => pairsOf(own));
  const largest = Array.from({ length: found.length === 0 ? 0 : deals }, () =>
    Math.max(-1, ...courses.flatMap((own) => pairsOf(shifted(own, stream)).map(({ correlation }) => correlation))),
  );
  return found
    .map(({ leader, follower, lag, correlation }) => ({
      ...{ market: leader.market, leader: name(leader.seller), follower: name(follower.seller) },
      ...{ lagTicks: lag, correlation, ticks: leader.changes.length },
      pValue: (1 + largest.filter((one) => one >= correlation - 1e-12).length) / (deals + 1),
    }))
    .sort((x, y) => x.pValue - y.pValue || y.correlation - x.correlation);
}

/** A seller's changes of price by tick. */
interface Course {
  readonly market: string;
  readonly seller: number;
  readonly changes: Float64Array;
}

/** All pairs of a market in which one's changes go ahead of the other's at some lag. */
function pairsOf(courses: readonly Course[]) {
  return courses.flatMap((leader) =>
    courses.flatMap((follower) => {
      const best = leader === follower ? undefined : bestLead(leader.changes, follower.changes);
      return best === undefined ? [] : [{ leader, follower, ...best }];
    }),
  );
}

const shiftDraws = 200;

/** Courses moved round by multiples of one step that leaves no two of them where one could lead the other as it did; as they are where the run is too short for that. */
function shifted(courses: readonly Course[], stream: RandomStream): Course[] {
  const length = courses[0]?.changes.length ?? 0;
  const isApart = (by: number): boolean => by > lagMax && by < length - lagMax;
  let step = 0;
  for (let draw = 0; draw < shiftDraws && step === 0; draw++) {
    const by = 1 + stream.below(Math.max(1, length - 1));
    if (courses.every((_, k) => k === 0 || isApart((k * by) % length))) step = by;
  }
  return courses.map((course, k) => ({
    ...course,
    changes: movedBy(course.changes, (k * step) % Math.max(1, length)),
  }));
}

function movedBy(changes: Float64Array, by: number): Float64Array {
  const moved = new Float64Array(changes.length);
  moved.set(changes.subarray(by));
  moved.set(changes.subarray(0, by), changes.length - by);
  return moved;
}

/** Changes of an asked price from tick to tick, a price standing until the next; of the last ticks of a long run. */
function changesOf(
  asks: readonly { readonly tick: number; readonly price: number }[],
  tickCount: number,
): Float64Array {
  const from = Math.max(asks[0].tick + 1, tickCount - leadTicksMax);
  const changes = new Float64Array(tickCount - Math.max(1, tickCount - leadTicksMax));
  const first = tickCount - changes.length;
  let [at, standing] = [0, asks[0].price];
  for (let tick = 0; tick < tickCount; tick++) {
    const before = standing;
    while (at < asks.length && asks[at].tick <= tick) standing = asks[at++].price;
    if (tick >= from) changes[tick - first] = standing - before;
  }
  return changes;
}

function bestLead(leader: Float64Array, follower: Float64Array) {
  const ahead = leadLag(leader, follower, lagMax).filter(({ lag, correlation }) => lag > 0 && correlation > 0);
  return ahead.sort((a, b) => b.correlation - a.correlation || a.lag - b.lag).at(0);
}

const silentPairsMax = 400;
const messagesPerPairMax = 20;

function messagesOf(
  history: MarketHistory,
  stream: RandomStream,
  name: (agent: number) => string,
): MessageSign | undefined {
  const { asks, letters } = history;
  const distances = (one: number, other: number, tick: number): { before: number; after: number } | undefined => {
    for (const bySeller of asks.values()) {
      const [mine, theirs] = [bySeller.get(one), bySeller.get(other)];
      if (mine === undefined || theirs === undefined) continue;
      const before = [mine, theirs].map((own) => own.findLast((ask) => ask.tick <= tick)?.price);
      const after = [mine, theirs].map((own) => own.find((ask) => ask.tick > tick)?.price);
      if ([...before, ...after].includes(undefined)) continue;
      const gap = ([x = 0, y = 0]: (number | undefined)[]): number => Math.abs(x - y);
      return { before: gap(before), after: gap(after) };
    }
    return undefined;
  };
  const around = letters.flatMap(({ tick, from, to }) => {
    const found = distances(from, to, tick);
    return found === undefined ? [] : [{ tick, from, to, ...found }];
  });
  const pairOf = ({ from, to }: { from: number; to: number }): string => `${Math.min(from, to)} ${Math.max(from, to)}`;
  const byPair = Map.groupBy(around, pairOf);
  const spoke = [...byPair.values()].map((own) => unitOf(own.slice(0, messagesPerPairMax), true));
  const silent = silentUnits(history, new Set(letters.map(pairOf)), around, distances, stream);
  if (spoke.length < 2 || silent.length < 2) return undefined;
  const { spoke: first, silent: second, effect } = messageEffect([...spoke, ...silent]);
  const evidence = around.slice(0, listedMax).map(({ from, to, ...rest }) => ({
    ...rest,
    ...{ from: name(from), to: name(to) },
  }));
  return { spoke: told(first), silent: told(second), effect: told(effect), evidence };
}

function unitOf(own: readonly { before: number; after: number }[], hasMessage: boolean): AroundMessage {
  const mean = (of: 'before' | 'after'): number => own.reduce((sum, one) => sum + one[of], 0) / own.length;
  return { before: mean('before'), after: mean('after'), hasMessage };
}

/** Pairs of sellers who never spoke, drawn at random, each at the moment of some message. */
function silentUnits(
  { asks }: MarketHistory,
  speaking: ReadonlySet<string>,
  around: readonly { readonly tick: number }[],
  distances: (one: number, other: number, tick: number) => { before: number; after: number } | undefined,
  stream: RandomStream,
): AroundMessage[] {
  const sellers = [...new Set([...asks.values()].flatMap((bySeller) => [...bySeller.keys()]))].sort((a, b) => a - b);
  if (sellers.length < 2 || around.length === 0) return [];
  const units = new Map<string, AroundMessage>();
  for (let draw = 0; draw < 4 * silentPairsMax && units.size < silentPairsMax; draw++) {
    const [one, other] = [sellers[stream.below(sellers.length)], sellers[stream.below(sellers.length)]];
    const { tick } = around[stream.below(around.length)];
    const key = `${Math.min(one, other)} ${Math.max(one, other)}`;
    if (one === other || speaking.has(key) || units.has(key)) continue;
    const found = distances(one, other, tick);
    if (found !== undefined) units.set(key, unitOf([found], false));
  }
  return [...units.values()];
}

function told({ value, interval, n }: Estimate): Told {
  const ends = finiteInterval(interval);
  return { value: finiteOrNull(value), ...(ends === undefined ? {} : { interval: ends }), n };
}

const definition =
  'division: concentration and mutual information of seller and market over units sold; p: markets change places among the sales of a period, ' +
  `${deals} deals. rotation: the winner of an auction sold most in it; mutual information of one winner and the next, p by shuffled orders; turns are taken ` +
  'where runsZ is above 0, and one wins again and again where it is below. leads: changes of asked prices, the best lag of 1 to ' +
  `${lagMax} ticks, p by the maximum over pairs after circular shifts; one cost that reaches sellers at different times leads too. messages: distance of two sellers' asks of one good after ` +
  'a message less before it, mean over messages of a pair, beside pairs who never spoke; the unit is the pair; who speaks may be about to move anyhow. ' +
  'All are signs, and none is proof of an agreement';
