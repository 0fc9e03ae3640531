/**
 * The page on misinformation: question, design, result, comparison, limits. Text and numbers only; `viz/report.ts` makes the page.
 */
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { logRatioPseudoValues } from '../../analysis/estimators/log-ratio.ts';
import { levelFigure } from '../../viz/level-figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { groupThousands } from '../../viz/axes.ts';
import { mainArm, publishedOdds } from '../misinformation/arms.ts';
import {
  armTable,
  comparisonTable,
  findingsTable,
  misinformationVerdicts,
  moderationTable,
  oddsTable,
  ratioOf,
  sizeTable,
  tieTable,
} from './misinformation-tables.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Figure } from '../../viz/figure.ts';
import type { LevelEstimate } from '../../viz/level-figure.ts';
import type { Block, Report } from '../../viz/report.ts';
import type { ArmResult, MirroredPair, MisinformationStudy } from '../misinformation/study.ts';
import type { MisinformationResult } from './misinformation-tables.ts';
import type { NamedFigure } from './study-output.ts';

/** Three minutes, as in OASIS. */
const tickHours = 0.05;

/** The report and its figures. */
export function misinformationPage(result: MisinformationResult): {
  readonly report: Report;
  readonly figures: readonly NamedFigure[];
} {
  const { study } = result;
  const figures = figuresOf(study);
  const show = (name: string): Block[] =>
    figures
      .filter((one) => one.name === name)
      .map(({ figure, caption }) => ({ kind: 'figure', svg: figure.svg, caption, dataHref: `figures/${name}.csv` }));
  const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
  const isWhole = study.arms.length > 0;
  const whole = (...blocks: Block[]): Block[] => (isWhole ? blocks : []);
  const report: Report = {
    title: 'Misinformation',
    status: 'complete',
    subtitle: `Four pairs of a true claim and a rumour among ${groupThousands(String(study.agents))} agents: what feed and population make of a rumour that is spread more readily`,
    facts: factsOf(result),
    blocks: [
      heading('Question'),
      ...paragraphs(question),
      heading('What was found'),
      { kind: 'verdicts', rows: misinformationVerdicts(result) },
      findingsTable(result),
      ...show('reach-by-hour'),
      ...(study.main.pairs.length > 1 ? show('ratio-by-hour') : []),
      heading('Design'),
      ...paragraphs(design),
      ...whole(
        heading('Feeds and settings'),
        ...show('ratio-by-arm'),
        armTable(study),
        heading('What is put in, and what comes out'),
        ...show('ratio-by-odds'),
        oddsTable(study),
        heading('What a moderator changes'),
        ...show('reach-under-moderation'),
        moderationTable(study),
      ),
      heading('Numbers of agents'),
      ...(study.sizes.length > 1 ? show('ratio-by-size') : []),
      sizeTable(study),
      tieTable(study),
      heading('Comparison'),
      comparisonTable(result),
      heading('Limits'),
      { kind: 'notes', notes: limits },
      heading('What would falsify it'),
      { kind: 'notes', notes: falsifiers },
      heading('How to repeat it'),
      ...repeat(result),
    ],
  };
  return { report, figures };
}

const question = [
  'Studies of real posts find that false claims are passed on more readily than true ones. A feed decides who sees a claim and so who can pass it on. ' +
    'How much further do rumours reach than truths, given how much more readily one is spread at a look, and what do the feed, a moderator and the number of agents change?',
  'That rumours are spread more readily is put in. So it is no finding that they reach further; the finding is how much of it arrives, and under which feed.',
];

const design = [
  'Eight core accounts write one claim each at the first tick, in four pairs of one topic each: a true claim and a rumour. A claim has no words. ' +
    `Readers spread a rumour with odds ${publishedOdds} times those of a truth, all else the same, and know nothing else of it.`,
  'Each seed is two worlds that share population, network and every draw. In the second the two accounts of each pair exchange roles. ' +
    'Contrasts are sums over both, so that neither the author nor its audience is part of them. At equal odds the two worlds are one world.',
  'Reached are agents who were shown a claim or a repost of it, spreaders those who reposted it. The unit is the seed; intervals are of ' +
    'pseudo-values of the jackknife, one a seed, and arms are compared seed by seed.',
  'As in OASIS: 196 core accounts that alone are followed, each by a fifth of those with its topic; probabilities to wake of 0.1 and 0.01 in a step of three minutes; 60 steps; five items a feed, two of them from outside. ' +
    'Unlike OASIS, agents write other posts too, since a feed without competition has nothing to choose; the arm quiet leaves them out.',
];

const limits = [
  'Agents follow rules. They believe nothing and check nothing; what the words of a claim do is one number.',
  'That number is uncertain: the published odds are over tweets and not at a look, and experiments on what people say they would share find next to no difference. Read your own value off the table of odds.',
  'Weights of interest, social proof, fatigue and writing are guesses. Three hours are simulated; nothing is said of days.',
  'Rumour and truth stand in one feed and take places from each other. Worlds in which all claims have the appeal show the effect without that.',
  'A moderator knows every rumour and acts on all at one moment, half an hour late: a best case of detection.',
  'In OASIS’s network ordinary agents have no followers, so that reposts travel by the recommender or by core accounts. The arm followed has a network in which everybody may be followed.',
];

const falsifiers = [
  'Mirrored worlds that differ at equal odds, or an unmirrored placebo that is not equivalent to 1: then authors, not appeal, make a ratio.',
  'A reach ratio whose interval covers 1 at odds of 1.7 over more seeds: then the feed hands nothing on.',
  'A ratio under the recency feed as far from 1 as under feeds that rank by interest or popularity: then feeds are not what hands it on.',
];

function paragraphs(texts: readonly string[]): Block[] {
  return texts.map((text) => ({ kind: 'paragraph', text }));
}

function factsOf({ study, seconds, order }: MisinformationResult): Report['facts'] {
  const { main, arms, sizes } = study;
  const first = main.pairs[0].plain;
  const worlds = [main, ...arms, ...sizes.filter((one) => one !== main)].reduce(
    (sum, one) => sum + one.pairs.length * 2,
    0,
  );
  return [
    { name: 'scenario', value: 'misinformation' },
    { name: 'agents a world', value: main.agents },
    { name: 'pairs of worlds an arm', value: main.pairs.length },
    { name: 'arms', value: arms.length + 1 },
    { name: 'worlds beside the controls', value: worlds },
    { name: 'first seed', value: first.seed },
    { name: 'simulated time', value: first.firstByTick.length * tickHours, unit: 'hours a world' },
    { name: 'tick', value: tickHours * 3600, unit: 'seconds' },
    { name: 'run time', value: Math.round(seconds), unit: `seconds, ${order.workers} workers` },
    { name: 'digest of the first world', value: first.digest },
  ];
}

function repeat({ study, order, seconds }: MisinformationResult): Block[] {
  const { main, arms } = study;
  const flags = [
    `--agents ${study.agents} --replicates ${main.pairs.length} --seed ${order.firstSeed ?? 1}`,
    arms.length === 0 ? ' --arms main' : '',
    order.sizes.length === 0 ? '' : ` --sizes ${order.sizes.join(',')}`,
  ];
  return [
    { kind: 'code', text: `mesocosm study misinformation ${flags.join('')}` },
    {
      kind: 'notes',
      notes: [
        `It took ${Math.round(seconds)} s with ${order.workers} workers.`,
        'plan.json was written before the first world. results.json lists every world with its changes, seed and digest: mesocosm run misinformation --seed … --set … gives the same digest.',
      ],
    },
  ];
}

function figuresOf(study: MisinformationStudy): NamedFigure[] {
  const { main, arms, sizes, contrasts } = study;
  const ofPart = (...parts: string[]): ArmResult[] => [main, ...arms.filter(({ arm }) => parts.includes(arm.part))];
  const byOdds = ofPart('odds').sort((a, b) => a.arm.odds[0] - b.arm.odds[0]);
  const moderated = contrasts.filter(({ arm }) => arm.part === 'moderation');
  return [
    {
      name: 'reach-by-hour',
      figure: hourFigure(main),
      caption: `Agents that a claim had reached, mean over four claims, both worlds and ${main.pairs.length} seeds.`,
    },
    {
      name: 'ratio-by-hour',
      figure: hourRatioFigure(main),
      caption: `The ratio of the two, with its 95 % interval over ${main.pairs.length} seeds: seeds differ far more than rumours and truths of one seed do.`,
    },
    {
      name: 'ratio-by-arm',
      figure: ratioFigure(
        'Rumours over truths, by feed and setting',
        'arm',
        ofPart('feed', 'setting'),
        ({ arm }) => arm.name,
      ),
      caption: `Ratios where odds of ${publishedOdds} were put in. ${mainArm.name}: the ${mainArm.says}.`,
    },
    {
      name: 'ratio-by-odds',
      figure: ratioFigure(
        'What comes out for what is put in',
        'odds of a rumour at a look',
        byOdds,
        ({ arm }) => String(arm.odds[0]),
        true,
      ),
      caption: 'Ratios of rumours over truths beside the odds themselves.',
    },
    {
      name: 'ratio-by-size',
      figure: ratioFigure('Rumours over truths, by number of agents', 'agents', sizes, ({ agents }) =>
        groupThousands(String(agents)),
      ),
      caption: 'The main arm at several numbers of agents. Growth is not assumed.',
    },
    {
      name: 'reach-under-moderation',
      figure: levelFigure({
        title: 'Agents reached, over those of the main arm',
        x: { label: 'what is done to rumours' },
        y: { label: 'ratio of agents reached' },
        levels: moderated.map(({ arm }) => arm.name),
        interval: '95 %, jackknife over seeds',
        reference: { value: 1, name: 'as without it' },
        series: [
          { name: 'rumours', kind: 'simulated', estimates: moderated.map(({ rumours }) => level(ratioOf(rumours))) },
          { name: 'truths', kind: 'baseline', estimates: moderated.map(({ truths }) => level(ratioOf(truths))) },
        ],
      }),
      caption: 'A moderator acts on all rumours ten ticks after they were written.',
    },
  ];
}

function level({ value, interval, n }: Estimate): LevelEstimate {
  return interval.every(Number.isFinite) ? { value, low: interval[0], high: interval[1], n } : { value, n };
}

function ratioFigure(
  title: string,
  label: string,
  results: readonly ArmResult[],
  nameOf: (one: ArmResult) => string,
  showsOdds = false,
): Figure {
  const series = (name: string, pick: (one: ArmResult) => Estimate) => ({
    ...{ name, kind: 'simulated' as const },
    estimates: results.map((one) => level(ratioOf(pick(one)))),
  });
  const odds = { name: 'odds put in', kind: 'baseline' as const };
  return levelFigure({
    title,
    x: { label },
    y: { label: 'rumours over truths' },
    levels: results.map(nameOf),
    interval: '95 %, jackknife over seeds',
    reference: { value: 1, name: 'as far as truths' },
    series: [
      series('agents reached', ({ logRatio }) => logRatio.reached),
      series('spreaders', ({ logRatio }) => logRatio.spreaders),
      ...(showsOdds ? [{ ...odds, estimates: results.map(({ arm }) => ({ value: arm.odds[0] })) }] : []),
    ],
  });
}

const hoursAt = (tick: number): number => (tick + 1) * tickHours;
const rumoursAt = ({ plain, mirrored }: MirroredPair, tick: number): number =>
  plain.secondByTick[tick] + mirrored.firstByTick[tick];
const truthsAt = ({ plain, mirrored }: MirroredPair, tick: number): number =>
  plain.firstByTick[tick] + mirrored.secondByTick[tick];

function hourFigure({ pairs }: ArmResult): Figure {
  const ticks = Array.from(pairs[0].plain.firstByTick.keys());
  // Four claims in each of two worlds.
  const mean = (pick: typeof rumoursAt, tick: number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair, tick) / 8, 0) / pairs.length;
  const role = (name: string, kind: 'simulated' | 'baseline', pick: typeof rumoursAt) => ({
    ...{ name, kind },
    points: ticks.map((tick): [number, number] => [hoursAt(tick), mean(pick, tick)]),
  });
  return lineFigure({
    title: 'Agents reached by a claim',
    x: { label: 'time after it was written', unit: 'hours' },
    y: { label: 'agents reached' },
    series: [role('rumours', 'simulated', rumoursAt), role('truths', 'baseline', truthsAt)],
  });
}

function hourRatioFigure({ pairs }: ArmResult): Figure {
  const ticks = Array.from(pairs[0].plain.firstByTick.keys());
  const ratios = ticks.map((tick) => {
    const values = [rumoursAt, truthsAt].map((pick) => pairs.map((pair) => pick(pair, tick)));
    return ratioOf(meanInterval(logRatioPseudoValues(values[0], values[1])));
  });
  const known = ticks.filter((tick) => Number.isFinite(ratios[tick].interval[0]));
  return lineFigure({
    title: 'Rumours over truths, agents reached so far',
    x: { label: 'time after they were written', unit: 'hours' },
    y: { label: 'ratio' },
    interval: `95 %, jackknife over ${pairs.length} seeds`,
    series: [
      {
        ...{ name: 'rumours over truths', kind: 'simulated' },
        points: known.map((tick): [number, number] => [hoursAt(tick), ratios[tick].value]),
        band: known.map((tick): [number, number, number] => [hoursAt(tick), ...ratios[tick].interval]),
      },
      {
        ...{ name: 'alike', kind: 'baseline' },
        points: known.map((tick): [number, number] => [hoursAt(tick), 1]),
      },
    ],
  });
}
