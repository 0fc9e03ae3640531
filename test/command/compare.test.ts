/** `compare`: arms of worlds beside one another, and worlds beside published figures; and what is refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareArms } from '../../scenarios/command/compare-arms.ts';
import { publishedNames, readFigures, verdictOf } from '../../scenarios/command/scorecard.ts';
import { testStream } from '../analysis/worlds.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { Comparison } from '../../scenarios/command/compare-arms.ts';
import type { Scorecard } from '../../scenarios/command/scorecard.ts';

const folder = temporaryFolder();

function record(out: string, seed: number, follows: number): Promise<unknown> {
  const size = ['--agents', '600', '--ticks', '30', '--seed', String(seed), '--index', 'none'];
  const settings = ['--set', `population.followsMean=${follows}`];
  return objectOf(['run', 'information-spreading', ...size, ...settings, '--out', out], folder);
}

beforeAll(async () => {
  for (const seed of [1, 2, 3]) {
    await record(`few/${seed}`, seed, 6);
    await record(`many/${seed}`, seed + 10, 20);
  }
}, 120_000);

interface Compared {
  readonly arms: { readonly name: string; readonly worlds: number; readonly seeds: number[] }[];
  readonly comparisons: Comparison[];
  readonly multiplicity: { readonly tests: number };
  readonly warnings: string[];
}

describe('compare', () => {
  test('two arms of three worlds: a planted difference of density is claimed, with its sizes, over worlds', async () => {
    const { arms, comparisons, multiplicity } = await objectOf<Compared>(['compare', 'few', 'many'], folder);
    expect(arms).toMatchObject([
      { name: 'few', worlds: 3, seeds: [1, 2, 3] },
      { name: 'many', worlds: 3, seeds: [11, 12, 13] },
    ]);
    const [{ measures }] = comparisons;
    const density = measures.find(({ measure }) => measure === 'network.density');
    expect(density).toMatchObject({ claim: 'higher', first: { n: 3 }, other: { n: 3 }, permutationPMin: 0.1 });
    expect(density?.hedgesG.interval?.[0]).toBeGreaterThan(0);
    expect(density?.permutationP).toBeCloseTo(0.1, 12);
    expect(multiplicity.tests).toBe(measures.filter(({ welchP }) => welchP !== null).length);
    for (const { claim, welchQ } of measures) if (claim !== null) expect(welchQ).toBeLessThanOrEqual(0.05);
  });

  test('an arm of one world: the difference is printed, nothing is tested or claimed', async () => {
    const { comparisons, warnings } = await objectOf<Compared>(['compare', 'few/1', 'many'], folder);
    for (const { claim, welchP, permutationP, hedgesG } of comparisons[0].measures) {
      expect({ claim, welchP, permutationP, g: hedgesG.value }).toEqual({
        ...{ claim: null, welchP: null, permutationP: null, g: null },
      });
    }
    const density = comparisons[0].measures.find(({ measure }) => measure === 'network.density');
    expect(density?.difference.value).toBeGreaterThan(0);
    expect(density?.words).toContain('n = 1 world');
    expect(warnings.join('\n')).toContain('1: n = 1 world');
  });

  test('a world that stands twice in an arm is one world', async () => {
    await record('twice/a', 1, 6);
    await record('twice/b', 1, 6);
    const { arms, warnings } = await objectOf<Compared>(['compare', 'twice', 'many'], folder);
    expect(arms[0].worlds).toBe(1);
    expect(warnings.join('\n')).toContain('digest of another');
  });

  test('one arm, a directory without runs and figures that do not exist are refused', async () => {
    expect((await mesocosm(['compare', 'few'], folder)).stderr).toMatch(/^INPUT_USAGE .*one arm/m);
    expect((await mesocosm(['compare', 'few/1/genesis', 'many'], folder)).stderr).toMatch(/^INPUT_NOT_A_RUN /m);
    const lost = await mesocosm(['compare', 'few', '--to', 'moltdynamics', '--json'], folder);
    expect(lost).toMatchObject({ status: 2, stdout: '' });
    expect(lost.stderr).toMatch(/^INPUT_NOT_FOUND --to .*Known: molt-dynamics, moltbook, oasis/m);
  });
});

describe('compare --to', () => {
  test.each(publishedNames)('%s: every figure comes out once, calibrated apart from predicted', async (name) => {
    const { scorecards } = await objectOf<{ scorecards: Scorecard[] }>(['compare', 'few', '--to', name], folder);
    const [{ calibrated, predicted, notComputed, worlds }] = scorecards;
    expect(worlds).toBe(3);
    const ids = [...calibrated, ...predicted, ...notComputed].map(({ id }) => id);
    const { figures } = readFigures(name);
    expect(ids.sort()).toEqual(figures.map(({ id }) => id).sort());
    for (const { id } of calibrated)
      expect(figures.find((figure) => figure.id === id)?.fittedIn).toContain('information-spreading');
    for (const { why } of notComputed) expect(why.length).toBeGreaterThan(10);
    for (const row of [...calibrated, ...predicted]) expect(row.words).toContain('published');
  });

  test('a file of one’s own: inside, outside and undecided as its numbers make them', async () => {
    const base = { unit: 'share', definition: 'ties over pairs', source: 'made up', place: 'here', fittedIn: [] };
    const figures = [
      { id: 'far', quantity: 'network.density', value: 0.9, ...base },
      { id: 'wide', quantity: 'network.density', value: 0.5, interval: [0, 1], ...base },
    ];
    writeFileSync(join(folder, 'own.json'), JSON.stringify({ name: 'own', about: 'test', figures }));
    const { scorecards } = await objectOf<{ scorecards: Scorecard[] }>(['compare', 'few', '--to', 'own.json'], folder);
    expect(scorecards[0].predicted.map(({ verdict }) => verdict)).toEqual(['outside', 'inside']);
    expect(scorecards[0].misses).toHaveLength(1);
    const alone = await objectOf<{ scorecards: Scorecard[] }>(['compare', 'few/1', '--to', 'own.json'], folder);
    expect(alone.scorecards[0].predicted.map(({ verdict }) => verdict)).toEqual(['undecided', 'inside']);
  });

  test('a file with wrong fields is refused with every one of them', async () => {
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ name: 'wrong', about: 3, figures: [] }));
    const { status, stderr } = await mesocosm(['compare', 'few', '--to', 'wrong.json'], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/wrong\.json.*about/);
    expect(stderr).toMatch(/wrong\.json.*figures/);
  });
});

test('compareArms: arms drawn from one distribution are claimed to differ in at most a few of 200 comparisons', () => {
  let claimed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const stream = testStream(seed);
    const values = { one: Array.from({ length: 8 }, () => stream.normal()) };
    const others = { one: Array.from({ length: 8 }, () => stream.normal()) };
    const { comparisons } = compareArms(
      [
        { name: 'a', values },
        { name: 'b', values: others },
      ],
      ['one'],
      1,
    );
    if (comparisons[0].measures[0].claim !== null) claimed++;
  }
  expect(claimed).toBeGreaterThan(0);
  expect(claimed).toBeLessThanOrEqual(20);
});

test('verdictOf: intervals that touch are inside, a lone pair of numbers decides nothing', () => {
  expect(verdictOf(1, [0.5, 1.5], 1.5)).toBe('inside');
  expect(verdictOf(1, [0.5, 1.5], 1.6)).toBe('outside');
  expect(verdictOf(1, [0.5, 1.5], 1.6, [1.4, 1.8])).toBe('inside');
  expect(verdictOf(1, null, 1.6, [0.9, 1.8])).toBe('inside');
  expect(verdictOf(1, null, 1.6)).toBe('undecided');
});
