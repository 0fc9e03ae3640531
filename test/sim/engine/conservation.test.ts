/** The checks of conserved quantities: what they let pass, and that they name tick, good and difference where something is amiss. */
import { describe, expect, test } from 'vitest';
import { checkConservation, checkDraft } from '../../../sim/engine/conservation.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { LedgerDraft, ledgerOf, writeEntry } from '../../../sim/world/ledger.ts';
import { openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { Account, LedgerEntry } from '../../../sim/world/ledger.ts';
import type { State } from '../../../sim/engine/state.ts';

const goods = [
  { name: 'coins', initial: 100 },
  { name: 'apples', initial: 0 },
];
const place = { tick: 17 };

function stateOf(): State {
  const grounds = {
    ...{ goods, products: [], markets: [], places: [], games: [], scenes: [], groups: [], communities: [] },
    ...{ requestTicks: 1, presence: false },
  };
  const plan = smallPlan({ grounds, allowedVerbs: ['give'] });
  return openWorld({ plan, population: smallPopulation({ agents: 20 }) }).state;
}

/** Moves units between two at random; agent 20 is the platform. */
function move(draft: LedgerDraft, from: number, to: number, good: number, units: number): void {
  for (const [who, sign] of [
    [from, -1],
    [to, 1],
  ]) {
    if (who === 20) draft.add('platformBalance', good, 0, sign * units);
    else draft.add('balance', who, good, sign * units);
  }
}

describe('checkDraft', () => {
  const { ledger } = stateOf();
  const before = ledgerOf(ledger);
  const draftOf = (...entries: [Account, number, number, number][]): LedgerEntry[] =>
    entries.map(([account, subject, object, value]) => ({ account, subject, object, value }));

  test('checkDraft: what one gains and another loses, the platform included, is let pass', () => {
    const gift = draftOf(['balance', 3, 0, 40], ['balance', 4, 0, -40]);
    const purchase = draftOf(
      ['platformBalance', 0, 0, 7],
      ['balance', 1, 0, -7],
      ['balance', 1, 1, 2],
      ['platformBalance', 1, 0, -2],
    );
    const others = draftOf(['groupSize', 0, 0, 5], ['lastPrice', 1, 0, 9], ['setAside', 3, 0, 0]);
    for (const entries of [gift, purchase, others, []]) checkDraft(entries, before, goods, place);
    expect(gift.length).toBe(2);
  });

  test('checkDraft: names the good, the difference and the tick of what came from nowhere or went nowhere', () => {
    const made = draftOf(['balance', 3, 0, 40], ['balance', 4, 0, -39]);
    const lost = draftOf(['balance', 3, 1, 5], ['platformBalance', 1, 0, -8]);
    expect(() => {
      checkDraft(made, before, goods, place);
    }).toThrow(new InvariantError('coins: 1 came from nowhere', place));
    expect(() => {
      checkDraft(lost, before, goods, place);
    }).toThrow(new InvariantError('apples: 3 went nowhere', place));
  });

  test('checkDraft: refuses a balance that an entry of 32 bits would turn round', () => {
    const rich = draftOf(['balance', 3, 0, 2 ** 31 - 100], ['platformBalance', 0, 0, 100 - 2 ** 31]);
    const poor = draftOf(['balance', 3, 1, 2 ** 31 - 1], ['balance', 4, 1, 1], ['platformBalance', 1, 0, -(2 ** 31)]);
    expect(() => {
      checkDraft(rich, before, goods, place);
    }).toThrow('coins: an agent is left with 2147483648 (tick 17)');
    expect(() => {
      checkDraft(poor, before, goods, place);
    }).toThrow('apples: the platform is left with -2147483648 (tick 17)');
  });

  test('checkDraft: refuses a draft in which someone owes, or that leaves something set aside', () => {
    const owing = draftOf(['balance', 3, 0, -101], ['balance', 4, 0, 101]);
    const aside = draftOf(['setAside', 3, 1, 4]);
    expect(() => {
      checkDraft(owing, before, goods, place);
    }).toThrow('coins: an agent is left with -1 (tick 17)');
    expect(() => {
      checkDraft(aside, before, goods, place);
    }).toThrow('apples: 4 stay set aside (tick 17)');
  });
});

describe('checkConservation', () => {
  test('checkConservation: agrees with the drafts over 300 ticks of transfers, and sees one unit that is added to one balance', () => {
    const state = stateOf();
    const stream = randomStream(3, 1000);
    for (let tick = 0; tick < 300; tick++) {
      const draft = new LedgerDraft(ledgerOf(state.ledger));
      for (let k = 0; k < 5; k++) {
        const [from, to] = [stream.below(21), stream.below(21)];
        move(draft, from, to, 0, from === 20 ? 3 : Math.min(3, 100 + draft.get('balance', from, 0)));
      }
      const entries = [...draft.entries()];
      checkDraft(entries, ledgerOf(state.ledger), goods, { tick });
      for (const entry of entries) writeEntry(state.ledger, entry);
      checkConservation(state.ledger, goods, { tick });
    }
    const balances = Array.from({ length: 20 }, (_, agent) => ledgerOf(state.ledger).get('balance', agent, 0));
    expect(balances.some((units) => units !== 0)).toBe(true);
    expect(balances.reduce((sum, units) => sum + units, 0)).toBe(-ledgerOf(state.ledger).get('platformBalance', 0));
    writeEntry(state.ledger, { account: 'balance', subject: 7, object: 0, value: balances[7] + 1 });
    expect(() => {
      checkConservation(state.ledger, goods, place);
    }).toThrow('coins: 1 came from nowhere (tick 17)');
  });
});
