/**
 * Invariants at full size: a million granted acts, judged afterwards by the definition of the logic, and what enforcing takes of a tick.
 *
 * Reads nothing. The time of a tick is the least of several runs with and without invariants, taken in turn in this process.
 */
import { performance } from 'node:perf_hooks';
import { smallPlan, smallPopulation, openWorld } from '../sim/worlds.ts';
import { judgeRun } from '../sim/game-master/invariant-judge.ts';
import type { InvariantPlan } from '../../sim/exchange/invariants.ts';
import type { Report } from './figure.ts';

/** Five invariants of actors, of which rule agents break each. */
export const safetyInvariants: readonly InvariantPlan[] = Object.entries({
  'no-two-likes': 'always (verb = like implies weak-next verb != like)',
  'known-first': 'always (verb = repost implies target.followers >= 4)',
  'not-oneself': 'always (verb = like implies not target is self)',
  'follow-before-unfollow': 'always (verb = unfollow implies once verb = follow)',
  'few-posts': 'always (actor.posts >= 10 implies verb != reply and verb != quote)',
}).map(([code, formula]) => ({ code, formula, scope: 'actor' }));

const grantedMin = 1_000_000;

/** Runs a world and judges every granted trace. */
export async function checkInvariants(report: Report, agents = 20_000, ticks = 24): Promise<void> {
  const population = smallPopulation({ agents, wakesPerDayMean: 60 });
  const plan = smallPlan({ ticks, invariants: safetyInvariants, postCapacity: 1 << 20 });
  const { granted, broken, wrongly, refused } = await judgeRun({ plan, population });
  report({
    command: `${agents} agents, ${ticks} ticks, 5 invariants; every granted trace judged by the definition`,
    figure: `${broken.join(' + ')} violations in ${granted} acts; refused ${refused.join(', ')}, ${wrongly} wrongly`,
    bar: `0 in ${grantedMin}`,
    met: granted >= grantedMin && wrongly === 0 && broken.every((count) => count === 0),
  });
  await checkInvariantTime(report);
}

/** What enforcing takes of the time of a tick. */
async function checkInvariantTime(report: Report, agents = 50_000, ticks = 24): Promise<void> {
  const population = smallPopulation({ agents, wakesPerDayMean: 24 });
  // What changes nothing that is granted, so that both runs do the same: each formula is asked of each act, and none is ever broken.
  const harmless = safetyInvariants.map((one) => ({
    ...one,
    formula: one.formula.replace('always (', 'always (actor.posts >= 1000000 and '),
  }));
  const least = [Infinity, Infinity];
  for (let round = 0; round < 3; round++) {
    for (const [k, invariants] of [undefined, harmless].entries()) {
      const plan = smallPlan({ ticks, postCapacity: 1 << 20, ...(invariants === undefined ? {} : { invariants }) });
      const world = openWorld({ plan, population, unchained: true });
      const before = performance.now();
      for (let tick = 0; tick < ticks; tick++) await world.step();
      least[k] = Math.min(least[k], (performance.now() - before) / ticks);
    }
  }
  const share = (least[1] - least[0]) / least[1];
  report({
    command: `a tick of ${agents} agents with 5 invariants and without`,
    figure: `${least[1].toFixed(2)} and ${least[0].toFixed(2)} ms: ${(share * 100).toFixed(1)} % of the tick`,
    bar: 'below 10 %',
    met: share < 0.1,
  });
}
