/**
 * A post as a reader of words is shown it: what stands in the state, put into the form of `sim/exchange/rendering.ts`.
 *
 * Agents are told by their ordinals, times by their ticks. Comments are a content's replies, the latest few, oldest first; they are looked
 * for among a bounded number of the newest posts, because no column leads from a post to its replies. Reads only.
 */
import { isLive, isTakenAway, postKinds, postRow, shareCountOf } from '../world/posts.ts';
import { shownPost, shownText } from '../exchange/rendering.ts';
import { textOfPost } from './post-text.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { CommentFacts, ContentFacts, PostFacts, QuoteFacts, RenderingChoice } from '../exchange/rendering.ts';
import type { StateView } from '../exchange/view.ts';

/** Comments that are shown, and posts that are looked through for them. */
const commentsMax = 10;
const lookedThroughMax = 10_000;

/** The string that a reader is shown of a post; empty for one that is not there any more. */
export function shownOf(state: StateView, post: number, choice: RenderingChoice): string {
  if (!isThere(state, post)) return '';
  const row = postRow(state.posts, post);
  const origin = state.posts.origin[row];
  if (!isThere(state, origin)) return '';
  const content = contentOf(state, origin);
  const shown =
    state.posts.kind[row] === postKinds.repost
      ? ({
          kind: 'repost',
          id: post,
          author: authorOf(state, post),
          createdAt: state.posts.tick[row],
          content,
        } as const)
      : content;
  return shownText(shownPost(shown, choice), choice.mode);
}

function isThere({ posts, now }: StateView, post: number): boolean {
  return isLive(now, post) && !isTakenAway(posts, now, postRow(posts, post));
}

function authorOf({ posts, agents }: StateView, post: number): number {
  return agents.ordinal[posts.author[postRow(posts, post)] as AgentRow];
}

function commentOf(state: StateView, post: number): CommentFacts {
  const row = postRow(state.posts, post);
  const { likeCount, dislikeCount, tick } = state.posts;
  return {
    ...{ id: post, author: authorOf(state, post), text: textOfPost(state, post), createdAt: tick[row] },
    ...{ likeCount: likeCount[row], dislikeCount: dislikeCount[row] },
  };
}

function contentOf(state: StateView, post: number): PostFacts | QuoteFacts {
  const { posts } = state;
  const row = postRow(posts, post);
  const facts: ContentFacts = {
    ...commentOf(state, post),
    ...{
      shareCount: shareCountOf(posts.face, row),
      reportCount: posts.reportCount[row],
      comments: commentsOn(state, post),
    },
  };
  const parent = posts.parent[row];
  if (posts.kind[row] === postKinds.quote)
    return { ...facts, kind: 'quote', root: referred(state, posts.root[row]), parent };
  if (posts.kind[row] === postKinds.reply) return { ...facts, kind: 'reply', parent: referred(state, parent) };
  return { ...facts, kind: 'post' };
}

/** Something that a post refers to, without words where it is gone. */
function referred(
  state: StateView,
  post: number,
): { readonly id: number; readonly author: number; readonly text: string } {
  const isKnown = isLive(state.now, post);
  return { id: post, author: isKnown ? authorOf(state, post) : -1, text: isKnown ? textOfPost(state, post) : '' };
}

function commentsOn(state: StateView, content: number): CommentFacts[] {
  const { posts, now } = state;
  const wanted = Math.min(commentsMax, posts.replyCount[postRow(posts, content)]);
  const found: CommentFacts[] = [];
  const oldest = Math.max(content + 1, now.nextPost - lookedThroughMax);
  for (let post = now.nextPost - 1; post >= oldest && found.length < wanted; post--) {
    const row = postRow(posts, post);
    const isReply = posts.kind[row] === postKinds.reply && originOfParent(state, posts.parent[row]) === content;
    if (isReply && isThere(state, post)) found.push(commentOf(state, post));
  }
  return found.reverse();
}

/** The content that a reply answers: of a repost what it shows. */
function originOfParent({ posts, now }: StateView, parent: number): number {
  return isLive(now, parent) ? posts.origin[postRow(posts, parent)] : parent;
}
