/**
 * A run with its directory: manifest, genesis, log, head and checkpoints are written as it goes; a run that ended early is taken up
 * where its log ends; a recorded run is recomputed and compared.
 *
 * Order on disk: genesis, an empty log and its head, manifest; then events.log, head, checkpoint, so a checkpoint is never ahead of
 * what is acknowledged.
 */
import { writeArchetypes } from './archetype-report.ts';
import { hexOf } from '../ground/digest.ts';
import { InputError, InvariantError } from '../ground/errors.ts';
import { copyAnswers, hasAnswers } from '../record/answers.ts';
import { LogWriter } from '../record/writer.ts';
import { checkpointName, checkpointTicks, readCheckpoint } from '../record/checkpoint.ts';
import { digestPopulation, writePopulation } from '../record/genesis.ts';
import { lockRun } from '../record/lock-sqlite.ts';
import { readSealed, refuseChanged, runFormat, writeManifest } from '../record/manifest.ts';
import { cutLog, makeRunDirectory, refuseRecorded } from '../record/store.ts';
import { openRecords } from '../record/reader.ts';
import { releaseTies } from '../world/population.ts';
import { writeTruth } from '../record/truth.ts';
import { cpuSeconds, peakRssBytes, secondsNow, timestamp } from './clock.ts';
import { reportInvariants } from './invariants.ts';
import { differs } from './log-recorder.ts';
import { lookAtModels, modelsOrderOf, openModels, recordedModels, replayModels } from './models.ts';
import { ModelStop } from './model-stop.ts';
import { deskOf } from './judging.ts';
import { loadOwnCode } from './own-code.ts';
import { startRecording } from './recording.ts';
import { truthOf } from './plants.ts';
import { prepare, simulate } from './simulate.ts';
import { engineVersion } from './version.ts';
import type { Gate, Model, Observer } from '../exchange/ports.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Records } from '../record/reader.ts';
import type { Head } from '../record/writer.ts';
import type { Compiled } from './compile.ts';
import type { ModelsOrder, RunModels } from './models.ts';
import type { OwnCode, Placement, Plan } from './plan.ts';
import type { LogOrder } from './log-recorder.ts';
import type { Simulation, SimulationOrder } from './simulate.ts';
import type { StartingPoint } from './take.ts';

/** What a recorded run needs beside its plan. */
export interface RunOrder {
  readonly compiled: Compiled;
  readonly placement: Placement;
  readonly directory: string;
  readonly source: { readonly name: string; readonly sha256: string };
  readonly module?: { readonly name: string; readonly sha256: string };
  readonly exposureSampleShare: number;
  /** Own code that this thread has already: a module that is still being evaluated cannot be imported again. */
  readonly code?: OwnCode;
  readonly model?: Model;
  /** How models are asked, where it is not what the scenario says: other caps, endpoints that are shared. */
  readonly models?: ModelsOrder;
  /** A run's directory whose answers are used instead of asking. */
  readonly replay?: string;
  readonly observer?: Observer;
  readonly gate?: Gate;
  readonly signal?: AbortSignal;
  /** Whether the caller has no use for the population any more, so that its ties can be let go once they are in the state. */
  readonly isPopulationSpent?: boolean;
}

/** The manifest of a simulated run. */
export type RunManifest = Manifest<Plan>;

/** Runs a plan and records it. Returns the manifest as it stands on disk. */
export async function recordRun(order: RunOrder): Promise<RunManifest> {
  const start = secondsNow();
  const cpuStart = cpuSeconds();
  const { plan, population } = order.compiled;
  const code = order.code ?? (await loadOwnCode(plan.module));
  refuseRecorded(order.directory);
  const asksLive = order.models ?? modelsOrderOf(order.compiled.data);
  if (order.replay === undefined) await lookAtModels(asksLive);
  else refuseWithoutAnswers(order.replay);
  const lock = await lockRun(order.directory);
  try {
    makeRunDirectory(order.directory);
    const simulation = prepare(orderOf(order, code));
    const opening = openingManifest(order, code, hexOf(simulation.result.link));
    writePopulation(order.directory, population);
    if (order.isPopulationSpent === true) releaseTies(population);
    const head = await createLog(order.directory, simulation.result.link);
    writeTruth(order.directory, truthOf(plan, population));
    writeManifest(order.directory, opening);
    if (order.replay !== undefined) copyAnswers(order.replay, order.directory);
    const asking = { plan, ids: population.ids };
    const models =
      order.replay === undefined
        ? openModels(asking, order.directory, asksLive, order.model)
        : replayModels(asking, order.directory);
    return await follow({ ...simulation, models }, { directory: order.directory, head }, opening, { start, cpuStart });
  } finally {
    await lock.release();
  }
}

/** An empty log and its head. Whoever records opens the log again, in whichever thread. */
async function createLog(directory: string, link: Uint8Array): Promise<Head> {
  await (await LogWriter.create(directory, link)).close();
  return { ticks: 0, bytes: 0, digest: hexOf(link) };
}

/** Runs a prepared simulation to its end and keeps the directory up to date. */
export async function follow(
  simulation: Simulation & { readonly models?: RunModels | undefined },
  log: LogOrder,
  opening: RunManifest,
  begun: { readonly start: number; readonly cpuStart: number },
): Promise<RunManifest> {
  const ready = secondsNow();
  const taker = await startRecording(simulation, log);
  const { models } = simulation;
  const asked = asModel(models, simulation.result.ticks);
  const desk = deskOf(simulation.plan, asked.verdicts);
  const finish = async (outcome: RunManifest['outcome'], stop?: RunManifest['stop']): Promise<RunManifest> => {
    const link = await taker.finish();
    const { ticks, counts } = simulation.result;
    // A tick that broke off may have moved the states of monitors that no record speaks of.
    const isWhole = outcome !== 'failed' && stop === undefined;
    const invariants = isWhole ? reportInvariants(simulation.main, outcome === 'complete') : undefined;
    const report = models?.report();
    const manifest: RunManifest = {
      ...opening,
      outcome,
      ticks,
      digest: hexOf(link),
      counts: { ...counts },
      degraded: counts.unanswered > counts.asked * degradedShare,
      ...(report === undefined ? {} : { models: report }),
      ...(stop === undefined ? {} : { stop }),
      ...(invariants === undefined ? {} : { invariants }),
      workers: simulation.placement.workers,
      seconds: { setup: ready - begun.start, ticks: secondsNow() - ready, record: taker.seconds() },
      cpuSeconds: cpuSeconds() - begun.cpuStart,
      peakRssBytes: peakRssBytes(),
    };
    writeManifest(log.directory, manifest);
    if (outcome !== 'failed') writeArchetypes(log.directory, simulation.main, ticks, desk);
    return manifest;
  };
  try {
    const result = await simulate({ ...simulation, desk, ...asked, taker });
    return await finish(result.ticks < simulation.plan.ticks ? 'stopped' : 'complete');
  } catch (error) {
    if (error instanceof ModelStop) {
      const { reason, message, exitCode } = error.stop;
      return await finish('stopped', { reason, message, exitCode });
    }
    await finish('failed').catch(() => undefined);
    throw error;
  } finally {
    await models?.close();
  }
}

/** Above this share of calls that brought nothing a run says DEGRADED. */
const degradedShare = 0.05;

/** What models add to a simulation. The desk knows what was judged before the run begins. */
export function asModel(
  models: RunModels | undefined,
  firstTick: number,
): Pick<Simulation, 'model'> & Partial<Simulation> {
  return models === undefined ? {} : { model: models.model, verdicts: models.verdicts(firstTick) };
}

function refuseWithoutAnswers(directory: string): void {
  if (hasAnswers(directory)) return;
  throw new InputError({
    code: 'INPUT_NOT_FOUND',
    place: { file: directory },
    found: 'the run has no log of answers',
    next: 'Name a run that asked a model with --replay, or ask the model.',
  });
}

/** What a resumed run may change: where it runs, not what it is. */
export interface ResumeOrder {
  readonly directory: string;
  readonly placement: Placement;
  readonly observer?: Observer;
  readonly gate?: Gate;
  readonly model?: Model;
  /** The scenario's models with other caps, endpoints or limits; those of the run where it is left out. */
  readonly models?: ModelsOrder;
  readonly signal?: AbortSignal;
  /** The checkpoint to start from; the newest sound one by default. 0: from the beginning. */
  readonly fromTick?: number;
  /** Told of each checkpoint that is damaged, or of another run, by its name in the directory. */
  readonly onPassedOver?: (name: string) => void;
}

/** Takes up a run that ended early. The log's acknowledged ticks are checked and, where no checkpoint covers them, recomputed. */
export async function resumeRun(order: ResumeOrder): Promise<RunManifest> {
  const begun = { start: secondsNow(), cpuStart: cpuSeconds() };
  const { directory } = order;
  const lock = await lockRun(directory);
  try {
    readSealed(directory);
    const records = openRecords(directory);
    const manifest = simulatedManifest(records);
    const links = linksOf(records);
    if (manifest.outcome === 'complete' && links.length >= manifest.plan.ticks) return manifest;
    cutLog(directory, records.head.bytes);
    const code = await loadOwnCode(manifest.plan.module);
    const saved = newestCheckpoint(directory, links, order.fromTick, order.onPassedOver);
    const start = saved ?? (await stateAtFork(manifest, records, code, links));
    const simulation = prepare({
      ...{ plan: manifest.plan, population: records.population, placement: order.placement, code },
      sampleShare: manifest.exposureSampleShare,
      ...optional(order),
      ...(start === undefined ? {} : { start }),
    });
    if (start === undefined && hexOf(simulation.result.link) !== manifest.firstLink) throw differs(directory, 0);
    const log = { directory, head: records.head, knownLinks: links };
    const asking = { plan: manifest.plan, ids: records.population.ids };
    const asksLive = order.models ?? modelsOrderOf(manifest.data);
    if (order.model === undefined) await lookAtModels(asksLive);
    const models = openModels(asking, directory, asksLive, order.model);
    const opening: RunManifest = { ...manifest, outcome: 'running' };
    delete (opening as { stop?: unknown }).stop;
    return await follow({ ...simulation, models }, log, opening, begun);
  } finally {
    await lock.release();
  }
}

/** The state at which a forked run took its own way: its parent's plan, computed again and compared. Undefined for other runs. */
async function stateAtFork(
  manifest: Pick<RunManifest, 'forkedFrom'>,
  records: Records,
  code: OwnCode,
  links: readonly string[],
): Promise<StartingPoint | undefined> {
  const { forkedFrom } = manifest;
  if (forkedFrom === undefined) return undefined;
  const { at, plan, earlier } = forkedFrom;
  const before = earlier === undefined ? undefined : await stateAtFork({ forkedFrom: earlier }, records, code, links);
  return stateBefore({ plan, population: records.population, code }, at, links, before, records.directory);
}

/** Simulates up to a tick and takes the state there. Throws where a link differs from the recorded one. */
export async function stateBefore(
  order: Pick<SimulationOrder, 'plan' | 'population' | 'code'>,
  at: number,
  links: readonly string[],
  start: StartingPoint | undefined,
  directory: string,
): Promise<StartingPoint> {
  if (start?.snapshot.tick === at) return start;
  let reached: StartingPoint | undefined;
  const stopper = new AbortController();
  const models = recordedModels({ plan: order.plan, ids: order.population.ids }, directory);
  await simulate({
    ...order,
    ...asModel(models, start?.snapshot.tick ?? 0),
    placement: { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: at },
    sampleShare: 0,
    signal: stopper.signal,
    ...(start === undefined ? {} : { start }),
    recorder: {
      record(record, _decided, _root, link) {
        if (record.tick < at && hexOf(link) !== links[record.tick]) throw differs(directory, record.tick);
      },
      checkpoint(point) {
        reached = point;
        stopper.abort();
      },
    },
  });
  if (reached?.snapshot.tick !== at) throw new InvariantError(`the state before tick ${at} was not reached`);
  return reached;
}

/** The newest checkpoint that is whole and whose link stands in the log. */
export function newestCheckpoint(
  directory: string,
  links: readonly string[],
  fromTick: number | undefined,
  onPassedOver?: (name: string) => void,
): StartingPoint | undefined {
  for (const tick of checkpointTicks(directory)) {
    if (tick > links.length || (fromTick !== undefined && tick > fromTick)) continue;
    const checkpoint = readCheckpoint(directory, tick);
    if (checkpoint === undefined || hexOf(checkpoint.link) !== links[tick - 1]) {
      onPassedOver?.(checkpointName(tick));
      continue;
    }
    const { nextPost, columns, link, counts } = checkpoint;
    return { snapshot: { tick, nextPost, columns }, link, counts };
  }
  return undefined;
}

export function linksOf(records: Records): string[] {
  const links: string[] = [];
  for (const frame of records.frames()) links.push(hexOf(frame.link));
  return links;
}

export function simulatedManifest(records: Records): RunManifest {
  const manifest = records.manifest as RunManifest;
  if ((manifest.plan as Partial<Plan> | undefined)?.policies !== undefined) return manifest;
  throw new InputError({
    code: 'INPUT_NOT_A_RUN',
    place: { file: records.directory },
    found: 'the records were imported, not simulated',
    next: 'Name a directory that mesocosm run wrote.',
  });
}

function optional(
  order: Pick<RunOrder, 'model' | 'observer' | 'gate' | 'signal'>,
): Pick<SimulationOrder, 'model' | 'observer' | 'gate' | 'signal'> {
  const { model, observer, gate, signal } = order;
  return {
    ...(model === undefined ? {} : { model }),
    ...(observer === undefined ? {} : { observer }),
    ...(gate === undefined ? {} : { gate }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function orderOf(order: RunOrder, code: OwnCode): SimulationOrder {
  const { compiled, placement, exposureSampleShare } = order;
  return { ...compiled, placement, code, sampleShare: exposureSampleShare, ...optional(order) };
}

function openingManifest(order: RunOrder, code: OwnCode, firstLink: string): RunManifest {
  const { plan, population } = order.compiled;
  return {
    format: runFormat,
    engine: engineVersion,
    scenario: plan.scenario,
    seed: plan.seed,
    agents: population.count,
    ties: population.followee.length,
    ticks: 0,
    tickSeconds: plan.tickSeconds,
    plan,
    ...(order.compiled.data === undefined ? {} : { data: order.compiled.data }),
    populationDigest: hexOf(digestPopulation(population)),
    firstLink,
    digest: firstLink,
    outcome: 'running',
    degraded: false,
    counts: { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0, asked: 0, unanswered: 0 },
    exposureSampleShare: order.exposureSampleShare,
    source: order.source,
    ...(order.module === undefined ? {} : { module: order.module }),
    ownVerbs: Object.keys(code.verbs).sort((a, b) => (a < b ? -1 : 1)),
    layout: order.placement.layout,
    workers: order.placement.workers,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    startedAt: timestamp(),
    seconds: { setup: 0, ticks: 0, record: 0 },
    cpuSeconds: 0,
    peakRssBytes: 0,
  };
}

/** What verification found. */
export interface Verification {
  readonly ticks: number;
  readonly recorded: string;
  readonly recomputed: string;
  readonly same: boolean;
  /** The first tick whose link differs. */
  readonly firstDifference: number | undefined;
}

/**
 * Checks every checksum and link of a run's log, then recomputes the run and compares link by link. A manifest that was changed is
 * damage, unless the plan in it gives another run: then the first tick that differs says more.
 */
export async function verifyRun(directory: string, placement: Placement, observer?: Observer): Promise<Verification> {
  const records = openRecords(directory);
  const manifest = simulatedManifest(records);
  const { plan } = manifest;
  const links = linksOf(records);
  const code = await loadOwnCode(plan.module);
  const start = await stateAtFork(records.manifest as RunManifest, records, code, links);
  let firstDifference: number | undefined;
  let ticks = start?.snapshot.tick ?? 0;
  let recomputed = links[ticks - 1] ?? manifest.firstLink;
  const stopper = new AbortController();
  const order: SimulationOrder = {
    ...{ plan, placement, population: records.population, sampleShare: 0, signal: stopper.signal, code },
    ...asModel(recordedModels({ plan, ids: records.population.ids }, directory), ticks),
    ...(start === undefined ? {} : { start }),
    ...(observer === undefined ? {} : { observer }),
    recorder: {
      record(record, _decided, _root, link) {
        if (record.tick >= links.length || firstDifference !== undefined) {
          stopper.abort();
          return;
        }
        recomputed = hexOf(link);
        ticks = record.tick + 1;
        if (recomputed !== links[record.tick]) firstDifference = record.tick;
        if (ticks === links.length || firstDifference !== undefined) stopper.abort();
      },
    },
  };
  await simulate(order).catch((error: unknown) => {
    // A plan that cannot even be computed: where the manifest is not the one that was written, that is why.
    refuseChanged(directory, manifest);
    throw error;
  });
  // A plan with fewer ticks than the log ends without a difference.
  if (ticks < links.length) firstDifference ??= ticks;
  if (firstDifference === undefined) refuseChanged(directory, manifest);
  const { digest: recorded } = records.head;
  return { ticks: links.length, recorded, recomputed, same: firstDifference === undefined, firstDifference };
}
