/**
 * The platform's own rules: what happens to posts that enough agents reported, in the tick after the threshold is reached.
 *
 * Scripts say who attempts what at which tick; every agent wakes in every tick.
 */
import { describe, expect, test } from 'vitest';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { standings, postRow } from '../../../sim/world/posts.ts';
import { platformName } from '../../../sim/world/population.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import {
  firstModerationRule,
  noteHit,
  platformActsMax,
  takeHits,
  moderationQueueLength,
} from '../../../sim/exchange/moderation.ts';
import { openWorld, runWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import type { Hand, OwnPolicy, Refusal } from '../../../sim/policy/own.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { ModerationRule } from '../../../sim/exchange/moderation.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const everyone = tinyPopulation([[1], [0], [0], [0], [0]], 1e6);

const rules: readonly ModerationRule[] = [
  { id: 'warn', version: 1, reports: 2, does: 'label', hours: 1 },
  { id: 'take-down', version: 3, reports: 3, does: 'remove', hours: 1 },
  { id: 'cool-off', version: 1, reports: 3, does: 'ban', hours: 2 },
];

/** Agent 0 posts at tick 0; agents 1 to `reporters` report the post at tick 1; then everybody likes it and agent 0 posts, each tick. */
function policyOf(
  reporters: number,
  heard?: (agent: number, tick: number, refusal: Refusal | undefined) => void,
): OwnPolicy {
  return {
    decide(hand: Hand) {
      const { tick } = hand.state.now;
      const who = hand.state.agents.ordinal[hand.agent];
      heard?.(who, tick, hand.refusal);
      if (tick === 0 && who === 0) hand.act('post');
      if (tick === 1 && who >= 1 && who <= reporters) hand.act('report', 1);
      if (tick > 1 && who === 4) hand.act('like', 1);
      if (tick > 1 && who === 0) hand.act('post');
    },
  };
}

function planOf(ticks: number): Plan {
  const conduct = { selfRating: true, moderators: [], limits: [], moderation: rules };
  const allowedVerbs = ['post', 'like', 'report'];
  return smallPlan({ policies: [{ kind: 'own', name: 'script' }], allowedVerbs, conduct, ticks, tickSeconds: 1800 });
}

function codeOf(policy: OwnPolicy) {
  return { ...noOwnCode, policies: { script: policy } };
}

function actsOf(record: TickRecord): string[] {
  return Array.from({ length: record.intentCount }, (_, i) => {
    const who = record.actor[i] === 5 ? platformName : String(record.actor[i]);
    return `${who} ${record.verb[i]} ${record.target[i]} reason ${record.reason[i]} rule ${record.rule[i]}`;
  });
}

describe('moderation', () => {
  test('moderation: one report does nothing, two put the label on in the next tick, as an act that names its rule', async () => {
    for (const reporters of [1, 2]) {
      const { records } = await runWorld({ plan: planOf(3), population: everyone, code: codeOf(policyOf(reporters)) });
      const platform = actsOf(records[2]).filter((act) => act.startsWith(platformName));
      expect(platform).toEqual(
        reporters === 1 ? [] : [`${platformName} ${verbs.label} 1 reason 0 rule ${firstModerationRule}`],
      );
    }
  });

  test('moderation: three reports take the post away and ban its author for two hours, which is four ticks', async () => {
    const { records } = await runWorld({ plan: planOf(9), population: everyone, code: codeOf(policyOf(3)) });
    expect(
      actsOf(records[2])
        .filter((act) => act.startsWith(platformName))
        .sort(),
    ).toEqual(
      [
        `${platformName} ${verbs.label} 1 reason 0 rule ${firstModerationRule}`,
        `${platformName} ${verbs.remove} 1 reason 0 rule ${firstModerationRule + 1}`,
        `${platformName} ${verbs.ban} 0 reason 0 rule ${firstModerationRule + 2}`,
      ].sort(),
    );
    const ofAuthor = records.map((record) => actsOf(record).filter((act) => act.startsWith('0 ')));
    // The ban is decided in tick 2, holds in 3, 4, 5 and 6, and ends before 7.
    expect(ofAuthor.map((acts) => acts.filter((act) => act.includes('reason 31')).length)).toEqual([
      0, 0, 0, 1, 1, 1, 1, 0, 0,
    ]);
    const likes = records.map((record) => actsOf(record).filter((act) => act.startsWith(`4 ${verbs.like}`)));
    expect(likes[2]).toEqual([`4 ${verbs.like} 1 reason 25 rule 14`]);
    expect(likes[3]).toEqual([`4 ${verbs.like} 1 reason 24 rule 11`]);
  });

  test('moderation: the banned author is told why, and from which tick on it may act again', async () => {
    const heard: (Refusal | undefined)[] = [];
    const policy = policyOf(3, (agent, tick, refusal) => {
      if (agent === 0 && tick === 5) heard.push(refusal);
    });
    await runWorld({ plan: planOf(6), population: everyone, code: codeOf(policy) });
    expect(heard).toEqual([{ reason: 'BANNED', valid: 'wait until the ban ends', tick: 4, retryTick: 7 }]);
  });

  test('moderation: a removed post stands as removed and is in nobody’s feed', async () => {
    const world = openWorld({ plan: planOf(8), population: everyone, code: codeOf(policyOf(3)) });
    for (let tick = 0; tick < 4; tick++) await world.step();
    expect(world.state.posts.standing[postRow(world.state.posts, 1)]).toBe(standings.labelled | standings.removed);
    const { seen } = await world.step();
    expect([...seen.origin]).not.toContain(1);
  });

  test('moderation: the digest is the same for one, two and three workers', async () => {
    const digests = new Set<string>();
    for (const workers of [1, 2, 3]) {
      const placement = { workers };
      const world = openWorld({ plan: planOf(8), population: everyone, code: codeOf(policyOf(3)), placement });
      for (let tick = 0; tick < 8; tick++) await world.step();
      digests.add(world.root());
    }
    expect(digests.size).toBe(1);
  });
});

describe('takeHits', () => {
  test('takeHits: gives the first in the order (post, rule), whatever queue they stand in, and keeps the others', () => {
    const queues = [0, 1].map(() => new Int32Array(moderationQueueLength));
    for (let post = 500; post > 0; post--) noteHit(queues[post % 2], post, 1);
    noteHit(queues[0], 1, 0);
    const first = takeHits(queues);
    expect(first.length).toBe(platformActsMax);
    expect(first.slice(0, 3)).toEqual([
      { post: 1, rule: 0 },
      { post: 1, rule: 1 },
      { post: 2, rule: 1 },
    ]);
    expect(takeHits(queues)[0]).toEqual({ post: platformActsMax, rule: 1 });
    expect(takeHits(queues).length).toBe(501 - 2 * platformActsMax);
    expect(takeHits(queues)).toEqual([]);
  });
});
