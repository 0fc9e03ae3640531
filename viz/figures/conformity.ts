/**
 * Conformity over time, by arm: how often votes have the sign of the score that their voters were shown.
 *
 * Draws the measure `conformity` and has none of its own: of first votes where a score other than 0 was shown, the share that agrees with it
 * (`agreementWithShownScore`), by bins of simulated time; dashed what voters would agree who vote as voters do who are shown 0. The distance
 * between the two is `agreementExcess`, which is no effect of the score: what is good is voted for by everybody.
 * Invariant: means over bins, weighted by votes, are the numbers of `analyze RUN conformity`. Oracle: these (`test/viz/figures/conformity.test.ts`).
 */
import { agreementCourse, hasVotes } from '../../analysis/measures/conformity.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import type { AgreementCourse } from '../../analysis/measures/conformity.ts';
import type { VoteColumns } from '../../analysis/measures/votes.ts';
import type { Records } from '../../sim/record/reader.ts';
import { lineFigure } from '../line-figure.ts';
import { armSeries, armWords, type ArmValues } from './arm-series.ts';
import type { FigureKind, FigureSource } from './source.ts';

const binMax = 12;

export const conformity: FigureKind = {
  name: 'conformity',
  shows: 'how often votes have the sign of the score that was shown, by arm, beside voters who do not follow it',
  lacks(source) {
    const without = source.arms.flatMap(({ worlds }) => worlds).find((records) => !hasVotes(records));
    if (without !== undefined) return 'its agents cannot vote against anything: there is no score to follow';
    const { votes } = agreementCourse(votesOf(source, source.records), () => 0, 1);
    return votes[0] === 0 ? 'nobody voted where a score other than 0 was shown' : undefined;
  },
  draw(source) {
    const { arms } = source;
    const hours = Math.min(...arms.flatMap(({ worlds }) => worlds.map(hoursOf)));
    const binCount = Math.min(binMax, Math.max(...arms.flatMap(({ worlds }) => worlds.map(({ head }) => head.ticks))));
    const places = Array.from({ length: binCount }, (_, bin) => ((bin + 0.5) * hours) / binCount);
    const measured = arms.map(({ name, worlds }) => ({
      name,
      worlds: worlds.map((records) =>
        courseOf(votesOf(source, records), hoursOf(records) / records.head.ticks, hours, binCount),
      ),
    }));
    const observed = measured.map(({ name, worlds }): ArmValues => ({
      name,
      kind: 'simulated',
      worlds: worlds.map((one) => one.agreement),
    }));
    const chance = measured.map(({ name, worlds }): ArmValues => ({
      name: `${name}, no follower`,
      kind: 'baseline',
      worlds: worlds.map((one) => one.expected),
    }));
    return lineFigure({
      title: 'Conformity: votes with the sign of the score that was shown',
      source: source.armLine,
      x: { label: 'simulated time', unit: 'hours', from: 0 },
      y: { label: 'agree with the score', unit: 'share of first votes' },
      // Bands of the baselines would lie on those of the arms: their means are enough to see the distance.
      series: [
        ...armSeries(observed, places),
        ...armSeries(chance, places).map(({ name, kind, points }) => ({ name, kind, points })),
      ],
      ...armWords(observed),
    });
  },
  caption: (source) =>
    `Of first votes where a score other than 0 was shown, the share that has its sign; dashed: voters who vote as those do who are shown 0. The distance is no effect of the score alone: what is good is voted for by everybody. ${source.arms.length} ${source.arms.length === 1 ? 'arm' : 'arms'}.`,
};

function hoursOf({ head, manifest }: Records): number {
  return (head.ticks * manifest.tickSeconds) / 3600;
}

function votesOf(source: FigureSource, records: Records): VoteColumns {
  if (records !== source.records) return readVotes(records).votes;
  return source.once('votes', () => readVotes(records).votes);
}

function courseOf(votes: VoteColumns, hoursPerTick: number, hours: number, binCount: number): AgreementCourse {
  return agreementCourse(votes, (tick) => Math.floor((tick * hoursPerTick * binCount) / hours), binCount);
}
