/**
 * Which models there are, where they are served, what they cost, and what a run may spend: one schema, checked before anything is sent.
 *
 * Keys do not stand here: an endpoint names the environment variable that holds its key. Prices stand here, each with a date and a
 * source, because the prices of the day are facts that a program cannot know; a cap on money needs a price for each model.
 * All problems are reported in one pass.
 */
import { z } from 'zod';
import { echo, escapeControls, InputError } from '../ground/errors.ts';
import type { InputCode, Problem } from '../ground/errors.ts';

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
  requestsPerMinute: positive.optional().describe('limit that the endpoint does not tell in its headers'),
  tokensPerMinute: positive.optional().describe('limit that the endpoint does not tell in its headers'),
  structuredOutput: z
    .enum(['json_schema', 'json_object', 'instruction'])
    .default('json_schema')
    .describe('how the form of an answer is asked for'),
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  sendsSeed: z.boolean().default(true).describe('whether `seed` may be sent'),
  sendsTemperature: z.boolean().default(true).describe('whether `temperature` may be sent'),
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

/** Settings of models; `z.input` of it is what a scenario file writes. */
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

export type ModelSettings = z.output<typeof modelSettingsSchema>;
export type ModelSettingsInput = z.input<typeof modelSettingsSchema>;
export type EndpointSettings = ModelSettings['endpoints'][number];
export type Limits = ModelSettings['limits'];
export type Caps = ModelSettings['caps'];
export type Price = ModelSettings['prices'][number];

/** Checks settings. Throws an `InputError` with all problems. `place` leads the names of fields: `models` by default. */
export function checkModelSettings(value: unknown, place = 'models'): ModelSettings {
  const secrets = keysInFile(value, place);
  if (secrets.length > 0) throw new InputError(secrets);
  const read = modelSettingsSchema.safeParse(value);
  if (!read.success) {
    throw new InputError(
      read.error.issues.map((issue) => ({
        code: codeOf(issue),
        found: escapeControls(`${[place, ...issue.path.map(String)].join('.')}: ${issue.message}`.slice(0, 300)),
        next: 'Write what the message asks for.',
      })),
    );
  }
  const problems = [
    ...read.data.endpoints.flatMap((one) => addressProblems(one, place)),
    ...references(read.data, place),
  ];
  if (problems.length > 0) throw new InputError(problems);
  return read.data;
}

function codeOf(issue: z.core.$ZodIssue): InputCode {
  if (issue.code === 'unrecognized_keys') return 'INPUT_UNKNOWN_FIELD';
  if (issue.code === 'too_big' || issue.code === 'too_small') return 'INPUT_FIELD_RANGE';
  if (issue.code === 'invalid_type') return issue.message.includes('undefined') ? 'INPUT_REQUIRED' : 'INPUT_TYPE';
  return issue.code === 'invalid_value' ? 'INPUT_UNKNOWN_NAME' : 'INPUT_NAME';
}

/** Fields in which people write keys. The value is not echoed. */
function keysInFile(value: unknown, place: string): Problem[] {
  const endpoints = (value as { endpoints?: unknown } | null)?.endpoints;
  if (!Array.isArray(endpoints)) return [];
  return endpoints.flatMap((endpoint: unknown, i) =>
    Object.keys(endpoint ?? {})
      .filter((field) => /^(api_?key|token|secret|password|authorization)$/i.test(field))
      .map((field) => ({
        code: 'INPUT_SECRET_IN_FILE' as const,
        found: `${place}.endpoints.${i}.${field} holds a key`,
        next: 'Delete it, put the key into an environment variable, and name that in apiKeyEnv.',
      })),
  );
}

function addressProblems(endpoint: EndpointSettings, place: string): Problem[] {
  const field = `${place}.endpoints (${echo(endpoint.name)}).url`;
  if (!URL.canParse(endpoint.url)) {
    return [{ code: 'INPUT_NAME', found: `${field} is no address`, next: 'Write http://127.0.0.1:8080/v1, say.' }];
  }
  const url = new URL(endpoint.url);
  if (url.username !== '' || url.password !== '' || /key|token|secret/i.test(url.search)) {
    const next = 'Take it out and name the environment variable of the key in apiKeyEnv.';
    return [{ code: 'INPUT_SECRET_IN_FILE', found: `${field} holds a key or password`, next }];
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return [{ code: 'INPUT_NAME', found: `${field} is neither http:// nor https://`, next: 'Use one of the two.' }];
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !endpoint.insecureHttp) {
    const next = 'Use https://, or set insecureHttp if the network between is yours.';
    return [
      { code: 'INPUT_COMBINATION', found: `${field} is http:// to ${url.hostname}: keys would be readable`, next },
    ];
  }
  return [];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function references(settings: ModelSettings, place: string): Problem[] {
  const served = new Set(settings.endpoints.flatMap(({ models }) => models));
  const used = [...new Set(Object.values(settings.classes).flatMap((models) => models.map(({ model }) => model)))];
  const priced = new Set(settings.prices.map(({ model }) => model));
  const currencies = new Set(settings.prices.map(({ currency }) => currency));
  const names = settings.endpoints.map((endpoint) => endpoint.name);
  const problems: Problem[] = [];
  const say = (code: InputCode, found: string, next: string): number => problems.push({ code, found, next });
  for (const model of used.filter((one) => !served.has(one))) {
    say(
      'INPUT_DANGLING_REF',
      `${place}.classes names ${echo(model)}, which no endpoint serves`,
      'Add it to an endpoint.',
    );
  }
  for (const double of names.filter((one, i) => names.indexOf(one) !== i)) {
    say('INPUT_DUPLICATE_ID', `${place}.endpoints has two of the name ${echo(double)}`, 'Rename one of them.');
  }
  if (currencies.size > 1) {
    say('INPUT_COMBINATION', `${place}.prices has ${currencies.size} currencies`, 'Convert them into one.');
  }
  if (settings.caps.money !== undefined) {
    for (const model of used.filter((one) => !priced.has(one))) {
      const next = 'Add its price with date and source; 0 if nobody is charged for it.';
      say('INPUT_REQUIRED', `${place}.caps.money needs a price of ${echo(model)}`, next);
    }
  }
  return problems;
}
