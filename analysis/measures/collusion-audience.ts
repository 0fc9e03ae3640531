/**
 * What two agents would share because they follow the same agents: the audience's part of acting together, where ties are known.
 *
 * Reads ties and posts. A post is before an agent if somebody it follows wrote it or spread it. Of those before it an agent acts on the post p with chance
 * min(1, r·q): q is the acts on p over the followers of all who wrote or spread it, r the agent's own acts on posts before it over the sum of q of
 * these. The expected joint targets of two agents are the sum, over posts before both, of both chances. Times are left out, which makes
 * the number larger: a pair passes only if it shares more than its audience and more than rhythm and popularity give.
 * A ring of followers that nobody else follows explains itself by this; so do fans of one author.
 * Order: none matters. Invariant: posts with more than `targetActsMax` acts are left out, as in the search. Oracle: sets, in `test/analysis/measures/collusion.test.ts`.
 */
import { postKinds } from '../../sim/world/posts.ts';
import { readFollows } from '../../sim/record/post-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { groupSlots } from '../estimators/act-index.ts';
import type { ActColumns } from '../estimators/act-index.ts';

/** Expected joint targets of two agents by whom they follow; undefined where nobody follows anybody. */
export function audienceOf(
  records: Records,
  posts: PostColumns,
  columns: ActColumns,
  targetActsMax: number,
): ((one: number, other: number) => number) | undefined {
  const { count: agentCount } = records.population;
  const { source, target: followee } = readFollows(records);
  if (source.length === 0) return undefined;
  const ties = groupSlots(source, agentCount);
  const followers = countsIn(followee, agentCount);
  const spread = spreadBy(posts, agentCount);
  const reach = new Float64Array(posts.count);
  for (let row = 0; row < posts.count; row++) {
    if (posts.kind[row] !== postKinds.reply) reach[posts.origin[row]] += followers[posts.author[row]];
  }
  const acts = countsIn(columns.target, columns.targetCount);
  const rate = Float64Array.from({ length: posts.count }, (_, post) =>
    acts[post] < 2 || acts[post] > targetActsMax || reach[post] === 0 ? 0 : Math.min(1, acts[post] / reach[post]),
  );
  const byAgent = groupSlots(columns.agent, agentCount);
  const before = (agent: number): Set<number> => {
    const shown = new Set<number>();
    for (let k = ties.offset[agent]; k < ties.offset[agent + 1]; k++) {
      const writer = followee[ties.slot[k]];
      for (let at = spread.offset[writer]; at < spread.offset[writer + 1]; at++) {
        const post = posts.origin[spread.slot[at]];
        if (rate[post] > 0) shown.add(post);
      }
    }
    return shown;
  };
  const readinessOf = (agent: number, shown: ReadonlySet<number>): number => {
    let [own, sum] = [0, 0];
    for (let at = byAgent.offset[agent]; at < byAgent.offset[agent + 1]; at++) {
      if (shown.has(columns.target[byAgent.slot[at]])) own++;
    }
    for (const post of shown) sum += rate[post];
    return sum === 0 ? 0 : own / sum;
  };
  return (one, other) => {
    const [mine, theirs] = [before(one), before(other)];
    const [r, s] = [readinessOf(one, mine), readinessOf(other, theirs)];
    let expected = 0;
    for (const post of mine) {
      if (theirs.has(post)) expected += Math.min(1, r * rate[post]) * Math.min(1, s * rate[post]);
    }
    return expected;
  };
}

function countsIn(column: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (const one of column) counts[one]++;
  return counts;
}

/** Rows of posts, reposts and quotes by who made them; replies are shown to nobody's followers. Replies are grouped with a last agent that is none. */
function spreadBy(posts: PostColumns, agentCount: number): { offset: Int32Array; slot: Int32Array } {
  const maker = Int32Array.from(posts.author, (one, row) => (posts.kind[row] === postKinds.reply ? agentCount : one));
  return groupSlots(maker, agentCount + 1);
}
