/**
 * The record of a tick against intents sorted as objects: the canonical order, addresses as ordinals, and the sample of exposures.
 */
import { describe, expect, test } from 'vitest';
import { counts, requestWords } from '../../../sim/exchange/tables.ts';
import { collectTick, createCollector } from '../../../sim/engine/collect.ts';
import { encodeDecided, encodeSeen } from '../../../sim/record/chunk.ts';
import { postRow, topicOfPost } from '../../../sim/world/posts.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { codeOf, livelyRules, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { IntentRow, PerceptRow } from '../../../sim/exchange/tables.ts';
import type { Model } from '../../../sim/exchange/ports.ts';
import type { OwnPolicy } from '../../../sim/policy/own.ts';
import type { OpenWorld } from '../worlds.ts';

const asker: OwnPolicy = {
  ask(hand) {
    for (let k = 0; k < 3; k++) if (hand.draw(k) < 0.5) hand.request([Math.floor(hand.draw(9 + k) * 5), k, -k]);
  },
  settle(hand, answer) {
    if (answer === undefined) hand.act('post');
    else for (const item of hand.items.slice(0, 1 + answer[0])) hand.act('like', item.post);
  },
};

const model: Model = {
  ask: (requests) =>
    Promise.resolve(
      requests.map(({ question }) =>
        question[0] === 3 ? { status: 'failed' } : { status: 'answered', answer: [question[0], 7, -8] },
      ),
    ),
};

function mixedWorld(workers: number, layout: 'key' | 'degree' | 'scrambled'): OpenWorld {
  const population = smallPopulation({ agents: 160, wakesPerDayMean: 40 });
  const order = {
    code: codeOf({ policies: { asker } }),
    plan: smallPlan({
      policies: [
        { kind: 'rules', parameters: livelyRules },
        { kind: 'own', name: 'asker' },
      ],
      postCapacity: 1 << 14,
    }),
    population: { ...population, policy: population.policy.map((_, i) => i % 2) },
    placement: { workers, layout },
  } as const;
  return openWorld(order, () => 0, model);
}

/** Intents as objects, sorted by actor; an agent's own order is that of its shard's table. */
function intentsNaively({ shards, state }: OpenWorld) {
  const { ordinal } = state.agents;
  const all = shards.flatMap(({ tables: { intents, count } }) =>
    Array.from({ length: count[counts.intents] }, (_, at) => {
      const row = at as IntentRow;
      const isTie = intents.verb[row] === verbs.follow || intents.verb[row] === verbs.unfollow;
      const result = intents.result[row];
      return {
        ...{ actor: ordinal[intents.actor[row] as AgentRow], sequence: intents.sequence[row], verb: intents.verb[row] },
        target: isTie ? ordinal[intents.target[row] as AgentRow] : intents.target[row],
        ...{ outcome: intents.outcome[row], reason: intents.reason[row], rule: intents.rule[row], result },
        topic: result > 0 ? topicOfPost(state.posts.face, postRow(state.posts, result)) : 0,
      };
    }),
  );
  return all.sort((x, y) => x.actor - y.actor || x.sequence - y.sequence);
}

function seenNaively({ shards, state }: OpenWorld) {
  const all = shards.flatMap(({ tables: { percepts, items, count } }) =>
    Array.from({ length: count[counts.percepts] }, (_, p) => p as PerceptRow).flatMap((percept) =>
      Array.from({ length: percepts.itemCount[percept] }, (_, position) => {
        const at = percept * state.sizes.feedLength + position;
        const { post, origin, source } = items as unknown as Record<string, Int32Array>;
        const agent = state.agents.ordinal[percepts.agent[percept] as AgentRow];
        return { agent, position, post: post[at], origin: origin[at], source: source[at] };
      }),
    ),
  );
  return all.sort((x, y) => x.agent - y.agent || x.position - y.position);
}

describe('collectTick', () => {
  test.each([
    [1, 'key'],
    [3, 'scrambled'],
    [4, 'degree'],
  ] as const)(
    'collectTick: intents, answers and exposures stand as sorted objects do (%i shards, %s)',
    async (workers, layout) => {
      const world = mixedWorld(workers, layout);
      let [intents, answers] = [0, 0];
      for (let tick = 0; tick < 10; tick++) {
        const record = await world.step();
        const names = ['actor', 'sequence', 'verb', 'target', 'outcome', 'reason', 'rule', 'result', 'topic'] as const;
        const rows = Array.from({ length: record.intentCount }, (_, i) =>
          Object.fromEntries(names.map((name) => [name, record[name][i]])),
        );
        expect(rows).toEqual(intentsNaively(world));
        const { seen } = record;
        const exposures = Array.from(seen.agent, (agent, i) => ({
          agent,
          position: seen.position[i],
          post: seen.post[i],
          origin: seen.origin[i],
          source: seen.source[i],
        }));
        expect(exposures).toEqual(seenNaively(world));
        expect(record.totals.exposures).toBe(exposures.length);
        const asked = Array.from({ length: record.answers.length / (3 + requestWords) }, (_, i) =>
          record.answers.subarray(i * 7, i * 7 + 7),
        );
        const places = asked.map(([agent, sequence]) => agent * 256 + sequence);
        expect(places).toEqual([...places].sort((x, y) => x - y));
        for (const [, , status, ...words] of asked)
          expect(status === 2 ? [0, 0, 0, 0] : [words[0], 7, -8, 0]).toEqual(words);
        intents += rows.length;
        answers += asked.length;
      }
      expect(intents).toBeGreaterThan(1000);
      expect(answers).toBeGreaterThan(300);
    },
  );

  test('collectTick: a sample holds the same agents for every layout, all of what they saw, and about its share of them', async () => {
    const sampled: string[] = [];
    for (const layout of ['key', 'scrambled'] as const) {
      const world = mixedWorld(2, layout);
      const collector = createCollector(world.state, world.shards[0].book, 0.4);
      const agents = new Set<number>();
      for (let tick = 0; tick < 8; tick++) {
        const full = await world.step();
        const { seen, totals } = collectTick(collector, world.shards[0].all, tick);
        expect(totals).toEqual(full.totals);
        for (const agent of seen.agent) agents.add(agent);
        const kept = Array.from(full.seen.agent, (agent, i) => ({ agent, i })).filter(({ agent }) => agents.has(agent));
        expect([...seen.post]).toEqual(kept.map(({ i }) => full.seen.post[i]));
      }
      sampled.push([...agents].sort((x, y) => x - y).join());
      // 160 agents at 0.4: 64, and five binomial standard deviations of 6.2.
      expect(Math.abs(agents.size - 64)).toBeLessThan(31);
    }
    expect(sampled[1]).toBe(sampled[0]);
  });

  test('collectTick: a record in memory that is used again is that of new memory, and so is what it is encoded to', async () => {
    const world = mixedWorld(2, 'key');
    const [fresh, reused] = [false, true].map((isReused) =>
      createCollector(world.state, world.shards[0].book, 0.4, isReused),
    );
    const room = { bytes: new Uint8Array(0) };
    for (let tick = 0; tick < 12; tick++) {
      await world.step();
      const expected = collectTick(fresh, world.shards[0].all, tick);
      const record = collectTick(reused, world.shards[0].all, tick);
      expect(record).toEqual(expected);
      expect(Buffer.compare(encodeDecided(record, room), encodeDecided(expected))).toBe(0);
      expect(Buffer.compare(encodeSeen(record.seen, room), encodeSeen(expected.seen))).toBe(0);
    }
  });
});
