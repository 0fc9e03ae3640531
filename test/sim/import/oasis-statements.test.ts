/**
 * What a platform must load and keep of OASIS's populations, statement by statement (camel-ai/oasis, the checklist of its behaviour, numbers
 * 68, 69 and 72): from its files through a scenario into a run, and from the run back out.
 *
 * Files are written here from the numbers that come with the project: OASIS's own hold names and texts of real accounts.
 */
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cellsOfAgent, stateAt } from '../../../sim/engine/agent-state.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { gatherOasis } from '../../../sim/import/oasis.ts';
import { writePopulationFiles } from '../../../sim/import/population-files.ts';
import { readFollows } from '../../../sim/record/post-reader.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { externalId } from '../../../sim/world/population.ts';
import { exportRun } from '../../../viz/export-run.ts';
import { dataFile } from '../../../scenarios/load.ts';
import { filesFolder } from './folder.ts';
import type { OasisPeople } from '../../../sim/import/oasis.ts';
import type { Records } from '../../../sim/record/reader.ts';

const write = filesFolder();
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-oasis-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Rows of a CSV of whole numbers, without its header. */
function numbersOf(path: string): number[][] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => line.split(',').map(Number));
}

/** A file as OASIS has it for X. `posts` are texts by agent. */
function fileForX(
  name: string,
  ties: readonly number[][],
  acts: readonly number[][] | number,
  posts: Readonly<Record<number, readonly string[]>> = {},
): string {
  const count = typeof acts === 'number' ? acts : acts.length;
  const rows = Array.from({ length: count }, (_, agent) => {
    const followees = ties.filter(([from]) => from === agent).map(([, to]) => to);
    const hours = typeof acts === 'number' ? [] : [`"[${acts[agent].slice(1).join(', ')}]"`];
    const texts = (posts[agent] ?? []).map((text) => `'${text}'`).join(', ');
    return [agent, `user${agent}`, `"[${followees.join(', ')}]"`, `"[${texts}]"`, ...hours, 'd', 'c'].join(',');
  });
  const hourName = typeof acts === 'number' ? '' : 'activity_level_frequency,';
  return write(
    name,
    [`user_id,username,following_agentid_list,previous_tweets,${hourName}description,user_char`, ...rows].join('\n') +
      '\n',
  );
}

const businessFile = fileForX(
  'False_Business_0.csv',
  numbersOf(dataFile('cascades/false-business-0-follows.csv')),
  numbersOf(dataFile('cascades/false-business-0-activity.csv')),
  { 32: ['=SUM(1) Amazon said that, once'], 5: [] },
);

async function runOf(people: OasisPeople, name: string, changes: object): Promise<Records> {
  const from = join(folder, `${name}-data`);
  const written = writePopulationFiles(from, people);
  const files = Object.fromEntries(written.map((path) => [path.slice('population/'.length).split('.')[0], path]));
  const population = { kind: 'files', ...files };
  const scenario = scenarioOf(
    documentOf({ version: 1, name, seed: 3, ticks: 12, tickSeconds: 1800, population, ...changes }, 'scenario'),
  );
  await recordRun({
    compiled: compileScenario(scenario, (relative) => join(from, relative)),
    placement: { workers: 1, layout: 'degree', mergeTicks: 3 },
    directory: join(folder, name),
    source: { name: 'made', sha256: '' },
    exposureSampleShare: 0,
  });
  return openRecords(join(folder, name));
}

describe('populations from files', () => {
  test('OASIS-69: False_Business_0 is 111 agents with 85 ties, agent 32 with 73 followers and one post at time 0', async () => {
    const records = await runOf(gatherOasis(businessFile), 'business', { ticks: 1 });
    const { population } = records;
    expect([population.count, population.followee.length]).toEqual([111, 85]);
    const hub = Array.from({ length: 111 }, (_, agent) => agent).find(
      (one) => externalId(population.ids, one) === '32',
    );
    expect(population.followee.filter((one) => one === hub)).toHaveLength(73);
    const [first] = records.ticks();
    const posts = Array.from({ length: first.intentCount }, (_, i) => i).filter(
      (i) => first.verb[i] === verbs.post && first.outcome[i] === outcomes.granted && first.actor[i] === hub,
    );
    expect(posts).toHaveLength(1);
    expect(readFileSync(join(folder, 'business-data/population/posts.json'), 'utf8')).toContain('=SUM(1) Amazon');
    const { snapshot } = await stateAt(records, 1, () => undefined);
    expect(cellsOfAgent(snapshot, population, hub ?? -1)['agents']['followerCount'][0]).toBe(73);
  });

  test('OASIS-69: the core of 196 has 1,279 ties, ten of which are of an agent to itself and left out (OASIS keeps them)', () => {
    const ties = numbersOf(new URL('../../data/oasis-core-196-follows.csv', import.meta.url).pathname);
    expect(ties).toHaveLength(1279);
    const people = gatherOasis(fileForX('197_0.csv', ties, 196));
    expect([people.ids.length, people.ties.from.length]).toEqual([196, 1269]);
    expect(people.dropped.map(({ reason, count }) => [reason, count])).toEqual([['follow of oneself', 10]]);
  });

  test('OASIS-68: follow lists become ties and counters, earlier posts become posts of their authors at time 0', async () => {
    const ties = [[0, 1], [0, 2], [1, 0], [2, 0], [3, 0]]; // prettier-ignore
    const posts = { 0: ['first', 'second'], 2: ['third'] };
    const records = await runOf(gatherOasis(fileForX('small.csv', ties, 4, posts)), 'small', {
      ticks: 1,
      policies: [{ share: 1, rules: { postShare: 0 } }],
    });
    const { population } = records;
    const nameOf = (agent: number): string => externalId(population.ids, agent);
    const { source, target } = readFollows(records);
    const found = Array.from(source, (one, i) => `${nameOf(one)},${nameOf(target[i])}`);
    expect(found.sort()).toEqual(ties.map((tie) => tie.join(',')).sort());
    const [first] = records.ticks();
    const authors = Array.from({ length: first.intentCount }, (_, i) => i)
      .filter((i) => first.verb[i] === verbs.post)
      .map((i) => `${nameOf(first.actor[i])} ${first.outcome[i]}`);
    expect(authors.sort()).toEqual([`0 ${outcomes.granted}`, `0 ${outcomes.granted}`, `2 ${outcomes.granted}`]);
    const { snapshot } = await stateAt(records, 1, () => undefined);
    for (let agent = 0; agent < 4; agent++) {
      const { agents } = cellsOfAgent(snapshot, population, agent);
      const own = nameOf(agent);
      expect(agents['followeeCount'][0]).toBe(ties.filter(([from]) => String(from) === own).length);
      expect(agents['followerCount'][0]).toBe(ties.filter(([, to]) => String(to) === own).length);
    }
  });

  test('OASIS-68: the Reddit JSON is read with its eight fields', () => {
    const one = {
      ...{ realname: 'James Miller', username: 'millerhospitality', bio: 'b', persona: 'p' },
      ...{ age: 40, gender: 'male', mbti: 'ESTJ', country: 'UK' },
    };
    const { ids, tables } = gatherOasis(write('users.json', JSON.stringify([one])));
    expect(ids).toEqual(['0']);
    for (const [name, value] of Object.entries(one)) expect(tables[0].columns[name][0]).toBe(value);
  });

  test('OASIS-61: a scenario can take its activity from the file as OASIS does', () => {
    const people = gatherOasis(businessFile);
    const from = join(folder, 'activity-data');
    writePopulationFiles(from, people);
    const population = {
      ...{ kind: 'files', agents: 'population/agents.csv', follows: 'population/follows.csv' },
      activity: { like: 'oasis', stepSeconds: 180 },
    };
    const given = { version: 1, name: 'activity', seed: 3, ticks: 1, population };
    const made = compileScenario(scenarioOf(documentOf(given, 'scenario')), (relative) => join(from, relative));
    const { wakesPerDay, profile, profileShares, ids } = made.population;
    const acts = numbersOf(dataFile('cascades/false-business-0-activity.csv'));
    for (let agent = 0; agent < 111; agent++) {
      const own = acts[Number(externalId(ids, agent))].slice(1);
      own.forEach((count, hour) => {
        const share = count / 37;
        const p = Number((share < 0.6 ? share + 0.1 : share).toFixed(2));
        // An hour has twenty steps of three minutes.
        const rate = (wakesPerDay[agent] * profileShares[profile[agent] * 24 + hour]) / 20;
        expect(1 - Math.exp(-rate)).toBeCloseTo(Math.min(p, 0.999), 5);
      });
    }
  });
});

describe('the graph of agents', () => {
  test('OASIS-72: ties are added, removed, listed, counted and drawn, and follow what agents do', async () => {
    const parameters = { intercept: 0, followShare: 0.6, unfollowShare: 0.4, postShare: 0.5 };
    const records = await runOf(gatherOasis(businessFile), 'graph', { policies: [{ share: 1, rules: parameters }] });
    const { population } = records;
    const expected = new Set<string>();
    for (let agent = 0; agent < population.count; agent++) {
      const row = population.followee.subarray(population.followOffset[agent], population.followOffset[agent + 1]);
      for (const one of row) expected.add(`${agent}>${one}`);
    }
    let [added, removed] = [0, 0];
    for (const { intentCount, verb, actor, target, outcome } of records.ticks()) {
      for (let i = 0; i < intentCount; i++) {
        if (outcome[i] !== outcomes.granted) continue;
        if (verb[i] === verbs.follow) {
          expected.add(`${actor[i]}>${target[i]}`);
          added++;
        }
        if (verb[i] === verbs.unfollow) {
          expect(expected.delete(`${actor[i]}>${target[i]}`)).toBe(true);
          removed++;
        }
      }
    }
    expect(Math.min(added, removed)).toBeGreaterThan(10);
    const { source, target } = readFollows(records);
    expect(new Set(Array.from(source, (one, i) => `${one}>${target[i]}`))).toEqual(expected);
    const { snapshot } = await stateAt(records, 12, () => undefined);
    for (let agent = 0; agent < population.count; agent++) {
      const { agents } = cellsOfAgent(snapshot, population, agent);
      expect(agents['followeeCount'][0]).toBe(source.filter((one) => one === agent).length);
      expect(agents['followerCount'][0]).toBe(target.filter((one) => one === agent).length);
    }
    const { nodes, edges, files } = exportRun(records, 'gexf', 'follow', join(folder, 'exports'), { raw: false });
    expect([nodes, edges]).toEqual([111, expected.size]);
    expect(readFileSync(files[0], 'utf8').match(/<edge /g)).toHaveLength(expected.size);
  });
});
