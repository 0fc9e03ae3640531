/**
 * Cascades: size, depth, breadth, structural virality and timing of every tree of posts and reposts, and the curves of one.
 *
 * Reads one row a post or repost, a parent always before its children. Everything is a few passes over columns: rows are
 * sorted into cascades by counting, so the order within a cascade is the order of the rows.
 * Definitions: *size* counts distinct users, the root's author included. *Depth* is hops from the root (0) over rows.
 * *Breadth* of a level counts each user once, at the first of his rows, so that breadths add up to the size.
 * *Structural virality* (Goel, Anderson, Hofman and Watts 2016, Manage. Sci. 62) is the mean distance between all pairs of rows
 * of the tree; undefined (NaN) below two rows. O(n): an edge above a subtree of s rows lies on s (n - s) of the paths.
 * Oracle: all pairs by breadth-first search on seeded trees; star of 10 1.8, path of 10 3.666667, binary of depth 3 3.504762.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import { minuteTolerance } from './curve-error.ts';
import { quantileSorted } from './distribution.ts';

/** All posts and reposts. A reply chain can be measured as well: its rows are comments. */
export interface SharingColumns {
  /** Row of what was shared, smaller than the own row; -1 for a root. */
  readonly parent: Int32Array;
  /** Number of the author, in [0, 2^31). */
  readonly author: Int32Array;
  readonly timeHours: Float64Array;
}

/** One row a cascade, in the order of their roots. */
export interface CascadeTable {
  /** Row of the root. */
  readonly root: Int32Array;
  /** Distinct users. */
  readonly size: Int32Array;
  /** Rows in the tree, which exceed the size when somebody shares twice. */
  readonly rowCount: Int32Array;
  readonly depth: Int32Array;
  readonly maxBreadth: Int32Array;
  readonly structuralVirality: Float64Array;
  /** Hours from the root to the first, the median and the last of the other rows; NaN when there is none; negative if the data say so. */
  readonly firstHours: Float64Array;
  readonly medianHours: Float64Array;
  readonly lastHours: Float64Array;
  /** Rows that are older than their root. */
  readonly negativeTimeCount: number;
}

/** Rows sorted into cascades. */
export interface CascadeRows {
  readonly cascade: Int32Array;
  readonly depth: Int32Array;
  readonly roots: Int32Array;
  /** Rows by cascade: those of cascade c are `rows[starts[c] .. starts[c + 1])`, in row order. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Measures every cascade. Asserts that parents precede their children. */
export function measureCascades(columns: SharingColumns): CascadeTable {
  const grouped = groupRows(columns.parent);
  const cascadeCount = grouped.roots.length;
  const times = timings(columns.timeHours, grouped);
  const reach = reachOf(columns.author, grouped);
  return {
    root: grouped.roots,
    rowCount: Int32Array.from({ length: cascadeCount }, (_, c) => grouped.starts[c + 1] - grouped.starts[c]),
    structuralVirality: structuralVirality(columns.parent, grouped),
    ...reach,
    ...times,
  };
}

/** Sorts rows into cascades by counting. Asserts that parents precede their children. */
export function groupRows(parent: Int32Array): CascadeRows {
  const cascade = new Int32Array(parent.length);
  const depth = new Int32Array(parent.length);
  const roots = new Int32Array(parent.length);
  let cascadeCount = 0;
  for (let row = 0; row < parent.length; row++) {
    const above = parent[row];
    assertInvariant(above >= -1 && above < row, 'a shared row stands after the row that shares it');
    if (above === -1) {
      roots[cascadeCount] = row;
      cascade[row] = cascadeCount++;
    } else {
      cascade[row] = cascade[above];
      depth[row] = depth[above] + 1;
    }
  }
  const starts = new Int32Array(cascadeCount + 1);
  for (let row = 0; row < parent.length; row++) starts[cascade[row] + 1]++;
  for (let c = 1; c <= cascadeCount; c++) starts[c] += starts[c - 1];
  const cursor = starts.slice();
  const rows = new Int32Array(parent.length);
  for (let row = 0; row < parent.length; row++) rows[cursor[cascade[row]]++] = row;
  return { cascade, depth, roots: roots.slice(0, cascadeCount), starts, rows };
}

/** Size, depth and greatest breadth. A stamp an author says in which cascade he was met last. */
function reachOf(
  author: Int32Array,
  { depth: rowDepth, starts, rows, roots }: CascadeRows,
): { size: Int32Array; depth: Int32Array; maxBreadth: Int32Array } {
  const size = new Int32Array(roots.length);
  const depth = new Int32Array(roots.length);
  const maxBreadth = new Int32Array(roots.length);
  const met = new Int32Array(authorCount(author)).fill(-1);
  const breadth = new Int32Array(deepest(rowDepth) + 1);
  for (let c = 0; c < roots.length; c++) {
    for (let index = starts[c]; index < starts[c + 1]; index++) {
      const level = rowDepth[rows[index]];
      if (level > depth[c]) depth[c] = level;
      if (met[author[rows[index]]] === c) continue;
      met[author[rows[index]]] = c;
      size[c]++;
      if (++breadth[level] > maxBreadth[c]) maxBreadth[c] = breadth[level];
    }
    breadth.fill(0, 0, depth[c] + 1);
  }
  return { size, depth, maxBreadth };
}

/** One more than the greatest author. */
export function authorCount(author: Int32Array): number {
  let largest = -1;
  for (let row = 0; row < author.length; row++) if (author[row] > largest) largest = author[row];
  return largest + 1;
}

function deepest(depth: Int32Array): number {
  let largest = 0;
  for (let row = 0; row < depth.length; row++) if (depth[row] > largest) largest = depth[row];
  return largest;
}

function structuralVirality(parent: Int32Array, { cascade, starts, roots }: CascadeRows): Float64Array {
  const subtreeSize = new Float64Array(parent.length).fill(1);
  const distanceSum = new Float64Array(roots.length);
  for (let row = parent.length - 1; row >= 0; row--) {
    if (parent[row] === -1) continue;
    subtreeSize[parent[row]] += subtreeSize[row];
    const c = cascade[row];
    distanceSum[c] += subtreeSize[row] * (starts[c + 1] - starts[c] - subtreeSize[row]);
  }
  return distanceSum.map((sum, c) => {
    const rowCount = starts[c + 1] - starts[c];
    return rowCount < 2 ? Number.NaN : (2 * sum) / rowCount / (rowCount - 1);
  });
}

function timings(
  timeHours: Float64Array,
  { starts, rows, roots }: CascadeRows,
): Pick<CascadeTable, 'firstHours' | 'medianHours' | 'lastHours' | 'negativeTimeCount'> {
  const firstHours = new Float64Array(roots.length).fill(Number.NaN);
  const medianHours = firstHours.slice();
  const lastHours = firstHours.slice();
  const delays = new Float64Array(rows.length);
  let negativeTimeCount = 0;
  for (let c = 0; c < roots.length; c++) {
    const count = starts[c + 1] - starts[c] - 1;
    if (count === 0) continue;
    for (let index = 0; index < count; index++) {
      delays[index] = timeHours[rows[starts[c] + 1 + index]] - timeHours[roots[c]];
      if (delays[index] < 0) negativeTimeCount++;
    }
    const sorted = delays.subarray(0, count).sort();
    firstHours[c] = sorted[0];
    medianHours[c] = quantileSorted(sorted, 0.5);
    lastHours[c] = sorted[count - 1];
  }
  return { firstHours, medianHours, lastHours, negativeTimeCount };
}

/** One cascade minute by minute from its root: the value at minute m counts every row up to and including m minutes. */
export interface CascadeCurves {
  /** Distinct users so far. */
  readonly scale: Int32Array;
  readonly depth: Int32Array;
  readonly maxBreadth: Int32Array;
}

/** Curves of the cascade that starts at `root`; rows older than the root count from minute 0. */
export function cascadeCurves(columns: SharingColumns, root: number, minuteCount: number): CascadeCurves {
  const members = descendants(columns.parent, root);
  const minute = members.rows.map((row) => arrivalMinute(columns.timeHours[row] - columns.timeHours[root]));
  const order = Int32Array.from(minute.keys()).sort((a, b) => minute[a] - minute[b] || a - b);
  const scale = new Int32Array(minuteCount);
  const depth = new Int32Array(minuteCount);
  const maxBreadth = new Int32Array(minuteCount);
  const met = new Uint8Array(authorCount(columns.author));
  const breadth = new Int32Array(members.rows.length);
  let next = 0;
  for (let now = 0; now < minuteCount; now++) {
    if (now > 0) {
      scale[now] = scale[now - 1];
      depth[now] = depth[now - 1];
      maxBreadth[now] = maxBreadth[now - 1];
    }
    for (; next < order.length && minute[order[next]] <= now; next++) {
      const level = members.depth[order[next]];
      depth[now] = Math.max(depth[now], level);
      const author = columns.author[members.rows[order[next]]];
      if (met[author] === 1) continue;
      met[author] = 1;
      scale[now]++;
      maxBreadth[now] = Math.max(maxBreadth[now], ++breadth[level]);
    }
  }
  return { scale, depth, maxBreadth };
}

/** First whole minute that is not before the delay; a row older than the root arrives at minute 0. */
export function arrivalMinute(delayHours: number): number {
  return Math.max(0, Math.ceil(delayHours * 60 - minuteTolerance));
}

function descendants(parent: Int32Array, root: number): { rows: Int32Array; depth: Int32Array } {
  const place = new Int32Array(parent.length).fill(-1);
  const rows = new Int32Array(parent.length);
  const depth = new Int32Array(parent.length);
  rows[0] = root;
  place[root] = 0;
  let count = 1;
  for (let row = root + 1; row < parent.length; row++) {
    if (parent[row] < 0 || place[parent[row]] === -1) continue;
    depth[count] = depth[place[parent[row]]] + 1;
    place[row] = count;
    rows[count++] = row;
  }
  return { rows: rows.slice(0, count), depth: depth.slice(0, count) };
}
