/**
 * Tables, verdicts and method of the study's report. The bars are declared here and nowhere else.
 */
import { comparedMinutes, fitMinutes } from '../information-spreading/comparison.ts';
import { usersMin } from '../information-spreading/real-cascades.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Block, Cell, Verdict } from '../../viz/report.ts';
import type { AblationResult } from '../information-spreading/ablations.ts';
import type { RealCascades } from '../information-spreading/real-cascades.ts';
import type { StudyResult } from '../information-spreading/study.ts';

/** What the study is held to. Published anchor: OASIS reports about 0.30 for the normalised error (arXiv 2411.11581). */
export const bars = {
  minuteError: 0.15,
  /** Of cascades that no parameter was fitted to. */
  keptBackDistance: 0.2,
  spearmanWithin: 0.2,
} as const;

function cell(estimate: Estimate): Cell {
  const { value, interval } = estimate;
  return interval.every(Number.isFinite) ? { value, low: interval[0], high: interval[1] } : value;
}

function words(estimate: Estimate): string {
  const { value, interval } = estimate;
  const shown = value.toFixed(3);
  return interval.every(Number.isFinite) ? `${shown} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]` : shown;
}

/** The cascades that simulated ones are held against, in words. */
export function realWords({ real, against }: Pick<StudyResult, 'real' | 'against'>): string {
  const count = real.columns.users.length;
  if (against !== null) return `${count} real cascades that were kept back`;
  return `${count} held-out cascades of Twitter15/16 (Ma et al. 2017)`;
}

/** Each claim with its bar. */
export function summaryVerdicts(result: StudyResult): Verdict[] {
  const { comparison: minutes } = result.minutes;
  const { comparison, fit, floor } = result;
  const baselines = minutes.baselines.filter((one) => one.name !== 'best constant');
  const hardest = Math.min(...baselines.map((one) => one.afterFit));
  const belowBar = (claim: string, estimate: Estimate, bar: number, note: string): Verdict => ({
    ...{ claim, note, measured: words(estimate), bar: `at most ${bar}`, met: estimate.value <= bar },
  });
  const seeds = `mean over ${result.minutes.worlds.length} seeds, 95 % interval; in-sample: fitted to this cascade’s minutes 0 to ${fitMinutes - 1}`;
  const worldsNote = `${comparison.cascades} cascades of ${result.worlds.length} worlds; interval over worlds; no parameter was fitted to these ${comparison.realCount}`;
  const apart = (name: 'users' | 'depth'): string =>
    `; two real halves lie ${floor[name].mean.toFixed(3)} apart on average, 95 of 100 within ${floor[name].upper.toFixed(3)}`;
  const nearKeptBack = (claim: string, name: 'users' | 'depth'): Verdict =>
    belowBar(claim, comparison[name], bars.keptBackDistance, worldsNote + apart(name));
  const whose = result.against === null ? 'the held-out half' : 'cascades that were kept back';
  return [
    belowBar(
      'Users by minute follow the real cascade (normalised error, minutes 0 to 149)',
      minutes.scale,
      bars.minuteError,
      seeds,
    ),
    belowBar('Breadth by minute follows it', minutes.breadth, bars.minuteError, seeds),
    {
      claim: 'After the fitted minutes the simulation beats plain curves (minutes 31 to 149)',
      measured: words(minutes.scaleAfterFit),
      bar: `below ${baselines.map((one) => `${one.name} ${one.afterFit.toFixed(3)}`).join(', ')}`,
      met: minutes.scaleAfterFit.value < hardest,
      note: seeds,
    },
    nearKeptBack(`Sizes are distributed as those of ${whose} (Kolmogorov-Smirnov)`, 'users'),
    nearKeptBack(`Depths are distributed as those of ${whose} (Kolmogorov-Smirnov)`, 'depth'),
    {
      claim: 'Sizes and depths against the fit half (Kolmogorov-Smirnov)',
      measured: `sizes ${words(fit.users)}, depths ${words(fit.depth)}`,
      bar: 'none: in-sample',
      met: null,
      note: 'parameters were fitted to this half',
    },
    {
      claim: `Size and depth go together as in ${whose} (Spearman)`,
      measured: words(comparison.spearman),
      bar: `within ${bars.spearmanWithin} of ${comparison.spearmanReal.toFixed(2)}`,
      met: Math.abs(comparison.spearman.value - comparison.spearmanReal) <= bars.spearmanWithin,
      note: worldsNote,
    },
    {
      claim: 'Times of the median and the last repost (not fitted; Kolmogorov-Smirnov)',
      measured: `median ${words(comparison.medianHours)}, last ${words(comparison.lastHours)}`,
      bar: 'none: a prediction',
      met: null,
      note: worldsNote,
    },
    ...result.ablations.flatMap(ablationVerdicts),
  ];
}

const partNames = { minutes: 'one cascade by minute', worlds: 'generated worlds' } as const;

/** One row for each number of an arm that OASIS says something of. */
function ablationVerdicts({ name, part, published, pairs, measures }: AblationResult): Verdict[] {
  return measures.flatMap(({ definition, difference, asPublished }) => {
    if (asPublished === null) return [];
    return [
      {
        claim: `Ablation, ${name} (${partNames[part]}): ${definition}, arm less whole`,
        measured: words(difference),
        bar: `OASIS: ${published}`,
        met: asPublished === 'undecided' ? null : asPublished === 'yes',
        note: `${pairs} pairs of worlds, 95 % interval${asPublished === 'undecided' ? '; it covers 0' : ''}`,
      },
    ];
  });
}

/** The ablations in words, a line an arm. */
export function ablationLines({ ablations }: Pick<StudyResult, 'ablations'>): string[] {
  if (ablations.length === 0) return [];
  const lines = ablations.map(({ name, part, pairs, measures }) => {
    const each = measures.map(
      ({ measure, whole, arm, difference }) =>
        `${measure} ${whole.toFixed(3)} -> ${arm.toFixed(3)}, difference ${words(difference)}`,
    );
    return `  ${name} (${partNames[part]}, ${pairs} pairs): ${each.join('; ')}`;
  });
  return ['ablations, the arm less the whole scenario', ...lines, ''];
}

/** The tables of the two comparisons. */
export function tables(result: StudyResult): Readonly<Record<'minutes' | 'cascades' | 'times' | 'ablations', Block>> {
  return {
    ...{ minutes: minuteTable(result), cascades: cascadeTable(result), times: timeTable(result) },
    ablations: ablationTable(result),
  };
}

function ablationTable({ ablations }: StudyResult): Block {
  const right = { align: 'right', decimals: 3 } as const;
  return {
    kind: 'table',
    caption:
      'What goes when a mechanism is taken away: the arm less the whole scenario, over pairs of worlds of one seed.',
    columns: [
      { name: 'taken away', align: 'left' },
      { name: 'number', align: 'left' },
      { name: 'whole', ...right },
      { name: 'arm', ...right },
      { name: 'difference', ...right },
      { name: 'as OASIS says', align: 'left' },
    ],
    rows: ablations.flatMap(({ name, part, pairs, measures }) =>
      measures.map(({ definition, whole, arm, difference, asPublished }): Cell[] => [
        ...[`${name} (${partNames[part]}, ${pairs} pairs)`, definition, whole, arm, cell(difference)],
        asPublished ?? '–',
      ]),
    ),
    notes: [
      'OASIS (arXiv 2411.11581) prints curves for its ablations and no numbers: what can be compared is which way they go.',
      ...(ablations.every(({ part }) => part === 'minutes')
        ? ['--ablation-pairs takes them away in generated worlds too.']
        : []),
      ...ablations.map(({ name, part, set }) => `${name} (${partNames[part]}): ${set.join(', ')}.`),
    ],
  };
}

function minuteTable(result: StudyResult): Block {
  const { comparison } = result.minutes;
  const right = { align: 'right', decimals: 3 } as const;
  return {
    kind: 'table',
    caption: 'Normalised error against the real cascade: root mean squared difference over its greatest value.',
    columns: [
      { name: 'curve', align: 'left' },
      { name: 'minutes 0 to 149', ...right },
      { name: 'minutes 31 to 149', ...right },
    ],
    rows: [
      ['simulated users', cell(comparison.scale), cell(comparison.scaleAfterFit)],
      ['simulated breadth', cell(comparison.breadth), null],
      ['simulated depth', cell(comparison.depth), null],
      ...comparison.baselines.map((one): Cell[] => [one.name, one.all, one.afterFit]),
    ],
    notes: [
      `Depth at minute ${comparedMinutes - 1}: simulated less real ${words(comparison.depthBias)} hops.`,
      'The best constant sees all minutes; persistence, exponential and logarithm are fitted to the first 31, as the simulation is.',
      'Published anchor, not a bar: OASIS reports about 0.30 (arXiv 2411.11581).',
    ],
  };
}

function cascadeTable(result: StudyResult): Block {
  const { comparison, spreadOff, branching, fit, floor, real } = result;
  const right = { align: 'right', decimals: 3 } as const;
  const halves = ({ mean, upper }: { mean: number; upper: number }): string =>
    `${mean.toFixed(3)}, 95 of 100 within ${upper.toFixed(3)}`;
  return {
    kind: 'table',
    caption: `Kolmogorov-Smirnov distance to ${realWords(result)}, among cascades of at least ${usersMin} users. Bar: ${bars.keptBackDistance}.`,
    columns: [
      { name: 'model', align: 'left' },
      { name: 'cascades', align: 'right', decimals: 0 },
      { name: 'users', ...right },
      { name: 'depth', ...right },
      { name: 'Spearman of both', ...right },
    ],
    rows: [
      ['simulated', comparison.cascades, cell(comparison.users), cell(comparison.depth), cell(comparison.spearman)],
      [
        'the same, interval over real cascades too',
        ...[comparison.cascades, cell(comparison.usersOverBoth), cell(comparison.depthOverBoth), null],
      ],
      [
        'the same, spread off',
        ...[spreadOff.cascades, cell(spreadOff.users), cell(spreadOff.depth), cell(spreadOff.spearman)],
      ],
      [
        `branching process, R = ${branching.meanFollowers.toFixed(3)}, fitted to the fit half`,
        ...[branching.columns.users.length, branching.users, branching.depth, null],
      ],
      [
        'simulated, against the fit half (in-sample)',
        ...[fit.cascades, cell(fit.users), cell(fit.depth), cell(fit.spearman)],
      ],
      ['the real ones themselves', real.columns.users.length, 0, 0, comparison.spearmanReal],
    ],
    notes: [
      'Intervals: 95 %, percentile bootstrap over worlds, and where it says so over real cascades too, which lies above the distance itself.',
      `Two random halves of real cascades (${floor.counts.join(' and ')}): users ${halves(floor.users)}; depth ${halves(floor.depth)}. No model can be asked to come nearer.`,
      `Spread off: reposts reach nobody, so what is left is the share that the audience's size has in the fit.`,
      ...timeNotes(real),
      `${(100 * comparison.censoredShare).toFixed(1)} of 100 simulated cascades still went on after twelve hours and are cut there.`,
    ],
  };
}

function timeNotes({ negativeCount, smallCount }: RealCascades): string[] {
  const small = `${smallCount} real cascades have fewer than ${usersMin} users; they are left out, as simulated ones are.`;
  return [
    `${negativeCount} of the real cascades have negative times; their times are left out, their sizes and depths are not.`,
    ...(smallCount === 0 ? [] : [small]),
  ];
}

function timeTable(result: StudyResult): Block {
  const { comparison, spreadOff } = result;
  const right = { align: 'right', decimals: 3 } as const;
  return {
    kind: 'table',
    caption: 'Kolmogorov-Smirnov distance of times, which were not fitted.',
    columns: [
      { name: 'model', align: 'left' },
      { name: 'median time', ...right },
      { name: 'last time', ...right },
    ],
    rows: [
      ['simulated', cell(comparison.medianHours), cell(comparison.lastHours)],
      ['the same, spread off', cell(spreadOff.medianHours), cell(spreadOff.lastHours)],
    ],
    notes: [
      'Simulated cascades start faster and end later than the real ones: nothing in the model ends a topic but newer posts.',
    ],
  };
}

/** How it was done, and how to repeat it. */
export function methodBlocks(result: StudyResult): Block[] {
  const { manifest, worlds } = result;
  return [
    {
      kind: 'paragraph',
      text:
        'Agents wake by a Poisson process that follows an hourly profile, read the newest posts of whom they follow and a few from ' +
        'outside, and repost each with a probability that is a logistic of interest match, shares so far and earlier exposures. ' +
        'Prominent accounts with a declared audience post once each; their cascades run to extinction or twelve hours.',
    },
    {
      kind: 'paragraph',
      text:
        `Fitted to data: the wakings, their exponent, the start hour, the intercept, the fatigue and the share of out-of-network items of ` +
        `the minute-by-minute cascade (to its minutes 0 to ${fitMinutes - 1} alone), and the intercept, audience and appeal of the generated ` +
        `worlds (to sizes and depths of ${result.fit.realCount} of 99 cascades, chosen by key before the fit). Everything else is declared in the scenario, with its unit and range.`,
    },
    {
      kind: 'code',
      text: [
        `mesocosm study information-spreading --agents ${manifest.agents} --replicates ${worlds.length} --seed ${worlds[0].seed}`,
        `mesocosm verify ${result.runDirectory}`,
      ].join('\n'),
    },
    {
      kind: 'notes',
      notes: [
        'No claim of realism beyond these comparisons. The curves by minute and the fit half are in-sample; --against compares with cascades of your own.',
        'Users counts everybody in a cascade; scale counts users that could be retrieved. Every simulated user can be.',
      ],
    },
  ];
}
