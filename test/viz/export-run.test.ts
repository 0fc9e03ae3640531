/** Tests of `viz/export-run.ts`: other programs read the layers of a run, with the counts that naive counting gives. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../sim/ground/errors.ts';
import { externalId, profileOf } from '../../sim/world/population.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { exportRun } from '../../viz/export-run.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { drawTraits, marginal } from '../../sim/world/marginals.ts';
import { persona } from '../../sim/world/persona.ts';
import { replaceLog, smallRun } from '../sim/record/small-run.ts';
import { placementOf, smallPlan, smallPopulation } from '../sim/worlds.ts';
import { hasNetworkx, readBack, skipReason } from './read-back.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { ExportLayer } from '../../viz/export-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const layers = ['follow', 'reply', 'repost'] as const;
const verbsOf = { reply: [verbs.reply], repost: [verbs.repost, verbs.quote] } as const;

let records: Records;
beforeAll(async () => {
  await smallRun(join(folder, 'run'), { agents: 120, ticks: 30, seed: 11 });
  records = openRecords(join(folder, 'run'));
});

/** Edges of a layer by 'source>target' of external ids with their weights, counted with a Map; and posts an agent wrote. */
function countNaively(layer: Exclude<ExportLayer, 'coaction'>): {
  edges: Map<string, number>;
  posts: Map<string, number>;
  selfCount: number;
} {
  const { ids, count, followOffset, followee } = records.population;
  const name = (agent: number): string => externalId(ids, agent);
  const authors: string[] = [''];
  const edges = new Map<string, number>();
  const posts = new Map<string, number>();
  let selfCount = 0;
  const add = (source: string, target: string): void => {
    if (source === target) selfCount++;
    else edges.set(`${source}>${target}`, (edges.get(`${source}>${target}`) ?? 0) + 1);
  };
  if (layer === 'follow') {
    for (let agent = 0; agent < count; agent++) {
      for (const one of followee.subarray(followOffset[agent], followOffset[agent + 1])) add(name(agent), name(one));
    }
  }
  for (const { intentCount, actor, verb, target, outcome, result } of records.ticks()) {
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted) continue;
      const agent = name(actor[i]);
      if (result[i] > 0) {
        authors[result[i]] = agent;
        posts.set(agent, (posts.get(agent) ?? 0) + 1);
      }
      if (layer !== 'follow') {
        if ((verbsOf[layer] as readonly number[]).includes(verb[i])) add(agent, authors[target[i]] ?? '');
      } else if (verb[i] === verbs.follow) add(agent, name(target[i]));
      else if (verb[i] === verbs.unfollow) edges.delete(`${agent}>${name(target[i])}`);
    }
  }
  return { edges, posts, selfCount };
}

/** Cells of a file whose cells hold no comma and no line end. */
function cellsOf(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}

describe.each(layers)('exportRun, layer %s', (layer) => {
  it.skipIf(!hasNetworkx).each(['gexf', 'graphml'] as const)(
    `exportRun: networkx reads all agents of a %s file, their attributes, and the edges that naive counting gives${skipReason}`,
    (format) => {
      const directory = join(folder, `${format}-${layer}`);
      const summary = exportRun(records, format, layer, directory, { raw: false });
      expect(summary.files).toEqual([join(directory, `${layer}.${format}`)]);
      const read = readBack(summary.files[0] ?? '');
      const { edges, posts } = countNaively(layer);
      expect(read).toMatchObject({ directed: true, nodeCount: 120, edgeCount: edges.size });
      expect(summary).toMatchObject({ nodes: 120, edges: edges.size });
      const weights = read.edges.map(([source, target, { weight }]) => [`${source}>${target}`, weight ?? 1]);
      expect(new Map(weights as [string, number][])).toEqual(edges);
      const { ids, profile, wakesPerDay } = records.population;
      const follows = [...countNaively('follow').edges.keys()].map((edge) => edge.split('>'));
      for (const [ordinal, [id, attributes]] of read.nodes.entries()) {
        expect(id).toBe(externalId(ids, ordinal));
        expect(attributes).toEqual({
          ...{ label: id, ordinal, posts: posts.get(id) ?? 0, profile: profile[ordinal] },
          followers: follows.filter(([, target]) => target === id).length,
          followees: follows.filter(([source]) => source === id).length,
          wakes_per_day: wakesPerDay[ordinal],
        });
      }
    },
  );

  it('exportRun: csv holds the same nodes and edges, each edge with an id of its own', () => {
    const directory = join(folder, `csv-${layer}`);
    const summary = exportRun(records, 'csv', layer, directory, { raw: true });
    expect(summary.files.map((file) => basename(file))).toEqual([`${layer}-nodes.csv`, `${layer}-edges.csv`]);
    const [nodes, edges] = summary.files.map(cellsOf);
    expect(nodes[0].join()).toBe('Id,Label,ordinal,followers,followees,posts,profile,wakes_per_day');
    expect(nodes.length).toBe(121);
    const counted = countNaively(layer).edges;
    const written = edges.slice(1).map(([, source, target, , weight]) => [`${source}>${target}`, Number(weight ?? 1)]);
    expect(new Map(written as [string, number][])).toEqual(counted);
    expect(edges.slice(1).map(([id]) => id)).toEqual(Array.from({ length: counted.size }, (_, k) => `e${k}`));
  });

  it('exportRun: twice the same records, twice the same bytes, and no file beside them', () => {
    for (const format of ['gexf', 'graphml', 'csv'] as const) {
      const [one, two] = ['once', 'twice'].map((name) => join(folder, `${name}-${format}-${layer}`));
      exportRun(records, format, layer, one, { raw: false });
      exportRun(openRecords(records.directory), format, layer, two, { raw: false });
      expect(readdirSync(one).length).toBe(format === 'csv' ? 2 : 1);
      for (const file of readdirSync(one)) {
        expect(readFileSync(join(one, file))).toEqual(readFileSync(join(two, file)));
      }
    }
  });
});

describe('exportRun', () => {
  it('exportRun: edges from an agent to itself are left out and counted in a warning', async () => {
    const directory = join(folder, 'self');
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    const { post, reply } = verbs;
    const [first, second] = [
      [{ actor: 1, verb: post, result: 1 }],
      [
        { actor: 0, verb: reply, target: 1, result: 2 },
        { actor: 1, verb: reply, target: 1, result: 3 },
        { actor: 1, sequence: 1, verb: reply, target: 2, result: 4 },
      ],
    ];
    await replaceLog(directory, [{ intents: first }, { intents: second }]);
    const summary = exportRun(openRecords(directory), 'csv', 'reply', join(directory, 'exports'), { raw: false });
    expect(summary).toMatchObject({ nodes: 3, edges: 2 });
    expect(summary.warnings).toEqual(['reply: left out, from an agent to itself: 1']);
  });

  it('exportRun: an id that a spreadsheet would compute gets an apostrophe, unless raw is asked for', async () => {
    const directory = join(folder, 'formulas');
    await smallRun(directory, { agents: 3, ticks: 2, seed: 5, followsMean: 1, ids: ['=1+1', 'b', 'c'] });
    const nodesOf = (raw: boolean): string[] => {
      const { files } = exportRun(openRecords(directory), 'csv', 'follow', join(directory, String(raw)), { raw });
      return cellsOf(files[0] ?? '').map(([id]) => id ?? '');
    };
    expect(nodesOf(false)).toContain("'=1+1");
    expect(nodesOf(true)).toContain('=1+1');
  });

  it('exportRun: ids that XML cannot hold are named in a warning, and refused when two become one', async () => {
    const named = async (name: string, ids: string[]): Promise<Records> => {
      await smallRun(join(folder, name), { agents: 3, ticks: 1, seed: 5, followsMean: 1, ids });
      return openRecords(join(folder, name));
    };
    const apart = await named('apart', ['a\u0001', 'b', 'c']);
    const { warnings } = exportRun(apart, 'gexf', 'follow', join(folder, 'apart-out'), { raw: false });
    expect(warnings).toEqual(['the ids of 1 agents hold characters that XML cannot hold; these were left out']);
    const joined = await named('joined', ['a\u0001', 'a', 'c']);
    const out = join(folder, 'joined-out');
    expect(() => exportRun(joined, 'graphml', 'follow', out, { raw: false })).toThrow('INPUT_DUPLICATE_ID');
    expect(exportRun(joined, 'csv', 'follow', out, { raw: false }).warnings).toEqual([]);
  });

  it('exportRun: what agents are stands beside each node, and in agents.csv with each of them in words', async () => {
    const directory = join(folder, 'traits');
    const population = smallPopulation({ agents: 40 });
    const tables = [marginal('region', ['north', '=1+1'], [0.5, 0.5]), marginal('posts', [[5, 9]], [1])];
    const people = { ...population, traits: drawTraits(3, population, tables) };
    await recordRun({
      compiled: { plan: smallPlan({ ticks: 2 }), population: people },
      placement: placementOf(),
      directory,
      source: { name: 'traits.ts', sha256: '' },
      exposureSampleShare: 0,
    });
    const recorded = openRecords(directory);
    const { files } = exportRun(recorded, 'csv', 'follow', join(directory, 'raw'), { raw: true });
    expect(files.map((file) => basename(file))).toEqual(['follow-nodes.csv', 'follow-edges.csv', 'agents.csv']);
    const [nodes, , agents] = files.map(cellsOf);
    expect(nodes[0].slice(-2)).toEqual(['region', 'trait-posts']);
    expect(agents[0].join()).toBe('agent,policy,wakes_per_day,region,trait-posts,persona');
    for (let agent = 0; agent < 40; agent++) {
      const values = [profileOf(people, agent, 'region'), String(profileOf(people, agent, 'posts'))];
      expect(nodes[agent + 1].slice(-2)).toEqual(values);
      expect(agents[agent + 1].slice(3, 5)).toEqual(values);
      expect(agents[agent + 1].slice(5).join()).toContain(persona(people, agent).split(',')[0]);
    }
    const safe = exportRun(recorded, 'csv', 'follow', join(directory, 'safe'), { raw: false });
    const regions = cellsOf(safe.files[2] ?? '').map((row) => row[3]);
    expect(new Set(regions.slice(1))).toEqual(new Set(['north', "'=1+1"]));
    const drawn = exportRun(recorded, 'gexf', 'follow', join(directory, 'drawn'), { raw: false });
    expect(readFileSync(drawn.files[0] ?? '', 'utf8')).toContain('trait-posts');
  });

  it('exportRun: a name that is a path is refused before anything is written', () => {
    for (const name of ['../out', 'a/b', '.hidden', '', 'a\u0000']) {
      const write = (): unknown => exportRun(records, 'csv', 'follow', join(folder, 'named'), { raw: false, name });
      expect(write).toThrow(InputError);
    }
    expect(readdirSync(folder)).not.toContain('named');
    const { files } = exportRun(records, 'gexf', 'reply', join(folder, 'named'), { raw: false, name: 'My-run_1.2' });
    expect(files).toEqual([join(folder, 'named', 'My-run_1.2.gexf')]);
  });

  it('exportRun: a directory that cannot be made is the user’s to mend', () => {
    writeFileSync(join(folder, 'a-file'), '');
    const write = (): unknown => exportRun(records, 'csv', 'reply', join(folder, 'a-file/exports'), { raw: false });
    expect(write).toThrow('INPUT_DISK');
  });
});
