/**
 * How agents lean: the formulas on lists, and what a run makes of them.
 */
import { describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { defineScenario } from '../../../sim/engine/define.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { opinionAfter } from '../../../sim/policy/opinion.ts';
import type { ScenarioDefinition } from '../../../sim/engine/define.ts';
import type { OpinionRule } from '../../../sim/policy/opinion.ts';

const base = { bound: 40, pull: 0.5, bias: 2, least: -100, most: 100 };
const after = (rule: OpinionRule, own: number, heard: readonly number[], lots: [number, number] = [0, 0]): number =>
  opinionAfter({ ...base, rule }, own, heard, lots);

describe('opinionAfter', () => {
  test('deffuant: goes half of the way to one that is near, and nowhere for one that is far', () => {
    expect(after('deffuant', 0, [30, -90])).toBe(15);
    expect(after('deffuant', 0, [30, -90], [0.6, 0])).toBe(0);
  });
  test('hegselmann-krause: half of the way to the mean of all within the bound, oneself included', () => {
    expect(after('hegselmann-krause', 0, [30, 30, 90])).toBe(10);
    expect(after('hegselmann-krause', 0, [41, -41])).toBe(0);
  });
  test('biased assimilation: eq. 3 with x = 0.6, s = 0.5, weights of one half', () => {
    const [x, s] = [0.6, 0.5];
    const expected = (0.5 * x + 0.5 * x * x * s) / (0.5 + 0.5 * x * x * s + 0.5 * (1 - x) ** 2 * (1 - s));
    expect(after('biased-assimilation', 20, [0, 40, -40])).toBe(Math.round(expected * 200 - 100));
  });
  test('majority: the value that most hold; among equals one’s own', () => {
    expect(after('majority', 1, [2, 2, 1, 2])).toBe(2);
    expect(after('majority', 1, [2, 2, 1])).toBe(1);
    expect(after('majority', 0, [1, 1, 2, 2], [0, 0.9])).toBe(2);
  });
  test('random: from the least to the most, whatever was heard', () => {
    expect(after('random', 0, [1, 2], [0, 0])).toBe(-100);
    expect(after('random', 0, [1, 2], [0.999999, 0])).toBe(100);
  });
  test('nobody heard: the value stays', () => {
    for (const rule of ['deffuant', 'hegselmann-krause', 'biased-assimilation', 'majority'] as const)
      expect(after(rule, 37, [])).toBe(37);
  });
});

const leaning = { attribute: 'view', rule: 'hegselmann-krause', pull: 0.5, least: -100, most: 100 } as const;
const small: ScenarioDefinition = {
  name: 'leaning',
  seed: 4,
  ticks: 60,
  tickSeconds: 1800,
  population: {
    kind: 'generated',
    agents: 120,
    graph: { kind: 'erdos-renyi' },
    followsMean: 8,
    wakesPerDayMean: 24,
    attributes: [{ name: 'opinion', values: [[-100, 100]], shares: [1] }],
  },
  feed: { recommender: 'random', length: 8 },
  policies: [{ share: 1, rules: { postShare: 0.3, opinion: leaning } }],
  verbs: ['post', 'repost', 'lean', 'reassign'],
  attributes: [{ name: 'view', from: 'opinion' }],
};

async function leanings(definition: ScenarioDefinition): Promise<number[]> {
  const records = await runInMemory(compileScenario(defineScenario(definition).data, () => undefined as never));
  const last = Array.from(records.population.traits?.[0].value ?? []);
  for (const { verb, outcome, actor, amount, intentCount } of records.ticks()) {
    for (let i = 0; i < intentCount; i++)
      if (verb[i] === verbs.lean && outcome[i] === outcomes.granted) last[actor[i]] = amount[i];
  }
  return last;
}

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
};

describe('a run whose agents lean', () => {
  test('agents that hear anybody without a bound come together', async () => {
    expect(variance(await leanings(small))).toBeLessThan(200);
  });
  test('agents that answer at random do not', async () => {
    const failures = [{ kind: 'random', share: 1, tick: 0, mode: 'random' } as const];
    expect(variance(await leanings({ ...small, failures }))).toBeGreaterThan(2000);
  });
  test('what leans must be declared and allowed', () => {
    expect(() => defineScenario({ ...small, verbs: ['post'] })).toThrow('lean');
    expect(() => defineScenario({ ...small, attributes: [] })).toThrow('INPUT_DANGLING_REF');
  });
});
