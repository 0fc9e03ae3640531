/**
 * `gallery`: the pictures of the gallery, made anew from real runs, with the page that shows them.
 *
 * Runs five small studies, draws every figure that they can give, and writes SVGs and README.md. Order: runs, figures, page.
 * Invariant: the same code gives the same bytes, since runs, seeds and samples are fixed (`test/check/figures.ts`, line 10.1).
 */
import { mkdirSync, mkdtempSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureCascadesOf } from '../../analysis/measures/cascades.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { sharingOf } from '../../analysis/measures/from-records.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { figureKinds } from '../../viz/figures/catalogue.ts';
import { sweepPanels } from '../../viz/sweep-panels.ts';
import { loadScenario } from '../load.ts';
import { sourceOf } from './figure.ts';
import { note, printResult } from './output.ts';
import type { Figure } from '../../viz/figure.ts';
import type { SweepRow } from '../../viz/sweep-panels.ts';

/** Flags of `gallery`. */
export interface GalleryFlags {
  readonly out: string;
  readonly runs?: string;
  readonly json?: boolean;
}

/** A run of the gallery: the figures that are drawn of it, beside which others. */
interface GalleryRun {
  readonly name: string;
  readonly scenario: string;
  readonly set: readonly string[];
  readonly figures: readonly string[];
  readonly arms?: readonly string[];
}

const small = ['population.agents=5000', 'ticks=160', 'exposureSampleShare=1'];
const example = fileURLToPath(
  new URL(`../examples/zero-intelligence${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** Two rings that like the same posts within minutes, one with acts beside them that hide it. */
const plantedRings = [
  '{name: friends, kind: ring, size: 8, jointTargets: 24, participationShare: 0.6, camouflagePerDay: 4}',
  '{name: fans, kind: ring, size: 6, jointTargets: 16, participationShare: 0.7}',
];

/** Arms stand before the runs that are drawn beside them. */
const galleryRuns: readonly GalleryRun[] = [
  { name: 'opinions', scenario: 'feed-and-opinion', set: ['seed=1'], figures: ['opinions'] },
  ...['0', '0.4'].flatMap((strength) =>
    [1, 2, 3].map((seed): GalleryRun => ({
      ...{ name: `strength-${strength}/${seed}`, scenario: 'herd-effect', figures: [] },
      set: [`seed=${seed}`, `plants[1].strength=${strength}`],
    })),
  ),
  {
    ...{ name: 'strength-0.2', scenario: 'herd-effect', figures: ['conformity'], arms: ['strength-0', 'strength-0.4'] },
    set: ['seed=4', 'plants[1].strength=0.2'],
  },
  ...[8, 9, 10, 11, 12].map((seed): GalleryRun => ({
    name: `traders/${seed}`,
    scenario: example,
    figures: [],
    set: [`seed=${seed}`],
  })),
  { name: 'market', scenario: example, figures: ['prices'], arms: ['traders'], set: ['seed=7'] },
  {
    ...{ name: 'spreading', scenario: 'information-spreading', set: [...small, 'seed=7'] },
    figures: [
      ...['cascade-tree', 'cascade-growth', 'cascade-sizes', 'adoption', 'contagion', 'feed', 'roles', 'communities'],
      ...['inequality', 'awake-by-tick', 'acts-by-tick'],
    ],
  },
  {
    ...{ name: 'planted', scenario: 'information-spreading', figures: ['rings'] },
    set: ['population.agents=1000', 'ticks=240', 'exposureSampleShare=0', 'seed=5', `plants=[${plantedRings.join()}]`],
  },
];

interface Picture {
  readonly name: string;
  readonly figure: Figure;
  readonly caption: string;
  readonly command: string;
}

/** Runs the command. Returns its exit status. */
export async function galleryCommand(flags: GalleryFlags): Promise<number> {
  const folder = flags.runs ?? mkdtempSync(join(tmpdir(), 'mesocosm-gallery-'));
  try {
    const pictures: Picture[] = [];
    for (const run of galleryRuns) {
      note(`running ${run.name}`);
      pictures.push(...(await picturesOf(run, folder)));
    }
    note('running the sweep');
    pictures.push(await sweepPicture());
    mkdirSync(flags.out, { recursive: true });
    for (const { name, figure } of pictures) writeWhole(join(flags.out, `${name}.svg`), figure.svg);
    writeWhole(join(flags.out, 'README.md'), pageOf(pictures));
    const files = pictures.map(({ name }) => join(flags.out, `${name}.svg`));
    printResult(flags.json === true, { gallery: flags.out, files }, () =>
      [...files, join(flags.out, 'README.md')].join('\n'),
    );
    return 0;
  } finally {
    if (flags.runs === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function picturesOf(run: GalleryRun, folder: string): Promise<Picture[]> {
  const directory = join(folder, run.name);
  if (!existsSync(join(directory, 'manifest.json'))) await record(run, directory);
  if (run.figures.length === 0) return [];
  const arms = (run.arms ?? []).map((arm) => join(folder, arm));
  const source = sourceOf(openRecords(directory), { seed: 1, arm: arms });
  const beside = (run.arms ?? []).map((arm) => ` --arm RUNS/${arm}`).join('');
  return figureKinds
    .filter((kind) => run.figures.includes(kind.name) && kind.lacks(source) === undefined)
    .map((kind) => ({
      name: kind.name,
      figure: kind.draw(source),
      caption: kind.caption(source),
      command: `mesocosm figure RUNS/${run.name} ${kind.name}${beside}`,
    }));
}

async function record({ scenario, set }: GalleryRun, directory: string): Promise<void> {
  const loaded = await loadScenario(scenario, { set: [...set], allowCode: scenario === example });
  mkdirSync(join(directory, '..'), { recursive: true });
  await recordRun({
    compiled: compileScenario(loaded.data, loaded.find, loaded.module),
    placement: { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: 0 },
    directory,
    source: loaded.source,
    ...(loaded.moduleSource === undefined ? {} : { module: loaded.moduleSource }),
    exposureSampleShare: loaded.data.exposureSampleShare,
  });
}

const sweptWeights = [0, 1, 2, 3];
const sweptFeeds = ['mix', 'random'];
const sweptSeeds = [1, 2, 3, 4];

/** What interest and the feed do to cascades, four worlds a point. */
async function sweepPicture(): Promise<Picture> {
  const rows: SweepRow[] = [];
  for (const feed of sweptFeeds) {
    for (const weight of sweptWeights) {
      const worlds = [];
      for (const seed of sweptSeeds) {
        const set = [
          'population.agents=2000',
          'ticks=120',
          `seed=${seed}`,
          `policies[0].rules.interestWeight=${weight}`,
          `feed.recommender=${feed}`,
        ];
        const loaded = await loadScenario('information-spreading', { set, allowCode: false });
        const records = await runInMemory(compileScenario(loaded.data, loaded.find, loaded.module));
        worlds.push(measureCascadesOf(sharingOf(records).columns, { seed, replicateCount: 0 }));
      }
      const add = (measure: string, unit: string, values: readonly number[]): void => {
        const { value, interval, n } = meanInterval(values);
        rows.push({ measure, unit, x: weight, series: feed, value, low: interval[0], high: interval[1], n });
      };
      add(
        'largest cascade',
        'users',
        worlds.map(({ sizes }) => sizes[0] ?? 0),
      );
      add(
        'greatest depth',
        'reposts',
        worlds.map(({ depths }) => depths[0] ?? 0),
      );
    }
  }
  const figure = sweepPanels({
    title: 'What interest and the feed do to cascades',
    source: 'Source: information-spreading, 2000 agents, 120 ticks of 180 s, seeds 1 to 4 a point; mesocosm gallery',
    x: { label: 'weight of interest', unit: 'logits' },
    seriesTitle: 'feed',
    rows,
    interval: '95 % of the mean over worlds (t)',
  });
  return {
    name: 'sweep',
    figure,
    caption: 'A sweep over two parameters, four worlds a point.',
    command: 'mesocosm gallery',
  };
}

function pageOf(pictures: readonly Picture[]): string {
  const parts = pictures.map(
    ({ name, caption, command }) => `## ${name}\n\n![${name}](${name}.svg)\n\n${plain(caption)}\n\n\`${command}\`\n`,
  );
  return [
    '# Gallery\n',
    'Pictures of real runs, made by one command: `npm run gallery`, which runs the studies, draws the figures and writes this page.',
    'Each names its run, size, seed and digest in its last line; `mesocosm figure RUN NAME` writes the same with its data as CSV, and `--png` its pixels.\n',
    ...parts,
  ].join('\n');
}

/** Captions hold numbers and names of ours alone; whatever could be markup is written out. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, (sign) => `\\${sign}`);
}
