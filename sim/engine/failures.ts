/**
 * Agents that leave for good or answer at random from a tick on, as a scenario has it: drawn when it is compiled, and written out as acts of
 * `quit`, or of `reassign` to the last policy of the plan (`policies.ts`).
 *
 * Failures are taken in the order of the scenario; who has left by one of them is not chosen by the next. `random` takes the agents with the
 * least of numbers drawn by their own keys, so that with one seed a greater share takes everybody that a smaller one takes; `hubs` those
 * with most followers at the start, of equal ones the first in the order of keys, or by such a number where `ties` is random; `community` whole communities in random order, the last
 * of them in part, by the same numbers as `random`.
 * Invariant: nobody leaves twice; a failure takes its share of all agents, rounded, or all that are left.
 * Oracle: sorting by hand (`test/sim/engine/failures.test.ts`).
 */
import { InputError } from '../ground/errors.ts';
import { randomStream, shuffle, streamPurposes } from '../ground/philox.ts';
import { topicCount } from '../world/agents.ts';
import { externalId } from '../world/population.ts';
import { topicOf } from '../world/posts.ts';
import { wordsOf } from './follow-graph.ts';
import type { Population } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Intervention } from './plan.ts';

type Failure = NonNullable<ScenarioData['failures']>[number];

/** Most agents that one scenario makes leave: each is an act of its plan. */
const failuresMax = 200_000;

/** The acts of all failures. The population must be canonical; `babbler` is the number of the policy of who answers at random. */
export function failureActs(
  failures: readonly Failure[] | undefined,
  population: Population,
  seed: number,
  babbler: number,
): Intervention[] {
  const hasLeft = new Uint8Array(population.count);
  const acts: Intervention[] = [];
  failures?.forEach((failure, i) => {
    const order = orderOf(failure, i, population, seed).filter((agent) => hasLeft[agent] === 0);
    const wanted = Math.round(failure.share * population.count);
    refuseMany(acts.length + wanted, i);
    for (const agent of order.subarray(0, wanted)) {
      hasLeft[agent] = 1;
      const act = { tick: failure.tick, agent: externalId(population.ids, agent) };
      acts.push(failure.mode === 'random' ? { ...act, verb: 'reassign', amount: babbler } : { ...act, verb: 'quit' });
    }
  });
  return acts;
}

function refuseMany(count: number, i: number): void {
  if (count <= failuresMax) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `with failures[${i}], ${count} agents leave; at most ${failuresMax} can`,
    next: 'Lower the share, or the number of agents.',
  });
}

/** All agents, those who leave first in front. */
function orderOf(failure: Failure, i: number, population: Population, seed: number): Int32Array {
  if (failure.kind === 'hubs' && failure.ties !== 'random')
    return ranked(followerCounts(population).map((count) => -count));
  const lots = lotsOf(population, seed, i);
  // Lots are below 1, so that they decide among equals alone.
  if (failure.kind === 'hubs') return ranked(followerCounts(population).map((count, agent) => lots[agent] - count));
  if (failure.kind === 'random') return ranked(lots);
  const community =
    failure.by === undefined
      ? mainTopics(population)
      : wordsOf(population.traits ?? [], failure.by, `failures[${i}].by`).value;
  const turn = turnsOf(community, seed, i);
  // Lots are below 1, so that whole communities stand together.
  return ranked(lots.map((lot, agent) => turn[community[agent]] + lot));
}

/** Agents in the order of a number each, equal ones in the order of keys. */
function ranked(numbers: Float64Array): Int32Array {
  return Int32Array.from(numbers, (_, agent) => agent).sort((x, y) => numbers[x] - numbers[y] || x - y);
}

function lotsOf({ keyLo, keyHi }: Population, seed: number, i: number): Float64Array {
  return Float64Array.from(keyLo, (lo, agent) =>
    randomStream(seed, streamPurposes.failures, lo + i, keyHi[agent]).uniform(),
  );
}

function followerCounts({ count, followee }: Population): Float64Array {
  const counts = new Float64Array(count);
  for (const one of followee) counts[one]++;
  return counts;
}

function mainTopics({ count, interest }: Population): Int32Array {
  return Int32Array.from({ length: count }, (_, agent) => topicOf(interest, agent * topicCount));
}

/** For each community its turn. */
function turnsOf(community: Int32Array, seed: number, i: number): Int32Array {
  const most = community.reduce((largest, one) => Math.max(largest, one), 0);
  const turn = Int32Array.from({ length: most + 1 }, (_, one) => one);
  shuffle(turn, randomStream(seed, streamPurposes.failures, i, -1));
  return turn;
}
