/**
 * Archetypes at full size: as many calls at a million agents as at a thousand, and drawn shares beside the distribution, agent by agent.
 *
 * Reads nothing. The model is played here: which of two acts it says hangs on the archetype and the sample.
 */
import { mix32, unitOf } from '../../sim/ground/random.ts';
import { choicesMax } from '../../sim/world/archetypes.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { cellRow } from '../../sim/policy/archetypes/set.ts';
import { modelPlan, playerOf } from '../sim/policy/model/players.ts';
import { openWorld, smallPlan, smallPopulation } from '../sim/worlds.ts';
import type { ArchetypePlan } from '../../sim/policy/archetypes/settings.ts';
import type { Report } from './figure.ts';

const plan: ArchetypePlan = {
  ...{
    by: [{ trait: 'topic' }],
    splitBy: [],
    samples: 20,
    everyTicks: 1,
    reads: 'act',
    acts: ['like', 'post'],
    matchFrom: 0.4,
  },
  ...{ sharesFrom: 4, situation: '', tailMembersMax: 0, auditsPerTick: 0, auditedLooksLeast: 100, splitAbove: 0.05 },
  ...{ replyTokensMax: 60, temperature: 1, modelClass: 'default', model: modelPlan(), fallback: modelPlan().fallback },
};

/** The calls of a tick, and by how many standard errors the worst archetype's share of posts lies off. */
async function measure(
  agents: number,
): Promise<{ readonly calls: number; readonly worst: number; readonly archetypes: number }> {
  const player = playerOf(({ question }) => {
    const [, node, context, sample] = question;
    const posts = unitOf(mix32(Math.imul(node + 1, 0x9e3779b1) + sample)) < 0.1 + 0.05 * node;
    return JSON.stringify({ act: context === 4 && posts ? 'post' : 'nothing' });
  });
  const policies = [{ kind: 'archetypes' as const, archetypes: plan }];
  const population = smallPopulation({ agents, wakesPerDayMean: 1e6, followsMean: 4 });
  const world = openWorld(
    { plan: smallPlan({ policies, ticks: 2, postCapacity: 1 << 22 }), population, unchained: true },
    () => 0,
    player,
  );
  const record = await world.step();
  const [set] = world.shards[0].archetypes;
  const posts = new Array<number>(set.grouping.nodes.length).fill(0);
  record.verb.forEach((verb, i) => {
    if (verb === verbs.post) posts[set.grouping.nodeOf[record.actor[i]]]++;
  });
  const errors = set.grouping.nodes.map(({ members }, node) => {
    const at = cellRow(set, node, 4) * choicesMax;
    const [nothing, , post] = (world.state.archetypes.cells.weight as Int32Array).subarray(at, at + 3);
    const share = post / (nothing + post);
    const error = Math.sqrt((share * (1 - share)) / members);
    return error === 0 ? 0 : Math.abs(posts[node] / members - share) / error;
  });
  return { calls: player.asked.length, worst: Math.max(...errors), archetypes: errors.length };
}

export async function checkArchetypes(report: Report): Promise<void> {
  const small = await measure(1000);
  const large = await measure(1_000_000);
  report({
    command: `archetype calls of a tick at 1,000 and 1,000,000 agents, ${large.archetypes} archetypes, 5 contexts, 20 samples`,
    figure: `${small.calls} and ${large.calls}`,
    bar: 'equal',
    met: small.calls === large.calls && small.archetypes === large.archetypes,
  });
  report({
    command: `drawn shares of posts at 1,000,000 agents, the worst of ${large.archetypes} archetypes`,
    figure: `${large.worst.toFixed(2)} standard errors`,
    bar: 'at most 3',
    met: large.worst <= 3,
  });
}
