/**
 * A study's own policy: called once for each of its agents that is awake, with what the agent sees and a way to act.
 *
 * The view and the hand are reused from agent to agent; a policy must not keep them. It gets `draw`, keyed by seed, agent, tick
 * and index, and nothing else that varies: Math.random and Date throw during a tick (`sim/engine/guard.ts`).
 * A policy that asks a model does so in `ask`, and acts in `settle`, once for each answer; both see the same state. In `ask` it
 * cannot act, so that the attempts of one agent stand together.
 */
import { InvariantError } from '../ground/errors.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { counts, requestWords } from '../exchange/tables.ts';
import { unknownVerb } from '../exchange/verbs.ts';
import { postRow, shareCountOf, standings, topicOfPost } from '../world/posts.ts';
import { reasonName, reasons } from '../exchange/reasons.ts';
import type { Reason } from '../exchange/reasons.ts';
import { attempt } from './act.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { PerceptRow, RequestRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Turn } from './act.ts';

/** One item of the feed, as an own policy sees it. */
export interface SeenItem {
  readonly post: PostId;
  readonly author: AgentRow;
  /** Topic board of the content: see `topicOf`. */
  readonly topic: number;
  readonly shareCount: number;
  readonly likeCount: number;
  /** Whether moderators, or the platform's rules, put a label on it. */
  readonly isLabelled: boolean;
}

/** The last refusal that an agent got. */
export interface Refusal {
  readonly reason: Reason;
  /** What would have been valid. */
  readonly valid: string;
  readonly tick: number;
  /** From which tick on the attempt may be made again; 0 if that does not depend on time. */
  readonly retryTick: number;
}

/** What an own policy holds while it is its agent's turn. */
export interface Hand {
  /** Row of the agent. Rows are addresses that depend on the layout: compare them, index by them, do not compute with them. */
  readonly agent: AgentRow;
  readonly state: StateView;
  readonly items: readonly SeenItem[];
  /** A number in [0, 1), the same for the same seed, agent, tick and index. `index` is in [0, 65536). */
  draw(index: number): number;
  /** The last refusal that the agent got, if there was one. */
  readonly refusal: Refusal | undefined;
  /** Value of a declared attribute of the agent. */
  attribute(name: string): number;
  /**
   * Attempts a verb by its name. `target` is a post or an agent, as the verb wants. Nothing is coerced: a name, target or amount that
   * cannot be one gets a refusal, with VERB_UNKNOWN, TARGET_MISSING, TARGET_INVALID or AMOUNT_RANGE.
   */
  act(verb: string, target?: number, amount?: number): void;
  /** Asks the model: at most four words. Only in `ask`. */
  request(question: readonly number[]): void;
}

/** A policy that a study brings. */
export interface OwnPolicy {
  decide?(hand: Hand): void;
  /** Instead of `decide`: `ask` calls `hand.request`, `settle` gets each answer in turn, or undefined if the model failed. */
  ask?(hand: Hand): void;
  settle?(hand: Hand, answer: readonly number[] | undefined): void;
}

/** The reusable hand of one shard. */
export interface OwnTurn {
  readonly hand: Hand;
  begin(percept: PerceptRow, asking: boolean): void;
  readonly turn: Turn;
}

/** Makes the hand through which own policies of a shard act. `verbNumber` maps names to numbers. */
export function createOwnTurn(
  stateNow: () => StateView,
  tablesNow: () => ShardTables,
  verbNumber: ReadonlyMap<string, number>,
): OwnTurn {
  const turn: Turn = { actor: 0, sequence: 0 };
  const at = { percept: 0 as PerceptRow, a: 0, b: 0, items: [] as SeenItem[], asking: false };
  const hand: Hand = {
    get agent() {
      return turn.actor as AgentRow;
    },
    get state() {
      return stateNow();
    },
    get items() {
      return at.items;
    },
    get refusal() {
      return refusalOf(stateNow(), turn.actor as AgentRow);
    },
    draw: (index) => unitOf(drawWord(at.a, at.b, purposes.own, index & 0xffff)),
    attribute(name) {
      const { attributes, sizes } = stateNow();
      const k = sizes.attributeNames.indexOf(name);
      if (k < 0) throw new InvariantError(`no attribute ${name} is declared`);
      return (attributes.value as unknown as Int32Array)[turn.actor * sizes.attributeNames.length + k];
    },
    act(verb, target, amount) {
      if (at.asking) throw new InvariantError('an agent that asks a model acts in settle, not in ask');
      attempt(tablesNow(), turn, verbNumber.get(verb) ?? unknownVerb, target, amount);
    },
    request(question) {
      if (!at.asking) throw new InvariantError('a model is asked in ask, nowhere else');
      writeRequest(tablesNow(), turn, at.percept, question);
    },
  };
  return {
    hand,
    turn,
    begin(percept, asking) {
      const state = stateNow();
      const agent = tablesNow().percepts.agent[percept] as AgentRow;
      turn.actor = agent;
      turn.sequence = 0;
      at.percept = percept;
      at.asking = asking;
      at.a = laneA(state.now.seedA, state.agents.keyLo[agent]);
      at.b = laneB(state.now.seedB, state.agents.keyHi[agent]);
      at.items = seenItems(state, tablesNow(), percept);
    },
  };
}

function refusalOf({ agents }: StateView, agent: AgentRow): Refusal | undefined {
  if (agents.refusalCount[agent] === 0) return undefined;
  const reason = reasonName(agents.refusalReason[agent]);
  const { valid } = reasons[reason];
  return { reason, valid, tick: agents.refusalTick[agent], retryTick: agents.retryTick[agent] };
}

function seenItems(state: StateView, tables: ShardTables, percept: PerceptRow): SeenItem[] {
  const start = percept * state.sizes.feedLength;
  const posts = tables.items.post as unknown as Int32Array;
  const origins = tables.items.origin as unknown as Int32Array;
  return Array.from({ length: tables.percepts.itemCount[percept] }, (_, k) => {
    const row = postRow(state.posts, origins[start + k]);
    return {
      post: posts[start + k] as PostId,
      author: state.posts.author[row] as AgentRow,
      topic: topicOfPost(state.posts.face, row),
      shareCount: shareCountOf(state.posts.face, row),
      likeCount: state.posts.likeCount[row],
      isLabelled: state.posts.standing[row] === standings.labelled,
    };
  });
}

function writeRequest(tables: ShardTables, turn: Turn, percept: PerceptRow, question: readonly number[]): void {
  const { requests, count } = tables;
  const row = count[counts.requests] as RequestRow;
  if (row >= requests.rowCapacity) throw new InvariantError(`the table of requests is full: ${row} in one tick`);
  requests.agent[row] = turn.actor;
  requests.percept[row] = percept;
  requests.sequence[row] = turn.sequence++;
  requests.status[row] = 0;
  for (let k = 0; k < requestWords; k++) requests.question[row * requestWords + k] = question[k] ?? 0;
  count[counts.requests] = row + 1;
}

/** Lets the agents of one own policy decide: the prepare half. */
export function decideByOwn(
  policy: OwnPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  range: { readonly from: number; readonly to: number; readonly policy: number },
): void {
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    if (state.agents.policy[tables.percepts.agent[percept] as AgentRow] !== range.policy) continue;
    own.begin(percept, policy.ask !== undefined);
    if (policy.ask === undefined) policy.decide?.(own.hand);
    else policy.ask(own.hand);
  }
}

/** Hands each answer to the policy that asked: the settle half. */
export function settleOwn(
  policies: readonly (OwnPolicy | undefined)[],
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
): void {
  const { requests, count } = tables;
  let previous = -1;
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
    const percept = requests.percept[row] as PerceptRow;
    const agent = requests.agent[row] as AgentRow;
    const sequence = own.turn.sequence;
    own.begin(percept, false);
    own.turn.sequence = percept === previous ? sequence : 0;
    previous = percept;
    const start = row * requestWords;
    const answer =
      requests.status[row] === 1 ? Array.from(requests.answer.subarray(start, start + requestWords)) : undefined;
    policies[state.agents.policy[agent]]?.settle?.(own.hand, answer);
  }
}
