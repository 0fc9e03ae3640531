/**
 * Acts of agents on targets as columns: in time order, by agent, by target, and in bins of acts that stand near one another in time.
 *
 * Reads columns, writes typed arrays only: some 50 bytes an act. An agent's first act on a target is kept, later ones are left out and counted, so that
 * agents and targets form a simple bipartite graph with times. A *slot* is a kept act: its number is its place in time order.
 * A *bin* is a run of `binActs` slots of one class, neighbours in time; a class is a stratum (say a kind of act and a community) and how old the
 * target was. Bins are what null models keep: each agent's times, and how many acts each target has in each bin, which is its curve
 * over time. Bins are cut by count, so that they are short where much happens, as when a tenth of the agents wake at one moment.
 * Order: slots by (time, given order). Invariant: every slot is in one bin; strata and ages with few acts are joined, age first.
 * Oracle: plain sorts and Maps, in `test/analysis/estimators/co-action.test.ts`.
 */
import { createRadixScratch, sortPairs } from '../../sim/ground/radix.ts';
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Acts, one a row, in any order. */
export interface ActColumns {
  readonly agentCount: number;
  readonly targetCount: number;
  readonly agent: Int32Array;
  readonly target: Int32Array;
  /** Seconds; any zero. */
  readonly timeSeconds: Float64Array;
  /** What an act is exchanged within only, such as its kind and its target's community; from 0. One for all where it is missing. */
  readonly stratum?: Int32Array;
  /** When each target came to be, in seconds; its first act where it is missing. */
  readonly bornSeconds?: Float64Array;
}

/** Acts by slot, and the slots of each agent, target and bin, ascending. */
export interface ActIndex {
  readonly agentCount: number;
  readonly targetCount: number;
  readonly slotCount: number;
  readonly agent: Int32Array;
  readonly target: Int32Array;
  /** Seconds since the first act. */
  readonly time: Float64Array;
  /** Row of the columns behind each slot. */
  readonly row: Int32Array;
  readonly agentOffset: Int32Array;
  readonly agentSlot: Int32Array;
  readonly targetOffset: Int32Array;
  readonly targetSlot: Int32Array;
  readonly bin: Int32Array;
  readonly binOffset: Int32Array;
  readonly binSlot: Int32Array;
  /** Acts left out: an agent's second and later acts on a target. */
  readonly repeatCount: number;
}

/** Acts in a bin. 64: a ring of 30 of whom half act at one moment fills a quarter of a bin; larger bins blur a feed that changes by the minute. */
export const binActsDefault = 64;
/** Ages of a target that are told apart, in seconds: 1, 5, 30 minutes, 2, 8 hours, a day. */
const ageBoundsSeconds = [60, 300, 1800, 7200, 28_800, 86_400];
const ageCount = ageBoundsSeconds.length + 2;

/** Puts acts into slots and bins. Linear but for the sorts, which are radix sorts. */
export function indexActs(columns: ActColumns, binActs = binActsDefault): ActIndex {
  const { agentCount, targetCount } = columns;
  const { rows, startSeconds } = rowsInTime(columns);
  const { row, repeatCount } = withoutRepeats(columns, rows);
  const slotCount = row.length;
  const agent = Int32Array.from(row, (one) => columns.agent[one]);
  const target = Int32Array.from(row, (one) => columns.target[one]);
  const time = Float64Array.from(row, (one) => columns.timeSeconds[one] - startSeconds);
  const byAgent = groupSlots(agent, agentCount);
  const byTarget = groupSlots(target, targetCount);
  const ages = agesOf(columns, target, time, startSeconds, byTarget);
  const { of: classOf, count: classCount } = classesOf(columns.stratum, row, ages, binActs);
  const byClass = groupSlots(classOf, classCount);
  const bins = cutBins(byClass.offset, byClass.slot, binActs);
  return {
    ...{ agentCount, targetCount, slotCount, agent, target, time, row, repeatCount },
    ...{ agentOffset: byAgent.offset, agentSlot: byAgent.slot },
    ...{ targetOffset: byTarget.offset, targetSlot: byTarget.slot },
    ...{ bin: bins.of, binOffset: bins.offset, binSlot: byClass.slot },
  };
}

/** Rows by time, equal times in their given order. Times are told apart to the thousandth of a second, or to 2^-30 of the span if that is more. */
function rowsInTime({ agent, target, timeSeconds }: ActColumns): { rows: Int32Array; startSeconds: number } {
  const count = agent.length;
  assertInvariant(target.length === count && timeSeconds.length === count, 'columns of acts differ in length');
  let [start, end] = [Infinity, -Infinity];
  for (let row = 0; row < count; row++) {
    start = Math.min(start, timeSeconds[row]);
    end = Math.max(end, timeSeconds[row]);
  }
  const unit = Math.max(0.001, (end - start) / 2 ** 30);
  const rows = new Int32Array(count);
  const keys = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    rows[row] = row;
    keys[row] = Math.floor((timeSeconds[row] - start) / unit);
  }
  sortPairs(keys, rows, count, createRadixScratch(count));
  return { rows, startSeconds: count === 0 ? 0 : start };
}

/** Rows in time order without an agent's later acts on a target. */
function withoutRepeats(
  { agent, target, agentCount, targetCount }: ActColumns,
  rows: Int32Array,
): { row: Int32Array; repeatCount: number } {
  const targets = Int32Array.from(rows, (one) => target[one]);
  const byTarget = groupSlots(targets, targetCount);
  const met = new Int32Array(agentCount).fill(-1);
  const isKept = new Uint8Array(rows.length);
  let kept = 0;
  for (let one = 0; one < targetCount; one++) {
    for (let at = byTarget.offset[one]; at < byTarget.offset[one + 1]; at++) {
      const place = byTarget.slot[at];
      const actor = agent[rows[place]];
      if (met[actor] === one) continue;
      met[actor] = one;
      isKept[place] = 1;
      kept++;
    }
  }
  const row = new Int32Array(kept);
  let end = 0;
  for (let place = 0; place < rows.length; place++) if (isKept[place] === 1) row[end++] = rows[place];
  return { row, repeatCount: rows.length - kept };
}

/** Slots of each group, ascending: a counting sort. */
export function groupSlots(group: Int32Array, groupCount: number): { offset: Int32Array; slot: Int32Array } {
  const offset = new Int32Array(groupCount + 1);
  for (const one of group) offset[one + 1]++;
  for (let one = 0; one < groupCount; one++) offset[one + 1] += offset[one];
  const cursor = offset.slice(0, groupCount);
  const slot = new Int32Array(group.length);
  for (let at = 0; at < group.length; at++) slot[cursor[group[at]]++] = at;
  return { offset, slot };
}

/** How old each slot's target is, as a class; the first act on a target that nobody knows the birth of has a class of its own. */
function agesOf(
  { bornSeconds }: ActColumns,
  target: Int32Array,
  time: Float64Array,
  startSeconds: number,
  byTarget: { offset: Int32Array; slot: Int32Array },
): Int32Array {
  return Int32Array.from(target, (one, slot) => {
    if (bornSeconds !== undefined) return ageClass(time[slot] - (bornSeconds[one] - startSeconds));
    const first = byTarget.slot[byTarget.offset[one]];
    return slot === first ? ageCount - 1 : ageClass(time[slot] - time[first]);
  });
}

/** Class of each slot: stratum and age, where there are acts enough for some bins; the stratum, where there are for one; else the rest. */
function classesOf(
  stratum: Int32Array | undefined,
  row: Int32Array,
  age: Int32Array,
  binActs: number,
): { of: Int32Array; count: number } {
  const strata = stratum === undefined ? new Int32Array(row.length) : Int32Array.from(row, (one) => stratum[one]);
  const fine = Int32Array.from(age, (one, slot) => strata[slot] * ageCount + one);
  const strataCounts = countsOf(strata);
  let count = 1;
  const fineNumbers = Int32Array.from(countsOf(fine), (acts) => (acts >= 4 * binActs ? count++ : -1));
  const coarseNumbers = Int32Array.from(strataCounts, (acts) => (acts >= binActs ? count++ : 0));
  const of = Int32Array.from(fine, (one, slot) =>
    fineNumbers[one] >= 0 ? fineNumbers[one] : coarseNumbers[strata[slot]],
  );
  return { of, count };
}

function countsOf(values: Int32Array): Int32Array {
  let largest = -1;
  for (const value of values) largest = Math.max(largest, value);
  const counts = new Int32Array(largest + 1);
  for (const value of values) counts[value]++;
  return counts;
}

function ageClass(seconds: number): number {
  let one = 0;
  while (one < ageBoundsSeconds.length && seconds >= ageBoundsSeconds[one]) one++;
  return one;
}

/** Cuts each class into bins of equal size, nearly `binActs` each, so that no short one is left over. */
function cutBins(classOffset: Int32Array, slots: Int32Array, binActs: number): { of: Int32Array; offset: Int32Array } {
  const starts = [0];
  for (let one = 0; one + 1 < classOffset.length; one++) {
    const [from, to] = [classOffset[one], classOffset[one + 1]];
    const parts = Math.max(1, Math.round((to - from) / binActs));
    if (to === from) continue;
    for (let part = 1; part <= parts; part++) starts.push(from + Math.floor(((to - from) * part) / parts));
  }
  const offset = Int32Array.from(starts);
  const of = new Int32Array(slots.length);
  for (let bin = 0; bin + 1 < offset.length; bin++) {
    for (let at = offset[bin]; at < offset[bin + 1]; at++) of[slots[at]] = bin;
  }
  return { of, offset };
}
