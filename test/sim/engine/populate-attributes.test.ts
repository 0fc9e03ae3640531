/**
 * What agents are, from tables and from files: topics that an attribute names, columns of a CSV as attributes, and OASIS's Reddit users from
 * their file through an import into personas.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { gatherOasis } from '../../../sim/import/oasis.ts';
import { writePopulationFiles } from '../../../sim/import/population-files.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { persona } from '../../../sim/world/persona.ts';
import { externalId, profileOf } from '../../../sim/world/population.ts';
import { topicOf } from '../../../sim/world/posts.ts';
import { filesFolder, problemsOf } from '../import/folder.ts';
import type { Population } from '../../../sim/world/population.ts';

const write = filesFolder();

function populationOf(population: object, find: (relative: string) => string = () => ''): Population {
  const given = { version: 1, name: 'made', seed: 9, ticks: 3, population };
  return compileScenario(scenarioOf(documentOf(given, 'scenario')), find).population;
}

const joint = {
  names: ['opinion', 'topic'],
  rows: [
    { values: [[-10, -1], 'rent'], share: 0.45 },
    { values: [[-10, -1], 'taxes'], share: 0.05 },
    { values: [[1, 10], 'taxes'], share: 0.5 },
  ],
};

describe('topicsBy', () => {
  const generated = { kind: 'generated', agents: 1200, focusShare: 0.9, attributes: [joint], topicsBy: 'topic' };

  test('populate: interests lean to the topic that the attribute names, and to no other', () => {
    const population = populationOf(generated);
    const boards = new Map<unknown, Set<number>>();
    for (let agent = 0; agent < 1200; agent++) {
      const topic = profileOf(population, agent, 'topic');
      boards.set(topic, (boards.get(topic) ?? new Set()).add(topicOf(population.interest, agent * topicCount)));
    }
    expect(new Map([...boards].map(([topic, own]) => [topic, own.size]))).toEqual(
      new Map([
        ['rent', 1],
        ['taxes', 1],
      ]),
    );
    expect(boards.get('rent')).not.toEqual(boards.get('taxes'));
  });

  test('populate: a joint table keeps shares of combinations; none that it leaves out occurs', () => {
    const population = populationOf(generated);
    const count = (isNegative: boolean, topic: string): number =>
      Array.from({ length: 1200 }, (_, agent) => agent).filter(
        (agent) =>
          Number(profileOf(population, agent, 'opinion')) < 0 === isNegative &&
          profileOf(population, agent, 'topic') === topic,
      ).length;
    for (const { values, share } of joint.rows) {
      const found = count((values[0] as number[])[0] < 0, values[1] as string);
      expect(Math.abs(found - 1200 * share)).toBeLessThan(4 * Math.sqrt(1200 * share * (1 - share)));
    }
    expect(count(false, 'rent')).toBe(0);
  });

  test('populate: topics by an attribute of numbers, of ten words, of no name or beside a profile are refused', () => {
    const words = { name: 'many', values: 'a b c d e f g h i j'.split(' '), shares: new Array<number>(10).fill(0.1) };
    const cases: [object, string][] = [
      [{ topicsBy: 'opinion' }, 'INPUT_DANGLING_REF'],
      [{ topicsBy: 'creed' }, 'INPUT_DANGLING_REF'],
      [{ attributes: [words], topicsBy: 'many' }, 'INPUT_TOO_LARGE'],
      [{ profile: 'oasis-x' }, 'INPUT_COMBINATION'],
    ];
    for (const [change, code] of cases) {
      expect(problemsOf(() => populationOf({ ...generated, ...change }))[0].code).toBe(code);
    }
  });
});

describe('attributes of files', () => {
  const follows = write('follows.csv', 'follower,followee\n1,2\n');
  const populationFrom = (agents: string, attributes: readonly string[]): Population =>
    populationOf({ kind: 'files', agents: 'a', follows: 'f', attributes }, (relative) =>
      relative === 'a' ? write(`agents-${agents.length}.csv`, agents) : follows,
    );
  const table = 'agent,age,camp,note\n1,30,left,x\n2,41,"right, far",y\n3,9,left,z\n';
  const rowsOf = (population: Population): string[] =>
    Array.from({ length: population.count }, (_, agent) =>
      [
        externalId(population.ids, agent),
        profileOf(population, agent, 'age'),
        profileOf(population, agent, 'camp'),
      ].join(),
    ).sort();

  test('populate: columns of whole numbers are numbers, others words, and the order of rows changes nothing', () => {
    const population = populationFrom(table, ['age', 'camp']);
    expect(rowsOf(population)).toEqual(['1,30,left', '2,41,right, far', '3,9,left']);
    expect(population.traits?.map(({ name, labels }) => [name, labels])).toEqual([
      ['age', undefined],
      ['camp', ['left', 'right, far']],
    ]);
    const [head, ...rows] = table.trimEnd().split('\n');
    const turned = populationFrom([head, ...rows.toReversed()].join('\n') + '\n', ['age', 'camp']);
    expect(turned.traits).toEqual(population.traits);
  });

  test('populate: columns that are missing, empty, too long, named twice or no attribute are refused', () => {
    const cases: [string, readonly string[], string, number | undefined][] = [
      [table, ['creed'], 'INPUT_HEADER', 1],
      [`${table}4,,left,w\n`, ['age'], 'INPUT_REQUIRED', 5],
      [`${table}4,5,${'l'.repeat(65)},w\n`, ['camp'], 'INPUT_TOO_LARGE', 5],
      [table, ['age', 'age'], 'INPUT_DUPLICATE_ID', undefined],
      [table, ['agent'], 'INPUT_DUPLICATE_ID', undefined],
    ];
    for (const [agents, attributes, code, line] of cases) {
      const [problem] = problemsOf(() => populationFrom(agents, attributes));
      expect([problem.code, problem.place?.line]).toEqual([code, line]);
    }
  });

  test('import oasis: Reddit users come out of their JSON with age, gender, type, country and profession, and in words', () => {
    const users = ['Finance', 'Hospitality & Tourism, mostly', 'Health Science'].map((profession, i) => ({
      ...{
        realname: 'R',
        username: `u${i}`,
        bio: '=b',
        persona: 'p',
        age: 20 + i,
        gender: i === 1 ? 'female' : 'male',
      },
      ...{ mbti: 'ESTJ', country: 'UK', profession },
    }));
    const people = gatherOasis(write('users.json', JSON.stringify(users)));
    const folder = join(follows, '..', 'reddit');
    writePopulationFiles(folder, people);
    const attributes = ['age', 'gender', 'mbti', 'country', 'profession'];
    const files = { kind: 'files', agents: 'population/agents.csv', follows: 'population/follows.csv', attributes };
    const population = populationOf(files, (relative) => join(folder, relative));
    const agent = Array.from({ length: 3 }, (_, i) => i).find((one) => externalId(population.ids, one) === '1') ?? -1;
    expect(attributes.map((name) => profileOf(population, agent, name))).toEqual([
      ...[21, 'female', 'ESTJ', 'UK', 'Hospitality & Tourism, mostly'],
    ]);
    expect(persona(population, agent)).toMatch(
      /^A 21-year-old woman from the United Kingdom .*hospitality and tourism/,
    );
  });
});
