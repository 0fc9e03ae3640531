/**
 * Adoption by exposure: how often agents adopt at their k-th exposure, beside a placebo that deals the same adoptions out anew.
 *
 * Reads the rows of exposure that the measure reads: recorded looks where there are any, else inferred exposures. The placebo is an
 * expectation and needs no draws: within a content and a kind of person every chance is as likely to be the one that was taken, so
 * the expected share at level k is the mean over its chances of the share of their group. It lies below the observed share at k where
 * exposure does something that who looks at what does not explain.
 * Oracle: `test/viz/figures/adoption.test.ts` deals adoptions out ten thousand times. Source: `measures/adoption.ts`.
 */
import { exposureCurve, type ExposureRows } from '../../analysis/estimators/exposure-curve.ts';
import { historiesOf } from '../../analysis/measures/adoption-history.ts';
import { adoptionOf } from '../../analysis/measures/adoption-records.ts';
import { exposureRowsOf, lookRowsOf, upToLevel } from '../../analysis/measures/adoption-spread.ts';
import { truthOf } from '../../analysis/measures/adoption-truth.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { levelFigure, type LevelEstimate } from '../level-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const [shownMax, replicateCount, bootstrapKey] = [12, 200, 81];

/** What was found at each number of exposures. */
interface AdoptionCurve {
  readonly isRecorded: boolean;
  /** How often a feed shows a content to who remembers it; later looks are left out. */
  readonly shownMax: number | undefined;
  readonly points: ReturnType<typeof exposureCurve>;
  readonly placebo: readonly (number | null)[];
}

export const adoptionByExposure: FigureKind = {
  name: 'adoption',
  shows: 'adoption by the number of exposures, beside a placebo',
  lacks: (source) =>
    curveOf(source) === undefined ? 'nobody was exposed to anything that somebody adopted' : undefined,
  draw(source) {
    const curve = curveOf(source) ?? { isRecorded: false, shownMax: undefined, points: [], placebo: [] };
    const estimate = ({
      share,
      clusteredInterval: [low, high],
      trials,
    }: (typeof curve.points)[number]): LevelEstimate => ({
      ...{ value: share, n: trials },
      ...(Number.isFinite(low) ? { low, high } : {}),
    });
    return levelFigure({
      title: 'Adoption by exposure',
      source: source.line,
      x: { label: 'exposures to a content so far', unit: curve.isRecorded ? 'looks' : 'adopters in sight' },
      y: { label: 'adopting at this exposure', unit: `share of ${curve.isRecorded ? 'looks' : 'chances'}`, from: 0 },
      levels: curve.points.map(({ level, isLast }, at) =>
        isLast && at === shownMax - 1 ? `${level} or more` : `${level}`,
      ),
      series: [
        {
          name: curve.isRecorded ? 'as recorded' : 'as inferred',
          kind: source.kind,
          estimates: curve.points.map(estimate),
        },
        {
          name: 'placebo: the same adoptions, dealt out within content and kind of person',
          kind: 'baseline',
          estimates: curve.placebo.map((value) => (value === null ? null : { value })),
        },
      ],
      interval: `95 %, ${replicateCount} resamples of agents`,
      ...(curve.shownMax === undefined
        ? {}
        : {
            note: `Left out: looks after the first ${curve.shownMax}, which this feed shows only to agents who forgot the others.`,
          }),
    });
  },
  caption: (source) =>
    curveOf(source)?.isRecorded === true
      ? 'Of the agents who looked at a content a k-th time, the share that adopted it then; the placebo keeps who looked at what and how many adopted.'
      : 'Looks were not recorded, so exposure is inferred: somebody whom the agent follows had adopted the content.',
};

function curveOf(source: FigureSource): AdoptionCurve | undefined {
  return source.once('adoption curve', () => {
    const { columns } = adoptionOf(source.records, source.seed);
    const { looks } = columns;
    const looked = looks === undefined ? undefined : lookRowsOf(columns, looks);
    // A feed that shows a content so often at most shows it anew only to who forgot it: a later look is a first one again.
    const shownMax = truthOf(source.records)?.shownMax ?? undefined;
    const remembered = looked === undefined || shownMax === undefined ? looked : upToLevel(looked, shownMax);
    const { rows } = remembered ?? exposureRowsOf(columns, historiesOf(columns));
    if (rows.count === 0) return undefined;
    const stream = randomStream(source.seed, streamPurposes.bootstrap, bootstrapKey);
    const points = exposureCurve(rows, stream, replicateCount);
    return {
      isRecorded: looks !== undefined,
      shownMax,
      points,
      placebo: placeboShares(
        rows,
        points.map(({ level }) => level),
      ),
    };
  });
}

/** Expected share of adoptions at each level when those of a group are dealt out to its chances; the last level holds all above it. */
export function placeboShares(
  { count, level, trials, adopted, group }: ExposureRows,
  levels: readonly number[],
): (number | null)[] {
  const groups = new Map<number, { adopted: number; trials: number }>();
  for (let row = 0; row < count; row++) {
    const one = groups.get(group[row]) ?? { adopted: 0, trials: 0 };
    one.adopted += adopted[row];
    one.trials += trials[row];
    groups.set(group[row], one);
  }
  const last = levels.at(-1) ?? 1;
  const sums = new Map(levels.map((one) => [one, { expected: 0, trials: 0 }]));
  for (let row = 0; row < count; row++) {
    const sum = sums.get(Math.min(last, level[row]));
    const own = groups.get(group[row]);
    if (sum === undefined || own === undefined) continue;
    sum.expected += (trials[row] * own.adopted) / own.trials;
    sum.trials += trials[row];
  }
  return levels.map((one) => {
    const sum = sums.get(one);
    return sum === undefined || sum.trials === 0 ? null : sum.expected / sum.trials;
  });
}
