/**
 * Searches and interviews: what each leaves, who may ask whom, and that an interview changes nothing else.
 */
import { describe, expect, test } from 'vitest';
import { externalId } from '../../../../sim/world/population.ts';
import { reasonName } from '../../../../sim/exchange/reasons.ts';
import { counts } from '../../../../sim/exchange/tables.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { detailOf } from '../../../../sim/record/chunk.ts';
import { answerSequence } from '../../../../sim/policy/answering.ts';
import { ruleOwn } from '../../../../sim/game-master/resolve.ts';
import { settleRanked } from '../../../../sim/game-master/ranked/settle.ts';
import { answerAsleep } from '../../../../sim/engine/interviews.ts';
import { applyIndexes, applyIntents, listNewPosts } from '../../../../sim/engine/apply.ts';
import { collectTick } from '../../../../sim/engine/collect.ts';
import { openTick } from '../../../../sim/engine/shard.ts';
import { codeOf, openWorld, runWorld, smallPlan, smallPopulation, tinyPopulation } from '../../worlds.ts';
import { circleVerbs, playCircles, saying, smallRoom } from './circle-stage.ts';
import type { Plan } from '../../../../sim/engine/plan.ts';
import type { OwnPolicy } from '../../../../sim/policy/own.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';
import type { OpenWorld } from '../../worlds.ts';

/** External id of an agent of a stage of four, by ordinal. */
function idOf(ordinal: number): string {
  return externalId(tinyPopulation([[], [], [], []]).ids, ordinal);
}

function interviewing(tick: number, ordinal: number, text: string): Plan['interventions'][number] {
  return { tick, agent: idOf(ordinal), verb: 'interview', text };
}

describe('searches', () => {
  test('each kind is granted whatever it asks, and leaves the last query and that it was the last', async () => {
    const { rulings, summary } = await playCircles({
      '0:0': [saying('search', 'old'), saying('search', 'new'), saying('searchAgents', 'ann')],
      '1:0': [['refresh'], ['listen'], saying('trend', 'cats')],
      '1:1': [['trend'], saying('refresh', 'all')],
    });
    expect([...rulings(0, 0), ...rulings(1, 0), ...rulings(1, 1)]).toEqual(new Array(8).fill('OK none 0'));
    expect(summary.agents[0]).toMatchObject({ queries: ['new', 'ann', 'cats', '', ''], lastSearch: 3 });
    expect(summary.agents[1]).toMatchObject({ queries: ['', '', '', 'all', ''], lastSearch: 3 });
    expect(summary.agents[2].lastSearch).toBe(0);
  });

  test('a search for nothing is refused and leaves what was asked before', async () => {
    const { rulings, summary } = await playCircles({
      '0:0': [saying('search', 'cats')],
      '1:0': [['search'], ['searchAgents'], saying('search', '')],
    });
    expect(rulings(1, 0)).toEqual(new Array(3).fill('TEXT_MISSING wellFormed 0'));
    expect(summary.agents[0]).toMatchObject({ queries: ['cats', '', '', '', ''], lastSearch: 1 });
  });

  test('a query that is repeated takes no further room for texts', async () => {
    const used = async (words: readonly string[]): Promise<number> => {
      const script = Object.fromEntries(words.map((word, tick) => [`${tick}:0`, [saying('search', word)]]));
      return (await playCircles(script)).world.state.texts.used[0];
    };
    expect(await used(['cats', 'cats', 'cats', 'cats'])).toBe(await used(['cats']));
    expect(await used(['cats', 'dogs', 'cats'])).toBeGreaterThan(await used(['cats', 'dogs']));
  });

  test('OASIS-53: doing nothing is on record and may be repeated', async () => {
    const { records, rulings } = await playCircles({ '0:0': [['nothing'], ['nothing']], '1:0': [['nothing']] });
    expect([rulings(0, 0), rulings(1, 0)]).toEqual([['OK none 0', 'OK none 0'], ['OK none 0']]);
    expect([...records[0].verb]).toEqual([verbs.nothing, verbs.nothing]);
  });
});

describe('interviews under a script', () => {
  test('only a scenario interviews, and only who was asked answers, once a question', async () => {
    const { rulings, summary } = await playCircles(
      {
        '0:0': [saying('interview', 'who am I?'), saying('answer', 'nobody asked')],
        '2:0': [saying('answer', 'first'), saying('answer', 'second')],
        '2:1': [saying('answer', 'not me'), ['answer']],
      },
      { plan: { interventions: [interviewing(1, 0, 'how are you?'), interviewing(1, 3, 'and you?')] } },
    );
    expect(rulings(0, 0)).toEqual(['SCENARIO_ONLY role 0', 'NOTHING_ASKED consent 0']);
    expect(rulings(1, 0)).toEqual(['OK none 0']);
    expect(rulings(2, 0)).toEqual(['OK none 0', 'NOTHING_ASKED consent 0']);
    expect(rulings(2, 1)).toEqual(['NOTHING_ASKED consent 0', 'TEXT_MISSING wellFormed 0']);
    expect(summary.agents.map(({ question }) => question)).toEqual(['', '', '', 'and you?']);
    expect(summary.openQuestions).toBe(1);
  });

  test('a question is there from the next tick on, and a later one takes its place', async () => {
    const asked: (string | undefined)[] = [];
    const { summary } = await playCircles(
      { '4:0': [['nothing']] },
      {
        plan: { interventions: [interviewing(1, 0, 'one'), interviewing(3, 0, 'two'), interviewing(3, 0, 'three')] },
        watch: (hand) => {
          if (hand.state.agents.ordinal[hand.agent] === 0) asked.push(hand.question);
        },
      },
    );
    expect(asked).toEqual([undefined, undefined, 'one', 'one', 'three']);
    expect(summary.openQuestions).toBe(1);
  });

  test('who is banned, busy or has left is not asked', async () => {
    const asking = [0, 1, 2].map((ordinal) => interviewing(2, ordinal, 'there?'));
    const { rulings, summary } = await playCircles(
      { '1:0': [['rest', 0, 3]], '1:1': [['quit']], '1:3': [['ban', 2, 5]] },
      { plan: { interventions: asking, allowedVerbs: [...circleVerbs, 'ban'] }, moderators: [3], ticks: 3 },
    );
    expect([0, 1, 2].map((one) => rulings(2, one)[0].split(' ')[0])).toEqual(['BUSY', 'LEFT', 'BANNED']);
    expect(summary.openQuestions).toBe(0);
  });
});

/** Agents who wake in every tick, or never, under one own policy. */
function worldOf(policy: OwnPolicy, wakesPerDay: number, changes: Partial<Plan>): OpenWorld {
  const population = tinyPopulation([[], [], [], []], wakesPerDay);
  const plan = smallPlan({
    ...{ policies: [{ kind: 'own', name: 'own' }], allowedVerbs: circleVerbs, ...smallRoom },
    ...changes,
  });
  return openWorld({ code: codeOf({ policies: { own: policy } }), plan, population, placement: { layout: 'key' } });
}

/** Acts of a record: `ordinal verb sequence REASON: text`. */
function actsOf(record: TickRecord): string[] {
  const nameOf = (verb: number): string => Object.entries(verbs).find(([, one]) => one === verb)?.[0] ?? '';
  return Array.from(record.actor, (actor, i) =>
    [actor, nameOf(record.verb[i]), record.sequence[i], reasonName(record.reason[i])]
      .join(' ')
      .concat(': ', detailOf(record, i)?.text ?? ''),
  );
}

describe('answers of policies', () => {
  test('OASIS-52: question and answer stand in the log, each under a number of its own', async () => {
    const world = worldOf({ answer: (_hand, question) => `to ${question}: well` }, 1e7, {
      interventions: [interviewing(1, 2, 'one?'), interviewing(1, 3, 'two?'), interviewing(4, 2, 'three?')],
    });
    const records: TickRecord[] = [];
    for (let tick = 0; tick < 7; tick++) records.push(await world.step());
    expect(records.map(actsOf)).toEqual([
      ...[[], ['2 interview 200 OK: one?', '3 interview 200 OK: two?']],
      ['2 answer 64 OK: to one?: well', '3 answer 64 OK: to two?: well'],
      ...[[], ['2 interview 200 OK: three?'], ['2 answer 64 OK: to three?: well'], []],
    ]);
  });

  test('an agent answers before it decides, and its other acts keep their numbers', async () => {
    const calls: string[] = [];
    const world = worldOf(
      {
        answer(hand, question) {
          calls.push(`answer ${hand.state.now.tick}`);
          return question.toUpperCase();
        },
        decide(hand) {
          calls.push(`decide ${hand.state.now.tick}`);
          hand.act('nothing');
        },
      },
      1e7,
      { interventions: [interviewing(0, 1, 'well?')], policies: [{ kind: 'own', name: 'own' }] },
    );
    await world.step();
    calls.length = 0;
    expect(actsOf(await world.step()).filter((act) => act.startsWith('1'))).toEqual([
      ...['1 answer 64 OK: WELL?', '1 nothing 0 OK: '],
    ]);
    expect(calls.filter((call) => call === 'answer 1').length).toBe(1);
  });

  test('who says nothing is asked again, whose policy answers nothing is not asked, and neither leaves a trace', async () => {
    const asked: number[] = [];
    const interventions = [interviewing(0, 1, 'well?')];
    const silent: OwnPolicy = {
      answer(hand) {
        asked.push(hand.state.now.tick);
        return asked.length < 3 ? '' : 'at last';
      },
    };
    const world = worldOf(silent, 1e7, { interventions });
    const intents: number[] = [];
    for (let tick = 0; tick < 5; tick++) intents.push((await world.step()).intentCount);
    expect([asked, intents]).toEqual([
      [1, 2, 3],
      [1, 0, 0, 1, 0],
    ]);
    const other = worldOf({}, 1e7, { interventions });
    for (let tick = 0; tick < 3; tick++) await other.step();
    expect(actsOf(await other.step())).toEqual([]);
  });

  test('in an interview an agent can neither act nor ask a model', async () => {
    for (const attempt of ['act', 'request'] as const) {
      const world = worldOf(
        {
          answer(hand) {
            if (attempt === 'act') hand.act('nothing');
            else hand.request([1]);
            return 'done';
          },
        },
        1e7,
        { interventions: [interviewing(0, 0, 'well?')] },
      );
      await world.step();
      await expect(world.step()).rejects.toThrow(attempt === 'act' ? 'answers, and does nothing else' : 'nowhere else');
    }
  });
});

/** Runs the tick by hand, as `sim/engine/tick.ts` would where nobody wakes; those asleep may answer. */
function stepAsleep({ shards, simulation }: OpenWorld, tick: number): TickRecord {
  for (const shard of shards) openTick(shard, tick);
  for (const shard of shards) answerAsleep(shard);
  for (const shard of shards) ruleOwn(shard.state, shard.book, shard.tables);
  shards[0].draft = settleRanked(shards[0].state, shards[0].book, shards[0].all);
  for (const phase of [listNewPosts, applyIntents, applyIndexes]) shards.forEach(phase);
  return collectTick(simulation.collector, shards[0].all, tick);
}

describe('answers of those asleep', () => {
  test('who sleeps answers in the tick after, once, with no feed, and goes on sleeping', async () => {
    const world = worldOf({ answer: (hand, question) => `${question} ${hand.items.length}` }, 0, {
      interventions: [interviewing(0, 1, 'one?'), interviewing(0, 1, 'two?'), interviewing(0, 3, 'three?')],
    });
    expect((await world.step()).totals.awake).toBe(0);
    const record = stepAsleep(world, 1);
    expect(actsOf(record)).toEqual(['1 answer 64 OK: two? 0', '3 answer 64 OK: three? 0']);
    expect([record.totals.awake, record.totals.exposures]).toEqual([0, 0]);
    expect(actsOf(stepAsleep(world, 2))).toEqual([]);
  });

  test('agents under rules answer too, in one sentence of their own, on any number of shards', async () => {
    const said: string[][] = [];
    for (const placement of [{ workers: 1 }, { workers: 3, layout: 'scrambled' }] as const) {
      const population = tinyPopulation(Array.from({ length: 150 }, () => []));
      const interventions = [3, 70, 140].map(
        (i) => ({ tick: 0, agent: `a${i}`, verb: 'interview', text: 'so?' }) as const,
      );
      const plan = smallPlan({ allowedVerbs: circleVerbs, interventions, ...smallRoom });
      const world = openWorld({ plan, population, placement });
      await world.step();
      said.push(actsOf(stepAsleep(world, 1)));
    }
    expect(said[0].length).toBe(3);
    for (const act of said[0]) expect(act).toMatch(/^\d+ answer 64 OK: .{40,280}$/);
    expect(new Set(said[0].map((act) => act.split(': ')[1])).size).toBe(3);
    expect(said[1]).toEqual(said[0]);
  });

  test('who is awake is left to its own turn', async () => {
    const world = worldOf({ answer: () => 'here' }, 1e7, { interventions: [interviewing(0, 1, 'one?')] });
    await world.step();
    const [shard] = world.shards;
    openTick(shard, 1);
    shard.tables.percepts.agent[0 as never] = shard.state.rowOfOrdinal[1];
    shard.tables.count[counts.percepts] = 1;
    answerAsleep(shard);
    expect(shard.tables.count[counts.intents]).toBe(0);
    shard.tables.count[counts.percepts] = 0;
    answerAsleep(shard);
    expect(shard.tables.count[counts.intents]).toBe(1);
    expect(shard.tables.intents.sequence[0 as never]).toBe(answerSequence);
  });
});

/** Interviews of sixty agents, again and again. */
const interviews = Array.from({ length: 80 }, (_, i) => ({
  ...({ tick: 1 + (i % 16), agent: `a${(i * 11) % 60}`, verb: 'interview' } as const),
  text: `question ${i}`,
}));
const interviewVerbs = [...smallPlan().allowedVerbs, 'interview', 'answer'];

test('one digest of a run with interviews for 1, 2 and 3 workers, whatever the layout', async () => {
  const population = smallPopulation({ agents: 60, seed: 6, wakesPerDayMean: 24 });
  const plan = smallPlan({ seed: 6, ticks: 20, allowedVerbs: interviewVerbs, interventions: interviews });
  const digests = new Set<string>();
  for (const placement of [
    { workers: 1 },
    { workers: 2, layout: 'key' },
    { workers: 3, layout: 'scrambled' },
  ] as const) {
    const { digest, records } = await runWorld({ plan, population, placement });
    expect(records.flatMap(({ verb }) => [...verb]).filter((verb) => verb === verbs.answer).length).toBeGreaterThan(20);
    digests.add(digest);
  }
  expect(digests.size).toBe(1);
});

test('OASIS-52: interviews of agents under rules change no act, no feed and no state beside the questions', async () => {
  const population = smallPopulation({ agents: 60, seed: 5, wakesPerDayMean: 24 });
  const traces: { acts: string[]; agents: string; answers: number }[] = [];
  for (const interventions of [[], interviews]) {
    const world = openWorld({ plan: smallPlan({ seed: 5, allowedVerbs: interviewVerbs, interventions }), population });
    const acts: string[] = [];
    let answers = 0;
    for (let tick = 0; tick < 20; tick++) {
      const record = await world.step();
      answers += record.verb.filter((verb) => verb === verbs.answer).length;
      acts.push(...actsOf(record).filter((act) => !/ (interview|answer) /.test(act)), record.seen.origin.join());
    }
    const { agents, exposures } = world.state;
    const columns = Object.values<unknown>({ ...agents, seen: exposures.origin }).filter((one) =>
      ArrayBuffer.isView(one),
    );
    expect(columns.length).toBeGreaterThan(20);
    const cells = columns.map((column) => Array.from(column as unknown as Int32Array));
    traces.push({ acts, answers, agents: JSON.stringify(cells) });
  }
  expect(traces[1].answers).toBeGreaterThan(20);
  expect(traces[0].answers).toBe(0);
  expect(traces[0].acts.length).toBeGreaterThan(200);
  expect(traces[1].acts).toEqual(traces[0].acts);
  expect(traces[1].agents).toBe(traces[0].agents);
});
