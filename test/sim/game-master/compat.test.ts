/**
 * Where OASIS does otherwise, with the switch and without it: the rows of `sim/game-master/COMPAT.md`, and that with the switch too one
 * seed gives one digest for any number of shards.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import { play } from './scripted.ts';
import type { ConductPlan } from '../../../sim/engine/plan.ts';

const conduct: Partial<ConductPlan> = { compat: 'oasis' };
const posted = { '0:0': [['post']] } as const;
const both = [{}, { conduct }];

describe('compat: oasis', () => {
  test('OASIS-15: a repost after a quote of one’s own is refused with the switch and granted without it', async () => {
    const script = {
      ...posted,
      '1:1': [
        ['quote', 1],
        ['repost', 1],
      ],
      '2:1': [['repost', 1]],
    } as const;
    const [ours, theirs] = await Promise.all(both.map((stage) => play(script, stage)));
    expect([ours.reasons(1, 1), ours.reasons(2, 1)]).toEqual([['OK', 'OK'], ['ALREADY_REPOSTED']]);
    expect([theirs.reasons(1, 1), theirs.reasons(2, 1)]).toEqual([['OK', 'ALREADY_REPOSTED'], ['ALREADY_REPOSTED']]);
    expect([ours.post(1).shares, theirs.post(1).shares]).toEqual([2, 1]);
  });

  test('OASIS-25: to follow oneself moves both own counters with the switch and is refused without it', async () => {
    const script = {
      '0:1': [
        ['follow', 1],
        ['follow', 1],
      ],
      '1:1': [['unfollow', 1]],
    } as const;
    const [ours, theirs] = await Promise.all(both.map((stage) => play(script, { ...stage, ticks: 1 })));
    expect(ours.reasons(0, 1)).toEqual(['SELF_TARGET', 'SELF_TARGET']);
    expect(theirs.reasons(0, 1)).toEqual(['OK', 'ALREADY_FOLLOWING']);
    expect([theirs.agent('followerCount', 1), theirs.agent('followeeCount', 1)]).toEqual([1, 1]);
    const undone = await play(script, { conduct });
    expect([undone.agent('followerCount', 1), undone.agent('followeeCount', 1)]).toEqual([0, 0]);
  });

  test('OASIS-26: a mute changes no feed with the switch; a block still does', async () => {
    const follows = [[], [0, 3], [], []];
    const script = {
      '0:0': [['post']],
      '0:3': [['post']],
      '1:1': [
        ['mute', 0],
        ['block', 3],
      ],
    } as const;
    const [ours, theirs] = await Promise.all(both.map((stage) => play(script, { follows, ticks: 3, ...stage })));
    expect([ours.seen(2, 1), theirs.seen(2, 1)]).toEqual([[], [1]]);
  });

  test('OASIS-27: a report of a repost counts on the repost with the switch and on the content without it', async () => {
    const script = {
      ...posted,
      '1:1': [['repost', 1]],
      '2:2': [
        ['report', 2],
        ['report', 1],
      ],
    } as const;
    const [ours, theirs] = await Promise.all(both.map((stage) => play(script, stage)));
    expect([ours.post(1).reports, ours.post(2).reports, ours.reasons(2, 2)]).toEqual([
      1,
      0,
      ['OK', 'ALREADY_REPORTED'],
    ]);
    expect([theirs.post(1).reports, theirs.post(2).reports, theirs.reasons(2, 2)]).toEqual([1, 1, ['OK', 'OK']]);
  });

  test('the page names every row that the switch changes, and the digest does not depend on shards', async () => {
    const page = readFileSync(new URL('../../../sim/game-master/COMPAT.md', import.meta.url), 'utf8');
    expect([...page.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))).toEqual([15, 25, 26, 27]);
    const base = smallPlan({ ticks: 12 });
    const plan = { ...base, conduct: { ...base.conduct, ...conduct } };
    const population = smallPopulation({ agents: 120 });
    const runs = await Promise.all([1, 3].map((workers) => runWorld({ plan, population, placement: { workers } })));
    expect(runs[1].digest).toBe(runs[0].digest);
    expect(runs[0].digest).not.toBe((await runWorld({ plan: base, population })).digest);
  });
});
