/** The study of feed and opinion in small: what its pairs share, which feed sorts, and that its placebo does not. */
import { expect, test } from 'vitest';
import { runFeedStudy } from '../../scenarios/feed-and-opinion/study.ts';
import { loadScenario, scenarioFile } from '../../scenarios/load.ts';

const study = await runFeedStudy({ seeds: 6, workers: 2, set: ['population.agents=700', 'ticks=144'] });

test('feed-and-opinion: the two worlds of a pair begin with one network, and end with different ones', () => {
  for (const { worlds } of [study.linked, study.placebo]) {
    expect(worlds.interest.map(({ start }) => start)).toEqual(worlds.random.map(({ start }) => start));
    worlds.interest.forEach(({ edges }, i) => {
      expect(edges).not.toBe(worlds.random[i].edges);
    });
    expect(worlds.interest.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
  }
});

test('feed-and-opinion: a feed by interest sorts more than one at random, by an interval off 0', () => {
  const [low] = study.linked.mean.interval;
  expect(low).toBeGreaterThan(0.01);
  expect(study.linked.equivalence.isEquivalent).toBe(false);
});

test('feed-and-opinion: with topics that are independent of opinions the difference is equivalent to 0 within 0.02', () => {
  expect(study.placebo.equivalence).toMatchObject({ margin: 0.02, isEquivalent: true, n: 6 });
});

test('feed-and-opinion: the placebo differs from the scenario in its tables of attributes alone', async () => {
  const [linked, placebo] = await Promise.all(['scenario', 'placebo'].map((variant) => dataOf(variant)));
  const stripped = (data: typeof linked) => ({
    ...data,
    ...{ name: '', description: '', population: { ...data.population, attributes: [] } },
  });
  expect(stripped(placebo)).toEqual(stripped(linked));
});

async function dataOf(variant: string) {
  const file = scenarioFile('feed-and-opinion', variant);
  return (await loadScenario(file, { set: [], allowCode: false })).data;
}
