/** Recommendations out of call trees: scores of all agents one by one, planted synergy against none, connected teams. */
import { describe, expect, test } from 'vitest';
import {
  affinity,
  interactionBits,
  learnCalls,
  popularity,
  recommendAgent,
  recommendTeam,
  relevance,
} from '../../../analysis/estimators/call-trees.ts';
import { testStream } from '../worlds.ts';
import type { CallModel, Calls, RecommenderKind } from '../../../analysis/estimators/call-trees.ts';

const agentCount = 40;
const contextCount = 4;
const treeCount = 400;

/** Trees of six calls. Agents have skills by context; `synergy`: chance that a call goes to one of the caller's two partners. */
function callsOf(seed: number, synergy: number): Calls {
  const stream = testStream(seed);
  const skill = Array.from({ length: contextCount }, () =>
    Array.from({ length: agentCount }, () => stream.uniform() ** 4),
  );
  const partners = Array.from({ length: agentCount }, () => [stream.below(agentCount), stream.below(agentCount)]);
  const columns = { tree: [] as number[], caller: [] as number[], callee: [] as number[], context: [] as number[] };
  const success: number[] = [];
  for (let tree = 0; tree < treeCount; tree++) {
    const context = stream.below(contextCount);
    let caller = stream.below(agentCount);
    for (let call = 0; call < 6; call++) {
      let callee =
        stream.uniform() < synergy ? partners[caller][stream.below(2)] : drawn(skill[context], stream.uniform());
      if (callee === caller) callee = (callee + 1) % agentCount;
      columns.tree.push(tree);
      columns.caller.push(caller);
      columns.callee.push(callee);
      columns.context.push(context);
      success.push(stream.uniform() < 0.2 + 0.6 * (callee % 2) ? 1 : 0);
      caller = callee;
    }
  }
  return {
    tree: Int32Array.from(columns.tree),
    caller: Int32Array.from(columns.caller),
    callee: Int32Array.from(columns.callee),
    context: Int32Array.from(columns.context),
    success: Uint8Array.from(success),
    agentCount,
    contextCount,
  };
}

function drawn(weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((sum, one) => sum + one, 0);
  return Math.max(
    0,
    weights.findIndex((one) => (left -= one) < 0),
  );
}

const learntTrees = 320;

function learn(calls: Calls): CallModel {
  return learnCalls(calls, (row) => calls.tree[row] < learntTrees);
}

function bestSlowly(model: CallModel, kind: RecommenderKind, caller: number, context: number): number {
  const score = (agent: number): number => {
    if (kind === 'popularity') return popularity(model, agent);
    if (kind === 'relevance') return relevance(model, agent, context);
    return affinity(model, agent, caller, context) * model.reliability[agent];
  };
  let best = -1;
  for (let agent = 0; agent < agentCount; agent++) {
    if (agent !== caller && (best < 0 || score(agent) > score(best))) best = agent;
  }
  return best;
}

/** Means over held-out calls. */
function heldOut(calls: Calls): { bits: number; hits: Record<RecommenderKind, number> } {
  const model = learn(calls);
  const rows = Array.from(calls.tree.keys()).filter((row) => calls.tree[row] >= learntTrees);
  const mean = (value: (row: number) => number): number => rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
  const hit = (kind: RecommenderKind): number =>
    mean((row) => (recommendAgent(model, kind, calls.caller[row], calls.context[row]) === calls.callee[row] ? 1 : 0));
  return {
    bits: mean((row) => interactionBits(model, calls.callee[row], calls.caller[row], calls.context[row])),
    hits: { popularity: hit('popularity'), relevance: hit('relevance'), full: hit('full') },
  };
}

describe('call trees', () => {
  test('recommendAgent: the best score of all agents one by one, for every caller and context', () => {
    for (const synergy of [0, 0.5]) {
      const model = learn(callsOf(3, synergy));
      for (let caller = 0; caller < agentCount; caller++) {
        for (let context = 0; context < contextCount; context++) {
          for (const kind of ['popularity', 'relevance', 'full'] as const)
            expect(recommendAgent(model, kind, caller, context)).toBe(bestSlowly(model, kind, caller, context));
        }
      }
    }
  });

  test('probabilities of all agents sum to 1', () => {
    const model = learn(callsOf(4, 0.5));
    const sum = (chance: (agent: number) => number): number =>
      Array.from({ length: agentCount }, (_, agent) => chance(agent)).reduce((all, one) => all + one, 0);
    expect(sum((agent) => popularity(model, agent))).toBeCloseTo(1, 12);
    expect(sum((agent) => relevance(model, agent, 2))).toBeCloseTo(1, 12);
    expect(sum((agent) => affinity(model, agent, 5, 2))).toBeCloseTo(1, 12);
  });

  test('planted synergy: the full recommender beats relevance and popularity at the first place in 20 of 20 worlds, with bits above 0.5', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { bits, hits } = heldOut(callsOf(seed, 0.5));
      expect(hits.full).toBeGreaterThan(hits.relevance);
      expect(hits.full).toBeGreaterThan(hits.popularity);
      expect(bits).toBeGreaterThan(0.5);
    }
  });

  test('no synergy: the bits lie within 0.05 of 0 in 20 of 20 worlds, since the prior of the caller takes over', () => {
    for (let seed = 101; seed <= 120; seed++) {
      const { bits } = heldOut(callsOf(seed, 0));
      expect(Math.abs(bits)).toBeLessThan(0.05);
    }
  });

  test('planted reliability: agents who succeed are told from those who do not', () => {
    const { reliability } = learn(callsOf(6, 0.5));
    const mean = (rest: number): number =>
      reliability.filter((_, agent) => agent % 2 === rest).reduce((sum, one) => sum + one, 0) / (agentCount / 2);
    expect(mean(1) - mean(0)).toBeGreaterThan(0.3);
  });

  test('recommendTeam: every team is connected by calls, and ends where nobody is left', () => {
    const calls = callsOf(9, 0.5);
    const model = learn(calls);
    const tied = new Set(
      Array.from(calls.tree.keys())
        .filter((row) => calls.tree[row] < learntTrees)
        .flatMap((row) => [`${calls.caller[row]} ${calls.callee[row]}`, `${calls.callee[row]} ${calls.caller[row]}`]),
    );
    for (let first = 0; first < agentCount; first++) {
      const team = recommendTeam(model, first, first % contextCount, 5);
      expect(new Set(team).size).toBe(team.length);
      team.slice(1).forEach((agent, at) => {
        expect(team.slice(0, at + 1).some((one) => tied.has(`${one} ${agent}`))).toBe(true);
      });
    }
    const one = Int32Array.of(0);
    const lone = { tree: one, caller: one, callee: Int32Array.of(1), context: one, agentCount: 3, contextCount: 1 };
    expect(
      recommendTeam(
        learnCalls(lone, () => true),
        0,
        0,
        3,
      ),
    ).toEqual([0, 1]);
  });
});
