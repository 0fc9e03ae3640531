/**
 * What a scenario makes agents do: names become numbers, repeated acts are written out, and names of nothing are refused with their place.
 */
import { describe, expect, test } from 'vitest';
import { InputError, InvariantError } from '../../../sim/ground/errors.ts';
import { reasonName } from '../../../sim/exchange/reasons.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { groundsPlan } from '../../../sim/engine/grounds.ts';
import { interventionsOf } from '../../../sim/engine/interventions.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { detailOf } from '../../../sim/record/chunk.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { orderOf } from '../worlds.ts';
import type { Compiled } from '../../../sim/engine/compile.ts';
import type { Intervention } from '../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { ScenarioData, ScenarioInput } from '../../../sim/scenario/schema.ts';

type InterventionInput = NonNullable<ScenarioInput['interventions']>[number];

const grounds = {
  goods: [
    { name: 'coin', initial: 9 },
    { name: 'apple', initial: 9 },
  ],
  products: [{ name: 'pie', price: 1, money: 'coin', good: 'apple' }],
  places: [{ name: 'home' }, { name: 'shop' }],
  games: [
    {
      name: 'chicken',
      choices: ['swerve', 'straight'],
      payoffs: [
        [1, 0],
        [2, -1],
      ],
      good: 'coin',
    },
  ],
  groups: [{ name: 'club', owner: 'a1' }],
  communities: [
    { name: 'news', owner: 'a1' },
    { name: 'art', owner: 'a2' },
  ],
};

function scenarioWith(interventions: readonly InterventionInput[], changes: Partial<ScenarioInput> = {}): ScenarioData {
  const data = {
    ...{ version: 1, name: 'made', seed: 3, ticks: 10, description: 'Agents are made to act.' },
    population: { kind: 'generated', agents: 40, idPrefix: 'a' },
    verbs: [
      'post',
      'follow',
      'befriend',
      'trade',
      'play',
      'move',
      'rest',
      'quit',
      'buy',
      'give',
      'joinGroup',
      'appoint',
    ],
    ...{ grounds, interventions, ...changes },
  };
  return scenarioOf(documentOf(data, 'made.yaml'));
}

function numbersOf(interventions: readonly InterventionInput[], ticks = 10): Intervention[] {
  const data = scenarioWith(interventions, { ticks });
  return interventionsOf(data, groundsPlan(data.grounds));
}

function compile(interventions: readonly InterventionInput[], changes: Partial<ScenarioInput> = {}): Compiled {
  return compileScenario(scenarioWith(interventions, changes), (relative) => {
    throw new InvariantError(`no file is read here, but ${relative} is asked for`);
  });
}

/** The first problem of an order that is refused, as `CODE found`. */
function refusal(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    if (error instanceof InputError) return `${error.problems[0].code} ${error.problems[0].found}`;
    throw error;
  }
  return 'not refused';
}

describe('repeated acts', () => {
  const ticksOf = (one: Partial<InterventionInput>, ticks?: number): number[] =>
    numbersOf([{ tick: 2, agent: 'a0', ...one }], ticks).map(({ tick }) => tick);

  test('every so many ticks, to the end of the run, or so many times, whichever comes first', () => {
    expect(ticksOf({})).toEqual([2]);
    expect(ticksOf({ everyTicks: 3 })).toEqual([2, 5, 8]);
    expect(ticksOf({ everyTicks: 3 }, 9)).toEqual([2, 5, 8]);
    expect(ticksOf({ everyTicks: 3 }, 8)).toEqual([2, 5]);
    expect(ticksOf({ everyTicks: 3, times: 2 })).toEqual([2, 5]);
    expect(ticksOf({ everyTicks: 3, times: 99 })).toEqual([2, 5, 8]);
    expect(ticksOf({ everyTicks: 100 })).toEqual([2]);
  });

  test('each is the same act at another tick', () => {
    const [first, second] = numbersOf([{ tick: 1, agent: 'a0', verb: 'move', item: 'shop', everyTicks: 4, times: 2 }]);
    expect(second).toEqual({ ...first, tick: 5 });
    expect(first).toEqual({ tick: 1, agent: 'a0', verb: 'move', item: 1 });
  });

  test('how often without after how long is refused', () => {
    expect(refusal(() => ticksOf({ times: 3 }))).toBe(
      'INPUT_COMBINATION interventions[0] has times without everyTicks',
    );
  });
});

describe('names', () => {
  test('things become their places in the scenario', () => {
    const acts: InterventionInput[] = [
      { tick: 0, agent: 'a0', verb: 'buy', item: 'pie', amount: 2 },
      { tick: 0, agent: 'a0', verb: 'joinGroup', item: 'club' },
      { tick: 0, agent: 'a0', verb: 'give', target: 'a1', about: 'apple', amount: 3 },
      { tick: 0, agent: 'a0', verb: 'trade', target: 'a1', about: 'apple', amount: 3, price: 4 },
      { tick: 0, agent: 'a0', verb: 'play', target: 'a1', item: 'chicken', about: 'straight' },
      { tick: 0, agent: 'a0', verb: 'appoint', target: 'a1', about: 'art' },
      { tick: 0, agent: 'a0', verb: 'post', about: 'art', text: 'hello' },
    ];
    expect(
      numbersOf(acts).map(({ item, argument, amount, price, text }) => [item, argument, amount, price, text]),
    ).toEqual([
      [0, undefined, 2, undefined, undefined],
      [0, undefined, undefined, undefined, undefined],
      [undefined, 1, 3, undefined, undefined],
      [undefined, 1, 3, 4, undefined],
      [undefined, 1, 0, undefined, undefined],
      [undefined, 1, undefined, undefined, undefined],
      [undefined, 1, undefined, undefined, 'hello'],
    ]);
  });

  const at = { tick: 0, agent: 'a0' };
  const refused: readonly (readonly [string, InterventionInput])[] = [
    [
      'INPUT_DANGLING_REF interventions[0].item names "moon", and no place has that name',
      { ...at, verb: 'move', item: 'moon' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].item names "cake", and no product has that name',
      { ...at, verb: 'buy', item: 'cake' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].item names "news", and no group has that name',
      { ...at, verb: 'joinGroup', item: 'news' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].about names "pear", and no good has that name',
      { ...at, verb: 'give', target: 'a1', about: 'pear' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].about names "club", and no community has that name',
      { ...at, verb: 'post', about: 'club' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].item names "chess", and no game has that name',
      { ...at, verb: 'play', target: 'a1', item: 'chess', about: 'straight' },
    ],
    [
      'INPUT_DANGLING_REF interventions[0].about names "left", and no choice has that name',
      { ...at, verb: 'play', target: 'a1', item: 'chicken', about: 'left' },
    ],
    ['INPUT_REQUIRED interventions[0]: move lacks item: a place', { ...at, verb: 'move' }],
    ['INPUT_REQUIRED interventions[0]: befriend lacks target: an agent', { ...at, verb: 'befriend' }],
    ['INPUT_REQUIRED interventions[0]: reply lacks post: a number', { ...at, verb: 'reply' }],
    [
      'INPUT_REQUIRED interventions[0]: play lacks item: a game',
      { ...at, verb: 'play', target: 'a1', about: 'straight' },
    ],
    [
      'INPUT_REQUIRED interventions[0]: play lacks about: a choice',
      { ...at, verb: 'play', target: 'a1', item: 'chicken' },
    ],
    [
      'INPUT_REQUIRED interventions[0]: trade lacks about: a good',
      { ...at, verb: 'trade', target: 'a1', amount: 1, price: 1 },
    ],
  ];
  test.each(refused)('%s', (words, one) => {
    expect(refusal(() => numbersOf([one]))).toBe(words);
  });

  test('without grounds every thing is a name of nothing', () => {
    const data = scenarioWith([{ tick: 0, agent: 'a0', verb: 'move', item: 'home' }]);
    expect(refusal(() => interventionsOf(data, undefined))).toMatch(/^INPUT_DANGLING_REF interventions\[0\]\.item/);
  });

  test('agents who are not in the population are named with their place, actors and targets', () => {
    const acts: InterventionInput[] = [
      { ...at, agent: 'b0' },
      { ...at, verb: 'follow', target: 'a99' },
    ];
    expect(refusal(() => compile(acts))).toContain('interventions[0].agent names "b0"');
    expect(refusal(() => compile(acts.slice(1)))).toContain('interventions[0].target names "a99"');
  });
});

describe('fifty acts of one agent in one tick', () => {
  const acts = (count: number): InterventionInput[] => Array.from({ length: count }, () => ({ tick: 4, agent: 'a0' }));

  test('fifty are compiled, of any number of agents, one more is refused', () => {
    expect(compile([...acts(50), { tick: 4, agent: 'a1' }]).plan.interventions).toHaveLength(51);
    expect(refusal(() => compile(acts(51)))).toBe(
      'INPUT_TOO_LARGE more than 50 interventions make agent "a0" act at tick 4',
    );
  });

  test('repeated ones count at each of their ticks', () => {
    const repeated: InterventionInput = { tick: 0, agent: 'a0', everyTicks: 2 };
    expect(refusal(() => compile([...acts(50), repeated]))).toContain('at tick 4');
    expect(compile([...acts(50), { ...repeated, tick: 1 }]).plan.interventions).toHaveLength(55);
  });

  test('all of them get a ruling, in the order of the scenario', async () => {
    const many: InterventionInput[] = Array.from({ length: 50 }, (_, i) => ({
      ...{ tick: 4, agent: 'a0' },
      ...(i % 2 === 0 ? { verb: 'move', item: i % 4 === 0 ? 'home' : 'shop' } : { verb: 'post' }),
    }));
    const compiled = compile(many);
    const records: TickRecord[] = [];
    const recorder = { record: (record: TickRecord) => void records.push(record) };
    await simulate({ ...orderOf({ plan: { ...compiled.plan, ticks: 5 }, population: compiled.population }), recorder });
    const { sequence, reason, target } = records[4];
    const made = Array.from(sequence.keys()).filter((i) => sequence[i] >= 200);
    expect(made.map((i) => sequence[i])).toEqual(many.map((_, i) => 200 + i));
    expect(made.map((i) => reasonName(reason[i]))).toEqual(many.map(() => 'OK'));
    expect(made.filter((_, i) => i % 2 === 0).map((i) => target[i])).toEqual(
      Array.from({ length: 25 }, (_, i) => i % 2),
    );
  });
});

describe('posts of interventions', () => {
  test.each(['with communities', 'without any'])(
    'a post with a text and no community is granted and stands in none, %s',
    async (which) => {
      const post: InterventionInput = { tick: 0, agent: 'a0', verb: 'post', text: 'hello' };
      const changes = which === 'without any' ? { grounds: undefined } : {};
      const { plan, population } = compile([post], changes);
      const records: TickRecord[] = [];
      const recorder = { record: (record: TickRecord) => void records.push(record) };
      await simulate({ ...orderOf({ plan: { ...plan, ticks: 1 }, population }), recorder });
      const row = records[0].sequence.indexOf(200);
      expect(reasonName(records[0].reason[row])).toBe('OK');
      expect(detailOf(records[0], row)).toMatchObject({ argument: -1, text: 'hello' });
    },
  );
});
