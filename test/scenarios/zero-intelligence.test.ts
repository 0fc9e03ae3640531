/** The example of a market: random traders find the competitive price, wherever supply and demand put it. */
import { expect, test } from 'vitest';
import { clearingPrices } from '../../analysis/measures/market-prices.ts';
import { scenario, traders } from '../../scenarios/examples/zero-intelligence.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import type { Records } from '../../sim/record/reader.ts';

const ticksPerDay = 24;

/** A run of the example in which the cheapest seller has this cost. */
function runWith(leastCost: number, seed: number): Promise<Records> {
  const compiled = compileScenario({ ...scenario.data, seed }, () => '');
  return runInMemory(compiled, { ...noOwnCode, policies: { traders: traders(leastCost) } });
}

/** Mean price of all apples traded in hours [from, to) of the day. */
function meanPrice(records: Records, from: number, to: number): number {
  const [{ ticks }] = clearingPrices(records);
  const some = ticks.filter(({ tick, volume }) => volume > 0 && tick % ticksPerDay >= from && tick % ticksPerDay < to);
  const units = some.reduce((sum, { volume }) => sum + volume, 0);
  return some.reduce((sum, { price, volume }) => sum + (price ?? NaN) * volume, 0) / units;
}

// Where the lines of worth, 200 - 3k, and of cost, least + 2k, cross.
test.each([
  [20, 92],
  [50, 110],
  [0, 80],
])('zero-intelligence: with costs from %i on, prices go to the competitive %i', async (leastCost, competitive) => {
  const records = await runWith(leastCost, 7);
  const first = meanPrice(records, 0, 1);
  const later = meanPrice(records, 3, 12);
  expect(Math.abs(later / competitive - 1)).toBeLessThan(0.05);
  expect(Math.abs(later - competitive)).toBeLessThan(Math.abs(first - competitive));
  expect(Math.abs(meanPrice(records, 0, ticksPerDay) / competitive - 1)).toBeLessThan(0.1);
});

test('zero-intelligence: over 95 % of the gains from trade are made, at the mean price that the measure says', async () => {
  const records = await runWith(20, 8);
  const measured = scenario.measures['market'](records) as Readonly<Record<string, number>>;
  expect(measured['efficiency']).toBeGreaterThan(0.95);
  expect(measured['efficiency']).toBeLessThanOrEqual(1);
  expect(measured['meanPrice']).toBeCloseTo(meanPrice(records, 0, ticksPerDay), 9);
  expect(Math.abs(measured['traded'] / (20 * 37) - 1)).toBeLessThan(0.1);
});
