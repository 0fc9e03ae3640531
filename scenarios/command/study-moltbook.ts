/**
 * `study moltbook`: the worlds of the MoltBook study, its scorecard in words, and its page.
 *
 * Reads what `scenarios/moltbook/study.ts` gives; writes `report.html`, `scorecard.csv`, figures with their points below the directory. Text and numbers only;
 * `viz/report.ts` makes the page. Order: question, design, what was found, the two lists, misses, stationarity, the platform, versions, the recipe, limits.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../sim/ground/errors.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { secondsNow } from '../../sim/engine/clock.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { barFigure } from '../../viz/bar-figure.ts';
import { renderReport } from '../../viz/report.ts';
import { censusLines } from '../moltbook/census.ts';
import { describeMoltbookStudy, recipeLines, runMoltbookStudy } from '../moltbook/study.ts';
import { note, printResult } from './output.ts';
import { freeDirectory, writeFigures } from './study-output.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Block, Cell, Report, Verdict } from '../../viz/report.ts';
import type { MoltbookRow } from '../moltbook/scorecard.ts';
import type { MoltbookStudy } from '../moltbook/study.ts';
import type { NamedFigure, StudyFlags } from './study-output.ts';

const usualWorlds = 10;

/** Runs the command. Returns its exit status. */
export async function moltbookCommand(flags: StudyFlags): Promise<number> {
  if (flags.agents !== undefined) {
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: '--agents' },
      found: 'the scenario was calibrated at one size, and other sizes are other scenarios',
      next: 'Leave --agents out; node scenarios/command/calibrate-moltbook.ts fits another one.',
    });
  }
  const begun = secondsNow();
  const directory = freeDirectory('moltbook', flags);
  const study = await runMoltbookStudy({
    seeds: flags.replicates ?? usualWorlds,
    seed: flags.seed,
    workers: flags.workers ?? Math.min(8, availableParallelism()),
    onWorld: (done, all) => {
      note(`moltbook: ${done} of ${all} worlds`);
    },
  });
  const seconds = secondsNow() - begun;
  const { report, figures } = moltbookPage(study, seconds);
  writeFigures(directory, figures);
  writeWhole(join(directory, 'scorecard.csv'), [...writeTableCsv(scoreTable(study))].join(''));
  const page = join(directory, 'report.html');
  writeWhole(page, renderReport(report));
  const { scorecard, recipe, stationarity, census, versions } = study;
  const result = { study: directory, report: page, scorecard, recipe, stationarity, census, versions, seconds };
  printResult(flags.json === true, result, () =>
    [describeMoltbookStudy(study), '', `run time ${seconds.toFixed(0)} seconds`, page].join('\n'),
  );
  return 0;
}

function scoreTable({ scorecard }: MoltbookStudy) {
  return {
    columns: [
      ...['kind', 'id', 'unit', 'published', 'low', 'high', 'interval_rule', 'ours', 'ours_low', 'ours_high', 'worlds'],
      ...['place', 'distance', 'distance_halves', 'distance_first_day', 'distance_independent', 'source', 'definition'],
    ],
    rows: [...scorecard.calibrated, ...scorecard.heldOut].map(({ target, ours, place, distances }) => [
      ...[target.kind, target.id, target.unit, target.value, ...target.interval, target.intervalRule],
      ...[ours.value, ...ours.interval, ours.n, place],
      ...[
        distances.ours,
        distances.halves,
        distances.firstDay,
        distances.independent,
        target.source,
        target.definition,
      ],
    ]),
  };
}

// ---- Page ----

function moltbookPage(
  study: MoltbookStudy,
  seconds: number,
): { readonly report: Report; readonly figures: readonly NamedFigure[] } {
  const { worlds, scorecard, recipe } = study;
  const figures = [distanceFigure(scorecard.heldOut)];
  const report: Report = {
    title: 'MoltBook',
    status: 'complete',
    subtitle: `${worlds.length} worlds of agents that wake by heartbeats, beside what was published of the real platform`,
    facts: [
      { name: 'seeds', value: `${worlds[0].seed} to ${worlds[0].seed + worlds.length - 1}` },
      { name: 'posts and comments a world', value: Math.round(meanOver(study, 'messages')) },
      { name: 'active agents a world', value: Math.round(meanOver(study, 'activeAgents')) },
      { name: 'run time', value: Math.round(seconds), unit: 'seconds' },
      { name: 'engine', value: `mesocosm ${engineVersion}` },
    ],
    blocks: [
      heading('Question'),
      paragraph(
        'Do agents that wake by heartbeats, answer, post, comment and vote, and know nothing of one another but what they read, talk as those of MoltBook did? Some ' +
          'statistics were fitted, so that meeting them says nothing; the others are predictions.',
      ),
      heading('Design'),
      { kind: 'notes', notes: designOf(study) },
      heading('What was found'),
      { kind: 'verdicts', rows: verdictsOf(study) },
      heading('Calibrated'),
      listOf('Statistics that parameters were fitted to: means over worlds with 95 % intervals.', scorecard.calibrated),
      heading('Held out'),
      listOf('Predictions. Distances are from the published value.', scorecard.heldOut, true),
      ...figures.map(({ name, figure, caption }): Block => {
        return { kind: 'figure', svg: figure.svg, caption, dataHref: `figures/${name}.csv` };
      }),
      heading('Misses'),
      paragraph(
        'Statistics whose mean over worlds lies outside the published interval, calibrated ones first. Three digits; in brackets our 95 % interval, then theirs.',
      ),
      { kind: 'notes', notes: scorecard.misses },
      heading('Is the feed stationary?'),
      stationarityTable(study),
      heading('The platform'),
      censusTable(study),
      versionTable(study),
      heading('The recipe of Molt Dynamics, and what its results hang on'),
      paragraph(
        'Five features of the reply graph (in-degree, out-degree, betweenness, clustering, PageRank), standardised, k-means with k of 3 to 8 by the greatest silhouette; cascades are equal ' +
          'texts of two authors or more. The first row of the table is the recipe as published; each other row changes one thing.',
      ),
      recipeTable(study),
      { kind: 'notes', notes: recipeLines(recipe) },
      heading('Limits'),
      { kind: 'notes', notes: limitsOf(study) },
    ],
  };
  return { report, figures };
}

function heading(text: string): Block {
  return { kind: 'heading', level: 2, text };
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

function meanOver({ worlds }: MoltbookStudy, name: string): number {
  return worlds.reduce((sum, { statistics }) => sum + statistics[name], 0) / worlds.length;
}

function verdictsOf({ scorecard, worlds }: MoltbookStudy): Verdict[] {
  const { counts } = scorecard;
  const note = `${worlds.length} worlds`;
  return [
    {
      claim: 'Calibrated statistics lie in the published interval',
      measured: `${counts.calibratedInside} of ${counts.calibrated}`,
      ...{ bar: 'all', met: counts.calibratedInside === counts.calibrated, note },
    },
    {
      claim: 'Held-out statistics lie nearer to the published value than both baselines',
      measured: `${counts.beatBoth} of ${counts.comparedWithBoth}`,
      ...{ bar: 'at least half', met: 2 * counts.beatBoth >= counts.comparedWithBoth, note },
    },
    {
      claim: 'Held-out statistics lie in the published interval',
      measured: `${counts.heldOutInside} of ${counts.heldOut}`,
      ...{ bar: 'none: predictions', met: null, note },
    },
    {
      claim: 'Held-out statistics lie no farther from it than two real halves from each other',
      measured: `${counts.withinHalves} of ${counts.comparedWithHalves}`,
      ...{ bar: 'none: predictions', met: null, note },
    },
  ];
}

function listOf(caption: string, rows: readonly MoltbookRow[], hasDistances = false): Block {
  const left = { align: 'left' } as const;
  const right = { align: 'right', decimals: 3 } as const;
  const distances = ['ours away', 'real halves', 'first day', 'independent'];
  return {
    kind: 'table',
    caption,
    columns: [
      ...[
        { name: 'statistic', ...left },
        { name: 'published', ...right },
        { name: 'ours', ...right },
        { name: 'mean is', ...left },
      ],
      ...(hasDistances ? [...distances.map((name) => ({ name, ...right })), { name: 'beats both', ...left }] : []),
      ...[{ name: 'source', ...left }],
    ],
    rows: rows.map(({ target, ours, place, distances: away, beatsBoth }): Cell[] => [
      ...[target.id, { value: target.value, low: target.interval[0], high: target.interval[1] }, cell(ours), place],
      ...(hasDistances
        ? [
            away.ours,
            away.halves,
            away.firstDay,
            away.independent,
            beatsBoth === null ? null : beatsBoth ? 'yes' : 'no',
          ]
        : []),
      ...[target.source],
    ]),
    notes: rows.map(
      ({ target }) => `${target.id}: ${target.definition} (${target.unit}; interval by ${target.intervalRule})`,
    ),
  };
}

function cell({ value, interval }: Estimate): Cell {
  if (!Number.isFinite(value)) return null;
  return interval.every(Number.isFinite) ? { value, low: interval[0], high: interval[1] } : value;
}

/** Distances as shares of the published value, so that they fit on one axis. */
function distanceFigure(rows: readonly MoltbookRow[]): NamedFigure {
  const shareOf = (name: 'ours' | 'firstDay' | 'independent') =>
    rows.map(({ target, distances }) => (distances[name] === null ? null : distances[name] / Math.abs(target.value)));
  return {
    name: 'distances',
    figure: barFigure({
      title: 'How far from what was published',
      x: { label: 'held-out statistic' },
      y: { label: 'distance over the published value', scale: 'log' },
      categories: rows.map(({ target }) => target.id),
      groups: [
        { name: 'simulated', kind: 'simulated', values: shareOf('ours') },
        { name: 'first day persists', kind: 'baseline', values: shareOf('firstDay') },
        { name: 'independent agents', kind: 'baseline', values: shareOf('independent') },
      ],
    }),
    caption: 'Shorter is nearer. A bar that is missing: the statistic does not exist there.',
  };
}

/** How the worlds were made and what was decided when. */
function designOf({ worlds, real, versions }: MoltbookStudy): string[] {
  return [
    `${worlds.length} worlds with seeds of their own, which the search for parameters did not see; the unit of every interval is the world`,
    'a world has 10,000 registered agents, of whom a fifth ever acts; ticks of 5 seconds for 2.5 days, acts have drawn times within their ticks; the first half day is burn-in, the last day is measured',
    'an agent acts at its heartbeats; hours between them are lognormal over agents; limits of posts and comments are those of the first release of 31 January 2026',
    'targets, their definitions, intervals and which are held out were committed before the first calibration and not changed since; seven parameters were fitted to the eight calibrated ones',
    `baselines: the first whole day of real data persists; ${real.independentAgents} agents act independently at observed rates (${real.independentSeeds} draws); real halves: ${real.source}, cut at the median time`,
    `other versions of the limits: ${versions
      .slice(1)
      .map(({ platform, worlds: count }) => `${platform}, ${count} worlds`)
      .join('; ')}, nothing else changed`,
  ];
}

function stationarityTable({ stationarity }: MoltbookStudy): Block {
  const still = stationarity.filter(({ isEquivalent }) => isEquivalent).length;
  const right = { align: 'right', decimals: 3 } as const;
  return {
    kind: 'table',
    caption: `${still} of ${stationarity.length} statistics differ by less than a tenth between the halves of the window. Means over worlds of three stretches of half a day.`,
    columns: [
      { name: 'statistic', align: 'left' },
      ...['burn-in', 'first half', 'second half', 'difference'].map((name) => ({ name, ...right })),
      ...['p, equal within a tenth', 'p, different'].map((name) => ({ name, ...right })),
      { name: 'equal', align: 'left' },
    ],
    rows: stationarity.map(({ statistic, means, difference, interval, equivalenceP, differenceP, isEquivalent }) => [
      ...[statistic, ...means.map(orNull), { value: difference, low: interval[0], high: interval[1] }],
      ...[orNull(equivalenceP), orNull(differenceP), isEquivalent ? 'yes' : 'not shown'],
    ]),
    notes: [
      'difference: second half less first, over their mean, within worlds; its interval has 90 % and lies within a tenth where two one-sided t tests reject at 5 %',
      'p, different: paired t test with Holm’s correction over the table; each stretch is cut alike, so that a thread that crosses an edge counts in none',
    ],
  };
}

function censusTable({ census, worlds }: MoltbookStudy): Block {
  const names = Object.keys(censusLines) as (keyof typeof censusLines)[];
  return {
    kind: 'table',
    caption: `What a world holds: means over ${worlds.length} worlds, of the measured day. None of it is a target.`,
    columns: [
      { name: 'number', align: 'left' },
      { name: 'ours', align: 'right' },
      { name: 'definition', align: 'left' },
    ],
    rows: names.map((name): Cell[] => [name, cell(census[name]), censusLines[name]]),
    notes: [
      'published beside it: 770,000 registered and 90,704 active agents in three weeks (Molt Dynamics), 6,159 active ones in five days (Holtz); a world is smaller, and its window a day',
    ],
  };
}

function versionTable({ versions }: MoltbookStudy): Block {
  const right = { align: 'right', decimals: 3 } as const;
  return {
    kind: 'table',
    caption: 'The same agents under the limits of three versions of the platform.',
    columns: [
      { name: 'version', align: 'left' },
      { name: 'worlds', align: 'right' },
      ...['posts', 'comments', 'comments a post', 'posts refused', 'comments refused'].map((name) => ({
        ...{ name, ...right },
      })),
    ],
    rows: versions.map((one): Cell[] => [
      ...[one.platform, one.worlds, cell(one.posts), cell(one.comments), cell(one.commentsPerPost)],
      ...[cell(one.refusedPostShare), cell(one.refusedCommentShare)],
    ]),
    notes: [
      'moltbook-1.0.0, the study’s: a post in 30 minutes, 50 comments an hour; moltbook (skill file 1.9.0): a comment in 20 seconds, 50 a day; moltbook-1.11.0: the same, and less on an agent’s first day',
      'refused: share of attempts that a limit refused; agents do not try again',
    ],
  };
}

function recipeTable({ recipe, real, scorecard, worlds }: MoltbookStudy): Block {
  const right = { align: 'right', decimals: 3 } as const;
  const published = (id: string): number | null =>
    scorecard.heldOut.find(({ target }) => target.id === id)?.target.value ?? null;
  const range = (all: readonly number[]): string =>
    all.length === 0 ? '–' : `${Math.min(...all)} to ${Math.max(...all)}`;
  const shown = (name: string): number | null => real.whole[name] ?? null;
  return {
    kind: 'table',
    caption: `The recipe of Molt Dynamics on ${worlds.length} worlds, and with one choice changed.`,
    columns: [
      { name: 'points', align: 'left' },
      ...['silhouette', 'largest cluster'].map((name) => ({ name, ...right })),
      { name: 'clusters', align: 'left' },
    ],
    rows: [
      ['the recipe, our worlds', cell(recipe.silhouette), cell(recipe.largestShare), range(recipe.clusters)],
      ['without the largest cluster', cell(recipe.coreSilhouette), null, '–'],
      ['columns shuffled apart: no structure', cell(recipe.shuffledSilhouette), null, '–'],
      [
        ...['features as logarithms', cell(recipe.logarithmSilhouette), cell(recipe.logarithmLargestShare)],
        range(recipe.logarithmClusters),
      ],
      [
        'the recipe, real first days (233 agents)',
        shown('silhouette'),
        shown('largestClusterShare'),
        String(shown('clusters') ?? '–'),
      ],
      ['as published', published('silhouette'), published('largestClusterShare'), String(published('clusters') ?? '–')],
    ],
    notes: [
      'largest cluster: its share of agents, the periphery; published by Molt Dynamics, arXiv 2603.03555v1, abstract',
    ],
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function limitsOf({ real, census }: MoltbookStudy): string[] {
  return [
    `real data are few: the first whole day has ${real.firstDay['messages'] ?? 0} messages, the halves ${real.halves.map((half) => String(half['messages'])).join(' and ')}; both are from before the platform was known`,
    `graphs depend on how many agents there are: ours have ${Math.round(census.active.value)} active ones a day, Holtz counted 6,159 in five days, Molt Dynamics 90,704 in three weeks`,
    'published intervals are of papers with other windows; where no paper gives one, a tenth either way is ours',
    'papers were read in summaries, not all in full: their definitions are as summarised (data/published)',
    'agents do not think: what they say has no meaning, so nothing here is about what was talked of',
  ];
}
