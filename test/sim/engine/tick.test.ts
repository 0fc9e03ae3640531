/**
 * The whole tick: the same chain of digests for any number of shards, any layout, any merge interval, any order of arrival.
 *
 * Many worlds are driven by hand in this thread, where shards take each phase in a random order; some run in real workers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../sim/ground/philox.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { encodeDecided, encodeSeen } from '../../../sim/record/chunk.ts';
import { sha256 } from '../../../sim/record/genesis.ts';
import { scenario } from '../../fixtures/own-code.ts';
import { livelyRules, openWorld, runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { Model, ModelAnswer } from '../../../sim/exchange/ports.ts';
import type { Placement, Plan } from '../../../sim/engine/plan.ts';
import type { WorldOrder } from '../worlds.ts';

const layouts = ['degree', 'key', 'scrambled'] as const;
const merges = [1, 7, 24, 1000];
const recommenders = ['recency', 'hot', 'interest', 'mix', 'none'] as const;
const population = smallPopulation({ agents: 130, wakesPerDayMean: 30 });
const quieter = { ...livelyRules, intercept: -3 };

/** Posts, attributes and ties move on so fast that the window is left behind within the run. */
function planFor(recommender: Plan['feed']['recommender'], changes: Partial<Plan> = {}): Plan {
  const { feed } = smallPlan();
  const attributes = [
    { name: 'goods', initial: 3 },
    { name: 'helped', initial: 0 },
  ];
  const plan = smallPlan({
    ticks: 18,
    feed: { ...feed, recommender },
    policies: [{ kind: 'rules', parameters: quieter }],
    postCapacity: 1024,
  });
  return { ...plan, attributes, ...changes };
}

function ownPlan(policy: string, changes: Partial<Plan> = {}): Plan {
  return planFor(
    { own: 'odd' },
    {
      policies: [{ kind: 'own', name: policy }],
      ...(scenario.module === undefined ? {} : { module: scenario.module }),
      ...changes,
    },
  );
}

/** Answers at once: a function of the question alone, one in six fails. */
function answerTo(question: readonly number[]): ModelAnswer {
  return question[0] === 5 ? { status: 'failed' } : { status: 'answered', answer: [question[0] * 7 + question[1]] };
}
const prompt: Model = { ask: (requests) => Promise.resolve(requests.map(({ question }) => answerTo(question))) };

/** A digest of all records and of the last state of a hand-driven world. */
async function digestByHand(order: WorldOrder, seed: number): Promise<string> {
  const stream = randomStream(seed, 1003);
  const world = openWorld(order, (count) => stream.below(count), prompt);
  const parts: Uint8Array[] = [];
  for (let tick = 0; tick < world.simulation.plan.ticks; tick++) {
    const record = await world.step();
    parts.push(encodeDecided(record), encodeSeen(record.seen));
  }
  return hexOf(sha256(Buffer.concat([...parts, Buffer.from(world.root())])));
}

function placements(): Placement[] {
  return [1, 2, 3, 4].flatMap((workers) =>
    layouts.flatMap((layout) => merges.map((mergeTicks) => ({ workers, layout, mergeTicks }))),
  );
}

describe('shards that take turns in any order', () => {
  test.each(recommenders)(
    'tick: the feed %s gives one digest for 1 to 4 shards, three layouts and four merge intervals',
    async (recommender) => {
      const digests = new Map<string, string>();
      // All 48 placements for the feed that uses everything, a third of them for the others.
      const some = placements().filter(
        (_, i) => recommender === 'mix' || i % 3 === recommenders.indexOf(recommender) % 3,
      );
      for (const [i, placement] of some.entries()) {
        digests.set(
          await digestByHand({ plan: planFor(recommender), population, placement }, i),
          JSON.stringify(placement),
        );
      }
      expect([...digests.values()]).toHaveLength(1);
    },
  );

  test.each(['lively', 'asking'])(
    'tick: own code (%s) with its recommender and verbs gives one digest for any placement',
    async (policy) => {
      const digests = new Map<string, string>();
      for (const [i, placement] of placements()
        .filter((_, i) => i % 4 === 1)
        .entries()) {
        digests.set(
          await digestByHand({ plan: ownPlan(policy), population, placement, code: scenario }, i),
          JSON.stringify(placement),
        );
      }
      expect([...digests.values()]).toHaveLength(1);
    },
  );

  test('tick: more shards than blocks of agents, so that some own nobody, change nothing', async () => {
    const few = smallPopulation({ agents: 40, wakesPerDayMean: 40 });
    const digests = new Set<string>();
    for (const workers of [1, 2, 5, 8])
      digests.add(await digestByHand({ plan: planFor('mix'), population: few, placement: { workers } }, workers));
    expect(digests.size).toBe(1);
  });

  test('tick: interventions of the same agents in one tick change nothing with the shards (they once did)', async () => {
    const acts = ['a1', 'a77', 'a1', 'a120', 'a77', 'a1'].map((agent) => ({ tick: 3, agent, verb: 'post' as const }));
    const digests = new Set<string>();
    for (const workers of [1, 2, 3, 4]) {
      digests.add(
        await digestByHand(
          { plan: planFor('hot', { interventions: acts }), population, placement: { workers, layout: 'key' } },
          workers,
        ),
      );
    }
    expect(digests.size).toBe(1);
  });

  test('tick: an exclusive verb without a target has the same places for any number of shards (it once had them in each)', async () => {
    const grab = { target: 'none', conflict: 'exclusive', places: 2, effects: [] } as const;
    const code = {
      policies: {
        all: {
          decide: (hand: { act(verb: string): void }) => {
            hand.act('grab');
          },
        },
      },
      recommenders: {},
      verbs: { grab },
    };
    const digests = new Set<string>();
    for (const workers of [1, 2, 3, 4]) {
      const plan = planFor('none', { policies: [{ kind: 'own', name: 'all' }], ticks: 6 });
      digests.add(await digestByHand({ plan, population, code, placement: { workers, layout: 'scrambled' } }, workers));
    }
    expect(digests.size).toBe(1);
  });
});

describe('what must show', () => {
  test('tick: another seed, another parameter, another population and another memory give other digests', async () => {
    const base = planFor('mix', { ticks: 6 });
    const variants: WorldOrder[] = [
      { plan: base, population },
      { plan: { ...base, seed: 8 }, population },
      { plan: { ...base, memoryLength: 7 }, population },
      { plan: { ...base, tickSeconds: 1799 }, population },
      { plan: { ...base, startHour: 9 }, population },
      { plan: { ...base, policies: [{ kind: 'rules', parameters: { ...quieter, likeRatio: 0.41 } }] }, population },
      { plan: { ...base, allowedVerbs: base.allowedVerbs.slice(1) }, population },
      { plan: base, population: smallPopulation({ agents: 130, wakesPerDayMean: 30, seed: 8 }) },
      { plan: base, population: smallPopulation({ agents: 131, wakesPerDayMean: 30 }) },
    ];
    const digests = await Promise.all(variants.map(async (order) => (await runWorld(order)).digest));
    expect(new Set(digests).size).toBe(variants.length);
  });

  test('simulate: the address of the module and the number of planned ticks do not enter the first link', async () => {
    const short = await runWorld({ plan: planFor('mix', { ticks: 4 }), population });
    const stopper = new AbortController();
    const long = await runWorld({
      plan: planFor('mix', { ticks: 40 }),
      population,
      signal: stopper.signal,
      observer: {
        onTick: ({ tick }) => {
          if (tick === 3) stopper.abort();
        },
      },
    });
    expect(long.ticks).toBe(3);
    expect(long.records.map((record) => encodeDecided(record))).toEqual(
      short.records.slice(0, 3).map((record) => encodeDecided(record)),
    );
  });
});

describe('shards in workers', () => {
  const threaded: readonly Placement[] = [
    { workers: 2, layout: 'key', mergeTicks: 1 },
    { workers: 3, layout: 'scrambled', mergeTicks: 1000 },
    { workers: 4, layout: 'degree', mergeTicks: 24 },
  ];

  test.each(recommenders)('simulate: the feed %s gives the digest of one shard in workers too', async (recommender) => {
    const order = { plan: planFor(recommender), population };
    const one = await runWorld(order);
    expect(one.records.reduce((sum, { intentCount }) => sum + intentCount, 0)).toBeGreaterThan(100);
    // All three placements for the feed that uses everything, one each for the others.
    const some = threaded.filter((_, i) => recommender === 'mix' || i === recommenders.indexOf(recommender) % 3);
    for (const placement of some) expect(await runWorld({ ...order, placement })).toEqual(one);
  });

  test('simulate: delays in own code that differ from shard to shard change no digest, nor does a slow recorder', async () => {
    const plan = ownPlan('dawdling');
    const one = await runWorld({ plan: ownPlan('lively'), population, code: scenario });
    for (const placement of threaded) {
      const slow = await runWorld({ plan, population, code: scenario, placement });
      expect(slow.records).toEqual(one.records);
      expect(slow.roots).toEqual(one.roots);
    }
    const links: string[] = [];
    const late = {
      async record(_record: unknown, _bytes: unknown, _root: unknown, link: Uint8Array) {
        await sleep(links.length % 3);
        links.push(hexOf(link));
      },
    };
    await runWorld({ plan, population, code: scenario, placement: { workers: 3 }, recorder: late });
    expect(links.at(-1)).toBe((await runWorld({ plan, population, code: scenario })).digest);
  });

  test('simulate: a model that answers late and out of order changes no digest', async () => {
    const stream = randomStream(1, 1004);
    let calls = 0;
    const late: Model = {
      async ask(requests) {
        calls += requests.length;
        expect(new Set(requests.map(({ question }) => question.join())).size).toBe(requests.length);
        const answers: ModelAnswer[] = [];
        await Promise.all(
          requests.map(async ({ question }, i) => {
            await sleep(stream.below(4));
            answers[i] = answerTo(question);
          }),
        );
        return answers;
      },
    };
    const plan = ownPlan('asking', { ticks: 10 });
    const one = await runWorld({ plan, population, code: scenario, model: prompt });
    expect(one.records.reduce((sum, { answers }) => sum + answers.length, 0)).toBeGreaterThan(calls);
    for (const workers of [1, 2, 3]) {
      expect(await runWorld({ plan, population, code: scenario, model: late, placement: { workers } })).toEqual(one);
    }
    expect(calls).toBeGreaterThan(100);
  });

  test('simulate: roots of two ticks in a row are each their own, while this thread lags behind (they once shared buckets)', async () => {
    // Hour 10 has no wakings: tick 100 is nothing but a root, while tick 99 leaves this thread much to read.
    const hours = Float64Array.from({ length: 48 }, (_, hour) => (hour % 24 === 10 ? 0 : 1 / 23));
    const busy = { ...smallPopulation({ agents: 500, wakesPerDayMean: 5000 }), profileShares: hours };
    const plan = ownPlan('bursting', {
      ticks: 101,
      startHour: 8,
      feed: { ...smallPlan().feed, recommender: 'none' },
    });
    const order = { plan, population: busy, code: scenario };
    const one = await runWorld(order);
    expect(one.records.slice(99).map(({ intentCount }) => intentCount)).toEqual([32_000, 0]);
    expect(one.roots.filter((root) => root !== '').length).toBe(2);
    for (let times = 0; times < 2; times++) {
      expect((await runWorld({ ...order, placement: { workers: 2 } })).roots).toEqual(one.roots);
    }
  });
});
