/**
 * From a scenario as data to a plan and a population: fixes every number that decides. Who is there is `populate.ts`.
 *
 * Reads the population files that the scenario names, and nothing else. Invariant: a field that a scenario leaves out leaves no
 * trace in the plan, so that the digests of older scenarios stay. Oracle: the pinned digests (`test/sim/engine/golden.test.ts`).
 */
import { InputError, echo } from '../ground/errors.ts';
import { randomStream, streamPurposes } from '../ground/philox.ts';
import { modelsOrderOf } from './models.ts';
import { refuseLargeReaders, refuseUnservedEmbedding } from './embedding-order.ts';
import { canonicalPopulation, keysOf } from '../world/population.ts';
import { policyPlans, refuseBadArchetypes, refuseRegrouping } from './policies.ts';
import { groundsPlan } from './grounds.ts';
import { interventionsOf } from './interventions.ts';
import { failureActs } from './failures.ts';
import { plantPlans } from './plants.ts';
import { populate } from './populate.ts';
import type { FileFinder } from './people.ts';
import type { Population } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { ConductPlan, Intervention, Plan } from './plan.ts';

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
  const grounds = groundsPlan(scenario.grounds);
  const failures = failureActs(scenario.failures, population, scenario.seed, scenario.policies.length);
  const interventions = [...interventionsOf(scenario, grounds), ...sourcesPosts, ...failures];
  refuseUnknownAgents(scenario, population);
  refuseBadArchetypes(scenario, population);
  refuseUnservedEmbedding(scenario);
  refuseCrowds(interventions);
  const wanted = scenario.postCapacity ?? Math.max(16_384, population.count);
  refuseLargeReaders(scenario.feed.embedding, population.count, powerOfTwo(wanted));
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    ticks: scenario.ticks,
    tickSeconds: scenario.tickSeconds,
    startHour: scenario.startHour,
    feed: feedPlan(scenario.feed),
    memoryLength: scenario.memoryLength,
    policies: policyPlans(scenario),
    allowedVerbs: scenario.verbs,
    attributes: attributesPlan(scenario, population),
    conduct: conductPlan(scenario.conduct),
    ...heartbeatOf(scenario.population),
    ...(scenario.invariants === undefined || scenario.invariants.length === 0
      ? {}
      : { invariants: scenario.invariants }),
    ...(grounds === undefined ? {} : { grounds }),
    ...(scenario.texts === undefined ? {} : { texts: scenario.texts }),
    ...modelsPlan(scenario),
    ...(scenario.judge === undefined ? {} : { judge: judgePlan(scenario.judge) }),
    ...(scenario.plants === undefined ? {} : { plants: plantPlans(scenario, grounds, population.count) }),
    interventions: interventions.sort((x, y) => x.tick - y.tick),
    appealSpread: scenario.appealSpread,
    topicFocusShare: scenario.topicFocusShare,
    postCapacity: powerOfTwo(wanted),
    ...(module === undefined ? {} : { module }),
  };
}

/** Declared attributes, those that start at a trait with its name. */
function attributesPlan({ attributes }: ScenarioData, { traits = [] }: Population): Plan['attributes'] {
  return attributes.map(({ from, ...rest }, i) => {
    if (from === undefined) return rest;
    const trait = traits.find(({ name }) => name === from);
    if (trait !== undefined && trait.labels === undefined) return { ...rest, from };
    const numbers = traits.filter(({ labels }) => labels === undefined).map(({ name }) => name);
    throw new InputError({
      code: 'INPUT_DANGLING_REF',
      found: `attributes[${i}].from names ${echo(from)}, which is no attribute of numbers of the population`,
      next: numbers.length === 0 ? 'Declare it under population.attributes.' : `Known: ${numbers.join(', ')}.`,
    });
  });
}

/** Which models a class has decides the outcome; where they are served and what they may cost does not. */
function modelsPlan(scenario: ScenarioData): Pick<Plan, 'models'> {
  const order = modelsOrderOf(scenario);
  return order === undefined ? {} : { models: { classes: order.settings.classes } };
}

/** The judge without what is not said. */
function judgePlan({ archetypes, ...judge }: NonNullable<ScenarioData['judge']>): NonNullable<Plan['judge']> {
  return archetypes === undefined ? judge : { ...judge, archetypes };
}

/** The feed without what is not said. */
function feedPlan({
  blend,
  perAuthorMax,
  candidates,
  embedding,
  ownHidden,
  ...feed
}: ScenarioData['feed']): Plan['feed'] {
  return {
    ...feed,
    ...(blend === undefined ? {} : { blend }),
    ...(perAuthorMax === undefined ? {} : { perAuthorMax }),
    ...(ownHidden === true ? { ownHidden } : {}),
    ...(embedding === undefined ? {} : { embedding: embeddingPlan(embedding) }),
    ...(candidates === undefined || candidates === 'boards' ? {} : { candidates }),
  };
}

/** Who embeds, without what is not said. */
function embeddingPlan(
  embedding: NonNullable<ScenarioData['feed']['embedding']>,
): NonNullable<Plan['feed']['embedding']> {
  if (embedding === 'lexical') return embedding;
  const { model, dimensions, readers } = embedding;
  return {
    model,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(readers === undefined ? {} : { readers }),
  };
}

/** Rules of conduct without what is left at its usual value, so that plans that say nothing of it stay what they were. */
function conductPlan({ compat, backsOff, veils, limits, ...rest }: ScenarioData['conduct']): ConductPlan {
  return {
    ...rest,
    limits: limits.map(({ fromHours, untilHours, ...limit }) => ({
      ...limit,
      ...(fromHours === undefined ? {} : { fromHours }),
      ...(untilHours === undefined ? {} : { untilHours }),
    })),
    ...(compat === undefined ? {} : { compat }),
    ...(backsOff ? { backsOff } : {}),
    ...(veils ? { veils } : {}),
  };
}

function heartbeatOf(population: ScenarioData['population']): Pick<Plan, 'heartbeat'> {
  if (population.kind !== 'generated' || population.heartbeat === undefined) return {};
  const { hours, jitterShare } = population.heartbeat;
  return { heartbeat: hours === undefined ? { jitterShare } : { hours, jitterShare } };
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
    ...circlesOf(scenario).flatMap(({ path, owner, members }) => [owner, ...members].map((id) => ({ path, id }))),
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

function circlesOf({ grounds }: ScenarioData) {
  const named = (list: 'groups' | 'communities') =>
    (grounds?.[list] ?? []).map((circle, i) => ({ path: `grounds.${list}[${i}]`, ...circle }));
  return [...named('groups'), ...named('communities')];
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
  'failures',
  'plants',
  'conduct',
  'grounds',
  'texts',
  'judge',
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
  const written = interventionsOf(before.data, before.plan.grounds).map((one) => JSON.stringify(one));
  const drawn = before.plan.interventions.filter((one) => !written.includes(JSON.stringify(one)));
  const interventions = [
    ...before.plan.interventions.filter((one) => one.tick < at),
    ...interventionsOf(after, before.plan.grounds).filter((one) => one.tick >= at),
    ...drawn.filter((one) => one.tick >= at),
  ];
  const policies = policyPlans(after);
  refuseRegrouping(before.plan.policies, policies);
  return {
    ...before.plan,
    ticks: after.ticks,
    feed: feedPlan(after.feed),
    policies,
    allowedVerbs: after.verbs,
    appealSpread: after.appealSpread,
    topicFocusShare: after.topicFocusShare,
    interventions: interventions.sort((x, y) => x.tick - y.tick),
  };
}
