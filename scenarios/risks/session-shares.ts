/**
 * What a world of sessions came to, as a share of its sessions.
 */
import type { WorldMeasure } from './probe.ts';

/** The share of sessions at risk, as the indicator and with its counts. */
export function atRiskShare(hits: number, trials: number): Pick<WorldMeasure, 'value' | 'atRisk'> {
  return { value: hits / trials, atRisk: { hits, trials } };
}
