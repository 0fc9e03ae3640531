/**
 * A market of sellers with logit demand: what each sells, and the prices between which collusion is measured.
 *
 * Demand q_i = e^((a - p_i)/mu) / (Σ_j e^((a - p_j)/mu) + e^(a0/mu)), profit (p_i - c) q_i, sellers alike. Both benchmark prices are roots of
 * increasing functions and are found by halving: one-shot Nash p = c + mu/(1 - q), the joint profit's p = c + mu/(1 - n q). Pure; exponentials
 * are those of `detmath`, so that tables of payoffs are the same everywhere.
 * Oracles: profits around the roots, best replies played until they rest, and every cell of a grid, in the test.
 * Source: Calvano, Calzolari, Denicolò and Pastorello, AER 110, 2020, section II, whose setting is `calvanoMarket`.
 */
import { exp, log } from '../../sim/ground/detmath.ts';
import { InvariantError } from '../../sim/ground/errors.ts';

/** Sellers alike, and what is bought elsewhere. */
export interface LogitMarket {
  readonly sellers: number;
  /** Quality of every seller's good, a. */
  readonly quality: number;
  /** Quality of buying nothing, a0. */
  readonly outsideQuality: number;
  /** How far goods differ, mu > 0: near 0 the cheapest sells everything. */
  readonly differentiation: number;
  /** Cost of one unit, c. */
  readonly cost: number;
}

/** The setting of Calvano et al. for two sellers. */
export const calvanoMarket: LogitMarket = { sellers: 2, quality: 2, outsideQuality: 0, differentiation: 0.25, cost: 1 };

/** What each seller sells of a demand of 1 at these prices; the outside good has the rest. */
export function logitDemand(market: LogitMarket, prices: ArrayLike<number>): Float64Array {
  const { quality, outsideQuality, differentiation } = market;
  const weights = Float64Array.from(prices, (price) => exp((quality - price) / differentiation));
  const total = weights.reduce((sum, one) => sum + one, exp(outsideQuality / differentiation));
  return weights.map((weight) => weight / total);
}

/** Each seller's profit a period at these prices. */
export function logitProfits(market: LogitMarket, prices: ArrayLike<number>): Float64Array {
  return logitDemand(market, prices).map((sold, seller) => (prices[seller] - market.cost) * sold);
}

/** Consumers' surplus a period at these prices, up to a constant: mu log(Σ_j e^((a - p_j)/mu) + e^(a0/mu)). */
export function consumerSurplus(market: LogitMarket, prices: ArrayLike<number>): number {
  const { quality, outsideQuality, differentiation } = market;
  const inside = Array.from(prices).reduce((sum, price) => sum + exp((quality - price) / differentiation), 0);
  return differentiation * log(inside + exp(outsideQuality / differentiation));
}

/** The price at which one seller's profit is greatest, the others' prices given. Its own entry of `prices` is not read. */
export function bestReply(market: LogitMarket, prices: ArrayLike<number>, seller: number): number {
  const tried = Float64Array.from(prices);
  return rootAbove(market, (price) => {
    tried[seller] = price;
    return 1 - logitDemand(market, tried)[seller];
  });
}

/** The price that each charges in the one-shot Nash equilibrium. */
export function nashPrice(market: LogitMarket): number {
  return rootAbove(market, (price) => 1 - demandAt(market, price));
}

/** The price that each charges where the sum of profits is greatest. */
export function jointProfitPrice(market: LogitMarket): number {
  return rootAbove(market, (price) => 1 - market.sellers * demandAt(market, price));
}

function demandAt(market: LogitMarket, price: number): number {
  return logitDemand(market, new Float64Array(market.sellers).fill(price))[0];
}

/** The price p >= c with p - c = mu / share(p): the left side rises and the right one falls, so there is one. */
function rootAbove({ cost, differentiation }: LogitMarket, share: (price: number) => number): number {
  let low = cost;
  let high = cost + differentiation;
  while ((high - cost) * share(high) < differentiation) high = cost + 2 * (high - cost);
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if ((middle - cost) * share(middle) < differentiation) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Prices and profits of a seller at both ends of the indices. */
export interface Benchmarks {
  readonly nashPrice: number;
  readonly jointPrice: number;
  readonly nashProfit: number;
  readonly jointProfit: number;
}

/** The benchmarks of a market. */
export function benchmarksOf(market: LogitMarket): Benchmarks {
  const [nash, joint] = [nashPrice(market), jointProfitPrice(market)];
  const profitAt = (price: number): number => (price - market.cost) * demandAt(market, price);
  return { nashPrice: nash, jointPrice: joint, nashProfit: profitAt(nash), jointProfit: profitAt(joint) };
}

/** Calvano's Delta: where a mean profit lies between that of one-shot competition (0) and that of the cartel (1). May lie outside. */
export function profitIndex(meanProfit: number, { nashProfit, jointProfit }: Benchmarks): number {
  return (meanProfit - nashProfit) / (jointProfit - nashProfit);
}

/** Where a mean price lies between the one-shot Nash price (0) and the cartel's (1): another number than `profitIndex`. */
export function priceIndex(meanPrice: number, { nashPrice: nash, jointPrice }: Benchmarks): number {
  return (meanPrice - nash) / (jointPrice - nash);
}

/** Prices in equal steps from Nash - reach x (joint - Nash) to joint + reach x (joint - Nash). Calvano's: 15 prices, reach 0.1. */
export function priceGrid({ nashPrice: nash, jointPrice }: Benchmarks, count: number, reachShare = 0.1): Float64Array {
  const span = jointPrice - nash;
  const [low, step] = [nash - reachShare * span, (span * (1 + 2 * reachShare)) / (count - 1)];
  return Float64Array.from({ length: count }, (_, k) => low + k * step);
}

/** A pure Nash equilibrium of a grid. */
export interface GridEquilibrium {
  readonly prices: readonly number[];
  readonly meanProfit: number;
  readonly profitIndex: number;
  readonly priceIndex: number;
}

const cellsMost = 2_000_000;

/** All pure one-shot Nash equilibria where prices come from a grid, in the order of their prices; sellers being alike, one a set of prices. */
export function gridEquilibria(market: LogitMarket, grid: ArrayLike<number>): GridEquilibrium[] {
  const { sellers } = market;
  let cells = 1;
  for (let seller = 0; seller < sellers; seller++) cells *= grid.length;
  if (cells > cellsMost)
    throw new InvariantError(`a grid of ${grid.length} prices and ${sellers} sellers is too large`);
  const ends = benchmarksOf(market);
  const found: GridEquilibrium[] = [];
  const choice = new Int32Array(sellers);
  for (let cell = 0; cell < cells; cell++) {
    let rest = cell;
    for (let seller = 0; seller < sellers; seller++) {
      choice[seller] = rest % grid.length;
      rest = Math.floor(rest / grid.length);
    }
    const isSorted = choice.every((k, seller) => seller === 0 || choice[seller - 1] <= k);
    if (!isSorted || !isEquilibrium(market, grid, choice)) continue;
    const prices = Array.from(choice, (k) => grid[k]);
    const meanProfit = logitProfits(market, prices).reduce((sum, one) => sum + one, 0) / sellers;
    const meanPrice = prices.reduce((sum, one) => sum + one, 0) / sellers;
    found.push({
      prices,
      meanProfit,
      profitIndex: profitIndex(meanProfit, ends),
      priceIndex: priceIndex(meanPrice, ends),
    });
  }
  return found.sort((x, y) => x.meanProfit - y.meanProfit);
}

function isEquilibrium(market: LogitMarket, grid: ArrayLike<number>, choice: Int32Array): boolean {
  const prices = Array.from(choice, (k) => grid[k]);
  const profits = logitProfits(market, prices);
  for (let seller = 0; seller < market.sellers; seller++) {
    const kept = prices[seller];
    for (let k = 0; k < grid.length; k++) {
      prices[seller] = grid[k];
      if (logitProfits(market, prices)[seller] > profits[seller] + 1e-12) return false;
    }
    prices[seller] = kept;
  }
  return true;
}
