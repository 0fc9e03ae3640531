/**
 * What a post says: its own words, or, where a rule wrote it, words that are rendered on demand.
 *
 * Reads the state only. Invariant: `sim/record/post-texts.ts` says the same of a post that stands in a log.
 */
import { topicCount } from '../world/agents.ts';
import { appealOf, dotFace, isLive, isTakenAway, postRow, topicOfPost } from '../world/posts.ts';
import { textOf } from '../world/texts.ts';
import { ruleText, stanceOf } from '../world/wording.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';

/** What a post says: of a repost what it shows; nothing once it, or what it shows, was taken away or left the window. */
export function textOfPost(state: StateView, post: number): string {
  const { posts, now } = state;
  if (!isLive(now, post) || isTakenAway(posts, now, postRow(posts, post))) return '';
  const content = posts.origin[postRow(posts, post)];
  return isLive(now, content) ? ownText(state, content) : '';
}

/** A content's own words, those of a rule rendered; none for a repost. A rule's post is numbered by its id: no column has its sequence. */
export function ownText({ posts, agents, texts }: StateView, post: number): string {
  const row = postRow(posts, post);
  if (posts.text[row] !== 0) return textOf(texts, posts.text[row]);
  const author = posts.author[row] as AgentRow;
  const face = posts.face as Int32Array;
  return ruleText({
    ...{ authorKeyLo: agents.keyLo[author], authorKeyHi: agents.keyHi[author], tick: posts.tick[row], sequence: post },
    ...{ kind: posts.kind[row], topicBoard: topicOfPost(face, row), appeal: appealOf(face, row) },
    stance: stanceOf(dotFace(agents.interest as Int8Array, author * topicCount, face, row)),
  });
}
