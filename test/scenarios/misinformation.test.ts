/** The study of misinformation in small: what mirrored worlds share, which control shows nothing, and what a moderator changes. */
import { expect, test } from 'vitest';
import { mainArm, nullArm, otherArms, sizeSettings, worldSettings } from '../../scenarios/misinformation/arms.ts';
import { readVeracity } from '../../scenarios/misinformation/published.ts';
import { runMisinformationStudy, sumsOver } from '../../scenarios/misinformation/study.ts';
import { dataFile } from '../../scenarios/load.ts';

const removed = otherArms.filter(({ name }) => name === 'remove');
const study = await runMisinformationStudy({ agents: 400, seeds: 4, sizes: [100], workers: 1, arms: removed });

test('misinformation: at equal odds both worlds of a seed have one digest, at unequal odds they do not', () => {
  expect(study.controls).toMatchObject({ sameWorlds: 4, seeds: 4 });
  expect(study.controls?.placebo.n).toBe(32);
  for (const { plain, mirrored } of study.main.pairs) expect(plain.digest).not.toBe(mirrored.digest);
});

test('misinformation: roles are exchanged in the mirrored world, in the appeals and in what a moderator does', () => {
  expect(worldSettings(mainArm, false)).toEqual(['sources.pairAppeals=[0, 0.5306]']);
  expect(worldSettings(mainArm, true)).toEqual(['sources.pairAppeals=[0.5306, 0]']);
  expect(worldSettings(nullArm, true)).toEqual(worldSettings(nullArm, false));
  expect(worldSettings(removed[0], true)[1]).toContain('of: first');
  const [{ plain, mirrored }] = study.main.pairs;
  expect(sumsOver(study.main.pairs, 'rumours', 'reached')[0]).toBe(plain.second.reached + mirrored.first.reached);
  expect(sumsOver(study.main.pairs, 'truths', 'reached')[0]).toBe(plain.first.reached + mirrored.second.reached);
});

test('misinformation: rumours are spread by more than truths, and removed ones reach fewer than others do', () => {
  expect(study.main.logRatio.spreaders.interval[0]).toBeGreaterThan(0);
  const [contrast] = study.contrasts;
  expect(contrast.rumours.interval[1]).toBeLessThan(0);
  expect(contrast.difference.value).toBeLessThan(-0.2);
});

test('misinformation: small worlds get more seeds, and a core that fits', () => {
  expect(study.sizes.map(({ agents, pairs }) => [agents, pairs.length])).toEqual([
    [100, 40],
    [400, 4],
  ]);
  expect(sizeSettings(100).join()).toContain('coreCount: 20, followShare: 1,');
  expect(sizeSettings(1000)).toHaveLength(2);
});

test('misinformation: the real cascades are 49 false and 50 true ones, whose sizes do not differ beyond chance', () => {
  const { falseCount, trueCount, logRatio } = readVeracity(dataFile('cascades/twitter1516-calibration.csv'));
  expect([falseCount, trueCount]).toEqual([49, 50]);
  expect(logRatio.interval[0]).toBeLessThan(0);
  expect(logRatio.interval[1]).toBeGreaterThan(0);
});
