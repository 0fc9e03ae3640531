/**
 * Room that agents which think in words need: requests, their prompts, and what is known of archetypes.
 */
import { auditTicksMax } from '../world/archetypes.ts';
import { tallyWidth } from '../policy/archetypes/audits.ts';
import type { Population } from '../world/population.ts';
import type { ArchetypeSet } from '../policy/archetypes/set.ts';
import type { Plan } from './plan.ts';
import type { Capacity } from './state.ts';

/** The part of a run's capacity that hangs on thinking. */
export type ThinkingCapacity = Pick<Capacity, 'requestsPerAgent' | 'requestsOfRun' | 'archetypes'>;

/** An interview, acting and a reflection. Requests in own code are held to one an agent on average, as before. */
const requestsPerThinker = 3;

/** New posts with a text of their own in a tick that there is room for, on average over a shard's agents. */
const textsPerAgent = 8;

/** The capacity for the policies of a plan. */
export function thinkingCapacity({ policies, ticks, feed }: Plan, sets: readonly ArchetypeSet[]): ThinkingCapacity {
  const thinks = policies.some(({ kind }) => kind === 'model' || kind === 'archetypes');
  const sum = (of: (set: ArchetypeSet) => number): number => sets.reduce((total, set) => total + of(set), 0);
  const nodes = sum(({ grouping }) => grouping.nodes.length);
  const audits = sets.some(({ plan }) => plan.auditsPerTick > 0);
  return {
    requestsPerAgent: (thinks ? requestsPerThinker : 1) + (typeof feed.embedding === 'object' ? textsPerAgent + 1 : 0),
    requestsOfRun: sum(({ grouping, book, plan }) => grouping.nodes.length * book.contexts.length * plan.samples),
    archetypes: {
      nodes: Math.max(1, nodes),
      cells: Math.max(
        1,
        sum(({ grouping, book }) => grouping.nodes.length * book.contexts.length),
      ),
      auditTicks: audits ? Math.min(ticks, auditTicksMax) : 1,
      tallyWords: Math.max(1, nodes * tallyWidth),
    },
  };
}

/** Bytes of a prompt beside its tokens: the form, names of fields. */
const frameBytes = 4096;
/** A token of the estimate is rarely more than so many bytes of JSON. */
const bytesPerToken = 8;
const bytesMost = 1 << 30;

/** Bytes that the prompts and replies of one tick may take if everybody who thinks is awake; at most 1 GiB. */
export function promptBytes({ policies }: Plan, { policy }: Population, sets: readonly ArchetypeSet[]): number {
  const thinkers = new Array<number>(policies.length).fill(0);
  for (const one of policy) if (policies[one].kind === 'model') thinkers[one]++;
  for (const { grouping, plan } of sets) {
    const tails = grouping.nodes.filter(({ members }) => members <= plan.tailMembersMax);
    thinkers[grouping.policy] = tails.reduce((sum, { members }) => sum + members, plan.auditsPerTick);
  }
  const ofAgents = policies.map((one, i) => {
    const model = one.kind === 'model' ? one.model : one.kind === 'archetypes' ? one.archetypes.model : undefined;
    if (model === undefined) return 0;
    return thinkers[i] * ((model.promptTokensMax + model.replyTokensMax) * bytesPerToken + frameBytes);
  });
  const ofArchetypes = sets.map(({ grouping, book, plan }) => {
    const calls = grouping.nodes.length * book.contexts.length * plan.samples;
    return calls * (plan.replyTokensMax * bytesPerToken + frameBytes);
  });
  return Math.min(
    bytesMost,
    [...ofAgents, ...ofArchetypes].reduce((sum, one) => sum + one, 0),
  );
}
