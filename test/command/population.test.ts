/**
 * Populations from files and generated ones: what must not show in a run. The order of rows in a file decides nothing, and one agent
 * more changes nobody's draws.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecords } from '../../sim/record/reader.ts';

import { externalId } from '../../sim/world/population.ts';
import { objectOf, temporaryFolder } from './start.ts';
import type { RunSummary } from './start.ts';

const folder = temporaryFolder();
const agentCount = 300;

const hours = Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, '0')}`);

/** An agent's line: its acts by hour differ from agent to agent. */
function agentLine(agent: number): string {
  return [`user-${agent}`, ...hours.map((_, hour) => (agent * 7 + hour * 3) % 11)].join(',');
}

function tieLines(): string[] {
  const steps = [1, 2, 5, 17, 60];
  return Array.from({ length: agentCount }, (_, agent) =>
    steps.map((step) => `user-${agent},user-${(agent + step) % agentCount}`),
  ).flat();
}

/** The lines in another order, fixed. */
function shuffled(lines: readonly string[]): string[] {
  const place = (i: number): number => (i * 7919) % lines.length;
  return Array.from(lines.keys())
    .sort((a, b) => place(a) - place(b))
    .map((i) => lines[i]);
}

const interacting = '{ recommender: mix, length: 8 }';
const alone = '{ recommender: none }';

interface World {
  readonly agents: readonly string[];
  readonly ties: readonly string[];
  readonly feed: string;
  readonly postShare: number;
}

/** Writes a scenario with its two tables and runs it. */
async function runWorld(name: string, world: World): Promise<RunSummary> {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, 'agents.csv'), [['agent', ...hours].join(','), ...world.agents, ''].join('\n'));
  writeFileSync(join(own, 'follows.csv'), ['follower,followee', ...world.ties, ''].join('\n'));
  const rules = `{ intercept: -2, postShare: ${world.postShare}, followShare: 0.1, unfollowShare: 0.05 }`;
  writeFileSync(
    join(own, 'world.yaml'),
    [
      ...['version: 1', 'name: world', 'seed: 11', 'ticks: 48', 'tickSeconds: 1800', `feed: ${world.feed}`],
      ...['population:', '  kind: files', '  agents: agents.csv', '  follows: follows.csv'],
      ...['policies:', `  - { share: 1, rules: ${rules} }`, ''],
    ].join('\n'),
  );
  return objectOf<RunSummary>(['run', 'world.yaml', '--out', 'run', '--index', 'none'], own);
}

const agents = Array.from({ length: agentCount }, (_, agent) => agentLine(agent));

test('population files: the order of rows in either table changes no digest', async () => {
  const world = { agents, ties: tieLines(), feed: interacting, postShare: 0.3 };
  const [given, otherAgents, otherTies] = await Promise.all([
    runWorld('given', world),
    runWorld('other-agents', { ...world, agents: shuffled(agents) }),
    runWorld('other-ties', { ...world, ties: shuffled(world.ties) }),
  ]);
  expect(given.counts['intents']).toBeGreaterThan(500);
  expect(otherAgents.digest).toBe(given.digest);
  expect(otherTies.digest).toBe(given.digest);
});

/** What everyone did: tick, agent, verb, ruling, topic; in an order that does not depend on who else is there. */
function actsOf(directory: string, without: string): string[] {
  const records = openRecords(directory);
  const { ids } = records.population;
  const acts: string[] = [];
  for (const { tick, intentCount, actor, verb, outcome, topic } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      const agent = externalId(ids, actor[i]);
      if (agent !== without) acts.push(`${tick} ${agent} ${verb[i]} ${outcome[i]} ${topic[i]}`);
    }
  }
  return acts.sort();
}

test('population files: one agent more leaves what the others draw as it was', async () => {
  const world = { agents, ties: [], feed: alone, postShare: 1 };
  const before = await runWorld('before', world);
  await runWorld('after', { ...world, agents: [agentLine(agentCount), ...agents] });
  const acts = actsOf(join(folder, 'before/run'), '');
  expect(acts.length).toBe(before.counts['intents']);
  expect(acts.length).toBeGreaterThan(agentCount);
  const newcomer = `user-${agentCount}`;
  expect(actsOf(join(folder, 'after/run'), newcomer)).toEqual(acts);
  expect(actsOf(join(folder, 'after/run'), '').length).toBeGreaterThan(acts.length);
});

test('generated population: one agent more leaves what the others draw as it was', async () => {
  const own = join(folder, 'generated');
  mkdirSync(own);
  writeFileSync(
    join(own, 'world.yaml'),
    [
      ...['version: 1', 'name: world', 'seed: 5', 'ticks: 60', 'tickSeconds: 1800', `feed: ${alone}`],
      ...['population: { kind: generated, agents: 2000, followsMean: 0 }', 'policies:'],
      ...['  - { share: 0.5, rules: { postShare: 1 } }', '  - { share: 0.5, rules: { postShare: 0.5 } }', ''],
    ].join('\n'),
  );
  const run = (count: number): Promise<RunSummary> =>
    objectOf<RunSummary>(
      ['run', 'world.yaml', '--agents', String(count), '--index', 'none', '--out', `n-${count}`],
      own,
    );
  await Promise.all([run(2000), run(2001)]);
  const acts = actsOf(join(own, 'n-2000'), '');
  expect(acts.length).toBeGreaterThan(2000);
  expect(actsOf(join(own, 'n-2001'), 'agent-2000')).toEqual(acts);
});
