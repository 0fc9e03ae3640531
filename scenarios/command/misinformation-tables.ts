/**
 * Tables, verdicts and method of the page on misinformation. Its bars are declared here and nowhere else.
 *
 * Logs of ratios are printed as ratios, interval and all.
 */
import { exp } from '../../sim/ground/detmath.ts';
import { comparableAgents, publishedOdds } from '../misinformation/arms.ts';
import { equivalenceMargin } from '../misinformation/study.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { RealCascades } from '../misinformation/published.ts';
import type { ArmResult, Controls, MisinformationOrder, MisinformationStudy } from '../misinformation/study.ts';
import type { Block, Cell, TableColumn, Verdict } from '../../viz/report.ts';

/** What the page is made of. */
export interface MisinformationResult {
  readonly study: MisinformationStudy;
  readonly seconds: number;
  readonly real: RealCascades;
  readonly order: MisinformationOrder;
}

/** A log ratio as a ratio. */
export function ratioOf({ value, interval, n }: Estimate): Estimate {
  return { value: exp(value), interval: [exp(interval[0]), exp(interval[1])], n };
}

function cell(estimate: Estimate): Cell {
  const { value, interval } = estimate;
  if (!Number.isFinite(value)) return null;
  return interval.every(Number.isFinite) ? { value, low: interval[0], high: interval[1] } : value;
}

function words({ value, interval }: Estimate): string {
  const shown = value.toFixed(3);
  return interval.every(Number.isFinite) ? `${shown} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]` : shown;
}

const right = { align: 'right', decimals: 2 } as const;
const ratioColumns: readonly TableColumn[] = [
  { name: 'agents reached', ...right },
  { name: 'spreaders', ...right },
  { name: 'spread at a look', ...right },
];

/** Each claim with its bar. */
export function misinformationVerdicts({ study }: MisinformationResult): Verdict[] {
  const { main, controls } = study;
  const reached = ratioOf(main.logRatio.reached);
  const isSized = main.pairs.length > 1;
  return [
    {
      claim: 'Rumours reach more agents than truths (ratio)',
      measured: words(reached),
      bar: isSized ? 'interval above 1' : 'one pair has no interval',
      met: isSized ? reached.interval[0] > 1 : null,
      note: `${main.pairs.length} pairs of mirrored worlds, ${main.agents} agents. That rumours are spread more readily is put in; how far it carries them is not.`,
    },
    ...(controls === undefined ? [] : controlVerdicts(controls)),
  ];
}

/** What is found and held to no bar. */
export function findingsTable({ study, real }: MisinformationResult): Block {
  const { main, perTenfold, controls } = study;
  const rows: Cell[][] = [
    [
      'spread at a look, rumours over truths',
      cell(ratioOf(main.perLook)),
      `odds of ${publishedOdds} were put in; a ratio of shares is nearer to 1 than one of odds`,
    ],
    ['agents reached, rumours over truths', cell(ratioOf(main.logRatio.reached)), 'what the feed makes of it'],
    [
      'spreaders, rumours over truths',
      cell(ratioOf(main.logRatio.spreaders)),
      `its log is ${words(main.amplification.spreaders)} of the log of the odds; above 1 the feed adds to what was put in`,
    ],
  ];
  if (controls !== undefined) {
    const spreaders = words(ratioOf(controls.alone.spreaders));
    rows.push([
      'agents reached, all claims with the appeal over none',
      cell(ratioOf(controls.alone.reached)),
      `between worlds, so that no rumour takes the place of a truth; spreaders: ${spreaders}`,
    ]);
  }
  if (Number.isFinite(perTenfold.interval[0])) {
    rows.push([
      'factor of the reach ratio for ten times as many agents',
      cell(ratioOf(perTenfold)),
      `least squares over sizes from ${comparableAgents} agents on; growth is not assumed`,
    ]);
  }
  rows.push([
    'sizes of real cascades, false over true',
    cell(ratioOf(real.logRatio)),
    `geometric means of ${real.falseCount} and ${real.trueCount} cascades of 125 users and more: no ratio of reach among all rumours`,
  ]);
  return {
    kind: 'table',
    caption: 'What was found: ratios, held to no bar.',
    columns: [
      { name: 'what', align: 'left' },
      { name: 'ratio', ...right },
      { name: 'to be read so', align: 'left' },
    ],
    rows,
    notes: ['Intervals: 95 %.'],
  };
}

/** A p value as it is printed. */
function chance(p: number): string {
  return Number.isNaN(p) ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function controlVerdicts({ placebo, sameWorlds, seeds }: Controls): Verdict[] {
  const [low, high] = placebo.interval;
  return [
    {
      claim: 'At equal odds the mirrored worlds are the same world',
      measured: `${sameWorlds} of ${seeds} seeds with one digest`,
      bar: 'all',
      met: sameWorlds === seeds,
      note: 'so that the contrast is 1 in every seed, not on average',
    },
    {
      claim: 'At equal odds one account of each pair reaches as many as the other (unmirrored placebo, ratio)',
      measured: `${exp(placebo.mean).toFixed(3)}, 90 % [${exp(low).toFixed(3)}, ${exp(high).toFixed(3)}]`,
      bar: `equivalent to 1 within ${equivalenceMargin} of the logarithm`,
      met: placebo.isEquivalent,
      note: `${placebo.n} worlds, two one-sided t tests, p ${placebo.pValue.toPrecision(2)}`,
    },
  ];
}

const ratioNotes = [
  'Ratios of rumours over truths, sums over both mirrored worlds of all seeds; intervals: 95 %, jackknife over seeds.',
];

function ratiosOf({ logRatio, perLook }: ArmResult): Cell[] {
  return [logRatio.reached, logRatio.spreaders, perLook].map((one) => cell(ratioOf(one)));
}

/** Feeds and settings beside the main arm. */
export function armTable({ main, arms, contrasts }: MisinformationStudy): Block {
  const rows = [main, ...arms.filter(({ arm }) => arm.part === 'feed' || arm.part === 'setting')].map((one): Cell[] => {
    const contrast = contrasts.find(({ arm }) => arm === one.arm);
    return [one.arm.name, ...ratiosOf(one), contrast === undefined ? null : chance(contrast.holmP)];
  });
  return {
    kind: 'table',
    caption: 'Rumours over truths, by feed and setting.',
    columns: [{ name: 'arm', align: 'left' }, ...ratioColumns, { name: 'p, reach against main', align: 'right' }],
    rows,
    notes: [
      ...ratioNotes,
      `p: paired t tests of the log ratio of reach, Holm over all ${contrasts.length} arms.`,
      ...[main, ...arms].flatMap(({ arm }) =>
        arm.part === 'odds' || arm.part === 'moderation' ? [] : [`${arm.name}: ${arm.says}.`],
      ),
    ],
  };
}

/** What is found for what is put in. */
export function oddsTable({ main, arms }: MisinformationStudy): Block {
  const rows = [main, ...arms.filter(({ arm }) => arm.part === 'odds')]
    .sort((a, b) => a.arm.odds[0] - b.arm.odds[0])
    .map((one): Cell[] => [
      one.arm.odds[0],
      ...ratiosOf(one).slice(0, 2),
      cell(one.amplification.reached),
      cell(one.amplification.spreaders),
    ]);
  return {
    kind: 'table',
    caption: 'Rumours over truths, by the odds at a look that are put in.',
    columns: [
      { name: 'odds', align: 'right', decimals: 1 },
      ...ratioColumns.slice(0, 2),
      { name: 'log reached by log odds', ...right },
      { name: 'log spreaders by log odds', ...right },
    ],
    rows,
    notes: [...ratioNotes, 'At odds of 1 all are 1 by construction: the mirrored worlds are the same world.'],
  };
}

/** What a moderator does. */
export function moderationTable({ contrasts }: MisinformationStudy): Block {
  const rows = contrasts
    .filter(({ arm }) => arm.part === 'moderation')
    .map(({ arm, rumours, truths, holmP }): Cell[] => [
      arm.says,
      cell(ratioOf(rumours)),
      cell(ratioOf(truths)),
      chance(holmP),
    ]);
  return {
    kind: 'table',
    caption:
      'Agents reached over those of the main arm, where a moderator acts on all rumours half an hour after they were written.',
    columns: [
      { name: 'what is done', align: 'left' },
      { name: 'rumours', ...right },
      { name: 'truths', ...right },
      { name: 'p, reach ratio against main', align: 'right' },
    ],
    rows,
    notes: [
      'Intervals: 95 %, jackknife over seeds. A label takes 0.284 logits (24.7 % of sharing, Martel and Rand 2024) from what it stands on.',
      'Who has seen a rumour before the moderator acts stays reached.',
    ],
  };
}

const plainColumn = (name: string, decimals: number): TableColumn => ({ name, align: 'right', decimals });

/** The main arm by number of agents. */
export function sizeTable({ sizes }: MisinformationStudy): Block {
  return {
    kind: 'table',
    caption: 'Rumours over truths by number of agents.',
    columns: [plainColumn('agents', 0), plainColumn('pairs', 0), ...ratioColumns, plainColumn('share reached', 3)],
    rows: sizes.map((one): Cell[] => {
      const reached = meanOver(one, ({ plain, mirrored }) => plain.second.reached + mirrored.first.reached);
      return [one.agents, one.pairs.length, ...ratiosOf(one), reached / 8 / one.agents];
    }),
    notes: [
      ...ratioNotes,
      'Share reached: of all agents, by one rumour, on average.',
      `Below ${comparableAgents} agents the core is a fifth of them instead of 196, so that more differs than size.`,
    ],
  };
}

/** What became of ties. */
export function tieTable({ sizes }: MisinformationStudy): Block {
  return {
    kind: 'table',
    caption: 'Ties that were made in a run, and how they hang together, on average.',
    columns: [
      plainColumn('agents', 0),
      plainColumn('new ties', 0),
      plainColumn('clusters of them', 1),
      plainColumn('share of the greatest', 3),
    ],
    rows: sizes.map((one): Cell[] => [
      one.agents,
      meanOver(one, ({ plain }) => plain.newTies),
      meanOver(one, ({ plain }) => plain.newClusters),
      meanOver(one, ({ plain }) => plain.greatestClusterShare),
    ]),
    notes: ['Clusters: weak components of the new ties alone; the greatest as a share of the agents in any.'],
  };
}

type Pair = ArmResult['pairs'][number];

function meanOver({ pairs }: ArmResult, pick: (pair: Pair) => number): number {
  return pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
}

/** What was published, beside what is found. */
export function comparisonTable({ study, real }: MisinformationResult): Block {
  const reached = words(ratioOf(study.main.logRatio.reached));
  return {
    kind: 'table',
    caption: 'Beside what was published.',
    columns: [
      { name: 'source', align: 'left' },
      { name: 'published', align: 'left' },
      { name: 'here', align: 'left' },
      { name: 'can they be compared?', align: 'left' },
    ],
    rows: [
      [
        'OASIS, arXiv 2411.11581: a million agents',
        'rumours go further than truths in four pairs; no number, one run',
        `reach ${reached}`,
        'direction alone. There language models decide, so that it is a finding; here the readiness is put in, so that the direction is none',
      ],
      [
        'the same',
        'isolated clusters of new ties form',
        `${study.main.pairs[0].plain.newClusters} weak components of ${study.main.pairs[0].plain.newTies} new ties in the first world`,
        'in words alone: no count was published',
      ],
      [
        'Vosoughi, Roy and Aral 2018, Science 359',
        'falsehoods 70 % more likely to be retweeted; they reach more people',
        'put in as odds of 1.7 at a look',
        'it is not an odds at a look but one over tweets, with followers held fixed: an upper end, since feeds stand between the two',
      ],
      [
        'Pennycook et al. 2020, Psychol. Sci. 31',
        'whether a headline is true changes little in what people say they would share',
        'odds of 1: nothing is found',
        'the lower end of what is put in',
      ],
      [
        '99 cascades of Twitter15/16 (Ma et al. 2017)',
        `size, false over true: ${words(ratioOf(real.logRatio))}`,
        `reach ${reached}`,
        'no: they were chosen for 125 users and more',
      ],
    ],
  };
}
