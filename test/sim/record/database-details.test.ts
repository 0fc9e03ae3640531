/**
 * What run.db says beside posts and ties: arguments, prices, texts, communities, groups, letters, against naive counting; and the
 * counters of runs that do as OASIS does, against the state.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '../../fixtures/oasis-code.ts';
import { stateAt } from '../../../sim/engine/agent-state.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { detailOf, lengthOfFrame } from '../../../sim/record/chunk.ts';
import { createDetailCursor } from '../../../sim/record/detail-cursor.ts';
import { followDatabase, rebuildDatabase, tableDigests } from '../../../sim/record/database-sqlite.ts';
import { writeOasisFile } from '../../../sim/record/oasis-file.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { ordinalsOf } from '../../../sim/world/population.ts';
import { replaceLog, smallRun } from './small-run.ts';
import type { Head } from '../../../sim/record/writer.ts';
import type { Plan } from '../../../sim/engine/plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-details-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Row = Record<string, number | string | null>;

function query(directory: string, sql: string, name = 'run.db'): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(directory, name), sqlite3.OPEN_READONLY);
    database.all<Row>(sql, (error, rows) => {
      database.close(() => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
  });
}

async function recorded(name: string, conduct: Partial<Plan['conduct']>): Promise<string> {
  const directory = join(folder, name);
  const compiled = compileScenario(scenario.data, (path) => path, scenario.module);
  const plan = { ...compiled.plan, conduct: { ...compiled.plan.conduct, ...conduct } };
  await recordRun({
    compiled: { ...compiled, plan },
    placement: { workers: 1, layout: 'degree', mergeTicks: 7 },
    directory,
    source: { name: 'test.ts', sha256: '' },
    exposureSampleShare: 1,
    code: scenario,
  });
  return directory;
}

let run: string;
beforeAll(async () => {
  run = await recorded('run', {});
  await rebuildDatabase(run, 'full');
});

interface Granted {
  readonly tick: number;
  readonly actor: number;
  readonly verb: number;
  readonly target: number;
  readonly result: number;
  readonly text: string;
}

function grantedOf(directory: string): Granted[] {
  return [...openRecords(directory).ticks()].flatMap((record) =>
    Array.from(record.outcome.keys())
      .filter((i) => record.outcome[i] === outcomes.granted)
      .map((i) => ({
        ...{ tick: record.tick, actor: record.actor[i], verb: record.verb[i], target: record.target[i] },
        ...{ result: record.result[i], text: detailOf(record, i)?.text ?? '' },
      })),
  );
}

describe('rebuildDatabase, what is said', () => {
  it('rebuildDatabase: rulings carry argument, price and text where they were said, and NULL elsewhere', async () => {
    const said = [...openRecords(run).ticks()].flatMap((record) =>
      Array.from(record.outcome.keys(), (i) => {
        const { argument = -1, price = 0, text = '' } = detailOf(record, i) ?? {};
        return {
          argument: argument === -1 ? null : argument,
          price: price === 0 ? null : price,
          text: text === '' ? null : text,
        };
      }),
    );
    expect(await query(run, 'SELECT argument, price, text FROM rulings ORDER BY rowid')).toEqual(said);
    expect(said.filter(({ text }) => text !== null).length).toBeGreaterThan(300);
  });

  it('rebuildDatabase: posts keep the words that somebody wrote; a rule’s posts have none', async () => {
    const made = grantedOf(run).filter(({ verb }) => verb >= verbs.post && verb <= verbs.quote);
    const expected = made.map(({ result, text }) => ({ id: result, text: text === '' ? null : text }));
    expect(await query(run, 'SELECT id, text FROM posts ORDER BY id')).toEqual(expected);
    expect(expected.filter(({ text }) => text === null).length).toBeGreaterThan(100);
  });

  it('rebuildDatabase: groups, memberships and messages are those of naive counting, those of the start first', async () => {
    const { population } = openRecords(run);
    const ordinals = ordinalsOf(population, ['agent-5', 'agent-6', 'agent-7']);
    const groups: Row[] = [{ number: 0, name: 'the first', owner: ordinals[0], tick: null }];
    const members: Row[] = ordinals.map((agent) => ({ chat_group: 0, agent, joined_tick: null, left_tick: null }));
    const messages: Row[] = [];
    for (const { tick, actor, verb, target, result, text } of grantedOf(run)) {
      if (verb === verbs.createGroup) groups.push({ number: result, name: text, owner: actor, tick });
      if (verb === verbs.createGroup || verb === verbs.joinGroup) {
        const group = verb === verbs.createGroup ? result : target;
        members.push({ chat_group: group, agent: actor, joined_tick: tick, left_tick: null });
      } else if (verb === verbs.leaveGroup) {
        const open = members.find(
          (one) => one['chat_group'] === target && one['agent'] === actor && one['left_tick'] === null,
        );
        if (open !== undefined) open['left_tick'] = tick;
      } else if (verb === verbs.sendToGroup || verb === verbs.message) {
        const isLetter = verb === verbs.message;
        const to = { receiver: isLetter ? target : null, chat_group: isLetter ? null : target };
        messages.push({ id: result, tick, sender: actor, ...to, text });
      }
    }
    const byNumber = (key: string) => (x: Row, y: Row) => Number(x[key]) - Number(y[key]);
    expect(await query(run, 'SELECT * FROM chat_groups ORDER BY number')).toEqual(groups.sort(byNumber('number')));
    expect(await query(run, 'SELECT * FROM group_members ORDER BY rowid')).toEqual(members);
    expect(await query(run, 'SELECT * FROM messages ORDER BY id')).toEqual(messages.sort(byNumber('id')));
    expect(members.filter((one) => one['left_tick'] !== null).length).toBeGreaterThan(5);
    expect(new Set(messages.map(({ receiver }) => receiver === null)).size).toBe(2);
  });

  it('followDatabase: in steps, and taken up half-way, the tables are those of a database that was built at once', async () => {
    const whole = await tableDigests(run);
    const { manifest, frames } = openRecords(run);
    const heads: Head[] = [{ ticks: 0, bytes: 0, digest: manifest.firstLink }];
    for (const frame of frames()) {
      const bytes = heads[frame.tick].bytes + lengthOfFrame(frame);
      heads.push({ ticks: frame.tick + 1, bytes, digest: hexOf(frame.link) });
    }
    const copy = join(folder, 'steps');
    cpSync(run, copy, { recursive: true });
    rmSync(join(copy, 'run.db'));
    for (const stops of [
      [0, 3, 4, 11],
      [11, 12, 24],
    ]) {
      let step = 0;
      const setHead = (): void => writeFileSync(join(copy, 'head'), JSON.stringify(heads[stops[step]]) + '\n');
      setHead();
      const stop = new AbortController();
      await followDatabase({
        ...{ directory: copy, level: 'full', signal: stop.signal },
        isEnded: () => step === stops.length - 1 && stops[step] === 24,
        more() {
          if (step === stops.length - 1) stop.abort();
          else step++;
          setHead();
          return Promise.resolve();
        },
      });
    }
    expect(await tableDigests(copy)).toEqual(whole);
  });

  it('createDetailCursor: row by row it says what detailOf finds, also when it goes back', () => {
    for (const record of openRecords(run).ticks()) {
      const cursor = createDetailCursor(record);
      const rows = [...record.outcome.keys(), 5, 3, 0, ...record.details.row].filter((row) => row < record.intentCount);
      for (const row of rows) {
        expect(cursor(row)).toEqual(detailOf(record, row) ?? { argument: -1, price: 0, text: '' });
      }
    }
  });
});

describe('rebuildDatabase, a log written by hand', () => {
  it('rebuildDatabase: a reply stands in the community of what it answers, and an appeal lifts what others did to a post', async () => {
    const directory = join(folder, 'hand');
    const { post, reply, repost, label, remove, appeal, delete: takeBack } = verbs;
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, [
      {
        intents: [
          { actor: 0, verb: post, result: 1, detail: { argument: 4, text: 'here' } },
          { actor: 0, sequence: 1, verb: post, result: 2 },
          { actor: 1, verb: post, result: 3, detail: { argument: 0 } },
        ],
      },
      {
        intents: [
          { actor: 0, verb: reply, target: 1, result: 4 },
          { actor: 1, verb: repost, target: 1, result: 5 },
          { actor: 2, verb: label, target: 1 },
          { actor: 2, sequence: 1, verb: remove, target: 1 },
          { actor: 2, sequence: 2, verb: remove, target: 2 },
        ],
      },
      { intents: [{ actor: 0, verb: takeBack, target: 2 }] },
      {
        intents: [
          { actor: 0, verb: appeal, target: 1 },
          { actor: 0, sequence: 1, verb: appeal, target: 2 },
        ],
      },
    ]);
    await rebuildDatabase(directory, 'core');
    expect(await query(directory, 'SELECT id, community, standing, text FROM posts')).toEqual([
      { id: 1, community: 4, standing: 'good', text: 'here' },
      { id: 2, community: null, standing: 'deleted', text: null },
      { id: 3, community: 0, standing: 'good', text: null },
      { id: 4, community: 4, standing: 'good', text: null },
      { id: 5, community: null, standing: 'good', text: null },
    ]);
  });
});

describe('runs that do as OASIS does', () => {
  it('rebuildDatabase, writeOasisFile: a report of a repost counts on the repost, as in the state (27)', async () => {
    const directory = await recorded('compat', { compat: 'oasis' });
    const { columns, nextPost } = (await stateAt(openRecords(directory), 24, () => undefined)).snapshot;
    const held = Array.from({ length: nextPost - 1 }, (_, i) => columns['posts.reportCount'][i + 1]);
    await rebuildDatabase(directory, 'core');
    const counted = await query(directory, 'SELECT reports, kind FROM posts ORDER BY id');
    expect(counted.map(({ reports }) => reports)).toEqual(held);
    expect(counted.filter(({ reports, kind }) => kind === 'repost' && Number(reports) > 0).length).toBeGreaterThan(5);
    await writeOasisFile(openRecords(directory), join(directory, 'oasis.db'));
    const written = await query(directory, 'SELECT num_reports AS reports FROM post ORDER BY post_id', 'oasis.db');
    const posts = counted.filter(({ kind }) => kind !== 'reply').map(({ reports }) => ({ reports }));
    expect(written).toEqual(posts);
  });
});
