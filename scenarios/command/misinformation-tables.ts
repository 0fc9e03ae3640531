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

/** Each claim with its bar; what has none is a finding. */
export function misinformationVerdicts({ study, real }: MisinformationResult): Verdict[] {
  const { main, perTenfold, controls } = study;
  const seeds = `${main.pairs.length} pairs of mirrored worlds, ${main.agents} agents`;
  const reached = ratioOf(main.logRatio.reached);
  const isSized = main.pairs.length > 1;
  const found = (claim: string, measured: string, note: string): Verdict => ({
    ...{ claim, measured, note, bar: 'none: stated', met: null },
  });
  return [
    {
      claim: 'Rumours reach more agents than truths (ratio)',
      measured: words(reached),
      bar: isSized ? 'interval above 1' : 'one pair has no interval',
      met: isSized ? reached.interval[0] > 1 : null,
      note: `${seeds}; that rumours are spread more readily is put in, how far it carries them is not`,
    },
    ...(controls === undefined ? [] : controlVerdicts(controls)),
    found(
      `Spread at a look, rumours over truths, where odds of ${publishedOdds} were put in (ratio of spreaders per exposure)`,
      words(ratioOf(main.perLook)),
      'below the odds: a ratio of shares is nearer to 1 than one of odds, and who looks twice is less ready',
    ),
    found(
      'Spreaders, rumours over truths (ratio)',
      words(ratioOf(main.logRatio.spreaders)),
      `log over the log of the odds: ${words(main.amplification.spreaders)}; above 1 the feed adds to what was put in`,
    ),
    ...(controls === undefined
      ? []
      : [
          found(
            'Agents reached where all claims have the appeal, over worlds where none has (ratio)',
            words(ratioOf(controls.alone.reached)),
            'without competition between rumour and truth; the same of spreaders: ' +
              words(ratioOf(controls.alone.spreaders)),
          ),
        ]),
    ...(Number.isFinite(perTenfold.interval[0])
      ? [
          found(
            'Reach, rumours over truths, for ten times as many agents (factor of the ratio)',
            words(ratioOf(perTenfold)),
            `least squares over sizes from ${comparableAgents} agents on; growth is not assumed`,
          ),
        ]
      : []),
    found(
      'Real cascades of 125 users and more: size, false over true (ratio of geometric means)',
      words(ratioOf(real.logRatio)),
      `${real.falseCount} false and ${real.trueCount} true ones, chosen by size: no ratio of reach among all rumours`,
    ),
  ];
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

const right = { align: 'right', decimals: 3 } as const;
const ratioColumns: readonly TableColumn[] = [
  { name: 'reached', ...right },
  { name: 'exposures', ...right },
  { name: 'spreaders', ...right },
  { name: 'at a look', ...right },
];
const ratioNotes = [
  'Ratios of rumours over truths, sums over both mirrored worlds of all seeds; intervals: 95 %, jackknife over seeds.',
];

function ratiosOf({ logRatio, perLook }: ArmResult): Cell[] {
  return [logRatio.reached, logRatio.shown, logRatio.spreaders, perLook].map((one) => cell(ratioOf(one)));
}

/** Feeds and settings beside the main arm. */
export function armTable({ main, arms, contrasts }: MisinformationStudy): Block {
  const rows = [main, ...arms.filter(({ arm }) => arm.part === 'feed' || arm.part === 'setting')].map((one): Cell[] => {
    const contrast = contrasts.find(({ arm }) => arm === one.arm);
    return [one.arm.name, one.arm.says, ...ratiosOf(one), contrast === undefined ? null : contrast.holmP];
  });
  return {
    kind: 'table',
    caption: 'Rumours over truths, by feed and setting.',
    columns: [
      { name: 'arm', align: 'left' },
      { name: 'what it is', align: 'left' },
      ...ratioColumns,
      { name: 'p, reach against main', align: 'right' },
    ],
    rows,
    notes: [...ratioNotes, `p: paired t tests of the log ratio of reach, Holm over all ${contrasts.length} arms.`],
  };
}

/** What is found for what is put in. */
export function oddsTable({ main, arms }: MisinformationStudy): Block {
  const rows = [main, ...arms.filter(({ arm }) => arm.part === 'odds')]
    .sort((a, b) => a.arm.odds[0] - b.arm.odds[0])
    .map((one): Cell[] => [
      one.arm.odds[0],
      ...ratiosOf(one),
      cell(one.amplification.reached),
      cell(one.amplification.spreaders),
    ]);
  return {
    kind: 'table',
    caption: 'Rumours over truths, by the odds at a look that are put in.',
    columns: [
      { name: 'odds put in', align: 'right', decimals: 1 },
      ...ratioColumns,
      { name: 'log reached / log odds', ...right },
      { name: 'log spreaders / log odds', ...right },
    ],
    rows,
    notes: [...ratioNotes, 'At odds of 1 all are 1 by construction: the mirrored worlds are the same world.'],
  };
}

/** What a moderator does. */
export function moderationTable({ contrasts }: MisinformationStudy): Block {
  const rows = contrasts
    .filter(({ arm }) => arm.part === 'moderation')
    .map(({ arm, rumours, truths, holmP }): Cell[] => [arm.says, cell(ratioOf(rumours)), cell(ratioOf(truths)), holmP]);
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

/** The main arm by number of agents. */
export function sizeTable({ sizes }: MisinformationStudy): Block {
  const rows = sizes.map((one): Cell[] => {
    const { pairs } = one;
    const mean = (pick: (pair: (typeof pairs)[number]) => number): number =>
      pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
    return [
      one.agents,
      pairs.length,
      ...ratiosOf(one),
      mean(({ plain, mirrored }) => plain.second.reached + mirrored.first.reached) / 8 / one.agents,
      mean(({ plain }) => plain.newTies),
      mean(({ plain }) => plain.newClusters),
      mean(({ plain }) => plain.greatestClusterShare),
    ];
  });
  const plain = (name: string, decimals: number): TableColumn => ({ name, align: 'right', decimals });
  return {
    kind: 'table',
    caption: 'Rumours over truths by number of agents, and what became of ties.',
    columns: [
      plain('agents', 0),
      plain('pairs', 0),
      ...ratioColumns,
      plain('share reached by a rumour', 3),
      plain('new ties', 0),
      plain('clusters of them', 0),
      plain('greatest cluster', 3),
    ],
    rows,
    notes: [
      ...ratioNotes,
      `Below ${comparableAgents} agents the core is a fifth of them instead of 196, so that more differs than size.`,
      'Clusters: weak components of the ties made in a run; the greatest as a share of the agents in them.',
    ],
  };
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
