/**
 * Lines 4.6 and 4.7: what the Game Master takes for a million attempts, and what a like and a feed cost on a platform full of them.
 *
 * Reads nothing; worlds are made here, one shard in this thread, and attempts are drawn by a small generator and written by the one way in
 * which policies write them. Times are wall-clock milliseconds, the least of several rounds, and asserted nowhere but in the table.
 */
import { performance } from 'node:perf_hooks';
import { listNewPosts } from '../../sim/engine/apply.ts';
import { openTick } from '../../sim/engine/shard.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { counts } from '../../sim/exchange/tables.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { ruleOwn, settlePrecedence } from '../../sim/game-master/resolve.ts';
import { attempt } from '../../sim/policy/act.ts';
import { recommend } from '../../sim/recommender/recommend.ts';
import { mix32 } from '../../sim/ground/random.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../sim/worlds.ts';
import type { IntentRow } from '../../sim/exchange/tables.ts';
import type { BuiltInVerb } from '../../sim/exchange/verbs.ts';
import type { Hand, OwnPolicy } from '../../sim/policy/own.ts';
import type { Shard } from '../../sim/engine/shard.ts';
import type { OpenWorld } from '../sim/worlds.ts';
import type { Report } from './figure.ts';

const rounds = 5;
const closedVerbs: readonly BuiltInVerb[] = [
  'like',
  'reply',
  'repost',
  'follow',
  'unfollow',
  'report',
  'mute',
  'delete',
];
const allowedVerbs = ['post', 'quote', 'dislike', ...closedVerbs];

/** A world whose agents each post at the first tick, with probability `share`, and do nothing afterwards but what is written for them. */
async function worldOf(agents: number, share: number, capacity: number, history = 0): Promise<OpenWorld> {
  const poster: OwnPolicy = {
    decide(hand: Hand) {
      const isFirst = hand.state.now.tick === 0;
      if (hand.draw(0) < (isFirst ? share : share / 2)) hand.act('post');
    },
  };
  const population = smallPopulation({ agents, followsMean: 8, wakesPerDayMean: 24 });
  population.wakesPerDay.fill(1e7);
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'poster' }],
    ...{ allowedVerbs, postCapacity: capacity, ticks: 1000 },
    feed: { ...smallPlan().feed, recommender: 'recency' },
  });
  const world = openWorld({ plan, population, code: codeOf({ policies: { poster } }), unchained: true });
  for (let tick = 0; tick <= history; tick++) await world.step();
  return world;
}

/** Writes one attempt for each of the first `count` agents. */
function writeAttempts(shard: Shard, count: number, salt: number): void {
  const { tables, state } = shard;
  tables.count[counts.intents] = 0;
  const liveCount = state.now.nextPost - state.now.oldestPost;
  for (let actor = 0; actor < count; actor++) {
    const word = mix32(actor ^ mix32(salt)) >>> 0;
    const verb = verbs[closedVerbs[word % closedVerbs.length]];
    const isOnAgent = verb === verbs.follow || verb === verbs.unfollow || verb === verbs.mute;
    const drawn = mix32(word) >>> 0;
    const target = isOnAgent ? drawn % state.sizes.agentCount : state.now.oldestPost + (drawn % liveCount);
    attempt(tables, { actor, sequence: 0 }, verb, target);
  }
}

/** The least time in which the attempts were ruled on, in milliseconds, and how many were granted. */
function timeRuling(
  world: OpenWorld,
  tick: number,
  intents: number,
): { readonly ms: number; readonly granted: number } {
  const [shard] = world.shards;
  openTick(shard, tick);
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    writeAttempts(shard, intents, round);
    const before = performance.now();
    ruleOwn(shard.state, shard.book, shard.tables);
    settlePrecedence(shard.state, shard.book, shard.tables, [shard.tables]);
    listNewPosts(shard);
    least = Math.min(least, performance.now() - before);
  }
  let granted = 0;
  for (let row = 0 as IntentRow; row < intents; row++) {
    if (shard.tables.intents.outcome[row] === outcomes.granted) granted++;
  }
  return { ms: least, granted };
}

const rulingMsMax = 1000;

/** Line 4.6: a million attempts on one thread; the same attempts among more agents, and after more history. */
export async function checkRuling(report: Report, most = 1_000_000): Promise<void> {
  const large = await worldOf(most, 0.2, 1 << 20);
  const all = timeRuling(large, 1, most);
  report({
    command: `${most} attempts of ${closedVerbs.length} verbs by ${most} agents, all gates, one thread, least of ${rounds}`,
    figure: `${all.ms.toFixed(0)} ms, ${all.granted} granted`,
    bar: `at most ${rulingMsMax} ms`,
    met: all.ms <= rulingMsMax,
  });
  const part = most / 10;
  const among = timeRuling(large, 1, part);
  const small = timeRuling(await worldOf(part, 0.2, 1 << 17), 1, part);
  report({
    command: `${part} attempts among ${most} agents, and among ${part}`,
    figure: `${among.ms.toFixed(1)} and ${small.ms.toFixed(1)} ms: ${(among.ms / small.ms).toFixed(2)} times`,
    bar: 'stated: the tables no longer fit the cache',
  });
  const young = timeRuling(await worldOf(part, 0.2, 1 << 17, 12), 13, part);
  const old = timeRuling(await worldOf(part, 0.2, 1 << 17, 129), 130, part);
  report({
    command: `${part} attempts after 13 ticks and after 130`,
    figure: `${young.ms.toFixed(1)} and ${old.ms.toFixed(1)} ms: ${(old.ms / young.ms).toFixed(2)} times`,
    bar: 'at most 1.1 times',
    met: old.ms <= young.ms * 1.1,
  });
}

const likeMsMax = 0.1;
const refreshMsMax = 1;
/** Ticks in which everybody likes something. */
const likingTicks = 11;

/** Line 4.7: a like and a feed on a platform with a million likes, a million follows and half a million replies. */
export async function checkPlatformCost(report: Report, agents = 100_000): Promise<void> {
  const actor: OwnPolicy = {
    decide(hand: Hand) {
      const { now } = hand.state;
      if (now.tick === 0) {
        hand.act('post');
        return;
      }
      const pick = (index: number): number =>
        now.oldestPost + Math.floor(hand.draw(index) * (now.nextPost - now.oldestPost));
      if (hand.draw(99) < 0.5) hand.act('reply', pick(0));
      if (now.tick <= likingTicks) hand.act('like', pick(1));
    },
  };
  const population = smallPopulation({ agents, followsMean: 10, wakesPerDayMean: 24 });
  population.wakesPerDay.fill(1e7);
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'actor' }],
    ...{ allowedVerbs, postCapacity: 1 << 20, ticks: 1000 },
  });
  const world = openWorld({ plan, population, code: codeOf({ policies: { actor } }), unchained: true });
  let [likes, replies] = [0, 0];
  const ms: number[] = [];
  for (let tick = 0; tick <= likingTicks + 3; tick++) {
    const before = performance.now();
    const record = await world.step();
    ms.push(performance.now() - before);
    record.verb.forEach((verb, i) => {
      if (record.outcome[i] !== outcomes.granted) return;
      if (verb === verbs.like) likes++;
      if (verb === verbs.reply) replies++;
    });
  }
  const [shard] = world.shards;
  const { refreshMs, feeds } = timeFeeds(shard, likingTicks + 4);
  const platform = `${likes} likes, ${population.followee.length} follows, ${replies} replies`;
  // All of a tick in which everybody likes something: also the drawing, feeds and replies of that tick, so an upper bound.
  const like = Math.max(...ms.slice(likingTicks - 2, likingTicks + 1)) / agents;
  report({
    command: `a like, by the whole tick in which each of ${agents} agents likes something and half of them reply; ${platform}`,
    figure: `at most ${(like * 1000).toFixed(2)} us; the same tick without likes ${Math.min(...ms.slice(-3)).toFixed(0)} ms in all`,
    bar: `below ${likeMsMax} ms`,
    met: like < likeMsMax,
  });
  report({
    command: `a feed of ${plan.feed.length}: candidates, filter, ranking, ${platform}`,
    figure: `${(refreshMs * 1000).toFixed(2)} us over ${feeds} feeds`,
    bar: `below ${refreshMsMax} ms`,
    met: refreshMs < refreshMsMax,
  });
}

function timeFeeds(shard: Shard, tick: number): { readonly refreshMs: number; readonly feeds: number } {
  openTick(shard, tick);
  const { state, feed, tables, feedScratch } = shard;
  const feeds = Math.min(state.sizes.agentCount, tables.percepts.rowCapacity);
  for (let percept = 0; percept < feeds; percept++) (tables.percepts.agent as unknown as Int32Array)[percept] = percept;
  const before = performance.now();
  recommend(state, feed, tables, { from: 0, to: feeds }, feedScratch);
  return { refreshMs: (performance.now() - before) / feeds, feeds };
}
