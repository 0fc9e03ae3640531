/**
 * `report RUN`: one page about any recorded run or data set: what ran, what happened tick by tick, its network and its cascades.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { measureCascadesOf } from '../../analysis/measures/cascades.ts';
import { edgesOf, mainLayer, sharingOf } from '../../analysis/measures/from-records.ts';
import { measureNetwork } from '../../analysis/measures/network.ts';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { fileNames, writeWhole } from '../../sim/record/store.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { distributionFigure } from '../../viz/distribution-figure.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { renderReport } from '../../viz/report.ts';
import { treeFigure, treeNodeMax } from '../../viz/tree-figure.ts';
import { printResult } from './output.ts';
import type { CascadesMeasure } from '../../analysis/measures/cascades.ts';
import type { NetworkMeasure } from '../../analysis/measures/network.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Figure } from '../../viz/figure.ts';
import type { Block, Cell, Report } from '../../viz/report.ts';

interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
  readonly caption: string;
}

const seedOfSamples = 1;

/** Runs the command. Returns its exit status. */
export function reportCommand(run: string, flags: { json?: boolean }): number {
  const records = openRecords(run);
  const cascades = measureCascadesOf(sharingOf(records).columns, { seed: seedOfSamples });
  const layer = mainLayer(records);
  const isolates = layer === 'follow' ? 'kept' : 'dropped';
  const network = measureNetwork(edgesOf(records, layer), { seed: seedOfSamples, isolates });
  const figures = [...tickFigures(records), ...cascadeFigures(records, cascades)];
  const page = join(run, fileNames.report);
  const folder = join(run, 'figures');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, figure } of figures) {
    writeWhole(join(folder, `${name}.svg`), figure.svg);
    writeWhole(join(folder, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
  }
  writeWhole(page, renderReport(pageOf(records, network, cascades, figures)));
  printResult(flags.json === true, { run, report: page, figures: figures.map((one) => one.name) }, () => page);
  return 0;
}

function pageOf(
  records: Records,
  network: NetworkMeasure,
  cascades: CascadesMeasure,
  figures: readonly NamedFigure[],
): Report {
  const { manifest } = records;
  const isDataSet = dataSetOf(manifest) !== undefined;
  const layer = mainLayer(records);
  const show = ({ name, figure, caption }: NamedFigure): Block => ({
    ...{ kind: 'figure', svg: figure.svg, caption, dataHref: `figures/${name}.csv` },
  });
  return {
    title: manifest.scenario,
    status: manifest.degraded ? 'DEGRADED' : 'complete',
    ...(manifest.outcome === 'complete' ? {} : { statusNote: `the run is ${manifest.outcome}` }),
    subtitle: subtitleOf(records),
    facts: [
      ...(isDataSet ? [] : [{ name: 'seed', value: manifest.seed }]),
      { name: 'agents', value: manifest.agents },
      { name: 'follow ties at the start', value: manifest.ties },
      { name: 'ticks', value: manifest.ticks },
      { name: 'tick', value: manifest.tickSeconds, unit: 'seconds' },
      { name: 'intents', value: manifest.counts.intents },
      { name: 'granted', value: manifest.counts.granted },
      { name: 'refused', value: manifest.counts.refused },
      { name: 'posts', value: manifest.counts.posts },
      { name: 'exposures', value: manifest.counts.exposures },
      { name: 'digest', value: manifest.digest },
      { name: 'engine', value: `mesocosm ${manifest.engine}, Node ${manifest.node}` },
    ],
    blocks: [
      { kind: 'heading', level: 2, text: 'Activity' },
      ...figures.slice(0, 2).map(show),
      { kind: 'heading', level: 2, text: 'Cascades' },
      ...figures.slice(2).map(show),
      measureTable('Cascades of posts, reposts and quotes', cascadeRows(cascades), cascades),
      { kind: 'heading', level: 2, text: layer === 'follow' ? 'Follow network at the end' : 'Who replied to whom' },
      measureTable(`Structure of the ${layer} network`, networkRows(network), network),
      ...sourceBlocks(records),
      { kind: 'heading', level: 2, text: isDataSet ? 'Check it' : 'Repeat it' },
      { kind: 'code', text: `mesocosm verify ${records.directory}` },
    ],
  };
}

function subtitleOf({ manifest }: Records): string {
  const { agents, ticks, tickSeconds, outcome } = manifest;
  const hours = ((ticks * tickSeconds) / 3600).toFixed(1);
  const dataSet = dataSetOf(manifest);
  if (dataSet === undefined) return `One run of ${agents} agents over ${hours} hours; ${outcome}`;
  if (dataSet.startMs === null) return `A data set of ${agents} agents, without times; nothing here was simulated`;
  const from = new Date(dataSet.startMs).toISOString();
  return `A data set of ${agents} agents over ${hours} hours from ${from}; nothing here was simulated`;
}

/** Of a data set: its files, and what was left out of them. */
function sourceBlocks({ manifest }: Records): Block[] {
  const dataSet = dataSetOf(manifest);
  if (dataSet === undefined) return [];
  const counted = (what: string, rows: typeof dataSet.dropped): Cell[][] =>
    rows.map(({ reason, count, first }) => [what, reason, count, `${first.file}:${first.line ?? ''} ${first.found}`]);
  return [
    { kind: 'heading', level: 2, text: 'Where it comes from' },
    {
      kind: 'table',
      caption: 'Files that were imported',
      columns: [
        { name: 'file', align: 'left' },
        { name: 'bytes', align: 'right' },
        { name: 'SHA-256', align: 'left' },
      ],
      rows: dataSet.files.map(({ name, bytes, sha256 }): Cell[] => [name, bytes, sha256]),
    },
    {
      kind: 'table',
      caption: 'Rows that were left out, and rows that were kept and are worth knowing of',
      columns: [
        { name: 'what', align: 'left' },
        { name: 'why', align: 'left' },
        { name: 'rows', align: 'right' },
        { name: 'the first', align: 'left' },
      ],
      rows: [...counted('left out', dataSet.dropped), ...counted('kept', dataSet.noted)],
    },
  ];
}

function measureTable(
  caption: string,
  rows: Cell[][],
  measure: { definition: string; method: string; warnings: readonly string[] },
): Block {
  return {
    kind: 'table',
    caption,
    columns: [
      { name: 'measure', align: 'left' },
      { name: 'value', align: 'right' },
    ],
    rows,
    notes: [measure.definition, measure.method, ...measure.warnings],
  };
}

function cascadeRows(cascades: CascadesMeasure): Cell[][] {
  const { powerLaw } = cascades;
  return [
    ['cascades', cascades.count],
    ['largest size', cascades.sizes[0] ?? null],
    ['greatest depth', cascades.depths[0] ?? null],
    ['greatest breadth', cascades.breadths[0] ?? null],
    ['mean structural virality', cascades.structuralVirality],
    ['exponent of the sizes', powerLaw.alpha],
    ['from size', powerLaw.xmin],
    ['verdict on the tail', powerLaw.verdict],
  ];
}

function networkRows(network: NetworkMeasure): Cell[][] {
  const names = [
    ...(['nodes', 'edges', 'density', 'reciprocity', 'transitivity', 'meanLocalClustering', 'assortativity'] as const),
    ...(['meanPathLength', 'modularity', 'communities', 'giantComponentShare', 'maxCore', 'degreeGini'] as const),
  ];
  return names.map((name): Cell[] => {
    const interval = network.intervals[name] as [number, number] | undefined;
    const value = network[name];
    return [name, value === null || interval === undefined ? value : { value, low: interval[0], high: interval[1] }];
  });
}

function tickFigures(records: Records): NamedFigure[] {
  const hours = records.manifest.tickSeconds / 3600;
  const totals = [...records.ticks()].map(({ tick, intentCount, totals: one }) => ({ ...one, tick, intentCount }));
  const points = (pick: (one: (typeof totals)[number]) => number): [number, number][] =>
    totals.map((one) => [one.tick * hours, pick(one)]);
  const x = { label: 'simulated time', unit: 'hours' };
  return [
    {
      name: 'awake-by-tick',
      caption: 'Agents awake in each tick.',
      figure: lineFigure({
        title: 'Agents awake',
        x,
        y: { label: 'agents awake', unit: 'agents a tick' },
        series: [{ name: 'awake', kind: 'simulated', points: points((one) => one.awake) }],
      }),
    },
    {
      name: 'acts-by-tick',
      caption: 'Intents and new posts (originals, replies, reposts, quotes) in each tick.',
      figure: lineFigure({
        title: 'Intents and posts',
        x,
        y: { label: 'acts', unit: 'acts a tick' },
        series: [
          { name: 'intents', kind: 'simulated', points: points((one) => one.intentCount) },
          { name: 'new posts', kind: 'baseline', points: points((one) => one.posts) },
        ],
      }),
    },
  ];
}

function cascadeFigures(records: Records, cascades: CascadesMeasure): NamedFigure[] {
  const { columns } = sharingOf(records);
  return [
    {
      name: 'cascade-sizes',
      caption: 'Share of cascades of at least so many users.',
      figure: distributionFigure({
        title: 'Sizes of cascades',
        x: { label: 'users', scale: 'log' },
        yScale: 'log',
        samples: [{ name: 'this run', kind: 'simulated', values: cascades.sizes }],
      }),
    },
    largestTree(columns.parent, columns.timeHours),
  ];
}

/** The tree with the most rows. */
function largestTree(parent: Int32Array, timeHours: Float64Array): NamedFigure {
  const root = Int32Array.from(parent);
  const rows = new Int32Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    root[row] = parent[row] < 0 ? row : root[parent[row]];
    rows[root[row]]++;
  }
  const largest = rows.reduce((best, count, row) => (count > rows[best] ? row : best), 0);
  const place = new Map<number, number>();
  const kept: number[] = [];
  for (let row = 0; row < parent.length && kept.length < treeNodeMax; row++) {
    if (root[row] !== largest) continue;
    place.set(row, kept.length);
    kept.push(row);
  }
  return {
    name: 'largest-tree',
    caption: 'The largest cascade: each dot is a post, repost or quote, joined to the row that was seen.',
    figure: treeFigure({
      title: 'The largest cascade',
      parent: kept.map((row) => (parent[row] < 0 ? -1 : (place.get(parent[row]) ?? -1))),
      time: kept.map((row) => timeHours[row] - timeHours[largest]),
      timeAxis: { label: 'time after the first post', unit: 'hours' },
      layout: 'radial',
      stepName: 'reposts',
    }),
  };
}
