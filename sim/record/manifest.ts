/**
 * The manifest of a run: what ran, with which plan, and how it ended. It is written before the first tick and again at the end.
 *
 * `plan` decides the outcome and is enough, with the population file, to recompute the run; the rest informs.
 * Order: genesis, an empty log and its head are on disk before the first manifest, so that a directory with a manifest can be resumed.
 * Invariant: `seal` is the SHA-256 of all the rest. Whoever goes on from a manifest checks it: the chain of digests covers a plan only
 * from the next recomputed tick on, and a run that goes on from a checkpoint recomputes none.
 */
import { join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';
import { sha256 } from './genesis.ts';
import { damaged, fileNames, readWhole, writeWhole } from './store.ts';

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
  /** Calls to models, and those that brought nothing; left out of data sets. */
  readonly asked?: number;
  readonly unanswered?: number;
}

/** The run that a fork continues: its plan held for the ticks before `at`. */
export interface ForkOrigin<PlanType> {
  readonly name: string;
  readonly at: number;
  readonly plan: PlanType;
  readonly earlier?: ForkOrigin<PlanType>;
}

/** What became of an invariant: of how many agents, or of the run as 1, it holds, fails, or is not decided yet. */
export interface InvariantReport {
  readonly code: string;
  readonly formula: string;
  readonly scope: 'actor' | 'world';
  readonly kind: 'safety' | 'liveness' | 'mixed';
  readonly holds: number;
  readonly fails: number;
  readonly undecided: number;
}

/** A plan, and the tick before which it held. */
export interface PlanSpan<PlanType> {
  readonly plan: PlanType;
  readonly until: number;
}

/** Which plan held until which tick, oldest first: those of the runs that this one was forked from, then its own. */
export function plansOf<PlanType>({
  plan,
  forkedFrom,
}: Pick<Manifest<PlanType>, 'plan' | 'forkedFrom'>): PlanSpan<PlanType>[] {
  const plans: PlanSpan<PlanType>[] = [{ plan, until: Infinity }];
  for (let origin = forkedFrom; origin !== undefined; origin = origin.earlier) {
    plans.unshift({ plan: origin.plan, until: origin.at });
  }
  return plans;
}

/** Texts that a run had embedded, and requests that it took. */
export interface EmbeddingsSummary {
  readonly model: string;
  readonly texts: number;
  readonly requests: number;
}

/** What models did: calls, tokens, money. */
export interface ModelsSummary {
  readonly requests: number;
  readonly attempts: number;
  readonly promptTokens: number;
  /** Prompt tokens that servers say they had in their caches; 0 where they say nothing. */
  readonly cachedTokens: number;
  readonly replyTokens: number;
  /** In the currency of the price table. */
  readonly cost: number;
  readonly currency?: string;
  /** Prompt tokens with which the prompt before at the same endpoint began, of all sent. */
  readonly sharedPrefixShare: number;
  /** Where texts were embedded. */
  readonly embeddings?: EmbeddingsSummary;
  readonly notes: readonly string[];
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
  /** Whether more than 5 % of the calls to models brought nothing. */
  readonly degraded: boolean;
  /** What models did, where any was asked live. */
  readonly models?: ModelsSummary;
  /** Why a run that models ended was stopped, and the exit status that says so. */
  readonly stop?: { readonly reason: string; readonly message: string; readonly exitCode: number };
  readonly counts: RunCounts;
  /** Where the scenario declares invariants and the run did not break off. */
  readonly invariants?: readonly InvariantReport[];
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
  /** SHA-256 of the rest, in hexadecimal; `writeManifest` sets it. */
  readonly seal?: string;
}

/** Writes the manifest of a run, sealed anew. */
export function writeManifest(directory: string, manifest: Manifest): void {
  const sealed: Manifest = { ...manifest, seal: sealOf(manifest) };
  writeWhole(fileIn(directory), JSON.stringify(sealed, null, 2) + '\n');
}

function fileIn(directory: string): string {
  return join(directory, fileNames.manifest);
}

function sealOf(manifest: Manifest): string {
  return hexOf(sha256(Buffer.from(JSON.stringify({ ...manifest, seal: undefined }))));
}

/** Refuses a manifest that changed after it was written. */
export function refuseChanged(directory: string, manifest: Manifest): void {
  if (manifest.seal === sealOf(manifest)) return;
  throw damaged(fileIn(directory), 'the manifest is not the one that was written');
}

/** Reads the manifest of a run. Its seal is not checked: `verify` says what a changed plan changes. */
export function readManifest<PlanType>(directory: string): Manifest<PlanType> {
  const manifest = parse(directory) as Partial<Manifest<PlanType>> | null;
  if (manifest === null || typeof manifest !== 'object') throw damaged(fileIn(directory), 'the manifest is no mapping');
  if (manifest.format !== runFormat) {
    throw new InputError({
      code: 'INPUT_VERSION',
      place: { file: fileIn(directory) },
      found: `the run has format ${String(manifest.format)}, this program reads ${runFormat}`,
      next: 'Read it with the version that wrote it.',
    });
  }
  const lacks = Object.entries(needed).filter(([name, type]) => typeof manifest[name as keyof Manifest] !== type);
  if (lacks.length > 0)
    throw damaged(fileIn(directory), `the manifest lacks ${lacks.map(([name]) => name).join(', ')}`);
  return manifest as Manifest<PlanType>;
}

/** Reads the manifest of a run that is to be gone on with. */
export function readSealed<PlanType>(directory: string): Manifest<PlanType> {
  const manifest = readManifest<PlanType>(directory);
  refuseChanged(directory, manifest);
  return manifest;
}

/** Fields without which nothing can be read, and their types. */
const needed = {
  ...{ populationDigest: 'string', firstLink: 'string', digest: 'string', outcome: 'string', scenario: 'string' },
  ...{ ticks: 'number', agents: 'number', plan: 'object', counts: 'object', ownVerbs: 'object' },
} as const;

function parse(directory: string): unknown {
  try {
    return JSON.parse(Buffer.from(readWhole(directory, fileNames.manifest)).toString());
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw damaged(fileIn(directory), 'the manifest is not JSON');
  }
}
