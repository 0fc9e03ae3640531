/**
 * Posts that a scenario has accounts write without naming them: who is drawn, when they post, with which appeal, and what a moderator does to
 * the posts then.
 *
 * Reads the population's topics. Order: accounts in the order of a shuffle, one post each, then from the first again. In pairs the second
 * account is the next one with the topic of the first, and pairs have different topics while there are any. Who posts what, and when, does
 * not depend on `pairAppeals`: with the two of them exchanged the same accounts write the same posts in exchanged roles.
 * Oracle: pairs found by looking at all accounts (`test/sim/engine/sources.test.ts`).
 */
import { InputError } from '../ground/errors.ts';
import { randomStream, shuffle, streamPurposes } from '../ground/philox.ts';
import { externalId } from '../world/population.ts';
import type { ExternalIds } from '../world/population.ts';
import type { ScenarioData } from '../scenario/schema.ts';
import type { Intervention } from './plan.ts';

/** Who may be drawn. */
export interface Authors {
  readonly ids: ExternalIds;
  readonly count: number;
  /** Rows of the prominent accounts. */
  readonly prominent: Int32Array;
  readonly topicOf: (agent: number) => number;
}

type Sources = NonNullable<ScenarioData['sources']>;

/** The posts, and what is done to them. Throws INPUT_COMBINATION where there are no accounts or too few pairs. */
export function sourcePosts({ sources, seed, conduct }: ScenarioData, authors: Authors): Intervention[] {
  if (sources === undefined) return [];
  const stream = randomStream(seed, streamPurposes.sample);
  const order = candidatesOf(sources, authors);
  shuffle(order, stream);
  const { pairAppeals } = sources;
  const chosen = pairAppeals === undefined ? order : pairsOf(order, authors.topicOf, sources.count / 2);
  const posts = Array.from({ length: sources.count }, (_, i): Intervention => {
    const drawn = sources.appeal + sources.appealSpread * stream.normal();
    return {
      tick: sources.firstTick + i * sources.everyTicks,
      agent: externalId(authors.ids, chosen[i % chosen.length]),
      verb: 'post',
      appeal: pairAppeals === undefined ? drawn : drawn + pairAppeals[i % 2],
    };
  });
  return [...posts, ...moderationOf(sources, conduct.moderators, posts)];
}

function candidatesOf({ by }: Sources, { prominent, count }: Authors): Int32Array {
  if (by !== 'others') return prominent.slice();
  const isProminent = new Uint8Array(count);
  for (const agent of prominent) isProminent[agent] = 1;
  return Int32Array.from(isProminent.keys()).filter((agent) => isProminent[agent] === 0);
}

/** Pairs one after the other, each account once. */
function pairsOf(order: Int32Array, topicOf: (agent: number) => number, pairCount: number): number[] {
  const taken = new Set<number>();
  let topics = new Set<number>();
  const next = (from: number, fits: (topic: number) => boolean): number => {
    for (let i = from; i < order.length; i++) if (!taken.has(order[i]) && fits(topicOf(order[i]))) return i;
    return -1;
  };
  const find = (): [number, number] | undefined => {
    for (let first = next(0, isNew); first >= 0; first = next(first + 1, isNew)) {
      const second = next(first + 1, (topic) => topic === topicOf(order[first]));
      if (second >= 0) return [order[first], order[second]];
    }
    return undefined;
  };
  const isNew = (topic: number): boolean => !topics.has(topic);
  const pairs: number[] = [];
  while (pairs.length < pairCount * 2) {
    let pair = find();
    if (pair === undefined) {
      topics = new Set();
      pair = find();
    }
    if (pair === undefined) return refuseFew(pairCount, pairs.length / 2);
    for (const agent of pair) taken.add(agent);
    topics.add(topicOf(pair[0]));
    pairs.push(...pair);
  }
  return pairs;
}

function refuseFew(wanted: number, found: number): never {
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `sources asks for ${wanted} pairs of accounts of one topic, and there are ${found}`,
    next: 'Ask for fewer posts, or have more accounts.',
  });
}

/** What the first of the moderators does to posts of pairs. */
function moderationOf(
  { moderation }: Sources,
  moderators: readonly string[],
  posts: readonly Intervention[],
): Intervention[] {
  if (moderation === undefined) return [];
  const { does, of, afterTicks } = moderation;
  const aimed = posts.filter((_, i) => of === 'both' || (i % 2 === 0) === (of === 'first'));
  return aimed.map(({ agent, tick }) => ({
    tick: tick + afterTicks,
    agent: moderators[0],
    verb: does,
    postBy: { agent, tick },
  }));
}
