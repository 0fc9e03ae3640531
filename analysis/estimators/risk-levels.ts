/**
 * Who could have adopted, as counts: hazard ratio per exposure of large populations, and placebos that deal adoptions out anew.
 *
 * A set is a content at a moment at which someone adopted it: all who were at risk, by kind of person (stratum), by whether they adopt
 * it then or later, and by level of exposure. Cox's likelihood needs no more than these counts, so that a million agents at risk
 * cost as much as a hundred. The covariate is the level, β its log hazard ratio, ties are Efron's (`cox-likelihood.ts`).
 * A placebo keeps contents, moments, and who stood where at each of them; it draws who adopts, without replacement,
 *
 *     everyone   from all at risk           what there would be if who adopts, and when, were chance
 *     adopters   from those who adopt it then or later    the same adopters, their times shuffled
 *     strata     from those of the same stratum           what likeness within strata alone would give
 *     alike      from those of the same stratum who adopt it then or later; strata are then what tells quick adopters from slow ones
 *
 * Sets whose levels do not differ say nothing of β, whoever adopts in them: they are counted and passed over, as are draws without a choice.
 * Given the past, each of these is a fair draw where adoption does not follow exposure. Shuffling times outright would also redraw
 * exposures; drawing from risk sets keeps them, which is exact under the hypothesis, also for recorded exposures, which end
 * at adoption. p = (1 + draws at or above the observed β) / (1 + draws), one-sided.
 * Oracles: `fitCox` on the same rows; the level of the tests over worlds without contagion, in `test/check/adoption.ts`.
 * Sources: Anagnostopoulos, Kumar and Mahdian (2008, KDD) for shuffled times; Aral, Muchnik and Sundararajan (2009, PNAS 106).
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { quantileSorted } from './distribution.ts';

/** Counts by set and cell. Cells of a set stand together, ascending by stratum. */
export interface RiskLevels {
  /** First cell of each set, and the end of the last. */
  readonly setStart: ArrayLike<number>;
  readonly stratum: ArrayLike<number>;
  readonly level: ArrayLike<number>;
  /** At risk, adopters of the moment among them. */
  readonly atRisk: ArrayLike<number>;
  /** Of these, those who adopt it at this moment or later. */
  readonly adopters: ArrayLike<number>;
  /** Of these, those who adopt it at this moment. Levels are integers of at most 60. */
  readonly events: ArrayLike<number>;
  /** Content of each set: sets of one content depend on one another. */
  readonly content?: ArrayLike<number>;
}

/** The fit of one covariate. */
export interface LevelFit {
  /** Log hazard ratio per level; at the ends of ±10 where the likelihood rises for ever. */
  readonly coef: number;
  /** From the information, as if adoptions were independent given the past. */
  readonly se: number;
  /** Sandwich over contents: what the ratio would vary by if other contents were drawn. NaN where the table names none, or only one. */
  readonly contentSe: number;
  /** Standard deviation of levels among those at risk together: what turns a ratio per exposure into one of usual size. */
  readonly levelDeviation: number;
  readonly events: number;
}

export const placeboNames = ['everyone', 'adopters', 'strata', 'alike'] as const;
export type PlaceboName = (typeof placeboNames)[number];

/** Where the observed coefficient stands among drawn ones. */
export interface Placebo {
  readonly observed: number;
  /** Mean, and the 2.5 % and 97.5 % quantiles of the draws; all are coefficients. */
  readonly mean: number;
  readonly interval: [number, number];
  /** That the observed one is no greater than those drawn. */
  readonly pValue: number;
  readonly drawCount: number;
}

/** Sets in which levels differ, as Cox's likelihood reads them: at risk and events by level, strata put together. */
interface Compact {
  readonly setStart: Int32Array;
  readonly level: Uint8Array;
  readonly atRisk: Float64Array;
  /** Events of each set: a placebo keeps them. */
  readonly tied: Int32Array;
  readonly levelMax: number;
  /** Place of each cell of the table; -1 in sets that were passed over. */
  readonly placeOf: Int32Array;
  /** Set of the table behind each set. */
  readonly setOf: Int32Array;
  readonly eventCount: number;
}

function compactOf(table: RiskLevels): Compact {
  const setStart = [0];
  const level: number[] = [];
  const setOf: number[] = [];
  const placeOf = new Int32Array(table.level.length).fill(-1);
  const placeAt = new Int32Array(levelsMax + 1).fill(-1);
  let levelMax = 0;
  for (let set = 0; set + 1 < table.setStart.length; set++) {
    const [from, to] = [table.setStart[set], table.setStart[set + 1]];
    let differs = false;
    for (let cell = from; cell < to; cell++) differs ||= table.level[cell] !== table.level[from];
    if (!differs) continue;
    const first = level.length;
    for (let cell = from; cell < to; cell++) {
      const one = table.level[cell];
      if (placeAt[one] < first) placeAt[one] = level.push(one) - 1;
      placeOf[cell] = placeAt[one];
      levelMax = Math.max(levelMax, one);
    }
    setStart.push(level.length);
    setOf.push(set);
  }
  const compact = { setStart: Int32Array.from(setStart), level: Uint8Array.from(level), levelMax, placeOf };
  return {
    ...compact,
    atRisk: byPlace(compact, table.atRisk),
    tied: tiedOf(compact.setStart, byPlace(compact, table.events)),
    setOf: Int32Array.from(setOf),
    eventCount: sumOf(table.events),
  };
}

/** Levels are integers from 0 to this. */
const levelsMax = 255;

/** A column of cells, summed over strata. */
function byPlace({ level, placeOf }: Pick<Compact, 'level' | 'placeOf'>, column: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(level.length);
  for (let cell = 0; cell < placeOf.length; cell++) if (placeOf[cell] >= 0) sums[placeOf[cell]] += column[cell];
  return sums;
}

function tiedOf(setStart: Int32Array, events: Float64Array): Int32Array {
  return Int32Array.from({ length: setStart.length - 1 }, (_, set) =>
    events.subarray(setStart[set], setStart[set + 1]).reduce((sum, one) => sum + one, 0),
  );
}

function sumOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < column.length; at++) sum += column[at];
  return sum;
}

/** The log hazard ratio per level of exposure. NaN without a set in which levels differ. */
export function fitLevels(table: RiskLevels): LevelFit {
  const compact = compactOf(table);
  const events = byPlace(compact, table.events);
  const { coef, information } = search(compact, events, 0);
  return {
    coef,
    se: information > 0 && !Number.isNaN(coef) ? 1 / Math.sqrt(information) : Number.NaN,
    contentSe: table.content === undefined ? Number.NaN : contentErrorOf(compact, events, coef, table.content),
    levelDeviation: Math.sqrt(information / Math.max(1, compact.eventCount)),
    events: compact.eventCount,
  };
}

const coefMax = 10;
const roundCountMax = 40;
/** A step below this is the last: Newton's next one would be below its square. */
const lastStep = 1e-6;

interface Found {
  readonly coef: number;
  /** At the last place that was looked at, within `lastStep` of the coefficient. */
  readonly information: number;
}

/**
 * Newton's search; a step is at most 1, the coefficient at most `coefMax` in size. `singles`: what sets of one event add at the start, where
 * it is known, since it is the same in every draw of a placebo.
 */
function search(compact: Compact, events: Float64Array, start: number, singles = singlesAt(compact, start)): Found {
  const observed = levelSum(compact, events);
  let coef = start;
  let at = slopeAt(compact, events, observed, coef, singles);
  if (!(at.information > 1e-12)) return { coef: Number.NaN, information: at.information };
  for (let round = 0; round < roundCountMax; round++) {
    const step = Math.max(-1, Math.min(1, at.score / at.information));
    const next = Math.max(-coefMax, Math.min(coefMax, coef + step));
    const isLast = Math.abs(next - coef) < lastStep;
    coef = next;
    if (isLast) break;
    at = slopeAt(compact, events, observed, coef, singlesAt(compact, coef));
    if (!(at.information > 1e-12)) {
      coef = Math.sign(coef) * coefMax;
      break;
    }
  }
  return { coef, information: at.information };
}

function levelSum({ level }: Compact, events: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < level.length; place++) sum += events[place] * level[place];
  return sum;
}

/** Expected level and variance of the events so far. */
interface Expected {
  mean: number;
  information: number;
}

/**
 * Weights are exp(coef (level - base)), base the highest level of all for a positive coefficient: they cancel within a set, and none
 * overflows; |coef| <= 10 and levels up to 60 keep the smallest above the smallest double.
 */
function weightsAt({ levelMax }: Compact, coef: number): Float64Array {
  const base = coef > 0 ? levelMax : 0;
  return Float64Array.from({ length: levelMax + 1 }, (_, one) => Math.exp(coef * (one - base)));
}

/** What sets of one event expect: it does not depend on who the one was. */
function singlesAt(compact: Compact, coef: number): Expected {
  const { setStart, level, atRisk, tied } = compact;
  const weights = weightsAt(compact, coef);
  const expected = { mean: 0, information: 0 };
  for (let set = 0; set < tied.length; set++) {
    if (tied[set] !== 1) continue;
    let [total, first, second] = [0, 0, 0];
    for (let place = setStart[set]; place < setStart[set + 1]; place++) {
      const x = level[place];
      const mass = weights[x] * atRisk[place];
      total += mass;
      first += mass * x;
      second += mass * x * x;
    }
    const mean = first / total;
    expected.mean += mean;
    expected.information += second / total - mean * mean;
  }
  return expected;
}

/** Slope and curvature of the partial likelihood. */
function slopeAt(compact: Compact, events: Float64Array, observed: number, coef: number, singles: Expected) {
  const weights = weightsAt(compact, coef);
  const expected = { ...singles };
  const { tied } = compact;
  for (let set = 0; set < tied.length; set++) if (tied[set] > 1) addTied(compact, events, weights, set, expected);
  return { score: observed - expected.mean, information: expected.information };
}

/** Efron: the tied events of a set leave it one by one. */
function addTied(
  { setStart, level, atRisk, tied }: Compact,
  events: Float64Array,
  weights: Float64Array,
  set: number,
  expected: Expected,
): void {
  let [total, first, second, tiedTotal, tiedFirst, tiedSecond] = [0, 0, 0, 0, 0, 0];
  for (let place = setStart[set]; place < setStart[set + 1]; place++) {
    const x = level[place];
    const mass = weights[x] * atRisk[place];
    total += mass;
    first += mass * x;
    second += mass * x * x;
    const gone = weights[x] * events[place];
    tiedTotal += gone;
    tiedFirst += gone * x;
    tiedSecond += gone * x * x;
  }
  for (let gone = 0; gone < tied[set]; gone++) {
    const share = gone / tied[set];
    const sum = total - share * tiedTotal;
    const mean = (first - share * tiedFirst) / sum;
    expected.mean += mean;
    expected.information += (second - share * tiedSecond) / sum - mean * mean;
  }
}

/** Standard error from the scores of contents, which add up to zero at the maximum. */
function contentErrorOf(compact: Compact, events: Float64Array, coef: number, content: ArrayLike<number>): number {
  const { setStart, level, setOf } = compact;
  const weights = weightsAt(compact, coef);
  const scores = new Map<number, number>();
  let information = 0;
  for (let set = 0; set < setOf.length; set++) {
    const expected = { mean: 0, information: 0 };
    addTied(compact, events, weights, set, expected);
    let score = -expected.mean;
    for (let place = setStart[set]; place < setStart[set + 1]; place++) score += events[place] * level[place];
    scores.set(content[setOf[set]], (scores.get(content[setOf[set]]) ?? 0) + score);
    information += expected.information;
  }
  if (scores.size < 2) return Number.NaN;
  let squares = 0;
  for (const score of scores.values()) squares += score * score;
  return Math.sqrt((squares * scores.size) / (scores.size - 1)) / information;
}

/** Draws `drawCount` placebos of one kind. */
export function drawPlacebo(table: RiskLevels, kind: PlaceboName, stream: RandomStream, drawCount: number): Placebo {
  const compact = compactOf(table);
  const lots = lotsOf(table, compact, kind);
  const observed = search(compact, byPlace(compact, table.events), 0).coef;
  const drawn = new Float64Array(drawCount);
  const events = new Float64Array(compact.level.length);
  const left = lots.size.slice();
  let start = 0;
  let singles = singlesAt(compact, start);
  let atLeast = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    events.set(lots.settled);
    left.set(lots.size);
    dealAnew(lots, left, events, stream);
    drawn[draw] = search(compact, events, start, singles).coef;
    // Written so that a draw without information counts against the observed one.
    if (!(drawn[draw] < observed - tieWidth)) atLeast++;
    if (draw > 0 || Number.isNaN(drawn[0])) continue;
    // Draws lie near one another: the others start where the first one ended.
    start = drawn[0];
    singles = singlesAt(compact, start);
  }
  const known = drawn.filter((coef) => !Number.isNaN(coef)).sort();
  const mean = known.reduce((sum, coef) => sum + coef, 0) / known.length;
  return {
    ...{ observed, mean, interval: [quantileSorted(known, 0.025), quantileSorted(known, 0.975)] },
    ...{ pValue: (1 + atLeast) / (1 + drawCount), drawCount },
  };
}

/** Coefficients closer than this are equal: searches from two starts end within 10^-10 of one another. */
const tieWidth = 1e-9;

/** What is dealt out: lots of places with the number of people who stand there, and how many of them adopt. */
interface Lots {
  /** First entry of each lot, and the end of the last. */
  readonly start: Int32Array;
  readonly due: Int32Array;
  readonly place: Int32Array;
  readonly size: Float64Array;
  /** Events without a choice, by place. */
  readonly settled: Float64Array;
}

/** A lot is a stratum of a set, or the set. Those who cannot adopt, and lots with one place only, leave no choice. */
function lotsOf(table: RiskLevels, compact: Compact, kind: PlaceboName): Lots {
  const isWithin = kind === 'strata' || kind === 'alike';
  const pool = kind === 'adopters' || kind === 'alike' ? table.adopters : table.atRisk;
  const [start, due, place, size] = [[0], [] as number[], [] as number[], [] as number[]];
  const settled = new Float64Array(compact.level.length);
  const sizeAt = new Float64Array(compact.level.length);
  for (const set of compact.setOf) {
    const end = table.setStart[set + 1];
    for (let from = table.setStart[set]; from < end;) {
      const places: number[] = [];
      let happened = 0;
      let to = from;
      for (; to < end && (!isWithin || table.stratum[to] === table.stratum[from]); to++) {
        happened += table.events[to];
        if (pool[to] === 0) continue;
        const at = compact.placeOf[to];
        if (sizeAt[at] === 0) places.push(at);
        sizeAt[at] += pool[to];
      }
      from = to;
      if (places.length === 1) settled[places[0]] += happened;
      else if (happened > 0) {
        for (const at of places) {
          place.push(at);
          size.push(sizeAt[at]);
        }
        start.push(place.length);
        due.push(happened);
      }
      for (const at of places) sizeAt[at] = 0;
    }
  }
  const [starts, dues, places] = [start, due, place].map((column) => Int32Array.from(column));
  return { start: starts, due: dues, place: places, size: Float64Array.from(size), settled };
}

/** Deals the events of every lot to those who are left in it, without replacement. */
function dealAnew({ start, due, place }: Lots, left: Float64Array, events: Float64Array, stream: RandomStream): void {
  for (let lot = 0; lot < due.length; lot++) {
    const [from, to] = [start[lot], start[lot + 1]];
    let pool = 0;
    for (let entry = from; entry < to; entry++) pool += left[entry];
    for (let dealt = 0; dealt < due[lot]; dealt++, pool--) {
      let aim = stream.uniform() * pool;
      let entry = from;
      while (entry + 1 < to && aim >= left[entry]) aim -= left[entry++];
      // Rounding may end on an empty entry: the last one that holds someone.
      while (left[entry] === 0) entry--;
      left[entry]--;
      events[place[entry]]++;
    }
  }
}
