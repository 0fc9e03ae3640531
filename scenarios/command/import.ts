/**
 * `import KIND PATH --out DIR`: what others have recorded or counted, as a data set that measures, reports and exports read.
 *
 * Reads the whole source before it writes, so that a source with problems leaves nothing behind. What had to be left out is said, by
 * reason, with the place of the first; `--strict` refuses such a source instead.
 */
import { dirname } from 'node:path';
import { existsSync, mkdirSync } from 'node:fs';
import { cpuSeconds, peakRssBytes, secondsNow, timestamp } from '../../sim/engine/clock.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { readActList } from '../../sim/import/act-list.ts';
import { gatherActs } from '../../sim/import/acts.ts';
import { readEdgeList } from '../../sim/import/edge-list.ts';
import { gatherEdges } from '../../sim/import/edges.ts';
import { writeDataSet } from '../../sim/import/data-set.ts';
import { refuseDropped } from '../../sim/import/gathered.ts';
import { gatherMoltbook } from '../../sim/import/moltbook.ts';
import { readMoltbookDumps } from '../../sim/import/moltbook-dump.ts';
import { hasTables, readMoltbookTables } from '../../sim/import/moltbook-tables.ts';
import { readNetworkFile } from '../../sim/import/network-file.ts';
import { gatherOasis } from '../../sim/import/oasis.ts';
import { filesAgentsMax, writePopulationFiles } from '../../sim/import/population-files.ts';
import { isFolder } from '../../sim/import/source-file.ts';
import { lockRun } from '../../sim/record/lock-sqlite.ts';
import { refuseRecorded } from '../../sim/record/store.ts';
import { note, printResult } from './output.ts';
import type { Gathered } from '../../sim/import/gathered.ts';
import type { DataSetManifest } from '../../sim/record/data-set-reader.ts';

/** Flags of `import`. */
export interface ImportFlags {
  readonly out: string;
  readonly delimiter?: string;
  readonly columns?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** What a source gives: a data set, and files that it comes with. */
interface Imported {
  readonly gathered: Gathered;
  readonly writeBeside?: (directory: string) => string[];
}

const importers: Readonly<Record<string, (path: string, flags: ImportFlags) => Imported>> = {
  moltbook: (path) => {
    const isTables = isFolder(path) && hasTables(path);
    return { gathered: gatherMoltbook(isTables ? readMoltbookTables(path) : readMoltbookDumps(path)) };
  },
  oasis: (path) => {
    const people = gatherOasis(path);
    if (people.ids.length > filesAgentsMax) {
      note(`more than ${filesAgentsMax} agents: no files for a scenario are written`);
      return { gathered: people };
    }
    return { gathered: people, writeBeside: (directory) => writePopulationFiles(directory, people) };
  },
  acts: (path, flags) => ({ gathered: gatherActs(path, readActList(path, listOptions(flags))) }),
  edges: (path, flags) => {
    if (/\.(gexf|graphml|xml)(\.gz)?$/i.test(path)) {
      const { rows, dropped } = readNetworkFile(path);
      return { gathered: gatherEdges(path, rows, dropped) };
    }
    return { gathered: gatherEdges(path, readEdgeList(path, listOptions(flags))) };
  },
};

function listOptions({ delimiter, columns }: ImportFlags) {
  const named: Readonly<Record<string, string>> = { tab: '\t', blank: ' ', space: ' ' };
  return {
    ...(delimiter === undefined ? {} : { delimiter: named[delimiter] ?? delimiter }),
    ...(columns === undefined ? {} : { columns: columns.split(',') }),
  };
}

/** Runs the command. Returns its exit status. */
export async function importCommand(kind: string, path: string, flags: ImportFlags): Promise<number> {
  const begun = secondsNow();
  if (!Object.hasOwn(importers, kind)) {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      found: `no importer is called ${echo(kind)}`,
      next: `Known: ${Object.keys(importers).join(', ')}.`,
    });
  }
  refuseRecorded(flags.out);
  const { gathered, writeBeside } = importers[kind](path, flags);
  if (flags.strict === true) refuseDropped(gathered);
  const read = secondsNow();
  if (!existsSync(dirname(flags.out))) mkdirSync(dirname(flags.out), { recursive: true });
  const lock = await lockRun(flags.out);
  try {
    const about = {
      engine: engineVersion,
      startedAt: timestamp(),
      cost: () => ({
        seconds: { setup: read - begun, ticks: 0, record: secondsNow() - read },
        cpuSeconds: cpuSeconds(),
        peakRssBytes: peakRssBytes(),
      }),
    };
    const manifest = writeDataSet(flags.out, gathered, about);
    const written = writeBeside?.(flags.out) ?? [];
    printResult(flags.json === true, summaryOf(flags.out, manifest, written), () =>
      describe(flags.out, manifest, written),
    );
    return 0;
  } finally {
    await lock.release();
  }
}

function summaryOf(directory: string, manifest: DataSetManifest, written: readonly string[]) {
  const { dataSet, agents, ties, ticks, tickSeconds, digest, counts, seconds, peakRssBytes: peak } = manifest;
  return {
    dataSet: directory,
    ...{ importer: dataSet.importer, layer: dataSet.layer, agents, ties, digest },
    ...{ acts: counts.intents, posts: counts.posts, ticks, tickSeconds },
    ...{ start: startOf(manifest), files: dataSet.files, tables: dataSet.tables.map(({ name }) => name), written },
    ...{ dropped: dataSet.dropped, noted: dataSet.noted, seconds, peakRssBytes: peak },
  };
}

function startOf({ dataSet }: DataSetManifest): string | null {
  return dataSet.startMs === null ? null : new Date(dataSet.startMs).toISOString();
}

function describe(directory: string, manifest: DataSetManifest, written: readonly string[]): string {
  const { dataSet, agents, ties, counts, ticks, tickSeconds, digest, seconds } = manifest;
  const rows = (title: string, list: typeof dataSet.dropped): string[] =>
    list.map(({ reason, count, first }) => {
      const place = first.line === undefined ? first.file : `${first.file}:${first.line}`;
      return `${title} ${count}: ${reason}; the first at ${place}: ${first.found}`;
    });
  const from = startOf(manifest);
  return [
    `${agents} agents, ${ties} ties, ${counts.intents} acts, ${counts.posts} of them posts and comments`,
    ...(from === null ? [] : [`from ${from} in ${ticks} ticks of ${tickSeconds} s`]),
    ...rows('left out', dataSet.dropped),
    ...rows('kept', dataSet.noted),
    `read in ${seconds.setup.toFixed(1)} s, written in ${seconds.record.toFixed(1)} s`,
    `digest ${digest}`,
    ...written.map((name) => `for a scenario: ${name}`),
    `stored in ${directory}; go on with: mesocosm analyze ${directory} ${dataSet.importer === 'acts' ? 'collusion' : 'network'}`,
  ].join('\n');
}
