/**
 * Posts, replies, reposts and quotes in a window of the latest ones. A post's id is canonical: ids count in the order (tick,
 * author's ordinal, sequence), so a larger id is newer and ids do not depend on the row layout. Its row is `id mod capacity`.
 *
 * A post that left the window is archived: the log holds it, acting on it is refused with POST_ARCHIVED.
 * Invariant: for every id in [oldestPost, nextPost), `posts.id[id mod capacity] === id`.
 */
import { column, defineTable, wideColumn } from '../ground/table.ts';
import type { Table, TableView } from '../ground/table.ts';
import type { Id } from '../ground/ids.ts';
import { topicCount } from './agents.ts';

/** Row of a post in the window. */
export type PostRow = Id<'postRows'>;

/** What a row is. A repost shows another's content; a quote and a reply are content of their own. */
export const postKinds = { post: 1, reply: 2, repost: 3, quote: 4 } as const;

/** No post: ids count from 1, so that untouched memory names none. */
export const noPost = 0;

/** `parent` is the row that was acted on, `origin` the content shown, `root` the head of the cascade. Counters stand on origins. */
export const postSpec = defineTable<PostRow>()('posts', {
  id: column('i32', 'postId'),
  author: column('i32', 'agentRow'),
  parent: column('i32', 'postId'),
  origin: column('i32', 'postId'),
  root: column('i32', 'postId'),
  tick: column('i32'),
  kind: column('u8'),
  appeal: column('i16'),
  topic: wideColumn('i8', topicCount),
  shareCount: column('i32'),
  likeCount: column('i32'),
  replyCount: column('i32'),
});
export type Posts = Table<PostRow, (typeof postSpec)['columns']>;
export type PostsView = TableView<PostRow, (typeof postSpec)['columns']>;

/** `appeal` is in 1/256 of a logit. */
export const appealScale = 256;

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

/** Whether a post exists and is still in the window. */
export function isLive(now: { readonly oldestPost: number; readonly nextPost: number }, id: number): boolean {
  return id >= now.oldestPost && id < now.nextPost;
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
