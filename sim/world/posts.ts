/**
 * Posts, replies, reposts and quotes in a window of the latest ones. A post's id is canonical: ids count in the order (tick,
 * author's ordinal, sequence), so a larger id is newer and ids do not depend on the row layout. Its row is `id mod capacity`.
 *
 * A post that left the window is archived: the log holds it, acting on it is refused with POST_ARCHIVED.
 * So the row of a live post needs no column to say whose it is.
 */
import { cold, column, defineTable, wideColumn } from '../ground/table.ts';
import type { Table, TableView } from '../ground/table.ts';
import type { AgentRow, ColumnView, Id } from '../ground/ids.ts';
import { topicCount } from './agents.ts';

/** Row of a post in the window. */
export type PostRow = Id<'postRows'>;

/** What a row is. A repost shows another's content; a quote and a reply are content of their own. */
export const postKinds = { post: 1, reply: 2, repost: 3, quote: 4 } as const;

/**
 * How a post stands: bits. A `limited` one stays off the boards, so that only followers are shown it, and nobody is told; from `deleted`
 * on it is shown to nobody and cannot be acted on.
 */
export const standings = { good: 0, labelled: 1, limited: 2, deleted: 4, removed: 8 } as const;

/** The name of what weighs most in how a post stands. */
export function standingName(bits: number): keyof typeof standings {
  const names = Object.keys(standings) as (keyof typeof standings)[];
  return names.findLast((name) => (bits & standings[name]) !== 0) ?? 'good';
}

/** No post: ids count from 1, so that untouched memory names none. */
export const noPost = 0;

/**
 * `parent` is the row that was acted on, `origin` the content shown, `root` the head of the cascade. Counters stand on origins.
 * `face` is what a reader judges by, in one place, so that a look at a post is one miss and not three (the whole tick gained 7 %).
 */
export const postSpec = defineTable<PostRow>()('posts', {
  author: column('i32', 'agentRow'),
  parent: column('i32', 'postId'),
  origin: column('i32', 'postId'),
  root: column('i32', 'postId'),
  tick: column('i32'),
  kind: column('u8'),
  face: wideColumn('i32', 4),
  likeCount: column('i32'),
  replyCount: column('i32'),
  standing: cold(column('u8')),
  dislikeCount: cold(column('i32')),
  reportCount: cold(column('i32')),
  /** The post's own text, or 0 where a rule wrote it; the community it stands in plus one, or 0. */
  text: cold(column('i32')),
  community: cold(column('i32')),
  /** The post before this one in its community. */
  communityBefore: cold(column('i32')),
  /** Ordinal of who shared or liked the content last, and in which tick, plus one; where a feed reads it. */
  engager: cold(column('i32')),
  engagedTick: cold(column('i32')),
});
export type Posts = Table<PostRow, (typeof postSpec)['columns']>;
export type PostsView = TableView<PostRow, (typeof postSpec)['columns']>;

/** Words of a post's face: eight signed bytes of topic, lowest first, then how often it was shared, and its appeal. */
export const faceWords = { topic: 0, shareCount: 2, appeal: 3, length: 4 } as const;

/** `appeal` is in 1/256 of a logit. */
export const appealScale = 256;

/** Reposts and quotes of a post. */
export function shareCountOf(face: ArrayLike<number>, row: PostRow): number {
  return face[row * faceWords.length + faceWords.shareCount];
}

/** What a post's readers said for it less what they said against it: likes and shares less dislikes. */
export function votesOf(posts: Pick<PostsView, 'face' | 'likeCount' | 'dislikeCount'>, row: PostRow): number {
  return shareCountOf(posts.face, row) + posts.likeCount[row] - posts.dislikeCount[row];
}

/** Appeal of a post, in 1/256 of a logit. */
export function appealOf(face: ArrayLike<number>, row: PostRow): number {
  return face[row * faceWords.length + faceWords.appeal];
}

/** The k-th component of a post's topic vector. */
export function topicComponent(face: ArrayLike<number>, row: PostRow, k: number): number {
  return (face[row * faceWords.length + (k >> 2)] << (24 - (k & 3) * 8)) >> 24;
}

/** Writes the face of a new post: `topic` holds whole numbers in [-127, 127]. */
export function writeFace(face: Int32Array, row: PostRow, topic: ArrayLike<number>, appeal: number): void {
  const at = row * faceWords.length;
  face[at] = packed(topic, 0);
  face[at + 1] = packed(topic, 4);
  face[at + faceWords.shareCount] = 0;
  face[at + faceWords.appeal] = appeal;
}

function packed(topic: ArrayLike<number>, from: number): number {
  const low = (topic[from] & 0xff) | ((topic[from + 1] & 0xff) << 8);
  return low | ((topic[from + 2] & 0xff) << 16) | (topic[from + 3] << 24);
}

/** Exact dot product of an agent's interest and a post's topic: an integer in [-topicCount * 127^2, topicCount * 127^2]. */
export function dotFace(interest: Int8Array, start: number, face: Int32Array, row: PostRow): number {
  const low = face[row * faceWords.length];
  const high = face[row * faceWords.length + 1];
  return (
    interest[start] * ((low << 24) >> 24) +
    interest[start + 1] * ((low << 16) >> 24) +
    interest[start + 2] * ((low << 8) >> 24) +
    interest[start + 3] * (low >> 24) +
    interest[start + 4] * ((high << 24) >> 24) +
    interest[start + 5] * ((high << 16) >> 24) +
    interest[start + 6] * ((high << 8) >> 24) +
    interest[start + 7] * (high >> 24)
  );
}

/** Which of the topic boards a post stands on: see `topicOf`. */
export function topicOfPost(face: ArrayLike<number>, row: PostRow): number {
  let best = 0;
  let most = topicComponent(face, row, 0);
  for (let k = 1; k < topicCount; k++) {
    const one = topicComponent(face, row, k);
    if (Math.abs(one) <= Math.abs(most)) continue;
    best = k;
    most = one;
  }
  return best * 2 + (most < 0 ? 1 : 0);
}

/** The row of a post id; capacity is a power of two. */
export function postRow(posts: { readonly rowCapacity: number }, id: number): PostRow {
  return (id & (posts.rowCapacity - 1)) as PostRow;
}

/**
 * The oldest post that can be seen and acted on. A quarter of the window is kept free for the posts of one tick, so that no row
 * that the tick's phases read is overwritten while they read it.
 */
export function oldestLive(posts: { readonly rowCapacity: number }, nextPost: number): number {
  return Math.max(1, nextPost - posts.rowCapacity + newPostsMax(posts));
}

/** Most posts that one tick may make. */
export function newPostsMax(posts: { readonly rowCapacity: number }): number {
  return posts.rowCapacity >>> 2;
}

/** Whether a post in the window, or the content that it shows, was deleted or removed. An archived content counts as standing. */
export function isTakenAway(
  posts: Pick<PostsView, 'origin' | 'standing' | 'rowCapacity'>,
  now: { readonly oldestPost: number; readonly nextPost: number },
  row: PostRow,
): boolean {
  if (posts.standing[row] >= standings.deleted) return true;
  const origin = posts.origin[row];
  return isLive(now, origin) && posts.standing[postRow(posts, origin)] >= standings.deleted;
}

/** Whether a post exists and is still in the window. */
export function isLive(now: { readonly oldestPost: number; readonly nextPost: number }, id: number): boolean {
  return id >= now.oldestPost && id < now.nextPost;
}

/**
 * The first post that an agent wrote at a tick, reposts included, or `noPost` if it is not in the window: by bisection, since ids count in
 * the order (tick, author's ordinal, attempt). What the scenario makes an agent write stands before what it writes of its own.
 */
export function postWrittenBy(
  state: {
    readonly posts: Pick<PostsView, 'author' | 'tick' | 'rowCapacity'>;
    readonly agents: { readonly ordinal: ColumnView<AgentRow> };
    readonly now: { readonly oldestPost: number; readonly nextPost: number };
  },
  author: AgentRow,
  tick: number,
): number {
  const { posts, agents, now } = state;
  const ordinalOf = (row: PostRow): number => agents.ordinal[posts.author[row] as AgentRow];
  const ordinal = agents.ordinal[author];
  let [before, first] = [now.oldestPost - 1, now.nextPost];
  while (first - before > 1) {
    const middle = (before + first) >> 1;
    const row = postRow(posts, middle);
    if (posts.tick[row] < tick || (posts.tick[row] === tick && ordinalOf(row) < ordinal)) before = middle;
    else first = middle;
  }
  const row = postRow(posts, first);
  return first < now.nextPost && posts.tick[row] === tick && posts.author[row] === author ? first : noPost;
}

/**
 * Which of the topic boards a post stands on: twice the dimension of the greatest absolute component, plus one if negative.
 * The lowest dimension wins a tie.
 */
export function topicOf(vector: ArrayLike<number>, start: number): number {
  let best = 0;
  for (let k = 1; k < topicCount; k++) {
    if (Math.abs(vector[start + k]) > Math.abs(vector[start + best])) best = k;
  }
  return best * 2 + (vector[start + best] < 0 ? 1 : 0);
}
