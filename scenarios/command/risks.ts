/**
 * `risks [NAME]`: lists the risk probes, or runs one: all arms, contrasts, power and the sentence that they allow.
 *
 * The preregistration (indicator, margins, arms, seeds) and its SHA-256 go to standard error before the first world is begun, and into the result.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runModelStudy } from '../risks/model-study.ts';
import { probeNamed, probes } from '../risks/probes.ts';
import { runRiskStudy } from '../risks/study.ts';
import { describeRiskStudy } from '../risks/words.ts';
import { note, printResult } from './output.ts';
import type { ModelStudy } from '../risks/model-study.ts';
import type { Preregistration, RiskStudy } from '../risks/study.ts';

/** Flags of `risks`. */
export interface RisksFlags {
  readonly seeds?: number;
  readonly firstSeed?: number;
  readonly workers?: number;
  readonly set: readonly string[];
  readonly models?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export async function risksCommand(name: string | undefined, flags: RisksFlags): Promise<number> {
  const json = flags.json === true;
  if (name === undefined) {
    const list = probes.map(({ name: probe, label, question }) => ({ probe, label, question }));
    printResult(json, { probes: list }, () =>
      list.map((one) => `${one.probe.padEnd(28)}${one.label.padEnd(12)}${one.question}`).join('\n'),
    );
    return 0;
  }
  const begun = performance.now();
  const probe = probeNamed(name);
  const { seeds, firstSeed } = flags;
  const order = {
    ...{ probe, set: flags.set, onRegistered: sayRegistered },
    ...(seeds === undefined ? {} : { seeds }),
    ...(firstSeed === undefined ? {} : { firstSeed }),
  };
  const workers = flags.workers ?? Math.min(8, availableParallelism());
  const { models } = flags;
  const study: RiskStudy & Partial<Pick<ModelStudy, 'degraded' | 'calls'>> =
    models === undefined
      ? await runRiskStudy({ ...order, workers })
      : await runModelStudy({ ...order, models, out: flags.out ?? join('runs', `risks-${name}`) });
  note(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
  printResult(json, study, () => describeRiskStudy(probe, study));
  return study.degraded === true ? 6 : 0;
}

function sayRegistered({ indicator, arms, firstSeed, seeds }: Preregistration, sha256: string): void {
  const { name, definition, worse, margin, equalWithin } = indicator;
  note(`preregistered, SHA-256 ${sha256}:`);
  note(`  ${name}: ${definition}; ${worse} is worse`);
  note(
    `  margin ${margin}, equal within ${equalWithin}; seeds ${firstSeed} to ${firstSeed + seeds - 1}; arms ${Object.keys(arms).join(', ')}`,
  );
}
