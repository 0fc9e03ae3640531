/**
 * Archetypes in a tick: who asks, who draws, and what becomes state.
 *
 * The first shard asks for all; each shard audits and draws for its own agents; apply, on the first shard, takes in the answers, adds up
 * the audits of all shards and splits what they find too coarse, at the end of the tick: the parts begin with what the whole had.
 * Between asking and apply the answers are read by every shard out of the first one's tables, so nothing is sent around.
 * Invariant: calls of an asking are archetypes x contexts x samples, whatever the population and the shards. Oracle:
 * `test/sim/engine/archetypes.test.ts`.
 */
import { answerWeight, choicesMax } from '../world/archetypes.ts';
import { hasOpenQuestions, questionNow } from '../policy/answering.ts';
import { askArchetypes, asksAt, readArchetypes } from '../policy/archetypes/asking.ts';
import { openAudits, tallyAudits, tallyWidth } from '../policy/archetypes/audits.ts';
import { chanceDivergence, divergenceOf } from '../policy/archetypes/divergence.ts';
import { distributionsOf, drawActs } from '../policy/archetypes/drawing.ts';
import { archetypeOf, cellRow, isTail, nodeRow, standingArchetypes } from '../policy/archetypes/set.ts';
import { answerOwn, interviewsOf, settleInterview } from '../policy/own-turns.ts';
import { counts } from '../exchange/tables.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { AuditRow, ArchetypeNodeRow, Archetypes } from '../world/archetypes.ts';
import type { PerceptRow } from '../exchange/tables.ts';
import type { FreshCells } from '../policy/archetypes/asking.ts';
import type { ArchetypeSet } from '../policy/archetypes/set.ts';
import type { ModelPolicy } from '../policy/model/policy.ts';
import type { Shard } from './shard.ts';

/** Tells of agents of one policy whether they draw from an archetype: those of tails do not, nor do those of other kinds of policy. */
export function drawerTest({ state, archetypes }: Shard, policy: number): (agent: AgentRow) => boolean {
  const set = archetypes.find(({ grouping }) => grouping.policy === policy);
  return set === undefined ? () => false : (agent) => !isTail(set, archetypeAt(set, state, agent));
}

function archetypeAt(set: ArchetypeSet, state: Shard['state'], agent: AgentRow): number {
  return archetypeOf(set, state.archetypes, state.sizes.agentCount, state.agents.ordinal[agent]);
}

function policyOf({ policies }: Shard, { grouping }: ArchetypeSet): ModelPolicy {
  return policies[grouping.policy] as ModelPolicy;
}

/** Asks for archetypes, on the first shard; for audited agents and interviews, each on its own. Part of deciding. */
export function askForArchetypes(shard: Shard): void {
  const { state, tables, owner, archetypes } = shard;
  for (const set of archetypes) {
    if (owner.shard === 0 && asksAt(set, state.now.tick)) askArchetypes(set, state, tables);
    shard.acting.own = true;
    if (hasOpenQuestions(state)) interviewMembers(shard, set);
    openAudits(set, policyOf(shard, set), shard.own, state, tables);
  }
}

function interviewMembers(shard: Shard, set: ArchetypeSet): void {
  const { state, tables, own } = shard;
  for (let percept = 0 as PerceptRow; percept < tables.count[counts.percepts]; percept++) {
    const agent = tables.percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== set.grouping.policy || isTail(set, archetypeAt(set, state, agent))) continue;
    const question = questionNow(state, agent);
    if (question !== undefined) answerOwn(policyOf(shard, set), own, tables, { agent, question, percept });
  }
}

/** Lets members draw, once the answers are there; counts audits. */
export function settleArchetypes(shard: Shard): void {
  const { state, tables, all, own, archetypes, attached, owner } = shard;
  const tally = attached.auditTallies[owner.shard];
  tally.fill(0);
  shard.fresh = archetypes.map((set) => readArchetypes(set, all[0]));
  archetypes.forEach((set, k) => {
    const distributions = distributionsOf(set, state, shard.fresh[k]);
    const policy = policyOf(shard, set);
    tallyAudits(set, policy, own, state, tables, distributions, tally);
    const interviews = interviewsOf(state, tables, set.grouping.policy);
    drawActs(set, state, tables, distributions, own.turn, (agent) => {
      const row = interviews.get(agent);
      if (row !== undefined) settleInterview(policy, own, state, tables, row);
    });
  });
}

/** Takes in what the tick brought: on the first shard, in apply. */
export function applyArchetypes(shard: Shard): void {
  const { state, archetypes } = shard;
  for (const fresh of shard.fresh) takeAnswers(state.archetypes, fresh, state.now.tick);
  if (archetypes.some(({ plan }) => plan.auditsPerTick > 0)) takeAudits(shard);
  for (const set of archetypes) splitCoarse(set, state.archetypes, state.now.tick);
}

function takeAnswers({ cells }: Archetypes, fresh: FreshCells, tick: number): void {
  const [weight, square] = [cells.weight as Int32Array, cells.square as Float64Array];
  for (const [row, cell] of fresh) {
    (cells.answered as unknown as Int32Array)[row] = cell.answered;
    (cells.askedTick as unknown as Int32Array)[row] = tick;
    weight.set(cell.weight, row * choicesMax);
    square.set(cell.square, row * choicesMax);
  }
}

/** Adds up the shards' tallies, group by group, and notes how far the tick's audits lie from what was predicted. */
function takeAudits({ state, attached }: Shard): void {
  const { nodes, audits } = state.archetypes;
  const [audited, predicted] = [nodes.audited as Int32Array, nodes.predicted as Int32Array];
  const sums = {
    looks: 0,
    audited: new Array<number>(choicesMax).fill(0),
    predicted: new Array<number>(choicesMax).fill(0),
  };
  for (const tally of attached.auditTallies) {
    for (let node = 0 as ArchetypeNodeRow; node < nodes.rowCapacity; node++) {
      const at = node * tallyWidth;
      if (tally[at] === 0) continue;
      nodes.looks[node] += tally[at];
      sums.looks += tally[at];
      for (let choice = 0; choice < choicesMax; choice++) {
        const [one, other] = [tally[at + 1 + choice], tally[at + 1 + choicesMax + choice]];
        audited[node * choicesMax + choice] += one;
        predicted[node * choicesMax + choice] += other;
        sums.audited[choice] += one;
        sums.predicted[choice] += other;
      }
    }
  }
  const row = (state.now.tick % audits.rowCapacity) as AuditRow;
  audits.tick[row] = state.now.tick + 1;
  audits.looks[row] = sums.looks;
  audits.divergence[row] = divergenceOf(sums.audited, sums.predicted);
}

/** How far a group's audits lie from its predictions, and how far chance alone would bring them, in bits. */
export function groupDivergence({ plan }: ArchetypeSet, { nodes }: Archetypes, row: ArchetypeNodeRow) {
  const part = (column: Int32Array): number[] => Array.from(column.subarray(row * choicesMax, (row + 1) * choicesMax));
  const audited = part(nodes.audited);
  const predicted = part(nodes.predicted as Int32Array).map((weight) => weight / answerWeight);
  const looks = nodes.looks[row];
  return {
    looks,
    bits: divergenceOf(audited, predicted),
    chanceBits: chanceDivergence(audited, predicted, looks, plan.samples),
  };
}

/** Splits groups whose audits lie too far from what they predict, where there is an attribute left to split by. */
function splitCoarse(set: ArchetypeSet, archetypes: Archetypes, tick: number): void {
  const { plan, grouping, book } = set;
  if (plan.auditsPerTick === 0 || grouping.levelCount === 1) return;
  const { nodes } = archetypes;
  for (const node of standingArchetypes(set, archetypes)) {
    const row = nodeRow(set, node);
    if (grouping.nodes[node].level === grouping.levelCount - 1 || nodes.looks[row] < plan.auditedLooksLeast) continue;
    const { bits, chanceBits } = groupDivergence(set, archetypes, row);
    if (bits - chanceBits <= plan.splitAbove) continue;
    nodes.isSplit[row] = 1;
    nodes.splitTick[row] = tick;
    grouping.nodes.forEach(({ parent }, part) => {
      if (parent !== node) return;
      book.contexts.forEach((_, context) => {
        copyCell(archetypes, cellRow(set, node, context), cellRow(set, part, context));
      });
    });
  }
}

/** Gives a part what the whole had, until it is asked itself. */
function copyCell({ cells }: Archetypes, from: number, to: number): void {
  for (const column of [cells.answered, cells.askedTick] as unknown as Int32Array[]) column[to] = column[from];
  for (const column of [cells.weight as Int32Array, cells.square as Float64Array]) {
    column.copyWithin(to * choicesMax, from * choicesMax, (from + 1) * choicesMax);
  }
}
