/**
 * Cox's models of adoption: exposure so far, exposure at the end, and recorded looks, each under its own name.
 *
 * The two counts answer different questions and are never put in one table row. `timeVarying` lets exposure grow while a person is at
 * risk. `finalCount` gives each person from the start the count that it ended with, as the published recipe does
 * (the code of the Molt Dynamics study): those who do not adopt are watched longer and so are exposed more, which pushes its ratio
 * below 1 without any cause; it stands here to be compared with, and carries its warning.
 * Strata are contents, each with a baseline of its own; errors are robust to the dependence of an agent's rows on one another. Where
 * rows would be too many, contents are sampled at random, each with all its adopters and all who were exposed; of those who neither
 * adopted nor were exposed some stand for all (`adoption-start-stop.ts`). Neither moves the ratio; the intervals are those of the sample.
 */
import { InputError } from '../../sim/ground/errors.ts';
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { fitCox } from '../estimators/cox.ts';
import type { CoxFit } from '../estimators/cox.ts';
import type { AdoptionColumns, History } from './adoption-history.ts';
import type { SpreadRows } from './adoption-spread.ts';
import { exposureForms, finalCountOf, lookStartStopOf, startStopOf } from './adoption-start-stop.ts';
import type { StartStop } from './adoption-start-stop.ts';
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
  /** Whether all contents stand in the rows, with everyone. */
  readonly isComplete: boolean;
  readonly sampled: string;
}

type FormOfExposure = keyof typeof exposureForms;

/** Rows of the models: a second each. */
const rowsMaxDefault = 200_000;
/** Of those who neither adopted nor were exposed, how many stand for all, in each content: a few hundred are as good as all. */
const standInsMax = 200;

const finalWarning =
  'exposure is the count at the end of each one’s own time at risk, set from the start: exposures that lay ahead count as if they had ' +
  'been there, and those who never adopt had longer to gather them; the ratio is no effect of exposure';

/** Fits them all. */
export function fitAdoption(
  columns: AdoptionColumns,
  histories: readonly History[],
  looks: SpreadRows | undefined,
  stream: RandomStream,
  {
    firstLooks: firstCount,
    rowsMax = rowsMaxDefault,
  }: { readonly firstLooks?: number; readonly rowsMax?: number } = {},
): AdoptionModels {
  const sample = sampleOf(columns, histories, stream, rowsMax);
  const { isComplete } = sample;
  const rows = startStopOf(columns, sample.histories, isComplete ? undefined : { countMax: standInsMax, stream });
  const varying = (form: FormOfExposure): AdoptionModel => modelOf(`exposure so far, ${form}`, form, rows, []);
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
      : `${sample.histories.length} of ${histories.length} measured contents, at random, each with all who adopted it or were exposed; at most ` +
        `${standInsMax} of those who were neither stand for all ${columns.agentCount} agents`,
  };
}

/** All contents where everyone's rows are few enough, else so many of them in random order that their rows are. */
function sampleOf(
  { agentCount }: AdoptionColumns,
  histories: readonly History[],
  stream: RandomStream,
  rowsMax: number,
) {
  const exposures = histories.reduce((sum, { exposed }) => sum + exposed.length, 0);
  if (exposures + histories.length * agentCount <= rowsMax) return { histories, isComplete: true };
  const order = Array.from(histories.keys());
  shuffle(order, stream);
  let rowCount = 0;
  const kept: History[] = [];
  for (const at of order) {
    const { exposed, adopter } = histories[at];
    rowCount += exposed.length + adopter.length + standInsMax;
    if (rowCount > rowsMax && kept.length > 0) break;
    kept.push(histories[at]);
  }
  return { histories: kept, isComplete: false };
}

function modelOf(model: string, form: FormOfExposure, rows: StartStop, warnings: readonly string[]): AdoptionModel {
  const events = Array.from(rows.columns.event).reduce((count, one) => count + one, 0);
  const without = (why: string): AdoptionModel => {
    return { model, terms: [], logLikelihood: null, n: rows.exposure.length, events, warnings: [...warnings, why] };
  };
  if (events === 0) return without('nobody in these rows adopted: nothing to fit');
  try {
    const fit = fitCox(rows.columns, exposureForms[form](rows.exposure), { cluster: rows.agent, offset: rows.offset });
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
