/**
 * What the granted intents of a log add up to: posts with their counters, and how long each tie held.
 *
 * Reads tick records in their order; keeps columns that grow. Counters stand on origins, as they do in the engine: a like of a
 * repost is one of the content behind it. Memory: 34 bytes a post and 12 a changed tie, up to three times that while a
 * column grows, and 12 a changed tie while they are sorted.
 * Oracle: counting over the ticks with objects (`test/sim/record/database.test.ts`).
 */
import { createRadixScratch, sortPairs } from '../ground/radix.ts';
import { verbs } from '../exchange/verbs.ts';
import type { Population } from '../world/population.ts';
import type { TickRecord } from './chunk.ts';

/** Posts by id, grown as the log is read. Kind is the number of the verb that made the post, 0 for an id that is not there. */
export class PostTable {
  count = 0;
  columns = postColumns(1024);

  /** A granted post, reply, repost, quote or like. */
  take(record: TickRecord, i: number): void {
    const verb = record.verb[i];
    const target = verb === verbs.post ? 0 : record.target[i];
    if (target > 0) this.#count(verb, this.columns.origin[target]);
    const id = record.result[i];
    if (verb === verbs.like || id <= 0) return;
    if (id >= this.columns.author.length) this.#grow(id);
    const { author, parent, origin, root, tick, kind, topic } = this.columns;
    author[id] = record.actor[i];
    parent[id] = target;
    origin[id] = verb === verbs.repost && target > 0 ? origin[target] : id;
    root[id] = target > 0 ? root[target] : id;
    tick[id] = record.tick;
    kind[id] = verb;
    topic[id] = record.topic[i];
    this.count = Math.max(this.count, id);
  }

  #count(verb: number, origin: number): void {
    const { shares, likes, replies } = this.columns;
    if (verb === verbs.like) likes[origin]++;
    else if (verb === verbs.reply) replies[origin]++;
    else shares[origin]++;
  }

  #grow(id: number): void {
    const wider = postColumns(Math.max(id + 1, this.columns.author.length * 2));
    for (const name of Object.keys(wider) as (keyof typeof wider)[]) wider[name].set(this.columns[name]);
    this.columns = wider;
  }
}

function postColumns(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return {
    ...{ author: words(), parent: words(), origin: words(), root: words(), tick: words() },
    ...{ shares: words(), likes: words(), replies: words() },
    ...{ kind: new Uint8Array(length), topic: new Uint8Array(length) },
  };
}

/** Granted follows and unfollows, in the order of the log. */
export class TieChanges {
  count = 0;
  follower = new Int32Array(1024);
  followee = new Int32Array(1024);
  /** The tick, or its complement for an unfollow. */
  signedTick = new Int32Array(1024);

  add(record: TickRecord, i: number): void {
    if (this.count === this.follower.length) {
      this.follower = doubled(this.follower);
      this.followee = doubled(this.followee);
      this.signedTick = doubled(this.signedTick);
    }
    this.follower[this.count] = record.actor[i];
    this.followee[this.count] = record.target[i];
    this.signedTick[this.count++] = record.verb[i] === verbs.follow ? record.tick : ~record.tick;
  }

  /** Places of the changes by follower, then followee, then time: two stable sorts. */
  order(): Int32Array {
    const places = Int32Array.from({ length: this.count }, (_, i) => i);
    const scratch = createRadixScratch(this.count);
    sortPairs(this.followee.slice(0, this.count), places, this.count, scratch);
    const followers = places.map((place) => this.follower[place]);
    sortPairs(followers, places, this.count, scratch);
    return places;
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(column.length * 2);
  wider.set(column);
  return wider;
}

/** How long one agent followed another: from the start or a tick, to the end or a tick; -1 for start and end. */
export interface TiePeriod {
  readonly follower: number;
  readonly followee: number;
  readonly added: number;
  readonly removed: number;
}

/** Merges the ties at the start with the changes, both in the order (follower, followee). */
export function* tiePeriods(population: Population, changes: TieChanges): Generator<TiePeriod, void, undefined> {
  const { followOffset, followee: followees } = population;
  const order = changes.order();
  let at = 0;
  for (let follower = 0; follower < population.count; follower++) {
    let tie = followOffset[follower];
    const end = followOffset[follower + 1];
    for (;;) {
      const isChange = at < order.length && changes.follower[order[at]] === follower;
      if (tie >= end && !isChange) break;
      const changed = isChange ? changes.followee[order[at]] : Infinity;
      const followee = tie < end ? Math.min(followees[tie], changed) : changed;
      let isOpen = tie < end && followees[tie] === followee;
      if (isOpen) tie++;
      let added = -1;
      for (; isSame(changes, order[at], follower, followee); at++) {
        const signed = changes.signedTick[order[at]];
        if (signed >= 0 && !isOpen) added = signed;
        else if (signed < 0 && isOpen) yield { follower, followee, added, removed: ~signed };
        isOpen = signed >= 0;
      }
      if (isOpen) yield { follower, followee, added, removed: -1 };
    }
  }
}

function isSame(changes: TieChanges, place: number | undefined, follower: number, followee: number): boolean {
  return place !== undefined && changes.follower[place] === follower && changes.followee[place] === followee;
}

/** Counts of one tick's rulings by verb, outcome and reason. Numbers of outcomes stay below 8: 2 MB of counters. */
export class Tally {
  readonly #counts = new Int32Array(1 << 19);
  readonly #used: number[] = [];

  add(verb: number, outcome: number, reason: number): void {
    const key = (verb << 11) | (outcome << 8) | reason;
    if (this.#counts[key]++ === 0) this.#used.push(key);
  }

  /** The counts in the order of their numbers; the tally is empty afterwards. */
  drain(): { verb: number; outcome: number; reason: number; count: number }[] {
    const keys = this.#used.splice(0).sort((a, b) => a - b);
    return keys.map((key) => {
      const count = this.#counts[key];
      this.#counts[key] = 0;
      return { verb: key >>> 11, outcome: (key >>> 8) & 7, reason: key & 0xff, count };
    });
  }
}
