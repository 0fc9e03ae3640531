/**
 * Co-acting rings with the acts that prove them. Rings come from whoever measured them (`FigureOptions.rings`).
 */
import { ringFigure } from '../ring-figure.ts';
import type { FigureKind } from './source.ts';

export const coActingRings: FigureKind = {
  name: 'rings',
  shows: 'rings of agents who act together, with their evidence',
  lacks({ rings }) {
    if (rings === undefined) return 'nothing measures collusion in this run';
    return rings.length === 0 ? 'no ring was found that chance does not explain' : undefined;
  },
  draw: (source) => ringFigure({ title: 'Agents who act together', source: source.line, rings: source.rings ?? [] }),
  caption: ({ rings = [] }) =>
    `${rings.length} ${rings.length === 1 ? 'ring' : 'rings'}, the surest first; acts of members on targets that at least two of them share.`,
};
