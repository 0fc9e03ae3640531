/**
 * Who wakes: the timing wheel against a sorted list, and wake times against p = 1 - exp(-rate x dt).
 *
 * Statistical claims are made on fixed seeds with bounds of five standard deviations: they hold or fail for good.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../sim/ground/philox.ts';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { agentSpec, neverWakes } from '../../../sim/world/agents.ts';
import { ownershipOf } from '../../../sim/world/ownership.ts';
import { counts } from '../../../sim/exchange/tables.ts';
import { activate, awakeMost, cumulativeProfiles, nextWakeTick, queueWake } from '../../../sim/engine/activate.ts';
import { wheelLength, wheelWords } from '../../../sim/engine/timing-wheel.ts';
import { openWorld, smallPlan, smallPopulation, tinyPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';

/** Shares of a day that differ from hour to hour; the hours from 0 to 5 have none. */
const uneven = Float64Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 0 : hour));
const sum = uneven.reduce((total, one) => total + one, 0);
const shares = uneven.map((one) => one / sum);
const profiles = cumulativeProfiles(Float64Array.from([...new Float64Array(24).fill(1 / 24), ...shares]));

/** The next waking of an agent given by its numbers. */
function nextTick(
  calendar: { readonly tickSeconds: number; readonly startHour: number },
  shares: Float64Array,
  profile: number,
  wakesPerDay: number,
  from: number,
  word: number,
): number {
  return nextWakeTick(calendar, shares, { profile: [profile], wakesPerDay: [wakesPerDay] }, 0, from, word);
}

/** Wakings of one agent over some ticks, drawn one after the other as the engine does. */
function wakings(
  agent: { profile: number; wakesPerDay: number },
  tickSeconds: number,
  ticks: number,
  seed: number,
): number[] {
  const stream = randomStream(seed, 1000);
  const found: number[] = [];
  for (let from = 0; ;) {
    const tick = nextTick(
      { tickSeconds, startHour: 5.5 },
      profiles,
      agent.profile,
      agent.wakesPerDay,
      from,
      stream.uint32() | 0,
    );
    if (tick >= ticks) return found;
    found.push(tick);
    from = tick + 1;
  }
}

describe('nextWakeTick', () => {
  test('nextWakeTick: never lies before the tick it is asked for, at any rate, profile, tick length and word', () => {
    const word = fc.oneof(fc.constantFrom(0, -1, 1, 0x7fffffff, -0x80000000), fc.integer());
    fc.assert(
      fc.property(
        fc.record({
          tickSeconds: fc.constantFrom(1, 60, 180, 1800, 3600, 86_400),
          startHour: fc.double({ min: 0, max: 23.99, noNaN: true }),
        }),
        fc.record({ profile: fc.nat(1), wakesPerDay: fc.double({ min: 1e-9, max: 1e6, noNaN: true }) }),
        fc.nat(1_000_000),
        word,
        (calendar, agent, from, one) => {
          const tick = nextTick(calendar, profiles, agent.profile, agent.wakesPerDay, from, one);
          expect(Number.isInteger(tick)).toBe(true);
          expect(tick).toBeGreaterThanOrEqual(from);
          expect(tick).toBeLessThan(neverWakes);
        },
      ),
      { seed: 20, numRuns: 2000 },
    );
  });

  test('nextWakeTick: a wait too short for a double to hold does not fall back behind the tick by rounding', () => {
    const agent = { profile: 1, wakesPerDay: 1e6 };
    for (const tickSeconds of [7, 180, 1000]) {
      for (let from = 0; from < 20_000; from++) {
        const tick = nextTick({ tickSeconds, startHour: 5.7 }, profiles, agent.profile, agent.wakesPerDay, from, -1);
        if (tick < from) throw new RangeError(`tick ${tick} lies before ${from}`);
      }
    }
  });

  test('nextWakeTick: an agent without wakings never wakes', () => {
    for (const wakesPerDay of [0, -1, NaN]) {
      expect(nextTick({ tickSeconds: 60, startHour: 0 }, profiles, 0, wakesPerDay, 3, 5)).toBe(neverWakes);
    }
  });

  test.each([180, 600, 1800, 3600])(
    'nextWakeTick: in ticks of %i s each hour has the share of ticks that 1 - exp(-rate dt) says',
    (tickSeconds) => {
      const days = 3000;
      const perDay = 86_400 / tickSeconds;
      const wakesPerDay = 12;
      const found = wakings({ profile: 1, wakesPerDay }, tickSeconds, days * perDay, 1);
      const byHour = new Float64Array(24);
      for (const tick of found) byHour[Math.floor(5.5 + (tick * tickSeconds) / 3600) % 24]++;
      for (let hour = 0; hour < 24; hour++) {
        // Ticks of an hour start at half past with these lengths, so a tick of an hour spans two profile hours.
        const perHour = 3600 / tickSeconds;
        const rate = tickSeconds === 3600 ? (shares[hour] + shares[(hour + 1) % 24]) / 2 : shares[hour];
        const p = 1 - Math.E ** ((-wakesPerDay * rate * 3600 * (tickSeconds / 3600)) / 3600);
        const trials = days * perHour;
        expect(Math.abs(byHour[hour] - trials * p)).toBeLessThanOrEqual(5 * Math.sqrt(trials * p * (1 - p)) + 1e-9);
      }
    },
  );

  test('nextWakeTick: halving the tick keeps wakings an hour, where wakings are rare against ticks', () => {
    const [long, short] = [120, 60].map(
      (tickSeconds) => wakings({ profile: 1, wakesPerDay: 6 }, tickSeconds, (2000 * 86_400) / tickSeconds, 2).length,
    );
    expect(Math.abs(long - short)).toBeLessThan(5 * Math.sqrt(long + short));
    expect(Math.abs(long - 12_000)).toBeLessThan(5 * Math.sqrt(12_000));
  });

  test('cumulativeProfiles: begin with 0 and end with exactly 1, however shares were rounded', () => {
    const thirds = cumulativeProfiles(new Float64Array(24).fill(0.041666666));
    expect([thirds[0], thirds[24]]).toEqual([0, 1]);
  });
});

describe('the timing wheel', () => {
  test.each([1, 2, 3])(
    'activate: wakes whom a sorted list wakes, in the order of rows, beyond the wheel too (seed %i)',
    (seed) => {
      const agentCount = 150;
      const allocator = createAllocator(1 << 20);
      const agents = attachTable(agentSpec, allocator.handle, allocateTable(agentSpec, agentCount, allocator));
      const wheel = new Int32Array(wheelWords(agentCount));
      const owner = ownershipOf(0, 1, agentCount);
      const awake = new Int32Array(64);
      const [shard] = openWorld({ population: tinyPopulation(Array.from({ length: agentCount }, () => [])) }).shards;
      const stream = randomStream(seed, 1001);
      const list = new Map<number, number>();
      const wait = (): number =>
        [1, 2, 40, wheelLength - 1, wheelLength, wheelLength + 1, 3 * wheelLength + 5][stream.below(7)] +
        stream.below(3);
      for (let row = 0; row < agentCount; row++) {
        const tick = row % 10 === 0 ? neverWakes : wait() - 1;
        list.set(row, tick);
        queueWake(agents, wheel, row as AgentRow, -1, tick);
      }
      let woken = 0;
      for (let tick = 0; tick < 5 * wheelLength; tick++) {
        activate(agents, wheel, awake, owner, shard.tables, tick);
        const due = [...list].filter(([, at]) => at === tick).map(([row]) => row);
        const { agent } = shard.tables.percepts as unknown as { agent: Int32Array };
        const got = Array.from(agent.subarray(0, shard.tables.count[counts.percepts]));
        if (due.length + got.length > 0) expect(got).toEqual(due.sort((x, y) => x - y));
        for (const row of due) {
          const next = tick + wait();
          list.set(row, next);
          queueWake(agents, wheel, row as AgentRow, tick, next);
        }
        woken += due.length;
      }
      expect(woken).toBeGreaterThan(500);
      expect([...list].filter(([, at]) => at === neverWakes).length).toBe(agentCount / 10);
    },
  );

  test('activate: who wakes does not depend on shards or layout, and everybody’s next waking lies ahead', async () => {
    const population = tinyPopulation(
      Array.from({ length: 200 }, () => []),
      30,
    );
    const awake: string[][] = [];
    for (const placement of [
      { workers: 1, layout: 'key' },
      { workers: 3, layout: 'scrambled' },
      { workers: 4, layout: 'degree' },
    ] as const) {
      const world = openWorld({ population, placement, plan: smallPlan({ ticks: 10 }) });
      const found: string[] = [];
      for (let tick = 0; tick < 10; tick++) {
        await world.step();
        const ordinals = world.shards.flatMap(({ tables, state }) =>
          Array.from(
            { length: tables.count[counts.percepts] },
            (_, p) => state.agents.ordinal[tables.percepts.agent[p as never] as AgentRow],
          ),
        );
        found.push(ordinals.sort((x, y) => x - y).join());
        expect((world.state.agents.wakeTick as unknown as Int32Array).every((at) => at > tick)).toBe(true);
      }
      awake.push(found);
    }
    expect(awake[1]).toEqual(awake[0]);
    expect(awake[2]).toEqual(awake[0]);
    expect(awake[0].every((one) => one.length > 0)).toBe(true);
  });
});

describe('heartbeat', () => {
  /** Ticks at which each of 40 agents wakes, of ten-minute ticks over four days. */
  async function beats(jitterShare: number, seed = 7): Promise<number[][]> {
    const ticks = 4 * 144;
    const population = tinyPopulation(
      Array.from({ length: 40 }, () => []),
      24,
    );
    const plan = smallPlan({ seed, ticks, tickSeconds: 600, heartbeat: { hours: 4, jitterShare } });
    const world = openWorld({ plan, population });
    const found: number[][] = Array.from({ length: 40 }, () => []);
    for (let tick = 0; tick < ticks; tick++) {
      await world.step();
      const { percepts, count } = world.shards[0].tables;
      for (let row = 0; row < count[counts.percepts]; row++) found[percepts.agent[row as never]].push(tick);
    }
    return found;
  }

  const steps = (ticks: readonly number[]): number[] => ticks.slice(1).map((tick, i) => tick - ticks[i]);

  test('heartbeat: without jitter an agent wakes every four hours to the tick, from a time of its own', async () => {
    const found = await beats(0);
    expect(new Set(found.flatMap(steps))).toEqual(new Set([24]));
    const first = found.map(([tick]) => tick);
    expect(Math.max(...first)).toBeLessThan(24);
    expect(new Set(first).size).toBeGreaterThan(12);
  });

  test('heartbeat: jitter of a quarter shifts each step by up to a quarter, either way, and means four hours', async () => {
    const all = (await beats(0.25)).flatMap(steps);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(18);
    expect(Math.max(...all)).toBeLessThanOrEqual(30);
    const mean = all.reduce((total, one) => total + one, 0) / all.length;
    // A uniform shift of up to 6 ticks has a standard deviation of 3.5.
    expect(Math.abs(mean - 24)).toBeLessThan((5 * 3.5) / Math.sqrt(all.length));
  });
});

test('awakeMost: no tick of a day in which all agents are most active in the same hour wakes as many', async () => {
  const population = smallPopulation({ agents: 300, wakesPerDayMean: 60 });
  const peaked = {
    ...population,
    profileShares: Float64Array.from({ length: population.profileShares.length }, (_, i) => (i % 24 === 9 ? 1 : 0)),
  };
  const plan = smallPlan({ ticks: 48, tickSeconds: 1800, startHour: 0 });
  const world = openWorld({ population: peaked, plan });
  let most = 0;
  for (let tick = 0; tick < plan.ticks; tick++) {
    await world.step();
    most = Math.max(most, world.shards[0].tables.count[counts.percepts]);
  }
  expect(most).toBeGreaterThan(250);
  expect(most).toBeLessThanOrEqual(awakeMost(peaked, plan));
  expect(
    awakeMost(
      { ...peaked, count: 3e6, wakesPerDay: new Float32Array(3e6).fill(0.01), profile: new Uint16Array(3e6) },
      plan,
    ),
  ).toBeLessThan(25_000);
});
