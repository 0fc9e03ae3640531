/**
 * Which rule settles which ranked verb.
 */
import { verbs } from '../../exchange/verbs.ts';
import { circleRules } from './circles.ts';
import { communityRules } from './communities.ts';
import { exchangeRules } from './exchange.ts';
import { marketRules } from './market.ts';
import { mutualRules } from './mutual.ts';
import { placeRules } from './places.ts';
import { wordRules } from './words.ts';
import type { BuiltInVerb } from '../../exchange/verbs.ts';
import type { RankedRule, RankedRules } from './settlement.ts';

const byName: RankedRules = {
  ...circleRules,
  ...communityRules,
  ...exchangeRules,
  ...marketRules,
  ...mutualRules,
  ...placeRules,
  ...wordRules,
};

/** The rules by number of the verb. */
export const rankedRules: Readonly<Record<number, RankedRule>> = Object.fromEntries(
  Object.entries(byName).map(([name, rule]) => [verbs[name as BuiltInVerb], rule]),
);
