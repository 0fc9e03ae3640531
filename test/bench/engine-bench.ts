/**
 * Benchmarks of the engine: the whole tick, beside the C++ reference, beside objects; recording, memory, graph building, the log.
 */
import { caseOf, digestOf, interleave, medianOf, ratioOf } from './interleave.ts';
import { engineCase, graphOf, judged, skipped, ticksOf } from './setting.ts';
import { compareTo, percent, textOfSpread } from './table.ts';
import type { Measured } from './interleave.ts';
import type { Bench, Setting } from './setting.ts';
import type { Table } from './table.ts';

const tickColumns = ['wallMs', 'othersCores', 'awake', 'itemsPerAwake', 'intentsPerAwake', 'microsecondsPerAwake'];

/** The engine's whole tick: two feeds, one worker and two. */
export const tick: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    for (const feed of ['recency', 'mix'] as const) {
      const measured = await oneAndTwoWorkers(setting, agents, feed);
      const [one, two] = measured;
      const title = `tick: the whole tick, ${agents} agents, 10 % awake, ${feed} feed of 10`;
      const table = compareTo(title, measured, tickColumns);
      const isSame = digestOf(one) === digestOf(two);
      const notes = [
        `two workers are faster, by the clock: ${textOfSpread(ratioOf(one, two, 'wallMs'))}`,
        isSame ? 'digests of one worker and two are equal' : 'DIGESTS OF ONE WORKER AND TWO DIFFER',
      ];
      tables.push({ ...table, notes: [...table.notes, ...notes] });
    }
  }
  return tables;
};

/** The same run with one worker and with two. */
export function oneAndTwoWorkers(setting: Setting, agents: number, feed: 'recency' | 'mix'): Promise<Measured[]> {
  const order = { agents, ticks: ticksOf(agents, setting), ...graphOf(setting, agents), feed };
  const cases = [1, 2].map((workers) => engineCase(`workers ${workers}`, { ...order, workers }));
  return interleave(cases, setting.rounds);
}

/** The whole tick against the C++ reference, on one graph. */
export const reference: Bench = async (setting) => {
  if (typeof setting.reference === 'string') return [skipped('reference', setting.reference)];
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const measured = await tickBesideReference(setting, agents);
    const table = compareTo(`reference: the whole tick, ${agents} agents`, measured, tickColumns);
    const [, , , , floorOfTwo, two] = measured;
    const note = `two workers to the reference on two threads, CPU: ${textOfSpread(ratioOf(two, floorOfTwo))}`;
    tables.push(judged({ ...table, notes: [...table.notes, note] }, measured[0]));
  }
  return tables;
};

/**
 * Feeds by interest, from boards and from the index of all live posts, beside the feed by recency and, where it is there, the C++
 * reference: the median of five rounds.
 */
export const interest: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const rounds = setting.isQuick ? setting.rounds : Math.max(5, setting.rounds);
    const measured = await interestBesideReference({ ...setting, rounds }, agents, true);
    const title = `interest: the whole tick, ${agents} agents, 10 % awake, feed of 10`;
    const table = compareTo(title, measured, tickColumns);
    tables.push(typeof setting.reference === 'string' ? table : judged(table, measured[0]));
  }
  return tables;
};

/**
 * Constant of the rule policy's score under which agents who are shown what interests them repost as often as those of the reference, 0.25
 * times a waking at 10^6 agents. What is shown by interest is reacted to more: with the constant of the feed by recency agents make four
 * times the acts, and what those cost is no feed.
 */
const interceptByInterest = -5.75;

/**
 * The reference, if it is there; the engine's tick with the feed by recency; by interest, with as many acts as in the reference, and with the
 * readiness to act of the feed by recency; and, if asked for, that from the index.
 */
export async function interestBesideReference(
  setting: Setting,
  agents: number,
  hasIndex: boolean,
): Promise<Measured[]> {
  const { reference } = setting;
  const order = { agents, ticks: ticksOf(agents, setting), ...graphOf(setting, agents) };
  const byInterest = { ...order, feed: 'interest' } as const;
  const cases = [
    ...(typeof reference === 'string' ? [] : [reference.caseOf(agents, 'sampled', 1, order.ticks)]),
    engineCase('recency', order),
    engineCase('interest, acts as in the reference', { ...byInterest, intercept: interceptByInterest }),
    engineCase('interest', byInterest),
    ...(hasIndex ? [engineCase('interest from the index', { ...byInterest, candidates: 'index' })] : []),
  ];
  return interleave(cases, setting.rounds);
}

/** The reference's two feeds, the engine's, then the reference on two threads and two workers. The reference must be there. */
export async function tickBesideReference(setting: Setting, agents: number): Promise<Measured[]> {
  if (typeof setting.reference === 'string') return [];
  const order = { agents, ticks: ticksOf(agents, setting), graph: setting.reference.graphOf(agents) };
  const cases = [
    setting.reference.caseOf(agents, 'sampled', 1, order.ticks),
    setting.reference.caseOf(agents, 'exact', 1, order.ticks),
    engineCase('engine, recency, workers 1', order),
    engineCase('engine, mix, workers 1', { ...order, feed: 'mix' }),
    setting.reference.caseOf(agents, 'sampled', 2, order.ticks),
    engineCase('engine, recency, workers 2', { ...order, workers: 2 }),
  ];
  return interleave(cases, setting.rounds);
}

/** The whole model as objects and graphology against the engine. */
export const naive: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.isQuick ? [10_000] : [10_000, 100_000]) {
    const order = { agents, ticks: ticksOf(agents, setting) };
    const cases = [engineCase('engine', order), caseOf('objects and graphology', { kind: 'naive', ...order })];
    const measured = await interleave(cases, setting.rounds);
    const title = `naive: objects in Maps and graphology, ${agents} agents, recency feed of 10`;
    tables.push(compareTo(title, measured, ['awake', 'itemsPerAwake', 'intentsPerAwake', 'rssBytesPerAgent']));
  }
  return tables;
};

/** What recording costs. */
export const record: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const measured = await bareAndRecorded(setting, agents);
    const note = `record, chain and file are ${percent(recordShare(measured))} of a recorded tick's CPU`;
    const table = compareTo(`record: ${agents} agents, worlds that begin empty`, measured, [
      ...tickColumns,
      'logBytesPerTick',
    ]);
    tables.push({ ...table, notes: [...table.notes, note] });
  }
  return tables;
};

/** The same run without chain and recorder, and with both. */
export function bareAndRecorded(setting: Setting, agents: number): Promise<Measured[]> {
  const order = { agents, ticks: ticksOf(agents, setting), ...graphOf(setting, agents) };
  const cases = [
    engineCase('no record', { ...order, mode: 'bare' }),
    engineCase('recorded', { ...order, mode: 'recorded' }),
  ];
  return interleave(cases, setting.rounds);
}

/** What recording is of a recorded tick's CPU: the median over rounds. */
export function recordShare([bare, recorded]: readonly Measured[]): number {
  return 1 - 1 / ratioOf(recorded, bare).median;
}

const memoryColumns = [
  ...['tiesPerAgent', 'givenOutPerAgent', 'stateResidentPerAgent', 'populationResidentPerAgent'],
  ...['residentMb', 'peakMb', 'secondsSetup', 'secondsTicks'],
];

/** Bytes an agent. */
export const memory: Bench = async (setting) => {
  const rows: string[][] = [];
  for (const agents of setting.sizes) {
    const measured = await measureMemoryOf(setting, agents, 12);
    rows.push([String(agents), ...memoryColumns.map((column) => medianOf(measured, column).toFixed(0))]);
  }
  return [{ title: 'memory: bytes an agent, one worker', columns: ['agents', ...memoryColumns], rows, notes: [] }];
};

/** One run with its memory. */
export async function measureMemoryOf(setting: Setting, agents: number, ticks: number): Promise<Measured> {
  const order = { kind: 'memory', agents, ticks, ...graphOf(setting, agents) };
  const [measured] = await interleave([caseOf(`memory, ${agents} agents`, order)], 1);
  return measured;
}

/** Most agents whose ties graphology holds in a time and a memory that one waits for. */
const graphologyAgentsMax = 100_000;

/** Drawing a graph and laying it down in both directions, against the C++ graph tool and against graphology. */
export const graph: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.sizes) {
    const order = { kind: 'graph', agents, ticks: 1 };
    const cases = [
      caseOf('drawn and laid both ways', { ...order, into: 'state' }),
      ...(typeof setting.reference === 'string' ? [] : [setting.reference.graphCaseOf(agents)]),
      ...(agents > graphologyAgentsMax ? [] : [caseOf('laid into graphology', { ...order, into: 'graphology' })]),
    ];
    const measured = await interleave(cases, setting.rounds);
    const title = `graph: ${agents} agents, CPU ms for the whole graph`;
    tables.push(compareTo(title, measured, ['drawnMs', 'laidMs', 'ties']));
  }
  return tables;
};

/** About what a tick of 10^5 agents writes, 10 % awake: see `logBytesPerTick` of the `record` benchmark. */
const frameBytes = 100_000;

/** The log's writer against the same bytes written plainly. */
export const log: Bench = async (setting) => {
  const order = { kind: 'log', frames: setting.isQuick ? 640 : 2560, frameBytes };
  const cases = [
    caseOf('write(2), a sync every 64', { ...order, through: 'write' }),
    caseOf('the log writer', { ...order, through: 'writer' }),
  ];
  const measured = await interleave(cases, setting.rounds);
  const speed = textOfSpread(ratioOf(measured[1], measured[0], 'megabytesPerSecond'));
  const table = compareTo(`log: ${order.frames} frames of ${frameBytes} bytes`, measured, [
    'wallMs',
    'megabytesPerSecond',
  ]);
  return [{ ...table, notes: [...table.notes, `the writer's speed to that of write(2), by the clock: ${speed}`] }];
};
