/**
 * One world of the study of resilience at every level of failure, as a task for a core: the share of right answers at the end.
 *
 * Levels share population, network and draws, and who fails at a lower level fails at a higher one. Agents that answer at random count with what they answer; those
 * that left answer nothing and are left out.
 */
import { followOpinions } from '../../analysis/measures/opinion-course.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { runInMemory } from '../../sim/engine/in-memory.ts';
import { agentCalled } from '../../sim/record/agent-reader.ts';
import { loadScenario } from '../load.ts';

/** Graphs of 24 agents and 48 mutual ties, as near as each kind comes. */
export const topologies = {
  random: { kind: 'erdos-renyi', reciprocatedShare: 1 },
  'small-world': { kind: 'watts-strogatz', neighbourCount: 4, rewiredShare: 0.1, reciprocatedShare: 1 },
  hubs: { kind: 'barabasi-albert', followsPerNewcomer: 2, reciprocatedShare: 1 },
} as const;
export type Topology = keyof typeof topologies;

/** Which world to simulate. */
export interface ResilienceWorldOrder {
  /** A scenario file. */
  readonly file: string;
  readonly topology: Topology;
  readonly target: 'random' | 'hubs';
  readonly mode: 'random' | 'quit';
  readonly levels: readonly number[];
  readonly seed: number;
}

/** Share of right answers at each level. Named by the ensemble. */
export async function simulateResilienceWorld(order: ResilienceWorldOrder): Promise<number[]> {
  const { file, topology, target, mode, levels, seed } = order;
  const { data, find } = await loadScenario(file, { set: [`seed=${seed}`], allowCode: false });
  if (data.population.kind !== 'generated') return levels.map(() => Number.NaN);
  const population = { ...data.population, graph: topologies[topology] };
  // Who may leave needs a ledger, which is a hundred megabytes: only where somebody does.
  const leaving = mode === 'quit' ? (['quit'] as const) : [];
  const performance: number[] = [];
  for (const share of levels) {
    const kind = target === 'hubs' ? ({ kind: 'hubs', ties: 'random' } as const) : ({ kind: 'random' } as const);
    const failures = share === 0 ? {} : { failures: [{ ...kind, share, tick: 0, mode }] };
    const compiled = compileScenario({ ...data, population, verbs: [...data.verbs, ...leaving], ...failures }, find);
    const { end } = followOpinions(await runInMemory(compiled), 'answer');
    const left = new Set(
      compiled.plan.interventions
        .filter(({ verb }) => verb === 'quit')
        .map(({ agent }) => agentCalled(compiled.population, agent)),
    );
    const answers = Array.from(end).filter((_, agent) => !left.has(agent));
    performance.push(answers.reduce((sum, one) => sum + one, 0) / answers.length);
  }
  return performance;
}
