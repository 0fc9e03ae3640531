/**
 * Exclusive verbs: more attempts than places. The target's shard orders them and grants the first.
 *
 * Order: (verb, target, lottery, actor's key, sequence), so that neither arrival, row nor shard can be seen; the lottery is a keyed
 * draw, so that over seeds each contender is as likely to win as any other.
 */
import { drawWord, laneA, laneB, purposes } from '../ground/random.ts';
import { compareKeys } from '../ground/keys.ts';
import { agentShard, postShard } from '../world/ownership.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { counts } from '../exchange/tables.ts';
import { grant, refuse } from './rulings.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents, ShardTables } from '../exchange/tables.ts';
import type { TargetKind } from '../exchange/verbs.ts';
import type { StateView } from '../exchange/view.ts';
import type { RuleBook } from './rule-book.ts';

/** What decides among contenders for one target. `lottery` is a 32-bit word, compared without its sign. */
export interface Lot {
  readonly lottery: number;
  readonly keyHi: number;
  readonly keyLo: number;
  readonly sequence: number;
}

/** Negative where x is served before y: by lottery, then the actor's key, then the sequence. */
export function compareLots(x: Lot, y: Lot): number {
  return (
    (x.lottery >>> 0) - (y.lottery >>> 0) || compareKeys(x.keyHi, x.keyLo, y.keyHi, y.keyLo) || x.sequence - y.sequence
  );
}

/** The lot of an attempt: drawn from the seeds of the tick, the actor's key and the attempt's sequence, and from nothing else. */
export function lotOf(
  now: { readonly seedA: number; readonly seedB: number },
  actor: { readonly keyHi: number; readonly keyLo: number },
  sequence: number,
): Lot {
  const { keyHi, keyLo } = actor;
  const lottery = drawWord(laneA(now.seedA, keyLo), laneB(now.seedB, keyHi), purposes.lottery, sequence);
  return { lottery, keyHi, keyLo, sequence };
}

interface Contender extends Lot {
  readonly intents: Intents;
  readonly row: IntentRow;
  readonly target: number;
  readonly verb: number;
}

/**
 * Settles contested intents whose target this shard owns, from every shard's table.
 * Order: (verb, target, lottery, actor's key, sequence); the first `places` of each (verb, target) are granted.
 */
export function arbitrate(state: StateView, book: RuleBook, all: readonly ShardTables[]): void {
  const mine = contenders(state, book, all);
  mine.sort((x, y) => x.verb - y.verb || x.target - y.target || compareLots(x, y));
  let taken = 0;
  for (let i = 0; i < mine.length; i++) {
    const one = mine[i];
    const before = mine[i - 1];
    if (before?.verb !== one.verb || before.target !== one.target) taken = 0;
    const places = book.verbs[one.verb]?.own?.places ?? 1;
    if (taken < places) grant(one.intents, one.row);
    else refuse(one.intents, one.row, 'LOTTERY_LOST', rules.exclusivePlaces);
    taken++;
  }
}

function contenders(state: StateView, book: RuleBook, all: readonly ShardTables[]): Contender[] {
  const found: Contender[] = [];
  for (const { intents, count } of all) {
    if (count[counts.contested] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (intents.outcome[row] !== outcomes.pending) continue;
      const target = intents.target[row];
      const verb = intents.verb[row];
      if (arbiterOf(state, book.verbs[verb]?.own?.target, target) !== state.owner.shard) continue;
      found.push(contender(state, intents, row, target));
    }
  }
  return found;
}

/** The one shard that settles attempts on a target. Without a kind of target, its number alone says what is contested. */
function arbiterOf(state: StateView, kind: TargetKind | undefined, target: number): number {
  if (kind === 'post') return postShard(state.owner, target);
  return kind === 'agent' ? agentShard(state.owner, target) : (target >>> 0) % state.owner.shardCount;
}

function contender(state: StateView, intents: Intents, row: IntentRow, target: number): Contender {
  const actor = intents.actor[row] as AgentRow;
  const key = { keyHi: state.agents.keyHi[actor], keyLo: state.agents.keyLo[actor] };
  return { intents, row, target, verb: intents.verb[row], ...lotOf(state.now, key, intents.sequence[row]) };
}
