/** `export --format parquet` and `--format json`, read back by hyparquet and graphology, beside the CSV files of the same layer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectedGraph } from 'graphology';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, expect, test } from 'vitest';
import { exportParquet } from '../../scenarios/command/export-parquet.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { exportRun } from '../../viz/export-run.ts';
import { smallRun } from '../sim/record/small-run.ts';
import { temporaryFolder } from './start.ts';
import type { SerializedGraph } from 'graphology-types';
import type { Records } from '../../sim/record/reader.ts';

const folder = temporaryFolder();
let records: Records;

beforeAll(async () => {
  await smallRun(join(folder, 'run'), { agents: 120, ticks: 30, seed: 11 });
  records = openRecords(join(folder, 'run'));
});

function csvRows(name: string): string[][] {
  const [, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}

test.each(['follow', 'repost'] as const)(
  'Parquet: nodes and edges of %s hold what the CSV files hold',
  async (layer) => {
    const { nodes, edges, files } = exportParquet(records, layer, folder, {});
    exportRun(records, 'csv', layer, folder, { raw: true });
    const read = async (file: string): Promise<string[][]> =>
      (await parquetReadObjects({ file: await asyncBufferFromFile(file) })).map((row) =>
        Object.values(row).map(String),
      );
    expect(await read(files[0])).toEqual(csvRows(`${layer}-nodes.csv`));
    // CSV has one column more, Gephi's type of the edge.
    expect(await read(files[1])).toEqual(csvRows(`${layer}-edges.csv`).map((row) => row.toSpliced(3, 1)));
    expect(nodes).toBe(120);
    expect(edges).toBeGreaterThan(0);
  },
);

test('JSON: graphology imports the file as it stands, with every agent, edge and attribute', () => {
  const { nodes, edges, files } = exportRun(records, 'json', 'repost', folder, { raw: false });
  const graph = DirectedGraph.from(JSON.parse(readFileSync(files[0], 'utf8')) as SerializedGraph);
  expect([graph.order, graph.size]).toEqual([nodes, edges]);
  const [edge] = csvRows('repost-edges.csv');
  expect(graph.getEdgeAttribute(edge[1], edge[2], 'weight')).toBe(Number(edge[4]));
  const [node] = csvRows('repost-nodes.csv');
  expect(graph.getNodeAttributes(node[0])).toMatchObject({ label: node[1], ordinal: 0, followers: Number(node[3]) });
});
