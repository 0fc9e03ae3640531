/**
 * Run directories as a killed process leaves them: the log up to any tick, its head, and the checkpoints that were on disk by then.
 *
 * A run is recorded once to its end, and its state is kept after every tick. A directory of `ticks` acknowledged ticks is then the
 * run's own files with the log cut behind the frame of that tick, so that what resume makes of it can be compared with the whole.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScenario } from '../../sim/engine/compile.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { simulate } from '../../sim/engine/simulate.ts';
import { hexOf } from '../../sim/ground/digest.ts';
import { writeCheckpoint } from '../../sim/record/checkpoint.ts';
import { decodeFrame } from '../../sim/record/chunk.ts';
import { readManifest, writeManifest } from '../../sim/record/manifest.ts';
import { fileNames } from '../../sim/record/store.ts';
import { loadScenario } from '../../scenarios/load.ts';
import type { RunOrder } from '../../sim/engine/run.ts';
import type { StartingPoint } from '../../sim/engine/simulate.ts';
import type { Head } from '../../sim/record/writer.ts';

/** A run that is recorded whole. */
export interface Whole {
  readonly directory: string;
  readonly digest: string;
  readonly ticks: number;
  /** Byte of the log at which the frame of each tick begins, and the end of the log. */
  readonly frameStarts: readonly number[];
  /** The chain's link before each tick, and the last one. */
  readonly links: readonly string[];
  /** The state before each tick but the first, and after the last. */
  readonly points: readonly StartingPoint[];
}

/** What it takes to record the study of information spreading in `directory`, changed by `set`. */
export async function orderFor(directory: string, set: readonly string[], workers: number): Promise<RunOrder> {
  const { data, find, source } = await loadScenario('information-spreading', { set: [...set], allowCode: false });
  const compiled = compileScenario(data, find);
  const placement = { workers, layout: 'degree', mergeTicks: 24 } as const;
  return { compiled, placement, directory, source, exposureSampleShare: data.exposureSampleShare };
}

/** Records the study in `directory`, and keeps the state after each tick. */
export async function recordWhole(directory: string, set: readonly string[], workers: number): Promise<Whole> {
  const order = await orderFor(directory, set, workers);
  const { compiled, placement } = order;
  const { digest, ticks, firstLink } = await recordRun(order);
  const points: StartingPoint[] = [];
  const links = [firstLink];
  const recorder = {
    record: (_record: unknown, _decided: unknown, _root: unknown, link: Uint8Array) => void links.push(hexOf(link)),
    checkpoint: (point: StartingPoint) => void points.push(point),
  };
  await simulate({
    ...{ ...compiled, code: noOwnCode, sampleShare: 0, recorder },
    placement: { ...placement, checkpointTicks: 1 },
  });
  return { directory, digest, ticks, frameStarts: frameStartsOf(directory, ticks), links, points };
}

function frameStartsOf(directory: string, ticks: number): number[] {
  const file = join(directory, fileNames.events);
  const log = readFileSync(file);
  const starts = [0];
  for (let tick = 0; tick < ticks; tick++) starts.push(decodeFrame(log, starts[tick], file, tick).end);
  return starts;
}

/** Makes the directory that a process leaves which was killed after it had acknowledged `ticks`. */
export async function leaveUnfinished(
  whole: Whole,
  directory: string,
  ticks: number,
  checkpoints: readonly number[],
): Promise<void> {
  mkdirSync(join(directory, 'genesis'), { recursive: true });
  copyFileSync(join(whole.directory, fileNames.population), join(directory, fileNames.population));
  const bytes = whole.frameStarts[ticks];
  writeFileSync(
    join(directory, fileNames.events),
    readFileSync(join(whole.directory, fileNames.events)).subarray(0, bytes),
  );
  const head: Head = { ticks, bytes, digest: whole.links[ticks] };
  writeFileSync(join(directory, fileNames.head), JSON.stringify(head) + '\n');
  const [digest] = whole.links;
  writeManifest(directory, { ...readManifest(whole.directory), outcome: 'running', ticks: 0, digest });
  for (const tick of checkpoints) {
    const { snapshot, link, counts } = whole.points[tick - 1];
    await writeCheckpoint(directory, { ...snapshot, link, counts });
  }
}
