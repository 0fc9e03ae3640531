/**
 * Curves of many cascades together: mean users, depth and greatest breadth at each minute from the root on.
 *
 * Reads the columns of `cascade.ts`. Each cascade is walked once, in the order of (minute, row); what it gains at a minute is added there, and a sum over
 * minutes makes curves of gains: O(rows log rows) whatever the number of cascades and minutes.
 * Only cascades that could be watched over all minutes are taken: root not later than `endHours` less the minutes. Invariant: the mean curve is the
 * mean of `cascadeCurves` of the same cascades, its oracle (`test/analysis/estimators/reproduction.test.ts`).
 */
import { arrivalMinute, authorCount, groupRows } from './cascade.ts';
import type { SharingColumns } from './cascade.ts';

/** Means over cascades; entry m counts every share up to and including m minutes. */
export interface MeanCurves {
  readonly cascadeCount: number;
  readonly scale: Float64Array;
  readonly depth: Float64Array;
  readonly maxBreadth: Float64Array;
  /** Standard error of the mean scale over cascades, at each minute; NaN below two cascades. */
  readonly scaleError: Float64Array;
}

/** Which cascades, and how far. */
export interface MeanCurveOptions {
  readonly minuteCount: number;
  /** When the record ends. */
  readonly endHours: number;
  /** Rows that a cascade must have to be taken; by default 2, so that posts nobody shared are left out. */
  readonly rowsMin?: number;
}

/** Mean curves of all cascades that were watched for long enough. */
export function meanCurves(columns: SharingColumns, options: MeanCurveOptions): MeanCurves {
  const { minuteCount, endHours, rowsMin = 2 } = options;
  const { roots, rows, starts, depth } = groupRows(columns.parent);
  const latest = endHours - (minuteCount - 1) / 60;
  const gains = gainsOver(minuteCount);
  const met = new Int32Array(authorCount(columns.author)).fill(-1);
  let cascadeCount = 0;
  for (let c = 0; c < roots.length; c++) {
    if (starts[c + 1] - starts[c] < rowsMin || columns.timeHours[roots[c]] > latest) continue;
    cascadeCount++;
    addGains(gains, columns, { members: rows.subarray(starts[c], starts[c + 1]), depth, root: roots[c] }, met);
  }
  const mean = (gain: Float64Array): Float64Array => summed(gain).map((sum) => sum / cascadeCount);
  const scale = mean(gains.scale);
  const squares = summed(gains.square);
  const scaleError = scale.map((one, m) => {
    const variance = (squares[m] - cascadeCount * one * one) / (cascadeCount - 1);
    return cascadeCount < 2 ? Number.NaN : Math.sqrt(Math.max(0, variance) / cascadeCount);
  });
  return { cascadeCount, scale, depth: mean(gains.depth), maxBreadth: mean(gains.maxBreadth), scaleError };
}

/** What is gained at each minute, over all cascades; `square`: of the squared scale. */
type Gains = Readonly<Record<'scale' | 'square' | 'depth' | 'maxBreadth', Float64Array>>;

function gainsOver(minuteCount: number): Gains {
  const none = (): Float64Array => new Float64Array(minuteCount);
  return { scale: none(), square: none(), depth: none(), maxBreadth: none() };
}

interface Walk {
  readonly members: Int32Array;
  readonly depth: Int32Array;
  readonly root: number;
}

/** Adds one cascade. `met` says at which root an author was met last. */
function addGains(gains: Gains, { timeHours, author }: SharingColumns, walk: Walk, met: Int32Array): void {
  const minuteCount = gains.scale.length;
  const minute = (row: number): number => arrivalMinute(timeHours[row] - timeHours[walk.root]);
  const order = Array.from(walk.members, (row) => ({ row, minute: minute(row) }));
  order.sort((a, b) => a.minute - b.minute || a.row - b.row);
  const breadth: number[] = [];
  let [users, deepest, widest] = [0, 0, 0];
  for (const { row, minute: now } of order) {
    if (now >= minuteCount) break;
    const level = walk.depth[row];
    if (level > deepest) {
      gains.depth[now] += level - deepest;
      deepest = level;
    }
    if (met[author[row]] === walk.root) continue;
    met[author[row]] = walk.root;
    gains.square[now] += 2 * users + 1;
    users++;
    gains.scale[now]++;
    breadth[level] = (breadth[level] ?? 0) + 1;
    if (breadth[level] > widest) {
      widest = breadth[level];
      gains.maxBreadth[now]++;
    }
  }
}

function summed(gain: Float64Array): Float64Array {
  let sum = 0;
  return gain.map((one) => (sum += one));
}
