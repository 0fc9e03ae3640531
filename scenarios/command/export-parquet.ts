/**
 * `export --format parquet`: one layer of a run as two tables, `LAYER-nodes.parquet` and `LAYER-edges.parquet`.
 *
 * Reads records; columns, rows and their order are those of the CSV files. Rows pass through in groups (`sim/record/parquet-file.ts`).
 */
import { join } from 'node:path';
import { writeParquet } from '../../sim/record/parquet-file.ts';
import { noTime, runNetwork } from '../../viz/export-run.ts';
import type { ParquetColumn } from '../../sim/record/parquet-file.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { ExportLayer, ExportOptions, ExportSummary } from '../../viz/export-run.ts';
import type { NetworkAttribute } from '../../viz/network-file.ts';

/** Writes both tables into a directory, which is made if need be. */
export function exportParquet(
  records: Records,
  layer: ExportLayer,
  directory: string,
  options: ExportOptions,
): ExportSummary {
  if (options.time === true) throw noTime('parquet');
  const { network, tally, warnings } = runNetwork(records, layer, options);
  const column = ({ name, type }: NetworkAttribute): ParquetColumn => ({ name, type: columnTypes[type] });
  const text = (name: string): ParquetColumn => ({ name, type: 'text' });
  const files = ['nodes', 'edges'].map((part) => join(directory, `${layer}-${part}.parquet`));
  const nodes = writeParquet(
    files[0],
    [text('Id'), text('Label'), ...network.nodeAttributes.map(column)],
    mapped(network.nodes, ({ id, label, values }) => [id, label ?? id, ...values]),
  );
  const edges = writeParquet(
    files[1],
    [...['Id', 'Source', 'Target'].map(text), ...network.edgeAttributes.map(column)],
    mapped(network.edges, ({ id, source, target, values }) => [id, source, target, ...values]),
  );
  if (tally.selfCount > 0) warnings.push(`${layer}: left out, from an agent to itself: ${tally.selfCount}`);
  return { files, nodes, edges, warnings };
}

const columnTypes = { integer: 'integer', double: 'number', string: 'text', boolean: 'truth' } as const;

function* mapped<From, To>(rows: Iterable<From>, change: (row: From) => To): Iterable<To> {
  for (const row of rows) yield change(row);
}
