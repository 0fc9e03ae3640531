/**
 * `analyze SOURCE [MEASURE…]`: measures of a recorded population, each with its definition.
 *
 * Order: as named, or as listed below. Of large populations two threads measure, where there are two cores (`analyze-thread.ts`).
 * Invariant: a measure is a function of records, layer and seed, whichever thread takes it.
 */
import { measureAdoptionOf } from '../../analysis/measures/adoption.ts';
import { measureCascadesOf } from '../../analysis/measures/cascades.ts';
import { coactionLayer, findCollusionIn, measureCollusion } from '../../analysis/measures/collusion.ts';
import { hasVotes, measureConformity } from '../../analysis/measures/conformity.ts';
import { measureCooperation } from '../../analysis/measures/cooperation.ts';
import { edgesOf, layerNames, mainLayer, sharingOf } from '../../analysis/measures/from-records.ts';
import { measureInferred } from '../../analysis/measures/inferred-cascades.ts';
import { diversityTexts, measureDiversity } from '../../analysis/measures/diversity.ts';
import { measureInequality } from '../../analysis/measures/inequality.ts';
import { measureBowTie } from '../../analysis/measures/network-bow-tie.ts';
import { measureCentrality } from '../../analysis/measures/network-centrality.ts';
import { LayerGraph } from '../../analysis/measures/network-layer.ts';
import { measureMotifs } from '../../analysis/measures/network-motifs.ts';
import { measureNetworkOf } from '../../analysis/measures/network.ts';
import { hasOpinions } from '../../analysis/measures/opinion-course.ts';
import { measureOpinions } from '../../analysis/measures/opinions.ts';
import { measurePolarization } from '../../analysis/measures/polarization.ts';
import { hasFreeWords, measureJudging } from '../../analysis/measures/judging.ts';
import { measureRolesOf } from '../../analysis/measures/roles.ts';
import { measureSynergy } from '../../analysis/measures/synergy.ts';
import { measureThreads } from '../../analysis/measures/threads.ts';
import { availableParallelism } from 'node:os';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { nearestName } from '../../sim/scenario/problems-words.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { measureText } from './measure-text.ts';
import { measureBeside } from './analyze-thread.ts';
import { meaningOf } from './embedding-cache.ts';
import { note, printResult } from './output.ts';
import type { Meaning } from './embedding-cache.ts';
import type { CollusionFindings } from '../../analysis/measures/collusion.ts';
import type { LayerName } from '../../analysis/measures/from-records.ts';
import type { CentralityMeasure, Ranked } from '../../analysis/measures/network-centrality.ts';
import type { EdgeColumns } from '../../analysis/measures/network-layer.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Flags of `analyze`. */
export interface AnalyzeFlags {
  /** By default the layer that the records are about: follow, or reply for discussions. */
  readonly layer?: string;
  readonly seed: number;
  /** Attribute that `opinions` and `polarization` read; `opinion` by default. */
  readonly attribute?: string;
  /** Run without shown scores that `conformity` compares with. */
  readonly control?: string;
  /** Whether `diversity` may take words for meaning. */
  readonly lexical?: boolean;
  /** Model that embeds texts for `diversity`, where it is served, and the variable of its key. */
  readonly embedding?: string;
  readonly endpoint?: string;
  readonly embeddingKeyEnv?: string;
  readonly embeddingDimensions?: number;
  readonly json?: boolean;
}

/** What is measured: records, and the graph of the layer, which several measures share. */
interface Source {
  readonly records: Records;
  readonly seed: number;
  readonly attribute: string | undefined;
  readonly control: string | undefined;
  readonly lexical: boolean;
  readonly tailReplicates: number | undefined;
  readonly meaning: Meaning | undefined;
  readonly layerName: LayerName;
  /** The layer's graph: with agents without a tie where the layer is of follows, without them otherwise. */
  readonly layer: () => LayerGraph;
  readonly collusion: () => CollusionFindings;
}

const measures: Readonly<Record<string, (source: Source) => object>> = {
  network: ({ layer, layerName, seed }) => ({ layer: layerName, ...measureNetworkOf(layer(), { seed }) }),
  cascades: ({ records, seed, tailReplicates: replicateCount }) =>
    measureCascadesOf(sharingOf(records).columns, {
      seed,
      ...(replicateCount === undefined ? {} : { replicateCount }),
    }),
  inferred: ({ records, seed }) => measureInferred(records, { seed }),
  adoption: ({ records, seed }) => measureAdoptionOf(records, { seed }),
  threads: ({ records, seed }) => measureThreads(records, seed),
  roles: ({ layer, layerName, seed }) => ({
    layer: layerName,
    ...measureRolesOf(layer().withoutIsolates, { seed }),
  }),
  conformity: ({ records, control }) =>
    measureConformity(records, control === undefined ? undefined : openRecords(control)),
  cooperation: ({ records, seed }) => measureCooperation(records, { seed }),
  collusion: ({ records, seed, collusion }) => measureCollusion(records, { seed, findings: collusion() }),
  synergy: ({ records, seed }) => measureSynergy(records, { seed }),
  centrality: ({ records, layer, layerName, seed }) => ({
    layer: layerName,
    ...named(records, measureCentrality(layer(), seed)),
  }),
  motifs: ({ layer, layerName, seed }) => ({ layer: layerName, ...measureMotifs(layer(), seed) }),
  opinions: ({ records, seed, attribute }) =>
    measureOpinions(records, { seed, ...(attribute === undefined ? {} : { attribute }) }),
  polarization: ({ records, layer, seed, attribute }) =>
    measurePolarization(records, layer(), { seed, ...(attribute === undefined ? {} : { attribute }) }),
  inequality: ({ records, seed }) => measureInequality(records, { seed }),
  diversity: ({ records, seed, lexical, meaning }) => measureDiversity(records, { seed, lexical, meaning }),
  judging: ({ records }) => measureJudging(records),
  'bow-tie': ({ layer, layerName }) => ({ layer: layerName, ...measureBowTie(layer()) }),
};

/** Names of the measures, as `analyze` and sweeps take them. */
export const measureNames: readonly string[] = Object.keys(measures);

/** A measure that takes longer says so: a user should see what he waits for. */
const noticedSeconds = 5;

/** What measures are told. */
export type MeasureFlags = Pick<AnalyzeFlags, 'layer' | 'seed' | 'attribute' | 'control' | 'lexical'> & {
  readonly meaning?: Meaning | undefined;
};

/** Measures of a recorded population by name, in the order given. */
export function measuresOf(
  records: Records,
  names: readonly string[],
  {
    layer: wanted,
    seed,
    attribute,
    control,
    lexical = false,
    tailReplicates,
    meaning,
  }: MeasureFlags & {
    /** Of the bootstrap of the cascades' tail, where a caller needs fewer: 0 where nothing is asked of it. */
    readonly tailReplicates?: number | undefined;
  },
): Record<string, object> {
  const layerName = wanted === undefined ? mainLayer(records) : layerOf(wanted);
  let known: LayerGraph | undefined;
  let found: CollusionFindings | undefined;
  const collusion = (): CollusionFindings => (found ??= findCollusionIn(records, seed));
  const columns = (): EdgeColumns =>
    layerName === 'coaction' ? coactionLayer(records, collusion()) : edgesOf(records, layerName);
  const layer = (): LayerGraph => (known ??= LayerGraph.of(columns(), layerName === 'follow' ? 'kept' : 'dropped'));
  return Object.fromEntries(
    names.map((name) => {
      const begun = performance.now();
      const source = { records, seed, attribute, control, lexical, meaning, tailReplicates };
      const measured = measures[name]({ ...source, layerName, layer, collusion });
      const seconds = (performance.now() - begun) / 1000;
      if (seconds > noticedSeconds) note(`${name}: ${seconds.toFixed(1)} s`);
      return [name, measured];
    }),
  );
}

/** The measure with external ids in the place of row numbers. */
function named({ population }: Records, measured: CentralityMeasure): object {
  const nameAll = (top: readonly Ranked[]): object[] =>
    top.map((one) => ({ ...one, agent: externalId(population.ids, one.agent) }));
  const { pageRank, betweenness } = measured;
  return {
    ...measured,
    pageRank: { ...pageRank, top: nameAll(pageRank.top) },
    betweenness: { ...betweenness, top: nameAll(betweenness.top) },
  };
}

/** Runs the command. Returns its exit status. */
export async function analyzeCommand(source: string, wanted: readonly string[], flags: AnalyzeFlags): Promise<number> {
  const unknown = wanted.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0) {
    throw new InputError(
      unknown.map((name) => ({
        code: 'INPUT_UNKNOWN_NAME' as const,
        found: `no measure is called ${echo(name)}`,
        next: `${didYouMean(name)}Known: ${Object.keys(measures).join(', ')}.`,
      })),
    );
  }
  if (flags.layer !== undefined) layerOf(flags.layer);
  const records = openRecords(source);
  const names = wanted.length === 0 ? usualMeasures(records) : wanted;
  const isLarge = records.population.followee.length + records.manifest.counts.intents > besideMin;
  const meaning = await meaningOf(source, flags, () => diversityTexts(records, flags.seed));
  const results = await (isLarge && availableParallelism() > 1
    ? measuresInTwo(records, names, { ...flags, meaning })
    : measuresOf(records, names, { ...flags, meaning }));
  printResult(flags.json === true, { source, measures: results }, () => measureText(results));
  return 0;
}

/** Ties and acts from which on a second thread is worth its start and its own graph. */
const besideMin = 2_000_000;
/** What the second thread measures: roles and centrality share their betweenness, and all together take half of the time. */
const besideNames = ['roles', 'centrality', 'adoption', 'inequality', 'collusion'];

/** The measures that are taken where none is named. */
function usualMeasures(records: Records): string[] {
  const has: Readonly<Record<string, boolean>> = {
    ...{ opinions: hasOpinions(records), polarization: hasOpinions(records), judging: hasFreeWords(records) },
    conformity: hasVotes(records),
  };
  return Object.keys(measures).filter((name) => has[name] ?? true);
}

/** Measures by name, in the order given, some of them in a second thread. */
export async function measuresInTwo(
  records: Records,
  names: readonly string[],
  flags: MeasureFlags,
): Promise<Record<string, object>> {
  const isBeside = (name: string): boolean => besideNames.includes(name);
  const beside = names.filter(isBeside);
  if (beside.length === 0 || beside.length === names.length) return measuresOf(records, names, flags);
  const { layer, seed } = flags;
  const thread = measureBeside({ directory: records.directory, names: beside, layer, seed });
  try {
    const others = names.filter((name) => !isBeside(name));
    const results = { ...measuresOf(records, others, flags), ...(await thread.measures) };
    return Object.fromEntries(names.map((name) => [name, results[name]]));
  } finally {
    await thread.stop();
  }
}

function didYouMean(name: string): string {
  const near = nearestName(name, Object.keys(measures));
  return near === undefined ? '' : `Did you mean ${near}? `;
}

/** The layer of that name. */
export function layerOf(name: string): LayerName {
  const found = layerNames.find((one) => one === name);
  if (found !== undefined) return found;
  throw new InputError({
    code: 'INPUT_UNKNOWN_NAME',
    place: { file: '--layer' },
    found: `no layer is called ${echo(name)}`,
    next: `Known: ${layerNames.join(', ')}.`,
  });
}
