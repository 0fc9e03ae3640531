/**
 * The ledger against a Map of strings; and that ledger, messages and texts are part of the state: of its root, of checkpoints, of what goes
 * on with another number of shards.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import {
  accountNames,
  accounts,
  entryOf,
  entrySubject,
  LedgerDraft,
  ledgerOf,
  writeEntry,
} from '../../../sim/world/ledger.ts';
import { initPairs, pairMetaLength, pairSpec, forPairs } from '../../../sim/world/pairs.ts';
import { appendText, encodeText, nextText, textOf, wordsOfText } from '../../../sim/world/texts.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { Pairs } from '../../../sim/world/pairs.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { OpenWorld, WorldOrder } from '../worlds.ts';

function emptyPairs(): Pairs {
  const allocator = createAllocator(1 << 20);
  const half = () => attachTable(pairSpec, allocator.handle, allocateTable(pairSpec, 8192, allocator));
  const pairs = { halves: [half(), half()], meta: new Int32Array(pairMetaLength) } as const;
  initPairs(pairs);
  return pairs;
}

describe('the ledger', () => {
  const entry = fc.record({
    account: fc.constantFrom(...accountNames),
    subject: fc.nat(40),
    object: fc.nat(20),
    value: fc.integer({ min: -5, max: 5 }),
  });

  test('writeEntry: what was written last is what is read, as a map of strings has it', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 400 }), (entries) => {
        const pairs = emptyPairs();
        const oracle = new Map<string, number>();
        for (const one of entries) {
          writeEntry(pairs, one);
          oracle.set(`${one.account} ${one.subject} ${one.object}`, one.value);
        }
        const view = ledgerOf(pairs);
        for (const [key, value] of oracle) {
          const [account, subject, object] = key.split(' ');
          expect(view.get(account as never, Number(subject), Number(object))).toBe(value);
        }
        let count = 0;
        forPairs(pairs, 0, () => count++);
        expect(count).toBe([...oracle.values()].filter((value) => value !== 0).length);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('LedgerDraft: reads through to what lies below until it is written over, and leaves that as it is', () => {
    const pairs = emptyPairs();
    writeEntry(pairs, { account: 'balance', subject: 3, object: 1, value: 7 });
    const draft = new LedgerDraft(ledgerOf(pairs));
    draft.add('balance', 3, 1, -2);
    draft.add('balance', 4, 1, 2);
    expect([draft.get('balance', 3, 1), draft.get('balance', 4, 1), draft.get('balance', 5, 1)]).toEqual([5, 2, 0]);
    expect(ledgerOf(pairs).get('balance', 3, 1)).toBe(7);
    expect([...draft.entries()].map(({ subject, value }) => [subject, value])).toEqual([
      [3, 5],
      [4, 2],
    ]);
  });

  test('accounts: each has a number of its own below 64, and an entry’s pair leads back to it', () => {
    const numbers = accountNames.map((name) => accounts[name].number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThan(64);
    for (const account of accountNames)
      expect(entryOf(entrySubject(account, 19_999_999))).toEqual({ account, subject: 19_999_999 });
  });
});

describe('texts', () => {
  test('appendText: texts come back as they were, in order, and take the words that are said', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 30 }), (list) => {
        const texts = { words: new Int32Array(4096), used: new Int32Array(1) };
        const refs = list.map((text) => {
          const next = nextText(texts);
          const bytes = encodeText(text);
          const ref = appendText(texts, bytes);
          expect(ref).toBe(next);
          expect(nextText(texts) - ref).toBe(wordsOfText(bytes.length));
          return ref;
        });
        expect(refs.map((ref) => textOf(texts, ref))).toEqual(list);
        expect(refs.every((ref) => ref > 0)).toBe(true);
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test('appendText: where there is no room it says so and writes nothing', () => {
    const texts = { words: new Int32Array(4), used: new Int32Array(1) };
    expect(() => appendText(texts, encodeText('a text that is too long'))).toThrow(/INPUT_TOO_LARGE.*textCapacity/s);
    expect(texts.used[0]).toBe(0);
  });
});

/** Agents who found and join groups, write there and to one another, and post texts. */
const sociable = {
  decide(hand: Hand): void {
    const text = `tick ${hand.state.now.tick}, lot ${hand.draw(9).toFixed(6)}`;
    const lot = hand.draw(0);
    if (lot < 0.1) hand.act('createGroup', undefined, 0, { text });
    else if (lot < 0.4) hand.act('joinGroup', Math.floor(hand.draw(1) * 4));
    else if (lot < 0.6) hand.act('sendToGroup', Math.floor(hand.draw(1) * 4), 0, { text });
    else if (lot < 0.8) hand.act('message', hand.state.rowOfOrdinal[Math.floor(hand.draw(1) * 60)], 0, { text });
    else hand.act('post', undefined, 0, { text });
  },
};

function order(workers: number, layout: 'degree' | 'scrambled', start?: WorldOrder['start']): WorldOrder {
  return {
    plan: smallPlan({
      policies: [{ kind: 'own', name: 'sociable' }],
      allowedVerbs: ['post', 'createGroup', 'joinGroup', 'sendToGroup', 'message'],
      texts: { bytesMax: 200, capacityBytes: 1 << 20 },
    }),
    population: smallPopulation({ agents: 60, wakesPerDayMean: 30 }),
    code: codeOf({ policies: { sociable } }),
    placement: { workers, layout, mergeTicks: workers },
    ...(start === undefined ? {} : { start }),
  };
}

async function step(world: OpenWorld, ticks: number): Promise<unknown[]> {
  const records: unknown[] = [];
  for (let tick = 0; tick < ticks; tick++) records.push(await world.step());
  return records;
}

describe('as part of the state', () => {
  test('groups, messages and texts: one set of records and one root for 1, 2 and 3 shards and a scrambled layout', async () => {
    const worlds = [openWorld(order(1, 'degree')), openWorld(order(2, 'degree')), openWorld(order(3, 'scrambled'))];
    const [first, ...others] = await Promise.all(worlds.map((world) => step(world, 14)));
    for (const records of others) expect(records).toEqual(first);
    expect(new Set(worlds.map((world) => world.root())).size).toBe(1);
    expect(worlds[0].state.messages.id[1 as never]).toBe(1);
    expect(worlds[0].state.texts.used[0]).toBeGreaterThan(100);
  });

  test('takeSnapshot: a run that is taken up with other shards goes on as if nothing had happened', async () => {
    const whole = openWorld(order(1, 'degree'));
    const first = openWorld({ ...order(1, 'degree'), placement: { workers: 1, layout: 'degree', mergeTicks: 1 } });
    await step(whole, 9);
    await step(first, 9);
    const { result, handle } = first.simulation;
    const start = { snapshot: takeSnapshot(handle, 9), link: result.link, counts: result.counts };
    const second = openWorld(order(3, 'degree', start));
    expect(await step(second, 6)).toEqual(await step(whole, 6));
    expect(second.root()).toBe(whole.root());
  });

  test('root: a ledger entry, a message, a byte of a text that differs is another root', async () => {
    const world = openWorld(order(1, 'degree'));
    await step(world, 9);
    const { state } = world;
    const before = world.root();
    const changes: [() => void, () => void][] = [
      [
        () => writeEntry(state.ledger, { account: 'groupSize', subject: 0, object: 0, value: 99 }),
        () => writeEntry(state.ledger, { account: 'groupSize', subject: 0, object: 0, value: sizeBefore }),
      ],
      [() => (state.messages.tick[1 as never] += 1), () => (state.messages.tick[1 as never] -= 1)],
      [() => (state.texts.words[2] ^= 1), () => (state.texts.words[2] ^= 1)],
    ];
    const sizeBefore = ledgerOf(state.ledger).get('groupSize', 0);
    for (const [change, undo] of changes) {
      change();
      expect(world.root()).not.toBe(before);
      undo();
      expect(world.root()).toBe(before);
    }
  });
});
