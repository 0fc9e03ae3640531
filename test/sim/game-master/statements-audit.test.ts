/**
 * What the Game Master must tell and keep, statement by statement: refusals that reach their agents, failed decisions, back-off, and the
 * audit (game-master reference, GM-05, GM-11, GM-26, GM-28, GM-45 to GM-48).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { reasonName, rules } from '../../../sim/exchange/reasons.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { checkDraft } from '../../../sim/engine/conservation.ts';
import { explain } from '../../../sim/engine/explain.ts';
import { verbsOf } from '../../../sim/engine/names.ts';
import { readIntentTick } from '../../../sim/record/intent-reader.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { run } from '../../../sim/index.ts';
import { scenario } from '../../fixtures/every-verb.ts';
import { codeOf, openWorld, runWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import { play } from './scripted.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Model } from '../../../sim/exchange/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what an agent is told', () => {
  const script = {
    '0:0': [['post'], ['post']],
    '1:0': [['delete', 1]],
    '1:3': [['block', 1]],
    '2:1': [
      ['like', 1],
      ['like', 9],
      ['follow', 77],
      ['follow', 3],
    ],
  } as const;

  /** The last refusal of agent 1 after each of its acts of tick 2, one act a run. */
  async function told(veils: boolean): Promise<string[]> {
    const acts = script['2:1'];
    return Promise.all(
      acts.map(async (act) => {
        let last = '';
        const watch = (hand: Hand): void => {
          if (hand.state.agents.ordinal[hand.agent] === 1) last = hand.refusal?.reason ?? '';
        };
        await play({ ...script, '2:1': [act] }, { ticks: 4, watch, ...(veils ? { conduct: { veils } } : {}) });
        return last;
      }),
    );
  }

  test('GM-11: what is missing, taken away and kept from an agent is one reason to it where the scenario veils', async () => {
    expect(await told(true)).toEqual(['NOT_AVAILABLE', 'NOT_AVAILABLE', 'NOT_AVAILABLE', 'NOT_AVAILABLE']);
    expect(await told(false)).toEqual(['POST_REMOVED', 'POST_UNKNOWN', 'AGENT_UNKNOWN', 'BLOCKED']);
  });

  test('GM-11: the log keeps the reason that an agent is not told', async () => {
    const { reasons } = await play(script, { conduct: { veils: true } });
    expect(reasons(2, 1)).toEqual(['POST_REMOVED', 'POST_UNKNOWN', 'AGENT_UNKNOWN', 'BLOCKED']);
  });

  test('GM-26: an answer that cannot be used is a refusal that reaches its agent, not only a failure of the model', async () => {
    const refusals: (string | undefined)[] = [];
    const asks = {
      ask: (hand: Hand) => {
        refusals.push(hand.refusal?.reason);
        hand.request([1]);
      },
      settle: (hand: Hand, answer: readonly number[] | undefined) => {
        if (answer !== undefined) hand.act('post');
      },
    };
    const plan = smallPlan({ policies: [{ kind: 'own', name: 'asks' }] });
    const failing: Model = { ask: (requests) => Promise.resolve(requests.map(() => ({ status: 'failed' }))) };
    const order = { plan, population: tinyPopulation([[]], 1e7), code: codeOf({ policies: { asks } }) };
    const world = openWorld(order, () => 0, failing);
    const [first] = [await world.step(), await world.step()];
    expect([first.reason.length, reasonName(first.reason[0]), first.rule[0]]).toEqual([
      1,
      'MODEL_FAILED',
      rules.modelAnswer,
    ]);
    expect(refusals).toEqual([undefined, 'MODEL_FAILED']);
  });

  test('GM-28: who is refused again and again wakes ever less often where the scenario lets agents back off', async () => {
    const wakings = async (backsOff: boolean): Promise<number> => {
      let count = 0;
      const stubborn = {
        decide: (hand: Hand) => {
          count++;
          hand.act('like', 999);
        },
      };
      const base = smallPlan();
      const conduct = backsOff ? { ...base.conduct, backsOff: true as const } : base.conduct;
      const plan = smallPlan({ policies: [{ kind: 'own', name: 'stubborn' }], conduct });
      const code = codeOf({ policies: { stubborn } });
      const world = openWorld({ plan, population: tinyPopulation([[]], 1e7), code });
      for (let tick = 0; tick < 40; tick++) await world.step();
      return count;
    };
    expect(await wakings(false)).toBe(40);
    // Three refusals at once, then waits of 2, 4, 8, 16 ticks.
    expect(await wakings(true)).toBe(7);
  });
});

test('GM-27: versions of a limit follow one another at exactly their hour', async () => {
  const limits = [
    { verbs: ['post'], count: 1, seconds: 3600, untilHours: 1.5 },
    { verbs: ['post'], count: 3, seconds: 3600, fromHours: 1.5 },
  ];
  const script = Object.fromEntries([0, 1, 2, 3, 4].map((tick) => [`${tick}:1`, [['post'], ['post']] as const]));
  const { reasons } = await play(script, { conduct: { limits } });
  // Ticks of half an hour: one an hour until tick 3, then three an hour, what was done before counted too.
  expect([0, 1, 2, 3, 4].map((tick) => reasons(tick, 1).filter((one) => one === 'OK').length)).toEqual([1, 0, 1, 2, 1]);
});

describe('the audit', () => {
  test('GM-05: another clock and another process-random change no digest', async () => {
    const usual = (await runWorld()).digest;
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    vi.spyOn(Date, 'now').mockReturnValue(0);
    try {
      expect((await runWorld()).digest).toBe(usual);
    } finally {
      vi.restoreAllMocks();
    }
  });

  test('GM-45: a verdict tells actor, intent, outcome, code, rule, its version, the resolver, the rank among contenders and the input’s hash', async () => {
    const finished = await run(scenario, { out: join(folder, 'told'), workers: 1 });
    const records = openRecords(finished.directory);
    const book = await verbsOf(records.manifest);
    const tick = [...records.ticks()].find(({ intentCount }) => intentCount > 0);
    if (tick === undefined) throw new RangeError('nobody acted');
    const found = readIntentTick(records, { tick: tick.tick, ordinal: tick.actor[0] });
    const told = explain(records, book, found, found.rows.from);
    expect(told).toMatchObject({
      ...{ tick: tick.tick, sequence: tick.sequence[0], verbNumber: tick.verb[0], ruleNumber: tick.rule[0] },
      ...{ reason: reasonName(tick.reason[0]), resolver: 'rules' },
    });
    expect(told.inputHash).toMatch(/^[0-9a-f]{64}$/);
    expect(told.ruleVersion.engine).toMatch(/^[0-9]/);
    expect(Object.keys(told)).toContain('contest');
  });

  test('GM-46: one record that is edited or taken out is found by whoever reads the log', async () => {
    const finished = await run(scenario, { out: join(folder, 'edited'), workers: 1 });
    const log = join(finished.directory, 'events.log');
    const whole = readFileSync(log);
    const read = (): number => [...openRecords(finished.directory).ticks()].length;
    expect(read()).toBe(scenario.data.ticks);
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)] ^= 1;
    for (const damaged of [flipped, whole.subarray(0, whole.length - 200)]) {
      writeFileSync(log, damaged);
      expect(read).toThrow(/INPUT_STORE_DAMAGED/);
    }
  });

  test('GM-48: a broken invariant stops the run at its tick, names tick and agent or good, and leaves what was recorded whole', async () => {
    const kept: TickRecord[] = [];
    const brittle = (tick: number) => ({
      decide: (hand: Hand) => {
        if (hand.state.now.tick === tick) throw new InvariantError('the ruler broke');
        hand.act('post');
      },
    });
    const plan = smallPlan({ ticks: 8, policies: [{ kind: 'own', name: 'brittle' }] });
    const recorder = { record: (record: TickRecord) => void kept.push(record) };
    const run = (tick: number, keeper?: typeof recorder) =>
      runWorld({
        plan,
        code: codeOf({ policies: { brittle: brittle(tick) } }),
        ...(keeper === undefined ? {} : { recorder: keeper }),
      });
    await expect(run(5, recorder)).rejects.toThrow(/the ruler broke.*tick 5.*agent a\d+/s);
    expect(kept.map(({ tick }) => tick)).toEqual([0, 1, 2, 3, 4]);
    expect(kept).toEqual((await run(99)).records.slice(0, 5));
    const goods = [{ name: 'coins', initial: 0 }];
    const forged = [{ account: 'balance', subject: 3, object: 0, value: 7 }] as const;
    const place = { seed: 1, tick: 4 };
    expect(() => checkDraft(forged, { get: () => 0 }, goods, place)).toThrow(/coins: 7 came from nowhere.*tick 4/s);
  });
});
