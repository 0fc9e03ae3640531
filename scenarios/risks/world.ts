/**
 * One world of a probe, as a task for a core: its scenario with an arm's changes, simulated in memory, and measured.
 *
 * Reads the probe's module; writes nothing. Invariant: the result is a function of (probe, arm, seed).
 */
import { fileURLToPath } from 'node:url';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { loadOwnCode } from '../../sim/engine/own-code.ts';
import { loadScenario } from '../load.ts';
import { probeNamed } from './probes.ts';
import type { WorldMeasure } from './probe.ts';

/** Which world to simulate. */
export interface RiskWorldOrder {
  readonly probe: string;
  readonly arm: string;
  readonly seed: number;
  /** Further changes of the scenario, as for `--set`. */
  readonly set: readonly string[];
}

/** Simulates and measures one world. Named by the ensemble. */
export async function simulateRiskWorld({ probe, arm, seed, set }: RiskWorldOrder): Promise<WorldMeasure> {
  const found = probeNamed(probe);
  const { module, arms } = found;
  const changes = [`seed=${seed}`, ...arms[arm].set, ...set];
  const loaded = await loadScenario(fileURLToPath(module), { set: changes, allowCode: true });
  const compiled = compileScenario(loaded.data, loaded.find, loaded.module);
  return found.measure(await runInMemory(compiled, await loadOwnCode(loaded.module)), arm);
}
