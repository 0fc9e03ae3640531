/**
 * Groups and letters, gate by gate, under scripts of four agents; with the statements of OASIS's checklist about groups.
 */
import { describe, expect, test } from 'vitest';
import { playCircles, saying } from './circle-stage.ts';
import type { Hand } from '../../../../sim/policy/own.ts';
import type { ReadMessage } from '../../../../sim/policy/reading.ts';
import type { Script } from '../scripted.ts';

/** Agent 0 makes group 0 in tick 0, and agent 1 joins it in tick 1. */
const grouped: Script = { '0:0': [saying('createGroup', 'choir')], '1:1': [['joinGroup', 0]] };

describe('groups', () => {
  test('OASIS-49: its maker is a member; joining twice, joining none and leaving what one is not in are refused', async () => {
    const { rulings, summary } = await playCircles({
      ...grouped,
      '2:0': [['joinGroup', 0]],
      '2:1': [['joinGroup', 0]],
      '2:2': [
        ['joinGroup', 1],
        ['leaveGroup', 0],
        ['leaveGroup', 7],
        ['joinGroup', -1],
      ],
    });
    expect([rulings(0, 0), rulings(1, 1)]).toEqual([['OK none 0'], ['OK none 0']]);
    expect([rulings(2, 0), rulings(2, 1)]).toEqual(new Array(2).fill(['ALREADY_MEMBER membership 0']));
    expect(rulings(2, 2)).toEqual([
      ...['TARGET_UNKNOWN targetExists 0', 'NOT_MEMBER membership 0'],
      ...['TARGET_UNKNOWN targetExists 0', 'TARGET_UNKNOWN targetExists 0'],
    ]);
    expect(summary.groups).toEqual([{ name: 'choir', owner: 0, size: 2, members: [0, 1], said: [] }]);
  });

  test('OASIS-50: who is no member cannot speak, and members read it newest first, as many as they ask for', async () => {
    const read: Record<string, ReadMessage[]> = {};
    const watch = (hand: Hand): void => {
      const { now, agents } = hand.state;
      if (now.tick === 4) read[agents.ordinal[hand.agent]] = hand.groupMessages(0, 2);
    };
    const { rulings } = await playCircles(
      {
        ...grouped,
        '2:1': [saying('sendToGroup', 'one', 0), saying('sendToGroup', 'two', 0)],
        '2:2': [saying('sendToGroup', 'let me in', 0), saying('sendToGroup', 'where', 3)],
        '3:0': [saying('sendToGroup', 'three', 0)],
      },
      { watch, ticks: 5 },
    );
    expect(rulings(2, 1)).toEqual(['OK none 1', 'OK none 2']);
    expect(rulings(2, 2)).toEqual(['NOT_MEMBER membership 0', 'TARGET_UNKNOWN targetExists 0']);
    const latest = [
      { id: 3, sender: 0, tick: 3, text: 'three' },
      { id: 2, sender: 1, tick: 2, text: 'two' },
    ];
    expect(read).toEqual({ 0: latest, 1: latest, 2: [], 3: [] });
  });

  test('several groups bear one name, each with a number of its own; a name with a control character is none', async () => {
    const { rulings, summary } = await playCircles({
      '0:0': [saying('createGroup', 'choir'), saying('createGroup', 'a\tb'), saying('createGroup', 'x'.repeat(101))],
      '0:1': [saying('createGroup', 'choir'), ['createGroup']],
    });
    const made = [rulings(0, 0)[0], rulings(0, 1)[0]].sort();
    expect(made).toEqual(['OK none 0', 'OK none 1']);
    expect(rulings(0, 0).slice(1)).toEqual(new Array(2).fill('TEXT_INVALID wellFormed 0'));
    expect(rulings(0, 1)[1]).toBe('TEXT_MISSING wellFormed 0');
    expect(summary.groups.map(({ name }) => name)).toEqual(['choir', 'choir']);
  });

  test('a group that is made in a tick can be joined in it by whoever comes later in rank, and by nobody before', async () => {
    const reasons = new Set<string>();
    for (let seed = 0; seed < 12; seed++) {
      const script: Script = { '0:0': [saying('createGroup', 'choir')], '0:1': [['joinGroup', 0]] };
      const { rulings, summary } = await playCircles(script, { plan: { seed } });
      const [ruling] = rulings(0, 1);
      reasons.add(ruling);
      expect(summary.groups[0].size).toBe(ruling === 'OK none 0' ? 2 : 1);
    }
    expect([...reasons].sort()).toEqual(['OK none 0', 'TARGET_UNKNOWN targetExists 0']);
  });

  test('who leaves and joins within one tick does so in its own order', async () => {
    const { rulings, summary } = await playCircles({
      ...grouped,
      '2:1': [['leaveGroup', 0], saying('sendToGroup', 'still there?', 0), ['joinGroup', 0]],
    });
    expect(rulings(2, 1)).toEqual(['OK none 0', 'NOT_MEMBER membership 0', 'OK none 0']);
    expect(summary.groups[0]).toMatchObject({ size: 2, members: [0, 1] });
  });

  test('what an agent does after it left or went to rest in the same tick is refused', async () => {
    const { rulings } = await playCircles({
      ...grouped,
      '2:0': [['quit'], saying('sendToGroup', 'bye', 0), ['leaveGroup', 0]],
      '2:1': [['rest', 0, 1], saying('message', 'bye', 0), saying('createGroup', 'sleepers')],
    });
    expect(rulings(2, 0)).toEqual(['OK none 0', 'LEFT availability 0', 'LEFT availability 0']);
    expect(rulings(2, 1)).toEqual(['OK none 5', 'BUSY availability 5', 'BUSY availability 5']);
  });
});

/** Letters to each agent at a tick, as its policy lists them. */
async function lettersAt(tick: number, script: Script, workers = 1): Promise<Record<string, string[]>> {
  const read: Record<string, string[]> = {};
  const watch = (hand: Hand): void => {
    const { now, agents } = hand.state;
    if (now.tick !== tick) return;
    read[agents.ordinal[hand.agent]] = hand.letters(10).map(({ sender, text }) => `${agents.ordinal[sender]} ${text}`);
  };
  const follows = Array.from({ length: 80 }, () => []);
  await playCircles(script, { watch, ticks: tick + 1, follows, placement: { workers } });
  return Object.fromEntries(Object.entries(read).filter(([, letters]) => letters.length > 0));
}

describe('letters', () => {
  test('a letter is with its receiver from the next tick on, newest first, and with nobody else', async () => {
    const script: Script = { '0:0': [saying('message', 'one', 2)], '1:1': [saying('message', 'two', 2)] };
    expect(await lettersAt(0, script)).toEqual({});
    expect(await lettersAt(1, script)).toEqual({ 2: ['0 one'] });
    expect(await lettersAt(2, script)).toEqual({ 2: ['1 two', '0 one'] });
  });

  test('OASIS-26: letters of who is muted are delivered and not listed until it is unmuted, on any number of shards', async () => {
    const script: Script = {
      '0:70': [['mute', 0]],
      '1:0': [saying('message', 'from the muted', 70)],
      '1:1': [saying('message', 'from another', 70)],
      '3:70': [['unmute', 0]],
    };
    for (const workers of [1, 3]) {
      expect(await lettersAt(2, script, workers)).toEqual({ 70: ['1 from another'] });
      const after = await lettersAt(4, script, workers);
      expect(after[70].toSorted()).toEqual(['0 from the muted', '1 from another']);
    }
  });

  test('what a muted member says in a group is not listed for who muted it', async () => {
    const read: Record<string, string[]> = {};
    const watch = (hand: Hand): void => {
      if (hand.state.now.tick === 3)
        read[hand.state.agents.ordinal[hand.agent]] = hand.groupMessages(0, 9).map(({ text }) => text);
    };
    await playCircles(
      { ...grouped, '1:0': [['mute', 1]], '2:1': [saying('sendToGroup', 'la la', 0)] },
      { watch, ticks: 4 },
    );
    expect(read).toEqual({ 0: [], 1: ['la la'], 2: [], 3: [] });
  });

  test('a letter to who blocked the sender, or was blocked by it, is refused; so is one to nobody and to oneself', async () => {
    const { rulings, summary } = await playCircles({
      '0:0': [['block', 1]],
      '1:0': [saying('message', 'a', 1), saying('message', 'b', 0), saying('message', 'c', 4), ['message', 2]],
      '1:1': [saying('message', 'd', 0)],
    });
    expect(rulings(1, 0)).toEqual([
      ...['BLOCKED visible 0', 'SELF_TARGET ownRelation 0', 'AGENT_UNKNOWN targetExists 0'],
      'TEXT_MISSING wellFormed 0',
    ]);
    expect(rulings(1, 1)).toEqual(['BLOCKED visible 0']);
    expect(summary.agents.flatMap(({ letters }) => letters)).toEqual([]);
  });

  test('numbers of messages count over letters and groups, and each thread keeps its own', async () => {
    const { rulings, summary } = await playCircles({
      ...grouped,
      '2:0': [saying('message', 'a', 1), saying('sendToGroup', 'b', 0), saying('message', 'c', 1)],
    });
    expect(rulings(2, 0)).toEqual(['OK none 1', 'OK none 2', 'OK none 3']);
    expect([summary.agents[1].letters, summary.groups[0].said]).toEqual([['0: c', '0: a'], ['0: b']]);
  });
});
