/**
 * Co-acting pairs: two agents who act on the same targets within a window of one another, at several windows at once.
 *
 * Reads an act index, and the target of each slot (the observed ones, or those that a null model dealt out); hands each pair with at least
 * `jointMin` joint targets to a visitor. A target counts once for a pair, since an agent's repeated acts are left out. Targets with more than
 * `targetActsMax` acts are passed over, in data and null alike: acting on what everybody acts on says little, and costs the square.
 * Order: pairs by (lower agent, order of meeting). Memory: 16 bytes an act; nothing is allocated for a pair.
 * Cost: the sum over targets of acts squared, of large ones of pairs of acts within the largest window.
 * Invariant: counts of windows are nested, those of a larger window hold those of a smaller.
 * Oracle: all pairs by sets, in `test/analysis/estimators/co-action.test.ts`. Source: Pacheco et al. (2021, ICWSM 15), co-action networks.
 */
import type { ActIndex } from './act-index.ts';

/** What counts as acting together. */
export interface CoActionOptions {
  /** Ascending, in seconds. */
  readonly windowsSeconds: readonly number[];
  readonly targetActsMax: number;
  readonly jointMin: number;
}

/** Called for a pair, `one < other`; `joint[w]`: targets on which both acted within window `w`. The array is used again for the next pair. */
export type PairVisitor = (one: number, other: number, joint: Int32Array) => void;

/** Visits each pair with at least `jointMin` joint targets within the largest window. */
export function visitPairs(index: ActIndex, target: Int32Array, options: CoActionOptions, visit: PairVisitor): void {
  const { agentCount, agentOffset, targetCount } = index;
  const { windowsSeconds, jointMin } = options;
  const room: Room = {
    ...listsOf(index, target, options),
    ...{ totals: new Int32Array(agentCount), touched: new Int32Array(agentCount) },
    ...{ markOf: new Int32Array(targetCount).fill(-1), markTime: new Float64Array(targetCount) },
    bounds: Float64Array.from(windowsSeconds),
    joint: new Int32Array(windowsSeconds.length),
  };
  const { totals, touched, joint } = room;
  for (let one = 0; one < agentCount; one++) {
    if (agentOffset[one + 1] - agentOffset[one] < jointMin) continue;
    const touchedCount = countLater(index, target, room, one);
    let isMarked = false;
    for (let k = 0; k < touchedCount; k++) {
      const other = touched[k];
      const total = totals[other];
      totals[other] = 0;
      if (total < jointMin) continue;
      if (!isMarked) mark(index, target, room, one);
      isMarked = true;
      countByWindow(index, target, room, one, other);
      visit(one, other, joint);
    }
  }
}

interface Lists {
  /** Acts on each target by agent, by time where they are more than `sweptActsMin`; targets that are passed over have none. */
  readonly offset: Int32Array;
  readonly actor: Int32Array;
  readonly when: Float64Array;
  /** Place of each slot in these lists, -1 for none. */
  readonly place: Int32Array;
}

interface Room extends Lists {
  /** Joint targets of the agent at hand with each later agent, within the largest window. */
  readonly totals: Int32Array;
  readonly touched: Int32Array;
  /** Who acted on a target last of those at hand, and when. */
  readonly markOf: Int32Array;
  readonly markTime: Float64Array;
  readonly bounds: Float64Array;
  readonly joint: Int32Array;
}

function listsOf(index: ActIndex, target: Int32Array, { targetActsMax }: CoActionOptions): Lists {
  const { targetCount, slotCount, agent, time, agentSlot, targetOffset } = index;
  const offset = new Int32Array(targetCount + 1);
  for (let one = 0; one < targetCount; one++) {
    const acts = targetOffset[one + 1] - targetOffset[one];
    offset[one + 1] = offset[one] + (acts < 2 || acts > targetActsMax ? 0 : acts);
  }
  const cursor = offset.slice(0, targetCount);
  const actor = new Int32Array(offset[targetCount]);
  const when = new Float64Array(offset[targetCount]);
  const place = new Int32Array(slotCount).fill(-1);
  const put = (slot: number): void => {
    const at = cursor[target[slot]]++;
    actor[at] = agent[slot];
    when[at] = time[slot];
    place[slot] = at;
  };
  const actsOn = (slot: number): number => offset[target[slot] + 1] - offset[target[slot]];
  for (const slot of agentSlot) if (actsOn(slot) > 0 && actsOn(slot) <= sweptActsMin) put(slot);
  if (targetActsMax > sweptActsMin) {
    for (let slot = 0; slot < slotCount; slot++) if (actsOn(slot) > sweptActsMin) put(slot);
  }
  return { offset, actor, when, place };
}

/** Targets with more acts are walked along in time, both ways up to the widest window: with all acts of a day on one post the square of them is too much. */
const sweptActsMin = 256;

/** Counts joint targets with each later agent. The hot loop: one visit a pair of acts on a target. */
function countLater({ agentOffset, agentSlot }: ActIndex, target: Int32Array, room: Room, one: number): number {
  const { offset, actor, when, place, totals, touched, bounds } = room;
  const widest = bounds[bounds.length - 1];
  let touchedCount = 0;
  for (let k = agentOffset[one]; k < agentOffset[one + 1]; k++) {
    const own = place[agentSlot[k]];
    if (own < 0) continue;
    const now = when[own];
    const [start, end] = [offset[target[agentSlot[k]]], offset[target[agentSlot[k]] + 1]];
    if (end - start > sweptActsMin) {
      touchedCount = sweep(room, one, own, start, end, touchedCount);
      continue;
    }
    for (let at = own + 1; at < end; at++) {
      const lag = when[at] - now;
      if (lag > widest || -lag > widest) continue;
      const other = actor[at];
      if (totals[other]++ === 0) touched[touchedCount++] = other;
    }
  }
  return touchedCount;
}

/** Counts the later agents near one act on a target whose acts stand in the order of time. */
function sweep(room: Room, one: number, own: number, start: number, end: number, touchedBefore: number): number {
  const { actor, when, totals, touched, bounds } = room;
  const widest = bounds[bounds.length - 1];
  const now = when[own];
  let touchedCount = touchedBefore;
  for (let at = own - 1; at >= start && now - when[at] <= widest; at--) {
    const other = actor[at];
    if (other > one && totals[other]++ === 0) touched[touchedCount++] = other;
  }
  for (let at = own + 1; at < end && when[at] - now <= widest; at++) {
    const other = actor[at];
    if (other > one && totals[other]++ === 0) touched[touchedCount++] = other;
  }
  return touchedCount;
}

function mark({ agentOffset, agentSlot, time }: ActIndex, target: Int32Array, room: Room, one: number): void {
  for (let k = agentOffset[one]; k < agentOffset[one + 1]; k++) {
    const slot = agentSlot[k];
    if (room.place[slot] < 0) continue;
    room.markOf[target[slot]] = one;
    room.markTime[target[slot]] = time[slot];
  }
}

function countByWindow(
  { agentOffset, agentSlot, time }: ActIndex,
  target: Int32Array,
  { place, markOf, markTime, bounds, joint }: Room,
  one: number,
  other: number,
): void {
  joint.fill(0);
  for (let k = agentOffset[other]; k < agentOffset[other + 1]; k++) {
    const slot = agentSlot[k];
    if (place[slot] < 0 || markOf[target[slot]] !== one) continue;
    const lag = Math.abs(time[slot] - markTime[target[slot]]);
    for (let window = bounds.length - 1; window >= 0 && lag <= bounds[window]; window--) joint[window]++;
  }
}

/** Jaccard similarity of what two agents acted on: joint targets over all of both. */
export function jaccardOf(jointCount: number, oneCount: number, otherCount: number): number {
  const all = oneCount + otherCount - jointCount;
  return all === 0 ? 0 : jointCount / all;
}
