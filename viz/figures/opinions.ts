/**
 * Opinions over time, as ridgelines: what agents hold, and what those whom they follow hold on average, after so many hours.
 *
 * Reads an attribute of numbers, what agents leant to since (`opinion-course.ts`), and ties with their times (`tie-reader.ts`), one after the
 * other. A circle that closes around its like shows as ridges that part; one that mixes, as ridges that narrow towards the middle. Agents who
 * follow nobody at the time are left out of its row. Where opinions move, a last row has what agents hold at the end.
 * Oracle: the last row is the mean over `readFollows` of what the followed hold at the end (`test/viz/figures/opinions.test.ts`).
 */
import { followOpinions, opinionName, type OpinionCourse } from '../../analysis/measures/opinion-course.ts';
import type { Records } from '../../sim/record/reader.ts';
import { readTies } from '../../sim/record/tie-reader.ts';
import { ridgeFigure, type RidgeRow } from '../ridge-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const [rowCount, ticksMin] = [7, 2];

export const opinionRidges: FigureKind = {
  name: 'opinions',
  shows: 'opinions of agents, and over time those of whom they follow',
  lacks(source) {
    const { traits = [] } = source.records.population;
    if (!traits.some(({ name, labels }) => name === opinionName && labels === undefined))
      return 'agents have no attribute opinion that is a number';
    if (source.isDataSet) return 'the ties of a data set have no history';
    return source.records.head.ticks < ticksMin ? `it has fewer than ${ticksMin} ticks` : undefined;
  },
  draw(source) {
    const { course, means } = ridgesOf(source);
    const ends: RidgeRow[] = course.leaningCount === 0 ? [] : [{ name: 'agents, end', values: Array.from(course.end) }];
    return ridgeFigure({
      title: 'Opinions of agents, and around them over time',
      source: source.line,
      x: { label: 'opinion', unit: 'points of the scale' },
      rowTitle: `first row: what agents hold; below: the mean of those whom each follows, after so many hours${ends.length === 0 ? '' : '; last: what agents hold then'}`,
      rows: [
        { name: 'agents', values: Array.from(course.start) },
        ...means.map(({ tick, values }) => ({ name: `${(tick * source.hoursPerTick).toFixed(0)} h`, values })),
        ...ends,
      ],
    });
  },
  caption(source) {
    const { leaningCount } = ridgesOf(source).course;
    if (leaningCount > 0)
      return `Both who follows whom and what agents hold change: they leant to another value ${leaningCount} times. The first row is of the start, the last of the end.`;
    return 'Opinions of this population are fixed; what changes is who follows whom. Ridges that part: agents come to follow their like.';
  },
};

interface Ridges {
  readonly course: OpinionCourse;
  readonly means: readonly MeanRow[];
}

function ridgesOf(source: FigureSource): Ridges {
  return source.once('opinion ridges', () => neighbourOpinions(source.records));
}

/** Of each agent, the mean opinion of those whom it follows after `tick` ticks; NaN where it follows nobody. */
export interface MeanRow {
  readonly tick: number;
  readonly values: readonly number[];
}

/** Opinions over the run, and those around agents at seven times from the start to the end. */
export function neighbourOpinions(records: Records): Ridges {
  const { ticks } = records.head;
  const { count } = records.population;
  const wanted = [...new Set(Array.from({ length: rowCount }, (_, k) => Math.round((ticks * k) / (rowCount - 1))))];
  const heldAt = new Map<number, Int32Array>();
  const course = followOpinions(records, opinionName, ({ tick }, held) => {
    if (wanted.includes(tick)) heldAt.set(tick, held.slice());
  });
  heldAt.set(ticks, course.end);
  const rows = wanted.map((tick) => ({
    ...{ tick, held: heldAt.get(tick) ?? course.end },
    ...{ sums: new Float64Array(count), degrees: new Int32Array(count) },
  }));
  for (const { source, target, spells } of readTies(records, 'follow', { ended: true }).walk()) {
    for (const { tick, held, sums, degrees } of rows) {
      if (!spells.some(({ start, end = Infinity }) => start <= tick && tick <= end)) continue;
      sums[source] += held[target];
      degrees[source]++;
    }
  }
  return {
    course,
    means: rows.map(({ tick, sums, degrees }) => ({
      tick,
      values: Array.from(sums, (sum, agent) => (degrees[agent] === 0 ? Number.NaN : sum / degrees[agent])),
    })),
  };
}
