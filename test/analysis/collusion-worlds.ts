/**
 * Planted worlds of collusion: 10,000 agents on feeds, clean or with rings among them.
 *
 * Nothing here is the engine, and nothing of the detector. Agents wake by habits of four kinds (at random in the waking hours of their time zone; at
 * heartbeats with a phase of their own; a tenth of all at heartbeats with shared phases and one `new` feed; now and then in runs of some acts), and act on what feeds
 * show: the newest posts, what others acted on lately, anything of the last day. Some posts go viral. Habits, rates, sizes of
 * feeds and periods are drawn anew for every seed, within the ranges below. Members of rings do what everybody does, and beside it act on their
 * targets, each with the chance of its `participation`, within `spreadSeconds` of one another.
 * Invariant: a world is a function of its options and seed; without rings the acts are the same but for the rings' own.
 */
import { randomStream } from '../../sim/ground/philox.ts';
import { exp } from '../../sim/ground/detmath.ts';
import type { ActColumns } from '../../analysis/estimators/act-index.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** A ring to plant. */
export interface PlantedRing {
  readonly size: number;
  readonly targets: number;
  /** Chance that a member acts on a target of the ring. */
  readonly participation: number;
  /** Members act within so long of the first moment; drawn between a minute and half an hour where it is missing. */
  readonly spreadSeconds?: number;
  /** Targets are drawn from those with more than so many acts without the rings; none where there are none. */
  readonly actsMin?: number;
}

export interface CollusionWorldOptions {
  readonly agentCount?: number;
  readonly rings?: readonly PlantedRing[];
  /** Posts a day; drawn where it is missing. Few posts for many agents make all of them popular. */
  readonly postsPerDay?: number;
}

/** Acts, and who conspires. */
export interface CollusionWorld {
  readonly columns: ActColumns;
  readonly rings: readonly (readonly number[])[];
}

/** Belongs to no part of the program. */
const purpose = 996;
const hour = 3600;
const day = 24 * hour;

/** Draws a world. */
export function collusionWorld(
  seed: number,
  { agentCount = 10_000, rings = [], postsPerDay }: CollusionWorldOptions = {},
): CollusionWorld {
  const stream = randomStream(seed, purpose);
  const drawn = drawHabits(stream, agentCount);
  const habits = postsPerDay === undefined ? drawn : { ...drawn, postsPerAgentDay: postsPerDay / agentCount };
  const wakes = wakesOf(habits, agentCount, stream);
  const born = bornTimes(habits, agentCount, stream);
  const targets = targetsOf(habits, wakes, born, stream);
  const ringStream = randomStream(seed, purpose, 1);
  const actsOn = new Int32Array(born.length);
  for (const one of targets) actsOn[one]++;
  const planted = rings.map((ring) => {
    const { actsMin = -1 } = ring;
    const pool = Int32Array.from(actsOn.keys()).filter((one) => actsOn[one] > actsMin);
    return plant(ring, agentCount, { born, pool }, ringStream);
  });
  const acts = planted.flatMap(({ acts: made }) => made);
  return {
    columns: {
      ...{ agentCount, targetCount: born.length, bornSeconds: born },
      agent: Int32Array.from([...wakes.map(({ agent }) => agent), ...acts.map(({ agent }) => agent)]),
      target: Int32Array.from([...targets, ...acts.map(({ target }) => target)]),
      timeSeconds: Float64Array.from([...wakes.map(({ time }) => time), ...acts.map(({ time }) => time)]),
    },
    rings: planted.map(({ members }) => members),
  };
}

type Feed = 'new' | 'lately' | 'any';

interface Habits {
  readonly days: number;
  readonly actsMean: number;
  readonly postsPerAgentDay: number;
  readonly newFeedSize: number;
  readonly latelyActs: number;
  /** Phases that the tenth shares, in seconds, and its period. */
  readonly sharedPhases: readonly number[];
  readonly sharedPeriod: number;
  readonly sharedActs: number;
  readonly jitter: number;
  readonly viral: readonly { readonly from: number; readonly hours: number; readonly share: number }[];
  /** Chances of the feeds `new` and `lately` for those who share no phase. */
  readonly newShare: number;
  readonly latelyShare: number;
}

function drawHabits(stream: RandomStream, agentCount: number): Habits {
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  const days = between(2, 5);
  const sharedPeriod = [hour, 2 * hour, 4 * hour][stream.below(3)];
  const beats = (days * day) / sharedPeriod;
  return {
    ...{ days, sharedPeriod },
    actsMean: between(8, 25),
    postsPerAgentDay: between(1500, 6000) / agentCount,
    newFeedSize: 10 + stream.below(20),
    latelyActs: 500 + stream.below(5000),
    sharedPhases: Array.from({ length: 1 + stream.below(4) }, () => stream.uniform() * sharedPeriod),
    sharedActs: Math.min(3, between(15, 40) / beats),
    jitter: between(2, 120),
    viral: Array.from({ length: 2 + stream.below(8) }, () => ({
      from: stream.uniform() * days * day,
      ...{ hours: between(1, 12), share: between(0.02, 0.25) },
    })),
    newShare: between(0.1, 0.4),
    latelyShare: between(0.2, 0.5),
  };
}

interface Wake {
  readonly agent: number;
  readonly time: number;
  readonly feed: Feed | 'mixed';
}

function wakesOf(habits: Habits, agentCount: number, stream: RandomStream): Wake[] {
  const wakes: Wake[] = [];
  for (let agent = 0; agent < agentCount; agent++) {
    const kind = stream.uniform();
    if (kind < 0.1) beat(habits, agent, true, wakes, stream);
    else if (kind < 0.4) beat(habits, agent, false, wakes, stream);
    else roam(habits, agent, kind > 0.8, wakes, stream);
  }
  return wakes.sort((a, b) => a.time - b.time || a.agent - b.agent);
}

function beat(habits: Habits, agent: number, isShared: boolean, wakes: Wake[], stream: RandomStream): void {
  const { sharedPhases, sharedPeriod, days } = habits;
  const period = isShared ? sharedPeriod : [hour, 4 * hour][stream.below(2)];
  const phase = isShared ? sharedPhases[stream.below(sharedPhases.length)] : stream.uniform() * period;
  const beats = (days * day) / period;
  const acts = isShared ? habits.sharedActs : (habits.actsMean * (0.2 + 1.6 * stream.uniform())) / beats;
  for (let time = phase; time < days * day; time += period) {
    const count = Math.floor(acts) + (stream.uniform() < acts % 1 ? 1 : 0);
    for (let k = 0; k < count; k++) {
      const late = stream.uniform() * (isShared ? habits.jitter : 30) + 5 * k;
      wakes.push({ agent, time: time + late, feed: isShared ? 'new' : 'mixed' });
    }
  }
}

/** Acts at random in sixteen waking hours of one of 24 time zones, one by one or in runs of some. */
function roam(habits: Habits, agent: number, inRuns: boolean, wakes: Wake[], stream: RandomStream): void {
  const zone = stream.below(24) * hour;
  const wanted = habits.actsMean * exp(0.9 * stream.normal() - 0.4);
  const perRun = inRuns ? 4 : 1;
  for (let visit = 0; visit < wanted / perRun; visit++) {
    const when = stream.below(Math.ceil(habits.days)) * day + ((zone + stream.uniform() * 16 * hour) % day);
    if (when >= habits.days * day) continue;
    for (let k = 0; k < perRun; k++) wakes.push({ agent, time: when + 40 * k * stream.uniform(), feed: 'mixed' });
  }
}

function bornTimes(habits: Habits, agentCount: number, stream: RandomStream): Float64Array {
  const count = Math.ceil(habits.postsPerAgentDay * agentCount * habits.days);
  return Float64Array.from({ length: count }, () => stream.uniform() * habits.days * day).sort();
}

/** What each wake acts on; a wake before the first post acts on the first. */
function targetsOf(habits: Habits, wakes: readonly Wake[], born: Float64Array, stream: RandomStream): Int32Array {
  const targets = new Int32Array(wakes.length);
  const viralPosts = habits.viral.map(({ from }) => Math.max(0, countBefore(born, from) - 1));
  let known = 0;
  wakes.forEach(({ time, feed }, at) => {
    while (known < born.length && born[known] <= time) known++;
    const newest = Math.max(0, known - 1);
    targets[at] = choose();
    function choose(): number {
      const which = feed === 'mixed' ? mixed(habits, stream) : feed;
      if (which === 'new') return Math.max(0, newest - stream.below(habits.newFeedSize));
      for (let k = 0; k < viralPosts.length; k++) {
        const { from, hours, share } = habits.viral[k];
        const age = (time - from) / hour;
        if (age >= 0 && age < hours * 3 && stream.uniform() < share * exp(-age / hours)) return viralPosts[k];
      }
      if (which === 'lately' && at > 0) return targets[at - 1 - stream.below(Math.min(at, habits.latelyActs))];
      return Math.max(0, newest - stream.below(Math.ceil((born.length / habits.days) * 1)));
    }
  });
  return targets;
}

function mixed({ newShare, latelyShare }: Habits, stream: RandomStream): Feed {
  const draw = stream.uniform();
  return draw < newShare ? 'new' : draw < newShare + latelyShare ? 'lately' : 'any';
}

function countBefore(born: Float64Array, time: number): number {
  let count = 0;
  while (count < born.length && born[count] <= time) count++;
  return count;
}

interface RingActs {
  readonly members: readonly number[];
  readonly acts: readonly { agent: number; target: number; time: number }[];
}

function plant(
  ring: PlantedRing,
  agentCount: number,
  { born, pool }: { readonly born: Float64Array; readonly pool: Int32Array },
  stream: RandomStream,
): RingActs {
  const members = new Set<number>();
  while (members.size < ring.size) members.add(stream.below(agentCount));
  const spread = ring.spreadSeconds ?? 60 * exp(3.4 * stream.uniform());
  const acts: { agent: number; target: number; time: number }[] = [];
  for (let k = 0; k < ring.targets && pool.length > 0; k++) {
    const target = pool[stream.below(pool.length)];
    const start = born[target] + 2 * hour * stream.exponential();
    for (const agent of members) {
      if (stream.uniform() < ring.participation) acts.push({ agent, target, time: start + spread * stream.uniform() });
    }
  }
  return { members: [...members].sort((a, b) => a - b), acts };
}
