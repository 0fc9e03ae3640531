/**
 * Time and chance are taken away from own code during a tick, and given back after it, whatever the code does about the error.
 */
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { guarded } from '../../../sim/engine/guard.ts';
import { realFunctions, temptations } from '../../fixtures/temptations.ts';
import { codeOf, runWorld, smallPlan, tinyPopulation } from '../worlds.ts';

describe('guarded', () => {
  test.each(temptations)(
    'guarded: %s throws an InvariantError that names it, and works again afterwards',
    (name, call) => {
      const before = realFunctions();
      expect(() => guarded(call)).toThrow(InvariantError);
      expect(() => guarded(call)).toThrow(new RegExp(`^${name.replace('.', '\\.')} was called during a tick`));
      expect(realFunctions()).toEqual(before);
      const timer = call();
      if (name.startsWith('set')) clearInterval(timer as number);
    },
  );

  test.each(temptations)('guarded: a step that swallows the error of %s does not get away with it', (_name, call) => {
    const swallowing = (): string => {
      try {
        call();
      } catch {
        return 'swallowed';
      }
      return 'allowed';
    };
    const before = realFunctions();
    expect(() => guarded(swallowing)).toThrow(InvariantError);
    expect(realFunctions()).toEqual(before);
    expect(guarded(() => 'the next step is not blamed')).toBe('the next step is not blamed');
  });

  test('guarded: gives back what it took when a step throws anything, and hands its result on when it does not', () => {
    const before = realFunctions();
    expect(() =>
      guarded(() => {
        throw new RangeError('mine');
      }),
    ).toThrow(RangeError);
    expect(realFunctions()).toEqual(before);
    expect(guarded(() => 42)).toBe(42);
    expect(realFunctions()).toEqual(before);
  });
});

describe('own code that asks for time or chance', () => {
  const population = tinyPopulation([[1], [2], [0]], 1e7);

  test.each(temptations)('simulate: %s in a policy ends the run with tick, seed and agent', async (name, call) => {
    const before = realFunctions();
    const policy = {
      decide: (hand: { state: { now: { tick: number } } }) => {
        if (hand.state.now.tick === 2) call();
      },
    };
    const plan = smallPlan({ policies: [{ kind: 'own', name: 'policy' }] });
    const error = await runWorld({ plan, population, code: codeOf({ policies: { policy } }) }).catch(
      (one: unknown) => one,
    );
    expect(error).toBeInstanceOf(InvariantError);
    expect((error as InvariantError).message).toMatch(new RegExp(`${name}.*seed 7, tick 2, shard 0, agent a[012]`));
    expect(realFunctions()).toEqual(before);
  });

  test('simulate: a recommender and a verb’s condition are guarded like a policy', async () => {
    const tempted = temptations[0][1] as () => number;
    const verb = {
      target: 'none',
      conflict: 'none',
      refuse: () => (tempted() < 2 ? undefined : 'RULE_REFUSED'),
      effects: [],
    } as const;
    const policy = {
      decide: (hand: { act(verb: string): void }) => {
        hand.act('verb');
      },
    };
    const plan = smallPlan({ policies: [{ kind: 'own', name: 'policy' }] });
    await expect(
      runWorld({ plan, population, code: codeOf({ policies: { policy }, verbs: { verb } }) }),
    ).rejects.toThrow(/Math\.random/);
    const feed = { ...plan.feed, recommender: { own: 'recommender' } };
    await expect(
      runWorld({ plan: smallPlan({ feed }), population, code: codeOf({ recommenders: { recommender: tempted } }) }),
    ).rejects.toThrow(/Math\.random/);
  });
});
