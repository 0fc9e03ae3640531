/**
 * Runs that ask over real HTTP: a stand-in server with a key, and a folder for what they write, for the length of a test file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import type { StandIn } from '../../../sim/llm/stand-in/server.ts';

/** What a test file serves its runs with. */
export interface Serving {
  readonly folder: string;
  /** The key: it must stand in nothing that a run writes. */
  readonly canary: string;
  readonly server: StandIn;
  /** `models` of a scenario that asks the server, or another address. */
  models(changes?: object, url?: string): object;
}

/** Starts the server before the file's first test and ends it after the last one. */
export function serveRuns(name: string, canary: string): Serving {
  const folder = mkdtempSync(join(tmpdir(), `mesocosm-${name}-`));
  let server: StandIn | undefined;
  beforeAll(async () => {
    process.env['MESOCOSM_TEST_KEY'] = canary;
    server = await startStandIn({ apiKey: canary });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const serving: Serving = {
    folder,
    canary,
    get server(): StandIn {
      if (server === undefined) throw new Error('asked before the first test');
      return server;
    },
    models: (changes = {}, url = serving.server.url) => ({
      endpoints: [{ name: 'here', url, models: [standInModel], apiKeyEnv: 'MESOCOSM_TEST_KEY' }],
      limits: { deadlineMs: 5000, preflightMs: 2000, backOffMs: 1 },
      ...changes,
    }),
  };
  return serving;
}
