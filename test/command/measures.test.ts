/**
 * `analyze`, `report` and `export` on one small recorded world: the field names that outside checks rely on, and the files.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { measuresInTwo, measuresOf } from '../../scenarios/command/analyze.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { mesocosm, objectOf, recordSmall, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

interface Analysis {
  readonly source: string;
  readonly measures: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

beforeAll(async () => {
  await recordSmall('run', folder, ['--index', 'none', '--ticks', '60']);
});

const networkFields = [
  ...['nodes', 'edges', 'density', 'reciprocity', 'transitivity', 'meanLocalClustering', 'assortativity'],
  ...['meanPathLength', 'modularity', 'communities', 'giantComponentShare', 'maxCore', 'degreeGini'],
];

test('analyze --json: network and cascades have the field names of the contract', async () => {
  const { source, measures } = await objectOf<Analysis>(['analyze', 'run'], folder);
  expect(source).toBe('run');
  expect(Object.keys(measures)).toEqual(expect.arrayContaining(['network', 'cascades', 'threads']));
  for (const field of networkFields) expect(measures['network'][field]).toEqual(expect.any(Number));
  expect(measures['network']).toMatchObject({ nodes: 2000, n: 2000, layer: 'follow' });
  const { cascades } = measures;
  for (const name of ['sizes', 'depths', 'breadths']) expect(cascades[name]).toHaveLength(cascades['count'] as number);
  expect(cascades['structuralVirality']).toEqual(expect.any(Number));
  const powerLaw = cascades['powerLaw'] as Record<string, unknown>;
  expect(Object.keys(powerLaw)).toEqual(expect.arrayContaining(['alpha', 'xmin', 'se', 'ks', 'pValue', 'verdict']));
  for (const [name, measure] of Object.entries(measures)) {
    expect(measure).toMatchObject({ method: expect.any(String) as unknown, definition: expect.any(String) as unknown });
    // So small a world has no discussion of five replies.
    if (name !== 'cooperation') expect(measure['n']).toBeGreaterThan(0);
    expect(measure['warnings']).toBeInstanceOf(Array);
  }
});

test('two threads give what one gives, in the order asked for, and an error of the second is the user’s', async () => {
  const records = openRecords(join(folder, 'run'));
  const names = ['centrality', 'cascades', 'threads'];
  const flags = { seed: 3 };
  const both = await measuresInTwo(records, names, flags);
  expect(Object.keys(both)).toEqual(names);
  expect(both).toEqual(measuresOf(records, names, flags));
  const gone = { ...records, directory: join(folder, 'nowhere') };
  await expect(measuresInTwo(gone, ['adoption', 'threads'], flags)).rejects.toThrow('INPUT_NOT_FOUND');
});

test('analyze: a measure or a layer that does not exist is refused, with those that do', async () => {
  const measure = await mesocosm(['analyze', 'run', 'netwrk', '--json'], folder);
  expect(measure).toMatchObject({ status: 2, stdout: '' });
  expect(measure.stderr).toMatch(/^INPUT_UNKNOWN_NAME .*"netwrk".*Did you mean network\? Known: network, cascades/m);
  const layer = await mesocosm(['analyze', 'run', 'network', '--layer', 'kinship'], folder);
  expect(layer).toMatchObject({ status: 2, stdout: '' });
  expect(layer.stderr).toMatch(/^INPUT_UNKNOWN_NAME --layer .*"kinship".*Known: follow, reply, repost, coaction/m);
});

interface Exported {
  readonly files: readonly string[];
  readonly nodes: number;
  readonly edges: number;
}

/** How often a pattern stands in a file of an export. */
function countIn(file: string, pattern: RegExp): number {
  return readFileSync(join(folder, file), 'utf8').match(pattern)?.length ?? 0;
}

test.each(['follow', 'reply', 'repost'])('export: the %s layer has the same counts in every format', async (layer) => {
  const [gexf, graphml, csv] = await Promise.all(
    ['gexf', 'graphml', 'csv'].map((format) =>
      objectOf<Exported>(['export', 'run', '--format', format, '--layer', layer], folder),
    ),
  );
  expect([graphml.edges, csv.edges]).toEqual([gexf.edges, gexf.edges]);
  expect([gexf.nodes, graphml.nodes, csv.nodes]).toEqual([2000, 2000, 2000]);
  expect(gexf.edges).toBeGreaterThan(0);
  for (const { files } of [gexf, graphml, csv])
    expect(files.every((file) => existsSync(join(folder, file)))).toBe(true);
  expect([countIn(gexf.files[0], /<node /g), countIn(gexf.files[0], /<edge /g)]).toEqual([2000, gexf.edges]);
  expect([countIn(graphml.files[0], /<node /g), countIn(graphml.files[0], /<edge /g)]).toEqual([2000, gexf.edges]);
  const lines = csv.files.map((file) => countIn(file, /\n/g));
  expect(lines).toEqual([2001, gexf.edges + 1]);
});

test('export: a format that does not exist is refused, with those that do', async () => {
  const { status, stderr } = await mesocosm(['export', 'run', '--format', 'pdf'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_UNKNOWN_NAME --format "pdf".*gexf, graphml, csv/m);
});

test('report: one page that asks for nothing from a network, each figure with its data', async () => {
  const { report, figures } = await objectOf<{ report: string; figures: string[] }>(['report', 'run'], folder);
  const page = readFileSync(join(folder, report), 'utf8');
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).not.toMatch(/<(script\b[^>]|link|iframe)\b|src="(?!data:)|url\((?!#|"?data:|'?data:)/i);
  const expected = figures.flatMap((name) => [`${name}.svg`, `${name}.csv`]);
  expect(readdirSync(join(folder, 'run', 'figures')).sort()).toEqual(expected.sort());
  for (const name of figures) expect(page).toContain(`figures/${name}.csv`);
});
