/**
 * One world of lines 8.3 as a task for a core: drawn, looked through, and counted.
 *
 * Reads nothing; a result is a function of the order. Acts on targets and, where some are popular, acts on those are looked through, as `analyze` does; p of
 * each kind is multiplied by their number.
 */
import { defaultOptions, findCollusion } from '../../analysis/estimators/collusion.ts';
import { benjaminiHochberg } from '../../analysis/estimators/multiplicity.ts';
import { columnsOfRows, popularOptions, popularRows } from '../../analysis/estimators/popular-targets.ts';
import { collusionWorld } from '../analysis/collusion-worlds.ts';
import type { ActColumns } from '../../analysis/estimators/act-index.ts';
import type { PlantedRing } from '../analysis/collusion-worlds.ts';

/** A world to look through. */
export interface RingWorldOrder {
  readonly seed: number;
  readonly rings: readonly PlantedRing[];
  readonly postsPerDay?: number;
}

/** What was found of it. */
export interface RingWorldResult {
  /** Rings at q <= 0.05: none in a clean world, if all is well. */
  readonly ringCount: number;
  /** Agents in such rings, and those of them that are planted. */
  readonly listed: number;
  readonly right: number;
  /** Members found of each planted ring. */
  readonly found: readonly number[];
  readonly hasPopular: boolean;
}

const significantAt = 0.05 + 1e-12;
const deals = 39;

/** Draws a world and looks through it. Named by the ensemble. */
export function lookThrough({ seed, ...plan }: RingWorldOrder): RingWorldResult {
  const world = collusionWorld(seed, plan);
  const { rings, hasPopular } = ringsAmong(world.columns, seed);
  const passed = rings.filter(({ qValue }) => qValue <= significantAt);
  const members = new Set(passed.flatMap(({ agents }) => agents));
  return {
    ringCount: passed.length,
    listed: members.size,
    right: new Set(world.rings.flat().filter((agent) => members.has(agent))).size,
    found: world.rings.map((ring) => ring.filter((agent) => members.has(agent)).length),
    hasPopular,
  };
}

function ringsAmong(columns: ActColumns, seed: number) {
  const popular = popularRows(columns, defaultOptions.windowsSeconds, defaultOptions.targetActsMax);
  const hasPopular = popular.rows.length > 0;
  const given = { ...popularOptions, windowsSeconds: popular.windowsSeconds, seed, deals, streamKey: 9 };
  const parts = [
    findCollusion(columns, { seed, deals }),
    ...(hasPopular ? [findCollusion(columnsOfRows(columns, popular.rows), given)] : []),
  ];
  const rings = parts.flatMap((part) => part.rings);
  const q = benjaminiHochberg(rings.map(({ pValue }) => Math.min(1, pValue * parts.length)));
  return { hasPopular, rings: rings.map(({ agents }, k) => ({ agents, qValue: q[k] })) };
}
