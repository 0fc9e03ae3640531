/**
 * Line 5.1.populations: what OASIS's populations, files and networks are held to, statement by statement (its checklist, numbers 60, 61 and 68
 * to 72), each by the tests that carry its number.
 */
import { join } from 'node:path';
import { checkout, start } from './figure.ts';
import type { Report } from './figure.ts';

const statements: Readonly<Record<number, string>> = {
  60: 'three-minute steps: awake with the probability of the hour',
  61: 'activity from frequencies: f / max, + 0.1 below 0.6; mean 0.1334 on 111 users',
  68: 'the CSV of X and the JSON of Reddit are read whole',
  69: 'False_Business_0: 111 agents, 85 ties, 73 followers, one post; the core: 196 agents, 1,279 ties',
  70: 'marginals of age, gender, type, country and profession; pairs of 8 or 9 topics',
  71: 'network: 0.2 x the stars of one’s two topics; nobody follows ordinary agents',
  72: 'the graph of agents: add, remove, list, count, export, in step with follows',
};

/** Runs the check. */
export async function checkPopulationStatements(report: Report): Promise<void> {
  const vitest = join(checkout, 'node_modules/vitest/vitest.mjs');
  const files = ['test/sim/import', 'test/sim/world', 'test/sim/engine/populate.test.ts'];
  for (const [number, about] of Object.entries(statements)) {
    const args = [vitest, 'run', ...files, '-t', `OASIS-${number}`];
    const { status, stdout } = await start(process.execPath, args, { folder: checkout });
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    const passed = Number(/^(\d+) passed/.exec(last)?.[1] ?? 0);
    report({
      command: `OASIS-${number}: ${about}`,
      figure: last,
      bar: 'at least one test, none failed',
      met: status === 0 && passed > 0,
    });
  }
}
