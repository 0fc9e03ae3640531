/**
 * The lexical embedding of text: hashed words, weighed by how often they occur and in how few documents, as a vector of length 1.
 *
 * It knows words and no meaning: "car" and "automobile" have nothing in common, and two words may share a dimension. Whoever measures meaning
 * refuses it unless told otherwise (`analysis/measures/diversity.ts`).
 * Words: runs of two or more letters, digits and underscores of ASCII or of any characters beyond it, in folded case. A word's hash gives its dimension
 * and a sign, so that words that share a dimension cancel as often as they add up. Weight: count times idf, with
 * idf = ln((1 + n) / (1 + df)) + 1 over n documents of which df hold the word, which without documents is 1.
 * Pure; logarithms are `detmath`'s, sums go in the order of the words in the text, so every machine gives the same.
 * Invariant: a text's vector does not depend on the order of its words but for rounding. Oracle: weights by word in a Map, and scikit-learn's
 * TfidfVectorizer (`test/fixtures/lexical-embedding-reference.py`).
 * Source: Weinberger et al., Feature hashing for large scale multitask learning (2009), section 2; Salton and Buckley (1988) for the weights,
 * in the smoothed form of scikit-learn.
 */
import { log } from '../ground/detmath.ts';
import { keyOfText } from '../ground/keys.ts';
import { foldCase } from './case-folding.ts';

/** How many documents there were, and in how many of them each dimension's words occur. */
export interface DocumentCounts {
  readonly dimensions: number;
  documentCount: number;
  readonly documentsOf: Int32Array;
}

/** Counts of no documents: every word weighs the same. */
export function createDocumentCounts(dimensions: number): DocumentCounts {
  return { dimensions, documentCount: 0, documentsOf: new Int32Array(dimensions) };
}

/** Counts a document. */
export function countDocument(counts: DocumentCounts, text: string): void {
  const places = new Set(wordsOf(text).map((word) => placeOf(word, counts.dimensions).place));
  for (const place of places) counts.documentsOf[place]++;
  counts.documentCount++;
}

/** The vector of a text, of length 1; all 0 for a text without words. */
export function embedText(counts: DocumentCounts, text: string): Float64Array {
  const { dimensions, documentCount, documentsOf } = counts;
  const vector = new Float64Array(dimensions);
  for (const word of wordsOf(text)) {
    const { place, sign } = placeOf(word, dimensions);
    vector[place] += sign * (log((1 + documentCount) / (1 + documentsOf[place])) + 1);
  }
  let square = 0;
  for (const component of vector) square += component * component;
  const factor = square === 0 ? 0 : 1 / Math.sqrt(square);
  for (let k = 0; k < dimensions; k++) vector[k] *= factor;
  return vector;
}

const wordPattern = /[0-9A-Za-z_\u0080-\u{10ffff}]{2,}/gu;

/** The words of a text, in order, in folded case. */
export function wordsOf(text: string): string[] {
  const folded = Array.from(text, (character) => String.fromCodePoint(foldCase(character.codePointAt(0) ?? 0)));
  return folded.join('').match(wordPattern) ?? [];
}

/** Dimension and sign of a word. */
export function placeOf(word: string, dimensions: number): { readonly place: number; readonly sign: 1 | -1 } {
  const { lo, hi } = keyOfText(word);
  return { place: (lo >>> 0) % dimensions, sign: hi < 0 ? -1 : 1 };
}
