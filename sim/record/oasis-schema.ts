/**
 * The sixteen tables of OASIS: names, types, defaults and keys, so that scripts written for its databases read ours.
 *
 * Order of tables and columns is that of OASIS. It declares some foreign keys to a table that does not exist; these are left out, and
 * the others hold. There is no index: OASIS has none, and whoever wants one adds it.
 * Source: camel-ai/oasis, package 0.2.5, schema of the social platform.
 */

const autoKey = 'INTEGER PRIMARY KEY AUTOINCREMENT';
const userKey = 'FOREIGN KEY (user_id) REFERENCES user (user_id)';
const groupKey = 'FOREIGN KEY (group_id) REFERENCES chat_group (group_id)';

function reactionTable(id: string, target: 'post' | 'comment'): string {
  return `${id} ${autoKey}, user_id INTEGER, ${target}_id INTEGER, created_at DATETIME, ${userKey},
    FOREIGN KEY (${target}_id) REFERENCES ${target} (${target}_id)`;
}

/** Columns of each table. */
export const oasisSchema = {
  user: `user_id ${autoKey}, agent_id INTEGER, user_name TEXT, name TEXT, bio TEXT, created_at DATETIME,
    num_followings INTEGER DEFAULT 0, num_followers INTEGER DEFAULT 0`,
  post: `post_id ${autoKey}, user_id INTEGER, original_post_id INTEGER, content TEXT DEFAULT '', quote_content TEXT,
    created_at DATETIME, num_likes INTEGER DEFAULT 0, num_dislikes INTEGER DEFAULT 0, num_shares INTEGER DEFAULT 0,
    num_reports INTEGER DEFAULT 0, ${userKey}, FOREIGN KEY (original_post_id) REFERENCES post (post_id)`,
  comment: `comment_id ${autoKey}, post_id INTEGER, user_id INTEGER, content TEXT, created_at DATETIME,
    num_likes INTEGER DEFAULT 0, num_dislikes INTEGER DEFAULT 0, FOREIGN KEY (post_id) REFERENCES post (post_id), ${userKey}`,
  like: reactionTable('like_id', 'post'),
  dislike: reactionTable('dislike_id', 'post'),
  comment_like: reactionTable('comment_like_id', 'comment'),
  comment_dislike: reactionTable('comment_dislike_id', 'comment'),
  follow: `follow_id ${autoKey}, follower_id INTEGER, followee_id INTEGER, created_at DATETIME,
    FOREIGN KEY (follower_id) REFERENCES user (user_id), FOREIGN KEY (followee_id) REFERENCES user (user_id)`,
  mute: `mute_id ${autoKey}, muter_id INTEGER, mutee_id INTEGER, created_at DATETIME,
    FOREIGN KEY (muter_id) REFERENCES user (user_id), FOREIGN KEY (mutee_id) REFERENCES user (user_id)`,
  report: `report_id ${autoKey}, user_id INTEGER, post_id INTEGER, report_reason TEXT, created_at DATETIME, ${userKey},
    FOREIGN KEY (post_id) REFERENCES post (post_id)`,
  trace: `user_id INTEGER, created_at DATETIME, action TEXT, info TEXT, PRIMARY KEY (user_id, created_at, action, info),
    ${userKey}`,
  rec: `user_id INTEGER, post_id INTEGER, PRIMARY KEY (user_id, post_id), ${userKey},
    FOREIGN KEY (post_id) REFERENCES post (post_id)`,
  product: 'product_id INTEGER PRIMARY KEY, product_name TEXT, sales INTEGER DEFAULT 0',
  chat_group: `group_id ${autoKey}, name TEXT NOT NULL, created_at DATETIME`,
  group_members: `group_id INTEGER NOT NULL, agent_id INTEGER NOT NULL, joined_at DATETIME,
    PRIMARY KEY (group_id, agent_id), ${groupKey}`,
  group_messages: `message_id ${autoKey}, group_id INTEGER NOT NULL, sender_id INTEGER NOT NULL, content TEXT NOT NULL,
    sent_at DATETIME, ${groupKey}, FOREIGN KEY (sender_id) REFERENCES user (user_id)`,
} as const;

/** Name of a table of OASIS. */
export type OasisTable = keyof typeof oasisSchema;

/** Their names, in order. */
export const oasisTables = Object.keys(oasisSchema) as readonly OasisTable[];

/** What makes the tables. `like` is a word of SQL, so that names stand in quotes. */
export const oasisCreation = Object.entries(oasisSchema)
  .map(([name, columns]) => `CREATE TABLE "${name}" (${columns});`)
  .join('\n');
