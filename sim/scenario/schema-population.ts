/**
 * The population of a scenario: who is there, what agents are, who follows whom, and who leaves.
 *
 * Each number has a unit, a range and a source, or the word guess. What is left out of a graph is as it was before there were others:
 * `audience`, by the fields of the population itself, which the other kinds read too where they have use for them.
 */
import { z } from 'zod';
import { integer, name, real, share } from './schema-fields.ts';

const wordLengthMax = 64;

const traitValue = z.union([
  z.string().min(1).max(wordLengthMax).meta({ description: 'a word' }),
  z
    .tuple([integer({ description: 'least' }, -1e9, 1e9), integer({ description: 'most' }, -1e9, 1e9)])
    .meta({ description: 'whole numbers from the first to the second, evenly' }),
]);

const weight = real({ description: 'share of agents', unit: 'share' }, 0, 1);

const marginal = z.strictObject({
  name,
  values: z.array(traitValue).min(1).max(10_000).meta({ description: 'all words, or all bins of whole numbers' }),
  shares: z.array(weight).min(1).max(10_000).meta({ description: 'share of each value; must add up to 1' }),
});

const joint = z.strictObject({
  names: z.array(name).min(2).max(16).meta({ description: 'names of the columns' }),
  rows: z
    .array(z.strictObject({ values: z.array(traitValue).min(2).max(16), share: weight }))
    .min(1)
    .max(100_000)
    .meta({ description: 'combinations of values with their shares, which must add up to 1' }),
});

const reciprocated = real({ description: 'share of tied pairs that follow each other', unit: 'share' }, 0, 1);
const like = z
  .string()
  .meta({ description: 'CSV with follower and followee, or manifest.json of a run or a data set' });

const graph = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('audience') }),
  z.strictObject({
    kind: z.literal('erdos-renyi'),
    reciprocatedShare: reciprocated.optional(),
  }),
  z.strictObject({
    kind: z.literal('barabasi-albert'),
    followsPerNewcomer: integer({ description: 'agents that a newcomer follows', unit: 'agents' }, 1, 1000).default(10),
    reciprocatedShare: share({ description: 'share of ties that are followed back' }, 0),
  }),
  z.strictObject({
    kind: z.literal('watts-strogatz'),
    neighbourCount: integer({ description: 'agents that one is tied to on the ring', unit: 'agents' }, 0, 1000)
      .multipleOf(2)
      .default(20),
    rewiredShare: share({ description: 'share of ties that are rewired' }, 0.1),
    reciprocatedShare: share({ description: 'share of ties that run both ways' }, 1),
  }),
  z.strictObject({
    kind: z.literal('configuration'),
    outExponent: real({ description: 'exponent of numbers of followees', unit: 'exponent' }, 1.01, 10).default(2.5),
    outMost: integer({ description: 'greatest number of followees', unit: 'agents' }, 1, 20_000_000).default(1000),
    inExponent: real({ description: 'exponent of numbers of followers', unit: 'exponent' }, 1.01, 10).default(2.1),
    inMost: integer({ description: 'greatest number of followers', unit: 'agents' }, 1, 20_000_000).default(100_000),
    like: like.optional(),
  }),
  z.strictObject({
    kind: z.literal('stochastic-block'),
    by: name.optional().meta({ description: 'attribute whose values are the blocks; else the main topic' }),
    reciprocatedShare: reciprocated.optional(),
  }),
  z.strictObject({
    kind: z.literal('forest-fire'),
    forwardShare: real({ description: 'forward burning probability', unit: 'share' }, 0, 0.9).default(0.35),
    backwardRatio: real({ description: 'backward burning ratio', unit: 'ratio' }, 0, 1).default(0.3),
    ambassadorCount: integer({ description: 'draws of a first agent to follow', unit: 'agents' }, 1, 100).default(1),
    followsMost: integer({ description: 'greatest number of followees', unit: 'agents' }, 1, 100_000).default(1000),
  }),
  z.strictObject({
    kind: z.literal('star-topic'),
    coreCount: integer(
      { description: 'core agents, whom alone others follow', unit: 'agents', source: 'OASIS' },
      1,
      1e6,
    ).default(196),
    followShare: real(
      { description: 'probability to follow a core agent of one’s topics', unit: 'share', source: 'OASIS' },
      0,
      1,
    ).default(0.2),
    coreWakesPerDay: real(
      { description: 'wakings of a core agent; as everybody’s if unsaid', unit: 'per day' },
      0,
      1440,
    ).optional(),
  }),
  z.strictObject({
    kind: z.literal('degree-corrected'),
    like,
    blocks: z
      .string()
      .optional()
      .meta({ description: 'CSV with agent and block, for every agent of the graph; else one block' }),
    exchangeTriesMost: integer(
      { description: 'draws of a tie to exchange with, for each tie that cannot stand', unit: 'draws' },
      0,
      10_000,
    ).default(200),
  }),
]);

/** A population that is drawn. */
export const generated = z
  .strictObject({
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
    heartbeat: z
      .strictObject({
        hours: real(
          { description: 'from one waking to the next; else a day over the agent’s own wakings', unit: 'hours' },
          0.001,
          8760,
        ).optional(),
        jitterShare: share({ description: 'greatest shift of a waking, as a share of the step' }, 0),
      })
      .optional()
      .meta({ description: 'agents wake in equal steps, each from a time of its own, instead of at random' }),
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
    graph: graph.optional().meta({ description: 'how ties are made; audience where nothing is said' }),
    profile: z
      .enum(['oasis-x', 'oasis-reddit'])
      .optional()
      .meta({ description: 'gives agents the attributes of OASIS’s users, and interests in their topics' }),
    profileTopicCount: integer(
      {
        description: 'topics of oasis-x that pairs are made of; 8 where nothing is said',
        unit: 'topics',
        source: 'OASIS',
      },
      8,
      9,
    ).optional(),
    attributes: z
      .array(z.union([marginal, joint]))
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'what agents are: tables of shares that each agent draws from' }),
    topicsBy: name
      .optional()
      .meta({ description: 'attribute of at most nine words, which are the topics that interests follow; else drawn' }),
  })
  .check((context) => {
    refuseBadTables(context);
  });

type Table = z.infer<typeof marginal> | z.infer<typeof joint>;

interface TableContext {
  readonly value: {
    readonly attributes?: readonly Table[] | undefined;
    readonly graph?: { readonly kind: string } | undefined;
    readonly profile?: string | undefined;
    readonly profileTopicCount?: number | undefined;
    readonly topicsBy?: string | undefined;
  };
  readonly issues: z.core.$ZodRawIssue[];
}

/** What a schema of one field cannot see: sums, lengths, columns of two kinds, names that stand twice. */
function refuseBadTables({ value, issues }: TableContext): void {
  if (value.profileTopicCount !== undefined && value.profile !== 'oasis-x' && value.graph?.kind !== 'star-topic') {
    issues.push({
      code: 'custom',
      input: value.profileTopicCount,
      path: ['profileTopicCount'],
      message: 'is read for the profile oasis-x and for star-topic graphs alone',
      params: { code: 'INPUT_COMBINATION', next: 'Remove it, or set profile: oasis-x.' },
    });
  }
  refuseTwoTopics({ value, issues });
  const seen = new Set<string>();
  value.attributes?.forEach((table, i) => {
    const refuse = (path: (string | number)[], message: string, code: string, next: string): void => {
      issues.push({ code: 'custom', input: table, path: ['attributes', i, ...path], message, params: { code, next } });
    };
    const names = 'name' in table ? [table.name] : table.names;
    for (const one of names) {
      if (seen.has(one)) refuse([], `declares ${one} twice`, 'INPUT_DUPLICATE_ID', 'Give it another name.');
      seen.add(one);
    }
    refuseBadRows(table, refuse);
  });
}

/** Interests follow one thing. */
function refuseTwoTopics({ value, issues }: TableContext): void {
  const { topicsBy, profile, graph: ties } = value;
  if (topicsBy === undefined || (profile === undefined && ties?.kind !== 'star-topic')) return;
  issues.push({
    code: 'custom',
    input: topicsBy,
    path: ['topicsBy'],
    message: `names topics, and ${profile === undefined ? 'graph: star-topic' : `profile: ${profile}`} brings topics of its own`,
    params: { code: 'INPUT_COMBINATION', next: 'Leave one of the two out.' },
  });
}

type Refuse = (path: (string | number)[], message: string, code: string, next: string) => void;

function refuseBadRows(table: Table, refuse: Refuse): void {
  const isOne = 'name' in table;
  if (isOne && table.values.length !== table.shares.length) {
    const message = `has ${table.values.length} values and ${table.shares.length} shares`;
    refuse([], message, 'INPUT_COMBINATION', 'Give one share for each value.');
    return;
  }
  const names = isOne ? [table.name] : table.names;
  const rows = isOne ? table.values.map((value) => [value]) : table.rows.map(({ values }) => values);
  const uneven = rows.findIndex((values) => values.length !== names.length);
  if (uneven >= 0) {
    const message = `has ${rows[uneven].length} values for ${names.length} names`;
    refuse(['rows', uneven, 'values'], message, 'INPUT_COMBINATION', 'Give one value for each name.');
    return;
  }
  names.forEach((one, column) => {
    const values = rows.map((row) => row[column]);
    if (values.some((value) => typeof value === 'string') && values.some((value) => typeof value !== 'string')) {
      refuse([], `has both words and numbers in ${one}`, 'INPUT_COMBINATION', 'Write all words, or all bins.');
    }
    if (values.some((value) => typeof value !== 'string' && value[0] > value[1])) {
      refuse([], `has a bin of ${one} that ends before it begins`, 'INPUT_COMBINATION', 'Write [least, most].');
    }
  });
  const sum = (isOne ? table.shares : table.rows.map(({ share: one }) => one)).reduce((total, one) => total + one, 0);
  if (Math.abs(sum - 1) <= sumSlack) return;
  const message = `has shares that must add up to 1, they add up to ${sum}`;
  refuse([isOne ? 'shares' : 'rows'], message, 'INPUT_SUM', 'Change the shares so that they add up to 1.');
}

/** Shares of tables are printed with few digits. */
const sumSlack = 1e-6;

/** A population that is read. */
export const files = z.strictObject({
  kind: z.literal('files'),
  agents: z
    .string()
    .meta({ description: 'CSV with a column agent and, if known, h00 … h23: acts in each hour of the day' }),
  follows: z.string().meta({ description: 'CSV with follower and followee' }),
  attributes: z
    .array(name)
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'columns of the CSV of agents that say what agents are: whole numbers, or else words' }),
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
  activity: z
    .strictObject({
      like: z.literal('oasis').meta({ description: 'as OASIS does: most acts of anybody are 1' }),
      stepSeconds: real(
        { description: 'step that the probabilities hold for', unit: 'seconds', source: 'OASIS' },
        1,
        86_400,
      ).default(180),
    })
    .optional()
    .meta({ description: 'probabilities to be active in each hour, instead of wakesPerDayMean and its exponent' }),
  posts: z
    .string()
    .optional()
    .meta({ description: 'JSON, a list of { agent, text }: posts that are there from the start, written at tick 0' }),
});

/** A file of posts. */
export const postsSchema = z
  .array(
    z.strictObject({
      agent: z.string().min(1).meta({ description: 'external id of the author' }),
      text: z.string().min(1).max(65_536).meta({ description: 'what was written' }),
    }),
  )
  .max(1_000_000);

const failureShare = real({ description: 'share of all agents that leave', unit: 'share' }, 0, 1);
const failureTick = integer({ description: 'when they leave', unit: 'tick' }, 0, 1e9);
const mode = z.enum(['quit', 'random']).optional().meta({
  description: 'they leave for good, or go on and answer at random (the verb reassign must be allowed); quit if unsaid',
});

/** Agents that leave for good at a tick, or answer at random from then on: acts of `quit` or `reassign`, written out when the scenario is compiled. */
export const failure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('random'), share: failureShare, tick: failureTick, mode }),
  z.strictObject({
    kind: z.literal('hubs'),
    share: failureShare,
    tick: failureTick,
    mode,
    ties: z.enum(['key', 'random']).optional().meta({
      description: 'who of equally many followers goes first: by key, the same in each run, or drawn by the seed',
    }),
  }),
  z.strictObject({
    kind: z.literal('community'),
    share: failureShare,
    tick: failureTick,
    mode,
    by: name.optional().meta({ description: 'attribute whose values are the communities; else the main topic' }),
  }),
]);
