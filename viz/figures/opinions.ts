/**
 * Opinions over time, as ridgelines: what agents hold, and then, as ties change, what those whom they follow hold on average.
 *
 * Reads an attribute of numbers, ties at the start, and follows and unfollows out of the log. Attributes of a population do not
 * change during a run; who is followed does. A circle that closes around its like shows as ridges that part; one that mixes, as
 * ridges that narrow towards the middle. Agents who follow nobody at the time are left out of its row.
 * Oracle: the last row is the mean over `readFollows` (`test/viz/figures/subjects.test.ts`).
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import type { TraitColumn } from '../../sim/world/population.ts';
import { ridgeFigure, type RidgeRow } from '../ridge-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const [rowCount, ticksMin] = [7, 2];

export const opinionRidges: FigureKind = {
  name: 'opinions',
  shows: 'opinions of agents, and over time those of whom they follow',
  lacks(source) {
    if (opinionOf(source) === undefined) return 'agents have no attribute opinion that is a number';
    if (source.isDataSet) return 'the ties of a data set have no history';
    return source.records.head.ticks < ticksMin ? `it has fewer than ${ticksMin} ticks` : undefined;
  },
  draw(source) {
    const trait = opinionOf(source);
    return ridgeFigure({
      title: 'Opinions of agents, and around them over time',
      source: source.line,
      x: { label: 'opinion', unit: 'points of the scale' },
      rowTitle: 'first row: what agents hold; below: the mean of those whom each follows, after so many hours',
      rows: trait === undefined ? [] : rowsOf(source, trait),
    });
  },
  caption: () =>
    'Opinions of this population are fixed; what changes is who follows whom. Ridges that part: agents come to follow their like.',
};

function opinionOf({ records }: FigureSource): TraitColumn | undefined {
  return records.population.traits?.find(({ name, labels }) => name === 'opinion' && labels === undefined);
}

function rowsOf(source: FigureSource, { value }: TraitColumn): RidgeRow[] {
  const { population, head } = source.records;
  const { count, followOffset, followee } = population;
  const [sums, degrees] = [new Float64Array(count), new Int32Array(count)];
  const isTied = new Set<number>();
  const change = (from: number, to: number, sign: 1 | -1): void => {
    const pair = from * count + to;
    if (isTied.has(pair) === (sign === 1)) return;
    if (sign === 1) isTied.add(pair);
    else isTied.delete(pair);
    sums[from] += sign * value[to];
    degrees[from] += sign;
  };
  for (let agent = 0; agent < count; agent++) {
    for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) change(agent, followee[tie], 1);
  }
  const means = (): number[] => Array.from(sums, (sum, agent) => (degrees[agent] === 0 ? NaN : sum / degrees[agent]));
  const wanted = new Set(Array.from({ length: rowCount }, (_, k) => Math.round((head.ticks * k) / (rowCount - 1))));
  const rows: RidgeRow[] = [{ name: 'agents', values: Array.from(value) }];
  const take = (ticks: number): void => {
    if (wanted.has(ticks)) rows.push({ name: `${(ticks * source.hoursPerTick).toFixed(0)} h`, values: means() });
  };
  take(0);
  for (const { tick, intentCount, actor, verb, target, outcome } of source.records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || actor[i] >= count) continue;
      if (verb[i] === verbs.follow) change(actor[i], target[i], 1);
      else if (verb[i] === verbs.unfollow) change(actor[i], target[i], -1);
    }
    take(tick + 1);
  }
  return rows;
}
