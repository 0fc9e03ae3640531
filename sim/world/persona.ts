/**
 * Who an agent is, in words: for people who inspect a run and for language models that speak as the agent.
 *
 * A persona is a pure function of an agent's columns: its traits as far as it has them (age, gender, country, profession, mbti, topics,
 * then all others by name), else what its interests lean to, and how often and when it wakes. Where several phrases say the same, the
 * agent's key chooses. So nothing is stored, and an agent reads the same in every run, on every machine, whatever else is in the population.
 * Sentences that do not fit any more are left out whole, from the back; who it is and when it wakes always stands.
 * Invariant: 60 to 400 characters. Oracle: the bounds over populations with short and with long words, and pinned texts
 * (`test/sim/world/persona.test.ts`).
 */
import { belowOf, drawWord, laneA, laneB, purposes, tickSeedA, tickSeedB } from '../ground/random.ts';
import { topicCount } from './agents.ts';
import { noTopicName } from './oasis-profiles.ts';
import { profileOf } from './population.ts';
import { boardName } from './wording.ts';
import type { Population } from './population.ts';

/** Longest persona, in characters. */
export const personaLengthMax = 400;

/** What a persona is made of. */
export type PersonaColumns = Pick<
  Population,
  'keyLo' | 'keyHi' | 'interest' | 'wakesPerDay' | 'profile' | 'profileShares' | 'traits'
>;

/** The persona of an agent, in English. */
export function persona(population: PersonaColumns, agent: number): string {
  const pick = picker(population.keyLo[agent], population.keyHi[agent]);
  const who = whoSentence(population, agent, pick);
  const when = whenSentence(population, agent, pick);
  const between: string[] = [];
  let length = who.length + when.length + 1;
  for (const sentence of [
    characterSentence(population, agent, pick),
    concernSentence(population, agent, pick),
    ...otherSentences(population, agent),
  ]) {
    if (sentence === '' || length + sentence.length + 1 > personaLengthMax) continue;
    between.push(sentence);
    length += sentence.length + 1;
  }
  return [who, ...between, when].join(' ');
}

/** Chooses among phrases; `slot` is the place in the text. */
type Choose = (slot: number, phrases: readonly string[]) => string;

/** Stands where posts have their tick, so that no post shares its draws. */
const personaTick = -1;

function picker(keyLo: number, keyHi: number): Choose {
  const a = laneA(tickSeedA(0, 0, personaTick), keyLo);
  const b = laneB(tickSeedB(0, 0, personaTick), keyHi);
  return (slot, phrases) => phrases[belowOf(drawWord(a, b, purposes.text, slot), phrases.length)];
}

/** The word of a trait, or undefined. */
function wordOf(population: PersonaColumns, agent: number, name: string): string | undefined {
  const value = profileOf(population, agent, name);
  return value === undefined ? undefined : String(value);
}

const grownAge = 18;
const retiredAge = 67;
const nouns: Readonly<Record<string, readonly [grown: string, young: string]>> = {
  male: ['man', 'boy'],
  female: ['woman', 'girl'],
};
const countries: Readonly<Record<string, string>> = {
  US: 'the United States',
  UK: 'the United Kingdom',
  Other: 'another country',
};

function whoSentence(population: PersonaColumns, agent: number, pick: Choose): string {
  const given = profileOf(population, agent, 'age');
  const age = typeof given === 'number' && given >= 0 ? given : undefined;
  const isYoung = age !== undefined && age < grownAge;
  const [grown, young] = nouns[wordOf(population, agent, 'gender') ?? ''] ?? ['person', 'teenager'];
  const noun = isYoung ? young : grown;
  const country = wordOf(population, agent, 'country');
  const from = country === undefined ? '' : ` from ${countries[country] ?? country}`;
  const start = age === undefined ? `A ${noun}` : `${articleOf(age)} ${age}-year-old ${noun}`;
  return `${start}${from}${workClause(population, agent, age, pick)}.`;
}

/** An eight, an eleven, an eighteen and an eighty are spoken with a vowel. */
function articleOf(age: number): string {
  return age === 8 || age === 11 || age === 18 || (age >= 80 && age < 90) ? 'An' : 'A';
}

function workClause(population: PersonaColumns, agent: number, age: number | undefined, pick: Choose): string {
  const profession = wordOf(population, agent, 'profession');
  if (profession === undefined) return pick(0, [' who reads and writes here', ' who has an account here']);
  const field = profession.toLowerCase().replaceAll('&', 'and');
  if (age !== undefined && age < grownAge) return ` who would like to work in ${field}`;
  if (age !== undefined && age >= retiredAge) return ` who used to work in ${field}`;
  return pick(0, [` who works in ${field}`, ` with a job in ${field}`, ` who earns a living in ${field}`]);
}

/** What the letters of a type stand for, in their order. */
const tempers: readonly Readonly<Record<string, string>>[] = [
  { E: 'outgoing', I: 'reserved' },
  { S: 'down-to-earth', N: 'imaginative' },
  { T: 'matter-of-fact', F: 'warm-hearted' },
  { J: 'orderly', P: 'easy-going' },
];

function characterSentence(population: PersonaColumns, agent: number, pick: Choose): string {
  const type = wordOf(population, agent, 'mbti');
  const words = tempers.map((letters, i) => letters[type?.[i] ?? ''] ?? '');
  if (type === undefined || words.includes('')) return '';
  const list = `${words.slice(0, 3).join(', ')} and ${words[3]}`;
  return pick(1, [`By nature ${list}.`, `Friends would say: ${list}.`, `Comes across as ${list}.`]);
}

const topicTraits = ['topic-1', 'topic-2', 'topic-3'];

function concernSentence(population: PersonaColumns, agent: number, pick: Choose): string {
  const topics = topicTraits
    .map((name) => wordOf(population, agent, name))
    .filter((topic) => topic !== undefined && topic !== noTopicName);
  if (topics.length > 0) {
    const list = topics.length === 1 ? topics[0] : `${topics.slice(0, -1).join(', ')} and ${topics.at(-1)}`;
    return pick(2, [
      `Follows what is said about ${list}.`,
      `Reads most about ${list}.`,
      `Has a lasting interest in ${list}.`,
    ]);
  }
  const [first, second] = leanings(population, agent);
  return pick(2, [
    `Cares most about ${boardName(first)}; after that about ${boardName(second)}.`,
    `Main concern: ${boardName(first)}. Second: ${boardName(second)}.`,
  ]);
}

/** The two boards that an agent's interests lean to most. */
function leanings({ interest }: PersonaColumns, agent: number): number[] {
  const own = Array.from(interest.subarray(agent * topicCount, (agent + 1) * topicCount));
  const order = own.map((_, topic) => topic).sort((x, y) => Math.abs(own[y]) - Math.abs(own[x]) || x - y);
  return order.slice(0, 2).map((topic) => topic * 2 + (own[topic] < 0 ? 1 : 0));
}

const told = new Set(['age', 'gender', 'country', 'profession', 'mbti', ...topicTraits]);

function otherSentences({ traits = [] }: PersonaColumns, agent: number): string[] {
  return traits
    .filter(({ name }) => !told.has(name))
    .map(({ name }) => {
      const words = name.replaceAll('-', ' ');
      const value = String(profileOf({ traits }, agent, name));
      return `${words[0].toUpperCase()}${words.slice(1)}: ${value}.`;
    });
}

const partsOfDay = ['at night', 'in the morning', 'in the afternoon', 'in the evening'];
/** A part of the day has a quarter of it; from here on it stands out. */
const standsOutShare = 0.35;

function whenSentence({ wakesPerDay, profile, profileShares }: PersonaColumns, agent: number, pick: Choose): string {
  const hours = profileShares.subarray(profile[agent] * 24, profile[agent] * 24 + 24);
  const shares = partsOfDay.map((_, part) => hours.subarray(part * 6, part * 6 + 6).reduce((sum, one) => sum + one, 0));
  const busiest = shares.indexOf(Math.max(...shares));
  const part = shares[busiest] >= standsOutShare ? `mostly ${partsOfDay[busiest]}` : 'at any hour';
  const count = Math.round(wakesPerDay[agent]);
  const often = count >= 2 ? `about ${count} times a day` : count === 1 ? 'about once a day' : 'less than once a day';
  return `${pick(3, ['Looks in', 'Opens the app', 'Comes by'])} ${often}, ${part}.`;
}
