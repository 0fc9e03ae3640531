/** `analyze RUN roles` as a user starts it, on a small recorded world. */
import { beforeAll, expect, test } from 'vitest';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

beforeAll(async () => {
  const size = ['--agents', '400', '--ticks', '5', '--seed', '7', '--index', 'none', '--out', 'run'];
  await objectOf(['run', 'information-spreading', ...size], folder);
});

interface Analysis {
  readonly measures: { readonly roles: Readonly<Record<string, unknown>> };
}

test('analyze roles --json: the largest group, small clusters, k and its rule, and a verdict in words', async () => {
  const { measures } = await objectOf<Analysis>(['analyze', 'run', 'roles'], folder);
  expect(measures.roles).toMatchObject({
    layer: 'follow',
    n: 400,
    largestClusterShare: expect.any(Number) as unknown,
    clustersBelowOnePercent: expect.any(Number) as unknown,
    verdict: expect.stringMatching(/^(no )?roles: /) as unknown,
    moltDynamics: { k: expect.any(Number) as unknown, kRule: expect.stringContaining('silhouette') as unknown },
    corePeriphery: { peripheryShare: expect.any(Number) as unknown },
    warnings: expect.any(Array) as unknown,
  });
});

test('analyze roles: a table of words without --json, and a layer without ties has no roles', async () => {
  const { status, stdout } = await mesocosm(['analyze', 'run', 'roles', '--layer', 'reply'], folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}verdict: no roles: \d+ agents have an edge, fewer than 30$/m);
});
