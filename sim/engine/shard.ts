/**
 * One shard: its rows of the state, its tables, its scratch memory, its own code. The phases of a tick take it as their argument.
 */
import { createRadixScratch } from '../ground/radix.ts';
import { seedWords, tickSeedA, tickSeedB } from '../ground/random.ts';
import { boardCount, boardLength, offer } from '../world/boards.ts';
import { agentShard } from '../world/ownership.ts';
import { oldestLive } from '../world/posts.ts';
import { roles, topicCount } from '../world/agents.ts';
import { compileLimits } from '../exchange/limits.ts';
import { fallenPosts } from '../exchange/falls.ts';
import { verbTable } from '../exchange/verbs.ts';
import { counts } from '../exchange/tables.ts';
import { createFeedScratch } from '../recommender/feed.ts';
import { createOwnTurn } from '../policy/own.ts';
import { plantedOf } from '../policy/plants.ts';
import { createModelPolicy } from '../policy/model/policy.ts';
import { createEnforcer } from '../game-master/invariant/enforce-intents.ts';
import { usualRequestTicks } from '../game-master/ranked/requests.ts';
import { createBench } from '../game-master/judge/route.ts';
import { createRuleBook } from '../game-master/rule-book.ts';
import { InvariantError } from '../ground/errors.ts';
import { kernelsOf } from './shard-kernels.ts';
import { control } from './barrier.ts';
import { usualTexts } from './plan.ts';
import { attachState } from './state.ts';
import type { RadixScratch } from '../ground/radix.ts';
import type { TopicCells } from '../world/topic-cells.ts';
import type { Boards } from '../world/boards.ts';
import type { People } from '../world/people.ts';
import type { Ownership } from '../world/ownership.ts';
import type { TopicDraw } from '../world/post-topic.ts';
import type { IntentRow, RequestRow, ShardTables } from '../exchange/tables.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { OwnVerb, Verb } from '../exchange/verbs.ts';
import type { Conduct } from '../game-master/conduct.ts';
import type { FeedScratch, FeedSettings, OwnRecommender, RecommenderName } from '../recommender/feed.ts';
import type { FreshCells } from '../policy/archetypes/asking.ts';
import type { ArchetypeSet } from '../policy/archetypes/set.ts';
import type { OwnPolicy, OwnTurn } from '../policy/own.ts';
import type { Planted } from '../policy/plants.ts';
import type { PlantsOrder } from '../exchange/plants.ts';
import type { Turn } from '../policy/act.ts';
import type { Detail } from '../exchange/details.ts';
import type { Enforcer } from '../game-master/invariant/enforce-intents.ts';
import type { Bench } from '../game-master/judge/route.ts';
import type { RuleBook } from '../game-master/rule-book.ts';
import type { Draft } from '../game-master/ranked/settlement.ts';
import type { CumulativeProfiles } from './activate.ts';
import type { ShardKernels } from './shard-kernels.ts';
import type { OwnCode, Placement, Plan, PolicyPlan } from './plan.ts';
import type { Attached, State, StateHandle } from './state.ts';

/** An intervention as a shard holds it: the agent by its row. */
export interface ScheduledAct {
  readonly tick: number;
  readonly row: number;
  readonly verb: number;
  /** Numbered from 200 on for each agent and tick, apart from the agent's own acts. */
  readonly sequence: number;
  /** Row of the agent acted on, or 0. */
  readonly target: number;
  /** Instead of a target: the first post that the agent of a row wrote at a tick. */
  readonly postBy?: { readonly row: number; readonly tick: number };
  /** The verb's amount; of a post its appeal, in 1/256 of a logit. */
  readonly amount: number;
  /** Whether the appeal is given and not drawn. */
  readonly isAppealGiven: boolean;
  readonly detail?: Detail;
}

/** Everything that a phase needs. `tables` and `all` are those of the current tick's parity. */
export interface Shard {
  readonly plan: Plan;
  readonly placement: Placement;
  readonly attached: Attached;
  readonly state: State;
  readonly owner: Ownership;
  readonly book: RuleBook;
  /** For attempts in free words. */
  readonly bench: Bench;
  /** Undefined where the scenario has no invariants. */
  readonly enforcer: Enforcer | undefined;
  readonly feed: FeedSettings;
  readonly policies: readonly (OwnPolicy | undefined)[];
  /** Those of policies that have archetypes. */
  readonly archetypes: readonly ArchetypeSet[];
  /** Answers for archetypes in the current tick, set by set. */
  fresh: readonly FreshCells[];
  readonly own: OwnTurn;
  readonly turn: Turn;
  readonly profiles: CumulativeProfiles;
  /** Those of this shard's agents. */
  readonly scheduled: readonly ScheduledAct[];
  /** What is planted among this shard's agents; undefined where nothing is. */
  readonly planted: Planted | undefined;
  readonly usesBoards: boolean;
  /** What else feeds of this run read. */
  readonly boards: { readonly top: boolean; readonly controversial: boolean; readonly engagers: boolean };
  readonly asks: boolean;
  readonly takesRoots: boolean;
  readonly offers: Boards;
  readonly wheel: Int32Array;
  readonly radix: RadixScratch;
  readonly feedScratch: FeedScratch;
  readonly kernels: ShardKernels;
  readonly scratch: {
    readonly vector: Float64Array;
    /** As long as vectors of readers, where there are any. */
    readonly direction: Float64Array;
    readonly draw: TopicDraw;
    touched: number;
  };
  /** Who is who, where somebody asks for words. */
  readonly people: People | undefined;
  tables: ShardTables;
  all: readonly ShardTables[];
  mergedTick: number;
  /** Posts that the current tick makes, over all shards. */
  madeCount: number;
  /** Whether own code has the turn: for naming the agent when it throws. */
  readonly acting: { own: boolean };
  /** Centres of the index of topics, for the number of cells that it has. */
  topicCells: { readonly level: number; readonly cells: TopicCells | undefined };
  /** Requests for the vectors of the tick's new posts, by intent. */
  readonly embedded: Map<IntentRow, RequestRow>;
  /** What the tick's ranked verbs write; on the first shard only. */
  draft: Draft | undefined;
}

/** What a shard is made from: it can be posted to a worker. */
export interface ShardOrder {
  readonly handle: StateHandle;
  readonly shard: number;
  readonly plan: Plan;
  readonly placement: Placement;
  readonly profiles: CumulativeProfiles;
  readonly scheduled: readonly ScheduledAct[];
  /** Whether state roots are taken. */
  readonly takesRoots: boolean;
  /** Who is who, where somebody works with words. */
  readonly people?: People;
  readonly archetypes?: readonly ArchetypeSet[];
  /** Where something is planted. */
  readonly plants?: PlantsOrder;
}

function createScratch(attached: Attached, plan: Plan): Shard['scratch'] {
  return {
    vector: new Float64Array(topicCount),
    direction: new Float64Array(attached.state.meaning?.dimensions ?? 0),
    draw: emptyTopicDraw(attached, plan),
    touched: 0,
  };
}

/** What a topic is drawn from, all but who posts. */
function emptyTopicDraw({ state }: Attached, { topicFocusShare }: Plan): TopicDraw {
  const interest = state.agents.interest as Int8Array;
  return { a: 0, b: 0, sequence: 0, start: 0, interest, topicFocusShare };
}

/** Makes a shard in this thread. `code` holds the study's own code, loaded in this thread. */
export function createShard(order: ShardOrder, code: OwnCode): Shard {
  const { handle, plan, placement } = order;
  const attached = attachState(handle, order.shard);
  const named = naming(code, (agent) => {
    shard.acting.own = true;
    shard.own.turn.actor = agent;
  });
  const table = verbTable(named.verbs);
  const policies = plan.policies.map((one) => policyOf(one, code, table, plan));
  const feed = feedSettings(plan, named);
  const book = createRuleBook(table, plan.allowedVerbs, {
    conduct: conductOf(plan, table, attached.state),
    grounds: plan.grounds,
    textBytesMax: (plan.texts ?? usualTexts).bytesMax,
    policyCount: plan.policies.length,
  });
  const shard: Shard = {
    plan,
    placement,
    attached,
    state: attached.state,
    owner: attached.owner,
    book,
    bench: createBench(book, plan.judge),
    enforcer: enforcerOf(plan, attached, table),
    feed,
    policies,
    archetypes: order.archetypes ?? [],
    fresh: [],
    own: createOwnTurn(
      () => shard.state,
      () => shard.tables,
      new Map(table.map((verb) => [verb.name, verb.number])),
      {
        requestTicks: plan.grounds?.requestTicks ?? usualRequestTicks,
        mutesShown: plan.conduct.compat === 'oasis',
      },
      order.people,
    ),
    turn: { actor: 0, sequence: 0 },
    profiles: order.profiles,
    scheduled: order.scheduled.filter((act) => agentShard(attached.owner, act.row) === order.shard),
    planted: plantedHere(order, attached),
    usesBoards: reads(feed, (name) => !boardless.has(name)),
    boards: boardsOf(feed),
    takesRoots: order.takesRoots,
    asks: policies.some((policy) => policy?.ask !== undefined || policy?.interview !== undefined),
    offers: attached.offers[order.shard],
    wheel: attached.wheel,
    radix: createRadixScratch(4096),
    feedScratch: createFeedScratch(),
    kernels: kernelsOf(handle, attached, feed, placement),
    scratch: createScratch(attached, plan),
    people: order.people,
    tables: attached.tables[0][order.shard],
    all: attached.tables[0],
    mergedTick: -1,
    madeCount: 0,
    acting: { own: false },
    topicCells: { level: 0, cells: undefined },
    embedded: new Map(),
    draft: undefined,
  };
  return shard;
}

function boardsOf(feed: FeedSettings): Shard['boards'] {
  return {
    top: reads(feed, (name) => name === 'top' || name === 'trending'),
    controversial: reads(feed, (name) => name === 'controversial'),
    engagers: reads(feed, (name) => name === 'collaborative'),
  };
}

function enforcerOf({ invariants }: Plan, { state }: Attached, table: Parameters<typeof createEnforcer>[1]) {
  return invariants === undefined ? undefined : createEnforcer(state, table, invariants, state.invariants);
}

function plantedHere({ plants, shard }: ShardOrder, { owner, state }: Attached): Planted | undefined {
  if (plants === undefined) return undefined;
  return plantedOf(plants, state.sizes.agentCount, (row) => agentShard(owner, row) === shard);
}

const boardless = new Set<RecommenderName>([
  ...(['recency', 'none', 'random', 'friends-of-friends', 'collaborative', 'community'] as const),
]);

/** Whether one of the recommenders that make the feed is of a kind; a study's own one reads the boards. */
function reads({ recommender, blend }: FeedSettings, isOne: (name: RecommenderName) => boolean): boolean {
  if (blend !== undefined) return blend.some((part) => isOne(part.recommender));
  return typeof recommender === 'function' ? isOne('interest') : isOne(recommender);
}

/** The scenario's rules of conduct, as the Game Master asks for them. */
function conductOf(plan: Plan, table: readonly Verb[], state: State): Conduct {
  return {
    selfRating: plan.conduct.selfRating,
    isModerator: (row) => state.agents.role[row as AgentRow] === roles.moderator,
    limits: compileLimits(plan.conduct.limits, table, plan.tickSeconds),
    moderation: plan.conduct.moderation,
    compat: plan.conduct.compat,
  };
}

/** Own code that is called outside its agent's turn: the agent is put on record first, so that a throw names the right one. */
function naming(code: OwnCode, name: (agent: AgentRow) => void): OwnCode {
  const recommenders = Object.entries(code.recommenders).map(([key, score]): [string, OwnRecommender] => [
    key,
    (state, agent, post, source) => {
      name(agent);
      return score(state, agent, post, source);
    },
  ]);
  const verbs = Object.entries(code.verbs).map(([key, verb]): [string, OwnVerb] => {
    const { refuse } = verb;
    if (refuse === undefined) return [key, verb];
    return [
      key,
      {
        ...verb,
        refuse: (state, attempt) => {
          name(attempt.actor);
          return refuse(state, attempt);
        },
      },
    ];
  });
  return { ...code, recommenders: Object.fromEntries(recommenders), verbs: Object.fromEntries(verbs) };
}

/** What own code brings, or what stands for agents that think in words; none for those that decide by rules. */
function policyOf(one: PolicyPlan, code: OwnCode, table: readonly Verb[], plan: Plan): OwnPolicy | undefined {
  const world = { table, allowed: plan.allowedVerbs, grounds: plan.grounds };
  switch (one.kind) {
    case 'rules':
      return undefined;
    case 'own':
      return ownPolicy(code, one.name);
    case 'model':
      return createModelPolicy(one.model, world);
    case 'archetypes':
      return createModelPolicy(one.archetypes.model, world);
  }
}

function ownPolicy(code: OwnCode, name: string): OwnPolicy {
  const policy = code.policies[name];
  if (policy === undefined) throw new InvariantError(`own code lacks the policy ${name}`);
  return policy;
}

function feedSettings(plan: Plan, code: OwnCode): FeedSettings {
  const { recommender } = plan.feed;
  const mutesShown = plan.conduct.compat === 'oasis';
  if (typeof recommender === 'string') return { ...plan.feed, recommender, mutesShown };
  const own = code.recommenders[recommender.own];
  if (own === undefined) throw new InvariantError(`own code lacks the recommender ${recommender.own}`);
  return { ...plan.feed, recommender: own, mutesShown };
}

/** Opens a tick: its numbers, its tables, and the boards with what the last tick offered. */
export function openTick(shard: Shard, tick: number): void {
  const { state, plan, attached, owner } = shard;
  const { lo, hi } = seedWords(plan.seed);
  const hours = plan.startHour + (tick * plan.tickSeconds) / 3600;
  const nextPost = attached.control[control.nextPost];
  state.now = {
    tick,
    tickSeconds: plan.tickSeconds,
    hourOfDay: hours - Math.floor(hours / 24) * 24,
    seed: plan.seed,
    seedA: tickSeedA(lo, hi, tick),
    seedB: tickSeedB(lo, hi, tick),
    nextPost,
    oldestPost: oldestLive(state.posts, nextPost),
  };
  shard.all = attached.tables[tick & 1];
  shard.tables = shard.all[owner.shard];
  shard.tables.count.fill(0, 0, counts.length);
  if (shard.mergedTick === tick - 1) state.ties.logCount[owner.shard] = 0;
  if (shard.usesBoards) {
    const fallen = tick === 0 ? new Set<number>() : fallenPosts(attached.tables[(tick - 1) & 1]);
    mergeOffersInto(state.boards, attached.offers, fallen, state.now.oldestPost);
  }
}

/** Best of (what still stands on the board and has not fallen, what any shard offered): every shard comes to the same boards. */
export function mergeOffersInto(
  boards: Boards,
  offered: readonly Boards[],
  fallen: ReadonlySet<number>,
  oldest: number,
): void {
  for (let board = 0; board < boardCount; board++) {
    dropGone(boards, board, fallen, oldest);
    for (const offers of offered) {
      const posts = offers.post as unknown as Int32Array;
      const scores = offers.score as unknown as Float64Array;
      for (let k = board * boardLength; k < (board + 1) * boardLength && posts[k] > 0; k++) {
        if (posts[k] >= oldest) offer(boards, board, posts[k], scores[k]);
      }
    }
  }
}

function dropGone(boards: Boards, board: number, fallen: ReadonlySet<number>, oldest: number): void {
  const posts = boards.post as unknown as Int32Array;
  const scores = boards.score as unknown as Float64Array;
  let to = board * boardLength;
  for (let from = to; from < (board + 1) * boardLength && posts[from] > 0; from++) {
    if (posts[from] < oldest || fallen.has(posts[from])) continue;
    posts[to] = posts[from];
    scores[to++] = scores[from];
  }
  posts.fill(0, to, (board + 1) * boardLength);
}
