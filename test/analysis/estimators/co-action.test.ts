/** Co-action: index, pairs and null beside naive twins, deals that keep their margins, tails beside closed forms. */
import { describe, expect, test } from 'vitest';
import { indexActs } from '../../../analysis/estimators/act-index.ts';
import { ActShuffle } from '../../../analysis/estimators/act-shuffle.ts';
import { CoActionNull } from '../../../analysis/estimators/co-action-null.ts';
import { jaccardOf, visitPairs } from '../../../analysis/estimators/co-action.ts';
import { logPoissonTail, poissonMeanAtTail } from '../../../analysis/estimators/poisson.ts';
import { testStream } from '../worlds.ts';
import type { ActColumns, ActIndex } from '../../../analysis/estimators/act-index.ts';

const options = { windowsSeconds: [60, 600, 100_000], targetActsMax: 40, jointMin: 2 };

/** Acts at random: some agents and some targets more than others, some acts repeated. */
function randomActs(seed: number, acts = 1500, targetCount = 120): ActColumns {
  const stream = testStream(seed);
  const draw = (bound: number): number => Math.floor(stream.uniform() * stream.uniform() * bound);
  const rows = Array.from({ length: acts }, () => ({
    ...{ agent: draw(60), target: draw(targetCount), time: Math.floor(stream.uniform() * 20_000) },
  }));
  return {
    ...{ agentCount: 60, targetCount },
    agent: Int32Array.from(rows, ({ agent }) => agent),
    target: Int32Array.from(rows, ({ target }) => target),
    timeSeconds: Float64Array.from(rows, ({ time }) => 1000 + time),
    stratum: Int32Array.from(rows, ({ target }) => target % 2),
  };
}

/** First act of each agent on each target, by a Map. */
function firstActs({ agent, target, timeSeconds }: ActColumns): Map<string, number> {
  const first = new Map<string, number>();
  agent.forEach((one, row) => {
    const key = `${one} ${target[row]}`;
    first.set(key, Math.min(first.get(key) ?? Infinity, timeSeconds[row]));
  });
  return first;
}

function naivePairs(columns: ActColumns): Map<string, number[]> {
  const first = firstActs(columns);
  const of = (agent: number): Map<number, number> =>
    new Map(
      [...first].flatMap(([key, time]) => {
        const [one, target] = key.split(' ').map(Number);
        return one === agent ? [[target, time] as const] : [];
      }),
    );
  const lists = Array.from({ length: columns.agentCount }, (_, agent) => of(agent));
  const actsOn = (target: number): number => lists.filter((list) => list.has(target)).length;
  const isUsed = Array.from({ length: columns.targetCount }, (_, one) => actsOn(one) <= options.targetActsMax);
  const found = new Map<string, number[]>();
  lists.forEach((mine, one) => {
    lists.slice(one + 1).forEach((theirs, k) => {
      const lags = [...mine].flatMap(([target, time]) => {
        const other = theirs.get(target);
        return other === undefined || !isUsed[target] ? [] : [Math.abs(other - time)];
      });
      const joint = options.windowsSeconds.map((window) => lags.filter((lag) => lag <= window).length);
      if (joint[2] >= options.jointMin) found.set(`${one} ${one + 1 + k}`, joint);
    });
  });
  return found;
}

function pairsOf(index: ActIndex, target: Int32Array, jointMin = options.jointMin): Map<string, number[]> {
  const found = new Map<string, number[]>();
  visitPairs(index, target, { ...options, jointMin }, (one, other, joint) => found.set(`${one} ${other}`, [...joint]));
  return found;
}

describe('indexActs', () => {
  test('keeps an agent’s first act on a target, in time order, each slot in one bin of its own class', () => {
    const columns = randomActs(1);
    const index = indexActs(columns, 32);
    const first = firstActs(columns);
    expect(index.slotCount).toBe(first.size);
    expect(index.repeatCount).toBe(columns.agent.length - first.size);
    const start = Math.min(...columns.timeSeconds);
    for (let slot = 0; slot < index.slotCount; slot++) {
      expect(index.time[slot] + start).toBe(first.get(`${index.agent[slot]} ${index.target[slot]}`));
      if (slot > 0) expect(index.time[slot]).toBeGreaterThanOrEqual(index.time[slot - 1]);
    }
    expect([...index.binSlot].sort((a, b) => a - b)).toEqual(Array.from({ length: index.slotCount }, (_, k) => k));
    for (let bin = 0; bin + 1 < index.binOffset.length; bin++) {
      const slots = [...index.binSlot.subarray(index.binOffset[bin], index.binOffset[bin + 1])];
      expect(new Set(slots.map((slot) => index.target[slot] % 2)).size).toBe(1);
      expect(slots).toEqual(slots.toSorted((a, b) => a - b));
      expect(slots.length).toBeGreaterThanOrEqual(16);
    }
  });
});

describe('visitPairs', () => {
  test.each([1, 2, 3])('finds the pairs and joint targets that sets give, world %i', (seed) => {
    const columns = randomActs(seed);
    const index = indexActs(columns, 32);
    expect(pairsOf(index, index.target)).toEqual(naivePairs(columns));
  });

  test('a target with many acts is walked along in time, and gives the pairs that sets give', () => {
    const stream = testStream(5);
    const acts = 2500;
    const columns: ActColumns = {
      ...{ agentCount: 300, targetCount: 6 },
      agent: Int32Array.from({ length: acts }, () => Math.floor(stream.uniform() * 300)),
      target: Int32Array.from({ length: acts }, () => Math.floor(stream.uniform() ** 2 * 6)),
      timeSeconds: Float64Array.from({ length: acts }, () => Math.floor(stream.uniform() * 20_000)),
    };
    const given = { windowsSeconds: [300, 3000], targetActsMax: Infinity, jointMin: 2 };
    const index = indexActs(columns, 32);
    const most = Math.max(...index.targetOffset.subarray(1).map((end, one) => end - index.targetOffset[one]));
    expect(most).toBeGreaterThan(256);
    const found = new Map<string, number[]>();
    visitPairs(index, index.target, given, (one, other, joint) => found.set(`${one} ${other}`, [...joint]));
    const lists = Array.from({ length: 300 }, () => new Map<number, number>());
    for (const [key, time] of firstActs(columns)) {
      const [agent, target] = key.split(' ').map(Number);
      lists[agent].set(target, time);
    }
    const wanted = new Map<string, number[]>();
    for (let one = 0; one < 300; one++) {
      for (let other = one + 1; other < 300; other++) {
        const lags = [...lists[one]].map(([target, time]) => Math.abs((lists[other].get(target) ?? Infinity) - time));
        const joint = given.windowsSeconds.map((window) => lags.filter((lag) => lag <= window).length);
        if (joint[1] >= given.jointMin) wanted.set(`${one} ${other}`, joint);
      }
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  test('jaccardOf: joint targets over all of both', () => {
    expect(jaccardOf(5, 30, 30)).toBeCloseTo(5 / 55, 12);
    expect(jaccardOf(0, 0, 0)).toBe(0);
  });
});

describe('ActShuffle and CoActionNull', () => {
  const index = indexActs(randomActs(4), 32);

  test('a deal keeps what each bin holds of each target, and no agent acts twice on a target', () => {
    const shuffle = new ActShuffle(index, testStream(9));
    const margins = (target: Int32Array): string[] =>
      Array.from(target, (one, slot) => `${index.bin[slot]} ${one}`).sort();
    const before = margins(index.target);
    for (let deal = 0; deal < 3; deal++) shuffle.next();
    expect(margins(shuffle.target)).toEqual(before);
    expect(new Set(Array.from(shuffle.target, (one, slot) => `${index.agent[slot]} ${one}`)).size).toBe(
      index.slotCount,
    );
    const moved = shuffle.target.filter((one, slot) => one !== index.target[slot]).length;
    expect(moved / index.slotCount).toBeGreaterThan(0.7);
  });

  test('the expected joint targets of the busiest pairs are the mean over 300 deals, within four standard errors', () => {
    // Many targets, so that the rule that nobody acts twice on one, which the closed form leaves out, rarely matters.
    const sparse = indexActs(randomActs(5, 1500, 900), 32);
    const nullModel = new CoActionNull(sparse, options, 0.001);
    const shuffle = new ActShuffle(sparse, testStream(10));
    const busy = [0, 1, 2, 3, 4];
    const sums = new Map<string, number[]>();
    const deals = 300;
    for (let deal = 0; deal < deals; deal++) {
      shuffle.next(2);
      for (const [pair, joint] of pairsOf(sparse, shuffle.target, 1)) {
        const known = sums.get(pair) ?? [0, 0, 0];
        sums.set(
          pair,
          known.map((sum, w) => sum + joint[w]),
        );
      }
    }
    for (const one of busy) {
      for (const other of busy.filter((later) => later > one)) {
        const expected = nullModel.expected(one, other);
        const mean = (sums.get(`${one} ${other}`) ?? [0, 0, 0]).map((sum) => sum / deals);
        const slack = (w: number): number => 4 * Math.sqrt(expected[w] / deals) + 0.05 * expected[w];
        mean.forEach((value, w) => expect(Math.abs(value - expected[w])).toBeLessThan(slack(w)));
      }
    }
  });

  test('pairs that pass the bar are those whose tail passes it, no sooner given up than that', () => {
    const nullModel = new CoActionNull(index, options, 0.3);
    visitPairs(index, index.target, options, (one, other, joint) => {
      const expected = nullModel.expected(one, other);
      const logP = Math.min(...[...joint].map((count, w) => logPoissonTail(count, expected[w]) + Math.log(3)));
      const pair = nullModel.test(one, other, joint);
      expect(pair !== undefined).toBe(logP <= Math.log(0.3));
      if (pair !== undefined) expect(pair.logP).toBeCloseTo(logP, 9);
    });
  });
});

describe('logPoissonTail', () => {
  test('equals the sum of terms, far out and below the mean', () => {
    const tail = (count: number, mean: number): number => {
      let [term, sum] = [Math.exp(-mean), 0];
      for (let k = 0; k < 400; k++) {
        if (k >= count) sum += term;
        term *= mean / (k + 1);
      }
      return Math.log(sum);
    };
    for (const [count, mean] of [
      ...[
        [1, 0.01],
        [3, 0.02],
        [5, 0.1],
        [12, 2],
        [40, 12],
        [5, 9],
        [10, 10],
        [2, 20],
      ],
    ]) {
      expect(logPoissonTail(count, mean)).toBeCloseTo(tail(count, mean), 8);
    }
    expect(logPoissonTail(0, 3)).toBe(0);
    expect(logPoissonTail(3, 0)).toBe(-Infinity);
  });

  test('poissonMeanAtTail inverts it', () => {
    const mean = poissonMeanAtTail(5, Math.log(1e-6));
    expect(logPoissonTail(5, mean)).toBeCloseTo(Math.log(1e-6), 6);
  });
});
