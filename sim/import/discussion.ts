/**
 * Posts and comments, from any source, as acts: who posted, who answered whom, and what had to be left out.
 *
 * Reads entries in the order of their source; returns acts, posts first. Left out and counted, in this order of judgement: an id that
 * stands twice (the first stays), no author (a deleted account), a post that is not there, a parent comment that is not there or
 * belongs to another post, a ring of parents, and whatever answers a comment that was left out: its place in the thread is lost, and to
 * hang it under the post would invent a reply. Kept and counted: replies to oneself, authors whom the table of agents lacks.
 * Order: agents of the table first, then other authors as they are met.
 * Invariant: every reply names an act that is kept, and no chain of parents comes back to itself.
 */
import { echo } from '../ground/errors.ts';
import { verbs } from '../exchange/verbs.ts';
import type { RowTally } from './gathered.ts';
import type { Place } from '../ground/errors.ts';
import type { Acts } from './gathered.ts';

/** Posts, or comments, a row each. */
export interface Entries {
  readonly count: number;
  readonly id: readonly string[];
  /** Empty: the author is not known. */
  readonly author: readonly string[];
  readonly timeMs: Float64Array;
  readonly placeOf: (row: number) => Place;
}

/** Comments: of which post, and below which comment ('' for none). */
export interface Comments extends Entries {
  readonly post: readonly string[];
  readonly parent: readonly string[];
}

/** A discussion as acts. */
export interface Discussion {
  readonly ids: readonly string[];
  readonly acts: Acts;
  /** The row of posts, or of comments, behind each act; the first `postCount` acts are posts. */
  readonly rowOf: Int32Array;
  readonly postCount: number;
}

/** Sorts a discussion out. `agents` are the ids of a table of agents, all different. */
export function gatherDiscussion(
  agents: readonly string[],
  posts: Entries,
  comments: Comments,
  tallies: { readonly dropped: RowTally; readonly noted: RowTally },
): Discussion {
  const postRowOf = firstRows(posts, 'post', tallies.dropped);
  const parents = judgeComments(posts, postRowOf, comments, tallies.dropped);
  const numbers = new Map(agents.map((id, number) => [id, number]));
  const numberOf = (entries: Entries, row: number): number => {
    const id = entries.author[row];
    const known = numbers.get(id);
    if (known !== undefined) return known;
    if (agents.length > 0) {
      tallies.noted.add(
        'author without a row in the table of agents',
        () => entries.placeOf(row),
        () => echo(id),
      );
    }
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const discussion = actsOf(posts, postRowOf, comments, parents, numberOf);
  noteSelfReplies(discussion, comments, tallies.noted);
  return { ...discussion, ids: [...numbers.keys()] };
}

/** Row of each id that is kept. */
function firstRows(entries: Entries, noun: string, dropped: RowTally): Map<string, number> {
  const rowOf = new Map<string, number>();
  for (let row = 0; row < entries.count; row++) {
    const id = entries.id[row];
    const place = (): Place => entries.placeOf(row);
    if (rowOf.has(id)) dropped.add(`${noun} whose id stands twice`, place, () => echo(id));
    else if (entries.author[row] === '') dropped.add(`${noun} without an author`, place, () => echo(id));
    else rowOf.set(id, row);
  }
  return rowOf;
}

/** Parents of comments: the row of a comment, or `top` for one right below its post; `left` for one that is left out. */
const top = -1;
const left = -2;
const open = -3;

function judgeComments(
  posts: Entries,
  postRowOf: Map<string, number>,
  comments: Comments,
  dropped: RowTally,
): Int32Array {
  const rowOf = firstRows(comments, 'comment', dropped);
  const parents = new Int32Array(comments.count).fill(left);
  const allIds = new Set(comments.id);
  const postIds = new Set(posts.id);
  for (const [id, row] of rowOf) {
    const reason = flawOf(row);
    if (reason === undefined) continue;
    const place = (): Place => comments.placeOf(row);
    dropped.add(
      reason,
      place,
      () => `${echo(id)} of post ${echo(comments.post[row])}, parent ${echo(comments.parent[row])}`,
    );
  }
  return settle(parents, comments, dropped);

  function flawOf(row: number): string | undefined {
    const parent = comments.parent[row];
    if (!postRowOf.has(comments.post[row])) {
      return postIds.has(comments.post[row]) ? answersLeftOut : 'comment whose post is not there';
    }
    if (parent === '') {
      parents[row] = top;
      return undefined;
    }
    const parentRow = rowOf.get(parent);
    if (parentRow === undefined) return allIds.has(parent) ? answersLeftOut : 'comment whose parent is not there';
    if (comments.post[parentRow] !== comments.post[row]) return 'comment whose parent belongs to another post';
    parents[row] = parentRow;
    return undefined;
  }
}

const answersLeftOut = 'answer to what was left out';

/** Leaves out rings of parents, and what hangs below something left out. */
function settle(parents: Int32Array, comments: Comments, dropped: RowTally): Int32Array {
  // What each row hangs on in the end: `top`, `left`, or `open` while it is not known.
  const end = Int32Array.from(parents, (parent) => (parent >= 0 ? open : parent));
  const onPath = new Uint8Array(parents.length);
  const path = new Int32Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    let length = 0;
    let above = row;
    while (above >= 0 && end[above] === open && onPath[above] === 0) {
      onPath[above] = 1;
      path[length++] = above;
      above = parents[above];
    }
    const isRing = end[above] === open;
    const outcome = isRing ? left : end[above];
    // Where the path came back to itself: what stands before hangs below the ring and is no part of it.
    const ringFrom = isRing ? path.subarray(0, length).indexOf(above) : length;
    for (let i = 0; i < length; i++) {
      const comment = path[i];
      end[comment] = outcome;
      if (outcome !== left) continue;
      const reason = i >= ringFrom ? 'comment in a ring of parents' : answersLeftOut;
      dropped.add(
        reason,
        () => comments.placeOf(comment),
        () => echo(comments.id[comment]),
      );
    }
  }
  return parents.map((parent, row) => (end[row] === left ? left : parent));
}

function actsOf(
  posts: Entries,
  postRowOf: ReadonlyMap<string, number>,
  comments: Comments,
  parents: Int32Array,
  numberOf: (entries: Entries, row: number) => number,
): Omit<Discussion, 'ids'> {
  const postRows = Int32Array.from(postRowOf.values());
  const commentRows = Int32Array.from(parents.keys()).filter((row) => parents[row] !== left);
  const postCount = postRows.length;
  const count = postCount + commentRows.length;
  const actOfPost = new Map<string, number>();
  postRows.forEach((row, act) => actOfPost.set(posts.id[row], act));
  const actOfComment = new Int32Array(comments.count);
  commentRows.forEach((row, i) => (actOfComment[row] = postCount + i));
  const rowOf = new Int32Array(count);
  rowOf.set(postRows);
  rowOf.set(commentRows, postCount);
  const acts: Acts = {
    count,
    verb: new Uint8Array(count).fill(verbs.post, 0, postCount).fill(verbs.reply, postCount),
    actor: new Int32Array(count),
    target: new Int32Array(count).fill(-1),
    timeMs: new Float64Array(count),
  };
  for (let act = 0; act < count; act++) {
    const entries = act < postCount ? posts : comments;
    const row = rowOf[act];
    acts.actor[act] = numberOf(entries, row);
    acts.timeMs[act] = entries.timeMs[row];
    if (act < postCount) continue;
    acts.target[act] = parents[row] === top ? (actOfPost.get(comments.post[row]) ?? -1) : actOfComment[parents[row]];
  }
  return { acts, rowOf, postCount };
}

function noteSelfReplies(
  { acts, rowOf, postCount }: Omit<Discussion, 'ids'>,
  comments: Comments,
  noted: RowTally,
): void {
  for (let act = postCount; act < acts.count; act++) {
    if (acts.actor[act] !== acts.actor[acts.target[act]]) continue;
    const row = rowOf[act];
    noted.add(
      'reply to oneself',
      () => comments.placeOf(row),
      () => echo(comments.id[row]),
    );
  }
}
