/**
 * How likely a user of OASIS is to be active in each hour: from recorded acts to probabilities a step, and from these to wakings a day.
 *
 *     P = acts / (most acts of anybody in any hour), + 0.1 where that is below 0.6, rounded to two places
 *
 * OASIS draws u < P at each step of three minutes. Wakings here are a process in continuous time, with p = 1 - exp(-rate x dt) in a
 * tick, so that the rate of an hour is -log(1 - P) a step: in ticks as long as the step, p is P. A P of 1 has no finite rate; it
 * counts as 0.999. Pure. Oracle: the formula above by hand, and the mean on a real file (`test/sim/world/oasis-activity.test.ts`).
 * Source: camel-ai/oasis 0.2.5, its script for X; the paper divides by each hour's own maximum (arXiv 2411.11581).
 */
import { log1p } from '../ground/detmath.ts';

const raised = 0.1;
const raisedBelow = 0.6;
const activeShareMax = 0.999;
const secondsPerHour = 3600;

/** Probabilities to be active at a step, 24 an agent. */
export function oasisActivity(acts: Float64Array): Float64Array {
  const most = acts.reduce((largest, one) => Math.max(largest, one), 0);
  return acts.map((one) => {
    const share = most > 0 ? one / most : 0;
    return Number((share < raisedBelow ? share + raised : share).toFixed(2));
  });
}

/** What a population holds: wakings a day, and the share of them in each hour. */
export interface ActivityRates {
  readonly wakesPerDay: Float32Array;
  readonly profileShares: Float64Array;
}

/** The rates that give these probabilities in ticks of `stepSeconds`. */
export function ratesOfActivity(activity: Float64Array, stepSeconds: number): ActivityRates {
  const agentCount = activity.length / 24;
  const wakesPerDay = new Float32Array(agentCount);
  const profileShares = activity.map((one) => -log1p(-Math.min(activeShareMax, one)));
  for (let agent = 0; agent < agentCount; agent++) {
    const hours = profileShares.subarray(agent * 24, agent * 24 + 24);
    const total = hours.reduce((sum, one) => sum + one, 0);
    wakesPerDay[agent] = (total * secondsPerHour) / stepSeconds;
    for (let hour = 0; hour < 24; hour++) hours[hour] = total > 0 ? hours[hour] / total : 1 / 24;
  }
  return { wakesPerDay, profileShares };
}
