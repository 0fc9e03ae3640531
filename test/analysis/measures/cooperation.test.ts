/** Cooperation: acts counted by hand, a run of the engine whose cooperation is planted, threads of a data set with and without texts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMutualGain, securityLevel } from '../../../analysis/measures/cooperation-acts.ts';
import { qualityOf } from '../../../analysis/measures/cooperation-threads.ts';
import { VentureGatherer } from '../../../analysis/measures/cooperation-ventures.ts';
import { measureCooperation } from '../../../analysis/measures/cooperation.ts';
import { run } from '../../../sim/index.ts';
import { cooperationRuns, cooperationScenario } from '../../fixtures/cooperation-code.ts';
import { testStream } from '../worlds.ts';
import { discussionRecords } from './discussion-records.ts';
import type { CooperationMeasure } from '../../../analysis/measures/cooperation.ts';
import type { KindReport } from '../../../analysis/measures/cooperation-effect.ts';
import type { CooperationRun } from '../../fixtures/cooperation-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-cooperation-'));
const measured: Partial<Record<CooperationRun, CooperationMeasure>> = {};

beforeAll(async () => {
  for (const kind of cooperationRuns) {
    const { records } = await run(cooperationScenario(kind, 5), { out: join(folder, kind) });
    measured[kind] = measureCooperation(records, { seed: 1 });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function kindOf({ kinds }: Pick<CooperationMeasure, 'kinds'>, wanted: string): KindReport | undefined {
  return kinds.find(({ kind }) => kind === wanted);
}

describe('measureCooperation of a run', () => {
  test('partners who choose alike: half of the pairs gain both, more than choices dealt out anew, and the world’s rulings say so', () => {
    const { games } = measured.matched as CooperationMeasure;
    expect(games?.mutualGainShare).toBeCloseTo(0.5, 12);
    expect(games?.dealtShare).toBeCloseTo(0.25, 1);
    expect(games?.permutationP).toBeLessThan(0.001);
    // (3 + 3) / 2 - 1 in even pairs, (1 + 1) / 2 - 1 in odd ones.
    expect(games?.meanGain).toBeCloseTo(1, 12);
    expect(games?.rounds).toBe(40 * 6);
    expect(kindOf(measured.matched as CooperationMeasure, 'game')).toMatchObject({ successShare: 0.5 });
  });

  test('partners who choose by themselves: no more mutual gain than choices dealt out anew', () => {
    const { games } = measured.drawn as CooperationMeasure;
    expect(games?.permutationP).toBeGreaterThan(0.05);
    expect(Math.abs((games?.mutualGainShare ?? 1) - (games?.dealtShare ?? 0))).toBeLessThan(0.06);
  });

  test('friendships and trades: only what both attempted is an event; what one side asked for alone, anew after each lapse, is counted apart', () => {
    const whole = measured.matched as CooperationMeasure;
    expect(kindOf(whole, 'friendship')).toMatchObject({ events: 20, alone: 120, successes: 20, meanAgents: 2 });
    const trade = kindOf(whole, 'trade');
    expect(trade).toMatchObject({ events: 60, successes: 60, successShare: 1 });
    expect(trade?.interval?.[0]).toBeCloseTo(0.9398, 3);
    expect(trade?.baseline).toMatchObject({ eventMean: 1, controlMean: 1 });
    expect(trade?.riskDifference?.value).toBe(0);
  });

  test('one object without a hole, the totals of its kinds, and the same twice', () => {
    const whole = measured.matched as CooperationMeasure;
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
    const counted = whole.kinds.filter(({ isRepeat }) => !isRepeat);
    expect(whole.events).toBe(counted.reduce((sum, one) => sum + one.events, 0));
    expect(whole.successes).toBe(counted.reduce((sum, one) => sum + (one.successes ?? 0), 0));
    expect(whole.interval?.[0]).toBeLessThan(whole.successShare ?? 0);
    expect(whole.definition).toContain('at least two agents');
  });
});

describe('ventures', () => {
  test('200 seeded series of acts: the ventures of each object’s sorted acts, cut by the act before or by the first', () => {
    for (let seed = 0; seed < 200; seed++) {
      const stream = testStream(seed);
      const acts = Array.from({ length: 60 }, () => ({
        object: stream.below(4),
        actor: stream.below(5),
        hours: stream.below(40),
      }));
      acts.sort((a, b) => a.hours - b.hours);
      const window = seed % 2 === 0 ? 'chain' : 'span';
      const gatherer = new VentureGatherer(3, window);
      for (const { object, actor, hours } of acts) gatherer.add(object, actor, hours, 0);
      const { size, agentCount, time } = gatherer.finish();
      const wanted = [0, 1, 2, 3].flatMap((object) =>
        cut(
          acts.filter((one) => one.object === object),
          window,
        ),
      );
      const sorted = (rows: number[][]): number[][] => rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
      expect(sorted(Array.from(size, (acts, row) => [time[row], acts, agentCount[row]]))).toEqual(sorted(wanted));
    }
  });

  test('securityLevel and isMutualGain: a dilemma, and a game in which both can always have 2', () => {
    const dilemma = {
      name: '',
      choices: ['c', 'd'],
      good: 0,
      payoffs: [
        [3, 0],
        [5, 1],
      ],
    };
    expect(securityLevel(dilemma)).toBe(1);
    expect(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ].map(([mine, others]) => isMutualGain(dilemma, mine, others)),
    ).toEqual([true, false, false, false]);
    expect(
      isMutualGain(
        {
          ...dilemma,
          payoffs: [
            [2, 2],
            [2, 2],
          ],
        },
        0,
        1,
      ),
    ).toBe(false);
  });
});

/** [first hours, acts, distinct agents] of each venture. */
function cut(
  acts: readonly { readonly actor: number; readonly hours: number }[],
  window: 'chain' | 'span',
): number[][] {
  const ventures: { actor: number; hours: number }[][] = [];
  for (const act of acts) {
    const open = ventures.at(-1);
    const from = window === 'chain' ? open?.at(-1)?.hours : open?.[0].hours;
    if (open === undefined || act.hours - (from ?? 0) > 3) ventures.push([act]);
    else open.push(act);
  }
  return ventures.map((list) => [list[0].hours, list.length, new Set(list.map(({ actor }) => actor)).size]);
}

describe('measureCooperation of a data set', () => {
  const answers = (root: number, authors: readonly number[], from: number): [number, number, number][] =>
    authors.map((author, at) => [from + at * 10, author, root]);

  test('five replies, three participants, thirty minutes: each bound, and nothing is called success', () => {
    const records = discussionRecords({
      posts: [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 1],
      ],
      replies: [
        ...answers(1, [1, 2, 1, 2, 3], 1),
        ...answers(2, [1, 2, 1, 2], 1),
        ...answers(3, [1, 0, 1, 0, 1, 0], 1),
        ...[1, 2, 3, 4, 5].map((minute): [number, number, number] => [minute, 1 + (minute % 3), 4]),
      ],
    });
    const whole = measureCooperation(records, { seed: 1 });
    expect(whole).toMatchObject({ events: 1, judged: 0, successes: null, successShare: null, moltDynamics: null });
    expect(kindOf(whole, 'discussion')).toMatchObject({ events: 1, successes: null, outcome: null });
    expect(whole.warnings).toContain('success is not observable in a data set');
    expect('interval' in whole).toBe(false);
  });

  test('texts: an event needs a word of trouble, and the recipe judges the last reply with a backtick', () => {
    const texts = {
      1: 'This is BROKEN, please advise',
      6: 'try `expect(x)` // like this',
      7: 'thanks',
      8: 'Nice weather',
      9: 'Yes',
    };
    const records = discussionRecords({
      posts: [
        [0, 0],
        [0, 0],
      ],
      replies: [...answers(1, [1, 2, 1, 2, 3], 1), ...answers(2, [1, 2, 1, 2, 3], 1)],
      texts,
    });
    const { moltDynamics } = measureCooperation(records, { seed: 1 });
    expect(moltDynamics).toMatchObject({ events: 1, successes: 1, successShare: 1 });
    expect(moltDynamics?.meanQuality).toBeCloseTo(1, 12);
  });

  test('qualityOf: the parts of the recipe', () => {
    expect(qualityOf('plain')).toBeCloseTo(0.2, 12);
    expect(qualityOf('(open')).toBe(0);
    expect(qualityOf('([)]')).toBe(0);
    expect(qualityOf('`code` and a test')).toBeCloseTo(0.8, 12);
    expect(qualityOf('# remark')).toBeCloseTo(0.4, 12);
  });

  test('votes: collaborative threads that are approved of more than threads of one agent, matched by their replies', () => {
    const posts: [number, number][] = [];
    const replies: [number, number, number][] = [];
    const votes: number[] = [];
    for (let thread = 0; thread < 24; thread++) {
      posts.push([thread, 0]);
      const isJoint = thread % 2 === 0;
      replies.push(...answers(thread + 1, isJoint ? [1, 2, 3, 1, 2] : [1, 1, 1, 1, 1], thread + 1));
      votes.push(...Array.from({ length: 5 }, (_, at) => (isJoint ? 3 : 1) + ((thread + at) % 3)));
    }
    const whole = measureCooperation(discussionRecords({ posts, replies, votes }), { seed: 1 });
    const report = kindOf(whole, 'discussion');
    expect(report).toMatchObject({ events: 12, alone: 12, outcome: 'approval' });
    expect(report?.baseline).toMatchObject({ matchedEvents: 12, controls: 12 });
    expect(report?.difference?.value).toBeCloseTo(2, 0);
    expect(report?.cohenD?.interval?.[0]).toBeGreaterThan(1);
    expect(report?.permutationP).toBeLessThan(0.01);
    expect(whole.words[0]).toContain('success not observable');
  });

  test('no posts: nothing, and a warning says so', () => {
    const whole = measureCooperation(discussionRecords({ posts: [], replies: [] }), { seed: 1 });
    expect(whole).toMatchObject({ events: 0, successes: null, tests: 0 });
    expect(whole.warnings).toEqual(['nothing was done together by these definitions']);
  });
});
