/**
 * Line 9.4: the MoltBook study at its own size, by one command: calibrated statistics, held-out ones beside both baselines, the recipe of Molt Dynamics.
 *
 * Ten worlds, seeds 1 to 10. The bars are those of the targets, which were committed before the first calibration; what is missed is printed.
 */
import { join } from 'node:path';
import { objectOf, say, temporary } from './figure.ts';
import type { Report } from './figure.ts';

interface Study {
  readonly scorecard: {
    readonly counts: Readonly<Record<string, number>>;
    readonly misses: readonly string[];
    readonly calibrated: readonly unknown[];
    readonly heldOut: readonly unknown[];
  };
  readonly recipe: {
    readonly largestShare: { readonly value: number };
    readonly silhouette: { readonly value: number };
    readonly coreSilhouette: { readonly value: number };
    readonly shuffledSilhouette: { readonly value: number };
    readonly logarithmLargestShare: { readonly value: number };
    readonly clusters: readonly number[];
    readonly logarithmClusters: readonly number[];
    readonly comparisons: Readonly<Record<string, number>>;
    readonly verdicts: Readonly<Record<string, number>>;
  };
  readonly stationarity: readonly { readonly isEquivalent: boolean; readonly differenceP: number }[];
  readonly versions: readonly { readonly platform: string; readonly refusedCommentShare: { readonly value: number } }[];
  readonly seconds: number;
}

const worlds = 10;

/** Runs the check. */
export async function checkMoltbook(report: Report): Promise<void> {
  const args = ['study', 'moltbook', '--replicates', String(worlds), '--seed', '1'];
  const { scorecard, recipe, stationarity, versions, seconds } = await objectOf<Study>(
    [...args, '--out', join(temporary, 'moltbook')],
    {
      shown: true,
    },
  );
  const { counts, misses, calibrated, heldOut } = scorecard;
  for (const miss of misses) say(miss);
  report({
    command: args.join(' '),
    figure: `${calibrated.length} calibrated and ${heldOut.length} held-out statistics, ${misses.length} misses, ${seconds.toFixed(0)} s`,
    bar: 'each is inside or among the misses',
    met: misses.length === calibrated.length + heldOut.length - counts['calibratedInside'] - counts['heldOutInside'],
  });
  report({
    command: 'calibrated inside the published interval',
    figure: `${counts['calibratedInside']} of ${counts['calibrated']}`,
    bar: 'all',
    met: counts['calibratedInside'] === counts['calibrated'],
  });
  report({
    command: 'held out nearer than both baselines',
    figure: `${counts['beatBoth']} of ${counts['comparedWithBoth']}`,
    bar: 'at least half',
    met: 2 * counts['beatBoth'] >= counts['comparedWithBoth'],
  });
  report({
    command: 'held out inside the published interval; no farther than two real halves',
    figure: `${counts['heldOutInside']} of ${counts['heldOut']}; ${counts['withinHalves']} of ${counts['comparedWithHalves']}`,
    bar: 'stated',
  });
  const tally = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${name}: ${count}`)
      .join('; ');
  const still = stationarity.filter(({ isEquivalent }) => isEquivalent).length;
  const different = stationarity.filter(({ differenceP }) => differenceP < 0.05).length;
  report({
    command: 'halves of the window: equal within a tenth; different after Holm',
    figure: `${still} of ${stationarity.length} statistics; ${different}`,
    bar: 'none differs',
    met: different === 0,
  });
  report({
    command: 'comments that limits refuse, by version',
    figure: versions.map((one) => `${one.platform} ${one.refusedCommentShare.value.toFixed(3)}`).join(', '),
    bar: 'stated',
  });
  const spread = (all: readonly number[]): string => `${Math.min(...all)} to ${Math.max(...all)}`;
  report({
    command:
      'the recipe of Molt Dynamics: silhouette, without the largest cluster, on shuffled columns; largest cluster',
    figure: `${[recipe.silhouette, recipe.coreSilhouette, recipe.shuffledSilhouette, recipe.largestShare].map(({ value }) => value.toFixed(3)).join(', ')}; clusters ${spread(recipe.clusters)}`,
    bar: 'stated',
  });
  report({
    command: 'the same on logarithms: largest cluster',
    figure: `${recipe.logarithmLargestShare.value.toFixed(3)}; clusters ${spread(recipe.logarithmClusters)}`,
    bar: 'stated',
  });
  report({
    command: 'its cascades: likelihoods favour; verdicts',
    figure: `${tally(recipe.comparisons)}; ${tally(recipe.verdicts)}`,
    bar: 'stated',
  });
}
