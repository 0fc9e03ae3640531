/**
 * Planted truth, from a scenario to what shards act out: who the members are, what they do at known ticks, and the truth file's words.
 *
 * Members are the agents with the least of numbers drawn by their own keys, a draw for each plant; plants are taken in the order of the
 * scenario, and who is a member of one is not drawn for the next. Acts are drawn by a stream of the plant's own. Writes nothing.
 * Invariant: a function of plan and population alone, so that a run that is taken up again has the same plants; nothing of it is in the
 * plan but sizes. Oracle: sorting by hand, and the golden digests of scenarios without plants (`test/sim/engine/plants.test.ts`).
 */
import { InputError, echo } from '../ground/errors.ts';
import { randomStream, streamPurposes } from '../ground/philox.ts';
import { externalId } from '../world/population.ts';
import { postKinds } from '../world/posts.ts';
import { ruleText, stances } from '../world/wording.ts';
import { verbs } from '../exchange/verbs.ts';
import { placeOf } from './grounds.ts';
import type { RandomStream } from '../ground/philox.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type {
  CartelPlan,
  PlantPlan,
  PlantedAct,
  PlantedVoters,
  PlantsOrder,
  RingPlan,
  SockPuppetsPlan,
} from '../exchange/plants.ts';
import type { Population } from '../world/population.ts';
import type { PlantedGroup, Truth } from '../record/truth.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Plan } from './plan.ts';

type PlantData = NonNullable<ScenarioData['plants']>[number];

/** Most acts that all plants of a scenario make. */
const plantedActsMax = 1_000_000;

/** The plants of a scenario as a plan holds them. Throws where there are too few agents for them. */
export function plantPlans(
  { plants, ticks }: Pick<ScenarioData, 'plants' | 'ticks'>,
  grounds: GroundsPlan | undefined,
  agentCount: number,
): PlantPlan[] {
  const plans = (plants ?? []).map((plant, i): PlantPlan => {
    const untilTick = Math.min(plant.untilTick ?? ticks, ticks);
    if (plant.kind === 'cartel') return { ...plant, untilTick, good: marketGood(plant, grounds, i) };
    if (plant.kind === 'sock-puppets') return { ...plant, untilTick, texts: plant.texts ?? [] };
    return { ...plant, untilTick };
  });
  let taken = 0;
  plans.forEach((plant, i) => {
    const seats = seatsOf(plant, agentCount, agentCount - taken);
    if (taken + seats > agentCount) refuseCrowd(i, taken + seats, agentCount);
    taken += seats;
  });
  return plans;
}

function marketGood(
  plant: Extract<PlantData, { kind: 'cartel' }>,
  grounds: GroundsPlan | undefined,
  i: number,
): number {
  const path = `plants[${i}].good`;
  const good = placeOf(grounds?.goods ?? [], plant.good, path, 'good');
  if (grounds?.markets.some((market) => market.good === good) === true) return good;
  throw new InputError({
    code: 'INPUT_DANGLING_REF',
    found: `${path} names ${echo(plant.good)}, which no market trades`,
    next: 'Add a market of it to grounds.markets, or name a good that has one.',
  });
}

function refuseCrowd(i: number, wanted: number, agentCount: number): never {
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `with plants[${i}], ${wanted} agents are members of plants; there are ${agentCount}`,
    next: 'Make the plants smaller, or the population larger.',
  });
}

/** How many members a plant has. Conformists are a share of all agents, or all that are left. */
function seatsOf(plant: PlantPlan, agentCount: number, left: number): number {
  switch (plant.kind) {
    case 'ring':
    case 'cartel':
      return plant.size;
    case 'sock-puppets':
      return plant.hands * plant.accountsPerHand;
    case 'conformists':
      return Math.min(left, Math.round(plant.share * agentCount));
    case 'seed-votes':
      return plant.accounts;
  }
}

/** Most members of a plant that act by a list, or on what was posted. Conformists act on what they are shown. */
export function membersMax(plant: PlantPlan): number {
  return plant.kind === 'conformists' ? 0 : seatsOf(plant, 0, 0);
}

/** Members of each plant as ordinals, in the order of their lots. */
export function plantedMembers(
  { plants = [], seed }: Pick<Plan, 'plants' | 'seed'>,
  population: Population,
): Int32Array[] {
  const { count, keyLo, keyHi } = population;
  const isTaken = new Uint8Array(count);
  let left = count;
  return plants.map((plant, i) => {
    const lots = Float64Array.from(keyLo, (lo, agent) =>
      randomStream(seed, streamPurposes.plants, lo + i, keyHi[agent]).uniform(),
    );
    const free = Int32Array.from({ length: count }, (_, agent) => agent).filter((agent) => isTaken[agent] === 0);
    const members = free.sort((x, y) => lots[x] - lots[y] || x - y).slice(0, seatsOf(plant, count, left));
    for (const member of members) isTaken[member] = 1;
    left -= members.length;
    return members;
  });
}

/** What shards need, with members by their rows; undefined where nothing is planted. */
export function plantsOrder(
  plan: Plan,
  population: Population,
  rowOfOrdinal: ArrayLike<number>,
): PlantsOrder | undefined {
  const { plants = [], seed, tickSeconds } = plan;
  if (plants.length === 0) return undefined;
  const acts: PlantedAct[] = [];
  const votes: PlantedVoters[] = [];
  const members = plantedMembers(plan, population);
  plants.forEach((plant, number) => {
    const rows = members[number].map((ordinal) => rowOfOrdinal[ordinal]);
    const stream = randomStream(seed, streamPurposes.plants, number, -1);
    if (plant.kind === 'ring') acts.push(...ringActs(plant, rows, stream, tickSeconds));
    else if (plant.kind === 'cartel') acts.push(...cartelActs(plant, rows, stream));
    else if (plant.kind === 'sock-puppets') acts.push(...puppetActs(plant, rows, stream));
    else votes.push({ plant, number, rows });
    if (acts.length > plantedActsMax) refuseActs(number, acts.length);
  });
  return { acts: acts.sort((x, y) => x.tick - y.tick), votes };
}

function refuseActs(i: number, count: number): never {
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `up to plants[${i}], members act ${count} times; at most ${plantedActsMax} can`,
    next: 'Lower targets, texts, camouflage or members.',
  });
}

/** A tick at which all may act that act up to `room` ticks later, and before which somebody may have posted. */
function momentOf({ fromTick, untilTick }: PlantPlan, room: number, stream: RandomStream): number {
  const first = Math.max(1, fromTick);
  return first + stream.below(Math.max(1, untilTick - first - room));
}

/** Joint targets one after the other, then the camouflage of each member. */
function ringActs(ring: RingPlan, rows: Int32Array, stream: RandomStream, tickSeconds: number): PlantedAct[] {
  const { jointTargets, participationShare, spreadTicks, aims, lookbackTicks, untilTick } = ring;
  const verb = verbs[ring.verb];
  const acts: PlantedAct[] = [];
  // What a member writes for the ring can be acted on a tick later.
  const wait = aims === 'members' ? 1 : 0;
  for (let k = 0; k < jointTargets; k++) {
    const moment = momentOf(ring, spreadTicks + wait, stream);
    const lot = stream.uniform();
    const author = aims === 'members' ? rows[k % rows.length] : -1;
    if (author >= 0) acts.push({ tick: moment, row: author, verb: verbs.post, aim: { kind: 'nothing' }, amount: 0 });
    for (const row of rows) {
      const [doesIt, delay] = [stream.uniform() < participationShare, stream.below(spreadTicks + 1)];
      const tick = moment + wait + delay;
      if (!doesIt || row === author || tick >= untilTick) continue;
      const aim =
        author >= 0
          ? ({ kind: 'authored', author, fromTick: moment } as const)
          : ({ kind: 'recent', fromTick: moment - lookbackTicks, untilTick: moment, lot } as const);
      acts.push({ tick, row, verb, aim, amount: 0 });
    }
  }
  return [...acts, ...camouflageActs(ring, rows, stream, tickSeconds)];
}

function camouflageActs(ring: RingPlan, rows: Int32Array, stream: RandomStream, tickSeconds: number): PlantedAct[] {
  const { camouflagePerDay, fromTick, untilTick, lookbackTicks } = ring;
  if (camouflagePerDay === 0) return [];
  const ticksBetween = 86_400 / tickSeconds / camouflagePerDay;
  const acts: PlantedAct[] = [];
  for (const row of rows) {
    for (
      let at = fromTick + stream.exponential() * ticksBetween;
      at < untilTick;
      at += stream.exponential() * ticksBetween
    ) {
      const tick = Math.floor(at);
      const aim = { kind: 'recent', fromTick: tick - lookbackTicks, untilTick: tick, lot: stream.uniform() } as const;
      acts.push({ tick, row, verb: verbs[ring.verb], aim, amount: 0 });
    }
  }
  return acts;
}

function cartelActs(cartel: CartelPlan, rows: Int32Array, stream: RandomStream): PlantedAct[] {
  const { fromTick, untilTick, everyTicks, participationShare, good, amount, price } = cartel;
  const acts: PlantedAct[] = [];
  for (let tick = fromTick; tick < untilTick; tick += everyTicks) {
    for (const row of rows) {
      if (stream.uniform() >= participationShare) continue;
      acts.push({ tick, row, verb: verbs.ask, aim: { kind: 'number', target: good }, amount, detail: { price } });
    }
  }
  return acts;
}

/** Words that an account puts somewhere into the text of its hand. */
const fillers = ['really', 'now', 'again', 'still', 'simply', 'clearly', 'today', 'indeed'];

function puppetActs(plant: SockPuppetsPlan, rows: Int32Array, stream: RandomStream): PlantedAct[] {
  const { hands, accountsPerHand, messagesPerHand, participationShare, spreadTicks, untilTick } = plant;
  const acts: PlantedAct[] = [];
  for (let hand = 0; hand < hands; hand++) {
    const accounts = rows.subarray(hand * accountsPerHand, (hand + 1) * accountsPerHand);
    for (let k = 0; k < messagesPerHand; k++) {
      const moment = momentOf(plant, spreadTicks, stream);
      const words = handText(plant, hand * messagesPerHand + k, moment, stream).split(' ');
      for (const row of accounts) {
        const [doesIt, delay] = [stream.uniform() < participationShare, stream.below(spreadTicks + 1)];
        const place = stream.below(words.length);
        const text = words.toSpliced(place, 0, fillers[stream.below(fillers.length)]).join(' ');
        const tick = moment + delay;
        if (!doesIt || tick >= untilTick) continue;
        acts.push({ tick, row, verb: verbs.post, aim: { kind: 'nothing' }, amount: 0, detail: { argument: -1, text } });
      }
    }
  }
  return acts;
}

/** What the hand writes: the next of the given texts, or one that is rendered as those of rules are. */
function handText({ texts }: SockPuppetsPlan, number: number, tick: number, stream: RandomStream): string {
  if (texts.length > 0) return texts[number % texts.length];
  return ruleText({
    ...{ authorKeyLo: stream.uint32() | 0, authorKeyHi: stream.uint32() | 0, tick, sequence: number },
    ...{ kind: postKinds.post, topicBoard: stream.below(16), appeal: 0, stance: stances.neutral },
  });
}

/** What is planted, in the words of the truth file. */
export function truthOf(plan: Plan, population: Population): Truth {
  const { plants = [], scenario, seed } = plan;
  const members = plantedMembers(plan, population);
  return {
    version: 1,
    scenario,
    seed,
    plants: plants.map((plant, number) => groupOf(plant, number, members[number], population)),
  };
}

function groupOf(plant: PlantPlan, number: number, ordinals: Int32Array, { ids }: Population): PlantedGroup {
  const agents = Array.from(ordinals, (ordinal) => externalId(ids, ordinal));
  const perHand = plant.kind === 'sock-puppets' ? plant.accountsPerHand : agents.length;
  const groups = Array.from({ length: Math.ceil(agents.length / Math.max(1, perHand)) }, (_, i) =>
    agents.slice(i * perHand, (i + 1) * perHand),
  );
  return { name: plant.name, kind: plant.kind, number, groups, settings: { ...plant } };
}
