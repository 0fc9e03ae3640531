/** The measure of opinions on recorded runs: start, end and change against ties read by hand, and what has no opinion is refused. */
import { describe, expect, test } from 'vitest';
import { scalarAssortativity } from '../../../analysis/estimators/assortativity.ts';
import { measureOpinions } from '../../../analysis/measures/opinions.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { loadScenario, scenarioFile } from '../../../scenarios/load.ts';
import { directedOf } from '../worlds.ts';
import type { Records } from '../../../sim/record/reader.ts';

async function runOf(set: readonly string[], variant = 'scenario'): Promise<Records> {
  const small = ['population.agents=300', 'ticks=60', ...set];
  const { data, find } = await loadScenario(scenarioFile('feed-and-opinion', variant), {
    set: small,
    allowCode: false,
  });
  return runInMemory(compileScenario(data, find));
}

function followsBy({ population, ticks }: Records, untilTick: number): [number, number][] {
  const ties = new Set<string>();
  for (let agent = 0; agent < population.count; agent++) {
    for (let i = population.followOffset[agent]; i < population.followOffset[agent + 1]; i++) {
      ties.add(`${agent} ${population.followee[i]}`);
    }
  }
  for (const { tick, intentCount, verb, actor, target, outcome } of ticks()) {
    for (let i = 0; i < intentCount && tick < untilTick; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.follow) ties.add(`${actor[i]} ${target[i]}`);
      if (verb[i] === verbs.unfollow) ties.delete(`${actor[i]} ${target[i]}`);
    }
  }
  return [...ties].map((tie) => tie.split(' ').map(Number) as [number, number]);
}

describe('measureOpinions', () => {
  test('measureOpinions: start and end are those of ties that are followed through the log', async () => {
    const records = await runOf([]);
    const measured = measureOpinions(records, { seed: 1, permutationCount: 19 });
    const opinion = records.population.traits?.find(({ name }) => name === 'opinion')?.value ?? [];
    const [start, end] = [0, Infinity].map((tick) => directedOf(300, followsBy(records, tick)));
    expect(measured).toMatchObject({ kind: 'scale', edgesAtStart: start.targets.length, edges: end.targets.length });
    expect(measured.edges).not.toBe(measured.edgesAtStart);
    const [before, after] = [scalarAssortativity(start, opinion), scalarAssortativity(end, opinion)];
    expect(measured.opinionAssortativityAtStart).toBeCloseTo(before, 12);
    expect(measured.opinionAssortativity).toBeCloseTo(after, 12);
    expect(measured.opinionAssortativityChange).toBeCloseTo(after - before, 12);
    expect(measured.interval?.[0]).toBeLessThan(after);
    expect(measured.pValue).toBeGreaterThan(0);
  });

  test('measureOpinions: where nobody follows or drops anybody the change is 0', async () => {
    const still = await runOf(['policies[0].rules.followShare=0', 'policies[0].rules.unfollowShare=0']);
    expect(measureOpinions(still, { seed: 1 }).opinionAssortativityChange).toBe(0);
  });

  test('measureOpinions: words are camps, and an attribute that is not there is refused with those that are', async () => {
    const records = await runOf(['ticks=1']);
    const camps = measureOpinions(records, { seed: 1, attribute: 'topic' });
    expect(camps).toMatchObject({ kind: 'groups', attribute: 'topic' });
    expect(camps.externalInternalIndex).toBeGreaterThan(0.3);
    expect(() => measureOpinions(records, { seed: 1, attribute: 'creed' })).toThrow(
      /^INPUT_DANGLING_REF .*"creed".*opinion, topic/,
    );
  });
});
