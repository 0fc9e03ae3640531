/**
 * Network files of a recorded population, for Gephi, networkx, R and pandas: one layer, all agents, in one format.
 *
 * Reads records; writes `NAME.gexf`, `NAME.graphml`, `NAME.json` (graphology's form), or `NAME-nodes.csv` and `NAME-edges.csv`, each aside and renamed when whole.
 * What agents are (attributes of the scenario) stands beside each node; with CSV, `agents.csv` has it together with the agent in words.
 * Layers: `follow` (who follows whom after the last recorded tick), `reply` (commenter -> author of the row that was answered),
 * `repost` (spreader -> author of the row that was reposted or quoted). Weight: how many acts; a follow has none. Edges from an
 * agent to itself are left out and counted.
 * Order: agents by ordinal, edges by source and target; edge k is called `e<k>`. No clock, no path: equal logs, equal bytes.
 * Memory: the posts or ties of the log and 16 bytes an edge; the file itself passes through in chunks of 64 kB.
 * Oracle: networkx reads it back, counts are made anew with a Map (`test/viz/export-run.test.ts`).
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, echo } from '../sim/ground/errors.ts';
import { createRadixScratch, sortPairs } from '../sim/ground/radix.ts';
import { persona } from '../sim/world/persona.ts';
import { externalId } from '../sim/world/population.ts';
import { postKinds } from '../sim/world/posts.ts';
import { readFollows, readPosts } from '../sim/record/post-reader.ts';
import { writeEdgesCsv, writeNodesCsv, writeTableCsv } from './csv.ts';
import { legalXmlText } from './escape.ts';
import { writeGexf } from './gexf.ts';
import { writeGraphJson } from './graph-json.ts';
import { writeGraphml } from './graphml.ts';
import type { PostColumns } from '../sim/record/post-reader.ts';
import type { Records } from '../sim/record/reader.ts';
import type { Population, TraitColumn } from '../sim/world/population.ts';
import type { NetworkAttribute, NetworkEdge, NetworkFile, NetworkNode } from './network-file.ts';

/** Formats of network files. */
export type ExportFormat = 'gexf' | 'graphml' | 'csv' | 'json';

/** Which ties become edges. */
export type ExportLayer = 'follow' | 'reply' | 'repost';

/** `raw`: cells of CSV as they are, formulas included. `name`: the files' name without ending; the layer's by default. */
export interface ExportOptions {
  readonly raw: boolean;
  readonly name?: string;
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
  const { network, edges, warnings } = runNetwork(records, layer);
  if (format === 'gexf' || format === 'graphml') warnings.push(...checkXmlIds(records));
  const agents = format === 'csv' ? agentsFile(records, options.raw) : [];
  const files = [...filesOf(network, format, name, options.raw), ...agents].map(([file, chunks]) => {
    writeChunks(directory, file, chunks);
    return join(directory, file);
  });
  return { files, nodes: records.population.count, edges, warnings };
}

/** One layer of a recorded population, on its way into a file of any form; how many edges it has, and what was left out. */
export function runNetwork(
  records: Records,
  layer: ExportLayer,
): { network: NetworkFile; edges: number; warnings: string[] } {
  const posts = readPosts(records);
  const follows = readFollows(records);
  const edges = edgesOf(layer === 'follow' ? follows : actsOf(posts, layer));
  const network: NetworkFile = {
    directed: true,
    nodeAttributes: [...nodeAttributes, ...traitAttributes(records)],
    nodes: nodesOf(records, posts, follows),
    edgeAttributes: layer === 'follow' ? [] : [{ name: 'weight', type: 'integer' }],
    edges: networkEdges(records, edges, layer !== 'follow'),
    meta: { creator: 'mesocosm', description: `${layer} layer of ${records.manifest.scenario}, ${describe(records)}` },
  };
  const warnings = edges.selfCount === 0 ? [] : [`${layer}: left out, from an agent to itself: ${edges.selfCount}`];
  return { network, edges: edges.count, warnings };
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

/** A pair of agents a row. */
interface Pairs {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/** Replies, or reposts and quotes, as pairs (who acted, author of the row acted on). */
function actsOf(posts: PostColumns, layer: 'reply' | 'repost'): Pairs {
  const isWanted = (row: number): boolean => (posts.kind[row] === postKinds.reply) === (layer === 'reply');
  let count = 0;
  for (let row = 0; row < posts.count; row++) if (posts.parent[row] >= 0 && isWanted(row)) count++;
  const source = new Int32Array(count);
  const target = new Int32Array(count);
  let at = 0;
  for (let row = 0; row < posts.count; row++) {
    if (posts.parent[row] < 0 || !isWanted(row)) continue;
    source[at] = posts.author[row];
    target[at++] = posts.author[posts.parent[row]];
  }
  return { source, target };
}

/** Edges by source and target, each once; `weight` is how often the pair was there. */
interface Edges extends Pairs {
  readonly weight: Int32Array;
  readonly count: number;
  readonly selfCount: number;
}

/** Two stable sorts bring equal pairs together, which are then counted in place. */
function edgesOf(pairs: Pairs): Edges {
  const source = pairs.source.slice();
  const target = pairs.target.slice();
  const scratch = createRadixScratch(source.length);
  sortPairs(target, source, source.length, scratch);
  sortPairs(source, target, source.length, scratch);
  const weight = new Int32Array(source.length);
  let count = 0;
  let selfCount = 0;
  for (let i = 0; i < source.length; i++) {
    if (source[i] === target[i]) {
      selfCount++;
      continue;
    }
    const isNew = count === 0 || source[count - 1] !== source[i] || target[count - 1] !== target[i];
    if (isNew) {
      source[count] = source[i];
      target[count++] = target[i];
    }
    weight[count - 1]++;
  }
  return { source, target, weight, count, selfCount };
}

const nodeAttributes: readonly NetworkAttribute[] = [
  { name: 'ordinal', type: 'integer' },
  { name: 'followers', type: 'integer' },
  { name: 'followees', type: 'integer' },
  { name: 'posts', type: 'integer' },
  { name: 'profile', type: 'integer' },
  { name: 'wakes_per_day', type: 'double' },
];

/** All agents. Followers, followees and posts (reposts, quotes and replies among them) are those after the last recorded tick. */
function* nodesOf(records: Records, posts: PostColumns, follows: Pairs): Generator<NetworkNode, void, undefined> {
  const { count, ids, profile, wakesPerDay, traits = [] } = records.population;
  const followers = countOf(follows.target, count);
  const followees = countOf(follows.source, count);
  const written = countOf(posts.author, count);
  for (let agent = 0; agent < count; agent++) {
    const id = externalId(ids, agent);
    const values = [agent, followers[agent], followees[agent], written[agent], profile[agent], wakesPerDay[agent]];
    yield { id, label: id, values: [...values, ...traits.map((trait) => traitValue(trait, agent))] };
  }
}

/** What agents are, one attribute each; a name that files have already gets a word before it. */
function traitAttributes({ population }: Records): NetworkAttribute[] {
  return (population.traits ?? []).map(({ name, labels }) => ({
    name: taken.has(name) ? `trait-${name}` : name,
    type: labels === undefined ? 'integer' : 'string',
  }));
}

const taken = new Set([...nodeAttributes.map(({ name }) => name), 'id', 'label', 'agent', 'policy', 'persona']);

function traitValue({ labels, value }: TraitColumn, agent: number): string | number {
  return labels === undefined ? value[agent] : labels[value[agent]];
}

/** Agents with what they are, and in words; nothing where the population has no attributes. */
function agentsFile(records: Records, raw: boolean): [string, Iterable<string>][] {
  if (records.population.traits === undefined) return [];
  const names = traitAttributes(records).map(({ name }) => name);
  const columns = ['agent', 'policy', 'wakes_per_day', ...names, 'persona'];
  return [['agents.csv', writeTableCsv({ columns, rows: agentRows(records.population) }, { raw })]];
}

function* agentRows(population: Population): Generator<(string | number)[], void, undefined> {
  const { count, ids, policy, wakesPerDay, traits = [] } = population;
  for (let agent = 0; agent < count; agent++) {
    const values = traits.map((trait) => traitValue(trait, agent));
    yield [externalId(ids, agent), policy[agent], wakesPerDay[agent], ...values, persona(population, agent)];
  }
}

/** How often each agent stands in a column. */
function countOf(column: Int32Array, agentCount: number): Int32Array {
  const counts = new Int32Array(agentCount);
  for (let i = 0; i < column.length; i++) counts[column[i]]++;
  return counts;
}

function* networkEdges(records: Records, edges: Edges, isWeighted: boolean): Generator<NetworkEdge, void, undefined> {
  const { ids } = records.population;
  for (let k = 0; k < edges.count; k++) {
    const values = isWeighted ? [edges.weight[k]] : [];
    const source = externalId(ids, edges.source[k]);
    yield { id: `e${k}`, source, target: externalId(ids, edges.target[k]), values };
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
