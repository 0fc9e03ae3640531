/**
 * `report RUN`: one page that tells a study of any recorded run or data set: what was asked, what was run and at what cost, what was found and
 * how sure it is, what would falsify it, the figures, one agent's story, and how to repeat it.
 *
 * Reads a run; writes `report.html` and, beside it, each figure as SVG with its data as CSV. A figure that the run cannot give is left
 * out, and the page says why.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataSetOf } from '../../sim/record/data-set-reader.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { fileNames, writeWhole } from '../../sim/record/store.ts';
import { figureKinds } from '../../viz/figures/catalogue.ts';
import { renderReport } from '../../viz/report.ts';
import { sourceOf, writeFigure } from './figure.ts';
import { note, printResult } from './output.ts';
import { dearAgentsMax, findingBlocks, networkOf } from './report-findings.ts';
import { costBlocks, falsifiedBlocks, questionBlocks } from './report-question.ts';
import { storyBlocks } from './report-story.ts';
import { ringBlocks } from './report-rings.ts';
import { validityBlocks } from './report-validity.ts';
import type { CascadesMeasure } from '../../analysis/measures/cascades.ts';
import type { NetworkMeasure } from '../../analysis/measures/network.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Figure } from '../../viz/figure.ts';
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell, PageLink, Report } from '../../viz/report.ts';

/** Flags of `report`. */
export interface ReportFlags {
  /** Whose story is told; by default who passed the largest cascade on to most. */
  readonly agent?: string;
  readonly arm?: readonly string[];
  readonly json?: boolean;
}

interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
  readonly caption: string;
}

const seedOfSamples = 1;
/** What takes minutes in a large population. */
const dearFigures = ['adoption', 'contagion', 'roles', 'communities', 'opinions', 'rings'];

/** Runs the command. Returns its exit status. */
export async function reportCommand(run: string, flags: ReportFlags): Promise<number> {
  const records = openRecords(run);
  const source = sourceOf(records, { seed: seedOfSamples, arm: flags.arm ?? [] });
  const { figures, missing } = figuresOf(source);
  const folder = join(run, 'figures');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, figure } of figures) writeFigure(join(folder, `${name}.svg`), figure, false);
  const page = join(run, fileNames.report);
  const story = await storyBlocks(source, flags.agent);
  writeWhole(page, renderReport(pageOf(source, figures, missing, story)));
  const names = figures.map((one) => one.name);
  printResult(flags.json === true, { run, report: page, figures: names, missing }, () => page);
  return 0;
}

interface Missing {
  readonly name: string;
  readonly why: string;
}

/** All figures that the run can give, and why it cannot give the others. */
function figuresOf(source: FigureSource): { readonly figures: NamedFigure[]; readonly missing: Missing[] } {
  const isLarge = source.records.manifest.agents > dearAgentsMax;
  const [figures, missing]: [NamedFigure[], Missing[]] = [[], []];
  for (const kind of figureKinds) {
    const isDear = isLarge && dearFigures.includes(kind.name);
    const why = isDear ? `takes long in so large a population: mesocosm figure RUN ${kind.name}` : kind.lacks(source);
    if (why !== undefined) {
      missing.push({ name: kind.name, why });
      continue;
    }
    if (isLarge) note(`drawing ${kind.name}`);
    figures.push({ name: kind.name, figure: kind.draw(source), caption: kind.caption(source) });
  }
  return { figures, missing };
}

/** Sections with the figures that they show. */
const sections: readonly { readonly text: string; readonly anchor: string; readonly names: readonly string[] }[] = [
  { text: 'The largest cascade', anchor: 'largest-cascade', names: ['cascade-tree', 'cascade-growth'] },
  { text: 'Cascades', anchor: 'all-cascades', names: ['cascade-sizes'] },
  { text: 'Exposure and adoption', anchor: 'exposure-and-adoption', names: ['adoption', 'contagion', 'feed'] },
  {
    text: 'Who agents are to one another',
    anchor: 'roles-and-communities',
    names: ['roles', 'communities', 'inequality'],
  },
  { text: 'Opinions, conformity, prices', anchor: 'opinions-and-prices', names: ['opinions', 'conformity', 'prices'] },
  { text: 'Activity', anchor: 'activity-by-tick', names: ['awake-by-tick', 'acts-by-tick'] },
];

function pageOf(
  source: FigureSource,
  figures: readonly NamedFigure[],
  missing: readonly Missing[],
  story: readonly Block[],
): Report {
  const { records } = source;
  const { manifest } = records;
  const shown = (names: readonly string[]): Block[] =>
    figures
      .filter(({ name }) => names.includes(name))
      .map(({ name, figure, caption }) => ({
        kind: 'figure',
        svg: figure.svg,
        caption,
        dataHref: `figures/${name}.csv`,
      }));
  const blocks: Block[] = [
    ...questionBlocks(records),
    ...findingBlocks(source),
    ...sections.flatMap(({ text, anchor, names }): Block[] => {
      const pictures = shown(names);
      const tables =
        anchor === 'all-cascades'
          ? [measureTable('Cascades of posts, reposts and quotes', cascadeRows(source.cascades), source.cascades)]
          : [];
      return pictures.length + tables.length === 0
        ? []
        : [{ kind: 'heading', level: 2, text, anchor }, ...pictures, ...tables];
    }),
    ...ringBlocks(source, shown(['rings'])),
    ...validityBlocks(source),
    ...story,
    ...networkBlocks(source),
    ...costBlocks(records),
    ...falsifiedBlocks(records),
    ...sourceBlocks(records),
    ...missingBlocks(missing),
    { kind: 'heading', level: 2, text: source.isDataSet ? 'Check it' : 'Repeat it', anchor: 'repeat-it' },
    { kind: 'code', text: repeatWords(records) },
  ];
  return {
    title: manifest.scenario,
    status: manifest.degraded ? 'DEGRADED' : 'complete',
    ...(manifest.outcome === 'complete' ? {} : { statusNote: `the run is ${manifest.outcome}` }),
    subtitle: subtitleOf(records),
    links: linksTo(blocks),
    facts: factsOf(source),
    blocks,
  };
}

const firstLooks = [
  'what-was-found',
  'largest-cascade',
  'rings-and-evidence',
  'planted-and-found',
  'one-agent',
  'what-would-falsify',
  'repeat-it',
];

function linksTo(blocks: readonly Block[]): PageLink[] {
  const heads = blocks.flatMap((block) =>
    block.kind === 'heading' && block.anchor !== undefined ? [{ text: block.text, anchor: block.anchor }] : [],
  );
  return firstLooks.flatMap((anchor) => heads.filter((one) => one.anchor === anchor));
}

function factsOf({ records: { manifest, head }, isDataSet }: FigureSource): Report['facts'] {
  return [
    ...(isDataSet ? [] : [{ name: 'seed', value: manifest.seed }]),
    { name: 'agents', value: manifest.agents },
    { name: 'follow ties at the start', value: manifest.ties },
    { name: 'ticks', value: manifest.ticks },
    { name: 'tick', value: manifest.tickSeconds, unit: 'seconds' },
    { name: 'attempts', value: manifest.counts.intents },
    { name: 'granted', value: manifest.counts.granted },
    { name: 'refused', value: manifest.counts.refused },
    { name: 'posts', value: manifest.counts.posts },
    { name: 'exposures', value: manifest.counts.exposures },
    { name: 'digest', value: head.digest },
    { name: 'engine', value: `mesocosm ${manifest.engine}, Node ${manifest.node}` },
  ];
}

function networkBlocks(source: FigureSource): Block[] {
  const { layerName } = source;
  const network = networkOf(source);
  return [
    {
      kind: 'heading',
      level: 2,
      text: layerName === 'follow' ? 'Follow network at the end' : 'Who replied to whom',
      anchor: 'network-structure',
    },
    measureTable(`Structure of the ${layerName} network`, networkRows(network), network),
  ];
}

function missingBlocks(missing: readonly Missing[]): Block[] {
  if (missing.length === 0) return [];
  const notes = missing.map(({ name, why }) => `${name}: ${why}`);
  return [
    { kind: 'heading', level: 3, text: 'Figures that this run does not give' },
    { kind: 'notes', notes },
  ];
}

function repeatWords({ directory, manifest }: Records): string {
  const verify = `mesocosm verify ${directory}`;
  return dataSetOf(manifest) === undefined
    ? `${verify}        # computes every tick again and compares digests`
    : verify;
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
