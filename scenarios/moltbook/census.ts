/**
 * What a simulated platform holds beside its discussion: who is registered and who acts, what limits refuse, karma, communities, repeated words and spam.
 *
 * Reads a run's records and its discussion; pure. Counts are of the window, from `from` seconds on, but for karma, which is what an agent has gathered by the end.
 * None of it is a target: it says in what world the targets were measured. Order: agents, limits, votes, places, words.
 * Definitions: `censusLines`. Source of the spam filter: De Marzo and Garcia (a thread is spam where fewer than half of its comments differ, or fewer than a
 * fifth of its commenters); the limits are those of `sim/scenario/platforms.ts`.
 */
import { quantiles } from '../../analysis/estimators/distribution.ts';
import { gini } from '../../analysis/estimators/inequality.ts';
import { outcomes, reasons } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { headsOf } from './discussion.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Discussion } from './discussion.ts';

/** Counts and shares by name; NaN where one does not exist. */
export type Census = Readonly<Record<keyof typeof censusLines, number>>;

/** What each number is. */
export const censusLines = {
  registered: 'agents that are registered',
  active: 'agents that wrote a post or a comment in the window',
  medianBeatHours: 'median hours between two heartbeats, over the registered agents',
  fastestBeatMinutes: 'minutes between two heartbeats of the fastest hundredth of them',
  posts: 'posts',
  comments: 'comments',
  refusedPostShare: 'attempts to post that a limit refused, over all attempts to post',
  refusedCommentShare: 'attempts to comment that a limit refused, over all attempts to comment',
  upvotes: 'upvotes that stand at the end, over posts and comments of the window',
  karmaGini:
    'Gini of karma over active agents: votes that their own posts and comments have at the end of the run; nobody votes down here',
  topKarmaShare: 'share of all karma that the hundredth of active agents with the most has',
  communities: 'communities with a post',
  ownRepeatShare: 'posts and comments in words that one agent alone wrote, more than once: templates',
  sharedRepeatShare: 'posts and comments in words that two agents or more wrote: copies',
  spamThreadShare:
    'threads with a comment of which fewer than half of the comments differ or a fifth of the comments have authors of their own',
} as const;

/** Counts one world. `whole` is the discussion of the run, `window` the part of it that is measured. */
export function censusOf(records: Records, whole: Discussion, window: Discussion, from: number): Census {
  const { population } = records;
  const steps = Array.from(population.wakesPerDay, (wakes) => 24 / wakes);
  const [fastest, median] = quantiles(steps, [0.01, 0.5]);
  const isPost = (row: number): boolean => window.parent[row] < 0;
  const rows = Array.from({ length: window.count }, (_, row) => row);
  const posts = rows.filter(isPost).length;
  return {
    registered: population.count,
    active: new Set(window.author).size,
    ...{ medianBeatHours: median, fastestBeatMinutes: fastest * 60, posts, comments: window.count - posts },
    ...refusals(records, from),
    upvotes: window.upvotes.reduce((sum, one) => sum + one, 0),
    ...karmaOf(whole, new Set(window.author)),
    communities: new Set(rows.filter(isPost).map((row) => window.community[row])).size,
    ...repeatsOf(window),
  };
}

function refusals(records: Records, from: number): Pick<Census, 'refusedPostShare' | 'refusedCommentShare'> {
  const [tried, refused] = [new Map<number, number>(), new Map<number, number>()];
  const add = (counts: Map<number, number>, verb: number): unknown => counts.set(verb, (counts.get(verb) ?? 0) + 1);
  for (const { tick, intentCount, verb, outcome, reason } of records.ticks()) {
    if (tick * records.manifest.tickSeconds < from) continue;
    for (let i = 0; i < intentCount; i++) {
      add(tried, verb[i]);
      if (outcome[i] === outcomes.refused && reason[i] === reasons.QUOTA_REACHED.number) add(refused, verb[i]);
    }
  }
  const share = (verb: number): number => (refused.get(verb) ?? 0) / (tried.get(verb) ?? 0);
  return { refusedPostShare: share(verbs.post), refusedCommentShare: share(verbs.reply) };
}

function karmaOf(
  { author, upvotes, agentCount }: Discussion,
  active: ReadonlySet<number>,
): Pick<Census, 'karmaGini' | 'topKarmaShare'> {
  const karma = new Int32Array(agentCount);
  upvotes.forEach((one, row) => (karma[author[row]] += one));
  const sorted = [...active].map((agent) => karma[agent]).sort((a, b) => b - a);
  const total = sorted.reduce((sum, one) => sum + one, 0);
  const top = sorted.slice(0, Math.ceil(sorted.length / 100)).reduce((sum, one) => sum + one, 0);
  return { karmaGini: total > 0 ? gini(sorted) : Number.NaN, topKarmaShare: top / total };
}

/** Messages whose words others have, too, by whether one author wrote them all; threads by the filter. */
function repeatsOf(window: Discussion): Pick<Census, 'ownRepeatShare' | 'sharedRepeatShare' | 'spamThreadShare'> {
  const { count, author, text, parent } = window;
  const heads = headsOf(window);
  const known = new Map<number, { count: number; readonly authors: Set<number> }>();
  const threads = new Map<number, { count: number; readonly texts: Set<number>; readonly authors: Set<number> }>();
  for (let row = 0; row < count; row++) {
    const one = known.get(text[row]) ?? { count: 0, authors: new Set<number>() };
    one.count++;
    one.authors.add(author[row]);
    known.set(text[row], one);
    if (parent[row] < 0) continue;
    const thread = threads.get(heads[row]) ?? { count: 0, texts: new Set<number>(), authors: new Set<number>() };
    thread.count++;
    thread.texts.add(text[row]);
    thread.authors.add(author[row]);
    threads.set(heads[row], thread);
  }
  const repeated = [...known.values()].filter((one) => one.count > 1);
  const sum = (list: readonly { readonly count: number }[]): number => list.reduce((all, one) => all + one.count, 0);
  const spam = [...threads.values()].filter(
    (one) => one.texts.size < one.count / 2 || one.authors.size < one.count / 5,
  ).length;
  return {
    ownRepeatShare: sum(repeated.filter(({ authors }) => authors.size === 1)) / count,
    sharedRepeatShare: sum(repeated.filter(({ authors }) => authors.size > 1)) / count,
    spamThreadShare: spam / threads.size,
  };
}
