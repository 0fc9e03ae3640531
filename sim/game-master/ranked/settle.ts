/**
 * Settles what is scarce, mutual or named: verbs of the family `ranked`, one after another, all shards' together.
 *
 * Order: each actor draws one lot a tick; acts are settled by (lottery, actor's key, sequence), so that one actor's acts keep their order
 * and neither arrival, row nor shard can be seen. Each act meets what the acts before it left, on a draft of the ledger: who comes after
 * the last unit was sold is refused, and an act that needs two things takes both or neither, because a rule drafts nothing before all
 * its gates are passed. Orders of a market wait until every act has had its turn, and are then cleared at once (`market.ts`).
 * Runs on one shard between two barriers; writes rulings, and returns the draft that apply writes.
 * Invariant: afterwards no ranked intent is pending. Oracle: `test/sim/game-master/ranked/` replays each family on objects.
 */
import { textOf } from '../../world/texts.ts';
import { firstInvariantRule } from '../../exchange/invariants.ts';
import { outcomes } from '../../exchange/reasons.ts';
import { isRanked } from '../../exchange/verbs.ts';
import { counts } from '../../exchange/tables.ts';
import { compareLots, lotOf } from '../arbitrate.ts';
import { refuseUnavailable } from './availability.ts';
import { clearMarkets } from './market.ts';
import { rankedRules } from './rules.ts';
import { Settlement } from './settlement.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { DetailRow, IntentRow, ShardTables } from '../../exchange/tables.ts';
import type { StateView } from '../../exchange/view.ts';
import type { Lot } from '../arbitrate.ts';
import type { RuleBook } from '../rule-book.ts';
import type { Draft, RankedAct } from './settlement.ts';

/**
 * Settles the tick's ranked intents; what another gate refused stays refused. With `before`, the draft of an earlier settling of the
 * tick, all its acts are settled anew but those that an invariant broke since.
 */
export function settleRanked(state: StateView, book: RuleBook, all: readonly ShardTables[], before?: Draft): Draft {
  const settlement = new Settlement(state, book);
  const acts = before?.acts.filter(({ intents, row }) => intents.rule[row] < firstInvariantRule);
  const inRank = acts ?? actsInRank(state, all);
  for (const act of inRank) {
    act.intents.outcome[act.row] = outcomes.pending;
    act.intents.result[act.row] = 0;
    if (!refuseUnavailable(settlement, act)) rankedRules[act.verb](settlement, act);
  }
  clearMarkets(settlement);
  const { ledger, texts, messages, revisions } = settlement;
  return { acts: inRank, entries: [...ledger.entries()], texts, messages, revisions };
}

interface Ranked extends RankedAct {
  readonly lot: Lot;
}

/** The sequence with which every actor's one lot is drawn: beyond those of attempts. */
const lotSequence = 255;

function actsInRank(state: StateView, all: readonly ShardTables[]): Ranked[] {
  const found: Ranked[] = [];
  for (const tables of all) {
    const { intents, count } = tables;
    if (count[counts.ranked] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (!isRanked(intents.verb[row]) || intents.outcome[row] === outcomes.refused) continue;
      found.push(rankedAct(state, tables, row));
    }
  }
  return found.sort((x, y) => compareLots(x.lot, y.lot) || x.row - y.row);
}

function rankedAct(state: StateView, { intents, details, texts }: ShardTables, row: IntentRow): Ranked {
  const actor = intents.actor[row] as AgentRow;
  const detail = (intents.detail[row] - 1) as DetailRow;
  const isDetailed = intents.detail[row] > 0;
  const { keyHi, keyLo } = state.agents;
  return {
    ...{ intents, row, actor, verb: intents.verb[row], target: intents.target[row], amount: intents.amount[row] },
    argument: isDetailed ? details.argument[detail] : -1,
    price: isDetailed ? details.price[detail] : 0,
    text: isDetailed ? textOf(texts, details.text[detail]) : '',
    lot: lotOf(state.now, { keyHi: keyHi[actor], keyLo: keyLo[actor] }, lotSequence),
  };
}
