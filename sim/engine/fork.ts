/**
 * Branching from a recorded run: the ticks before the fork are the parent's, byte for byte; from then on another plan holds. A fork
 * that changes nothing is bit-identical to its parent.
 */
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { frameBytes, frameHeaderBytes } from '../record/chunk.ts';
import { copyAnswers } from '../record/answers.ts';
import { writePopulation } from '../record/genesis.ts';
import { lockRun } from '../record/lock-sqlite.ts';
import { readSealed, writeManifest } from '../record/manifest.ts';
import { openRecords } from '../record/reader.ts';
import { writeTruth } from '../record/truth.ts';
import { fileNames, makeRunDirectory, refuseRecorded } from '../record/store.ts';
import { cpuSeconds, secondsNow } from './clock.ts';
import { forkPlan } from './compile.ts';
import { modelsOrderOf, openModels } from './models.ts';
import { loadOwnCode } from './own-code.ts';
import { follow, linksOf, newestCheckpoint, simulatedManifest, stateBefore } from './run.ts';
import { truthOf } from './plants.ts';
import { prepare } from './simulate.ts';
import type { Observer } from '../exchange/ports.ts';
import type { Head } from '../record/writer.ts';
import type { Placement } from './plan.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { RunManifest } from './run.ts';

/** Where to branch, and what holds from then on. */
export interface ForkOrder {
  readonly parent: string;
  readonly at: number;
  readonly data: ScenarioData;
  readonly directory: string;
  readonly placement: Placement;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** Branches from a run. Returns the manifest of the fork. */
export async function forkRun(order: ForkOrder): Promise<RunManifest> {
  const begun = { start: secondsNow(), cpuStart: cpuSeconds() };
  const { parent, at, directory, placement } = order;
  readSealed(parent);
  const records = openRecords(parent);
  const manifest = simulatedManifest(records);
  const links = linksOf(records);
  refuseTick(order, links.length);
  const { plan: before, forkedFrom } = manifest;
  const plan = forkPlan({ plan: before, data: manifest.data as ScenarioData }, order.data, at);
  const code = await loadOwnCode(before.module);
  const saved = newestCheckpoint(parent, links, at);
  const { population } = records;
  const start = await stateBefore({ plan: before, population, code }, at, links, saved, parent);
  refuseRecorded(directory);
  const lock = await lockRun(directory);
  try {
    makeRunDirectory(directory);
    const head = copyTicks(parent, directory, at, hexOf(start.link));
    const origin = {
      name: basename(parent),
      at,
      plan: before,
      ...(forkedFrom === undefined ? {} : { earlier: forkedFrom }),
    };
    const opening: RunManifest = { ...manifest, plan, data: order.data, forkedFrom: origin, outcome: 'running' };
    writePopulation(directory, population);
    writeTruth(directory, truthOf(plan, population));
    writeManifest(directory, opening);
    copyAnswers(parent, directory);
    const models = openModels({ plan, ids: population.ids }, directory, modelsOrderOf(order.data));
    const simulation = prepare({
      ...{ plan, population, placement, code, start, sampleShare: manifest.exposureSampleShare },
      ...(order.observer === undefined ? {} : { observer: order.observer }),
      ...(order.signal === undefined ? {} : { signal: order.signal }),
    });
    return await follow({ ...simulation, models }, { directory, head }, opening, begun);
  } finally {
    await lock.release();
  }
}

function refuseTick(order: ForkOrder, recorded: number): void {
  if (order.at >= 1 && order.at <= recorded && order.at < order.data.ticks) return;
  throw new InputError({
    code: 'INPUT_FIELD_RANGE',
    place: { file: '--at' },
    found: `tick ${order.at} is not between 1 and the ${recorded} recorded ticks, or not before the end`,
    next: 'Fork at a recorded tick, and give the fork more ticks with --set ticks=N if it needs them.',
  });
}

/** Copies the frames of the ticks before `at`, and writes the head that belongs to them. */
function copyTicks(parent: string, directory: string, at: number, digest: string): Head {
  const from = openSync(join(parent, fileNames.events), 'r');
  const to = openSync(join(directory, fileNames.events), 'wx', 0o600);
  let bytes = 0;
  try {
    const { size } = fstatSync(from);
    for (let tick = 0; tick < at && bytes < size; tick++) {
      const header = new Uint8Array(frameHeaderBytes);
      readSync(from, header, 0, frameHeaderBytes, bytes);
      const frame = new Uint8Array(frameBytes(header) ?? 0);
      readSync(from, frame, 0, frame.length, bytes);
      writeFileSync(to, frame);
      bytes += frame.length;
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
  const head: Head = { ticks: at, bytes, digest };
  writeFileSync(join(directory, fileNames.head), `${JSON.stringify(head)}\n`, { mode: 0o600, flush: true });
  return head;
}
