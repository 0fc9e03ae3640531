/**
 * Line 5.5, first half: the genesis data of MoltBook, which stand beside the checkout, imported and measured by the command line, each number
 * of their reference beside the field whose name says its definition.
 *
 * "To the printed digits" is within 10^-12, or half of the last digit where the reference prints fewer. Louvain's modularity is the best of
 * ten random starts there and a bound from below here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, mesocosm, objectOf } from './figure.ts';
import type { Report } from './figure.ts';

const folder = join(checkout, '..', 'shared', 'data', 'moltbook-genesis');

type Tree = { readonly [name: string]: Tree | number | null };

/** Path in the reference => path under `measures`. */
const fields: Readonly<Record<string, string>> = {
  nodes: 'network.nodes',
  edges: 'network.edges',
  interactions: 'network.interactions',
  self_replies: 'network.selfLoopsDropped',
  density: 'network.density',
  reciprocity_edges: 'network.reciprocity',
  in_mean: 'network.degrees.in.mean',
  in_median: 'network.degrees.in.median',
  out_median: 'network.degrees.out.median',
  in_gini: 'network.degrees.in.gini',
  out_gini: 'network.degrees.out.gini',
  gini_total_degree: 'network.degreeGini',
  max_in: 'network.degrees.in.max',
  max_out: 'network.degrees.out.max',
  undirected_edges: 'network.undirectedEdges',
  transitivity_global: 'network.transitivity',
  'clustering_local_mean_deg2+': 'network.meanLocalClustering',
  clustering_local_mean_zero: 'network.meanLocalClusteringZeroed',
  degree_assortativity_undirected: 'network.assortativity',
  assortativity_directed: 'network.directedAssortativity',
  n_components: 'network.components',
  giant_frac: 'network.giantComponentShare',
  avg_path_len_giant: 'network.meanPathLength',
  diameter_giant: 'network.diameter',
  kcore_max: 'network.maxCore',
  scc_largest: 'network.largestStrongComponent',
  'periphery_frac_totdeg<=1': 'network.peripheryShare',
  'indeg_pl.alpha': 'network.inDegreeTail.alpha',
  'indeg_pl.xmin': 'network.inDegreeTail.xmin',
  'indeg_pl.KS': 'network.inDegreeTail.ks',
  'indeg_pl.n_tail': 'network.inDegreeTail.tailCount',
  'outdeg_pl.alpha': 'network.outDegreeTail.alpha',
  'outdeg_pl.xmin': 'network.outDegreeTail.xmin',
  'outdeg_pl.KS': 'network.outDegreeTail.ks',
  n_posts: 'threads.posts',
  n_comments: 'threads.replies',
  comment_no_reply_frac: 'threads.unansweredShare',
  first_comment_latency_median_s: 'threads.firstReplySeconds.1',
  'depth_counts.0': 'threads.depths.0',
  'depth_counts.1': 'threads.depths.1',
  'depth_counts.2': 'threads.depths.2',
  'depth_counts.3': 'threads.depths.3',
  'depth_counts.4': 'threads.depths.4',
  activity_gini: 'threads.activityGini',
  active_agents: 'threads.activeAgents',
  'activity_pl.alpha': 'threads.activityTail.alpha',
  'activity_pl.xmin': 'threads.activityTail.xmin',
  'comments_per_post_pl.alpha': 'threads.repliesPerPostTail.alpha',
  'comments_per_post_pl.xmin': 'threads.repliesPerPostTail.xmin',
  submolt_gini: 'threads.communities.gini',
  submolt_top_share: 'threads.communities.topShare',
  n_submolts: 'threads.communities.count',
  verbatim_cascades_ge2: 'threads.equalTexts.texts',
};

/** Runs the check; without the data it says so. */
export async function checkGenesis(report: Report): Promise<void> {
  const command = 'import moltbook moltbook-genesis; analyze network threads';
  if (!existsSync(folder)) {
    report({ command, figure: 'the data do not stand beside this checkout', bar: 'the reference' });
    return;
  }
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Tree;
  await mesocosm(['import', 'moltbook', folder, '--out', 'genesis-set']);
  const { measures } = await objectOf<{ measures: Tree }>(['analyze', 'genesis-set', 'network', 'threads']);
  let right = 0;
  for (const [reference, path] of Object.entries(fields)) {
    const [wanted, found] = [at(expected, reference), at(measures, path)];
    if (isClose(found, wanted)) right++;
    else report({ command: `${path} beside ${reference}`, figure: `${found}`, bar: `${wanted}`, met: false });
  }
  const all = Object.keys(fields).length;
  report({ command, figure: `${right} of ${all} numbers to the printed digits`, bar: 'all', met: right === all });
  const [modularity, louvain] = [at(measures, 'network.modularity'), at(expected, 'louvain_Q_unweighted_best_of_10')];
  report({
    command: 'network.modularity (Leiden) beside the best of ten Louvain starts',
    figure: `${modularity}`,
    bar: `at least ${louvain}`,
    met: modularity >= louvain,
  });
}

function at(tree: Tree, path: string): number {
  // Names of the reference hold no point; list places are names as well.
  const found = path.split('.').reduce<Tree | number | null>((one, name) => (one as Tree)[name], tree);
  return found as number;
}

function isClose(found: number, wanted: number): boolean {
  const decimals = (String(wanted).split('.')[1] ?? '').length;
  return Math.abs(found - wanted) <= Math.max(1e-12, decimals > 10 ? 0 : 0.5 * 10 ** -decimals);
}
