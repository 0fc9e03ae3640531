/**
 * The golden scenarios: their digests are pinned, and equal for any number of workers whose shards work and arrive in random order.
 *
 * Reads `test/data/golden-digests.json`. A digest that moved without a change that was meant to move it is an error, wherever the change
 * was made; one that was meant to goes into the file in the same commit (`npm run -s golden > test/data/golden-digests.json`).
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { firstInterventionSequence } from '../../../sim/exchange/tables.ts';
import { reasonName, reasons } from '../../../sim/exchange/reasons.ts';
import { verbTable } from '../../../sim/exchange/verbs.ts';
import { golden, goldenScenarios, runGolden } from '../../golden/scenarios.ts';
import { scenario as ownCode } from '../../fixtures/golden-code.ts';
import { placementOf, runWorld, smallPlan } from '../worlds.ts';
import type { StartingPoint } from '../../../sim/engine/simulate.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';
import type { Placement } from '../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Golden } from '../../golden/scenarios.ts';

const file = new URL('../../data/golden-digests.json', import.meta.url);
const pinned = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Golden>;
const named = goldenScenarios.map((scenario): [string, DefinedScenario] => [scenario.data.name, scenario]);

const staggered: readonly Placement[] = [
  { workers: 2, layout: 'key', mergeTicks: 1, staggerMsMax: 1 },
  { workers: 3, layout: 'scrambled', mergeTicks: 7, staggerMsMax: 1 },
  { workers: 5, layout: 'degree', mergeTicks: 24, staggerMsMax: 1 },
  { workers: 8, layout: 'key', mergeTicks: 1000, staggerMsMax: 1 },
];

describe('pinned digests', () => {
  test('golden: the pinned digests are those of the nine scenarios', () => {
    expect(Object.keys(pinned)).toEqual(named.map(([name]) => name));
    expect(new Set(Object.values(pinned).map(({ digest }) => digest)).size).toBe(9);
  });

  test.each(named)('golden: %s gives what is pinned with one worker', async (name, scenario) => {
    expect(await golden(scenario)).toEqual(pinned[name]);
  });

  // By turns, so that each placement meets several scenarios; all meet all in line 3.8 of `npm run check`.
  test.each(named.map(([name, scenario], turn) => [name, scenario, turn] as const))(
    'golden: %s gives what is pinned with two of 2, 3, 5 and 8 workers that sleep before each phase, beside a slow recorder',
    async (name, scenario, turn) => {
      for (const placement of [0, 1].map((next) => staggered[(turn + next) % staggered.length])) {
        const slow = { record: ({ tick }: TickRecord) => sleep(tick % 3) };
        expect([placement.workers, await golden(scenario, placement, slow)]).toEqual([placement.workers, pinned[name]]);
      }
    },
    60_000,
  );

  test.each(named)(
    'golden: %s taken up from every fifth tick of a run of three workers ends in its pinned digest with one',
    async (name, scenario) => {
      const points: StartingPoint[] = [];
      const recorder = { record: () => undefined, checkpoint: (point: StartingPoint) => void points.push(point) };
      await runGolden(scenario, { workers: 3, checkpointTicks: 5 }, { recorder });
      expect(points.map(({ snapshot }) => snapshot.tick)).toEqual(points.map((_, i) => (i + 1) * 5));
      expect(points.length).toBe(Math.floor(scenario.data.ticks / 5));
      const { digest, counts } = pinned[name];
      for (const start of points) expect(await runGolden(scenario, {}, { start })).toEqual({ digest, counts });
    },
    60_000,
  );
});

describe('what the golden scenarios hold', () => {
  const records = new Map<string, TickRecord[]>();

  async function recordsOf(name: string): Promise<readonly TickRecord[]> {
    const known = records.get(name);
    if (known !== undefined) return known;
    const made: TickRecord[] = [];
    records.set(name, made);
    const recorder = { record: (record: TickRecord) => void made.push(record) };
    await runGolden(named.find(([other]) => other === name)?.[1] ?? ownCode, {}, { recorder });
    return made;
  }

  async function all(): Promise<TickRecord[]> {
    const lists: (readonly TickRecord[])[] = [];
    for (const [name] of named) lists.push(await recordsOf(name));
    return lists.flat();
  }

  test('golden: between them every verb is granted and every reason that rules can give is given', async () => {
    const given = new Set<number>();
    const granted = new Set<number>();
    for (const record of await all()) {
      for (let i = 0; i < record.intentCount; i++) {
        given.add(record.reason[i]);
        if (record.outcome[i] === 1) granted.add(record.verb[i]);
      }
    }
    // No golden scenario declares an invariant: those have their own runs in test/sim/game-master/invariant-runs.test.ts. What an agent
    // is told where a platform veils is no ruling.
    // No golden agent is surveyed: answers to surveys have their tests beside the policies that give them.
    const elsewhere = ['NOT_AVAILABLE', 'INVARIANT_BROKEN', 'ANSWER_INVALID'];
    const possible = Object.keys(reasons).filter((name) => !elsewhere.includes(name));
    expect([...given].map(reasonName).sort()).toEqual(possible.sort());
    expect([...granted].sort((a, b) => a - b)).toEqual(verbTable(ownCode.verbs).map(({ number }) => number));
  });

  test('golden: every feed but none is used, and every placement of what is seen', () => {
    const feeds = goldenScenarios.map(({ data }) => data.feed.recommender);
    expect(new Set(feeds.filter((feed) => typeof feed === 'string'))).toEqual(
      new Set(['recency', 'hot', 'interest', 'mix']),
    );
    expect(feeds.filter((feed) => typeof feed !== 'string')).toEqual([{ own: 'odd' }]);
  });

  test('golden: windows are left behind several times over, in five of nine scenarios', () => {
    const turns = named.map(([name, { data }]) => pinned[name].counts.posts / (data.postCapacity ?? NaN));
    expect(turns.filter((windows) => windows > 2).length).toBeGreaterThanOrEqual(5);
  });

  test('golden: interventions of one agent in one tick are numbered apart from its own acts', async () => {
    const acts = (await recordsOf('hot-prominent')).flatMap((record) =>
      Array.from(record.sequence.subarray(0, record.intentCount), (sequence) => `${record.tick} ${sequence}`),
    );
    const made = acts.filter((act) => Number(act.split(' ')[1]) >= firstInterventionSequence);
    expect(made).toContain(`0 ${firstInterventionSequence}`);
    expect(made).toContain(`9 ${firstInterventionSequence + 2}`);
    expect(made.length).toBe(7 + 8);
  });

  test('golden: a model answers and fails, and several requests of one agent stand in one tick', async () => {
    const answers = (await recordsOf('own-asking')).flatMap((record) => {
      const rows = record.answers.length / 7;
      return Array.from({ length: rows }, (_, row) => record.answers.subarray(row * 7, row * 7 + 7));
    });
    expect(new Set(answers.map((row) => row[2]))).toEqual(new Set([1, 2]));
    expect(Math.max(...answers.map((row) => row[1]))).toBe(2);
  });

  test('golden: ties change so often that a log merged every seven ticks holds hundreds of changes', async () => {
    const ties = (await recordsOf('interest-ties')).slice(0, 7);
    const changes = ties.flatMap(({ verb, outcome }) =>
      Array.from(verb).filter((one, i) => one >= 6 && outcome[i] === 1),
    );
    expect(changes.filter((verb) => verb === 6).length).toBeGreaterThan(200);
    expect(changes.filter((verb) => verb === 7).length).toBeGreaterThan(200);
  });
});

describe('staggered shards', () => {
  test('runShard: with a stagger of 400 ms two ticks take more than a second, and without less', async () => {
    const spanOf = async (staggerMsMax: number): Promise<number> => {
      const times: number[] = [];
      const observer = { onTick: () => void times.push(performance.now()) };
      await runWorld({ plan: smallPlan({ ticks: 3 }), observer, placement: placementOf({ workers: 2, staggerMsMax }) });
      return (times.at(-1) ?? NaN) - times[0];
    };
    // Three phases a tick, before each of which the later of two shards sleeps 267 ms on average.
    expect(await spanOf(400)).toBeGreaterThan(1000);
    expect(await spanOf(0)).toBeLessThan(1000);
  });
});
