/**
 * How unequally attention is spread over agents: Lorenz curves of followers, of users reached, of likes received and of acts.
 *
 * Reads follows at the end and the log. Agents without anything count. A quantity that nobody has is left out.
 */
import { outcomes } from '../../sim/exchange/reasons.ts';
import { makesPost, verbs } from '../../sim/exchange/verbs.ts';
import { lorenzFigure, type LorenzSeries } from '../lorenz-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

export const inequality: FigureKind = {
  name: 'inequality',
  shows: 'Lorenz curves of followers, reach, likes and posts',
  lacks: (source) => (quantitiesOf(source).length === 0 ? 'nobody has followers, shares, likes or posts' : undefined),
  draw: (source) =>
    lorenzFigure({
      title: 'How unequally attention is spread',
      source: source.line,
      unitName: 'agents',
      seed: source.seed,
      series: quantitiesOf(source),
    }),
  caption: () =>
    'The poorest agents stand at the left; the further a curve hangs below the line of equality, the fewer agents hold most of it.',
};

function quantitiesOf(source: FigureSource): LorenzSeries[] {
  return source.once('inequality', () => {
    const { graph, agentOf } = source.layer;
    const { count } = source.records.population;
    const [followers, posts, likes, shares] = [0, 1, 2, 3].map(() => new Float64Array(count));
    for (const target of graph.targets) followers[agentOf(target)] += 1;
    const { posts: rows } = source.sharing;
    for (let row = 0; row < rows.count; row++) if (rows.parent[row] >= 0) shares[rows.author[rows.parent[row]]] += 1;
    for (const { intentCount, actor, verb, target, outcome } of source.records.ticks()) {
      for (let i = 0; i < intentCount; i++) {
        if (outcome[i] !== outcomes.granted || actor[i] >= count) continue;
        if (makesPost(verb[i])) posts[actor[i]] += 1;
        const row = target[i] - 1;
        if ((verb[i] === verbs.like || verb[i] === verbs.upvote) && row >= 0 && row < rows.count)
          likes[rows.author[rows.origin[row]]] += 1;
      }
    }
    const received = source.layerName === 'follow' ? 'followers' : 'ties received';
    const all = [
      { name: received, values: followers },
      { name: 'shares and replies received', values: shares },
      { name: 'likes received', values: likes },
      { name: 'posts written', values: posts },
    ];
    return all.filter(({ values }) => values.some((value) => value > 0));
  });
}
