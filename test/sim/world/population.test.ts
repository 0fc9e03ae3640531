/**
 * The canonical form of a population: the order of rows in a file changes nothing, and no two agents share a key.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomStream, shuffle } from '../../../sim/ground/philox.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { digestPopulation, readPopulation, writePopulation } from '../../../sim/record/genesis.ts';
import { drawTraits, marginal } from '../../../sim/world/marginals.ts';
import { compareKeys } from '../../../sim/ground/keys.ts';
import { canonicalPopulation, externalId, keysOf, profileOf } from '../../../sim/world/population.ts';
import { smallPopulation } from '../worlds.ts';
import type { Population } from '../../../sim/world/population.ts';

/** The same agents and ties with rows in another order, and the followees of each in another order too. */
function shuffled(given: Population, seed: number): Population {
  const order = Int32Array.from({ length: given.count }, (_, i) => i);
  const stream = randomStream(seed, 1000);
  shuffle(order, stream);
  const place = new Int32Array(given.count);
  order.forEach((from, to) => (place[from] = to));
  const rows = Array.from(order, (from) => {
    const row = Array.from(
      given.followee.subarray(given.followOffset[from], given.followOffset[from + 1]),
      (f) => place[f],
    );
    shuffle(row, stream);
    return row;
  });
  const followOffset = new Int32Array(given.count + 1);
  rows.forEach((row, i) => (followOffset[i + 1] = followOffset[i] + row.length));
  const ids = { list: Array.from(order, (from) => externalId(given.ids, from)) };
  return {
    ...given,
    ...{ ids, ...keysOf(ids, given.count), followOffset, followee: Int32Array.from(rows.flat()) },
    interest: Int8Array.from(Array.from(order, (from) => [...given.interest.subarray(from * 8, from * 8 + 8)]).flat()),
    profile: Uint16Array.from(order, (from) => given.profile[from]),
    wakesPerDay: Float32Array.from(order, (from) => given.wakesPerDay[from]),
    policy: Uint8Array.from(order, (from) => given.policy[from]),
  };
}

function plain({ ids, ...columns }: Population): unknown {
  const names = Array.from({ length: columns.count }, (_, i) => externalId(ids, i));
  return {
    names,
    ...Object.fromEntries(
      Object.entries(columns).map(([name, one]) => [name, typeof one === 'number' ? one : [...one]]),
    ),
  };
}

describe('canonicalPopulation', () => {
  test.each([1, 2, 3])('canonicalPopulation: rows in any order come out as the same columns (shuffle %i)', (seed) => {
    const given = smallPopulation({ agents: 200 });
    const again = canonicalPopulation(shuffled(given, seed));
    expect(plain(again)).toEqual(plain(given));
    expect(Buffer.from(digestPopulation(again))).toEqual(
      Buffer.from(digestPopulation(canonicalPopulation(shuffled(given, seed + 9)))),
    );
  });

  test('canonicalPopulation: agents stand in the order of keys, followees in the order of ordinals', () => {
    const { count, keyHi, keyLo, followOffset, followee } = canonicalPopulation(shuffled(smallPopulation(), 4));
    for (let i = 1; i < count; i++) expect(compareKeys(keyHi[i - 1], keyLo[i - 1], keyHi[i], keyLo[i])).toBeLessThan(0);
    for (let i = 0; i < count; i++) {
      const row = [...followee.subarray(followOffset[i], followOffset[i + 1])];
      expect(row).toEqual([...row].sort((x, y) => x - y));
      expect(new Set([...row, i]).size).toBe(row.length + 1);
    }
  });

  test('canonicalPopulation: two agents with one key are refused with both ids', () => {
    const given = shuffled(smallPopulation({ agents: 20 }), 5);
    const ids = {
      list: Array.from({ length: 20 }, (_, i) => (i === 13 ? externalId(given.ids, 4) : externalId(given.ids, i))),
    };
    const doubled = { ...given, ids, ...keysOf(ids, 20) };
    expect(() => canonicalPopulation(doubled)).toThrow(InputError);
    expect(() => canonicalPopulation(doubled)).toThrow(
      new RegExp(`INPUT_DUPLICATE_ID.*${ids.list[13]}.*${ids.list[4]}`),
    );
  });
});

const tables = [
  marginal('region', ['north', 'süd', '=1+1'], [0.5, 0.3, 0.2]),
  marginal('income', [[-5, 0], [1, 900_000]], [0.5, 0.5]), // prettier-ignore
];

function withTraits(given: Population): Population {
  return { ...given, traits: drawTraits(4, given, tables) };
}

describe('traits', () => {
  test('canonicalPopulation: what an agent is goes with it, wherever its row stood', () => {
    const given = smallPopulation({ agents: 200 });
    const moved = canonicalPopulation(withTraits(shuffled(given, 3)));
    const straight = withTraits(given);
    for (let agent = 0; agent < 200; agent++) {
      for (const name of ['region', 'income'])
        expect(profileOf(moved, agent, name)).toBe(profileOf(straight, agent, name));
    }
  });

  test('profileOf: words are words, numbers numbers, and what nobody has is undefined', () => {
    const population = withTraits(smallPopulation({ agents: 200 }));
    const regions = Array.from({ length: 200 }, (_, agent) => profileOf(population, agent, 'region'));
    expect(new Set(regions)).toEqual(new Set(['north', 'süd', '=1+1']));
    expect(profileOf(population, 3, 'income')).toBeTypeOf('number');
    expect(profileOf(population, 3, 'height')).toBeUndefined();
    expect(profileOf(smallPopulation({ agents: 5 }), 3, 'region')).toBeUndefined();
  });

  test('writePopulation: traits are read back as they were, and decide the digest; without them there is no trace of them', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mesocosm-traits-'));
    mkdirSync(join(directory, 'genesis'));
    try {
      const plain = smallPopulation({ agents: 60 });
      const population = withTraits(plain);
      const digest = hexOf(digestPopulation(population));
      writePopulation(directory, population);
      expect(readPopulation(directory, digest)).toEqual(population);
      expect(digest).not.toBe(hexOf(digestPopulation(plain)));
      const other = population.traits?.map((trait) => ({ ...trait, value: trait.value.toReversed() })) ?? [];
      expect(hexOf(digestPopulation({ ...population, traits: other }))).not.toBe(digest);
      // As it was before populations had traits.
      expect(hexOf(digestPopulation(plain))).toBe('8e18b8f067405dc9e6d6353d72d4cdcac78b248bac92d91ed5f0913f92a52cf6');
      writePopulation(directory, plain);
      expect(readPopulation(directory, hexOf(digestPopulation(plain)))).not.toHaveProperty('traits');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
