/**
 * Who settled attempts in free words, against a run in which the numbers are known.
 */
import { describe, expect, it } from 'vitest';
import { blankVerdict } from '../../sim/game-master/judge/blank-verdict.ts';
import { measureJudging } from '../../../analysis/measures/judging.ts';
import { codeOf, runWorld, smallPlan, smallPopulation } from '../../sim/worlds.ts';
import type { Model } from '../../../sim/exchange/ports.ts';
import type { Records } from '../../../sim/record/reader.ts';

describe('measureJudging', () => {
  it('counts grammar, judge, cache, fallback and those who wait, and the share that reached a model, tick by tick', async () => {
    const population = smallPopulation({ agents: 10, wakesPerDayMean: 1e6 });
    const words = (tick: number, ordinal: number): string =>
      ordinal < 4 ? 'post: hello' : ordinal < 8 ? 'hum' : tick === 0 && ordinal === 8 ? 'xyzzy' : '';
    const plan = smallPlan({
      ...{ policies: [{ kind: 'own', name: 'talker' }], allowedVerbs: ['post', 'try'], ticks: 2 },
      judge: { callsPerTick: 1, deferTicksMax: 0, version: 1, rules: '', textLengthMax: 100, replyTokensMax: 100 },
    });
    const talker = {
      decide(hand: {
        act: (verb: string, target: undefined, amount: number, detail: object) => void;
        state: { now: { tick: number }; agents: { ordinal: ArrayLike<number> } };
        agent: number;
      }) {
        const said = words(hand.state.now.tick, hand.state.agents.ordinal[hand.agent]);
        if (said !== '') hand.act('try', undefined, 0, { text: said });
      },
    };
    const model: Model = {
      ask: (requests) =>
        Promise.resolve(requests.map(() => ({ status: 'answered', answer: [], text: JSON.stringify(blankVerdict) }))),
    };
    const { records } = await runWorld({
      plan,
      population,
      code: codeOf({ policies: { talker } }),
      model,
    });
    const measured = measureJudging({
      manifest: { plan } as unknown as Records['manifest'],
      ticks: () => records.values(),
    });
    // Of "hum" and "xyzzy" one is asked in tick 0, by lot; the other falls back, since nobody waits here.
    const { settledBy } = measured;
    expect(settledBy.grammar).toBe(8);
    expect(settledBy.judge + settledBy.cache + settledBy.fallback).toBe(9);
    expect(measured.n).toBe(17);
    expect(measured.judgeShare).toBe(settledBy.judge / 17);
    expect(measured.byTick.map(({ tick, attempts }) => [tick, attempts])).toEqual([
      [0, 9],
      [1, 8],
    ]);
  });
});
