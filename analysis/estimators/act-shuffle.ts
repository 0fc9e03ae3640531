/**
 * Deals of the null of co-action: targets change places among the slots of a bin, at random, as a chain of swaps that begins with what was observed.
 *
 * Kept: every slot's agent, time and class; every target's number of acts in every bin; that no agent acts twice on a target. A swap is
 * refused where it would break the last. Whether an agent acts on a target is looked up in a table of counts by hash; where two such
 * pairs fall on one place the swap is refused both ways, so that the chain stays symmetric and its stationary law uniform over what can be reached.
 * A chain that begins with the data gives exchangeable deals under the null (Besag and Clifford 1989, Biometrika 76); 3 sweeps of 64 proposals a
 * bin of 64 are 1.5 times the 133 swaps in which random transpositions mix (Diaconis and Shahshahani 1981).
 * Order: bins ascending. Oracle: margins by Maps, in `test/analysis/estimators/co-action.test.ts`.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { ActIndex } from './act-index.ts';

const sweepsDefault = 3;

/** Deals of one index, one after another. */
export class ActShuffle {
  /** Target of each slot in the present deal. */
  readonly target: Int32Array;
  private readonly index: ActIndex;
  private readonly stream: RandomStream;
  private readonly held: Uint8Array;
  private readonly mask: number;

  constructor(index: ActIndex, stream: RandomStream) {
    this.index = index;
    this.stream = stream;
    this.target = index.target.slice();
    let size = 1024;
    while (size < 8 * index.slotCount) size *= 2;
    this.held = new Uint8Array(size);
    this.mask = size - 1;
    for (let slot = 0; slot < index.slotCount; slot++) this.add(index.agent[slot], this.target[slot], 1);
  }

  /** Deals anew. */
  next(sweeps = sweepsDefault): void {
    const { binOffset, binSlot } = this.index;
    for (let bin = 0; bin + 1 < binOffset.length; bin++) {
      const [from, size] = [binOffset[bin], binOffset[bin + 1] - binOffset[bin]];
      if (size < 2) continue;
      for (let draw = 0; draw < sweeps * size; draw++) {
        const word = this.stream.uint32();
        // Two numbers below `size` out of one word: the bias is below size / 2^16, a thousandth at 64.
        const one = ((word >>> 16) * size) >>> 16;
        const other = ((word & 0xffff) * size) >>> 16;
        if (one !== other) this.swap(binSlot[from + one], binSlot[from + other]);
      }
    }
  }

  private swap(one: number, other: number): void {
    const { agent } = this.index;
    const [p, q] = [this.target[one], this.target[other]];
    const [a, b] = [agent[one], agent[other]];
    if (p === q || a === b) return;
    if (this.at(a, q) !== 0 || this.at(b, p) !== 0 || this.at(a, p) !== 1 || this.at(b, q) !== 1) return;
    if (this.placeOf(a, q) === this.placeOf(b, p)) return;
    this.add(a, p, -1);
    this.add(b, q, -1);
    this.add(a, q, 1);
    this.add(b, p, 1);
    this.target[one] = q;
    this.target[other] = p;
  }

  private at(agent: number, target: number): number {
    return this.held[this.placeOf(agent, target)];
  }

  private add(agent: number, target: number, change: number): void {
    const place = this.placeOf(agent, target);
    // A place that is full stays full, and what falls on it stays where it is.
    if (this.held[place] < 255) this.held[place] += change;
  }

  private placeOf(agent: number, target: number): number {
    let word = Math.imul(agent + 1, 0x9e37_79b1) ^ Math.imul(target + 1, 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 15), 0x2c1b_3c6d);
    return (word ^ (word >>> 13)) & this.mask;
  }
}
