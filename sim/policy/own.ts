/**
 * A study's own policy: called once for each of its agents that is awake, with what the agent sees and a way to act.
 *
 * The view and the hand are reused from agent to agent; a policy must not keep them. It gets `draw`, keyed by seed, agent, tick
 * and index, and nothing else that varies: Math.random and Date throw during a tick (`sim/engine/guard.ts`).
 * A policy that asks a model does so in `ask`, and acts in `settle`, once for each answer; both see the same state. In `ask` it
 * cannot act, so that the attempts of one agent stand together. A policy that is interviewed says what it says in `answer`, and does
 * nothing else there.
 */
import { InvariantError } from '../ground/errors.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { callPurposes, encodePrompt } from '../exchange/prompts.ts';
import { memoriesOf, memoryKinds } from '../world/memories.ts';
import { createRecall } from '../world/recall.ts';
import { agentOf, nameOf, personaOf, traitOf } from '../world/people.ts';
import { unknownVerb } from '../exchange/verbs.ts';
import { currentFollowees } from '../social-graph/ties.ts';
import { isLive, postRow, shareCountOf, standings, topicOfPost } from '../world/posts.ts';
import { reasonName, reasons } from '../exchange/reasons.ts';
import type { Reason } from '../exchange/reasons.ts';
import { attempt, attemptAtUnknown } from './act.ts';
import { openRequest, writePrompt } from '../exchange/requests.ts';
import { writeNote } from '../exchange/notes.ts';
import { createReading } from './reading.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Prompt, Reply } from '../exchange/prompts.ts';
import type { Memory, MemoryKind } from '../world/memories.ts';
import type { Recollection } from '../world/recall.ts';
import type { RuleParameters } from './rules.ts';
import type { People } from '../world/people.ts';
import type { Turn } from './act.ts';
import type { Detail } from '../exchange/details.ts';
import type { Reading, ReadingSettings } from './reading.ts';

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
export interface Hand extends Reading {
  /** Row of the agent. Rows are addresses that depend on the layout: compare them, index by them, do not compute with them. */
  readonly agent: AgentRow;
  readonly state: StateView;
  readonly items: readonly SeenItem[];
  /** A post that is still in the window as the feed would show it. */
  itemOf(post: PostId): SeenItem;
  /** A number in [0, 1), the same for the same seed, agent, tick and index. `index` is in [0, 65536). */
  draw(index: number): number;
  /** The last refusal that the agent got, if there was one. */
  readonly refusal: Refusal | undefined;
  /** Value of a declared attribute of the agent. */
  attribute(name: string): number;
  /** The agent's external id. */
  readonly name: string;
  /** What the agent is by a trait of the population, such as age: a word, a whole number, or undefined if there is no such trait. */
  profile(trait: string): string | number | undefined;
  /** Who the agent is, in words. */
  readonly persona: string;
  /** The external id of an agent. */
  nameOf(agent: AgentRow): string;
  /** The agent with an external id, or undefined. */
  agentOf(name: string): AgentRow | undefined;
  /**
   * Attempts a verb by its name. `target` is a post, an agent or a thing by its number, as the verb wants. Nothing is coerced: a name,
   * target, amount or detail that cannot be one gets a refusal, with VERB_UNKNOWN, TARGET_MISSING, TARGET_INVALID, AMOUNT_RANGE and so on.
   */
  act(verb: string, target?: number, amount?: number, detail?: Detail): void;
  /** Asks the model: at most four words. Only in `ask`. */
  request(question: readonly number[]): void;
  /** Whom the agent follows: at most so many, from a drawn place on in the order of ordinals. */
  followees(limit: number): AgentRow[];
  /** Attempts a verb at something that the agent named and nobody knows: refused with TARGET_UNKNOWN, whatever the name was. */
  miss(verb: string, detail?: Detail): void;
  /** Asks the model in words. Only in `ask`. `purpose` says what for, and comes back with the reply. */
  say(prompt: Prompt, purpose?: AgentPurpose): void;
  /** What the agent remembers, oldest first: notes that it took itself. */
  memories(): readonly Memory[];
  /** The part of it that can be called to mind at a cost that does not grow with what was noted: see `sim/world/recall.ts`. */
  recollection(): Recollection;
  /** Takes a note that the agent remembers from the next tick on. `importance` is in [0, 10]; it is rounded. */
  remember(text: string, importance: number, kind?: MemoryKind): void;
}

/** What an agent asks a model for. */
export type AgentPurpose = 'agent' | 'reflection' | 'audit';

/** A policy that a study brings. */
export interface OwnPolicy {
  /** Acts. Of a policy that asks a model: in a turn in which it asked nothing. */
  decide?(hand: Hand): void;
  /**
   * Before `decide`: `ask` calls `hand.request` or `hand.say`, `settle` gets each answer in turn, or undefined if the model failed; what
   * was said in words has a reply, which says why it failed, and the purpose for which it was said.
   */
  ask?(hand: Hand): void;
  settle?(hand: Hand, answer: readonly number[] | undefined, reply?: Reply, purpose?: AgentPurpose): void;
  /** Whether the text of a reply can be used. One that cannot counts as a call that failed. Without it any text will do. */
  isUsable?(text: string, purpose: AgentPurpose): boolean;
  /** Rules by which an agent decides in a tick in which its call failed; without them it does nothing. */
  readonly fallback?: RuleParameters;
  /**
   * What the agent says in an interview, once a question: before it decides if it is awake, else in the tick after it was asked, with
   * no feed. It reads and draws and does nothing; nothing said, nothing attempted. Without it the question stays open, and `decide`
   * may see it and answer by the verb.
   */
  answer?(hand: Hand, question: string): string;
  /**
   * Instead of `answer`, for policies that ask a model: what the model is asked for an interview, and what the agent says by its reply;
   * undefined where it cannot be used, and then the question stays open and MODEL_FAILED is on record.
   */
  interview?(hand: Hand, question: string): Prompt;
  answerBy?(hand: Hand, question: string, text: string): string | undefined;
}

/** What a policy is called for: what it may do with its hand depends on it. */
export type OwnCall = 'act' | 'ask' | 'answer';

/** The reusable hand of one shard. */
export interface OwnTurn {
  readonly hand: Hand;
  begin(percept: PerceptRow, call: OwnCall): void;
  /** Begins the turn of an agent that is asleep, who can only answer. */
  beginAsleep(agent: AgentRow): void;
  readonly turn: Turn;
}

/** What holds where a scenario says nothing of reading. */
export const usualReading: ReadingSettings = { requestTicks: 480, mutesShown: false };

/** Where a shard's hand stands. */
interface Place {
  readonly turn: Turn;
  percept: PerceptRow;
  a: number;
  b: number;
  items: readonly SeenItem[];
  call: OwnCall;
}

/** Makes the hand through which own policies of a shard act. `verbNumber` maps names to numbers. */
export function createOwnTurn(
  stateNow: () => StateView,
  tablesNow: () => ShardTables,
  verbNumber: ReadonlyMap<string, number>,
  reading: ReadingSettings = usualReading,
  people?: People,
): OwnTurn {
  const turn: Turn = { actor: 0, sequence: 0 };
  const at: Place = { turn, percept: 0 as PerceptRow, a: 0, b: 0, items: [], call: 'act' };
  const begin = (agent: AgentRow, call: OwnCall): void => {
    const state = stateNow();
    turn.actor = agent;
    turn.sequence = 0;
    at.call = call;
    at.a = laneA(state.now.seedA, state.agents.keyLo[agent]);
    at.b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  };
  return {
    hand: handOf(at, stateNow, tablesNow, verbNumber, { ...reading, people }),
    turn,
    begin(percept, call) {
      begin(tablesNow().percepts.agent[percept] as AgentRow, call);
      at.percept = percept;
      at.items = seenItems(stateNow(), tablesNow(), percept);
    },
    beginAsleep(agent) {
      begin(agent, 'answer');
      at.items = [];
    },
  };
}

function handOf(
  at: Place,
  stateNow: () => StateView,
  tablesNow: () => ShardTables,
  verbNumber: ReadonlyMap<string, number>,
  settings: ReadingSettings & { readonly people: People | undefined },
): Hand {
  const { turn } = at;
  const recall = createRecall();
  const acting: Omit<Hand, keyof Reading | keyof Naming> = {
    get agent() {
      return turn.actor as AgentRow;
    },
    get state() {
      return stateNow();
    },
    get items() {
      return at.items;
    },
    itemOf(post) {
      const { posts, now } = stateNow();
      const origin = posts.origin[postRow(posts, post)];
      return itemOf(stateNow(), post, isLive(now, origin) ? origin : post);
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
    act(verb, target, amount, detail) {
      if (at.call === 'ask') throw new InvariantError('an agent that asks a model acts in settle, not in ask');
      if (at.call === 'answer') throw new InvariantError('an agent that is interviewed answers, and does nothing else');
      attempt(tablesNow(), turn, verbNumber.get(verb) ?? unknownVerb, target, amount, detail);
    },
    request(question) {
      refuseUnlessAsking(at);
      openRequest(tablesNow(), { agent: turn.actor, at: at.percept, sequence: turn.sequence++, question });
    },
    followees: (limit) => followeesOf(stateNow(), turn.actor as AgentRow, limit, acting.draw(followeeIndex)),
    miss(verb, detail) {
      if (at.call !== 'act') throw new InvariantError('an agent attempts nothing while it asks or answers');
      attemptAtUnknown(tablesNow(), turn, verbNumber.get(verb) ?? unknownVerb, detail);
    },
    say(prompt, purpose = 'agent') {
      refuseUnlessAsking(at);
      const asking = { agent: turn.actor, at: at.percept, sequence: turn.sequence++, question: [] };
      const row = openRequest(tablesNow(), asking);
      writePrompt(tablesNow(), row, callPurposes[purpose], encodePrompt(prompt));
    },
    memories: () => memoriesOf(stateNow(), turn.actor as AgentRow),
    recollection: () => recall.of(stateNow(), turn.actor as AgentRow),
    remember(text, importance, kind = 'note') {
      writeNote(tablesNow(), turn.actor, text, importance, memoryKinds[kind]);
    },
  };
  const reading = createReading(stateNow, () => turn.actor as AgentRow, settings);
  const names = handOfNames(at, stateNow, settings.people);
  // Copied with their getters, so that each is computed when it is read.
  const parts = { ...Object.getOwnPropertyDescriptors(names), ...Object.getOwnPropertyDescriptors(acting) };
  return Object.defineProperties(reading, parts) as Hand;
}

/** Index of the draw from which on followees are told. */
const followeeIndex = 0xffff;

function followeesOf({ ties, owner, agents }: StateView, agent: AgentRow, limit: number, lot: number): AgentRow[] {
  const all = currentFollowees(ties, ties.logs[owner.shard], agents.pendingTie[agent], agent, agents.ordinal);
  const from = Math.floor(lot * all.length);
  return Array.from({ length: Math.min(limit, all.length) }, (_, k) => all[(from + k) % all.length] as AgentRow);
}

type Naming = Pick<Hand, 'name' | 'profile' | 'persona' | 'nameOf' | 'agentOf'>;

/** Names and descriptions. */
function handOfNames({ turn }: Place, stateNow: () => StateView, people: People | undefined): Naming {
  const known = (): People => {
    if (people === undefined) throw new InvariantError('this shard was given no names');
    return people;
  };
  return {
    get name() {
      return nameOf(known(), stateNow(), turn.actor as AgentRow);
    },
    get persona() {
      return personaOf(known(), stateNow(), turn.actor as AgentRow);
    },
    profile: (trait) => traitOf(known(), stateNow(), turn.actor as AgentRow, trait),
    nameOf: (agent) => nameOf(known(), stateNow(), agent),
    agentOf: (name) => agentOf(stateNow(), name),
  };
}

function refuseUnlessAsking({ call }: Place): void {
  if (call !== 'ask') throw new InvariantError('a model is asked in ask, nowhere else');
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
  return Array.from({ length: tables.percepts.itemCount[percept] }, (_, k) =>
    itemOf(state, posts[start + k] as PostId, origins[start + k]),
  );
}

function itemOf({ posts }: StateView, post: PostId, origin: number): SeenItem {
  const row = postRow(posts, origin);
  return {
    post,
    author: posts.author[row] as AgentRow,
    topic: topicOfPost(posts.face, row),
    shareCount: shareCountOf(posts.face, row),
    likeCount: posts.likeCount[row],
    isLabelled: (posts.standing[row] & standings.labelled) !== 0,
  };
}
