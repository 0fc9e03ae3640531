/**
 * What sellers did in the markets of a run: what they sold, what they asked, and to whom they wrote.
 *
 * Reads the log through its reader, once. A seller is who asked in a market at least once; letters between others are left out.
 * Order: that of the log; of several asks of a seller in a tick the last stands.
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { readOrders } from '../../sim/record/order-reader.ts';
import type { GroundsPlan } from '../../sim/exchange/grounds.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Units that a seller sold in an auction. */
export interface Sale {
  readonly tick: number;
  readonly good: number;
  readonly seller: number;
  readonly units: number;
}

/** A price that was asked. */
export interface Ask {
  readonly tick: number;
  readonly price: number;
}

/** A message from one seller to another. */
export interface Letter {
  readonly tick: number;
  readonly from: number;
  readonly to: number;
}

/** Markets as their sellers made them. */
export interface MarketHistory {
  /** Names of all goods, by number. */
  readonly goods: readonly string[];
  readonly tickCount: number;
  readonly sales: readonly Sale[];
  /** By good, then by seller, ascending in time. */
  readonly asks: ReadonlyMap<number, ReadonlyMap<number, readonly Ask[]>>;
  readonly letters: readonly Letter[];
}

/** The history; undefined where there is no market, or nobody asked in one. */
export function marketHistory(records: Pick<Records, 'manifest' | 'head' | 'ticks'>): MarketHistory | undefined {
  const { grounds } = records.manifest.plan as { readonly grounds?: GroundsPlan };
  if (grounds?.markets === undefined || grounds.markets.length === 0) return undefined;
  const sales: Sale[] = [];
  const asks = new Map<number, Map<number, Ask[]>>();
  const written: Letter[] = [];
  for (const record of records.ticks()) {
    const { tick, verb, actor, target, outcome } = record;
    for (const { actor: seller, isBid, good, price, traded } of readOrders(record)) {
      if (isBid) continue;
      if (traded > 0) sales.push({ tick, good, seller, units: traded });
      addAsk(asks, good, seller, { tick, price });
    }
    for (let i = 0; i < record.intentCount; i++) {
      const isLetter = verb[i] === verbs.message && outcome[i] === outcomes.granted;
      if (isLetter) written.push({ tick, from: actor[i], to: target[i] });
    }
  }
  if (asks.size === 0) return undefined;
  const sellers = new Set([...asks.values()].flatMap((bySeller) => [...bySeller.keys()]));
  const letters = written.filter(({ from, to }) => from !== to && sellers.has(from) && sellers.has(to));
  return { goods: grounds.goods.map(({ name }) => name), tickCount: records.head.ticks, sales, asks, letters };
}

function addAsk(asks: Map<number, Map<number, Ask[]>>, good: number, seller: number, ask: Ask): void {
  const bySeller = asks.get(good) ?? new Map<number, Ask[]>();
  const own = bySeller.get(seller) ?? [];
  if (own.at(-1)?.tick === ask.tick) own.pop();
  own.push(ask);
  bySeller.set(seller, own);
  asks.set(good, bySeller);
}
