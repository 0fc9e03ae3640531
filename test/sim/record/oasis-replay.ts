/**
 * OASIS's platform on objects: replays the rows of a trace from an empty one, and has the rows of all its tables at the end.
 *
 * The oracle of `sim/record/oasis-tables.ts`: it knows the trace and the rules of OASIS, not our log. Ids are counted, never taken from the
 * trace; where the trace names one that was counted otherwise, the replay says so. Acts that OASIS does not have change nothing, but for
 * a claimed handle, which is a user's name.
 */

type Row = Record<string, unknown>;

/** Rows of a table, as a database gives them. */
export type Tables = Record<string, Row[]>;

/** A row of the table `trace`, `info` parsed. */
export interface TraceRow {
  readonly user: number;
  readonly time: unknown;
  readonly action: string;
  readonly info: Row;
}

/** Names of the tables that are replayed. */
export const replayedTables = [
  ...[
    'user',
    'post',
    'comment',
    'like',
    'dislike',
    'comment_like',
    'comment_dislike',
    'follow',
    'mute',
    'report',
    'rec',
  ],
  ...['product', 'chat_group', 'group_members', 'group_messages'],
];

/** Replays a trace. Returns the tables, and what did not fit. */
export function replay(trace: readonly TraceRow[]): { readonly tables: Tables; readonly misfits: string[] } {
  const platform = new Platform();
  for (const row of trace) platform.act(row);
  return { tables: platform.tables, misfits: platform.misfits };
}

class Platform {
  readonly tables: Tables = Object.fromEntries(replayedTables.map((name) => [name, []]));
  readonly misfits: string[] = [];
  readonly #given: Record<string, number> = {};

  act(row: TraceRow): void {
    const reaction = /^(undo_dis|un|dis|)like_(post|comment)$/.exec(row.action);
    if (reaction !== null) this.#react(row, reaction[1] ?? '', reaction[2] ?? '');
    else this.#acts[row.action]?.(row);
  }

  #rows(table: string): Row[] {
    return this.tables[table] ?? [];
  }

  #find(table: string, key: string, value: unknown): Row {
    const found = this.#rows(table).find((row) => row[key] === value);
    if (found === undefined) this.misfits.push(`no row of ${table} has ${key} ${String(value)}`);
    return found ?? {};
  }

  /** Adds a row under the next number, which the trace must name too. */
  #add(table: string, key: string, named: unknown, row: Row): void {
    const number = (this.#given[table] ?? 0) + 1;
    this.#given[table] = number;
    if (named !== number) this.misfits.push(`${table}: the trace names ${String(named)}, the next is ${number}`);
    this.#rows(table).push({ [key]: number, ...row });
  }

  #remove(table: string, matches: Row): Row {
    const rows = this.#rows(table);
    const at = rows.findIndex((row) => Object.entries(matches).every(([key, value]) => row[key] === value));
    if (at < 0) this.misfits.push(`${table}: nothing to take out by ${JSON.stringify(matches)}`);
    return rows.splice(at, 1)[0] ?? {};
  }

  #bump(row: Row, counter: string, change: number): void {
    row[counter] = Number(row[counter]) + change;
  }

  #react(row: TraceRow, prefix: string, about: string): void {
    const { info } = row;
    const of = about === 'comment' ? 'comment_' : '';
    const name = prefix === '' || prefix === 'un' ? 'like' : 'dislike';
    const isOn = prefix === '' || prefix === 'dis';
    const id = info[`${about}_id`];
    const matches = { user_id: row.user, [`${about}_id`]: id };
    const content = this.#find(about, `${about}_id`, id);
    const other = name === 'like' ? 'dislike' : 'like';
    if (`undone_${of}${other}_id` in info) {
      this.#remove(`${of}${other}`, matches);
      this.#bump(content, `num_${other}s`, -1);
    }
    this.#bump(content, `num_${name}s`, isOn ? 1 : -1);
    const [table, key] = [`${of}${name}`, `${of}${name}_id`];
    if (isOn) this.#add(table, key, info[key], { ...matches, created_at: row.time });
    else if (this.#remove(table, matches)[key] !== info[key]) this.misfits.push(`${row.action}: another row was named`);
  }

  #share({ user, time, info }: TraceRow, quote: string | null, original: unknown): void {
    const root = this.#find('post', 'post_id', original);
    this.#bump(root, 'num_shares', 1);
    const content = quote === null ? '' : root['content'];
    this.#add('post', 'post_id', info['new_post_id'], {
      ...{ user_id: user, original_post_id: original, content, quote_content: quote, created_at: time },
      ...{ num_likes: 0, num_dislikes: 0, num_shares: 0, num_reports: 0 },
    });
  }

  readonly #acts: Readonly<Record<string, (row: TraceRow) => void>> = {
    sign_up: ({ user, time, info }) => {
      const { user_name, name, bio } = info;
      this.#rows('user').push({
        ...{ user_id: user, agent_id: user, user_name, name, bio, created_at: time },
        ...{ num_followings: 0, num_followers: 0 },
      });
    },
    claim_handle: ({ user, info }) => {
      this.#find('user', 'user_id', user)['user_name'] = info['user_name'];
    },
    create_post: ({ user, time, info }) => {
      this.#add('post', 'post_id', info['post_id'], {
        ...{ user_id: user, original_post_id: null, content: info['content'], quote_content: null, created_at: time },
        ...{ num_likes: 0, num_dislikes: 0, num_shares: 0, num_reports: 0 },
      });
    },
    create_comment: ({ user, time, info }) => {
      this.#find('post', 'post_id', info['post_id']);
      this.#add('comment', 'comment_id', info['comment_id'], {
        ...{ post_id: info['post_id'], user_id: user, content: info['content'], created_at: time },
        ...{ num_likes: 0, num_dislikes: 0 },
      });
    },
    /** A repost of a repost is one of its root; one of a quote is one of the quote. */
    repost: (row) => {
      const given = this.#find('post', 'post_id', row.info['reposted_id']);
      const isRepost = given['original_post_id'] !== null && given['quote_content'] === null;
      this.#share(row, null, isRepost ? given['original_post_id'] : given['post_id']);
    },
    /** A quote of a repost or of a quote is one of its root. What quotes a comment is one of the comment's post. */
    quote_post: (row) => {
      const given = this.#find('post', 'post_id', row.info['quoted_id']);
      const root = 'comment_id' in row.info ? null : given['original_post_id'];
      this.#share(row, String(row.info['quote_content']), root ?? given['post_id']);
    },
    report_post: ({ user, time, info }) => {
      const { post_id, report_id, report_reason } = info;
      this.#bump(this.#find('post', 'post_id', post_id), 'num_reports', 1);
      this.#add('report', 'report_id', report_id, { user_id: user, post_id, report_reason, created_at: time });
    },
    follow: (row) => {
      const { user, time, info } = row;
      this.#add('follow', 'follow_id', info['follow_id'], {
        ...{ follower_id: user, followee_id: info['followee_id'], created_at: time },
      });
      this.#countTie(row, 1);
    },
    unfollow: (row) => {
      this.#remove('follow', { follower_id: row.user, followee_id: row.info['followee_id'] });
      this.#countTie(row, -1);
    },
    mute: ({ user, time, info }) => {
      this.#add('mute', 'mute_id', info['mute_id'], {
        ...{ muter_id: user, mutee_id: info['mutee_id'], created_at: time },
      });
    },
    unmute: ({ user, info }) => {
      this.#remove('mute', { muter_id: user, mutee_id: info['mutee_id'] });
    },
    sign_up_product: ({ info }) => {
      this.#rows('product').push({ ...info, sales: 0 });
    },
    purchase_product: ({ info }) => {
      const product = this.#find('product', 'product_name', info['product_name']);
      this.#bump(product, 'sales', Number(info['purchase_num']));
    },
    create_group: ({ user, time, info }) => {
      this.#add('chat_group', 'group_id', info['group_id'], { name: info['group_name'], created_at: time });
      this.#rows('group_members').push({ group_id: info['group_id'], agent_id: user, joined_at: time });
    },
    join_group: ({ user, time, info }) => {
      this.#find('chat_group', 'group_id', info['group_id']);
      this.#rows('group_members').push({ group_id: info['group_id'], agent_id: user, joined_at: time });
    },
    leave_group: ({ user, info }) => {
      this.#remove('group_members', { group_id: info['group_id'], agent_id: user });
    },
    /** Messages of one step stand in the trace by sender, with the numbers that they were settled in. */
    send_to_group: ({ user, time, info }) => {
      const { group_id, message_id, content } = info;
      this.#rows('group_messages').push({ message_id, group_id, sender_id: user, content, sent_at: time });
    },
  };

  #countTie({ user, info }: TraceRow, change: number): void {
    this.#bump(this.#find('user', 'user_id', user), 'num_followings', change);
    this.#bump(this.#find('user', 'user_id', info['followee_id']), 'num_followers', change);
  }
}
