/** Forms of answers, token counts, prices and the budget: each against what can be counted by hand. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerForm, parseAnswer, repairNote, repairNoteBytesMax } from '../../../sim/llm/answer-form.ts';
import { createBudget } from '../../../sim/llm/budget.ts';
import { createCalibration, estimatePromptTokens, estimateTokens, tokenBound } from '../../../sim/llm/tokens.ts';
import { createPriceTable } from '../../../sim/llm/prices.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { actForm } from './laboratory.ts';

describe('answerForm', () => {
  const good = { verb: 'like', target: 'post-1', weight: 3, text: 'yes' };

  test('parseAnswer: takes the whole text as JSON, with one fence around it, and nothing else', () => {
    const text = JSON.stringify(good);
    expect(parseAnswer(actForm, text)).toEqual({ isValid: true, value: good });
    expect(parseAnswer(actForm, '```json\n' + text + '\n```\n')).toEqual({ isValid: true, value: good });
    for (const bad of [`Here: ${text}`, `${text} and ${text}`, '```\n' + text, text.slice(0, -1), '']) {
      expect(parseAnswer(actForm, bad)).toMatchObject({ isValid: false, reason: 'ANSWER_NOT_JSON' });
    }
  });

  test.each([
    ['a further field', { ...good, agent: 'x' }, 'the answer: unrecognized_keys'],
    ['a missing field', { verb: 'like', target: null, weight: 1 }, 'text: invalid_type'],
    ['a number as text', { ...good, weight: '3' }, 'weight: invalid_type'],
    ['a verb that is not offered', { ...good, verb: 'ban' }, 'verb: invalid_value'],
    ['a number out of range', { ...good, weight: 10 }, 'weight: too_big'],
  ])('parseAnswer: %s is a fault with a note that quotes nothing', (_, value, note) => {
    expect(parseAnswer(actForm, JSON.stringify(value))).toEqual({ isValid: false, reason: 'ANSWER_SCHEMA', note });
  });

  test('parseAnswer: a key that could change prototypes is a fault at any depth', () => {
    const text = '{"verb":"rest","target":null,"weight":1,"text":"","__proto__":{"polluted":1}}';
    expect(parseAnswer(actForm, text)).toMatchObject({ isValid: false });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('the JSON Schema closes every object and names what is needed', () => {
    const form = answerForm('nested', z.object({ list: z.array(z.object({ a: z.string() })) }));
    expect(form.jsonSchema).toMatchObject({
      additionalProperties: false,
      required: ['list'],
      properties: { list: { items: { additionalProperties: false } } },
    });
    expect(() => answerForm('no name', z.string())).toThrow(InvariantError);
  });

  test('a note of repair stays below its bound', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`field_${'x'.repeat(40)}_${i}`, z.string()]));
    const form = answerForm('many', z.object(many));
    const parsed = parseAnswer(form, '{}');
    const note = repairNote(form, parsed.isValid ? '' : parsed.note);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(repairNoteBytesMax(form));
  });
});

describe('tokens', () => {
  test.each([
    ['', 0],
    ['cat', 1],
    ['internationalization', 5],
    ['the cat sat on the mat.', 7],
    ['2026', 2],
    ['a\n\nb', 3],
    ['世界', 2],
    ['мир', 2],
    ['🙂', 2],
  ])('estimateTokens: %j is %d', (text, count) => {
    expect(estimateTokens(text)).toBe(count);
  });

  test('the bound is above the estimate for any text, and grows with what is sent beside', () => {
    for (const text of ['', 'word '.repeat(200), '🙂'.repeat(50), '!?'.repeat(99), '世界'.repeat(40)]) {
      const messages = [{ role: 'user' as const, text }];
      expect(tokenBound(messages, 0)).toBeGreaterThanOrEqual(estimatePromptTokens(messages));
      expect(tokenBound(messages, 100)).toBe(tokenBound(messages, 0) + 100);
    }
  });

  test('createCalibration: the factor does not depend on the order of the notes', () => {
    const [forth, back] = [createCalibration(), createCalibration()];
    const notes = [10, 20, 33].map((estimated) => [estimated, estimated * 2 + 1] as const);
    for (const [estimated, reported] of notes) forth.note('m', estimated, reported);
    for (const [estimated, reported] of notes.toReversed()) back.note('m', estimated, reported);
    expect(forth.factor('m')).toBe(back.factor('m'));
    expect(forth.factor('m')).toBeCloseTo(129 / 63);
  });
});

describe('createPriceTable', () => {
  const dated = { currency: 'USD', asOf: '2026-11-30', source: 'made up', batchShare: 0.5 };
  const table = createPriceTable([
    { model: 'm', inputPerMillion: 2, cachedInputPerMillion: 0.5, outputPerMillion: 8, ...dated },
  ]);

  test('a million tokens cost their price, in 10^-9; cached ones theirs; batches their share', () => {
    const cost = (promptTokens: number, completionTokens: number, cachedTokens = 0, isBatch = false): number =>
      table.costNanos('m', { promptTokens, completionTokens, cachedTokens, isBatch });
    expect(cost(1e6, 0)).toBe(2e9);
    expect(cost(0, 1e6)).toBe(8e9);
    expect(cost(1e6, 0, 1e6)).toBe(0.5e9);
    expect(cost(10, 0, 99)).toBe(5000);
    expect(cost(1e6, 1e6, 0, true)).toBe(5e9);
    expect(cost(3, 1)).toBe(14_000);
  });

  test('a fraction of 10^-9 is rounded up, and a model without a price is said to have none', () => {
    const cheap = createPriceTable([
      { model: 'm', inputPerMillion: 0.0001, outputPerMillion: 0, ...dated, batchShare: 1 },
    ]);
    expect(cheap.costNanos('m', { promptTokens: 1, completionTokens: 0, cachedTokens: 0, isBatch: false })).toBe(1);
    expect([table.has('m'), table.has('n')]).toEqual([true, false]);
  });
});

describe('createBudget', () => {
  const worst = { calls: 3, tokens: 300, costNanos: 30 };

  test('what does not fit is refused with the cap, and a smaller one after it still fits', () => {
    const budget = createBudget({ tokens: 700 });
    expect([budget.reserve(worst), budget.reserve(worst), budget.reserve(worst)]).toEqual([
      undefined,
      undefined,
      'CAP_TOKENS',
    ]);
    expect(budget.reserve({ ...worst, tokens: 100 })).toBeUndefined();
    budget.settle(worst, { calls: 1, tokens: 50, costNanos: 5 });
    expect(budget.spent()).toEqual({ calls: 1, tokens: 50, costNanos: 5 });
    expect(budget.reserve({ ...worst, tokens: 250 })).toBeUndefined();
    expect(budget.reserve({ ...worst, tokens: 1 })).toBe('CAP_TOKENS');
  });

  test.each([
    [{ calls: 2 }, 'CAP_CALLS'],
    [{ tokens: 299 }, 'CAP_TOKENS'],
    [{ money: 29e-9 }, 'CAP_MONEY'],
    [{}, undefined],
    [{ calls: 3, tokens: 300, money: 30e-9 }, undefined],
  ])('under %j one request comes to %s', (caps, expected) => {
    expect(createBudget(caps).reserve(worst)).toBe(expected);
  });
});
