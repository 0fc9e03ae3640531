/**
 * The problems of one pass over one input: all are counted, the first twenty are reported.
 *
 * Order: by line and column, so that a user mends a file from top to bottom; problems without a line stand first, in the order
 * they were found. Invariant: memory is bounded by `keptCountMax`, however broken the input is.
 */
import { InputError } from '../ground/errors.ts';
import type { Problem } from '../ground/errors.ts';

/** How many problems one error lists. */
export const listedCountMax = 20;

/**
 * How many are kept for sorting. A validator reports in the order of its schema, not of the file, so that more than twenty must
 * be kept; a table reports in order, and a million bad rows must not become a million objects.
 */
const keptCountMax = 1000;

/** Collects problems; `throwIfAny` ends the pass. */
export class ProblemList {
  readonly #file: string;
  readonly #kept: Problem[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get count(): number {
    return this.#count;
  }

  /** The problem may be given as a function, which is called only if it is kept. */
  add(problem: Problem | (() => Problem)): void {
    this.#count++;
    if (this.#kept.length < keptCountMax) this.#kept.push(typeof problem === 'function' ? problem() : problem);
  }

  /** The first twenty in order of place and, if there were more, one that says how many. */
  listed(): Problem[] {
    const listed = [...this.#kept].sort(byPlace).slice(0, listedCountMax);
    const moreCount = this.#count - listed.length;
    if (moreCount > 0) {
      const found = `${moreCount} further ${moreCount === 1 ? 'problem' : 'problems'}, ${this.#count} in all`;
      listed.push({ code: 'INPUT_MORE_PROBLEMS', place: { file: this.#file }, found, next: 'Mend those above first.' });
    }
    return listed;
  }

  throwIfAny(): void {
    if (this.#count > 0) throw new InputError(this.listed());
  }
}

function byPlace(a: Problem, b: Problem): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
