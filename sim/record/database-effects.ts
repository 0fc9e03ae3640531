/**
 * What the granted intents of a log add up to: posts with their counters, and how long each tie held.
 *
 * Reads tick records in their order; keeps columns that grow, and tells what changed since it was last asked. Counters stand on
 * origins, as they do in the engine: a like of a repost is one of the content behind it. Memory: 35 bytes a post, a byte a tie of
 * the start and 24 to 32 an added one, up to three times that while a column grows.
 * Oracle: counting over the ticks with objects (`test/sim/record/database.test.ts`).
 */
import { reactionBits } from '../world/pairs.ts';
import { standings } from '../world/posts.ts';
import { changeOf, isReaction, nextReaction, packChange } from '../exchange/reactions.ts';
import { mix32 } from '../ground/random.ts';
import { verbs } from '../exchange/verbs.ts';
import type { Population } from '../world/population.ts';
import type { TickRecord } from './chunk.ts';

/** Posts by id, grown as the log is read. Kind is the number of the verb that made the post, 0 for an id that is not there. */
export class PostTable {
  /** What stands between an agent and a content, for platforms with votes: by actor * 2^31 + content. */
  readonly #votes = new Map<number, number>();
  count = 0;
  columns = postColumns(1024);
  #changed = new Int32Array(1024);
  #changedCount = 0;

  /** Ids of the posts that are new or have other counters than at the last call, in order. */
  drain(): Int32Array {
    const ids = this.#changed.slice(0, this.#changedCount).sort();
    for (const id of ids) this.columns.isChanged[id] = 0;
    this.#changedCount = 0;
    return ids;
  }

  #change(id: number): void {
    if (this.columns.isChanged[id] === 1) return;
    this.columns.isChanged[id] = 1;
    if (this.#changedCount === this.#changed.length) {
      const wider = new Int32Array(this.#changedCount * 2);
      wider.set(this.#changed);
      this.#changed = wider;
    }
    this.#changed[this.#changedCount++] = id;
  }

  /** A granted intent that makes a post or acts on one. */
  take(record: TickRecord, i: number): void {
    const verb = record.verb[i];
    if (verb >= verbs.delete) {
      this.#stand(verb, record.target[i]);
      return;
    }
    if (isReaction(verb) && verb !== verbs.repost) {
      this.#react(verb, record.actor[i], record.target[i]);
      return;
    }
    const target = verb === verbs.post ? 0 : record.target[i];
    if (target > 0 && target <= this.count) this.#count(verb, this.columns.origin[target]);
    const id = record.result[i];
    if (id <= 0) return;
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
    this.#change(id);
  }

  #count(verb: number, origin: number): void {
    const { shares, replies } = this.columns;
    if (verb === verbs.reply) replies[origin]++;
    else shares[origin]++;
    this.#change(origin);
  }

  /** A like, a vote, a report, or its undoing. What an agent did before matters to votes alone, and is kept for those. */
  #react(verb: number, actor: number, target: number): void {
    if (target <= 0 || target > this.count) return;
    const content = this.columns.origin[target];
    const isVote = verb === verbs.upvote || verb === verbs.downvote;
    const key = actor * 0x8000_0000 + content;
    const before = isVote ? (this.#votes.get(key) ?? 0) : undoes(verb);
    const after = nextReaction(verb, before);
    if (isVote) this.#votes.set(key, after);
    const change = packChange(before, after);
    this.columns.likes[content] += changeOf(change, reactionBits.like);
    this.columns.dislikes[content] += changeOf(change, reactionBits.dislike);
    this.columns.reports[content] += changeOf(change, reactionBits.report);
    this.#change(content);
  }

  #stand(verb: number, post: number): void {
    if (post <= 0 || post > this.count) return;
    const standing =
      verb === verbs.label ? standings.labelled : verb === verbs.delete ? standings.deleted : standings.removed;
    this.columns.standing[post] = Math.max(this.columns.standing[post], standing);
    this.#change(post);
  }

  #grow(id: number): void {
    const wider = postColumns(Math.max(id + 1, this.columns.author.length * 2));
    for (const name of Object.keys(wider) as (keyof typeof wider)[]) wider[name].set(this.columns[name]);
    this.columns = wider;
  }
}

/** The bits that a granted undoing found: it takes back what stood. */
function undoes(verb: number): number {
  if (verb === verbs.unlike) return reactionBits.like;
  return verb === verbs.undislike ? reactionBits.dislike : 0;
}

function postColumns(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return {
    ...{ author: words(), parent: words(), origin: words(), root: words(), tick: words() },
    ...{ shares: words(), likes: words(), replies: words(), dislikes: words(), reports: words(), standing: words() },
    ...{ kind: new Uint8Array(length), topic: new Uint8Array(length), isChanged: new Uint8Array(length) },
  };
}

/** A follow that the log added. `removed` is -1 while it holds. */
export interface AddedTie {
  readonly follower: number;
  readonly followee: number;
  readonly added: number;
  readonly removed: number;
}

/**
 * How long each tie held. Ties of the start have the rows 1, 2, … in the order (follower, followee); those that were added follow in
 * the order of the log, so that a row keeps its number whenever rows are written.
 */
export class TieTable {
  readonly startCount: number;
  readonly #population: Population;
  readonly #hasEnded: Uint8Array;
  #added = addedColumns(1024);
  #addedCount = 0;
  #drained = 0;
  /** Latest added tie of each pair, by a hash of the pair: its number + 1, or 0. Twice as many places as ties, or more. */
  #latest = new Int32Array(2048);
  #ended: { readonly row: number; readonly tick: number }[] = [];

  constructor(population: Population) {
    this.#population = population;
    this.startCount = population.followee.length;
    this.#hasEnded = new Uint8Array(this.startCount);
  }

  /** A granted follow or unfollow. One that changes nothing is none. */
  take(record: TickRecord, i: number): void {
    const follower = record.actor[i];
    const followee = record.target[i];
    const isFollow = record.verb[i] === verbs.follow;
    const start = this.#startTie(follower, followee);
    const place = this.#placeOf(follower, followee);
    const latest = this.#latest[place] - 1;
    const startHolds = start >= 0 && this.#hasEnded[start] === 0;
    const addedHolds = latest >= 0 && this.#added.removed[latest] < 0;
    if (isFollow && !startHolds && !addedHolds) this.#add(follower, followee, record.tick, place);
    else if (!isFollow && startHolds) {
      this.#hasEnded[start] = 1;
      this.#ended.push({ row: start + 1, tick: record.tick });
    } else if (!isFollow && addedHolds) {
      this.#added.removed[latest] = record.tick;
      if (latest < this.#drained) this.#ended.push({ row: this.startCount + 1 + latest, tick: record.tick });
    }
  }

  /** What changed since the last call: ties that were added, and the last tick of rows that were there before. */
  drain(): { readonly added: readonly AddedTie[]; readonly ended: readonly { row: number; tick: number }[] } {
    const { follower, followee, added, removed } = this.#added;
    const rows: AddedTie[] = [];
    for (let k = this.#drained; k < this.#addedCount; k++) {
      rows.push({ follower: follower[k], followee: followee[k], added: added[k], removed: removed[k] });
    }
    this.#drained = this.#addedCount;
    return { added: rows, ended: this.#ended.splice(0) };
  }

  /** The tie of the start between two agents, or -1: a binary search among the follower's, which are in order. */
  #startTie(follower: number, followee: number): number {
    const { followOffset, followee: followees } = this.#population;
    let low = followOffset[follower];
    let high = followOffset[follower + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (followees[middle] < followee) low = middle + 1;
      else high = middle;
    }
    return low < followOffset[follower + 1] && followees[low] === followee ? low : -1;
  }

  /** Where the pair's latest tie is noted, or the free place where it would be. */
  #placeOf(follower: number, followee: number): number {
    const latest = this.#latest;
    const columns = this.#added;
    let place = mix32(follower ^ mix32(followee)) & (latest.length - 1);
    for (; latest[place] !== 0; place = (place + 1) & (latest.length - 1)) {
      const k = latest[place] - 1;
      if (columns.follower[k] === follower && columns.followee[k] === followee) break;
    }
    return place;
  }

  #add(follower: number, followee: number, tick: number, place: number): void {
    const k = this.#addedCount++;
    if (k === this.#added.follower.length) this.#added = widened(this.#added);
    this.#added.follower[k] = follower;
    this.#added.followee[k] = followee;
    this.#added.added[k] = tick;
    this.#added.removed[k] = -1;
    this.#latest[place] = k + 1;
    if (this.#addedCount * 2 > this.#latest.length) this.#widenLatest();
  }

  #widenLatest(): void {
    this.#latest = new Int32Array(this.#latest.length * 2);
    const { follower, followee } = this.#added;
    // In the order of the log, so that of several ties of one pair the latest stays.
    for (let k = 0; k < this.#addedCount; k++) this.#latest[this.#placeOf(follower[k], followee[k])] = k + 1;
  }
}

function addedColumns(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return { follower: words(), followee: words(), added: words(), removed: words() };
}

function widened(columns: ReturnType<typeof addedColumns>): ReturnType<typeof addedColumns> {
  const wider = addedColumns(columns.follower.length * 2);
  for (const name of Object.keys(wider) as (keyof typeof wider)[]) wider[name].set(columns[name]);
  return wider;
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
