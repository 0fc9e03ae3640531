/**
 * Drives a run from the first tick to the last: one shard in the calling thread, or one long piscina task a shard.
 *
 * The main thread never blocks: between ticks it reads the tables of the finished tick, hands its record on, and answers requests.
 * It may lag one tick behind the shards, no more, because tables come in two halves.
 */
import { Piscina } from 'piscina';
import { InvariantError } from '../ground/errors.ts';
import { chainLink, addBuckets, bytesOfWords, createBuckets } from '../ground/digest.ts';
import { externalId } from '../world/population.ts';
import { keyOfText } from '../ground/keys.ts';
import { verbs } from '../exchange/verbs.ts';
import { appealScale } from '../world/posts.ts';
import { digestPopulation, sha256 } from '../record/genesis.ts';
import { encodeDecided } from '../record/chunk.ts';
import { firstInterventionSequence, intentsPerAgentMax } from '../exchange/tables.ts';
import { newPostCount } from './apply.ts';
import { answerRequests, requestCount } from './ask.ts';
import { control, stopAll } from './barrier.ts';
import { cumulativeProfiles } from './activate.ts';
import { collectTick, createCollector } from './collect.ts';
import { loadPopulation } from './load.ts';
import { isCheckpointTick, isRootTick } from './plan.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import { hashState } from './root.ts';
import { createShard } from './shard.ts';
import { allocateState } from './state.ts';
import { beginTick, errorOfFault, faultOf } from './step.ts';
import type { Model, Observer } from '../exchange/ports.ts';
import type { Population } from '../world/population.ts';
import type { TickRecord } from '../record/chunk.ts';
import type { Collector } from './collect.ts';
import type { OwnCode, Placement, Plan } from './plan.ts';
import type { ScheduledAct, Shard, ShardOrder } from './shard.ts';
import type { Capacity, StateHandle } from './state.ts';
import type { FaultReport } from './step.ts';
import type { Snapshot } from './snapshot.ts';

/** Where records go. `encoded` is the part that is hashed; `root` is empty where none was taken. */
export interface Recorder {
  record(record: TickRecord, encoded: Uint8Array, root: Uint8Array, link: Uint8Array): Promise<void> | void;
  /** Takes a checkpoint: called while every shard waits, so it must only keep what it is given. */
  checkpoint?(point: StartingPoint): void;
}

/** What a run is made of. */
export interface SimulationOrder {
  readonly plan: Plan;
  /** In canonical order: see `canonicalPopulation`. */
  readonly population: Population;
  readonly placement: Placement;
  readonly code: OwnCode;
  readonly model?: Model;
  readonly recorder?: Recorder;
  readonly observer?: Observer;
  /** Share of agents whose exposures are recorded in full. */
  readonly sampleShare: number;
  readonly signal?: AbortSignal;
  /** Without a chain, no digest is computed and `link` stays the first: for ensembles whose runs are not recorded. */
  readonly unchained?: boolean;
  /** Where to begin, instead of before the first tick. */
  readonly start?: StartingPoint;
}

/** A state between two ticks, with what was counted so far. */
export interface StartingPoint {
  readonly snapshot: Snapshot;
  readonly link: Uint8Array;
  readonly counts: SimulationResult['counts'];
}

/** How a run ended. `ticks` are the ticks that were run; `link` is the last of the chain. */
export interface SimulationResult {
  readonly ticks: number;
  readonly link: Uint8Array;
  readonly counts: {
    intents: number;
    granted: number;
    refused: number;
    posts: number;
    exposures: number;
    awake: number;
  };
  readonly stateBytes: number;
}

/** A run that is ready for its first tick. */
export interface Simulation extends SimulationOrder {
  readonly handle: StateHandle;
  readonly orders: readonly ShardOrder[];
  readonly main: Shard;
  readonly collector: Collector;
  readonly result: { link: Uint8Array; ticks: number } & Pick<SimulationResult, 'counts'>;
  /** Links of ticks that are recorded already: computed again, they must come out the same. */
  readonly knownLinks?: readonly string[];
}

/** The chain's link before the first tick: the population, the plan and the root of the state at tick 0. */
export function firstLink(plan: Plan, population: Population, root: Uint8Array): Uint8Array {
  const planBytes = Buffer.from(JSON.stringify({ ...plan, module: undefined, ticks: undefined }));
  return sha256(Buffer.concat([digestPopulation(population), sha256(planBytes), root]));
}

/** Runs a plan. The population must be canonical. */
export async function simulate(order: SimulationOrder | Simulation): Promise<SimulationResult> {
  const simulation = 'handle' in order ? order : prepare(order);
  const { result } = simulation;
  if (order.placement.workers === 1) await driveHere(simulation);
  else await driveWorkers(simulation);
  return { ...result, stateBytes: simulation.handle.allocatedBytes };
}

/** Allocates and fills the state of a run: everything before the first tick. */
export function prepare(order: SimulationOrder): Simulation {
  const { plan, population, placement } = order;
  const sizes = {
    agentCount: population.count,
    feedLength: plan.feed.length,
    memoryLength: plan.memoryLength,
    attributeNames: plan.attributes.map((one) => one.name),
  };
  const { start } = order;
  const tieCount = Math.max(population.followee.length, start?.snapshot.columns['ties.followee'].length ?? 0);
  const handle = allocateState(sizes, placement.workers, { tieCount, ...capacityOf(plan) });
  if (start === undefined) loadPopulation(handle, population, plan, placement);
  else restoreSnapshot(handle, start.snapshot);
  const profiles = cumulativeProfiles(population.profileShares);
  const takesRoots = order.unchained !== true;
  const orders = Array.from({ length: placement.workers }, (_, shard) => ({
    ...{ handle, shard, plan, placement, profiles, takesRoots },
  }));
  const mainOrder = { ...orders[0], scheduled: [] };
  const main = createShard(mainOrder, order.code);
  const scheduled = scheduleActs(plan, population, main);
  const withActs = orders.map((one) => ({ ...one, scheduled }));
  const words = main.attached.control;
  words[control.endTick] = plan.ticks;
  const first = start?.snapshot.tick ?? 0;
  words[control.nextPost] = start?.snapshot.nextPost ?? 1;
  words[control.ticksDone] = first;
  words[control.ticksTaken] = first;
  words[control.ticksSaved] = first;
  return {
    ...order,
    handle,
    orders: withActs,
    main,
    collector: createCollector(main.state, main.book, order.sampleShare),
    result: {
      link: start?.link ?? linkAtStart(order, withActs),
      ticks: first,
      counts: { ...(start?.counts ?? { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 }) },
    },
  };
}

/** Two attempts an item and two more by rules; own code is held to its limit by `attempt`. */
function capacityOf(plan: Plan): Omit<Capacity, 'tieCount'> {
  const hasOwn = plan.policies.some((one) => one.kind === 'own');
  return {
    postCapacity: plan.postCapacity,
    intentsPerAgent: hasOwn ? intentsPerAgentMax : Math.min(intentsPerAgentMax, plan.feed.length * 2 + 2),
    interventionCount: plan.interventions.length,
  };
}

/** Interventions with rows instead of ids; every shard gets its own part. */
function scheduleActs(plan: Plan, population: Population, main: Shard): ScheduledAct[] {
  const ordinalOf = new Map<string, number>();
  if (plan.interventions.length > 0) {
    for (let i = 0; i < population.count; i++) ordinalOf.set(`${population.keyHi[i]},${population.keyLo[i]}`, i);
  }
  const numbers = new Map<string, number>();
  return plan.interventions.map((one) => {
    const key = keyOfText(one.agent);
    const ordinal = ordinalOf.get(`${key.hi},${key.lo}`);
    if (ordinal === undefined)
      throw new InvariantError(`an intervention names ${one.agent}, who is not in the population`);
    const appeal = one.appeal === undefined ? undefined : Math.round(one.appeal * appealScale);
    const place = `${one.tick} ${ordinal}`;
    const sequence = numbers.get(place) ?? firstInterventionSequence;
    numbers.set(place, sequence + 1);
    return { tick: one.tick, row: main.state.rowOfOrdinal[ordinal], verb: verbs[one.verb], sequence, appeal };
  });
}

function linkAtStart(order: SimulationOrder, orders: readonly ShardOrder[]): Uint8Array {
  const root = order.unchained === true ? nothing : rootAtStart(orders, order.code);
  return firstLink(order.plan, order.population, root);
}

function rootAtStart(orders: readonly ShardOrder[], code: OwnCode): Uint8Array {
  for (const order of orders) hashState(createShard(order, code));
  return rootOf(createShard(orders[0], code), 0);
}

/** The state root out of every shard's buckets, of which there are two sets by the parity of the tick. */
function rootOf(shard: Shard, tick: number): Uint8Array {
  const sum = createBuckets();
  for (const buckets of shard.attached.buckets[tick & 1]) addBuckets(sum, buckets);
  return sha256(bytesOfWords(sum));
}

const nothing = new Uint8Array(0);

/** Reads a finished tick, lengthens the chain, hands the record on. */
function takeTick(simulation: Simulation, number: number): Promise<void> | undefined {
  const { main, result, plan, recorder } = simulation;
  const all = main.attached.tables[number & 1];
  const record = collectTick(simulation.collector, all, number);
  const encoded = simulation.unchained === true ? nothing : encodeDecided(record);
  const root = simulation.unchained !== true && isRootTick(number, plan.ticks) ? rootOf(main, number) : nothing;
  if (simulation.unchained !== true) result.link = chainLink(sha256, result.link, number, [encoded, root]);
  result.ticks = number + 1;
  const { counts } = result;
  counts.intents += record.intentCount;
  counts.granted += record.totals.granted;
  counts.refused += record.totals.refused;
  counts.posts += record.totals.posts;
  counts.exposures += record.totals.exposures;
  counts.awake += record.totals.awake;
  simulation.observer?.onTick({
    tick: number + 1,
    ticks: plan.ticks,
    awake: record.totals.awake,
    intents: record.intentCount,
    posts: counts.posts,
  });
  return recorder?.record(record, encoded, root, result.link) ?? undefined;
}

const noModel: Model = {
  ask: (requests) => Promise.resolve(requests.map(() => ({ status: 'failed' as const }))),
};

/** One shard in the calling thread. It yields to the event loop now and then, so that files are written and signals heard. */
async function driveHere(simulation: Simulation): Promise<void> {
  const { orders, code, plan, signal } = simulation;
  const shard = createShard(orders[0], code);
  const words = shard.attached.control;
  for (let number = simulation.result.ticks; number < plan.ticks && signal?.aborted !== true; number++) {
    try {
      const running = beginTick(shard, number);
      for (let pause = running.next(); pause !== undefined; pause = running.next()) {
        if (pause === 'ask' && requestCount(shard.all) > 0) {
          await answerRequests(shard.state, shard.all, number, simulation.model ?? noModel);
        }
      }
    } catch (error) {
      throw fault(simulation, faultOf(error, shard, number));
    }
    words[control.nextPost] += newPostCount(shard.all);
    const wait = takeTick(simulation, number);
    if (wait !== undefined) await wait;
    saveIfDue(simulation, number);
    if (number % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
}

function fault(simulation: Simulation, report: FaultReport): Error {
  const { ids } = simulation.population;
  return errorOfFault(report, simulation.plan.seed, (ordinal) => externalId(ids, ordinal));
}

const workerFile = new URL(`./shard-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** One long task a shard; this thread reads ticks and answers requests. */
async function driveWorkers(simulation: Simulation): Promise<void> {
  const { orders } = simulation;
  const pool = new Piscina({
    filename: workerFile.href,
    name: 'runShard',
    minThreads: orders.length,
    maxThreads: orders.length,
    atomics: 'disabled',
  });
  const words = simulation.main.attached.control;
  const firstTick = simulation.result.ticks;
  const faults: FaultReport[] = [];
  let open = orders.length;
  const wake = (): void => {
    Atomics.add(words, control.signal, 1);
    Atomics.notify(words, control.signal);
  };
  const crashed: unknown[] = [];
  const tasks = orders.map((order) =>
    (pool.run({ ...order, firstTick }) as Promise<FaultReport | undefined>)
      .then((report) => {
        if (report !== undefined) faults.push(report);
      })
      .catch((error: unknown) => {
        crashed.push(error);
        stopAll(words, -1, -1, -1);
      })
      .finally(() => {
        open--;
        wake();
      }),
  );
  const stop = (): void => {
    Atomics.store(words, control.pleaseStop, 1);
  };
  if (simulation.signal?.aborted === true) stop();
  simulation.signal?.addEventListener('abort', stop, { once: true });
  try {
    await serveShards(simulation, words, () => open > 0);
  } catch (error) {
    // A disk or a model that fails while shards wait for this thread: they are let go, or they would wait for ever.
    stopAll(words, -1, -1, -1);
    throw error;
  } finally {
    simulation.signal?.removeEventListener('abort', stop);
    await Promise.all(tasks);
    await pool.destroy();
  }
  if (faults.length > 0) throw fault(simulation, faults[0]);
  if (crashed.length > 0)
    throw new InvariantError(`a worker ended: ${String(crashed[0])}`, { seed: simulation.plan.seed });
}

/** The main thread's loop while shards run. Ends when all shards have ended and every finished tick is taken. */
async function serveShards(simulation: Simulation, words: Int32Array, running: () => boolean): Promise<void> {
  for (;;) {
    const seen = Atomics.load(words, control.signal);
    const isLast = !running();
    await answerShards(simulation, words);
    await takeFinished(simulation, words);
    if (isLast) return;
    const wait = Atomics.waitAsync(words, control.signal, seen);
    if (wait.async) await wait.value;
  }
}

/** Copies the state after a tick that a checkpoint is due for, and lets the shards go on. */
function saveIfDue(simulation: Simulation, number: number): void {
  const { handle, placement, recorder, result, main } = simulation;
  if (!isCheckpointTick(number, placement)) return;
  recorder?.checkpoint?.({
    snapshot: takeSnapshot(handle, number + 1),
    link: result.link,
    counts: { ...result.counts },
  });
  Atomics.store(main.attached.control, control.ticksSaved, number + 1);
  Atomics.notify(main.attached.control, control.ticksSaved);
}

async function answerShards(simulation: Simulation, words: Int32Array): Promise<void> {
  if (Atomics.load(words, control.asked) === Atomics.load(words, control.answered)) return;
  const number = Atomics.load(words, control.ticksDone);
  const { main } = simulation;
  await answerRequests(main.state, main.attached.tables[number & 1], number, simulation.model ?? noModel);
  Atomics.add(words, control.answered, 1);
  Atomics.notify(words, control.answered);
}

async function takeFinished(simulation: Simulation, words: Int32Array): Promise<void> {
  for (let number = simulation.result.ticks; number < Atomics.load(words, control.ticksDone); number++) {
    await takeTick(simulation, number);
    saveIfDue(simulation, number);
    Atomics.store(words, control.ticksTaken, number + 1);
    Atomics.notify(words, control.ticksTaken);
  }
}
