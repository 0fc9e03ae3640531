/**
 * Populations of scenarios: each kind of graph is the generator's own, interests and ties follow topics, files are read whatever the
 * order of their rows, and what cannot be is refused with its field.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { populate } from '../../../sim/engine/populate.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { digestPopulation } from '../../../sim/record/genesis.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { barabasiAlbertGraph } from '../../../sim/social-graph/generators/barabasi-albert.ts';
import { erdosRenyiGraph } from '../../../sim/social-graph/generators/erdos-renyi.ts';
import { forestFireGraph } from '../../../sim/social-graph/generators/forest-fire.ts';
import { wattsStrogatzGraph } from '../../../sim/social-graph/generators/watts-strogatz.ts';
import { configurationGraph } from '../../../sim/social-graph/generators/configuration.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { profileOf } from '../../../sim/world/population.ts';
import { smallRun } from '../record/small-run.ts';
import { expectSound } from '../social-graph/generators/graph-checks.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { ScenarioData } from '../../../sim/scenario/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-populate-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), lines.join('\n') + '\n');
  return name;
}

const find = (relative: string): string => join(folder, relative);
const agents = 1500;

function scenarioWith(population: object, changes: object = {}): ScenarioData {
  const given = { version: 1, name: 'made', seed: 21, ticks: 5, ...changes };
  return scenarioOf(documentOf({ ...given, population: { kind: 'generated', agents, ...population } }, 'scenario'));
}

/** The population in the order of its generator, not yet of keys. */
function drawn(population: object, changes: object = {}): Population {
  return populate(scenarioWith(population, changes), find).population;
}

function codesOf(attempt: () => unknown): string[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ code, found }) => `${code} ${found}`);
    throw error;
  }
  return [];
}

function inDegrees({ count, followee }: Population): Int32Array {
  const degrees = new Int32Array(count);
  for (const one of followee) degrees[one]++;
  return degrees;
}

function outDegrees({ count, followOffset }: Population): Int32Array {
  return Int32Array.from({ length: count }, (_, agent) => followOffset[agent + 1] - followOffset[agent]);
}

describe('graphs of scenarios', () => {
  test('populate: erdos-renyi, barabasi-albert, watts-strogatz, forest-fire and configuration are the generators’ graphs', () => {
    const power = { outExponent: 2.2, outMost: 200, inExponent: 2.3, inMost: 500 };
    const cases = [
      [{ kind: 'erdos-renyi' }, erdosRenyiGraph(21, agents, { followsMean: 12 })],
      [
        { kind: 'erdos-renyi', reciprocatedShare: 0.5 },
        erdosRenyiGraph(21, agents, { followsMean: 12, reciprocatedShare: 0.5 }),
      ],
      [
        { kind: 'barabasi-albert', followsPerNewcomer: 4, reciprocatedShare: 0.25 },
        barabasiAlbertGraph(21, agents, { followsPerNewcomer: 4, reciprocatedShare: 0.25 }),
      ],
      [
        { kind: 'watts-strogatz', neighbourCount: 8, rewiredShare: 0.2, reciprocatedShare: 0.5 },
        wattsStrogatzGraph(21, agents, { neighbourCount: 8, rewiredShare: 0.2, reciprocatedShare: 0.5 }),
      ],
      [
        { kind: 'forest-fire', forwardShare: 0.3, backwardRatio: 0.2, ambassadorCount: 2, followsMost: 50 },
        forestFireGraph(21, agents, { forwardShare: 0.3, backwardRatio: 0.2, ambassadorCount: 2, followsMost: 50 }),
      ],
      [{ kind: 'configuration', ...power }, configurationGraph(21, agents, { followsMean: 12, ...power })],
    ] as const;
    for (const [graph, rows] of cases) {
      const made = drawn({ graph, followsMean: 12 });
      expectSound(made, agents);
      expect(made.followee.length).toBeGreaterThan(agents);
      expect([...made.followOffset]).toEqual([...rows.followOffset]);
      expect([...made.followee]).toEqual([...rows.followee]);
    }
  });

  test('populate: audience, said or unsaid, is what a population without graphs is', () => {
    const said = compileScenario(scenarioWith({ graph: { kind: 'audience' } }), find).population;
    const unsaid = compileScenario(scenarioWith({}), find).population;
    expect(hexOf(digestPopulation(said))).toBe(hexOf(digestPopulation(unsaid)));
  });

  test('populate: blocks are main topics, or the values of an attribute, and homophily keeps ties inside them', () => {
    const attributes = [{ name: 'region', values: ['n', 's', 'w'], shares: [0.2, 0.3, 0.5] }];
    const graph = { kind: 'stochastic-block', by: 'region', reciprocatedShare: 0.4 };
    const made = drawn({ attributes, graph, followsMean: 16, homophilyShare: 0.75 });
    expectSound(made, agents);
    const insideShare = (blockOf: (agent: number) => unknown, { followOffset, followee }: Population): number => {
      let inside = 0;
      for (let agent = 0; agent < agents; agent++) {
        const row = followee.subarray(followOffset[agent], followOffset[agent + 1]);
        for (const one of row) if (blockOf(one) === blockOf(agent)) inside++;
      }
      return inside / followee.length;
    };
    // Three quarters by choice, and of the rest the expected share of an own block, 0.04 + 0.09 + 0.25.
    expect(insideShare((agent) => profileOf(made, agent, 'region'), made)).toBeCloseTo(0.75 + 0.25 * 0.38, 1);
    expect(made.followee.length / agents).toBeCloseTo(16, 0);
    const byTopic = drawn({ graph: { kind: 'stochastic-block' }, followsMean: 16, homophilyShare: 1, focusShare: 1 });
    const direction = (agent: number): string =>
      byTopic.interest.subarray(agent * topicCount, (agent + 1) * topicCount).join(' ');
    expect(insideShare(direction, byTopic)).toBe(1);
  });
});

describe('OASIS-71: the network sampler', () => {
  test.each([
    ['with a profile', { profile: 'oasis-x' }],
    ['with a profile of nine topics', { profile: 'oasis-x', profileTopicCount: 9 }],
    ['alone', {}],
  ])(
    'OASIS-71: %s, out-degrees are 0.2 x the stars in one’s two topics, and nobody follows ordinary agents',
    (_, who) => {
      const population = drawn({ agents: 6000, graph: { kind: 'star-topic' }, ...who });
      const core = 196;
      const degrees = outDegrees(population);
      const topicsOf = (agent: number): unknown[] =>
        ['topic-1', 'topic-2'].map((name) => profileOf(population, agent, name));
      const stars = new Map<unknown, number>();
      for (let agent = 0; agent < core; agent++) {
        const [topic] = topicsOf(agent);
        stars.set(topic, (stars.get(topic) ?? 0) + 1);
      }
      let [degree, expected, variance] = [0, 0, 0];
      for (let agent = core; agent < 6000; agent++) {
        const reach = topicsOf(agent).reduce<number>((sum, topic) => sum + (stars.get(topic) ?? 0), 0);
        degree += degrees[agent];
        expected += 0.2 * reach;
        variance += 0.2 * 0.8 * reach;
        const row = population.followee.subarray(population.followOffset[agent], population.followOffset[agent + 1]);
        for (const one of row) expect(topicsOf(agent)).toContain(topicsOf(one)[0]);
      }
      expect(Math.abs(degree - expected)).toBeLessThan(4 * Math.sqrt(variance));
      expect(expected / 5804).toBeGreaterThan(5);
      expect([...degrees.subarray(0, core)]).toEqual(new Array<number>(core).fill(0));
      const followers = inDegrees(population);
      expect(followers.subarray(core).every((count) => count === 0)).toBe(true);
      // Heavy only as a whole: 3 % of agents have all followers.
      expect(Math.max(...followers.subarray(0, core)) / (population.followee.length / 6000)).toBeGreaterThan(20);
    },
  );

  test('OASIS-71: core agents are those who post as sources', () => {
    const sources = { count: 30, everyTicks: 0 };
    const scenario = scenarioWith({ graph: { kind: 'star-topic', coreCount: 20 }, idPrefix: 'u' }, { sources });
    const { interventions } = populate(scenario, find);
    const authors = new Set(interventions.map(({ agent }) => agent));
    expect(authors).toEqual(new Set(Array.from({ length: 20 }, (_, i) => `u${i}`)));
  });
});

describe('graphs like an observed one', () => {
  const ring = Array.from({ length: 60 }, (_, i) => [`n${i},n${(i + 1) % 60}`, `n${i},n${(i + 7) % 60}`]).flat();
  const hub = Array.from({ length: 40 }, (_, i) => `n${i + 2},n0`).filter((tie) => !ring.includes(tie));
  const ties = [...ring, ...hub];
  const blocks = Array.from({ length: 60 }, (_, i) => `n${i},${i < 30 ? 'a' : 'b'}`);

  test.each(['configuration', 'degree-corrected'])(
    'populate: %s has the degrees of a CSV, whatever the order of its rows',
    (kind) => {
      const like = write(`${kind}.csv`, ['follower,followee', ...ties]);
      const reversed = write(`${kind}-reversed.csv`, ['follower,followee', ...ties.toReversed()]);
      const made = drawn({ agents: 60, graph: { kind, like } });
      expectSound(made, 60);
      const again = drawn({ agents: 60, graph: { kind, like: reversed } });
      expect([...again.followee]).toEqual([...made.followee]);
      const sum = (column: Int32Array): number => column.reduce((total, one) => total + one, 0);
      const lost = ties.length - made.followee.length;
      expect(lost).toBeLessThan(kind === 'configuration' ? 0.15 * ties.length : 1);
      expect(Math.abs(Math.max(...inDegrees(made)) - (2 + hub.length))).toBeLessThanOrEqual(lost);
      expect(sum(outDegrees(made))).toBe(made.followee.length);
      const larger = drawn({ agents: 600, graph: { kind, like } });
      expectSound(larger, 600);
      expect(larger.followee.length / 600).toBeCloseTo(ties.length / 60, 0);
    },
  );

  test('populate: blocks of a CSV keep their ties to each other', () => {
    const inside = ties.filter((tie) => sameHalf(tie));
    const [made, again] = [
      {
        like: write('blocked.csv', ['follower,followee', ...inside]),
        blocks: write('blocks.csv', ['agent,block', ...blocks]),
      },
      {
        like: write('blocked-reversed.csv', ['follower,followee', ...inside.toReversed()]),
        blocks: write('blocks-reversed.csv', ['agent,block', ...blocks.toReversed()]),
      },
    ].map((files) => drawn({ agents: 60, graph: { kind: 'degree-corrected', ...files } }));
    expect([...again.followee]).toEqual([...made.followee]);
    // No tie runs between the blocks, so that nobody can reach both.
    const parts = componentSizes(made);
    expect(Math.max(...parts)).toBeLessThanOrEqual(30);
    expect(made.followee.length).toBe(inside.length);
  });

  test('populate: the records of a run are a graph to be like', async () => {
    mkdirSync(join(folder, 'run'), { recursive: true });
    await smallRun(join(folder, 'run'), { agents: 150, ticks: 2, seed: 4 });
    const made = drawn({ agents: 150, graph: { kind: 'degree-corrected', like: 'run/manifest.json' } });
    expectSound(made, 150);
    expect(made.followee.length).toBeGreaterThan(300);
  });

  test('populate: a graph’s file is refused with its place', () => {
    const like = write('self.csv', ['follower,followee', 'a,b', 'a,a']);
    const graph = { kind: 'degree-corrected', like };
    expect(codesOf(() => drawn({ graph }))[0]).toMatch(/^INPUT_SELF_FOLLOW/);
    const blocked = {
      ...graph,
      like: write('ab.csv', ['follower,followee', 'a,b']),
      blocks: write('a.csv', ['agent,block', 'a,x']),
    };
    expect(codesOf(() => drawn({ graph: blocked }))[0]).toMatch(/^INPUT_DANGLING_REF.*b/);
  });
});

function sameHalf(tie: string): boolean {
  const [a, b] = tie.split(',').map((id) => Number(id.slice(1)) < 30);
  return a === b;
}

function componentSizes({ count, followOffset, followee }: Population): number[] {
  const root = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => (root[i] === i ? i : rootOf(root[i]));
  for (let agent = 0; agent < count; agent++) {
    for (const one of followee.subarray(followOffset[agent], followOffset[agent + 1]))
      root[rootOf(agent)] = rootOf(one);
  }
  const roots = root.map((_, i) => rootOf(i));
  return [...new Set(roots)].map((one) => roots.filter((other) => other === one).length);
}

describe('attributes of scenarios', () => {
  test('populate: attributes change neither ties nor activity; a profile changes interests, and they match its topics', () => {
    const plain = drawn({});
    const attributes = [
      { name: 'region', values: ['n', 's'], shares: [0.5, 0.5] },
      {
        names: ['income', 'car'],
        rows: [
          { values: [[0, 10], 'no'], share: 0.5 },
          { values: [[11, 90], 'yes'], share: 0.5 },
        ],
      },
    ];
    const told = drawn({ attributes });
    expect([...told.followee]).toEqual([...plain.followee]);
    expect([...told.interest]).toEqual([...plain.interest]);
    expect(told.traits?.map(({ name }) => name)).toEqual(['region', 'income', 'car']);
    const like = drawn({ profile: 'oasis-reddit', focusShare: 1 });
    expect([...like.wakesPerDay]).toEqual([...plain.wakesPerDay]);
    const names = [
      'Economics',
      'Information Technology',
      'Culture & Society',
      'General News',
      'Politics',
      'Business',
      'Fun',
    ];
    for (let agent = 0; agent < agents; agent++) {
      const own = like.interest.subarray(agent * topicCount, (agent + 1) * topicCount);
      const strong = names.filter((_, topic) => own[topic] > 60);
      const topics = ['topic-1', 'topic-2', 'topic-3'].map((name) => profileOf(like, agent, name));
      expect(topics.filter((topic) => topic !== 'none')).toEqual(strong);
    }
  });

  const bad: [string, object, RegExp][] = [
    [
      'shares that miss 1',
      { attributes: [{ name: 'a', values: ['x', 'y'], shares: [0.5, 0.4] }] },
      /^INPUT_SUM .*0\.9/,
    ],
    [
      'a share too few',
      { attributes: [{ name: 'a', values: ['x', 'y'], shares: [1] }] },
      /^INPUT_COMBINATION .*2 values and 1/,
    ],
    [
      'words among numbers',
      { attributes: [{ name: 'a', values: ['x', [1, 2]], shares: [0.5, 0.5] }] },
      /^INPUT_COMBINATION/,
    ],
    ['a bin from its end', { attributes: [{ name: 'a', values: [[2, 1]], shares: [1] }] }, /^INPUT_COMBINATION/],
    [
      'one name twice',
      {
        attributes: [
          { name: 'a', values: ['x'], shares: [1] },
          { name: 'a', values: ['x'], shares: [1] },
        ],
      },
      /^INPUT_DUPLICATE_ID/,
    ],
    [
      'a row too short',
      { attributes: [{ names: ['a', 'b', 'c'], rows: [{ values: ['x', 'y'], share: 1 }] }] },
      /^INPUT_COMBINATION/,
    ],
    [
      'a profile’s name',
      { profile: 'oasis-x', attributes: [{ name: 'age', values: ['x'], shares: [1] }] },
      /^INPUT_DUPLICATE_ID/,
    ],
    ['nine topics of nothing', { profileTopicCount: 9 }, /^INPUT_COMBINATION/],
    ['blocks by no attribute', { graph: { kind: 'stochastic-block', by: 'a' } }, /^INPUT_DANGLING_REF/],
    [
      'blocks by numbers',
      { profile: 'oasis-x', graph: { kind: 'stochastic-block', by: 'age' } },
      /^INPUT_DANGLING_REF.*numbers/,
    ],
    ['no agent beside the core', { agents: 10, graph: { kind: 'star-topic', coreCount: 10 } }, /^INPUT_COMBINATION/],
    ['an odd ring', { graph: { kind: 'watts-strogatz', neighbourCount: 3 } }, /^INPUT_FIELD_RANGE/],
    ['an unknown graph', { graph: { kind: 'erdos-reny' } }, /^INPUT_UNKNOWN_NAME/],
  ];
  test.each(bad)('populate: %s is refused', (_, population, message) => {
    expect(codesOf(() => drawn(population))[0]).toMatch(message);
  });
});
