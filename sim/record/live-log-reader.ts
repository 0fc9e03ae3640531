/**
 * Follows a log that may still grow: every acknowledged tick once and in order, and any earlier tick again.
 *
 * Reads manifest, genesis, head and log of a run's directory, and nothing of the process that writes them, so that a run does not know it is
 * watched. Order: a tick is handed out when head names it, with its checksum and its link of the chain verified; a tick that is read again
 * was verified before. Memory: the population, 8 bytes a tick, 21 bytes a post, and the last few ticks that were read again.
 * Invariant: what is handed out is what `openRecords` reads. Oracle: `test/sim/record/live-log-reader.test.ts`.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { outcomes } from '../exchange/reasons.ts';
import { makesPost, verbs } from '../exchange/verbs.ts';
import { decodeFrame, decodeTick, detailOf, lengthOfFrame } from './chunk.ts';
import { PostTexts } from './post-texts.ts';
import { framesFrom, openRecords, readHead, startOfLog } from './reader.ts';
import { readManifest } from './manifest.ts';
import { diskError, fileNames } from './store.ts';
import type { TickRecord } from './chunk.ts';
import type { Manifest } from './manifest.ts';
import type { LogPlace, Records } from './reader.ts';

/** Posts by id, the first of them 1; columns are longer than `count`. `parent` and `root` are ids, 0 for none. */
export interface PostTrail {
  readonly count: number;
  readonly author: Int32Array;
  readonly parent: Int32Array;
  readonly root: Int32Array;
  /** The post whose content is shown: of a repost that of its parent, of others itself. */
  readonly origin: Int32Array;
  readonly tick: Int32Array;
  /** Number of the verb that made it. */
  readonly kind: Uint8Array;
}

/** Ticks that are kept after they were read again. */
const keptTicks = 8;

/** Follows the log of one directory. */
export class LogFollower {
  readonly records: Records;
  /** Ticks that were handed out. */
  ticks = 0;
  #posts = { count: 0, ...postColumns(1024) };
  #place: LogPlace;
  readonly #starts: number[] = [];
  readonly #kept = new Map<number, TickRecord>();
  #texts: PostTexts | undefined;

  constructor(directory: string) {
    this.records = openRecords(directory);
    this.#place = startOfLog(this.records.manifest);
  }

  /** Posts up to the last tick that was handed out. */
  get posts(): PostTrail {
    return this.#posts;
  }

  /** The manifest as it stands now: it says at last how a run ended. */
  manifestNow(): Manifest {
    return readManifest(this.records.directory);
  }

  /** Ticks that are acknowledged and not handed out yet, in order. Whoever breaks off goes on where it left. */
  *advance(): Generator<TickRecord, void, undefined> {
    const { directory } = this.records;
    const head = readHead(directory);
    if (head.ticks <= this.#place.tick) return;
    let { tick, bytes } = this.#place;
    for (const frame of framesFrom(directory, this.#place, head)) {
      const record = decodeTick(frame);
      this.#starts[tick] = bytes;
      bytes += lengthOfFrame(frame);
      tick++;
      this.#place = { tick, bytes, link: frame.link };
      this.#takePosts(record);
      this.ticks = tick;
      yield record;
    }
  }

  /** A tick that was handed out before. */
  record(tick: number): TickRecord {
    const kept = this.#kept.get(tick);
    if (kept !== undefined) return kept;
    const from = this.#starts[tick];
    const to = this.#starts[tick + 1] ?? this.#place.bytes;
    const file = join(this.records.directory, fileNames.events);
    const record = decodeTick(decodeFrame(readRange(file, from, to - from), 0, file, tick).frame);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= keptTicks) this.#kept.delete(oldest);
    this.#kept.set(tick, record);
    return record;
  }

  /** What a post says: its own words or those in which a rule's post is rendered; of a repost what the post behind it says. */
  textOf(id: number): string {
    const { origin, tick, count } = this.#posts;
    if (id < 1 || id > count) return '';
    this.#texts ??= new PostTexts(this.records);
    const content = origin[id];
    const chain: number[] = [];
    // Topic and appeal of an answer are those of what it answers: the first of the chain is drawn, the others copy.
    for (let one = content; one > 0; one = this.#posts.parent[one] > 0 ? origin[this.#posts.parent[one]] : 0)
      chain.unshift(one);
    let text = '';
    chain.forEach((one, place) => {
      const record = this.record(tick[one]);
      const row = record.result.findIndex((made, i) => made === one && isMade(record, i));
      if (row >= 0)
        text = this.#texts?.take(record, row, chain[place - 1] ?? 0, detailOf(record, row)?.text ?? '') ?? '';
    });
    return text;
  }

  #takePosts(record: TickRecord): void {
    const posts = this.#posts;
    for (let i = 0; i < record.intentCount; i++) {
      if (!isMade(record, i)) continue;
      const id = record.result[i];
      if (id >= posts.author.length) grow(posts, id);
      const parent = record.verb[i] === verbs.post || record.target[i] >= id ? 0 : record.target[i];
      posts.author[id] = record.actor[i];
      posts.parent[id] = parent;
      posts.root[id] = parent > 0 ? posts.root[parent] : id;
      posts.origin[id] = record.verb[i] === verbs.repost && parent > 0 ? posts.origin[parent] : id;
      posts.tick[id] = record.tick;
      posts.kind[id] = record.verb[i];
      if (id > posts.count) posts.count = id;
    }
  }
}

function isMade({ verb, outcome, result }: TickRecord, i: number): boolean {
  return result[i] > 0 && makesPost(verb[i]) && outcome[i] === outcomes.granted;
}

function postColumns(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return {
    ...{ author: words(), parent: words(), root: words(), origin: words(), tick: words() },
    kind: new Uint8Array(length),
  };
}

function grow(posts: ReturnType<typeof postColumns>, id: number): void {
  const larger = postColumns(Math.max(id + 1, posts.author.length * 2));
  for (const name of ['author', 'parent', 'root', 'origin', 'tick', 'kind'] as const) larger[name].set(posts[name]);
  Object.assign(posts, larger);
}

function readRange(file: string, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  try {
    const handle = openSync(file, 'r');
    try {
      for (let at = 0; at < length;) {
        const some = readSync(handle, bytes, at, length - at, from + at);
        if (some === 0) break;
        at += some;
      }
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw diskError('read', file, cause);
  }
  return bytes;
}
