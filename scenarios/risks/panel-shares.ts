/**
 * What a world of panels came to, as a share of its panels.
 */
import type { WorldMeasure } from './probe.ts';

/** The share of panels at risk, as the indicator and with its counts. */
export function atRiskShare(hits: number, trials: number): Pick<WorldMeasure, 'value' | 'atRisk'> {
  return { value: hits / trials, atRisk: { hits, trials } };
}
