/**
 * Each agent's own draw from what its archetype chooses: item by item, then what no item prompts.
 *
 * The distribution is shared, luck is not: every look has a draw keyed by the agent. What the agent already acted on is passed over, as
 * under rules. An archetype that nobody ever answered for leaves its members to the plan's rules, each on record with MODEL_FAILED.
 * Reads the state at the start of the tick and the answers of this one; writes attempts.
 * Order: percepts. Oracle: `test/sim/engine/archetypes.test.ts` compares drawn shares with the distribution.
 */
import { drawWord, laneA, laneB, purposes, unitOf } from '../../ground/random.ts';
import { actedBit, topicCount, topicScale } from '../../world/agents.ts';
import { choicesMax } from '../../world/archetypes.ts';
import { dotFace, postRow } from '../../world/posts.ts';
import { counts, feedLengthMax } from '../../exchange/tables.ts';
import { verbs } from '../../exchange/verbs.ts';
import { attempt, attemptWithoutAnswer } from '../act.ts';
import { decideOneByRules } from '../rules.ts';
import { contextOfItem } from './contexts.ts';
import { archetypeOf, cellRow, isTail } from './set.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../../exchange/tables.ts';
import type { BuiltInVerb } from '../../exchange/verbs.ts';
import type { StateView } from '../../exchange/view.ts';
import type { Turn } from '../act.ts';
import type { FreshCells } from './asking.ts';
import type { ArchetypeSet } from './set.ts';

/** Cumulative weights of choices in one context; the last is their sum. */
export type Cumulative = Int32Array;

/** What groups choose in this tick: by group and context. Undefined where a context of a group never had an answer. */
export interface Distributions {
  of(node: number): readonly Cumulative[] | undefined;
}

/** The distributions of a tick: fresh answers, else those that stand. */
export function distributionsOf(set: ArchetypeSet, { archetypes }: StateView, fresh: FreshCells): Distributions {
  const known = new Map<number, readonly Cumulative[] | undefined>();
  const standing = archetypes.cells.weight as Int32Array;
  const ofCell = (node: number, context: number): Cumulative | undefined => {
    const row = cellRow(set, node, context);
    const weight = fresh.get(row)?.weight ?? standing.subarray(row * choicesMax, (row + 1) * choicesMax);
    const sums = new Int32Array(choicesMax);
    let sum = 0;
    for (let choice = 0; choice < choicesMax; choice++) sums[choice] = sum += weight[choice];
    return sum === 0 ? undefined : sums;
  };
  return {
    of(node) {
      if (known.has(node)) return known.get(node);
      const all = set.book.contexts.map((_, context) => ofCell(node, context));
      const usable = all.every((one) => one !== undefined) ? all : undefined;
      known.set(node, usable);
      return usable;
    },
  };
}

/** The choice at a lot in [0, 1). */
export function choiceAt(sums: Cumulative, lot: number): number {
  const goal = lot * sums[choicesMax - 1];
  let choice = 0;
  while (sums[choice] <= goal) choice++;
  return choice;
}

/** The cosine of an agent's interests and a post's topic. */
export function matchWith({ agents, posts }: StateView, agent: AgentRow, origin: number): number {
  const row = postRow(posts, origin);
  const dot = dotFace(agents.interest as Int8Array, agent * topicCount, posts.face as Int32Array, row);
  return dot / (topicScale * topicScale);
}

/** Index of the draw for what no item prompts. */
const unpromptedIndex = feedLengthMax;

/** Lets the members of a policy's archetypes act. `before` is called for each of them first. */
export function drawActs(
  set: ArchetypeSet,
  state: StateView,
  tables: ShardTables,
  distributions: Distributions,
  turn: Turn,
  before: (agent: AgentRow) => void,
): void {
  const { percepts, count } = tables;
  const choiceVerbs = set.book.choices.map((name) => verbs[name as BuiltInVerb]);
  for (let percept = 0 as PerceptRow; percept < count[counts.percepts]; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== set.grouping.policy) continue;
    const node = archetypeOf(set, state.archetypes, state.sizes.agentCount, state.agents.ordinal[agent]);
    if (isTail(set, node)) continue;
    before(agent);
    turn.actor = agent;
    turn.sequence = 0;
    const all = distributions.of(node);
    if (all !== undefined) drawOne(set, state, tables, all, percept, turn, choiceVerbs);
    else {
      attemptWithoutAnswer(tables, turn);
      decideOneByRules(state, set.plan.fallback, tables, percept, turn);
    }
  }
}

function drawOne(
  { plan, book }: ArchetypeSet,
  state: StateView,
  tables: ShardTables,
  all: readonly Cumulative[],
  percept: PerceptRow,
  turn: Turn,
  choiceVerbs: readonly number[],
): void {
  const agent = turn.actor as AgentRow;
  const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
  const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  const { posts } = state;
  const { post, origin, seen } = tables.items as unknown as Record<'post' | 'origin' | 'seen', Int32Array>;
  const start = percept * state.sizes.feedLength;
  const end = book.looksAtItems ? start + tables.percepts.itemCount[percept] : start;
  for (let place = start; place < end; place++) {
    if ((seen[place] & actedBit) !== 0) continue;
    const row = postRow(posts, origin[place]);
    const context = contextOfItem(plan, matchWith(state, agent, origin[place]), posts.face, row);
    const choice = choiceAt(all[context], unitOf(drawWord(a, b, purposes.archetype, place - start)));
    if (choice === 0) continue;
    const verb = choiceVerbs[choice];
    const target = verb === verbs.follow ? posts.author[row] : post[place];
    if (verb !== verbs.follow || target !== agent) attempt(tables, turn, verb, target);
  }
  if (book.unprompted < 0) return;
  const choice = choiceAt(all[book.unprompted], unitOf(drawWord(a, b, purposes.archetype, unpromptedIndex)));
  if (choice !== 0) attempt(tables, turn, choiceVerbs[choice], 0);
}
