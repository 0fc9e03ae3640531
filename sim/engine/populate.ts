/**
 * The population of a scenario: drawn with its attributes, interests and ties, or read from files; and the posts that come with it.
 *
 * Order: attributes, interests (which follow topics where agents have some), ties, prominent accounts. Each is drawn by streams of its
 * own. What a scenario does not say is drawn as it was before it could be said, so that digests stay.
 * Reads the files that the scenario names. Oracles: marginals by chi-square, and ties by the generators' own
 * (`test/sim/engine/populate.test.ts`).
 */
import { InputError, assertInvariant, echo } from '../ground/errors.ts';
import { topicCount } from '../world/agents.ts';
import { generateAttributes, noTopic } from '../world/generate.ts';
import { drawTraits } from '../world/marginals.ts';
import { noTopicName, oasisProfile, xTopics } from '../world/oasis-profiles.ts';
import { keysOf } from '../world/population.ts';
import { withProminent } from '../social-graph/prominent.ts';
import { starTopics } from '../social-graph/generators/star-and-topic.ts';
import { followGraph, wordsOf } from './follow-graph.ts';
import { readHours, readPeople, readPosts } from './people.ts';
import { sourcePosts } from './sources.ts';
import type { AgentTopics } from '../world/generate.ts';
import type { TraitTable } from '../world/marginals.ts';
import type { OasisProfile } from '../world/oasis-profiles.ts';
import type { Population, TraitColumn } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { GeneratedPopulation } from './follow-graph.ts';
import type { FileFinder } from './people.ts';
import type { Intervention } from './plan.ts';

/** A population, and what it wrote. */
export interface Populated {
  readonly population: Population;
  /** Posts by accounts drawn for it and what a moderator does to them, and posts that a file brings. */
  readonly interventions: readonly Intervention[];
}

/** Draws or reads the population; its rows are in no order yet. */
export function populate(scenario: ScenarioData, find: FileFinder): Populated {
  const { population, seed } = scenario;
  if (population.kind === 'files') {
    const people = readPeople(population, seed, find);
    return { population: people, interventions: readPosts(population, people, find) };
  }
  const count = population.agents;
  const who = traitsOf(population, seed);
  const profileShares = profilesOf(population, find);
  const topics = who.topics === undefined ? {} : { topics: who.topics };
  const { topic, ...attributes } = generateAttributes(seed, { ...population, count, profileShares, ...topics });
  const traits = who.traits.length === 0 ? {} : { traits: who.traits };
  const agents = { ...attributes, topic, ...who };
  const graph = followGraph(seed, agents, population, find);
  const graphData = population.graph?.kind === 'star-topic' ? population.graph : undefined;
  if (graphData?.coreWakesPerDay !== undefined) {
    attributes.wakesPerDay.fill(graphData.coreWakesPerDay, 0, graphData.coreCount);
  }
  const { prominent } = population;
  const made = prominent === undefined ? { graph } : withProminent(seed, agents, graph, prominent);
  const known = 'prominent' in made ? made.prominent : rowsTo(graphData?.coreCount ?? 0);
  if (prominent !== undefined) for (const agent of known) attributes.wakesPerDay[agent] = prominent.wakesPerDay;
  const topicOf = (agent: number): number =>
    who.topics === undefined ? topic[agent] : who.topics.topic[agent * who.topics.perAgent];
  const authors = { ids: attributes.ids, prominent: known, count, topicOf };
  return {
    population: { ...attributes, ...made.graph, ...traits },
    interventions: sourcePosts(scenario, authors),
  };
}

function rowsTo(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, agent) => agent);
}

/** What agents are, and the topics among it. */
interface Traits {
  readonly traits: readonly TraitColumn[];
  readonly topics?: AgentTopics;
}

function traitsOf(population: GeneratedPopulation, seed: number): Traits {
  const { agents, idPrefix, profile, profileTopicCount = 8, attributes = [], graph, topicsBy } = population;
  const own = attributes.map(tableOf);
  if (profile === undefined && own.length === 0 && graph?.kind !== 'star-topic' && topicsBy === undefined) {
    return { traits: [] };
  }
  const like = profile === undefined ? undefined : oasisProfile(profile, profileTopicCount);
  refuseTaken(own, like);
  const ids = { prefix: idPrefix, number: Int32Array.from({ length: agents }, (_, i) => i) };
  const keys = keysOf(ids, agents);
  const traits = drawTraits(seed, keys, [...(like?.tables ?? []), ...own]);
  if (like !== undefined) return { traits, topics: topicsOf(traits, like) };
  if (topicsBy !== undefined) return { traits, topics: namedTopics(wordsOf(traits, topicsBy, 'population.topicsBy')) };
  if (graph?.kind !== 'star-topic') return { traits };
  const { topic, columns } = dealtTopics(seed, agents, graph.coreCount, profileTopicCount);
  return { traits: [...columns, ...traits], topics: { topicCount: profileTopicCount, perAgent: 2, topic } };
}

function tableOf(table: NonNullable<GeneratedPopulation['attributes']>[number]): TraitTable {
  if ('names' in table) return table;
  return { names: [table.name], rows: table.values.map((value, i) => ({ values: [value], share: table.shares[i] })) };
}

/** Attributes that a profile brings already. */
function refuseTaken(own: readonly TraitTable[], profile: OasisProfile | undefined): void {
  const taken = new Set(profile?.tables.flatMap(({ names }) => names));
  const twice = own.flatMap(({ names }) => names).find((name) => taken.has(name));
  if (twice === undefined) return;
  throw new InputError({
    code: 'INPUT_DUPLICATE_ID',
    found: `population.attributes declares ${echo(twice)}, which population.profile brings already`,
    next: 'Give it another name.',
  });
}

/** The topics among drawn traits, as numbers. */
function topicsOf(traits: readonly TraitColumn[], { topicNames, topicColumns }: OasisProfile): AgentTopics {
  const columns = topicColumns.map((name) => traits.find((trait) => trait.name === name));
  const perAgent = columns.length;
  const topic = new Uint8Array((columns[0]?.value.length ?? 0) * perAgent);
  columns.forEach((column, i) => {
    assertInvariant(column?.labels !== undefined, `the profile has the column ${topicColumns[i]}`);
    const numbers = column.labels.map((label) => (label === noTopicName ? noTopic : topicNames.indexOf(label)));
    column.value.forEach((label, agent) => (topic[agent * perAgent + i] = numbers[label]));
  });
  return { topicCount: topicNames.length, perAgent, topic };
}

/** Each word of an attribute is a topic, and everybody has one. */
function namedTopics({ name, labels = [], value }: TraitColumn): AgentTopics {
  if (labels.length > topicsMost) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      found: `population.topicsBy names ${echo(name)}, which has ${labels.length} words; at most ${topicsMost} can be topics`,
      next: 'Give the attribute fewer words.',
    });
  }
  return { topicCount: labels.length, perAgent: 1, topic: Uint8Array.from(value) };
}

/** As many directions as keep the same distance from one another: see `sim/world/generate.ts`. */
const topicsMost = topicCount + 1;

/** Topics as OASIS deals them, for a star-and-topic graph whose agents have no profile. A core agent has one, twice. */
function dealtTopics(seed: number, count: number, coreCount: number, topicCount: number) {
  const { topics } = starTopics(seed, { count, coreCount, topicCount });
  const labels = xTopics.slice(0, topicCount);
  const columns = [0, 1].map((i) => ({
    name: `topic-${i + 1}`,
    labels,
    value: Int32Array.from({ length: count }, (_, agent) => topics[agent * 2 + i]),
  }));
  return { topic: topics, columns };
}

function profilesOf(population: GeneratedPopulation, find: FileFinder): Float64Array {
  if (population.hoursFile !== undefined) return readHours(find(population.hoursFile, ['population', 'hoursFile']), 1);
  const hours = population.hours ?? new Array<number>(24).fill(1);
  const sum = hours.reduce((total, one) => total + one, 0);
  if (!(sum > 0)) {
    throw new InputError({
      code: 'INPUT_SUM',
      found: 'population.hours are all 0',
      next: 'Give at least one hour a weight above 0.',
    });
  }
  return Float64Array.from(hours, (one) => one / sum);
}
