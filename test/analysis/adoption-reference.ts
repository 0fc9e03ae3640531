/**
 * A small population with a cascade, and what R found in it: `test/data/adoption.json`, by `test/fixtures/adoption-reference.R`.
 */
import type { AdoptionColumns } from '../../analysis/measures/adoption-history.ts';
import type { FormName } from '../../analysis/estimators/exposure-response.ts';
import { readReference } from './worlds.ts';

interface ModelReference {
  readonly coef: number[];
  readonly robustSe: number[];
  readonly naiveSe: number[];
  readonly logLikelihood: number;
  readonly events: number;
}

interface FormReference {
  readonly coef: number[];
  readonly se: number[];
  readonly logLikelihood: number;
}

interface AdoptionReference {
  readonly agentCount: number;
  readonly contentCount: number;
  readonly endTime: number;
  readonly source: number[];
  readonly target: number[];
  readonly agent: number[];
  readonly content: number[];
  readonly time: number[];
  readonly isSeed: number[];
  readonly models: Readonly<Record<'linear' | 'quadratic' | 'logarithmic' | 'finalCount', ModelReference>>;
  readonly forms: Readonly<Record<FormName, FormReference>>;
  readonly exposures: { readonly count: number; readonly adopted: number };
}

export const adoptionReference = readReference<AdoptionReference>('adoption.json');

/** The population as columns, all of one stratum. */
export function referenceColumns(): AdoptionColumns {
  const { agentCount, contentCount, endTime, source, target, agent, content, time, isSeed } = adoptionReference;
  return {
    ...{ agentCount, contentCount, endTime, hasTicks: true },
    ...{ stratum: new Int32Array(agentCount), stratumCount: 1 },
    ties: { source: Int32Array.from(source), target: Int32Array.from(target) },
    adoptions: {
      ...{ agent: Int32Array.from(agent), content: Int32Array.from(content) },
      ...{ time: Float64Array.from(time), isSeed: Uint8Array.from(isSeed) },
    },
  };
}
