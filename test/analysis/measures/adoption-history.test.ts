/** Histories and the rows made of them: against a double loop over ties, and against R’s person-period table. */
import { describe, expect, test } from 'vitest';
import { historiesOf } from '../../../analysis/measures/adoption-history.ts';
import type { AdoptionColumns } from '../../../analysis/measures/adoption-history.ts';
import { fitAdoption } from '../../../analysis/measures/adoption-models.ts';
import type { AdoptionModel } from '../../../analysis/measures/adoption-models.ts';
import { exposureRowsOf, finalCountOf, lookRowsOf, startStopOf } from '../../../analysis/measures/adoption-spread.ts';
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
    const rows = startStopOf(columns, historiesOf(columns), new Uint8Array(columns.agentCount).fill(1));
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
    const rows = finalCountOf(startStopOf(columns, historiesOf(columns), new Uint8Array(columns.agentCount).fill(1)));
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
    expect([rows.level, rows.adopted]).toEqual([
      [1, 2, 1, 1],
      [0, 1, 0, 0],
    ]);
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
    const { columns, adoption, ties } = adoptionOf(records, testStream(1));
    expect([adoption, ties]).toEqual(['first comment in a thread', 'answers given']);
    const [first, second] = [...historiesOf(columns)];
    expect(first).toMatchObject({ content: 0, adopter: [0, 1], isSeed: [true, false], exposed: [] });
    expect(second).toMatchObject({ content: 2, adopter: [0, 1], exposed: [1], exposureTime: [2] });
  });
});
