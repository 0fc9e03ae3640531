/**
 * `analyze SOURCE [MEASURE…]`: measures of a recorded population, each with its definition.
 */
import { measureCascadesOf } from '../../analysis/measures/cascades.ts';
import { edgesOf, layerNames, mainLayer, sharingOf } from '../../analysis/measures/from-records.ts';
import { measureNetwork } from '../../analysis/measures/network.ts';
import { measureRoles } from '../../analysis/measures/roles.ts';
import { measureThreads } from '../../analysis/measures/threads.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { nearestName } from '../../sim/scenario/problems-words.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { printResult } from './output.ts';
import type { LayerName } from '../../analysis/measures/from-records.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Flags of `analyze`. */
export interface AnalyzeFlags {
  /** By default the layer that the records are about: follow, or reply for discussions. */
  readonly layer?: string;
  readonly seed: number;
  readonly json?: boolean;
}

type Measure = (records: Records, flags: AnalyzeFlags) => object;

const measures: Readonly<Record<string, Measure>> = {
  network: (records, flags) => {
    const layer = flags.layer === undefined ? mainLayer(records) : layerOf(flags.layer);
    const isolates = layer === 'follow' ? 'kept' : 'dropped';
    return { layer, ...measureNetwork(edgesOf(records, layer), { seed: flags.seed, isolates }) };
  },
  cascades: (records, flags) => measureCascadesOf(sharingOf(records).columns, { seed: flags.seed }),
  threads: (records, flags) => measureThreads(records, flags.seed),
  roles: (records, flags) => {
    const layer = flags.layer === undefined ? mainLayer(records) : layerOf(flags.layer);
    return { layer, ...measureRoles(edgesOf(records, layer), { seed: flags.seed }) };
  },
};

/** Runs the command. Returns its exit status. */
export function analyzeCommand(source: string, named: readonly string[], flags: AnalyzeFlags): number {
  const names = named.length === 0 ? Object.keys(measures) : named;
  const unknown = names.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0) {
    throw new InputError(
      unknown.map((name) => ({
        code: 'INPUT_UNKNOWN_NAME' as const,
        found: `no measure is called ${echo(name)}`,
        next: `${didYouMean(name)}Known: ${Object.keys(measures).join(', ')}.`,
      })),
    );
  }
  if (flags.layer !== undefined) layerOf(flags.layer);
  const records = openRecords(source);
  const results = Object.fromEntries(names.map((name) => [name, measures[name](records, flags)]));
  printResult(flags.json === true, { source, measures: results }, () => describe(results));
  return 0;
}

function didYouMean(name: string): string {
  const near = nearestName(name, Object.keys(measures));
  return near === undefined ? '' : `Did you mean ${near}? `;
}

/** The layer of that name. */
export function layerOf(name: string): LayerName {
  const found = layerNames.find((one) => one === name);
  if (found !== undefined) return found;
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    place: { file: '--layer' },
    found: `no layer is called ${echo(name)}`,
    next: `Known: ${layerNames.join(', ')}.`,
  });
}

function describe(results: Record<string, object>): string {
  const lines: string[] = [];
  for (const [name, result] of Object.entries(results)) {
    lines.push(name);
    for (const [field, value] of Object.entries(result)) lines.push(`  ${field}: ${shortly(value)}`);
  }
  return lines.join('\n');
}

function shortly(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(6);
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 8) return `${value.slice(0, 8).join(', ')} … (${value.length})`;
  return JSON.stringify(value);
}
