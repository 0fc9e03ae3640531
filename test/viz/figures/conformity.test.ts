/** The figure of conformity: it draws the measure, so its bins put together are the measure's numbers; strengths part, and runs without votes are told. */
import { beforeAll, expect, test } from 'vitest';
import { agreementCourse, measureConformity } from '../../../analysis/measures/conformity.ts';
import { readVotes } from '../../../analysis/measures/votes.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { loadScenario, scenarioFile } from '../../../scenarios/load.ts';
import { conformity } from '../../../viz/figures/conformity.ts';
import { FigureSource } from '../../../viz/figures/source.ts';
import type { Records } from '../../../sim/record/reader.ts';

async function runOf(name: string, ...set: readonly string[]): Promise<Records> {
  const { data, find } = await loadScenario(scenarioFile(name), { set, allowCode: false });
  return runInMemory(compileScenario(data, find));
}

const readers = (strength: number): Promise<Records> =>
  runOf('herd-effect', 'population.agents=400', `plants[1].strength=${strength}`);

let [independent, following]: Records[] = [];

beforeAll(async () => {
  [independent, following] = await Promise.all([readers(0), readers(0.8)]);
});

test('agreementCourse: bins put together by their votes are agreement and excess of the measure, whatever the bins', () => {
  const { agreementWithShownScore, agreementExcess } = measureConformity(following);
  for (const binCount of [1, 7, 80]) {
    const { votes } = readVotes(following);
    const course = agreementCourse(votes, (tick) => Math.floor((tick * binCount) / 80), binCount);
    const pooled = (shares: Float64Array): number =>
      shares.reduce((sum, share, bin) => sum + (course.votes[bin] === 0 ? 0 : share * course.votes[bin]), 0) /
      course.votes.reduce((sum, count) => sum + count, 0);
    expect(pooled(course.agreement)).toBeCloseTo(Number(agreementWithShownScore.value), 10);
    expect(pooled(course.agreement) - pooled(course.expected)).toBeCloseTo(Number(agreementExcess.value), 10);
  }
});

test('conformity: the arm of followers lies above its baseline, that of independent readers on it', () => {
  const source = new FigureSource(following, { seed: 1, arms: [{ name: 'independent', worlds: [independent] }] });
  expect(conformity.lacks(source)).toBeUndefined();
  const { data } = conformity.draw(source);
  const meanOf = (wanted: string): number => {
    const own = data.rows.filter(([name]) => name === wanted).map(([, , , y]) => Number(y));
    return own.reduce((sum, one) => sum + one, 0) / own.length;
  };
  const names = [...new Set(data.rows.map(([name]) => String(name)))];
  expect(names).toHaveLength(4);
  const [mine, other, mineChance, otherChance] = names.map(meanOf);
  expect(mine - mineChance).toBeGreaterThan(0.2);
  expect(Math.abs(other - otherChance)).toBeLessThan(0.05);
});

test('conformity: a run whose agents cannot vote against anything gives no figure, and says why', async () => {
  const source = new FigureSource(await runOf('feed-and-opinion', 'population.agents=50', 'ticks=2'), { seed: 1 });
  expect(conformity.lacks(source)).toMatch(/cannot vote against/);
});
