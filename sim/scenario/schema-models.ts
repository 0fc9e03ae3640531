/**
 * The part of a scenario that says which models there are, where they are served, what they cost, and what a run may spend.
 *
 * One form for scenario files and for the client (`sim/llm/settings.ts`, which also checks what hangs together). Keys do not stand here: an
 * endpoint names the environment variable that holds its key.
 */
import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f]+$/);
const positive = z.int().positive();
const milliseconds = z.number().positive().max(86_400_000);

/** A place that serves models over the protocol of OpenAI. */
const endpointSchema = z.strictObject({
  name: name.describe('how statistics and records call it'),
  url: z.string().max(2000).describe('base address, as a rule ending in /v1'),
  models: z.array(name).min(1).describe('names of the models that it serves'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional()
    .describe('environment variable that holds the key; none is sent without it'),
  weight: z.number().positive().max(1e6).default(1).describe('share of the load beside other endpoints of one model'),
  concurrencyMax: positive.max(100_000).default(256).describe('most requests in flight'),
  concurrencyStart: positive.max(100_000).default(16).describe('requests in flight before anything is known'),
  latencyRatioMax: z
    .number()
    .min(1.1)
    .max(1e6)
    .default(2)
    .describe('above concurrencyStart, answers may take so many times as long as at it'),
  requestsPerMinute: positive.optional().describe('limit that the endpoint does not tell in its headers'),
  tokensPerMinute: positive.optional().describe('limit that the endpoint does not tell in its headers'),
  structuredOutput: z
    .enum(['json_schema', 'json_object', 'instruction'])
    .default('json_schema')
    .describe('how the form of an answer is asked for'),
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  sendsSeed: z.boolean().default(true).describe('whether `seed` may be sent'),
  sendsTemperature: z.boolean().default(true).describe('whether `temperature` may be sent'),
  sendsDimensions: z.boolean().default(true).describe('whether `dimensions` may be sent with texts to embed'),
  batch: z.boolean().default(false).describe('one tick, one batch: /v1/files and /v1/batches'),
  insecureHttp: z
    .boolean()
    .default(false)
    .describe('allow http:// to another machine, which shows keys to the network'),
});

const priceSchema = z.strictObject({
  model: name,
  inputPerMillion: z.number().nonnegative().max(1e6),
  cachedInputPerMillion: z.number().nonnegative().max(1e6).optional(),
  outputPerMillion: z.number().nonnegative().max(1e6),
  batchShare: z.number().positive().max(1).default(1).describe('price of batches as a share of the price of calls'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  asOf: z.iso.date().describe('day on which the price was read'),
  source: z.string().min(1).max(500).describe('where it was read'),
});

const capsSchema = z.strictObject({
  calls: z.int().nonnegative().optional().describe('requests over HTTP, attempts included'),
  tokens: z.int().nonnegative().optional().describe('prompt and answer together'),
  money: z.number().nonnegative().max(9e6).optional().describe('in the currency of the prices'),
});

const limitsSchema = z.strictObject({
  deadlineMs: milliseconds.default(60_000).describe('one attempt: connect, headers and body together'),
  preflightMs: milliseconds.default(10_000).describe('the first look at an endpoint'),
  attemptsMax: z.int().min(1).max(3).default(3).describe('requests for one decision, repairs included'),
  retryShareMax: z.number().min(0).max(0.1).default(0.1).describe('further attempts as a share of first ones'),
  retriesAlwaysAllowed: z.int().min(0).max(100).default(10).describe('further attempts before that share binds'),
  answerBytesMax: z.int().min(1024).max(67_108_864).default(1_048_576),
  retryAfterMsMax: milliseconds.default(60_000).describe('longest wait that an endpoint can order'),
  backOffMs: milliseconds.default(500).describe('greatest first wait; it doubles'),
  breakerAfterMs: milliseconds.default(30_000).describe('at half errors for so long, the endpoint is left alone'),
  breakerProbeMs: milliseconds.default(15_000).describe('time between probes of an endpoint left alone'),
  downAfterMs: milliseconds.default(300_000).describe('left alone for so long, it counts as down'),
  batchPollMs: milliseconds.default(10_000).describe('time between looks at a batch'),
  batchMsMax: milliseconds.default(86_400_000).describe('longest wait for a batch'),
});

/** Settings of models. */
export const modelSettingsSchema = z.strictObject({
  endpoints: z.array(endpointSchema).min(1).max(100),
  classes: z
    .record(
      name,
      z
        .array(z.strictObject({ model: name, weight: positive.max(1_000_000).default(1) }))
        .min(1)
        .max(100),
    )
    .default({})
    .describe('classes of models by name; each agent keeps one model of its class'),
  prices: z.array(priceSchema).max(1000).default([]),
  caps: capsSchema.default({}),
  limits: limitsSchema.prefault({}),
  cacheEntries: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('answers kept for equal prompts of later ticks; 0: none'),
});

/** What a scenario says of models: beside the settings, what happens when no endpoint answers any more. */
export const models = modelSettingsSchema.extend({
  whenDown: z.enum(['stop', 'rules']).default('stop').meta({ description: 'stop the run, or go on without models' }),
});
