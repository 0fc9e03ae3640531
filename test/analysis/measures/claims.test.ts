/** How far claims went, against sets and maps over the records. */
import { expect, test } from 'vitest';
import { measureClaims } from '../../../analysis/measures/claims.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { agentCalled } from '../../../sim/record/agent-reader.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';

const scenario = scenarioOf(
  documentOf(
    {
      ...{ version: 1, name: 'made', seed: 9, ticks: 20 },
      population: {
        ...{ kind: 'generated', agents: 300, idPrefix: 'u', wakesPerDayMean: 60 },
        graph: { kind: 'star-topic', coreCount: 40 },
      },
      verbs: ['post', 'repost', 'quote', 'like'],
      policies: [{ share: 1, rules: { intercept: -1, quoteRatio: 0.5, postShare: 0.1 } }],
      sources: { count: 4, firstTick: 2, everyTicks: 1, pairAppeals: [0, 1] },
    },
    'made.yaml',
  ),
);

test('measureClaims: reach, exposures, spreaders and likes, tick by tick, are those of sets over the log', async () => {
  const compiled = compileScenario(scenario, (relative) => {
    throw new InvariantError(`no file is read here, but ${relative} is asked for`);
  });
  const records = await runInMemory(compiled, noOwnCode, { sampleShare: 1 });
  const places = compiled.plan.interventions.map(({ agent, tick }) => {
    return { author: agentCalled(compiled.population, agent), tick };
  });
  const claims = measureClaims(records, places);
  expect(claims.reduce((total, one) => total + one.spreaders, 0)).toBeGreaterThan(40);
  for (const claim of claims) {
    const members = new Set([claim.post]);
    const [reached, spread] = [new Set<number>(), new Set<number>()];
    let [shown, likes] = [0, 0];
    for (const record of records.ticks()) {
      const before = new Set(members);
      for (let i = 0; i < record.intentCount; i++) {
        if (record.outcome[i] !== 1 || !before.has(record.target[i]) || record.verb[i] === verbs.post) continue;
        if (record.verb[i] === verbs.like) likes++;
        else {
          members.add(record.result[i]);
          spread.add(record.actor[i]);
        }
      }
      record.seen.origin.forEach((origin, k) => {
        if (!members.has(origin)) return;
        shown++;
        reached.add(record.seen.agent[k]);
      });
      expect(claim.reachedByTick[record.tick]).toBe(reached.size);
      expect(claim.spreadersByTick[record.tick]).toBe(spread.size);
    }
    expect(claim).toMatchObject({ reached: reached.size, spreaders: spread.size, shown, likes });
  }
  expect(() => measureClaims(records, [{ author: places[0].author, tick: 19 }])).toThrow(InvariantError);
});
