/**
 * Cox's models of adoption: exposure so far, exposure at the end, and recorded looks, each under its own name.
 *
 * The two counts answer different questions and are never put in one table row. `timeVarying` lets exposure grow while a person is at
 * risk. `finalCount` gives each person from the start the count that it ended with, as the published recipe does
 * (the code of the Molt Dynamics study): those who do not adopt are watched longer and so are exposed more, which pushes its ratio
 * below 1 without any cause; it stands here to be compared with, and carries its warning.
 * Strata are contents, each with a baseline of its own; errors are robust to the dependence of an agent's rows on one another. Where
 * rows would be too many, contents and then agents are sampled at random; both leave the ratio unbiased.
 */
import { InputError } from '../../sim/ground/errors.ts';
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { fitCox } from '../estimators/cox.ts';
import type { CoxFit } from '../estimators/cox.ts';
import { exposureForms, finalCountOf, lookStartStopOf, startStopOf } from './adoption-spread.ts';
import type { SpreadRows, StartStop } from './adoption-spread.ts';
import type { AdoptionColumns, History } from './adoption-history.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';

/** One coefficient of a model. */
export interface ModelTerm {
  readonly name: string;
  readonly coef: number | null;
  /** Per unit of the term. */
  readonly hazardRatio: number | null;
  /** Robust to dependence within agents. */
  readonly se: number | null;
  readonly pValue: number | null;
  readonly interval: [number, number] | null;
}

/** A fitted model; without terms where there was nothing to fit. */
export interface AdoptionModel {
  readonly model: string;
  readonly terms: readonly ModelTerm[];
  readonly logLikelihood: number | null;
  readonly n: number;
  readonly events: number;
  readonly warnings: readonly string[];
}

/** All models. */
export interface AdoptionModels {
  readonly timeVarying: Readonly<Record<FormOfExposure, AdoptionModel>>;
  readonly finalCount: AdoptionModel;
  /** Among recorded looks; null where none were recorded. */
  readonly recordedLooks: AdoptionModel | null;
  /** Among the first looks of an agent at a content, as many as were asked for: later ones may be of agents who forgot the earlier. */
  readonly firstLooks: AdoptionModel | null;
  /** Whether all contents and agents stand in the rows. */
  readonly isComplete: boolean;
  readonly sampled: string;
}

type FormOfExposure = keyof typeof exposureForms;

const rowsMax = 200_000;

const finalWarning =
  'exposure is the count at the end of each one’s own time at risk, set from the start: exposures that lay ahead count as if they had ' +
  'been there, and those who never adopt had longer to gather them; the ratio is no effect of exposure';

/** Fits them all. */
export function fitAdoption(
  columns: AdoptionColumns,
  histories: readonly History[],
  looks: SpreadRows | undefined,
  stream: RandomStream,
  firstCount?: number,
): AdoptionModels {
  const sample = sampleOf(columns, histories, stream);
  const rows = startStopOf(columns, sample.histories, sample.isKept);
  const varying = (form: FormOfExposure): AdoptionModel => modelOf(`exposure so far, ${form}`, form, rows, []);
  const isComplete = sample.histories.length === histories.length && sample.agentCount === columns.agentCount;
  return {
    timeVarying: { linear: varying('linear'), quadratic: varying('quadratic'), logarithmic: varying('logarithmic') },
    finalCount: modelOf('exposure at the end, linear', 'linear', finalCountOf(rows), [finalWarning]),
    recordedLooks: looks === undefined ? null : modelOf('looks so far, linear', 'linear', lookStartStopOf(looks), []),
    firstLooks:
      looks === undefined || firstCount === undefined
        ? null
        : modelOf(`looks so far, the first ${firstCount}, linear`, 'linear', lookStartStopOf(looks, firstCount), []),
    isComplete,
    sampled: isComplete
      ? 'all contents that were adopted, all agents'
      : `${sample.histories.length} of ${histories.length} adopted contents and ${sample.agentCount} of ${columns.agentCount} agents, at random`,
  };
}

function sampleOf({ agentCount }: AdoptionColumns, histories: readonly History[], stream: RandomStream) {
  const contentCount = Math.min(histories.length, Math.max(40, Math.floor(rowsMax / agentCount)));
  const order = Array.from(histories.keys());
  if (contentCount < histories.length) shuffle(order, stream);
  const share = Math.min(1, rowsMax / (contentCount * agentCount));
  const isKept = Uint8Array.from({ length: agentCount }, () => (share === 1 || stream.uniform() < share ? 1 : 0));
  return {
    histories: order.slice(0, contentCount).map((at) => histories[at]),
    isKept,
    agentCount: isKept.reduce((count, one) => count + one, 0),
  };
}

function modelOf(model: string, form: FormOfExposure, rows: StartStop, warnings: readonly string[]): AdoptionModel {
  const events = Array.from(rows.columns.event).reduce((count, one) => count + one, 0);
  const without = (why: string): AdoptionModel => {
    return { model, terms: [], logLikelihood: null, n: rows.exposure.length, events, warnings: [...warnings, why] };
  };
  if (events === 0) return without('nobody in these rows adopted: nothing to fit');
  try {
    const fit = fitCox(rows.columns, exposureForms[form](rows.exposure), { cluster: rows.agent });
    return {
      model,
      terms: termsOf(fit),
      logLikelihood: finiteOrNull(fit.logLikelihood.model),
      ...{ n: fit.n, events: fit.events, warnings: [...warnings, ...fit.warnings] },
    };
  } catch (problem) {
    // Constant or collinear exposure is a fact about the data, not a mistake of the caller.
    if (problem instanceof InputError) return without(problem.message);
    throw problem;
  }
}

function termsOf({ coefficients }: CoxFit): ModelTerm[] {
  return coefficients.map(({ name, coef, hazardRatio, se, robustSe, pValue, interval }) => ({
    name,
    coef: finiteOrNull(coef),
    hazardRatio: finiteOrNull(hazardRatio),
    se: finiteOrNull(robustSe ?? se),
    pValue: finiteOrNull(pValue),
    interval: finiteInterval(interval) ?? null,
  }));
}
