/**
 * Who is awake: wake times are drawn at waking and queued in a timing wheel, so that a sleeper draws nothing and costs nothing.
 *
 * An agent wakes as a Poisson process whose rate follows its profile over the hours of the day: the next time solves
 * rate-integral = -log(u). Wakings within one tick count once, so p = 1 - exp(-rate x dt), whatever the tick's length.
 * Order: a slot's agents are met in any order; bits in a bitmap bring them into the order of rows. Oracle: a sorted list.
 */
import { log } from '../ground/detmath.ts';
import { assertInvariant } from '../ground/errors.ts';
import { drawWord, laneA, laneB, openUnitOf, purposes } from '../ground/random.ts';
import { neverWakes } from '../world/agents.ts';
import { forOwnBlocks } from '../world/ownership.ts';
import { counts } from '../exchange/tables.ts';
import { emptySlot, enterWheel } from './timing-wheel.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { Agents } from '../world/agents.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { Ownership } from '../world/ownership.ts';
import type { Population } from '../world/population.ts';

/** Hours of the day as cumulative shares: 25 values a profile, from 0 to 1. */
export type CumulativeProfiles = Float64Array;

/** Where in time a tick lies. */
export interface Calendar {
  readonly tickSeconds: number;
  readonly startHour: number;
  /** Agents wake in equal steps instead of at random. */
  readonly heartbeat?: Heartbeat;
}

/** Wakings in equal steps: each agent begins at a time of its own, and each step is shifted by a draw. */
export interface Heartbeat {
  /** From one waking to the next; left out: a day over the agent's own wakings a day. */
  readonly hours?: number;
  /** Greatest shift either way, as a share of the step. */
  readonly jitterShare: number;
}

const secondsPerDay = 86400;
const secondsPerHour = 3600;

/** Cumulative shares of each profile's hours. */
export function cumulativeProfiles(shares: Float64Array): CumulativeProfiles {
  const profileCount = shares.length / 24;
  const cumulative = new Float64Array(profileCount * 25);
  for (let profile = 0; profile < profileCount; profile++) {
    for (let hour = 0; hour < 24; hour++) {
      cumulative[profile * 25 + hour + 1] = cumulative[profile * 25 + hour] + shares[profile * 24 + hour];
    }
    cumulative[profile * 25 + 24] = 1;
  }
  return cumulative;
}

/**
 * The tick of the next waking at or after the start of tick `from`; `word` is a uniform 32-bit word.
 *
 *     smallest t with integral from start(from) to t of rate = -log((word + 1/2) / 2^32)
 *
 * Profile and rate are read at `row` of their columns: a rate handed over as a number would be an object of its own, one for each waking.
 */
export function nextWakeTick(
  calendar: Calendar,
  profiles: CumulativeProfiles,
  agents: Readonly<Record<'profile' | 'wakesPerDay', ArrayLike<number>>>,
  row: number,
  from: number,
  word: number,
): number {
  const rate = agents.wakesPerDay[row];
  if (!(rate > 0)) return neverWakes;
  const wait = -log(openUnitOf(word)) / rate;
  const start = calendar.startHour * secondsPerHour;
  const now = start + from * calendar.tickSeconds;
  const day = Math.floor(now / secondsPerDay);
  const base = agents.profile[row] * 25;
  const hourNow = (now - day * secondsPerDay) / secondsPerHour;
  const whole = Math.floor(hourNow);
  const passed = profiles[base + whole] + (hourNow - whole) * (profiles[base + whole + 1] - profiles[base + whole]);
  const goal = passed + wait;
  const days = Math.floor(goal);
  const rest = goal - days;
  let hour = 0;
  while (hour < 23 && profiles[base + hour + 1] <= rest) hour++;
  const share = profiles[base + hour + 1] - profiles[base + hour];
  const within = share > 0 ? (rest - profiles[base + hour]) / share : 0;
  const seconds = (day + days) * secondsPerDay + (hour + within) * secondsPerHour;
  const tick = Math.floor((seconds - start) / calendar.tickSeconds);
  return Math.max(from, Math.min(neverWakes - 1, tick)) | 0;
}

/** The tick of the next beat after tick `before`, or of the first one: anywhere in the first step. */
function nextBeatTick(
  calendar: Calendar,
  { hours: common, jitterShare }: Heartbeat,
  wakesPerDay: number,
  before: number,
  word: number,
): number {
  const hours = common ?? 24 / wakesPerDay;
  const stepTicks = (hours * secondsPerHour) / calendar.tickSeconds;
  const u = openUnitOf(word);
  if (before < 0) return Math.min(neverWakes - 1, Math.floor(u * stepTicks));
  const ticks = Math.round(stepTicks * (1 + jitterShare * (2 * u - 1)));
  return Math.min(neverWakes - 1, before + Math.max(1, ticks));
}

/** Queues an agent's next waking. `now` is the tick that is being worked on; `tick` lies after it. */
export function queueWake(agents: Agents, wheel: Int32Array, row: AgentRow, now: number, tick: number): void {
  agents.wakeTick[row] = tick;
  if (tick !== neverWakes) enterWheel(wheel, row, now, tick);
}

/** Draws and queues the waking after this one. */
export function drawWake(
  agents: Agents,
  wheel: Int32Array,
  calendar: Calendar,
  profiles: CumulativeProfiles,
  row: AgentRow,
  at: WakeDraw,
): void {
  const a = laneA(at.seedA, agents.keyLo[row]);
  const b = laneB(at.seedB, agents.keyHi[row]);
  const word = drawWord(a, b, at.first ? purposes.firstWake : purposes.wake, 0);
  const now = at.first ? -1 : at.tick;
  const { heartbeat } = calendar;
  const columns = agents as unknown as Record<'profile' | 'wakesPerDay', ArrayLike<number>>;
  const drawn =
    heartbeat !== undefined && agents.wakesPerDay[row] > 0
      ? nextBeatTick(calendar, heartbeat, agents.wakesPerDay[row], now, word)
      : nextWakeTick(calendar, profiles, columns, row, now + 1, word);
  const wait = (drawn - now) * (at.waitFactor ?? 1);
  queueWake(agents, wheel, row, now, drawn === neverWakes ? drawn : Math.min(neverWakes - 1, now + wait) | 0);
}

/** What a waking is drawn from. `waitFactor` makes the wait longer. */
export interface WakeDraw {
  readonly tick: number;
  readonly seedA: number;
  readonly seedB: number;
  readonly first: boolean;
  readonly waitFactor?: number;
}

/**
 * So many agents do not wake in one tick: the sum of p = 1 - exp(-x) <= x over all, x at the busiest hour of each, and sixteen standard
 * deviations of a sum of independent draws, whose variance is below its mean. Beats in equal steps may fall together, so there it is all.
 */
export function awakeMost(
  {
    count,
    profile,
    wakesPerDay,
    profileShares,
  }: Pick<Population, 'count' | 'profile' | 'wakesPerDay' | 'profileShares'>,
  { tickSeconds, heartbeat }: Pick<Calendar, 'tickSeconds' | 'heartbeat'>,
): number {
  if (heartbeat !== undefined || tickSeconds > secondsPerHour) return count;
  const busiest = Float64Array.from({ length: profileShares.length / 24 }, (_, one) =>
    Math.max(...profileShares.subarray(one * 24, one * 24 + 24)),
  );
  let mean = 0;
  for (let agent = 0; agent < count; agent++)
    mean += Math.min(1, (wakesPerDay[agent] * busiest[profile[agent]] * tickSeconds) / secondsPerHour);
  return Math.min(count, Math.ceil(mean + 16 * Math.sqrt(mean)) + 4096);
}

/** Lists the shard's agents that wake at this tick as percepts, in the order of rows. */
export function activate(
  agents: Agents,
  wheel: Int32Array,
  awake: Int32Array,
  owner: Ownership,
  tables: ShardTables,
  tick: number,
): void {
  takeSlot(agents, wheel, awake, tick);
  const percepts = tables.percepts.agent as unknown as Int32Array;
  let perceptCount = 0;
  forOwnBlocks(owner, (start, end) => {
    for (let word = start >>> 5; word < (end + 31) >>> 5; word++) {
      let bits = awake[word];
      if (bits === 0) continue;
      awake[word] = 0;
      while (bits !== 0) {
        const low = bits & -bits;
        percepts[perceptCount++ as PerceptRow] = (word << 5) + 31 - Math.clz32(low);
        bits ^= low;
      }
    }
  });
  assertInvariant(perceptCount <= tables.percepts.rowCapacity, `room for those who wake: ${perceptCount}`);
  tables.count[counts.percepts] = perceptCount;
}

function takeSlot(agents: Agents, wheel: Int32Array, awake: Int32Array, tick: number): void {
  const wake = (row: number) => {
    awake[row >>> 5] |= 1 << (row & 31);
  };
  emptySlot(wheel, tick, wake, (row) => {
    const due = agents.wakeTick[row as AgentRow];
    if (due === tick) wake(row);
    else queueWake(agents, wheel, row as AgentRow, tick, due);
  });
}
