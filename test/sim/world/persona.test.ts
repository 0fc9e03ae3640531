/** Personas: bounds over populations with short and long words, what they say, and texts that must not move. */
import { describe, expect, test } from 'vitest';
import { drawTraits, marginal } from '../../../sim/world/marginals.ts';
import { oasisProfile } from '../../../sim/world/oasis-profiles.ts';
import { persona, personaLengthMax } from '../../../sim/world/persona.ts';
import { canonicalPopulation, profileOf } from '../../../sim/world/population.ts';
import { smallPopulation } from '../worlds.ts';
import type { TraitTable } from '../../../sim/world/marginals.ts';
import type { Population } from '../../../sim/world/population.ts';

function peopleWith(tables: readonly TraitTable[], agents = 400): Population {
  const population = smallPopulation({ agents, seed: 3 });
  return { ...population, traits: drawTraits(3, population, tables) };
}

const long = 'x'.repeat(64);
const worlds: readonly (readonly [string, Population])[] = [
  ['without traits', smallPopulation({ agents: 400, seed: 3 })],
  ['of X', peopleWith(oasisProfile('oasis-x', 9).tables)],
  ['of Reddit', peopleWith(oasisProfile('oasis-reddit', 8).tables)],
  ['with the shortest words', peopleWith([marginal('topic-1', ['a'], [1]), marginal('gender', ['m'], [1])])],
  [
    'with the longest words',
    peopleWith(
      ['country', 'profession', 'topic-1', 'topic-2', 'topic-3', ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']].map(
        (name) => marginal(name, [long], [1]),
      ),
    ),
  ],
];

describe('persona', () => {
  test.each(worlds)('persona: agents %s have 60 to 400 characters in whole sentences', (_, population) => {
    for (let agent = 0; agent < population.count; agent++) {
      const text = persona(population, agent);
      expect(text.length).toBeGreaterThanOrEqual(60);
      expect(text.length).toBeLessThanOrEqual(personaLengthMax);
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(text).not.toMatch(/undefined|NaN| {2}/);
    }
  });

  test('persona: says age, country, type and topics as the columns have them', () => {
    const [, [, x], [, reddit]] = worlds;
    for (let agent = 0; agent < 400; agent++) {
      expect(persona(x, agent)).toContain(`${String(profileOf(x, agent, 'age'))}-year-old`);
      for (const name of ['topic-1', 'topic-2']) expect(persona(x, agent)).toContain(String(profileOf(x, agent, name)));
      expect(persona(reddit, agent).includes('Canada')).toBe(profileOf(reddit, agent, 'country') === 'Canada');
      expect(persona(reddit, agent).includes('none')).toBe(false);
      const isReserved = String(profileOf(reddit, agent, 'mbti')).startsWith('I');
      expect(persona(reddit, agent)).toContain(isReserved ? 'reserved' : 'outgoing');
    }
  });

  test('persona: differs between agents, and is the same wherever in a population an agent stands', () => {
    const [, [, population]] = worlds;
    const texts = Array.from({ length: population.count }, (_, agent) => persona(population, agent));
    expect(new Set(texts).size).toBeGreaterThan(395);
    const reversed = Int32Array.from({ length: 400 }, (_, i) => 399 - i);
    const given = canonicalPopulation({
      ...population,
      ids:
        'list' in population.ids
          ? population.ids
          : { ...population.ids, number: reversed.map((i) => idNumber(population, i)) },
      keyLo: reversed.map((i) => population.keyLo[i]),
      keyHi: reversed.map((i) => population.keyHi[i]),
      interest: interestOf(population, reversed),
      profile: Uint16Array.from(reversed, (i) => population.profile[i]),
      wakesPerDay: Float32Array.from(reversed, (i) => population.wakesPerDay[i]),
      followOffset: new Int32Array(401),
      followee: new Int32Array(0),
      traits: (population.traits ?? []).map((trait) => ({ ...trait, value: reversed.map((i) => trait.value[i]) })),
    });
    expect(Array.from({ length: 400 }, (_, agent) => persona(given, agent))).toEqual(texts);
  });

  test('persona: texts that were given once stay', () => {
    expect(worlds.slice(0, 3).map(([, population]) => persona(population, 17))).toEqual([
      'A person who reads and writes here. Main concern: transport: public transport first. Second: climate: fast climate action. Comes by about 13 times a day, mostly at night.',
      'A 31-year-old woman who works in business management and administration. Comes across as outgoing, down-to-earth, warm-hearted and orderly. Has a lasting interest in Business and Terrorism & War. Comes by about 13 times a day, mostly at night.',
      'A 20-year-old man from another country who works in business management and administration. Comes across as outgoing, down-to-earth, warm-hearted and orderly. Has a lasting interest in Economics, Politics and Business. Comes by about 13 times a day, mostly at night.',
    ]);
  });
});

function idNumber({ ids }: Population, i: number): number {
  return 'list' in ids ? i : ids.number[i];
}

function interestOf({ interest }: Population, order: Int32Array): Int8Array {
  return Int8Array.from(Array.from(order, (i) => [...interest.subarray(i * 8, i * 8 + 8)]).flat());
}
