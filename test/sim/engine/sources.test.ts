/**
 * Posts that accounts are drawn to write, in pairs: who is drawn, what an exchange of appeals leaves alone, and what a moderator does to
 * them, with any number of workers and taken up again.
 */
import { describe, expect, test } from 'vitest';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { InputError, InvariantError } from '../../../sim/ground/errors.ts';
import { postRow, postWrittenBy } from '../../../sim/world/posts.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { externalId } from '../../../sim/world/population.ts';
import { openWorld, orderOf, runWorld } from '../worlds.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { Compiled } from '../../../sim/engine/compile.ts';
import type { StartingPoint } from '../../../sim/engine/simulate.ts';

const pairs = { count: 8, firstTick: 3, pairAppeals: [0, 0.5] };
const people = {
  kind: 'generated',
  ...{ agents: 240, idPrefix: 'u', wakesPerDayMean: 90, activitySpread: 0 },
  graph: { kind: 'star-topic', coreCount: 40, followShare: 0.3, coreWakesPerDay: 200 },
};
const rules = { intercept: -1, postShare: 0.3, likeRatio: 0, followShare: 0.2, labelWeight: -3 };
const usual = { verbs: ['post', 'repost', 'follow', 'label', 'limit', 'remove'], policies: [{ share: 1, rules }] };

function made(sources: object, changes: object = {}): Compiled {
  const data = { version: 1, name: 'made', seed: 5, ticks: 16, population: people, sources, ...usual, ...changes };
  return compileScenario(scenarioOf(documentOf(data, 'made.yaml')), (relative) => {
    throw new InvariantError(`no file is read here, but ${relative} is asked for`);
  });
}

const moderated = (does: string, of = 'second'): Compiled =>
  made({ ...pairs, moderation: { does, of, afterTicks: 4 } }, { conduct: { moderators: ['u7'] } });

/** The first topic of an agent, by the attribute that the graph deals out. */
function topicOf({ population }: Compiled, id: string): number {
  const row = Array.from({ length: population.count }, (_, i) => i).find((i) => externalId(population.ids, i) === id);
  const topic = population.traits?.find(({ name }) => name === 'topic-1')?.value[row ?? -1];
  if (topic === undefined) throw new RangeError(`${id} has no topic`);
  return topic;
}

describe('pairs', () => {
  test('sources: each pair has one topic, pairs have different ones, nobody posts twice, and all are of the core or none is', () => {
    for (const by of [undefined, 'prominent', 'others']) {
      const compiled = made({ ...pairs, ...(by === undefined ? {} : { by }) });
      const { interventions } = compiled.plan;
      const topics = interventions.map(({ agent }) => topicOf(compiled, agent));
      const even = topics.filter((_, i) => i % 2 === 0);
      expect(topics.filter((_, i) => i % 2 === 1)).toEqual(even);
      expect(new Set(even).size).toBe(4);
      expect(new Set(interventions.map(({ agent }) => agent)).size).toBe(8);
      const core = interventions.filter(({ agent }) => Number(agent.slice(1)) < 40).length;
      expect(core).toBe(by === 'others' ? 0 : 8);
      expect(interventions.map(({ appeal }) => appeal)).toEqual([0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5]);
    }
  });

  test('sources: exchanged appeals leave everything else of the plan as it was', () => {
    const [one, other] = [made(pairs), made({ ...pairs, pairAppeals: [0.5, 0] })];
    const bare = ({ plan }: Compiled) => plan.interventions.map((act) => ({ ...act, appeal: 0 }));
    expect(bare(other)).toEqual(bare(one));
    expect(other.plan.interventions.map(({ appeal }) => 0.5 - (appeal ?? 0))).toEqual(
      one.plan.interventions.map(({ appeal }) => appeal),
    );
    expect({ ...other.plan, interventions: [] }).toEqual({ ...one.plan, interventions: [] });
  });

  test('sources: more pairs than topics begin with the topics again, and more than there are accounts are refused', () => {
    const many = made({ ...pairs, count: 32 });
    const topics = many.plan.interventions.map(({ agent }) => topicOf(many, agent)).filter((_, i) => i % 2 === 0);
    expect(new Set(topics.slice(0, 8)).size).toBe(8);
    expect(new Set(topics.slice(8)).size).toBe(8);
    expect(() => made({ ...pairs, count: 42 })).toThrow(/21 pairs of accounts of one topic, and there are 16/);
  });

  test.each([
    ['an odd number of posts', { ...pairs, count: 7 }, {}, 'sources.count is 7'],
    [
      'a moderator that is not named',
      { ...pairs, moderation: { does: 'label', of: 'both', afterTicks: 1 } },
      {},
      'no moderator',
    ],
    [
      'moderation without pairs',
      { count: 8, moderation: { does: 'label', of: 'both', afterTicks: 1 } },
      {},
      'there are none',
    ],
    [
      'a verb that is not allowed',
      { ...pairs, moderation: { does: 'remove', of: 'both', afterTicks: 1 } },
      { verbs: ['post'], conduct: { moderators: ['u1'] } },
      'needs remove',
    ],
  ])('sources: %s is refused', (_what, sources, changes, words) => {
    let message = '';
    try {
      made(sources, changes);
    } catch (error) {
      if (error instanceof InputError) message = error.message;
    }
    expect(message).toContain(words);
  });
});

describe('moderation', () => {
  test.each([
    ['label', verbs.label],
    ['limit', verbs.limit],
    ['remove', verbs.remove],
  ])(
    'sources: a moderator finds the posts that it is to %s, one of each pair, and is granted it',
    async (does, verb) => {
      const compiled = moderated(does);
      const { records } = await runWorld(compiled);
      const posts = Array.from(records[3].sequence.keys()).filter((i) => records[3].sequence[i] >= 200);
      const second = compiled.plan.interventions.filter(({ appeal }) => appeal === 0.5).map(({ agent }) => agent);
      const wanted = posts
        .filter((i) => second.includes(externalId(compiled.population.ids, records[3].actor[i])))
        .map((i) => records[3].result[i]);
      const acts = Array.from(records[7].verb.keys()).filter((i) => records[7].verb[i] === verb);
      expect(acts.map((i) => records[7].target[i]).sort((x, y) => x - y)).toEqual(wanted.sort((x, y) => x - y));
      expect(acts.map((i) => records[7].outcome[i])).toEqual([1, 1, 1, 1].map(() => outcomes.granted));
    },
  );

  test('sources: labelled and unlabelled worlds part after the label, and have one digest for 1, 2 and 3 workers', async () => {
    const compiled = moderated('label', 'both');
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map((workers) =>
        runWorld({ ...compiled, placement: { workers, layout: 'scrambled', mergeTicks: workers } }),
      ),
    );
    expect(new Set([one.digest, two.digest, three.digest]).size).toBe(1);
    const free = await runWorld(made(pairs, { conduct: { moderators: ['u7'] } }));
    const actsOf = (tick: number, { records }: typeof one) => [...records[tick].actor, ...records[tick].verb];
    expect(actsOf(6, free)).toEqual(actsOf(6, one));
    expect(actsOf(15, free)).not.toEqual(actsOf(15, one));
  });

  test('sources: a run that is taken up between post and label ends as the one that went through', async () => {
    const compiled = moderated('label');
    const points: StartingPoint[] = [];
    const recorder = { record: () => undefined, checkpoint: (point: StartingPoint) => void points.push(point) };
    const whole = await simulate(orderOf({ ...compiled, recorder, placement: { checkpointTicks: 5 } }));
    const again = await simulate(orderOf({ ...compiled, start: points[0], placement: { workers: 2 } }));
    expect(points[0].snapshot.tick).toBe(5);
    expect(hexOf(again.link)).toBe(hexOf(whole.link));
  });

  test('postWrittenBy: finds the first post of each agent and tick in the window, as a look at all of them does', async () => {
    const compiled = made(pairs);
    const world = openWorld({ ...compiled, plan: { ...compiled.plan, postCapacity: 1024 } });
    for (let tick = 0; tick < 16; tick++) await world.step();
    world.peek();
    const { state } = world;
    const { posts, now } = state;
    expect(now.oldestPost).toBeGreaterThan(1);
    const first = new Map<string, number>();
    for (let id = now.nextPost - 1; id >= now.oldestPost; id--) {
      first.set(`${posts.author[postRow(posts, id)]} ${posts.tick[postRow(posts, id)]}`, id);
    }
    for (let agent = 0; agent < 240; agent++) {
      for (let tick = 0; tick < 16; tick++) {
        expect(postWrittenBy(state, agent as AgentRow, tick)).toBe(first.get(`${agent} ${tick}`) ?? 0);
      }
    }
  });
});
