/**
 * The tables of run.db, its indexes and its views: what can be asked of a recorded population in SQL.
 *
 * Numbers of the log (verb, outcome, reason, rule, source) have tables of names beside them; the views join these, and external
 * ids, for people. All tables have a rowid, so that their rows have one order, the canonical one: ordinal; post id; ties of the start
 * by follower and followee, then those that were added as the log has them; members of groups likewise; tick, actor, sequence.
 * What an intent does not say is NULL, and so is the text of a post that a rule wrote: it is rendered on demand.
 * Invariant: a table or column that is renamed raises `schemaVersion`, and so does another order of rows.
 */

/** Version of the tables below, as `PRAGMA user_version`. */
export const schemaVersion = 3;

/** For a file that is thrown away when its writer fails. */
export const pragmas = `
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;`;

/** For a file that is filled while others read it, and that must be whole after any crash. */
export const livePragmas = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA busy_timeout = 5000;`;

/** Columns of each table, in the order in which tables are made. Ticks, ordinals and post ids are those of the log. */
export const schema = {
  meta: 'name TEXT PRIMARY KEY, value TEXT NOT NULL',
  verbs: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL, target TEXT',
  outcomes: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL',
  reasons: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL, valid TEXT NOT NULL',
  rules: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL',
  sources: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL',
  agents: `ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL, profile INTEGER NOT NULL, wakes_per_day REAL NOT NULL,
    policy INTEGER NOT NULL, followers INTEGER NOT NULL, followees INTEGER NOT NULL`,
  posts: `id INTEGER PRIMARY KEY, author INTEGER NOT NULL, parent INTEGER, origin INTEGER NOT NULL, root INTEGER NOT NULL,
    tick INTEGER NOT NULL, kind TEXT NOT NULL, topic INTEGER NOT NULL, shares INTEGER NOT NULL, likes INTEGER NOT NULL,
    replies INTEGER NOT NULL, dislikes INTEGER NOT NULL, reports INTEGER NOT NULL, standing TEXT NOT NULL, community INTEGER,
    text TEXT`,
  ties: 'follower INTEGER NOT NULL, followee INTEGER NOT NULL, added_tick INTEGER, removed_tick INTEGER',
  chat_groups: 'number INTEGER PRIMARY KEY, name TEXT NOT NULL, owner INTEGER NOT NULL, tick INTEGER',
  group_members: 'chat_group INTEGER NOT NULL, agent INTEGER NOT NULL, joined_tick INTEGER, left_tick INTEGER',
  messages: `id INTEGER PRIMARY KEY, tick INTEGER NOT NULL, sender INTEGER NOT NULL, receiver INTEGER, chat_group INTEGER,
    text TEXT NOT NULL`,
  metrics: `tick INTEGER PRIMARY KEY, awake INTEGER NOT NULL, intents INTEGER NOT NULL, granted INTEGER NOT NULL,
    refused INTEGER NOT NULL, posts INTEGER NOT NULL, exposures INTEGER NOT NULL`,
  rulings: `tick INTEGER NOT NULL, actor INTEGER NOT NULL, sequence INTEGER NOT NULL, verb INTEGER NOT NULL,
    target INTEGER NOT NULL, outcome INTEGER NOT NULL, reason INTEGER NOT NULL, rule INTEGER NOT NULL,
    amount INTEGER NOT NULL, result INTEGER NOT NULL, argument INTEGER, price INTEGER, text TEXT`,
  rulings_summary: `tick INTEGER NOT NULL, verb TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    count INTEGER NOT NULL`,
  model_calls: `tick INTEGER NOT NULL, agent INTEGER NOT NULL, sequence INTEGER NOT NULL, status TEXT NOT NULL,
    word0 INTEGER NOT NULL, word1 INTEGER NOT NULL, word2 INTEGER NOT NULL, word3 INTEGER NOT NULL`,
  exposures: `tick INTEGER NOT NULL, agent INTEGER NOT NULL, post INTEGER NOT NULL, origin INTEGER NOT NULL,
    source INTEGER NOT NULL, position INTEGER NOT NULL`,
} as const;

export type TableName = keyof typeof schema;

/** What becomes of a row whose key is there already. */
export const upserts: Partial<Record<TableName, string>> = {
  posts: ` ON CONFLICT (id) DO UPDATE SET shares = excluded.shares, likes = excluded.likes, replies = excluded.replies,
    dislikes = excluded.dislikes, reports = excluded.reports, standing = excluded.standing`,
};

/** For the questions people ask: by author, by cascade, by time, by agent, by either end of a tie. */
export const indexes = [
  'agents_by_id ON agents (id)',
  'posts_by_author ON posts (author)',
  'posts_by_root ON posts (root)',
  'posts_by_tick ON posts (tick)',
  'ties_by_follower ON ties (follower, followee)',
  'ties_by_followee ON ties (followee, follower)',
  'messages_by_sender ON messages (sender)',
  'messages_by_receiver ON messages (receiver)',
  'messages_by_group ON messages (chat_group)',
  'rulings_by_actor ON rulings (actor, tick, sequence)',
  'model_calls_by_agent ON model_calls (agent)',
  'exposures_by_agent ON exposures (agent)',
  'exposures_by_origin ON exposures (origin)',
];

/** For people: numbers as names, ordinals as external ids. A target of an own verb stays a number. */
export const views = `
CREATE VIEW actions AS SELECT rulings.tick, coalesce(actor.id, '(platform)') AS actor, rulings.sequence, verbs.name AS verb, rulings.target,
  iif(verbs.target = 'post', rulings.target, NULL) AS target_post, other.id AS target_agent, outcomes.name AS outcome,
  reasons.name AS reason, rules.name AS rule, rulings.amount, nullif(rulings.result, 0) AS result,
  rulings.argument, rulings.price, rulings.text
  FROM rulings LEFT JOIN agents AS actor ON actor.ordinal = rulings.actor LEFT JOIN verbs ON verbs.number = rulings.verb
  LEFT JOIN agents AS other ON other.ordinal = rulings.target AND verbs.target = 'agent'
  LEFT JOIN outcomes ON outcomes.number = rulings.outcome LEFT JOIN reasons ON reasons.number = rulings.reason
  LEFT JOIN rules ON rules.number = rulings.rule;
CREATE VIEW posts_named AS SELECT posts.id, agents.id AS author, posts.kind, posts.tick, posts.parent, posts.origin, posts.root,
  posts.topic, posts.shares, posts.likes, posts.replies,
  posts.dislikes, posts.reports, posts.standing, posts.community, posts.text FROM posts JOIN agents ON agents.ordinal = posts.author;
CREATE VIEW ties_named AS SELECT follower.id AS follower, followee.id AS followee, added_tick, removed_tick FROM ties
  JOIN agents AS follower ON follower.ordinal = ties.follower JOIN agents AS followee ON followee.ordinal = ties.followee;
CREATE VIEW exposures_named AS SELECT exposures.tick, agents.id AS agent, exposures.post, exposures.origin,
  sources.name AS source, exposures.position FROM exposures JOIN agents ON agents.ordinal = exposures.agent
  LEFT JOIN sources ON sources.number = exposures.source;`;
