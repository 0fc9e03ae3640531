/**
 * The form of a scenario: one zod schema that validates files, types studies in TypeScript, lists parameters and gives the JSON
 * Schema for editors. Each number has a unit, a range and a source, or the word guess.
 *
 * Rates are per hour or per day, never per tick: the tick's length is a free choice.
 */
import { z } from 'zod';

/** What `scenarios` and the JSON Schema show beside a number. */
interface About {
  readonly description: string;
  readonly unit?: string;
  readonly source?: string;
}

function share(about: About, initial: number): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(0)
    .max(1)
    .meta({ share: true, unit: 'share', source: 'guess', ...about })
    .default(initial);
}

function integer(about: About, least: number, most: number): z.ZodNumber {
  return z
    .number()
    .int()
    .min(least)
    .max(most)
    .meta({ source: 'choice', ...about });
}

function real(about: About, least: number, most: number): z.ZodNumber {
  return z
    .number()
    .min(least)
    .max(most)
    .meta({ source: 'guess', ...about });
}

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/)
  .meta({ description: 'lower-case letters, digits and hyphens' });

const generated = z.strictObject({
  kind: z.literal('generated'),
  agents: integer({ description: 'agents in the population', unit: 'agents' }, 1, 20_000_000),
  idPrefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/)
    .default('agent-')
    .meta({ description: 'external ids are this and a number' }),
  followsMean: real(
    { description: 'mean number of agents that one follows, prominent ones apart', unit: 'agents' },
    0,
    1000,
  ).default(20),
  audienceSpread: real(
    { description: 'standard deviation of the logarithm of audience weights', unit: 'log units' },
    0,
    4,
  ).default(1.2),
  homophilyShare: share({ description: 'share of followees chosen among agents of one’s own main topic' }, 0.3),
  prominent: z
    .strictObject({
      count: integer({ description: 'prominent accounts, whom anyone may follow', unit: 'agents' }, 1, 100_000),
      audienceShareMedian: share({ description: 'median share of all agents that follow a prominent account' }, 0.1),
      audienceSpread: real(
        { description: 'standard deviation of the logarithm of that share', unit: 'log units' },
        0,
        3,
      ).default(0.5),
      wakesPerDay: real({ description: 'wakings of a prominent account', unit: 'per day' }, 0, 1440).default(0),
    })
    .optional()
    .meta({ description: 'accounts with large audiences, drawn apart from the rest' }),
  wakesPerDayMean: real({ description: 'mean number of wakings', unit: 'per day' }, 0, 1440).default(20),
  activitySpread: real(
    { description: 'standard deviation of the logarithm of wakings a day', unit: 'log units' },
    0,
    4,
  ).default(0.8),
  focusShare: share({ description: 'how far interests keep to one topic' }, 0.6),
  hours: z
    .array(real({ description: 'weight of an hour of the day', unit: 'weight' }, 0, 1e9))
    .length(24)
    .optional()
    .meta({ description: 'when agents wake: 24 weights; even where nothing is given' }),
  hoursFile: z
    .string()
    .optional()
    .meta({ description: 'CSV with agent, h00 … h23: each row is a profile that agents draw from' }),
});

const files = z.strictObject({
  kind: z.literal('files'),
  agents: z
    .string()
    .meta({ description: 'CSV with a column agent and, if known, h00 … h23: acts in each hour of the day' }),
  follows: z.string().meta({ description: 'CSV with follower and followee' }),
  wakesPerDayMean: real({ description: 'mean number of wakings', unit: 'per day' }, 0, 1440).default(20),
  activityExponent: real(
    { description: 'wakings grow with (1 + acts recorded) to this power', unit: 'exponent' },
    0,
    3,
  ).default(1),
  hourSmoothing: real(
    { description: 'acts added to each hour, so that no hour is impossible', unit: 'acts' },
    0,
    1000,
  ).default(1),
  focusShare: share({ description: 'how far interests keep to one topic' }, 0.6),
});

/** Weights of the rule policy, in logits unless they say otherwise. */
export const ruleParametersSchema = z.strictObject({
  intercept: real(
    { description: 'log-odds to spread content that neither matches nor is popular', unit: 'logits' },
    -20,
    20,
  ).default(-4),
  interestWeight: real(
    { description: 'added for a full match of interest and topic', unit: 'logits' },
    -20,
    20,
  ).default(2),
  socialWeight: real({ description: 'added for each doubling of shares', unit: 'logits' }, -5, 5).default(0.1),
  fatiguePerExposure: real(
    { description: 'taken away for each earlier exposure to the same content', unit: 'logits' },
    -5,
    10,
  ).default(0.5),
  capShare: share({ description: 'greatest probability to spread at one look' }, 0.3),
  quoteRatio: real({ description: 'odds to quote rather than repost', unit: 'ratio' }, 0, 2).default(0.1),
  replyRatio: real({ description: 'odds to reply rather than repost', unit: 'ratio' }, 0, 2).default(0.2),
  likeRatio: real({ description: 'odds to like rather than repost', unit: 'ratio' }, 0, 5).default(0.5),
  dislikeRatio: real({ description: 'odds to dislike rather than repost', unit: 'ratio' }, 0, 5).default(0),
  reportRatio: real({ description: 'odds to report rather than repost', unit: 'ratio' }, 0, 5).default(0),
  postShare: share({ description: 'probability of an original post at one waking' }, 0.05),
  followShare: share({ description: 'probability of following the author of content that one just spread' }, 0.02),
  unfollowShare: share({ description: 'probability of dropping one followee at one waking' }, 0.001),
});

const policy = z.strictObject({
  share: share({ description: 'share of agents with this policy' }, 1),
  rules: ruleParametersSchema.optional(),
  own: z.string().optional().meta({ description: 'name of a policy that the study’s module brings' }),
});

const feed = z.strictObject({
  recommender: z
    .union([z.enum(['recency', 'hot', 'interest', 'mix', 'none']), z.strictObject({ own: z.string() })])
    .default('mix')
    .meta({ description: 'how feeds are made, or the name of the study’s own recommender' }),
  length: integer({ description: 'items shown at one waking', unit: 'items' }, 1, 64).default(10),
  outOfNetworkShare: share({ description: 'share of items from outside one’s network, for mix' }, 0.3),
  exposuresMax: integer({ description: 'content seen so often is not shown again', unit: 'exposures' }, 1, 127).default(
    4,
  ),
  repostsShown: z
    .boolean()
    .default(true)
    .meta({ description: 'whether reposts and quotes reach the followers of who made them; off, nothing spreads' }),
});

const intervention = z.strictObject({
  tick: integer({ description: 'when', unit: 'tick' }, 0, 1e9),
  agent: z.string().min(1).meta({ description: 'external id of the agent' }),
  verb: z
    .enum(['post', 'follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock', 'ban', 'unban'])
    .default('post')
    .meta({ description: 'what the agent does' }),
  target: z.string().min(1).optional().meta({ description: 'external id of the agent acted on; all verbs but post' }),
  amount: integer({ description: 'hours of a ban', unit: 'hours' }, 1, 87_600).optional(),
  appeal: real({ description: 'added to every reader’s log-odds', unit: 'logits' }, -20, 20).optional(),
});

const sources = z.strictObject({
  count: integer({ description: 'prominent accounts that post once', unit: 'posts' }, 1, 100_000),
  firstTick: integer({ description: 'tick of the first post', unit: 'tick' }, 0, 1e9).default(0),
  everyTicks: integer({ description: 'ticks between posts; 0: all at once', unit: 'ticks' }, 0, 1e9).default(0),
  appeal: real({ description: 'added to every reader’s log-odds', unit: 'logits' }, -20, 20).default(0),
  appealSpread: real({ description: 'standard deviation between posts', unit: 'logits' }, 0, 10).default(0),
});

/** Verbs that a scenario may allow; the first seven are allowed where nothing is said. */
export const verbNames = [
  ...(['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'] as const),
  ...([
    'unlike',
    'dislike',
    'undislike',
    'upvote',
    'downvote',
    'report',
    'mute',
    'unmute',
    'block',
    'unblock',
  ] as const),
  ...(['delete', 'remove', 'label', 'ban', 'unban'] as const),
] as const;
const usualVerbs = verbNames.slice(0, 7);

const limit = z.strictObject({
  verbs: z.array(z.enum(verbNames)).min(1).meta({ description: 'verbs that count together' }),
  count: integer({ description: 'acts that fit into one window', unit: 'acts' }, 1, 1000),
  seconds: real({ description: 'length of the sliding window', unit: 'seconds' }, 1, 31_622_400),
});

const moderation = z.strictObject({
  id: name,
  version: integer({ description: 'version of the rule', unit: 'number' }, 1, 1_000_000).default(1),
  reports: integer({ description: 'reports of different agents from which on it applies', unit: 'reports' }, 1, 1e9),
  does: z.enum(['label', 'remove', 'ban']).meta({ description: 'to the post, or to its author' }),
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
export const platformNames = ['x', 'reddit', 'moltbook', 'forum'] as const;
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
        }),
      )
      .max(16)
      .default([])
      .meta({ description: 'integer attributes that own verbs may change' }),
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
    const { policies } = context.value;
    const sum = policies.reduce((total, one) => total + one.share, 0);
    if (Math.abs(sum - 1) > 1e-9) {
      context.issues.push({
        code: 'custom',
        input: policies,
        path: ['policies'],
        message: `shares must add up to 1, they add up to ${sum}`,
        params: { code: 'INPUT_SUM', next: 'Change the shares so that they add up to 1.' },
      });
    }
    if (
      context.value.sources !== undefined &&
      (context.value.population as { prominent?: unknown }).prominent === undefined
    ) {
      context.issues.push({
        code: 'custom',
        input: context.value.sources,
        path: ['sources'],
        message: 'the population has no prominent accounts',
        params: { code: 'INPUT_DANGLING_REF', next: 'Add population.prominent, or use interventions.' },
      });
    }
    const seen = new Set<string>();
    context.value.attributes.forEach((one, i) => {
      if (seen.has(one.name)) {
        context.issues.push({
          code: 'custom',
          input: one.name,
          path: ['attributes', i, 'name'],
          message: `the attribute ${one.name} is declared twice`,
          params: { code: 'INPUT_DUPLICATE_ID', next: 'Give it another name.' },
        });
      }
      seen.add(one.name);
    });
    const codes = context.value.invariants?.map(({ code }) => code) ?? [];
    codes.forEach((code, i) => {
      if (codes.indexOf(code) === i) return;
      context.issues.push({
        code: 'custom',
        input: code,
        path: ['invariants', i, 'code'],
        message: `the invariant ${code} is declared twice`,
        params: { code: 'INPUT_DUPLICATE_ID', next: 'Give it another code.' },
      });
    });
  });

/** A scenario, complete: every default filled in. */
export type ScenarioData = z.infer<typeof scenarioSchema>;
/** A scenario as it is written: what has a default may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

/** The JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
}
