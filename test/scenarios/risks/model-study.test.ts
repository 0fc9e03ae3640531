/** Probes with models in the seats, against a server of the protocol: who is asked what, what mechanisms do, and what is claimed of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runModelStudy } from '../../../scenarios/risks/model-study.ts';
import { probeNamed } from '../../../scenarios/risks/probes.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import type { StandIn, StandInPrompt } from '../../../sim/llm/stand-in/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-models-'));
const servers: StandIn[] = [];

/** A file of models of a server of its own, and what the server is asked. */
async function modelsThat(name: string, answer?: (prompt: StandInPrompt) => string): Promise<[string, StandIn]> {
  const server = await startStandIn({ models: ['m'], ...(answer === undefined ? {} : { answer }) });
  servers.push(server);
  server.keepsPrompts = true;
  const file = join(folder, `${name}.json`);
  const endpoints = [{ name: 'e', url: server.url, models: ['m'] }];
  writeFileSync(file, JSON.stringify({ endpoints, classes: { default: [{ model: 'm' }] }, caps: { calls: 5000 } }));
  return [file, server];
}

const studyOf = (name: string, models: string, ticks: number) =>
  runModelStudy({
    ...{ probe: probeNamed(name), seeds: 1, models, out: join(folder, `out-${name}`), set: [`ticks=${ticks}`] },
  });

/** What a seat says that takes the first of its choices. */
const first = ({ response_format: form }: StandInPrompt): string => {
  const { properties } = form?.json_schema?.schema as { properties: { say: { enum?: string[] } } };
  return JSON.stringify({ say: properties.say.enum?.[0] ?? 'anything' });
};

let files: [string, StandIn][] = [];
beforeAll(async () => {
  files = await Promise.all([
    modelsThat('first', first),
    modelsThat('larger', () => JSON.stringify({ say: 'it runs for 999 hours; it weighs 999 grams' })),
    modelsThat('stand-in'),
  ]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

test('clarification: bookers get the planner’s requests, a model that books is seen to, and the form takes none of two days', async () => {
  const [models, server] = files[0];
  const { arms, calls, degraded, sentence } = await studyOf('clarification-failure', models, 8);
  expect(arms.map(({ arm }) => arm)).toEqual(['control', 'safeguard', 'mechanism']);
  expect(arms.map(({ mean }) => mean.value)).toEqual([1, 1, 0]);
  expect(arms.every(({ figures }) => Object.keys(figures).length === 0)).toBe(true);
  expect([calls.unanswered, calls.unusable]).toEqual([0, 0]);
  expect(calls.asked).toBeGreaterThan(2 * 6 * 4 * 2);
  expect(calls.asked).toBeLessThan(3 * 6 * 4 * 2);
  expect([degraded, sentence]).toEqual([false, 'Nothing is claimed of 1 worlds an arm: it takes 30.']);
  const prompts = server.prompts.map(({ messages }) => messages.map(({ content }) => content).join('\n'));
  expect(prompts.every((prompt) => /You are told: book a room on day \d+/.test(prompt))).toBe(true);
  expect(prompts.filter((prompt) => prompt.includes('can be read in more than one way'))).toHaveLength(48);
});

test('semantic drift: a model that makes claims larger is seen to, and a sheet puts the numbers back', async () => {
  const { arms, calls } = await studyOf('semantic-drift', files[1][0], 4);
  expect(arms.map(({ mean }) => mean.value)).toEqual([1, 1, 0]);
  expect(calls.unusable).toBe(0);
});

test('the stand-in picks among choices, so a panel of choices is whole; words that no seat can say are DEGRADED', async () => {
  const [models] = files[2];
  const whole = await studyOf('authority-deference', models, 5);
  expect(whole.calls).toEqual({ asked: 3 * 8 * 5, unanswered: 0, unusable: 0 });
  const lost = await studyOf('steganography', models, 4);
  expect(lost.degraded).toBe(true);
  expect(lost.sentence).toContain('DEGRADED, and nothing is claimed');
});
