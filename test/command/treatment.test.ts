/** Treatments of forks by agent, post, community and world: who is dealt what, and what pairs of worlds say of it. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { forkCommand } from '../../scenarios/command/fork.ts';
import { assign, compareTreated, readAssignments } from '../../scenarios/command/treatment.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  const size = ['--agents', '200', '--ticks', '24', '--index', 'none', '--set', 'population.wakesPerDayMean=300'];
  for (const seed of [1, 2])
    await objectOf(['run', 'information-spreading', ...size, '--seed', String(seed), '--out', `whole/${seed}`], folder);
  const verbs = ['--set', 'verbs=[post,reply,repost,quote,like,follow,unfollow,rest]'];
  const rests = ['--intervene', 'treat:by=agent,share=0.5,verb=rest,amount=24'];
  for (const seed of [1, 2]) {
    const fork = { at: 8, set: [verbs[1]], checkpointTicks: 0, workers: 1, json: true };
    await forkCommand(at(`whole/${seed}`), { ...fork, intervene: [rests[1]], out: at(`rest/${seed}`) });
  }
}, 60_000);

describe('assign', () => {
  test('units are all agents, all posts before the fork, communities that part the agents, or one world', () => {
    const records = openRecords(at('whole/1'));
    const dealing = { form: 'treat', share: 0.25, at: 8, place: 0 };
    const agents = assign(records, { ...dealing, by: 'agent' });
    expect(agents.units.filter(({ isTreated }) => isTreated)).toHaveLength(50);
    expect(assign(records, { ...dealing, by: 'agent' })).toEqual(agents);
    expect(assign(records, { ...dealing, by: 'agent', place: 1 })).not.toEqual(agents);
    const communities = assign(records, { ...dealing, by: 'community' });
    const members = communities.units.flatMap((unit) => unit.members).sort((a, b) => a - b);
    expect(members).toEqual(Array.from({ length: 200 }, (_, agent) => agent));
    expect(communities.units.length).toBeGreaterThan(1);
    expect(assign(records, { ...dealing, by: 'world' }).units).toMatchObject([{ name: 'seed-1' }]);
    const posts = assign(records, { ...dealing, by: 'post' }).units;
    expect(posts.length).toBeGreaterThan(4);
    expect(new Set(posts.map(({ name }) => name)).size).toBe(posts.length);
    expect(() => assign(records, { ...dealing, by: 'post', at: 0 })).toThrow(/no post of before tick 0/);
  });
});

describe('compareTreated', () => {
  const pairs = () =>
    [1, 2].map((seed) => ({ control: openRecords(at(`whole/${seed}`)), treated: openRecords(at(`rest/${seed}`)) }));

  test('agents who are made to rest act less than they did untreated, the others about as much, in every pair', () => {
    const [treated, others, contrast] = compareTreated(pairs());
    expect(treated).toMatchObject({ by: 'agent', contrast: 'treated', units: 400, pairs: 2 });
    expect(treated.difference).toBeLessThan(-0.3);
    expect(Math.abs(others.difference ?? Number.NaN)).toBeLessThan(Math.abs(treated.difference ?? 0) / 3);
    expect(contrast.difference).toBeCloseTo((treated.difference ?? 0) - (others.difference ?? 0), 12);
  });

  test('a world beside itself has no difference, and compare --paired prints the treatment', async () => {
    const [{ treated }] = pairs();
    const [same] = compareTreated([{ control: treated, treated }]);
    expect(same).toMatchObject({ difference: 0, interval: null });
    expect(readAssignments(at('whole/1'))).toEqual([]);
    const { stdout, status } = await mesocosm(['compare', 'whole', 'rest', '--paired'], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/rest less whole, by pairs/);
    expect(stdout).toMatch(/treat:by=agent,share=0.5,verb=rest,amount=24, treated less others, acts an agent: -/);
  });
});
