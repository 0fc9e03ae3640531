/**
 * Interviews of agents who are asleep: they answer in the tick after they were asked, and go on sleeping.
 *
 * Part of deciding, after waking and before those who are awake decide; who is awake answers in its own turn. So an interview wakes
 * nobody, shows nobody a feed and draws nothing that anything else depends on.
 * Order: that of the scenario. Reads the state at the start of the tick; writes attempts.
 */
import { hasOpenQuestions, questionNow, giveAnswer, ruleAnswer } from '../policy/answering.ts';
import { answerOwn } from '../policy/own-turns.ts';
import { counts } from '../exchange/tables.ts';
import { verbs } from '../exchange/verbs.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { Shard } from './shard.ts';

/** Lets those of the shard's agents answer who were asked in the tick before and are asleep. */
export function answerAsleep(shard: Shard): void {
  const { state, tables, plan, scheduled, policies, own } = shard;
  const asked = scheduled.filter(({ tick, verb }) => verb === verbs.interview && tick === state.now.tick - 1);
  if (asked.length === 0 || !hasOpenQuestions(state)) return;
  const awake = agentsAwake(tables);
  for (const agent of new Set(asked.map(({ row }) => row as AgentRow))) {
    const question = awake.has(agent) ? undefined : questionNow(state, agent);
    if (question === undefined) continue;
    const policy = state.agents.policy[agent];
    if (plan.policies[policy].kind === 'rules') giveAnswer(tables, agent, ruleAnswer(state, agent, question));
    else {
      shard.acting.own = true;
      answerOwn(policies[policy] ?? {}, own, tables, { agent, question });
    }
  }
}

function agentsAwake({ percepts, count }: ShardTables): Set<number> {
  const awake = new Set<number>();
  for (let percept = 0 as PerceptRow; percept < count[counts.percepts]; percept++) awake.add(percepts.agent[percept]);
  return awake;
}
