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
  /** Refuse paths that lead to no number; else they are null, as what exists in some worlds only. */
  readonly isStrict: boolean;
}

/** What became of it. */
export type ReplicateResult =
  { readonly values: (number | null)[] } | { readonly problems: readonly Problem[] } | { readonly failure: string };

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
    const sampleShare = order.measures.some((name) => readsExposures.test(name)) ? loaded.data.exposureSampleShare : 0;
    const records = await runInMemory(compiled, await loadOwnCode(compiled.plan.module), { sampleShare });
    const isTailTested = order.measures.some((name) => readsTail.test(name));
    const worlds = new Map<string | undefined, World>();
    const values = order.measures.map((text) => {
      const { name, layer = order.layer } = layeredName(text);
      const world = worlds.get(layer) ?? new World(records, order.seed, layer, isTailTested);
      worlds.set(layer, world);
      return measureValue(world, name, order.isStrict);
    });
    return { values };
  } catch (error) {
    if (error instanceof InputError) return { problems: error.problems };
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
