/**
 * Runs a probe: fixes what is looked at, hashes it, simulates every arm on every seed, and judges.
 *
 * Order: the preregistration is handed out before the first world is begun. Invariant: the result is a function of probe, seeds and changes,
 * not of workers. Worlds are replicates of one core each (`sim/engine/ensemble.ts`).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { verdictOn } from './contrasts.ts';
import { worldsUsual } from './probe.ts';
import type { Verdict, WorldsByArm } from './contrasts.ts';
import type { Probe, WorldMeasure } from './probe.ts';
import type { RiskWorldOrder } from './world.ts';

/** What is fixed before the runs. */
export interface Preregistration {
  readonly probe: string;
  readonly label: Probe['label'];
  readonly indicator: Probe['indicator'];
  readonly arms: Probe['arms'];
  readonly closedForms: Readonly<Record<string, number>>;
  readonly set: readonly string[];
  /** The module of the probe: its settings are part of what is fixed. */
  readonly moduleSha256: string;
  readonly engine: string;
  readonly firstSeed: number;
  /** How many seeds, from the first on. */
  readonly seeds: number;
}

/** What to run. */
export interface RiskStudyOrder {
  readonly probe: Probe;
  /** Worlds an arm; the probe's own number where it is left out. */
  readonly seeds?: number;
  /** The first seed, where it is not to be the probe's own: to look again on worlds that nobody has seen. */
  readonly firstSeed?: number;
  readonly workers: number;
  /** Further changes of the scenario in every arm, as for `--set`. */
  readonly set?: readonly string[];
  /** Told before the first world is begun. */
  readonly onRegistered?: (registered: Preregistration, sha256: string) => void;
  readonly onWorld?: (done: number, all: number) => void;
}

/** What a probe came to. */
export interface RiskStudy extends Verdict {
  readonly preregistration: Preregistration;
  readonly sha256: string;
}

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Runs a probe. */
export async function runRiskStudy(order: RiskStudyOrder): Promise<RiskStudy> {
  const { workers, set = [], onRegistered, onWorld } = order;
  const probe = seededProbe(order);
  const preregistration = preregistrationOf(probe, order.seeds ?? probe.worlds ?? worldsUsual, set);
  const { seeds } = preregistration;
  const sha256 = hashOf(preregistration);
  onRegistered?.(preregistration, sha256);
  const arms = Object.keys(probe.arms);
  const orders = arms.flatMap((arm) =>
    Array.from({ length: seeds }, (_, i): RiskWorldOrder => ({
      probe: probe.name,
      arm,
      seed: preregistration.firstSeed + i,
      set,
    })),
  );
  const all = await runEnsemble<RiskWorldOrder, WorldMeasure>(
    worldModule,
    'simulateRiskWorld',
    orders,
    workers,
    (done) => onWorld?.(done, orders.length),
  );
  const worlds: WorldsByArm = Object.fromEntries(arms.map((arm, k) => [arm, all.slice(k * seeds, (k + 1) * seeds)]));
  return { preregistration, sha256, ...verdictOn(probe, worlds) };
}

/** The probe as it is asked for: with another first seed, where one is named. */
export function seededProbe({ probe, firstSeed }: Pick<RiskStudyOrder, 'probe' | 'firstSeed'>): Probe {
  return firstSeed === undefined ? probe : { ...probe, firstSeed };
}

/** What is fixed before the runs of a probe. */
export function preregistrationOf(probe: Probe, seeds: number, set: readonly string[]): Preregistration {
  const { name, label, indicator, arms, firstSeed = 1 } = probe;
  const forms = Object.keys(arms).flatMap((arm) => {
    const form = probe.closedForm?.(arm);
    return form === undefined ? [] : [[arm, form.value] as const];
  });
  const moduleSha256 = createHash('sha256')
    .update(readFileSync(fileURLToPath(probe.module)))
    .digest('hex');
  return {
    probe: name,
    label,
    indicator,
    arms,
    closedForms: Object.fromEntries(forms),
    set,
    moduleSha256,
    engine: engineVersion,
    firstSeed,
    seeds,
  };
}

/** SHA-256 of a preregistration as JSON with its fields in one order. */
export function hashOf(preregistration: Preregistration): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(preregistration)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, sorted(one)]));
}
