/**
 * The study's report: figures, tables and verdicts out of its result. Text and numbers only; `viz/report.ts` makes the page.
 */
import { barFigure } from '../../viz/bar-figure.ts';
import { distributionFigure } from '../../viz/distribution-figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { networkFigure, networkNodeMax } from '../../viz/network-figure.ts';
import { scatterFigure } from '../../viz/scatter-figure.ts';
import { treeFigure, treeNodeMax } from '../../viz/tree-figure.ts';
import { quantileSorted } from '../../analysis/estimators/distribution.ts';
import { comparedMinutes } from '../information-spreading/comparison.ts';
import { usersMin } from '../information-spreading/real-cascades.ts';
import { methodBlocks, realWords, summaryVerdicts, tables } from './spreading-tables.ts';
import type { Figure } from '../../viz/figure.ts';
import type { NamedFigure } from './study-output.ts';
import type { Block, Report } from '../../viz/report.ts';
import type { LargestCascade } from '../information-spreading/world.ts';
import type { StudyResult } from '../information-spreading/study.ts';

/** The report and its figures. */
export function studyPage(result: StudyResult): { readonly report: Report; readonly figures: readonly NamedFigure[] } {
  const figures = studyFigures(result);
  const show = (name: string): Block[] =>
    figures
      .filter((one) => one.name === name)
      .map((one) => ({
        kind: 'figure',
        svg: one.figure.svg,
        caption: one.caption,
        dataHref: `figures/${one.name}.csv`,
      }));
  const { manifest, worlds } = result;
  const made = tables(result);
  const report: Report = {
    title: 'Information spreading',
    status: manifest.degraded ? 'DEGRADED' : 'complete',
    subtitle: `${worlds.length} worlds of ${manifest.agents} agents against ${realWords(result)}, and one real cascade minute by minute`,
    // A picture is two clicks from the prompt: the page, and this.
    links: [
      { text: 'What was found', anchor: 'what-was-found' },
      { text: 'The largest cascade', anchor: 'largest-cascade' },
    ],
    facts: facts(result),
    blocks: [
      { kind: 'heading', level: 2, text: 'What was found', anchor: 'what-was-found' },
      { kind: 'verdicts', rows: summaryVerdicts(result) },
      { kind: 'heading', level: 2, text: 'One cascade, minute by minute (in-sample)' },
      ...show('scale-by-minute'),
      ...show('breadth-by-minute'),
      ...show('depth-by-minute'),
      made.minutes,
      { kind: 'heading', level: 2, text: 'Sizes, depths and times of many cascades' },
      ...show('users'),
      ...show('depths'),
      made.cascades,
      ...show('users-and-depth'),
      ...show('median-times'),
      made.times,
      ...(result.ablations.length === 0
        ? []
        : [{ kind: 'heading', level: 2, text: 'Mechanisms taken away' } as const, made.ablations]),
      { kind: 'heading', level: 2, text: 'The largest cascade of the recorded world', anchor: 'largest-cascade' },
      ...show('largest-tree'),
      ...show('largest-network'),
      { kind: 'heading', level: 2, text: 'Method' },
      ...methodBlocks(result),
    ],
  };
  return { report, figures };
}

function facts(result: StudyResult): Report['facts'] {
  const { manifest, worlds } = result;
  return [
    { name: 'scenario', value: manifest.scenario },
    { name: 'seeds', value: `${worlds[0].seed} to ${worlds[0].seed + worlds.length - 1}` },
    { name: 'agents a world', value: manifest.agents },
    { name: 'follow ties', value: manifest.ties },
    { name: 'simulated time', value: (manifest.ticks * manifest.tickSeconds) / 3600, unit: 'hours a world' },
    { name: 'tick', value: manifest.tickSeconds, unit: 'seconds' },
    { name: 'intents in the recorded world', value: manifest.counts.intents },
    { name: 'exposures in the recorded world', value: manifest.counts.exposures },
    { name: 'digest of the recorded world', value: manifest.digest },
    { name: 'engine', value: `mesocosm ${manifest.engine}, Node ${manifest.node}` },
  ];
}

function realName({ against }: StudyResult): string {
  return against === null ? 'held-out half' : 'kept back';
}

/** Where figures of all worlds come from. */
function worldsSource(result: StudyResult): string {
  const { manifest, worlds } = result;
  const { scenario, agents, engine } = manifest;
  const seeds = `seeds ${worlds[0].seed} to ${worlds[0].seed + worlds.length - 1}`;
  return `Source: ${scenario}, ${worlds.length} worlds of ${agents} agents, ${seeds}; mesocosm ${engine}. Real: ${realWords(result)}`;
}

/** Where figures of the recorded world come from. */
function recordedSource({ manifest }: StudyResult): string {
  const { scenario, agents, ticks, tickSeconds, seed, digest, engine } = manifest;
  return `Source: ${scenario}, ${agents} agents, ${ticks} ticks of ${tickSeconds} s, seed ${seed}; digest ${digest.slice(0, 12)}; mesocosm ${engine}`;
}

function minuteSource({ minutes: { worlds }, manifest: { engine } }: StudyResult): string {
  return `Source: false-business-0, ${worlds.length} seeds from ${worlds[0].seed} on; mesocosm ${engine}. Real: one cascade on X, 111 users (Ma et al. 2017)`;
}

function studyFigures(result: StudyResult): NamedFigure[] {
  const source = worldsSource(result);
  const { simulated, spreadOffColumns, branching, fitReal } = result;
  const real = result.real.columns;
  const minute = (name: 'scale' | 'maxBreadth' | 'depth', label: string, file: string): NamedFigure => ({
    name: file,
    figure: minuteFigure(result, name, label),
    caption: `${label} of the cascade false-business-0 and of ${result.minutes.worlds.length} simulated ones; in-sample: parameters were fitted to its minutes 0 to 30.`,
  });
  return [
    minute('scale', 'Users reached', 'scale-by-minute'),
    minute('maxBreadth', 'Greatest breadth', 'breadth-by-minute'),
    minute('depth', 'Depth', 'depth-by-minute'),
    {
      name: 'users',
      figure: distributionFigure({
        title: 'Sizes of cascades',
        source,
        x: { label: 'users', scale: 'log' },
        counted: 'cascades',
        yScale: 'linear',
        samples: [
          { name: realName(result), kind: 'observed', values: real.users },
          { name: 'simulated', kind: 'simulated', values: simulated.users },
          { name: 'fit half', kind: 'baseline', values: fitReal.users },
          { name: 'spread off', kind: 'baseline', values: spreadOffColumns.users },
          { name: 'branching process', kind: 'baseline', values: branching.columns.users },
        ],
      }),
      caption: `Share of cascades of at least so many users, among those of at least ${usersMin}. Parameters were fitted to the fit half and to no other.`,
    },
    { name: 'depths', figure: depthFigure(result), caption: 'Greatest depth in hops over the rows that were seen.' },
    {
      name: 'users-and-depth',
      figure: scatterFigure({
        title: 'Size against depth',
        source,
        x: { label: 'users', scale: 'log' },
        y: { label: 'depth', unit: 'hops' },
        series: [
          {
            name: 'simulated',
            kind: 'simulated',
            points: simulated.users.map((users, i) => [users, simulated.depth[i]]),
          },
          { name: 'real', kind: 'observed', points: real.users.map((users, i) => [users, real.depth[i]]) },
        ],
      }),
      caption: 'Size and depth of each cascade.',
    },
    {
      name: 'median-times',
      figure: distributionFigure({
        title: 'When half of a cascade had happened',
        source,
        x: { label: 'median time after the first post', unit: 'hours', scale: 'linear' },
        counted: 'cascades',
        yScale: 'linear',
        samples: [
          { name: 'real', kind: 'observed', values: real.medianHours },
          { name: 'simulated', kind: 'simulated', values: simulated.medianHours },
        ],
      }),
      caption: 'Times were not fitted: they are a prediction.',
    },
    ...largestFigures(result.worlds[0].largest, recordedSource(result)),
  ];
}

function minuteFigure(result: StudyResult, name: 'scale' | 'maxBreadth' | 'depth', label: string): Figure {
  const { real, worlds } = result.minutes;
  const observed = (name === 'maxBreadth' ? real.max_breadth : real[name]).slice(0, comparedMinutes);
  const curves = worlds.flatMap((world) => (world.curves === undefined ? [] : [world.curves[name]]));
  return lineFigure({
    title: `${label}, minute by minute (in-sample)`,
    source: minuteSource(result),
    x: { label: 'time after the first post', unit: 'minutes' },
    y: { label: label.toLowerCase(), unit: name === 'depth' ? 'hops' : 'users' },
    curve: 'step',
    interval: `5 % to 95 % of ${curves.length} seeds`,
    series: [
      { name: 'real', kind: 'observed', points: observed.map((value, i): [number, number] => [i, value]) },
      {
        name: 'simulated, mean',
        kind: 'simulated',
        points: observed.map((_, i): [number, number] => [i, mean(curves.map((curve) => curve[i]))]),
        band: observed.map((_, i): [number, number, number] => [i, ...middleRange(curves.map((curve) => curve[i]))]),
      },
    ],
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
}

function middleRange(values: readonly number[]): [number, number] {
  const sorted = Float64Array.from(values).sort();
  return [quantileSorted(sorted, 0.05), quantileSorted(sorted, 0.95)];
}

function depthFigure(result: StudyResult): Figure {
  const { simulated, spreadOffColumns, branching, fitReal } = result;
  const real = result.real.columns;
  const largest = Math.max(...real.depth, ...simulated.depth);
  const depths = Array.from({ length: largest + 1 }, (_, i) => i + 1);
  const shares = (values: readonly number[]): number[] =>
    depths.map(
      (depth) => values.filter((one) => Math.min(one, largest + 1) === depth).length / Math.max(1, values.length),
    );
  return barFigure({
    title: 'Depths of cascades',
    source: worldsSource(result),
    x: { label: 'greatest depth', unit: 'hops' },
    y: { label: 'share of cascades' },
    categories: depths.map((depth) => (depth > largest ? `over ${largest}` : String(depth))),
    groups: [
      { name: realName(result), kind: 'observed', values: shares(real.depth) },
      { name: 'simulated', kind: 'simulated', values: shares(simulated.depth) },
      { name: 'fit half', kind: 'baseline', values: shares(fitReal.depth) },
      { name: 'spread off', kind: 'baseline', values: shares(spreadOffColumns.depth) },
      { name: 'branching process', kind: 'baseline', values: shares(branching.columns.depth) },
    ],
  });
}

function largestFigures(largest: LargestCascade | undefined, source: string): NamedFigure[] {
  if (largest === undefined) return [];
  const rows = Math.min(treeNodeMax, largest.parent.length);
  return [
    {
      name: 'largest-tree',
      figure: treeFigure({
        title: 'The largest cascade',
        source,
        parent: largest.parent.slice(0, rows),
        time: largest.hours.slice(0, rows),
        timeAxis: { label: 'time after the first post', unit: 'hours' },
        layout: 'radial',
        stepName: 'reposts',
      }),
      caption: `Each dot is a post or repost, each line joins it to the row that was seen; ${largest.parent.length} rows by ${largest.nodeCount} users.`,
    },
    {
      name: 'largest-network',
      figure: networkAround(largest, source),
      caption: 'Who follows whom among the users of the largest cascade, shaded by the hop at which it reached them.',
    },
  ];
}

function networkAround(largest: LargestCascade, source: string): Figure {
  const nodeCount = Math.min(networkNodeMax, largest.nodeCount);
  const kept = largest.source.flatMap((source, i) => (source < nodeCount && largest.target[i] < nodeCount ? [i] : []));
  return networkFigure({
    title: 'The network around it',
    source,
    nodeCount,
    edges: { source: kept.map((i) => largest.source[i]), target: kept.map((i) => largest.target[i]) },
    shade: {
      values: largest.nodeDepth.slice(0, nodeCount),
      label: 'hops from the first post',
      blankName: 'not reached',
    },
  });
}
