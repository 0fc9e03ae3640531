/**
 * Vectors of readers and posts beside plain arithmetic on numbers that are not rounded.
 */
import { describe, expect, it } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { quantizeDirection } from '../../../sim/ground/direction.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import {
  copyVector,
  drawNearer,
  hasVector,
  matchOf,
  setVector,
  vectorSpec,
} from '../../../sim/world/reader-vectors.ts';
import type { ReaderVectors } from '../../../sim/world/reader-vectors.ts';

const dimensions = 30;

function empty(): ReaderVectors {
  const allocator = createAllocator(1 << 16);
  const tableOf = (name: 'readers' | 'postVectors') => {
    const spec = vectorSpec(name, dimensions);
    return attachTable(spec, allocator.handle, allocateTable(spec, 3, allocator));
  };
  return { dimensions, readers: tableOf('readers'), posts: tableOf('postVectors') };
}

const stream = randomStream(5, 1);
const drawn = (): number[] => Array.from({ length: dimensions }, () => stream.uniform() - 0.4);
const lengthOf = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, one) => sum + one * one, 0));
const cosine = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, one, k) => sum + one * y[k], 0) / (lengthOf(x) * lengthOf(y));

describe('reader vectors', () => {
  it('a match is the cosine of what was set, within what bytes can say, and nothing where one has no vector', () => {
    const vectors = empty();
    for (let round = 0; round < 50; round++) {
      const [reader, post] = [drawn(), drawn()];
      setVector(vectors.readers, 1, quantizeDirection(reader));
      setVector(vectors.posts, 2, quantizeDirection(post));
      expect(Math.abs(matchOf(vectors, 1, 2) - cosine(reader, post))).toBeLessThan(0.01);
    }
    expect(matchOf(vectors, 1, 0)).toBeNaN();
    expect(matchOf(vectors, 0, 2)).toBeNaN();
    expect(hasVector(vectors.readers, 0)).toBe(false);
  });

  it('a reader that acts goes the share of the way to each text in turn, as unrounded directions do', () => {
    const vectors = empty();
    let plain = drawn();
    setVector(vectors.readers, 0, quantizeDirection(plain));
    const room = new Float64Array(dimensions);
    for (let round = 0; round < 40; round++) {
      const post = drawn();
      setVector(vectors.posts, 1, quantizeDirection(post));
      drawNearer(vectors, 0, 1, 0.2, room);
      plain = plain.map((one, k) => (0.8 * one) / lengthOf(plain) + (0.2 * post[k]) / lengthOf(post));
      setVector(vectors.posts, 2, quantizeDirection(plain));
      expect(matchOf(vectors, 0, 2)).toBeGreaterThan(0.999);
    }
  });

  it('a reader without a vector takes that of what it acts on; a text without one changes nobody; opposite ones leave the reader as it was', () => {
    const vectors = empty();
    const room = new Float64Array(dimensions);
    const one = quantizeDirection(drawn());
    setVector(vectors.posts, 0, one);
    drawNearer(vectors, 2, 0, 0.2, room);
    expect(matchOf(vectors, 2, 0)).toBeCloseTo(1, 12);
    drawNearer(vectors, 2, 1, 0.2, room);
    expect(matchOf(vectors, 2, 0)).toBeCloseTo(1, 12);
    setVector(
      vectors.posts,
      1,
      one.map((component) => -component),
    );
    drawNearer(vectors, 2, 1, 0.5, room);
    expect(matchOf(vectors, 2, 0)).toBeCloseTo(1, 12);
  });

  it('a copied vector is the same one, and an emptied row holds nothing of what stood there', () => {
    const vectors = empty();
    setVector(vectors.posts, 0, quantizeDirection(drawn()));
    copyVector(vectors.posts, 0, 1);
    const cells = vectors.posts.component as Int8Array;
    expect(cells.slice(dimensions, 2 * dimensions)).toEqual(cells.slice(0, dimensions));
    copyVector(vectors.posts, 2, 1);
    expect([...cells.slice(dimensions, 2 * dimensions)].every((cell) => cell === 0)).toBe(true);
    expect(hasVector(vectors.posts, 1)).toBe(false);
    setVector(vectors.posts, 0, new Int8Array(dimensions));
    expect(hasVector(vectors.posts, 0)).toBe(false);
  });
});
