/**
 * Posts of a log as OASIS has them: a table of posts, in which reposts and quotes hang on what they share, and a flat table of comments.
 *
 * Reads granted intents in the order of the log; keeps for each post of ours its number in the table that has it, what it hangs on, and its
 * counters. Numbers count from 1 in the order of the log, as OASIS gives them.
 * What becomes of what: a reply is a comment of the post under which it stands, however deep. A repost hangs on the content that it
 * shows; a quote on that of what it quotes: of a quote, on what that one quotes. What shares a comment hangs on the comment's post.
 * Memory: 29 bytes a post. Oracle: objects that replay the trace (`test/sim/record/oasis-replay.ts`).
 */
import { verbs } from '../exchange/verbs.ts';
import type { TickRecord } from './chunk.ts';

/** Counters of one row. Those of a comment have no shares and reports. */
export type OasisCounter = 'likes' | 'dislikes' | 'shares' | 'reports';

/** A content of ours as OASIS has it. */
export interface OasisContent {
  readonly table: 'post' | 'comment';
  /** Its number in that table. */
  readonly number: number;
}

/** A post, repost, quote or reply that was made. */
export interface MadeContent extends OasisContent {
  /** Number of the post that a comment stands under, or that a share is attributed to; 0 for an original post. */
  readonly post: number;
  /** What the intent named: a number in the table of posts or of comments. */
  readonly given: OasisContent | undefined;
  /** The content behind what it is about, by our id; 0 for an original post. */
  readonly about: number;
}

export class OasisContents {
  postCount = 0;
  commentCount = 0;
  /** Replies to replies, and shares of comments: what is told more flatly than it was. */
  nestedReplies = 0;
  commentShares = 0;
  #columns = columnsOf(1024);
  #last = 0;
  /** Posts that quote, and the original post whose words they repeat. */
  readonly #quotes: { readonly post: number; readonly words: number }[] = [];

  /** The content behind a row: what a repost shows, the row itself otherwise. 0 for a row that is not there. */
  contentOf(id: number): number {
    return id > 0 && id <= this.#last ? this.#columns.content[id] : 0;
  }

  /** What a row of ours is there. */
  of(id: number): OasisContent {
    return { table: this.#isComment(id) ? 'comment' : 'post', number: this.#columns.number[id] };
  }

  count(id: number, counter: OasisCounter, change: number): void {
    this.#columns[counter][id] += change;
  }

  /** A granted intent that makes a post, a repost, a quote or a reply. */
  make({ verb: verbs_, target: targets, result }: TickRecord, i: number): MadeContent {
    const [verb, id] = [verbs_[i], result[i]];
    const target = verb === verbs.post ? 0 : targets[i];
    if (id >= this.#columns.number.length) this.#grow(id);
    this.#last = Math.max(this.#last, id);
    const about = this.contentOf(target);
    const { kind, content, hangsOn, number } = this.#columns;
    kind[id] = verb;
    content[id] = verb === verbs.repost ? about : id;
    hangsOn[id] = this.#placeOf(verb, target, about);
    number[id] = verb === verbs.reply ? ++this.commentCount : ++this.postCount;
    if (verb === verbs.repost || verb === verbs.quote) this.#columns.shares[hangsOn[id]]++;
    if (verb === verbs.quote) this.#noteWords(id);
    if (target > 0 && this.#isComment(about)) {
      if (verb === verbs.reply) this.nestedReplies++;
      else this.commentShares++;
    }
    const given = target > 0 ? this.of(target) : undefined;
    return { ...this.of(id), post: number[hangsOn[id]], given, about };
  }

  /** Our id of the post that a new row hangs on. */
  #placeOf(verb: number, target: number, about: number): number {
    const { kind, hangsOn } = this.#columns;
    if (target === 0) return 0;
    if (this.#isComment(about)) return hangsOn[about];
    return verb === verbs.quote && kind[target] === verbs.quote ? hangsOn[target] : about;
  }

  /** OASIS copies the words of the post that a quote hangs on; of one that is itself a quote these are again its original's. */
  #noteWords(id: number): void {
    const { kind, hangsOn, number } = this.#columns;
    let words = hangsOn[id];
    while (kind[words] === verbs.quote) words = hangsOn[words];
    this.#quotes.push({ post: number[id], words: number[words] });
  }

  #isComment(id: number): boolean {
    return this.#columns.kind[id] === verbs.reply;
  }

  /** Numbers of posts, or of comments, that were counted at all, with their counters. */
  *counted(table: OasisContent['table']): Generator<string, void, undefined> {
    const { kind, number, likes, dislikes, shares, reports } = this.#columns;
    for (let id = 1; id <= this.#last; id++) {
      if (kind[id] === 0 || (kind[id] === verbs.reply) !== (table === 'comment')) continue;
      if ((likes[id] | dislikes[id] | shares[id] | reports[id]) === 0) continue;
      const rates = `${number[id]},${likes[id]},${dislikes[id]}`;
      yield table === 'comment' ? `(${rates})` : `(${rates},${shares[id]},${reports[id]})`;
    }
  }

  /** Numbers of quotes and of the posts whose words they repeat. */
  *quoted(): Generator<string, void, undefined> {
    for (const { post, words } of this.#quotes) yield `(${post},${words})`;
  }

  #grow(id: number): void {
    const wider = columnsOf(Math.max(id + 1, this.#columns.number.length * 2));
    for (const name of Object.keys(wider) as (keyof typeof wider)[]) wider[name].set(this.#columns[name]);
    this.#columns = wider;
  }
}

function columnsOf(length: number) {
  const words = (): Int32Array => new Int32Array(length);
  return {
    ...{ number: words(), content: words(), hangsOn: words(), kind: new Uint8Array(length) },
    ...{ likes: words(), dislikes: words(), shares: words(), reports: words() },
  };
}
