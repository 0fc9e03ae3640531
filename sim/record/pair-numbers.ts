/**
 * Numbers by a pair of numbers: which row of a table stands between an agent and a content, a group and an agent, two agents.
 *
 * Pairs are spread over 256 maps, because V8 ends one at 2^24 entries. Some 60 bytes an entry. No order can be seen.
 */

const mapCount = 256;
/** Pairs become one number: the second below 2^31, the first below 2^22. */
const secondRange = 0x8000_0000;

export class PairNumbers {
  readonly #maps = Array.from({ length: mapCount }, () => new Map<number, number>());

  /** The pair's number, or 0. */
  get(first: number, second: number): number {
    return this.#map(second).get(first * secondRange + second) ?? 0;
  }

  set(first: number, second: number, value: number): void {
    this.#map(second).set(first * secondRange + second, value);
  }

  /** Takes the pair out and returns its number, or 0. */
  take(first: number, second: number): number {
    const map = this.#map(second);
    const key = first * secondRange + second;
    const value = map.get(key) ?? 0;
    map.delete(key);
    return value;
  }

  /** All pairs, by first and second. */
  sorted(): { readonly first: number; readonly second: number; readonly value: number }[] {
    const all = this.#maps.flatMap((map) => [...map]);
    all.sort(([a], [b]) => a - b);
    return all.map(([key, value]) => ({
      first: Math.floor(key / secondRange),
      second: key % secondRange,
      value,
    }));
  }

  #map(second: number): Map<number, number> {
    return this.#maps[second % mapCount];
  }
}
