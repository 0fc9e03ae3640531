/** The stand-in speaks the protocol: read by the openai package itself, streamed and not, with schemas, embeddings, files and batches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import OpenAI, { toFile } from 'openai';
import { z } from 'zod';
import { answerForm } from '../../../sim/llm/answer-form.ts';
import { drawsOf, embeddingOf, standInModel, valueOf } from '../../../sim/llm/stand-in/answers.ts';
import { faultNames } from '../../../sim/llm/stand-in/faults.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import type { StandIn } from '../../../sim/llm/stand-in/server.ts';

let server: StandIn;
let openai: OpenAI;
const messages = [{ role: 'user' as const, content: 'Say something.' }];

beforeAll(async () => {
  server = await startStandIn();
  openai = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

describe('the protocol', () => {
  test('the model list and the answers say that no language model speaks', async () => {
    const list = await openai.models.list();
    expect(list.data.map(({ id }) => id)).toEqual(['stand-in-no-language-model']);
    const completion = await openai.chat.completions.create({ model: standInModel, messages });
    expect(completion.choices[0].message.content).toMatch(/^\[stand-in, no language model\] /);
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('equal prompts have equal answers, in another server too; other prompts and seeds have others', async () => {
    const other = await startStandIn();
    const there = new OpenAI({ baseURL: other.url, apiKey: 'none' });
    const ask = async (client: OpenAI, content: string, seed = 0): Promise<string | null> => {
      const body = { model: standInModel, messages: [{ role: 'user' as const, content }], ...{ seed } };
      return (await client.chat.completions.create(body)).choices[0].message.content;
    };
    expect(await ask(openai, 'a')).toBe(await ask(there, 'a'));
    expect(await ask(openai, 'a')).not.toBe(await ask(openai, 'b'));
    expect(await ask(openai, 'a')).not.toBe(await ask(openai, 'a', 1));
    await other.close();
  });

  test('a stream has the text of the plain answer, and ends with its usage', async () => {
    const plain = await openai.chat.completions.create({ model: standInModel, messages });
    let text = '';
    let tokens = 0;
    for await (const chunk of await openai.chat.completions.create({ model: standInModel, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
    }
    expect(text).toBe(plain.choices[0].message.content);
    expect(tokens).toBe(plain.usage?.total_tokens);
  });

  test('an unknown model is 404 and names those that are served', async () => {
    await expect(openai.chat.completions.create({ model: 'gpt', messages })).rejects.toThrow(
      /404.*stand-in-no-language-model/,
    );
  });

  test('embeddings: equal texts are equal, common words bring texts together, each has length 1', async () => {
    const input = ['the red house', 'the red house', 'a red house by the sea', 'quantum chromodynamics'];
    const { data } = await openai.embeddings.create({ model: standInModel, input, encoding_format: 'float' });
    const [one, two, near, far] = data.map(({ embedding }) => embedding);
    const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
    expect(dot(one, two)).toBeCloseTo(1);
    expect(dot(one, near)).toBeGreaterThan(dot(one, far));
    expect(embeddingOf('', 8)).toEqual(Array(8).fill(0));
  });

  test('files and batches: lines in, lines out, found by custom id', async () => {
    const line = (id: string, content: string): string =>
      JSON.stringify({
        custom_id: id,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: standInModel, messages: [{ role: 'user', content }] },
      });
    const lines = [line('x', 'a --b-- c'), line('y', 'zwei\nZeilen: "é"')].join('\n');
    const file = await openai.files.create({ file: await toFile(Buffer.from(lines), 'in.jsonl'), purpose: 'batch' });
    const made = await openai.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    expect((await openai.batches.retrieve(made.id)).status).toBe('in_progress');
    const done = await openai.batches.retrieve(made.id);
    expect(done.status).toBe('completed');
    const text = await (await openai.files.content(done.output_file_id ?? '')).text();
    const ids = text
      .trim()
      .split('\n')
      .map((one) => (JSON.parse(one) as { custom_id: string }).custom_id);
    expect(ids).toEqual(['y', 'x']);
  });

  test('a scripted answer takes the place of its own, and counts say what was served', async () => {
    const scripted = await startStandIn({ answer: ({ messages: [first] }) => `You said: ${first.content}` });
    const client = new OpenAI({ baseURL: scripted.url, apiKey: 'none' });
    const completion = await client.chat.completions.create({ model: standInModel, messages });
    expect(completion.choices[0].message.content).toBe('You said: Say something.');
    expect(scripted.counts).toMatchObject({
      requests: 1,
      answers: 1,
      completionTokens: completion.usage?.completion_tokens,
    });
    await scripted.close();
  });

  test('an unknown fault is refused with the list of those there are', async () => {
    await expect(startStandIn({ misbehaves: [{ fault: 'explode' }] })).rejects.toThrow(
      /INPUT_UNKNOWN_NAME.*explode.*rate-limit/s,
    );
    expect(faultNames.length).toBeGreaterThan(40);
  });
});

describe('valueOf', () => {
  test('values fit the schemas of forms, over many prompts', () => {
    const schema = z.strictObject({
      choice: z.enum(['a', 'b', 'c']),
      maybe: z.union([z.literal('x'), z.null()]),
      list: z
        .array(z.strictObject({ n: z.int().min(-3).max(4), share: z.number().min(0).max(1) }))
        .min(1)
        .max(4),
      short: z.string().min(3).max(12),
      flag: z.boolean(),
      free: z.int(),
      kinds: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('go'), to: z.string() }),
        z.strictObject({ kind: z.literal('stay') }),
      ]),
    });
    const form = answerForm('all', schema);
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const read = schema.safeParse(valueOf(drawsOf(`prompt ${i}`), form.jsonSchema));
      expect(read.error?.message).toBeUndefined();
      if (read.success) seen.add(read.data.choice);
    }
    expect(seen).toEqual(new Set(['a', 'b', 'c']));
  });
});
