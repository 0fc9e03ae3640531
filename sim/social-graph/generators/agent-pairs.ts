/**
 * Independent ties between two groups of agents, every pair with the same probability, in time linear in the ties found.
 *
 * Pairs are numbered row by row, and a geometric number of them is skipped between one tie and the next.
 * Order: rows and then columns ascend, as the groups list them. Invariant: nobody is paired with itself, no pair is met twice.
 * Oracle: one draw a pair, in `test/sim/social-graph/generators/random-graphs.test.ts` (the number of ties is binomial).
 * Source: Batagelj and Brandes 2005, "Efficient generation of large random networks", Phys. Rev. E 71, algorithms 1 and 2.
 */
import { addEitherWay, addTie } from './tie-list.ts';
import { skip, skipRate } from './streams.ts';
import type { RandomStream } from '../../ground/philox.ts';
import type { TieList } from './tie-list.ts';

/** Ties from members of `from` to members of `to`, which is the same array or disjoint, each with a probability of `share`. */
export function addOrderedPairs(
  ties: TieList,
  from: Int32Array,
  to: Int32Array,
  share: number,
  stream: RandomStream,
): void {
  const isOneGroup = from === to;
  const width = isOneGroup ? to.length - 1 : to.length;
  if (!(share > 0) || width < 1) return;
  const rate = skipRate(Math.min(1, share));
  let row = 0;
  let column = skip(stream, rate);
  for (;;) {
    const passed = column < width ? 0 : Math.floor(column / width);
    row += passed;
    column -= passed * width;
    if (row >= from.length) return;
    // Within one group the own place is stepped over.
    addTie(ties, from[row], to[isOneGroup && column >= row ? column + 1 : column]);
    column += 1 + skip(stream, rate);
  }
}

/**
 * Undirected ties between members of `one` and of `other`, which is the same array or disjoint, each with a probability of `share`,
 * made follows by `addEitherWay`.
 */
export function addUnorderedPairs(
  ties: TieList,
  one: Int32Array,
  other: Int32Array,
  pairs: { readonly share: number; readonly reciprocatedShare: number },
  stream: RandomStream,
): void {
  const isOneGroup = one === other;
  if (!(pairs.share > 0) || other.length < 1) return;
  const rate = skipRate(Math.min(1, pairs.share));
  let row = 0;
  let column = skip(stream, rate);
  for (;;) {
    // Row r of the triangle below the diagonal has r places; a rectangle's rows are all as long as `other`.
    while (row < one.length && column >= (isOneGroup ? row : other.length)) {
      column -= isOneGroup ? row : other.length;
      row++;
    }
    if (row >= one.length) return;
    addEitherWay(ties, one[row], other[column], pairs.reciprocatedShare, stream);
    column += 1 + skip(stream, rate);
  }
}

/** 0 .. count - 1. */
export function everyone(count: number): Int32Array {
  const agents = new Int32Array(count);
  for (let agent = 0; agent < count; agent++) agents[agent] = agent;
  return agents;
}
