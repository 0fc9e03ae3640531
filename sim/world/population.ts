/**
 * A population: who is there before the first tick, as columns, and who follows whom.
 *
 * The canonical form stands in the order of keys, followees in the order of ordinals; every population is brought into it
 * before anything else sees it, so that the order of rows in a file changes nothing.
 */
import { InputError, InvariantError, echo } from '../ground/errors.ts';
import { compareKeys, keyOfText, orderByKey } from '../ground/keys.ts';
import { topicCount } from './agents.ts';

/** External ids: given one by one, or a prefix and a number, which costs no memory. */
export type ExternalIds =
  { readonly list: readonly string[] } | { readonly prefix: string; readonly number: Int32Array };

/**
 * A property of agents that nothing in the engine reads, such as age or country: a place in `labels`, or the number itself where
 * there are none.
 */
export interface TraitColumn {
  readonly name: string;
  readonly labels?: readonly string[];
  readonly value: Int32Array;
}

/** Columns of a population of n agents; `followee` holds positions in the same columns. */
export interface Population {
  readonly count: number;
  readonly ids: ExternalIds;
  readonly keyLo: Int32Array;
  readonly keyHi: Int32Array;
  /** Unit vectors x 127, n x 8. */
  readonly interest: Int8Array;
  /** Which row of `profileShares` an agent has. */
  readonly profile: Uint16Array;
  /** Expected wakings a day. */
  readonly wakesPerDay: Float32Array;
  /** Which policy of the plan. */
  readonly policy: Uint8Array;
  /** Share of a day's wakings that falls in each hour, 24 a profile; each profile sums to 1. */
  readonly profileShares: Float64Array;
  readonly followOffset: Int32Array;
  readonly followee: Int32Array;
  /** Left out where agents have none, so that the digests of such populations stay what they were. */
  readonly traits?: readonly TraitColumn[];
}

/**
 * Lets go of who follows whom, most of a population's memory, where state and genesis hold it and nobody reads it any more. At once: a
 * collector of garbage would come for it late or never, since a run allocates little.
 */
export function releaseTies({ followee }: Population): void {
  if (followee.buffer instanceof ArrayBuffer && !followee.buffer.detached) followee.buffer.transfer(0);
}

/** What an agent is by one of its traits: a word, a whole number, or undefined if the population has no such trait. */
export function profileOf({ traits }: Pick<Population, 'traits'>, agent: number, name: string) {
  const trait = traits?.find((one) => one.name === name);
  if (trait === undefined) return undefined;
  const value = trait.value[agent];
  return trait.labels === undefined ? value : trait.labels[value];
}

/** Who acts for the platform's own rules; its ordinal is the number of agents. Ids in brackets cannot be anybody's. */
export const platformName = '(platform)';

/** The external id of agent i, the platform's if i is the number of agents. */
export function externalId(ids: ExternalIds, i: number): string {
  const count = 'list' in ids ? ids.list.length : ids.number.length;
  if (i === count) return platformName;
  return 'list' in ids ? ids.list[i] : ids.prefix + String(ids.number[i]);
}

/** Keys of all ids. */
export function keysOf(ids: ExternalIds, count: number): { keyLo: Int32Array; keyHi: Int32Array } {
  const keyLo = new Int32Array(count);
  const keyHi = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const key = keyOfText(externalId(ids, i));
    keyLo[i] = key.lo;
    keyHi[i] = key.hi;
  }
  return { keyLo, keyHi };
}

/** The population in the order of keys. Two ids with one key are refused. */
export function canonicalPopulation(given: Population): Population {
  const order = orderByKey(given.keyLo, given.keyHi);
  refuseCollisions(given, order);
  const rank = new Int32Array(given.count);
  for (let i = 0; i < given.count; i++) rank[order[i]] = i;
  const { followOffset, followee } = reorderTies(given, order, rank);
  const interest = new Int8Array(given.interest.length);
  for (let i = 0; i < given.count; i++) {
    const from = order[i] * topicCount;
    interest.set(given.interest.subarray(from, from + topicCount), i * topicCount);
  }
  return {
    count: given.count,
    ids: reorderIds(given.ids, order),
    keyLo: given.keyLo.map((_, i) => given.keyLo[order[i]]),
    keyHi: given.keyHi.map((_, i) => given.keyHi[order[i]]),
    interest,
    wakesPerDay: given.wakesPerDay.map((_, i) => given.wakesPerDay[order[i]]),
    policy: given.policy.map((_, i) => given.policy[order[i]]),
    ...renumberProfiles(given, order),
    followOffset,
    followee,
    ...(given.traits === undefined ? {} : { traits: given.traits.map((trait) => reorderTrait(trait, order)) }),
  };
}

function reorderTrait(trait: TraitColumn, order: Int32Array): TraitColumn {
  return { ...trait, value: order.map((from) => trait.value[from]) };
}

/** Profiles numbered as they are first met in the order of keys: their order in a file does not show, unused ones drop out. */
function renumberProfiles(given: Population, order: Int32Array): Pick<Population, 'profile' | 'profileShares'> {
  const number = new Map<number, number>();
  const profile = given.profile.map((_, i) => {
    const old = given.profile[order[i]];
    const known = number.get(old);
    if (known !== undefined) return known;
    number.set(old, number.size);
    return number.size - 1;
  });
  const profileShares = new Float64Array(number.size * 24);
  for (const [old, renumbered] of number) {
    profileShares.set(given.profileShares.subarray(old * 24, old * 24 + 24), renumbered * 24);
  }
  return { profile, profileShares };
}

function refuseCollisions(given: Population, order: Int32Array): void {
  for (let i = 1; i < given.count; i++) {
    const a = order[i - 1];
    const b = order[i];
    if (compareKeys(given.keyHi[a], given.keyLo[a], given.keyHi[b], given.keyLo[b]) !== 0) continue;
    throw new InputError({
      code: 'INPUT_DUPLICATE_ID',
      found: `two agents have one key: ${echo(externalId(given.ids, a))} and ${echo(externalId(given.ids, b))}`,
      next: 'Give every agent an id of its own.',
    });
  }
}

function reorderIds(ids: ExternalIds, order: Int32Array): ExternalIds {
  if ('list' in ids) return { list: Array.from(order, (i) => ids.list[i]) };
  return { prefix: ids.prefix, number: order.map((i) => ids.number[i]) };
}

/** Rows in the new order, each row sorted. */
function reorderTies(
  given: Population,
  order: Int32Array,
  rank: Int32Array,
): Pick<Population, 'followOffset' | 'followee'> {
  const followOffset = new Int32Array(given.count + 1);
  const followee = new Int32Array(given.followee.length);
  let end = 0;
  for (let i = 0; i < given.count; i++) {
    const start = end;
    for (let k = given.followOffset[order[i]]; k < given.followOffset[order[i] + 1]; k++) {
      followee[end++] = rank[given.followee[k]];
    }
    followee.subarray(start, end).sort();
    followOffset[i + 1] = end;
  }
  return { followOffset, followee };
}

/** Ordinals of agents by their external ids. Ids that the population does not have were refused when the scenario was compiled. */
export function ordinalsOf(population: Population, ids: readonly string[]): number[] {
  if (ids.length === 0) return [];
  const ordinalOf = new Map<string, number>();
  for (let i = 0; i < population.count; i++) ordinalOf.set(`${population.keyHi[i]},${population.keyLo[i]}`, i);
  return ids.map((id) => {
    const { hi, lo } = keyOfText(id);
    const ordinal = ordinalOf.get(`${hi},${lo}`);
    if (ordinal === undefined) throw new InvariantError(`${id} is not in the population`);
    return ordinal;
  });
}
