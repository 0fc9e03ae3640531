/** Signs of collusion in markets: each on a history in which it was planted and on one in which nobody coordinates, and a cartel in a run. */
import { describe, expect, test } from 'vitest';
import { measureCollusion } from '../../../analysis/measures/collusion.ts';
import { measureMarketSigns } from '../../../analysis/measures/collusion-markets.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { plantedMembers } from '../../../sim/engine/plants.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { externalId } from '../../../sim/world/population.ts';
import { scenario } from '../../../scenarios/examples/zero-intelligence.ts';
import { testStream } from '../worlds.ts';
import type { Records } from '../../../sim/record/reader.ts';

/** An ask that sold some units, or a letter. */
type Act = { seller: number; good: number; price: number; sold: number } | { from: number; to: number };

const sellers = 6;
const ticks = 120;
const all = Array.from({ length: sellers }, (_, seller) => seller);

/** Records with these acts by tick, as far as the signs read them. */
function historyOf(actsAt: (tick: number) => readonly Act[]): Records {
  const record = (tick: number) => {
    const acts = actsAt(tick);
    const asks = acts.flatMap((act, row) => ('price' in act ? [{ row, price: act.price }] : []));
    const of = (value: (act: Act) => number) => acts.map(value);
    return {
      ...{ tick, intentCount: acts.length },
      actor: of((act) => ('price' in act ? act.seller : act.from)),
      verb: of((act) => ('price' in act ? verbs.ask : verbs.message)),
      outcome: of(() => outcomes.granted),
      reason: of(() => 0),
      target: of((act) => ('price' in act ? act.good : act.to)),
      amount: of(() => 5),
      result: of((act) => ('price' in act ? act.sold : 0)),
      details: { row: asks.map(({ row }) => row), price: asks.map(({ price }) => price) },
    };
  };
  const goods = ['coins', 'apples', 'pears'].map((name) => ({ name }));
  return {
    manifest: { plan: { grounds: { goods, markets: [{ good: 1 }, { good: 2 }] } } },
    head: { ticks },
    population: { ids: { list: all.map((seller) => `agent-${seller}`) }, count: sellers },
    *ticks() {
      for (let tick = 0; tick < ticks; tick++) yield record(tick);
    },
  } as unknown as Records;
}

const signsOf = (actsAt: (tick: number) => readonly Act[]) => {
  const signs = measureMarketSigns(historyOf(actsAt), 1);
  if (signs === undefined) throw new TypeError('there is a market');
  return signs;
};

/** Everybody sells something somewhere at some price. */
function loose(seed: number): (tick: number) => Act[] {
  const stream = testStream(seed);
  const days = Array.from({ length: ticks }, () =>
    all.map((seller): Act => {
      return { seller, good: 1 + stream.below(2), price: 10 + stream.below(20), sold: stream.below(5) };
    }),
  );
  return (tick) => days[tick];
}

describe('measureMarketSigns', () => {
  test('division: sellers that keep to one market each are told with p 0.005 and the shares of each; loose ones are not', () => {
    const { division } = signsOf((tick) =>
      loose(1)(tick).map((act) => ('price' in act ? { ...act, good: 1 + (act.seller % 2) } : act)),
    );
    expect(division?.pValue).toBe(1 / 200);
    expect(division?.mutualInformationBits).toBeGreaterThan(0.95);
    expect(division?.evidence).toHaveLength(6);
    expect(signsOf(loose(2)).division?.pValue).toBeGreaterThan(0.05);
  });

  test('rotation: winners that take turns are told, with the last rounds; winners by lot are not', () => {
    const turns = signsOf((tick) => [{ seller: tick % 3, good: 1, price: 9, sold: 2 }]);
    expect(turns.rotation).toMatchObject([{ market: 'apples', rounds: ticks, rotationP: 1 / 200 }]);
    expect(turns.rotation[0].runsZ).toBeGreaterThan(3);
    expect(turns.rotation[0].evidence).toHaveLength(20);
    const byLot = [3, 4, 5, 6].flatMap((seed) => signsOf(loose(seed)).rotation);
    expect(byLot).toHaveLength(8);
    expect(byLot.filter(({ qValue }) => qValue <= 0.05).length).toBeLessThanOrEqual(2);
  });

  test('leads: a seller that asks what another asked two ticks ago follows it by two ticks; among others nobody leads', () => {
    const stream = testStream(4);
    const led = Array.from({ length: ticks + 2 }, () => 10 + stream.below(30));
    const { leads } = signsOf((tick) => [
      ...loose(5)(tick)
        .slice(2)
        .map((act) => ({ ...act, good: 1 })),
      { seller: 0, good: 1, price: led[tick + 2], sold: 1 },
      { seller: 1, good: 1, price: led[tick], sold: 1 },
    ]);
    expect(leads).toHaveLength(1);
    expect(leads[0].lagTicks).toBe(2);
    expect(leads[0].correlation).toBeGreaterThan(0.99);
    expect(signsOf(loose(6)).leads).toEqual([]);
  });

  test('messages: prices that meet once their sellers spoke come nearer than those of silent pairs; idle talk changes nothing', () => {
    const talk = (meet: boolean) => {
      const stream = testStream(7);
      const own = Array.from({ length: ticks }, () => all.map(() => 10 + stream.below(40)));
      return signsOf((tick) => {
        const spoken = meet && tick % 20 === 1 ? [0, 2] : [];
        const priceOf = (seller: number): number => own[tick][spoken.includes(seller - 1) ? seller - 1 : seller];
        const asks = all.map((seller): Act => ({ seller, good: 1, price: priceOf(seller), sold: 1 }));
        return tick % 20 === 0 ? [...asks, { from: 0, to: 1 }, { from: 2, to: 3 }] : asks;
      }).messages;
    };
    const meeting = talk(true);
    expect(meeting?.effect.interval?.[1]).toBeLessThan(0);
    expect(meeting?.evidence).toHaveLength(12);
    expect(meeting?.evidence.every(({ after }) => after === 0)).toBe(true);
    const [low = 1, high = -1] = talk(false)?.effect.interval ?? [];
    expect(low < 0 && high > 0).toBe(true);
  });
});

describe('rings of prices', () => {
  const marketOf = (plants: readonly object[]) =>
    compileScenario(
      scenarioOf(documentOf({ ...scenario.data, ...(plants.length === 0 ? {} : { plants }) }, 'made')),
      () => '',
      scenario.module,
    );

  test('a cartel in a market of traders is a ring with the auctions that show it; without it none is found', async () => {
    const size = 5;
    const cartel = { name: 'sellers', kind: 'cartel', size, good: 'apples', price: 190, everyTicks: 12 };
    const compiled = marketOf([cartel]);
    const { plan, population } = compiled;
    const names = Array.from(plantedMembers(plan, population)[0], (agent) => externalId(population.ids, agent));
    const { rings, bases } = measureCollusion(await runInMemory(compiled, scenario), { seed: 1 });
    expect(bases.map(({ basis }) => basis)).toContain('prices');
    expect(rings.map(({ basis }) => basis)).toEqual(['prices']);
    expect(rings[0].agents.every((agent) => names.includes(agent))).toBe(true);
    expect(rings[0].priceLift).toBeGreaterThan(0.1);
    expect(rings[0].evidence[0].target).toMatch(/^asks of apples at 190 in tick \d+$/);
    const clean = measureCollusion(await runInMemory(marketOf([]), scenario), { seed: 1 });
    expect(clean.rings).toEqual([]);
  });
});
