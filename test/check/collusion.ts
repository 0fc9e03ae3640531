/**
 * Lines 8.3 and 8.7: rings among 10,000 agents, false alarms on clean worlds, the power curve; a discussion of 154,000 comments and a run of a million agents in time.
 *
 * Worlds are those of `test/analysis/collusion-worlds.ts`, where habits, rates and feeds differ from seed to seed. Precision and recall count members over
 * all worlds of a setting, in rings with q <= 0.05. An alarm is a clean world with a ring at q <= 0.05. Worlds are shared among cores. Some hour of CPU time, most of it the 1,000 clean worlds.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { writeDiscussion } from '../sim/import/sources.ts';
import { objectOf, temporary } from './figure.ts';
import type { RingWorldOrder, RingWorldResult } from './collusion-task.ts';
import type { Report, RunSummary } from './figure.ts';

/** What was found of planted rings over some worlds. */
interface RingScore {
  readonly precision: number;
  readonly recall: number;
  /** Share of members found, by ring size. */
  readonly recallBySize: readonly number[];
}

const sizes = [5, 10, 30];
/** Not a seed on which anything was chosen. */
const firstSeed = 9001;
const settings = [
  { targets: 20, participation: 0.5 },
  { targets: 10, participation: 0.8 },
];

/** How rings of a setting act. */
interface Setting {
  readonly targets: number;
  readonly participation: number;
  /** Targets with more acts than this only. */
  readonly actsMin?: number;
}

/** Looks through worlds, one a core at a time, in the order of seeds. */
function worldsOf(worldCount: number, setting?: Setting, more: object = {}): Promise<RingWorldResult[]> {
  const rings = setting === undefined ? [] : sizes.map((size) => ({ size, ...setting }));
  const orders = Array.from({ length: worldCount }, (_, i): RingWorldOrder => ({
    seed: firstSeed + i,
    rings,
    ...more,
  }));
  return runEnsemble(new URL('./collusion-task.ts', import.meta.url), 'lookThrough', orders, cpus().length);
}

function scoreOf(worlds: readonly RingWorldResult[]): RingScore {
  const sum = (of: (world: RingWorldResult) => number): number => worlds.reduce((all, one) => all + of(one), 0);
  const [listed, right] = [sum((one) => one.listed), sum((one) => one.right)];
  const bySize = sizes.map((_, k) => sum((one) => one.found[k]));
  const all = sizes.reduce((total, one) => total + one, 0) * worlds.length;
  return {
    precision: listed === 0 ? 1 : right / listed,
    recall: bySize.reduce((total, one) => total + one, 0) / all,
    recallBySize: bySize.map((count, k) => count / (sizes[k] * worlds.length)),
  };
}

/** Line 8.3. */
export async function checkRings(report: Report): Promise<void> {
  for (const setting of settings) {
    const { precision, recall, recallBySize } = scoreOf(await worldsOf(20, setting));
    report({
      command: `rings of ${sizes.join(', ')} among 10,000, ${setting.targets} targets at ${setting.participation}, 20 worlds`,
      figure: `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${told(recallBySize)})`,
      bar: 'precision >= 0.95, recall >= 0.8',
      met: precision >= 0.95 && recall >= 0.8,
    });
  }
  for (const targets of [2, 3, 4, 5, 6, 8, 10, 14, 20]) {
    const low = scoreOf(await worldsOf(5, { targets, participation: 0.5 }));
    const high = scoreOf(await worldsOf(5, { targets, participation: 0.8 }));
    report({
      command: `power, ${targets} targets, 5 worlds`,
      figure: `recall by size at participation 0.5: ${told(low.recallBySize)}; at 0.8: ${told(high.recallBySize)}`,
      bar: 'told',
    });
  }
  await reportPopular(report);
  await reportClean(report);
}

function told(shares: readonly number[]): string {
  return shares.map((one) => one.toFixed(2)).join(' ');
}

/** Rings that act on popular targets only, in worlds of 150 posts a day, nearly all of which are popular; and such worlds without rings. */
async function reportPopular(report: Report): Promise<void> {
  for (const targets of [10, 30]) {
    const worlds = await worldsOf(5, { targets, participation: 0.6, actsMin: popularFrom }, fewPosts);
    const { precision, recall, recallBySize } = scoreOf(worlds);
    report({
      command: `rings on ${targets} targets of more than ${popularFrom} acts at 0.6, 5 worlds`,
      figure: `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${told(recallBySize)})`,
      bar: 'told',
    });
  }
  const worlds = await worldsOf(60, undefined, fewPosts);
  const alarms = worlds.filter(({ ringCount }) => ringCount > 0).length;
  report({
    command: 'clean worlds whose posts are popular',
    figure: `${alarms} alarms in ${worlds.length} (Wilson ${percents(wilsonInterval(alarms, worlds.length).interval)})`,
    bar: 'at most 5 % within the interval',
    met: wilsonInterval(alarms, worlds.length).interval[0] <= 0.05,
  });
}

function percents([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}

const popularFrom = 200;
const fewPosts = { postsPerDay: 150 };
const cleanWorlds = 1000;

async function reportClean(report: Report): Promise<void> {
  const begun = performance.now();
  const worlds = await worldsOf(cleanWorlds);
  const seconds = (performance.now() - begun) / 1000;
  const alarms = worlds.filter(({ ringCount }) => ringCount > 0).length;
  const popular = worlds.filter(({ hasPopular }) => hasPopular).length;
  report({
    command: 'clean worlds of 10,000 agents: shared heartbeats, one new feed, viral posts, time zones',
    figure: `${alarms} alarms in ${cleanWorlds} (Wilson ${percents(wilsonInterval(alarms, cleanWorlds).interval)}), ${popular} of them with popular targets; ${seconds.toFixed(0)} s on ${cpus().length} cores`,
    bar: 'at most 66',
    met: alarms <= 66,
  });
}

interface Analyzed {
  readonly measures: { readonly collusion: { readonly rings: readonly unknown[]; readonly n: number } };
}

/** Line 8.7. MESOCOSM_MILLION_RUN names a run of a million agents that is at hand. */
export async function checkRingSpeed(report: Report): Promise<void> {
  writeDiscussion(join(temporary, 'ring-talk'), { agents: 6000, posts: 17_000, comments: 154_000 });
  await objectOf(['import', 'moltbook', 'ring-talk', '--out', 'ring-talk-set']);
  await timed(report, 'ring-talk-set', '154,000 comments', 30);
  const given = process.env['MESOCOSM_MILLION_RUN'];
  const isGiven = given !== undefined && existsSync(given);
  if (!isGiven) {
    await objectOf<RunSummary>(
      [
        ...['run', 'information-spreading', '--agents', '1000000', '--ticks', '700', '--seed', '7', '--index', 'none'],
        ...['--set', 'population.followsMean=20', '--set', 'population.wakesPerDayMean=36', '--out', 'ring-million'],
      ],
      { shown: true },
    );
  }
  await timed(report, isGiven ? given : 'ring-million', 'a run of a million agents', 120);
}

async function timed(report: Report, source: string, what: string, secondsMax: number): Promise<void> {
  const begun = performance.now();
  const { measures } = await objectOf<Analyzed>(['analyze', source, 'collusion']);
  const seconds = (performance.now() - begun) / 1000;
  const { rings, n } = measures.collusion;
  report({
    command: `analyze collusion: ${what}`,
    figure: `${seconds.toFixed(1)} s for ${n} acts; ${rings.length} rings`,
    bar: `below ${secondsMax} s`,
    met: seconds < secondsMax,
  });
}
