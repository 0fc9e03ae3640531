/**
 * A run without a directory: the same ticks, kept in memory in the form of records, for ensembles and calibration.
 */
import { hexOf } from '../ground/digest.ts';
import { runFormat } from '../record/manifest.ts';
import { noOwnCode } from './plan.ts';
import { simulate } from './simulate.ts';
import { engineVersion } from './version.ts';
import type { TickRecord } from '../record/chunk.ts';
import type { Records } from '../record/reader.ts';
import type { Compiled } from './compile.ts';
import type { OwnCode } from './plan.ts';

/**
 * Runs a plan in this thread and returns its records. Frames are not kept. `sampleShare`: of agents whose exposures are kept. `isChained`: the
 * digest is that of a recorded run; otherwise no chain is made, which saves hashing the state.
 */
export async function runInMemory(
  compiled: Compiled,
  code: OwnCode = noOwnCode,
  { sampleShare = 0, isChained = false }: { readonly sampleShare?: number; readonly isChained?: boolean } = {},
): Promise<Records> {
  const { plan, population } = compiled;
  const ticks: TickRecord[] = [];
  const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
  const recorder = { record: (record: TickRecord) => void ticks.push(record) };
  const result = await simulate({ plan, population, placement, code, recorder, sampleShare, unchained: !isChained });
  const digest = hexOf(result.link);
  return {
    directory: '',
    manifest: {
      format: runFormat,
      engine: engineVersion,
      scenario: plan.scenario,
      seed: plan.seed,
      agents: population.count,
      ties: population.followee.length,
      ticks: result.ticks,
      tickSeconds: plan.tickSeconds,
      plan,
      populationDigest: '',
      firstLink: '',
      digest,
      outcome: 'complete',
      degraded: false,
      counts: result.counts,
      exposureSampleShare: sampleShare,
      source: { name: plan.scenario, sha256: '' },
      ownVerbs: [],
      layout: placement.layout,
      workers: 1,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      startedAt: '',
      seconds: { setup: 0, ticks: 0, record: 0 },
      cpuSeconds: 0,
      peakRssBytes: 0,
    },
    population,
    head: { ticks: result.ticks, bytes: 0, digest },
    ticks: () => ticks.values(),
    frames: () => [].values(),
  };
}
