/**
 * What a dashboard knows of a run: figures of every tick over all agents, what the shown agents did, cascades, and ties among the shown.
 *
 * Takes tick records in their order, each once. Answers for any tick that was taken. Cost: one pass over the intents of a tick; a tick of a
 * million agents takes some milliseconds, and nothing is done that the run would wait for. The largest cascades of the latest tick are kept
 * as they grow: looking through all posts four times a second was a quarter of the whole.
 * Memory: 40 bytes a tick and group, 8 bytes an act of a shown agent. Oracle: counting over the records (`test/viz/dashboard.test.ts`).
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { makesPost, verbs } from '../../sim/exchange/verbs.ts';
import { externalId } from '../../sim/world/population.ts';
import type { LogFollower } from '../../sim/record/live-log-reader.ts';
import type { TickMessage, CascadeRow } from './messages.ts';
import type { Groups, Shown } from './shown.ts';

type TickRecord = ReturnType<LogFollower['record']>;

/** Figures of a tick, in this order. */
export const metricNames = [
  'agents awake',
  'acts granted',
  'acts refused',
  'posts',
  'replies',
  'reposts and quotes',
  'likes',
  'new follows',
  'exposures',
] as const;

/** Ticks for which an act is seen. */
export const activeTicks = 3;
const cascadesShown = 12;

/** A tie among the shown that the log made or ended. */
interface ShownTie {
  readonly source: number;
  readonly target: number;
  readonly from: number;
  until: number;
}

/** What is known of the ticks so far. */
export class Watch {
  readonly #follower: LogFollower;
  readonly #shown: Shown;
  readonly #groups: Groups;
  /** By metric. */
  readonly series: number[][] = metricNames.map(() => []);
  readonly #groupActs: number[][] = [];
  readonly #groupFlows: number[][] = [];
  readonly #active: { readonly nodes: Int32Array; readonly verbs: Uint8Array }[] = [];
  readonly ties: ShownTie[] = [];
  readonly #open = new Map<string, ShownTie>();
  #sizes = new Int32Array(1024);
  /** Roots of the largest cascades now, in their order. */
  readonly #largest: number[] = [];

  constructor(follower: LogFollower, shown: Shown, groups: Groups) {
    this.#follower = follower;
    this.#shown = shown;
    this.#groups = groups;
    for (let edge = 0; edge < shown.source.length; edge++) this.#begin(shown.source[edge], shown.target[edge], 0);
  }

  /** Ticks that were taken. */
  get ticks(): number {
    return this.#active.length;
  }

  /** Takes the next tick. */
  take(record: TickRecord): void {
    const { awake, granted, refused, exposures } = record.totals;
    const count = { posts: 0, replies: 0, shares: 0, likes: 0, follows: 0 };
    const { names, of } = this.#groups;
    const acts = names.map(() => 0);
    const flows = this.#groupFlows.at(-1)?.slice() ?? names.flatMap(() => names.map(() => 0));
    const [nodes, did] = [[] as number[], [] as number[]];
    const { posts } = this.#follower;
    const { actor, verb, outcome, target, result, intentCount } = record;
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || actor[i] >= of.length) continue;
      acts[of[actor[i]]]++;
      const node = this.#shown.nodeOf[actor[i]];
      if (node >= 0) {
        nodes.push(node);
        did.push(verb[i]);
      }
      if (verb[i] === verbs.like) count.likes++;
      else if (verb[i] === verbs.follow || verb[i] === verbs.unfollow) {
        if (verb[i] === verbs.follow) count.follows++;
        this.#takeTie(record.tick, verb[i], node, target[i]);
      } else if (makesPost(verb[i]) && result[i] > 0) {
        if (verb[i] === verbs.post) count.posts++;
        else if (verb[i] === verbs.reply) count.replies++;
        else count.shares++;
        this.#grow(posts.root[result[i]]);
        const about = posts.parent[result[i]];
        if (about > 0) flows[of[actor[i]] * names.length + of[posts.author[about]]]++;
      }
    }
    const { likes, follows, replies, shares, posts: made } = count;
    const values = [awake, granted, refused, made, replies, shares, likes, follows, exposures];
    values.forEach((value, metric) => this.series[metric].push(value));
    this.#groupActs.push(acts);
    this.#groupFlows.push(flows);
    this.#active.push({ nodes: Int32Array.from(nodes), verbs: Uint8Array.from(did) });
  }

  /** How it stood after a tick. */
  at(tick: number): TickMessage {
    const last = new Map<number, { verb: number; age: number }>();
    for (let one = Math.max(0, tick - activeTicks + 1); one <= tick; one++) {
      const { nodes, verbs: did } = this.#active[one];
      nodes.forEach((node, k) => last.set(node, { verb: did[k], age: tick - one }));
    }
    return {
      tick,
      metrics: this.series.map((values) => values[tick]),
      groupActs: this.#groupActs[tick],
      groupFlows: this.#groupFlows[tick],
      active: [...last.keys()],
      verb: Array.from(last.values(), ({ verb }) => verb),
      age: Array.from(last.values(), ({ age }) => age),
      cascades: this.cascades(tick),
    };
  }

  /** The largest cascades after a tick. Posts stand in the order of ticks, so those of later ticks are a tail. */
  cascades(tick: number): CascadeRow[] {
    const { root, tick: madeIn, author, count } = this.#follower.posts;
    const isNow = tick === this.ticks - 1;
    const end = isNow ? count : firstAfter(madeIn, count, tick);
    const before = firstAfter(madeIn, end, tick - activeTicks);
    const sizes = isNow ? this.#sizes : new Int32Array(count + 1);
    if (!isNow) for (let id = 1; id <= end; id++) sizes[root[id]]++;
    const roots = isNow ? this.#largest : largest(sizes, end, cascadesShown);
    const gained = new Map(roots.map((one) => [one, 0]));
    for (let id = before + 1; id <= end; id++) {
      const one = gained.get(root[id]);
      if (one !== undefined) gained.set(root[id], one + 1);
    }
    const { ids } = this.#follower.records.population;
    return roots.map((one) => ({
      ...{ root: one, author: externalId(ids, author[one]), tick: madeIn[one] },
      ...{ size: sizes[one], gained: gained.get(one) ?? 0 },
    }));
  }

  #grow(root: number): void {
    if (root >= this.#sizes.length) {
      const larger = new Int32Array(Math.max(root + 1, this.#sizes.length * 2));
      larger.set(this.#sizes);
      this.#sizes = larger;
    }
    this.#sizes[root]++;
    if (this.#sizes[root] > 1) placeLargest(this.#largest, root, this.#sizes);
  }

  #takeTie(tick: number, verb: number, node: number, target: number): void {
    const { nodeOf, agents, isDrawn } = this.#shown;
    const other = nodeOf[target] ?? -1;
    if (node < 0 || other < 0 || !isDrawn(agents[node], target)) return;
    const key = `${node} ${other}`;
    const open = this.#open.get(key);
    if (verb === verbs.follow && open === undefined) this.#begin(node, other, tick + 1);
    if (verb !== verbs.unfollow || open === undefined) return;
    open.until = tick;
    this.#open.delete(key);
    // Said again, as ended: whoever was told of it hears of the end.
    if (open.from <= tick) this.ties.push(open);
  }

  #begin(source: number, target: number, from: number): void {
    const tie = { source, target, from, until: -1 };
    this.#open.set(`${source} ${target}`, tie);
    this.ties.push(tie);
  }
}

/** The highest id below `count` + 1 whose tick is not after `tick`. */
export function firstAfter(madeIn: Int32Array, count: number, tick: number): number {
  let [low, high] = [1, count + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (madeIn[middle] <= tick) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Puts a root that grew into its place: the largest first, earlier ones first among equals; what no longer fits is dropped. */
function placeLargest(best: number[], root: number, sizes: Int32Array): void {
  const isBefore = (a: number, b: number): boolean => sizes[a] > sizes[b] || (sizes[a] === sizes[b] && a < b);
  let place = best.indexOf(root);
  if (place < 0) {
    if (best.length === cascadesShown && !isBefore(root, best[best.length - 1])) return;
    if (best.length === cascadesShown) best.pop();
    place = best.push(root) - 1;
  }
  for (; place > 0 && isBefore(root, best[place - 1]); place--) {
    [best[place - 1], best[place]] = [best[place], best[place - 1]];
  }
}

/** Ids with the largest values, the largest first, earlier ones first among equals. */
function largest(sizes: Int32Array, end: number, count: number): number[] {
  const best: number[] = [];
  for (let id = 1; id <= end; id++) {
    if (sizes[id] < 2 || (best.length === count && sizes[id] <= sizes[best[count - 1]])) continue;
    let place = best.length;
    while (place > 0 && sizes[best[place - 1]] < sizes[id]) place--;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}
