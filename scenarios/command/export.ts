/**
 * `export RUN --format F`: files of a run or a data set for other programs.
 */
import { join } from 'node:path';
import { mainLayer } from '../../analysis/measures/from-records.ts';
import { exportRun } from '../../viz/export-run.ts';
import { parseStructure } from '../../viz/network-structure.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeOasisFile } from '../../sim/record/oasis-file.ts';
import { agentCalled } from '../../sim/record/agent-reader.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { layerOf } from './analyze.ts';
import { exportMoltbook } from './export-moltbook.ts';
import { exportParquet } from './export-parquet.ts';
import { note, printResult } from './output.ts';
import { progressView } from './progress.ts';
import type { OasisSummary } from '../../sim/record/oasis-file.ts';
import type { OasisLosses } from '../../sim/record/oasis-tables.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Selection } from '../../viz/network-selection.ts';

/** Flags of `export`. */
export interface ExportFlags {
  readonly format: string;
  /** By default the layer that the records are about. */
  readonly layer?: string;
  readonly out?: string;
  readonly raw?: boolean;
  readonly core?: number;
  readonly ego?: string;
  readonly radius?: number;
  readonly sample?: number;
  readonly seed?: number;
  readonly attributes?: string;
  readonly positions?: boolean;
  readonly time?: boolean;
  readonly json?: boolean;
}

const formats = ['gexf', 'graphml', 'csv', 'parquet', 'json', 'oasis', 'moltbook'] as const;

/** Runs the command. Returns its exit status. */
export async function exportCommand(run: string, flags: ExportFlags): Promise<number> {
  const format = formats.find((one) => one === flags.format);
  if (format === undefined) {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--format' },
      found: `${echo(flags.format)} is not a format`,
      next: `Choose one of ${formats.join(', ')}.`,
    });
  }
  if (format === 'oasis') return exportDatabase(run, flags);
  if (format === 'moltbook') return exportArchive(run, flags);
  const wanted = flags.layer === undefined ? undefined : layerOf(flags.layer);
  const directory = flags.out ?? join(run, 'exports');
  const records = openRecords(run);
  const layer = wanted ?? mainLayer(records);
  const structure = flags.attributes === undefined ? [] : parseStructure(flags.attributes);
  const selection = selectionOf(records, flags);
  const options = {
    ...{ raw: flags.raw === true, positions: flags.positions === true, time: flags.time === true, structure },
    ...(selection === undefined ? {} : { selection }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
  const result =
    format === 'parquet'
      ? exportParquet(records, layer, directory, options)
      : exportRun(records, format, layer, directory, options);
  for (const warning of result.warnings) note(warning);
  printResult(flags.json === true, { run, format, layer, ...result }, () =>
    [`${result.nodes} nodes, ${result.edges} edges`, ...result.files].join('\n'),
  );
  return 0;
}

/** Which agents are written; undefined for all. */
function selectionOf({ population }: Records, flags: ExportFlags): Selection | undefined {
  const { core, ego, radius, sample, seed } = flags;
  if (radius !== undefined && ego === undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--radius' },
      found: 'a radius goes around an agent, and none is named',
      next: 'Name one with --ego AGENT.',
    });
  }
  if (core === undefined && ego === undefined && sample === undefined) return undefined;
  return {
    ...(core === undefined ? {} : { core }),
    ...(ego === undefined ? {} : { ego: agentCalled(population, ego) }),
    ...(radius === undefined ? {} : { radius }),
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** What holds more than one layer has none to choose. */
function refuseLayer({ layer }: ExportFlags, what: string): void {
  if (layer === undefined) return;
  throw new InputError({
    code: 'INPUT_USAGE',
    place: { file: '--layer' },
    found: `${what} who follows whom, replies and reposts at once`,
    next: 'Leave --layer out, or choose another format.',
  });
}

/** Flat tables of MoltBook's archive, and a dump of its API. */
function exportArchive(run: string, flags: ExportFlags): number {
  refuseLayer(flags, 'an archive of MoltBook holds');
  const { rows, files, shares } = exportMoltbook(
    openRecords(run),
    flags.out ?? join(run, 'exports'),
    flags.raw === true,
  );
  const warnings = shares === 0 ? [] : [`moltbook: ${shares} reposts and quotes stand as posts: MoltBook has neither`];
  for (const warning of warnings) note(warning);
  printResult(flags.json === true, { run, format: 'moltbook', rows, files, warnings }, () =>
    [...Object.entries(rows).map(([table, count]) => `${table}: ${count} rows`), ...files].join('\n'),
  );
  return 0;
}

/** A database of OASIS holds every layer. */
async function exportDatabase(run: string, flags: ExportFlags): Promise<number> {
  refuseLayer(flags, 'a database of OASIS holds');
  const file = join(flags.out ?? join(run, 'exports'), 'oasis.db');
  const { rows, losses } = await writeShown(openRecords(run), file);
  const warnings = lossWords(losses);
  for (const warning of warnings) note(warning);
  printResult(flags.json === true, { run, format: 'oasis', rows, files: [file], warnings }, () =>
    [...Object.entries(rows).map(([table, count]) => `${table}: ${count} rows`), file].join('\n'),
  );
  return 0;
}

/** Writes the file under a progress line. */
async function writeShown(records: Records, file: string): Promise<OasisSummary> {
  const { ticks } = records.head;
  const bar = progressView('export', ticks);
  let posts = 0;
  try {
    return await writeOasisFile(records, file, (tick, { awake, granted, posts: made }) => {
      posts += made;
      bar.onTick({ tick: tick + 1, ticks, awake, intents: granted, posts });
    });
  } finally {
    bar.stop();
  }
}

/** What OASIS's tables cannot hold, each in a line. */
function lossWords({ nestedReplies, commentShares, commentReports, otherActs, partialActs }: OasisLosses): string[] {
  const told = [
    [nestedReplies, 'replies to replies stand directly under their post: OASIS has no threads'],
    [commentShares, 'reposts and quotes of replies are counted on the post of the reply'],
    [commentReports, 'reports of replies stand in trace alone: OASIS reports posts'],
    [otherActs, 'acts that OASIS does not have stand in trace alone, under names of their own'],
    [partialActs, 'acts that were granted in part are left out'],
  ] as const;
  return told.filter(([count]) => count > 0).map(([count, words]) => `oasis: ${count} ${words}`);
}
