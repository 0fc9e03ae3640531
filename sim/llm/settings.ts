/**
 * Which models there are, where they are served, what they cost, and what a run may spend: one schema, checked before anything is sent.
 *
 * Keys do not stand here: an endpoint names the environment variable that holds its key. Prices stand here, each with a date and a
 * source, because the prices of the day are facts that a program cannot know; a cap on money needs a price for each model.
 * All problems are reported in one pass.
 */
import type { z } from 'zod';
import { echo, escapeControls, InputError } from '../ground/errors.ts';
import { modelSettingsSchema } from '../scenario/schema-models.ts';
import type { InputCode, Problem } from '../ground/errors.ts';

/** Settings of models; `z.input` of it is what a scenario file writes, with what happens when they are down. */
export { modelSettingsSchema } from '../scenario/schema-models.ts';

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
