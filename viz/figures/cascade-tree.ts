/**
 * The largest cascade as a tree: who passed it on from whom, and when.
 *
 * Reads the sharing tree with the most users. Small trees are drawn along time, larger ones on rings.
 */
import { groupThousands } from '../axes.ts';
import { treeFigure } from '../tree-figure.ts';
import type { FigureKind } from './source.ts';

const alongTimeMax = 60;

export const cascadeTree: FigureKind = {
  name: 'cascade-tree',
  shows: 'the largest cascade as a tree',
  lacks: ({ largest }) =>
    largest === undefined || largest.rows.length < 2 ? 'nothing was reposted or quoted' : undefined,
  draw(source) {
    const { columns } = source.sharing;
    const { rows, root } = source.largest ?? { rows: [], root: 0 };
    const place = new Map(rows.map((row, at) => [row, at]));
    return treeFigure({
      title: `The largest cascade: ${groupThousands(String(rows.length))} posts and reposts`,
      source: source.line,
      parent: rows.map((row) => (row === root ? -1 : (place.get(columns.parent[row]) ?? -1))),
      time: rows.map((row) => columns.timeHours[row] - columns.timeHours[root]),
      timeAxis: { label: 'time after the first post', unit: 'hours' },
      names: rows.map((row) => source.agentName(columns.author[row])),
      layout: rows.length <= alongTimeMax ? 'time' : 'radial',
      stepName: 'steps from the first post',
    });
  },
  caption({ largest, cascadeTable }) {
    const place = largest?.place ?? 0;
    return `Each disc is a post, repost or quote, joined to the one that was seen; ${cascadeTable.size[place]} users, depth ${cascadeTable.depth[place]}, greatest breadth ${cascadeTable.maxBreadth[place]}.`;
  },
};
