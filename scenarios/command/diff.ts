/**
 * `diff RUN RUN`: the first difference between two recorded runs, by tick, agent and field.
 */
import { externalId } from '../../sim/world/population.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { printResult } from './output.ts';
import type { TickRecord } from '../../sim/record/chunk.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Where two runs differ first. `agent` is an external id. */
interface Difference {
  readonly tick: number;
  readonly field: string;
  readonly agent?: string;
  readonly first: number | string;
  readonly second: number | string;
}

const fields = [
  'actor',
  'sequence',
  'verb',
  'target',
  'amount',
  'outcome',
  'reason',
  'rule',
  'result',
  'topic',
] as const;
const differs = 3;

/** Runs the command. Returns its exit status: 3 where the runs differ. */
export function diffCommand(first: string, second: string, flags: { json?: boolean }): number {
  const a = openRecords(first);
  const b = openRecords(second);
  const difference = findDifference(a, b);
  printResult(
    flags.json === true,
    { first, second, same: difference === undefined, difference: difference ?? null },
    () => (difference === undefined ? 'same' : describe(difference)),
  );
  return difference === undefined ? 0 : differs;
}

function describe({ tick, field, agent, first, second }: Difference): string {
  return `first difference: tick ${tick}${agent === undefined ? '' : `, agent ${agent}`}, ${field}: ${first} against ${second}`;
}

function findDifference(a: Records, b: Records): Difference | undefined {
  if (a.manifest.populationDigest !== b.manifest.populationDigest) {
    const digests = { first: a.manifest.populationDigest, second: b.manifest.populationDigest };
    return { tick: 0, field: 'population', ...digests };
  }
  const others = b.ticks();
  for (const record of a.ticks()) {
    const other = others.next();
    if (other.done === true) return { tick: record.tick, field: 'ticks', first: a.head.ticks, second: b.head.ticks };
    const found = differenceInTick(a, record, other.value);
    if (found !== undefined) return found;
  }
  if (others.next().done !== true)
    return { tick: a.head.ticks, field: 'ticks', first: a.head.ticks, second: b.head.ticks };
  const { digest } = a.manifest;
  return digest === b.manifest.digest
    ? undefined
    : { tick: a.head.ticks - 1, field: 'state root', first: digest, second: b.manifest.digest };
}

function differenceInTick(records: Records, a: TickRecord, b: TickRecord): Difference | undefined {
  const rows = Math.max(a.intentCount, b.intentCount);
  for (let row = 0; row < rows; row++) {
    for (const field of fields) {
      const [first, second] = [a[field][row], b[field][row]] as [number | undefined, number | undefined];
      if (first === second) continue;
      const ordinal = Math.min(a.actor[row] ?? Infinity, b.actor[row] ?? Infinity);
      const agent = externalId(records.population.ids, ordinal);
      return { tick: a.tick, field, agent, first: first ?? 'nothing', second: second ?? 'nothing' };
    }
  }
  for (const name of ['awake', 'exposures'] as const) {
    if (a.totals[name] !== b.totals[name]) {
      return { tick: a.tick, field: name, first: a.totals[name], second: b.totals[name] };
    }
  }
  return undefined;
}
