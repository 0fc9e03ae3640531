/**
 * Lines 8.3 and 8.7: rings among 10,000 agents, false alarms on clean worlds, the power curve; a discussion of 154,000 comments and a run of a million agents in time.
 *
 * Worlds are those of `test/analysis/collusion-worlds.ts`, where habits, rates and feeds differ from seed to seed. Precision and recall count members over
 * all worlds of a setting, in rings with q <= 0.05. An alarm is a clean world with a ring at q <= 0.05. Some hour on one core, most of it the 1,000 clean worlds.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findCollusion } from '../../analysis/estimators/collusion.ts';
import { collusionWorld } from '../analysis/collusion-worlds.ts';
import { writeDiscussion } from '../sim/import/sources.ts';
import { objectOf, temporary } from './figure.ts';
import type { Report, RunSummary } from './figure.ts';

/** What was found of planted rings over some worlds. */
export interface RingScore {
  readonly precision: number;
  readonly recall: number;
  /** Share of members found, by ring size. */
  readonly recallBySize: readonly number[];
}

const sizes = [5, 10, 30];
const significantAt = 0.05;
/** Not a seed on which anything was chosen. */
const firstSeed = 9001;
const deals = 39;

/** Scores a setting over worlds with a ring of each size. */
export function scoreRings(setting: { targets: number; participation: number }, worldCount: number): RingScore {
  let [listed, right] = [0, 0];
  const found = sizes.map(() => 0);
  for (let seed = firstSeed; seed < firstSeed + worldCount; seed++) {
    const world = collusionWorld(seed, { rings: sizes.map((size) => ({ size, ...setting })) });
    const { rings } = findCollusion(world.columns, { seed, deals });
    const members = new Set(rings.filter(({ qValue }) => qValue <= significantAt).flatMap(({ agents }) => agents));
    const planted = world.rings.map((ring) => ring.filter((agent) => members.has(agent)).length);
    planted.forEach((count, k) => (found[k] += count));
    listed += members.size;
    right += new Set(world.rings.flat().filter((agent) => members.has(agent))).size;
  }
  const all = sizes.reduce((sum, one) => sum + one, 0) * worldCount;
  return {
    precision: listed === 0 ? 1 : right / listed,
    recall: found.reduce((sum, one) => sum + one, 0) / all,
    recallBySize: found.map((count, k) => count / (sizes[k] * worldCount)),
  };
}

/** How many of so many clean worlds raise an alarm. */
export function countAlarms(worldCount: number): number {
  let alarms = 0;
  for (let seed = firstSeed; seed < firstSeed + worldCount; seed++) {
    const { rings } = findCollusion(collusionWorld(seed).columns, { seed, deals });
    if (rings.some(({ qValue }) => qValue <= significantAt)) alarms++;
  }
  return alarms;
}

const settings = [
  { targets: 20, participation: 0.5 },
  { targets: 10, participation: 0.8 },
];

/** Line 8.3. */
export async function checkRings(report: Report): Promise<void> {
  for (const setting of settings) {
    const { precision, recall, recallBySize } = scoreRings(setting, 20);
    report({
      command: `rings of ${sizes.join(', ')} among 10,000, ${setting.targets} targets at ${setting.participation}, 20 worlds`,
      figure: `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${recallBySize.map((one) => one.toFixed(2)).join(', ')})`,
      bar: 'precision >= 0.95, recall >= 0.8',
      met: precision >= 0.95 && recall >= 0.8,
    });
  }
  for (const targets of [2, 3, 4, 5, 6, 8, 10, 14, 20]) {
    const curve = [0.5, 0.8].map((participation) => scoreRings({ targets, participation }, 5));
    const told = curve.map(({ recallBySize }) => recallBySize.map((one) => one.toFixed(2)).join(' '));
    report({
      command: `power, ${targets} targets, 5 worlds`,
      figure: `recall by size at participation 0.5: ${told[0]}; at 0.8: ${told[1]}`,
      bar: 'told',
    });
  }
  const alarms = countAlarms(1000);
  report({
    command: 'clean worlds of 10,000 agents: shared heartbeats, one new feed, viral posts, time zones',
    figure: `${alarms} alarms in 1,000`,
    bar: 'at most 66',
    met: alarms <= 66,
  });
  await Promise.resolve();
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
