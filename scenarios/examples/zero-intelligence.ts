/**
 * Zero-intelligence traders: who bids and asks at random, and only never at a loss, finds the competitive price. After Gode and Sunder (1993).
 * Run it: mesocosm run scenarios/examples/zero-intelligence.ts --allow-code, or node scenarios/examples/zero-intelligence.ts in a checkout.
 */
import { fileURLToPath } from 'node:url';
import { clearingPrice, defineScenario, readOrders, run, unitsOf } from '../../sim/index.ts';
import type { OwnMeasure, OwnPolicy } from '../../sim/index.ts';

const [apples, dayCount, ticksPerDay, pairsPerDay, priceMost] = [1, 20, 24, 50, 200];

/** What an agent is: the day on which it trades, on which side, and what an apple is worth to it or costs it, in coins. */
export function traderOf(ordinal: number, leastCost = 20) {
  const place = Math.floor(ordinal / dayCount);
  const pair = Math.floor(place / 2);
  const isBuyer = place % 2 === 0;
  return { day: ordinal % dayCount, isBuyer, limit: isBuyer ? priceMost - 3 * pair : leastCost + 2 * pair };
}

/** Once in its life an agent buys or sells one apple. Until it has, it names any price at which it does not lose. */
export function traders(leastCost?: number): OwnPolicy {
  return {
    decide(hand) {
      const { agents, now } = hand.state;
      const { day, isBuyer, limit } = traderOf(agents.ordinal[hand.agent], leastCost);
      if (day !== Math.floor(now.tick / ticksPerDay) || unitsOf(hand.state, hand.agent, apples) !== 1) return;
      const [least, most] = isBuyer ? [1, limit] : [limit, priceMost];
      const price = least + Math.floor(hand.draw(0) * (most - least + 1));
      hand.act(isBuyer ? 'bid' : 'ask', apples, 1, { price });
    },
  };
}

/** Apples traded, the mean price by hour of the day, and the share of the gains to be made that was made. */
const market: OwnMeasure = (records) => {
  const [paid, traded] = [new Float64Array(ticksPerDay), new Float64Array(ticksPerDay)];
  let gained = 0;
  for (const tick of records.ticks()) {
    const orders = readOrders(tick);
    const { price, volume } = clearingPrice(orders) ?? { price: 0, volume: 0 };
    paid[tick.tick % ticksPerDay] += price * volume;
    traded[tick.tick % ticksPerDay] += volume;
    for (const { actor, isBid, traded: units } of orders) gained += units * traderOf(actor).limit * (isBid ? 1 : -1);
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const meanPriceByHour = Array.from(paid, (coins, hour) => (traded[hour] > 0 ? coins / traded[hour] : null));
  return { traded: sum(traded), meanPrice: sum(paid) / sum(traded), meanPriceByHour, efficiency: gained / mostGain() };
};

/** What is gained where the highest buyer trades with the lowest seller, the next with the next, while it is worth it. */
function mostGain(): number {
  const gains = Array.from({ length: pairsPerDay }, (_, pair) => Math.max(0, priceMost - 3 * pair - (20 + 2 * pair)));
  return dayCount * gains.reduce((sum, gain) => sum + gain, 0);
}

export const scenario = defineScenario({
  name: 'zero-intelligence',
  description: 'Traders who bid and ask at random, but never at a loss, find the competitive price.',
  module: import.meta.url,
  platform: 'market',
  seed: 7,
  ticks: dayCount * ticksPerDay,
  tickSeconds: 3600,
  population: {
    ...{ kind: 'generated', agents: dayCount * pairsPerDay * 2, followsMean: 0 },
    heartbeat: { hours: 1, jitterShare: 0 },
  },
  feed: { recommender: 'none' },
  grounds: {
    goods: [
      { name: 'coins', initial: priceMost },
      { name: 'apples', initial: 1 },
    ],
    markets: [{ good: 'apples', money: 'coins' }],
  },
  policies: [{ share: 1, own: 'traders' }],
  own: { policies: { traders: traders() }, measures: { market } },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const finished = await run(scenario, { workers: 2 });
  console.log(finished.directory, finished.manifest.digest, finished.measures);
}
