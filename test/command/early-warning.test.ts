/**
 * Indices tick by tick: an observer that moves no digest, agrees with the measure of the whole, and does not see shards. The measures beside it.
 */
import { describe, expect, test } from 'vitest';
import { measureDiversity } from '../../analysis/measures/diversity.ts';
import { measureInequality } from '../../analysis/measures/inequality.ts';
import { edgesOf } from '../../analysis/measures/from-records.ts';
import { LayerGraph } from '../../analysis/measures/network-layer.ts';
import { followOpinions } from '../../analysis/measures/opinion-course.ts';
import { measurePolarization } from '../../analysis/measures/polarization.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { simulate } from '../../sim/engine/simulate.ts';
import { earlyWarning } from '../../scenarios/command/early-warning.ts';
import { loadScenario, scenarioFile } from '../../scenarios/load.ts';

const set = ['population.agents=300', 'ticks=30', 'seed=5'];
const loaded = await loadScenario(scenarioFile('group-polarization', 'scenario'), { set, allowCode: false });
const compiled = compileScenario(loaded.data, loaded.find);

async function watched(workers: number) {
  const observer = earlyWarning(compiled, undefined);
  const placement = { workers, layout: workers === 1 ? 'degree' : 'scrambled', mergeTicks: 24 } as const;
  const result = await simulate({ ...compiled, placement, code: noOwnCode, sampleShare: 0, observer });
  return { rows: observer.rows, link: Buffer.from(result.link).toString('hex') };
}

describe('earlyWarning', () => {
  test('one and two workers give the same rows, and a run that nobody watches the same digest', async () => {
    const one = await watched(1);
    expect(await watched(2)).toEqual(one);
    const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
    const unseen = await simulate({ ...compiled, placement, code: noOwnCode, sampleShare: 0 });
    expect(Buffer.from(unseen.link).toString('hex')).toBe(one.link);
  });
  test('with all agents in the sample the last row is what analyze measures', async () => {
    const { rows } = await watched(1);
    const records = await runInMemory(compiled);
    const { indices, leanings } = measurePolarization(records, LayerGraph.of(edgesOf(records, 'follow')), { seed: 1 });
    const end = (name: string): number => indices.find(({ index }) => index === name)?.end ?? NaN;
    expect(rows).toHaveLength(30);
    expect(leanings).toBeGreaterThan(500);
    expect(rows.at(-1)?.polarization).toBeCloseTo(end('estebanRay'), 12);
    expect((rows.at(-1)?.spread ?? 0) ** 2).toBeCloseTo(end('variance'), 6);
  });
});

describe('measures beside it', () => {
  test('attention by posts is that of the log, and chance gives less of a Gini coefficient', async () => {
    const records = await runInMemory(compiled);
    const { quantities } = measureInequality(records, { seed: 1 });
    const [attention, , posts] = quantities;
    expect(posts.total).toBe(records.manifest.counts.posts);
    expect(attention.gini ?? 0).toBeGreaterThan(attention.giniByChance ?? 1);
    expect(attention.low ?? 1).toBeLessThan(attention.gini ?? 0);
  });
  test('texts are refused without --lexical where rules wrote them, and topics are four', async () => {
    const { categories, texts, warnings } = measureDiversity(await runInMemory(compiled), { seed: 1 });
    expect(categories[0].effectiveNumber ?? 0).toBeLessThanOrEqual(8);
    expect(texts).toBeNull();
    expect(warnings.join()).toContain('words');
  });
  test('followOpinions: nobody leans, the end is the start', async () => {
    const still = await loadScenario(scenarioFile('feed-and-opinion', 'scenario'), {
      set: ['ticks=5', 'population.agents=200'],
      allowCode: false,
    });
    const { start, end, leaningCount } = followOpinions(await runInMemory(compileScenario(still.data, still.find)));
    expect(leaningCount).toBe(0);
    expect(Array.from(end)).toEqual(Array.from(start));
  });
});
