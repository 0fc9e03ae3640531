/** Tests of parts of a layer, places, structure and time in exports: beside sets of neighbours, and as networkx reads them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecords } from '../../sim/record/reader.ts';
import { readTies } from '../../sim/record/tie-reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { exportRun } from '../../viz/export-run.ts';
import { parseStructure } from '../../viz/network-structure.ts';
import { selectAgents, symmetricOf } from '../../viz/network-selection.ts';
import { smallRun } from '../sim/record/small-run.ts';
import { hasNetworkx, readBack, skipReason } from './read-back.ts';
import type { Graph } from '../../analysis/estimators/graph.ts';
import type { Records } from '../../sim/record/reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-selection-'));
afterAll(() => rmSync(folder, { recursive: true }));

let records: Records;
let symmetric: Graph;
let neighbours: Set<number>[];
beforeAll(async () => {
  await smallRun(join(folder, 'run'), { agents: 150, ticks: 30, seed: 9, followsMean: 4 });
  records = openRecords(join(folder, 'run'));
  const ties = readTies(records, 'follow', { ended: false });
  symmetric = symmetricOf(150, ties);
  neighbours = Array.from({ length: 150 }, () => new Set<number>());
  for (const { source, target } of ties.walk()) {
    neighbours[source].add(target);
    neighbours[target].add(source);
  }
});

const membersOf = (kept: Uint8Array): number[] => Array.from(kept.keys()).filter((agent) => kept[agent] === 1);

describe('selectAgents', () => {
  it('selectAgents: a core is what pruning leaves', () => {
    for (const core of [2, 3, 5, 100]) {
      const left = new Set(neighbours.keys());
      for (let before = -1; before !== left.size;) {
        before = left.size;
        for (const agent of left)
          if ([...neighbours[agent]].filter((one) => left.has(one)).length < core) left.delete(agent);
      }
      expect(membersOf(selectAgents(symmetric, { core }))).toEqual([...left]);
    }
  });

  it('selectAgents: a neighbourhood is what so many rings of neighbours hold', () => {
    for (const radius of [1, 2, 3]) {
      let ring = new Set([7]);
      for (let step = 0; step < radius; step++)
        ring = new Set([...ring, ...[...ring].flatMap((one) => [...neighbours[one]])]);
      expect(membersOf(selectAgents(symmetric, { ego: 7, radius }))).toEqual([...ring].sort((a, b) => a - b));
    }
  });

  it('selectAgents: a sample has the size that was asked for, comes from what is left, and hangs on the seed alone', () => {
    const [one, again, other] = [1, 1, 2].map((seed) =>
      membersOf(selectAgents(symmetric, { core: 3, sample: 20, seed })),
    );
    const core = membersOf(selectAgents(symmetric, { core: 3 }));
    expect(one).toHaveLength(20);
    expect(one.every((agent) => core.includes(agent))).toBe(true);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(membersOf(selectAgents(symmetric, { sample: 1000 }))).toHaveLength(150);
  });
});

describe('exportRun, parts and time', () => {
  it('exportRun: a part has its agents, the edges between them, structure of the whole, and places', () => {
    const selection = { ego: 7, radius: 1 };
    const kept = new Set(
      membersOf(selectAgents(symmetric, selection)).map((agent) => externalId(records.population.ids, agent)),
    );
    const structure = parseStructure('community,role,k_core');
    const options = { raw: false, selection, structure, positions: true };
    const { files, nodes, edges } = exportRun(records, 'csv', 'follow', join(folder, 'part'), options);
    const [nodeRows, edgeRows] = files.map((file) =>
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')),
    );
    expect(nodeRows[0].slice(-5)).toEqual(['community', 'role', 'k_core', 'x', 'y']);
    expect(new Set(nodeRows.slice(1).map(([id]) => id))).toEqual(kept);
    expect([nodes, edges]).toEqual([kept.size, edgeRows.length - 1]);
    expect(edgeRows.slice(1).every(([, source, target]) => kept.has(source) && kept.has(target))).toBe(true);
    const places = nodeRows.slice(1).map((row) => row.slice(-2).join());
    expect(new Set(places).size).toBe(kept.size);
  });

  it.skipIf(!hasNetworkx)(
    `exportRun: networkx reads the spells of ties and agents that the log gives${skipReason}`,
    () => {
      const { files } = exportRun(records, 'gexf', 'follow', join(folder, 'time'), { raw: false, time: true });
      const read = readBack(files[0] ?? '');
      const name = (agent: number): string => externalId(records.population.ids, agent);
      const wanted = [...readTies(records, 'follow', { ended: true }).walk()].map(({ source, target, spells }) => [
        `${name(source)}>${name(target)}`,
        spells.map(({ start, end = 30 }) => [start, end]),
      ]);
      const found = read.edges.map(([source, target, { spells }]) => [`${source}>${target}`, spells]);
      expect(new Map(found as [string, unknown][])).toEqual(new Map(wanted as [string, unknown][]));
      expect(read.nodes.every(([, { spells }]) => JSON.stringify(spells) === '[[0,30]]')).toBe(true);
      expect(readFileSync(files[0] ?? '', 'utf8')).toContain('mode="dynamic" timeformat="integer"');
    },
  );

  it.each([
    ['graphml', { time: true }, 'INPUT_COMBINATION'],
    ['gexf', { structure: ['stance'] as const }, 'INPUT_DANGLING_REF'],
  ] as const)('exportRun: %s with what it cannot say is refused', (format, options, code) => {
    const write = (): unknown => exportRun(records, format, 'follow', join(folder, 'none'), { raw: false, ...options });
    expect(write).toThrow(code);
    expect(() => parseStructure('community,fame')).toThrow('INPUT_UNKNOWN_NAME');
  });
});
