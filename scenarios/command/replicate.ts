/**
 * One replicate as a task for a core: a scenario with some changes, simulated in memory, reduced to the values of named measures.
 *
 * Reads the scenario; writes nothing. What the user can mend comes back as problems, since an error loses its class on the way between
 * threads; what is our bug, or own code's, comes back as a text, so that one broken world does not end a night of others.
 * Invariant: the result is a function of the order alone.
 */
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { loadScenario } from '../load.ts';
import { World } from './quantities.ts';
import { layeredName, measureValue } from './replicate-measures.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Which world to simulate, and what to measure. */
export interface ReplicateOrder {
  readonly scenario: string;
  /** SHA-256 of its file: what is done counts as done for this text alone. */
  readonly sha256: string;
  /** Changes as for `--set`; the last ones win. The seed is among them. */
  readonly set: readonly string[];
  readonly seed: number;
  readonly measures: readonly string[];
  readonly allowCode: boolean;
  /** Layer of measures of ties, where it is not the one that the records are about. */
  readonly layer?: string;
  /** Classes of models, where they are not those of the scenario's file. */
  readonly models?: unknown;
  /** Refuse paths that lead to no number; else they are null, as what exists in some worlds only. */
  readonly isStrict: boolean;
}

/** What models were asked in one world. Calls are requests over HTTP, attempts included; they and tokens are of all processes that worked on the world. */
export interface Asked {
  /** Digest of the recorded run. */
  readonly digest: string;
  readonly asked: number;
  readonly unanswered: number;
  readonly calls: number;
  readonly tokens: number;
  readonly costNanos: number;
  readonly currency?: string;
  /** Models as servers named themselves, or as they were asked for where servers said nothing. */
  readonly served: readonly string[];
}

/** What became of it. */
export type ReplicateResult =
  | { readonly values: (number | null)[]; readonly asked?: Asked }
  | { readonly problems: readonly Problem[] }
  | { readonly failure: string };

/** Measures that read exposures, of which a world keeps none otherwise. */
const readsExposures = /^adoption\./;

/** Numbers that come of the bootstrap of the cascades' tail, half of the time of a small world. */
const readsTail = /^cascades\.(powerLaw|pValue)/;

/** Simulates and measures one world. Named by the ensemble. */
export async function simulateReplicate(order: ReplicateOrder): Promise<ReplicateResult> {
  try {
    const set = [...order.set, `seed=${order.seed}`];
    const loaded = await loadScenario(order.scenario, { set, allowCode: order.allowCode });
    const compiled = compileScenario(loaded.data, loaded.find, loaded.module);
    const sampleShare = sampleShareOf(order, loaded.data.exposureSampleShare);
    const records = await runInMemory(compiled, await loadOwnCode(compiled.plan.module), { sampleShare });
    return { values: measured(records, order) };
  } catch (error) {
    if (error instanceof InputError) return { problems: error.problems };
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Share of agents whose exposures are kept: none where no measure reads them. */
export function sampleShareOf({ measures }: ReplicateOrder, share: number): number {
  return measures.some((name) => readsExposures.test(name)) ? share : 0;
}

/** The measures of a world, in their order. */
export function measured(
  records: Records,
  { measures, seed, layer: usual, isStrict }: ReplicateOrder,
): (number | null)[] {
  const isTailTested = measures.some((name) => readsTail.test(name));
  const worlds = new Map<string | undefined, World>();
  return measures.map((text) => {
    const { name, layer = usual } = layeredName(text);
    const world = worlds.get(layer) ?? new World(records, seed, layer, isTailTested);
    worlds.set(layer, world);
    return measureValue(world, name, isStrict);
  });
}
