/** `analyze --embedding`: vectors of texts are asked for once, kept as they come, by model and dimensions, and asked for again where the cache is damaged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn } from '../../sim/llm/stand-in/server.ts';
import { writeDiscussion } from '../sim/import/sources.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import type { StandIn } from '../../sim/llm/stand-in/server.ts';

const folder = temporaryFolder();
const cache = join(folder, 'talk-set/embeddings.jsonl');
let server: StandIn;
let first: unknown;

interface Line {
  readonly model: string;
  readonly dimensions?: number;
  readonly hash: string;
  readonly vector: string;
}

function analyze(more: readonly string[] = []): readonly string[] {
  return ['analyze', 'talk-set', 'diversity', '--embedding', 'stand-in-no-language-model', '--endpoint', server.url, ...more]; // prettier-ignore
}

function lines(): Line[] {
  const whole = readFileSync(cache, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return whole.map((line) => JSON.parse(line) as Line);
}

beforeAll(async () => {
  server = await startStandIn();
  writeDiscussion(join(folder, 'talk'), { agents: 60, posts: 60, comments: 300 });
  expect((await mesocosm(['import', 'moltbook', 'talk', '--out', 'talk-set'], folder)).status).toBe(0);
  first = await objectOf(analyze(), folder);
}, 60_000);

afterAll(() => server.close());

describe('analyze --embedding', () => {
  test('asks for each text once, keeps its vector by the hash of the text, and says the same from the cache without asking', async () => {
    const { embeddedTexts } = server.counts;
    expect(embeddedTexts).toBeGreaterThan(64);
    expect(lines()).toHaveLength(embeddedTexts);
    expect(new Set(lines().map(({ hash }) => hash)).size).toBe(embeddedTexts);
    expect(await objectOf(analyze(), folder)).toEqual(first);
    expect(server.counts.embeddedTexts).toBe(embeddedTexts);
  });

  test('a line that cannot be read is asked for again, alone, and the result is the same', async () => {
    const all = readFileSync(cache, 'utf8').split('\n');
    const { embeddedTexts } = server.counts;
    writeFileSync(cache, [all[0], all[1].slice(0, 40), ...all.slice(2)].join('\n'));
    expect(await objectOf(analyze(), folder)).toEqual(first);
    expect(server.counts.embeddedTexts).toBe(embeddedTexts + 1);
  });

  test('vectors of other dimensions are other vectors: asked for anew, kept beside the first', async () => {
    const before = server.counts.embeddedTexts;
    await objectOf(analyze(['--embedding-dimensions', '32']), folder);
    const asked = server.counts.embeddedTexts - before;
    const short = lines().filter(({ dimensions }) => dimensions === 32);
    expect(asked).toBeGreaterThan(64);
    expect(short).toHaveLength(asked);
    for (const { vector } of short) expect(Buffer.from(vector, 'base64')).toHaveLength(32);
    expect(await objectOf(analyze(), folder)).toEqual(first);
  });

  test('where the endpoint ends half way, what came is kept, and the next try asks for the rest only', async () => {
    // The end of a file whose writer was killed: what follows stands in lines of its own.
    writeFileSync(cache, '{"model":"stand-in-no');
    server.misbehave([{ fault: 'status', argument: '400', share: 0.5 }]);
    const { status, stderr } = await mesocosm(analyze(), folder);
    expect([status, stderr]).toEqual([6, expect.stringContaining('INPUT_ENDPOINT')]);
    const kept = lines().length;
    server.misbehave([]);
    const before = server.counts.embeddedTexts;
    expect(await objectOf(analyze(), folder)).toEqual(first);
    expect(lines()).toHaveLength(kept + server.counts.embeddedTexts - before);
    expect(kept).toBeGreaterThan(0);
  });

  test('half of what it takes is refused with what to write', async () => {
    const { status, stderr } = await mesocosm(['analyze', 'talk-set', 'diversity', '--embedding', 'one'], folder);
    expect(status).toBe(2);
    expect(stderr).toContain('INPUT_COMBINATION --embedding stands alone');
  });
});
