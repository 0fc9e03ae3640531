/**
 * Scenes: verbs change at exactly the ticks that a scenario names, and a scene that plays at a place is for those who are there.
 */
import { describe, expect, test } from 'vitest';
import { sceneAt, scenesOf } from '../../../sim/game-master/scenes.ts';
import { verbs, verbTable } from '../../../sim/exchange/verbs.ts';
import { groundsOf, playOn } from './ranked/two-sided-stage.ts';
import type { ScenePlan } from '../../../sim/exchange/grounds.ts';
import type { Line, Script } from './scripted.ts';

function scene(name: string, fromTick: number, untilTick: number, names: readonly string[], place = -1): ScenePlan {
  return { name, fromTick, untilTick, verbs: names, place };
}

describe('sceneAt', () => {
  const scenes = scenesOf(
    groundsOf({
      scenes: [scene('all', 0, 9, ['post']), scene('noon', 2, 4, ['like']), scene('late', 3, 6, ['reply'])],
    }),
    verbTable(),
  );

  test('a scene begins with its first tick and has ended at untilTick; of several the last in the scenario plays', () => {
    const names = Array.from({ length: 10 }, (_, tick) => sceneAt(scenes, tick)?.name);
    expect(names).toEqual(['all', 'all', 'noon', 'late', 'late', 'late', 'all', 'all', 'all', undefined]);
  });

  test('its flags are those of its verbs, and doing nothing', () => {
    const flags = sceneAt(scenes, 2)?.flags ?? new Uint8Array(0);
    expect(Array.from(flags.keys()).filter((verb) => flags[verb] === 1)).toEqual([verbs.nothing, verbs.like]);
  });

  test('without grounds there is none', () => {
    expect(scenesOf(undefined, verbTable())).toEqual([]);
  });
});

describe('verbs', () => {
  const eachTick: Script = Object.fromEntries(
    [0, 1, 2, 3, 4].map((tick) => [`${tick}:0`, [['post'], ['befriend', tick % 2 === 0 ? 1 : 2]] as Line[]]),
  );

  test('what the scene leaves out is refused in its ticks and no others, with the tick at which it ends', async () => {
    const { rulings, reasons } = await playOn(eachTick, {
      ...{ requestTicks: 1, scenes: [scene('quiet', 1, 3, ['befriend', 'reply'])] },
    });
    expect([0, 1, 2, 3, 4].map((tick) => reasons(tick, 0)[0])).toEqual([
      'OK',
      'NOT_IN_SCENE',
      'NOT_IN_SCENE',
      'OK',
      'OK',
    ]);
    expect(rulings(1, 0)).toEqual(['NOT_IN_SCENE scene 3', 'REQUESTED consent 3']);
    expect([1, 2, 3].map((tick) => reasons(tick, 0)[1])).toEqual(['REQUESTED', 'REQUESTED', 'REQUESTED']);
  });

  test('a scene allows nothing that the scenario does not', async () => {
    const { reasons } = await playOn({ '0:0': [['reply', 1], ['post']] }, { scenes: [scene('all', 0, 2, ['reply'])] });
    expect(reasons(0, 0)).toEqual(['VERB_NOT_ALLOWED', 'NOT_IN_SCENE']);
  });

  test('scenes of no verbs refuse all but doing nothing, on every shard', async () => {
    const script: Script = { '0:0': [['post'], ['nothing', 0]], '0:40': [['befriend', 1]] };
    const follows = Array.from({ length: 64 }, () => []);
    const grounds = { scenes: [scene('still', 0, 1, [])] };
    const { reasons } = await playOn(script, grounds, { follows, placement: { workers: 2 } });
    expect([reasons(0, 0), reasons(0, 40)]).toEqual([['NOT_IN_SCENE', 'OK'], ['NOT_IN_SCENE']]);
  });

  test('acts that the scenario makes agents do keep to the scene, acts of the platform do not', async () => {
    const moderation = [{ id: 'warn', version: 1, reports: 1, does: 'label', hours: 0 }] as const;
    const script: Script = { '0:0': [['post']], '1:1': [['report', 1]] };
    const interventions = ['a0', 'a1', 'a2', 'a3'].map((agent) => ({ tick: 2, agent, verb: 'post' }) as const);
    const { records, reasons } = await playOn(
      script,
      { scenes: [scene('still', 2, 3, [])] },
      { conduct: { moderation }, plan: { interventions }, ticks: 3 },
    );
    expect([0, 1, 2, 3].flatMap((one) => reasons(2, one))).toEqual(new Array(4).fill('NOT_IN_SCENE'));
    expect(reasons(2, 4)).toEqual(['OK']);
    expect(records[2].verb).toContain(verbs.label);
  });
});

describe('a scene at a place', () => {
  const there = [scene('party', 1, 4, ['post', 'befriend', 'move'], 0)];
  const acts = [['post'], ['befriend', 1]] as const;

  test('who is elsewhere may only move, and takes part from the tick after', async () => {
    const { reasons } = await playOn(
      { '0:1': [['move', 0]], '1:0': [...acts, ['move', 0], ['post']], '1:1': [['post']], '2:0': acts, '4:2': acts },
      { scenes: there },
    );
    expect(reasons(1, 0)).toEqual(['NOT_PRESENT', 'NOT_PRESENT', 'OK', 'NOT_PRESENT']);
    expect(reasons(1, 1)).toEqual(['OK']);
    expect(reasons(2, 0)).toEqual(['OK', 'REQUESTED']);
    expect(reasons(4, 2)).toEqual(['OK', 'REQUESTED']);
  });

  test('who goes away is out of it from the tick after, and what the scene leaves out nobody may do there', async () => {
    const { reasons } = await playOn(
      { '0:0': [['move', 0]], '1:0': [['move', 1], ['post'], ['follow', 1]], '2:0': [['post']], '4:0': [['post']] },
      { scenes: there },
    );
    expect(reasons(1, 0)).toEqual(['OK', 'OK', 'NOT_IN_SCENE']);
    expect([reasons(2, 0), reasons(4, 0)]).toEqual([['NOT_PRESENT'], ['OK']]);
  });
});
