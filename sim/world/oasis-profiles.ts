/**
 * Who the users of OASIS are: its distributions of age, gender, personality, profession, country and topics, as tables.
 *
 * oasis-x is its generator for X (60,000 users in the paper), oasis-reddit the one for Reddit (10,000). Where we depart: a pair of topics
 * is drawn evenly by each agent's key, where OASIS deals all pairs out in turn and shuffles, which gives the same shares with less
 * spread; Reddit's topics are chosen by a language model there, evenly here, two or three with equal odds (a guess); a country
 * that is none of the five is called Other, where a language model names one; weights that do not add up to 1 (Reddit's gender: 0.987,
 * country: 1.0001) are divided by their sum, as Python's `random.choices` does. The prompt of OASIS swaps gender and personality
 * by position; the tables do not.
 * Invariant: the topic columns are `topic-1` and `topic-2`, in oasis-reddit `topic-3` too.
 * Source: camel-ai/oasis 0.2.5, its generators for X and Reddit; arXiv 2411.11581, appendix.
 */
import { marginal } from './marginals.ts';
import type { TraitTable } from './marginals.ts';

/** A population that OASIS draws. */
export interface OasisProfile {
  readonly tables: readonly TraitTable[];
  /** Names of the topics, in the order of their numbers. */
  readonly topicNames: readonly string[];
  /** Columns that hold an agent's topics. */
  readonly topicColumns: readonly string[];
}

export const oasisProfileNames = ['oasis-x', 'oasis-reddit'] as const;
export type OasisProfileName = (typeof oasisProfileNames)[number];

/** Topics on X. The generator cycles through the pairs of the first eight, so that nobody ever gets the ninth. */
export const xTopics = [
  ...['Politics', 'Urban Legends', 'Business', 'Terrorism & War', 'Science & Technology'],
  ...['Entertainment', 'Natural Disasters', 'Health', 'Education'],
];
const redditTopics = [
  ...['Economics', 'Information Technology', 'Culture & Society', 'General News', 'Politics', 'Business', 'Fun'],
];
/** In `topic-3` of who has two topics. */
export const noTopicName = 'none';

const types = [
  ...['ISTJ', 'ISFJ', 'INFJ', 'INTJ', 'ISTP', 'ISFP', 'INFP', 'INTP'],
  ...['ESTP', 'ESFP', 'ENFP', 'ENTP', 'ESTJ', 'ESFJ', 'ENFJ', 'ENTJ'],
];
const typeShares = [
  ...[0.12625, 0.11625, 0.02125, 0.03125, 0.05125, 0.07125, 0.04625, 0.04125],
  ...[0.04625, 0.06625, 0.07125, 0.03625, 0.10125, 0.11125, 0.03125, 0.03125],
];
/** The sixteen career clusters of the United States' education department. */
const professions = [
  ...['Agriculture, Food & Natural Resources', 'Architecture & Construction'],
  ...['Arts, Audio/Video Technology & Communications', 'Business Management & Administration', 'Education & Training'],
  ...['Finance', 'Government & Public Administration', 'Health Science', 'Hospitality & Tourism', 'Human Services'],
  ...['Information Technology', 'Law, Public Safety, Corrections & Security', 'Manufacturing', 'Marketing'],
  ...['Science, Technology, Engineering & Mathematics', 'Transportation, Distribution & Logistics'],
];
const everywhere: readonly TraitTable[] = [
  marginal('mbti', types, typeShares),
  marginal('profession', professions, new Array<number>(professions.length).fill(1 / professions.length)),
];

/** The tables of a population. `topicCount` is 8 or 9 and read for oasis-x alone. */
export function oasisProfile(name: OasisProfileName, topicCount: number): OasisProfile {
  return name === 'oasis-x' ? xProfile(xTopics.slice(0, topicCount)) : redditProfile;
}

function xProfile(topicNames: readonly string[]): OasisProfile {
  const pairs = subsetsOf(topicNames, 2);
  const topicColumns = ['topic-1', 'topic-2'];
  return {
    topicNames,
    topicColumns,
    tables: [
      marginal(
        'age',
        [
          [13, 17],
          [18, 24],
          [25, 34],
          [35, 49],
          [50, 70],
        ],
        [0.066, 0.171, 0.385, 0.207, 0.171],
      ),
      marginal('gender', ['male', 'female', 'other'], [0.4, 0.4, 0.2]),
      ...everywhere,
      { names: topicColumns, rows: pairs.map((values) => ({ values, share: 1 / pairs.length })) },
    ],
  };
}

const redditProfile: OasisProfile = makeRedditProfile();

function makeRedditProfile(): OasisProfile {
  const pairs = subsetsOf(redditTopics, 2);
  const triples = subsetsOf(redditTopics, 3);
  const topicColumns = ['topic-1', 'topic-2', 'topic-3'];
  const rows = [
    ...pairs.map((values) => ({ values: [...values, noTopicName], share: 0.5 / pairs.length })),
    ...triples.map((values) => ({ values, share: 0.5 / triples.length })),
  ];
  return {
    topicNames: redditTopics,
    topicColumns,
    tables: [
      marginal(
        'age',
        [
          [10, 17],
          [18, 29],
          [30, 49],
          [50, 64],
          [65, 100],
        ],
        [0.11, 0.44, 0.31, 0.11, 0.03],
      ),
      marginal('gender', ['female', 'male'], [0.351, 0.636]),
      marginal(
        'country',
        ['US', 'UK', 'Canada', 'Australia', 'Germany', 'Other'],
        [0.4833, 0.0733, 0.0697, 0.0416, 0.0306, 0.3016],
      ),
      ...everywhere,
      { names: topicColumns, rows },
    ],
  };
}

/** All choices of `size` of the items, each in the items' order. */
function subsetsOf(items: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return items.flatMap((first, i) => subsetsOf(items.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}
