/**
 * What agents are, drawn from tables of shares: one property alone (a marginal), or several at once (a joint table).
 *
 * Each agent draws one row of each table, and inside a bin of numbers evenly among the whole numbers from its least to its most. A
 * draw is keyed by seed, agent and the names of the table's columns, so that a newcomer, another table or another order of tables
 * changes nobody. Shares are weights: they are divided by their sum.
 * Invariant: columns stand in the order of tables; words are numbered as their table first names them.
 * Oracle: observed counts against shares by chi-square (`test/sim/world/marginals.test.ts`).
 */
import { keyOfText } from '../ground/keys.ts';
import { randomStream, streamPurposes } from '../ground/philox.ts';
import type { RandomStream } from '../ground/philox.ts';
import type { TraitColumn } from './population.ts';

/** A word, or whole numbers from a least to a most one, both included. */
export type TraitValue = string | readonly [least: number, most: number];

/** A table of shares. Each row has one value a name; in one column all values are words, or all are bins. */
export interface TraitTable {
  readonly names: readonly string[];
  readonly rows: readonly { readonly values: readonly TraitValue[]; readonly share: number }[];
}

/** A table of one column. */
export function marginal(name: string, values: readonly TraitValue[], shares: readonly number[]): TraitTable {
  return { names: [name], rows: values.map((value, i) => ({ values: [value], share: shares[i] })) };
}

/** Traits of agents with these keys. */
export function drawTraits(
  seed: number,
  keys: { readonly keyLo: Int32Array; readonly keyHi: Int32Array },
  tables: readonly TraitTable[],
): TraitColumn[] {
  return tables.flatMap((table) => drawTable(seed, keys, table));
}

function drawTable(
  seed: number,
  { keyLo, keyHi }: { readonly keyLo: Int32Array; readonly keyHi: Int32Array },
  table: TraitTable,
): TraitColumn[] {
  const { names, rows } = table;
  const name = keyOfText(names.join(' '));
  const limits = runningShares(rows.map(({ share }) => share));
  const labels = names.map((_, column) => labelsOf(table, column));
  const columns = names.map(() => new Int32Array(keyLo.length));
  for (let agent = 0; agent < keyLo.length; agent++) {
    const stream = randomStream(seed, streamPurposes.traits, keyLo[agent] ^ name.lo, keyHi[agent] ^ name.hi);
    const { values } = rows[rowAt(limits, stream.uniform())];
    for (let column = 0; column < names.length; column++) {
      columns[column][agent] = numberOf(values[column], labels[column], stream);
    }
  }
  return names.map((one, column) => {
    const words = labels[column];
    return { name: one, ...(words === undefined ? {} : { labels: [...words.keys()] }), value: columns[column] };
  });
}

function numberOf(value: TraitValue, labels: ReadonlyMap<string, number> | undefined, stream: RandomStream): number {
  if (typeof value === 'string') return labels?.get(value) ?? 0;
  return value[0] + stream.below(value[1] - value[0] + 1);
}

/** Places of the words of a column; undefined for a column of numbers. */
function labelsOf({ rows }: TraitTable, column: number): Map<string, number> | undefined {
  const words = rows.map(({ values }) => values[column]).filter((value) => typeof value === 'string');
  return words.length === 0 ? undefined : new Map([...new Set(words)].map((word, place) => [word, place]));
}

/** The sums of the first 1, 2 .. shares, the last of them 1. */
function runningShares(shares: readonly number[]): Float64Array {
  const total = shares.reduce((sum, one) => sum + one, 0);
  const limits = new Float64Array(shares.length);
  let sum = 0;
  shares.forEach((one, i) => {
    sum += one;
    limits[i] = sum / total;
  });
  return limits;
}

/** The first row whose limit lies above u: bisection. */
function rowAt(limits: Float64Array, u: number): number {
  let [low, high] = [0, limits.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (limits[middle] <= u) low = middle + 1;
    else high = middle;
  }
  return low;
}
