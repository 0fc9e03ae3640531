/**
 * A run with its directory: manifest, genesis, log and head are written as it goes; and a recorded run is recomputed and compared.
 */
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { LogWriter } from '../record/writer.ts';
import { encodeFrame, encodeSeen } from '../record/chunk.ts';
import { digestPopulation, writePopulation } from '../record/genesis.ts';
import { runFormat, writeManifest } from '../record/manifest.ts';
import { makeRunDirectory } from '../record/store.ts';
import { openRecords } from '../record/reader.ts';
import { cpuSeconds, peakRssBytes, secondsNow, timestamp } from './clock.ts';
import { loadOwnCode } from './own-code.ts';
import { prepare, simulate } from './simulate.ts';
import { engineVersion } from './version.ts';
import type { Model, Observer } from '../exchange/ports.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Compiled } from './compile.ts';
import type { OwnCode, Placement, Plan } from './plan.ts';
import type { SimulationOrder, SimulationResult } from './simulate.ts';

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
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

type RunManifest = Manifest<Plan>;

/** Runs a plan and records it. Returns the manifest as it stands on disk. */
export async function recordRun(order: RunOrder): Promise<RunManifest> {
  const start = secondsNow();
  const cpuStart = cpuSeconds();
  const { plan, population } = order.compiled;
  const code = order.code ?? (await loadOwnCode(plan.module));
  makeRunDirectory(order.directory);
  const simulation = prepare(orderOf(order, code));
  const opening = openingManifest(order, code, hexOf(simulation.result.link));
  writePopulation(order.directory, population);
  writeManifest(order.directory, opening);
  const writer = await LogWriter.create(order.directory, simulation.result.link);
  const ready = secondsNow();
  let recordSeconds = 0;
  const recorder: SimulationOrder['recorder'] = {
    record(record, decided, root, link) {
      const before = secondsNow();
      const frame = encodeFrame({ tick: record.tick, decided, seen: encodeSeen(record.seen), root, link });
      const wait = writer.push(frame, link);
      recordSeconds += secondsNow() - before;
      return wait;
    },
  };
  const finish = async (outcome: RunManifest['outcome'], result: SimulationResult): Promise<RunManifest> => {
    await writer.close();
    const manifest: RunManifest = {
      ...opening,
      outcome,
      ticks: result.ticks,
      digest: hexOf(result.link),
      counts: result.counts,
      seconds: { setup: ready - start, ticks: secondsNow() - ready, record: recordSeconds },
      cpuSeconds: cpuSeconds() - cpuStart,
      peakRssBytes: peakRssBytes(),
    };
    writeManifest(order.directory, manifest);
    return manifest;
  };
  try {
    const result = await simulate({ ...simulation, recorder });
    return await finish(result.ticks < plan.ticks ? 'stopped' : 'complete', result);
  } catch (error) {
    await finish('failed', { ...simulation.result, stateBytes: 0 });
    throw error;
  }
}

function orderOf(order: RunOrder, code: OwnCode): SimulationOrder {
  const { compiled, placement, exposureSampleShare, model, observer, signal } = order;
  return {
    ...compiled,
    ...{ placement, code, sampleShare: exposureSampleShare },
    ...(model === undefined ? {} : { model }),
    ...(observer === undefined ? {} : { observer }),
    ...(signal === undefined ? {} : { signal }),
  };
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
    populationDigest: hexOf(digestPopulation(population)),
    firstLink,
    digest: firstLink,
    outcome: 'running',
    degraded: false,
    counts: { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 },
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

/** Checks every checksum and link of a run's log, then recomputes the run and compares link by link. */
export async function verifyRun(directory: string, placement: Placement, observer?: Observer): Promise<Verification> {
  const records = openRecords(directory);
  const manifest = records.manifest as RunManifest;
  if (manifest.plan.policies === undefined) {
    throw new InputError({
      code: 'INPUT_NOT_A_RUN',
      place: { file: directory },
      found: 'the records were imported, not simulated',
      next: 'Verify a directory that mesocosm run wrote.',
    });
  }
  const links: string[] = [];
  for (const frame of records.frames()) links.push(hexOf(frame.link));
  const { plan } = manifest;
  let firstDifference: number | undefined;
  const code = await loadOwnCode(plan.module);
  const stopper = new AbortController();
  const result = await simulate({
    ...{ plan, placement, code, population: records.population, sampleShare: 0, signal: stopper.signal },
    ...(observer === undefined ? {} : { observer }),
    recorder: {
      record(record, _decided, _root, link) {
        if (firstDifference === undefined && hexOf(link) !== links[record.tick]) firstDifference = record.tick;
        if (record.tick + 1 >= links.length || firstDifference !== undefined) stopper.abort();
      },
    },
  });
  const recomputed = firstDifference === undefined && result.ticks >= links.length ? links.at(-1) : hexOf(result.link);
  return {
    ticks: links.length,
    recorded: manifest.digest,
    recomputed: recomputed ?? manifest.firstLink,
    same: firstDifference === undefined,
    firstDifference,
  };
}
