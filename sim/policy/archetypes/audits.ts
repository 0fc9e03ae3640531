/**
 * Shadow audits: a few agents a tick, drawn by key, are asked in full beside what they draw from their archetype; what they would have chosen is
 * counted against what the archetype predicts. An audit does nothing else.
 *
 * Who is audited is drawn over the whole population, so that every shard knows it without asking the others: numbers are drawn until enough
 * are awake and members of an archetype that is asked. Looks are the items that the agent was told of and had not acted on, and
 * one look without an item. Each shard counts into a table of its own; the first adds them up in apply.
 * Order: draws; then requests. Oracle: `test/sim/engine/archetypes.test.ts`.
 */
import { drawWord, laneA, laneB, mix32, purposes, unitOf } from '../../ground/random.ts';
import { actedBit } from '../../world/agents.ts';
import { answerWeight, choicesMax } from '../../world/archetypes.ts';
import { agentShard } from '../../world/ownership.ts';
import { postRow } from '../../world/posts.ts';
import { callPurposes } from '../../exchange/prompts.ts';
import { replyTo } from '../../exchange/requests.ts';
import { counts } from '../../exchange/tables.ts';
import { contextOfItem } from './contexts.ts';
import { matchWith } from './drawing.ts';
import { archetypeOf, isTail, nodeRow } from './set.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { PerceptRow, RequestRow, ShardTables } from '../../exchange/tables.ts';
import type { StateView } from '../../exchange/view.ts';
import type { MeantAtItem, ModelPolicy } from '../model/policy.ts';
import type { OwnTurn } from '../own.ts';
import type { Cumulative, Distributions } from './drawing.ts';
import type { ArchetypeSet } from './set.ts';

/** Cells of a group in a shard's tally: looks, then what was chosen, then the weight that was predicted. */
export const tallyWidth = 1 + 2 * choicesMax;

/** Draws for each audit that is wanted: where few are awake, fewer are audited. */
const triesPerAudit = 64;

/** The agents that are audited in a tick, in the order in which they were drawn. */
export function auditedAgents(set: ArchetypeSet, state: StateView): AgentRow[] {
  const { agents, now, sizes, rowOfOrdinal } = state;
  const key = mix32(set.grouping.policy ^ 0x3c6ef372);
  const a = laneA(now.seedA, key);
  const b = laneB(now.seedB, mix32(key));
  const chosen = new Set<AgentRow>();
  const tries = Math.min(0x10000, set.plan.auditsPerTick * triesPerAudit);
  for (let k = 0; k < tries && chosen.size < set.plan.auditsPerTick; k++) {
    const ordinal = Math.floor(unitOf(drawWord(a, b, purposes.audit, k)) * sizes.agentCount);
    const agent = rowOfOrdinal[ordinal] as AgentRow;
    // Who wakes now has this as its waking until apply draws the next.
    if (agents.policy[agent] !== set.grouping.policy || agents.wakeTick[agent] !== now.tick) continue;
    if (!isTail(set, archetypeOf(set, state.archetypes, sizes.agentCount, ordinal))) chosen.add(agent);
  }
  return [...chosen];
}

/** Asks in full for those audited agents that are the shard's. */
export function openAudits(
  set: ArchetypeSet,
  policy: ModelPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
): void {
  if (set.plan.auditsPerTick === 0) return;
  const audited = auditedAgents(set, state).filter((agent) => agentShard(state.owner, agent) === state.owner.shard);
  if (audited.length === 0) return;
  const wanted = new Set(audited);
  for (let percept = 0 as PerceptRow; percept < tables.count[counts.percepts]; percept++) {
    if (!wanted.has(tables.percepts.agent[percept] as AgentRow)) continue;
    own.begin(percept, 'ask');
    policy.audit(own.hand);
  }
}

/** Counts the shard's audits of one policy into its tally, which stands at `nodeRow * tallyWidth`. */
export function tallyAudits(
  set: ArchetypeSet,
  policy: ModelPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  distributions: Distributions,
  tally: Int32Array,
): void {
  const { requests, count } = tables;
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
    const agent = requests.agent[row] as AgentRow;
    if (requests.purpose[row] !== callPurposes.audit || state.agents.policy[agent] !== set.grouping.policy) continue;
    const reply = replyTo(tables, row);
    const percept = requests.percept[row] as PerceptRow;
    own.begin(percept, 'act');
    const chosen = reply.status === 'answered' ? policy.audited(own.hand, reply.text) : undefined;
    const node = archetypeOf(set, state.archetypes, state.sizes.agentCount, state.agents.ordinal[agent]);
    const all = distributions.of(node);
    if (chosen === undefined || all === undefined) continue;
    const at = nodeRow(set, node) * tallyWidth;
    for (const { context, choice } of looksOf(set, state, tables, percept, chosen)) {
      tally[at]++;
      tally[at + 1 + choice]++;
      addPrediction(tally, at + 1 + choicesMax, all[context]);
    }
  }
}

function addPrediction(tally: Int32Array, at: number, sums: Cumulative): void {
  for (let choice = 0; choice < choicesMax; choice++) {
    const weight = sums[choice] - (choice === 0 ? 0 : sums[choice - 1]);
    tally[at + choice] += Math.round((weight * answerWeight) / sums[choicesMax - 1]);
  }
}

interface Look {
  readonly context: number;
  readonly choice: number;
}

/** The looks of one audit: at each item that was told and not acted on before, and the one without an item. */
function looksOf(
  { plan, book }: ArchetypeSet,
  state: StateView,
  { percepts, items }: ShardTables,
  percept: PerceptRow,
  { acts, itemCount }: { readonly acts: readonly MeantAtItem[]; readonly itemCount: number },
): Look[] {
  const looks: Look[] = [];
  const choiceOf = (item: number, allowed: readonly number[]): number =>
    acts
      .filter((act) => act.item === item)
      .map(({ verb }) => book.choices.indexOf(verb))
      .find((choice) => choice > 0 && allowed.includes(choice)) ?? 0;
  const { origin, seen } = items as unknown as Record<'origin' | 'seen', Int32Array>;
  const start = percept * state.sizes.feedLength;
  const agent = percepts.agent[percept] as AgentRow;
  for (let k = 0; book.looksAtItems && k < itemCount; k++) {
    if ((seen[start + k] & actedBit) !== 0) continue;
    const row = postRow(state.posts, origin[start + k]);
    const context = contextOfItem(plan, matchWith(state, agent, origin[start + k]), state.posts.face, row);
    looks.push({ context, choice: choiceOf(k, book.contexts[context].choices) });
  }
  if (book.unprompted >= 0) {
    looks.push({ context: book.unprompted, choice: choiceOf(-1, book.contexts[book.unprompted].choices) });
  }
  return looks;
}
