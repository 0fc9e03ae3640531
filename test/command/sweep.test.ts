/** `sweep`: what a cell is, resumption byte for byte, stopping at a width, and what is refused. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, test } from 'vitest';
import { sweepCommand } from '../../scenarios/command/sweep.ts';
import { sweepWorlds } from '../../scenarios/command/sweep-worlds.ts';
import { mesocosm, objectOf, startCommand, temporaryFolder } from './start.ts';
import type { NamedOrder, Replicate, ReplicateStore } from '../../scenarios/command/replicate-store.ts';
import type { SweepFlags } from '../../scenarios/command/sweep.ts';
import type { SweepPlan } from '../../scenarios/command/sweep-plan.ts';

const folder = temporaryFolder();
const small = ['--set', 'population.agents=200', '--set', 'ticks=12', '--measure', 'counts.posts'];
const grid = ['sweep', 'information-spreading', ...small, '--vary', 'policies[0].rules.postShare=0.1,0.5'];

const usual: SweepFlags = {
  ...{ vary: ['policies[0].rules.postShare=0.1,0.5'], design: 'grid', replicates: 2, seed: 1, engine: 'local' },
  ...{ set: ['population.agents=200', 'ticks=12'], measure: ['counts.posts'], figures: false },
};

interface Swept {
  readonly worlds: number;
  readonly missing: number;
  readonly cells: {
    readonly settings: Record<string, string>;
    readonly measures: Record<string, { n: number; mean: number; difference: { value: number; n: number } | null }>;
  }[];
}

function bytesOf(name: string): Buffer[] {
  return ['worlds.csv', 'worlds.parquet', 'cells.csv', 'cells.parquet', 'figures/counts.posts.svg'].map((file) =>
    readFileSync(join(folder, name, file)),
  );
}

let whole: Swept;

beforeAll(async () => {
  whole = await objectOf<Swept>([...grid, '--replicates', '6', '--out', 'whole', '--workers', '2'], folder);
}, 60_000);

describe('sweep', () => {
  test('cells share their seeds, a difference is one of pairs, and the Parquet table holds what the CSV table does', async () => {
    expect(whole).toMatchObject({ worlds: 12, missing: 0 });
    const lines = readFileSync(join(folder, 'whole/worlds.csv'), 'utf8').trim().split('\n').slice(1);
    const rows = lines.map((line) => line.split(',').map(Number));
    expect(rows.map(([, , seed]) => seed)).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    const [base, other] = whole.cells.map(({ measures }) => measures['counts.posts']);
    const differences = rows.slice(6).map((row, at) => row[4] - rows[at][4]);
    expect(base.difference).toBeNull();
    expect(other.difference?.value).toBeCloseTo(differences.reduce((sum, one) => sum + one, 0) / 6, 12);
    const file = await asyncBufferFromFile(join(folder, 'whole/worlds.parquet'));
    const read = await parquetReadObjects({ file });
    expect(read.map((row) => Object.values(row).map(Number))).toEqual(rows);
  });

  test('one that is interrupted ends with 130 and goes on to the same bytes', async () => {
    const started = startCommand([...grid, '--replicates', '6', '--out', 'cut', '--workers', '1'], folder);
    const replicates = join(folder, 'cut/replicates');
    const timer = setInterval(() => {
      if (existsSync(replicates) && readdirSync(replicates).length >= 3) started.process.kill('SIGINT');
    }, 5);
    const { status, stderr } = await started.finished;
    clearInterval(timer);
    expect(status).toBe(130);
    expect(stderr).toContain('go on with: mesocosm sweep cut');
    expect(readdirSync(replicates).length).toBeLessThan(12);
    writeFileSync(join(replicates, '00000-00001.json'), '{"order": "half a fi');
    expect((await mesocosm(['sweep', 'cut'], folder)).status).toBe(0);
    expect(bytesOf('cut')).toEqual(bytesOf('whole'));
  });

  test('a cell stops where the interval of its own worlds is narrow enough, a quarter more at a time', async () => {
    const plan: SweepPlan = {
      ...{ format: 1, engine: '', scenario: '', source: { name: '', sha256: '' }, set: [], allowCode: false },
      ...{ design: 'grid', factors: [{ kind: 'levels', path: 'x', levels: ['0', '1'] }], cells: [['0'], ['1']] },
      ...{ seed: 1, replicates: 4, measures: ['m'], until: { measure: 'm', width: 1, replicatesMax: 9 } },
    };
    // The first cell never varies, the second alternates, so that its interval is never narrow.
    const run = (orders: readonly NamedOrder[]): Promise<Replicate[]> =>
      Promise.resolve(orders.map(({ order }) => ({ values: [order.set[0] === 'x=0' ? 5 : 10 * (order.seed % 2)] })));
    const worlds = await sweepWorlds(plan, { run } as unknown as ReplicateStore, () => undefined);
    expect(worlds.map(({ length }) => length)).toEqual([4, 9]);
  });

  test('what it cannot do is refused, with a code and the next step, and nothing is written', async () => {
    const out = join(folder, 'none');
    const refused = (flags: Partial<SweepFlags>): Promise<number> =>
      sweepCommand('information-spreading', { ...usual, out, ...flags });
    const vary = (...texts: string[]): Partial<SweepFlags> => ({ vary: texts });
    await expect(refused({ engine: 'nats://localhost:4222' })).rejects.toThrow(/^INPUT_UNKNOWN_NAME --engine .*NATS/);
    await expect(refused({ measure: ['cascade.meanSize'] })).rejects.toThrow(
      /^INPUT_UNKNOWN_NAME --measure .*cascades/,
    );
    await expect(refused({ measure: ['cpuSeconds'] })).rejects.toThrow(/^INPUT_COMBINATION --measure .*machine/);
    await expect(refused(vary('feed.length=5,1000'))).rejects.toThrow(/^INPUT_FIELD_RANGE --set feed.length/);
    await expect(refused(vary('feed.length=5..10'))).rejects.toThrow(/^INPUT_COMBINATION --vary .*range/);
    await expect(refused(vary('feed.length=5', 'feed.length=6'))).rejects.toThrow(/named twice/);
    await expect(refused({ design: 'zip', ...vary('feed.length=5,6', 'ticks=9') })).rejects.toThrow(/equally many/);
    await expect(refused({ design: 'lhs' })).rejects.toThrow(/^INPUT_COMBINATION --samples/);
    await expect(refused({ untilWidth: 'counts.likes=3', replicatesMax: 9 })).rejects.toThrow(/--until-width/);
    expect(existsSync(out)).toBe(false);
    await expect(refused({ out: join(folder, 'whole') })).rejects.toThrow(/^INPUT_EXISTS .*another sweep/);
  });
});
