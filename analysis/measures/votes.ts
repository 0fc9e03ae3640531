/**
 * Votes of a recorded population with what voters were shown: the score of a content at the start of the tick, without the voter's own vote.
 *
 * Reads the log through its reader, once: votes for everybody, looks for agents whose exposures are kept in full. Scores are made again from
 * the log in its order, since no record holds the score that was shown; effects appear in the next tick, so a tick's votes see one score.
 * Order: votes in that of the log; looks by content, agent and tick. Memory: columns, no map of pairs.
 * Invariant: `scoreShown` is likes less dislikes of all ticks before. Oracle: a map of pairs, tick by tick (`test/analysis/measures/votes.test.ts`).
 */
import { reactionBits } from '../../sim/world/pairs.ts';
import { createRadixScratch, sortPairs } from '../../sim/ground/radix.ts';
import { nextReaction } from '../../sim/exchange/reactions.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';

/** A vote is 1, 0 (none) or -1. Contents are rows of `readPosts`. */
export interface VoteColumns {
  readonly count: number;
  readonly tick: Int32Array;
  readonly agent: Int32Array;
  readonly content: Int32Array;
  readonly before: Int8Array;
  readonly after: Int8Array;
  /** Score at the start of the tick, without what the voter had voted. */
  readonly scoreShown: Int32Array;
}

/** Looks at contents by agents whose exposures are kept. `after` is the vote that stands at the end of the tick. */
export interface LookColumns extends VoteColumns {
  /** Whether the first look of this agent at this content. */
  readonly isFirst: Uint8Array;
}

/** Votes and looks of a recorded population. */
export interface Votes {
  readonly contentCount: number;
  readonly votes: VoteColumns;
  readonly looks: LookColumns;
}

const votingVerbs = new Set<number>([
  ...[verbs.upvote, verbs.downvote, verbs.like, verbs.dislike, verbs.unlike, verbs.undislike],
]);

/** Reads all votes, and all looks that are on record. */
export function readVotes(records: Records): Votes {
  const { count: contentCount, origin } = readPosts(records);
  const votes = votesOf(records, origin);
  const byPair = orderByPair(votes.agent, votes.content);
  chainVotes(votes, byPair);
  const { looks, shown } = looksOf(records, origin, votes, contentCount);
  votes.scoreShown.set(shown);
  return { contentCount, votes, looks: fillLooks(looks, votes, byPair) };
}

interface Filling extends VoteColumns {
  readonly verb: Uint8Array;
}

function votesOf(records: Records, origin: Int32Array): Filling {
  const [tick, agent, content, verb] = [[], [], [], []] as [number[], number[], number[], number[]];
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      if (record.outcome[i] !== outcomes.granted || !votingVerbs.has(record.verb[i])) continue;
      tick.push(record.tick);
      agent.push(record.actor[i]);
      content.push(origin[record.target[i] - 1]);
      verb.push(record.verb[i]);
    }
  }
  const count = tick.length;
  return {
    count,
    tick: Int32Array.from(tick),
    agent: Int32Array.from(agent),
    content: Int32Array.from(content),
    verb: Uint8Array.from(verb),
    ...{ before: new Int8Array(count), after: new Int8Array(count), scoreShown: new Int32Array(count) },
  };
}

/** Rows by content and agent, those of a pair in the order in which they stand. */
function orderByPair(agent: Int32Array, content: Int32Array): Int32Array {
  const rows = Int32Array.from({ length: agent.length }, (_, row) => row);
  const keys = new Int32Array(agent.length);
  const scratch = createRadixScratch(Math.max(1, agent.length));
  for (const column of [agent, content]) {
    for (let i = 0; i < rows.length; i++) keys[i] = column[rows[i]];
    sortPairs(keys, rows, rows.length, scratch);
  }
  return rows;
}

/** What stood before and after each vote: a vote toggles, a like and a dislike may stand beside each other. */
function chainVotes({ agent, content, verb, before, after }: Filling, byPair: Int32Array): void {
  let bits = 0;
  byPair.forEach((row, i) => {
    const last = byPair[i - 1] ?? -1;
    if (last < 0 || agent[last] !== agent[row] || content[last] !== content[row]) bits = 0;
    before[row] = voteIn(bits);
    bits = nextReaction(verb[row], bits);
    after[row] = voteIn(bits);
  });
}

function voteIn(bits: number): number {
  return ((bits & reactionBits.like) === 0 ? 0 : 1) - ((bits & reactionBits.dislike) === 0 ? 0 : 1);
}

interface RawLooks {
  readonly tick: Int32Array;
  readonly agent: Int32Array;
  readonly content: Int32Array;
  readonly score: Int32Array;
}

/** Looks with the score at the start of their tick, and for each vote the score that its voter was shown. */
function looksOf(
  records: Records,
  origin: Int32Array,
  votes: VoteColumns,
  contentCount: number,
): { readonly looks: RawLooks; readonly shown: Int32Array } {
  const score = new Int32Array(contentCount);
  const shown = new Int32Array(votes.count);
  const parts: RawLooks[] = [];
  let vote = 0;
  for (const { tick, seen } of records.ticks()) {
    if (seen.agent.length > 0) {
      const content = seen.origin.map((post) => origin[post - 1]);
      const at = content.map((one) => score[one]);
      parts.push({ tick: new Int32Array(content.length).fill(tick), agent: seen.agent, content, score: at });
    }
    const first = vote;
    for (; vote < votes.count && votes.tick[vote] === tick; vote++)
      shown[vote] = score[votes.content[vote]] - votes.before[vote];
    for (let k = first; k < vote; k++) score[votes.content[k]] += votes.after[k] - votes.before[k];
  }
  const joined = (name: keyof RawLooks): Int32Array => {
    const all = new Int32Array(parts.reduce((sum, part) => sum + part[name].length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part[name], at);
      at += part[name].length;
    }
    return all;
  };
  const looks = { tick: joined('tick'), agent: joined('agent'), content: joined('content'), score: joined('score') };
  return { looks, shown };
}

/** Looks by pair and tick, each with the vote that stood before and after its tick: a merge with the votes of the same pair. */
function fillLooks(raw: RawLooks, votes: VoteColumns, votesByPair: Int32Array): LookColumns {
  const order = orderByPair(raw.agent, raw.content);
  const count = order.length;
  const take = (column: Int32Array): Int32Array => Int32Array.from(order, (row) => column[row]);
  const [tick, agent, content, score] = [take(raw.tick), take(raw.agent), take(raw.content), take(raw.score)];
  const [before, after] = [new Int8Array(count), new Int8Array(count)];
  const isFirst = new Uint8Array(count);
  let [at, vote] = [0, 0];
  for (let look = 0; look < count; look++) {
    const isSamePair = look > 0 && agent[look - 1] === agent[look] && content[look - 1] === content[look];
    if (!isSamePair) {
      isFirst[look] = 1;
      vote = 0;
      while (at < votesByPair.length && isBefore(votes, votesByPair[at], content[look], agent[look])) at++;
    }
    const isOf = (): boolean =>
      at < votesByPair.length &&
      votes.content[votesByPair[at]] === content[look] &&
      votes.agent[votesByPair[at]] === agent[look];
    for (; isOf() && votes.tick[votesByPair[at]] < tick[look]; at++) vote = votes.after[votesByPair[at]];
    before[look] = vote;
    for (; isOf() && votes.tick[votesByPair[at]] === tick[look]; at++) vote = votes.after[votesByPair[at]];
    after[look] = vote;
  }
  const scoreShown = score.map((one, look) => one - before[look]);
  return { count, tick, agent, content, before, after, scoreShown, isFirst };
}

function isBefore(votes: VoteColumns, row: number, content: number, agent: number): boolean {
  return votes.content[row] < content || (votes.content[row] === content && votes.agent[row] < agent);
}
