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
  readonly setStart: readonly number[];
  readonly stratum: readonly number[];
  readonly level: readonly number[];
  /** At risk, adopters of the moment among them. */
  readonly atRisk: readonly number[];
  /** Of these, those who adopt it at this moment or later. */
  readonly adopters: readonly number[];
  /** Of these, those who adopt it at this moment. Levels are integers of at most 60. */
  readonly events: readonly number[];
}

/** The fit of one covariate. */
export interface LevelFit {
  /** Log hazard ratio per level; at the ends of ±10 where the likelihood rises for ever. */
  readonly coef: number;
  readonly se: number;
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

/** The sets as Cox's likelihood reads them: at risk and events by level, strata put together. */
interface Compact {
  readonly setStart: Int32Array;
  readonly level: Float64Array;
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  readonly levelMax: number;
  /** Place of each cell of the table. */
  readonly placeOf: Int32Array;
}

function compactOf(table: RiskLevels): Compact {
  const setStart = [0];
  const level: number[] = [];
  const atRisk: number[] = [];
  const events: number[] = [];
  const placeOf = new Int32Array(table.level.length);
  for (let set = 0; set + 1 < table.setStart.length; set++) {
    const placeAt = new Map<number, number>();
    for (let cell = table.setStart[set]; cell < table.setStart[set + 1]; cell++) {
      let place = placeAt.get(table.level[cell]);
      if (place === undefined) {
        place = level.push(table.level[cell]) - 1;
        atRisk.push(0);
        events.push(0);
        placeAt.set(table.level[cell], place);
      }
      placeOf[cell] = place;
      atRisk[place] += table.atRisk[cell];
      events[place] += table.events[cell];
    }
    setStart.push(level.length);
  }
  const [levels, risks, happened] = [level, atRisk, events].map((column) => Float64Array.from(column));
  const levelMax = level.reduce((most, one) => Math.max(most, one), 0);
  return { setStart: Int32Array.from(setStart), level: levels, atRisk: risks, events: happened, levelMax, placeOf };
}

/** The log hazard ratio per level of exposure. NaN without a set in which levels differ. */
export function fitLevels(table: RiskLevels): LevelFit {
  return fitCompact(compactOf(table));
}

const coefMax = 10;
const roundCountMax = 40;

/** Newton's search from zero; a step is at most 1, the coefficient at most `coefMax` in size. */
function fitCompact(compact: Compact): LevelFit {
  let coef = 0;
  let at = slopeAt(compact, coef);
  const { events } = at;
  const levelDeviation = Math.sqrt(at.information / Math.max(1, events));
  if (!(at.information > 1e-12)) return { coef: Number.NaN, se: Number.NaN, levelDeviation, events };
  for (let round = 0; round < roundCountMax; round++) {
    const step = Math.max(-1, Math.min(1, at.score / at.information));
    const next = Math.max(-coefMax, Math.min(coefMax, coef + step));
    if (Math.abs(next - coef) < 1e-9) break;
    coef = next;
    at = slopeAt(compact, coef);
    if (!(at.information > 1e-12)) {
      coef = Math.sign(coef) * coefMax;
      break;
    }
  }
  return { coef, se: at.information > 0 ? 1 / Math.sqrt(at.information) : Number.NaN, levelDeviation, events };
}

/**
 * Slope and curvature of the partial likelihood: Efron's, the tied events leave the set one by one. Weights are exp(coef (level - base)),
 * base the highest level of all for a positive coefficient: they cancel within a set, and none overflows; |coef| <= 10 and levels up
 * to 60 keep the smallest above the smallest double.
 */
function slopeAt({ setStart, level, atRisk, events, levelMax }: Compact, coef: number) {
  const base = coef > 0 ? levelMax : 0;
  const weights = Float64Array.from({ length: levelMax + 1 }, (_, one) => Math.exp(coef * (one - base)));
  let [score, information, eventCount] = [0, 0, 0];
  for (let set = 0; set + 1 < setStart.length; set++) {
    let [total, first, second, tiedTotal, tiedFirst, tiedSecond, tied] = [0, 0, 0, 0, 0, 0, 0];
    for (let place = setStart[set]; place < setStart[set + 1]; place++) {
      const x = level[place];
      const weight = weights[x];
      total += weight * atRisk[place];
      first += weight * atRisk[place] * x;
      second += weight * atRisk[place] * x * x;
      tiedTotal += weight * events[place];
      tiedFirst += weight * events[place] * x;
      tiedSecond += weight * events[place] * x * x;
      tied += events[place];
      score += events[place] * x;
    }
    for (let gone = 0; gone < tied; gone++) {
      const share = gone / tied;
      const sum = total - share * tiedTotal;
      const mean = (first - share * tiedFirst) / sum;
      score -= mean;
      information += (second - share * tiedSecond) / sum - mean * mean;
    }
    eventCount += tied;
  }
  return { score, information, events: eventCount };
}

/** The same sets without strata: one cell a level, so that a draw passes few cells. */
function withoutStrata(table: RiskLevels): RiskLevels {
  const { setStart, level, placeOf } = compactOf(table);
  const summed = (column: readonly number[]): number[] => {
    const sums = Array.from(level, () => 0);
    column.forEach((value, cell) => (sums[placeOf[cell]] += value));
    return sums;
  };
  return {
    ...{ setStart: Array.from(setStart), stratum: Array.from(level, () => 0), level: Array.from(level) },
    ...{ atRisk: summed(table.atRisk), adopters: summed(table.adopters), events: summed(table.events) },
  };
}

/** Draws `drawCount` placebos of one kind. */
export function drawPlacebo(given: RiskLevels, kind: PlaceboName, stream: RandomStream, drawCount: number): Placebo {
  const isWithin = kind === 'strata' || kind === 'alike';
  const table = isWithin ? given : withoutStrata(given);
  const compact = compactOf(table);
  const observed = fitCompact(compact).coef;
  const drawn = new Float64Array(drawCount);
  const events = new Float64Array(compact.events.length);
  const left = Float64Array.from(kind === 'adopters' || kind === 'alike' ? table.adopters : table.atRisk);
  const full = left.slice();
  let atLeast = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    events.fill(0);
    left.set(full);
    dealAnew(table, isWithin, left, compact.placeOf, events, stream);
    drawn[draw] = fitCompact({ ...compact, events }).coef;
    // Written so that a draw without information counts against the observed one.
    if (!(drawn[draw] < observed - 1e-9)) atLeast++;
  }
  const known = drawn.filter((coef) => !Number.isNaN(coef)).sort();
  const mean = known.reduce((sum, coef) => sum + coef, 0) / known.length;
  return {
    ...{ observed, mean, interval: [quantileSorted(known, 0.025), quantileSorted(known, 0.975)] },
    ...{ pValue: (1 + atLeast) / (1 + drawCount), drawCount },
  };
}

/** Deals the events of every set to those in `left`, from which they are taken; within strata where asked. */
function dealAnew(
  { setStart, stratum, events: happened }: RiskLevels,
  isWithin: boolean,
  left: Float64Array,
  placeOf: Int32Array,
  events: Float64Array,
  stream: RandomStream,
): void {
  for (let set = 0; set + 1 < setStart.length; set++) {
    for (let from = setStart[set]; from < setStart[set + 1];) {
      let to = from;
      let due = 0;
      let pool = 0;
      for (; to < setStart[set + 1] && (!isWithin || stratum[to] === stratum[from]); to++) {
        due += happened[to];
        pool += left[to];
      }
      for (; due > 0; due--, pool--) {
        let lot = stream.uniform() * pool;
        let cell = from;
        while (cell + 1 < to && lot >= left[cell]) lot -= left[cell++];
        // Rounding may end on an empty cell: the last one that holds someone.
        while (left[cell] === 0) cell--;
        left[cell]--;
        events[placeOf[cell]]++;
      }
      from = to;
    }
  }
}
