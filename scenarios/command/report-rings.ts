/**
 * The rings of a report: the picture, a table that leads from each ring to its evidence, and the evidence, post by post.
 *
 * Two clicks lead from the top of the page to the posts that prove a ring: the link to this section, and the ring's own link.
 * Bound: 20 targets and 240 acts a ring; the notes say of how many.
 */
import type { FigureSource } from '../../viz/figures/source.ts';
import type { Block, Cell } from '../../viz/report.ts';
import type { Ring } from '../../viz/ring-figure.ts';

const actMax = 240;

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

function evidenceBlocks(ring: Ring, number: number): Block[] {
  const { agents, targetCount, pValue, qValue, targets } = ring;
  const isRead = targets.some(({ excerpt }) => excerpt !== null);
  return [
    { kind: 'heading', level: 3, text: `Evidence of ring ${number}`, anchor: `ring-${number}` },
    {
      kind: 'paragraph',
      text: `Members: ${agents.join(', ')}. Common targets: ${targetCount}. p ${chance(pValue)}, q ${chance(qValue)}.`,
    },
    {
      kind: 'table',
      caption: `What members of ring ${number} acted on`,
      columns: [
        { name: 'target', align: 'left' },
        { name: 'author', align: 'left' },
        { name: 'acts of members', align: 'right', decimals: 0 },
        { name: 'acts of everybody', align: 'right', decimals: 0 },
        ...(isRead ? [{ name: 'how it begins', align: 'left' as const }] : []),
      ],
      rows: targets.map(({ target, author, actsOfMembers, actsOfAll, excerpt }): Cell[] => [
        ...[target, author, actsOfMembers, actsOfAll],
        ...(isRead ? [excerpt] : []),
      ]),
      notes: ring.targetsLeftOut === 0 ? [] : [`The first ${targets.length} of ${targetCount} targets.`],
    },
    actsTable(ring, number),
  ];
}

/** Targets as the ring lists them, which is by how many members acted on each; acts on a target by time. */
function actsTable({ acts, actsLeftOut }: Ring, number: number): Block {
  return {
    kind: 'table',
    caption: `What members of ring ${number} did on each, and when`,
    columns: [
      { name: 'target', align: 'left' },
      { name: 'time', unit: 'hours', align: 'right', decimals: 2 },
      { name: 'agent', align: 'left' },
      { name: 'act', align: 'left' },
    ],
    rows: acts.slice(0, actMax).map(({ target, hours, agent, words }): Cell[] => [target, hours, agent, words]),
    notes: [
      ...(acts.length > actMax ? [`The first ${actMax} of ${acts.length} acts; the CSV of the figure has all.`] : []),
      ...(actsLeftOut > 0 ? [`${actsLeftOut} further acts on these targets are counted and not listed.`] : []),
    ],
  };
}

function chance(value: number | null): string {
  return value === null ? 'not tested' : value.toPrecision(2);
}
