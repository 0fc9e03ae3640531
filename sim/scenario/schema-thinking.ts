/**
 * The part of a scenario that says how agents think in words: each for itself, or as archetypes. Who answers stands under `models`.
 */
import { z } from 'zod';
import { integer, name, real } from './schema-fields.ts';
import { ruleParametersSchema } from './schema-rules.ts';

/** How any thinking policy asks. */
const asking = {
  temperature: real({ description: 'how much answers vary', unit: 'temperature', source: 'choice' }, 0, 2).default(1),
  modelClass: z
    .string()
    .min(1)
    .max(200)
    .default('default')
    .meta({ description: 'class of models under models.classes' }),
};

const generativeAgents = 'Generative Agents, published code';

const memory = z.strictObject({
  recalledCount: integer({ description: 'notes that a prompt holds', unit: 'notes' }, 1, 64).default(8),
  decayShare: real(
    { description: 'recency of the next older note, as a share', unit: 'share', source: generativeAgents },
    0,
    1,
  ).default(0.99),
  recencyWeight: real({ description: 'weight of recency', unit: 'weight', source: generativeAgents }, 0, 100).default(
    0.5,
  ),
  relevanceWeight: real(
    { description: 'weight of relevance', unit: 'weight', source: generativeAgents },
    0,
    100,
  ).default(3),
  importanceWeight: real(
    { description: 'weight of importance', unit: 'weight', source: generativeAgents },
    0,
    100,
  ).default(2),
  foldCount: integer(
    { description: 'acts of its own after which an agent keeps counts instead', unit: 'acts' },
    4,
    200,
  ).default(24),
});

const reflection = z.strictObject({
  everyTicks: integer({ description: 'ticks from one reflection to the next', unit: 'ticks' }, 1, 1e9).optional(),
  importanceSum: integer(
    { description: 'importance of notes since the last one', unit: 'points', source: 'Generative Agents: 150' },
    1,
    1e6,
  ).optional(),
});

const fallback = z
  .strictObject({ rules: ruleParametersSchema.prefault({}) })
  .prefault({})
  .meta({ description: 'how an agent decides in a tick in which its call fails' });

/** Agents that ask a model each for itself. */
export const modelPolicy = z.strictObject({
  goals: z.string().max(4000).default('').meta({ description: 'what these agents want, in words' }),
  actsMax: integer({ description: 'acts in one answer', unit: 'acts' }, 1, 16).default(3),
  itemsMax: integer({ description: 'items of the feed that are told', unit: 'items' }, 0, 64).default(10),
  letterCount: integer({ description: 'latest letters that are told', unit: 'letters' }, 0, 50).default(5),
  followeeCount: integer({ description: 'followees that are told by name', unit: 'agents' }, 0, 100).default(5),
  promptTokensMax: integer({ description: 'longest prompt, as estimated', unit: 'tokens' }, 500, 200_000).default(2500),
  textTokensMax: integer({ description: 'longest text of others in it', unit: 'tokens' }, 8, 4000).default(80),
  replyTokensMax: integer({ description: 'longest answer', unit: 'tokens' }, 32, 16_384).default(500),
  textLengthMax: integer({ description: 'longest text of an act', unit: 'characters' }, 1, 10_000).default(500),
  ...asking,
  memory: memory.prefault({}),
  reflection: reflection.optional().meta({ description: 'when agents think about their notes' }),
  fallback,
});

const attribute = z.union([
  name,
  z.strictObject({
    trait: name,
    width: integer({ description: 'numbers are grouped in bins so wide', unit: 'of the trait' }, 1, 1_000_000),
  }),
]);

/** Acts that an archetype can be asked to choose among, beside doing nothing. */
export const archetypeActs = [
  ...(['repost', 'quote', 'reply', 'like', 'dislike', 'upvote', 'downvote', 'report', 'follow', 'post'] as const),
] as const;

/** Agents that are grouped by what a prompt says of them. */
export const archetypePolicy = z.strictObject({
  by: z
    .array(attribute)
    .max(8)
    .default(['topic'])
    .meta({ description: 'attributes that group agents; topic is the strongest of their interests' }),
  splitBy: z
    .array(attribute)
    .max(4)
    .default([])
    .meta({ description: 'attributes by which an archetype is split that audits find too coarse, in this order' }),
  samples: integer({ description: 'answers asked for each archetype and context', unit: 'answers' }, 1, 1000).default(
    20,
  ),
  everyTicks: integer({ description: 'ticks from one asking to the next', unit: 'ticks' }, 1, 1e9).default(1),
  reads: z
    .enum(['act', 'weights'])
    .default('act')
    .meta({ description: 'an answer is one act, or weights of all acts' }),
  acts: z
    .array(z.enum(archetypeActs))
    .min(1)
    .max(10)
    .default(['repost', 'like', 'reply', 'follow', 'post'])
    .meta({ description: 'acts to choose among; those that the scenario does not allow are left out' }),
  matchFrom: real({ description: 'cosine from which on an item matches interests', unit: 'cosine' }, -1, 1).default(
    0.4,
  ),
  sharesFrom: integer({ description: 'shares from which on many shared an item', unit: 'shares' }, 1, 1e9).default(4),
  situation: z.string().max(4000).default('').meta({ description: 'what holds for all, in words' }),
  tailMembersMax: integer(
    { description: 'archetypes of at most so many members are asked agent by agent', unit: 'agents' },
    0,
    100_000,
  ).default(0),
  auditsPerTick: integer(
    { description: 'agents a tick that are asked in full beside their archetype', unit: 'agents' },
    0,
    10_000,
  ).default(0),
  auditedLooksLeast: integer(
    { description: 'audited looks before an archetype is judged', unit: 'looks' },
    1,
    1e9,
  ).default(100),
  splitAbove: real(
    {
      description: 'Jensen–Shannon divergence, less what chance gives, above which an archetype is split',
      unit: 'bits',
    },
    0,
    1,
  ).default(0.05),
  replyTokensMax: integer({ description: 'longest answer', unit: 'tokens' }, 16, 4096).default(100),
  ...asking,
  model: modelPolicy.prefault({}).meta({ description: 'how agents are asked in full: tails and audits' }),
  fallback: fallback.meta({ description: 'how agents decide whose archetype has no answers' }),
});
