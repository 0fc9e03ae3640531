/** Forms of an intervention, and pairs of worlds: what is drawn, what is refused, what is claimed. */
import { describe, expect, test } from 'vitest';
import { comparePaired } from '../../scenarios/command/compare-paired.ts';
import { interveneOf } from '../../scenarios/command/fork-forms.ts';

const context = { at: 7, seed: 3, agents: 100, idOf: (agent: number) => `agent-${agent}` };

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

  test.each([
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
