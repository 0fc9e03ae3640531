/**
 * The kernel's task in several hands: the C++ reference, our columns on one thread and on two, objects and graphology, Mesa.
 */
import { caseOf, digestOf, interleave, medianOf, ratioOf } from './interleave.ts';
import { findMesa } from './mesa.ts';
import { drawnGraph, engineCase, judged, skipped, ticksOf } from './setting.ts';
import { compareTo, percent, textOfSpread } from './table.ts';
import type { Measured, Spread } from './interleave.ts';
import type { Mesa } from './mesa.ts';
import type { Bench, Setting } from './setting.ts';
import type { Table } from './table.ts';

/** Our columns and draws on the reference's own task. */
export const kernel: Bench = async (setting) => {
  const { reference, sizes } = setting;
  if (typeof reference === 'string') return [skipped('kernel', reference)];
  const tables: Table[] = [];
  for (const agents of sizes) {
    for (const feed of ['sampled', 'exact'] as const) {
      const measured = await kernelBesideReference(setting, agents, feed);
      const title = `kernel: the reference's task on our columns and draws, ${agents} agents, ${feed} feed`;
      tables.push(judged(compareTo(title, measured, ['wallMs', 'reshares', 'posts']), measured[0]));
    }
  }
  return tables;
};

/** The reference on one thread, our kernel on one and on two, then the same in WebAssembly. The reference must be there. */
export async function kernelBesideReference(
  setting: Setting,
  agents: number,
  feed: 'sampled' | 'exact',
): Promise<Measured[]> {
  const { reference, rounds } = setting;
  if (typeof reference === 'string') return [];
  const ticks = ticksOf(agents, setting);
  const graph = reference.graphOf(agents);
  const ours = [false, true].flatMap((isWasm) =>
    [1, 2].map((threads) =>
      caseOf(`kernel${isWasm ? ' in WebAssembly' : ''}, threads ${threads}`, {
        ...{ kind: 'kernel', graph, feed, ticks, threads, isWasm },
      }),
    ),
  );
  return interleave([reference.caseOf(agents, feed, 1, ticks), ...ours], rounds);
}

/** The same task done by objects and by Mesa, and the engine's whole tick beside them. */
export interface Peers {
  readonly agents: number;
  readonly one: Measured;
  readonly two: Measured;
  readonly naive: Measured;
  readonly engine: Measured;
  /** Mesa with its own draws and with ours, or why it is not there. */
  readonly mesa: { readonly own: Measured; readonly keyed: Measured; readonly version: string } | string;
}

export async function measurePeers(setting: Setting, agents: number): Promise<Peers> {
  const graph = drawnGraph(setting, agents);
  const ticks = ticksOf(agents, setting);
  const found = findMesa(setting.python);
  const task = { graph, feed: 'sampled', ticks };
  const cases = [
    caseOf('kernel, one thread', { kind: 'kernel', ...task }),
    caseOf('kernel, two threads', { kind: 'kernel', ...task, threads: 2 }),
    caseOf('objects and graphology', { kind: 'naive-kernel', graph, ticks }),
    engineCase('engine, whole tick', { agents, ticks, graph }),
    ...mesaCases(found, graph, ticks),
  ];
  const [one, two, naive, engine, own] = await interleave(cases, setting.rounds);
  const rest = { agents, one, two, naive, engine };
  if (typeof found === 'string') return { ...rest, mesa: found };
  // Times with our draws say nothing, and a digest needs one round.
  const [keyed] = await interleave([found.caseOf(graph, ticks, 'keyed')], 1);
  return { ...rest, mesa: { own, keyed, version: found.version } };
}

function mesaCases(found: Mesa | string, graph: string, ticks: number) {
  return typeof found === 'string' ? [] : [found.caseOf(graph, ticks, 'own')];
}

/** What is claimed of the peers, as ratios round by round. */
export function peerRatios({ one, two, naive, engine, mesa }: Peers): Record<string, Spread> {
  return {
    'objects, wall to two threads': ratioOf(naive, two, 'wallMs'),
    'objects, CPU to one thread': ratioOf(naive, one),
    ...(typeof mesa === 'string'
      ? {}
      : {
          'Mesa, CPU to one thread': ratioOf(mesa.own, one),
          'Mesa, CPU to the whole tick': ratioOf(mesa.own, engine),
        }),
  };
}

/** Whether all who did the same task came to the same outcome. */
export function sameOutcome({ one, two, naive, mesa }: Peers): boolean {
  const others = [two, naive, ...(typeof mesa === 'string' ? [] : [mesa.keyed])];
  return others.every((other) => digestOf(other) === digestOf(one));
}

/** Objects and graphology, Mesa: who else does the kernel's task, and how much longer it takes. */
export const peers: Bench = async (setting) => {
  const tables: Table[] = [];
  for (const agents of setting.isQuick ? [10_000] : [100_000]) {
    const measured = await measurePeers(setting, agents);
    const { one, two, naive, engine, mesa } = measured;
    const rows = [one, two, naive, engine, ...(typeof mesa === 'string' ? [] : [mesa.own, mesa.keyed])];
    const ratios = Object.entries(peerRatios(measured)).map(([name, spread]) => `${name}: ${textOfSpread(spread)}`);
    const notes = [
      ...ratios,
      sameOutcome(measured) ? 'digests of the same task are equal' : 'DIGESTS OF THE SAME TASK DIFFER',
      typeof mesa === 'string' ? `Mesa left out: ${mesa}` : `Mesa ${mesa.version}; ${countsBeside(mesa.own, one)}`,
    ];
    const table = compareTo(`peers: the kernel's task, ${agents} agents, one thread`, rows, ['wallMs', 'posts']);
    tables.push(judged({ ...table, notes: [...table.notes, ...notes] }, one));
  }
  return tables;
};

/** How far the reshares of a run with other draws lie from ours. */
function countsBeside(other: Measured, one: Measured): string {
  const away = medianOf(other, 'reshares') / medianOf(one, 'reshares') - 1;
  return `with its own draws its reshares differ by ${percent(Math.abs(away))}`;
}
