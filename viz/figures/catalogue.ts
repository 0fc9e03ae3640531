/**
 * The figures that a run can give, in the order in which a reader asks for them.
 */
import { actsByTick, awakeByTick } from './activity.ts';
import { adoptionByExposure } from './adoption.ts';
import { cascadeGrowth } from './cascade-growth.ts';
import { cascadeSizes } from './cascade-sizes.ts';
import { cascadeTree } from './cascade-tree.ts';
import { communityNetwork } from './communities.ts';
import { conformity } from './conformity.ts';
import { contagion } from './contagion.ts';
import { feedComposition } from './feed.ts';
import { inequality } from './inequality.ts';
import { opinionRidges } from './opinions.ts';
import { prices } from './prices.ts';
import { coActingRings } from './rings.ts';
import { roleMap } from './roles.ts';
import type { FigureKind } from './source.ts';

/** Every kind, by name. */
export const figureKinds: readonly FigureKind[] = [
  ...[cascadeTree, cascadeGrowth, cascadeSizes, adoptionByExposure, contagion, feedComposition],
  ...[roleMap, communityNetwork, inequality, opinionRidges, conformity, prices, coActingRings],
  ...[awakeByTick, actsByTick],
];
