/**
 * How a post is shown to a reader who reads words: an object that goes into JSON, and its string.
 *
 * Two modes. `oasis` writes posts as OASIS does, byte for byte, so that prompts and scripts made for it can be compared: a repost and a
 * quote become sentences around other people's text, reports a line in front of it. `plain` is ours: what somebody wrote stands alone in a
 * field named `text`, and everything that the platform says has fields of its own, so that no text can pass for a count, a warning,
 * an author or another post; a quote keeps what it answered, also where that was itself a quote.
 * Order: fields as listed, comments as handed in (oldest first); the caller chooses how many.
 * Pure; reads and writes nothing. Invariant: parsing the string gives the object again, and a `plain` string is one line that holds no
 * control, direction or hidden character and no tag. Oracle: strings typed by hand after OASIS's rendering; Python's json.dumps for `oasis`.
 * Source: camel-ai/oasis, package 0.2.5, rendering of posts with comments.
 */
import { escapeControls } from '../ground/errors.ts';

/** Who or what something is: a number or an external id. */
export type ShownId = number | string;

/** What a content or a comment counts. */
export interface Tally {
  readonly likeCount: number;
  readonly dislikeCount: number;
}

/** A comment under a content. */
export interface CommentFacts extends Tally {
  readonly id: ShownId;
  readonly author: ShownId;
  readonly text: string;
  /** A step, or a time as text. */
  readonly createdAt: ShownId;
}

/** Some content with its own words. */
export interface ContentFacts extends CommentFacts {
  readonly shareCount: number;
  readonly reportCount: number;
  readonly comments: readonly CommentFacts[];
}

/** Something that a post refers to: shown in part. */
export interface ReferredFacts {
  readonly id: ShownId;
  readonly author: ShownId;
  readonly text: string;
}

/** A post, or a reply that is shown by itself. `parent` is what a reply answers. */
export interface PostFacts extends ContentFacts {
  readonly kind: 'post' | 'reply';
  readonly parent?: ReferredFacts;
}

/** A quote: content of its own, about a root. `parent` is the id of the row that was quoted, a quote of the root perhaps. */
export interface QuoteFacts extends ContentFacts {
  readonly kind: 'quote';
  readonly root: ReferredFacts;
  readonly parent: ShownId;
}

/** A repost: a row of another's content, with that content's counts. The content may be a quote. */
export interface RepostFacts {
  readonly kind: 'repost';
  readonly id: ShownId;
  readonly author: ShownId;
  readonly createdAt: ShownId;
  readonly content: PostFacts | QuoteFacts;
}

/** A post as a reader may be shown it. */
export type ReadablePost = PostFacts | QuoteFacts | RepostFacts;

/** The forms that exist. */
export const renderingModes = ['plain', 'oasis'] as const;

/** How posts are shown. */
export interface RenderingChoice {
  readonly mode: (typeof renderingModes)[number];
  /** Whether likes less dislikes are shown in place of both. */
  readonly showScore: boolean;
  /** Reports from which on readers are warned. OASIS: 2. */
  readonly warnFromReportCount: number;
}

/** What JSON can hold. */
export type Json = number | string | readonly Json[] | { readonly [Field: string]: Json };

/** A post as an object for JSON; the order of its fields is part of the form. */
export function shownPost(post: ReadablePost, choice: RenderingChoice): { readonly [Field: string]: Json } {
  return choice.mode === 'oasis' ? oasisPost(post, choice) : plainPost(post, choice);
}

/**
 * The string of one shown post or of a list of them. `oasis`: with line breaks and indents of four, all but ASCII escaped, as Python's
 * json.dumps(…, indent=4) writes it. `plain`: one line.
 */
export function shownText(shown: Json, mode: RenderingChoice['mode']): string {
  return mode === 'oasis' ? pythonJson(shown) : safeJson(shown);
}

// ---- OASIS ----

/** A repost has its own id and author, and all else of its content. A reply has no form in OASIS, which has comments: shown as a post. */
function oasisPost(post: ReadablePost, choice: RenderingChoice): { readonly [Field: string]: Json } {
  const content = post.kind === 'repost' ? post.content : post;
  return {
    post_id: post.id,
    user_id: post.author,
    content: oasisWarning(content.reportCount, choice) + oasisContent(post),
    created_at: content.createdAt,
    ...oasisTally(content, choice),
    num_shares: content.shareCount,
    num_reports: content.reportCount,
    comments: content.comments.map((comment) => ({
      comment_id: comment.id,
      post_id: content.id,
      user_id: comment.author,
      content: comment.text,
      created_at: comment.createdAt,
      ...oasisTally(comment, choice),
    })),
  };
}

function oasisContent(post: ReadablePost): string {
  const { author } = post;
  switch (post.kind) {
    case 'repost': {
      // Of a quote OASIS keeps a copy of the root's text in `content`, and a repost of it shows that: what the quoter said is lost.
      const text = post.content.kind === 'quote' ? post.content.root.text : post.content.text;
      return `User ${author} reposted a post from User ${post.content.author}. Repost content: ${text}. `;
    }
    case 'quote':
      return (
        `User ${author} quoted a post from User ${post.root.author}. ` +
        `Quote content: ${post.text}. Original Content: ${post.root.text}`
      );
    case 'post':
    case 'reply':
      return post.text;
  }
}

function oasisWarning(reportCount: number, { warnFromReportCount }: RenderingChoice): string {
  return reportCount >= warnFromReportCount ? `[Warning: This post has been reported ${reportCount} times]\n` : '';
}

function oasisTally({ likeCount, dislikeCount }: Tally, { showScore }: RenderingChoice): Record<string, number> {
  if (showScore) return { score: likeCount - dislikeCount };
  return { num_likes: likeCount, num_dislikes: dislikeCount };
}

/** JSON.stringify differs from json.dumps in what lies outside printable ASCII alone; Python escapes it in lower case, too. */
function pythonJson(shown: Json): string {
  return JSON.stringify(shown, undefined, 4).replace(/[\u007f-\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0');
}

// ---- Ours ----

function plainPost(post: ReadablePost, choice: RenderingChoice): { readonly [Field: string]: Json } {
  if (post.kind !== 'repost') return plainContent(post, choice);
  return {
    post: post.id,
    kind: 'repost',
    author: post.author,
    createdAt: post.createdAt,
    content: plainContent(post.content, choice),
  };
}

function plainContent(post: PostFacts | QuoteFacts, choice: RenderingChoice): { readonly [Field: string]: Json } {
  return {
    post: post.id,
    kind: post.kind,
    author: post.author,
    createdAt: post.createdAt,
    ...(post.reportCount >= choice.warnFromReportCount ? { warning: plainWarning(post.reportCount) } : {}),
    text: post.text,
    ...plainReferences(post),
    ...plainTally(post, choice),
    shares: post.shareCount,
    reports: post.reportCount,
    comments: post.comments.map((comment) => ({
      comment: comment.id,
      author: comment.author,
      createdAt: comment.createdAt,
      text: comment.text,
      ...plainTally(comment, choice),
    })),
  };
}

function plainWarning(reportCount: number): string {
  return reportCount === 1 ? 'reported by 1 reader' : `reported by ${reportCount} readers`;
}

/** A quote names its root with its words, and the row that was quoted by id alone: that is often another quote of the root. */
function plainReferences(post: PostFacts | QuoteFacts): { readonly [Field: string]: Json } {
  if (post.kind === 'quote') return { quotes: referred(post.root), quotedFrom: post.parent };
  return post.parent === undefined ? {} : { answers: referred(post.parent) };
}

function referred({ id, author, text }: ReferredFacts): { readonly [Field: string]: Json } {
  return { post: id, author, text };
}

function plainTally({ likeCount, dislikeCount }: Tally, { showScore }: RenderingChoice): Record<string, number> {
  return showScore ? { score: likeCount - dislikeCount } : { likes: likeCount, dislikes: dislikeCount };
}

/** Characters without a shape that can carry a hidden message: zero-width space, word joiner, byte-order mark, tag characters. */
const hidden = /[\u200b\u2060\ufeff]|\udb40[\udc00-\udc7f]/g;

/**
 * JSON in one line, in which no text can end what surrounds it: control, direction and hidden characters are escaped, and so is a `<` that
 * could begin a tag, a comment or a model's own mark (`</post>`, `<!--`, `<|end|>`). A `<` before a digit or a space stays, as in "I <3 it".
 */
function safeJson(shown: Json): string {
  return escapeControls(JSON.stringify(shown))
    .replace(hidden, (character) =>
      Array.from({ length: character.length }, (_, k) => escapeUnit(character[k])).join(''),
    )
    .replace(/<(?![\d ])/g, '\\u003c');
}
