/**
 * The benchmarks by name: which cases each compares, in interleaved rounds, and the table that comes of it.
 *
 * Nothing here asserts on time. A digest that differs where it must not (workers, rounds) is said in the table.
 */
import { caseOf, digestOf, interleave, medianOf, ratioOf, spreadOf, unrestOf } from './interleave.ts';
import { compareTo, percent, textOfSpread, unrestMax } from './table.ts';
import type { Case, Measured } from './interleave.ts';
import type { Reference } from './reference.ts';
import type { Table } from './table.ts';
import type { EngineOrder } from './engine-case.ts';

/** What benchmarks are run with. */
export interface Setting {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly isQuick: boolean;
  /** The C++ reference, or why it is not there. */
  readonly reference: Reference | string;
}

export type Bench = (setting: Setting) => Promise<Table[]>;

/** Ticks enough for the code to be compiled and the feeds to turn over; small worlds need more of them. */
function ticksOf(agents: number, { isQuick }: Setting): number {
  const ticks = agents >= 1_000_000 ? 30 : agents >= 100_000 ? 60 : 200;
  return isQuick ? Math.ceil(ticks / 2) : ticks;
}

function engine(name: string, order: Partial<EngineOrder> & { readonly agents: number; readonly ticks: number }): Case {
  return caseOf(name, { kind: 'engine', workers: 1, mode: 'full', ...order });
}

function graphOf({ reference }: Setting, agents: number): { graph?: string } {
  return typeof reference === 'string' ? {} : { graph: reference.graphOf(agents) };
}

/** Our columns and draws on the reference's own task. */
const kernel: Bench = async (setting) => {
  const { reference, sizes, rounds } = setting;
  if (typeof reference === 'string') return [skipped('kernel', reference)];
  const tables: Table[] = [];
  for (const agents of sizes) {
    const graph = reference.graphOf(agents);
    const ticks = ticksOf(agents, setting);
    for (const feed of ['sampled', 'exact'] as const) {
      const ours = caseOf(`kernel, ${feed}`, { kind: 'kernel', graph, feed, ticks });
      const measured = await interleave([reference.caseOf(agents, feed, 1, ticks), ours], rounds);
      const title = `kernel: the reference's task on our columns and draws, ${agents} agents, one thread`;
      tables.push(judged(compareTo(title, measured, ['reshares', 'posts']), measured[0]));
    }
  }
  return tables;
};

/** Adds that a ratio says nothing where the reference itself spreads too far. */
function judged(table: Table, reference: Measured): Table {
  const unrest = unrestOf(reference);
  if (unrest <= unrestMax) return table;
  const note = `the reference spreads ${percent(unrest)}, more than ${percent(unrestMax)}: read no verdict out of this table`;
  return { ...table, notes: [...table.notes, note] };
}

function skipped(name: string, reason: string): Table {
  return { title: `${name}: skipped, because ${reason}`, columns: [], rows: [], notes: [] };
}

const tickColumns = ['wallMs', 'awake', 'itemsPerAwake', 'intentsPerAwake', 'microsecondsPerAwake'];

/** The engine's whole tick: two feeds, one worker and two. */
const tick: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const order = { agents, ticks: ticksOf(agents, setting), ...graphOf(setting, agents) };
    const cases = (['recency', 'mix'] as const).flatMap((feed) =>
      [1, 2].map((workers) => engine(`${feed}, workers ${workers}`, { ...order, feed, workers })),
    );
    const measured = await interleave(cases, setting.rounds);
    const table = compareTo(`tick: the whole tick, ${agents} agents, 10 % awake, feed of 10`, measured, tickColumns);
    const digests = measured.map(digestOf);
    const isSame = digests[0] === digests[1] && digests[2] === digests[3];
    const note = isSame ? 'digests of one worker and two are equal' : 'DIGESTS OF ONE WORKER AND TWO DIFFER';
    tables.push({ ...table, notes: [...table.notes, note] });
  }
  return tables;
};

/** The whole tick against the C++ reference, on one graph. */
const reference: Bench = async (setting) => {
  if (typeof setting.reference === 'string') return [skipped('reference', setting.reference)];
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const order = { agents, ticks: ticksOf(agents, setting), graph: setting.reference.graphOf(agents) };
    const cases = [
      setting.reference.caseOf(agents, 'sampled', 1, order.ticks),
      setting.reference.caseOf(agents, 'exact', 1, order.ticks),
      engine('engine, recency, workers 1', order),
      engine('engine, mix, workers 1', { ...order, feed: 'mix' }),
    ];
    const measured = await interleave(cases, setting.rounds);
    tables.push(judged(compareTo(`reference: the whole tick, ${agents} agents`, measured, tickColumns), measured[0]));
  }
  return tables;
};

/** Objects and graphology against the engine. */
const naive: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.isQuick ? [10_000] : [10_000, 100_000]) {
    const order = { agents, ticks: ticksOf(agents, setting) };
    const cases = [engine('engine', order), caseOf('objects and graphology', { kind: 'naive', ...order })];
    const measured = await interleave(cases, setting.rounds);
    const title = `naive: objects in Maps and graphology, ${agents} agents, recency feed of 10`;
    tables.push(compareTo(title, measured, ['awake', 'itemsPerAwake', 'intentsPerAwake', 'rssBytesPerAgent']));
  }
  return tables;
};

/** What recording costs. */
const record: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const order = { agents, ticks: ticksOf(agents, setting), ...graphOf(setting, agents) };
    const cases = [engine('no record', { ...order, mode: 'bare' }), engine('recorded', { ...order, mode: 'recorded' })];
    const measured = await interleave(cases, setting.rounds);
    const { median } = ratioOf(measured[1], measured[0]);
    const share = `record, chain and file are ${percent(1 - 1 / median)} of a recorded tick`;
    const table = compareTo(`record: ${agents} agents, worlds that begin empty`, measured, tickColumns);
    tables.push({ ...table, notes: [...table.notes, share] });
  }
  return tables;
};

/** Bytes an agent. */
const memory: Bench = async (setting) => {
  const columns = [
    ...['tiesPerAgent', 'givenOutPerAgent', 'stateResidentPerAgent', 'populationResidentPerAgent'],
    ...['residentMb', 'peakMb'],
  ];
  const rows: string[][] = [];
  for (const agents of setting.sizes) {
    const order = { kind: 'memory', agents, ticks: 12, ...graphOf(setting, agents) };
    const [measured] = await interleave([caseOf(`memory, ${agents} agents`, order)], 1);
    rows.push([String(agents), ...columns.map((column) => medianOf(measured, column).toFixed(0))]);
  }
  return [{ title: 'memory: bytes an agent, one worker', columns: ['agents', ...columns], rows, notes: [] }];
};

/** Cost of an agent that is awake, against what should and what should not move it: each line beside the base, in turns. */
const scaling: Bench = async (setting) => {
  const base = { agents: 100_000, ticks: ticksOf(100_000, setting) };
  const most = Math.max(...setting.sizes);
  const changes: [string, object][] = [
    ...[300_000, 1_000_000]
      .filter((agents) => agents <= most)
      .map((agents): [string, object] => [`${agents} agents`, { agents, ticks: ticksOf(agents, setting) }]),
    ...[0.02, 0.3].map((awakeShare): [string, object] => [`${percent(awakeShare)} awake`, { awakeShare }]),
    ...[5, 80].map((followsMean): [string, object] => [`${followsMean} followees`, { followsMean }]),
    ...[5, 30].map((feedLength): [string, object] => [`feed of ${feedLength}`, { feedLength }]),
  ];
  const rows: string[][] = [];
  for (const [name, change] of changes) {
    const cases = [engine('base', base), engine(name, { ...base, ...change })];
    const [of, to] = await interleave(cases, setting.rounds);
    const cost = spreadOf(to.samples.map((sample) => Number(sample['microsecondsPerAwake'])));
    const ratio = ratioOf(to, of, 'microsecondsPerAwake');
    rows.push([name, textOfSpread(ratio), cost.median.toFixed(2), medianOf(to, 'itemsPerAwake').toFixed(1)]);
  }
  return [
    {
      title: 'scaling: cost of an awake agent against 100000 agents, 10 % awake, 20 followees, feed of 10',
      columns: ['change', 'ratio of CPU an awake agent', 'µs', 'items shown'],
      ...{ rows, notes: [] },
    },
  ];
};

/** All benchmarks, in the order in which they run. */
export const benches: Readonly<Record<string, Bench>> = { kernel, tick, reference, naive, record, memory, scaling };
