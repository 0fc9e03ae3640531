/** Tests of `sim/record/live-log-reader.ts`: a log that grows is handed out once, in order, and its texts are those of the run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makesPost } from '../../../sim/exchange/verbs.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { LogFollower } from '../../../sim/record/live-log-reader.ts';
import { PostTexts } from '../../../sim/record/post-texts.ts';
import { readPosts } from '../../../sim/record/post-reader.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { lengthOfFrame } from '../../../sim/record/chunk.ts';
import { smallRun } from './small-run.ts';
import type { Records } from '../../../sim/record/reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-follow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const directory = join(folder, 'run');
let records: Records;
beforeAll(async () => {
  await smallRun(directory, { agents: 80, ticks: 30, seed: 4 });
  records = openRecords(directory);
});

describe('LogFollower', () => {
  it('LogFollower: posts are those that the reader of posts finds', () => {
    const follower = new LogFollower(directory);
    expect([...follower.advance()].map(({ tick }) => tick)).toEqual(Array.from({ length: 30 }, (_, tick) => tick));
    const { posts } = follower;
    const wanted = readPosts(records);
    expect(posts.count).toBe(wanted.count);
    for (let row = 0; row < wanted.count; row++) {
      const id = row + 1;
      const read = [posts.author[id], posts.parent[id], posts.root[id], posts.origin[id], posts.tick[id]];
      const parent = wanted.parent[row] + 1;
      expect(read).toEqual([
        wanted.author[row],
        parent,
        wanted.root[row] + 1,
        wanted.origin[row] + 1,
        wanted.tick[row],
      ]);
    }
  });

  it('LogFollower: a text that is asked for alone is the text that reading the whole log gives', () => {
    const follower = new LogFollower(directory);
    for (const { tick } of follower.advance()) expect(tick).toBeLessThan(30);
    const texts = new PostTexts(records);
    const wanted = new Map<number, string>();
    for (const record of records.ticks()) {
      for (let i = 0; i < record.intentCount; i++) {
        if (!makesPost(record.verb[i]) || record.outcome[i] !== outcomes.granted) continue;
        const id = record.result[i];
        const parent = follower.posts.parent[id];
        wanted.set(id, texts.take(record, i, parent > 0 ? follower.posts.origin[parent] : 0, ''));
      }
    }
    const kinds = new Set<number>();
    for (let id = follower.posts.count; id >= 1; id -= 3) {
      kinds.add(follower.posts.kind[id]);
      expect(follower.textOf(id)).toBe(wanted.get(follower.posts.origin[id]));
    }
    expect(kinds.size).toBeGreaterThan(2);
    expect([follower.textOf(0), follower.textOf(1e9)]).toEqual(['', '']);
  });

  it('LogFollower: ticks come when head names them, each once; an earlier one can be read again', () => {
    const whole = readFileSync(join(directory, 'head'));
    const frames = [...records.frames()];
    const headAfter = (ticks: number): string => {
      const bytes = frames.slice(0, ticks).reduce((sum, frame) => sum + lengthOfFrame(frame), 0);
      return JSON.stringify({ ticks, bytes, digest: hexOf(frames[ticks - 1].link) });
    };
    writeFileSync(join(directory, 'head'), headAfter(7));
    const follower = new LogFollower(directory);
    expect([...follower.advance()]).toHaveLength(7);
    expect([...follower.advance()]).toHaveLength(0);
    writeFileSync(join(directory, 'head'), headAfter(20));
    // Broken off, and taken up where it was left.
    for (const { tick } of follower.advance()) if (tick === 11) break;
    expect(follower.ticks).toBe(12);
    expect([...follower.advance()].map(({ tick }) => tick)).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
    const all = [...records.ticks()];
    for (const tick of [3, 19, 0, 12]) expect(follower.record(tick)).toEqual(all[tick]);
    writeFileSync(join(directory, 'head'), whole);
  });
});
