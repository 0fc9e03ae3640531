/**
 * How the chance to adopt changes with the number of exposures: P(adopt at the k-th exposure), and simple against complex contagion.
 *
 * A row is a stretch in which a person stands at one level of exposure: `trials` times it had `chances` chances to adopt, and the last
 * time it did or did not. Where adoption is decided at each exposure, level is k, chances is 1, trials is 1, and the share of adopters
 * among the rows of a level is P(k). In simple contagion every chance succeeds alike, whatever came before (the independent
 * cascade): the chance to adopt at one trial is 1 - (1 - p)^chances with one p for all levels. In complex contagion (thresholds,
 * reinforcement) later chances succeed more often than first ones. The forms are, with f constant, linear, quadratic or logarithmic,
 *
 *     P(adopt at a trial) = 1 - exp(-chances · exp(f(level)))
 *
 * Forms and curve pool all rows. The verdict does not: a content that is liked spreads far, so that high levels are mostly levels of
 * liked contents, and the pooled curve rises though no one is reinforced. It rests on comparisons within `group` (content and kind
 * of person): score tests beside one rate for each group, and Mantel-Haenszel ratios of chances from a cut on to those before it. Cuts are
 * at 2, 3 and 4, since a threshold lifts chances at one place, and log(level) alone would miss it where later chances overlap.
 * Invariant: order of rows changes nothing. Oracles: R's glm with link cloglog, `test/data/adoption.json`; (n - 1) r² in one group.
 * Sources: Centola and Macy (2007, Am. J. Sociol. 113); Romero, Meeder and Kleinberg (2011, WWW); Mantel (1963, JASA 58); Greenland
 * and Robins (1985, Biometrics 41) for the ratio's variance.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { exposureCurve } from './exposure-curve.ts';
import type { ExposureRows, ResponsePoint } from './exposure-curve.ts';
import { chiSquaredTail, normalTail } from './special-functions.ts';
import { factorOf, inverseOf, solve } from './symmetric-matrix.ts';

/** One form of f, with coefficients on the scale of log intensity. */
export interface ResponseForm {
  readonly name: FormName;
  readonly coefficients: readonly { readonly name: string; readonly coef: number; readonly se: number }[];
  readonly logLikelihood: number;
  readonly aic: number;
  /** Likelihood ratio against the constant form; NaN for the constant itself. Takes rows for independent. */
  readonly pValue: number;
}

export const formNames = ['constant', 'linear', 'quadratic', 'logarithmic'] as const;
export type FormName = (typeof formNames)[number];

/** Chances at levels from `cut` on beside those below it, within groups. */
export interface ResponseCut {
  /** 2, 3 or 4. Levels from 1 to 2 cut - 1 stand in it: far beyond a threshold, chances overlap and say nothing of it. */
  readonly cut: number;
  /** Score test that later chances succeed as often, positive when oftener; NaN where no group has both sides. */
  readonly z: number;
  /** One-sided, that they succeed oftener. */
  readonly pValue: number;
  /** Mantel and Haenszel's ratio, with its 95 % interval; Infinity where no earlier chance succeeded. */
  readonly ratio: number;
  readonly interval: [number, number];
  readonly earlierAdopted: number;
  readonly laterAdopted: number;
  /** Groups in which both sides and both outcomes are found. */
  readonly groupCount: number;
}

/** The comparison within groups. */
export interface ResponseTrend {
  /** Score test for log(level), all levels. */
  readonly z: number;
  /** One-sided, that it falls. */
  readonly pFalling: number;
  /** At every threshold that is looked for. */
  readonly cuts: readonly ResponseCut[];
  /** The smallest p of a rise at a cut, times the number of cuts (Bonferroni). */
  readonly pRising: number;
}

/** All of it. */
export interface ExposureResponse {
  readonly curve: readonly ResponsePoint[];
  readonly forms: readonly ResponseForm[];
  /** Of the smallest AIC. */
  readonly bestForm: FormName;
  readonly trend: ResponseTrend;
}

/** Trials and successes that share level and chances. */
interface Cell {
  readonly level: number;
  readonly chances: number;
  failures: number;
  adopted: number;
}

/** Curve, forms and trend. `replicateCount` 0 leaves the bootstrap out. */
export function exposureResponse(rows: ExposureRows, stream: RandomStream, replicateCount = 200): ExposureResponse {
  checkRows(rows);
  const cells = cellsOf(rows, new Uint8Array(rows.count).keys());
  const forms = formsOf(cells);
  const best = forms.reduce((least, form) => (form.aic < least.aic ? form : least));
  return { curve: exposureCurve(rows, stream, replicateCount), forms, bestForm: best.name, trend: trendOf(rows) };
}

function checkRows({ count, level, chances, trials }: ExposureRows): void {
  for (let row = 0; row < count; row++) {
    if (level[row] >= 1 && chances[row] > 0 && trials[row] >= 1) continue;
    throw new InvariantError(`exposure row ${row} has no chance to adopt`);
  }
}

function cellsOf({ level, chances, trials, adopted }: ExposureRows, rows: Iterable<number>): Cell[] {
  const found = new Map<number, Map<number, Cell>>();
  for (const row of rows) {
    let ofLevel = found.get(level[row]);
    if (ofLevel === undefined) found.set(level[row], (ofLevel = new Map<number, Cell>()));
    let cell = ofLevel.get(chances[row]);
    if (cell === undefined) {
      cell = { level: level[row], chances: chances[row], failures: 0, adopted: 0 };
      ofLevel.set(chances[row], cell);
    }
    cell.failures += trials[row] - adopted[row];
    cell.adopted += adopted[row];
  }
  return [...found.values()]
    .flatMap((ofLevel) => [...ofLevel.values()])
    .sort((a, b) => a.level - b.level || a.chances - b.chances);
}

// ---- The forms ----

const termsOf: Readonly<Record<FormName, readonly string[]>> = {
  constant: ['intercept'],
  linear: ['intercept', 'k'],
  quadratic: ['intercept', 'k', 'k²'],
  logarithmic: ['intercept', 'log k'],
};

function termValue(term: string, level: number): number {
  if (term === 'intercept') return 1;
  if (term === 'log k') return Math.log(level);
  return term === 'k' ? level : level * level;
}

/** Forms that the levels can tell apart: two levels bear no quadratic. */
function formsOf(cells: readonly Cell[]): ResponseForm[] {
  const levelCount = new Set(cells.map(({ level }) => level)).size;
  const borne = formNames.filter((name) => termsOf[name].length <= levelCount);
  const names = borne.length === 0 ? (['constant'] as const) : borne;
  const constant = fitForm('constant', cells, Number.NaN);
  return names.map((name) => (name === 'constant' ? constant : fitForm(name, cells, constant.logLikelihood)));
}

const roundCountMax = 60;

/** Fisher scoring; a step that lowers the likelihood is halved. */
function fitForm(name: FormName, cells: readonly Cell[], constant: number): ResponseForm {
  const terms = termsOf[name];
  const design = cells.map(({ level }) => terms.map((term) => termValue(term, level)));
  let beta = new Float64Array(terms.length);
  beta[0] = Math.log(crudeIntensity(cells));
  let value = scoreAt(cells, design, beta);
  for (let round = 0; round < roundCountMax; round++) {
    const step = solve(factorOf(value.information, terms.length), value.score);
    let share = 1;
    let next = moved(beta, step, share);
    let at = scoreAt(cells, design, next);
    while (!(at.logLikelihood >= value.logLikelihood) && share > 1e-6) {
      share /= 2;
      next = moved(beta, step, share);
      at = scoreAt(cells, design, next);
    }
    if (!(at.logLikelihood >= value.logLikelihood)) break;
    const gain = at.logLikelihood - value.logLikelihood;
    beta = next;
    value = at;
    if (gain < 1e-10 * (1 + Math.abs(value.logLikelihood))) break;
  }
  const variance = inverseOf(factorOf(value.information, terms.length));
  const { logLikelihood } = value;
  return {
    name,
    coefficients: terms.map((term, index) => ({
      ...{ name: term, coef: beta[index], se: Math.sqrt(variance[index * terms.length + index]) },
    })),
    logLikelihood,
    aic: 2 * terms.length - 2 * logLikelihood,
    pValue: name === 'constant' ? Number.NaN : chiSquaredTail(2 * (logLikelihood - constant), terms.length - 1),
  };
}

function crudeIntensity(cells: readonly Cell[]): number {
  let adopted = 0;
  let chances = 0;
  for (const cell of cells) {
    adopted += cell.adopted;
    chances += (cell.failures + cell.adopted) * cell.chances;
  }
  return Math.max(adopted, 0.1) / chances;
}

function moved(from: Float64Array, step: ArrayLike<number>, share: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(from, (value, index) => value + share * step[index]);
}

interface Score {
  readonly logLikelihood: number;
  readonly score: Float64Array;
  readonly information: Float64Array;
}

function scoreAt(cells: readonly Cell[], design: readonly number[][], beta: Float64Array): Score {
  const size = beta.length;
  const score = new Float64Array(size);
  const information = new Float64Array(size * size);
  let logLikelihood = 0;
  cells.forEach((cell, index) => {
    const terms = design[index];
    let eta = 0;
    for (let term = 0; term < size; term++) eta += terms[term] * beta[term];
    const at = outcomeAt(cell, eta);
    logLikelihood += at.logLikelihood;
    for (let row = 0; row < size; row++) {
      score[row] += at.slope * terms[row];
      for (let column = 0; column < size; column++) {
        information[row * size + column] += at.weight * terms[row] * terms[column];
      }
    }
  });
  return { logLikelihood, score, information };
}

/** Log-likelihood of a cell at log intensity η, its slope in η, and the expected curvature. */
function outcomeAt({ chances, failures, adopted }: Cell, eta: number) {
  const intensity = Math.min(chances * Math.exp(Math.min(eta, 50)), 500);
  const share = -Math.expm1(-intensity);
  const odds = intensity * Math.exp(-intensity);
  return {
    logLikelihood: (adopted === 0 ? 0 : adopted * Math.log(share)) - failures * intensity,
    slope: adopted * (odds / share) - failures * intensity,
    weight: ((adopted + failures) * intensity * odds) / share,
  };
}

// ---- The trend ----

/** Thresholds that are looked for. */
const cutsWanted = [2, 3, 4];

/** Sums over groups: score and variance of a contrast, and what the ratio of later to earlier chances is made of. */
interface ContrastSums {
  score: number;
  variance: number;
  /** Σ later adopted × earlier chances / all, its mirror, and the variance's numerator. */
  later: number;
  earlier: number;
  spread: number;
  earlierAdopted: number;
  laterAdopted: number;
  groupCount: number;
}

function noSums(): ContrastSums {
  return {
    ...{ score: 0, variance: 0, later: 0, earlier: 0, spread: 0, earlierAdopted: 0, laterAdopted: 0, groupCount: 0 },
  };
}

/** Rows of the groups in which somebody adopted, by group, ascending; a group's rows are one stretch, in the order given. */
function adoptingGroups({ count, group: label, adopted }: ExposureRows): { order: Int32Array; start: number[] } {
  const adopting = new Set<number>();
  for (let row = 0; row < count; row++) if (adopted[row] > 0) adopting.add(label[row]);
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (adopting.has(label[row])) rows.push(row);
  const order = Int32Array.from(rows).sort((a, b) => label[a] - label[b] || a - b);
  const start: number[] = [];
  order.forEach((row, place) => {
    if (place === 0 || label[row] !== label[order[place - 1]]) start.push(place);
  });
  start.push(order.length);
  return { order, start };
}

function trendOf(rows: ExposureRows): ResponseTrend {
  const { order, start } = adoptingGroups(rows);
  const whole = noSums();
  const atCut = cutsWanted.map(noSums);
  for (let group = 0; group + 1 < start.length; group++) {
    const cells = cellsOf(rows, order.subarray(start[group], start[group + 1]));
    addGroup(cells, Math.log, whole);
    cutsWanted.forEach((cut, index) => {
      const near = cells.filter(({ level }) => level < 2 * cut);
      addGroup(near, (level) => (level >= cut ? 1 : 0), atCut[index]);
    });
  }
  const z = whole.score / Math.sqrt(whole.variance);
  const cuts = cutsWanted.map((cut, index) => cutOf(cut, atCut[index]));
  const least = cuts.reduce((found, { pValue }) => (pValue < found ? pValue : found), 1);
  return { z, pFalling: normalTail(-z), cuts, pRising: Math.min(1, least * cutsWanted.length) };
}

function cutOf(cut: number, sums: ContrastSums): ResponseCut {
  const z = sums.score / Math.sqrt(sums.variance);
  const ratio = sums.later / sums.earlier;
  const reach = normalQuantile(0.975) * Math.sqrt(sums.spread / (sums.later * sums.earlier));
  const hasInterval = sums.later > 0 && sums.earlier > 0;
  const interval: [number, number] = hasInterval
    ? [ratio * Math.exp(-reach), ratio * Math.exp(reach)]
    : [Number.NaN, Number.NaN];
  const { earlierAdopted, laterAdopted, groupCount } = sums;
  return { cut, z, pValue: normalTail(z), ratio, interval, earlierAdopted, laterAdopted, groupCount };
}

/** Adds what a group says of a contrast of levels; nothing where outcomes or the contrast do not differ in it. */
function addGroup(cells: readonly Cell[], contrast: (level: number) => number, sums: ContrastSums): void {
  let trials = 0;
  let adopted = 0;
  let differs = false;
  for (const cell of cells) {
    trials += cell.failures + cell.adopted;
    adopted += cell.adopted;
    differs ||= contrast(cell.level) !== contrast(cells[0].level);
  }
  if (!differs || adopted === 0 || adopted === trials) return;
  const eta = commonIntensity(cells);
  let [score, weight, first, second] = [0, 0, 0, 0];
  const chances = { earlier: 0, later: 0 };
  const adoptions = { earlier: 0, later: 0 };
  for (const cell of cells) {
    const x = contrast(cell.level);
    const at = outcomeAt(cell, eta);
    score += at.slope * x;
    weight += at.weight;
    first += at.weight * x;
    second += at.weight * x * x;
    const side = x > 0 ? 'later' : 'earlier';
    // Chances of one trial overlap: two chances of p give one adoption less often than 2 p.
    const effective = Math.expm1(-cell.chances * Math.exp(eta)) / Math.expm1(-Math.exp(eta));
    chances[side] += (cell.failures + cell.adopted) * effective;
    adoptions[side] += cell.adopted;
  }
  sums.score += score;
  // The rate of the group was estimated from it: the factor n / (n - 1) of the hypergeometric variance.
  sums.variance += ((second - (first * first) / weight) * trials) / (trials - 1);
  sums.groupCount++;
  sums.earlierAdopted += adoptions.earlier;
  sums.laterAdopted += adoptions.later;
  const all = chances.earlier + chances.later;
  sums.later += (adoptions.later * chances.earlier) / all;
  sums.earlier += (adoptions.earlier * chances.later) / all;
  sums.spread += (adopted * chances.earlier * chances.later) / (all * all);
}

/** Log of the one intensity that makes a group's expected adoptions those observed, by bisection: the slope falls in η. */
function commonIntensity(cells: readonly Cell[]): number {
  let [low, high] = [-40, 10];
  for (let round = 0; round < bisectionCount; round++) {
    const middle = (low + high) / 2;
    let slope = 0;
    for (const cell of cells) slope += outcomeAt(cell, middle).slope;
    if (slope > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Halvings of an interval of 50 down to 10^-10. */
const bisectionCount = 39;

// ---- The verdict ----

/** What a response is called. */
export type Complexity = 'simple' | 'complex' | 'undecided';

/** A verdict in words too. */
export interface ResponseVerdict {
  readonly complexity: Complexity;
  readonly trend: 'rising' | 'flat' | 'falling';
  readonly words: string;
}

/**
 * Level of both one-sided trend tests; ratio from which a rise is called reinforcement; ratio that must be excluded to call it simple; ratio
 * up to which a fall is called one: small cascades feign ratios of 0.9, since where first chances fail there are no later ones.
 */
const bars = { pValue: 0.01, ratioMin: 1.5, excludedRatio: 2, fallingMax: 0.8 };

/** Simple, complex or undecided: a rise must be beyond chance and of size, and its absence must exclude a doubling at every cut. */
export function judgeResponse({ z, pRising, pFalling, cuts }: ResponseTrend): ResponseVerdict {
  const known = cuts.filter((one) => Number.isFinite(one.z));
  if (known.length === 0) {
    const words = 'undecided: no content has adopters of one kind at several levels of exposure';
    return { complexity: 'undecided', trend: 'flat', words };
  }
  const steepest = known.reduce((best, one) => (one.pValue < best.pValue ? one : best));
  const [first] = known;
  const isFalling = pFalling <= bars.pValue && first.ratio <= bars.fallingMax;
  const trend = pRising <= bars.pValue ? 'rising' : isFalling ? 'falling' : 'flat';
  if (trend === 'rising' && steepest.ratio >= bars.ratioMin) {
    return { complexity: 'complex', trend, words: `complex: ${cutWords(steepest)}` };
  }
  if (trend === 'rising') {
    const isSmall = steepest.interval[1] < bars.ratioMin;
    const called = isSmall ? 'simple, with a rise of less than half' : 'undecided, a rise that may be less than half';
    return { complexity: isSmall ? 'simple' : 'undecided', trend, words: `${called}: ${cutWords(steepest)}` };
  }
  const open = known.find(({ interval }) => !(interval[1] < bars.excludedRatio));
  if (open !== undefined) {
    const words = `undecided: too few adoptions to exclude a doubling (${cutWords(open)})`;
    return { complexity: 'undecided', trend, words };
  }
  if (trend === 'falling') {
    const why = 'fatigue, or the susceptible went first, which the curve alone cannot tell apart';
    return { complexity: 'simple', trend, words: `simple and falling: ${cutWords(first)}, z ${z.toFixed(1)}; ${why}` };
  }
  return { complexity: 'simple', trend, words: `simple, every exposure counts alike: ${cutWords(first)}` };
}

function cutWords({ cut, ratio, interval: [low, high] }: ResponseCut): string {
  const times = Number.isFinite(ratio) ? `${ratio.toFixed(2)} times as often` : 'sometimes, and one before it never';
  const between = Number.isNaN(low) ? '' : ` (${low.toFixed(2)} to ${high.toFixed(2)})`;
  return `a chance from exposure ${cut} on succeeds ${times}${between} as one before it`.replace(
    'never as one before it',
    'never',
  );
}
