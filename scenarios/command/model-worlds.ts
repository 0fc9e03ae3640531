/**
 * Worlds whose agents ask language models: each is a recorded run below `worlds/`, so that what models said is kept, and all share one account.
 *
 * Reads scenarios and, where one is given, a file of models; writes `worlds/NAME`, a run like any other, and `caps.json`. Worlds run in this thread, some at a time: they wait for
 * servers, and the limits of a server are those of all of them together, so they share its queue. A world that is on record is measured and asks nothing.
 * Caps of the whole are shared by count, never by who came first: worlds go in waves of eight, seed by seed; in a wave each world that is not
 * done may spend an equal part of what is left, what it leaves is dealt out again, and where equal parts bring nobody further the first gets all. A wave that gets no
 * further ends the batch. A world that meets its part stops before the tick that it cannot pay for, as any run does, and goes on with its next part to the digest that it has
 * without caps. Invariant: the same orders and caps give the same worlds with any number of workers. Oracle: worlds without a cap (`test/command/model-sweep.test.ts`).
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { compileScenario } from '../../sim/engine/compile.ts';
import { modelsOrderOf } from '../../sim/engine/models.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { recordRun, resumeRun } from '../../sim/engine/run.ts';
import { InputError, InvariantError } from '../../sim/ground/errors.ts';
import { noSpend } from '../../sim/llm/budget.ts';
import { hasAnswers, readAnswers } from '../../sim/record/answers.ts';
import { readManifest, readSealed } from '../../sim/record/manifest.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { fileNames, writeWhole } from '../../sim/record/store.ts';
import { loadScenario } from '../load.ts';
import { SharedEndpoints } from './model-endpoints.ts';
import { above, capsOf, partOf, spentOf, total } from './model-caps.ts';
import { measured, sampleShareOf } from './replicate.ts';
import type { ModelsOrder } from '../../sim/engine/models.ts';
import type { RunManifest } from '../../sim/engine/run.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { Model } from '../../sim/exchange/ports.ts';
import type { Spend } from '../../sim/llm/budget.ts';
import type { Caps } from '../../sim/llm/settings.ts';
import type { Document } from '../../sim/scenario/document.ts';
import type { LoadedScenario } from '../load.ts';
import type { Asked, ReplicateOrder, ReplicateResult } from './replicate.ts';
import type { NamedOrder, Simulator } from './replicate-store.ts';

/** How worlds ask. */
export interface AskingOrder {
  /** Models in the place of the scenarios' own. */
  readonly models?: Document;
  /** Caps of all worlds together; those that were given last, where they are left out. */
  readonly caps?: Caps;
  /** Directory of a sweep or study whose answers are used: nobody is asked. */
  readonly replay?: string;
}

/** Raised where models ended a batch: a cap is reached, or an endpoint is gone. What is done is on disk. */
export class ModelsEnded extends Error {
  override readonly name = 'ModelsEnded';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Worlds that share what is left at a time. */
const waveSize = 8;

type Stop = NonNullable<RunManifest['stop']>;
type End = { readonly result: ReplicateResult } | { readonly stop: Stop };

/** A world with the place of its order. */
type Place = NamedOrder & { readonly at: number };
/** Simulates some worlds, each of which may spend `part` beyond what it has spent, and says which of them models stopped. */
type Round = (group: readonly Place[], part: Caps | undefined) => Promise<ReadonlyMap<Place, Stop>>;

/** Recorded worlds below a directory, `workers` at a time. */
export function recordedWorlds(directory: string, workers: number, asking: AskingOrder): Simulator {
  const folder = join(directory, 'worlds');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const caps = asking.replay === undefined ? keptCaps(directory, asking.caps) : undefined;
  const endpoints = new SharedEndpoints();
  const account = new WorldAccount(folder);
  return {
    async run(orders, onDone, signal) {
      const places = orders.map((one, at) => ({ ...one, at }));
      // Seed by seed: what is whole can be compared.
      places.sort((one, other) => one.order.seed - other.order.seed || one.at - other.at);
      const round: Round = async (group, part) => {
        const stops = new Map<Place, Stop>();
        await someAtATime(group, workers, async (world) => {
          const how = { asking, endpoints, signal, ...(part === undefined ? {} : { part }) };
          const end = await worldOf(folder, world, how).finally(() => account.changed(world.name));
          if ('result' in end) onDone(world.at, end.result);
          else stops.set(world, end.stop);
        });
        return stops;
      };
      if (caps === undefined) await endUncapped(places, round);
      else for (const wave of chunksOf(places, waveSize)) await endWave(wave, caps, account, round);
    },
    close() {
      endpoints.close();
      return Promise.resolve();
    },
  };
}

async function endUncapped(places: readonly Place[], round: Round): Promise<void> {
  const stops = [...(await round(places, undefined)).values()];
  if (stops.length > 0) throw ended(stops, stops.length);
}

/** Runs a wave to its end, in as many rounds as its caps need. */
async function endWave(wave: readonly Place[], caps: Caps, account: WorldAccount, round: Round): Promise<void> {
  let open = wave;
  let isAlone = false;
  while (open.length > 0) {
    const before = account.total();
    const group: readonly Place[] = isAlone ? open.slice(0, 1) : open;
    const stops = await round(group, partOf(caps, before, group.length));
    const isLeft = new Set(stops.keys());
    const hasMoved: boolean = stops.size < group.length || account.total().calls > before.calls;
    const isGone = [...stops.values()].some(({ exitCode }) => exitCode !== capStatus);
    open = open.filter((one) => isLeft.has(one) || !group.includes(one));
    if (isGone || (!hasMoved && isAlone)) throw ended([...stops.values()], open.length);
    isAlone = !hasMoved;
  }
}

const capStatus = 7;

/** Endpoints that are gone go before caps. */
function ended(stops: readonly Stop[], worlds: number): ModelsEnded {
  const { exitCode, message } = stops.find((one) => one.exitCode !== capStatus) ?? stops[0];
  return new ModelsEnded(exitCode, `${worlds} ${worlds === 1 ? 'world was' : 'worlds were'} stopped: ${message}`);
}

/** What worlds of a folder have spent; those that were set aside count. */
class WorldAccount {
  readonly #folder: string;
  readonly #spent = new Map<string, Spend>();

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of readdirSync(folder)) this.changed(name);
  }

  /** Reads a world's log again, and those that were set aside in its favour. */
  changed(name: string): void {
    for (const one of readdirSync(this.#folder)) {
      if (one === name || !this.#spent.has(one)) this.#spent.set(one, spentOf(join(this.#folder, one)));
    }
  }

  total(): Spend {
    return total([...this.#spent.values()]);
  }
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}

/** Does work on all items, so many at a time, begun in their order. The first failure ends it once what is under way has ended. */
async function someAtATime<Item>(
  items: readonly Item[],
  count: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const ends = await Promise.allSettled(
    Array.from({ length: Math.min(count, items.length) }, async () => {
      for (const item of queue) {
        if (hasFailed) return;
        await work(item).catch((error: unknown) => {
          hasFailed = true;
          throw error;
        });
      }
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

// ---- One world ----

interface WorldOrder {
  readonly asking: AskingOrder;
  readonly endpoints: SharedEndpoints;
  readonly signal: AbortSignal | undefined;
  /** What it may spend beyond what it has spent. */
  readonly part?: Caps;
}

async function worldOf(folder: string, { name, order }: Place, how: WorldOrder): Promise<End> {
  try {
    return await simulated(join(folder, name), name, order, how);
  } catch (error) {
    if (how.signal?.aborted === true) throw error;
    if (error instanceof InputError) return { result: { problems: error.problems } };
    if (error instanceof InvariantError) return { result: { failure: error.message } };
    throw error;
  }
}

async function simulated(directory: string, name: string, order: ReplicateOrder, how: WorldOrder): Promise<End> {
  const { models } = how.asking;
  const loaded = await loadScenario(order.scenario, {
    ...{ set: [...order.set, `seed=${order.seed}`], allowCode: order.allowCode },
    ...(models === undefined ? {} : { models }),
  });
  const asks = modelsOrderOf(loaded.data);
  const isHere = isSameWorld(directory, loaded, order);
  if (!isHere) setAside(directory);
  const cap = how.part === undefined ? undefined : above(how.part, isHere ? spentOf(directory) : noSpend);
  const manifest = await (isHere
    ? goneOn(directory, asks, cap, how)
    : begun(directory, name, loaded, order, asks, cap, how));
  if (manifest.stop !== undefined) return { stop: manifest.stop };
  if (manifest.outcome !== 'complete') throw new InvariantError(`world ${name} was stopped`);
  return { result: { values: measured(openRecords(directory), order), asked: askedOf(directory, manifest, asks) } };
}

const checkpointTicks = 100;
const placement = { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks } as const;

async function begun(
  directory: string,
  name: string,
  loaded: LoadedScenario,
  order: ReplicateOrder,
  asks: ModelsOrder | undefined,
  cap: Caps | undefined,
  { asking: { replay }, endpoints, signal }: WorldOrder,
): Promise<RunManifest> {
  const earlier = replay === undefined ? undefined : join(replay, 'worlds', name);
  if (earlier !== undefined) readManifest(earlier);
  const isSilent = earlier !== undefined && !hasAnswers(earlier);
  return recordRun({
    ...{ compiled: compileScenario(loaded.data, loaded.find, loaded.module), placement, directory },
    source: loaded.source,
    ...(loaded.moduleSource === undefined ? {} : { module: loaded.moduleSource }),
    code: await loadOwnCode(loaded.module),
    exposureSampleShare: sampleShareOf(order, loaded.data.exposureSampleShare),
    isPopulationSpent: true,
    ...(isSilent ? { model: nobody } : earlier === undefined ? {} : { replay: earlier }),
    ...(asks === undefined || earlier !== undefined ? {} : { models: await endpoints.shared(asks, cap) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Goes on with a world that is on record; one that is whole asks nothing. */
async function goneOn(
  directory: string,
  asks: ModelsOrder | undefined,
  cap: Caps | undefined,
  { endpoints, signal }: WorldOrder,
): Promise<RunManifest> {
  const manifest = readSealed<Plan>(directory);
  if (manifest.outcome === 'complete') return manifest;
  return resumeRun({
    ...{ directory, placement },
    ...(asks === undefined ? {} : { models: await endpoints.shared(asks, cap) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Of a world that asked nothing when it was recorded nothing can be replayed. */
const nobody: Model = {
  ask: (requests) => Promise.resolve(requests.map(() => ({ status: 'failed' as const, failure: 'ABSENT' as const }))),
};

/** Whether a directory holds this world, whatever its caps and endpoints. */
function isSameWorld(directory: string, loaded: LoadedScenario, order: ReplicateOrder): boolean {
  if (!existsSync(join(directory, fileNames.manifest))) return false;
  const { data, source, module, exposureSampleShare } = readManifest<Plan>(directory);
  const known = (value: unknown): string => {
    const { models, ...rest } = value as { models?: { classes?: unknown; whenDown?: unknown } };
    return JSON.stringify([rest, models?.classes ?? null, models?.whenDown ?? null]);
  };
  return (
    data !== undefined &&
    known(data) === known(JSON.parse(JSON.stringify(loaded.data))) &&
    source.sha256 === loaded.source.sha256 &&
    module?.sha256 === loaded.moduleSource?.sha256 &&
    exposureSampleShare === sampleShareOf(order, loaded.data.exposureSampleShare)
  );
}

/** Keeps a world that is another now under another name: its answers were paid for, and count. */
function setAside(directory: string): void {
  if (!existsSync(join(directory, fileNames.manifest))) return;
  for (let k = 1; ; k++) {
    const aside = `${directory}-earlier-${k}`;
    if (existsSync(aside)) continue;
    renameSync(directory, aside);
    return;
  }
}

function askedOf(directory: string, { digest, counts }: RunManifest, asks: ModelsOrder | undefined): Asked {
  const { asked = 0, unanswered = 0 } = counts;
  const { spent, outcomes } = readAnswers(directory);
  const served = outcomes.flatMap(({ kind, model, servedModel }) =>
    kind === 'ANSWERED' ? [servedModel ?? model] : [],
  );
  const currency = asks?.settings.prices[0]?.currency;
  return {
    ...{ digest, asked, unanswered, ...spent },
    ...(currency === undefined ? {} : { currency }),
    served: [...new Set(served)].sort(),
  };
}

/** Caps that hold: those that are given, else those that were given last. */
function keptCaps(directory: string, given: Caps | undefined): Caps | undefined {
  const file = join(directory, 'caps.json');
  if (given !== undefined) {
    writeWhole(file, JSON.stringify(given) + '\n');
    return given;
  }
  return existsSync(file) ? capsOf(JSON.parse(readFileSync(file, 'utf8')), file) : undefined;
}
