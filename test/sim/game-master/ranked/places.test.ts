/**
 * Places, rest, leaving and appeals, gate by gate, under scripts of a few agents; and that being busy ends at exactly its tick, across a
 * checkpoint too.
 */
import { describe, expect, test } from 'vitest';
import { standings } from '../../../../sim/world/posts.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { takeSnapshot } from '../../../../sim/engine/snapshot.ts';
import { reasonName } from '../../../../sim/exchange/reasons.ts';
import { firstModerationRule } from '../../../../sim/exchange/moderation.ts';
import { openWorld } from '../../worlds.ts';
import { stageOf } from '../scripted.ts';
import { groundsOf, playOn, smallRoom, stageVerbs } from './two-sided-stage.ts';
import type { ModerationRule } from '../../../../sim/exchange/moderation.ts';
import type { Line, Script, Stage } from '../scripted.ts';

const square = 0;
const hut = 1;
const far = 2;
const go = (place: number): Line => ['move', place];
const appeal: Line = ['appeal', 1];

describe('move', () => {
  test('an agent is where it went, and a place counts who is there', async () => {
    const { rulings, entry } = await playOn({ '0:0': [go(square)], '0:1': [go(square)], '1:0': [go(hut)] });
    expect([rulings(0, 0), rulings(1, 0)]).toEqual([['OK none 1'], ['OK none 2']]);
    expect([entry('place', 0), entry('place', 1)]).toEqual([hut + 1, square + 1]);
    expect([entry('occupancy', square), entry('occupancy', hut)]).toEqual([1, 1]);
  });

  test('who is there already, and who names no place, is refused', async () => {
    const { rulings } = await playOn({ '0:0': [go(square), go(square), go(4), go(-1)] });
    expect(rulings(0, 0)).toEqual([
      ...['OK none 1', 'ALREADY_HERE presence 0', 'TARGET_UNKNOWN targetExists 0', 'TARGET_UNKNOWN targetExists 0'],
    ]);
  });

  test('a place with room for one takes one of four, drawn by lot; over seeds each wins', async () => {
    const script: Script = Object.fromEntries([0, 1, 2, 3].map((one) => [`0:${one}`, [go(hut)]]));
    const winners = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const { rulings, entry } = await playOn(script, {}, { plan: { seed } });
      const got = [0, 1, 2, 3].map((one) => rulings(0, one)[0]);
      expect([...got].sort()).toEqual(['OK none 1', ...new Array<string>(3).fill('PLACE_FULL exclusivePlaces 0')]);
      expect(entry('occupancy', hut)).toBe(1);
      winners.add(got.indexOf('OK none 1'));
    }
    expect(winners.size).toBe(4);
  });

  test('who leaves frees its place for who comes later in the same tick, and for nobody before', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const script: Script = { '0:0': [go(hut)], '1:0': [go(square)], '1:1': [go(hut)] };
      const { rulings, entry } = await playOn(script, {}, { plan: { seed } });
      const ruling = rulings(1, 1)[0];
      outcomes.add(ruling);
      expect(entry('occupancy', hut)).toBe(ruling === 'OK none 2' ? 1 : 0);
    }
    expect(outcomes).toEqual(new Set(['OK none 2', 'PLACE_FULL exclusivePlaces 0']));
  });

  test('travelling makes busy for exactly its ticks, and a second act in the tick of setting out is refused', async () => {
    const post = [['post']] as const;
    const { rulings } = await playOn({
      '0:0': [go(far), go(square), ['quit']],
      '1:0': post,
      '3:0': post,
      '4:0': [['post'], go(square)],
    });
    expect(rulings(0, 0)).toEqual(['OK none 4', 'BUSY availability 4', 'BUSY availability 4']);
    expect([1, 3].flatMap((tick) => rulings(tick, 0))).toEqual(['BUSY availability 4', 'BUSY availability 4']);
    expect(rulings(4, 0).map((one) => one.split(' ')[0])).toEqual(['OK', 'OK']);
  });
});

describe('rest', () => {
  test('hours become ticks, rounded up; zero, less and more than ten years are refused', async () => {
    const { rulings } = await playOn(
      {
        '0:0': [
          ['rest', 0, 0],
          ['rest', 0, -1],
          ['rest', 0, 87_601],
          ['rest', 0, 1],
        ],
        '0:1': [['rest', 0, 87_600]],
      },
      {},
      { plan: { tickSeconds: 2700 } },
    );
    expect(rulings(0, 0)).toEqual([
      ...new Array<string>(3).fill('AMOUNT_RANGE amount 0'),
      // 3,600 seconds are one tick of 2,700 and a third: two ticks, of which the first is tick 1.
      'OK none 3',
    ]);
    expect(rulings(0, 1)).toEqual([`OK none ${1 + 116_800}`]);
  });

  test('until then every act is refused with the tick, also those that the scenario makes it do; then none is', async () => {
    const script: Script = {
      '0:0': [['rest', 0, 1]],
      ...Object.fromEntries([1, 2, 3].map((tick) => [`${tick}:0`, [['post'], ['follow', 1], go(0)] as Line[]])),
    };
    const made = [1, 2, 3].flatMap((tick) =>
      ['a0', 'a1', 'a2', 'a3'].map((agent) => ({ tick, agent, verb: 'post' }) as const),
    );
    const { rulings } = await playOn(script, {}, { plan: { tickSeconds: 1800, interventions: made } });
    expect(rulings(0, 0)).toEqual(['OK none 3']);
    expect([1, 2].flatMap((tick) => rulings(tick, 0))).toEqual(new Array(8).fill('BUSY availability 3'));
    expect(rulings(3, 0).map((one) => one.split(' ')[0])).toEqual(['OK', 'OK', 'OK', 'OK']);
  });
});

describe('GM-31: what is temporary ends at exactly its tick, across a checkpoint and on other shards', () => {
  /** On the second of two shards. */
  const one = 35;
  const acts = (lines: (tick: number) => Line[]): Script =>
    Object.fromEntries([1, 2, 3, 4, 5, 6].map((tick) => [`${tick}:${one}`, lines(tick)]));
  const cases: readonly (readonly [string, string, Script])[] = [
    ['a rest', 'BUSY', { [`0:${one}`]: [['rest', 0, 2]], ...acts(() => [['post']]) }],
    ['a journey', 'BUSY', { [`0:${one}`]: [go(far)], ...acts(() => [['post'], ['befriend', 2]]) }],
    ['a ban', 'BANNED', { '0:0': [['ban', one, 2]], ...acts(() => [['post']]) }],
  ];
  const ends: Readonly<Record<string, number>> = { 'a rest': 5, 'a journey': 4, 'a ban': 5 };

  test.each(cases)('%s', async (name, refusal, script) => {
    const whole = await reasonsOf(script, undefined);
    const expected = [1, 2, 3, 4, 5, 6].map((tick) => (tick < ends[name] ? refusal : 'OK'));
    expect(whole).toEqual(expected);
    for (const cut of [1, 3, 4, 5]) {
      for (const workers of [1, 2]) expect(await reasonsOf(script, { cut, workers })).toEqual(expected);
    }
  });

  /** The reason of agent 1's first act at each tick from 1 to 6, in a world that is put down and taken up where it is cut. */
  async function reasonsOf(
    script: Script,
    pause: { readonly cut: number; readonly workers: number } | undefined,
  ): Promise<string[]> {
    const plan = { allowedVerbs: stageVerbs, grounds: groundsOf(), ...smallRoom, ticks: 8 };
    const follows = Array.from({ length: 40 }, () => []);
    const stage: Stage = { follows, moderators: [0], plan, placement: { checkpointTicks: pause?.cut ?? 0 } };
    let world = stageOf(script, stage);
    const reasons: string[] = [];
    for (let tick = 0; tick <= 6; tick++) {
      if (tick === pause?.cut) {
        const snapshot = takeSnapshot(world.simulation.handle, tick);
        const counts = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
        const { plan: whole, population, code } = world.simulation;
        const start = { snapshot, link: new Uint8Array(32), counts };
        world = openWorld({
          ...{ plan: whole, population, code, start },
          placement: { layout: 'key', workers: pause.workers },
        });
      }
      const { actor, reason } = await world.step();
      if (tick > 0) reasons.push(reasonName(reason[actor.indexOf(one)]));
    }
    return reasons;
  }
});

describe('quit', () => {
  test('GM-14: from the next tick on every act is LEFT, and its place is free', async () => {
    const { rulings, entry } = await playOn({
      '0:0': [go(hut)],
      '1:0': [['quit'], ['quit'], go(square)],
      '2:0': [['post'], ['follow', 1], ['like', 1], ['befriend', 1], go(square)],
      '2:1': [go(hut)],
    });
    expect(rulings(1, 0)).toEqual(['OK none 0', 'LEFT availability 0', 'LEFT availability 0']);
    expect(rulings(2, 0)).toEqual(new Array(5).fill('LEFT availability 0'));
    expect(rulings(2, 1)).toEqual(['OK none 3']);
    expect([entry('leftAt', 0), entry('place', 0), entry('occupancy', hut)]).toEqual([2, 0, 1]);
  });

  test('who left wakes once more at most, and then never', async () => {
    const { records } = await playOn({ '1:0': [['quit']] }, {}, { ticks: 6 });
    expect(records.map(({ totals }) => totals.awake)).toEqual([4, 4, 4, 3, 3, 3]);
  });
});

describe('appeal', () => {
  const rule = (id: string, does: ModerationRule['does'], reports: number): ModerationRule => ({
    ...{ id, does, reports, version: 1, hours: 1 },
  });
  const posted: Script = { '0:0': [['post']] };
  const on = (script: Script, moderation: readonly ModerationRule[] = []) =>
    playOn({ ...posted, ...script }, {}, { moderators: [3], conduct: { moderation } });
  const reports: Script = { '1:1': [['report', 1]], '1:2': [['report', 1]] };

  test('GM-33: a measure by a rule that still applies is denied, and both rulings name the rule', async () => {
    const moderation = [rule('other', 'label', 9), rule('take-down', 'remove', 2)];
    const { rulings, records, post } = await on({ ...reports, '3:0': [appeal] }, moderation);
    expect(records[2].rule).toContain(firstModerationRule + 1);
    expect(rulings(3, 0)).toEqual([`APPEAL_DENIED appeal ${firstModerationRule + 1}`]);
    expect(post(1).standing).toBe(standings.removed);
  });

  test('a moderator’s measure that the rule in force does not bear out is lifted with the end of the tick', async () => {
    const moderation = [rule('take-down', 'remove', 3)];
    const script: Script = { '1:3': [['remove', 1]], '2:1': [['like', 1]], '3:0': [appeal], '3:1': [['like', 1]] };
    const { rulings, reasons, post } = await on({ ...script, '4:1': [['like', 1]] }, moderation);
    expect(rulings(3, 0)).toEqual(['OK none 0']);
    expect([2, 3, 4].flatMap((tick) => reasons(tick, 1))).toEqual(['POST_REMOVED', 'POST_REMOVED', 'OK']);
    expect(post(1).standing).toBe(standings.good);
  });

  test('a moderator’s own measure, for which there is no rule, stands', async () => {
    for (const [verb, bit] of [
      ['remove', standings.removed],
      ['label', standings.labelled],
      ['limit', standings.limited],
    ] as const) {
      const { rulings, post } = await on({ '1:3': [[verb, 1]], '2:0': [appeal] }, [rule('off', 'ban', 1)]);
      expect(rulings(2, 0)).toEqual(['APPEAL_DENIED appeal 0']);
      expect(post(1).standing).toBe(bit);
    }
  });

  test('of several measures the weightiest that stands denies the appeal, and none is lifted', async () => {
    const moderation = [rule('warn', 'label', 2), rule('take-down', 'remove', 5)];
    const script: Script = { ...reports, '3:3': [['remove', 1]], '4:0': [appeal] };
    const { rulings, post } = await on(script, moderation);
    expect(rulings(4, 0)).toEqual([`APPEAL_DENIED appeal ${firstModerationRule}`]);
    expect(post(1).standing).toBe(standings.removed | standings.labelled);
  });

  test('an appeal that is granted lifts all measures but not what its author did', async () => {
    const moderation = [rule('warn', 'label', 5), rule('hold', 'limit', 5)];
    const script: Script = {
      '1:3': [
        ['label', 1],
        ['limit', 1],
      ],
      '2:0': [['delete', 1]],
      '3:0': [appeal],
    };
    const { rulings, post } = await on(script, moderation);
    expect(rulings(3, 0)).toEqual(['OK none 0']);
    expect(post(1).standing).toBe(standings.deleted);
  });

  test('once: a second appeal is refused whatever came of the first, in the same tick too', async () => {
    const moderation = [rule('take-down', 'remove', 3)];
    const granted = await on({ '1:3': [['remove', 1]], '2:0': [appeal, appeal], '3:0': [appeal] }, moderation);
    expect(granted.rulings(2, 0)).toEqual(['OK none 0', 'ALREADY_APPEALED appeal 0']);
    expect(granted.rulings(3, 0)).toEqual(['ALREADY_APPEALED appeal 0']);
    const denied = await on({ '1:3': [['remove', 1]], '2:0': [appeal], '3:0': [appeal] });
    expect([2, 3].flatMap((tick) => denied.rulings(tick, 0))).toEqual([
      ...['APPEAL_DENIED appeal 0', 'ALREADY_APPEALED appeal 0'],
    ]);
  });

  test('others, and authors of posts that stand or that they deleted themselves, have nothing to appeal against', async () => {
    const { rulings, entry } = await on({
      '1:0': [['post'], appeal, ['delete', 1]],
      '1:3': [['label', 1]],
      '2:0': [appeal],
      '2:1': [appeal],
      '3:0': [
        ['appeal', 2],
        ['appeal', 9],
        ['appeal', 0],
      ],
    });
    expect(rulings(1, 0)[1]).toBe('NOTHING_TO_APPEAL appeal 0');
    expect(rulings(2, 1)).toEqual(['NOTHING_TO_APPEAL appeal 0']);
    expect(rulings(3, 0)).toEqual([
      ...['NOTHING_TO_APPEAL appeal 0', 'POST_UNKNOWN targetExists 0', 'POST_UNKNOWN targetExists 0'],
    ]);
    expect(entry('appealed', 1, 1)).toBe(0);
  });

  test('a post that left the window cannot be appealed for', async () => {
    const flood: Script = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`${i + 2}:2`, new Array<Line>(60).fill(['post'])]),
    );
    const { reasons, world } = await on({ '1:3': [['remove', 1]], ...flood, '11:0': [appeal] });
    expect(reasons(11, 0)).toEqual(['POST_ARCHIVED']);
    expect(ledgerOf(world.state.ledger).get('appealed', 0, 1)).toBe(0);
  });
});
