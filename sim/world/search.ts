/**
 * Finding posts: which texts hold a query, and which posts lead by their counts. Pure functions of what is handed in.
 *
 * A query matches as in SQL's LIKE '%query%', with two departures from OASIS: % and _ are themselves and no wildcards, and case is
 * folded for all of Unicode and not for ASCII alone. An empty query is in every text. A text is read once, by code points, with a table of the query's own prefixes (Knuth, Morris, Pratt), so that no query
 * and no text take more than linear time and nothing is allocated.
 * Order of what is ranked: (score, id), both descending, so that neither row layout nor the order of arrival can be seen.
 * Oracle: regular expressions with the flags i and u for matching, a sort of everything for ranking.
 * Source: Knuth, Morris and Pratt, Fast pattern matching in strings, SIAM Journal on Computing 6 (1977).
 */
import { foldCase } from './case-folding.ts';

/** A query, prepared. */
export interface Matcher {
  /** Its code points, case folded. */
  readonly codePoints: Int32Array;
  /** At k: the length of the longest proper prefix of the query that ends its first k + 1 code points. */
  readonly prefixLengths: Int32Array;
}

/** Whether a text holds a query, whatever the case. For many texts prepare the query once. */
export function matches(text: string, query: string): boolean {
  return holds(text, createMatcher(query));
}

/** Prepares a query. */
export function createMatcher(query: string): Matcher {
  const codePoints = Int32Array.from(query, (character) => foldCase(character.codePointAt(0)!));
  const prefixLengths = new Int32Array(codePoints.length);
  let matched = 0;
  for (let k = 1; k < codePoints.length; k++) {
    while (matched > 0 && codePoints[k] !== codePoints[matched]) matched = prefixLengths[matched - 1];
    if (codePoints[k] === codePoints[matched]) matched++;
    prefixLengths[k] = matched;
  }
  return { codePoints, prefixLengths };
}

/**
 * Whether a text holds the query of a matcher.
 *
 *     fold(text).includes(fold(query))
 */
export function holds(text: string, { codePoints, prefixLengths }: Matcher): boolean {
  const length = codePoints.length;
  if (length === 0) return true;
  let matched = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const codePoint = text.codePointAt(unit)!;
    // A code point above the first plane takes two units.
    if (codePoint > 0xffff) unit++;
    const folded = foldCase(codePoint);
    while (matched > 0 && folded !== codePoints[matched]) matched = prefixLengths[matched - 1];
    if (folded === codePoints[matched]) matched++;
    if (matched === length) return true;
  }
  return false;
}

/** Whether any of some fields holds the query: name, biography and id of an agent; text, id and author of a post. */
export function anyHolds(fields: readonly string[], matcher: Matcher): boolean {
  for (const field of fields) if (holds(field, matcher)) return true;
  return false;
}

/** Columns of posts to be ranked, at the same places. */
export interface CountedPosts {
  readonly id: ArrayLike<number>;
  readonly tick: ArrayLike<number>;
  readonly likeCount: ArrayLike<number>;
}

/** Whether the post at a place may be shown to the reader: not taken away, not by someone muted. */
export type IsShown = (place: number) => boolean;

/**
 * Ids of the k posts of the last `windowTicks` ticks, both ends included, with the most likes; the newer id first among equals. Fewer
 * where there are fewer. OASIS shows 1 of 7 days and leaves the order of equals to the database.
 */
export function trending(
  posts: CountedPosts,
  nowTick: number,
  windowTicks: number,
  k: number,
  isShown: IsShown = () => true,
): number[] {
  const oldestTick = nowTick - windowTicks;
  const places = topK(posts.likeCount, posts.id, k, (place) => posts.tick[place] >= oldestTick && isShown(place));
  return places.map((place) => posts.id[place]);
}

/**
 * Places of the k best of those shown, best first, by (score, id) descending. Ids differ from one another; scores are no NaN. A heap of k
 * places holds the best so far, the worst of them on top: n log k comparisons, and k numbers of memory however many there are.
 *
 *     places.filter(isShown).sort((x, y) => score[y] - score[x] || id[y] - id[x]).slice(0, k)
 */
export function topK(
  score: ArrayLike<number>,
  id: ArrayLike<number>,
  k: number,
  isShown: IsShown = () => true,
): number[] {
  const isBetter = (x: number, y: number): boolean => score[x] > score[y] || (score[x] === score[y] && id[x] > id[y]);
  const heap: number[] = [];
  if (k <= 0) return heap;
  for (let place = 0; place < id.length; place++) {
    if (heap.length === k && !isBetter(place, heap[0])) continue;
    if (!isShown(place)) continue;
    if (heap.length < k) {
      heap.push(place);
      siftUp(heap, isBetter);
    } else {
      heap[0] = place;
      siftDown(heap, isBetter);
    }
  }
  return heap.sort((x, y) => (isBetter(x, y) ? -1 : 1));
}

/** Moves the last place up to where no worse one stands below it. */
function siftUp(heap: number[], isBetter: (x: number, y: number) => boolean): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >>> 1;
    if (!isBetter(heap[parent], heap[child])) return;
    [heap[parent], heap[child]] = [heap[child], heap[parent]];
    child = parent;
  }
}

/** Moves the first place down to where no worse one stands below it. */
function siftDown(heap: number[], isBetter: (x: number, y: number) => boolean): void {
  let parent = 0;
  for (;;) {
    let worst = 2 * parent + 1;
    if (worst >= heap.length) return;
    if (worst + 1 < heap.length && isBetter(heap[worst], heap[worst + 1])) worst++;
    if (!isBetter(heap[parent], heap[worst])) return;
    [heap[parent], heap[worst]] = [heap[worst], heap[parent]];
    parent = worst;
  }
}
