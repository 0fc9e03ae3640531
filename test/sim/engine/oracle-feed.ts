/**
 * Feeds on plain objects, for the oracle of the whole tick: candidates are listed whole, sorted whole, and cut.
 *
 * Counts that decide and that headers name: a feed looks at twice as many in-network candidates as it may show; boards keep 64;
 * `interest` takes 32 and 16 from the boards of an agent's two main topics, `mix` four times and twice its share of strangers,
 * and four times from the board of all.
 */
import { log } from '../../../sim/ground/detmath.ts';
import { draw, purposes } from '../../../sim/ground/random.ts';
import { sources } from '../../../sim/exchange/tables.ts';
import { dot, isGone } from './oracle-world.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Agent, Item, Post, World } from './oracle-world.ts';

const boardLength = 64;

/** What an agent sees at tick t, best first. */
export function feedOf(world: World, agent: Agent, tick: number): Item[] {
  const { recommender, length, outOfNetworkShare } = world.plan.feed;
  const feed = new Feed(world, agent);
  if (recommender === 'recency') feed.takeRecent(length);
  else if (recommender === 'hot') feed.takeBoard(0, length, sources.popular);
  else if (recommender === 'interest') {
    feed.takeRecent(length);
    feed.takeTopics(boardLength / 2);
    return feed.best(length, 0);
  } else if (recommender === 'mix') {
    const wanted = length * outOfNetworkShare;
    const isRoundedUp = draw(world.plan.seed, tick, agent.key, purposes.feed) < wanted - Math.floor(wanted);
    const strangers = Math.floor(wanted) + (isRoundedUp ? 1 : 0);
    feed.takeRecent(length - strangers);
    const known = feed.items.length;
    if (strangers === 0) return feed.items;
    feed.takeTopics(strangers * 4);
    feed.takeBoard(0, strangers * 4, sources.popular);
    return feed.best(Math.min(length, known + strangers), known);
  }
  return feed.items;
}

class Feed {
  readonly items: Item[] = [];
  readonly #world: World;
  readonly #agent: Agent;

  constructor(world: World, agent: Agent) {
    this.#world = world;
    this.#agent = agent;
  }

  /** The newest contents by whom one follows: at most `limit`, out of twice as many candidates. */
  takeRecent(limit: number): void {
    const { oldestPost } = this.#world;
    const candidates = [...this.#agent.follows]
      .flatMap((followee) => followee.latest)
      .filter((post) => post.id >= oldestPost)
      .sort((x, y) => y.id - x.id)
      .slice(0, limit * 2);
    this.#take(candidates, limit, sources.followee);
  }

  takeBoard(board: number, limit: number, source: number): void {
    this.#take(this.#world.boards[board], limit, source);
  }

  /** The boards of the two strongest interests: at most `limit`, and half as many. */
  takeTopics(limit: number): void {
    const { interest } = this.#agent;
    const first = mainTopic(interest);
    const others = interest.map((one, k) => (k === first >> 1 ? 0 : one));
    this.takeBoard(1 + first, limit, sources.interest);
    this.takeBoard(1 + mainTopic(others), limit / 2, sources.interest);
  }

  #take(posts: readonly Post[], limit: number, source: number): void {
    const end = this.items.length + limit;
    for (const post of posts) if (this.items.length < end && this.#isWanted(post)) this.items.push({ post, source });
  }

  /** Not archived, not taken away, by nobody whom the agent shuns or who blocked it, not there yet, not its own act, not seen too often. */
  #isWanted(post: Post): boolean {
    const { origin } = post;
    if (origin.id < this.#world.oldestPost || isGone(post)) return false;
    if (shuns(this.#agent, post.author) || shuns(this.#agent, origin.author)) return false;
    if (this.items.some((item) => item.post.origin === origin)) return false;
    const memory = this.#agent.memory.find((one) => one.origin === origin);
    return memory === undefined || (!memory.acted && memory.seen < this.#world.plan.feed.exposuresMax);
  }

  /** The first `fixed` by age, then the others by match; ties by age. */
  best(length: number, fixed: number): Item[] {
    const match = new Map(this.items.map((item, k) => [item, k < fixed ? Infinity : this.#match(item)]));
    const score = (item: Item): number => match.get(item) ?? 0;
    const later = (x: Item, y: Item): number => y.post.id - x.post.id;
    return [...this.items].sort((x, y) => (score(x) === score(y) ? later(x, y) : score(y) - score(x))).slice(0, length);
  }

  #match({ post }: Item): number {
    return dot(this.#agent.interest, post.topic);
  }
}

function shuns(agent: Agent, author: Agent): boolean {
  return agent.mutes.has(author) || agent.blocks.has(author) || author.blocks.has(agent);
}

/** Twice the dimension of the greatest absolute component, plus one if it is negative; the lowest dimension wins a tie. */
export function mainTopic(vector: readonly number[]): number {
  const most = Math.max(...vector.map(Math.abs));
  const dimension = vector.findIndex((one) => Math.abs(one) === most);
  return dimension * 2 + (vector[dimension] < 0 ? 1 : 0);
}

/** Boards that nothing stands on; the last two are for feeds that the oracle does not make. */
export function emptyBoards(): readonly (readonly Post[])[] {
  return Array.from({ length: 19 }, () => []);
}

/**
 * The next boards: the best 64, by hot score and then by age, of what stands on each and of what this tick wrote or acted on. A
 * post that was crowded out comes back when it is acted on again, not when others are archived, taken away or fall.
 */
export function nextBoards(world: World, touched: readonly Post[]): readonly (readonly Post[])[] {
  return world.boards.map((standing, board) => {
    const offered = touched.filter((post) => board === 0 || mainTopic(post.topic) === board - 1);
    return [...new Set([...standing, ...offered])]
      .filter((post) => post.kind !== 'repost' && post.id >= world.oldestPost && !isGone(post))
      .map((post) => ({ post, score: hotScore(world.plan, post) }))
      .sort((x, y) => y.score - x.score || y.post.id - x.post.id)
      .slice(0, boardLength)
      .map(({ post }) => post);
  });
}

/** log10 of how many votes there are, less than none counted below, plus one for each 12.5 hours that the post is younger. */
function hotScore(plan: Plan, post: Post): number {
  const votes = post.shares + post.likes - post.dislikes;
  return (Math.sign(votes) * log(Math.max(1, Math.abs(votes)))) / Math.LN10 + (post.tick * plan.tickSeconds) / 45000;
}
