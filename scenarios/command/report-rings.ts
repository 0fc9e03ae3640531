/**
 * The rings of a report: the picture, a table that leads from each ring to its evidence, and the evidence, post by post.
 *
 * Two clicks lead from the top of the page to the posts that prove a ring: the link to this section, and the ring's own link.
 * Bound: 60 acts a ring; the note says of how many.
 */
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell } from '../../viz/report.ts';
import type { Ring } from '../../viz/ring-figure.ts';

const actMax = 60;

/** Blocks of the section; none where nothing measures rings or none was found. */
export function ringBlocks({ rings }: FigureSource, picture: readonly Block[]): Block[] {
  if (rings === undefined || rings.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'Agents who act together', anchor: 'rings-and-evidence' },
    {
      kind: 'links',
      items: rings.map((ring, at) => ({
        text: `ring ${at + 1}: ${ring.agents.length} agents, its posts`,
        anchor: `ring-${at + 1}`,
      })),
    },
    ...picture,
    ...rings.flatMap((ring, at) => evidenceBlocks(ring, at + 1)),
  ];
}

function evidenceBlocks({ agents, targetCount, pValue, qValue, acts }: Ring, number: number): Block[] {
  const byTarget = [...acts].sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : a.hours - b.hours));
  return [
    { kind: 'heading', level: 3, text: `Evidence of ring ${number}`, anchor: `ring-${number}` },
    {
      kind: 'paragraph',
      text: `Members: ${agents.join(', ')}. Common targets: ${targetCount}. p ${chance(pValue)}, q ${chance(qValue)}.`,
    },
    {
      kind: 'table',
      caption: `What members of ring ${number} did on common targets`,
      columns: [
        { name: 'target', align: 'left' },
        { name: 'time', unit: 'hours', align: 'right', decimals: 2 },
        { name: 'agent', align: 'left' },
        { name: 'act', align: 'left' },
      ],
      rows: byTarget
        .slice(0, actMax)
        .map(({ target, hours, agent, words }): Cell[] => [target, hours, agent, words ?? null]),
      notes: acts.length > actMax ? [`The first ${actMax} of ${acts.length} acts; the CSV of the figure has all.`] : [],
    },
  ];
}

function chance(value: number | null): string {
  return value === null ? 'not tested' : value.toPrecision(2);
}
