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
 * Size: a run of ten million acts is measured on a random part of its contents, whole ones, and on the recorded looks of a part of its
 * agents, all of each; `sample` says of how many.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Records } from '../../sim/record/reader.ts';
import { exposureResponse, judgeResponse } from '../estimators/exposure-response.ts';
import type { Complexity, ExposureResponse, ResponseVerdict } from '../estimators/exposure-response.ts';
import { drawPlacebo, fitLevels, placeboNames } from '../estimators/risk-levels.ts';
import type { LevelFit, Placebo, PlaceboName, RiskLevels } from '../estimators/risk-levels.ts';
import { historiesOf } from './adoption-history.ts';
import type { AdoptionColumns } from './adoption-history.ts';
import { fitAdoption } from './adoption-models.ts';
import type { AdoptionModels } from './adoption-models.ts';
import { adoptionOf } from './adoption-records.ts';
import { sampleAdopted, sampleContents } from './adoption-sample.ts';
import type { ContentSample } from './adoption-sample.ts';
import {
  alikeKinds,
  exposureRowsOf,
  lookRowsOf,
  responseLevelsOf,
  riskLevelsOf,
  strataKinds,
  upToLevel,
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
  /** Adoptions that placebos deal out, at most; 20,000 by default. Where there are more, contents are drawn at random. */
  readonly adoptionsMax?: number;
  /**
   * The feed shows an agent a content no oftener than this unless the agent forgot that it was shown: the response rests on the first so many
   * looks, since a later one is a first look again to whom it is shown, and a model of them stands beside that of all.
   */
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
  /** Of how many contents and adoptions these are a random part; null where they are all. */
  readonly sampledFrom: { readonly contents: number; readonly adoptions: number } | null;
  /** Per exposed adopter; Cox, contents as strata, all at risk from the first adoption on. */
  readonly hazardRatio: number | null;
  readonly interval: [number, number] | null;
  readonly intervalRule: string;
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
  /** Of how many contents that somebody adopted ratio and placebos hold a random part; null where they hold all. */
  readonly placeboSample: { readonly contents: number; readonly contentsInAll: number } | null;
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

/** Streams: one for each use; placebos take four from the one named. */
const keys = { sample: 0, everyone: 2, response: 6, bootstrap: 10, models: 11, responseSample: 12 };

/** Measures a recorded population. */
export function measureAdoptionOf(
  records: Records,
  options: AdoptionOptions,
): AdoptionMeasure & { ties: string; adoption: string } {
  const found = adoptionOf(records, options.seed);
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
  const sample = sampleContents(columns, stream(keys.sample), options.adoptionsMax);
  const histories = [...historiesOf(columns, sample.isWanted)];
  const table = riskLevelsOf(columns, histories, strataKinds(columns));
  const alike = riskLevelsOf(columns, histories, alikeKinds(columns));
  const fit = fitLevels(table);
  const placebos = placebosOf(table, alike, drawCount, stream, keys.everyone);
  const verdict = verdictOf(fit, placebos);
  const looks = columns.looks === undefined ? undefined : lookRowsOf(columns, columns.looks);
  const remembered = options.firstLooks === undefined ? looks : looks && upToLevel(looks, options.firstLooks);
  const rows = remembered ?? exposureRowsOf(columns, histories);
  const response =
    rows.rows.count === 0 ? undefined : exposureResponse(rows.rows, stream(keys.bootstrap), replicateCount);
  const judged = judge(verdict, response);
  const models =
    isVerdictOnly || fit.events === 0 ? null : fitAdoption(columns, histories, looks, stream(keys.models), options);
  const { interval, rule } = intervalOf(fit, models);
  const isSampled = sample.contents < sample.contentsInAll;
  return {
    verdict,
    complexity: judged.complexity,
    trend: judged.trend,
    words: wordsOf(verdict, fit, placebos, judged),
    spread: {
      exposure: 'inferred: the agent follows (or answered before) someone who adopted the content',
      ...{ contents: histories.length, adoptions: fit.events },
      sampledFrom: isSampled ? { contents: sample.contentsInAll, adoptions: sample.adoptionsInAll } : null,
      levelDeviation: finiteOrNull(fit.levelDeviation),
      ...{ hazardRatio: ratioOf(fit.coef), interval, intervalRule: rule, placebos: reportsOf(placebos) },
    },
    response:
      response === undefined
        ? null
        : reportResponse(rows, response, columns, { ...options, drawCount: isVerdictOnly ? 0 : drawCount }, stream),
    models,
    ...{ truth: null, truthBesideEstimate: null },
    method:
      `hazard ratio by Cox’s partial likelihood over counts at risk, ties by Efron; ${drawCount} draws of each placebo; strata: ` +
      `${strataWords} (${columns.stratumCount}); ${sampleWords(sample)}; interval: ${rule}; P(k) with ${replicateCount} resamples of agents; seed ${seed}`,
    definition,
    n: fit.events,
    warnings: [
      ...(isSampled ? [`measured on ${sampleWords(sample)}`] : []),
      ...forgottenLooks(looks, remembered),
      ...warningsOf(fit, placebos, models),
    ],
    ...(interval === null ? {} : { interval }),
    ...(fit.events === 0 ? {} : { pValue: Math.max(...placeboNames.map((name) => placebos[name].pValue)), nullModel }),
  };
}

function forgottenLooks(looks: SpreadRows | undefined, remembered: SpreadRows | undefined): string[] {
  if (looks === undefined || remembered === undefined || remembered.rows.count === looks.rows.count) return [];
  const left = looks.rows.count - remembered.rows.count;
  return [
    `${left} of ${looks.rows.count} recorded looks are of agents who forgot the earlier ones: no part of the response`,
  ];
}

function sampleWords({ contents, adoptions, contentsInAll, adoptionsInAll }: ContentSample): string {
  if (contents === contentsInAll) return 'all contents that were adopted';
  return `${contents} of ${contentsInAll} adopted contents, drawn at random, ${adoptions} of ${adoptionsInAll} adoptions`;
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

/** Robust within agents where the model stands on all rows, else over contents, which are what was drawn; never below the information's. */
function intervalOf(
  { coef, se, contentSe }: LevelFit,
  models: AdoptionModels | null,
): { readonly interval: [number, number] | null; readonly rule: string } {
  const robust = models?.isComplete === true ? models.timeVarying.linear.terms[0]?.interval : undefined;
  if (robust !== undefined && robust !== null) return { interval: robust, rule: 'robust to dependence within agents' };
  const isWider = contentSe > se;
  const error = isWider ? contentSe : se;
  return {
    interval: finiteInterval([Math.exp(coef - 1.96 * error), Math.exp(coef + 1.96 * error)]) ?? null,
    rule: isWider
      ? 'robust to dependence within contents'
      : 'from the information, which is wider than one over contents',
  };
}

function reportResponse(
  rows: SpreadRows,
  { curve, forms, bestForm, trend }: ExposureResponse,
  { contentCount, stratumCount }: AdoptionColumns,
  { drawCount, adoptionsMax }: { readonly drawCount: number; readonly adoptionsMax?: number },
  stream: (key: number) => RandomStream,
): ResponseReport {
  const sample = sampleAdopted(rows.rows, contentCount, stream(keys.responseSample), adoptionsMax);
  const table = responseLevelsOf(rows, stratumCount, sample?.isWanted);
  const ends = (interval: readonly [number, number]): [number, number] | null => finiteInterval(interval) ?? null;
  return {
    clock: rows.clock,
    ...{ trials: sumOf(rows.rows.trials), adoptions: sumOf(rows.rows.adopted) },
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
    placeboSample: sample === undefined ? null : { contents: sample.contents, contentsInAll: sample.contentsInAll },
    placebos:
      drawCount === 0 ? null : reportsOf(placebosOf(table, table, drawCount, stream, keys.response), keepsOfResponse),
  };
}

function sumOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < column.length; row++) sum += column[row];
  return sum;
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
    warnings.push(`Cox’s models rest on ${models.sampled}`);
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
