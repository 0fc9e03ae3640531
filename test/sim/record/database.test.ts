/** Tests of `sim/record/database-sqlite.ts`: run.db is what naive counting over the log says, and the log alone decides it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { externalId } from '../../../sim/world/population.ts';
import { outcomes, reasons } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { PostTable } from '../../../sim/record/database-effects.ts';
import { rebuildDatabase, tableDigests } from '../../../sim/record/database-sqlite.ts';
import { readManifest, writeManifest } from '../../../sim/record/manifest.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { standings } from '../../../sim/world/posts.ts';
import { replaceLog, smallRun } from './small-run.ts';
import type { Manifest } from '../../../sim/record/manifest.ts';
import type { Records } from '../../../sim/record/reader.ts';
import type { HandIntent, HandTick } from './small-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-database-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Row = Record<string, number | string | null>;

function query(directory: string, sql: string): Promise<Row[]> {
  const { Database, OPEN_READONLY } = sqlite3;
  return new Promise((resolve, reject) => {
    const database = new Database(join(directory, 'run.db'), OPEN_READONLY, (failure) => {
      if (failure !== null) reject(failure);
      database.all<Row>(sql, (error, rows) => {
        database.close(() => {
          if (error === null) resolve(rows);
          else reject(error);
        });
      });
    });
  });
}

/** A copy of the run that a test may spoil. */
function copyOf(directory: string, name: string): string {
  const copy = join(folder, name);
  cpSync(directory, copy, { recursive: true });
  return copy;
}

/** All granted intents of a log, as objects in its order. */
function grantedOf(records: Records): { tick: number; actor: number; verb: number; target: number; result: number }[] {
  return [...records.ticks()].flatMap((record) =>
    Array.from({ length: record.intentCount }, (_, i) => i)
      .filter((i) => record.outcome[i] === outcomes.granted)
      .map((i) => ({
        ...{ tick: record.tick, actor: record.actor[i], verb: record.verb[i] },
        ...{ target: record.target[i], result: record.result[i] },
      })),
  );
}

const run = join(folder, 'run');
let manifest: Manifest;
let tables: Record<string, number>;
beforeAll(async () => {
  manifest = await smallRun(run, { agents: 300, ticks: 40, seed: 2 ** 53 - 111, exposureSampleShare: 0.5 });
  ({ tables } = await rebuildDatabase(run, 'full'));
});

describe('rebuildDatabase, level full', () => {
  it('rebuildDatabase: the tables have as many rows as the manifest counts', async () => {
    expect(manifest.counts.refused).toBeGreaterThan(100);
    expect(tables).toMatchObject({ agents: 300, metrics: 40, posts: manifest.counts.posts });
    expect(tables['rulings']).toBe(manifest.counts.intents);
    for (const [name, count] of Object.entries(tables)) {
      expect([name, (await query(run, `SELECT count(*) AS count FROM ${name}`))[0]]).toEqual([name, { count }]);
    }
    const { intents, granted, refused, posts, exposures, awake } = manifest.counts;
    const sums = ['intents', 'granted', 'refused', 'posts', 'exposures', 'awake'].map(
      (name) => `sum(${name}) AS ${name}`,
    );
    expect(await query(run, `SELECT ${sums.join(', ')} FROM metrics`)).toEqual([
      { intents, granted, refused, posts, exposures, awake },
    ]);
  });

  it('rebuildDatabase: posts and their counters are those of naive counting, on the content behind a repost', async () => {
    const posts = new Map<number, Row>();
    for (const { tick, actor, verb, target, result } of grantedOf(openRecords(run))) {
      if (verb < verbs.post || verb > verbs.like) continue;
      const parent = verb === verbs.post ? undefined : posts.get(target);
      const origin = parent === undefined ? undefined : posts.get(parent['origin'] as number);
      const counter = verb === verbs.like ? 'likes' : verb === verbs.reply ? 'replies' : 'shares';
      if (origin !== undefined) origin[counter] = (origin[counter] as number) + 1;
      if (verb === verbs.like) continue;
      posts.set(result, {
        ...{ id: result, author: actor, parent: parent === undefined ? null : target },
        origin: verb === verbs.repost ? (origin?.['id'] as number) : result,
        root: parent === undefined ? result : parent['root'],
        ...{ tick, kind: ['', 'post', 'reply', 'repost', 'quote'][verb], shares: 0, likes: 0, replies: 0 },
      });
    }
    const columns = 'id, author, parent, origin, root, tick, kind, shares, likes, replies';
    expect(await query(run, `SELECT ${columns} FROM posts ORDER BY id`)).toEqual([...posts.values()]);
    const kinds = await query(run, 'SELECT DISTINCT kind FROM posts ORDER BY kind');
    expect(kinds.map(({ kind }) => kind)).toEqual(['post', 'quote', 'reply', 'repost']);
    expect(await query(run, "SELECT 1 FROM posts WHERE kind = 'repost' AND shares + likes + replies > 0")).toEqual([]);
  });

  it('rebuildDatabase: ties hold from their follow to their unfollow, those of the start before those of the log', async () => {
    const records = openRecords(run);
    const { followOffset, followee, count } = records.population;
    const ties: Row[] = [];
    for (let agent = 0; agent < count; agent++) {
      for (let k = followOffset[agent]; k < followOffset[agent + 1]; k++) {
        ties.push({ follower: agent, followee: followee[k], added_tick: null, removed_tick: null });
      }
    }
    for (const { tick, actor, verb, target } of grantedOf(records)) {
      if (verb === verbs.follow) ties.push({ follower: actor, followee: target, added_tick: tick, removed_tick: null });
      if (verb !== verbs.unfollow) continue;
      const open = ties.find((tie) => tie.follower === actor && tie.followee === target && tie.removed_tick === null);
      if (open !== undefined) open['removed_tick'] = tick;
    }
    expect(await query(run, 'SELECT * FROM ties')).toEqual(ties);
    expect(ties.filter((tie) => tie.removed_tick !== null).length).toBeGreaterThan(20);
  });

  it('rebuildDatabase: agents carry their ids and their degrees at the start', async () => {
    const { population } = openRecords(run);
    const expected = Array.from({ length: population.count }, (_, agent) => ({
      ...{ ordinal: agent, id: externalId(population.ids, agent), profile: population.profile[agent] },
      ...{ wakes_per_day: population.wakesPerDay[agent], policy: population.policy[agent] },
      followers: population.followee.filter((one) => one === agent).length,
      followees: population.followOffset[agent + 1] - population.followOffset[agent],
    }));
    expect(await query(run, 'SELECT * FROM agents ORDER BY ordinal')).toEqual(expected);
  });

  it('rebuildDatabase: the summary of rulings adds up to the rulings, by name', async () => {
    const counted = `SELECT tick, verb, outcome, reason, count(*) AS count FROM actions GROUP BY 1, 2, 3, 4`;
    const order = 'ORDER BY tick, verb, outcome, reason';
    const summary = await query(run, `SELECT * FROM rulings_summary ${order}`);
    expect(summary).toEqual(await query(run, `${counted} ${order}`));
    expect(summary.map(({ reason }) => reason)).toContain('ALREADY_REPOSTED');
  });

  it('rebuildDatabase: exposures are those of the sampled agents, in order', async () => {
    const seen = [...openRecords(run).ticks()].flatMap(({ tick, seen: items }) =>
      Array.from(items.agent, (agent, i) => ({
        ...{ tick, agent, post: items.post[i], origin: items.origin[i] },
        ...{ source: items.source[i], position: items.position[i] },
      })),
    );
    expect(seen.length).toBeGreaterThan(1000);
    expect(await query(run, 'SELECT * FROM exposures')).toEqual(seen);
  });

  it('rebuildDatabase: meta names seed and digest exactly, and the ticks that are in the tables', async () => {
    const meta = await query(run, 'SELECT * FROM meta');
    const expected = { seed: '9007199254740881', digest: manifest.digest, syncedTick: '40', level: 'full' };
    for (const [name, value] of Object.entries(expected)) expect(meta).toContainEqual({ name, value });
  });

  it('rebuildDatabase: the questions people ask go through an index', async () => {
    const questions = {
      posts_by_author: 'SELECT * FROM posts WHERE author = 3',
      posts_by_root: 'SELECT * FROM posts WHERE root = 3',
      posts_by_tick: 'SELECT * FROM posts WHERE tick = 3',
      rulings_by_actor: 'SELECT * FROM rulings WHERE actor = 3 AND tick = 7',
      ties_by_follower: 'SELECT followee FROM ties WHERE follower = 3',
      ties_by_followee: 'SELECT follower FROM ties WHERE followee = 3',
      agents_by_id: "SELECT * FROM agents WHERE id = 'a3'",
    };
    for (const [index, sql] of Object.entries(questions)) {
      expect((await query(run, `EXPLAIN QUERY PLAN ${sql}`))[0]['detail']).toContain(index);
    }
  });
});

describe('rebuildDatabase, level core', () => {
  it('rebuildDatabase: core is full without granted rulings and exposures, and with the same of all else', async () => {
    const copy = copyOf(run, 'core');
    const core = await rebuildDatabase(copy, 'core');
    expect(core.tables).toEqual({ ...tables, exposures: 0, rulings: manifest.counts.refused });
    const [coreDigests, fullDigests] = [await tableDigests(copy), await tableDigests(run)];
    const differing = Object.keys(fullDigests).filter((table) => coreDigests[table] !== fullDigests[table]);
    expect(differing).toEqual(['exposures', 'meta', 'rulings']);
    const granted = await query(copy, `SELECT 1 FROM rulings WHERE outcome = ${outcomes.granted}`);
    expect(granted).toEqual([]);
  });
});

describe('rebuildDatabase, a log written by hand', () => {
  const hand = join(folder, 'hand');
  beforeAll(async () => {
    await smallRun(hand, { agents: 3, ticks: 1, seed: 5, followsMean: 1, ids: ["o'hara", 'nul\u0000id', '日本 😀'] });
    const { follow, unfollow, post, repost, like } = verbs;
    const first = [
      { actor: 0, verb: post, result: 1, topic: 9 },
      { actor: 1, verb: 129, target: 2, amount: -7 },
      { actor: 1, sequence: 1, verb: 128, target: 9, outcome: outcomes.deferred },
      { actor: 2, verb: follow, target: 99, outcome: outcomes.refused, reason: reasons.AGENT_UNKNOWN.number },
    ];
    const second = [
      { actor: 0, verb: follow, target: 2 },
      { actor: 0, sequence: 1, verb: unfollow, target: 2 },
      { actor: 0, sequence: 2, verb: follow, target: 2 },
      { actor: 1, verb: repost, target: 1, result: 2 },
      { actor: 2, verb: 128, target: 1, outcome: outcomes.partial, amount: 3 },
    ];
    const third = [
      { actor: 0, verb: like, target: 2 },
      { actor: 0, sequence: 1, verb: unfollow, target: 2 },
    ];
    const answers = [1, 0, 1, -1, 2, 3, 2 ** 31 - 1, 2, 1, 2, 0, 0, 0, 0];
    await replaceLog(hand, [{ intents: first, answers }, { intents: second }, { intents: third }], ['bow', 'trade']);
  });

  it('rebuildDatabase: verbs of own code have their names, intents not granted in full stay at level core', async () => {
    await rebuildDatabase(hand, 'core');
    const kept =
      'SELECT tick, actor, sequence, verb, target, target_agent, outcome, reason, amount, result FROM actions';
    const ids = openRecords(hand).population.ids as { list: string[] };
    const rest = { target_agent: null, reason: 'OK', amount: 0, result: null };
    expect(await query(hand, kept)).toEqual([
      { ...rest, tick: 0, actor: ids.list[1], sequence: 1, verb: 'bow', target: 9, outcome: 'deferred' },
      {
        ...{ ...rest, tick: 0, actor: ids.list[2], sequence: 0, verb: 'follow', target: 99 },
        ...{ outcome: 'refused', reason: 'AGENT_UNKNOWN' },
      },
      { ...rest, tick: 1, actor: ids.list[2], sequence: 0, verb: 'bow', target: 1, outcome: 'partial', amount: 3 },
    ]);
    const trades = await query(hand, "SELECT tick, outcome, count FROM rulings_summary WHERE verb = 'trade'");
    expect(trades).toEqual([{ tick: 0, outcome: 'granted', count: 1 }]);
  });

  it('rebuildDatabase: a like of a repost counts on the content, and a tie may hold twice, once within a tick', async () => {
    await rebuildDatabase(hand, 'core');
    expect(await query(hand, 'SELECT id, origin, topic, likes, shares FROM posts')).toEqual([
      { id: 1, origin: 1, topic: 9, likes: 1, shares: 1 },
      { id: 2, origin: 1, topic: 0, likes: 0, shares: 0 },
    ]);
    const ties = await query(hand, 'SELECT added_tick, removed_tick FROM ties WHERE follower = 0 AND followee = 2');
    // Whether the first of the two began in tick 1 or before the run depends on the generated population.
    expect(ties.map((tie) => tie['removed_tick'])).toEqual([1, 2]);
    expect(ties[1]).toEqual({ added_tick: 1, removed_tick: 2 });
  });

  it('rebuildDatabase: hostile ids come back as they are', async () => {
    await rebuildDatabase(hand, 'core');
    const { list } = openRecords(hand).population.ids as { list: string[] };
    expect([...list].sort()).toEqual(["o'hara", 'nul\u0000id', '日本 😀'].sort());
    expect((await query(hand, 'SELECT id FROM agents ORDER BY ordinal')).map(({ id }) => id)).toEqual(list);
  });

  it('rebuildDatabase: answers of models become model calls', async () => {
    await rebuildDatabase(hand, 'core');
    const call = {
      tick: 0,
      agent: 1,
      sequence: 0,
      status: 'answered',
      word0: -1,
      word1: 2,
      word2: 3,
      word3: 2147483647,
    };
    expect(await query(hand, 'SELECT * FROM model_calls')).toEqual([
      call,
      { ...call, agent: 2, sequence: 1, status: 'failed', word0: 0, word1: 0, word2: 0, word3: 0 },
    ]);
  });
});

describe('rebuildDatabase, likes beside votes', () => {
  const { post, like, unlike, dislike, upvote, downvote, report, label, ban } = verbs;
  const [bow, trade] = [128, 129];
  /** What an agent does, one act on each target. */
  const acts = (actor: number, ...lines: readonly (readonly [number, number])[]): HandIntent[] =>
    lines.map(([verb, target], sequence) => ({ actor, sequence, verb, target }));
  const liked = acts(1, [like, 1], [like, 2], [dislike, 3], [report, 2], [like, 4]);
  const voted = acts(1, [upvote, 1], [downvote, 2], [upvote, 3], [unlike, 4]);
  const log: readonly HandTick[] = [
    { intents: [1, 2, 3, 4].map((result, sequence) => ({ actor: 0, sequence, verb: post, result })) },
    { intents: [...liked, ...acts(2, [like, 1])] },
    { intents: [...voted, ...acts(2, [downvote, 4])] },
    { intents: acts(0, [label, 2], [verbs.delete, 3], [ban, 1], [bow, 1], [trade, 4]) },
  ];
  const [liking, voting] = [
    ['post', 'like'],
    ['post', 'like', 'upvote'],
  ];

  it.each([
    ['its own plan', voting, undefined],
    ['the plan before its fork', liking, voting],
  ])('rebuildDatabase: by %s, a vote turns round a like (it once counted beside it)', async (name, own, parents) => {
    const directory = join(folder, name);
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, log, ['bow', 'trade']);
    const written = readManifest<object>(directory);
    const planWith = (allowedVerbs: readonly string[]): object => ({ ...written.plan, allowedVerbs });
    const fork = parents === undefined ? {} : { forkedFrom: { name: 'parent', at: 4, plan: planWith(parents) } };
    writeManifest(directory, { ...written, ...fork, plan: planWith(own) });
    await rebuildDatabase(directory, 'core');
    expect(await query(directory, 'SELECT id, likes, dislikes, reports, standing FROM posts')).toEqual([
      { id: 1, likes: 1, dislikes: 0, reports: 0, standing: 'good' },
      { id: 2, likes: 0, dislikes: 1, reports: 1, standing: 'labelled' },
      { id: 3, likes: 1, dislikes: 0, reports: 0, standing: 'deleted' },
      { id: 4, likes: 0, dislikes: 1, reports: 0, standing: 'good' },
    ]);
  });

  it('PostTable: a ban and an own verb with a post’s number change no post (from delete on all verbs once did)', async () => {
    const directory = join(folder, 'others');
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, log, ['bow', 'trade']);
    const posts = new PostTable({ keepsReactions: true });
    for (const record of openRecords(directory).ticks()) {
      for (let i = 0; i < record.intentCount; i++) posts.take(record, i);
    }
    const { good, labelled, deleted } = standings;
    expect([...posts.columns.standing.subarray(1, 5)]).toEqual([good, labelled, deleted, good]);
  });
});

describe('rebuildDatabase, repeated and interrupted', () => {
  it('rebuildDatabase: deleted and built again, every table has the same digest', async () => {
    const before = await tableDigests(run);
    rmSync(join(run, 'run.db'));
    await rebuildDatabase(run, 'full');
    expect(await tableDigests(run)).toEqual(before);
    expect(Object.keys(before).length).toBe(Object.keys(tables).length);
  });

  it('tableDigests: one changed cell changes the digest of its table and of no other', async () => {
    const copy = copyOf(run, 'changed');
    const database = new sqlite3.Database(join(copy, 'run.db'));
    await new Promise((resolve) => database.exec('UPDATE posts SET likes = likes + 1 WHERE id = 7', resolve));
    await new Promise((resolve) => database.close(resolve));
    const [changed, given] = [await tableDigests(copy), await tableDigests(run)];
    expect(Object.keys(given).filter((table) => given[table] !== changed[table])).toEqual(['posts']);
  });

  it('rebuildDatabase: progress never falls and ends at 1', async () => {
    const shares: number[] = [];
    await rebuildDatabase(copyOf(run, 'progress'), 'core', (share) => shares.push(share));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(shares.length).toBeGreaterThan(40);
  });

  it('rebuildDatabase: a flipped bit in the log is refused and leaves the old database and no other file', async () => {
    const copy = copyOf(run, 'flipped');
    const before = await tableDigests(copy);
    const log = readFileSync(join(copy, 'events.log'));
    log[Math.floor(log.length * 0.9)] ^= 4;
    writeFileSync(join(copy, 'events.log'), log);
    const failure = await rebuildDatabase(copy, 'full').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).problems[0]).toMatchObject({ code: 'INPUT_STORE_DAMAGED' });
    expect(await tableDigests(copy)).toEqual(before);
    expect(readdirSync(copy)).toEqual(readdirSync(run));
  });

  it('rebuildDatabase: killed half-way it leaves the old database, and the next one replaces what it left', async () => {
    const copy = copyOf(run, 'killed');
    const before = await tableDigests(copy);
    const { ino } = statSync(join(copy, 'run.db'));
    const module = new URL('../../../sim/record/database-sqlite.ts', import.meta.url).href;
    const script = `import { rebuildDatabase } from ${JSON.stringify(module)};
      await rebuildDatabase(process.argv[1], 'core', (share) => share > 0.9 && process.kill(process.pid, 'SIGKILL'));`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script, copy]);
    expect(killed.signal).toBe('SIGKILL');
    expect(existsSync(join(copy, 'run.db.new'))).toBe(true);
    expect(statSync(join(copy, 'run.db')).ino).toBe(ino);
    expect(await tableDigests(copy)).toEqual(before);
    await rebuildDatabase(copy, 'full');
    expect(await tableDigests(copy)).toEqual(before);
    expect(existsSync(join(copy, 'run.db.new'))).toBe(false);
  });

  it('rebuildDatabase: a caller that throws from its progress gets its own error, and the old database stays', async () => {
    const copy = copyOf(run, 'thrown');
    const stop = (share: number): void => {
      if (share > 0.5) throw new RangeError('stop');
    };
    await expect(rebuildDatabase(copy, 'core', stop)).rejects.toThrow('stop');
    expect(await tableDigests(copy)).toEqual(await tableDigests(run));
    expect(readdirSync(copy)).toEqual(readdirSync(run));
  });

  it('rebuildDatabase: of two that build at once none leaves half a database, and one that lost says so', async () => {
    const copy = copyOf(run, 'twice');
    const ends = await Promise.allSettled([rebuildDatabase(copy, 'full'), rebuildDatabase(copy, 'full')]);
    const lost = ends
      .filter((end) => end.status === 'rejected')
      .map((end) => (end.reason as InputError).problems[0].code);
    expect(lost.filter((code) => code !== 'INPUT_RUN_BUSY')).toEqual([]);
    expect(lost.length).toBeLessThan(2);
    expect(await tableDigests(copy)).toEqual(await tableDigests(run));
  });

  it('tableDigests: without a database, and with a file that is none, it says what to do', async () => {
    const copy = copyOf(run, 'none');
    rmSync(join(copy, 'run.db'));
    await expect(tableDigests(copy)).rejects.toThrow('INPUT_NOT_FOUND');
    writeFileSync(join(copy, 'run.db'), 'not a database, but long enough to look like one'.repeat(100));
    await expect(tableDigests(copy)).rejects.toThrow('INPUT_STORE_DAMAGED');
  });
});
