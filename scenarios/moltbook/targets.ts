/**
 * The list of what the MoltBook study is held to: published statistics, each with its definition, its source and whether it is calibrated or held out.
 *
 * Pure data. Committed before the first calibration and not changed after it; what is wrong with it is said in the page of the study.
 * *Choice of targets*: everything that Holtz printed of 27 to 31 January 2026 and that does not merely count the platform (agents, posts,
 * density), because it is one window with one set of definitions; the headline numbers of Molt Dynamics; of other papers only what Holtz has
 * not. Where two papers contradict each other by definition (reciprocity of ties against that of dyads; seconds to a reply), one source is chosen.
 * *Intervals*, by one rule: `published` where the paper gives one; else `studies`, from the least to the greatest value of papers with one
 * definition; else `tolerance`, a tenth of the value either way, which no paper states and which is ours.
 * *Score of a held-out one*: the distance of our mean over seeds from the value, beside the distance of two halves of real data from each other, the
 * distance of the first whole day of real data (that day persists), and the distance of agents that act independently at observed rates.
 * Beaten is a baseline whose distance is greater than ours. Invariant: ids are unique; statistics are names of `statistics.ts`.
 * Source: `data/published/moltbook.json` and `molt-dynamics.json` say what could be read of each paper.
 */

/** Whether parameters were fitted to it. */
export type TargetKind = 'calibrated' | 'held-out';

/** Where an interval comes from. */
export type IntervalRule = 'published' | 'studies' | 'tolerance';

/** A published statistic. */
export interface MoltbookTarget {
  readonly id: string;
  readonly kind: TargetKind;
  /** Name of what computes it here, of simulated and of real discussions alike. */
  readonly statistic: string;
  readonly definition: string;
  readonly unit: string;
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly intervalRule: IntervalRule;
  readonly source: string;
}

const holtz = 'Holtz, Anatomy of the Moltbook Social Graph (27 to 31 January 2026; 6,159 active agents)';
const li = 'Li, Moltbook Illusion (27 January to 5 February 2026; 22,020 agents)';
const eziz = 'Eziz, Fast Response or Silence (28 January to 4 February 2026; 34,730 commented threads)';
const zerhoudi = 'Zerhoudi et al., Form Without Function (27 January to 9 March 2026; 120,000 profiles)';
const demarzo = 'De Marzo and Garcia (to 8 February 2026; 46,690 agents)';
const price = 'Price et al., Let There Be Claws (28 January to 8 February 2026; 15,083 accounts)';
const riccardo = 'Riccardo-Labs thesis (later data; 9,096 agents)';
const molt = 'Molt Dynamics, arXiv 2603.03555v1, abstract (28 January to 20 February 2026; 90,704 active agents)';

type Row = readonly [
  id: string,
  value: number,
  unit: string,
  definition: string,
  source: string,
  interval?: readonly [number, number],
  rule?: 'published' | 'studies',
];

const calibrated: readonly Row[] = [
  ['activityGini', 0.839, 'Gini', 'posts and comments over agents that wrote any', holtz],
  [
    'commentsPerPost',
    8.29,
    'comments',
    'comments over posts: 115,031 over 13,875; 405,707 over 91,792 in Li; De Marzo and Zerhoudi lie between',
    `${holtz}; ${li}`,
    [4.42, 8.29],
    'studies',
  ],
  [
    'answeredShare',
    0.946,
    'share of posts',
    'posts that have a comment; 40.75 % in Li',
    `${holtz}; ${li}`,
    [0.4075, 0.946],
    'studies',
  ],
  [
    'unansweredShare',
    0.935,
    'share of comments',
    'comments that no comment names as parent; 90.4 % in Eziz',
    `${holtz}; ${eziz}`,
    [0.904, 0.935],
    'studies',
  ],
  [
    'firstCommentSeconds',
    24,
    'seconds',
    'median from a post to its first comment, over posts that have one; 55 s in Zerhoudi',
    `${holtz}; ${zerhoudi}`,
    [24, 55],
    'studies',
  ],
  [
    'duplicateShare',
    0.341,
    'share of messages',
    'posts and comments whose exact text another post or comment has, too',
    holtz,
  ],
  [
    'reciprocity',
    0.197,
    'share of ties',
    'ties of the reply graph (commenter to author of parent) whose reverse exists',
    holtz,
  ],
  [
    'topCommunityShare',
    0.678,
    'share of posts',
    'posts in the community with the most; 71 % in Li',
    `${holtz}; ${li}`,
    [0.678, 0.71],
    'studies',
  ],
];

const heldOut: readonly Row[] = [
  ['activityAlpha', 1.7, 'exponent', 'posts and comments by agent, zeta tail from the xmin of least KS', holtz],
  ['transitivity', 0.043, 'share of wedges', '3 triangles over wedges, undirected reply graph', holtz],
  ['meanLocalClustering', 0.47, 'share of pairs', 'mean local clustering over agents with two neighbours', holtz],
  [
    'meanPathLength',
    2.91,
    'steps',
    'mean distance in the giant component, undirected; 3.72 in Riccardo-Labs',
    `${holtz}; ${riccardo}`,
    [2.91, 3.72],
    'studies',
  ],
  ['assortativity', -0.21, 'correlation', 'degrees at both ends of a tie, undirected reply graph', holtz],
  [
    'modularity',
    0.303,
    'modularity',
    'best partition of the reply graph; 0.4596 in Li, 0.417 in Riccardo-Labs',
    `${holtz}; ${li}; ${riccardo}`,
    [0.303, 0.4596],
    'studies',
  ],
  ['outDegreeMedian', 1, 'agents', 'median number of agents whom an agent of the reply graph answered', holtz],
  ['inDegreeSkew', 1.95, 'ratio', 'mean over median in-degree of the reply graph: 11.7 over 6', holtz],
  ['firstCommentMeanMinutes', 8, 'minutes', 'mean from a post to its first comment, over posts that have one', holtz],
  ['topTenCommunitiesShare', 0.851, 'share of posts', 'posts in the ten communities with the most', holtz],
  [
    'smallThreadShare',
    0.395,
    'share of threads',
    'threads of fewer than 5 messages, over threads with a comment',
    holtz,
  ],
  [
    'wideThreadShare',
    0.36,
    'share of threads',
    '5 messages or more, depth at most 2 (the post at 0), half or more of them right below the post; over threads with a comment',
    holtz,
  ],
  [
    'deepThreadShare',
    0.05,
    'share of threads',
    '5 messages or more, depth 4 or more, less than 0.3 of them right below the post; over threads with a comment',
    holtz,
  ],
  [
    'depthZeroShare',
    0.9404,
    'share of comments',
    'comments right below a post; 97.19 % in Eziz',
    `${li}; ${eziz}`,
    [0.9404, 0.9719],
    'studies',
  ],
  [
    'depthOneShare',
    0.0562,
    'share of comments',
    'comments below a comment that is right below a post; 2.67 % in Eziz',
    `${li}; ${eziz}`,
    [0.0267, 0.0562],
    'studies',
  ],
  [
    'depthTwoShare',
    0.0034,
    'share of comments',
    'comments two steps below a comment, or more; 0.14 % in Eziz',
    `${li}; ${eziz}`,
    [0.0014, 0.0034],
    'studies',
  ],
  [
    'postsGini',
    0.61,
    'Gini',
    'posts over agents that posted; 0.601 in Price',
    `${li}; ${price}`,
    [0.601, 0.61],
    'studies',
  ],
  [
    'replySeconds',
    4.6,
    'seconds',
    'median from a comment to the first comment that names it as parent, over comments that have one',
    eziz,
  ],
  ['threadCommentsMedian', 5, 'comments', 'median comments of a post that has any', eziz],
  [
    'regularAuthorShare',
    0.265,
    'share of authors',
    'standard deviation over mean of the gaps between the acts of an author below 0.5; authors of three acts or more',
    li,
  ],
  ['burstyAuthorShare', 0.368, 'share of authors', 'the same above 1', li],
  [
    'neverReturnShare',
    0.914,
    'share of authors',
    'authors of posts with a comment who never write a comment below a post of their own',
    zerhoudi,
  ],
  [
    'flatThreadShare',
    0.856,
    'share of threads',
    'threads with a comment in which no comment answers a comment; 69.5 % in De Marzo',
    `${zerhoudi}; ${demarzo}`,
    [0.695, 0.856],
    'studies',
  ],
  ['upvoteGini', 0.97, 'Gini', 'upvotes over posts', li],
  [
    'largestClusterShare',
    0.935,
    'share of agents',
    'agents in the largest cluster of the Molt Dynamics recipe: the periphery',
    molt,
  ],
  ['silhouette', 0.91, 'silhouette', 'of the same clustering, everyone in it', molt],
  ['clusters', 6, 'clusters', 'k of the greatest silhouette, 3 to 8', molt],
  [
    'cascadeAlpha',
    2.57,
    'exponent',
    'distinct authors of one text, over texts of two authors or more, zeta tail from the xmin of least KS; published of word sequences, code and formats',
    molt,
    [2.55, 2.59],
    'published',
  ],
];

const toleranceShare = 0.1;

function targetOf(kind: TargetKind, [id, value, unit, definition, source, interval, rule]: Row): MoltbookTarget {
  const slack = toleranceShare * Math.abs(value);
  const between = interval ?? [value - slack, value + slack];
  return {
    id,
    kind,
    statistic: id,
    definition,
    unit,
    value,
    interval: between,
    intervalRule: rule ?? 'tolerance',
    source,
  };
}

/** All targets: the calibrated ones, then those held out. */
export const moltbookTargets: readonly MoltbookTarget[] = [
  ...calibrated.map((row) => targetOf('calibrated', row)),
  ...heldOut.map((row) => targetOf('held-out', row)),
];
