/**
 * Line 5.6: what a feed does to how a follow network is sorted by opinion: 30 pairs of worlds that differ in the feed alone, and as many
 * in which topics are independent of opinions.
 *
 * The unit is the pair; seeds are 1 to 30. The scenarios are the package's own, at their full size.
 */
import { cpus } from 'node:os';
import { describeFeedStudy, runFeedStudy } from '../../scenarios/feed-and-opinion/study.ts';
import { say } from './figure.ts';
import type { FeedArm } from '../../scenarios/feed-and-opinion/study.ts';
import type { Report } from './figure.ts';

const seeds = 30;

/** Runs the check. */
export async function checkOpinion(report: Report): Promise<void> {
  const study = await runFeedStudy({ seeds, workers: cpus().length });
  say(describeFeedStudy(study));
  const { linked, placebo } = study;
  report({
    command: `opinionAssortativity (follow layer), change from tick 0, interest less random feed, ${seeds} seeds`,
    figure: `mean paired difference ${sizeOf(linked)}`,
    bar: 'interval off 0',
    met: linked.mean.interval[0] > 0 || linked.mean.interval[1] < 0,
  });
  const { equivalence } = placebo;
  report({
    command: 'the same in the placebo world: topics independent of opinions',
    figure: `${sizeOf(placebo)}; two one-sided tests: p ${equivalence.pValue.toPrecision(2)}`,
    bar: `equivalent to 0 within ±${equivalence.margin}`,
    met: equivalence.isEquivalent,
  });
}

function sizeOf({ mean, equivalence }: FeedArm): string {
  const range = (interval: readonly [number, number]): string => interval.map((end) => end.toFixed(4)).join(' to ');
  return `${mean.value.toFixed(4)}, 95 % ${range(mean.interval)}, 90 % ${range(equivalence.interval)}`;
}
