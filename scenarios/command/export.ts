/**
 * `export RUN --format F`: network files of a run.
 */
import { join } from 'node:path';
import { mainLayer } from '../../analysis/measures/from-records.ts';
import { exportRun } from '../../viz/export-run.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { layerOf } from './analyze.ts';
import { note, printResult } from './output.ts';

/** Flags of `export`. */
export interface ExportFlags {
  readonly format: string;
  /** By default the layer that the records are about. */
  readonly layer?: string;
  readonly out?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const formats = ['gexf', 'graphml', 'csv'] as const;

/** Runs the command. Returns its exit status. */
export function exportCommand(run: string, flags: ExportFlags): number {
  const format = formats.find((one) => one === flags.format);
  if (format === undefined) {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--format' },
      found: `${echo(flags.format)} is not a format`,
      next: `Choose one of ${formats.join(', ')}.`,
    });
  }
  const wanted = flags.layer === undefined ? undefined : layerOf(flags.layer);
  const directory = flags.out ?? join(run, 'exports');
  const records = openRecords(run);
  const layer = wanted ?? mainLayer(records);
  const result = exportRun(records, format, layer, directory, { raw: flags.raw === true });
  for (const warning of result.warnings) note(warning);
  printResult(flags.json === true, { run, format, layer, ...result }, () =>
    [`${result.nodes} nodes, ${result.edges} edges`, ...result.files].join('\n'),
  );
  return 0;
}
