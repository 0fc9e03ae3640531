/**
 * Exclusive places by themselves: `arbitrate` on small tables that a test fills, so that ten thousand conflicts and ten thousand seeds
 * take a second.
 *
 * What it reads of a state is given as plain arrays: keys of agents, the seeds' lanes, who owns what. Chance bounds are 3 standard errors
 * where a claim is one number; a fixed stream of draws makes every run the same.
 */
import { describe, expect, test } from 'vitest';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { allocateTable, attachTable } from '../../../sim/ground/table.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { seedWords, tickSeedA, tickSeedB } from '../../../sim/ground/random.ts';
import { keyOfText } from '../../../sim/ground/keys.ts';
import { arbitrate } from '../../../sim/game-master/arbitrate.ts';
import { createRuleBook } from '../../../sim/game-master/rule-book.ts';
import { outcomes, reasonName } from '../../../sim/exchange/reasons.ts';
import { counts, intentSpec } from '../../../sim/exchange/tables.ts';
import { verbTable } from '../../../sim/exchange/verbs.ts';
import { agentShard, ownershipOf } from '../../../sim/world/ownership.ts';
import type { IntentRow, ShardTables } from '../../../sim/exchange/tables.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { StateView } from '../../../sim/exchange/view.ts';
import type { RuleBook } from '../../../sim/game-master/rule-book.ts';

const agentCount = 320;
const intentsMax = 64;

/** Tables of one shard that hold intents and their count, and nothing else. */
function tablesOf(): ShardTables {
  const allocator = createAllocator(1 << 16);
  const intents = attachTable(intentSpec, allocator.handle, allocateTable(intentSpec, intentsMax, allocator));
  return { intents, count: new Int32Array(counts.length) } as ShardTables;
}

function bookOf(places: number): RuleBook {
  const grab: OwnVerb = { target: 'agent', conflict: 'exclusive', places, effects: [] };
  const conduct = { selfRating: true, isModerator: () => false, limits: [], moderation: [], compat: undefined };
  return createRuleBook(verbTable({ grab }), [], { conduct, grounds: undefined, textBytesMax: 100 });
}

const keys = Array.from({ length: agentCount }, (_, i) => keyOfText(`a${i}`));

/** Who lies in which row: `rowOf[i]` is the row of agent i. */
function statesOf(shardCount: number, seed: number, rowOf: readonly number[]): StateView[] {
  const { lo, hi } = seedWords(seed);
  const [keyLo, keyHi] = [new Int32Array(agentCount), new Int32Array(agentCount)];
  rowOf.forEach((row, i) => {
    keyLo[row] = keys[i].lo;
    keyHi[row] = keys[i].hi;
  });
  return Array.from({ length: shardCount }, (_, shard) => {
    const now = { seedA: tickSeedA(lo, hi, 3), seedB: tickSeedB(lo, hi, 3) };
    const owner = ownershipOf(shard, shardCount, agentCount);
    return { agents: { keyLo, keyHi }, owner, now } as unknown as StateView;
  });
}

interface Want {
  readonly agent: number;
  readonly target: number;
  readonly sequence: number;
}

/** Lays the wants before the arbiters and returns, in their order, who was granted one. */
function settle(
  wants: readonly Want[],
  book: RuleBook,
  states: readonly StateView[],
  rowOf: readonly number[],
  tables: readonly ShardTables[],
): boolean[] {
  for (const { count } of tables) count.fill(0);
  const places = wants.map(({ agent, target, sequence }) => {
    const row = rowOf[agent];
    const shard = agentShard(states[0].owner, row);
    const { intents, count } = tables[shard];
    const at = count[counts.intents]++ as IntentRow;
    intents.actor[at] = row;
    intents.verb[at] = 128;
    intents.sequence[at] = sequence;
    intents.target[at] = rowOf[target];
    intents.outcome[at] = outcomes.pending;
    count[counts.contested]++;
    return { intents, at };
  });
  for (const state of states) arbitrate(state, book, tables);
  return places.map(({ intents, at }) => {
    const isGranted = intents.outcome[at] === outcomes.granted;
    expect(reasonName(intents.reason[at])).toBe(isGranted ? 'OK' : 'LOTTERY_LOST');
    return isGranted;
  });
}

const asTheyAre = Array.from({ length: agentCount }, (_, i) => i);

function shuffled(stream: ReturnType<typeof randomStream>): number[] {
  const rows = [...asTheyAre];
  for (let i = rows.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  return rows;
}

describe('GM-15: arbitrate gives out the places there are', () => {
  test('10,000 random conflicts: exactly min(k, n) win, none is left pending, the same whoever lies where in how many shards', () => {
    const stream = randomStream(5, 1000);
    const tables = Array.from({ length: 4 }, tablesOf);
    const scrambled = shuffled(stream);
    let won = 0;
    let lost = 0;
    for (let round = 0; round < 10_000; round++) {
      const places = 1 + stream.below(4);
      const target = stream.below(agentCount);
      const contenders = 1 + stream.below(9);
      const wants = Array.from({ length: contenders }, (_, k) => ({
        agent: stream.below(agentCount),
        target,
        sequence: k,
      }));
      const book = books[places];
      const granted = settle(wants, book, statesOf(1, round, asTheyAre), asTheyAre, tables);
      const count = granted.filter((one) => one).length;
      if (count !== Math.min(places, contenders))
        expect({ round, count }).toEqual({ round, count: Math.min(places, contenders) });
      won += count;
      lost += contenders - count;
      const shards = 2 + stream.below(3);
      const elsewhere = settle([...wants].reverse(), book, statesOf(shards, round, scrambled), scrambled, tables);
      if (elsewhere.reverse().join() !== granted.join()) expect({ round, elsewhere }).toEqual({ round, granted });
    }
    expect(won).toBeGreaterThan(10_000);
    expect(lost).toBeGreaterThan(10_000);
  });
});

const books = [0, 1, 2, 3, 4].map(bookOf);

describe('GM-16: arbitrate is fair over 10,000 seeds', () => {
  const seedCount = 10_000;
  const contenders = [3, 40, 41, 77, 130, 191, 250, 319];
  const wants = contenders.map((agent, k) => ({ agent, target: 10, sequence: k % 2 }));
  const places = 2;
  const shardCount = 3;

  /** Wins of each contender. */
  function winsOverSeeds(rowOf: readonly number[]): number[] {
    const tables = Array.from({ length: shardCount }, tablesOf);
    const wins = new Array<number>(contenders.length).fill(0);
    for (let seed = 0; seed < seedCount; seed++) {
      const granted = settle(wants, books[places], statesOf(shardCount, seed, rowOf), rowOf, tables);
      granted.forEach((isGranted, k) => (wins[k] += isGranted ? 1 : 0));
    }
    return wins;
  }

  /** Correlation between a property of the contenders and who won, over all seeds and contenders, in standard errors. */
  function standardErrors(wins: readonly number[], property: readonly number[]): number {
    const mean = property.reduce((sum, one) => sum + one, 0) / property.length;
    const deviations = property.map((one) => one - mean);
    const share = places / contenders.length;
    const sum = deviations.reduce((total, one, k) => total + one * (wins[k] - seedCount * share), 0);
    // Drawing k of n without replacement: the variance of a sum of deviations among the winners.
    const n = contenders.length;
    const variance = (deviations.reduce((total, one) => total + one * one, 0) * share * (1 - share) * n) / (n - 1);
    return sum / Math.sqrt(seedCount * variance);
  }

  test('each contender wins as often as any other, whatever its id, row or shard: all within 3 standard errors', () => {
    const rows = shuffled(randomStream(9, 1000));
    const wins = winsOverSeeds(rows);
    const share = places / contenders.length;
    expect(wins.reduce((sum, one) => sum + one, 0)).toBe(places * seedCount);
    for (const won of wins) {
      expect(Math.abs(won - seedCount * share)).toBeLessThan(3 * Math.sqrt(seedCount * share * (1 - share)));
    }
    const owner = ownershipOf(0, shardCount, agentCount);
    const properties = {
      id: contenders,
      row: contenders.map((agent) => rows[agent]),
      shard: contenders.map((agent) => agentShard(owner, rows[agent])),
      order: contenders.map((_, k) => k),
      sequence: wants.map(({ sequence }) => sequence),
    };
    expect(new Set(properties.shard).size).toBeGreaterThan(1);
    for (const [name, property] of Object.entries(properties)) {
      expect({ name, isWithin: Math.abs(standardErrors(wins, property)) < 3 }).toEqual({ name, isWithin: true });
    }
  });

  test('a lottery that favoured the first contender one time in thirty would be seen', () => {
    const share = places / contenders.length;
    const fair = contenders.map(() => seedCount * share);
    const bent = fair.map((won, k) => (k === 0 ? won + seedCount / 30 : won - seedCount / 30 / (fair.length - 1)));
    expect(
      Math.abs(
        standardErrors(
          bent,
          contenders.map((_, k) => k),
        ),
      ),
    ).toBeGreaterThan(3);
  });
});
