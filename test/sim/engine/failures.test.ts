/** Agents that leave: how many, who, that nobody leaves twice, and that they are gone in a run. */
import { describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { failureActs } from '../../../sim/engine/failures.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { drawTraits, marginal } from '../../../sim/world/marginals.ts';
import { externalId } from '../../../sim/world/population.ts';
import { topicOf } from '../../../sim/world/posts.ts';
import { orderOf, smallPopulation } from '../worlds.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Intervention } from '../../../sim/engine/plan.ts';

const population = smallPopulation({ agents: 300 });

function idsOf(acts: readonly Intervention[]): Set<string> {
  return new Set(acts.map(({ agent }) => agent));
}

describe('failureActs', () => {
  test('failureActs: a share of all leaves, a greater share takes everybody that a smaller one takes, another seed others', () => {
    const some = failureActs([{ kind: 'random', share: 0.1, tick: 4 }], population, 7, 1);
    const more = failureActs([{ kind: 'random', share: 0.3, tick: 4 }], population, 7, 1);
    expect([some.length, more.length]).toEqual([30, 90]);
    const [few, many] = [idsOf(some), idsOf(more)];
    expect([...few].filter((id) => !many.has(id))).toEqual([]);
    expect(some.every(({ tick, verb }) => tick === 4 && verb === 'quit')).toBe(true);
    expect(idsOf(failureActs([{ kind: 'random', share: 0.1, tick: 4 }], population, 8, 1))).not.toEqual(idsOf(some));
  });

  test('failureActs: hubs are those with most followers', () => {
    const followers = new Array<number>(300).fill(0);
    for (const one of population.followee) followers[one]++;
    const order = followers.map((_, agent) => agent).sort((x, y) => followers[y] - followers[x] || x - y);
    const acts = failureActs([{ kind: 'hubs', share: 0.05, tick: 1 }], population, 7, 1);
    expect(acts.map(({ agent }) => agent)).toEqual(
      order.slice(0, 15).map((agent) => externalId(population.ids, agent)),
    );
  });

  test.each(['main topics', 'an attribute'])('failureActs: communities by %s leave whole but for the last', (by) => {
    const people = {
      ...population,
      traits: drawTraits(2, population, [marginal('region', ['n', 's', 'w', 'e'], [0.25, 0.25, 0.25, 0.25])]),
    };
    const community = (agent: number): number =>
      by === 'main topics' ? topicOf(people.interest, agent * 8) : people.traits[0].value[agent];
    const failure = {
      kind: 'community',
      share: 0.4,
      tick: 1,
      ...(by === 'main topics' ? {} : { by: 'region' }),
    } as const;
    const gone = idsOf(failureActs([failure], people, 7, 1));
    expect(gone.size).toBe(120);
    const parts = new Map<number, boolean[]>();
    for (let agent = 0; agent < 300; agent++) {
      parts.set(community(agent), [...(parts.get(community(agent)) ?? []), gone.has(externalId(people.ids, agent))]);
    }
    const broken = [...parts.values()].filter((left) => left.some(Boolean) && !left.every(Boolean));
    expect(broken.length).toBeLessThanOrEqual(1);
    expect([...parts.values()].some((left) => left.every(Boolean))).toBe(true);
  });

  test('failureActs: nobody leaves twice, and no more leave than are there', () => {
    const failures = [
      { kind: 'random', share: 0.5, tick: 1 },
      { kind: 'hubs', share: 0.4, tick: 2 },
      { kind: 'random', share: 0.5, tick: 3 },
    ] as const;
    const acts = failureActs(failures, population, 7, 1);
    expect(acts.map(({ tick }) => tick)).toEqual([
      ...new Array<number>(150).fill(1),
      ...new Array<number>(120).fill(2),
      ...new Array<number>(30).fill(3),
    ]);
    expect(idsOf(acts).size).toBe(300);
  });
});

const base = {
  ...{ version: 1, name: 'leaving', seed: 3, ticks: 12, tickSeconds: 1800 },
  population: { kind: 'generated', agents: 80, wakesPerDayMean: 40 },
  failures: [{ kind: 'hubs', share: 0.25, tick: 3 }],
};

function scenarioWith(changes: object) {
  return scenarioOf(documentOf({ ...base, ...changes }, 'scenario'));
}

describe('failures of scenarios', () => {
  test('failures: who has left is granted nothing afterwards, and the others go on', async () => {
    const scenario = scenarioWith({ verbs: ['post', 'repost', 'like', 'follow', 'quit'] });
    const { plan, population: people } = compileScenario(scenario, (path) => path);
    const records: TickRecord[] = [];
    const recorder = { record: (record: TickRecord): void => void records.push(record) };
    await simulate(orderOf({ plan, population: people, recorder }));
    const grantedBy = (from: number, to: number): { actor: number; verb: number }[] =>
      records.slice(from, to).flatMap(({ intentCount, actor, verb, outcome }) =>
        Array.from({ length: intentCount }, (_, i) => i)
          .filter((i) => outcome[i] === outcomes.granted)
          .map((i) => ({ actor: actor[i], verb: verb[i] })),
      );
    const left = new Set(grantedBy(3, 4).flatMap(({ actor, verb }) => (verb === verbs.quit ? [actor] : [])));
    expect(left.size).toBe(20);
    expect(grantedBy(0, 3).some(({ actor }) => left.has(actor))).toBe(true);
    const later = grantedBy(4, 12);
    expect(later.filter(({ actor }) => left.has(actor))).toEqual([]);
    expect(later.length).toBeGreaterThan(20);
  });

  test('failures: without the verb quit, and by an attribute that nobody has, they are refused', () => {
    expect(() => scenarioWith({})).toThrow(/INPUT_COMBINATION.*failures.*quit/);
    const scenario = scenarioWith({
      verbs: ['post', 'quit'],
      failures: [{ kind: 'community', share: 0.1, tick: 1, by: 'region' }],
    });
    expect(() => compileScenario(scenario, (path) => path)).toThrow(InputError);
  });
});
