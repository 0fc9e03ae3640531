/**
 * The form of a scenario: one zod schema that validates files, types studies in TypeScript, lists parameters and gives the JSON
 * Schema for editors. Each number has a unit, a range and a source, or the word guess.
 *
 * Rates are per hour or per day, never per tick: the tick's length is a free choice.
 */
import { z } from 'zod';
import { ruleParametersSchema } from './schema-rules.ts';
import { archetypePolicy, modelPolicy } from './schema-thinking.ts';
import { intervention, usualVerbs, verbNames } from './schema-acts.ts';
import { integer, name, real, share } from './schema-fields.ts';
import { judge } from './schema-judge.ts';
import { models } from './schema-models.ts';
import { grounds, texts } from './schema-grounds.ts';
import { flawsOf } from './schema-checks.ts';
import { plant } from './schema-plants.ts';
import { failure, files, generated } from './schema-population.ts';

const policy = z
  .strictObject({
    share: share({ description: 'share of agents with this policy' }, 1),
    rules: ruleParametersSchema.optional(),
    own: z.string().optional().meta({ description: 'name of a policy that the study’s module brings' }),
    model: modelPolicy.optional().meta({ description: 'each agent asks a model what to do' }),
    archetypes: archetypePolicy
      .optional()
      .meta({ description: 'agents that are alike draw from answers to all of them' }),
  })
  .check(({ value, issues }) => {
    const { rules, own, model, archetypes } = value;
    if ([rules, own, model, archetypes].filter((one) => one !== undefined).length <= 1) return;
    issues.push({
      code: 'custom',
      input: value,
      message: 'has more than one of rules, own, model and archetypes',
      params: { code: 'INPUT_COMBINATION', next: 'Keep one of them; agents are split by share.' },
    });
  });

const recommenderNames = [
  ...(['recency', 'hot', 'interest', 'mix', 'none', 'random', 'top', 'rising', 'controversial', 'trending'] as const),
  ...(['twhin', 'friends-of-friends', 'collaborative', 'community'] as const),
] as const;

const feed = z.strictObject({
  recommender: z
    .union([z.enum(recommenderNames), z.strictObject({ own: z.string() })])
    .default('mix')
    .meta({ description: 'how feeds are made, or the name of the study’s own recommender' }),
  length: integer({ description: 'items shown at one waking', unit: 'items' }, 1, 64).default(10),
  outOfNetworkShare: share({ description: 'share of items from outside one’s network, for mix' }, 0.3),
  exposuresMax: integer({ description: 'content seen so often is not shown again', unit: 'exposures' }, 1, 127).default(
    4,
  ),
  blend: z
    .array(
      z.strictObject({
        recommender: z.enum(recommenderNames),
        share: share({ description: 'share of the places' }, 1),
      }),
    )
    .min(1)
    .max(8)
    .optional()
    .meta({ description: 'parts of a feed instead of one recommender; shares must add up to 1' }),
  candidates: z.enum(['boards', 'index', 'exact']).optional().meta({
    description:
      'where interest, mix and twhin look for what matches: boards of one’s main topics, an index of all live posts, or all of them',
  }),
  embedding: z
    .union([
      z.literal('lexical'),
      z.strictObject({
        model: z.string().min(1).max(200),
        dimensions: integer({ description: 'length of the vectors that is asked for' }, 2, 65_536).optional(),
        readers: z
          .strictObject({
            vectorLength: integer({ description: 'length of the model’s vectors' }, 2, 4096),
            actShare: share(
              { description: 'weight of the newest post or approval in a reader’s vector', source: 'guess' },
              0.2,
            ),
          })
          .optional()
          .meta({
            description:
              'readers are vectors too, of what they are and of what they posted and approved of: interest, mix and twhin rank by the cosine of reader and post',
          }),
      }),
    ])
    .optional()
    .meta({
      description:
        'posts that carry a text take their topic from it, not from a draw: from its words, or from the vectors of a model of models.endpoints',
    }),
  ownHidden: z
    .boolean()
    .optional()
    .meta({ description: 'whether what one wrote is never shown, also when one’s memory has let it go' }),
  perAuthorMax: integer({ description: 'most items by one author in a feed', unit: 'items' }, 1, 64).optional(),
  repostsShown: z
    .boolean()
    .default(true)
    .meta({ description: 'whether reposts and quotes reach the followers of who made them; off, nothing spreads' }),
});

const sources = z.strictObject({
  count: integer({ description: 'prominent accounts that post once', unit: 'posts' }, 1, 100_000),
  firstTick: integer({ description: 'tick of the first post', unit: 'tick' }, 0, 1e9).default(0),
  everyTicks: integer({ description: 'ticks between posts; 0: all at once', unit: 'ticks' }, 0, 1e9).default(0),
  appeal: real({ description: 'added to every reader’s log-odds', unit: 'logits' }, -20, 20).default(0),
  appealSpread: real({ description: 'standard deviation between posts', unit: 'logits' }, 0, 10).default(0),
  pairAppeals: z
    .tuple([
      real({ description: 'added for the first of each pair', unit: 'logits' }, -20, 20),
      real({ description: 'added for the second', unit: 'logits' }, -20, 20),
    ])
    .optional()
    .meta({ description: 'posts come in pairs by two accounts of one topic, and differ by these appeals' }),
  by: z.enum(['prominent', 'others']).optional().meta({
    description: 'who posts: prominent accounts where nothing is said, or agents drawn from all others',
  }),
  moderation: z
    .strictObject({
      does: z
        .enum(['label', 'limit', 'remove'])
        .meta({ description: 'what the first of the moderators does to posts' }),
      of: z.enum(['first', 'second', 'both']).meta({ description: 'to which of each pair' }),
      afterTicks: integer({ description: 'how long after the post', unit: 'ticks' }, 1, 1e9),
    })
    .optional()
    .meta({ description: 'a moderator acts on posts of pairs; the verb must be allowed' }),
});

const limit = z.strictObject({
  verbs: z.array(z.enum(verbNames)).min(1).meta({ description: 'verbs that count together' }),
  count: integer({ description: 'acts that fit into one window', unit: 'acts' }, 1, 1000),
  seconds: real({ description: 'length of the sliding window', unit: 'seconds' }, 1, 31_622_400),
  fromHours: real({ description: 'it holds from so long after the start', unit: 'hours' }, 0, 1e7).optional(),
  untilHours: real({ description: 'it holds until so long after the start', unit: 'hours' }, 0, 1e7).optional(),
});

const moderation = z.strictObject({
  id: name,
  version: integer({ description: 'version of the rule', unit: 'number' }, 1, 1_000_000).default(1),
  reports: integer({ description: 'reports of different agents from which on it applies', unit: 'reports' }, 1, 1e9),
  does: z.enum(['label', 'limit', 'remove', 'ban']).meta({ description: 'to the post, or to its author' }),
  hours: integer({ description: 'length of a ban', unit: 'hours' }, 1, 87_600).default(24),
});

const conduct = z.strictObject({
  selfRating: z.boolean().default(true).meta({ description: 'whether one may like or dislike what one wrote' }),
  moderators: z
    .array(z.string().min(1))
    .max(10_000)
    .default([])
    .meta({ description: 'external ids of agents who may remove, label and ban' }),
  limits: z.array(limit).max(16).default([]).meta({ description: 'how often an agent may act, in simulated time' }),
  compat: z
    .literal('oasis')
    .optional()
    .meta({ description: 'does as OASIS does where that differs from what OASIS means to do' }),
  backsOff: z
    .boolean()
    .default(false)
    .meta({ description: 'whether agents whose acts are refused again and again wake less often' }),
  veils: z
    .boolean()
    .default(false)
    .meta({ description: 'whether agents are told one reason for all that is missing, taken away or kept from them' }),
  moderation: z.array(moderation).max(32).default([]).meta({ description: 'what the platform does about reports' }),
});

const invariant = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/)
    .meta({ description: 'letters, digits, hyphens and underscores' }),
  formula: z.string().min(1).meta({ description: 'a formula of linear temporal logic over acts' }),
  scope: z
    .enum(['actor', 'world'])
    .default('actor')
    .meta({ description: 'the acts of each actor, or of the whole run' }),
});

/** Platforms that a scenario may name. */
export const platformNames = [
  'x',
  'reddit',
  'moltbook',
  'moltbook-1.0.0',
  'moltbook-1.11.0',
  'oasis-x',
  'oasis-reddit',
  'forum',
  'market',
] as const;
export type PlatformName = (typeof platformNames)[number];

/** The form of a scenario as data. */
export const scenarioSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: 'version of the form' }),
    name,
    description: z.string().max(2000).optional(),
    seed: integer(
      { description: 'decides every draw; the same seed gives the same run', unit: 'number' },
      0,
      Number.MAX_SAFE_INTEGER,
    ).default(1),
    ticks: integer({ description: 'how long the run is', unit: 'ticks' }, 1, 10_000_000),
    tickSeconds: real(
      { description: 'simulated time in one tick', unit: 'seconds', source: 'choice' },
      1,
      86_400,
    ).default(180),
    startHour: z
      .number()
      .min(0)
      .lt(24)
      .default(12)
      .meta({ description: 'hour of the day at tick 0', unit: 'hours', source: 'choice' }),
    platform: z
      .enum(platformNames)
      .optional()
      .meta({ description: 'fills in verbs, feed and conduct where the scenario says nothing of them' }),
    population: z.discriminatedUnion('kind', [generated, files]),
    feed: feed.prefault({}),
    policies: z
      .array(policy)
      .min(1)
      .max(200)
      .default([{ share: 1 }])
      .meta({ description: 'what agents do; shares must add up to 1' }),
    verbs: z
      .array(z.enum(verbNames))
      .default([...usualVerbs])
      .meta({ description: 'verbs that agents may use' }),
    grounds: grounds.optional().meta({ description: 'goods, places, games, scenes, groups and communities' }),
    models: models.optional().meta({ description: 'language models: endpoints, classes, prices, caps' }),
    judge: judge.optional().meta({ description: 'who judges attempts in free words that the grammar does not know' }),
    texts: texts.optional().meta({ description: 'room for what agents write' }),
    conduct: conduct.prefault({}).meta({ description: 'rules of conduct on the platform' }),
    invariants: z
      .array(invariant)
      .max(32)
      .optional()
      .meta({ description: 'what must hold of the order of acts; acts that would break it are refused' }),
    attributes: z
      .array(
        z.strictObject({
          name,
          initial: integer({ description: 'value at the start' }, -2147483648, 2147483647).default(0),
          from: name
            .optional()
            .meta({ description: 'attribute of the population, of numbers, that it starts at instead of initial' }),
        }),
      )
      .max(16)
      .default([])
      .meta({ description: 'integer attributes that own verbs may change, or agents lean to' }),
    memoryLength: integer(
      { description: 'contents that an agent remembers having seen', unit: 'contents' },
      1,
      64,
    ).default(16),
    appealSpread: real({ description: 'standard deviation of a post’s appeal', unit: 'logits' }, 0, 10).default(0.3),
    topicFocusShare: share({ description: 'share of an author’s own interests in the topic of its post' }, 0.6),
    postCapacity: integer(
      { description: 'posts that stay in the window, rounded up to a power of two', unit: 'posts' },
      1024,
      1 << 24,
    ).optional(),
    interventions: z
      .array(intervention)
      .max(100_000)
      .default([])
      .meta({ description: 'posts that the experiment makes agents write' }),
    failures: z
      .array(failure)
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'agents that leave for good; the verb quit must be allowed' }),
    plants: z
      .array(plant)
      .min(1)
      .max(16)
      .optional()
      .meta({ description: 'planted truth: rings, cartels, sock-puppets, conformists, seed votes' }),
    sources: sources.optional().meta({ description: 'posts by prominent accounts drawn at random' }),
    exposureSampleShare: share(
      { description: 'share of agents, drawn by key, whose exposures are recorded in full', source: 'choice' },
      0.01,
    ),
    module: z
      .string()
      .optional()
      .meta({ description: 'TypeScript module with own code, beside this file; needs --allow-code' }),
  })
  .check((context) => {
    for (const { input, path, message, code, next } of flawsOf(context.value)) {
      context.issues.push({ code: 'custom', input, path: [...path], message, params: { code, next } });
    }
  });

/** A scenario, complete: every default filled in. */
export type ScenarioData = z.infer<typeof scenarioSchema>;
/** A scenario as it is written: what has a default may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

/** The JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
}
