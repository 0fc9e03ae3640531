/** Conformity of recorded runs: planted strengths show in the numbers that are made for them, and where a control is due it is asked for. */
import { expect, test } from 'vitest';
import { agentAgreements, measureConformity } from '../../../analysis/measures/conformity.ts';
import { readVotes } from '../../../analysis/measures/votes.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { plantedMembers } from '../../../sim/engine/plants.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import type { Compiled } from '../../../sim/engine/compile.ts';

const judging = { kind: 'conformists', votesPerLook: 1, upShare: 0.55, revotes: true };

/** Everybody judges four posts of the first tick, again and again. */
function twice(strength: number, scoreShown: boolean, seed = 3): Compiled {
  const data = {
    ...{ version: 1, name: 'twice', seed, ticks: 3, tickSeconds: 3600 },
    population: { kind: 'generated', agents: 1500, wakesPerDayMean: 24, heartbeat: { hours: 1 }, followsMean: 1 },
    feed: { recommender: 'hot', length: 4, exposuresMax: 3 },
    verbs: ['post', 'upvote', 'downvote'],
    policies: [{ share: 1, rules: { capShare: 0, postShare: 0 } }],
    interventions: [0, 1, 2, 3].map((i) => ({ tick: 0, agent: `agent-${i}`, appeal: 0 })),
    plants: [{ ...judging, name: 'all', share: 1, strength, scoreShown }],
  };
  return compileScenario(scenarioOf(documentOf(data, 'made')), () => '');
}

test('majorityFollowingExcess: with a control it is strength times the share that would not have gone over anyway', async () => {
  const [shown, hidden] = await Promise.all([
    runInMemory(twice(0.5, true), noOwnCode, { sampleShare: 1 }),
    runInMemory(twice(0.5, false, 4), noOwnCode, { sampleShare: 1 }),
  ]);
  const measured = measureConformity(shown, hidden);
  // 0.5 x (1 - 0.55): who judges again is of the majority with 0.55.
  expect(measured.majorityFollowingExcess?.value).toBeCloseTo(0.225, 1);
  expect(measured.majorityFollowingExcess?.interval?.[0]).toBeGreaterThan(0.15);
  const alone = measureConformity(hidden);
  expect(alone).not.toHaveProperty('majorityFollowingExcess');
  expect(alone.majorityFollowingRate.value).toBeCloseTo(0.55, 1);
  expect(alone.flipRate.value).toBeCloseTo(2 * 0.55 * 0.45, 1);
});

/** Many posts, rule voters who mostly approve, conformists and independent voters. */
function mixed(): Compiled {
  const data = {
    ...{ version: 1, name: 'mixed', seed: 8, ticks: 60, tickSeconds: 3600 },
    population: { kind: 'generated', agents: 300, wakesPerDayMean: 16 },
    feed: { recommender: 'random', length: 10, exposuresMax: 2 },
    verbs: ['post', 'upvote', 'downvote'],
    policies: [{ share: 1, rules: { postShare: 0.1, likeRatio: 2, dislikeRatio: 1 } }],
    plants: [
      { name: 'sheep', kind: 'conformists', share: 0.2, strength: 0.9, votesPerLook: 0.4 },
      { name: 'loners', kind: 'conformists', share: 0.4, strength: 0, votesPerLook: 0.4 },
    ],
  };
  return compileScenario(scenarioOf(documentOf(data, 'made')), () => '');
}

test('followers: those that are listed are planted conformists, and independent agents are found no more often than q says', async () => {
  const compiled = mixed();
  const records = await runInMemory(compiled);
  const sheep = new Set(plantedMembers(compiled.plan, compiled.population)[0]);
  const found = agentAgreements(readVotes(records)).filter(({ qValue }) => qValue < 0.05);
  expect(found.length).toBeGreaterThan(40);
  expect(found.filter(({ agent }) => !sheep.has(agent)).length).toBeLessThanOrEqual(0.05 * found.length + 2);
  const measured = measureConformity(records);
  expect(measured.followers).toHaveLength(20);
  expect(measured.agreementExcess.interval?.[0]).toBeGreaterThan(0);
  expect(measured.lsvHerding.interval?.[0]).toBeGreaterThan(0);
  // No exposures are on record: what is counted by looks is null, and says so.
  expect(measured.majorityFollowingRate.value).toBeNull();
  expect(measured.warnings.join()).toContain('exposureSampleShare');
});
