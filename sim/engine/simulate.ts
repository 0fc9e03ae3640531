/**
 * Drives a run from the first tick to the last: one shard in the calling thread, or one long piscina task a shard.
 *
 * The main thread never blocks: between ticks it counts the finished tick, tells the observer, hands the tick to whoever takes it
 * (`sim/engine/take.ts`), and answers requests. Taking may lag one tick behind the shards, no more, because tables come in two halves.
 * Order: an observer hears of a tick before it is handed over, so that what it reads in the tables still stands there.
 */
import { Piscina } from 'piscina';
import { InvariantError } from '../ground/errors.ts';
import { seedWords, tickSeedA, tickSeedB } from '../ground/random.ts';
import { readersOf, readerTextBytes } from './embed-readers.ts';
import { peopleOf } from '../world/people.ts';
import { externalId, ordinalsOf } from '../world/population.ts';
import { quotaStride } from '../exchange/limits.ts';
import { platformActsMax } from '../exchange/moderation.ts';
import { canTakePostsAway, verbs } from '../exchange/verbs.ts';
import { appealScale, standings } from '../world/posts.ts';
import { archetypeSets } from '../policy/archetypes/set.ts';
import { digestPopulation, sha256 } from '../record/genesis.ts';
import { firstInterventionSequence, intentsPerAgentMax, plantedPerAgentMax } from '../exchange/tables.ts';
import { newPostCount } from './apply.ts';
import { answerRequests, requestCount } from './ask.ts';
import { liveDivergence } from './archetype-report.ts';
import { deskOf } from './judging.ts';
import { ModelStop } from './model-stop.ts';
import { control, stopAll } from './barrier.ts';
import { awakeMost, cumulativeProfiles } from './activate.ts';
import { createCollector } from './collect.ts';
import { loadPopulation } from './load.ts';
import { isCheckpointTick, usesRanked, usualTexts } from './plan.ts';
import { membersMax, plantsOrder } from './plants.ts';
import { restoreSnapshot } from './snapshot.ts';
import { hashState } from './root.ts';
import { createShard } from './shard.ts';
import { allocateState } from './state.ts';
import { beginTick, errorOfFault, faultOf } from './step.ts';
import { promptBytes, thinkingCapacity } from './thinking.ts';
import { countTick, rootOf, takeHere } from './take.ts';
import type { Gate, Model, Observer } from '../exchange/ports.ts';
import type { TickNumbers } from '../exchange/view.ts';
import type { JudgeDesk } from './judging.ts';
import type { Population } from '../world/population.ts';
import type { Collector } from './collect.ts';
import type { OwnCode, Placement, Plan } from './plan.ts';
import type { ScheduledAct, Shard, ShardOrder } from './shard.ts';
import type { Capacity, StateHandle } from './state.ts';
import type { ThinkingCapacity } from './thinking.ts';
import type { FaultReport } from './step.ts';
import type { Counts, Recorder, StartingPoint, Taker, TakingOrder } from './take.ts';

export type { Recorder, StartingPoint } from './take.ts';

/** What a run is made of. */
export interface SimulationOrder {
  readonly plan: Plan;
  /** In canonical order: see `canonicalPopulation`. */
  readonly population: Population;
  readonly placement: Placement;
  readonly code: OwnCode;
  readonly model?: Model;
  /** What was judged before the run begins, where it goes on from a checkpoint. */
  readonly verdicts?: JudgeDesk['verdicts'];
  readonly recorder?: Recorder;
  readonly observer?: Observer;
  /** Holds finished ticks back while somebody wants the run to stand still. */
  readonly gate?: Gate;
  /** Share of agents whose exposures are recorded in full. */
  readonly sampleShare: number;
  readonly signal?: AbortSignal;
  /** Without a chain, no digest is computed and `link` stays the first: for ensembles whose runs are not recorded. */
  readonly unchained?: boolean;
  /** Where to begin, instead of before the first tick. */
  readonly start?: StartingPoint;
}

/** How a run ended. `ticks` are the ticks that were run; `link` is the last of the chain. */
export interface SimulationResult {
  readonly ticks: number;
  readonly link: Uint8Array;
  readonly counts: Counts;
  readonly stateBytes: number;
}

/** A run that is ready for its first tick. */
export interface Simulation extends SimulationOrder {
  readonly handle: StateHandle;
  readonly orders: readonly ShardOrder[];
  readonly main: Shard;
  readonly collector: Collector;
  /** Undefined where nobody judges. */
  readonly desk: JudgeDesk | undefined;
  readonly result: { link: Uint8Array; ticks: number } & Pick<SimulationResult, 'counts'>;
  /** Who takes the finished ticks, if not this thread. */
  readonly taker?: Taker;
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
  const taker = simulation.taker ?? takeHere(takingOrderOf(simulation), result.counts, simulation.recorder);
  if (order.placement.workers === 1) await driveHere(simulation, taker);
  else await driveWorkers(simulation, taker);
  result.link = await taker.finish();
  return { ...result, stateBytes: simulation.handle.allocatedBytes };
}

/** What it takes to take this run's ticks, in this thread or in another. */
export function takingOrderOf(simulation: Simulation): TakingOrder {
  const { handle, plan, placement, main, sampleShare, unchained, result } = simulation;
  // Own verbs hold functions, which cannot be sent to a thread.
  const book = { verbs: main.book.verbs.map((verb) => (verb === undefined ? undefined : { target: verb.target })) };
  const order = { handle, plan: { ticks: plan.ticks }, placement, book, sampleShare, link: result.link };
  return unchained === undefined ? order : { ...order, unchained };
}

/** Allocates and fills the state of a run: everything before the first tick. */
export function prepare(order: SimulationOrder): Simulation {
  const { plan, population, placement, start } = order;
  const sizes = {
    agentCount: population.count,
    feedLength: plan.feed.length,
    memoryLength: plan.memoryLength,
    attributeNames: plan.attributes.map((one) => one.name),
    initialUnits: (plan.grounds?.goods ?? []).map(({ initial }) => initial),
    hasRemovals:
      canTakePostsAway(plan.allowedVerbs, plan.conduct.moderation) ||
      start?.snapshot.columns['posts.standing'].some((one) => one >= standings.deleted) === true,
  };
  const tieCount = Math.max(population.followee.length, start?.snapshot.columns['ties.followee'].length ?? 0);
  const archetypes = archetypeSets(
    population,
    plan.policies.map((one) => (one.kind === 'archetypes' ? one.archetypes : undefined)),
  );
  const capacity = {
    tieCount,
    awakeMost: awakeMost(population, plan),
    ...capacityOf(plan, promptBytes(plan, population, archetypes), readersBytes(plan, population.count)),
    ...thinkingCapacity(plan, archetypes),
  };
  const handle = allocateState(sizes, placement.workers, capacity);
  if (start === undefined) loadPopulation(handle, population, plan, placement);
  else restoreSnapshot(handle, start.snapshot);
  const profiles = cumulativeProfiles(population.profileShares);
  const takesRoots = order.unchained !== true;
  const orders = Array.from({ length: placement.workers }, (_, shard) => ({
    ...{ handle, shard, plan, placement, profiles, takesRoots },
    ...(worksWithWords(plan) || readersOf(plan) !== undefined ? { people: peopleOf(population) } : {}),
    ...(archetypes.length === 0 ? {} : { archetypes }),
  }));
  const mainOrder = { ...orders[0], scheduled: [] };
  const main = createShard(mainOrder, order.code);
  const scheduled = scheduleActs(plan, population, main);
  const plants = plantsOrder(plan, population, main.state.rowOfOrdinal);
  const withActs = orders.map((one) => ({ ...one, scheduled, ...(plants === undefined ? {} : { plants }) }));
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
    desk: deskOf(plan, order.verdicts),
    result: {
      link: start?.link ?? linkAtStart(order, withActs),
      ticks: first,
      counts: { ...noCounts, ...start?.counts },
    },
  };
}

/** Whether anybody in a run needs names and descriptions of agents. */
function worksWithWords({ policies }: Plan): boolean {
  return policies.some(({ kind }) => kind !== 'rules');
}

const noCounts: Counts = {
  ...{ intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0, asked: 0, unanswered: 0 },
};

/** Two attempts an item and two more by rules; own code is held to its limit by `attempt`. */
function capacityOf(
  plan: Plan,
  promptsBytes: number,
  readersBytes: number,
): Omit<Capacity, 'tieCount' | 'awakeMost' | keyof ThinkingCapacity> {
  const hasOwn = worksWithWords(plan);
  const readers = readersOf(plan);
  return {
    postCapacity: plan.postCapacity,
    hasTopics: plan.feed.candidates === 'index',
    ...(readers === undefined ? {} : { vectorLength: readers.vectorLength }),
    intentsPerAgent:
      (hasOwn ? intentsPerAgentMax : Math.min(intentsPerAgentMax, plan.feed.length * 2 + 2)) + plantedVotesMax(plan),
    interventionCount: plan.interventions.length + platformActsMax + plantedActsMax(plan),
    quotaStride: quotaStride(plan.conduct.limits),
    limitCount: plan.conduct.limits.length,
    invariantScopes: (plan.invariants ?? []).map(({ scope }) => scope),
    hasNotes: hasOwn || plan.allowedVerbs.includes('try'),
    ...textCapacityOf(plan, hasOwn, promptsBytes, readersBytes),
  };
}

/** Bytes for the descriptions and vectors of agents that wake for the first time in one tick; at most 1 GiB. */
function readersBytes(plan: Plan, agentCount: number): number {
  const readers = readersOf(plan);
  return readers === undefined ? 0 : Math.min(1 << 30, agentCount * readerTextBytes(readers.vectorLength));
}

/** Most votes that a planted member casts on what it is shown in a tick. */
function plantedVotesMax({ plants = [], feed }: Plan): number {
  return plants.some(({ kind }) => kind === 'conformists') ? feed.length : 0;
}

/** Most other acts that all planted members make in a tick. */
function plantedActsMax({ plants = [] }: Plan): number {
  return plants.reduce((sum, plant) => sum + plantedPerAgentMax * membersMax(plant), 0);
}

/** Rule agents write no texts and use no ranked verbs, so that a run of theirs needs room for neither. */
function textCapacityOf(
  plan: Plan,
  hasOwn: boolean,
  promptsBytes: number,
  readersBytes: number,
): Pick<Capacity, 'ledgerEntries' | 'textBytes' | 'tickTextBytes'> {
  const mayWrite = hasOwn || plan.grounds !== undefined || writes(plan);
  const { capacityBytes } = plan.texts ?? usualTexts;
  return {
    ledgerEntries: usesRanked(plan) ? ledgerEntriesMost : 0,
    textBytes: mayWrite ? capacityBytes : 64,
    tickTextBytes: (mayWrite ? Math.max(tickTextBytesMost, promptsBytes) : 64) + readersBytes,
  };
}

function writes({ interventions, plants = [] }: Plan): boolean {
  return interventions.some(({ text }) => text !== undefined) || plants.some(({ kind }) => kind === 'sock-puppets');
}

/** Room for entries of the ledger: 4 Mi of 12 bytes, twice; and 64 MiB for what one shard's agents write in a tick. */
const ledgerEntriesMost = 1 << 22;
const tickTextBytesMost = 1 << 26;

/** Interventions with rows instead of ids; every shard gets its own part. */
function scheduleActs(plan: Plan, population: Population, main: Shard): ScheduledAct[] {
  const { interventions } = plan;
  const actors = ordinalsOf(
    population,
    interventions.map(({ agent }) => agent),
  );
  const targets = ordinalsOf(
    population,
    interventions.map(({ agent, target, postBy }) => target ?? postBy?.agent ?? agent),
  );
  const { rowOfOrdinal } = main.state;
  const numbers = new Map<string, number>();
  return interventions.map(({ tick, verb, target, item, postBy, amount, appeal, argument, price, text }, i) => {
    const hasDetail = argument !== undefined || price !== undefined || text !== undefined;
    const place = `${tick} ${actors[i]}`;
    const sequence = numbers.get(place) ?? firstInterventionSequence;
    numbers.set(place, sequence + 1);
    // A post's argument is its community, and 0 is the first of them.
    const unsaid = verb === 'post' ? -1 : 0;
    return {
      ...{ tick, row: rowOfOrdinal[actors[i]], verb: verbs[verb], sequence },
      target: target === undefined ? (item ?? 0) : rowOfOrdinal[targets[i]],
      ...(postBy === undefined ? {} : { postBy: { row: rowOfOrdinal[targets[i]], tick: postBy.tick } }),
      ...(hasDetail ? { detail: { argument: argument ?? unsaid, price: price ?? 0, text: text ?? '' } } : {}),
      amount: appeal === undefined ? (amount ?? 0) : Math.round(appeal * appealScale),
      isAppealGiven: appeal !== undefined,
    };
  });
}

function linkAtStart(order: SimulationOrder, orders: readonly ShardOrder[]): Uint8Array {
  const root = order.unchained === true ? nothing : rootAtStart(orders, order.code);
  return firstLink(order.plan, order.population, root);
}

function rootAtStart(orders: readonly ShardOrder[], code: OwnCode): Uint8Array {
  for (const order of orders) hashState(createShard(order, code));
  return rootOf(createShard(orders[0], code).attached, 0);
}

const nothing = new Uint8Array(0);

/** Counts a finished tick, tells the observer, and hands the tick over. */
function handOver(simulation: Simulation, taker: Taker, number: number): Promise<void> | undefined {
  const { main, result, plan } = simulation;
  const all = main.attached.tables[number & 1];
  const { awake, intents } = countTick(result.counts, all);
  result.ticks = number + 1;
  const { posts } = result.counts;
  if (simulation.observer !== undefined) {
    const divergence = liveDivergence(main, simulation.desk);
    const spent = simulation.model?.spent?.();
    const told = {
      ...{ tick: number + 1, ticks: plan.ticks, awake, intents, posts },
      ...(divergence === undefined ? {} : { divergence }),
      ...(spent === undefined ? {} : { spent }),
    };
    simulation.observer.onTick(told, { all, state: main.state });
  }
  const held = simulation.gate?.pass();
  return held === undefined ? taker.take(number) : held.then(() => taker.take(number));
}

/** Where nobody is there to ask, every call fails. */
const noModel: Model = {
  ask: (requests) => Promise.resolve(requests.map(() => ({ status: 'failed' as const, failure: 'ABSENT' as const }))),
};

/** One shard in the calling thread. It yields to the event loop now and then, so that files are written and signals heard. */
async function driveHere(simulation: Simulation, taker: Taker): Promise<void> {
  const { orders, code, plan, signal, placement } = simulation;
  const shard = createShard(orders[0], code);
  const words = shard.attached.control;
  const firstTick = simulation.result.ticks;
  for (let number = firstTick; number < plan.ticks && signal?.aborted !== true; number++) {
    await untilReached(words, control.ticksTaken, number - 1);
    if (number > firstTick && isCheckpointTick(number - 1, placement))
      await untilReached(words, control.ticksSaved, number);
    if (Atomics.load(words, control.stop) !== 0) return;
    try {
      const running = beginTick(shard, number);
      for (let pause = running.next(); pause !== undefined; pause = running.next()) {
        if (pause === 'ask' && requestCount(shard.all) > 0) {
          await answerRequests(shard.state, shard.all, number, simulation.model ?? noModel, simulation.desk);
        }
      }
    } catch (error) {
      if (error instanceof ModelStop) throw error;
      throw fault(simulation, faultOf(error, shard, number));
    }
    words[control.nextPost] += newPostCount(shard.all);
    const wait = handOver(simulation, taker, number);
    if (wait !== undefined) await wait;
    if (number % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until a word has come to a value, or the run is stopped. This thread's events go on meanwhile. */
async function untilReached(words: Int32Array, word: number, value: number): Promise<void> {
  for (;;) {
    const now = Atomics.load(words, word);
    if (now >= value || Atomics.load(words, control.stop) !== 0) return;
    const wait = Atomics.waitAsync(words, word, now);
    if (wait.async) await wait.value;
  }
}

function fault(simulation: Simulation, report: FaultReport): Error {
  const { ids } = simulation.population;
  return errorOfFault(report, simulation.plan.seed, (ordinal) => externalId(ids, ordinal));
}

const workerFile = new URL(`./shard-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** One long task a shard; this thread reads ticks and answers requests. */
async function driveWorkers(simulation: Simulation, taker: Taker): Promise<void> {
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
    await serveShards(simulation, taker, () => open > 0);
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

/** The main thread's loop while shards run. Ends when all shards have ended and every finished tick is handed over. */
async function serveShards(simulation: Simulation, taker: Taker, running: () => boolean): Promise<void> {
  const words = simulation.main.attached.control;
  for (;;) {
    const seen = Atomics.load(words, control.signal);
    const isLast = !running();
    await answerShards(simulation, words);
    for (let number = simulation.result.ticks; number < Atomics.load(words, control.ticksDone); number++)
      await handOver(simulation, taker, number);
    if (isLast) return;
    const wait = Atomics.waitAsync(words, control.signal, seen);
    if (wait.async) await wait.value;
  }
}

function seedsOf(seed: number, tick: number): Pick<TickNumbers, 'seedA' | 'seedB'> {
  const { lo, hi } = seedWords(seed);
  return { seedA: tickSeedA(lo, hi, tick), seedB: tickSeedB(lo, hi, tick) };
}

async function answerShards(simulation: Simulation, words: Int32Array): Promise<void> {
  if (Atomics.load(words, control.asked) === Atomics.load(words, control.answered)) return;
  const number = Atomics.load(words, control.ticksDone);
  const { main } = simulation;
  const all = main.attached.tables[number & 1];
  // Lots are drawn with the seeds of the tick, which only shards open.
  main.state.now = { ...main.state.now, ...seedsOf(simulation.plan.seed, number) };
  await answerRequests(main.state, all, number, simulation.model ?? noModel, simulation.desk);
  Atomics.add(words, control.answered, 1);
  Atomics.notify(words, control.answered);
}
