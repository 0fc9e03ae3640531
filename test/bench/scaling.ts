/**
 * Cost of a tick against what should move it and what should not: agents, who is awake, followees, feed length, history, workers. Each
 * line stands beside the axis's base, in turns.
 *
 * The first size of the command line is the base; larger ones appear on the axes of agents and of sleepers.
 */
import { availableParallelism } from 'node:os';
import { caseOf, digestOf, interleave, medianOf, ratioOf } from './interleave.ts';
import { engineCase, ticksOf } from './setting.ts';
import { percent, textOfSpread } from './table.ts';
import type { EngineOrder } from './engine-case.ts';
import type { Case, Measured } from './interleave.ts';
import type { Bench, Setting } from './setting.ts';
import type { Table } from './table.ts';

/** Of the agents of the base, how many are awake. */
const baseAwakeShare = 0.1;
/** Two merges long, and without a state root at either place. */
const historyWindowTicks = 48;
const historyTicks = 110;

type Change = Partial<EngineOrder>;

/** One table an axis. */
export const scaling: Bench = async (setting) => {
  const [agents] = setting.sizes;
  const base = { agents, ticks: ticksOf(agents, setting) };
  const larger = setting.sizes.filter((size) => size > agents);
  const sized = (size: number): Change => ({ agents: size, ticks: ticksOf(size, setting) });
  const axes: [axis: string, changes: [string, Change][]][] = [
    ['agents, 10 % awake', larger.map((size) => [`${size} agents`, sized(size)])],
    ['share awake', [0.02, 0.3].map((awakeShare) => [`${percent(awakeShare)} awake`, { awakeShare }])],
    ['followees', [5, 80].map((followsMean) => [`${followsMean} followees`, { followsMean }])],
    ['feed length', [5, 30].map((feedLength) => [`feed of ${feedLength}`, { feedLength }])],
  ];
  const tables: Table[] = [];
  for (const [axis, changes] of axes)
    if (changes.length > 0) tables.push(await axisTable(setting, axis, base, changes));
  for (const size of larger) tables.push(sleepersTable(await measureSleepers(setting, agents, size)));
  tables.push(historyTable(agents, await measureHistory(setting, agents)));
  tables.push(await workersTable(setting, base));
  return tables;
};

async function axisTable(
  setting: Setting,
  axis: string,
  base: { readonly agents: number; readonly ticks: number },
  changes: readonly [string, Change][],
): Promise<Table> {
  const rows: string[][] = [];
  for (const [name, change] of changes) {
    const cases = [engineCase('base', base), engineCase(name, { ...base, ...change })];
    const [of, to] = await interleave(cases, setting.rounds);
    const ratio = ratioOf(to, of, 'microsecondsPerAwake');
    const figures = ['microsecondsPerAwake', 'itemsPerAwake', 'intentsPerAwake'].map((one) =>
      medianOf(to, one).toFixed(2),
    );
    rows.push([name, textOfSpread(ratio), ...figures, digestOf(to)]);
  }
  return {
    title: `scaling, ${axis}: against ${base.agents} agents, 10 % awake, 20 followees, feed of 10`,
    columns: ['change', 'ratio of CPU an awake agent', 'µs an awake agent', 'items', 'intents', 'digest'],
    ...{ rows, notes: [] },
  };
}

/** As many awake among few agents and among many. */
export async function measureSleepers(setting: Setting, few: number, many: number): Promise<Measured[]> {
  const awake = few * baseAwakeShare;
  const cases = [few, many].map((agents) =>
    engineCase(`${awake} awake among ${agents}`, {
      // The window is the same number of ticks: a warm-up by the larger size would differ in history.
      ...{ agents, ticks: ticksOf(few, setting), awakeShare: awake / agents },
    }),
  );
  return interleave(cases, setting.rounds);
}

function sleepersTable([few, many]: readonly Measured[]): Table {
  return {
    title: `scaling, sleepers: ${many.name} against ${few.name}`,
    columns: ['case', 'CPU ms a tick', 'awake', 'items', 'intents', 'digest'],
    rows: [few, many].map((one) => rowOf(one, ['cpuMs', 'awake', 'itemsPerAwake', 'intentsPerAwake'])),
    notes: [`ratio of CPU a tick: ${textOfSpread(ratioOf(many, few))}`, perAwakeNote(many, few)],
  };
}

function rowOf(measured: Measured, columns: readonly string[]): string[] {
  return [measured.name, ...columns.map((one) => medianOf(measured, one).toFixed(2)), digestOf(measured)];
}

function perAwakeNote(to: Measured, of: Measured): string {
  return `ratio of CPU an awake agent: ${textOfSpread(ratioOf(to, of, 'microsecondsPerAwake'))}`;
}

/** The same run, seen over a window early on and over one after ten times as many ticks. */
export async function measureHistory(setting: Setting, agents: number): Promise<Measured[]> {
  const cases = [historyTicks, historyTicks * 10].map((from): Case => {
    const to = from + historyWindowTicks;
    return engineCase(`after ${from} ticks`, { agents, ticks: to + 1, window: [from, to] });
  });
  return interleave(cases, setting.rounds);
}

function historyTable(agents: number, [early, late]: readonly Measured[]): Table {
  return {
    title: `scaling, history: ${agents} agents, ${historyWindowTicks} ticks`,
    columns: ['case', 'CPU ms a tick', 'awake', 'items', 'intents', 'digest'],
    rows: [early, late].map((one) => rowOf(one, ['cpuMs', 'awake', 'itemsPerAwake', 'intentsPerAwake'])),
    notes: [`ratio of CPU a tick: ${textOfSpread(ratioOf(late, early))}`, perAwakeNote(late, early)],
  };
}

async function workersTable(
  setting: Setting,
  base: { readonly agents: number; readonly ticks: number },
): Promise<Table> {
  const counts = [1, 2, 4, 8, 16].filter((count) => count <= Math.max(2, availableParallelism()));
  const cases = counts.map((workers) => engineCase(`workers ${workers}`, { ...base, workers }));
  const measured = await interleave(cases, setting.rounds);
  const [one] = measured;
  return {
    title: `scaling, workers: ${base.agents} agents, 10 % awake`,
    columns: ['case', 'CPU ms a tick', 'wall ms a tick', 'others, cores', 'digest', 'speed by the clock'],
    rows: measured.map((to) => [
      ...rowOf(to, ['cpuMs', 'wallMs', 'othersCores']),
      textOfSpread(ratioOf(one, to, 'wallMs')),
    ]),
    notes: measured.every((to) => digestOf(to) === digestOf(one)) ? ['digests are equal'] : ['DIGESTS DIFFER'],
  };
}

/** Preloaded into a steady run's threads. */
const hook = import.meta.resolve('./barrier-hook.ts');

/** A long run with one worker, and one with two: see `steady.ts`. */
export async function measureSteadyRuns(
  setting: Setting,
  agents: number,
  ticks: { readonly warmTicks: number; readonly ticks: number },
): Promise<Measured[]> {
  const cases = [1, 2].map((workers) =>
    caseOf(`workers ${workers}`, { kind: 'steady', agents, workers, ...ticks }, [hook]),
  );
  return interleave(cases, setting.rounds);
}

const steadyColumns = [
  ...[
    'medianMs',
    'plainP99',
    'plainMost',
    'mergeMedian',
    'mergeMost',
    'rootMedian',
    'rootMost',
    'checkpointMedian',
    'checkpointMost',
  ],
  ...['gcShare', 'gcShareMost', 'heapGrowthMain', 'heapGrowthShards', 'residentGrowth', 'othersCores', 'threads'],
];

/** Long runs: ticks in multiples of the median plain tick, collections as shares of wall time, growth of heaps. */
export const steady: Bench = async (setting) => {
  const [agents] = setting.sizes;
  const ticks = setting.isQuick ? { warmTicks: 150, ticks: 250 } : { warmTicks: 300, ticks: 1000 };
  const measured = await measureSteadyRuns(setting, agents, ticks);
  return [
    {
      title: `steady: ${agents} agents, ${ticks.ticks} ticks after ${ticks.warmTicks}, recorded, checkpoints`,
      columns: ['figure', ...measured.map((one) => one.name)],
      rows: steadyColumns.map((column) => [column, ...measured.map((one) => medianOf(one, column).toFixed(3))]),
      notes: measured.map((one) => `digest, ${one.name}: ${digestOf(one)}`),
    },
  ];
};
