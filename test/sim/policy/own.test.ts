/**
 * Own policies: what they hold, what they can do and how often, and that their draws are theirs alone.
 */
import { describe, expect, test } from 'vitest';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { outcomes, reasonNumber } from '../../../sim/exchange/reasons.ts';
import { intentsPerAgentMax } from '../../../sim/exchange/tables.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { codeOf, openWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import type { Model } from '../../../sim/exchange/ports.ts';
import type { Hand, OwnPolicy } from '../../../sim/policy/own.ts';
import type { Plan } from '../../../sim/engine/plan.ts';

const model: Model = {
  ask: (requests) =>
    Promise.resolve(requests.map(({ question }) => ({ status: 'answered', answer: [question[0] * 10] }))),
};

/** A world of agents that all wake in every tick and follow one another, under one own policy. */
function worldOf(policy: OwnPolicy, agents = 4, changes: Partial<Plan> = {}) {
  const everybody = Array.from({ length: agents }, (_, i) => i);
  const population = tinyPopulation(
    everybody.map((i) => (agents > 20 ? [] : everybody.filter((j) => j !== i))),
    1e7,
  );
  const plan = smallPlan({ policies: [{ kind: 'own', name: 'own' }], ...changes });
  return openWorld({ code: codeOf({ policies: { own: policy } }), plan, population }, () => 0, model);
}

describe('own policies', () => {
  test('act: an agent’s attempts end at the limit and carry numbers from 0 on', async () => {
    const record = await worldOf(
      {
        decide(hand) {
          for (let k = 0; k < intentsPerAgentMax + 20; k++) hand.act('nothing');
        },
      },
      3,
    ).step();
    expect(record.intentCount).toBe(3 * intentsPerAgentMax);
    expect([...record.sequence]).toEqual(
      [0, 1, 2].flatMap(() => Array.from({ length: intentsPerAgentMax }, (_, k) => k)),
    );
  });

  test('act: when everybody attempts as often as it can, none stays pending and the last is refused with LIMIT_REACHED', async () => {
    const record = await worldOf(
      {
        decide(hand) {
          for (let k = 0; k < intentsPerAgentMax; k++) hand.act('nothing');
        },
      },
      200,
    ).step();
    expect(record.intentCount).toBe(200 * intentsPerAgentMax);
    expect(record.totals.granted).toBe(200 * (intentsPerAgentMax - 1));
    record.outcome.forEach((outcome, i) => {
      const isLast = record.sequence[i] === intentsPerAgentMax - 1;
      expect([outcome, record.reason[i]]).toEqual(
        isLast ? [outcomes.refused, reasonNumber.LIMIT_REACHED] : [outcomes.granted, 0],
      );
    });
  });

  test('draw: is keyed by seed, agent, tick and index, and by nothing else', async () => {
    const drawn: { tick: number; ordinal: number; index: number; value: number }[] = [];
    const world = worldOf({
      decide(hand) {
        for (const index of [0, 7, 65_535]) {
          const { now, agents } = hand.state;
          drawn.push({ tick: now.tick, ordinal: agents.ordinal[hand.agent], index, value: hand.draw(index) });
        }
      },
    });
    for (let tick = 0; tick < 3; tick++) await world.step();
    const { keyLo, keyHi } = world.simulation.population;
    expect(drawn.length).toBe(3 * 3 * 4);
    for (const { tick, ordinal, index, value } of drawn) {
      expect(value).toBe(draw(7, tick, { lo: keyLo[ordinal], hi: keyHi[ordinal] }, purposes.own, index));
    }
  });

  test('hand: shows the feed that was recorded, the agent’s attributes, and no attribute that does not exist', async () => {
    const looks: unknown[] = [];
    const world = worldOf(
      {
        decide(hand) {
          hand.act('post');
          looks.push(...hand.items.map(({ post, shareCount }) => ({ post, shareCount })));
          expect(hand.attribute('goods')).toBe(5);
          expect(() => hand.attribute('bads')).toThrow(InvariantError);
        },
      },
      3,
      { attributes: [{ name: 'goods', initial: 5 }] },
    );
    await world.step();
    const { seen } = await world.step();
    expect(looks).toEqual(Array.from(seen.post, (post) => ({ post, shareCount: 0 })));
    expect(looks.length).toBe(6);
  });
});

describe('policies that ask', () => {
  test('settle: gets each answer to what this agent asked, in turn, and acts in one sequence', async () => {
    const got: string[] = [];
    const world = worldOf({
      ask(hand) {
        const ordinal = hand.state.agents.ordinal[hand.agent];
        for (let k = 0; k < ordinal; k++) hand.request([100 * ordinal + k]);
      },
      settle(hand, answer) {
        got.push(`${hand.state.agents.ordinal[hand.agent]}:${String(answer?.[0])}`);
        hand.act('nothing');
      },
    });
    const record = await world.step();
    expect(got.sort()).toEqual(['1:1000', '2:2000', '2:2010', '3:3000', '3:3010', '3:3020']);
    expect([...record.actor]).toEqual([1, 2, 2, 3, 3, 3]);
    expect([...record.sequence]).toEqual([0, 0, 1, 0, 1, 2]);
    expect(record.answers.length).toBe(6 * 7);
  });

  test('settle: gets undefined where the model failed', async () => {
    const got: unknown[] = [];
    const own: OwnPolicy = {
      ask: (hand) => {
        hand.request([1]);
      },
      settle: (_hand, answer) => void got.push(answer),
    };
    const population = tinyPopulation([[], []], 1e7);
    const plan = smallPlan({ policies: [{ kind: 'own', name: 'own' }] });
    const failing: Model = { ask: (requests) => Promise.resolve(requests.map(() => ({ status: 'failed' }))) };
    await openWorld({ code: codeOf({ policies: { own } }), plan, population }, () => 0, failing).step();
    expect(got).toEqual([undefined, undefined]);
  });

  const misuses: readonly (readonly [string, (hand: Hand) => void, 'ask' | 'decide'])[] = [
    [
      'acts in ask',
      (hand) => {
        hand.act('post');
      },
      'ask',
    ],
    [
      'asks in decide',
      (hand) => {
        hand.request([1]);
      },
      'decide',
    ],
  ];
  test.each(misuses)(
    'hand: a policy that %s is stopped, for its attempts would not stand together',
    async (_name, misuse, half) => {
      await expect(worldOf({ [half]: misuse, settle: () => undefined }).step()).rejects.toThrow(InvariantError);
    },
  );

  test('request: more requests than the table holds are refused loudly', async () => {
    const world = worldOf(
      {
        ask(hand) {
          for (let k = 0; k < 2000; k++) hand.request([k]);
        },
      },
      2,
    );
    await expect(world.step()).rejects.toThrow(/table of requests is full/);
  });
});
