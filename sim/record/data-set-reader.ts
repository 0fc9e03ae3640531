/**
 * Data sets: directories of the form of a run that hold what was observed, not what was simulated.
 *
 * Reads the manifest's `dataSet`, and tables beside the log. A data set has a population, ties and acts in time order, and neither plan nor
 * seed: it can be measured, drawn, exported and indexed, and it cannot be computed again. What the columns of the log mean in one:
 * rows of a tick stand in the order of time, and `amount` is the milliseconds from the start of the tick to the act.
 * Invariant: the first link of the chain is a digest of population, tables and sources, so that one digest stands for the whole.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { hexOf } from '../ground/digest.ts';
import { tableFile } from './data-table.ts';
import { sha256 } from './genesis.ts';
import { refuseChanged } from './manifest.ts';
import { openRecords } from './reader.ts';
import { damaged, readWhole } from './store.ts';
import type { FileFact, TableOpening } from './data-table.ts';
import type { Manifest } from './manifest.ts';
import type { Records } from './reader.ts';

/** Rows of the source that were left out, or that are kept and worth knowing of. */
export interface CountedRows {
  readonly reason: string;
  readonly count: number;
  /** Where the first one stands and what it is, controls escaped. */
  readonly first: { readonly file: string; readonly line?: number; readonly found: string };
}

/** What a manifest says of a data set. */
export interface DataSetFacts {
  readonly importer: string;
  /** The layer of ties that the data are about: what is measured where none is named. */
  readonly layer: 'follow' | 'reply';
  /** Start of tick 0 in milliseconds since 1970; null where the source has no times. */
  readonly startMs: number | null;
  readonly files: readonly FileFact[];
  readonly tables: readonly FileFact[];
  readonly dropped: readonly CountedRows[];
  readonly noted: readonly CountedRows[];
}

/** The manifest of a data set. */
export interface DataSetManifest extends Manifest<object> {
  readonly kind: 'dataset';
  readonly dataSet: DataSetFacts;
}

/** What the manifest says of a data set; undefined for a run. */
export function dataSetOf(manifest: Manifest): DataSetFacts | undefined {
  return (manifest as Partial<DataSetManifest>).kind === 'dataset' ? (manifest as DataSetManifest).dataSet : undefined;
}

/** Refuses a data set where only a run will do. */
export function refuseDataSet(manifest: Manifest, directory: string): void {
  if (dataSetOf(manifest) === undefined) return;
  throw new InputError({
    code: 'INPUT_NOT_A_RUN',
    place: { file: directory },
    found: 'a data set is stored here: it was observed, so nothing of it can be computed',
    next: 'Name the directory of a run; analyze, report, export, index and verify take data sets.',
  });
}

/** The chain's link before the first tick of a data set. */
export function firstLinkOf(
  populationDigest: string,
  facts: Pick<DataSetFacts, 'files' | 'tables' | 'startMs'>,
): string {
  const { files, tables, startMs } = facts;
  return hexOf(sha256(Buffer.from(JSON.stringify({ populationDigest, files, tables, startMs }))));
}

/** How far a data set was checked. */
export interface DataSetCheck {
  readonly ticks: number;
  readonly recorded: string;
  readonly tables: number;
}

/** Reads every checksum and link: population, tables, each tick, the manifest's seal. Throws INPUT_STORE_DAMAGED. */
export function verifyDataSet(directory: string): DataSetCheck {
  const records = openRecords(directory);
  const { manifest, head } = records;
  const facts = dataSetOf(manifest);
  refuseChanged(directory, manifest);
  if (facts === undefined) return { ticks: 0, recorded: head.digest, tables: 0 };
  if (firstLinkOf(manifest.populationDigest, facts) !== manifest.firstLink || manifest.digest !== head.digest) {
    throw damaged(directory, 'the chain does not begin or end where the manifest says', restore);
  }
  for (const fact of facts.tables) readFact(directory, fact);
  let ticks = 0;
  for (const frame of records.frames()) ticks = frame.tick + 1;
  return { ticks, recorded: head.digest, tables: facts.tables.length };
}

/** A column of texts that are decoded when asked for. */
export interface TextColumn {
  readonly length: number;
  at(row: number): string;
}

/** A table of a data set. A column that is not there, or is of another type, is undefined. */
export interface DataTable {
  readonly rowCount: number;
  integers(name: string): Int32Array | undefined;
  numbers(name: string): Float64Array | undefined;
  texts(name: string): TextColumn | undefined;
}

/** A table by its name; undefined where there is none. Its digest is checked. */
export function readDataTable(records: Records, name: string): DataTable | undefined {
  const fact = dataSetOf(records.manifest)?.tables.find((one) => one.name === tableFile(name));
  if (fact === undefined) return undefined;
  const bytes = readFact(records.directory, fact);
  const end = bytes.indexOf(10);
  const opening = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()) as TableOpening;
  const blocks = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const column of opening.columns) {
    blocks.set(`${column.type} ${column.name}`, bytes.subarray(at, at + column.bytes));
    at += column.bytes;
  }
  const block = (type: string, column: string): Uint8Array | undefined => blocks.get(`${type} ${column}`)?.slice();
  return {
    rowCount: opening.rowCount,
    integers: (column) => viewOf(Int32Array, block('i32', column)),
    numbers: (column) => viewOf(Float64Array, block('f64', column)),
    texts: (column) => textsOf(block('text', column), opening.rowCount),
  };
}

function viewOf<View>(make: new (buffer: ArrayBufferLike) => View, bytes: Uint8Array | undefined): View | undefined {
  return bytes === undefined ? undefined : new make(bytes.buffer);
}

function textsOf(bytes: Uint8Array | undefined, rowCount: number): TextColumn | undefined {
  if (bytes === undefined) return undefined;
  const lengths = new Uint32Array(bytes.buffer, 0, rowCount);
  const starts = new Float64Array(rowCount + 1);
  starts[0] = rowCount * 4;
  for (let row = 0; row < rowCount; row++) starts[row + 1] = starts[row] + lengths[row];
  const buffer = Buffer.from(bytes.buffer);
  return { length: rowCount, at: (row) => buffer.toString('utf8', starts[row], starts[row + 1]) };
}

function readFact(directory: string, fact: FileFact): Uint8Array {
  const file = join(directory, fact.name);
  if (!existsSync(file)) throw damaged(file, 'the file is missing', restore);
  const bytes = readWhole(directory, fact.name);
  if (hexOf(sha256(bytes)) === fact.sha256) return bytes;
  throw damaged(file, 'the digest of the table is not the one in the manifest', restore);
}

const restore = 'Restore the directory from a copy, or import the source again.';
