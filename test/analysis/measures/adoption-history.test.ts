/** Histories and the rows made of them: against a double loop over ties, and against R’s person-period table. */
import { describe, expect, test } from 'vitest';
import { historiesOf } from '../../../analysis/measures/adoption-history.ts';
import type { AdoptionColumns } from '../../../analysis/measures/adoption-history.ts';
import { fitAdoption } from '../../../analysis/measures/adoption-models.ts';
import type { AdoptionModel } from '../../../analysis/measures/adoption-models.ts';
import { exposureRowsOf, lookRowsOf, responseLevelsOf } from '../../../analysis/measures/adoption-spread.ts';
import { sampleContents } from '../../../analysis/measures/adoption-sample.ts';
import { finalCountOf, startStopOf } from '../../../analysis/measures/adoption-start-stop.ts';
import type { StartStop } from '../../../analysis/measures/adoption-start-stop.ts';
import { fitCox } from '../../../analysis/estimators/cox.ts';
import { exposureCurve } from '../../../analysis/estimators/exposure-curve.ts';
import { adoptionOf } from '../../../analysis/measures/adoption-records.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import type { Records } from '../../../sim/record/reader.ts';
import { adoptionReference, referenceColumns } from '../adoption-reference.ts';
import { adoptionWorld } from '../adoption-worlds.ts';
import { testStream } from '../worlds.ts';

/** Exposures of an agent to a content up to a time, by looking at every tie. */
function exposuresBefore(
  columns: AdoptionColumns,
  adoptedAt: Map<string, number>,
  agent: number,
  content: number,
  time: number,
): number {
  const { source, target } = columns.ties;
  let count = 0;
  for (let tie = 0; tie < source.length; tie++) {
    const at = adoptedAt.get(`${target[tie]} ${content}`);
    if (source[tie] === agent && at !== undefined && at < time) count++;
  }
  return count;
}

describe('historiesOf', () => {
  test('start-stop rows hold the exposures that a loop over all ties counts, and every adoption that is no seed', () => {
    const columns = adoptionWorld('simple', 3);
    const { agent, content, time, isSeed } = columns.adoptions;
    const adoptedAt = new Map(Array.from(agent, (one, row) => [`${one} ${content[row]}`, time[row]]));
    const rows = startStopOf(columns, historiesOf(columns));
    const { stop, event, stratum = [] } = rows.columns;
    for (let row = 0; row < rows.exposure.length; row += 7) {
      const expected = exposuresBefore(columns, adoptedAt, rows.agent[row], stratum[row], stop[row]);
      expect(rows.exposure[row]).toBe(expected);
    }
    const events = Array.from(event).reduce((sum, one) => sum + one, 0);
    expect(events).toBe(isSeed.filter((one) => one === 0).length);
  });

  test('a tie that came after the adoption exposes nobody, and a content that only its seed holds has no history', () => {
    const columns: AdoptionColumns = {
      ...{ agentCount: 3, contentCount: 2, endTime: 9, hasTicks: true, stratum: new Int32Array(3), stratumCount: 1 },
      ties: { source: Int32Array.of(1, 2), target: Int32Array.of(0, 0), since: Float64Array.of(-1, 5) },
      adoptions: {
        ...{ agent: Int32Array.of(0, 1, 2), content: Int32Array.of(0, 0, 1) },
        ...{ time: Float64Array.of(3, 4, 2), isSeed: Uint8Array.of(1, 0, 1) },
      },
    };
    const histories = [...historiesOf(columns)];
    expect(histories.map(({ content }) => content)).toEqual([0]);
    expect(histories[0]).toMatchObject({
      adopter: [0, 1],
      exposed: [1],
      exposureTime: [3],
      size: [1],
      contacts: [0, 1],
    });
  });

  test('at exposure and while exposed are told apart by when adoptions come', () => {
    for (const seed of [1, 2, 3]) {
      const clockOf = (kind: 'simple' | 'standing simple'): string => {
        const columns = adoptionWorld(kind, seed);
        return exposureRowsOf(columns, historiesOf(columns)).clock;
      };
      expect([clockOf('simple'), clockOf('standing simple')]).toEqual(['at exposure', 'while exposed']);
    }
  });
});

describe('startStopOf', () => {
  test('a few of those who neither adopted nor were exposed stand for all: the ratio is that of everyone, its error hardly greater', () => {
    for (const seed of [1, 2, 3]) {
      const world = adoptionWorld('random times', seed);
      const isKept = (_: number, tie: number): boolean => tie % 20 === 0;
      const ties = { source: world.ties.source.filter(isKept), target: world.ties.target.filter(isKept) };
      const columns = { ...world, ties };
      const fitted = (rows: StartStop) =>
        fitCox(rows.columns, [{ name: 'exposures', values: rows.exposure }], {
          ...{ cluster: rows.agent, offset: rows.offset },
        }).coefficients[0];
      const whole = startStopOf(columns, historiesOf(columns));
      const sampled = startStopOf(columns, historiesOf(columns), { countMax: 20, stream: testStream(seed) });
      expect(sampled.agent.length).toBeLessThan(whole.agent.length);
      const [all, some] = [fitted(whole), fitted(sampled)];
      expect(some.coef).toBeCloseTo(all.coef, 8);
      expect(some.robustSe! / all.robustSe!).toBeGreaterThan(0.95);
      expect(some.robustSe! / all.robustSe!).toBeLessThan(1.25);
    }
  });
});

describe('fitAdoption', () => {
  const columns = referenceColumns();
  const models = fitAdoption(columns, [...historiesOf(columns)], undefined, testStream(1));

  test('exposure so far agrees with R’s coxph on its own person-period table, in three forms, errors robust', () => {
    const agree = (model: AdoptionModel, expected: (typeof adoptionReference.models)['linear']): void => {
      expect(model.events).toBe(expected.events);
      expect(model.logLikelihood).toBeCloseTo(expected.logLikelihood, 6);
      model.terms.forEach(({ coef, se }, term) => {
        expect(coef).toBeCloseTo(expected.coef[term], 6);
        expect(se).toBeCloseTo(expected.robustSe[term], 6);
      });
    };
    for (const form of ['linear', 'quadratic', 'logarithmic'] as const) {
      agree(models.timeVarying[form], adoptionReference.models[form]);
    }
    agree(models.finalCount, adoptionReference.models.finalCount);
  });

  test('exposure at the end is another model under another name: in one cascade its ratio is below 1, the other’s above', () => {
    const [soFar, atEnd] = [models.timeVarying.linear, models.finalCount];
    expect(soFar.terms[0].hazardRatio).toBeGreaterThan(1.5);
    expect(atEnd.terms[0].hazardRatio).toBeLessThan(0.6);
    expect(soFar.model).not.toBe(atEnd.model);
    expect(atEnd.warnings[0]).toContain('exposures that lay ahead');
  });

  test('the final count is one row a person and content', () => {
    const rows = finalCountOf(startStopOf(columns, historiesOf(columns)));
    const seedCount = columns.adoptions.isSeed.reduce((sum, one) => sum + one, 0);
    expect(rows.agent.length).toBe(columns.agentCount * columns.contentCount - seedCount);
  });
});

describe('lookRowsOf', () => {
  test('looks are numbered by pair, and end with adoption', () => {
    const columns = { ...referenceColumns(), stratumCount: 1 };
    const { rows, clock } = lookRowsOf(columns, {
      agent: Int32Array.of(4, 4, 5, 4, 4),
      content: Int32Array.of(0, 0, 0, 1, 0),
      time: Float64Array.of(1, 2, 2, 2, 3),
      adopted: Uint8Array.of(0, 1, 0, 0, 0),
    });
    expect(clock).toBe('recorded');
    expect([rows.level, rows.adopted].map((column) => Array.from(column))).toEqual([
      [1, 2, 1, 1],
      [0, 1, 0, 0],
    ]);
  });
});

describe('a tenth of what was recorded', () => {
  /** Every agent looks at every content up to twelve times, one tick after the other, until it adopts it with the chance of that look. */
  const chances = [0.01, 0.02, 0.06, 0.1, 0.12];
  const agentCount = 6000;
  const stream = testStream(12);
  const rows: [agent: number, content: number, time: number, adopted: number][] = [];
  for (let agent = 0; agent < agentCount; agent++) {
    for (let content = 0; content < 4; content++) {
      for (let look = 0, done = 0; look < 12 && done === 0; look++) {
        done = stream.uniform() < chances[Math.min(4, look)] ? 1 : 0;
        rows.push([agent, content, look, done]);
      }
    }
  }
  const columns = {
    ...{
      agentCount,
      contentCount: 4,
      endTime: 12,
      hasTicks: true,
      stratum: new Int32Array(agentCount),
      stratumCount: 1,
    },
    ties: { source: new Int32Array(0), target: new Int32Array(0) },
    adoptions: {
      ...{ agent: new Int32Array(0), content: new Int32Array(0), time: new Float64Array(0) },
      isSeed: new Uint8Array(0),
    },
  };
  const curveOf = (kept: typeof rows) => {
    const looks = {
      ...{ agent: Int32Array.from(kept, (row) => row[0]), content: Int32Array.from(kept, (row) => row[1]) },
      ...{ time: Float64Array.from(kept, (row) => row[2]), adopted: Uint8Array.from(kept, (row) => row[3]) },
    };
    return exposureCurve(lookRowsOf(columns, looks).rows, testStream(1), 0);
  };

  test('all looks of a tenth of the agents keep P(k): .01 .02 .06 .10 .12 within four errors', () => {
    const curve = curveOf(rows.filter(([agent]) => agent % 10 === 3));
    chances.forEach((chance, k) => {
      const { share, trials } = curve[k];
      expect(Math.abs(share - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / trials));
    });
  });

  test('a tenth of the looks makes first ones of later ones: P(1) and P(2) are several times too great', () => {
    // Whoever adopted is known to have; it counts at the last of its looks that was kept.
    const kept: typeof rows = [];
    for (const row of rows) {
      const last = kept.at(-1);
      if (stream.uniform() < 0.1) kept.push([...row]);
      else if (row[3] === 1 && last?.[0] === row[0] && last[1] === row[1]) last[3] = 1;
    }
    const [first, second] = curveOf(kept);
    expect(first.share).toBeGreaterThan(8 * chances[0]);
    expect(second.share).toBeGreaterThan(4 * chances[1]);
  });
});

describe('responseLevelsOf', () => {
  test('sets, cells and chances are those of a loop over pairs, of all contents and of some', () => {
    const columns = adoptionWorld('complex', 6);
    const spread = exposureRowsOf(columns, historiesOf(columns));
    const { rows } = spread;
    for (const isWanted of [undefined, Uint8Array.from({ length: columns.contentCount }, (_, one) => one % 2)]) {
      const isIn = (content: number): boolean => isWanted === undefined || isWanted[content] === 1;
      const pairs = new Set<string>();
      for (let row = 0; row < rows.count; row++)
        if (rows.adopted[row] === 1) pairs.add(`${rows.content[row]} ${rows.agent[row]}`);
      const adopted = new Set([...pairs].map((pair) => Number(pair.split(' ')[0])));
      const cells = new Map<string, [number, number, number]>();
      for (let row = 0; row < rows.count; row++) {
        const content = rows.content[row];
        if (!adopted.has(content) || !isIn(content)) continue;
        const key = `${content} ${columns.stratum[rows.agent[row]]} ${Math.min(60, rows.level[row])}`;
        const [atRisk, adopters, events] = cells.get(key) ?? [0, 0, 0];
        const chances = rows.trials[row] * rows.chances[row];
        const isAdopter = pairs.has(`${content} ${rows.agent[row]}`);
        cells.set(key, [atRisk + chances, adopters + (isAdopter ? chances : 0), events + rows.adopted[row]]);
      }
      const table = responseLevelsOf(spread, columns.stratumCount, isWanted);
      const found = new Map<string, [number, number, number]>();
      for (let set = 0; set + 1 < table.setStart.length; set++) {
        for (let cell = table.setStart[set]; cell < table.setStart[set + 1]; cell++) {
          const key = `${table.content![set]} ${table.stratum[cell]} ${table.level[cell]}`;
          found.set(key, [table.atRisk[cell], table.adopters[cell], table.events[cell]]);
        }
      }
      expect(found).toEqual(cells);
    }
  });
});

describe('sampleContents', () => {
  test('contents are taken whole, until adoptions are as many as wanted, and others with another seed', () => {
    const columns = adoptionWorld('simple', 3);
    const sample = sampleContents(columns, testStream(1), 400);
    const kept = [...historiesOf(columns, sample.isWanted)];
    expect(kept).toEqual([...historiesOf(columns)].filter(({ content }) => sample.isWanted[content] === 1));
    expect(kept.length).toBe(sample.contents);
    expect(sample.contents).toBeGreaterThan(0);
    expect(sample.contents).toBeLessThan(sample.contentsInAll);
    expect(sample.adoptions).toBeLessThanOrEqual(400);
    expect(sample.isWanted).not.toEqual(sampleContents(columns, testStream(2), 400).isWanted);
    expect(sampleContents(columns, testStream(1), 1e6)).toMatchObject({ contents: sample.contentsInAll });
  });
});

describe('adoptionOf', () => {
  test('a discussion: a thread is adopted by a first comment, and exposes those who answered its adopters in earlier threads', () => {
    // Agent 1 answers 0 in the first thread, so the second thread of 0 exposes it; its own answer there comes after.
    const acts = [
      ...[{ tick: 0, actor: 0, verb: verbs.post, target: 0 }],
      ...[{ tick: 1, actor: 1, verb: verbs.reply, target: 1 }],
      ...[{ tick: 2, actor: 0, verb: verbs.post, target: 0 }],
      ...[{ tick: 3, actor: 1, verb: verbs.reply, target: 3 }],
    ];
    const ticks = acts.map(({ tick, actor, verb, target }, row) => ({
      ...{
        tick,
        intentCount: 1,
        actor: Int32Array.of(actor),
        verb: Uint8Array.of(verb),
        target: Int32Array.of(target),
      },
      ...{ amount: Int32Array.of(0), result: Int32Array.of(row + 1), outcome: Uint8Array.of(outcomes.granted) },
      ...{ sequence: Uint8Array.of(0), topic: Uint8Array.of(0) },
    }));
    const dataSet = { layer: 'reply', startMs: 0, tables: [] };
    const records = {
      manifest: { kind: 'dataset', dataSet, outcome: 'complete', tickSeconds: 60, seed: 0, counts: { posts: 4 } },
      population: {
        count: 2,
        interest: new Int8Array(16),
        followOffset: new Int32Array(3),
        followee: new Int32Array(0),
      },
      head: { ticks: 4 },
      ticks: () => ticks.values(),
    } as unknown as Records;
    const { columns, adoption, ties } = adoptionOf(records, 1);
    expect([adoption, ties]).toEqual(['first comment in a thread', 'answers given']);
    const [first, second] = [...historiesOf(columns)];
    expect(first).toMatchObject({ content: 0, adopter: [0, 1], isSeed: [true, false], exposed: [] });
    expect(second).toMatchObject({ content: 2, adopter: [0, 1], exposed: [1], exposureTime: [2] });
  });
});
