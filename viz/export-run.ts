/**
 * Network files of a recorded population, for Gephi, networkx, igraph, R and pandas: one layer, all agents or some, in one format.
 *
 * Reads records; writes `NAME.gexf`, `NAME.graphml`, `NAME.json` (graphology's form), or `NAME-nodes.csv` and `NAME-edges.csv`, each aside and renamed when whole.
 * What agents are (attributes of the scenario) stands beside each node; with CSV, `agents.csv` has it together with the agent in words.
 * Layers: `follow` (who follows whom after the last recorded tick), `reply` (commenter -> author of the row that was answered),
 * `repost` (spreader -> author of the row that was reposted or quoted), `coaction` (significant co-acting pairs, undirected; weight: joint targets). Weight: how many acts; a follow has none. Edges from an
 * agent to itself are left out and counted.
 * Time, GEXF only: ties that ended are edges too, and each edge and node has the ticks in which it was there (`network-time.ts`).
 * Order: agents by ordinal, edges by source and target; edge k is called `e<k>`. No clock, no path: equal logs, equal bytes.
 * Memory: what the log changed of the ties, or 12 bytes an act; three counters an agent; the file itself passes through in chunks of 64 kB.
 * Whoever asks for a core, a sample, positions or attributes of structure has the layer held as a graph, some 24 bytes a tie.
 * Oracle: networkx reads it back, counts are made anew with a Map (`test/viz/export-run.test.ts`).
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { coactionEdges, findCollusionIn } from '../analysis/measures/collusion.ts';
import { InputError, echo } from '../sim/ground/errors.ts';
import { persona } from '../sim/world/persona.ts';
import { externalId } from '../sim/world/population.ts';
import { readTies } from '../sim/record/tie-reader.ts';
import { writeEdgesCsv, writeNodesCsv, writeTableCsv } from './csv.ts';
import { legalXmlText } from './escape.ts';
import { writeGexf } from './gexf.ts';
import { writeGraphJson } from './graph-json.ts';
import { writeGraphml } from './graphml.ts';
import { countsOf } from './network-counts.ts';
import { placesOf } from './network-places.ts';
import { selectAgents, symmetricOf } from './network-selection.ts';
import { structureColumns } from './network-structure.ts';
import { agentSpells } from './network-time.ts';
import type { Graph } from '../analysis/estimators/graph.ts';
import type { Records } from '../sim/record/reader.ts';
import type { TieLayer, Ties } from '../sim/record/tie-reader.ts';
import type { Population, TraitColumn } from '../sim/world/population.ts';
import type { AgentCounts } from './network-counts.ts';
import type { NetworkAttribute, NetworkEdge, NetworkFile, NetworkNode, Spell } from './network-file.ts';
import type { Selection } from './network-selection.ts';
import type { StructureColumn, StructureName } from './network-structure.ts';

/** Formats of network files. */
export type ExportFormat = 'gexf' | 'graphml' | 'csv' | 'json';

/** Which ties become edges. */
export type ExportLayer = TieLayer | 'coaction';

/** How a layer is written. */
export interface ExportOptions {
  /** Cells of CSV as they are, formulas included. */
  readonly raw?: boolean;
  /** The files' name without ending; the layer's by default. */
  readonly name?: string;
  /** Agents that are written, and the edges between them; all by default. */
  readonly selection?: Selection;
  /** Attributes of structure, in this order. */
  readonly structure?: readonly StructureName[];
  /** Whether nodes get places of a layout. */
  readonly positions?: boolean;
  /** GEXF: with the ticks in which ties and agents are there. */
  readonly time?: boolean;
  /** Of the measure that finds the layer `coaction`; 1, that of `analyze`, by default. */
  readonly seed?: number;
}

/** What was written. `files` are paths below the directory that was given. */
export interface ExportSummary {
  readonly files: string[];
  readonly nodes: number;
  readonly edges: number;
  readonly warnings: string[];
}

/** Writes one layer of a recorded population into `directory`, which is made if need be; files of the same name are replaced. */
export function exportRun(
  records: Records,
  format: ExportFormat,
  layer: ExportLayer,
  directory: string,
  options: ExportOptions,
): ExportSummary {
  const name = checkedName(options.name ?? layer);
  if (options.time === true && format !== 'gexf') throw noTime(format);
  const raw = options.raw === true;
  const { network, parts, tally, warnings } = runNetwork(records, layer, {
    ...options,
    arePlacesApart: format === 'gexf',
  });
  if (format === 'gexf' || format === 'graphml') warnings.push(...checkXmlIds(records));
  const agents = format === 'csv' ? agentsFile(records, parts, raw) : [];
  const files: string[] = [];
  // Nodes and edges are walked once a file, so what is counted on the way is counted once.
  for (const [file, chunks] of [...filesOf(network, format, name, raw), ...agents]) {
    writeChunks(directory, file, chunks);
    files.push(join(directory, file));
  }
  if (tally.selfCount > 0) warnings.unshift(`${layer}: left out, from an agent to itself: ${tally.selfCount}`);
  return { files, nodes: parts.nodeCount, edges: tally.edges, warnings };
}

/** A layer on its way into a file: `tally` counts edges as they are walked, which can be done once. */
export interface RunNetwork {
  readonly network: NetworkFile;
  readonly parts: Parts;
  readonly tally: { edges: number; selfCount: number };
  readonly warnings: string[];
}

/** One layer of a recorded population, on its way into a file of any form. `arePlacesApart`: positions are no attributes of nodes. */
export function runNetwork(
  records: Records,
  layer: ExportLayer,
  options: ExportOptions & { readonly arePlacesApart?: boolean } = {},
): RunNetwork {
  const { arePlacesApart = false, time: hasTime = false } = options;
  const parts = partsOf(records, layer, options);
  const tally = { edges: 0, selfCount: 0 };
  const network: NetworkFile = {
    directed: layer !== 'coaction',
    nodeAttributes: [
      ...nodeAttributes,
      ...traitAttributes(records),
      ...parts.structure.map(({ name: column, type }) => ({ name: column, type })),
      ...(parts.places === undefined || arePlacesApart ? [] : placeAttributes),
    ],
    nodes: nodesOf(records, parts, arePlacesApart),
    edgeAttributes: layer === 'follow' ? [] : [{ name: 'weight', type: 'integer' }],
    edges: edgesOf(records, parts, { isWeighted: layer !== 'follow', hasTime, tally }),
    ...(hasTime ? { time: { start: 0, end: records.head.ticks } } : {}),
    meta: { creator: 'mesocosm', description: `${layer} layer of ${records.manifest.scenario}, ${describe(records)}` },
  };
  return { network, parts, tally, warnings: [] };
}

/** Significant co-acting pairs, each once; the weight is how many targets they share within the window. */
function coactionTies(records: Records, seed: number): Ties {
  const { one, other, weight } = coactionEdges(findCollusionIn(records, seed));
  return {
    *walk() {
      for (let k = 0; k < one.length; k++) yield { source: one[k], target: other[k], weight: weight[k], spells: [] };
    },
  };
}

/** What an export is made of. */
export interface Parts {
  readonly ties: Ties;
  readonly nodeCount: number;
  /** 1 for agents that are written; undefined: all. */
  readonly kept: Uint8Array | undefined;
  readonly counts: AgentCounts;
  readonly structure: readonly StructureColumn[];
  readonly places: { readonly x: Float64Array; readonly y: Float64Array } | undefined;
  readonly spells: ((agent: number) => readonly Spell[]) | undefined;
}

function partsOf(records: Records, layer: ExportLayer, options: ExportOptions): Parts {
  const { selection, structure = [], positions, time, seed = 1 } = options;
  if (layer === 'coaction' && time === true) throw noSpells();
  const { count } = records.population;
  const ties = layer === 'coaction' ? coactionTies(records, seed) : readTies(records, layer, { ended: time === true });
  let known: Graph | undefined;
  const symmetric = (): Graph => (known ??= symmetricOf(count, ties));
  const kept = selection === undefined ? undefined : selectAgents(symmetric(), selection);
  return {
    ties,
    kept,
    nodeCount: kept === undefined ? count : kept.reduce((sum, one) => sum + one, 0),
    counts: countsOf(records, layer === 'follow' && time !== true ? ties : undefined),
    structure: structure.length === 0 ? [] : structureColumns(records, symmetric(), structure),
    places: positions === true ? placesOf(symmetric(), kept) : undefined,
    spells: time === true ? agentSpells(records) : undefined,
  };
}

function noSpells(): InputError {
  return new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--time' },
    found: 'a pair of the layer coaction is found over the whole run: it has no beginning and no end',
    next: 'Choose another layer, or leave --time out.',
  });
}

/** Ticks have a place in GEXF alone. */
export function noTime(format: ExportFormat | 'parquet'): InputError {
  return new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--time' },
    found: `${format} has no place for the ticks in which a tie is there`,
    next: 'Write --format gexf, or leave --time out.',
  });
}

function describe({ manifest, head }: Records): string {
  return `seed ${manifest.seed}, after ${head.ticks} ticks, digest ${head.digest}`;
}

/** A name from a command line becomes no path. */
function checkedName(name: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new InputError({
    code: 'INPUT_NAME',
    found: `${echo(name)} cannot be the name of a file`,
    next: 'Use letters, digits, dots, hyphens and underscores, and no dot at the start.',
  });
}

const nodeAttributes: readonly NetworkAttribute[] = [
  { name: 'ordinal', type: 'integer' },
  { name: 'followers', type: 'integer' },
  { name: 'followees', type: 'integer' },
  { name: 'posts', type: 'integer' },
  { name: 'profile', type: 'integer' },
  { name: 'wakes_per_day', type: 'double' },
];

const placeAttributes: readonly NetworkAttribute[] = [
  { name: 'x', type: 'double' },
  { name: 'y', type: 'double' },
];

/** The agents. Followers, followees and posts (reposts, quotes and replies among them) are those after the last recorded tick. */
function* nodesOf(records: Records, parts: Parts, arePlacesApart: boolean): Generator<NetworkNode, void, undefined> {
  const { count, ids, profile, wakesPerDay, traits = [] } = records.population;
  const { kept, counts, structure, places, spells } = parts;
  for (let agent = 0; agent < count; agent++) {
    if (kept?.[agent] === 0) continue;
    const id = externalId(ids, agent);
    const { followers, followees, posts } = counts;
    const values = [agent, followers[agent], followees[agent], posts[agent], profile[agent], wakesPerDay[agent]];
    const told = [...traits.map((one) => traitValue(one, agent)), ...structure.map((one) => one.valueOf(agent))];
    const position = places === undefined ? undefined : { x: places.x[agent], y: places.y[agent] };
    const isPlaced = position !== undefined && arePlacesApart;
    yield {
      ...{ id, label: id },
      values: [...values, ...told, ...(position === undefined || isPlaced ? [] : [position.x, position.y])],
      ...(isPlaced ? { position } : {}),
      ...(spells === undefined ? {} : { spells: spells(agent) }),
    };
  }
}

/** What agents are, one attribute each; a name that files have already gets a word before it. */
function traitAttributes({ population }: Records): NetworkAttribute[] {
  return (population.traits ?? []).map(({ name, labels }) => ({
    name: taken.has(name) ? `trait-${name}` : name,
    type: labels === undefined ? 'integer' : 'string',
  }));
}

const taken = new Set([
  ...[...nodeAttributes, ...placeAttributes].map(({ name }) => name),
  ...['id', 'label', 'agent', 'policy', 'persona', 'role', 'community', 'stance', 'k_core'],
]);

function traitValue({ labels, value }: TraitColumn, agent: number): string | number {
  return labels === undefined ? value[agent] : labels[value[agent]];
}

/** Agents with what they are, and in words; nothing where the population has no attributes. */
function agentsFile(records: Records, parts: Parts, raw: boolean): [string, Iterable<string>][] {
  if (records.population.traits === undefined) return [];
  const names = traitAttributes(records).map(({ name }) => name);
  const columns = ['agent', 'policy', 'wakes_per_day', ...names, 'persona'];
  return [['agents.csv', writeTableCsv({ columns, rows: agentRows(records.population, parts) }, { raw })]];
}

function* agentRows(population: Population, { kept }: Parts): Generator<(string | number)[], void, undefined> {
  const { count, ids, policy, wakesPerDay, traits = [] } = population;
  for (let agent = 0; agent < count; agent++) {
    if (kept?.[agent] === 0) continue;
    const values = traits.map((trait) => traitValue(trait, agent));
    yield [externalId(ids, agent), policy[agent], wakesPerDay[agent], ...values, persona(population, agent)];
  }
}

/** Edges between the agents that are written; `tally` counts them, and ties from an agent to itself. */
function* edgesOf(
  records: Records,
  { ties, kept }: Parts,
  {
    isWeighted,
    hasTime,
    tally,
  }: { isWeighted: boolean; hasTime: boolean; tally: { edges: number; selfCount: number } },
): Generator<NetworkEdge, void, undefined> {
  const { ids } = records.population;
  const last = records.head.ticks;
  let known = -1;
  let name = '';
  for (const { source, target, weight, spells } of ties.walk()) {
    if (kept?.[source] === 0 || kept?.[target] === 0) continue;
    if (source === target) {
      tally.selfCount += weight;
      continue;
    }
    if (source !== known) [known, name] = [source, externalId(ids, source)];
    const edge = { id: `e${tally.edges++}`, source: name, target: externalId(ids, target) };
    const values = isWeighted ? [weight] : [];
    if (!hasTime) yield { ...edge, values };
    else yield { ...edge, values, spells: spells.map(({ start, end = last }) => ({ start, end })) };
  }
}

/** XML cannot hold some characters. Ids that lose them are named in a warning; ids that become equal by it are refused. */
function checkXmlIds({ population }: Records): string[] {
  if (!('list' in population.ids)) return [];
  const legal = population.ids.list.map((id) => legalXmlText(id));
  const changedCount = population.ids.list.filter((id, agent) => id !== legal[agent]).length;
  if (changedCount === 0) return [];
  if (new Set(legal).size < legal.length) {
    throw new InputError({
      code: 'INPUT_DUPLICATE_ID',
      found: 'two agents have one id when the characters are left out that XML cannot hold',
      next: 'Export with --format csv.',
    });
  }
  return [`the ids of ${changedCount} agents hold characters that XML cannot hold; these were left out`];
}

function filesOf(network: NetworkFile, format: ExportFormat, name: string, raw: boolean): [string, Iterable<string>][] {
  if (format === 'gexf') return [[`${name}.gexf`, writeGexf(network)]];
  if (format === 'graphml') return [[`${name}.graphml`, writeGraphml(network)]];
  if (format === 'json') return [[`${name}.json`, writeGraphJson(network)]];
  return [
    [`${name}-nodes.csv`, writeNodesCsv(network, { raw })],
    [`${name}-edges.csv`, writeEdgesCsv(network, { raw })],
  ];
}

/** Written aside and renamed, so that a name never stands for half a file. */
function writeChunks(directory: string, name: string, chunks: Iterable<string>): void {
  const file = join(directory, name);
  const aside = join(directory, `.${name}.new`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      writeAll(aside, chunks);
      renameSync(aside, file);
    } finally {
      rmSync(aside, { force: true });
    }
  } catch (cause) {
    throw diskError(file, cause);
  }
}

function writeAll(file: string, chunks: Iterable<string>): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    for (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    }
  } finally {
    closeSync(handle);
  }
}

/** Only the system's own failures are the disk's: they have a code. What a writer asserts passes through. */
function diskError(file: string, cause: unknown): unknown {
  const code = (cause as { code?: string }).code;
  if (code === undefined) return cause;
  return new InputError({
    code: 'INPUT_DISK',
    place: { file },
    found: `cannot write: ${code === 'ENOSPC' ? 'the disk is full' : code}`,
    next: code === 'ENOSPC' ? 'Free space and export again.' : 'Check the path and its permissions.',
  });
}
