/**
 * Texts that say the same: classes of equal texts, and of nearly equal ones.
 *
 * A text is normalised first: lower case, everything but letters and digits becomes one space. *Equal*: the same normalised text. *Near*: the
 * Jaccard similarity of the sets of word n-grams (shingles) is at least a bar; pairs to compare are those whose MinHash signatures agree in
 * one of the bands (Broder 1997, Proc. Compression and Complexity of Sequences; bands: Leskovec, Rajaraman and Ullman, Mining of Massive
 * Datasets, section 3.4), and each is then compared exactly, so that no pair below the bar is joined; a pair at similarity s is found with
 * probability 1 - (1 - s^rows)^bands. Of 100 hashes the bands have as many rows as miss a pair at the bar with at most 0.001: 20 bands of 5 at
 * 0.8 (0.0004), 33 of 3 at 0.6 (0.0003). Classes are the connected components of such pairs:
 * a chain of near texts is one class, though its ends may differ.
 * Order: classes are numbered by their first text. Hash functions are fixed, so that the outcome depends on the texts alone.
 * Oracle: all pairs by their shingles (`test/analysis/estimators/text-likeness.test.ts`).
 */

/** How near. */
export interface LikenessOptions {
  /** Least Jaccard similarity, in (0, 1]; 1 joins equal texts only. */
  readonly similarityMin: number;
  /** Words of a shingle. */
  readonly shingleWords?: number;
  /** Texts with fewer characters, once normalised, belong to no class. */
  readonly charsMin?: number;
}

const hashCount = 100;
const missedMax = 0.001;
const shingleWordsDefault = 3;
/** Texts of one bucket that are compared with its first ones only: a bucket of so many is one text, over and over. */
const bucketComparisonsMax = 50;

/** The class of each text, from 0; -1 for a text that is too short. */
export function likenessClasses(texts: readonly string[], options: LikenessOptions): Int32Array {
  const { similarityMin, shingleWords = shingleWordsDefault, charsMin = 0 } = options;
  const { distinct, classOf } = distinctTexts(texts, charsMin);
  const parent = Int32Array.from(distinct.keys());
  if (similarityMin < 1) joinNear(distinct, parent, similarityMin, shingleWords);
  const numbers = new Map<number, number>();
  return classOf.map((text) => {
    if (text < 0) return -1;
    const root = rootOf(parent, text);
    const known = numbers.get(root);
    if (known !== undefined) return known;
    numbers.set(root, numbers.size);
    return numbers.size - 1;
  });
}

/** Lower case; what is neither letter nor digit, of any script, becomes a space, and spaces become one. */
export function normalisedText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function distinctTexts(texts: readonly string[], charsMin: number): { distinct: string[]; classOf: Int32Array } {
  const numbers = new Map<string, number>();
  const classOf = Int32Array.from(texts, (text) => {
    const normal = normalisedText(text);
    if (normal === '' || normal.length < charsMin) return -1;
    const known = numbers.get(normal);
    if (known !== undefined) return known;
    numbers.set(normal, numbers.size);
    return numbers.size - 1;
  });
  return { distinct: [...numbers.keys()], classOf };
}

/** The hashes of a text's shingles, ascending and distinct; a text of fewer words is one shingle. */
export function shinglesOf(normal: string, wordCount: number): Uint32Array {
  const words = normal.split(' ');
  const hashes = new Set<number>();
  for (let first = 0; first === 0 || first + wordCount <= words.length; first++) {
    hashes.add(hashOf(words.slice(first, first + wordCount).join(' ')));
  }
  return Uint32Array.from(hashes).sort();
}

/** Jaccard similarity of two ascending lists. */
export function jaccard(one: Uint32Array, other: Uint32Array): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < one.length && j < other.length) {
    if (one[i] === other[j]) {
      shared++;
      i++;
      j++;
    } else if (one[i] < other[j]) i++;
    else j++;
  }
  return shared / (one.length + other.length - shared);
}

/** Rows of a band: the more, the fewer pairs are compared in vain, as long as pairs at the bar are hardly missed. */
export function bandRowsAt(similarityMin: number): number {
  const missed = (rows: number): number => {
    const none = 1 - powerOf(similarityMin, rows);
    return powerOf(none, Math.floor(hashCount / rows));
  };
  let rows = 1;
  while (rows < 20 && missed(rows + 1) <= missedMax) rows++;
  return rows;
}

function powerOf(base: number, exponent: number): number {
  let product = 1;
  for (let k = 0; k < exponent; k++) product *= base;
  return product;
}

function joinNear(texts: readonly string[], parent: Int32Array, similarityMin: number, wordCount: number): void {
  const shingles = texts.map((text) => shinglesOf(text, wordCount));
  const signatures = shingles.map(signatureOf);
  const rows = bandRowsAt(similarityMin);
  for (let band = 0; band < Math.floor(hashCount / rows); band++) {
    const buckets = new Map<string, number[]>();
    signatures.forEach((signature, text) => {
      const key = signature.subarray(band * rows, (band + 1) * rows).join();
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [text]);
      else {
        for (const other of bucket.slice(0, bucketComparisonsMax)) {
          if (rootOf(parent, text) === rootOf(parent, other)) continue;
          if (jaccard(shingles[text], shingles[other]) >= similarityMin) join(parent, text, other);
        }
        bucket.push(text);
      }
    });
  }
}

function signatureOf(shingles: Uint32Array): Uint32Array {
  const signature = new Uint32Array(hashCount).fill(0xffff_ffff);
  for (const shingle of shingles) {
    for (let k = 0; k < signature.length; k++) {
      const mixed = mixed32(shingle ^ Math.imul(k + 1, 0x9e37_79b9));
      if (mixed < signature[k]) signature[k] = mixed;
    }
  }
  return signature;
}

/** FNV-1a over UTF-16 units, mixed. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return mixed32(hash);
}

/** The finaliser of MurmurHash3. */
function mixed32(value: number): number {
  let word = value;
  word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

function rootOf(parent: Int32Array, text: number): number {
  let root = text;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

function join(parent: Int32Array, one: number, other: number): void {
  const [a, b] = [rootOf(parent, one), rootOf(parent, other)];
  if (a < b) parent[b] = a;
  else parent[a] = b;
}
