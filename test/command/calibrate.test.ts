/** `calibrate`: a planted parameter is found again, a search that is stopped goes on to the same answer, and what cannot be fitted is refused. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { mesocosm, objectOf, startCommand, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const small = ['--set', 'population.agents=200', '--set', 'ticks=12'];
const measures = ['counts.posts', 'counts.awake'];
const planted = 0.25;
const search = ['calibrate', 'information-spreading', ...small, '--to', 'planted.json', '--fit', 'policies[0].rules.postShare=0.02..0.8:log', '--evaluations', '24', '--replicates', '2']; // prettier-ignore

interface Calibrated {
  readonly parameters: { path: string; value: number; interval: [number, number] }[];
  readonly loss: number;
  readonly settings: string[];
}

beforeAll(async () => {
  const wanted = measures.flatMap((measure) => ['--measure', measure]);
  const { cells } = await objectOf<{ cells: { measures: Record<string, { mean: number }> }[] }>(
    ['sweep', 'information-spreading', ...small, '--vary', `policies[0].rules.postShare=${planted}`, ...wanted, '--replicates', '12', '--seed', '5001', '--no-figures', '--out', 'plant'], // prettier-ignore
    folder,
  );
  const figures = measures.map((id) => ({
    ...{ id, quantity: id, value: cells[0].measures[id].mean, unit: 'acts', definition: 'planted', source: 'ours' },
    ...{ place: 'seeds 5001 to 5012', fittedIn: [] },
  }));
  writeFileSync(join(folder, 'planted.json'), JSON.stringify({ name: 'planted', about: 'planted', figures }));
}, 60_000);

describe('calibrate', () => {
  test('finds a planted share of posts within a tenth, and says with which settings it is run', async () => {
    const found = await objectOf<Calibrated>([...search, '--out', 'whole', '--workers', '2'], folder);
    expect(Math.abs(found.parameters[0].value / planted - 1)).toBeLessThan(0.1);
    expect(found.settings).toEqual([`policies[0].rules.postShare=${found.parameters[0].value}`]);
    expect(readFileSync(join(folder, 'whole/evaluations.csv'), 'utf8').trim().split('\n')).toHaveLength(25);
  });

  test('one that is interrupted ends with 130; the same command goes on to the same answer', async () => {
    const started = startCommand([...search, '--out', 'cut', '--workers', '1'], folder);
    const replicates = join(folder, 'cut/replicates');
    const timer = setInterval(() => {
      if (existsSync(replicates) && readdirSync(replicates).length >= 10) started.process.kill('SIGINT');
    }, 5);
    const { status } = await started.finished;
    clearInterval(timer);
    expect(status).toBe(130);
    expect(existsSync(join(folder, 'cut/calibration.json'))).toBe(false);
    expect((await mesocosm([...search, '--out', 'cut', '--workers', '1'], folder)).status).toBe(0);
    for (const file of ['evaluations.csv', 'profiles.csv'])
      expect(readFileSync(join(folder, 'cut', file))).toEqual(readFileSync(join(folder, 'whole', file)));
  });

  test.each([
    ['more parameters than targets', ['--fit', 'feed.length=3..9', '--fit', 'topicFocusShare=0.1..0.9'], 'INPUT_'],
    ['a file of figures that is not there', ['--to', 'nowhere.json'], 'INPUT_NOT_FOUND'],
    ['a range that is none', ['--fit', 'feed.length=9..3'], 'INPUT_'],
  ])('%s are refused with a code and write nothing', async (_, more, code) => {
    const { status, stderr } = await mesocosm([...search, ...more, '--out', 'refused'], folder);
    expect(status).toBe(2);
    expect(stderr).toContain(code);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
