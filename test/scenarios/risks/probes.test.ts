/** A probe on the engine: groups play what they learned, workers and layouts do not show, and a deviation is imposed once. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../scenarios/load.ts';
import { playedGroups } from '../../../scenarios/risks/learner-scenario.ts';
import { probeNamed } from '../../../scenarios/risks/probes.ts';
import { runRiskStudy } from '../../../scenarios/risks/study.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../../sim/engine/own-code.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { pickAndPack, usualPay } from '../../../sim/policy/games/pick-and-pack.ts';
import { tabulate } from '../../../sim/policy/games/rules.ts';
import { learnTogether } from '../../../sim/policy/learners/q-learning.ts';

describe('risk probes', () => {
  test('role-drift: a small study gives the same for one worker and two, and the arms part', async () => {
    const order = { probe: probeNamed('role-drift'), seeds: 2, set: ['population.agents=8', 'ticks=4'] };
    const [one, two] = await Promise.all([1, 2].map((workers) => runRiskStudy({ ...order, workers })));
    expect(two).toEqual(one);
    const meanOf = (arm: string): number => one.arms.find((found) => found.arm === arm)?.mean.value ?? Number.NaN;
    expect(meanOf('control')).toBe(1);
    expect(meanOf('aligned')).toBeLessThan(0.5);
    expect(one.sentence).toContain('Nothing is claimed of 2 worlds');
  });

  test('a group on the engine plays the acts that its own stream learns', async () => {
    const { module } = probeNamed('role-drift');
    const set = ['seed=3', 'population.agents=7', 'ticks=3'];
    const loaded = await loadScenario(fileURLToPath(module), { set, allowCode: true });
    const records = await runInMemory(
      compileScenario(loaded.data, loaded.find, loaded.module),
      await loadOwnCode(loaded.module),
    );
    const rules = pickAndPack(usualPay);
    const { acts, keys, groupCount } = playedGroups(records, rules);
    expect(groupCount).toBe(3);
    const settings = {
      ...{ learningShare: 0.1, patience: 0, fadingRate: 4e-4, stablePeriods: 5000, periodsMax: 100_000 },
    };
    const learned = keys.map(({ lo, hi }) =>
      learnTogether(tabulate(rules), settings, randomStream(3, streamPurposes.learning, lo, hi)),
    );
    for (const groups of acts) expect(groups).toEqual(learned.map(({ strategies }) => strategies.map((one) => one[0])));
    // Who is left over does nothing.
    expect(records.manifest.counts.intents).toBe(3 * 6);
  });

  test('probeNamed: an unknown name is refused with the nearest one', () => {
    expect(() => probeNamed('role-drifts')).toThrow(/Did you mean role-drift\?/);
  });
});
