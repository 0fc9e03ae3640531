/**
 * The canonical form of a population: the order of rows in a file changes nothing, and no two agents share a key.
 */
import { describe, expect, test } from 'vitest';
import { randomStream, shuffle } from '../../../sim/ground/philox.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { digestPopulation } from '../../../sim/record/genesis.ts';
import { compareKeys } from '../../../sim/ground/keys.ts';
import { canonicalPopulation, externalId, keysOf } from '../../../sim/world/population.ts';
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
