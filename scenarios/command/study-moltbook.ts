/**
 * `study moltbook`: the worlds of the MoltBook study, its scorecard in words, and its page.
 *
 * Reads what `scenarios/moltbook/study.ts` gives; writes `report.html`, `scorecard.csv`, figures with their points below the directory. Text and numbers only;
 * `viz/report.ts` makes the page. Order: question, what was found, the two lists, misses, the recipe, method, limits.
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
import { describeMoltbookStudy, recipeLines, runMoltbookStudy } from '../moltbook/study.ts';
import { freeDirectory, writeFigures } from './study-directory.ts';
import { note, printResult } from './output.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Block, Cell, Report, Verdict } from '../../viz/report.ts';
import type { MoltbookRow } from '../moltbook/scorecard.ts';
import type { MoltbookStudy } from '../moltbook/study.ts';
import type { NamedFigure } from './spreading-page.ts';
import type { StudyFlags } from './study-directory.ts';

const usualWorlds = 10;

/** Runs the command. Returns its exit status. */
export async function moltbookCommand(flags: StudyFlags): Promise<number> {
  if (flags.agents !== undefined) {
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: '--agents' },
      found: 'the scenario was calibrated at one size, and other sizes are other scenarios',
      next: 'Leave --agents out; node scenarios/moltbook/calibrate.ts fits another one.',
    });
  }
  const begun = secondsNow();
  const directory = freeDirectory('moltbook-study', flags.out);
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
  const { scorecard, recipe } = study;
  printResult(flags.json === true, { study: directory, report: page, scorecard, recipe, seconds }, () =>
    [describeMoltbookStudy(study), '', page].join('\n'),
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
      { kind: 'notes', notes: scorecard.misses },
      heading('The recipe of Molt Dynamics, and what its results hang on'),
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
  const distances = ['ours', 'real halves', 'first day', 'independent'];
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
      ...(hasDistances ? distances.map((name) => ({ name, ...right })) : []),
      ...[{ name: 'source', ...left }],
    ],
    rows: rows.map(({ target, ours, place, distances: away }): Cell[] => [
      ...[target.id, { value: target.value, low: target.interval[0], high: target.interval[1] }, cell(ours), place],
      ...(hasDistances ? [away.ours, away.halves, away.firstDay, away.independent] : []),
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

function limitsOf({ worlds, real }: MoltbookStudy): string[] {
  const halves = (name: string): string => {
    const [early, late] = [0, 1].map(
      (half) => worlds.reduce((sum, world) => sum + world.halves[half][name], 0) / worlds.length,
    );
    return `${early.toPrecision(3)} and ${late.toPrecision(3)}`;
  };
  return [
    `stationary? the two halves of the window have ${halves('messages')} messages, first comments after ${halves('firstCommentSeconds')} s, ${halves('commentsPerPost')} comments a post`,
    `real data: ${real.source}; its first whole day has ${real.firstDay['messages'] ?? 0} messages, its halves ${real.halves.map((half) => String(half['messages'])).join(' and ')}`,
    'graphs depend on how many agents there are: Holtz counted 6,159 active ones, Molt Dynamics 90,704',
    'published intervals are of papers with other windows; where no paper gives one, a tenth either way is ours',
  ];
}
