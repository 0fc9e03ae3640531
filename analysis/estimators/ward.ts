/**
 * Ward's clustering: from single rows upwards, always the two clusters whose union raises the sum of squares least.
 *
 * By nearest-neighbour chains (Murtagh 1983, Comput. J. 26; Müllner 2011, arXiv 1109.2378): a chain of ever nearer neighbours
 * ends in two clusters that are each other's nearest, and Ward's rule is reducible, so those two may be joined at once.
 * Clusters are held as means and sizes, hence O(n²) time and O(n) memory, no matrix of distances. Joins are sorted by height
 * at the end, since chains do not find them in order. Ties are broken by the lower number, and towards the chain's last link.
 * Oracle: scipy.cluster.hierarchy.linkage and scikit-learn on iris (k = 3: silhouette 0.5543); the naive search in the test.
 */
import { bySize } from './k-means.ts';
import type { Clustering } from './k-means.ts';
import type { Points } from './points.ts';

/** A join of two clusters, each named by one of its rows. */
export interface Join {
  readonly first: number;
  readonly second: number;
  /** √(2 n₁ n₂ / (n₁ + n₂)) × distance of the means: scipy's height; half its square is what the sum of squares grows by. */
  readonly height: number;
}

/** The n - 1 joins, in ascending height. */
export function wardJoins(points: Points): Join[] {
  const { count, dimensionCount } = points;
  const tree: Tree = {
    dimensionCount,
    means: points.values.slice(),
    size: new Float64Array(count).fill(1),
    active: Int32Array.from({ length: count }, (_, row) => row),
    activeCount: count,
    nearest: 0,
    cost: 0,
  };
  const joins: Join[] = [];
  const chain: number[] = [];
  while (tree.activeCount > 1) {
    if (chain.length === 0) chain.push(tree.active[0]);
    const last = chain[chain.length - 1];
    const before = chain.length > 1 ? chain[chain.length - 2] : -1;
    findNearest(tree, last, before);
    if (tree.nearest !== before) {
      chain.push(tree.nearest);
      continue;
    }
    chain.length -= 2;
    const [first, second] = before < last ? [before, last] : [last, before];
    joins.push({ first, second, height: Math.sqrt(2 * tree.cost) });
    unite(tree, first, second);
  }
  return joins
    .map((join, found) => ({ join, found }))
    .sort((a, b) => a.join.height - b.join.height || a.found - b.found)
    .map(({ join }) => join);
}

/** The clustering with `clusterCount` clusters; labels ascend from the largest to the smallest. */
export function wardClusters(points: Points, clusterCount: number): Clustering {
  return cutJoins(wardJoins(points), points.count, clusterCount);
}

/** Undoes the highest joins until there are `clusterCount` clusters. */
export function cutJoins(joins: readonly Join[], rowCount: number, clusterCount: number): Clustering {
  const parent = Int32Array.from({ length: rowCount }, (_, row) => row);
  const rootOf = (row: number): number => {
    while (parent[row] !== row) {
      parent[row] = parent[parent[row]];
      row = parent[row];
    }
    return row;
  };
  for (const { first, second } of joins.slice(0, rowCount - clusterCount)) parent[rootOf(second)] = rootOf(first);
  const numbers = new Map<number, number>();
  const label = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const root = rootOf(row);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    label[row] = number;
  }
  return bySize({ label, clusterCount: numbers.size });
}

interface Tree {
  readonly dimensionCount: number;
  /** Means of the clusters at the row that names them. */
  readonly means: Float64Array;
  readonly size: Float64Array;
  /** Names of the clusters that still stand, ascending. */
  readonly active: Int32Array;
  activeCount: number;
  /** Results of `findNearest`. */
  nearest: number;
  cost: number;
}

/** The cluster whose union with `from` costs least; `before` wins its ties, else the lowest name. */
function findNearest(tree: Tree, from: number, before: number): void {
  const { active, activeCount, size } = tree;
  let nearest = before;
  let least = before < 0 ? Number.POSITIVE_INFINITY : costOf(tree, from, before);
  for (let place = 0; place < activeCount; place++) {
    const other = active[place];
    if (other === from || size[other] === 0) continue;
    const cost = costOf(tree, from, other);
    if (cost < least) {
      least = cost;
      nearest = other;
    }
  }
  tree.nearest = nearest;
  tree.cost = least;
}

/** n₁ n₂ / (n₁ + n₂) × squared distance of the means: what a union adds to the sum of squares. */
function costOf({ means, size, dimensionCount }: Tree, one: number, other: number): number {
  let squares = 0;
  const from = one * dimensionCount;
  const to = other * dimensionCount;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const difference = means[from + dimension] - means[to + dimension];
    squares += difference * difference;
  }
  return ((size[one] * size[other]) / (size[one] + size[other])) * squares;
}

function unite(tree: Tree, first: number, second: number): void {
  const { means, size, dimensionCount, active } = tree;
  const total = size[first] + size[second];
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const place = first * dimensionCount + dimension;
    const other = means[second * dimensionCount + dimension];
    means[place] = (size[first] * means[place] + size[second] * other) / total;
  }
  size[first] = total;
  size[second] = 0;
  const at = active.subarray(0, tree.activeCount).indexOf(second);
  active.copyWithin(at, at + 1, tree.activeCount);
  tree.activeCount--;
}
