/**
 * Boards: the posts with the highest score. Board 0 is for all by hot score, boards 1.. for topics, the last for all by other scores.
 *
 * Entries are ordered by (score, id), both descending, so that shards may gather candidates in any order. The board of a tick is the
 * best of what stood on it before and is still in the window, and of what was new or voted for since: a place that an archived post
 * leaves is taken by the next such post, not by an older one. So boards are state, and the state root holds them.
 */
import { column, defineTable } from '../ground/table.ts';
import type { Table } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';
import { topicCount } from './agents.ts';

/** Entries a board keeps. */
export const boardLength = 64;
/** One for all posts by hot score, two (a sign each) for every topic dimension, and two for all posts by other scores. */
export const boardCount = 1 + topicCount * 2 + 2;

/** Boards over all posts, by score; those but `hot` are kept only where a feed reads them. */
export const mainBoards = { hot: 0, top: 1 + topicCount * 2, controversial: 2 + topicCount * 2 } as const;

/** Entries at `board * boardLength + k`, best first; `post` is 0 beyond the last. */
export const boardSpec = defineTable<Id<'boardEntries'>>()('boards', {
  post: column('i32', 'address'),
  score: column('f64', 'address'),
});
export type Boards = Table<Id<'boardEntries'>, (typeof boardSpec)['columns']>;

/** Empties a board. */
export function clearBoard(boards: Boards, board: number): void {
  (boards.post as unknown as Int32Array).fill(0, board * boardLength, (board + 1) * boardLength);
}

/**
 * Offers a post to a board: it enters, moves to its new place, or is left out. A post stands once; a higher score replaces its
 * own lower one. Stable in the sense that the outcome is the set of the best `boardLength` of all posts offered.
 */
export function offer(boards: Boards, board: number, post: number, score: number): void {
  const posts = boards.post as unknown as Int32Array;
  const scores = boards.score as unknown as Float64Array;
  const start = board * boardLength;
  const last = start + boardLength - 1;
  let place = last;
  if (posts[last] > 0 && !isBefore(score, post, scores[last], posts[last])) return;
  for (let k = start; k <= last && posts[k] > 0; k++) {
    if (posts[k] !== post) continue;
    if (scores[k] >= score) return;
    place = k;
    break;
  }
  while (place > start && (posts[place - 1] === 0 || isBefore(score, post, scores[place - 1], posts[place - 1]))) {
    posts[place] = posts[place - 1];
    scores[place] = scores[place - 1];
    place--;
  }
  posts[place] = post;
  scores[place] = score;
}

function isBefore(scoreA: number, postA: number, scoreB: number, postB: number): boolean {
  return scoreA > scoreB || (scoreA === scoreB && postA > postB);
}
