/** Forms of an intervention, and pairs of worlds: what is drawn, what is refused, what is claimed. */
import { describe, expect, test } from 'vitest';
import { comparePaired } from '../../scenarios/command/compare-paired.ts';
import { interveneOf } from '../../scenarios/command/fork-forms.ts';
import type { Assignment, Dealing } from '../../scenarios/command/treatment.ts';

const context = {
  ...{ at: 7, seed: 3, agents: 100, idOf: (agent: number) => `agent-${agent}` },
  assign: ({ form, by, at }: Dealing): Assignment => ({
    ...{ format: 1, form, by, at },
    units: [
      { name: 'one', isTreated: true, members: [1, 2] },
      { name: 'two', isTreated: false, members: [3] },
    ],
  }),
};

describe('interveneOf', () => {
  test('bots are drawn from the run’s seed: the share that was asked for, the same again, others for another form', () => {
    const bots = interveneOf('bots:share=0.1,every=4,appeal=1.5', context, 0);
    expect(bots.drawn).toHaveLength(10);
    expect(new Set(bots.drawn).size).toBe(10);
    expect(bots.interventions[0]).toEqual({ tick: 7, everyTicks: 4, agent: bots.drawn[0], verb: 'post', appeal: 1.5 });
    expect(interveneOf('bots:share=0.1,every=4,appeal=1.5', context, 0)).toEqual(bots);
    expect(interveneOf('bots:share=0.1,every=4,appeal=1.5', context, 1).drawn).not.toEqual(bots.drawn);
  });

  test('a wave of bans spares who bans, and a feed is a setting', () => {
    const { interventions } = interveneOf('ban-wave:by=agent-5,share=1,hours=6', context, 0);
    expect(interventions).toHaveLength(99);
    expect(interventions[0]).toMatchObject({ agent: 'agent-5', verb: 'ban', target: 'agent-0', amount: 6 });
    expect(interveneOf('feed:recommender=random', context, 0).set).toEqual(['feed.recommender=random']);
  });

  test('a treatment of a community makes all of its agents act, one of posts has an agent of its own for each', () => {
    const rest = interveneOf('treat:by=community,share=0.5,verb=rest,amount=3', context, 0);
    expect(rest.interventions).toEqual([
      { tick: 7, agent: 'agent-1', verb: 'rest', amount: 3 },
      { tick: 7, agent: 'agent-2', verb: 'rest', amount: 3 },
    ]);
    const { interventions } = interveneOf('treat:by=post,share=0.5,verb=like', context, 0);
    expect(interventions).toMatchObject([{ post: 1 }, { post: 2 }]);
    expect(new Set(interventions.map((one) => (one as { agent: string }).agent)).size).toBe(2);
  });

  test.each([
    ['treat:by=street,share=0.5,verb=rest', /none of agent, post, community, world/],
    ['treat:by=agent,of=topic,share=0.5,verb=rest', /of= is of by=community/],
    ['storm:share=1', /not a form/],
    ['bots:share=0.1', /lacks every/],
    ['shock:agent=a,colour=red', /no "colour"/],
    ['treat:share=2,verb=rest', /share must lie/],
  ])('%s is refused', (text, words) => {
    expect(() => interveneOf(text, context, 0)).toThrow(words);
  });
});

describe('comparePaired', () => {
  const arm = (name: string, seeds: number[], m: number[]) => ({ name, seeds, values: { m } });

  test('pairs worlds by seed, whatever their order, and leaves out seeds that one arm lacks', () => {
    const [effect] = comparePaired(arm('a', [1, 2, 3, 9], [10, 20, 30, 0]), arm('b', [3, 1, 2], [31, 11.5, 22]), ['m']);
    expect(effect).toMatchObject({ pairs: 3, signShare: 1, claim: 'higher' });
    expect(effect.difference).toBeCloseTo(1.5, 12);
  });

  test('one pair has a difference and no claim', () => {
    const [effect] = comparePaired(arm('a', [1], [10]), arm('b', [1], [12]), ['m']);
    expect(effect).toMatchObject({ pairs: 1, difference: 2, interval: null, pValue: null, claim: null });
  });
});
