/**
 * Lines 5.5 and 5.8: the genesis data beside their reference, a discussion of 17,000 posts and 154,000 comments within seconds; bad tables and
 * bad edge lists, and an edge list of ten million rows in memory that does not hold it.
 *
 * Sources are made from a seed. Memory is the peak that the command itself reports; the file of ten million rows has some 300 MB, and a
 * reader that held its texts would need several gigabytes. The bar on time is wide: machines differ.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { writeDiscussion, writeEdges } from '../sim/import/sources.ts';
import { mesocosm, objectOf, temporary, testFiles } from './figure.ts';
import { checkGenesis } from './genesis.ts';
import type { Report } from './figure.ts';

interface Imported {
  readonly agents: number;
  readonly acts: number;
  readonly posts: number;
  readonly peakRssBytes: number;
  readonly seconds: { readonly setup: number; readonly record: number };
  readonly noted: readonly { readonly reason: string; readonly count: number }[];
}

const secondsMax = 60;
const bytesOfRowMax = 150;
const rowCount = 10_000_000;

/** Runs the check. */
export async function checkImport(report: Report): Promise<void> {
  await checkGenesis(report);
  await checkDiscussion(report);
}

/** Line 5.8. */
export async function checkEdgesAtSize(report: Report): Promise<void> {
  for (const [what, file] of Object.entries(badFiles)) {
    const { line, met } = await testFiles(file);
    report({ command: what, figure: line, bar: 'each gives its code and its line', met });
  }
  await checkEdges(report, rowCount);
}

const badFiles = {
  'sixteen bad populations and sixteen bad edge lists, C1 to C16 and E1 to E16': 'test/sim/import/bad-files.test.ts',
  'eighteen bad tables of MoltBook': 'test/sim/import/bad-tables.test.ts',
  'bad edge lists by shape': 'test/sim/import/edge-list.test.ts',
};

async function checkDiscussion(report: Report): Promise<void> {
  writeDiscussion(join(temporary, 'discussion'), { agents: 6000, posts: 17_000, comments: 154_000 });
  const imported = await objectOf<Imported>(['import', 'moltbook', 'discussion', '--out', 'discussion-set']);
  const measured = await mesocosm(['analyze', 'discussion-set', 'network', '--json']);
  const seconds = imported.seconds.setup + imported.seconds.record;
  report({
    command: 'import moltbook, 17,000 posts and 154,000 comments; analyze network',
    figure: `${imported.posts} posts and comments in ${seconds.toFixed(1)} s, ${(imported.peakRssBytes / 1e6).toFixed(0)} MB; analyze ${measured.seconds.toFixed(1)} s`,
    bar: `both within ${secondsMax} s, nothing left out`,
    met: measured.status === 0 && imported.posts === 171_000 && seconds + measured.seconds < secondsMax,
  });
}

/** Streams an edge list of so many rows. */
export async function checkEdges(report: Report, rows: number): Promise<void> {
  writeEdges(join(temporary, 'edges.csv'), rows, rows / 10);
  const { size } = statSync(join(temporary, 'edges.csv'));
  const { acts, peakRssBytes, seconds, noted } = await objectOf<Imported>([
    'import',
    'edges',
    'edges.csv',
    '--out',
    'edge-set',
  ]);
  const again = noted.reduce((sum, { count }) => sum + count, 0);
  report({
    command: `import edges, ${rows} rows with times and weights, ${(size / 1e6).toFixed(0)} MB`,
    figure: `${acts} ties, ${again} rows met again; ${seconds.setup.toFixed(1)} s to read, ${seconds.record.toFixed(1)} s to write; ${(peakRssBytes / 1e6).toFixed(0)} MB, ${(peakRssBytes / rows).toFixed(0)} bytes a row`,
    bar: `at most ${bytesOfRowMax} bytes a row`,
    met: peakRssBytes < bytesOfRowMax * rows,
  });
}
