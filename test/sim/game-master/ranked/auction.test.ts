/** The call auction by itself: against every price and unit one by one, and by what must hold of any book of orders. */
import { describe, expect, test } from 'vitest';
import { callAuction } from '../../../../sim/game-master/ranked/auction.ts';
import { randomStream } from '../../../../sim/ground/philox.ts';
import { naiveAuction, tradeAt } from './auction-oracle.ts';
import type { LimitOrder } from '../../../../sim/exchange/clearing-price.ts';

type Stream = ReturnType<typeof randomStream>;

const bid = (quantity: number, price: number): LimitOrder => ({ isBid: true, quantity, price });
const ask = (quantity: number, price: number): LimitOrder => ({ isBid: false, quantity, price });

function bookOf(stream: Stream, orderCountMost: number, quantityMost: number, priceMost: number): LimitOrder[] {
  return Array.from({ length: stream.below(orderCountMost + 1) }, () => ({
    isBid: stream.below(2) === 0,
    quantity: 1 + stream.below(quantityMost),
    price: 1 + stream.below(priceMost),
  }));
}

describe('callAuction', () => {
  test('callAuction: one bid and one ask trade at the middle of their limits, rounded down', () => {
    expect(callAuction([bid(3, 10), ask(3, 5)])).toEqual({ price: 7, volume: 3, filled: [3, 3] });
  });

  test('callAuction: nothing trades where the highest bid lies below the lowest ask', () => {
    expect(callAuction([bid(3, 4), ask(3, 5)])).toEqual({ price: 0, volume: 0, filled: [0, 0] });
    expect(callAuction([])).toEqual({ price: 0, volume: 0, filled: [] });
  });

  test('callAuction: of prices with the same volume the one with the least surplus wins', () => {
    // From 5 to 8 four units trade; up to 6 the bid at 6 leaves a surplus of five, above it none is left over.
    const book = [bid(4, 8), bid(5, 6), ask(4, 5)];
    expect(callAuction(book)).toEqual({ price: 7, volume: 4, filled: [4, 0, 4] });
  });

  test('callAuction: a better limit goes first, of equal limits the first in rank, and the last one gets a part', () => {
    const book = [bid(2, 9), bid(2, 10), bid(2, 9), bid(2, 9), ask(5, 1)];
    expect(callAuction(book).filled).toEqual([2, 2, 1, 0, 5]);
  });

  test('callAuction: the greatest orders there can be are added up exactly', () => {
    const most = 1_000_000;
    const book = [...Array.from({ length: 500 }, () => bid(most, 1e9)), ask(most, 1e9), ask(1, 1e9 - 1)];
    expect(callAuction(book)).toMatchObject({ price: 1e9, volume: most + 1 });
  });
});

describe('callAuction: any book', () => {
  test('callAuction: 4,000 small books trade what trying every price and every unit gives', () => {
    const stream = randomStream(1, 1000);
    let traded = 0;
    for (let k = 0; k < 4000; k++) {
      const priceMost = 1 + stream.below(12);
      const book = bookOf(stream, 9, 4, priceMost);
      const prices = Array.from({ length: priceMost + 2 }, (_, price) => price);
      const wanted = naiveAuction(book, prices);
      expect({ book, ...callAuction(book) }).toEqual({ book, ...wanted });
      if (wanted.volume > 0) traded++;
    }
    expect(traded).toBeGreaterThan(1000);
  });

  test('callAuction: in 10,000 books nobody trades through a limit, units are conserved and volume is maximal', () => {
    const stream = randomStream(2, 1000);
    for (let k = 0; k < 10_000; k++) {
      const book = bookOf(stream, 40, 1 + stream.below(1000), 1 + stream.below(200));
      const { price, volume, filled } = callAuction(book);
      const sideOf = (isBid: boolean): number =>
        book.reduce((sum, o, i) => sum + (o.isBid === isBid ? filled[i] : 0), 0);
      const through = book.filter(
        (order, i) => filled[i] > 0 && (order.isBid ? order.price < price : order.price > price),
      );
      const over = book.filter((order, i) => filled[i] < 0 || filled[i] > order.quantity);
      const most = Math.max(0, ...book.map((order) => tradeAt(book, order.price).volume));
      const found = { through, over, bought: sideOf(true), sold: sideOf(false), volume, envy: envyOf(book, filled) };
      expect(found).toEqual({ through: [], over: [], bought: most, sold: most, volume: most, envy: 0 });
    }
  });

  test('callAuction: the price and the volume are the same in whatever rank the orders stand', () => {
    const stream = randomStream(3, 1000);
    for (let k = 0; k < 1000; k++) {
      const book = bookOf(stream, 30, 20, 60);
      const turned = book.toSorted(() => stream.below(3) - 1);
      const [one, other] = [callAuction(book), callAuction(turned)];
      expect([other.price, other.volume]).toEqual([one.price, one.volume]);
    }
  });
});

/** Pairs of one side of which the better limit lacks a unit while the worse one, or an equal one later in rank, got one. */
function envyOf(book: readonly LimitOrder[], filled: readonly number[]): number {
  let envy = 0;
  book.forEach((x, i) => {
    if (filled[i] === x.quantity) return;
    book.forEach((y, j) => {
      if (x.isBid !== y.isBid || filled[j] === 0) return;
      const ahead = x.isBid ? x.price - y.price : y.price - x.price;
      if (ahead > 0 || (ahead === 0 && i < j)) envy++;
    });
  });
  return envy;
}
