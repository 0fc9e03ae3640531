/**
 * Who bears which name: indexes of the ledger from a name to its bearer, a community or an agent.
 *
 * The bearers of names of one hash stand at places 0, 1, 2, … without a gap; whoever gives a name up is replaced by the last of them, so
 * that a search ends at the first empty place. Two names that differ in case alone are one.
 * Reads and drafts the ledger of a settlement. Invariant: of a name there is one bearer, and every bearer is found by its name.
 * Oracle: a Map of folded names (`test/sim/game-master/ranked/communities.test.ts`).
 */
import { hashOfName } from '../../world/ledger.ts';
import { foldName } from '../../world/naming.ts';
import { nextText, textOf } from '../../world/texts.ts';
import type { Settlement } from './settlement.ts';

/** An index, and the account that holds the name of a bearer. */
const nameAccounts = { communityByName: 'communityName', handleHolder: 'handle' } as const;
export type NameIndex = keyof typeof nameAccounts;

/** Names of this tick by their references: they stand in no stretch of texts yet. */
const drafted = new WeakMap<Settlement, Map<number, string>>();

/** Who bears a name, or -1. */
export function bearerOf(settlement: Settlement, index: NameIndex, name: string): number {
  const place = placeOf(settlement, index, foldName(name));
  return settlement.ledger.get(index, hashOf(name), place) - 1;
}

/** Gives a name that nobody bears; the bearer must bear none in this index. */
export function giveName(settlement: Settlement, index: NameIndex, name: string, bearer: number): void {
  const { ledger } = settlement;
  const ref = settlement.keep(name);
  namesOf(settlement).set(ref, name);
  ledger.set(index, hashOf(name), placeOf(settlement, index, foldName(name)), bearer + 1);
  ledger.set(nameAccounts[index], bearer, 0, ref);
}

/** Takes its name from a bearer, if it has one. */
export function takeName(settlement: Settlement, index: NameIndex, bearer: number): void {
  const { ledger } = settlement;
  const name = nameOf(settlement, index, bearer);
  if (name === '') return;
  const hash = hashOf(name);
  const place = placeOf(settlement, index, foldName(name));
  let last = place;
  while (ledger.get(index, hash, last + 1) !== 0) last++;
  ledger.set(index, hash, place, ledger.get(index, hash, last));
  ledger.set(index, hash, last, 0);
  ledger.set(nameAccounts[index], bearer, 0, 0);
}

/** The name of a bearer as the draft has it; empty where it has none. */
export function nameOf(settlement: Settlement, index: NameIndex, bearer: number): string {
  const ref = settlement.ledger.get(nameAccounts[index], bearer);
  const { texts } = settlement.state;
  return ref < nextText(texts) ? textOf(texts, ref) : (namesOf(settlement).get(ref) ?? '');
}

/** The place of a folded name among those of its hash: the first empty one where nobody bears it. */
function placeOf(settlement: Settlement, index: NameIndex, folded: string): number {
  const hash = hashOfName(folded);
  for (let place = 0; ; place++) {
    const bearer = settlement.ledger.get(index, hash, place) - 1;
    if (bearer < 0 || foldName(nameOf(settlement, index, bearer)) === folded) return place;
  }
}

function hashOf(name: string): number {
  return hashOfName(foldName(name));
}

function namesOf(settlement: Settlement): Map<number, string> {
  let names = drafted.get(settlement);
  if (names === undefined) {
    names = new Map();
    drafted.set(settlement, names);
  }
  return names;
}
