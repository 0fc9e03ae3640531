/**
 * Runs that fail: they end within a second, they say where, and nobody waits for ever, whichever side failed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { InputError, InvariantError } from '../../../sim/ground/errors.ts';
import { externalId } from '../../../sim/world/population.ts';
import { agentShard, ownershipOf } from '../../../sim/world/ownership.ts';
import { scenario } from '../../fixtures/own-code.ts';
import { runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { WorldOrder } from '../worlds.ts';
import type { Plan } from '../../../sim/engine/plan.ts';

const population = smallPopulation({ agents: 130, wakesPerDayMean: 100_000 });

function ownPlan(policy: string, changes: Partial<Plan> = {}): Plan {
  const attributes = [
    { name: 'goods', initial: 3 },
    { name: 'helped', initial: 0 },
  ];
  const { module = '' } = scenario;
  return smallPlan({
    ticks: 200,
    policies: [{ kind: 'own', name: policy }],
    module,
    attributes,
    postCapacity: 1 << 13,
    ...changes,
  });
}

/**
 * The error of a run, and how many milliseconds after its last finished tick it came. A machine that is busy with other things may
 * take its time once, so a late error is given a second chance: a shard that is never freed stays late.
 */
async function failureOf(order: WorldOrder, chances = 2): Promise<{ error: InvariantError; lateMs: number }> {
  let last = performance.now();
  const observer = { onTick: () => void (last = performance.now()) };
  const error: unknown = await runWorld({ code: scenario, population, observer, ...order }).catch(
    (one: unknown) => one,
  );
  const lateMs = performance.now() - last;
  return lateMs < 1000 || chances === 1 ? { error: error as InvariantError, lateMs } : failureOf(order, chances - 1);
}

describe('own code that throws', () => {
  const faults: readonly (readonly [string, Plan])[] = [
    ['policy', ownPlan('throwing')],
    ['recommender', ownPlan('lively', { feed: { ...smallPlan().feed, recommender: { own: 'throwingFeed' } } })],
    ['condition of a verb', ownPlan('trying')],
  ];

  test.each(faults)(
    'simulate: a %s that throws ends the run within a second and names seed, tick, shard and agent',
    async (_name, plan) => {
      for (const workers of [1, 3]) {
        const { error, lateMs } = await failureOf({ plan, placement: { workers, layout: 'key' } });
        expect(error).toBeInstanceOf(InvariantError);
        // With the key layout, ordinal 40 lies in row 40.
        const shard = agentShard(ownershipOf(0, workers, 130), 40);
        expect(error.place).toEqual({ seed: 7, tick: 5, shard, agent: externalId(population.ids, 40) });
        expect(error.message).toMatch(/^own code fell over \(seed 7, tick 5, shard \d, agent a\d+\)$/);
        expect(error.stack).toContain('own-code.ts');
        expect(lateMs).toBeLessThan(1000);
      }
    },
  );

  test('simulate: the same fault in every layout names the same agent', async () => {
    for (const layout of ['degree', 'scrambled'] as const) {
      const { error } = await failureOf({ plan: ownPlan('throwing'), placement: { workers: 2, layout } });
      expect(error.place).toMatchObject({ tick: 5, agent: externalId(population.ids, 40) });
    }
  });
});

describe('what is not own code’s fault', () => {
  test('simulate: a flood of posts is the user’s to mend in every shard count, and blames no agent', async () => {
    for (const workers of [1, 3]) {
      const { error } = await failureOf({
        plan: ownPlan('lively', { postCapacity: 64 }),
        placement: { workers },
      });
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(/^INPUT_TOO_LARGE tick \d+ makes \d+ posts, the window takes 16 a tick/);
      expect(error.message).not.toContain('agent a');
    }
  });

  test.each([1, 3])(
    'simulate: a recorder that fails ends the run within a second with its own error (%i workers; workers once hung)',
    async (workers) => {
      for (const isLate of [false, true]) {
        const recorder = {
          async record({ tick }: { tick: number }) {
            if (isLate) await sleep(1);
            if (tick === 4) throw new RangeError('the disk is gone');
          },
        };
        const { error, lateMs } = await failureOf({ plan: ownPlan('lively'), recorder, placement: { workers } });
        expect(error.message).toBe('the disk is gone');
        expect(lateMs).toBeLessThan(1000);
      }
    },
  );

  test.each([1, 3])(
    'simulate: a model that rejects ends the run within a second (%i workers; workers once hung)',
    async (workers) => {
      let asked = 0;
      const model = {
        ask() {
          asked = performance.now();
          return Promise.reject(new RangeError('the model is gone'));
        },
      };
      const { error } = await failureOf({ plan: ownPlan('asking'), model, placement: { workers } });
      expect(error.message).toMatch(/^the model is gone/);
      expect(performance.now() - asked).toBeLessThan(1000);
    },
  );

  test.each([1, 3])('simulate: an observer that throws ends the run within a second (%i workers)', async (workers) => {
    const observer = {
      onTick({ tick }: { tick: number }) {
        if (tick === 3) throw new RangeError('the screen is gone');
      },
    };
    const before = performance.now();
    await expect(
      runWorld({ code: scenario, population, plan: ownPlan('lively'), observer, placement: { workers } }),
    ).rejects.toThrow('the screen is gone');
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

describe('runs that are asked to stop', () => {
  test.each([1, 3])(
    'simulate: a signal ends the run after a whole tick, with the records of that tick (%i workers)',
    async (workers) => {
      const full = await runWorld({ code: scenario, population, plan: ownPlan('lively', { ticks: 30 }) });
      const stopper = new AbortController();
      const observer = {
        onTick({ tick }: { tick: number }) {
          if (tick === 6) stopper.abort();
        },
      };
      const plan = ownPlan('lively', { ticks: 30 });
      const stopped = await runWorld({
        code: scenario,
        population,
        plan,
        observer,
        signal: stopper.signal,
        placement: { workers },
      });
      // Shards may be a tick ahead of the thread that is told, and finish the one after it.
      expect(stopped.ticks).toBeGreaterThanOrEqual(6);
      expect(stopped.ticks).toBeLessThanOrEqual(9);
      expect(stopped.records).toEqual(full.records.slice(0, stopped.ticks));
    },
  );

  test.each([1, 3])(
    'simulate: a signal that came before the start is heard (%i workers; workers once ran on)',
    async (workers) => {
      const { ticks } = await runWorld({
        code: scenario,
        population,
        plan: ownPlan('lively'),
        signal: AbortSignal.abort(),
        placement: { workers },
      });
      expect(ticks).toBeLessThanOrEqual(1);
    },
  );
});
