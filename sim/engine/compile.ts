/**
 * From a scenario as data to a plan and a population: generates or reads who is there, and fixes every number that decides.
 *
 * Reads the population files that the scenario names. Oracle for generated populations: the marginals in
 * `test/sim/engine/compile.test.ts`.
 */
import { InputError, echo } from '../ground/errors.ts';
import { randomStream, shuffle, streamPurposes } from '../ground/philox.ts';
import { canonicalPopulation, externalId, keysOf } from '../world/population.ts';
import { generateAttributes } from '../world/generate.ts';
import { withProminent } from '../social-graph/prominent.ts';
import { audienceGraph } from '../social-graph/audience-graph.ts';
import { ruleParametersSchema } from '../scenario/schema.ts';
import { readHours, readPeople } from './people.ts';
import type { FileFinder } from './people.ts';
import type { Population } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Intervention, Plan, PolicyPlan } from './plan.ts';

/** A scenario ready to run. */
export interface Compiled {
  readonly plan: Plan;
  /** In canonical order. */
  readonly population: Population;
  /** The scenario as data, with every default filled in; without it a run cannot be forked. */
  readonly data?: ScenarioData;
}

/** Compiles a scenario. `module` is the URL of its own code, if it has any. */
export function compileScenario(scenario: ScenarioData, find: FileFinder, module?: string): Compiled {
  const people = populate(scenario, find);
  const policy = assignPolicies(scenario, people.population);
  const population = canonicalPopulation({ ...people.population, policy });
  return { plan: planOf(scenario, population, people.interventions, module), population, data: scenario };
}

interface Populated {
  readonly population: Population;
  /** Posts by prominent accounts. */
  readonly interventions: readonly Intervention[];
}

function populate(scenario: ScenarioData, find: FileFinder): Populated {
  const { population, seed } = scenario;
  if (population.kind === 'files') return { population: readPeople(population, seed, find), interventions: [] };
  const profileShares = profilesOf(population, find);
  const attributes = generateAttributes(seed, { ...population, count: population.agents, profileShares });
  const graph = audienceGraph(seed, attributes, population);
  if (population.prominent === undefined) return { population: { ...attributes, ...graph }, interventions: [] };
  const { prominent } = population;
  const made = withProminent(seed, attributes, graph, prominent);
  for (const agent of made.prominent) attributes.wakesPerDay[agent] = prominent.wakesPerDay;
  const authors = Array.from(made.prominent, (agent) => externalId(attributes.ids, agent));
  return { population: { ...attributes, ...made.graph }, interventions: sourcePosts(scenario, authors) };
}

function profilesOf(
  population: Extract<ScenarioData['population'], { kind: 'generated' }>,
  find: FileFinder,
): Float64Array {
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

/** Which prominent accounts post, and when: a draw without replacement until all have posted, then again. */
function sourcePosts(scenario: ScenarioData, authors: readonly string[]): Intervention[] {
  const { sources, seed } = scenario;
  if (sources === undefined) return [];
  const stream = randomStream(seed, streamPurposes.sample);
  const order = Int32Array.from(authors, (_, i) => i);
  shuffle(order, stream);
  return Array.from({ length: sources.count }, (_, i) => ({
    tick: sources.firstTick + i * sources.everyTicks,
    agent: authors[order[i % order.length]],
    verb: 'post',
    appeal: sources.appeal + sources.appealSpread * stream.normal(),
  }));
}

/** Policies by share: each agent draws by its own key. */
function assignPolicies(scenario: ScenarioData, population: Population): Uint8Array {
  const { policies, seed } = scenario;
  if (policies.length === 1) return new Uint8Array(population.count);
  return Uint8Array.from(population.keyLo, (lo, agent) => {
    let u = randomStream(seed, streamPurposes.activity, lo, population.keyHi[agent]).uniform();
    for (let i = 0; i < policies.length; i++) {
      u -= policies[i].share;
      if (u < 0) return i;
    }
    return policies.length - 1;
  });
}

function planOf(
  scenario: ScenarioData,
  population: Population,
  sourcesPosts: readonly Intervention[],
  module: string | undefined,
): Plan {
  const interventions = [...scenario.interventions.map((one) => dropUndefined(one)), ...sourcesPosts];
  refuseUnknownAgents(scenario, population);
  refuseCrowds(interventions);
  const wanted = scenario.postCapacity ?? Math.max(16_384, population.count);
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    ticks: scenario.ticks,
    tickSeconds: scenario.tickSeconds,
    startHour: scenario.startHour,
    feed: scenario.feed,
    memoryLength: scenario.memoryLength,
    policies: scenario.policies.map((one) => policyPlan(one, scenario.verbs)),
    allowedVerbs: scenario.verbs,
    attributes: scenario.attributes,
    conduct: scenario.conduct,
    ...(scenario.invariants === undefined || scenario.invariants.length === 0
      ? {}
      : { invariants: scenario.invariants }),
    interventions: interventions.sort((x, y) => x.tick - y.tick),
    appealSpread: scenario.appealSpread,
    topicFocusShare: scenario.topicFocusShare,
    postCapacity: powerOfTwo(wanted),
    ...(module === undefined ? {} : { module }),
  };
}

function dropUndefined(one: ScenarioData['interventions'][number]): Intervention {
  return Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as Intervention;
}

/** The least power of two that is not below n. */
function powerOfTwo(n: number): number {
  return 1 << (32 - Math.clz32(n - 1));
}

const actsPerAgentMax = 50;

/** Acts of one agent in one tick are numbered in eight bits, from 200 on. */
function refuseCrowds(interventions: readonly Intervention[]): void {
  const counts = new Map<string, number>();
  for (const { agent, tick } of interventions) {
    const count = (counts.get(`${tick} ${agent}`) ?? 0) + 1;
    counts.set(`${tick} ${agent}`, count);
    if (count <= actsPerAgentMax) continue;
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      found: `more than ${actsPerAgentMax} interventions make agent ${echo(agent)} act at tick ${tick}`,
      next: 'Spread them over several ticks.',
    });
  }
}

/** Every agent that a scenario names must be in the population. */
function refuseUnknownAgents(scenario: ScenarioData, population: Population): void {
  const named = [
    ...scenario.interventions.map(({ agent }, i) => ({ path: `interventions[${i}].agent`, id: agent })),
    ...scenario.interventions.flatMap(({ target }, i) =>
      target === undefined ? [] : [{ path: `interventions[${i}].target`, id: target }],
    ),
    ...scenario.conduct.moderators.map((id, i) => ({ path: `conduct.moderators[${i}]`, id })),
  ];
  if (named.length === 0) return;
  const known = new Set<string>();
  for (let i = 0; i < population.count; i++) known.add(`${population.keyHi[i]},${population.keyLo[i]}`);
  const { keyLo, keyHi } = keysOf({ list: named.map(({ id }) => id) }, named.length);
  const unknown = named.filter((_, i) => !known.has(`${keyHi[i]},${keyLo[i]}`));
  if (unknown.length === 0) return;
  throw new InputError(
    unknown.slice(0, 20).map(({ path, id }) => ({
      code: 'INPUT_DANGLING_REF' as const,
      found: `${path} names ${JSON.stringify(id)}, who is not in the population`,
      next: 'Name an agent of the population.',
    })),
  );
}

/** Fields that a fork cannot change: they made the population, the memory or the calendar. */
const fixedFields = [
  'name',
  'seed',
  'tickSeconds',
  'startHour',
  'population',
  'attributes',
  'memoryLength',
  'postCapacity',
  'sources',
  'conduct',
  'invariants',
  'module',
] as const;

/**
 * The plan of a fork: the old one with what the scenario changed. Interventions before the fork are the old ones, those from then on
 * the new scenario's, and the posts that the sources were drawn to write.
 */
export function forkPlan(
  before: { readonly plan: Plan; readonly data: ScenarioData },
  after: ScenarioData,
  at: number,
): Plan {
  const changed = fixedFields.filter((field) => JSON.stringify(before.data[field]) !== JSON.stringify(after[field]));
  if (changed.length > 0) {
    throw new InputError(
      changed.map((field) => ({
        code: 'INPUT_COMBINATION' as const,
        place: { file: '--set' },
        found: `${field} cannot change in the middle of a run`,
        next: 'Run the scenario anew with this change.',
      })),
    );
  }
  const written = before.data.interventions.map(dropUndefined).map((one) => JSON.stringify(one));
  const drawn = before.plan.interventions.filter((one) => !written.includes(JSON.stringify(one)));
  const interventions = [
    ...before.plan.interventions.filter((one) => one.tick < at),
    ...after.interventions.map(dropUndefined).filter((one) => one.tick >= at),
    ...drawn.filter((one) => one.tick >= at),
  ];
  return {
    ...before.plan,
    ticks: after.ticks,
    feed: after.feed,
    policies: after.policies.map((one) => policyPlan(one, after.verbs)),
    allowedVerbs: after.verbs,
    appealSpread: after.appealSpread,
    topicFocusShare: after.topicFocusShare,
    interventions: interventions.sort((x, y) => x.tick - y.tick),
  };
}

/** Rule agents attempt what the scenario allows and nothing else: the odds of other acts are 0. */
function policyPlan(one: ScenarioData['policies'][number], allowed: readonly string[]): PolicyPlan {
  if (one.own !== undefined) return { kind: 'own', name: one.own };
  const given = one.rules ?? ruleParametersSchema.parse({});
  const can = (...verbs: string[]): boolean => verbs.some((verb) => allowed.includes(verb));
  const votes = can('upvote') && !can('like');
  const parameters = {
    ...given,
    quoteRatio: can('quote') ? given.quoteRatio : 0,
    replyRatio: can('reply') ? given.replyRatio : 0,
    likeRatio: can('like', 'upvote') ? given.likeRatio : 0,
    dislikeRatio: can('dislike', 'downvote') ? given.dislikeRatio : 0,
    reportRatio: can('report') ? given.reportRatio : 0,
    postShare: can('post') ? given.postShare : 0,
    followShare: can('follow') ? given.followShare : 0,
    unfollowShare: can('unfollow') ? given.unfollowShare : 0,
    ...(votes ? { votes } : {}),
    ...(can('repost') ? {} : { spreads: false }),
  };
  return { kind: 'rules', parameters };
}
