/**
 * Agents that think in words, through whole ticks: what they are told, what becomes of what they say, and what happens when nobody answers.
 */
import { describe, expect, it } from 'vitest';
import { outcomes, reasonName } from '../../../../sim/exchange/reasons.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { encodeSurvey } from '../../../../sim/exchange/surveys.ts';
import { takeSnapshot } from '../../../../sim/engine/snapshot.ts';
import { digestOf } from '../../../../sim/llm/request.ts';
import { postRow } from '../../../../sim/world/posts.ts';
import { externalId } from '../../../../sim/world/population.ts';
import { openWorld, orderOf } from '../../worlds.ts';
import { act, acts, playerOf, thinkingWorld, thinkingOrder } from './players.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { ModelRequest } from '../../../../sim/exchange/ports.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';

function rulings({ verb, outcome, reason }: TickRecord): string[] {
  return Array.from(verb, (one, i) => `${one} ${outcome[i]} ${reasonName(reason[i])}`);
}

function rowsOf(record: TickRecord, verb: number): number[] {
  return [...record.verb].map((_, i) => i).filter((i) => record.verb[i] === verb);
}

/** Does what its prompt makes possible: posts, likes, follows, writes to whom it is told of, notes and plans. */
const busy = playerOf(({ tick, agentOrdinal }, text) => {
  const name = /item \[2\] by (\S+?),/.exec(text)?.[1] ?? '';
  const choices = [
    [act('post', { text: `word of ${agentOrdinal} at ${tick}` })],
    [act('like', { item: 1 }), act('reply', { item: 2, text: 'indeed' })],
    [act('follow', { agent: name }), act('message', { agent: name, text: `dear ${name}` })],
    [act('repost', { item: 1 }), act('like', { item: 99 })],
  ];
  return acts(choices[(tick + agentOrdinal) % choices.length], {
    note: `tick ${tick} was ${agentOrdinal % 3 === 0 ? 'a quarrel about rents' : 'quiet'}`,
    importance: (tick * 7 + agentOrdinal) % 11,
    plan: `write in tick ${tick + (agentOrdinal % 4)}`,
  });
});

describe('agents that think in words', () => {
  it('an act on an item is an act on the post behind its number, and a name that stands in the prompt is the agent', async () => {
    const player = playerOf(({ tick }, text) => {
      if (tick === 0) return acts([act('post', { text: 'hello there' })]);
      const name = /item \[1\] by (\S+?),/.exec(text)?.[1];
      return name === undefined ? acts([]) : acts([act('like', { item: 1 }), act('follow', { agent: name })]);
    });
    const world = thinkingWorld(player);
    expect(new Set(rulings(await world.step()))).toEqual(new Set([`${verbs.post} ${outcomes.granted} OK`]));
    const record = await world.step();
    const [likes, follows] = [rowsOf(record, verbs.like), rowsOf(record, verbs.follow)];
    expect(likes.length).toBeGreaterThan(5);
    expect(likes.every((i) => record.outcome[i] === outcomes.granted)).toBe(true);
    const { agents, posts } = world.state;
    const authorOf = (post: number): number => agents.ordinal[posts.author[postRow(posts, post)] as AgentRow];
    expect(follows.map((i) => record.target[i])).toEqual(likes.map((i) => authorOf(record.target[i])));
  });

  it('what was not told cannot be meant: it is refused with TARGET_UNKNOWN, and the next prompt says so', async () => {
    const player = playerOf(({ tick }) =>
      tick === 0
        ? acts([
            act('follow', { agent: 'a3' }),
            act('like', { item: 1 }),
            act('message', { agent: 'nobody', text: 'x' }),
          ])
        : acts([]),
    );
    const world = thinkingWorld(player, { model: { followeeCount: 0 } });
    const first = rulings(await world.step());
    expect(new Set(first.map((one) => one.split(' ').slice(1).join(' ')))).toEqual(
      new Set([`${outcomes.refused} TARGET_UNKNOWN`]),
    );
    expect(first).toHaveLength(36);
    player.asked.length = 0;
    await world.step();
    expect(
      player.asked.every(({ prompt }) =>
        prompt?.now.includes('refused: TARGET_UNKNOWN. Valid would be: name something that exists.'),
      ),
    ).toBe(true);
  });

  it('a call that fails and an answer out of form are on record, and the agent decides by rules', async () => {
    for (const say of [() => undefined, () => 'sure!', () => acts([act('ban', { agent: 'a1' })])]) {
      const world = thinkingWorld(playerOf(say), { plan: { ticks: 6 } });
      const records: TickRecord[] = [];
      for (let tick = 0; tick < 6; tick++) records.push(await world.step());
      for (const record of records) {
        const failed = rulings(record).filter((one) => one === `${verbs.nothing} ${outcomes.refused} MODEL_FAILED`);
        expect(failed).toHaveLength(12);
        const places = Array.from(record.actor, (actor, i) => `${actor} ${record.sequence[i]}`);
        expect(new Set(places).size).toBe(places.length);
      }
      expect(records.reduce((sum, { totals }) => sum + totals.posts, 0)).toBeGreaterThan(5);
    }
  });

  it('one outcome for 1, 2 and 3 shards, and after going on from a snapshot', async () => {
    const outcomesOf = async (workers: number, stopAt?: number): Promise<string> => {
      const options = { agents: 30, workers, plan: { ticks: 14 }, model: { reflection: { everyTicks: 4 } } };
      let world = thinkingWorld(busy, options);
      const records: unknown[] = [];
      for (let tick = 0; tick < 14; tick++) {
        if (tick === stopAt) {
          const snapshot = takeSnapshot(world.simulation.handle, tick);
          const order = thinkingOrder({ ...options, workers: 2 });
          const start = { snapshot, link: new Uint8Array(32), counts: world.simulation.result.counts };
          world = openWorld({ ...order, start }, () => 0, busy);
        }
        records.push(await world.step());
      }
      return digestOf(JSON.stringify(records)) + world.root();
    };
    const alone = await outcomesOf(1);
    expect(await outcomesOf(2)).toBe(alone);
    expect(await outcomesOf(3)).toBe(alone);
    expect(await outcomesOf(1, 7)).toBe(alone);
  });

  it('reflection is asked for when its time has come, apart from acting, and comes to mind later', async () => {
    const player = playerOf(({ purpose, tick }) =>
      purpose === 'reflection'
        ? JSON.stringify({ reflections: [{ text: `rents matter (${tick})`, importance: 9 }] })
        : acts([], { note: 'they spoke of rents', importance: 3 }),
    );
    const world = thinkingWorld(player, { agents: 4, model: { reflection: { importanceSum: 9 } } });
    for (let tick = 0; tick < 8; tick++) await world.step();
    const reflections = player.asked.filter(({ purpose }) => purpose === 'reflection');
    expect([...new Set(reflections.map(({ tick }) => tick))]).toEqual([3, 7]);
    // Nothing hangs on them before the next waking, so acting is asked first.
    expect(new Set(reflections.map(({ prompt }) => prompt?.stepsAhead))).toEqual(new Set([1]));
    const acting = player.asked.filter(({ purpose }) => purpose !== 'reflection');
    expect(new Set(acting.map(({ prompt }) => prompt?.stepsAhead))).toEqual(new Set([0]));
    expect(player.asked.at(-1)?.prompt?.now).toContain('importance 9: rents matter (3)');
  });
});

describe('interviews of agents that think in words', () => {
  const survey = encodeSurvey({ form: 'choice', question: 'Do you trust a1?', options: ['yes', 'no'] });

  async function interviewed(text: string, say: (request: ModelRequest) => string | undefined, wakesPerDay = 1e6) {
    const player = playerOf((request, prompt) =>
      prompt.includes('asked a question') ? say(request) : acts([], { note: 'n', importance: 1 }),
    );
    const order = thinkingOrder({ agents: 6, wakesPerDay });
    const agent = externalId(order.population.ids, 2);
    const plan = {
      ...order.plan,
      allowedVerbs: [...order.plan.allowedVerbs, 'interview', 'answer'],
      interventions: [{ tick: 1, agent, verb: 'interview' as const, text }],
    };
    const world = openWorld({ ...order, plan }, () => 0, player);
    const records: TickRecord[] = [];
    for (let tick = 0; tick < 4; tick++) records.push(await world.step());
    return { records, world, player };
  }

  function answersIn(records: readonly TickRecord[]): string[] {
    return records.flatMap((record) => rulings(record).filter((one) => one.startsWith(`${verbs.answer} `)));
  }

  it('who is awake and who is asleep answers by its model, notes nothing by it, and is asked once', async () => {
    for (const wakes of [1e6, 0]) {
      const { records, world, player } = await interviewed(
        'How are you?',
        () => JSON.stringify({ answer: 'well enough' }),
        wakes,
      );
      expect(answersIn(records)).toEqual([`${verbs.answer} ${outcomes.granted} OK`]);
      expect(player.asked.filter(({ prompt }) => prompt?.form?.name === 'text')).toHaveLength(1);
      const without = wakes === 0 ? 0 : 6 * 4;
      expect(world.state.memories.used[0]).toBe(without);
    }
  });

  it('a survey takes one of its options and nothing else; what fits no option leaves it open, on record', async () => {
    const good = await interviewed(survey, () => JSON.stringify({ answer: 'no' }));
    expect(answersIn(good.records)).toEqual([`${verbs.answer} ${outcomes.granted} OK`]);
    const bad = await interviewed(survey, () => JSON.stringify({ answer: 'perhaps' }));
    expect(answersIn(bad.records)).toEqual(Array(2).fill(`${verbs.answer} ${outcomes.refused} MODEL_FAILED`));
    const down = await interviewed(survey, () => undefined);
    expect(answersIn(down.records)).toEqual(Array(2).fill(`${verbs.answer} ${outcomes.refused} MODEL_FAILED`));
  });

  it('an answer of another form by own code is refused by the Game Master', async () => {
    const order = orderOf();
    const agent = externalId(order.population.ids, 2);
    const plan = {
      ...order.plan,
      policies: [{ kind: 'own' as const, name: 'own' }],
      allowedVerbs: [...order.plan.allowedVerbs, 'interview', 'answer'],
      interventions: [{ tick: 1, agent, verb: 'interview' as const, text: survey }],
    };
    const code = { policies: { own: { answer: () => 'maybe' } }, recommenders: {}, verbs: {} };
    const world = openWorld({ ...order, plan, code });
    const records: TickRecord[] = [];
    for (let tick = 0; tick < 3; tick++) records.push(await world.step());
    expect(answersIn(records)).toEqual([`${verbs.answer} ${outcomes.refused} ANSWER_INVALID`]);
  });
});
