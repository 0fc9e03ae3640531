/**
 * What pairs would share if nobody coordinated: the analytic null of co-action, which keeps each agent's times and each target's curve.
 *
 * Null: the targets of the slots of each bin are dealt out anew among these slots. Kept: who acts when (degree, heartbeat phases, hours of a time
 * zone), how many acts each target has in each bin (its popularity curve), the class of each act (kind, community, age of target). So
 * the expected number of joint targets of two agents is the sum, over pairs of their slots within the window, of the chance that both bins deal
 * the same target: sum over targets of n(n-1)/(N(N-1)) within a bin of N acts, n·n'/(N·N') between two.
 * The number is nearly Poisson, as a sum of rare and nearly independent events; p = P(Poisson >= observed), times the number of windows, least window taken.
 * Order: none matters. Invariant: expectations depend on slots and bins alone, so that they hold for every deal of the null too.
 * A pair is given up as soon as its expectation shows in every window that p is above the bar: most pairs of a busy feed within a few steps.
 * Oracle: the mean over many deals, in `test/analysis/estimators/co-action.test.ts`.
 */
import { log } from '../../sim/ground/detmath.ts';
import { logPoissonTail, poissonMeanAtTail } from './poisson.ts';
import { groupSlots } from './act-index.ts';
import type { ActIndex } from './act-index.ts';
import type { CoActionOptions } from './co-action.ts';

/** A pair that shares more than the null gives. */
export interface CoActingPair {
  readonly one: number;
  readonly other: number;
  /** Number of the window at which it is least likely. */
  readonly window: number;
  readonly joint: number;
  readonly expected: number;
  /** Natural logarithm of p, times the number of windows; at most 0. */
  readonly logP: number;
}

const cacheSize = 1 << 20;
/** Bins up to which all chances are kept in rows of 4 bytes each, which a pair's slots walk along: 64 MB. */
const rowsBinsMax = 4096;

/** The null of an index: chances between bins, kept as they are asked for. */
export class CoActionNull {
  private readonly index: ActIndex;
  private readonly windows: readonly number[];
  private readonly targets: BinTargets;
  private binsOfTargets: TargetBins | undefined;
  /** Times and bins of each agent's slots, side by side. */
  private readonly when: Float64Array;
  private readonly binOf: Int32Array;
  private readonly binCount: number;
  private readonly rows: (Float32Array | undefined)[] = [];
  private readonly cacheKey: Float64Array;
  private readonly cacheValue: Float64Array;
  private readonly logBar: number;
  /** Largest expectation at which so many joint targets still pass the bar. */
  private readonly bounds: number[] = [0];
  private readonly byLag: Float64Array;

  /** `pMax`: the bar for p, windows accounted for; in (0, 1). */
  constructor(index: ActIndex, { windowsSeconds, targetActsMax }: CoActionOptions, pMax: number) {
    this.index = index;
    this.windows = windowsSeconds;
    this.when = Float64Array.from(index.agentSlot, (slot) => index.time[slot]);
    this.binOf = Int32Array.from(index.agentSlot, (slot) => index.bin[slot]);
    this.targets = targetsOfBins(index, targetActsMax);
    this.binCount = index.binOffset.length - 1;
    const isCached = this.binCount > rowsBinsMax;
    this.cacheKey = new Float64Array(isCached ? cacheSize : 0).fill(-1);
    this.cacheValue = new Float64Array(isCached ? cacheSize : 0);
    this.logBar = log(pMax / windowsSeconds.length);
    this.byLag = new Float64Array(windowsSeconds.length);
  }

  /** The pair, if it passes the bar. `joint`: joint targets by window, nested. */
  test(one: number, other: number, joint: Int32Array): CoActingPair | undefined {
    const expected = this.expectedUnlessMany(one, other, joint);
    if (expected === undefined) return undefined;
    let best: CoActingPair | undefined;
    for (let window = 0; window < joint.length; window++) {
      const logP = logPoissonTail(joint[window], expected[window]);
      if (logP > this.logBar || logP + log(joint.length) >= (best?.logP ?? 0)) continue;
      const found = { joint: joint[window], expected: expected[window] };
      best = { one, other, window, ...found, logP: logP + log(joint.length) };
    }
    return best;
  }

  /** Expected joint targets by window, nested. */
  expected(one: number, other: number): Float64Array {
    return Float64Array.from(this.expectedUnlessMany(one, other, undefined) ?? []);
  }

  /** Chance that a slot of each of two bins is dealt the same target. */
  chance(bin: number, other: number): number {
    if (this.binCount <= rowsBinsMax) return this.rowOf(bin)[other];
    const [low, high] = bin < other ? [bin, other] : [other, bin];
    const key = low * this.binCount + high;
    const place = (Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b)) & (cacheSize - 1);
    if (this.cacheKey[place] === key) return this.cacheValue[place];
    const value = low === high ? this.chanceWithin(low) : this.chanceBetween(low, high);
    this.cacheKey[place] = key;
    this.cacheValue[place] = value;
    return value;
  }

  private rowOf(bin: number): Float32Array {
    const known = this.rows[bin];
    if (known !== undefined) return known;
    const { offset, target, count } = this.targets;
    const {
      offset: binsFrom,
      bin: binsOf,
      count: actsIn,
    } = (this.binsOfTargets ??= transposed(this.targets, this.index.targetCount));
    const row = new Float32Array(this.binCount);
    for (let at = offset[bin]; at < offset[bin + 1]; at++) {
      for (let k = binsFrom[target[at]]; k < binsFrom[target[at] + 1]; k++) row[binsOf[k]] += count[at] * actsIn[k];
    }
    for (let other = 0; other < row.length; other++) row[other] /= this.actsOf(bin) * this.actsOf(other);
    row[bin] = this.chanceWithin(bin);
    this.rows[bin] = row;
    return row;
  }

  private boundOf(joint: number): number {
    while (this.bounds.length <= joint) this.bounds.push(poissonMeanAtTail(this.bounds.length, this.logBar));
    return this.bounds[joint];
  }

  private expectedUnlessMany(one: number, other: number, joint: Int32Array | undefined): Float64Array | undefined {
    const { agentOffset } = this.index;
    const { windows, byLag, when, binOf } = this;
    const isFirst = agentOffset[one + 1] - agentOffset[one] <= agentOffset[other + 1] - agentOffset[other];
    const [light, heavy] = isFirst ? [one, other] : [other, one];
    const widest = windows[windows.length - 1];
    byLag.fill(0);
    let first = agentOffset[heavy];
    const end = agentOffset[heavy + 1];
    const hasRows = this.binCount <= rowsBinsMax;
    for (let at = agentOffset[light]; at < agentOffset[light + 1]; at++) {
      const now = when[at];
      const row = hasRows ? this.rowOf(binOf[at]) : undefined;
      while (first < end && when[first] < now - widest) first++;
      for (let k = first; k < end && when[k] <= now + widest; k++) {
        const chance = row === undefined ? this.chance(binOf[at], binOf[k]) : row[binOf[k]];
        if (chance === 0) continue;
        const lag = Math.abs(when[k] - now);
        let window = 0;
        while (windows[window] < lag) window++;
        byLag[window] += chance;
      }
      if (joint !== undefined && this.isHopeless(joint)) return undefined;
    }
    for (let window = 1; window < windows.length; window++) byLag[window] += byLag[window - 1];
    return byLag;
  }

  private isHopeless(joint: Int32Array): boolean {
    let sum = 0;
    for (let window = 0; window < joint.length; window++) {
      sum += this.byLag[window];
      if (sum < this.boundOf(joint[window])) return false;
    }
    return true;
  }

  private chanceWithin(bin: number): number {
    const { offset, count } = this.targets;
    const acts = this.actsOf(bin);
    let sum = 0;
    for (let at = offset[bin]; at < offset[bin + 1]; at++) sum += count[at] * (count[at] - 1);
    return acts < 2 ? 0 : sum / (acts * (acts - 1));
  }

  private chanceBetween(bin: number, other: number): number {
    const { offset, target, count } = this.targets;
    let [i, j, sum] = [offset[bin], offset[other], 0];
    while (i < offset[bin + 1] && j < offset[other + 1]) {
      if (target[i] === target[j]) sum += count[i++] * count[j++];
      else if (target[i] < target[j]) i++;
      else j++;
    }
    return sum / (this.actsOf(bin) * this.actsOf(other));
  }

  /** Acts of a bin. */
  actsOf(bin: number): number {
    return this.index.binOffset[bin + 1] - this.index.binOffset[bin];
  }

  /** Acts of a bin on targets out of a set, less those that `without` counts for each. */
  countOf(bin: number, isWanted: (target: number) => boolean, without: (target: number) => number): number {
    const { offset, target, count } = this.targets;
    let sum = 0;
    for (let at = offset[bin]; at < offset[bin + 1]; at++) {
      if (isWanted(target[at])) sum += count[at] - without(target[at]);
    }
    return sum;
  }
}

interface BinTargets {
  readonly offset: Int32Array;
  readonly target: Int32Array;
  readonly count: Int32Array;
}

interface TargetBins {
  readonly offset: Int32Array;
  readonly bin: Int32Array;
  readonly count: Int32Array;
}

/** The bins of each target, with its acts in each. */
function transposed({ offset, target, count }: BinTargets, targetCount: number): TargetBins {
  const grouped = groupSlots(target, targetCount);
  const binOf = new Int32Array(target.length);
  for (let bin = 0; bin + 1 < offset.length; bin++) binOf.fill(bin, offset[bin], offset[bin + 1]);
  return {
    offset: grouped.offset,
    bin: Int32Array.from(grouped.slot, (entry) => binOf[entry]),
    count: Int32Array.from(grouped.slot, (entry) => count[entry]),
  };
}

/** Targets of each bin that can be joint (2 to `targetActsMax` acts in all), ascending, with their acts in the bin. */
function targetsOfBins(
  { binOffset, binSlot, target, targetOffset, slotCount }: ActIndex,
  targetActsMax: number,
): BinTargets {
  const binCount = binOffset.length - 1;
  const offset = new Int32Array(binCount + 1);
  const targets = new Int32Array(slotCount);
  const counts = new Int32Array(slotCount);
  let end = 0;
  for (let bin = 0; bin < binCount; bin++) {
    const held = Int32Array.from(binSlot.subarray(binOffset[bin], binOffset[bin + 1]), (slot) => target[slot]).sort();
    for (const one of held) {
      const acts = targetOffset[one + 1] - targetOffset[one];
      if (acts < 2 || acts > targetActsMax) continue;
      if (end > offset[bin] && targets[end - 1] === one) counts[end - 1]++;
      else {
        targets[end] = one;
        counts[end++] = 1;
      }
    }
    offset[bin + 1] = end;
  }
  return { offset, target: targets.slice(0, end), count: counts.slice(0, end) };
}
