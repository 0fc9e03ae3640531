/**
 * What the granted intents of a log add up to: posts with their counters, and how long each tie held.
 *
 * Reads tick records in their order; keeps columns that grow, and tells what changed since it was last asked. Counters stand on
 * origins, as they do in the engine: a like of a repost is one of the content behind it. Memory: 51 bytes a post, a byte a tie of
 * the start and 24 to 32 an added one, up to three times that while a column grows; where agents may vote, some 60 bytes for each
 * agent and content that it reacted to.
 * Oracle: counting over the ticks with objects (`test/sim/record/database.test.ts`), the state's columns (`test/command/inspect.test.ts`).
 */
import { reactionBits } from '../world/pairs.ts';
import { standings } from '../world/posts.ts';
import { changeOf, isReaction, nextReaction, packChange } from '../exchange/reactions.ts';
import { mix32 } from '../ground/random.ts';
import { standingAfter } from '../exchange/standing.ts';
import { changesStanding, makesPost, verbs } from '../exchange/verbs.ts';
import { plansOf } from './manifest.ts';
import type { Population } from '../world/population.ts';
import type { TickRecord } from './chunk.ts';
import type { Manifest } from './manifest.ts';

/** How often a content was reacted to, and answered; reposts and quotes are shares. */
export interface ContentCounters {
  readonly likes: number;
  readonly dislikes: number;
  readonly reports: number;
  readonly shares: number;
  readonly replies: number;
}

/** Nothing yet. */
export const noCounters: ContentCounters = { likes: 0, dislikes: 0, reports: 0, shares: 0, replies: 0 };

/** Maps that share the reactions: V8 ends one map at 2^24 entries. */
const reactionMapCount = 256;

/** Posts by id, grown as the log is read. Kind is the number of the verb that made the post, 0 for an id that is not there. */
export class PostTable {
  /** What stands between an agent and a content, where agents may vote: by actor * 2^31 + content, in the map of the content. */
  readonly #reactions: readonly Map<number, number>[];
  count = 0;
  columns = postColumns(1024);
  #changed = new Int32Array(1024);
  #changedCount = 0;

  readonly #reportsStay: boolean;
  /** What was done to posts in the tick that is read: bits by post. */
  readonly #marked = new Map<number, number>();
  #markedTick = -1;

  /**
   * A vote turns round what stood before it, so where agents may vote (`allowsVotes`) every reaction is kept; elsewhere the verb says
   * what it found. `reportsStay`: a report of a repost counts on the repost, as it does where the run does as OASIS does.
   */
  constructor({
    keepsReactions,
    reportsStay = false,
  }: {
    readonly keepsReactions: boolean;
    readonly reportsStay?: boolean;
  }) {
    this.#reportsStay = reportsStay;
    this.#reactions = Array.from({ length: keepsReactions ? reactionMapCount : 0 }, () => new Map<number, number>());
  }

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

  /** The counters of a content as they stand now; those of a repost stand on what it shows. */
  countersOf(content: number): ContentCounters {
    if (!(content > 0 && content <= this.count)) return noCounters;
    const { likes, dislikes, reports, shares, replies } = this.columns;
    return {
      ...{ likes: likes[content], dislikes: dislikes[content], reports: reports[content] },
      ...{ shares: shares[content], replies: replies[content] },
    };
  }

  /**
   * A granted intent. One that neither makes a post nor changes one is passed over. `argument` is what it is about: of a post its
   * community, or -1.
   */
  take(record: TickRecord, i: number, argument = -1): void {
    const verb = record.verb[i];
    if (makesPost(verb)) this.#make(record, i, argument);
    else if (isReaction(verb)) this.#react(verb, record.actor[i], record.target[i]);
    else if (changesStanding(verb) || verb === verbs.appeal) this.#stand(verb, record.target[i], record.tick);
  }

  #make(record: TickRecord, i: number, argument: number): void {
    const verb = record.verb[i];
    const target = verb === verbs.post ? 0 : record.target[i];
    if (target > 0 && target <= this.count) this.#count(verb, this.columns.origin[target]);
    const id = record.result[i];
    if (id <= 0) return;
    if (id >= this.columns.author.length) this.#grow(id);
    const { author, parent, origin, root, tick, kind, topic, community } = this.columns;
    author[id] = record.actor[i];
    parent[id] = target;
    origin[id] = verb === verbs.repost && target > 0 ? origin[target] : id;
    root[id] = target > 0 ? root[target] : id;
    tick[id] = record.tick;
    kind[id] = verb;
    topic[id] = record.topic[i];
    community[id] = verb === verbs.reply ? community[target] : verb === verbs.post ? argument + 1 : 0;
    this.count = Math.max(this.count, id);
    this.#change(id);
  }

  #count(verb: number, origin: number): void {
    const { shares, replies } = this.columns;
    if (verb === verbs.reply) replies[origin]++;
    else shares[origin]++;
    this.#change(origin);
  }

  /** A like, a vote, a report, or its undoing. */
  #react(verb: number, actor: number, target: number): void {
    if (target <= 0 || target > this.count) return;
    const content = verb === verbs.report && this.#reportsStay ? target : this.columns.origin[target];
    const kept = this.#reactions.at(content % reactionMapCount);
    const key = actor * 0x8000_0000 + content;
    const before = kept === undefined ? undoes(verb) : (kept.get(key) ?? 0);
    const after = nextReaction(verb, before);
    kept?.set(key, after);
    const change = packChange(before, after);
    this.columns.likes[content] += changeOf(change, reactionBits.like);
    this.columns.dislikes[content] += changeOf(change, reactionBits.dislike);
    this.columns.reports[content] += changeOf(change, reactionBits.report);
    this.#change(content);
  }

  #stand(verb: number, post: number, tick: number): void {
    if (post <= 0 || post > this.count) return;
    if (tick !== this.#markedTick) this.#marked.clear();
    this.#markedTick = tick;
    const { standing } = this.columns;
    const now = this.#marked.get(post) ?? 0;
    if (verb === verbs.appeal) standing[post] = (standing[post] & standings.deleted) | now;
    else {
      // What stood before the tick can be lifted by an appeal of the tick, what was done in it cannot.
      const added = standingAfter(verb, standing[post]) & ~standing[post];
      this.#marked.set(post, now | added);
      standing[post] |= added;
    }
    this.#change(post);
  }

  #grow(id: number): void {
    const wider = postColumns(Math.max(id + 1, this.columns.author.length * 2));
    for (const name of Object.keys(wider) as (keyof typeof wider)[]) wider[name].set(this.columns[name]);
    this.columns = wider;
  }
}

/** A table for the posts of a log, empty. */
export function postTableOf(manifest: Pick<Manifest, 'plan' | 'forkedFrom'>): PostTable {
  const reportsStay = plansOf(manifest).some(({ plan }) => {
    const { conduct } = plan as { readonly conduct?: { readonly compat?: string } };
    return conduct?.compat === 'oasis';
  });
  return new PostTable({ keepsReactions: allowsVotes(manifest), reportsStay });
}

/** Whether agents of a run may vote, by its plan or one that held before a fork. Where a plan does not say, they may. */
export function allowsVotes(manifest: Pick<Manifest, 'plan' | 'forkedFrom'>): boolean {
  return plansOf(manifest).some(({ plan }) => {
    const { allowedVerbs } = plan as { readonly allowedVerbs?: readonly string[] };
    return allowedVerbs?.some((name) => name === 'upvote' || name === 'downvote') ?? true;
  });
}

/** The bits that a granted undoing found: it takes back what stood. */
function undoes(verb: number): number {
  if (verb === verbs.unlike) return reactionBits.like;
  return verb === verbs.undislike ? reactionBits.dislike : 0;
}

function postColumns(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return {
    ...{ author: words(), parent: words(), origin: words(), root: words(), tick: words(), community: words() },
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

  /** A granted follow or unfollow. Returns the row of the tie that began or ended; 0 for one that changes nothing. */
  take(record: TickRecord, i: number): number {
    const follower = record.actor[i];
    const followee = record.target[i];
    const isFollow = record.verb[i] === verbs.follow;
    const start = this.#startTie(follower, followee);
    const place = this.#placeOf(follower, followee);
    const latest = this.#latest[place] - 1;
    const startHolds = start >= 0 && this.#hasEnded[start] === 0;
    const addedHolds = latest >= 0 && this.#added.removed[latest] < 0;
    if (isFollow === (startHolds || addedHolds)) return 0;
    if (isFollow) return this.#add(follower, followee, record.tick, place);
    if (startHolds) {
      this.#hasEnded[start] = 1;
      this.#ended.push({ row: start + 1, tick: record.tick });
      return start + 1;
    }
    this.#added.removed[latest] = record.tick;
    const row = this.startCount + 1 + latest;
    if (latest < this.#drained) this.#ended.push({ row, tick: record.tick });
    return row;
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

  #add(follower: number, followee: number, tick: number, place: number): number {
    const k = this.#addedCount++;
    if (k === this.#added.follower.length) this.#added = widened(this.#added);
    this.#added.follower[k] = follower;
    this.#added.followee[k] = followee;
    this.#added.added[k] = tick;
    this.#added.removed[k] = -1;
    this.#latest[place] = k + 1;
    if (this.#addedCount * 2 > this.#latest.length) this.#widenLatest();
    return this.startCount + 1 + k;
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
