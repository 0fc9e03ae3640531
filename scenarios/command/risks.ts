/**
 * `risks [NAME]`: lists the risk probes, or runs one: all arms, contrasts, power and the sentence that they allow.
 *
 * The preregistration (indicator, margins, arms, seeds) and its SHA-256 go to standard error before the first world is begun, and into the result.
 */
import { availableParallelism } from 'node:os';
import { probeNamed, probes } from '../risks/probes.ts';
import { runRiskStudy } from '../risks/study.ts';
import { describeRiskStudy } from '../risks/words.ts';
import { note, printResult } from './output.ts';

/** Flags of `risks`. */
export interface RisksFlags {
  readonly seeds: number;
  readonly workers?: number;
  readonly set: readonly string[];
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
  const study = await runRiskStudy({
    probe: probeNamed(name),
    seeds: flags.seeds,
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    set: flags.set,
    onRegistered({ indicator, arms, seeds }, sha256) {
      note(`preregistered, SHA-256 ${sha256}:`);
      note(`  ${indicator.name}: ${indicator.definition}; ${indicator.worse} is worse`);
      note(
        `  margin ${indicator.margin}, equal within ${indicator.equalWithin}; seeds 1 to ${seeds}; arms ${Object.keys(arms).join(', ')}`,
      );
    },
  });
  note(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
  printResult(json, study, () => describeRiskStudy(probeNamed(name), study));
  return 0;
}
