/**
 * Risk sets of survival data: at each moment at which something happened, who could have been the one it happened to.
 *
 * Reads columns of rows (start, stop], event, stratum; a person may have many rows. A row is at risk at time t of its own stratum if
 * start < t <= stop; one that is at risk at no moment is left out, since it says nothing.
 * Order: strata ascending, inside each time descending, so that rows only ever enter by their stop and leave by their start and one
 * pass over sorted rows serves all sums. Rows that enter together stand with the events first, which makes the events of a
 * moment one stretch. `place` is a number in that order, `row` one of the caller's.
 * Invariant: Σ of `deathCount` is the number of events. Oracle: the double loop in `test/analysis/estimators/cox.test.ts`.
 * Source: Andersen and Gill (1982, Ann. Statist. 10) for counting-process rows.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Columns of survival data, one value a row. */
export interface SurvivalColumns {
  /** Time at which the row ends. */
  readonly stop: ArrayLike<number>;
  /** 1 if it ends with the event, 0 if the row was censored. */
  readonly event: ArrayLike<number>;
  /** Time at which the row begins to be at risk, below `stop`; from the beginning without it. */
  readonly start?: ArrayLike<number>;
  /** Any numbers: equal numbers are one stratum. One stratum without it. */
  readonly stratum?: ArrayLike<number>;
}

/** See the header. Moments are numbered in the order of the pass: stratum ascending, time descending. */
export interface RiskSets {
  readonly rowCount: number;
  readonly eventCount: number;
  readonly strataCount: number;
  /** Row at each place. */
  readonly rowOf: Int32Array;
  /** Places by start, descending, inside each stratum; empty when no row starts late. */
  readonly leaving: Int32Array;
  readonly momentTime: Float64Array;
  /** Whether the moment opens a stratum: sums begin anew. */
  readonly opensStratum: Uint8Array;
  /** Places before this one have entered by the moment, and `leaving` before this one has left. */
  readonly enteredEnd: Int32Array;
  readonly leftEnd: Int32Array;
  /** The events of the moment: places from here on. */
  readonly deathStart: Int32Array;
  readonly deathCount: Int32Array;
  /** Each place is at risk at the moments from `firstMoment` up to, but not including, `endMoment`. */
  readonly firstMoment: Int32Array;
  readonly endMoment: Int32Array;
}

/** Builds the risk sets. O(n log n). */
export function riskSetsOf(columns: SurvivalColumns): RiskSets {
  const { stop, event, start, stratum } = columns;
  const rowCount = stop.length;
  assertInvariant(event.length === rowCount, 'survival columns differ in length');
  const ordered = Int32Array.from({ length: rowCount }, (_, row) => row).sort(
    (a, b) =>
      (stratum === undefined ? 0 : stratum[a] - stratum[b]) || stop[b] - stop[a] || event[b] - event[a] || a - b,
  );
  const moments = momentsOf(columns, ordered);
  const spans = spansOf(columns, ordered, moments);
  const isUsed = ordered.map((_, index) => (spans.first[index] < spans.end[index] ? 1 : 0));
  const kept = (values: Int32Array): Int32Array => values.filter((_, index) => isUsed[index] === 1);
  const rowOf = kept(ordered);
  const firstMoment = kept(spans.first);
  const endMoment = kept(spans.end);
  const leaving = start === undefined ? new Int32Array(0) : leavingOrder(columns, rowOf, endMoment, moments.count);
  const momentOf = { firstMoment, endMoment };
  return {
    rowCount,
    eventCount: moments.eventCount,
    strataCount: moments.strataCount,
    rowOf,
    leaving,
    momentTime: moments.time.slice(0, moments.count),
    opensStratum: moments.opens.slice(0, moments.count),
    ...boundsOf(columns, rowOf, leaving, momentOf, moments.count),
    ...momentOf,
  };
}

interface Moments {
  readonly time: Float64Array;
  readonly opens: Uint8Array;
  /** Which moments belong to the stratum of each ordered row: from `from` to `to`. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly count: number;
  readonly eventCount: number;
  readonly strataCount: number;
}

function momentsOf({ stop, event, stratum }: SurvivalColumns, ordered: Int32Array): Moments {
  const { length } = ordered;
  const time = new Float64Array(length);
  const opens = new Uint8Array(length);
  const from = new Int32Array(length);
  const to = new Int32Array(length);
  let count = 0;
  let eventCount = 0;
  let strataCount = 0;
  for (let begin = 0; begin < length; strataCount++) {
    const first = count;
    let end = begin;
    for (; end < length && (stratum === undefined || stratum[ordered[end]] === stratum[ordered[begin]]); end++) {
      const row = ordered[end];
      if (event[row] !== 1) continue;
      eventCount++;
      if (count > first && time[count - 1] === stop[row]) continue;
      opens[count] = count === first ? 1 : 0;
      time[count++] = stop[row];
    }
    from.fill(first, begin, end);
    to.fill(count, begin, end);
    begin = end;
  }
  return { time, opens, from, to, count, eventCount, strataCount };
}

/** The moments at which each ordered row is at risk. */
function spansOf({ stop, start }: SurvivalColumns, ordered: Int32Array, { time, from, to }: Moments) {
  const first = ordered.map((row, index) => firstNotAbove(time, from[index], to[index], stop[row]));
  const end =
    start === undefined ? to : ordered.map((row, index) => firstNotAbove(time, from[index], to[index], start[row]));
  return { first, end };
}

/** First place in [from, to) of a descending column whose value is at most `limit`; `to` if there is none. */
function firstNotAbove(values: Float64Array, from: number, to: number, limit: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] > limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places by the moment at which they have left: a counting sort. Moments ascend with the stratum, so strata stay apart. */
function leavingOrder(
  columns: SurvivalColumns,
  rowOf: Int32Array,
  endMoment: Int32Array,
  momentCount: number,
): Int32Array {
  assertInvariant(columns.start?.length === columns.stop.length, 'survival columns differ in length');
  const offset = new Int32Array(momentCount + 2);
  for (let place = 0; place < rowOf.length; place++) offset[endMoment[place] + 1]++;
  for (let moment = 0; moment <= momentCount; moment++) offset[moment + 1] += offset[moment];
  const order = new Int32Array(rowOf.length);
  for (let place = 0; place < rowOf.length; place++) order[offset[endMoment[place]]++] = place;
  return order;
}

function boundsOf(
  { event, stop }: SurvivalColumns,
  rowOf: Int32Array,
  leaving: Int32Array,
  { firstMoment, endMoment }: { firstMoment: Int32Array; endMoment: Int32Array },
  momentCount: number,
) {
  const enteredEnd = new Int32Array(momentCount);
  const leftEnd = new Int32Array(momentCount);
  const deathStart = new Int32Array(momentCount);
  const deathCount = new Int32Array(momentCount);
  let entered = 0;
  let left = 0;
  for (let moment = 0; moment < momentCount; moment++) {
    for (; entered < rowOf.length && firstMoment[entered] <= moment; entered++) {
      if (event[rowOf[entered]] !== 1) continue;
      if (deathCount[moment] === 0) deathStart[moment] = entered;
      deathCount[moment]++;
    }
    while (left < leaving.length && endMoment[leaving[left]] <= moment) left++;
    enteredEnd[moment] = entered;
    leftEnd[moment] = left;
    const row = rowOf[deathStart[moment]];
    assertInvariant(deathCount[moment] > 0 && event[row] === 1, `no event at time ${stop[row]}`);
  }
  return { enteredEnd, leftEnd, deathStart, deathCount };
}
