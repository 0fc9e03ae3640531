/** Sweeps and study files whose agents ask language models: caps of the whole, answers from another directory, wordings of prompts. A stand-in serves; it is no language model. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn } from '../../sim/llm/stand-in/server.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { StandIn } from '../../sim/llm/stand-in/server.ts';

const folder = temporaryFolder();
const scenario = `version: 1
name: few
seed: 1
ticks: 5
tickSeconds: 1200
startHour: 8
population: { kind: generated, agents: 30, idPrefix: user-, followsMean: 6, audienceSpread: 1, homophilyShare: 0.5, wakesPerDayMean: 24, activitySpread: 0.5, focusShare: 0.6 }
feed: { recommender: recency, length: 5 }
verbs: [post, reply, repost, like, follow]
policies:
  - { share: 0.3, model: { goals: Say what you mean., actsMax: 2, promptTokensMax: 1500 } }
  - { share: 0.7, rules: { intercept: -2, postShare: 0.1 } }
`;
const wordings = ['Say what you mean.', 'Say, in a sentence or two, what you mean.'].map((goals, at) => ({
  name: ['plain', 'longer'][at],
  set: [`policies[0].model.goals=${goals}`],
}));
const sweep = ['sweep', 'few.yaml', '--models', 'models.yaml', '--vary', 'feed.length=3,8', '--replicates', '2', '--paraphrases', 'wordings.json', '--measure', 'counts.posts']; // prettier-ignore
const tables = ['worlds.csv', 'models.csv', 'cells.csv', 'cells.parquet'];

let server: StandIn;

function bytesOf(name: string): Buffer[] {
  return tables.map((file) => readFileSync(join(folder, name, file)));
}

function rowsOf(file: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(join(folder, file), 'utf8').trim().split('\n').map((line) => line.split(',')); // prettier-ignore
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at], cell])));
}

beforeAll(async () => {
  server = await startStandIn();
  writeFileSync(join(folder, 'few.yaml'), scenario);
  writeFileSync(join(folder, 'wordings.json'), JSON.stringify(wordings));
  const model = 'stand-in-no-language-model';
  const models = { endpoints: [{ name: 'here', url: server.url, models: [model] }], classes: { default: [{ model }] } };
  writeFileSync(join(folder, 'models.yaml'), JSON.stringify(models));
  expect((await mesocosm([...sweep, '--out', 'whole', '--workers', '4'], folder)).status).toBe(0);
}, 60_000);

afterAll(() => server.close());

describe('sweep of a scenario that asks models', () => {
  test('every cell has a world of each wording in each seed, with the digest of its run and what it asked', () => {
    const rows = rowsOf('whole/models.csv');
    expect(rows.map(({ cell, seed, paraphrase }) => `${cell} ${seed} ${paraphrase}`)).toEqual([
      ...['0 1 plain', '0 1 longer', '0 2 plain', '0 2 longer'],
      ...['1 1 plain', '1 1 longer', '1 2 plain', '1 2 longer'],
    ]);
    for (const { digest, asked, unanswered, calls } of rows) {
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect([Number(asked) > 0, Number(unanswered), Number(calls) >= Number(asked)]).toEqual([true, 0, true]);
    }
    expect(new Set(rows.map(({ digest }) => digest)).size).toBe(8);
    expect(readdirSync(join(folder, 'whole/worlds')).length).toBeGreaterThanOrEqual(8);
  });

  test('a cap on the calls of all worlds ends it with 7, and a higher one goes on to the same bytes', async () => {
    const calls = rowsOf('whole/models.csv').reduce((sum, row) => sum + Number(row.calls), 0);
    const capped = await mesocosm([...sweep, '--out', 'capped', '--cap-calls', String(calls - 6)], folder);
    expect(capped.status).toBe(7);
    expect(capped.stderr + capped.stdout).toContain('the cap on calls is reached');
    expect(rowsOf('capped/worlds.csv').length).toBeLessThan(8);
    expect((await mesocosm(['sweep', 'capped', '--cap-calls', '100000', '--workers', '1'], folder)).status).toBe(0);
    expect(bytesOf('capped')).toEqual(bytesOf('whole'));
  });

  test('answers of another directory serve in the place of models, and nobody is asked', async () => {
    const before = server.counts.requests;
    const { status } = await mesocosm([...sweep, '--out', 'again', '--replay', 'whole'], folder);
    expect(status).toBe(0);
    expect(server.counts.requests).toBe(before);
    expect(readFileSync(join(folder, 'again/worlds.csv'))).toEqual(readFileSync(join(folder, 'whole/worlds.csv')));
    const other = await mesocosm([...sweep, '--seed', '50', '--out', 'other', '--replay', 'whole'], folder);
    expect([other.status === 0, server.counts.requests]).toEqual([false, before]);
  });
});

test('study FILE: wordings are registered by hash before the first world, and findings count the choice of wordings', async () => {
  const study = {
    study: 'lengths',
    question: 'Do longer feeds bring more posts?',
    arms: [3, 8].map((length) => ({ name: `feed-${length}`, scenario: 'few.yaml', set: [`feed.length=${length}`] })),
    hypotheses: [{ id: 'h1', says: 'More posts.', measure: 'counts.posts', arms: ['feed-8', 'feed-3'], expects: 'different', smallestEffect: 1, isPrimary: true }], // prettier-ignore
    ...{ replicates: 3, pilotReplicates: 3, paraphrases: wordings },
  };
  writeFileSync(join(folder, 'lengths.json'), JSON.stringify(study));
  await objectOf(['study', 'lengths.json', '--models', 'models.yaml', '--out', 'lengths'], folder);
  const prompts = rowsOf('lengths/prompts.csv');
  const registered = readFileSync(join(folder, 'lengths/preregistration.json'), 'utf8');
  for (const { sha256 } of prompts) {
    expect(registered).toContain(sha256);
    expect(readFileSync(join(folder, `lengths/prompts/${sha256}.txt`), 'utf8').length).toBeGreaterThan(10);
  }
  expect(new Set(prompts.map(({ sha256 }) => sha256)).size).toBeGreaterThan(1);
  expect(rowsOf('lengths/models.csv')).toHaveLength(12);
  expect(rowsOf('lengths/paraphrases.csv').map(({ id, paraphrase }) => `${id} ${paraphrase}`)).toEqual(['h1 plain', 'h1 longer']); // prettier-ignore
});
