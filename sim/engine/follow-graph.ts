/**
 * Who follows whom in a generated population, by the kind of graph that the scenario names.
 *
 * Reads a graph to be like from a CSV of ties or from the records of a run or a data set. Ids of a CSV are numbered in the order of
 * their characters, so that the order of rows in the file changes nothing.
 * Kinds read `followsMean` and `homophilyShare` of the population where they have use for them: erdos-renyi, configuration and
 * stochastic-block the former, stochastic-block the latter.
 * Invariant: no agent follows itself, none follows another twice. Oracles: those of the generators (`test/sim/social-graph/generators/`).
 */
import { dirname } from 'node:path';
import { InputError, echo } from '../ground/errors.ts';
import { openRecords } from '../record/reader.ts';
import { checkEdges } from '../scenario/table-edges.ts';
import { readTable } from '../scenario/table.ts';
import { audienceGraph } from '../social-graph/audience-graph.ts';
import { barabasiAlbertGraph } from '../social-graph/generators/barabasi-albert.ts';
import { configurationGraph } from '../social-graph/generators/configuration.ts';
import { degreeCorrectedGraph, fitDegreeCorrected } from '../social-graph/generators/degree-corrected.ts';
import { erdosRenyiGraph } from '../social-graph/generators/erdos-renyi.ts';
import { forestFireGraph } from '../social-graph/generators/forest-fire.ts';
import { starAndTopicGraph } from '../social-graph/generators/star-and-topic.ts';
import { homophilyDensity, stochasticBlockGraph } from '../social-graph/generators/stochastic-block.ts';
import { wattsStrogatzGraph } from '../social-graph/generators/watts-strogatz.ts';
import { rowsOf } from './people.ts';
import type { FollowRows } from '../social-graph/prominent.ts';
import type { AgentTopics } from '../world/generate.ts';
import type { TraitColumn } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { FileFinder } from './people.ts';

/** What ties depend on. */
export interface GraphAgents {
  readonly keyLo: Int32Array;
  readonly keyHi: Int32Array;
  /** The main topic's board. */
  readonly topic: Uint8Array;
  readonly traits: readonly TraitColumn[];
  readonly topics?: AgentTopics;
}

export type GeneratedPopulation = Extract<ScenarioData['population'], { kind: 'generated' }>;
type GraphData = NonNullable<GeneratedPopulation['graph']>;
type GraphOf<Kind extends GraphData['kind']> = Extract<GraphData, { kind: Kind }>;

/** The graph of a generated population. */
export function followGraph(
  seed: number,
  agents: GraphAgents,
  population: GeneratedPopulation,
  find: FileFinder,
): FollowRows {
  const graph = population.graph ?? { kind: 'audience' };
  const count = population.agents;
  switch (graph.kind) {
    case 'audience':
      return audienceGraph(seed, agents, population);
    case 'erdos-renyi':
      return erdosRenyiGraph(seed, count, { ...graph, followsMean: population.followsMean });
    case 'barabasi-albert':
      return barabasiAlbertGraph(seed, count, graph);
    case 'watts-strogatz':
      return wattsStrogatzGraph(seed, count, graph);
    case 'configuration':
      return configuredGraph(seed, graph, population, find);
    case 'stochastic-block':
      return blockGraph(seed, agents, graph, population);
    case 'forest-fire':
      return forestFireGraph(seed, count, graph);
    case 'star-topic':
      return starGraph(seed, agents, graph, count);
    case 'degree-corrected':
      return likeGraph(seed, count, observed(graph.like, graph.blocks, find), graph.exchangeTriesMost);
  }
}

/** Degrees of an observed graph, if one is named, and nothing else of it; else degrees of two power laws. */
function configuredGraph(
  seed: number,
  graph: GraphOf<'configuration'>,
  { agents, followsMean }: GeneratedPopulation,
  find: FileFinder,
): FollowRows {
  if (graph.like !== undefined) return likeGraph(seed, agents, observed(graph.like, undefined, find), 0);
  return configurationGraph(seed, agents, { ...graph, followsMean });
}

function blockGraph(
  seed: number,
  { topic, traits }: GraphAgents,
  { by, reciprocatedShare }: GraphOf<'stochastic-block'>,
  population: GeneratedPopulation,
): FollowRows {
  const blockOf = by === undefined ? topic : wordsOf(traits, by, 'population.graph.by').value;
  let blockCount = 0;
  for (const block of blockOf) blockCount = Math.max(blockCount, block + 1);
  const density = homophilyDensity(blockOf, blockCount, population);
  return stochasticBlockGraph(seed, blockOf, { density, reciprocatedShare });
}

/** The attribute of a name, which must be one of words. `path` is the field that names it. */
export function wordsOf(traits: readonly TraitColumn[], name: string, path: string): TraitColumn {
  const trait = traits.find((one) => one.name === name);
  if (trait?.labels !== undefined) return trait;
  const known = traits.filter(({ labels }) => labels !== undefined).map((one) => one.name);
  throw new InputError({
    code: 'INPUT_DANGLING_REF',
    found: `${path} names ${echo(name)}, ${trait === undefined ? 'which is no attribute of agents' : 'whose values are numbers'}`,
    next: known.length === 0 ? 'Declare it under population.attributes.' : `Name one of ${known.join(', ')}.`,
  });
}

function starGraph(
  seed: number,
  { topics }: GraphAgents,
  { coreCount, followShare }: GraphOf<'star-topic'>,
  count: number,
): FollowRows {
  if (coreCount >= count) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      found: `population.graph.coreCount is ${coreCount} in a population of ${count}`,
      next: 'Leave agents beside the core.',
    });
  }
  return starAndTopicGraph(seed, { coreCount, topics: firstTwo(topics, count) }, { followShare });
}

/** The first two topics of each agent. */
function firstTwo(topics: AgentTopics | undefined, count: number): Uint8Array {
  const pairs = new Uint8Array(count * 2);
  if (topics === undefined) return pairs;
  for (let agent = 0; agent < count; agent++) {
    pairs[agent * 2] = topics.topic[agent * topics.perAgent];
    pairs[agent * 2 + 1] = topics.topic[agent * topics.perAgent + 1];
  }
  return pairs;
}

/** A graph to be like. */
interface Observed {
  readonly rows: FollowRows;
  readonly blockOf: Int32Array;
}

function likeGraph(seed: number, count: number, { rows, blockOf }: Observed, exchangeTriesMost: number): FollowRows {
  const { followOffset, followee } = degreeCorrectedGraph(seed, count, fitDegreeCorrected(rows, blockOf), {
    exchangeTriesMost,
  });
  return { followOffset, followee };
}

function observed(like: string, blocks: string | undefined, find: FileFinder): Observed {
  const path = find(like, ['population', 'graph', 'like']);
  if (path.endsWith('manifest.json')) {
    refuseBlocks(blocks);
    const { population } = openRecords(dirname(path));
    return { rows: population, blockOf: new Int32Array(population.count) };
  }
  const columns = { follower: { type: 'text' }, followee: { type: 'text' } } as const;
  const table = readTable(path, columns, { rowCountMin: 1 });
  const blockNames = blocks === undefined ? undefined : readBlocks(find(blocks, ['population', 'graph', 'blocks']));
  const ids = blockNames === undefined ? [...table.columns.follower, ...table.columns.followee] : blockNames.keys();
  const rowOf = numbered(ids);
  const edges = checkEdges(table, { from: 'follower', to: 'followee', rowOf });
  const blockRow = numbered(blockNames?.values() ?? []);
  const blockOf = Int32Array.from(rowOf.keys(), (id) => blockRow.get(blockNames?.get(id) ?? '') ?? 0);
  return { rows: rowsOf(rowOf.size, edges.from, edges.to), blockOf };
}

/** Different texts, numbered in the order of their characters. */
function numbered(texts: Iterable<string>): Map<string, number> {
  const sorted = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  return new Map(sorted.map((text, number) => [text, number]));
}

function readBlocks(path: string): Map<string, string> {
  const table = readTable(path, { agent: { type: 'text' }, block: { type: 'text' } }, { id: 'agent' });
  return new Map(table.columns.agent.map((agent, row) => [agent, table.columns.block[row]]));
}

function refuseBlocks(blocks: string | undefined): void {
  if (blocks === undefined) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: 'population.graph.blocks is given beside the records of a run',
    next: 'Export the ties as CSV, or leave the blocks out.',
  });
}
