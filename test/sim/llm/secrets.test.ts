/**
 * Keys: a server that echoes the key in every form it can think of, and everything that the client hands out, prints or throws, searched for it.
 */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { checkEndpoints } from '../../../sim/llm/preflight.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import { createModelPool } from '../../../sim/llm/pool.ts';
import { createRedaction, excerpt, Secret } from '../../../sim/llm/redaction.ts';
import { actForm, inLaboratory, requestsOf, settingsFor } from './laboratory.ts';
import type { ModelSettingsInput } from '../../../sim/llm/settings.ts';

const canary = 'sk-canary/77+Q=zx9"unicorn';

/** The forms in which the key must not be found. */
function formsOf(key: string): string[] {
  const base64 = Buffer.from(key).toString('base64').replace(/=+$/, '');
  const inHeader = Buffer.from(`Bearer ${key}`).toString('base64').replace(/=+$/, '');
  return [
    key,
    encodeURIComponent(key),
    JSON.stringify(key).slice(1, -1),
    base64,
    inHeader.slice(12, -2),
    Buffer.from(key).toString('hex'),
  ];
}

describe('a canary key that the server echoes', () => {
  test.each([
    { fault: 'echo-key', argument: '500' },
    { fault: 'echo-key', argument: '400' },
    { fault: 'echo-key', argument: '401' },
    { fault: 'echo-key', argument: 'html' },
    { fault: 'content-is', argument: `my key is ${canary} and ${Buffer.from(canary).toString('base64')}` },
    { fault: 'other-model', argument: canary },
    { fault: 'redirect', argument: `http://127.0.0.9/?key=${encodeURIComponent(canary)}` },
  ])(
    '$fault $argument: is in no byte of outcomes, records, notes, statistics or errors',
    async ({ fault, argument }) => {
      const options = { endpoint: { apiKeyEnv: 'CANARY' }, environment: { CANARY: canary }, apiKey: canary };
      await inLaboratory(
        { ...options, misbehaves: [{ fault, argument }] },
        async ({ client, pool, journal, notes, server }) => {
          const answers = await client.answerAll(requestsOf(3));
          await client.answerAll(requestsOf(2, { form: actForm }, 2));
          const error: unknown = await checkEndpoints(pool).catch((caught: unknown) => caught);
          expect(server.counts.requests).toBeGreaterThan(0);
          const everything = [answers, journal, notes, client.statistics(), pool.statistics(), error, pool, client];
          const printed = everything.map((one) => inspect(one, { depth: 12 }) + JSON.stringify(one ?? null)).join('\n');
          for (const form of formsOf(canary)) expect(printed).not.toContain(form);
          expect(fault === 'echo-key' && argument === '401' ? answers.stop?.reason : 'KEY_REFUSED').toBe('KEY_REFUSED');
        },
      );
    },
  );

  test('is sent in the one header that servers read, and nowhere else', async () => {
    const options = { endpoint: { apiKeyEnv: 'CANARY' }, environment: { CANARY: canary } };
    await inLaboratory(options, async ({ client, server }) => {
      server.keepsPrompts = true;
      await client.answerAll(requestsOf(1));
      expect(JSON.stringify(server.prompts)).not.toContain('canary');
    });
    await inLaboratory({ ...options, apiKey: canary }, async ({ client }) => {
      expect((await client.answerAll(requestsOf(1))).outcomes[0].kind).toBe('ANSWERED');
    });
  });

  test('of the environment only the variable that an endpoint names is read', async () => {
    const before = process.env['OPENAI_API_KEY'];
    process.env['OPENAI_API_KEY'] = canary;
    try {
      await inLaboratory({ apiKey: canary }, async ({ client }) => {
        expect((await client.answerAll(requestsOf(1))).outcomes[0].reason).toBe('KEY_REFUSED');
      });
    } finally {
      if (before === undefined) delete process.env['OPENAI_API_KEY'];
      else process.env['OPENAI_API_KEY'] = before;
    }
  });
});

describe('redaction', () => {
  test('Secret: prints as [redacted] whatever prints it', () => {
    const secret = new Secret(canary);
    const printed = `${secret.toString()} ${JSON.stringify({ secret })} ${inspect({ secret }, { showHidden: true })}`;
    expect(printed).not.toContain('canary');
    expect(printed.match(/\[redacted\]/g)).toHaveLength(3);
  });

  test.each([0, 1, 2, 3, 4, 5])('base64 is found at any alignment: %d bytes before', (before) => {
    const redact = createRedaction([new Secret(canary)]);
    const encoded = Buffer.from('x'.repeat(before) + canary + ' and more').toString('base64');
    expect(redact(encoded)).toContain('[redacted]');
    const left = Buffer.from(redact(encoded).replaceAll('[redacted]', ''), 'base64').toString('latin1');
    expect(left).not.toContain('canary');
  });

  test('an excerpt is redacted before it is cut, has one line and at most 200 characters', () => {
    const redact = createRedaction([new Secret(canary)]);
    const text = excerpt(redact, `${'a'.repeat(190)}${canary}\n\u001b[31m${'b'.repeat(500)}`);
    expect(text).toHaveLength(200);
    expect(text).not.toContain('sk-c');
    expect(text).not.toMatch(/[\u0000-\u001f]/);
  });

  test('a short key tears no holes into text', () => {
    expect(createRedaction([new Secret('a')])('banana')).toBe('banana');
  });
});

describe('checkModelSettings', () => {
  const good = settingsFor('https://models.example/v1');
  const withEndpoint = (parts: object): unknown => ({ ...good, endpoints: [{ ...good.endpoints[0], ...parts }] });

  test.each<[string, unknown, RegExp]>([
    [
      'a key in the file',
      withEndpoint({ apiKey: canary }),
      /^INPUT_SECRET_IN_FILE models\.endpoints\.0\.apiKey|INPUT_SECRET_IN_FILE/,
    ],
    ['a key in the address', withEndpoint({ url: 'https://models.example/v1?api_key=x' }), /INPUT_SECRET_IN_FILE/],
    ['a password in the address', withEndpoint({ url: 'https://me:secret@models.example/v1' }), /INPUT_SECRET_IN_FILE/],
    ['another protocol', withEndpoint({ url: 'file:///etc/passwd' }), /INPUT_NAME/],
    ['http:// to another machine', withEndpoint({ url: 'http://models.example/v1' }), /INPUT_COMBINATION/],
    ['a field that does not exist', withEndpoint({ weigth: 2 }), /INPUT_UNKNOWN_FIELD/],
    ['a number out of range', { ...good, limits: { attemptsMax: 4 } }, /INPUT_FIELD_RANGE/],
    ['a model that nobody serves', { ...good, classes: { main: [{ model: 'x' }] } }, /INPUT_DANGLING_REF/],
    ['a cap on money without prices', { ...good, caps: { money: 1 } }, /INPUT_REQUIRED/],
    ['two endpoints of one name', { ...good, endpoints: [good.endpoints[0], good.endpoints[0]] }, /INPUT_DUPLICATE_ID/],
  ])('%s is refused, and no key is echoed', (_, settings, code) => {
    let message = '';
    try {
      checkModelSettings(settings);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(code);
    expect(message).not.toMatch(/canary|secret@/);
  });

  test('loopback addresses may be http://, and defaults fill the rest', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
      const settings = checkModelSettings({
        ...good,
        endpoints: [{ ...good.endpoints[0], url: `http://${host}:8080/v1` }],
      });
      expect(settings.limits).toMatchObject({
        deadlineMs: 60_000,
        attemptsMax: 3,
        retryShareMax: 0.1,
        answerBytesMax: 1_048_576,
      });
    }
  });

  test('createModelPool: a variable that is not set is named', () => {
    const settings: ModelSettingsInput = { ...good, endpoints: [{ ...good.endpoints[0], apiKeyEnv: 'NO_SUCH_KEY' }] };
    expect(() => createModelPool(checkModelSettings(settings), { environment: {} })).toThrow(
      /INPUT_REQUIRED.*NO_SUCH_KEY/,
    );
  });
});
