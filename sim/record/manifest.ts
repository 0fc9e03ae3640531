/**
 * The manifest of a run: what ran, with which plan, and how it ended. It is written before the first tick and again at the end.
 *
 * `plan` decides the outcome and is enough, with the population file, to recompute the run; the rest informs.
 */
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { fileNames, readWhole, writeWhole } from './store.ts';

/** Format of run directories that this program writes and reads. */
export const runFormat = 1;

/** How a run ended, or that it has not. */
export type Outcome = 'running' | 'complete' | 'stopped' | 'failed';

/** Totals of a run. */
export interface RunCounts {
  readonly intents: number;
  readonly granted: number;
  readonly refused: number;
  readonly posts: number;
  readonly exposures: number;
  readonly awake: number;
}

/** The run that a fork continues: its plan held for the ticks before `at`. */
export interface ForkOrigin<PlanType> {
  readonly name: string;
  readonly at: number;
  readonly plan: PlanType;
  readonly earlier?: ForkOrigin<PlanType>;
}

/** What ran, with which plan, and how it ended. */
export interface Manifest<PlanType = unknown> {
  readonly format: number;
  readonly engine: string;
  readonly scenario: string;
  readonly seed: number;
  readonly agents: number;
  readonly ties: number;
  /** Ticks that are recorded. */
  readonly ticks: number;
  readonly tickSeconds: number;
  readonly plan: PlanType;
  /** The scenario as data: what a fork changes. */
  readonly data?: unknown;
  /** Where the run branched from, and the plan that held until then. */
  readonly forkedFrom?: ForkOrigin<PlanType>;
  readonly populationDigest: string;
  /** The chain's link before the first tick, and after the last one recorded. */
  readonly firstLink: string;
  readonly digest: string;
  readonly outcome: Outcome;
  readonly degraded: boolean;
  readonly counts: RunCounts;
  /** Share of agents whose exposures are recorded in full. */
  readonly exposureSampleShare: number;
  /** The scenario file or module, and its SHA-256. */
  readonly source: { readonly name: string; readonly sha256: string };
  /** The module of own code and its SHA-256, if the scenario has one. */
  readonly module?: { readonly name: string; readonly sha256: string };
  readonly ownVerbs: readonly string[];
  readonly layout: string;
  readonly workers: number;
  readonly node: string;
  readonly platform: string;
  readonly startedAt: string;
  readonly seconds: { readonly setup: number; readonly ticks: number; readonly record: number };
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** Writes the manifest of a run. */
export function writeManifest(directory: string, manifest: Manifest): void {
  writeWhole(join(directory, fileNames.manifest), JSON.stringify(manifest, null, 2) + '\n');
}

/** Reads the manifest of a run. */
export function readManifest<PlanType>(directory: string): Manifest<PlanType> {
  const file = join(directory, fileNames.manifest);
  const manifest = parse<PlanType>(readWhole(directory, fileNames.manifest), file);
  if (manifest.format !== runFormat) {
    throw new InputError({
      code: 'INPUT_VERSION',
      place: { file },
      found: `the run has format ${String(manifest.format)}, this program reads ${runFormat}`,
      next: 'Read it with the version that wrote it.',
    });
  }
  return manifest;
}

function parse<PlanType>(bytes: Uint8Array, file: string): Manifest<PlanType> {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Manifest<PlanType>;
  } catch {
    throw new InputError({
      code: 'INPUT_STORE_DAMAGED',
      place: { file },
      found: 'the manifest is not JSON',
      next: 'Restore the file from a copy, or run the scenario again.',
    });
  }
}
