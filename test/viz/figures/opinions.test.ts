/** Ridgelines of opinions: rows against ties and opinions that are followed by hand, where opinions move and where they do not. */
import { describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { readFollows } from '../../../sim/record/post-reader.ts';
import { loadScenario, scenarioFile } from '../../../scenarios/load.ts';
import { neighbourOpinions, opinionRidges } from '../../../viz/figures/opinions.ts';
import { FigureSource } from '../../../viz/figures/source.ts';
import type { Records } from '../../../sim/record/reader.ts';

async function runOf(name: string, ...set: readonly string[]): Promise<Records> {
  const small = ['population.agents=200', 'ticks=31', ...set];
  const { data, find } = await loadScenario(scenarioFile(name), { set: small, allowCode: false });
  return runInMemory(compileScenario(data, find));
}

/** Means around agents after so many ticks, by a set of ties. */
function naiveMeans({ population, ticks }: Records, untilTick: number): number[] {
  const held = Int32Array.from(population.traits?.find(({ name }) => name === 'opinion')?.value ?? []);
  const ties = Array.from({ length: population.count }, (_, agent) => {
    return new Set(population.followee.subarray(population.followOffset[agent], population.followOffset[agent + 1]));
  });
  for (const { tick, intentCount, verb, actor, target, amount, outcome } of ticks()) {
    for (let i = 0; i < intentCount && tick < untilTick; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      if (verb[i] === verbs.follow) ties[actor[i]].add(target[i]);
      if (verb[i] === verbs.unfollow) ties[actor[i]].delete(target[i]);
      if (verb[i] === verbs.lean) held[actor[i]] = amount[i];
    }
  }
  return ties.map((of) => [...of].reduce((sum, other) => sum + held[other], 0) / of.size);
}

describe('neighbourOpinions', () => {
  test.each([
    ['feed-and-opinion', 0],
    ['group-polarization', 1],
  ])('%s: every row is that of ties and opinions followed by hand', async (name, leastLeanings) => {
    const records = await runOf(name);
    const { course, means } = neighbourOpinions(records);
    expect(Math.min(1, course.leaningCount)).toBe(leastLeanings);
    expect(means.map(({ tick }) => tick)).toEqual([0, 5, 10, 16, 21, 26, 31]);
    for (const { tick, values } of means) expect(values).toEqual(naiveMeans(records, tick));
  });

  test('the last row is the mean over the ties at the end of what is held at the end', async () => {
    const records = await runOf('feed-and-opinion', 'seed=2');
    const { course, means } = neighbourOpinions(records);
    const { source, target } = readFollows(records);
    const sums = new Float64Array(records.population.count);
    source.forEach((agent, tie) => (sums[agent] += course.end[target[tie]]));
    const degree = (agent: number): number => source.filter((one) => one === agent).length;
    expect(means.at(-1)?.values).toEqual(Array.from(sums, (sum, agent) => sum / degree(agent)));
  });
});

test('opinionRidges: the caption says that opinions are fixed only where nobody leant', async () => {
  const [fixed, moving] = await Promise.all([runOf('feed-and-opinion'), runOf('group-polarization')]);
  const captionOf = (records: Records): string => opinionRidges.caption(new FigureSource(records, { seed: 1 }));
  expect(captionOf(fixed)).toContain('are fixed');
  expect(captionOf(moving)).toMatch(/leant to another value \d+ times/);
});
