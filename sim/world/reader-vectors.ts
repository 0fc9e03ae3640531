/**
 * Readers and posts as dense vectors of a model of meaning, and how well the one suits the other: the cosine, as in OASIS's twhin-bert.
 *
 * A vector is signed bytes, its greatest component at 127, with the sum of its squares beside it, so that a match is one dot product of whole numbers
 * and two square roots, the same on every machine. A sum of 0 says that there is no vector: no text, no answer, or a null vector.
 * A reader begins as its description. Each text that it posts and each content that it approves of draws it nearer: its direction becomes a
 * weighted mean of its own and the text's, so that what is older counts less.
 * Memory: a byte a dimension and four more for each agent and each place of the window of posts.
 * Reads and writes what it is handed. Oracle: `test/sim/world/reader-vectors.test.ts`, in plain numbers.
 */
import { cold, column, defineTable, wideColumn } from '../ground/table.ts';
import { squareOf } from '../ground/direction.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';

/** A row of one of the two tables: an agent's or a post's. */
export type VectorRow = Id<'vectors'>;

/** A table of vectors of so many dimensions. */
export function vectorSpec(name: 'readers' | 'postVectors', dimensions: number) {
  return defineTable<VectorRow>()(name, {
    component: cold(wideColumn('i8', dimensions)),
    square: cold(column('i32')),
  });
}
export type Vectors = Table<VectorRow, ReturnType<typeof vectorSpec>['columns']>;

/** Vectors of agents, by row, and of posts, by row of the window. */
export interface ReaderVectors {
  readonly dimensions: number;
  readonly readers: Vectors;
  readonly posts: Vectors;
}

/** Sets a row; without a vector it is emptied. */
export function setVector({ component, square }: Vectors, row: number, vector: Int8Array | undefined): void {
  const cells = component as Int8Array;
  const at = row as VectorRow;
  const width = cells.length / square.length;
  const sum = vector === undefined ? 0 : squareOf(vector);
  if (vector !== undefined && sum > 0) cells.set(vector, row * width);
  // What stands where nothing stood is not touched: pages that nobody needs stay away.
  else if (square[at] !== 0) cells.fill(0, row * width, (row + 1) * width);
  if (square[at] !== sum) square[at] = sum;
}

/** Whether a row has a vector. */
export function hasVector({ square }: Vectors, row: number): boolean {
  return square[row as VectorRow] !== 0;
}

/** Gives a row the vector of another, of the same table. */
export function copyVector(vectors: Vectors, from: number, to: number): void {
  const { component, square } = vectors;
  if (square[from as VectorRow] === 0) {
    setVector(vectors, to, undefined);
    return;
  }
  const width = component.length / square.length;
  (component as Int8Array).copyWithin(to * width, from * width, (from + 1) * width);
  square[to as VectorRow] = square[from as VectorRow];
}

/** The cosine of a reader and a post, in [-1, 1]; NaN where one of them has no vector. */
export function matchOf({ dimensions, readers, posts }: ReaderVectors, reader: number, post: number): number {
  const [own, other] = [readers.square[reader as VectorRow], posts.square[post as VectorRow]];
  if (own === 0 || other === 0) return NaN;
  const x = readers.component as Int8Array;
  const y = posts.component as Int8Array;
  const [from, start] = [reader * dimensions, post * dimensions];
  let dot = 0;
  for (let k = 0; k < dimensions; k++) dot += x[from + k] * y[start + k];
  return Math.max(-1, Math.min(1, dot / (Math.sqrt(own) * Math.sqrt(other))));
}

/**
 * Draws a reader nearer to a post: its direction becomes (1 - share) times its own and share times the post's, rounded. Where the reader has no vector
 * it takes the post's; where the post has none, nothing happens. `room` holds as many numbers as there are dimensions.
 */
export function drawNearer(
  vectors: ReaderVectors,
  reader: number,
  post: number,
  share: number,
  room: Float64Array,
): void {
  const { dimensions, readers, posts } = vectors;
  const [own, other] = [readers.square[reader as VectorRow], posts.square[post as VectorRow]];
  if (other === 0) return;
  const x = readers.component as Int8Array;
  const y = posts.component as Int8Array;
  const [from, start] = [reader * dimensions, post * dimensions];
  const keep = own === 0 ? 0 : (1 - share) / Math.sqrt(own);
  const take = (own === 0 ? 1 : share) / Math.sqrt(other);
  let greatest = 0;
  for (let k = 0; k < dimensions; k++) {
    const one = keep * x[from + k] + take * y[start + k];
    room[k] = one;
    if (Math.abs(one) > greatest) greatest = Math.abs(one);
  }
  // Opposite directions of equal weight: nothing is left to round.
  if (greatest === 0) return;
  let sum = 0;
  for (let k = 0; k < dimensions; k++) {
    const one = Math.round((room[k] / greatest) * most);
    x[from + k] = one;
    sum += one * one;
  }
  readers.square[reader as VectorRow] = sum;
}

/** The greatest component of a stored vector. */
const most = 127;
