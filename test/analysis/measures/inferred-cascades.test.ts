/** Inferred cascades: runs whose parents are on record, texts made by hand, and what stands where there is nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureInferred } from '../../../analysis/measures/inferred-cascades.ts';
import { run } from '../../../sim/index.ts';
import { readPosts } from '../../../sim/record/post-reader.ts';
import { postKinds } from '../../../sim/world/posts.ts';
import { adoptionScenario } from '../../fixtures/adoption-code.ts';
import { discussionRecords } from './discussion-records.ts';
import type { InferredMeasure } from '../../../analysis/measures/inferred-cascades.ts';
import type { Records } from '../../../sim/record/reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-inferred-'));
let records: Records;
let measured: InferredMeasure;

beforeAll(async () => {
  ({ records } = await run(adoptionScenario('simple', 3), { out: join(folder, 'run') }));
  measured = measureInferred(records, { seed: 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How often the recorded parent is the followee whose first share of the content came last before: posts looked through one by one. */
function agreementSlowly({ population, manifest }: Records, posts: ReturnType<typeof readPosts>): number {
  expect(manifest.counts.posts).toBe(posts.count);
  const follows = (from: number, to: number): boolean => {
    const { followOffset, followee } = population;
    return followee.subarray(followOffset[from], followOffset[from + 1]).includes(to);
  };
  let [asked, agreed] = [0, 0];
  for (let row = 0; row < posts.count; row++) {
    if (posts.kind[row] !== postKinds.repost) continue;
    const firsts = new Map<number, number>();
    for (let other = 0; other < posts.count; other++) {
      if (posts.root[other] === posts.root[row] && !firsts.has(posts.author[other]))
        firsts.set(posts.author[other], other);
    }
    if (firsts.get(posts.author[row]) !== row) continue;
    asked++;
    const before = [...firsts.values()].filter(
      (other) => posts.tick[other] < posts.tick[row] && follows(posts.author[row], posts.author[other]),
    );
    before.sort((a, b) => posts.tick[a] - posts.tick[b] || a - b);
    const parent = before.at(-1) ?? posts.root[row];
    if (posts.author[parent] === posts.author[posts.parent[row]]) agreed++;
  }
  return agreed / asked;
}

describe('measureInferred of a run', () => {
  test('the share of recorded parents that the latest rule finds is that of a search through all posts', () => {
    const posts = readPosts(records);
    expect(records.population.followee.length).toBeGreaterThan(1000);
    const [way] = measured.ways;
    const latest = way.rules.find(({ rule }) => rule === 'latest');
    expect(latest?.agreement).toBeCloseTo(agreementSlowly(records, posts), 12);
  });

  test('known parents: attribution agrees more often than hanging all on the first, and no more often than can be', () => {
    const [{ way, rules, reachableShare, explainedShare, truth, asked, count, sizes }] = measured.ways;
    expect(way).toBe('by follow');
    const of = (wanted: string): number => rules.find(({ rule }) => rule === wanted)?.agreement ?? Number.NaN;
    expect(asked).toBeGreaterThan(200);
    expect(of('latest')).toBeGreaterThan(of('root'));
    // Whom nobody followed had shared before hangs on the first share, which may be right as well.
    const most = (reachableShare ?? 0) + 1 - (explainedShare.value ?? 1);
    for (const rule of ['latest', 'earliest', 'equal']) expect(of(rule)).toBeLessThanOrEqual(most);
    expect(truth?.meanDepth).toBeGreaterThan(1);
    expect(sizes).toHaveLength(count);
    for (const { interval, agreement } of rules) {
      expect(interval?.[0]).toBeLessThanOrEqual(agreement ?? 0);
      expect(interval?.[1]).toBeGreaterThanOrEqual(agreement ?? 1);
    }
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
  });
});

describe('measureInferred of texts', () => {
  const recipe =
    'Feed the fern with one spoon of cold tea each week and turn it to the light now and then, it will thank you';

  test('one text by four agents: parents by who follows whom, near texts join, short ones do not count', () => {
    const records = discussionRecords({
      posts: [
        [0, 0],
        [5, 1],
        [9, 2],
        [12, 3],
        [13, 4],
        [14, 5],
      ],
      replies: [],
      texts: { 1: recipe, 2: recipe.toUpperCase(), 3: `${recipe} indeed`, 4: recipe, 5: 'Hello.', 6: 'hello' },
      follows: [
        [1, 0],
        [2, 1],
        [3, 1],
        [3, 2],
      ],
    });
    const { ways, warnings } = measureInferred(records, { seed: 1 });
    expect(ways.map(({ way }) => way)).toEqual(['by equal text', 'by near text']);
    const [equal, near] = ways;
    expect(equal).toMatchObject({
      ties: 'follow',
      count: 1,
      sizes: [3],
      depths: [2],
      shares: 3,
      asked: 2,
      truth: null,
    });
    expect(near).toMatchObject({ count: 1, sizes: [4], depths: [3], shares: 4, explainedShare: { value: 1 } });
    expect(near.rules.map(({ rule, maxDepth }) => [rule, maxDepth])).toEqual([
      ['latest', 3],
      ['earliest', 2],
      ['equal', expect.any(Number)],
      ['root', 1],
    ]);
    expect(warnings).toContain(
      'without recorded parents nothing tells which rule is right: what differs between rules is not known',
    );
  });

  test('nothing shared and no texts: no way, and a warning', () => {
    const { ways, n, warnings } = measureInferred(discussionRecords({ posts: [[0, 1]], replies: [] }), { seed: 1 });
    expect([ways, n]).toEqual([[], 0]);
    expect(warnings).toEqual(['nothing was reposted or quoted, and no text is known that two agents wrote']);
  });
});
