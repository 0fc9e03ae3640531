/**
 * What takes two, places, availability and appeals at random, thousands of acts: equal to the oracle on objects, ruling by ruling and
 * entry by entry, conserved at every tick, and one record for any number of shards, layout and order of shards.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { outcomeName, reasonName } from '../../../../sim/exchange/reasons.ts';
import { isRanked, verbs } from '../../../../sim/exchange/verbs.ts';
import { postRow } from '../../../../sim/world/posts.ts';
import { randomStream } from '../../../../sim/ground/philox.ts';
import { createOracle, oracleTick } from './two-sided-oracle.ts';
import { agentCount, ledgerState, oracleLedger, twoSidedPlan, twoSidedWorld } from './two-sided-world.ts';
import { groundsOf } from './two-sided-stage.ts';
import type { Placement, Plan } from '../../../../sim/engine/plan.ts';
import type { BuiltInVerb } from '../../../../sim/exchange/verbs.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';

function rulingsOf({ outcome, reason, result, verb }: TickRecord): (string | undefined)[] {
  return Array.from(verb, (one, i) =>
    isRanked(one) ? `${outcomeName(outcome[i])} ${reasonName(reason[i])} ${result[i]}` : undefined,
  );
}

interface Tally {
  /** How often each outcome and reason was given, and each verb granted. */
  readonly said: ReadonlyMap<string, number>;
  readonly granted: ReadonlyMap<string, number>;
}

/** Runs a world beside its oracle. */
async function runBoth(plan: Plan, placement: Partial<Placement>, ticks: number): Promise<Tally> {
  const stream = randomStream(plan.seed, 1000);
  const world = twoSidedWorld(plan, placement, (count) => stream.below(count));
  const { grounds, conduct, tickSeconds, seed } = plan;
  if (grounds === undefined) throw new RangeError('the plan has no grounds');
  const { population } = world.simulation;
  const oracle = createOracle({ grounds, moderation: conduct.moderation, tickSeconds, population, seed });
  const said = new Map<string, number>();
  const granted = new Map<string, number>();
  for (let tick = 0; tick < ticks; tick++) {
    const record = await world.step();
    const wanted = oracleTick(oracle, record);
    const got = rulingsOf(record);
    const first = got.findIndex((one, i) => one !== wanted[i]);
    if (first >= 0) expect({ tick, first, ...actOf(record, first), got: got[first] }).toEqual({ got: wanted[first] });
    got.forEach((one, i) => {
      if (one === undefined) return;
      const [outcome, reason] = one.split(' ');
      count(said, `${outcome} ${reason}`);
      if (outcome === 'granted') count(granted, nameOf(record.verb[i]));
    });
    const [engine, naive] = [ledgerState(world, tick + 1), oracleLedger(oracle)];
    if (!isDeepStrictEqual(engine, naive)) expect({ tick, ...engine }).toEqual({ tick, ...naive });
    expectConserved(
      engine,
      grounds.goods.map(({ initial }) => initial),
      tick,
    );
  }
  for (const [id, { marks }] of oracle.posts) {
    const { posts } = world.state;
    const bits = [...marks].reduce((sum, mark) => sum + mark, 0);
    expect({ id, standing: posts.standing[postRow(posts, id)] }).toEqual({ id, standing: bits });
  }
  return { said, granted };
}

function nameOf(verb: number): string {
  return Object.keys(verbs).find((name) => verbs[name as BuiltInVerb] === verb) ?? '';
}

function actOf({ actor, verb, target, amount }: TickRecord, i: number) {
  return { actor: actor[i], verb: verb[i], target: target[i], amount: amount[i] };
}

function count(said: Map<string, number>, word: string): void {
  said.set(word, (said.get(word) ?? 0) + 1);
}

function expectConserved(
  { agents, platform }: ReturnType<typeof ledgerState>,
  initial: readonly number[],
  tick: number,
): void {
  initial.forEach((units, good) => {
    const sum = agents.reduce((total, agent) => total + agent.units[good], 0);
    const least = Math.min(...agents.map((agent) => agent.units[good]));
    expect({ tick, good, sum: sum + platform[good], isOwed: least < 0 }).toEqual({
      ...{ tick, good, sum: units * agentCount, isOwed: false },
    });
  });
}

const placements: readonly Partial<Placement>[] = [
  { workers: 1, layout: 'key' },
  { workers: 2, layout: 'degree' },
  { workers: 3, layout: 'scrambled', mergeTicks: 1 },
];

describe('equal to the oracle', () => {
  test.each(placements)('$workers shards, $layout layout: 40 ticks, every reason', async (placement) => {
    const { said, granted } = await runBoth(twoSidedPlan(501), placement, 40);
    expect([...said.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(4000);
    const wanted = [
      ...['granted OK', 'partial REQUESTED', 'refused ALREADY_REQUESTED', 'refused ALREADY_FRIENDS'],
      ...['refused NOT_FRIENDS', 'refused FUNDS_SHORT', 'refused GOODS_SHORT', 'refused ARGUMENT_INVALID'],
      ...['refused AMOUNT_RANGE', 'refused PRICE_RANGE', 'refused AGENT_UNKNOWN', 'refused BLOCKED', 'refused LEFT'],
      ...['refused BUSY', 'refused PLACE_FULL', 'refused ALREADY_HERE', 'refused TARGET_UNKNOWN'],
      ...['refused NOTHING_TO_APPEAL', 'refused ALREADY_APPEALED', 'refused APPEAL_DENIED'],
    ];
    expect(wanted.filter((word) => !said.has(word))).toEqual([]);
    const ranked = ['befriend', 'unfriend', 'trade', 'play', 'move', 'rest', 'quit', 'appeal'];
    expect(ranked.filter((name) => (granted.get(name) ?? 0) < 3)).toEqual([]);
  });

  test('where both must be at one place', async () => {
    const plan = twoSidedPlan(502, { grounds: groundsOf({ requestTicks: 6, presence: true }) });
    const { said } = await runBoth(plan, { workers: 2, layout: 'scrambled' }, 30);
    expect(said.get('refused NOT_PRESENT') ?? 0).toBeGreaterThan(100);
    expect(said.get('partial REQUESTED') ?? 0).toBeGreaterThan(20);
  });
});

test('one record and one root of the state for 1, 2 and 3 shards, any layout, and any order in which shards take a phase', async () => {
  const rows: string[] = [];
  for (const placement of placements) {
    const stream = randomStream(placement.workers ?? 1, 1000);
    const world = twoSidedWorld(twoSidedPlan(503), placement, (waiting) => stream.below(waiting));
    const words: string[] = [];
    for (let tick = 0; tick < 12; tick++) {
      const record = await world.step();
      words.push([record.actor, record.verb, record.target, record.outcome, record.reason, record.result].join('|'));
    }
    rows.push([...words, JSON.stringify(ledgerState(world, 12)), world.root()].join('\n'));
  }
  expect(new Set(rows).size).toBe(1);
});
