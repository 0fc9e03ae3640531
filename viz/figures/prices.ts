/**
 * Prices of a market over time, by arm: what each good cleared at, the mean over worlds with its interval.
 *
 * Reads orders out of the log; the price of an auction is computed again from them (`measures/market-prices.ts`). Bins hold several
 * auctions where there are many; a bin is the mean over its trades, so that an auction counts as much as was traded in it.
 */
import { clearingPrices, type MarketSeries } from '../../analysis/measures/market-prices.ts';
import type { GroundsPlan } from '../../sim/exchange/grounds.ts';
import { lineFigure } from '../line-figure.ts';
import { armSeries, armWords, type ArmValues } from './arm-series.ts';
import type { FigureKind, FigureSource } from './source.ts';

const binMax = 24;

export const prices: FigureKind = {
  name: 'prices',
  shows: 'prices of markets over time, by arm',
  lacks: (source) =>
    marketsOf(source).every(({ ticks }) => ticks.every(({ price }) => price === null))
      ? 'there is no market in which anything was traded'
      : undefined,
  draw(source) {
    const ticks = Math.max(...source.arms.flatMap(({ worlds }) => worlds.map(({ head }) => head.ticks)));
    const ticksPerBin = Math.max(1, Math.ceil(ticks / binMax));
    const binCount = Math.ceil(ticks / ticksPerBin);
    const places = Array.from({ length: binCount }, (_, bin) => (bin + 0.5) * ticksPerBin * source.hoursPerTick);
    const goods = marketsOf(source).map(({ name }) => name);
    const arms = source.arms.flatMap((arm) => {
      const worlds = arm.worlds.map((records) =>
        records === source.records ? marketsOf(source) : clearingPrices(records),
      );
      return goods.map((good): ArmValues => ({
        name: source.arms.length > 1 ? (goods.length > 1 ? `${arm.name}: ${good}` : arm.name) : good,
        kind: 'simulated',
        worlds: worlds.map((markets) =>
          binned(
            markets.find(({ name }) => name === good),
            ticksPerBin,
            binCount,
          ),
        ),
      }));
    });
    const words = armWords(arms);
    const money = moneyOf(source);
    return lineFigure({
      title: goods.length === 1 ? `Price of ${goods[0] ?? ''}` : 'Prices',
      source: source.armLine,
      x: { label: 'simulated time', unit: 'hours', from: 0 },
      y: { label: 'price at which auctions cleared', unit: `${money} a unit` },
      series: armSeries(arms, places),
      ...words,
      note: [
        `A point is the mean over the trades of ${ticksPerBin === 1 ? 'one auction' : `${ticksPerBin} auctions`}.`,
        words.note ?? '',
      ]
        .join(' ')
        .trim(),
    });
  },
  caption: () => 'Prices follow from the orders in the log, auction by auction.',
};

function marketsOf(source: FigureSource): readonly MarketSeries[] {
  return source.once('markets', () => (source.isDataSet ? [] : clearingPrices(source.records)));
}

function moneyOf({ records }: FigureSource): string {
  const { grounds } = records.manifest.plan as { readonly grounds?: GroundsPlan };
  const names = new Set((grounds?.markets ?? []).map(({ money }) => grounds?.goods[money]?.name ?? 'money'));
  return names.size === 1 ? ([...names][0] ?? 'money') : 'money';
}

function binned(market: MarketSeries | undefined, ticksPerBin: number, binCount: number): Float64Array {
  const [paid, traded] = [new Float64Array(binCount), new Float64Array(binCount)];
  for (const { tick, price, volume } of market?.ticks ?? []) {
    const bin = Math.floor(tick / ticksPerBin);
    if (price === null || bin >= binCount) continue;
    paid[bin] += price * volume;
    traded[bin] += volume;
  }
  return paid.map((coins, bin) => coins / traded[bin]);
}
