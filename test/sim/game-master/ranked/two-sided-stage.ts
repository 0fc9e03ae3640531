/**
 * A stage for what takes two, for places and for availability: goods, games and places, the verbs, and what the ledger holds by ordinal.
 */
import { reasonName, ruleName } from '../../../../sim/exchange/reasons.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { play } from '../scripted.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { Plan } from '../../../../sim/engine/plan.ts';
import type { Account } from '../../../../sim/world/ledger.ts';
import type { Played, Script, Stage } from '../scripted.ts';

/** Verbs of the stage. */
export const stageVerbs = [
  ...['post', 'follow', 'like', 'report', 'remove', 'label', 'limit', 'delete', 'block', 'unblock', 'ban'],
  ...['befriend', 'unfriend', 'trade', 'play', 'move', 'rest', 'quit', 'appeal', 'message'],
];

/** Goods, by their places. */
export const goods = { coin: 0, apple: 1, pear: 2 } as const;

/** A dilemma of two choices, and a game that can cost what one has. */
export const games = {
  dilemma: {
    name: 'dilemma',
    choices: ['cooperate', 'defect'],
    payoffs: [
      [3, 0],
      [5, 1],
    ],
    good: goods.coin,
  },
  duel: {
    name: 'duel',
    choices: ['hawk', 'dove'],
    payoffs: [
      [-4, 2],
      [0, 1],
    ],
    good: goods.coin,
  },
} as const;

/** Grounds with three goods, two games and four places; what is named replaces the default. */
export function groundsOf(changes: Partial<GroundsPlan> = {}): GroundsPlan {
  return {
    goods: [
      { name: 'coin', initial: 10 },
      { name: 'apple', initial: 5 },
      { name: 'pear', initial: 0 },
    ],
    games: [games.dilemma, games.duel],
    places: [
      { name: 'square', capacity: -1, travelTicks: 0 },
      { name: 'hut', capacity: 1, travelTicks: 0 },
      { name: 'far', capacity: -1, travelTicks: 3 },
      { name: 'hall', capacity: 3, travelTicks: 1 },
    ],
    ...{ products: [], markets: [], scenes: [], groups: [], communities: [], requestTicks: 5, presence: false },
    ...changes,
  };
}

/** Stages are many and small: with the usual room, opening one takes longer than playing on it. */
export const smallRoom = { postCapacity: 512, texts: { bytesMax: 1000, capacityBytes: 65_536 } } as const;

/** What came of a script, with readers of rulings and of the ledger. */
export interface PlayedGround extends Played {
  /** `REASON rule result` of one agent's intents at a tick, in their order. */
  rulings(tick: number, ordinal: number): string[];
  /** An entry of the ledger. Rows are ordinals on this stage. */
  entry(account: Account, subject: number, object?: number): number;
}

/** Plays a script on these grounds. */
export async function playOn(
  script: Script,
  changes: Partial<GroundsPlan> = {},
  { plan, ...stage }: Omit<Stage, 'plan'> & { readonly plan?: Partial<Plan> } = {},
): Promise<PlayedGround> {
  const played = await play(script, {
    ...stage,
    plan: { allowedVerbs: stageVerbs, grounds: groundsOf(changes), ...smallRoom, ...plan },
  });
  const ledger = ledgerOf(played.world.state.ledger);
  return {
    ...played,
    rulings(tick, ordinal) {
      const { actor, reason, rule, result } = played.records[tick];
      const all = Array.from(reason, (one, i) => `${reasonName(one)} ${ruleName(rule[i])} ${result[i]}`);
      return all.filter((_, i) => actor[i] === ordinal);
    },
    entry: (account, subject, object = 0) => ledger.get(account, subject, object),
  };
}
