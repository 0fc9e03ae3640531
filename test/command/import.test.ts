/**
 * `import`, and every command on what it made: the reference statistics of the genesis data, refusals, hostile texts, populations that run.
 *
 * The genesis tables are written anew from the numbers in test/data (`genesis-replies.json`): posts that nobody answered have an author
 * of their own there, since theirs are not kept; nothing that is compared depends on them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { genesis } from '../analysis/worlds.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

function write(name: string, content: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
  return name;
}

function timeOf(second: number): string {
  return new Date(Date.UTC(2026, 0, 27) + second * 1000).toISOString();
}

/** The genesis data as flat tables. */
function writeGenesis(): void {
  const { sources, targets, parent, commentPost, commentDelaySeconds, postCount } = genesis;
  const authors = Array.from({ length: postCount }, (_, post) => `writer ${post}`);
  sources.forEach((_, comment) => {
    if (parent[comment] < 0) authors[commentPost[comment]] = String(targets[comment]);
  });
  const postRows = authors.map((author, post) => `${post},${author},${timeOf(post * 60)}`);
  const commentRows = sources.map((author, comment) => {
    const post = commentPost[comment];
    const above = parent[comment] < 0 ? '' : parent[comment];
    return `${comment},${post},${above},${author},${timeOf(post * 60 + commentDelaySeconds[comment])}`;
  });
  write('genesis/posts.csv', ['post,author,created_at', ...postRows].join('\n') + '\n');
  write('genesis/comments.csv', ['comment,post,parent,author,created_at', ...commentRows].join('\n') + '\n');
}

interface Imported {
  readonly agents: number;
  readonly ties: number;
  readonly posts: number;
  readonly digest: string;
  readonly dropped: readonly { reason: string; count: number; first: { file: string; line?: number } }[];
  readonly noted: Imported['dropped'];
  readonly written: readonly string[];
}

interface Analysis {
  readonly measures: Readonly<Record<'network' | 'threads', Readonly<Record<string, never>>>>;
}

describe('the genesis data', () => {
  let imported: Imported;
  let measures: Analysis['measures'];
  beforeAll(async () => {
    writeGenesis();
    imported = await objectOf<Imported>(['import', 'moltbook', 'genesis', '--out', 'genesis-set'], folder);
    ({ measures } = await objectOf<Analysis>(['analyze', 'genesis-set', 'network', 'threads'], folder));
  });

  test('all rows are taken, replies to oneself are counted, nothing is left out', () => {
    const { expected } = genesis;
    expect(imported).toMatchObject({ posts: expected['n_posts'] + expected['n_comments'], ties: 0, dropped: [] });
    expect(imported.noted).toContainEqual(
      expect.objectContaining({ reason: 'reply to oneself', count: expected['self_replies'] }),
    );
  });

  test('analyze network takes the reply layer by itself and gives the reference to its printed digits', () => {
    const { expected } = genesis;
    const wanted = {
      nodes: expected['nodes'],
      edges: expected['edges'],
      undirectedEdges: expected['undirected_edges'],
      selfLoopsDropped: expected['self_replies'],
      components: expected['n_components'],
      giantComponentShare: expected['giant_frac'],
      largestStrongComponent: expected['scc_largest'],
      maxCore: expected['kcore_max'],
      diameter: expected['diameter_giant'],
    };
    expect(measures.network).toMatchObject({ layer: 'reply', ...wanted });
    const close: [string, string][] = [
      ['density', 'density'],
      ['reciprocity', 'reciprocity_edges'],
      ['transitivity', 'transitivity_global'],
      ['meanLocalClustering', 'clustering_local_mean_deg2+'],
      ['assortativity', 'degree_assortativity_undirected'],
      ['directedAssortativity', 'assortativity_directed'],
      ['meanPathLength', 'avg_path_len_giant'],
      ['degreeGini', 'gini_total_degree'],
      ['peripheryShare', 'periphery_frac_totdeg<=1'],
    ];
    for (const [field, reference] of close) expect(measures.network[field]).toBeCloseTo(expected[reference], 12);
    expect(measures.network['modularity']).toBeGreaterThanOrEqual(expected['louvain_Q_unweighted_best_of_10']);
  });

  test('degrees and tails, and threads: depths, answers, latency', () => {
    const { expected } = genesis;
    const { network, threads } = measures;
    expect(network['degrees']).toMatchObject({
      in: {
        mean: expected['in_mean'],
        median: expected['in_median'],
        max: expected['max_in'],
        gini: expect.closeTo(expected['in_gini'], 12) as number,
      },
      out: {
        median: expected['out_median'],
        max: expected['max_out'],
        gini: expect.closeTo(expected['out_gini'], 12) as number,
      },
    });
    const tails = {
      indeg_pl: network['inDegreeTail'],
      outdeg_pl: network['outDegreeTail'],
      comments_per_post_pl: threads['repliesPerPostTail'],
    } as const;
    for (const [name, tail] of Object.entries(tails)) {
      const { alpha, xmin, KS, n_tail: tailCount } = expected[name as 'indeg_pl'];
      expect(tail).toMatchObject({
        xmin,
        tailCount,
        alpha: expect.closeTo(alpha, 4) as number,
        ks: expect.closeTo(KS, 5) as number,
      });
    }
    expect(threads).toMatchObject({
      posts: expected['n_posts'],
      replies: expected['n_comments'],
      depths: Object.values(expected['depth_counts'] as unknown as Record<string, number>),
      postsAnswered: 385,
    });
    expect(threads['unansweredShare']).toBeCloseTo(expected['comment_no_reply_frac'], 12);
    expect(threads['firstReplySeconds'][1]).toBe(expected['first_comment_latency_median_s']);
  });

  test('verify, index, export, report and diff take it; what would compute it is refused', async () => {
    expect(await objectOf(['verify', 'genesis-set'], folder)).toMatchObject({ same: true, recorded: imported.digest });
    const { tables } = await objectOf<{ tables: Record<string, number> }>(['index', 'genesis-set'], folder);
    expect(tables).toMatchObject({ posts: imported.posts, agents: imported.agents });
    expect(await objectOf(['export', 'genesis-set', '--format', 'graphml'], folder)).toMatchObject({
      layer: 'reply',
      edges: genesis.expected['edges'],
    });
    await objectOf(['report', 'genesis-set'], folder);
    const page = readFileSync(join(folder, 'genesis-set/report.html'), 'utf8');
    expect(page).toContain('nothing here was simulated');
    expect(page).toContain('comments.csv');
    for (const command of [['resume'], ['fork', '--at', '3'], ['verify', '--halve-tick']]) {
      const [name, ...flags] = command;
      const { status, stderr } = await mesocosm([name, 'genesis-set', ...flags], folder);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^INPUT_NOT_A_RUN genesis-set a data set is stored here/),
      ]);
    }
  });

  test('a second import into the directory is refused, and the first stays', async () => {
    const { status, stderr } = await mesocosm(['import', 'moltbook', 'genesis', '--out', 'genesis-set'], folder);
    expect([status, stderr.startsWith('INPUT_EXISTS genesis-set')]).toEqual([2, true]);
    expect(await objectOf(['verify', 'genesis-set'], folder)).toMatchObject({ recorded: imported.digest });
  });
});

const hostile = [
  '<script>alert(1)</script>',
  '=cmd|calc',
  '@SUM(A1)',
  '\u202Eevil',
  '\u001b[31mred',
  'a"b,c',
  '__proto__',
  "it's",
];

test('hostile names and texts are kept, and leave escaped', async () => {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const posts = hostile.map(
    (name, i) => `${i},${quoted(name)},${quoted(name)},2026-01-28T10:0${i}:00Z,${quoted(name)}`,
  );
  write('hostile/posts.csv', ['id,author,submolt,created_at,content', ...posts].join('\n'));
  const comments = hostile.map(
    (_, i) => `c${i},${i},,${quoted(hostile[(i + 1) % hostile.length])},2026-01-28T11:0${i}:00Z,x`,
  );
  const ring = [`=evil,0,=evil,${quoted(hostile[0])},2026-01-28T12:00:00Z,x`];
  write('hostile/comments.csv', ['id,post,parent,author,created_at,content', ...comments, ...ring].join('\n'));
  const text = await mesocosm(['import', 'moltbook', 'hostile', '--out', 'hostile-set'], folder);
  expect(text.stdout + text.stderr).not.toContain('\u001b');
  expect(text.stdout).toContain('left out 1: comment in a ring of parents; the first at comments.csv:10: "=evil"');
  await objectOf(['report', 'hostile-set'], folder);
  const page = readFileSync(join(folder, 'hostile-set/report.html'), 'utf8');
  expect(page).not.toContain('<script>alert(1)</script>');
  const { files } = await objectOf<{ files: string[] }>(['export', 'hostile-set', '--format', 'csv'], folder);
  const nodes = readFileSync(join(folder, files[0]), 'utf8');
  expect(nodes).toContain("'=cmd|calc");
  expect(nodes).toContain("'@SUM(A1)");
  expect(await objectOf(['analyze', 'hostile-set', 'network'], folder)).toMatchObject({
    measures: { network: { nodes: 8, edges: 8 } },
  });
});

test('a source with a problem is refused, and nothing is written', async () => {
  write('bad/posts.csv', 'post,author,created_at\n1,a,2026-01-28\n2,b,28.01.2026\n');
  write('bad/comments.csv', 'comment,post,parent,author,created_at\n');
  const { status, stdout, stderr } = await mesocosm(['import', 'moltbook', 'bad', '--out', 'bad-set'], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^INPUT_TYPE bad\/posts\.csv:3:5 created_at must be a time, got "28\.01\.2026"/);
  expect(existsSync(join(folder, 'bad-set'))).toBe(false);
});

test('edges: a list, and its own export read back, give the same network', async () => {
  write(
    'ring.csv',
    'source,target\n' +
      Array.from({ length: 50 }, (_, i) => `${i},${(i + 1) % 50}\n${i},${(i * 7 + 2) % 50}\n`).join(''),
  );
  const first = await objectOf<Imported>(['import', 'edges', 'ring.csv', '--out', 'ring-set'], folder);
  const { files } = await objectOf<{ files: string[] }>(['export', 'ring-set', '--format', 'gexf'], folder);
  const again = await objectOf<Imported>(['import', 'edges', files[0], '--out', 'ring-again'], folder);
  expect([again.agents, again.ties]).toEqual([first.agents, first.ties]);
  const [one, two] = await Promise.all(
    ['ring-set', 'ring-again'].map((set) => objectOf<Analysis>(['analyze', set, 'network'], folder)),
  );
  expect(two.measures.network).toEqual(one.measures.network);
  const strict = await mesocosm(['import', 'edges', 'ring.csv', '--out', 'strict-set', '--strict'], folder);
  expect([strict.status, strict.stderr.split(' ')[0]]).toEqual([2, 'INPUT_SELF_FOLLOW']);
  await objectOf(['report', 'ring-set'], folder);
});

test('oasis: the population files are read by a scenario, which runs', async () => {
  const rows = Array.from(
    { length: 30 },
    (_, i) => `${i},${i},u${i},u${i},"[${(i + 1) % 30}, ${(i + 5) % 30}]",[],char,text`,
  );
  write(
    'oasis/people.csv',
    [',user_id,name,username,following_agentid_list,previous_tweets,user_char,description', ...rows].join('\n'),
  );
  const imported = await objectOf<Imported>(['import', 'oasis', 'oasis/people.csv', '--out', 'oasis-set'], folder);
  expect(imported).toMatchObject({
    agents: 30,
    ties: 60,
    written: ['population/agents.csv', 'population/follows.csv'],
  });
  const scenario =
    'version: 1\nname: people\nseed: 3\nticks: 5\npopulation:\n  kind: files\n  agents: population/agents.csv\n  follows: population/follows.csv\n';
  write('oasis-set/people.yaml', scenario);
  expect(
    await objectOf(['run', 'oasis-set/people.yaml', '--out', 'people-run', '--index', 'none'], folder),
  ).toMatchObject({ agents: 30, ticks: 5 });
});

test('import: a kind that does not exist, a path that does not exist, a missing --out', async () => {
  const kind = await mesocosm(['import', 'mastodon', 'x', '--out', 'y'], folder);
  expect([kind.status, kind.stderr]).toEqual([2, expect.stringContaining('Known: moltbook, oasis, acts, edges')]);
  const path = await mesocosm(['import', 'moltbook', 'nowhere', '--out', 'y'], folder);
  expect([path.status, path.stderr.startsWith('INPUT_NOT_FOUND nowhere')]).toEqual([2, true]);
  expect((await mesocosm(['import', 'edges', 'ring.csv'], folder)).status).toBe(2);
});
