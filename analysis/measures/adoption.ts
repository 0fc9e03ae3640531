/**
 * The `adoption` measure: whether adoption follows exposure, whether more exposure counts for more, and what could feign it.
 *
 * Reads the columns of `adoption-history.ts`; gives the object of `analyze SOURCE adoption --json`. Two questions, kept apart:
 *
 *     spread      does adoption follow the adoption of those one is tied to? Inferred exposure of everyone, hazard ratio per exposed
 *                 adopter, placebos beside it (`estimators/risk-levels.ts`)
 *     response    does the k-th exposure succeed more often than the first? Recorded exposures where there are any, else
 *                 inferred ones (`estimators/exposure-response.ts`); a placebo of its own is the comparison within strata
 *
 * `contagion` is said only above all placebos, that within strata among them; adoption that exceeds chance and no more is
 * `clustered adoption`, since likeness clusters adopters too (a world of homophily alone shows ratios of 1.3). Complex or simple is
 * said of contagion only. Order: sample, placebos, response, models, verdict. Invariant: the truth of a run enters no estimate.
 */
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Records } from '../../sim/record/reader.ts';
import { exposureResponse, judgeResponse } from '../estimators/exposure-response.ts';
import type { Complexity, ExposureResponse, ResponseVerdict } from '../estimators/exposure-response.ts';
import { drawPlacebo, fitLevels, placeboNames } from '../estimators/risk-levels.ts';
import type { LevelFit, Placebo, PlaceboName, RiskLevels } from '../estimators/risk-levels.ts';
import { historiesOf } from './adoption-history.ts';
import type { AdoptionColumns, History } from './adoption-history.ts';
import { fitAdoption } from './adoption-models.ts';
import type { AdoptionModels } from './adoption-models.ts';
import { adoptionOf } from './adoption-records.ts';
import {
  alikeKinds,
  exposureRowsOf,
  lookRowsOf,
  responseLevelsOf,
  riskLevelsOf,
  strataKinds,
} from './adoption-spread.ts';
import type { Clock, SpreadRows } from './adoption-spread.ts';
import { truthOf } from './adoption-truth.ts';
import type { AdoptionTruth } from './adoption-truth.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';

/** How to measure. */
export interface AdoptionOptions {
  readonly seed: number;
  /** Draws of each placebo; 199 by default. With fewer than 99 nothing can be called contagion. */
  readonly drawCount?: number;
  /** Resamples of P(k); 200 by default, 0 leaves them out. */
  readonly replicateCount?: number;
  /** Leaves out what the verdict does not need: Cox's models, resamples of P(k), placebos beside it. */
  readonly isVerdictOnly?: boolean;
  /** Beside all recorded looks, a model of the first so many: what an agent surely remembers. */
  readonly firstLooks?: number;
}

export type AdoptionVerdict = 'contagion' | 'clustered adoption' | 'no contagion';

/** A placebo as hazard ratios. */
export interface PlaceboReport {
  /** What is dealt out anew, and to whom. */
  readonly keeps: string;
  readonly hazardRatio: number | null;
  readonly interval: [number, number] | null;
  readonly pValue: number;
  readonly drawCount: number;
}

export type PlaceboReports = Readonly<Record<PlaceboName, PlaceboReport>>;

/** Adoption beside the adoption of those one is tied to. */
export interface SpreadReport {
  readonly exposure: string;
  readonly contents: number;
  readonly adoptions: number;
  /** Per exposed adopter; Cox, contents as strata, all at risk from the first adoption on. */
  readonly hazardRatio: number | null;
  readonly interval: [number, number] | null;
  /** Standard deviation of exposures among those at risk together. */
  readonly levelDeviation: number | null;
  readonly placebos: PlaceboReports;
}

/** Adoption by the number of exposures. */
export interface ResponseReport {
  /** Whether exposures were recorded, or inferred and read in one of two ways. */
  readonly clock: Clock;
  readonly trials: number;
  readonly adoptions: number;
  readonly curve: readonly object[];
  readonly curveUnit: string;
  readonly forms: readonly object[];
  readonly bestForm: string;
  readonly trend: object;
  /** Log-linear ratio per further exposure within contents, beside the same with adoptions dealt out anew. */
  readonly ratioPerExposure: number | null;
  readonly placebos: PlaceboReports | null;
}

/** The object under `measures.adoption`. */
export interface AdoptionMeasure extends Measured {
  readonly verdict: AdoptionVerdict;
  readonly complexity: Complexity;
  readonly trend: ResponseVerdict['trend'];
  readonly words: string;
  readonly spread: SpreadReport;
  readonly response: ResponseReport | null;
  readonly models: AdoptionModels | null;
  /** Of a run: what its plan says. Null for data. */
  readonly truth: AdoptionTruth | null;
  readonly truthBesideEstimate: string | null;
}

const definition =
  'n: adoptions that are no seeds. Exposure: someone whom the agent follows adopted the content (spread), or the agent was shown it ' +
  '(recorded looks). hazardRatio: per exposed adopter. contagion: the ratio is above 1 and above all placebos, each at p <= 0.01 and ' +
  'by 0.05 of its logarithm, or 0.045 per standard deviation of exposures; ' +
  'clustered adoption: above the placebo over everyone, not above all; complex: within contents and strata chances from the second, ' +
  'third or fourth exposure on succeed at least 1.5 times as often as those before, p <= 0.01 over the three; simple: a doubling is ' +
  'excluded at 95 % at each of them';

const nullModel =
  'contents, moments of adoption and exposures stay; who adopts at each moment is dealt out anew to everyone at risk, to those who adopt ' +
  'it then or later (times shuffled among adopters), to those at risk in the same stratum, and to adopters alike in how much they ' +
  'adopt and how many of their contacts do; p is the largest of the four';

const keeps: Readonly<Record<PlaceboName, string>> = {
  everyone: 'moments of adoption; adopters are drawn from everyone at risk',
  adopters: 'who adopts each content; times are shuffled among them',
  strata: 'how many of each stratum adopt at each moment; adopters are drawn within strata',
  alike:
    'who adopts; times are shuffled among adopters with as many other adoptions and as many contacts that ever adopt',
};

const keepsOfResponse: Readonly<Record<PlaceboName, string>> = {
  everyone: 'how many adopt each content; adoptions are dealt out to all chances to adopt it',
  adopters: 'who adopts each content; adoptions are dealt out to the chances that its adopters had',
  strata: 'how many of each stratum adopt each content; adoptions are dealt out within strata',
  alike: 'who adopts each content; adoptions are dealt out to the chances that its adopters of a stratum had',
};

/** Level of each of the tests. */
const level = 0.01;
/**
 * By how much the log hazard ratio must exceed each placebo's: by the first, or by the second per standard deviation of exposures among
 * those at risk together, which serves where exposures are many. Where a trait that nobody sees decides how soon three agents of
 * four adopt, adopters alike in all counts are still a little alike in time: 20 such worlds exceeded the last placebo by 0.008 to
 * 0.022, per deviation by 0.015 to 0.039, most of them at p 0.005. Weaker contagion is not told from that.
 */
const margin = 0.05;
const marginPerDeviation = 0.045;
const drawsDefault = 199;
const replicatesDefault = 200;
/** Adoptions that the placebos deal out, at most: more contents than that are sampled. */
const eventsMax = 20_000;

/** Streams: one for each use; placebos take four from the one named. */
const keys = { sample: 0, strata: 1, everyone: 2, response: 6, bootstrap: 10, models: 11 };

/** Measures a recorded population. */
export function measureAdoptionOf(
  records: Records,
  options: AdoptionOptions,
): AdoptionMeasure & { ties: string; adoption: string } {
  const found = adoptionOf(records, randomStream(options.seed, streamPurposes.sample, keys.strata));
  const truth = truthOf(records) ?? null;
  const firstLooks = truth?.shownMax ?? undefined;
  const measured = measureAdoption(
    found.columns,
    { ...options, ...(firstLooks === undefined ? {} : { firstLooks }) },
    found.strataWords,
  );
  return {
    ...{ adoption: found.adoption, ties: found.ties },
    ...measured,
    warnings: [...found.warnings, ...measured.warnings],
    truth,
    truthBesideEstimate: truth === null ? null : besideTruth(truth, measured),
  };
}

/** Measures columns. `strataWords` says what strata are. */
export function measureAdoption(
  columns: AdoptionColumns,
  options: AdoptionOptions,
  strataWords = 'given',
): AdoptionMeasure {
  const { seed, drawCount = drawsDefault, isVerdictOnly = false } = options;
  const replicateCount = isVerdictOnly ? 0 : (options.replicateCount ?? replicatesDefault);
  const stream = (key: number): RandomStream => randomStream(seed, streamPurposes.permutation, key);
  const { histories, warnings } = sampledHistories(columns, stream(keys.sample));
  const table = riskLevelsOf(columns, histories, strataKinds(columns));
  const alike = riskLevelsOf(columns, histories, alikeKinds(columns, histories));
  const fit = fitLevels(table);
  const placebos = placebosOf(table, alike, drawCount, stream, keys.everyone);
  const verdict = verdictOf(fit, placebos);
  const looks = columns.looks === undefined ? undefined : lookRowsOf(columns, columns.looks);
  const rows = looks ?? exposureRowsOf(columns, histories);
  const response =
    rows.rows.count === 0 ? undefined : exposureResponse(rows.rows, stream(keys.bootstrap), replicateCount);
  const judged = judge(verdict, response);
  const models =
    isVerdictOnly || fit.events === 0
      ? null
      : fitAdoption(columns, histories, looks, stream(keys.models), options.firstLooks);
  const interval = intervalOf(fit, models);
  return {
    verdict,
    complexity: judged.complexity,
    trend: judged.trend,
    words: wordsOf(verdict, fit, placebos, judged),
    spread: {
      exposure: 'inferred: the agent follows (or answered before) someone who adopted the content',
      ...{ contents: histories.length, adoptions: fit.events },
      levelDeviation: finiteOrNull(fit.levelDeviation),
      ...{ hazardRatio: ratioOf(fit.coef), interval, placebos: reportsOf(placebos) },
    },
    response:
      response === undefined
        ? null
        : reportResponse(rows, response, columns.stratumCount, isVerdictOnly ? 0 : drawCount, stream),
    models,
    ...{ truth: null, truthBesideEstimate: null },
    method:
      `hazard ratio by Cox’s partial likelihood over counts at risk, ties by Efron; ${drawCount} draws of each placebo; strata: ` +
      `${strataWords} (${columns.stratumCount}); P(k) with ${replicateCount} resamples of agents; seed ${seed}`,
    definition,
    n: fit.events,
    warnings: [...warnings, ...warningsOf(fit, placebos, models)],
    ...(interval === null ? {} : { interval }),
    ...(fit.events === 0 ? {} : { pValue: Math.max(...placeboNames.map((name) => placebos[name].pValue)), nullModel }),
  };
}

/** Histories of the contents that were adopted, of a random part of them where there are too many adoptions. */
function sampledHistories(
  columns: AdoptionColumns,
  stream: RandomStream,
): { histories: History[]; warnings: string[] } {
  const { content, isSeed } = columns.adoptions;
  const countOf = new Map<number, number>();
  content.forEach((one, row) => {
    if (isSeed[row] === 0) countOf.set(one, (countOf.get(one) ?? 0) + 1);
  });
  const contents = [...countOf.keys()].sort((a, b) => a - b);
  const all = contents.length;
  shuffle(contents, stream);
  const kept = new Set<number>();
  let events = 0;
  for (const one of contents) {
    events += countOf.get(one) ?? 0;
    if (events > eventsMax && kept.size > 0) break;
    kept.add(one);
  }
  const histories = [...historiesOf(columns)].filter((history) => kept.has(history.content));
  const warnings = kept.size < all ? [`${kept.size} of ${all} adopted contents, drawn at random, were measured`] : [];
  return { histories, warnings };
}

type Placebos = Readonly<Record<PlaceboName, Placebo>>;

function placebosOf(
  table: RiskLevels,
  alike: RiskLevels,
  drawCount: number,
  stream: (key: number) => RandomStream,
  key: number,
): Placebos {
  const drawn = placeboNames.map((name, k) =>
    drawPlacebo(name === 'alike' ? alike : table, name, stream(key + k), drawCount),
  );
  return { everyone: drawn[0], adopters: drawn[1], strata: drawn[2], alike: drawn[3] };
}

function isAbove({ coef, levelDeviation }: LevelFit, { mean, pValue }: Placebo): boolean {
  const excess = coef - mean;
  return coef > 0 && pValue <= level && (excess >= margin || excess * levelDeviation >= marginPerDeviation);
}

/** A placebo that cannot differ from what was observed, as when each content has one adopter, says nothing against it. */
function isBlind({ observed, interval: [low, high] }: Placebo): boolean {
  return Math.abs(low - observed) < 1e-9 && Math.abs(high - observed) < 1e-9;
}

function verdictOf(fit: LevelFit, { everyone, adopters, strata, alike }: Placebos): AdoptionVerdict {
  if (!isAbove(fit, everyone)) return 'no contagion';
  const isTimed = [adopters, alike].every((one) => isAbove(fit, one) || isBlind(one));
  return isAbove(fit, strata) && isTimed ? 'contagion' : 'clustered adoption';
}

function judge(verdict: AdoptionVerdict, response: ExposureResponse | undefined): ResponseVerdict {
  if (response === undefined) return { complexity: 'undecided', trend: 'flat', words: 'undecided: nobody was exposed' };
  const judged = judgeResponse(response.trend);
  if (verdict === 'contagion') return judged;
  return { ...judged, complexity: 'undecided', words: 'simple or complex is not asked where contagion is not shown' };
}

const opening: Readonly<Record<AdoptionVerdict, string>> = {
  contagion: 'contagion: adoption follows exposure beyond likeness within strata and beyond who adopts at all',
  'clustered adoption':
    'clustered adoption, no contagion shown: adopters stand together, as likeness alone would place them',
  'no contagion': 'no contagion: adoption does not follow exposure more than chance would have it',
};

function wordsOf(verdict: AdoptionVerdict, fit: LevelFit, placebos: Placebos, judged: ResponseVerdict): string {
  if (fit.events === 0) return 'no contagion: nobody adopted what another brought';
  const beside = placeboNames.map(
    (name) => `${name} ${Math.exp(placebos[name].mean).toFixed(2)} (p ${placebos[name].pValue.toPrecision(2)})`,
  );
  const ratio = `hazard ratio per exposed adopter ${Math.exp(fit.coef).toFixed(2)}, placebos: ${beside.join(', ')}`;
  return `${opening[verdict]} (${ratio}). ${judged.words}`;
}

function ratioOf(coef: number): number | null {
  return finiteOrNull(Math.exp(coef));
}

function reportsOf(placebos: Placebos, kept = keeps): PlaceboReports {
  const report = (name: PlaceboName): PlaceboReport => {
    const { mean, interval, pValue, drawCount } = placebos[name];
    const ends: [number, number] = [Math.exp(interval[0]), Math.exp(interval[1])];
    return {
      keeps: kept[name],
      hazardRatio: ratioOf(mean),
      interval: finiteInterval(ends) ?? null,
      pValue,
      drawCount,
    };
  };
  return {
    everyone: report('everyone'),
    adopters: report('adopters'),
    strata: report('strata'),
    alike: report('alike'),
  };
}

/** Robust where the model stands on all rows, else from the information. */
function intervalOf({ coef, se }: LevelFit, models: AdoptionModels | null): [number, number] | null {
  const robust = models?.isComplete === true ? models.timeVarying.linear.terms[0]?.interval : undefined;
  if (robust !== undefined && robust !== null) return robust;
  return finiteInterval([Math.exp(coef - 1.96 * se), Math.exp(coef + 1.96 * se)]) ?? null;
}

function reportResponse(
  rows: SpreadRows,
  { curve, forms, bestForm, trend }: ExposureResponse,
  stratumCount: number,
  drawCount: number,
  stream: (key: number) => RandomStream,
): ResponseReport {
  const table = responseLevelsOf(rows, stratumCount);
  const ends = (interval: readonly [number, number]): [number, number] | null => finiteInterval(interval) ?? null;
  return {
    clock: rows.clock,
    trials: rows.rows.trials.reduce((sum, one) => sum + one, 0),
    adoptions: rows.rows.adopted.reduce((sum, one) => sum + one, 0),
    curve: curve.map((point) => ({
      ...point,
      interval: ends(point.interval),
      clusteredInterval: ends(point.clusteredInterval),
    })),
    curveUnit: curveUnits[rows.clock],
    forms: forms.map((form) => ({ ...form, pValue: finiteOrNull(form.pValue) })),
    bestForm,
    trend: {
      ...{ z: finiteOrNull(trend.z), pRising: finiteOrNull(trend.pRising), pFalling: finiteOrNull(trend.pFalling) },
      cuts: trend.cuts.map((cut) => ({
        ...cut,
        ...{ z: finiteOrNull(cut.z), pValue: finiteOrNull(cut.pValue) },
        ...{ ratio: finiteOrNull(cut.ratio), interval: ends(cut.interval) },
      })),
    },
    ratioPerExposure: ratioOf(fitLevels(table).coef),
    placebos:
      drawCount === 0 ? null : reportsOf(placebosOf(table, table, drawCount, stream, keys.response), keepsOfResponse),
  };
}

const curveUnits: Readonly<Record<Clock, string>> = {
  recorded: 'share of agents who adopt at their k-th look, among those who looked a k-th time; clusters: agents',
  'at exposure': 'share of agents who adopt at the tick after exposure, k adopters then in sight; clusters: agents',
  'while exposed': 'share of agents who adopt at a tick, k adopters in sight; clusters: agents',
};

function warningsOf(fit: LevelFit, placebos: Placebos, models: AdoptionModels | null): string[] {
  const warnings: string[] = [];
  if (fit.events > 0 && fit.events < eventsFew)
    warnings.push(`${fit.events} adoptions only: most differences would not be seen`);
  if (fit.events > 0 && isBlind(placebos.adopters)) {
    warnings.push(
      'times could not be shuffled among adopters: each content has too few of them; this placebo was passed over',
    );
  }
  if (models !== null && !models.isComplete) {
    warnings.push(
      `Cox’s models rest on ${models.sampled}; the interval of the hazard ratio rests on all, and takes adoptions for independent`,
    );
  }
  if (models !== null) warnings.push(`finalCount: ${models.finalCount.warnings[0]}`);
  warnings.push('likeness that neither interests nor communities show cannot be told from contagion by any placebo');
  return warnings;
}

const eventsFew = 30;

/** One sentence that sets the estimate beside the truth. */
function besideTruth(truth: AdoptionTruth, { verdict, complexity, trend, models }: AdoptionMeasure): string {
  const said = `estimate: ${verdict}, ${complexity}, ${trend}`;
  const known =
    truth.contagion === null
      ? 'truth: not known'
      : `truth: ${truth.contagion ? 'contagion' : 'no contagion'}, ${truth.complexity ?? 'neither'}, ${truth.trend ?? 'unknown'}`;
  const look = (models?.firstLooks ?? models?.recordedLooks)?.terms[0];
  const [rule] = truth.policies;
  const ratio =
    look === undefined || rule === undefined
      ? ''
      : `; hazard ratio per look${truth.shownMax === null ? '' : `, the first ${truth.shownMax}`}: ${look.hazardRatio?.toFixed(3) ?? 'none'} (${look.interval?.map((end) => end.toFixed(3)).join(' to ') ?? 'no interval'}) ` +
        `beside an odds ratio of ${rule.oddsRatioPerLook.toFixed(3)} planted`;
  return `${said}; ${known}${ratio}`;
}
